"""USGS annual prices -> the table `prices`: published unit, US dollars per tonne, and what the price is."""

import datetime
import re
from collections.abc import Sequence

import polars as pl

from oresight.catalog.importers.figures import figure
from oresight.catalog.importers.imported import Rows
from oresight.catalog.importers.opening import at_row, shown
from oresight.catalog.importers.usgs_line import Line

OUNCE = 32150.7466
"""Troy ounces in a tonne."""

POUND = 2204.62262
"""Pounds in a tonne."""

PRODUCTS: dict[str, tuple[str | None, str]] = {
    "aluminum": ("aluminium", "aluminium metal"),
    "bauxite": ("aluminium", "bauxite"),
    "alumina": ("aluminium", "alumina"),
    "graphite (natural)": ("graphite-natural", "natural graphite"),
    "magnesium metal": ("magnesium", "magnesium metal"),
    "manganese": ("manganese-sulphate", "manganese ore"),
    "silicon": ("silicon-metal", "silicon"),
    "titanium sponge metal": ("titanium-sponge", "titanium sponge"),
    "titanium mineral concentrates": ("titanium-sponge", "titanium mineral concentrate"),
    "niobium (columbium)": ("niobium", "niobium"),
    "gold": (None, "gold"),
    "silver": (None, "silver"),
    "rhodium": (None, "rhodium"),
    "zirconium and hafnium": ("zirconium", "zirconium"),
    "zircon": ("zirconium", "zirconium"),
} | {
    name: (name, name)
    for name in (
        *("antimony", "beryllium", "bismuth", "chromium", "cobalt", "copper", "fluorspar", "gallium"),
        *("germanium", "indium", "lead", "lithium", "molybdenum", "nickel", "niobium", "palladium"),
        *("platinum", "scandium", "tantalum", "tellurium", "tin", "tungsten", "vanadium", "yttrium"),
        *("zinc", "zirconium"),
    )
}
EARTHS: dict[str, str | None] = {
    "neodymium-praseodymium": "neodymium-praseodymium",
    "mischmetal": "rare-earths-light",
    "lanthanum": "rare-earths-light",
    "cerium": "rare-earths-light",
    "neodymium": "neodymium-praseodymium",
    "praseodymium": "neodymium-praseodymium",
    "dysprosium": "dysprosium-terbium",
    "terbium": "dysprosium-terbium",
    "samarium": "samarium",
    "europium": None,
    "gadolinium": None,
    "erbium": None,
    "holmium": None,
    "ytterbium": None,
    "lutetium": None,
}
"""Element or mixture named by a price in the chapter on rare earths, mixtures first -> commodity."""

TO_TONNE = {
    "dollars per metric ton": 1.0,
    "dollars per ton": 1.0,
    "dollars per troy ounce": OUNCE,
    "dollars per kilogram": 1000.0,
    "dollars per gram": 1e6,
    "dollars per pound": POUND,
    "cents per pound": POUND / 100,
    "dollars per metric ton unit": 100.0,
    "dollars per dry metric ton unit": 100.0,
}
"""Published unit -> US dollars per tonne of what the unit counts; a unit of a tonne is one hundredth."""

UNSAID = frozenset(
    ("price", "average", "annual", "estimated", "dollars", "per", "of", "kilogram", "pound", "cents", "and")
)
"""Words a price's name leaves out."""


def tables(file: str, vintage: str, lines: Sequence[Line]) -> dict[str, Rows]:
    """Rows of `prices` from the salient statistics of one edition.

    Raises:
        DataError: A price or year is none, or two prices have one name.
    """
    rows: dict[str, dict[str, object]] = {}
    for line in lines:
        if line.section != "salient" or line.statistic != "price":
            continue
        priced = product(line)
        if priced is None or line.cell == "":
            continue
        row = record(file, vintage, line, *priced)
        if row is None:
            continue
        if rows.get(str(row["id"]), row)["value"] != row["value"]:
            raise at_row(file, line.row, f"a second price named {row['id']}", "keep one of the rows")
        rows[str(row["id"])] = row
    frame = pl.DataFrame(list(rows.values()), infer_schema_length=None, schema_overrides=NULLS)
    return {"prices": Rows(frame, ("source_id",))}


NULLS = {
    "low": pl.Float64,
    "high": pl.Float64,
    "usd_per_t": pl.Float64,
    "why_null": pl.String,
    "vat_removed": pl.Float64,
    "yuan_per_usd": pl.Float64,
    "note": pl.String,
    "commodity": pl.String,
}


def product(line: Line) -> tuple[str | None, str] | None:
    """Commodity and product of a price, None where the catalogue does not hold it."""
    if line.mineral.startswith("rare earths"):
        detail = line.detail.casefold()
        earth = next((e for e in EARTHS if e in detail), None)
        return (EARTHS[earth], earth) if earth else None
    if line.mineral in EARTHS:
        return EARTHS[line.mineral], line.mineral
    return PRODUCTS.get(line.mineral)


def slug(text: str) -> str:
    """Words of a text joined by dashes, without those every price has.

    >>> slug("ingot, average U.S. market (spot), cents per pound")
    'ingot-u.s-market-spot'
    """
    words = [w.strip(".") for w in re.findall(r"[a-z0-9.]+", text.casefold())]
    return "-".join(w for w in words if w not in UNSAID)[:60].strip("-")


def record(file: str, vintage: str, line: Line, commodity: str | None, name: str) -> dict[str, object] | None:
    """One price in the columns of the table; None where none was published."""
    read = figure(line.cell, file, line.row, line.estimated)
    if read.value is None or read.qualifier in ("below", "above"):
        return None
    if not re.fullmatch(r"20\d\d", line.year):
        raise at_row(file, line.row, f"{shown(line.year)} is no year", "restore the published year")
    form = re.sub(r"^Price,?:?\s*", "", line.detail)
    words = form.casefold()
    bought = any(w in words for w in ("u.s.", "import", "comex"))
    # priced by the unit of a tonne (10 kg of manganese), whatever the unit column says
    scale = 100.0 if name == "manganese ore" else TO_TONNE.get(line.unit)
    key = f"usgs-mcs-{vintage}-salient"
    place = "usa" if bought else "world"
    return {
        "id": f"{key}/{slug(name)}/{slug(form) or 'price'}/{place}/{line.year}",
        "commodity": commodity,
        "product": name,
        "form": form[:160],
        "place": place,
        "date": datetime.date(int(line.year), 1, 1),
        "frequency": "annual",
        "value": read.value,
        "low": read.low,
        "high": read.high,
        "unit_published": line.unit,
        "usd_per_t": None if scale is None else read.value * scale,
        "why_null": f"no tonne in {line.unit!r}" if scale is None else None,
        "vat_removed": None,
        "yuan_per_usd": None,
        "kind": "unit_value" if "unit value" in words else "annual",
        "edition": int(vintage),
        "estimated": line.estimated,
        "source_id": key,
        "confidence": "high",
        "note": line.note or None,
        "preferred": True,
    }
