"""Parameters of the market and its months: end uses, elasticities, priors, stocks."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.chains import IEA, OWN, STAGES, USGS, ordered, provenance

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
    """Complete sets of uses whose shares do not sum to 1, and commodities with two preferred sets."""
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
    """Preferred elasticities smaller in the long run than in the short; months §1 needs the reverse."""
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
        "A use marked defence is mostly civilian; the prior defence-part-of-use says how much is not.",
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

TABLES = (END_USES, ELASTICITIES, PRIORS, STOCKS)
