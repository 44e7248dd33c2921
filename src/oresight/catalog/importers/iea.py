"""International Energy Agency, Critical Minerals Data Explorer: the workbook `CM_Data_Explorer.xlsx`.

The sheet `2 Total supply for key minerals` is read, found by its number since names move: mining and refining
side by side, each a column of labels and one per year; a row such as `Copper - Mining`, one row per country,
Rest of world, Total, Top 3 share; notes end the table. Figures are in thousand tonnes. Only the base year is
taken: later years are projections. Demand is not read: the tables of demand part the Agency's minerals into
the catalogue's own, by hand. The layout was read from descriptions of the editions of 2024 to 2026.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from oresight.catalog.importers.imported import Imported, Known, Rows
from oresight.catalog.importers.opening import Cell, SourceFile, at_row, plain_name, shown
from oresight.catalog.importers.opening_workbooks import Workbook, sheet_names, workbook
from oresight.core.errors import DataError

PUBLISHER = "iea"
SUPPLY: dict[tuple[str, str], tuple[str, str]] = {
    ("copper", "mining"): ("copper", "mine"),
    ("copper", "refining"): ("copper", "refine"),
    ("lithium", "mining"): ("lithium", "mine"),
    ("lithium", "refining"): ("lithium", "refine"),
    ("nickel", "mining"): ("nickel", "mine"),
    ("nickel", "refining"): ("nickel", "refine"),
    ("cobalt", "mining"): ("cobalt", "mine"),
    ("cobalt", "refining"): ("cobalt", "refine"),
    ("graphite", "mining"): ("graphite-natural", "mine"),
    ("graphite", "refining"): ("graphite-battery", "refine"),
}
APART = ("magnet rare earth", "rare earth")
"""Minerals the catalogue parts into others: left out here, and said so."""

SIDES = {"mining": ("mining", "mined", "mine"), "refining": ("refining", "refined", "processing", "chemical")}
UNIT = re.compile(r"\b(kt|kilotonnes?|thousand (metric )?(tonnes|tons))\b", re.I)
OTHER_UNIT = re.compile(r"\((Mt|million tonnes|t|tonnes)\)")
YEARS_WITHIN = 20
WORLD = ("total",)
SHARE = re.compile(r"(top \d+ share|share of)", re.I)
NOTES = re.compile(r"(notes?|sources?)\b", re.I)
ABSURD = 1e6
DEMAND = "demand and projections are left out"
REPEATED = 0.15
REPEATS = "total less the named; the printed rest repeats one of them"


@dataclass(frozen=True)
class Block:
    """Labels and years that stand side by side on the supply sheet.

    Args:
        label: Position of the column of labels.
        years: Year -> position.
    """

    label: int
    years: dict[int, int]


def recognises(file: SourceFile) -> bool:
    """Whether the file is called as the Agency calls it, or has its sheets."""
    named = r"(CM.?Data.?Explorer|critical.?minerals.?data(set|.?explorer)).*\.xlsx$"
    if re.search(named, file.name, re.I):
        return True
    return any(re.match(r"2 total supply", n, re.I) for n in sheet_names(file))


def vintage(file: SourceFile) -> str | None:
    """Year and month in the file's name, such as 2025-05; the workbook itself states none."""
    named = re.search(r"(20\d\d)[-_. ]?(0[1-9]|1[0-2])(?!\d)", file.name)
    return f"{named[1]}-{named[2]}" if named else None


