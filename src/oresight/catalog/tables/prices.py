"""Prices as published and per tonne, and the one baseline price of each commodity and stage."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.sources import CONFIDENCE

KINDS = ("spot", "annual", "deal", "ask", "unit_value")
"""What a price is: quotation, year's mean, concluded deal, asking price, value over weight of trade."""


def _unconverted(frame: pl.DataFrame) -> list[str]:
    """Rows without USD per tonne that do not say why, or with both."""
    wrong = frame.filter(pl.col("usd_per_t").is_null() == pl.col("why_null").is_null())
    return [f"{name}: USD/t and the reason it is missing exclude each other" for name in wrong["id"]]


def _yuan(frame: pl.DataFrame) -> list[str]:
    """Converted yuan quotations that do not state rate and tax."""
    yuan = pl.col("unit_published").str.starts_with("CNY") & pl.col("usd_per_t").is_not_null()
    wrong = frame.filter(yuan & (pl.col("yuan_per_usd").is_null() | pl.col("vat_removed").is_null()))
    return [f"{name}: converted without stating exchange rate and tax" for name in wrong["id"]]


def _range(frame: pl.DataFrame) -> list[str]:
    """Rows whose value lies outside their own published range."""
    wrong = frame.filter((pl.col("value") < pl.col("low")) | (pl.col("value") > pl.col("high")))
    return [f"{name}: value outside its own range" for name in wrong["id"]]


PRICES = Table(
    name="prices",
    about="A price of a mineral product at a place and in a period, as published and per tonne.",
    key=("id",),
    fields=(
        Field("id", "source / product / form / place / period, the name other tables cite"),
        Field("commodity", "the catalogue's commodity it prices", required=False),
        Field("product", "what is priced, as a single element or metal"),
        Field("form", "grade, form and delivery terms as published", required=False),
        Field(
            "place",
            "outside or inside the restricting country, usa, or world",
            one_of=("outside", "inside", "usa", "world"),
        ),
        Field("date", "first day of the period", "date"),
        Field(
            "frequency", "length of the period", one_of=("annual", "yearend", "quarterly", "monthly", "day")
        ),
        Field("value", "the published figure, the midpoint where a range was published", "number", low=0),
        Field("low", "lower end of a published range", "number", required=False, low=0),
        Field("high", "upper end of a published range", "number", required=False, low=0),
        Field("unit_published", "unit of the three figures"),
        Field(
            "usd_per_t",
            "US dollars of the day per tonne of the product in the unit's own basis, without VAT",
            "number",
            "USD/t",
            required=False,
            low=0,
        ),
        Field("why_null", "why no figure per tonne can be given", required=False),
        Field(
            "vat_removed",
            "value-added tax taken off a quotation inside China",
            "number",
            "1",
            required=False,
            low=0,
            high=0.3,
        ),
        Field(
            "yuan_per_usd",
            "exchange rate a yuan quotation was converted at",
            "number",
            "CNY/USD",
            required=False,
            low=1,
            high=20,
        ),
        Field("kind", "what the price is", one_of=KINDS),
        Field("edition", "edition of the publisher's yearly release", "integer", required=False),
        Field("estimated", "whether the publisher marks it an estimate", "flag"),
        Field("source_id", "where it was read", refers="sources.id"),
        Field("confidence", "how far the row can be trusted", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
        Field("preferred", "whether it is the last edition of its series", "flag"),
    ),
    vintage="2026-06",
    origins=(
        Origin(
            "World Bank",
            "Commodity Price Data (Pink Sheet), monthly",
            "https://www.worldbank.org/en/research/commodity-markets",
            "2026-06-02",
            "CC BY 4.0",
        ),
        Origin(
            "USGS",
            "Mineral Commodity Summaries, salient statistics",
            "https://www.usgs.gov/centers/national-minerals-information-center/mineral-commodity-summaries",
            "2022-2026",
            "public domain",
        ),
        Origin(
            "trade press and company filings",
            "single dated quotations, each cited",
            "",
            "2007-2025",
            "facts cited",
        ),
    ),
    cautions=(
        "An asking price is not a deal: asks of 2011 lay far above what Japan and the USA paid.",
        "Quotations inside China include value-added tax (17 % to 2018, then 13 %, assumed where the "
        "quotation does not say); it is removed in USD/t.",
        "Yearly exchange rates of 2011-2014 are recalled, later ones those of the European Central Bank; an "
        "article's own rate is used where it states one.",
        "USD/t is per tonne of what the unit counts (oxide, WO3, contained chromium), not always of metal.",
        "Where a range was published the value is its midpoint.",
        "A unit value mixes grades and long contracts, and lags the market.",
    ),
    checks=(
        Check("conversion", "USD/t is given, or the reason why not", _unconverted),
        Check("yuan", "a converted yuan price states rate and tax", _yuan),
        Check("range", "a value lies in its own range", _range),
    ),
)

BASELINE_PRICES = Table(
    name="baseline_prices",
    about="The one price at which a tonne of a commodity at a stage is valued in the unshocked world.",
    key=("commodity", "stage"),
    fields=(
        Field("commodity", "the catalogue's commodity"),
        Field("stage", "mine, refine or component", one_of=("mine", "refine", "component")),
        Field(
            "usd_per_t", "price per tonne contained, on the commodity's own basis", "number", "USD/t", low=0
        ),
        Field(
            "year",
            "year of the dollars (mean of 2023 and 2024 unless the note says otherwise)",
            "integer",
            low=2020,
            high=2030,
        ),
        Field("product", "what is priced"),
        Field(
            "price_rows",
            "ids of the prices averaged, by semicolons, each with =weight where not equal",
            required=False,
        ),
        Field(
            "factor",
            "what the average was multiplied by: weight basis, feed cost share, recovery",
            "number",
            "1",
            required=False,
            low=0,
        ),
        Field("how", "how the factor is made up", required=False),
        Field("source_id", "source of the price the row starts from", refers="sources.id"),
        Field(
            "confidence",
            "of the row as a whole; assumption where a feed cost share or recovery is assumed",
            one_of=CONFIDENCE,
        ),
        Field("note", "what a reader must know", required=False),
    ),
    vintage="2024",
    inputs=("prices", "stages"),
    cautions=(
        "One world price per stage: no country's contract price, grade or transport.",
        "Where no ore price is published it is feed cost share x recovery x refined price, so that a "
        "refiner's costs add up.",
        "A component price is what makes the refined price its feed cost share of it; for magnets NdPr and "
        "Dy-Tb each carry the price of the whole magnet, so the two must not be added.",
    ),
)

TABLES = (PRICES, BASELINE_PRICES)
