"""Small files in the publishers' own layouts, made by the tests: true to form, not to size."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl

RELEASE_HEADER = (
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
    "Is critical mineral 2025",
    "Other notes",
)
MINE, WORLD = "World Mine Production and Reserves", "World Production"
CHAPTERS = (
    ("ALUMINUM", "Aluminum", "Smelter production", "thousand metric tons"),
    ("ANTIMONY", "Antimony", "Mine production", "metric tons"),
    ("BAUXITE AND ALUMINA", "Alumina", "Alumina, refinery production", "thousand metric dry tons"),
    ("BAUXITE AND ALUMINA", "Bauxite", "Bauxite, mine production", "thousand metric dry tons"),
    ("BERYLLIUM", "Beryllium", "Mine production", "metric tons"),
    ("BISMUTH", "Bismuth", "Refinery production", "metric tons"),
    ("CHROMIUM", "Chromium", "Mine production", "thousand metric tons"),
    ("COBALT", "Cobalt", "Mine production", "metric tons"),
    ("COPPER", "Copper", "Mine production", "thousand metric tons"),
    ("COPPER", "Copper", "Refinery production", "thousand metric tons"),
    ("FLUORSPAR", "Fluorspar", "Mine production", "thousand metric tons"),
    ("GALLIUM", "Gallium", "Primary production", "kilograms"),
    ("GRAPHITE (NATURAL)", "Graphite (Natural)", "Mine production", "metric tons"),
    ("INDIUM", "Indium", "Refinery production", "metric tons"),
    ("LEAD", "Lead", "Mine production", "thousand metric tons"),
    ("LITHIUM", "Lithium", "Mine production", "metric tons"),
    ("MAGNESIUM METAL", "Magnesium Metal", "Smelter production", "thousand metric tons"),
    ("MANGANESE", "Manganese", "Mine production", "thousand metric tons"),
    ("MOLYBDENUM", "Molybdenum", "Mine production", "metric tons"),
    ("NICKEL", "Nickel", "Mine production", "metric tons"),
    ("NIOBIUM (COLUMBIUM)", "Niobium (Columbium)", "Mine production", "metric tons"),
    ("PLATINUM-GROUP METALS", "Palladium", "Mine production: Palladium", "kilograms"),
    ("PLATINUM-GROUP METALS", "Platinum", "Mine production: Platinum", "kilograms"),
    ("RARE EARTHS", "Rare Earths", "Mine production", "metric tons"),
    ("SILICON", "Silicon", "Silicon metal", "thousand metric tons"),
    ("TANTALUM", "Tantalum", "Mine production", "metric tons"),
    ("TELLURIUM", "Tellurium", "Refinery production", "metric tons"),
    ("TIN", "Tin", "Mine production", "metric tons"),
    (
        "TITANIUM AND TITANIUM DIOXIDE",
        "Titanium Sponge Metal",
        "Titanium sponge metal production",
        "metric tons",
    ),
    (
        "TITANIUM MINERAL CONCENTRATES",
        "Titanium Mineral Concentrates",
        "Mine production: Ilmenite",
        "thousand metric tons",
    ),
    (
        "TITANIUM MINERAL CONCENTRATES",
        "Titanium Mineral Concentrates",
        "Mine production: Rutile",
        "thousand metric tons",
    ),
    ("TUNGSTEN", "Tungsten", "Mine production", "metric tons"),
    ("VANADIUM", "Vanadium", "Mine production", "metric tons"),
    ("ZINC", "Zinc", "Mine production", "thousand metric tons"),
    (
        "ZIRCONIUM AND HAFNIUM",
        "Zirconium",
        "Zirconium mineral concentrates, mine production",
        "thousand metric tons",
    ),
)


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]], encoding: str = "cp1252") -> bytes:
    """A CSV file as the publishers write it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def release_rows(year: int = 2030, china: str = "1,000") -> list[list[str]]:
    """Rows of a full USGS release for two years: every chapter, then the United States."""
    rows = []
    for chapter, commodity, detail, unit in CHAPTERS:
        for country, first, last in (
            ("China", "900", china),
            ("Côte d’Ivoire", "—", "W"),
            ("World total", "1,900", "2,000"),
        ):
            shown = f"{detail}: rounded" if country == "World total" else detail
            note = "Estimated." if country == "China" else ""
            rows.append(
                [
                    chapter,
                    MINE,
                    commodity,
                    country,
                    "Production",
                    shown,
                    unit,
                    str(year - 2),
                    first,
                    "",
                    "Yes",
                    "",
                ]
            )
            rows.append(
                [
                    chapter,
                    MINE,
                    commodity,
                    country,
                    "Production",
                    shown,
                    unit,
                    str(year - 1),
                    last,
                    note,
                    "Yes",
                    "",
                ]
            )
    reserves = [
        ("Australia", "1,700,000"),
        ("Namibia", ">20,000"),
        ("Chile", "Large"),
        ("World total", ">30,000,000"),
    ]
    for country, value in reserves:
        rows.append(
            [
                "LITHIUM",
                MINE,
                "Lithium",
                country,
                "Reserves",
                "Reserves",
                "metric tons",
                str(year - 1),
                value,
                "",
                "Yes",
                "",
            ]
        )
    states = "Salient Statistics—United States"
    for when, stock, reliance in ((year - 2, "3,410", ">50"), (year - 1, "s", "E")):
        small = "Less than ½ unit." if stock == "s" else ""
        rows.append(
            [
                "GALLIUM",
                states,
                "Gallium",
                "United States",
                "Stock",
                "Stocks, yearend",
                "kilograms",
                str(when),
                stock,
                small,
                "Yes",
                "",
            ]
        )
        rows.append(
            [
                "GALLIUM",
                states,
                "Gallium",
                "United States",
                "Net import reliance",
                "Reliance",
                "percent",
                str(when),
                reliance,
                "",
                "Yes",
                "",
            ]
        )
        rows.append(
            [
                "GALLIUM",
                states,
                "Gallium",
                "United States",
                "Price",
                "Price, average unit value of imports, dollars per kilogram",
                "dollars per kilogram",
                str(when),
                "439",
                "",
                "Yes",
                "",
            ]
        )
        rows.append(
            [
                "SCANDIUM",
                states,
                "Scandium",
                "United States",
                "Price",
                "Price, range, dollars per kilogram",
                "dollars per kilogram",
                str(when),
                "890–1,000",
                "",
                "Yes",
                "",
            ]
        )
    sources = f"{year - 5}–{str(year - 2)[2:]}"
    for country, share in (
        ("China", "70"),
        ("Germany", "20"),
        ("China, Germany, and Russia", "4"),
        ("Other countries", "6"),
    ):
        rows.append(
            [
                "GALLIUM",
                "Import Sources",
                "Gallium",
                country,
                "Import sources",
                "Metal",
                "percent",
                sources,
                share,
                "",
                "Yes",
                "",
            ]
        )
    rows.append(
        [
            "ABRASIVES",
            MINE,
            "Abrasives",
            "Atlantis",
            "Production",
            "Mine production",
            "bushels",
            str(year),
            "12",
            "",
            "No",
            "",
        ]
    )
    return rows


