"""Bilateral trade in raw and processed minerals, and where the United States says its imports come from."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.sources import CONFIDENCE

FIRST_YEAR = 1995


def to_oneself(frame: pl.DataFrame) -> list[str]:
    """Rows in which a country trades with itself."""
    same = frame.filter(pl.col("exporter") == pl.col("importer"))
    return [f"{same.height} rows from a country to itself"] if same.height else []


def shares_over_one(frame: pl.DataFrame) -> list[str]:
    """Groups of import sources whose shares add to more than the whole, rounding allowed."""
    over = (
        frame.group_by("mineral", "product", "years", "vintage")
        .agg(pl.col("share").sum())
        .filter(pl.col("share") > 1.03)
    )
    return [
        f"{row['mineral']} {row['product']} {row['years']}: {row['share']:.2f}"
        for row in over.iter_rows(named=True)
    ]


TRADE = Table(
    name="trade",
    about="A year's trade between two countries in one product, as reconciled by CEPII.",
    key=("year", "exporter", "importer", "hs92"),
    fields=(
        Field("year", "calendar year", "integer", low=FIRST_YEAR, high=2030, compact=pl.Int16),
        Field("exporter", "country of origin", refers="countries.iso3"),
        Field("importer", "country of destination", refers="countries.iso3"),
        Field("hs92", "six digits of the Harmonized System of 1992"),
        Field(
            "value_kusd",
            "value free on board, current prices",
            "number",
            "kUSD",
            low=0,
            high=1e9,
            compact=pl.Float32,
        ),
        Field(
            "gross_t",
            "gross weight; null where nobody reported one",
            "number",
            "t",
            required=False,
            low=0,
            high=1e9,
            compact=pl.Float32,
        ),
    ),
    vintage="1995-2024",
    origins=(
        Origin(
            "CEPII",
            "BACI, HS 1992, 1995-2024, raw-material codes",
            "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
            "1995-2024",
            "Etalab Open Licence 2.0",
        ),
    ),
    cautions=(
        "Weights are gross: what a product contains is in trade_codes.",
        "About one weight in twenty is missing and some cannot be true: screen by unit value before use.",
        "Codes missing here (magnets, gallium, antimony metal, tungstates, silicon, magnesium, titanium "
        "sponge, nickel and copper metal) are unknown, not zero.",
        "Germanium (811230) has no rows after 2016: its code was merged into another; unknown, not zero.",
        "Cobalt of the DR Congo stands under 282200 and again under 810510: use one.",
    ),
    checks=(Check("self trade", "nobody trades with oneself", to_oneself),),
)

IMPORT_SOURCES = Table(
    name="import_sources",
    about="Share of a country in the imports of the United States over some years, as the USGS publishes it.",
    key=("mineral", "product", "country", "years", "vintage"),
    fields=(
        Field("mineral", "mineral as the publisher groups it"),
        Field("product", "product or form the shares are of"),
        Field("commodity", "commodity of the catalogue it belongs to", required=False),
        Field("country", "country of origin; OTH for the publisher's remainder", refers="countries.iso3"),
        Field("years", "years the shares are of, first-last"),
        Field("share", "share of imports", "number", "1", low=0, high=1),
        Field("source_id", "source", refers="sources.id"),
        Field("vintage", "edition", "integer", low=2020, high=2030),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage="2026",
    origins=(
        Origin(
            "USGS",
            "Mineral Commodity Summaries, import sources",
            "https://pubs.usgs.gov/publication/mcs2026",
            "2026",
            "public domain",
        ),
    ),
    cautions=("Country of shipment, not of mining; the publisher rounds to whole percents.",),
    checks=(Check("shares", "shares of one product add to no more than one", shares_over_one),),
)

TABLES = (TRADE, IMPORT_SOURCES)
