"""Prices read from the publishers' releases: World Bank monthly, USGS annual, dated quotations.

Reads one extract of price rows (columns mineral, stage, date, frequency, value, value_low, value_high, unit,
basis, source, url_or_repo_path, confidence, note, edition) from the folder given by --from, and writes the
table `prices` and its sources. Rows of the IMF are left out: its terms do not allow passing them on.

    python tools/carry_over/prices.py --from FOLDER
"""

import argparse
import re
from pathlib import Path

import polars as pl

from oresight.catalog import store
from oresight.catalog.checks import validate
from oresight.catalog.tables.prices import PRICES

OUNCE = 32150.7466  # troy ounces in a tonne
POUND = 2204.62262  # pounds in a tonne

# commodity of the catalogue, and the product where the publisher's name is not the commodity's
COMMODITY = {
    "aluminum": ("aluminium", "aluminium metal"),
    "bauxite": ("aluminium", "bauxite"),
    "alumina": ("aluminium", "alumina"),
    "graphite (natural)": ("graphite-natural", "natural graphite"),
    "magnesium metal": ("magnesium", "magnesium metal"),
    "manganese": ("manganese-sulphate", "manganese ore"),
    "silicon": ("silicon-metal", "silicon"),
    "titanium sponge metal": ("titanium-sponge", "titanium sponge"),
    "titanium mineral concentrates": ("titanium-sponge", "titanium mineral concentrate"),
    "lanthanum": ("rare-earths-light", "lanthanum"),
    "cerium": ("rare-earths-light", "cerium"),
    "mischmetal": ("rare-earths-light", "mischmetal"),
    "rare earths (other)": ("rare-earths-light", "rare earths except cerium"),
    "rare earths (Mt Weld basket)": ("rare-earths-light", "Mount Weld basket"),
    "neodymium": ("neodymium-praseodymium", "neodymium"),
    "praseodymium": ("neodymium-praseodymium", "praseodymium"),
    "praseodymium-neodymium": ("neodymium-praseodymium", "neodymium-praseodymium"),
    "dysprosium": ("dysprosium-terbium", "dysprosium"),
    "terbium": ("dysprosium-terbium", "terbium"),
}
SAME = (
    "antimony",
    "beryllium",
    "bismuth",
    "chromium",
    "cobalt",
    "copper",
    "fluorspar",
    "gallium",
    "germanium",
    "indium",
    "lead",
    "lithium",
    "molybdenum",
    "nickel",
    "niobium",
    "palladium",
    "platinum",
    "samarium",
    "scandium",
    "tantalum",
    "tellurium",
    "tin",
    "tungsten",
    "vanadium",
    "yttrium",
    "zinc",
    "zirconium",
)
OTHER = ("europium", "gadolinium", "erbium", "holmium", "ytterbium", "lutetium", "gold", "silver", "rhodium")

