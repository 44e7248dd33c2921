"""What an importer is given and what it gives back.

An importer is a module with `PUBLISHER`, `recognises(file) -> bool`, `vintage(file) -> str | None` and
`imported(file, vintage, known) -> Imported`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from oresight.catalog.importers.opening import SourceFile
from oresight.catalog.importers.places import Places
from oresight.core.progress import Reporter, silent


@dataclass(frozen=True)
class Known:
    """What the catalogue knows already, for importers to resolve against.

    Args:
        places: Countries by name and code.
        hs92: Customs codes the trade table is to hold.
        report: Told how far a long import is.
    """

    places: Places
    hs92: tuple[str, ...] = ()
    report: Reporter = silent


@dataclass(frozen=True)
class Rows:
    """Rows for one table, and which of its old rows they stand in for.

    Args:
        frame: Rows in the table's columns.
        instead_of: Columns; old rows that share their values with any new row are dropped. None of them
            drops the whole table.
    """

    frame: pl.DataFrame
    instead_of: tuple[str, ...]


@dataclass(frozen=True)
class Imported:
    """Rows of one official file.

    Args:
        file: Its name.
        publisher: Who published it, as the command line names it: usgs, baci, wmd, wgi, iea, pink-sheet.
        vintage: Edition of the file.
        tables: Table -> its rows.
        sources: Rows for the table `sources` that these rows cite, where it lacks them.
        notes: What was left out and why, one line each.
    """

    file: str
    publisher: str
    vintage: str
    tables: Mapping[str, Rows]
    sources: tuple[Mapping[str, str | None], ...] = ()
    notes: tuple[str, ...] = field(default=())


class Importer(Protocol):
    """The module of one publisher."""

    PUBLISHER: str

    def recognises(self, file: SourceFile) -> bool:
        """Whether the file is of this publisher, by its name or by what it begins with."""
        ...

    def vintage(self, file: SourceFile) -> str | None:
        """The edition the file itself states, None where it states none."""
        ...

    def imported(self, file: SourceFile, vintage: str, known: Known) -> Imported:
        """The rows of the file."""
        ...
