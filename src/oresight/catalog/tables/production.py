"""Who digs and who refines: mine, refinery and component production, reserves, and leading refiners."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.sources import CONFIDENCE

QUALIFIERS = ("reported", "estimated", "below", "above", "range", "derived", "withheld")
"""What a publisher says of a figure; `derived` was computed here, `withheld` exists but is not published."""

USGS = Origin(
    "USGS",
    "Mineral Commodity Summaries, world production and reserves",
    "https://pubs.usgs.gov/publication/mcs2026",
    "2023-2026",
    "public domain",
)
WMD = Origin(
    "Austrian Federal Ministry of Finance",
    "World Mining Data",
    "https://www.world-mining-data.info",
    "2018-2024",
    "free with citation",
)
BGS = Origin(
    "British Geological Survey",
    "World Mineral Statistics",
    "https://www.bgs.ac.uk/mineralsuk/statistics/world-mineral-statistics/",
    "1971-2023",
    "Contains British Geological Survey materials, UKRI; Open Government Licence",
)
IEA = Origin(
    "IEA",
    "Global Critical Minerals Outlook and Critical Minerals Data Explorer",
    "https://www.iea.org/reports/global-critical-minerals-outlook-2026",
    "2025-2026",
    "CC BY 4.0",
)


def one_preferred(frame: pl.DataFrame, key: tuple[str, ...]) -> list[str]:
    """Countries for which two rows of one year are both marked as the one a result uses."""
    twice = frame.filter("preferred").group_by(key).len().filter(pl.col("len") > 1).sort(key)
    return [
        " ".join(map(str, row[:-1])) + f" has {row[-1]} preferred rows" for row in twice.head(8).iter_rows()
    ]


def one_preferred_mine(frame: pl.DataFrame) -> list[str]:
    """Complaints of `one_preferred` over commodity, country, year."""
    return one_preferred(frame, ("commodity", "country", "year"))


def one_preferred_refinery(frame: pl.DataFrame) -> list[str]:
    """Complaints of `one_preferred` over commodity, stage, country, year."""
    return one_preferred(frame, ("commodity", "stage", "country", "year"))


def sums_preferred(frame: pl.DataFrame) -> list[str]:
    """World totals or doubtful rows that a result would wrongly use."""
    wrong = frame.filter(
        pl.col("preferred")
        & (
            (pl.col("country") == "WLD")
            | pl.col("confidence").is_in(["low", "unverified"])
            | pl.col("value").is_null()
        )
    )
    return [
        f"{r['commodity']} {r['country']} {r['year']} must not be preferred"
        for r in wrong.head(8).iter_rows(named=True)
    ]


def bands(frame: pl.DataFrame) -> list[str]:
    """Rows whose band does not hold the value, or a derived row without one."""
    wrong = frame.filter(
        (pl.col("low") > pl.col("value") * (1 + 1e-9))
        | (pl.col("high") < pl.col("value") * (1 - 1e-9))
        | (
            (pl.col("qualifier") == "derived")
            & pl.col("preferred")
            & (pl.col("low").is_null() | pl.col("high").is_null())
        )
    )
    return [f"{r['commodity']} {r['country']} {r['year']}: band" for r in wrong.head(8).iter_rows(named=True)]


def shares_whole(frame: pl.DataFrame) -> list[str]:
    """Stages and years without one leader, or whose remainder is not split to the whole."""
    years = (
        frame.filter(pl.col("role") != "fed")
        .with_columns(pl.int_ranges("from_year", pl.col("to_year") + 1).alias("year"))
        .explode("year")
    )
    sums = years.group_by("commodity", "stage", "year").agg(
        (pl.col("role") == "leader").sum().alias("leaders"),
        pl.col("share").filter(pl.col("role") == "rest").sum().alias("rest"),
    )
    wrong = sums.filter((pl.col("leaders") != 1) | ((pl.col("rest") - 1).abs() > 1e-6)).sort(
        "commodity", "year"
    )
    return [f"{r['commodity']} {r['stage']} {r['year']}: shares" for r in wrong.head(8).iter_rows(named=True)]


def share_bands(frame: pl.DataFrame) -> list[str]:
    """Shares outside their own band."""
    wrong = frame.filter((pl.col("share") < pl.col("share_low")) | (pl.col("share") > pl.col("share_high")))
    return [f"{row[0]} {row[1]}: share outside its band" for row in wrong.head(8).iter_rows()]


COMMODITY = Field("commodity", "commodity of the catalogue, or rare-earths for mined oxides together")
COUNTRY = Field(
    "country", "producer; OTH for a source's remainder, WLD for its published total", refers="countries.iso3"
)
YEAR = Field("year", "calendar year", "integer", low=1970, high=2030, compact=pl.Int16)
FIGURES = (
    Field(
        "value",
        "output; null where withheld or not published",
        "number",
        "t contained",
        required=False,
        low=0,
        high=1e9,
    ),
    Field(
        "low",
        "lower end of the band, where one is known or assumed",
        "number",
        "t contained",
        required=False,
        low=0,
        high=1e9,
    ),
    Field("high", "upper end of the band", "number", "t contained", required=False, low=0, high=1e9),
    Field("source_id", "source", refers="sources.id"),
    Field("vintage", "edition the figure is from"),
    Field("qualifier", "what the publisher says of it", one_of=QUALIFIERS),
    Field("preferred", "whether results use this row where sources conflict", "flag"),
    Field("confidence", "trust in the row", one_of=CONFIDENCE),
    Field("note", "conversion or caution", required=False),
)
SERIES = (
    "One publisher is preferred for a commodity, stage and year; others stand beside it, not averaged.",
    "Rows of one source do not always add to its published world total: see OTH and WLD.",
    "The sum of BGS rows is a sum of those who report, not a world total: a year whose sources leave out a maker of a "
    "fifth of output nearby counts as unknown by country.",
)

MINE_PRODUCTION = Table(
    name="mine_production",
    about="Mine output of a commodity in a country and year as one source gives it.",
    key=("commodity", "country", "year", "source_id", "vintage"),
    fields=(COMMODITY, COUNTRY, YEAR, *FIGURES),
    vintage="2026",
    origins=(USGS, WMD, BGS, IEA),
    inputs=("basket_shares",),
    cautions=(
        *SERIES,
        "On the basis of the commodity: lithium as Li, tantalum as Ta, niobium as Nb, titanium as TiO2, "
        "chromium as Cr2O3; bauxite, zircon and fluorspar gross.",
        "Dysprosium-terbium is mined oxides of the country times an assumed share of the basket.",
    ),
    checks=(
        Check("one preferred", "one row per country and year is used", one_preferred_mine),
        Check("sums", "no world total or doubtful row is used", sums_preferred),
        Check("bands", "the band holds the value", bands),
    ),
)

REFINERY_PRODUCTION = Table(
    name="refinery_production",
    about="Refined or component output of a commodity in a country and year as one source gives it.",
    key=("commodity", "stage", "country", "year", "source_id", "vintage"),
    fields=(
        COMMODITY,
        Field("stage", "refine or component", one_of=("refine", "component")),
        COUNTRY,
        YEAR,
        *FIGURES,
    ),
    vintage="2026",
    origins=(USGS, WMD, BGS, IEA),
    inputs=("mine_production", "refining_shares", "stages"),
    cautions=(
        *SERIES,
        "Where only the leader's share is published, the world is mine output times recovery and the rest "
        "is split by assumption: rows are `derived`, with a wide band.",
        "Aluminium: refine is alumina, component is primary metal.",
    ),
    checks=(
        Check("one preferred", "one row per country and year is used", one_preferred_refinery),
        Check("sums", "no world total or doubtful row is used", sums_preferred),
        Check("bands", "the band holds the value", bands),
    ),
)

RESERVES = Table(
    name="reserves",
    about="Reserves of a commodity in a country as one edition gives them.",
    key=("commodity", "country", "year", "source_id", "vintage"),
    fields=(
        COMMODITY,
        COUNTRY,
        YEAR,
        Field(
            "value",
            "reserves; null where not published",
            "number",
            "t contained",
            required=False,
            low=0,
            high=1e12,
        ),
        Field("source_id", "source", refers="sources.id"),
        Field("vintage", "edition the figure is from"),
        Field("qualifier", "what the publisher says of it", one_of=QUALIFIERS),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "conversion or caution", required=False),
    ),
    vintage="2026",
    origins=(USGS,),
    cautions=("Reserves follow price and drilling; they are not what the ground holds.",),
)

REFINING_LEADERS = Table(
    name="refining_leaders",
    about="A leading refiner of a mineral and its share of the world, as a source states it.",
    key=("commodity", "year", "rank", "country", "source_id"),
    fields=(
        Field("commodity", "commodity of the catalogue"),
        Field("mineral", "mineral as the source names it"),
        Field("year", "calendar year", "integer", low=2015, high=2030, compact=pl.Int16),
        Field("rank", "place among refiners, 1 leads", "integer", low=1, high=10),
        Field("country", "refiner", refers="countries.iso3"),
        Field("share", "share of world refined output", "number", "1", low=0, high=1),
        Field("source_id", "source", refers="sources.id"),
        Field("page", "page or place in the source", required=False),
        Field("strategic", "whether the mineral is among the IEA's names of 2026", "flag"),
        Field("preferred", "whether results use this row", "flag"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "other readings and cautions", required=False),
    ),
    vintage="2026",
    origins=(IEA,),
    cautions=(
        "The IEA said in 2025 that China led 19 of 20 strategic minerals with about 70 % on average; the twenty "
        "names were not found, so strategic marks the 27 names of 2026 that have a reading.",
        "Some leading shares (zinc, lead, tantalum) are read off one chart: confidence low, kept for the count.",
        "A leading refiner of niobium is its integrated producer.",
    ),
)

FROM = Field("from_year", "first year the share is used for", "integer", low=2000, high=2030)
TO = Field("to_year", "last year the share is used for", "integer", low=2000, high=2030)
SHARE = (
    Field("share_low", "lower end of the band", "number", "1", low=0, high=1),
    Field("share", "best reading", "number", "1", low=0, high=1),
    Field("share_high", "upper end of the band", "number", "1", low=0, high=1),
    Field("source_id", "source", refers="sources.id"),
    Field("confidence", "trust in the row", one_of=CONFIDENCE),
    Field("note", "why this reading", required=False),
)

REFINING_SHARES = Table(
    name="refining_shares",
    about="How the world output of a stage without figures by country is split: the leader, then the rest.",
    key=("commodity", "stage", "country", "from_year"),
    fields=(
        Field("commodity", "commodity of the catalogue"),
        Field("stage", "refine or component", one_of=("refine", "component")),
        Field("country", "producer", refers="countries.iso3"),
        FROM,
        TO,
        Field(
            "role",
            "leader: of the world; rest: of what the leader leaves; fed: of the input that is refined at all",
            one_of=("leader", "rest", "fed"),
        ),
        *SHARE,
    ),
    vintage="2026-11",
    origins=(
        IEA,
        Origin(
            "European Commission",
            "Study on the critical raw materials 2023",
            "https://doi.org/10.2873/725585",
            "2023",
            "reuse with attribution",
        ),
    ),
    cautions=(
        "Only the leader's share is ever published, and not always; the split of the rest is judgement.",
    ),
    checks=(
        Check("whole", "one leader, and a rest that adds to one", shares_whole),
        Check("bands", "a share lies in its band", share_bands),
    ),
)

BASKET_SHARES = Table(
    name="basket_shares",
    about="Dysprosium and terbium oxides in the rare-earth oxides a country mines.",
    key=("country", "from_year"),
    fields=(Field("country", "producer", refers="countries.iso3"), FROM, TO, *SHARE),
    vintage="2026-11",
    origins=(
        Origin(
            "oresight",
            "basket shares as judged: ionic clay 3-4 %, hard rock 0.1-0.3 %",
            "",
            "2026-11",
            "Apache-2.0",
        ),
    ),
    cautions=("Nobody publishes dysprosium and terbium by country; every row is an assumption.",),
    checks=(Check("bands", "a share lies in its band", share_bands),),
)

SALIENT = Table(
    name="salient",
    about="A figure of the United States' balance of a mineral: use, stocks, trade, reliance on imports.",
    key=("mineral", "measure", "detail", "year", "vintage"),
    fields=(
        Field("mineral", "mineral as the publisher groups it"),
        Field("commodity", "commodity of the catalogue it belongs to", required=False),
        Field(
            "measure",
            "what is measured",
            one_of=(
                "production",
                "imports",
                "exports",
                "consumption",
                "stocks",
                "net_import_reliance",
                "recycling",
            ),
        ),
        Field("detail", "what exactly, in the publisher's terms"),
        Field("year", "calendar year", "integer", low=2015, high=2030, compact=pl.Int16),
        Field("value", "the figure; null where withheld", "number", "see unit", required=False),
        Field("unit", "t, or 1 for shares of apparent consumption", one_of=("t", "1")),
        Field("qualifier", "what the publisher says of it", one_of=QUALIFIERS),
        Field("source_id", "source", refers="sources.id"),
        Field("vintage", "edition", "integer", low=2020, high=2030),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage="2026",
    origins=(USGS,),
    cautions=("A reliance given as `above` is a lower bound; a net exporter is given as zero or below.",),
)

TABLES = (
    MINE_PRODUCTION,
    REFINERY_PRODUCTION,
    RESERVES,
    REFINING_LEADERS,
    REFINING_SHARES,
    BASKET_SHARES,
    SALIENT,
)
