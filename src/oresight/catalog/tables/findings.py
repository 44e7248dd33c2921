"""Figures that other studies have published, to set the project's own beside them."""

from oresight.catalog.declare import Field, Origin, Table
from oresight.catalog.tables.chains import provenance

FINDINGS = Table(
    name="published_findings",
    about="A figure of another study's result or setting, beside which an experiment of ours is shown.",
    key=("id",),
    fields=(
        Field("id", "study and measure"),
        Field("study", "short name of the study"),
        Field(
            "measure",
            "what is told",
            one_of=(
                "start",
                "target",
                "year",
                "capital-subsidy-alone",
                "capital-subsidy-coordinated",
                "floor-against-subsidy",
                "fiscal-cost",
            ),
        ),
        Field("country", "country it is told for", refers="countries.iso3"),
        Field("value", "figure; null where only words are published", "number", required=False),
        Field("unit", "unit of value", one_of=("1", "year", "USD", "in words")),
        Field("about", "what the figure says"),
        *provenance(),
    ),
    vintage="2026",
    origins=(
        Origin(
            "International Monetary Fund",
            "Working Paper 2026/072, abstract",
            "https://ideas.repec.org/p/imf/imfwpa/2026-072.html",
            "2026",
            "facts cited",
        ),
    ),
    cautions=("Taken from abstracts: how a figure was come by is in the study itself.",),
)

TABLES = (FINDINGS,)
