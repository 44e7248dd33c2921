"""Austrian Federal Ministry of Finance, World Mining Data: production of individual countries by minerals.

Layout of workbook 6.4: one sheet per mineral, named after it (with its basis, `Lithium (Li2O)`); a title, then
a row `Country | unit | 2020 | ... | 2024 | data source`, one row a country, a row Total. The data source is r
reported, e estimated, p provisional; the year columns move with the edition.
"""

import re
from collections.abc import Iterator

import polars as pl

from oresight.catalog.importers.figures import figure, tonnes
from oresight.catalog.importers.imported import Imported, Known, Rows
from oresight.catalog.importers.opening import Cell, SourceFile, at_row, plain_name, shown
from oresight.catalog.importers.opening_workbooks import Workbook, header_at, sheet_names, workbook
from oresight.core.errors import DataError

PUBLISHER = "wmd"
MINERALS: dict[str, tuple[str, str, float]] = {
    "rare earths (reo)": ("rare-earths-light", "mine", 1.0),
    "gallium": ("gallium", "refine", 1.0),
    "germanium": ("germanium", "refine", 1.0),
    "graphite": ("graphite-natural", "mine", 1.0),
    "lithium (li2o)": ("lithium", "mine", 0.4645),
    "cobalt": ("cobalt", "mine", 1.0),
    "nickel": ("nickel", "mine", 1.0),
    "copper": ("copper", "mine", 1.0),
    "manganese": ("manganese-sulphate", "mine", 1.0),
    "tungsten (w)": ("tungsten", "mine", 1.0),
    "antimony": ("antimony", "mine", 1.0),
    "bismuth": ("bismuth", "refine", 1.0),
    "indium": ("indium", "refine", 1.0),
    "tellurium": ("tellurium", "refine", 1.0),
    "titanium (tio2)": ("titanium-sponge", "mine", 1.0),
    "vanadium (v)": ("vanadium", "mine", 1.0),
    "molybdenum": ("molybdenum", "mine", 1.0),
    "tantalum (ta2o5)": ("tantalum", "mine", 0.819),
    "niobium (nb2o5)": ("niobium", "mine", 0.699),
    "zircon": ("zirconium", "mine", 1.0),
    "chromium (cr2o3)": ("chromium", "mine", 1.0),
    "tin": ("tin", "mine", 1.0),
    "bauxite": ("aluminium", "mine", 1.0),
    "aluminium": ("aluminium", "component", 1.0),
    "zinc": ("zinc", "mine", 1.0),
    "lead": ("lead", "mine", 1.0),
    "fluorspar": ("fluorspar", "mine", 1.0),
    "platinum": ("platinum", "mine", 1.0),
    "palladium": ("palladium", "mine", 1.0),
}
"""Sheet -> commodity, stage, and weight of the element per published weight (oxide to element)."""

MIXED = ("bismuth", "cobalt")
"""Commodities whose rows mix mine and refinery output: kept, at low confidence."""

HEADER = {
    "country": ("country",),
    "unit": ("unit",),
    "source": ("data source", "source", "data sources", "datasource"),
}
SOURCES = {"r": "reported", "e": "estimated", "p": "estimated"}
NO_COUNTRY = ("total", "world total", "total world")


def recognises(file: SourceFile) -> bool:
    """Whether the file is called as the Ministry calls it, or has its sheets."""
    named = r"(Production.?of.?Mineral.?Raw.?Materials|World.?Mining.?Data|WMD).*\.xlsx$"
    if re.search(named, file.name, re.I):
        return True
    return len({plain_name(n) for n in sheet_names(file)} & set(MINERALS)) >= 10


def vintage(file: SourceFile) -> str | None:
    """First and last year of the columns, such as 2020-2024."""
    with workbook(file) as book:
        for sheet in book.sheets:
            if plain_name(sheet) in MINERALS:
                found = header_at(book.rows(sheet, 64), HEADER)
                years = year_columns(found[2]) if found else {}
                if years:
                    return f"{min(years)}-{max(years)}"
    return None


def year_columns(cells: tuple[Cell, ...]) -> dict[int, int]:
    """Year -> position of its column.

    >>> year_columns(("Country", "unit", 2023.0, "2024"))
    {2023: 2, 2024: 3}
    """
    years = {}
    for at, cell in enumerate(cells):
        text = f"{cell:g}" if isinstance(cell, float) else str(cell)
        if re.fullmatch(r"(19|20)\d\d", text):
            years[int(text)] = at
    return years


