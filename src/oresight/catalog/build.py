"""Rebuilding the catalogue from a folder of the publishers' official files: `oresight data build`.

Files are recognised by name or content, imported, laid into the tables that stand, validated with all
references, and swapped in together. Whatever fails, the old tables are untouched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from oresight.catalog import preference, store
from oresight.catalog.build_changes import (
    PRODUCTION,
    Change,
    change,
    joined_vintage,
    refuse_fragments,
    without,
)
from oresight.catalog.checks import complaints, conform, validate
from oresight.catalog.importers import baci, iea, pink_sheet, usgs, wgi, wmd
from oresight.catalog.importers.imported import Imported, Importer, Known
from oresight.catalog.importers.opening import SourceFile, shown
from oresight.catalog.importers.places import places
from oresight.catalog.registry import table, tables
from oresight.catalog.standing import Tables
from oresight.core.errors import DataError, nearest
from oresight.core.progress import Reporter, report, silent

IMPORTERS: tuple[Importer, ...] = (usgs, baci, wmd, wgi, iea, pink_sheet)
FILES_MAX = 500


@dataclass(frozen=True)
class Read:
    """One file of the folder.

    Args:
        name: Its name.
        publisher: Whose it is; None where nobody recognises it.
        vintage: Its edition.
        sha256: Its digest.
        rows: Table -> rows taken from it.
        notes: What was left out and why.
    """

    name: str
    publisher: str | None
    vintage: str
    sha256: str
    rows: Mapping[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Built:
    """What a build did.

    Args:
        home: Folder the tables stand in.
        files: Files read, in order.
        unrecognised: Names of files nobody recognises.
        changes: Table by table.
        cautions: What a reader must know before using the tables.
    """

    home: Path
    files: tuple[Read, ...]
    unrecognised: tuple[str, ...]
    changes: tuple[Change, ...]
    cautions: tuple[str, ...]


def build(
    source: Path,
    vintage: Mapping[str, str] | str | None = None,
    home: Path | None = None,
    reporter: Reporter = silent,
    smaller: bool = False,
) -> Built:
    """Rebuild tables of the catalogue from the official files in a folder; all or none.

    Args:
        source: Folder of files as downloaded.
        vintage: Edition of a publisher's file where it does not state its own or states it wrongly:
            publisher -> edition, or text such as `usgs=2027,wmd=2021-2025`; a bare edition where the files
            are of one publisher.
        home: Folder of the built catalogue; the user's own by default.
        reporter: Told how far it is; may cancel, and then nothing is written.
        smaller: Take a file that brings less than half of the rows it stands in for; otherwise that is taken
            for a file that was cut off.

    Returns:
        What was read and what it changes.

    Raises:
        DataError: Nothing is recognised, a file breaks its publisher's layout, a row breaks the tables'
            promises, or the folder cannot be written. The old tables are untouched.
    """
    target = home if home is not None else store.user_folder() / "catalogue"
    files = listed(source)
    report(reporter, 0.0, "recognising files")
    known_files = {f.name: importer for f in files for importer in IMPORTERS if importer.recognises(f)}
    recognised = [f for f in files if f.name in known_files]
    strange = tuple(f.name for f in files if f.name not in known_files)
    if not recognised:
        names = ", ".join(strange[:8]) if strange else "no file"
        raise DataError(
            f"{source.name or source} holds no official file: {names}",
            "put there the publishers' files as downloaded: a USGS MCS CSV, BACI_HS92_V....zip, World Mining "
            "Data 6.4, wgidataset.xlsx, CM_Data_Explorer.xlsx or CMO-Historical-Data-Monthly.xlsx",
            {"files": list(strange[:50])},
        )
    stated = editions(vintage, [known_files[f.name].PUBLISHER for f in recognised])
    before = Tables(target)
    imports = []
    for at, file in enumerate(recognised):
        importer = known_files[file.name]
        start, step = 0.05 + 0.75 * at / len(recognised), 0.75 / len(recognised)
        report(reporter, start, f"reading {file.name}")
        edition = stated.get(importer.PUBLISHER) or importer.vintage(file)
        if not edition:
            raise DataError(
                f"{file.name} does not state its edition",
                f"say it, such as --vintage {importer.PUBLISHER}=2027",
                {"file": file.name},
            )
        known = Known(places(before["countries"]), wanted_codes(before), _scaled(reporter, start, step))
        imports.append(importer.imported(file, edition, known))
    report(reporter, 0.8, "laying the rows into the tables")
    after, changes, vintages = laid(before, imports, smaller)
    report(reporter, 0.9, "checking every table")
    good = checked(before, after)
    report(reporter, 0.97, "writing the tables")
    store.write(good, target, vintages)
    report(reporter, 1.0, "built")
    reads = tuple(
        Read(
            f.name,
            i.publisher,
            i.vintage,
            f.sha256(),
            {name: rows.frame.height for name, rows in i.tables.items()},
            i.notes,
        )
        for f, i in zip(recognised, imports, strict=True)
    )
    return Built(target, reads, strange, changes, cautions(after))


def _scaled(reporter: Reporter, start: float, step: float) -> Reporter:
    return lambda share, doing: reporter(start + step * share, doing)


def listed(source: Path) -> list[SourceFile]:
    """Files of a folder by name, hidden ones left out.

    Raises:
        DataError: It is no folder, cannot be read, or holds absurdly many files.
    """
    try:
        found = sorted(p for p in source.iterdir() if p.is_file() and not p.name.startswith("."))
    except OSError as error:
        raise DataError(
            f"{shown(source)} is no folder that can be read: {error.strerror}",
            "name the folder that holds the publishers' files",
        ) from error
    if len(found) > FILES_MAX:
        raise DataError(f"{source.name} holds {len(found)} files", f"at most {FILES_MAX} are looked at")
    return [SourceFile(p) for p in found]


def editions(stated: Mapping[str, str] | str | None, publishers: Sequence[str]) -> dict[str, str]:
    """Publisher -> edition the user stated.

    Raises:
        DataError: A publisher is unknown or not among the files, or one edition is stated for several files.

    >>> editions("usgs=2027", ["usgs"]), editions("2027", ["usgs"])
    ({'usgs': '2027'}, {'usgs': '2027'})
    """
    if not stated:
        return {}
    if isinstance(stated, str):
        if "=" not in stated:
            if len(set(publishers)) != 1:
                raise DataError(
                    f"edition {shown(stated)} for files of {', '.join(sorted(set(publishers)))}",
                    "say whose it is, such as --vintage usgs=2027",
                )
            stated = f"{publishers[0]}={stated}"
        pairs = [part.partition("=") for part in stated.split(",") if part.strip()]
        stated = {name.strip(): edition.strip() for name, _, edition in pairs}
    names = [i.PUBLISHER for i in IMPORTERS]
    for name, edition in stated.items():
        if name not in names or not edition:
            near = nearest(name, names, 1) or names
            raise DataError(
                f"no publisher {shown(name)}" if name not in names else f"no edition stated for {name}",
                f"did you mean {near[0]}? Known are {', '.join(names)}",
            )
        if publishers.count(name) != 1:
            raise DataError(
                f"edition {edition} is stated for {publishers.count(name)} files of {name}",
                "put one file of that publisher in the folder",
            )
    return dict(stated)


def wanted_codes(before: Tables) -> tuple[str, ...]:
    """Customs codes the trade table is to hold: those of `trade_codes`, and those it holds."""
    codes = set(before["trade"]["hs92"].unique()) | set(before["trade_codes"]["hs92"].unique())
    return tuple(sorted(codes))


def laid(
    before: Tables, imports: Sequence[Imported], smaller: bool = False
) -> tuple[dict[str, pl.DataFrame], tuple[Change, ...], dict[str, str]]:
    """The tables with all imported rows in them, what changes, and their editions.

    Raises:
        DataError: Imported rows break the table's promise, or are far fewer than what they stand in for.
    """
    after: dict[str, pl.DataFrame] = {}
    came: dict[str, list[tuple[Imported, pl.DataFrame]]] = {}
    for each in imports:
        for name, rows in each.tables.items():
            good = conform(table(name), rows.frame.select(list(table(name).schema)), each.file)
            if found := complaints(table(name), good):
                more = f" and {len(found) - 1} more" if len(found) > 1 else ""
                raise DataError(
                    f"{each.file} -> {name}: {found[0]}{more}",
                    "check the publisher's figure; an error of theirs is declared in corrections",
                    {"file": each.file, "table": name, "complaints": found[:50]},
                )
            old = after.get(name, before[name])
            kept = without(old, good, rows)
            if not smaller:
                refuse_fragments(each.file, name, old.height - kept.height, good.height)
            merged = pl.concat([kept, good])
            if name in PRODUCTION:
                merged = preference.settled(old, merged, good)
            elif name == "prices":
                merged = preference.last_edition(merged)
            after[name] = merged
            came.setdefault(name, []).append((each, good))
        known = after.get("sources", before["sources"])
        new = [s for s in each.sources if s["id"] not in known["id"]]
        if new:
            after["sources"] = pl.concat([known, conform(table("sources"), pl.DataFrame(new))])
    if "trade" in after:
        held = after["trade"]["hs92"].unique().to_list()
        after["trade_codes"] = before["trade_codes"].with_columns(
            pl.col("hs92").is_in(held).alias("in_trade")
        )
    vintages = {name: joined_vintage(name, before, new) for name, new in came.items()}
    changes = tuple(
        change(name, before[name], after[name], came.get(name, []), vintages.get(name), before.home)
        for name in sorted(after)
    )
    return after, changes, vintages


def checked(before: Tables, after: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """All tables that changed, or refer to one that did, held to their promise.

    Raises:
        DataError: A table breaks it; nothing was written yet.
    """

    def lookup(reference: str) -> pl.Series:
        name, field = reference.rsplit(".", 1)
        return (after[name] if name in after else before[name])[field]

    good = {name: validate(table(name), frame, lookup) for name, frame in after.items()}
    for each in tables():
        refers = {f.refers.rsplit(".", 1)[0] for f in each.fields if f.refers}
        if each.name not in good and refers & set(good) and each.name in before:
            validate(each, before[each.name], lookup)
    return good


def cautions(after: Mapping[str, pl.DataFrame]) -> tuple[str, ...]:
    """What the build could not bring up to date."""
    found = []
    for name in PRODUCTION:
        if name in after:
            derived = after[name].filter((pl.col("qualifier") == "derived") & pl.col("preferred")).height
            if derived:
                found.append(
                    f"{name}: {derived} derived rows stand as they were, on the output of the last release"
                )
    if "prices" in after:
        found.append("baseline_prices stand as they were: they cite the prices they were made from")
    return tuple(found)
