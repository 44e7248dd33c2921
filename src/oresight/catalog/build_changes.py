"""What a build changed: rows and figures of the new edition against the old, fragments refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from oresight.catalog import preference, store
from oresight.catalog.importers.imported import Imported, Rows
from oresight.catalog.registry import table
from oresight.catalog.standing import Tables
from oresight.core.errors import DataError

FRAGMENT_FROM = 100
VALUES = ("value", "value_kusd", "stability_estimate", "share")
EDITION = ("source_id", "vintage", "edition", "id")
PRODUCTION = ("mine_production", "refinery_production")


@dataclass(frozen=True)
class Change:
    """What a build changes in one table.

    Args:
        table: Its name.
        vintage_before, vintage: Editions.
        rows_before, rows: Rows.
        compared: Figures also in the same edition as it stood, else in the publisher's last.
        revised: Those that differ by more than one in a thousand.
        largest: The largest revision in words; "" where there is none.
    """

    table: str
    vintage_before: str
    vintage: str
    rows_before: int
    rows: int
    compared: int
    revised: int
    largest: str


def refuse_fragments(file: str, name: str, replaced: int, brought: int) -> None:
    """Refuse rows that are far fewer than those they stand in for: cut at a line, a file is still a file.

    Raises:
        DataError: Less than half of at least a hundred rows would be left.
    """
    if replaced >= FRAGMENT_FROM and brought < replaced / 2:
        raise DataError(
            f"{file} brings {brought:,} rows of {name} where {replaced:,} stand",
            "the file was cut off: download it again; or, if it is meant to be smaller, build with --smaller",
            {"file": file, "table": name, "brought": brought, "replaced": replaced},
        )


def without(old: pl.DataFrame, new: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """The old rows the new ones do not stand in for."""
    if not rows.instead_of:
        return old.clear()
    on = list(rows.instead_of)
    return old.join(new.select(on).unique(), on=on, how="anti", maintain_order="left")


def joined_vintage(name: str, before: Tables, came: Sequence[tuple[Imported, pl.DataFrame]]) -> str:
    """Edition of a table after the build: what stood first, then the newest of each publisher's files."""
    own = sorted({i.vintage for i, _ in came})
    standing = store.vintage(name, before.home)
    if name in ("trade", "governance"):
        years = came[-1][1]["year"].to_list()
        span = f"{min(years)}-{max(years)}"
        return span if name == "governance" else f"{span} (BACI {own[-1]})"
    first, *rest = standing.split("; ")
    named = dict(part.split(" ", 1) for part in rest if " " in part)
    named |= {i.publisher: i.vintage for i, _ in came}
    return "; ".join([first, *(f"{who} {edition}" for who, edition in sorted(named.items()))])


def change(
    name: str,
    before: pl.DataFrame,
    after: pl.DataFrame,
    came: Sequence[tuple[Imported, pl.DataFrame]],
    vintage: str | None,
    home: Path,
) -> Change:
    """What becomes of a table, its new figures against the publisher's last edition."""
    stands = store.vintage(name, home)
    counts = (before.height, after.height)
    value = next((v for v in VALUES if v in table(name).schema), None)
    compared, revised, largest = 0, 0, ""
    worst = 0.0
    for _, new in came if value is not None else ():
        pairs = matched(name, before, new, str(value))
        if pairs.is_empty():
            continue
        compared += pairs.height
        moved = pairs.with_columns(
            ((pl.col("_is") - pl.col("_was")).abs()).alias("_by"),
            ((pl.col("_is") - pl.col("_was")).abs() > 1e-3 * pl.col("_was").abs()).alias("_moved"),
        ).filter("_moved")
        revised += moved.height
        if moved.height:
            first = moved.sort("_by", descending=True).row(0, named=True)
            if first["_by"] > worst:
                worst = first["_by"]
                where = " ".join(str(first[k]) for k in comparable(name) if k in first)
                largest = f"{where}: {first['_was']:,.4g} -> {first['_is']:,.4g}"
    return Change(name, stands, vintage or stands, *counts, compared, revised, largest)


def comparable(name: str) -> list[str]:
    """Fields that name the same figure in another edition."""
    if name == "prices":
        return ["product", "form", "place", "date", "frequency", "kind"]
    left = (*EDITION, "year") if name == "reserves" else EDITION
    return [k for k in table(name).key if k not in left]


def matched(name: str, before: pl.DataFrame, new: pl.DataFrame, value: str) -> pl.DataFrame:
    """Figures of a file beside those of the same edition where it stands, else of the publisher's last."""
    key = comparable(name)
    old = before
    if "source_id" in before.columns and name != "governance":
        mine = new["source_id"][0]
        family = pl.col("source_id").str.split("-").list.first()
        theirs = before.filter((family == preference.publisher(mine)) & (pl.col("source_id") <= mine))
        # against the same edition where it stands, else against the one before it
        old = theirs.filter(pl.col("source_id") == theirs["source_id"].max())
    was = old.filter(pl.col(value).is_not_null()).select(*key, pl.col(value).cast(pl.Float64).alias("_was"))
    now = new.filter(pl.col(value).is_not_null()).select(*key, pl.col(value).cast(pl.Float64).alias("_is"))
    return now.join(was.unique(key, keep="last"), on=key, how="inner")
