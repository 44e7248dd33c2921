"""USGS figures of the United States -> the tables `salient` and `import_sources`."""

import re
from collections.abc import Sequence

import polars as pl

from oresight.catalog.importers.figures import TONNES, figure
from oresight.catalog.importers.imported import Known, Rows
from oresight.catalog.importers.opening import at_row, shown
from oresight.catalog.importers.usgs_line import Line

COMMODITY = {
    "rare earths": "rare-earths-light",
    "graphite (natural)": "graphite-natural",
    "manganese": "manganese-sulphate",
    "titanium mineral concentrates": "titanium-sponge",
    "titanium sponge metal": "titanium-sponge",
    "magnesium metal": "magnesium",
    "silicon": "silicon-metal",
    "niobium (columbium)": "niobium",
    "bauxite": "aluminium",
    "alumina": "aluminium",
    "aluminum": "aluminium",
} | {
    name: name
    for name in (
        *("gallium", "germanium", "lithium", "cobalt", "nickel", "copper", "tungsten", "antimony", "bismuth"),
        *("indium", "tellurium", "vanadium", "molybdenum", "tantalum", "niobium", "zirconium", "chromium"),
        *("tin", "zinc", "lead", "fluorspar", "platinum", "palladium", "beryllium", "scandium", "yttrium"),
    )
}
"""Mineral as the publisher names it -> commodity of the catalogue."""

MEASURES = {
    "production": "production",
    "import": "imports",
    "export": "exports",
    "consumption": "consumption",
    "stock": "stocks",
    "net import reliance": "net_import_reliance",
}
EXPORTER = "e"
YEARS = re.compile(r"(20\d\d)\s?[–-]\s?(?:20)?(\d\d)")


def tables(file: str, vintage: str, lines: Sequence[Line], known: Known, notes: list[str]) -> dict[str, Rows]:
    """Rows of both tables; statistics in other units than weight and per cent are left out.

    Raises:
        DataError: A country, year or figure is none.
    """
    salient = salient_frame(file, vintage, lines, notes)
    shares = shares_frame(file, vintage, lines, known)
    same = ("source_id", "vintage")
    return {"salient": Rows(salient, same), "import_sources": Rows(shares, same)}


def mineral(name: str) -> str:
    """A mineral's name as the tables write it."""
    return name.removesuffix(" (columbium)") if name.startswith("niobium") else name


def cited(vintage: str) -> dict[str, object]:
    """Source, edition and confidence of an official figure."""
    return {"source_id": f"usgs-mcs-{vintage}", "vintage": int(vintage), "confidence": "high"}


def salient_frame(file: str, vintage: str, lines: Sequence[Line], notes: list[str]) -> pl.DataFrame:
    """Rows of `salient`, in tonnes and shares."""
    rows: dict[tuple[str, str, str, int], dict[str, object]] = {}
    odd: dict[str, int] = {}
    for line in lines:
        if line.section != "salient" or line.mineral not in COMMODITY or line.statistic not in MEASURES:
            continue
        unit = line.unit.casefold()
        if unit != "percent" and unit not in TONNES:
            odd[unit or "no unit"] = odd.get(unit or "no unit", 0) + 1
            continue
        exporter = line.cell.casefold() == EXPORTER
        if line.cell == "":
            continue
        read = figure("0" if exporter else line.cell, file, line.row, line.estimated)
        read = read.times(0.01 if unit == "percent" else TONNES[unit])
        below = exporter or read.qualifier == "below"
        measure = MEASURES[line.statistic]
        if not re.fullmatch(r"20\d\d", line.year):
            raise at_row(file, line.row, f"{shown(line.year)} is no year", "restore the published year")
        key = (mineral(line.mineral), measure, line.detail, int(line.year))
        if key in rows:
            raise at_row(
                file, line.row, f"a second figure for {' '.join(map(str, key))}", "keep one of the rows"
            )
        rows[key] = {
            "mineral": key[0],
            "commodity": COMMODITY[line.mineral],
            "measure": measure,
            "detail": line.detail,
            "year": key[3],
            "value": read.value,
            "unit": "1" if unit == "percent" else "t",
            "qualifier": "withheld" if read.value is None else "below" if below else read.qualifier,
            **cited(vintage),
            "note": "net exporter" if exporter else None,
        }
    notes += [f"{file}: {count} salient figures in {unit} left out" for unit, count in sorted(odd.items())]
    return pl.DataFrame(list(rows.values()), infer_schema_length=None, schema_overrides={"note": pl.String})


def shares_frame(file: str, vintage: str, lines: Sequence[Line], known: Known) -> pl.DataFrame:
    """Rows of `import_sources`; countries given together join the remainder."""
    rows: dict[tuple[str, str, str, str], dict[str, object]] = {}
    for line in lines:
        if line.section != "sources" or line.mineral not in COMMODITY:
            continue
        years = YEARS.fullmatch(line.year)
        if years is None:
            raise at_row(file, line.row, f"{shown(line.year)} are no years", "expected are such as 2021–24")
        if line.unit.casefold() != "percent":
            raise at_row(
                file, line.row, f"unknown unit {shown(line.unit)}", "shares of imports are in percent"
            )
        read = figure(line.cell, file, line.row)
        if read.value is None:
            continue
        together = known.places.several(line.country)
        country = "OTH" if together else known.places.named(line.country, file, line.row)
        note = None
        if together:
            note = f"with {line.country}, given together"
        elif "Hong Kong" in line.note:
            note = "includes Hong Kong"
        elif read.qualifier in ("above", "below"):
            note = f"published as {line.cell[:1]} this"
        key = (mineral(line.mineral), line.detail, country, f"{years[1]}-{years[2]}")
        old = rows.get(key)
        share = read.value / 100 + (float(str(old["share"])) if old else 0.0)
        rows[key] = {
            "mineral": key[0],
            "product": line.detail,
            "commodity": COMMODITY[line.mineral],
            "country": country,
            "years": key[3],
            "share": share,
            **cited(vintage),
            "note": note or (old["note"] if old else None),
        }
    return pl.DataFrame(list(rows.values()), infer_schema_length=None, schema_overrides={"note": pl.String})
