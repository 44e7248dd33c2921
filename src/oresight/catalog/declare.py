"""What a table is: key, fields with units, origins or inputs, cautions and checks, declared once.

Everything derived from a table - validation, help, documentation, footnotes, the Sources page - is read
from its declaration. Provenance is a walk over `inputs`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

Type = Literal["text", "integer", "number", "date", "flag"]

DTYPES: dict[str, type[pl.DataType]] = {
    "text": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "date": pl.Date,
    "flag": pl.Boolean,
}


@dataclass(frozen=True)
class Field:
    """One column of a table.

    Args:
        name: snake_case, in the field's own words.
        about: What a value says, one clause.
        kind: text, integer, number, date or flag.
        unit: Canonical unit of the values; "" for text, "1" for shares and indices.
        required: Whether every row must hold a value; otherwise null means unknown.
        low, high: Bounds a value may not leave, both included.
        one_of: The controlled vocabulary of a text field.
        refers: "table.field" whose values this one must be among.
        compact: A smaller Polars type for storage, where the range allows one.
    """

    name: str
    about: str
    kind: Type = "text"
    unit: str = ""
    required: bool = True
    low: float | None = None
    high: float | None = None
    one_of: tuple[str, ...] = ()
    refers: str = ""
    compact: pl.DataType | type[pl.DataType] | None = None

    @property
    def dtype(self) -> pl.DataType | type[pl.DataType]:
        """The Polars type the column is stored as."""
        return self.compact if self.compact is not None else DTYPES[self.kind]


@dataclass(frozen=True)
class Origin:
    """Where a table's figures were published.

    Args:
        publisher, product: Who published what.
        url: Where to find it.
        published: Edition or date of publication.
        accessed: Date the figures were read, ISO.
        licence: Licence or terms, as the publisher names them.
        sha256: Digest of the file read, where it was one file.
    """

    publisher: str
    product: str
    url: str
    published: str
    licence: str
    accessed: str = "2026-11"
    sha256: str = ""


@dataclass(frozen=True)
class Check:
    """A promise beyond ranges and keys: a test that returns the complaints it has, none when kept."""

    name: str
    about: str
    complaints: Callable[[pl.DataFrame], list[str]]


@dataclass(frozen=True)
class Table:
    """A table of the catalogue.

    Args:
        name: Its name on the command line and in SQL, plural, kebab-case becomes snake_case in SQL.
        about: What a row is, one sentence.
        key: Fields that together name a row; no two rows share them.
        fields: All columns, in order.
        vintage: Edition the stored figures are of.
        origins: Where the figures were published; a derived table has `inputs` instead.
        inputs: Tables this one was made from.
        cautions: What a reader must know before quoting.
        checks: Promises beyond ranges and keys.
    """

    name: str
    about: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    vintage: str
    origins: tuple[Origin, ...] = ()
    inputs: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    def __post_init__(self) -> None:
        names = [f.name for f in self.fields]
        if not self.key or not set(self.key) <= set(names):
            raise ValueError(f"table {self.name}: key {self.key} is not among its fields")
        if not self.origins and not self.inputs:
            raise ValueError(f"table {self.name} has neither origins nor inputs")

    def field(self, name: str) -> Field:
        """The field of that name."""
        return next(f for f in self.fields if f.name == name)

    @property
    def schema(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        """Column names and storage types, in order."""
        return {f.name: f.dtype for f in self.fields}

    @property
    def licence(self) -> str:
        """Licences of the origins, each once."""
        return "; ".join(dict.fromkeys(o.licence for o in self.origins))

    @property
    def publisher(self) -> str:
        """Publishers of the origins, each once."""
        return "; ".join(dict.fromkeys(o.publisher for o in self.origins))
