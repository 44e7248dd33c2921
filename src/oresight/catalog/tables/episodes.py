"""Past export restrictions the model is tested against: baseline, announced measures, observed prices."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.sources import CONFIDENCE

MEASURES = ("quota", "licence", "ban", "escalation", "notice", "project", "release")
"""What a measure does; `notice` only renews the threat, `project` adds capacity, `release` sells a stock."""

POINT_KINDS = ("outside", "inside", "ask", "deal")
"""Quotation outside, quotation inside the restricting country, asking price outside, deal (unit value)."""

COMPILED = Origin(
    "oresight", "episodes compiled from the catalogue's prices and events", "", "2026-11", "Apache-2.0"
)


def _bounds(frame: pl.DataFrame) -> list[str]:
    """Shares out of order."""
    wrong = frame.filter(
        (pl.col("outside_share_low") > pl.col("outside_share_best"))
        | (pl.col("outside_share_best") > pl.col("outside_share_high"))
    )
    return [f"{row['episode']} {row['product']}: shares out of order" for row in wrong.iter_rows(named=True)]


def _dates(frame: pl.DataFrame) -> list[str]:
    """Measures that end before they take effect."""
    wrong = frame.filter(pl.col("ends") < pl.col("effective"))
    return [
        f"{row['episode']} {row['id']} ends before it takes effect" for row in wrong.iter_rows(named=True)
    ]


def _caps(frame: pl.DataFrame) -> list[str]:
    """Quotas without a cap, projects and releases without an amount."""
    wrong = frame.filter(
        ((pl.col("kind") == "quota") & pl.col("cap_t").is_null())
        | (pl.col("kind").is_in(["project", "release"]) & pl.col("capacity_t").is_null())
    )
    return [
        f"{row['episode']} {row['id']}: {row['kind']} without its tonnes"
        for row in wrong.iter_rows(named=True)
    ]


def _traced(frame: pl.DataFrame) -> list[str]:
    """Points called verified that do not name both price rows."""
    wrong = frame.filter(
        (pl.col("confidence") != "unverified")
        & (pl.col("price_rows").is_null() | pl.col("base_rows").is_null())
    )
    return [
        f"{row['episode']} {row['label']}: not traced, yet not unverified"
        for row in wrong.iter_rows(named=True)
    ]


EPISODES = Table(
    name="episodes",
    about="A past export restriction, with the month it was announced and how long it is followed.",
    key=("id",),
    fields=(
        Field("id", "kebab-case name with the year it began"),
        Field("title", "what happened, in a reader's words"),
        Field("actor", "country that restricts", refers="countries.iso3"),
        Field("stage", "stage that is restricted", one_of=("mine", "refine", "component")),
        Field("announced", "day of the first announcement: month 0", "date"),
        Field("months", "months followed", "integer", "months", low=1, high=120),
        Field(
            "null_case",
            "whether prices hardly answered, so that a model that cries wolf is found out",
            "flag",
        ),
        Field("base_period", "what the multiples are multiples of"),
        Field("event_id", "event of the policy ledger", required=False),
        Field("source_id", "source of the base price", refers="sources.id"),
        Field("confidence", "how far the baseline can be trusted", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage="2026-11",
    origins=(COMPILED,),
    cautions=(
        "Model inputs are of before the announcement; observed prices are only compared, never fitted.",
    ),
)

EPISODE_PRODUCTS = Table(
    name="episode_products",
    about="What a product looked like before the episode: flows, shares and base price.",
    key=("episode", "product"),
    fields=(
        Field("episode", "the episode", refers="episodes.id"),
        Field("product", "element or metal"),
        Field("commodity", "the catalogue's commodity"),
        Field("price_reference", "price at baseline outside", "number", "USD/t", low=0),
        Field(
            "export_t", "exports of the actor before the episode, mean of the years", "number", "t/yr", low=0
        ),
        Field("inside_use_t", "use inside the actor before the episode", "number", "t/yr", low=0),
        Field(
            "outside_share_low",
            "least share of the actor in what the outside uses",
            "number",
            "1",
            low=0,
            high=1,
        ),
        Field(
            "outside_share_best",
            "likely share of the actor in what the outside uses",
            "number",
            "1",
            low=0,
            high=1,
        ),
        Field(
            "outside_share_high",
            "greatest share of the actor in what the outside uses",
            "number",
            "1",
            low=0,
            high=1,
        ),
        Field("basket", "name of the basket that shares one tonnage quota", required=False),
        Field(
            "feed_share",
            "cost share of the restricted ore in the metal whose price is observed",
            "number",
            "1",
            required=False,
            low=0,
            high=1,
        ),
        Field("by_product", "whether it is a by-product whose host is not modelled (market §4)", "flag"),
        Field("years", "years the quantities are means of"),
        Field("source_id", "where the quantities were read", refers="sources.id"),
        Field("confidence", "how far the row can be trusted", one_of=CONFIDENCE),
        Field("note", "which figures are read and which assumed", required=False),
    ),
    vintage="2026-11",
    origins=(COMPILED,),
    cautions=("Inside use and the share outside are mostly assumed, with a range that is sampled.",),
    checks=(Check("shares", "low <= best <= high", _bounds),),
)

EPISODE_MEASURES = Table(
    name="episode_measures",
    about="A measure as it was announced, with its dates; never what was exported afterwards.",
    key=("episode", "id"),
    fields=(
        Field("episode", "the episode", refers="episodes.id"),
        Field("id", "name of the measure within the episode"),
        Field("kind", "what it does", one_of=MEASURES),
        Field(
            "products",
            "products it touches, by semicolons with =share where it splits; empty for all",
            required=False,
        ),
        Field("announced", "day it was announced", "date"),
        Field("effective", "day it took effect", "date"),
        Field("ends", "day it ended or was suspended", "date", required=False),
        Field("target", "all, the one country aimed at, or where a project stands"),
        Field("cap_t", "announced cap at a yearly rate", "number", "t/yr", required=False, low=0),
        Field(
            "throughput_low",
            "least share of exports a licence lets through; empty for the prior",
            "number",
            "1",
            required=False,
            low=0,
            high=1,
        ),
        Field(
            "throughput_high",
            "greatest share of exports a licence lets through",
            "number",
            "1",
            required=False,
            low=0,
            high=1,
        ),
        Field(
            "capacity_t",
            "announced capacity of a project, or what a release sells in a year",
            "number",
            "t/yr",
            required=False,
            low=0,
        ),
        Field("ramp_months", "months a project takes to reach it", "number", "months", required=False, low=0),
        Field("renews", "whether it was read as a further restriction, renewing the threat", "flag"),
        Field("event_id", "event of the policy ledger", required=False),
        Field("source_id", "where it was read", refers="sources.id"),
        Field("confidence", "how far the row can be trusted", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage="2026-11",
    origins=(COMPILED,),
    cautions=("A quota is a cap, not exports: in 2011-12 only 53-61 % was filled.",),
    checks=(
        Check("dates", "a measure ends after it takes effect", _dates),
        Check("amounts", "quotas, projects and releases state tonnes", _caps),
    ),
)

EPISODE_POINTS = Table(
    name="episode_points",
    about="A price seen during an episode, as a multiple of the base price.",
    key=("episode", "kind", "label"),
    fields=(
        Field("episode", "the episode", refers="episodes.id"),
        Field("product", "product, or products by semicolons with =tonnes where the price is of a mix"),
        Field("kind", "what sort of price", one_of=POINT_KINDS),
        Field("label", "short name"),
        Field("start", "first month of the period", "date"),
        Field("end", "last month of the period", "date"),
        Field("multiple", "observed price over the base price", "number", "1", low=0),
        Field(
            "base_start",
            "first month of a base period that reaches into the episode; empty for before it",
            "date",
            required=False,
        ),
        Field("base_end", "last month of that base period", "date", required=False),
        Field("price_rows", "ids of the prices averaged, by semicolons", required=False),
        Field("base_rows", "ids of the base prices averaged, by semicolons", required=False),
        Field("source_id", "source of the observed price", refers="sources.id"),
        Field(
            "confidence", "unverified where either price cannot be traced: scored apart", one_of=CONFIDENCE
        ),
        Field("note", "what a reader must know", required=False),
    ),
    vintage="2026-11",
    origins=(COMPILED,),
    inputs=("prices",),
    cautions=(
        "Asking prices, deals and quotations inside and outside are scored apart.",
        "Unverified points rest on notes without a stored page.",
    ),
    checks=(Check("traced", "a verified point names its price rows", _traced),),
)

TABLES = (EPISODES, EPISODE_PRODUCTS, EPISODE_MEASURES, EPISODE_POINTS)
