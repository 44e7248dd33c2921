"""World Bank, Worldwide Governance Indicators: political stability by country and year.

Three layouts of the Bank are read. The workbook since the 2025 edition has one sheet per dimension (`pv` is
political stability) with `Economy (code)`, `Year` and `Governance estimate (approx. -2.5 to +2.5)`. The
workbook of 2023 and 2024 is one long sheet with code, year, indicator (`pv`), estimate; it also exists as
CSV. DataBank gives a wide CSV, one column `1996 [YR1996]` a year, series PV.EST or GOV_WGI_PV.EST. Older
workbooks, with a block of columns per year, are not read.
"""

import re
from collections.abc import Iterator, Mapping

import polars as pl

from oresight.catalog.importers.imported import Imported, Known, Rows
from oresight.catalog.importers.opening import (
    Cell,
    SourceFile,
    at_row,
    decoded,
    plain_name,
    shown,
    table_rows,
)
from oresight.catalog.importers.opening_workbooks import header_at, sheet_names, workbook
from oresight.catalog.importers.places import WGI_CODES
from oresight.core.errors import DataError

PUBLISHER = "wgi"
SERIES = ("PV.EST", "GOV_WGI_PV.EST")
ESTIMATE = ("governance estimate (approx. -2.5 to +2.5)", "estimate")
BY_DIMENSION = {"code": ("economy (code)", "code"), "year": ("year",), "estimate": ESTIMATE}
LONG = {"code": ("code",), "year": ("year",), "indicator": ("indicator",), "estimate": ("estimate",)}
LONG_CSV = ("code", "year", "indicator", "estimate")
DATABANK = ("Country Name", "Country Code", "Series Name", "Series Code")
NONE = ("", "..", "#N/A", "NA", "n/a", ".")
LOW, HIGH = -4.0, 3.0
Reading = tuple[str, int, str, object, object]


def recognises(file: SourceFile) -> bool:
    """Whether the file is called after the indicators, or begins with one of their headers."""
    if re.search(r"wgi|worldwide.?governance", file.name, re.I):
        return file.path.suffix.lower() in (".xlsx", ".csv")
    if file.path.suffix.lower() != ".csv":
        return {"va", "pv", "ge", "rq", "rl", "cc"} <= {plain_name(n) for n in sheet_names(file)}
    first = file.head(4096).split(b"\n", 1)[0].decode("latin-1").casefold()
    return "codeindyr" in first or ("series code" in first and b"WGI" in file.head())


def vintage(file: SourceFile) -> str | None:
    """First and last year of the estimates, such as 1996-2024."""
    years = [int(float(str(year))) for *_, year, _ in readings(file) if _is_year(year)]
    return f"{min(years)}-{max(years)}" if years else None


def imported(file: SourceFile, vintage: str, known: Known) -> Imported:
    """Political stability of every country and year in the file.

    Raises:
        DataError: The layout changed, a country is unknown, an estimate is none.
    """
    rows: dict[tuple[str, int], float | None] = {}
    for place, row, code, year_cell, estimate in readings(file):
        if not _is_year(year_cell):
            raise at_row(place, row, f"{shown(year_cell)} is no year", "restore the published year")
        country = WGI_CODES.get(code, code)
        if country not in known.places.codes:
            raise at_row(
                place,
                row,
                f"unknown country code {shown(code)}",
                "add it to the countries table",
                country=code[:20],
            )
        key = (country, int(float(str(year_cell))))
        value = estimated(estimate, place, row)
        if rows.get(key) is not None and value is not None and rows[key] != value:
            raise at_row(place, row, f"a second estimate for {country} {key[1]}", "keep one of the rows")
        rows[key] = value if value is not None else rows.get(key)
    if not rows:
        raise DataError(
            f"{file.name} holds no estimate of political stability", "use the Bank's full dataset"
        )
    frame = pl.DataFrame(
        {
            "country": [c for c, _ in rows],
            "year": [y for _, y in rows],
            "stability_estimate": pl.Series(list(rows.values()), dtype=pl.Float64),
        }
    )
    risk = ((2.5 - pl.col("stability_estimate")) / 5).clip(0, 1)
    frame = frame.with_columns(
        risk.alias("stability_risk"),
        pl.lit("world-bank-wgi").alias("source_id"),
        pl.lit("high").alias("confidence"),
    ).sort("country", "year")
    source = {
        "id": "world-bank-wgi",
        "citation": f"World Bank, Worldwide Governance Indicators, political stability, {vintage}",
        "publisher": "World Bank",
        "title": "Worldwide Governance Indicators",
        "edition": vintage,
        "url": "https://www.worldbank.org/en/publication/worldwide-governance-indicators",
        "licence": "CC BY 4.0",
        "kind": "publisher",
    }
    return Imported(file.name, PUBLISHER, vintage, {"governance": Rows(frame, ())}, (source,))