def usgs_release(
    year: int = 2030, rows: Sequence[Sequence[str]] | None = None, encoding: str = "cp1252"
) -> bytes:
    """A USGS release in the layout since 2026."""
    return csv_bytes(RELEASE_HEADER, rows if rows is not None else release_rows(year), encoding)


WORLD_HEADER = (
    "SOURCE",
    "COMMODITY",
    "COUNTRY",
    "TYPE",
    "UNIT_MEAS",
    "PROD_2028",
    "PROD_EST_ 2029",
    "PROD_NOTES",
    "CAP_2028",
    "CAP_EST_ 2029",
    "CAP_NOTES",
    "RESERVES_2029",
    "RESERVE_NOTES",
)
WORLD_NAMES = {
    "Alumina": ("Bauxite", "Refinery production, alumina"),
    "Palladium": ("Platinum-Group metals", "Mine production, Palladium content"),
    "Platinum": ("Platinum-Group metals", "Mine production, Platinum content"),
    "Titanium Sponge Metal": ("Titanium & titanium dioxide", "Sponge Metal Production"),
    "Graphite (Natural)": ("Graphite", "Mine production"),
    "Niobium (Columbium)": ("Niobium", "Mine production, niobium content"),
}


def usgs_world() -> bytes:
    """USGS world data in the layout of 2025, years moved to 2028 and 2029."""
    rows = []
    for _, commodity, detail, unit in CHAPTERS:
        name, kind = WORLD_NAMES.get(commodity, (commodity, detail))
        rows.append(
            [
                "MCS2030",
                f"{name} ",
                "China",
                kind,
                unit,
                "900",
                "1000",
                "estimated 2028",
                "",
                "",
                "",
                "5000",
                "",
            ]
        )
        rows.append(
            ["MCS2030", name, "Korea, Republic of", kind, unit, "", "", "W for 28-29", "", "", "", "", "NA"]
        )
    return csv_bytes(WORLD_HEADER, rows, "utf-8-sig")


