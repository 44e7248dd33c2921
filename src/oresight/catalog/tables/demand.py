"""Demand: what the world and its countries use, what is expected, and how use is split where no trade shows it."""

import polars as pl

from oresight.catalog.declare import Check, Field, Table
from oresight.catalog.tables.chains import IEA, OWN, STAGES, USGS, provenance

SCENARIOS = ("CPS", "STEPS", "APS", "HDS", "NZE", "base")
"""Scenarios of the outlooks: current and stated policies, announced pledges, high demand, net zero; base is supply."""

KEY_TOLERANCE = 1e-6
"""How far the demand keys of a commodity and stage may be from 1."""


def keys_sum(frame: pl.DataFrame) -> list[str]:
    """Commodities and stages whose demand keys do not sum to 1."""
    sums = frame.group_by("commodity", "stage").agg(pl.col("share").sum()).sort("commodity", "stage")
    off = sums.filter((pl.col("share") - 1).abs() > KEY_TOLERANCE)
    return [f"{r['commodity']} {r['stage']} sums to {r['share']:.6f}" for r in off.iter_rows(named=True)]


def one_total(frame: pl.DataFrame) -> list[str]:
    """Preferred totals given twice for a place and year."""
    key = ["commodity", "stage", "region", "year"]
    totals = frame.filter(pl.col("preferred") & (pl.col("scope") == "total"))
    return [
        f"{row} has two preferred totals"
        for row in totals.filter(totals.select(key).is_duplicated())[key].rows()
    ]


DEMAND = Table(
    name="demand",
    about="What the world or a country used of a commodity in a year, in all or for one use.",
    key=("commodity", "stage", "use", "region", "year", "source_id", "measure"),
    fields=(
        Field("commodity", "commodity", refers="commodities.id"),
        Field("stage", "stage whose product is counted", one_of=STAGES),
        Field("use", "use; total for all uses"),
        Field("region", "country, EU27, OTH or WLD", refers="countries.iso3"),
        Field("year", "calendar year", "integer", low=2000, high=2030),
        Field("scenario", "always actual; outlooks are in demand_outlook", one_of=("actual",)),
        Field(
            "scope",
            "all uses, one of them, a sum of some, or clean energy alone of an unknown total",
            one_of=("total", "use", "subtotal", "clean-energy-only"),
        ),
        Field(
            "measure",
            "what the publisher counts",
            one_of=("demand", "apparent", "apparent-with-scrap", "reported", "estimated", "derived"),
        ),
        Field("value", "quantity", "number", "t", low=0.0),
        Field("preferred", "whether results use it", "flag"),
        *provenance(),
    ),
    vintage="2026-11",
    origins=(IEA, USGS, OWN),
    cautions=(
        "The IEA counts secondary supply within demand, and magnet rare earths as Nd, Pr, Dy and Tb together; "
        "Dy with Tb is parted here by an assumed 3.5 %.",
        "Rows of clean energy alone are no total and are never divided by production.",
        "Of countries only the United States publishes; others follow from production, trade and demand keys.",
    ),
    checks=(Check("one total", "one preferred total a place and year", one_total),),
)

IMPORT_RELIANCE = Table(
    name="import_reliance",
    about="Net import reliance of a country as published.",
    key=("commodity", "stage", "country", "year"),
    fields=(
        Field("commodity", "commodity", refers="commodities.id"),
        Field("stage", "stage whose product is counted", one_of=STAGES),
        Field("country", "country", refers="countries.iso3"),
        Field("year", "calendar year", "integer", low=2000, high=2030),
        Field("value", "net imports over consumption", "number", "1", low=0.0, high=1.0),
        Field("bound", "whether the figure is exact or a bound", one_of=("exact", "above", "below")),
        *provenance(),
    ),
    vintage="2026",
    origins=(USGS,),
    cautions=("A figure of 1 says that nothing is produced, not that trade would stop use.",),
)

DEMAND_OUTLOOK = Table(
    name="demand_outlook",
    about="Demand by use, and supply by country, that an outlook expects in a year of a scenario.",
    key=("measure", "commodity", "stage", "use", "country", "year", "scenario", "source_id"),
    fields=(
        Field("measure", "demand or supply", one_of=("demand", "supply")),
        Field("commodity", "commodity", refers="commodities.id"),
        Field("stage", "stage whose product is counted", one_of=STAGES),
        Field("use", "use; total for all uses and for supply"),
        Field("country", "country, OTH or WLD", refers="countries.iso3"),
        Field("year", "calendar year", "integer", low=2025, high=2050),
        Field("scenario", "scenario of the outlook", one_of=SCENARIOS),
        Field(
            "scope",
            "all uses, one of them, a sum of some, or clean energy alone of an unknown total",
            one_of=("total", "use", "subtotal", "clean-energy-only"),
        ),
        Field("value", "quantity", "number", "t", low=0.0),
        Field("preferred", "whether results use it: the newer edition where it has the scenario", "flag"),
        *provenance(),
    ),
    vintage="2026",
    origins=(IEA,),
    cautions=(
        "Two editions stand side by side; the later one has 2030, 2040 and 2050 only.",
        "Supply is the base case of announced projects, not a forecast under any demand scenario.",
        "Magnet rare earths are parted as in the table demand; graphite in all grades is kept to its battery uses.",
    ),
)

DEMAND_KEYS = Table(
    name="demand_keys",
    about="Share of a country in the world's use of a stage's product where trade does not show it.",
    key=("commodity", "stage", "country"),
    fields=(
        Field("commodity", "commodity", refers="commodities.id"),
        Field("stage", "stage whose product is used", one_of=STAGES),
        Field("country", "country, or OTH for all others", refers="countries.iso3"),
        Field("share", "part of the world's use", "number", "1", low=0.0, high=1.0),
        Field("low", "low end of the share", "number", "1", low=0.0, high=1.0),
        Field("high", "high end of the share", "number", "1", low=0.0, high=1.0),
        Field("year", "year the proxy describes", "integer", low=2015, high=2030),
        Field("method", "how the share was reached, in words"),
        Field("fixed", "whether a published figure fixes the share, not the proxy", "flag"),
        *provenance(),
    ),
    vintage="2024",
    inputs=("trade", "mine_production", "refinery_production", "demand"),
    cautions=(
        "Keys are a proxy for statistics nobody publishes; each carries a band of half to double.",
        "Published consumption of a country replaces its proxy, the others share the rest.",
    ),
    checks=(Check("keys", "keys of a commodity and stage sum to 1", keys_sum),),
)

TABLES = (DEMAND, IMPORT_RELIANCE, DEMAND_OUTLOOK, DEMAND_KEYS)