TO_TONNE = {
    "USD per mt": 1.0,
    "dollars per metric ton": 1.0,
    "dollars per ton": 1.0,
    "USD per troy oz": OUNCE,
    "dollars per troy ounce": OUNCE,
    "dollars per kilogram": 1000.0,
    "dollars per kilogram REO": 1000.0,
    "dollars per kilogram W": 1000.0,
    "dollars per gram": 1e6,
    "dollars per pound": POUND,
    "cents per pound": POUND / 100,
    "dollars per metric ton unit": 100.0,
    "dollars per dry metric ton unit": 100.0,
    "CNY per metric ton": 1.0,
    "CNY per kilogram": 1000.0,
}
# Yuan per US dollar, yearly mean: the European Central Bank's from 2020 (table exchange_rates, its 1/usd_per_unit);
# recalled before (assumption). A dated article's own rate wins where it states one.
YUAN = {
    2011: 6.46,
    2012: 6.31,
    2013: 6.20,
    2014: 6.14,
    2023: 1 / 0.14125,
    2024: 1 / 0.13899,
    2025: 1 / 0.13915,
}
STATED_YUAN = {("germanium", "2024-07"): 13250 / 1826.48, ("antimony", "2025-04-18"): 230000 / 31509}
PLACE = (
    ("China domestic", "inside"),
    ("FOB China", "outside"),
    ("outside-China", "outside"),
    ("Europe", "outside"),
    ("Rotterdam", "outside"),
    ("monthly average (metal 99.65% CIF", "outside"),
    ("international", "outside"),
    ("US import", "usa"),
)
SOURCES = {
    "World Bank Commodity Price Data": "wb-pink-2026-06",
    "USGS, Mineral Commodity Summaries 2016": "usgs-mcs-2016-rare-earths",
    "USGS, Mineral Commodity Summaries 2019": "usgs-mcs-2019-rare-earths",
    "Lynas Corp. price table": "press-mining-com-lynas-2011",
    "Lynas quarterly report, 31 Dec 2010": "filing-lynas-2010q4",
    "Lynas quarterly report, Sept 2013": "press-lynas-2013q3",
    "International Mining, 22 May 2007": "press-im-2007-lynas",
    "Reuters table of China": "press-reuters-china-ree-2011",
    "Japan Metal Bulletin": "press-jmb-ree",
    "Abrasives Union news": "press-abrasives-2013",
    "MetalMiner": "press-metalminer-ree-2013",
    "Argus Rare Earths, issue 1": "press-argus-ree-2014",
    "Argus European rare earth weekly": "press-argus-ree-2025",
    "INFER forecasting": "press-infer-argus-2023",
    "Bloomberg/Fastmarkets": "press-fastmarkets-gallium-2023",
    "Nikkei/Argus": "press-nikkei-argus-2025",
    "repost.news citing SMM": "press-smm-germanium-2024",
    "USGS MCS 2026": "usgs-mcs-2026-text",
    "Reuters, 6 Jan 2025": "press-reuters-antimony-2025",
    "Argus, Europe minor metals": "press-argus-minor-2024",
    "MIRU": "press-miru-2024",
    "Dragonomi": "press-lseg-antimony-2025",
    "Argus, 3 Mar 2021": "press-argus-tungsten-2021",
    "Fastmarkets, Apr 2024": "press-fastmarkets-tungsten-2024",
    "Nikkei via PM Review": "press-nikkei-tungsten-2014",
    "raremetalblog": "press-raremetalblog-lynas-2010",
    "Fastmarkets gallium range": "press-fastmarkets-gallium-range-2023",
    "SMM unstored": "smm-antimony-unstored",
    "CEPII BACI": "cepii-baci-hs92",
}


def period(text: str) -> tuple[str, str]:
    """First day of a published date, and the length of the period it names."""
    if re.fullmatch(r"\d{4}", text):
        return f"{text}-01-01", "annual"
    if quarter := re.fullmatch(r"(\d{4})-Q(\d)", text):
        return f"{quarter[1]}-{3 * int(quarter[2]) - 2:02d}-01", "quarterly"
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return f"{text}-01", "monthly"
    return text, "day"


def source(name: str, edition: str | None) -> str:
    """Id of the source a row names."""
    if edition is not None:
        return f"usgs-mcs-{edition}-salient"
    for start, key in SOURCES.items():
        if name.startswith(start):
            return key
    raise KeyError(name)


def slug(text: str) -> str:
    """Lower-case words of a text joined by dashes."""
    words = re.findall(r"[a-z0-9.]+", text.lower())
    drop = {
        "price",
        "average",
        "annual",
        "estimated",
        "dollars",
        "per",
        "of",
        "kilogram",
        "pound",
        "cents",
        "and",
    }
    return "-".join(w.strip(".") for w in words if w not in drop)[:60].strip("-")