def _is_year(cell: object) -> bool:
    return re.fullmatch(r"(19|20)\d\d(\.0)?", str(cell)) is not None


def estimated(cell: object, file: str, row: int) -> float | None:
    """An estimate, None where the Bank gives none.

    Raises:
        DataError: It is no number, or lies outside -4..3.

    >>> estimated("-0.5", "a", 2), estimated("..", "a", 2)
    (-0.5, None)
    """
    if cell is None or (isinstance(cell, str) and cell.strip() in NONE):
        return None
    try:
        value = float(str(cell))
    except ValueError:
        value = float("inf")
    if not LOW <= value <= HIGH:
        raise at_row(
            file, row, f"{shown(cell)} is no governance estimate", "estimates lie about -2.5 to +2.5"
        )
    return value


def readings(file: SourceFile) -> Iterator[Reading]:
    """Place, row, country code, year and estimate of every cell on political stability.

    Raises:
        DataError: The file has none of the three layouts.
    """
    if file.path.suffix.lower() == ".xlsx":
        yield from of_workbook(file)
        return
    text = decoded(file.read(), file.name)
    first = text.split("\n", 1)[0]
    names = {plain_name(c.strip('"')) for c in first.strip().split(",")}
    if {"series code", "country code"} <= names:
        yield from of_databank(text, file.name)
        return
    for row, cells in table_rows(text, file.name, LONG_CSV):
        if cells["indicator"].casefold() == "pv":
            yield file.name, row, cells["code"], cells["year"], cells["estimate"]


def of_databank(text: str, name: str) -> Iterator[Reading]:
    """Readings of DataBank's wide CSV, whose last lines tell the database and its date."""
    body = re.split(r"\r?\n\"?Data from database", text, maxsplit=1)[0]
    for row, cells in table_rows(body, name, DATABANK):
        if cells["Series Code"] not in SERIES:
            continue
        for column, cell in cells.items():
            if year := re.match(r"(\d{4})(?: \[yr\d{4}\])?$", column):
                yield name, row, cells["Country Code"], year[1], cell


def of_workbook(file: SourceFile) -> Iterator[Reading]:
    """Readings of the workbook, by dimension or long."""
    with workbook(file) as book:
        for sheet in book.sheets:
            place = f"{file.name}, sheet {sheet},"
            if plain_name(sheet) == "pv":
                yield from _of_sheet(place, book.rows(sheet, 64), BY_DIMENSION)
                return
        for sheet in book.sheets:
            place = f"{file.name}, sheet {sheet},"
            if header_at(book.rows(sheet, 64), LONG) is not None:
                yield from _of_sheet(place, book.rows(sheet, 64), LONG)
                return
    raise DataError(
        f"{file.name} has neither a sheet pv nor one with code, year, indicator, estimate",
        "use the Bank's workbook of 2023 or later",
        {"file": file.name, "sheets": book.sheets[:20]},
    )


def _of_sheet(
    place: str, rows: Iterator[tuple[int, tuple[Cell, ...]]], wanted: Mapping[str, tuple[str, ...]]
) -> Iterator[Reading]:
    found = header_at(rows, wanted)
    if found is None:
        raise DataError(
            f"{place[:-1]} lacks {', '.join(names[0] for names in wanted.values())}",
            "the publisher changed the layout or this is another file",
        )
    _, at, _ = found
    for row, cells in rows:
        if all(c is None for c in cells):
            continue
        code = cells[at["code"]]
        if code is None:
            raise at_row(place, row, "no country code", "restore the published code")
        if "indicator" in at and str(cells[at["indicator"]]).casefold() != "pv":
            continue
        yield place, row, str(code), cells[at["year"]], cells[at["estimate"]]
