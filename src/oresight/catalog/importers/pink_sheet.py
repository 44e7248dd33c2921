"""World Bank, Commodity Price Data (the Pink Sheet), monthly workbook.

Layout of `CMO-Historical-Data-Monthly.xlsx`, sheet `Monthly Prices`: a title, `Updated on June 02, 2026`, a
row of names, a row of units in parentheses, then one row a month that begins with `1960M01`; `…` is unknown.
"""

import datetime
import math
import re
from collections.abc import Iterator

import polars as pl

from oresight.catalog.importers.imported import Imported, Known, Rows
from oresight.catalog.importers.opening import Cell, SourceFile, at_row, plain_name, shown
from oresight.catalog.importers.opening_workbooks import sheet_names, workbook
from oresight.core.errors import DataError

PUBLISHER = "pink-sheet"
SHEET = "monthly prices"
OUNCE = 32150.7466
"""Troy ounces in a tonne."""

UNITS = {"($/mt)": ("USD per mt", 1.0), "($/troy oz)": ("USD per troy oz", OUNCE)}
METALS: dict[str, tuple[str | None, str]] = {
    "aluminum": ("aluminium", "aluminium metal"),
    "copper": ("copper", "copper"),
    "lead": ("lead", "lead"),
    "tin": ("tin", "tin"),
    "nickel": ("nickel", "nickel"),
    "zinc": ("zinc", "zinc"),
    "gold": (None, "gold"),
    "platinum": ("platinum", "platinum"),
    "silver": (None, "silver"),
}
"""Name of a column -> commodity of the catalogue and product priced."""

UNKNOWN = ("…", "...", "..", "", "NA", "n.a.")
MONTHS = tuple(datetime.date(2000, m, 1).strftime("%B").casefold() for m in range(1, 13))
HEADER_WITHIN = 12


def recognises(file: SourceFile) -> bool:
    """Whether the file is called as the Bank calls it, or has its sheet."""
    if re.search(r"(CMO.?Historical.?Data.?Monthly|pink.?sheet).*\.xlsx$", file.name, re.I):
        return True
    return any(plain_name(n) == SHEET for n in sheet_names(file))


def vintage(file: SourceFile) -> str | None:
    """Month of the update the workbook states, such as 2026-06."""
    with workbook(file) as book:
        for _, cells in book.rows(sheet_name(file.name, book.sheets), 8):
            for cell in cells:
                match = re.match(r"updated on ([a-z]+) \d{1,2}, (\d{4})", str(cell).casefold())
                if match and match[1] in MONTHS:
                    return f"{match[2]}-{MONTHS.index(match[1]) + 1:02d}"
            if _ >= HEADER_WITHIN:
                break
    return None


def sheet_name(file: str, sheets: list[str]) -> str:
    """The sheet of monthly prices.

    Raises:
        DataError: The workbook has none.
    """
    for sheet in sheets:
        if plain_name(sheet) == SHEET:
            return sheet
    raise DataError(
        f"{file} has no sheet Monthly Prices", "use CMO-Historical-Data-Monthly.xlsx", {"sheets": sheets[:20]}
    )