BACI_COUNTRIES = (
    (156, "China", "CN", "CHN"),
    (392, "Japan", "JP", "JPN"),
    (490, "Other Asia, not elsewhere specified", "N/A", "S19"),
    (516, "Namibia", "NA", "NAM"),
    (58, "Belgium-Luxembourg (...1998)", "BE", "BEL"),
    (56, "Belgium", "BE", "BEL"),
)
BACI_PRODUCTS = (
    ("280530", "Earth-metals, rare"),
    ("284690", "Compounds"),
    ("010110", "Horses"),
    ("811292", "Gallium"),
)
BACI_ROWS = {
    1995: (
        (156, 392, "280530", "100.5", "50.25"),
        (516, 56, "280530", "1.0", "NA"),
        (58, 392, "280530", "2", "3"),
        (56, 392, "280530", "4", "5"),
    ),
    2024: (
        (156, 392, "284690", "200", "  20.5"),
        (490, 392, "280530", "7", ""),
        (58, 56, "280530", "9", "9"),
        (156, 392, "10110", "5", "5"),
    ),
}


def baci_members(
    edition: str = "203001", rows: Mapping[int, Iterable[Sequence[object]]] = BACI_ROWS
) -> dict[str, bytes]:
    """Names and contents of a BACI zip."""
    members = {
        f"BACI_HS92_Y{year}_V{edition}.csv": csv_bytes("tijkvq", [(year, *row) for row in found], "utf-8")
        for year, found in rows.items()
    }
    header = ("country_code", "country_name", "country_iso2", "country_iso3")
    members[f"country_codes_V{edition}.csv"] = csv_bytes(header, BACI_COUNTRIES, "utf-8")
    members[f"product_codes_HS92_V{edition}.csv"] = csv_bytes(("code", "description"), BACI_PRODUCTS, "utf-8")
    members["Readme.txt"] = b"BACI"
    return members


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


def baci_zip(**changed: Any) -> bytes:
    """A BACI zip of two years."""
    return zipped(baci_members(**changed))


