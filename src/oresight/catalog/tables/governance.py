"""How stable countries are, and the publishers' errors this catalogue corrects."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.sources import CONFIDENCE


def risk_follows(frame: pl.DataFrame) -> list[str]:
    """Rows whose risk is not (2.5 - estimate) / 5, cut to 0..1."""
    wanted = ((2.5 - pl.col("stability_estimate")) / 5).clip(0, 1)
    off = frame.filter((pl.col("stability_risk") - wanted).abs() > 1e-6)
    half = frame.filter(pl.col("stability_risk").is_null() != pl.col("stability_estimate").is_null())
    return [
        f"{r['country']} {r['year']}: risk does not follow the estimate"
        for r in pl.concat([off, half]).head(8).iter_rows(named=True)
    ]


GOVERNANCE = Table(
    name="governance",
    about="Political stability and absence of violence in a country and year, by the World Bank.",
    key=("country", "year"),
    fields=(
        Field("country", "country", refers="countries.iso3"),
        Field("year", "calendar year", "integer", low=1996, high=2030, compact=pl.Int16),
        Field(
            "stability_estimate",
            "estimate, higher is stabler; null where none",
            "number",
            "1",
            required=False,
            low=-4,
            high=3,
        ),
        Field(
            "stability_risk",
            "(2.5 - estimate) / 5, 1 is worst; null where no estimate",
            "number",
            "1",
            required=False,
            low=0,
            high=1,
        ),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
    ),
    vintage="1996-2024",
    origins=(
        Origin(
            "World Bank",
            "Worldwide Governance Indicators, political stability",
            "https://www.worldbank.org/en/publication/worldwide-governance-indicators",
            "1996-2024",
            "CC BY 4.0",
        ),
    ),
    cautions=(
        "The Bank publishes no estimates for 1997, 1999 and 2001.",
        "A missing estimate is unknown, never a risk of zero.",
    ),
    checks=(Check("risk", "risk follows the estimate", risk_follows),),
)

CORRECTIONS = Table(
    name="corrections",
    about="A declared correction of a publisher's error or absence: where, what was, what stands, why.",
    key=("table", "where", "field"),
    fields=(
        Field("table", "table the correction is of"),
        Field("where", "rows it touches, as a condition in SQL over that table"),
        Field("field", "field it touches"),
        Field("was", "what the publisher gives"),
        Field("now", "what a result uses: a value, excluded, unknown, or screened"),
        Field("why", "reason, one sentence"),
        Field(
            "expect",
            "condition in SQL that holds while the correction is still needed, over the rows touched",
        ),
        Field(
            "applied",
            "where it takes effect: carried, results, or network",
            one_of=("carried", "results", "network"),
        ),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
    ),
    vintage="2026-11",
    origins=(Origin("oresight", "corrections found while compiling", "", "2026-11", "Apache-2.0"),),
    cautions=(
        "A correction whose expectation no longer holds is reported by the tests, not applied in silence.",
    ),
)

TABLES = (GOVERNANCE, CORRECTIONS)
