"""Levers of the plan: what recycling returns, what plants cost, what can substitute, what a loss is worth."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.chains import OWN, STAGES, USGS, ordered, provenance
from oresight.catalog.tables.parameters import GLOMBO

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

TABLES = (RECYCLING, COSTS, SUBSTITUTION, USES_VALUE)