def workbook(sheets: Mapping[str, Iterable[Sequence[object]]]) -> bytes:
    """An .xlsx file of named sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WMD_SHEETS = (
    "Rare Earths (REO)",
    "Gallium",
    "Germanium",
    "Graphite",
    "Lithium (Li2O)",
    "Cobalt",
    "Nickel",
    "Copper",
    "Manganese",
    "Tungsten (W)",
    "Antimony",
    "Bismuth",
    "Indium",
    "Tellurium",
    "Titanium (TiO2)",
    "Vanadium (V)",
    "Molybdenum",
    "Tantalum (Ta2O5)",
    "Niobium (Nb2O5)",
    "Zircon",
    "Chromium (Cr2O3)",
    "Tin",
    "Bauxite",
    "Aluminium",
    "Zinc",
    "Lead",
    "Fluorspar",
    "Platinum",
    "Palladium",
)


def wmd_sheets(first: int = 2025, last: int = 2029) -> dict[str, list[list[object]]]:
    """Sheets of World Mining Data 6.4."""
    years = range(first, last + 1)
    sheets: dict[str, list[list[object]]] = {}
    for name in (*WMD_SHEETS, "Gypsum"):
        unit = "kg" if name in ("Platinum", "Palladium") else "metr. t"
        sheets[name] = [
            [name],
            ["Country", "unit", *years, "data source"],
            ["China", unit, *(1000 + y - first for y in years), "e"],
            ["Congo, D.R.", unit, *([None] * (len(years) - 1)), 20.5, "r"],
            ["Total", unit, *(1000 + y - first for y in years), None],
        ]
    return sheets


def wmd_book() -> bytes:
    """World Mining Data 6.4."""
    return workbook(wmd_sheets())


PV_HEADER = (
    "Economy (name)",
    "Economy (code)",
    "Year",
    "Governance estimate (approx. -2.5 to +2.5)",
    "Standard error",
)
PV_ROWS = (
    ("Andorra", "ADO", 2028, 1.5, 0.2),
    ("Namibia", "NAM", 2028, 0.5, 0.2),
    ("Namibia", "NAM", 2029, None, 0.2),
    ("Congo, Dem. Rep.", "ZAR", 2029, -2.6, 0.2),
)


def wgi_book() -> bytes:
    """Governance indicators, one sheet per dimension."""
    return workbook({d: [PV_HEADER, *PV_ROWS] for d in ("va", "pv", "ge", "rq", "rl", "cc")})


def wgi_long_rows() -> list[tuple[object, ...]]:
    """Rows of the long layout, header first."""
    header = ("codeindyr", "code", "countryname", "year", "indicator", "estimate", "stddev")
    rows: list[tuple[object, ...]] = [header]
    for name, code, year, estimate, error in PV_ROWS:
        rows.append(
            (f"{code}pv{year}", code, name, year, "pv", ".." if estimate is None else estimate, error)
        )
        rows.append((f"{code}cc{year}", code, name, year, "cc", 0.1, error))
    return rows


def wgi_databank() -> bytes:
    """Governance indicators as DataBank gives them."""
    header = ("Country Name", "Country Code", "Series Name", "Series Code", "2028 [YR2028]", "2029 [YR2029]")
    rows = [
        ("Namibia", "NAM", "Political Stability: Estimate", "GOV_WGI_PV.EST", "0.5", ".."),
        ("Namibia", "NAM", "Rule of Law: Estimate", "GOV_WGI_RL.EST", "0.1", "0.2"),
    ]
    footer = (
        b"\r\n\r\n\r\nData from database: Worldwide Governance Indicators\r\nLast Updated: 11/05/2030\r\n"
    )
    return csv_bytes(header, rows, "utf-8").rstrip() + footer


def iea_sheets() -> dict[str, list[list[object]]]:
    """Sheets of the Critical Minerals Data Explorer, base year 2029."""
    supply: list[list[object]] = [
        ["Total supply for key minerals (kt)"],
        ["Base case"],
        [None, 2029, 2035, 2040, 2045, None, None, 2029, 2035, 2040, 2045],
    ]
    minerals = ("Copper", "Cobalt", "Lithium", "Nickel", "Graphite", "Magnet rare earth elements")
    for name in minerals:
        supply += [
            [f"{name} - Mining", *[None] * 5, f"{name} - Refining"],
            ["Democratic Republic of Congo", 10.5, 11, 12, 13, None, "China", 20.25, 21, 22, 23],
            ["Rest of world", 1, 1, 1, 1, None, "Rest of world", 2, 2, 2, 2],
            ["Total", 11.5, 12, 13, 14, None, "Total", 22.25, 23, 24, 25],
            ["Top 3 share", 0.9, 0.9, 0.9, 0.9, None, "Top 3 share", 0.9, 0.9, 0.9, 0.9],
            [],
        ]
    supply += [["Notes: projections are built from announced projects (Base case).", 1]]
    return {
        "Index": [["Critical Minerals Data Explorer"]],
        "1 Total demand for key minerals": [["Total demand (kt)"]],
        "2 Total supply for key minerals": supply,
    }


def iea_book() -> bytes:
    """The Critical Minerals Data Explorer."""
    return workbook(iea_sheets())


METALS = ("Aluminum", "Copper", "Lead", "Tin", "Nickel", "Zinc", "Gold", "Platinum", "Silver")


def pink_rows() -> list[list[object]]:
    """Rows of the sheet Monthly Prices."""
    ounces = ("Gold", "Platinum", "Silver")
    return [
        ["World Bank Commodity Price Data (The Pink Sheet)"],
        ["monthly prices in nominal US dollars, 1960 to present"],
        [None, "(monthly series are available only in nominal US dollar terms)"],
        ["Updated on February 04, 2031"],
        [None, "Crude oil, average", *METALS],
        [None, "($/bbl)", *("($/troy oz)" if m in ounces else "($/mt)" for m in METALS)],
        ["2030M11", 70.5, *(100.0 + i for i in range(len(METALS)))],
        ["2030M12", 71.5, *(["…"] + [101.0 + i for i in range(1, len(METALS))])],
        ["2031M01", 72.5, *(102.0 + i for i in range(len(METALS)))],
    ]


def pink_book() -> bytes:
    """The Pink Sheet."""
    return workbook({"AFOSHEET": [["x"]], "Monthly Prices": pink_rows(), "Monthly Indices": [["x"]]})


OFFICIAL: dict[str, Any] = {
    "USGS_MCS2030_Commodities_Data.csv": usgs_release,
    "BACI_HS92_V203001.zip": baci_zip,
    "6.4. Production_of_Mineral_Raw_Materials_of_individual_Countries_by_Minerals.xlsx": wmd_book,
    "wgidataset_with_sourcedata-2030.xlsx": wgi_book,
    "CM_Data_Explorer_2030-05.xlsx": iea_book,
    "CMO-Historical-Data-Monthly.xlsx": pink_book,
}
"""File name -> what makes it."""
