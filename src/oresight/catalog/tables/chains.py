"""Chains: commodities, the stages each passes through, the codes it trades under, what it comes with."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.sources import CONFIDENCE

STAGES = ("mine", "refine", "component")
"""Stages of a chain from the ground to the part, in their order."""

DECISIONS = ("core", "host", "watch", "excluded")
"""How a commodity takes part: `core` is modelled, `host` mainly for what it carries, the others are not."""


def ordered(*names: str) -> Check:
    """A check that low <= best <= high for each named triple of columns, ignoring unknown cells."""

    def complaints(frame: pl.DataFrame) -> list[str]:
        found: list[str] = []
        for name in names:
            low, best, high = (f"{name}_{end}" if name else end for end in ("low", "best", "high"))
            wrong = frame.filter((pl.col(low) > pl.col(best)) | (pl.col(best) > pl.col(high)))
            found += [f"{name or 'range'} of {row}" for row in wrong.select(frame.columns[:3]).rows()]
        return found

    return Check("ordered", "low <= best <= high", complaints)


def reasons(frame: pl.DataFrame) -> list[str]:
    """Commodities or stages left out of the model without a reason in words."""
    out = (
        ~pl.col("modelled")
        if "modelled" in frame.columns
        else pl.col("decision").is_in(["watch", "excluded"])
    )
    silent = frame.filter(out & (pl.col("reason").fill_null("").str.len_chars() < 10))
    return [f"{row[0]} has no reason" for row in silent.rows()]


def stages_named(frame: pl.DataFrame) -> list[str]:
    """Commodities whose modelled stages are no stages, or that are core and have none."""
    known = pl.col("stages_modelled").str.split(";").list.eval(pl.element().is_in(list(STAGES))).list.all()
    wrong = frame.filter(
        ~known.fill_null(True)
        | (pl.col("decision").is_in(["core", "host"]) & pl.col("stages_modelled").is_null())
        | (pl.col("decision").is_in(["watch", "excluded"]) & pl.col("stages_modelled").is_not_null())
    )
    return [f"{row['id']} stages {row['stages_modelled']}" for row in wrong.iter_rows(named=True)]


def provenance() -> tuple[Field, ...]:
    """The three columns every curated row ends with: source, trust in it, what to know."""
    return (
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    )


def triple(name: str, about: str, unit: str = "1", high: float | None = 1.0) -> tuple[Field, ...]:
    """Three columns NAME_low, NAME_best, NAME_high of a quantity known as a range; null is unknown."""
    return tuple(
        Field(f"{name}_{end}", f"{about}, {end}", "number", unit, required=False, low=0.0, high=high)
        for end in ("low", "best", "high")
    )


OWN = Origin("oresight", "chains read from public documents, row by row", "", "2026-11", "Apache-2.0")
IEA = Origin(
    "International Energy Agency",
    "Global Critical Minerals Outlook",
    "https://www.iea.org/topics/critical-minerals",
    "2025, 2026",
    "CC BY 4.0",
)
USGS = Origin(
    "U.S. Geological Survey",
    "Mineral Commodity Summaries",
    "https://pubs.usgs.gov/periodicals/mcs2026/",
    "2026",
    "public domain",
)

COMMODITIES = Table(
    name="commodities",
    about="A commodity of the catalogue, the basis its tonnes are counted on, and how it takes part.",
    key=("id",),
    fields=(
        Field("id", "kebab-case name"),
        Field("name", "short English name"),
        Field("symbol", "chemical symbol or common abbreviation"),
        Field(
            "group",
            "family it belongs to",
            one_of=("rare-earths", "minor", "battery", "base", "alloy", "light", "industrial", "pgm"),
        ),
        Field("basis", "what one tonne of it is"),
        Field("strategic_27", "whether one of the 27 names of the IEA's 2026 outlook covers it", "flag"),
        Field("us_list_2025", "whether the final US list of critical minerals of 2025 covers it", "flag"),
        Field("eu_crm_2023", "whether the EU list of critical raw materials of 2023 covers it", "flag"),
        Field("by_product_of", "what it is recovered with, in words", required=False),
        Field(
            "by_product_share",
            "share of its supply that comes with something else",
            "number",
            "1",
            required=False,
            low=0.0,
            high=1.0,
        ),
        Field("decision", "how it takes part", one_of=DECISIONS),
        Field("stages_modelled", "stages with production by country, by semicolons", required=False),
        Field("reason", "why it takes part, or why not, in words"),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(OWN, IEA, USGS),
    cautions=(
        "Each commodity keeps the basis its production table is published on; tonnes of two are never added.",
        "The EU list is as recalled and checked against a compiler; quote it from Regulation 2024/1252.",
    ),
    checks=(
        Check("reasons", "what is left out has its reason", reasons),
        Check("stages", "what takes part has stages", stages_named),
    ),
)

COMMODITY_GROUPS = Table(
    name="commodity_groups",
    about="A commodity's membership of a group that can be asked for by one name.",
    key=("group", "commodity"),
    fields=(
        Field("group", "kebab-case name of the group"),
        Field("commodity", "member", refers="commodities.id"),
        Field("published_names", "names in the published list it stands for, by semicolons", required=False),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(OWN, IEA),
    cautions=(
        "strategic-27 stands for 27 published names: Nd with Pr and Dy with Tb are one commodity each, "
        "graphite is two, and phosphoric acid is listed but not modelled.",
    ),
)

STAGES_TABLE = Table(
    name="stages",
    about="A stage of a chain: what it makes, from what, how much is lost, and how well it is known.",
    key=("commodity", "stage"),
    fields=(
        Field("commodity", "commodity", refers="commodities.id"),
        Field("stage", "stage", one_of=STAGES),
        Field("product", "what leaves the stage"),
        Field(
            "input_commodity",
            "commodity whose tonnes it takes in; null for none",
            required=False,
            refers="commodities.id",
        ),
        Field("input_stage", "stage that feeds it; null for none", required=False, one_of=STAGES),
        *triple("recovery", "output contained per tonne contained fed"),
        *triple(
            "input_share", "share of the output made from the input stage; the rest from scrap or other feed"
        ),
        *triple("feed_cost_share", "cost of the feed as a share of the product's price"),
        Field(
            "basis_factor",
            "tonnes on the output's basis in one tonne on the input's basis",
            "number",
            "1",
            required=False,
            low=0.0,
            high=3.0,
        ),
        Field(
            "quality",
            "grade of the production table: A all countries to D one leader or none",
            one_of=("A", "B", "C", "D"),
        ),
        Field(
            "coverage", "share of world output assigned to named countries", "number", "1", low=0.0, high=1.0
        ),
        Field("modelled", "whether results use the stage", "flag"),
        Field("reason", "why the stage is left out", required=False),
        Field("parameter_confidence", "trust in recovery and cost shares", one_of=CONFIDENCE),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(OWN, IEA, USGS),
    cautions=(
        "Recoveries and feed cost shares are mostly assumptions; refined over mined output is no recovery.",
        "Where no range was published, low and high are 10 % either side of best, recovery never above 1.",
    ),
    checks=(
        ordered("recovery", "input_share", "feed_cost_share"),
        Check("reasons", "a stage left out has its reason", reasons),
    ),
)

BY_PRODUCT_LINKS = Table(
    name="by_product_links",
    about="A host whose output brings a commodity with it: share of the supply, share of the revenue.",
    key=("commodity", "host"),
    fields=(
        Field("commodity", "by-product", refers="commodities.id"),
        Field("host", "host commodity, or a name outside the catalogue"),
        Field(
            "host_stage",
            "stage of the host where it is recovered; null outside the catalogue",
            required=False,
            one_of=STAGES,
        ),
        Field("in_catalogue", "whether the host is a commodity of the catalogue", "flag"),
        Field("coupled", "whether joint supply (market §4) links the two", "flag"),
        *triple("share", "share of the commodity's supply that comes with this host"),
        Field(
            "revenue_share",
            "share of the joint revenue of host and by-product that the by-product earns",
            "number",
            "1",
            required=False,
            low=0.0,
            high=1.0,
        ),
        Field(
            "yield_t_per_t",
            "by-product recovered per tonne of host output, world average",
            "number",
            "t/t",
            required=False,
            low=0.0,
            high=2.0,
        ),
        Field("year", "year of yield and revenue", "integer", required=False, low=2015, high=2030),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(OWN, USGS),
    cautions=(
        "Yield is what is recovered on average, not what could be; revenue share uses prices of one year.",
        "Metals that carry each other (lead and zinc) are listed but not coupled.",
    ),
    checks=(ordered("share"),),
)

TRADE_CODES = Table(
    name="trade_codes",
    about="A customs code under which a commodity moves at a stage: its part of the code and its content.",
    key=("commodity", "stage", "hs92"),
    fields=(
        Field("commodity", "commodity, or a group of which the code is asked as a whole"),
        Field("stage", "stage", one_of=STAGES),
        Field("hs92", "six-digit code, Harmonized System 1992"),
        Field("hs_later", "codes of later editions, in words", required=False),
        *triple("share", "part of the code's weight that is this commodity"),
        *triple("content", "tonnes on the commodity's basis per gross tonne"),
        Field("in_trade", "whether the trade table holds the code", "flag"),
        Field("usable", "whether the code's tonnes can stand for the trade of the stage", "flag"),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(
        OWN,
        Origin(
            "United Nations Statistics Division",
            "HS correspondence tables",
            "https://unstats.un.org/unsd/classifications/Econ",
            "2017, 2022",
            "free use with citation",
        ),
    ),
    cautions=(
        "Codes that hold several commodities (284690, 280530, 811291) are split by an assumed share.",
        "811230 (germanium) has no trade after 2016: the code was merged; no trade then means unknown.",
        "Rows of the group rare-earths count gross tonnes of the code, content 1.",
    ),
    checks=(ordered("share", "content"),),
)

TRADE_CODE_EXPORTERS = Table(
    name="trade_code_exporters",
    about="An exporter whose goods under a customs code differ from the code's usual content.",
    key=("commodity", "stage", "hs92", "exporter"),
    fields=(
        Field("commodity", "commodity", refers="commodities.id"),
        Field("stage", "stage", one_of=STAGES),
        Field("hs92", "six-digit code, Harmonized System 1992"),
        Field(
            "exporter",
            "exporting country; OTH is every exporter not named for the code",
            refers="countries.iso3",
        ),
        Field(
            "share",
            "part of the code's weight that is this commodity at this stage",
            "number",
            "1",
            low=0.0,
            high=1.0,
        ),
        Field("content", "tonnes on the commodity's basis per gross tonne", "number", "1", low=0.0, high=1.0),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(OWN,),
    cautions=(
        "Read from unit values and trade specifications; each row replaces the usual share and content.",
    ),
)

TABLES = (
    COMMODITIES,
    COMMODITY_GROUPS,
    STAGES_TABLE,
    BY_PRODUCT_LINKS,
    TRADE_CODES,
    TRADE_CODE_EXPORTERS,
)