def imported(file: SourceFile, vintage: str, known: Known) -> Imported:
    """Mined and refined output by country in the base year.

    Raises:
        DataError: A sheet, mineral or unit is missing or changed, a country or figure is none.
    """
    if not re.fullmatch(r"20\d\d-\d\d", vintage):
        raise DataError(
            f"{shown(vintage)} is no edition of the Data Explorer", "write its month, such as 2025-05"
        )
    key = f"iea-explorer-{vintage}"
    with workbook(file) as book:
        kilotonnes(book)
        sheet = numbered(book, 2, "Total supply for key minerals")
        rows, notes = supply(book, sheet, known)
    frame = rest_once(pl.DataFrame(rows, infer_schema_length=None)).with_columns(
        pl.lit(None, dtype=pl.Float64).alias("low"),
        pl.lit(None, dtype=pl.Float64).alias("high"),
        pl.lit(key).alias("source_id"),
        pl.lit(vintage).alias("vintage"),
        pl.lit("estimated").alias("qualifier"),
        pl.lit(False).alias("preferred"),
        pl.lit("high").alias("confidence"),
    )
    same = ("source_id", "vintage")
    tables = {
        "mine_production": Rows(frame.filter(pl.col("stage") == "mine").drop("stage"), same),
        "refinery_production": Rows(frame.filter(pl.col("stage") != "mine"), same),
    }
    source = {
        "id": key,
        "citation": f"IEA, Critical Minerals Data Explorer, edition of {vintage}, base case",
        "publisher": "International Energy Agency",
        "title": "Critical Minerals Data Explorer",
        "edition": vintage,
        "url": "https://www.iea.org/data-and-statistics/data-tools/critical-minerals-data-explorer",
        "licence": "CC BY 4.0",
        "kind": "publisher",
    }
    return Imported(
        file.name, PUBLISHER, vintage, tables, (source,), tuple(f"{file.name}: {n}" for n in notes)
    )


def numbered(book: Workbook, number: int, title: str) -> str:
    """The sheet whose name begins with a number.

    Raises:
        DataError: None does.
    """
    for sheet in book.sheets:
        if re.match(rf"{number}(?![\d.])", sheet.strip()):
            return sheet
    raise DataError(
        f"{book.name} has no sheet {number} {title}",
        "use the Agency's workbook CM_Data_Explorer.xlsx",
        {"file": book.name, "sheets": book.sheets[:20]},
    )


def kilotonnes(book: Workbook) -> None:
    """Refuse a workbook that does not say it counts thousand tonnes.

    Raises:
        DataError: No heading names the unit, or one names another.
    """
    said = False
    for sheet in book.sheets:
        for row, cells in book.rows(sheet, 24):
            for cell in cells:
                if isinstance(cell, str):
                    if row <= YEARS_WITHIN and OTHER_UNIT.search(cell):
                        raise at_row(
                            f"{book.name}, sheet {sheet},",
                            row,
                            f"unknown unit in {shown(cell)}",
                            "expected is kt",
                        )
                    said = said or UNIT.search(cell) is not None
            if row >= YEARS_WITHIN:
                break
    if not said:
        raise DataError(
            f"{book.name} nowhere says that it counts kt",
            "the publisher changed the layout",
            {"file": book.name},
        )


def year_of(cell: Cell) -> int | None:
    """The year a heading cell names.

    >>> year_of(2030.0), year_of("2030"), year_of(203.5)
    (2030, 2030, None)
    """
    text = f"{cell:g}" if isinstance(cell, float) else str(cell)
    return int(text) if re.fullmatch(r"20\d\d", text) else None


def blocks(place: str, rows: Iterator[tuple[int, tuple[Cell, ...]]]) -> list[Block]:
    """Mining and refining side by side, from the first row with two years or more.

    Raises:
        DataError: No such row is near the top, or it is not two runs of years.
    """
    for row, cells in rows:
        years = {at: year for at, cell in enumerate(cells) if (year := year_of(cell)) is not None}
        if len(years) >= 2:
            found: list[Block] = []
            for at, year in years.items():
                if at - 1 not in years:
                    found.append(Block(at - 1, {}))
                found[-1].years[year] = at
            if len(found) == 2 and found[0].label >= 0 and len({tuple(b.years) for b in found}) == 1:
                return found
            raise at_row(
                place,
                row,
                f"{len(found)} runs of years",
                "expected are the same years for mining and refining, side by side",
            )
        if row >= YEARS_WITHIN:
            break
    raise DataError(f"{place[:-1]} has no row of years", "the publisher changed the layout")


