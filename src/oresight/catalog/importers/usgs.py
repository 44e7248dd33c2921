"""USGS, Mineral Commodity Summaries: the CSV releases of an edition.

Two layouts are read, both Windows-1252 or UTF-8. Since the edition of 2026 one file holds all chapters, one
figure a row: `MCS chapter, Section, Commodity, Country, Statistics, Statistics_detail, Unit, Year, Value,
Notes`. The world data of 2025 hold one country a row: `SOURCE, COMMODITY, COUNTRY, TYPE, UNIT_MEAS,
PROD_2023, PROD_EST_ 2024, PROD_NOTES, RESERVES_2024, RESERVE_NOTES`, the years being part of the names.
The releases of one file per chapter (2022-2024) are not read.
"""

import re
from collections.abc import Iterator

from oresight.catalog.importers.imported import Imported, Known
from oresight.catalog.importers.opening import SourceFile, at_row, decoded, plain_name, shown, table_rows
from oresight.catalog.importers.usgs_line import Line
from oresight.core.errors import DataError

PUBLISHER = "usgs"
RELEASE = (
    "MCS chapter",
    "Section",
    "Commodity",
    "Country",
    "Statistics",
    "Statistics_detail",
    "Unit",
    "Year",
    "Value",
    "Notes",
)
WORLD = ("SOURCE", "COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS", "PROD_NOTES", "RESERVE_NOTES")
YEAR_COLUMNS = {
    "production": re.compile(r"prod_(\d{4})"),
    "estimate": re.compile(r"prod_est_ ?(\d{4})"),
    "reserves": re.compile(r"reserves_(\d{4})"),
}


def recognises(file: SourceFile) -> bool:
    """Whether the file is called as the USGS calls its releases, or has most of their columns."""
    if file.path.suffix.lower() != ".csv":
        return False
    if re.search(r"MCS[ _-]?20\d\d.*(Commodities|World)[ _-]?Data", file.name, re.I):
        return True
    first = file.head().split(b"\n", 1)[0].decode("latin-1").lstrip("ï»¿")
    names = {plain_name(c.strip().strip('"')) for c in first.split(",")}
    return any(len(names & {plain_name(c) for c in layout}) >= 5 for layout in (RELEASE, WORLD))


def vintage(file: SourceFile) -> str | None:
    """Year of the edition: of the file's name, else its SOURCE column, else the year after its last."""
    if named := re.search(r"MCS[ _-]?(20\d\d)", file.name, re.I):
        return named[1]
    text = decoded(file.read(), file.name)
    if named := re.search(r"^\"?MCS(20\d\d)", text, re.M):
        return named[1]
    years = [int(y) for y in re.findall(r",(20\d\d),", text)]
    return str(max(years) + 1) if years else None


def imported(file: SourceFile, vintage: str, known: Known) -> Imported:
    """Production, reserves and, from the full release, salient statistics, import sources and prices.

    Raises:
        DataError: The layout changed, chapters are missing, a country, unit or figure is none.
    """
    from oresight.catalog.importers import usgs_prices, usgs_states, usgs_world

    if not re.fullmatch(r"20\d\d", vintage):
        raise DataError(f"{shown(vintage)} is no edition of the USGS", "write its year, such as 2026")
    found = tuple(lines(file))
    tables, notes = usgs_world.tables(file.name, vintage, found, known)
    if any(each.section != "world" for each in found):
        tables |= usgs_states.tables(file.name, vintage, found, known, notes)
        tables |= usgs_prices.tables(file.name, vintage, found)
    cited = {str(s) for rows in tables.values() for s in rows.frame["source_id"].unique()}
    sources = tuple(source(key, vintage) for key in sorted(cited))
    kept = {name: rows for name, rows in tables.items() if rows.frame.height}
    return Imported(file.name, PUBLISHER, vintage, kept, sources, tuple(notes))


def source(key: str, vintage: str) -> dict[str, str | None]:
    """The row of the table `sources` for an edition."""
    part = ", salient statistics" if key.endswith("salient") else ""
    return {
        "id": key,
        "citation": f"USGS, Mineral Commodity Summaries {vintage}, data release{part}",
        "publisher": "U.S. Geological Survey",
        "title": f"Mineral Commodity Summaries {vintage}",
        "edition": vintage,
        "url": f"https://pubs.usgs.gov/publication/mcs{vintage}",
        "licence": "public domain",
        "kind": "publisher",
    }


def lines(file: SourceFile) -> Iterator[Line]:
    """All figures of a release, in either layout.

    Raises:
        DataError: The header is of neither layout, or a row is cut off.
    """
    text = decoded(file.read(), file.name)
    names = {plain_name(c.strip('"')) for c in text.split("\n", 1)[0].strip().split(",")}
    overlap = {layout: len(names & {plain_name(c) for c in layout}) for layout in (RELEASE, WORLD)}
    yield from of_world(text, file.name) if overlap[WORLD] > overlap[RELEASE] else of_release(text, file.name)


def of_release(text: str, name: str) -> Iterator[Line]:
    """Figures of the layout since 2026."""
    for row, cells in table_rows(text, name, RELEASE):
        section = cells["Section"].casefold()
        kind = next((k for k, start in SECTIONS.items() if section.startswith(start)), "other")
        note = cells["Notes"]
        yield Line(
            row,
            plain_name(cells["Commodity"]),
            kind,
            cells["Country"],
            plain_name(cells["Statistics"]).removesuffix("s"),
            cells["Statistics_detail"],
            cells["Unit"],
            cells["Year"],
            cells["Value"],
            note,
            note.casefold().startswith("estimated"),
        )


SECTIONS = {"world": "world", "salient": "salient", "sources": "import sources"}


def of_world(text: str, name: str) -> Iterator[Line]:
    """Figures of the world data of 2025; the years are read from the names of the columns."""
    columns: dict[str, tuple[str, str]] = {}
    for row, cells in table_rows(text, name, WORLD):
        if not columns:
            for column in cells:
                for kind, pattern in YEAR_COLUMNS.items():
                    if match := pattern.fullmatch(column):
                        columns[kind] = (column, match[1])
            missing = set(YEAR_COLUMNS) - set(columns)
            if missing:
                raise at_row(
                    name,
                    1,
                    f"the header has no column of a year for {', '.join(sorted(missing))}",
                    "expected are such as PROD_2023, PROD_EST_ 2024, RESERVES_2024",
                )
        for kind, (column, year) in columns.items():
            reserves = kind == "reserves"
            note = cells["RESERVE_NOTES" if reserves else "PROD_NOTES"]
            words = f"{cells['TYPE']} {note}".casefold()
            yield Line(
                row,
                plain_name(cells["COMMODITY"]),
                "world",
                cells["COUNTRY"],
                "reserve" if reserves else "production",
                cells["TYPE"],
                cells["UNIT_MEAS"],
                year,
                # a cell without a number may say why in the column beside it
                cells[column] or (note if note.casefold() in ("na", "large", "small", "moderate") else ""),
                note,
                kind == "estimate" or "estimated" in words,
            )
