"""Parameters of the model: end uses, elasticities, priors, stocks, recycling, costs, substitutes, values of use."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.chains import IEA, OWN, STAGES, USGS, ordered, provenance, triple

PRIORITIES = ("defence", "essential", "normal")
"""Classes of use in the order they are served in a shortage."""

SUM_TOLERANCE = 0.02
"""How far the shares of a complete set of uses may be from 1, for rounding in the source."""

GLOMBO = Origin(
    "Ryter et al.",
    "GLOMBO inputs",
    "https://github.com/johnryt/GLOMBO",
    "2023",
    "as stated by the repository",
)


def whole(frame: pl.DataFrame) -> list[str]:
    """Sets of uses declared complete whose shares do not sum to 1, and commodities with two preferred sets."""
    sums = frame.filter("complete").group_by("commodity", "region", "set").agg(pl.col("share").sum())
    off = sums.filter((pl.col("share") - 1).abs() > SUM_TOLERANCE).sort("set")
    found = [f"{r['commodity']} {r['set']} sums to {r['share']:.3f}" for r in off.iter_rows(named=True)]
    sets = frame.filter("preferred").group_by("commodity", "region").agg(pl.col("set").n_unique())
    twice = sets.filter(pl.col("set") > 1).sort("commodity")
    return found + [
        f"{r['commodity']} {r['region']} has two preferred sets" for r in twice.iter_rows(named=True)
    ]


def one_preferred(frame: pl.DataFrame) -> list[str]:
    """Preferred elasticities that are not the only one of their kind, or lack a range."""
    chosen = frame.filter("preferred")
    key = ["commodity", "kind", "horizon"]
    found = [
        f"{row} preferred twice" for row in chosen.filter(chosen.select(key).is_duplicated())[key].rows()
    ]
    bare = chosen.filter(pl.any_horizontal(pl.col("low", "best", "high").is_null()))
    return found + [f"{row} preferred without a range" for row in bare[key].rows()]


def slower_is_smaller(frame: pl.DataFrame) -> list[str]:
    """Preferred elasticities that are smaller in the long run than in the short (months §1 needs the reverse)."""
    wide = (
        frame.filter("preferred")
        .select("commodity", "kind", "horizon", "best")
        .pivot("horizon", index=["commodity", "kind"], values="best")
    )
    if not {"short", "long"} <= set(wide.columns):
        return []
    wrong = wide.filter(pl.col("long") < pl.col("short"))
    return [f"{r['commodity']} {r['kind']}: long below short" for r in wrong.iter_rows(named=True)]


END_USES = Table(
    name="end_uses",
    about="A use of a commodity and its share of consumption in a country or the world.",
    key=("commodity", "set", "end_use"),
    fields=(
        Field("commodity", "commodity", refers="commodities.id"),
        Field("end_use", "use, short"),
        Field("region", "country, or WLD", refers="countries.iso3"),
        Field("year", "year the shares describe", "integer", low=2000, high=2030),
        Field("share", "share of consumption", "number", "1", low=0.0, high=1.0),
        Field("priority", "class; defence means that the use contains defence", one_of=PRIORITIES),
        Field("set", "rows of one source that belong together"),
        Field("complete", "whether the set covers all uses and sums to 1", "flag"),
        Field("preferred", "whether results use the set for its region", "flag"),
        Field("world_proxy", "whether a country's set also stands for the world", "flag"),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(USGS, IEA, GLOMBO, OWN),
    cautions=(
        "Shares of two sets of one commodity may not be mixed.",
        "A use marked defence is mostly civilian; how much of it is defence is a prior (defence-part-of-use).",
        "For half of the minor metals the split of the world is an assumption.",
    ),
    checks=(Check("whole", "complete sets sum to 1, one preferred set a region", whole),),
)

ELASTICITIES = Table(
    name="elasticities",
    about="An estimate of how demand, supply or sourcing answers to price, as a positive magnitude.",
    key=("commodity", "kind", "horizon", "estimate"),
    fields=(
        Field("commodity", "commodity", refers="commodities.id"),
        Field("kind", "what answers", one_of=("demand", "supply", "armington", "recycling_supply")),
        Field("horizon", "within the year, or after adjustment", one_of=("short", "long")),
        Field("stage", "stage it was estimated at; null for the chain", required=False, one_of=STAGES),
        Field("estimate", "name of the estimate"),
        Field("low", "low end of the magnitude", "number", "1", required=False, low=0.0, high=50.0),
        Field("best", "magnitude", "number", "1", required=False, low=0.0, high=50.0),
        Field("high", "high end of the magnitude", "number", "1", required=False, low=0.0, high=50.0),
        Field("preferred", "whether results use it", "flag"),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(
        Origin(
            "various",
            "published estimates as collected in MEDS 2020 (Dahl) and GLOMBO",
            "https://github.com/johnryt/GLOMBO",
            "2023",
            "figures cited",
        ),
        Origin(
            "Broda and Weinstein",
            "elasticities of substitution between origins",
            "https://doi.org/10.1162/qjec.2006.121.2.541",
            "2006",
            "figures cited",
        ),
        OWN,
    ),
    cautions=(
        "Signs of the sources are removed: demand falls with price, supply rises.",
        "Estimates of the wrong sign count as 0 where a quartile reaches them; the note keeps the original.",
        "Preferred is a synthesis where estimates were published and the prior everywhere else.",
        "Armington rows are substitution between origins (sigma), measured on three-digit groups of goods.",
    ),
    checks=(
        ordered(""),
        Check("one preferred", "one preferred estimate, with a range", one_preferred),
        Check("adjusting", "the long run answers at least as much as the short", slower_is_smaller),
    ),
)

PRIORS = Table(
    name="priors",
    about="A parameter of the model as a range: what it is drawn from, the rule it serves.",
    key=("parameter", "commodity"),
    fields=(
        Field("parameter", "kebab-case name"),
        Field("commodity", "commodity it holds for; null for all", required=False, refers="commodities.id"),
        Field("low", "low end", "number"),
        Field("best", "central value; the middle where the rule names none", "number"),
        Field("high", "high end; equal to low where the rule names one value", "number"),
        Field("unit", "unit of the three"),
        Field("rule", "rule of the model that uses it"),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(OWN,),
    cautions=(
        "Draws are uniform between low and high; equal ends are a constant.",
        "Nearly all are assumptions declared before any episode was replayed, and none was fitted.",
    ),
    checks=(ordered(""),),
)

STOCKS = Table(
    name="stocks",
    about="What a government or an industry holds, aims to hold, plans to buy or has released.",
    key=("commodity", "country", "holder", "kind", "measure", "year"),
    fields=(
        Field(
            "commodity",
            "commodity; null where the source names none",
            required=False,
            refers="commodities.id",
        ),
        Field(
            "country",
            "country of the holder; null for any importing country",
            required=False,
            refers="countries.iso3",
        ),
        Field("holder", "who holds", one_of=("government", "industry", "exchange")),
        Field("body", "the holder's name", required=False),
        Field(
            "kind",
            "what the row says",
            one_of=("held", "target", "planned-purchase", "acquisition-ceiling", "release", "flow"),
        ),
        Field(
            "measure",
            "what is counted",
            one_of=(
                "quantity",
                "cover",
                "value",
                "shortfall-total",
                "shortfall-military",
                "shortfall-civilian",
            ),
        ),
        Field("low", "low end, where a range is declared", "number", required=False, low=0.0),
        Field("quantity", "how much; null where withheld or secret", "number", required=False, low=0.0),
        Field("high", "high end, where a range is declared", "number", required=False, low=0.0),
        Field("unit", "unit of quantity", one_of=("t", "t-gross", "days", "usd", "aud", "1", "t/year")),
        Field("year", "year", "integer", low=2010, high=2030),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(
        USGS,
        OWN,
        Origin(
            "International Energy Agency",
            "policy database",
            "https://www.iea.org/policies",
            "2020-2022",
            "figures cited",
        ),
    ),
    cautions=(
        "Targets are not holdings: Japanese, Korean and Chinese quantities are secret.",
        "Days are days of the holder's consumption; industry rows without a country are an assumption.",
    ),
)

RECYCLING = Table(
    name="recycling",
    about="A figure of the recycling loop: lifetimes, collection, yields, shares of supply.",
    key=("commodity", "metric", "end_use", "region", "year", "source_id"),
    fields=(
        Field("commodity", "commodity; null for all metals", required=False, refers="commodities.id"),
        Field(
            "metric",
            "what is measured",
            one_of=(
                "input-rate-old-scrap",
                "input-rate-all-scrap",
                "end-of-life-rate",
                "collection",
                "process-recovery",
                "fabrication-yield",
                "new-scrap-yield",
                "old-scrap-recovered",
                "lifetime-mean",
                "lifetime-sd",
                "pre-treatment-share",
                "material-recovery-share",
            ),
        ),
        Field("end_use", "use or process it holds for; null for all", required=False),
        Field("region", "country, EU27 or WLD", refers="countries.iso3"),
        Field("year", "year", "integer", low=2000, high=2030),
        Field("value", "figure", "number", low=0.0),
        Field("unit", "unit of value", one_of=("1", "years", "t")),
        Field("preferred", "whether results use it", "flag"),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(
        Origin(
            "European Commission",
            "Study on the critical raw materials for the EU 2023, end-of-life inputs",
            "https://doi.org/10.2873/725585",
            "2023",
            "reuse with attribution",
        ),
        GLOMBO,
        OWN,
    ),
    cautions=(
        "An input rate is a share of supply, an end-of-life rate a share of what is thrown away: do not mix.",
        "Process recovery is the yield of a plant, not the share collected.",
        "Weibull shape from mean and spread: (sd / mean)^-1.086; without a spread, the prior weibull-shape.",
    ),
)

COSTS = Table(
    name="costs",
    about="What a plant or mine costs to build and to run, per tonne of a stated product.",
    key=("commodity", "stage", "route", "region", "currency_year"),
    fields=(
        Field("commodity", "commodity; null for all", required=False, refers="commodities.id"),
        Field("stage", "stage", one_of=STAGES),
        Field("route", "project, process or reference class"),
        Field("region", "country; null where general", required=False, refers="countries.iso3"),
        Field(
            "capex_usd_per_tpa",
            "capital per yearly tonne of capacity",
            "number",
            "USD/(t/year)",
            required=False,
            low=0.0,
        ),
        Field(
            "opex_usd_per_t",
            "running cost per tonne, feed excluded",
            "number",
            "USD/t",
            required=False,
            low=0.0,
        ),
        Field(
            "lead_time_years",
            "from decision to first product",
            "number",
            "years",
            required=False,
            low=0.0,
            high=40.0,
        ),
        Field("currency_year", "year of the dollars", "integer", low=2005, high=2030),
        Field(
            "estimate_class",
            "how firm it is",
            one_of=(
                "as-built",
                "construction",
                "feasibility",
                "scoping",
                "announcement",
                "reported",
                "observed",
                "model-input",
                "order-of-magnitude",
            ),
        ),
        Field("unit_basis", "the tonne it is per"),
        Field(
            "to_basis",
            "tonnes on the commodity's basis in one tonne of unit_basis; null where not one product",
            "number",
            "1",
            required=False,
            low=0.0,
            high=3.0,
        ),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(
        OWN,
        Origin("various", "company studies, filings and press", "", "2012-2026", "figures cited"),
        Origin(
            "bleecam",
            "cost parameters 0.1.0b1",
            "https://pypi.org/project/bleecam/",
            "0.1.0b1",
            "as stated by the package",
        ),
    ),
    cautions=(
        "Rows of different unit_basis (REO, magnets, LCE, WO3) are never compared without to_basis.",
        "Order-of-magnitude rows may be wrong by +100 % or -50 %; use a project row where one exists.",
        "Model-input rows are placeholders of a planning package.",
    ),
)

SUBSTITUTION = Table(
    name="substitution",
    about="What can take a commodity's place in a use, how much of it, how soon, at what loss.",
    key=("commodity", "end_use", "source_id"),
    fields=(
        Field("commodity", "commodity replaced", refers="commodities.id"),
        Field("end_use", "use"),
        Field("substitute", "what takes its place, in few words"),
        Field("share_1y", "share of the use replaceable within a year", "number", "1", low=0.0, high=1.0),
        Field("share_5y", "share replaceable within five years", "number", "1", low=0.0, high=1.0),
        Field(
            "penalty",
            "loss of performance or cost, as a share of the value of the use",
            "number",
            "1",
            low=0.0,
            high=1.0,
        ),
        Field(
            "shares_confidence", "trust in shares and penalty", one_of=("high", "medium", "low", "assumption")
        ),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(USGS, OWN),
    cautions=("The substitute is sourced, its shares and penalty nearly always assumed.",),
    checks=(
        Check(
            "growing",
            "five years replace at least what one does",
            lambda f: [
                f"{r}"
                for r in f.filter(pl.col("share_5y") < pl.col("share_1y"))["commodity", "end_use"].rows()
            ],
        ),
    ),
)

USES_VALUE = Table(
    name="uses_value",
    about="How the loss from a tonne unserved is worked out for a commodity.",
    key=("commodity", "method"),
    fields=(
        Field("commodity", "commodity", refers="commodities.id"),
        Field(
            "method",
            "published-effect divides a published loss by tonnes; demand-area integrates demand",
            one_of=("published-effect", "demand-area"),
        ),
        Field("low", "value of a tonne unserved, low", "number", "USD/t", required=False, low=0.0),
        Field(
            "best",
            "value of a tonne unserved; null where it is integrated",
            "number",
            "USD/t",
            required=False,
            low=0.0,
        ),
        Field("high", "value of a tonne unserved, high", "number", "USD/t", required=False, low=0.0),
        Field("effect_usd", "published loss", "number", "USD", required=False, low=0.0),
        Field("tonnes", "tonnes the loss is divided by", "number", "t", required=False, low=0.0),
        Field("year", "year", "integer", required=False, low=2015, high=2030),
        Field("rule", "rule of the model"),
        Field("preferred", "whether results use it", "flag"),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(
        Origin(
            "U.S. Geological Survey",
            "Open-File Report 2024-1057",
            "https://pubs.usgs.gov/publication/ofr20241057",
            "2024",
            "public domain",
        ),
        OWN,
    ),
    cautions=(
        "A published effect covers the United States and one disruption; it is carried over per tonne.",
        "demand-area rows hold no number: the area under the demand curve from its elasticity to the choke.",
        "Where neither is known the value is unknown; it is never a flat multiple of price.",
    ),
    checks=(ordered(""),),
)

TABLES = (
    END_USES,
    ELASTICITIES,
    PRIORS,
    STOCKS,
    RECYCLING,
    COSTS,
    SUBSTITUTION,
    USES_VALUE,
)