def imported(file: SourceFile, vintage: str, known: Known) -> Imported:
    """Mine and refinery production of the minerals the catalogue holds.

    Raises:
        DataError: A sheet or column is missing, a country, unit, source or figure is none.
    """
    key = f"wmd-{vintage}"
    mine: list[dict[str, object]] = []
    refined: list[dict[str, object]] = []
    with workbook(file) as book:
        sheets = {plain_name(s): s for s in book.sheets}
        lost = sorted(set(MINERALS) - set(sheets))
        if lost:
            raise DataError(
                f"{file.name} has no sheet {', '.join(lost[:8])}" + (" and more" if len(lost) > 8 else ""),
                "use workbook 6.4, production of individual countries by minerals; or the publisher renamed it",
                {"file": file.name, "missing": lost, "sheets": book.sheets[:80]},
            )
        for name, (commodity, stage, factor) in MINERALS.items():
            rows = list(of_sheet(book, sheets[name], known, key, vintage, commodity, stage, factor))
            (mine if stage == "mine" else refined).extend(rows)
    for row in mine:
        del row["stage"]
    same = ("source_id", "vintage")
    types = {"low": pl.Float64, "high": pl.Float64, "note": pl.String}
    tables = {
        "mine_production": Rows(pl.DataFrame(mine, infer_schema_length=None, schema_overrides=types), same),
        "refinery_production": Rows(
            pl.DataFrame(refined, infer_schema_length=None, schema_overrides=types), same
        ),
    }
    source = {
        "id": key,
        "citation": f"Austrian Federal Ministry of Finance, World Mining Data, production {vintage}",
        "publisher": "Austrian Federal Ministry of Finance",
        "title": "World Mining Data",
        "edition": vintage,
        "url": "https://www.world-mining-data.info",
        "licence": "free with citation",
        "kind": "publisher",
    }
    unused = sorted(set(sheets) - set(MINERALS))
    notes = (f"{file.name}: {len(unused)} sheets of other minerals left out",) if unused else ()
    return Imported(file.name, PUBLISHER, vintage, tables, (source,), notes)


def of_sheet(
    book: Workbook,
    sheet: str,
    known: Known,
    key: str,
    vintage: str,
    commodity: str,
    stage: str,
    factor: float,
) -> Iterator[dict[str, object]]:
    """Rows of one mineral.

    Raises:
        DataError: The header changed, or a row cannot be read.
    """
    place = f"{book.name}, sheet {sheet},"
    rows = book.rows(sheet, 64)
    found = header_at(rows, HEADER)
    years = year_columns(found[2]) if found else {}
    if found is None or not years:
        raise DataError(
            f"{place[:-1]} lacks a row Country, unit, years, data source",
            "the publisher changed the layout or this is another workbook",
        )
    oxide = re.search(r"\((Li2O|Ta2O5|Nb2O5)\)", sheet, re.I)
    seen: set[str] = set()
    for row, cells in rows:
        name = str(cells[found[1]["country"]] or "")
        if not name or plain_name(name) in NO_COUNTRY:
            continue
        if cells[found[1]["unit"]] is None and all(cells[at] is None for at in years.values()):
            continue  # a footnote below the table
        country = known.places.named(name, place, row)
        if country in seen:
            raise at_row(place, row, f"{name} is there twice", "keep one of the rows")
        seen.add(country)
        scale = tonnes(cells[found[1]["unit"]], place, row)
        mark = str(cells[found[1]["source"]] or "").strip().casefold()[:1]
        if mark not in SOURCES:
            raise at_row(
                place, row, f"data source {shown(cells[found[1]['source']])}", "expected are r, e or p"
            )
        for year, at in years.items():
            if cells[at] is None:
                continue
            read = figure(cells[at], place, row).times(scale * factor)
            if read.value is None:
                continue
            yield {
                "commodity": commodity,
                "stage": stage,
                "country": country,
                "year": year,
                "value": read.value,
                "low": None,
                "high": None,
                "source_id": key,
                "vintage": vintage,
                "qualifier": SOURCES[mark],
                "preferred": False,
                "confidence": "low" if commodity in MIXED else "high" if mark == "r" else "medium",
                "note": note(commodity, oxide[1] if oxide else None, factor, scale),
            }


def note(commodity: str, oxide: str | None, factor: float, scale: float) -> str | None:
    """What was converted, or must be known."""
    if commodity in MIXED:
        return "mixes mine and refinery output"
    if oxide is not None:
        return f"published as {oxide}, times {factor}"
    return "published in kg" if scale == 1e-3 else None