def supply(book: Workbook, sheet: str, known: Known) -> tuple[list[dict[str, object]], list[str]]:
    """Rows of the supply sheet in the base year, and what was left out.

    Raises:
        DataError: A mineral is missing, or a row cannot be read.
    """
    place = f"{book.name}, sheet {sheet},"
    stream = book.rows(sheet, 24)
    sides = blocks(place, stream)
    base = min(sides[0].years)
    current: list[tuple[str, str] | None] = [None, None]
    records: dict[tuple[str, str, str], dict[str, object]] = {}
    found: set[tuple[str, str]] = set()
    left: set[str] = set()
    ended = False
    for row, cells in stream:
        for at, (side, block) in enumerate(zip(("mining", "refining"), sides, strict=True)):
            label = str(cells[block.label] or "") if block.label < len(cells) else ""
            ended = ended or NOTES.match(label) is not None
            if not label or ended or SHARE.match(label):
                continue
            cell = cells[block.years[base]] if block.years[base] < len(cells) else None
            if all(cells[i] is None for i in block.years.values() if i < len(cells)):
                named = mineral(label, side, left)
                current[at] = SUPPLY[named] if named is not None else None
                found |= {SUPPLY[named]} if named is not None else set()
                continue
            now = current[at]
            if now is None:
                continue
            commodity, stage = now
            country = "WLD" if plain_name(label) in WORLD else known.places.named(label, place, row)
            key = (commodity, stage, country)
            if key in records:
                raise at_row(place, row, f"{label} is there twice for {commodity}", "keep one of the rows")
            records[key] = {
                "commodity": commodity,
                "stage": stage,
                "country": country,
                "year": base,
                "value": weight(cell, place, row) * 1e3,
            }
    lost = sorted(f"{c} ({s})" for c, s in set(SUPPLY.values()) - found)
    if lost:
        raise DataError(
            f"{place[:-1]} has no supply of {', '.join(lost)}",
            "the workbook was cut off, or the publisher renamed minerals",
            {"file": book.name, "missing": lost},
        )
    return list(records.values()), [f"{name} is parted into its elements elsewhere" for name in sorted(left)]


def rest_once(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with their note, the rest being what the total leaves where the printed rest repeats a country.

    Some editions print a Rest of world that holds a country named above it, so that named and rest exceed the
    total (nickel and graphite in 2025); the excess must be above 15 % of what is left to be taken for that.

    >>> rest_once(pl.DataFrame({"commodity": "x", "stage": "mine", "country": ["A", "OTH", "WLD"],
    ...     "year": 2029, "value": [60.0, 50.0, 100.0]}))["value"].to_list()
    [60.0, 40.0, 100.0]
    """
    of = ["commodity", "stage"]
    named = pl.when(~pl.col("country").is_in(["OTH", "WLD"])).then(pl.col("value")).sum().over(of)
    total = pl.when(pl.col("country") == "WLD").then(pl.col("value")).max().over(of)
    left = total - named
    twice = (pl.col("country") == "OTH") & (left > 0) & (pl.col("value") > left * (1 + REPEATED))
    return rows.with_columns(
        pl.when(twice).then(left).otherwise(pl.col("value")).alias("value"),
        pl.when(twice).then(pl.lit(REPEATS)).alias("note"),
    )


def mineral(label: str, side: str, left: set[str]) -> tuple[str, str] | None:
    """The mineral and side a heading of the supply sheet names, None for one the catalogue parts or lacks."""
    words = label.casefold()
    name = re.split(r"\s[-–—]\s|:", words)[0].strip()
    other = "refining" if side == "mining" else "mining"
    if any(w in words for w in SIDES[other]) and not any(w in words for w in SIDES[side]):
        return None
    if name.startswith(APART):
        left.add(label)
        return None
    return next((key for key in SUPPLY if key[1] == side and name.startswith(key[0])), None)


def weight(cell: Cell, place: str, row: int) -> float:
    """Thousand tonnes of a country.

    Raises:
        DataError: It is no number from 0 to a thousand million tonnes.
    """
    value = float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else -1.0
    if not 0 <= value < ABSURD:
        raise at_row(place, row, f"{shown(cell)} is no weight in kt", "restore the published cell")
    return value