def imported(file: SourceFile, vintage: str, known: Known) -> Imported:
    """Monthly prices of the metals the catalogue holds.

    Raises:
        DataError: A column or unit is missing or changed, a month is there twice, a price is none.
    """
    if not re.fullmatch(r"\d{4}-\d{2}", vintage):
        raise DataError(
            f"{shown(vintage)} is no vintage of the Pink Sheet", "write the month, such as 2026-06"
        )
    key = f"wb-pink-{vintage}"
    records: list[dict[str, object]] = []
    with workbook(file) as book:
        sheet = sheet_name(file.name, book.sheets)
        place = f"{file.name}, sheet {sheet},"
        rows = book.rows(sheet, 128)
        columns = heading(place, rows)
        seen: set[str] = set()
        for row, cells in rows:
            if cells[0] is None:
                continue
            month = re.fullmatch(r"((?:19|20)\d\d)M(0[1-9]|1[0-2])", str(cells[0]))
            if month is None:
                raise at_row(place, row, f"{shown(cells[0])} is no month", "months are written 1960M01")
            period = f"{month[1]}-{month[2]}"
            if period in seen:
                raise at_row(place, row, f"{cells[0]} is there twice", "keep one of the rows")
            seen.add(period)
            for name, (at, unit, scale) in columns.items():
                value = price(cells[at], place, row)
                if value is not None:
                    records.append(record(key, name, period, value, unit, scale))
    if not records:
        raise DataError(f"{file.name} holds no month", "download it again")
    frame = pl.DataFrame(records, infer_schema_length=None, schema_overrides=NULLS)
    source = {
        "id": key,
        "citation": f"World Bank, Commodity Price Data (The Pink Sheet), monthly prices, {vintage}",
        "publisher": "World Bank",
        "title": "Commodity Price Data (The Pink Sheet)",
        "edition": vintage,
        "url": "https://www.worldbank.org/en/research/commodity-markets",
        "licence": "CC BY 4.0",
        "kind": "publisher",
    }
    return Imported(file.name, PUBLISHER, vintage, {"prices": Rows(frame, ("source_id",))}, (source,))


NULLS = {
    "commodity": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
    "why_null": pl.String,
    "vat_removed": pl.Float64,
    "yuan_per_usd": pl.Float64,
    "edition": pl.Int64,
    "note": pl.String,
}


def heading(place: str, rows: Iterator[tuple[int, tuple[Cell, ...]]]) -> dict[str, tuple[int, str, float]]:
    """Position, unit and tonnes' factor of each metal, from the rows of names and units.

    Raises:
        DataError: A metal is missing, or priced in another unit.
    """
    names: list[str] = []
    for row, cells in rows:
        found = [plain_name(c) for c in cells]
        if "copper" in found and "gold" in found:
            names = found
            break
        if row >= HEADER_WITHIN:
            break
    missing = [m for m in METALS if m not in names]
    if missing:
        raise DataError(
            f"{place[:-1]} lacks the columns {', '.join(missing)}",
            "the publisher changed the layout or this is another file",
        )
    row, units = next(rows, (0, ()))
    columns = {}
    for metal in METALS:
        at = names.index(metal)
        unit = plain_name(units[at]) if at < len(units) else ""
        if unit not in UNITS:
            raise at_row(
                place,
                row,
                f"unknown unit {shown(unit)} of {metal}",
                f"known are {', '.join(UNITS)}",
                unit=unit,
            )
        columns[metal] = (at, *UNITS[unit])
    return columns


def price(cell: object, place: str, row: int) -> float | None:
    """A price, None where unknown.

    Raises:
        DataError: It is no positive number.
    """
    if cell is None or (isinstance(cell, str) and cell.strip() in UNKNOWN):
        return None
    value = float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else math.nan
    if not 0 < value < 1e9:
        raise at_row(place, row, f"{shown(cell)} is no price", "restore the published cell")
    return value


def record(key: str, metal: str, period: str, value: float, unit: str, scale: float) -> dict[str, object]:
    """One price in the columns of the table."""
    commodity, product = METALS[metal]
    name = metal.capitalize()
    return {
        "id": f"{key}/{product.replace(' ', '-')}/{metal}-world-bank-nominal-monthly/world/{period}",
        "commodity": commodity,
        "product": product,
        "form": f"{name} (World Bank nominal monthly average)",
        "place": "world",
        "date": datetime.date(int(period[:4]), int(period[5:]), 1),
        "frequency": "monthly",
        "value": value,
        "low": None,
        "high": None,
        "unit_published": unit,
        "usd_per_t": value * scale,
        "why_null": None,
        "vat_removed": None,
        "yuan_per_usd": None,
        "kind": "spot",
        "edition": None,
        "estimated": False,
        "source_id": key,
        "confidence": "high",
        "note": None,
        "preferred": True,
    }