def row(raw: dict[str, object]) -> dict[str, object] | None:
    """One published row in the table's columns; None for what the catalogue does not hold."""
    mineral, basis, unit = str(raw["mineral"]), str(raw["basis"] or ""), str(raw["unit"])
    name = str(raw["source"])
    if name.startswith("IMF") or unit.startswith("index"):
        return None
    if mineral in COMMODITY:
        commodity, product = COMMODITY[mineral]
    elif mineral in SAME:
        commodity, product = mineral, mineral
    elif mineral == "rare earths":
        separated = "NdPr" in basis
        commodity = "neodymium-praseodymium" if separated else "rare-earths-light"
        product = "neodymium-praseodymium" if separated else "rare earths"
    elif mineral in OTHER:
        commodity, product = None, mineral
    else:
        return None
    estimated = "estimated" in basis
    basis = re.sub(r"^Price,?:?\s*|; estimated$", "", basis)
    date, frequency = period(str(raw["date"]))
    if raw["frequency"] == "annual (yearend)":
        frequency = "yearend"
    stage = str(raw["stage"])
    place = next((p for start, p in PLACE if stage.startswith(start)), "world")
    lowered = basis.lower()
    if place == "world" and ("u.s." in lowered or "import" in lowered or "comex" in lowered):
        place = "usa"
    if mineral == "lithium" and "FOB" in basis + stage:
        place = "outside"
    kind = "annual" if frequency == "annual" else "spot"
    if "unit value" in lowered:
        kind = "unit_value"
    elif place == "outside" and name.startswith(
        ("Lynas", "raremetalblog", "USGS, Mineral Commodity Summaries 2016")
    ):
        kind = "ask"
    value, low, high = (
        None if raw[k] in (None, "") else float(str(raw[k])) for k in ("value", "value_low", "value_high")
    )
    scale, why = TO_TONNE.get(unit), None
    if (
        mineral == "manganese"
    ):  # the publisher's header says ton in some editions: both are per unit of 10 kg Mn
        scale = 100.0
    if mineral == "scandium" and unit == "dollars per gram":
        scale = 1e6
    if value is None:
        return None
    vat = yuan = None
    if scale is None:
        usd, why = None, f"no tonne in {unit!r}"
    elif unit.startswith("CNY"):
        year = int(date[:4])
        vat = 0.17 if year < 2018 else 0.13
        yuan = STATED_YUAN.get((mineral, str(raw["date"])), YUAN.get(year))
        usd = None if yuan is None else value * scale / (1 + vat) / yuan
        why = None if yuan is not None else f"no exchange rate for {year}"
    else:
        usd = value * scale
    key = source(name, None if raw["edition"] is None else str(raw["edition"]))
    return {
        "id": f"{key}/{slug(product)}/{slug(basis) or 'price'}/{place}/{raw['date']}",
        "commodity": commodity,
        "product": product,
        "form": basis[:160],
        "place": place,
        "date": date,
        "frequency": frequency,
        "value": value,
        "low": low,
        "high": high,
        "unit_published": unit,
        "usd_per_t": usd,
        "why_null": why,
        "vat_removed": vat,
        "yuan_per_usd": yuan,
        "kind": kind,
        "edition": None if raw["edition"] is None else int(str(raw["edition"])),
        "estimated": estimated,
        "source_id": key,
        "confidence": str(raw["confidence"]),
        "note": short(raw["note"]),
    }


def short(note: object) -> str | None:
    """A note worth keeping; the compiler's remark on midpoints is said once in the table's cautions."""
    text = re.sub(r";?\s*value = midpoint of the published range", "", str(note or "")).strip("; ")
    if text.startswith(("footnote 3", "Chinese domestic prices normally")):
        return None
    return text or None


def rows(extract: pl.DataFrame) -> pl.DataFrame:
    """All rows of the extract the catalogue holds; of editions of one USGS series the last is preferred."""
    kept = [each for raw in extract.iter_rows(named=True) if (each := row(raw)) is not None]
    frame = pl.DataFrame(kept, infer_schema_length=None).with_columns(pl.col("date").str.to_date())
    frame = frame.unique("id", keep="last", maintain_order=True)
    series = ["product", "place", "date", "frequency", "unit_published", "kind"]
    newest = frame.group_by(series).agg(pl.col("edition").max().alias("_newest"))
    frame = frame.join(newest, on=series, how="left", nulls_equal=True)
    preferred = pl.col("edition").is_null() | (pl.col("edition") == pl.col("_newest"))
    return frame.with_columns(preferred.alias("preferred")).drop("_newest").sort("id")


def main() -> None:
    """Read the extract and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--from", dest="folder", type=Path, required=True, help="folder that holds prices.parquet"
    )
    extract = pl.read_parquet(parser.parse_args().folder / "prices.parquet")
    added = pl.read_csv(Path(__file__).with_name("prices_added.csv"), infer_schema=False)
    extract = pl.concat([extract.cast(pl.String), added.select(extract.columns)])
    frame = validate(PRICES, rows(extract))
    store.write({"prices": frame}, store.PACKAGED)
    print(f"prices {frame.height:,} rows, {frame['usd_per_t'].null_count()} without USD/t")
    print(frame["source_id"].value_counts(sort=True))


if __name__ == "__main__":
    main()
