"""Mines and plants announced, paid for, built and running, with what each would make of which commodity."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.events import LEDGER_DATE
from oresight.catalog.tables.sources import CONFIDENCE

STATUSES = ("announced", "feasibility", "construction", "operating", "suspended", "cancelled")
PROJECT_STAGES = ("mine", "refine", "component", "recycling")
FEEDS = ("own mine", "by-product", "contracted", "partial", "unknown")
"""Where the ore of a plant comes from: own mine, the host plant, a contract, only some of it."""

CAPACITY_FIELDS = ("nameplate", "funded", "commissioned", "actual")


def ladder_falls(frame: pl.DataFrame) -> list[str]:
    """Rows with more capacity paid for than announced, or more running than paid for."""
    found = []
    for row in frame.iter_rows(named=True):
        name = row.get("id") or f"{row['project']} {row['commodity']}"
        for more, less in (("nameplate", "funded"), ("funded", "commissioned")):
            if row[more] is not None and row[less] is not None and row[less] > row[more]:
                found.append(f"{name}: {less} {row[less]:g} exceeds {more} {row[more]:g}")
    return found


CAPACITIES = (
    Field(
        "nameplate",
        "capacity the owner announces, all phases",
        "number",
        "unit of the row",
        required=False,
        low=0,
    ),
    Field(
        "funded",
        "part of it that is built or being built; 0 before construction",
        "number",
        "unit of the row",
        required=False,
        low=0,
    ),
    Field(
        "commissioned",
        "part of it that can run; 0 while under construction",
        "number",
        "unit of the row",
        required=False,
        low=0,
    ),
    Field(
        "actual",
        "output of a year, where one was published",
        "number",
        "unit of the row",
        required=False,
        low=0,
    ),
    Field(
        "actual_year",
        "year of that output; a business year by the year it ends in",
        "integer",
        required=False,
        low=2015,
        high=2030,
    ),
)

PROJECTS = Table(
    name="projects",
    about="A mine, plant or recycling line outside or inside the coalition, and how far it has come.",
    key=("id",),
    fields=(
        Field("id", "kebab-case name"),
        Field("name", "name as the owner uses it"),
        Field("company", "owner or sponsor", required=False),
        Field("country", "where it stands", refers="countries.iso3"),
        Field("commodity", "main commodity", refers="commodities.id"),
        Field("other_commodities", "further commodities, by semicolons", required=False),
        Field("stage", "stage of the chain of its main product", one_of=PROJECT_STAGES),
        Field("step", "steps it covers, in the industry's words"),
        Field("product", "what it sells", required=False),
        Field(
            "published_t",
            "headline figure as published, whatever it counts",
            "number",
            "t/yr",
            required=False,
            low=0,
        ),
        Field("unit", "unit of the four capacities", required=False),
        *CAPACITIES,
        Field(
            "start_year",
            "first year of output, reached or planned",
            "integer",
            required=False,
            low=1900,
            high=2045,
        ),
        Field("status", "how far it has come", one_of=STATUSES),
        Field("feed", "whether it has ore or concentrate", one_of=FEEDS),
        Field("feed_from", "where the feed comes from or what is missing", required=False),
        Field(
            "feed_need_t",
            "feed needed at full output, as the owner counts it",
            "number",
            "t/yr",
            required=False,
            low=0,
        ),
        Field("capex_usd", "capital cost", "number", "USD", required=False, low=0),
        Field(
            "opex_usd_per_t",
            "operating cost per tonne of product or feed, see note",
            "number",
            "USD/t",
            required=False,
            low=0,
        ),
        Field("public_funding", "public money named with it", required=False),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage=LEDGER_DATE,
    origins=(
        Origin(
            "companies, NRCan, Busch et al. and press",
            "filings and inventories, row by row",
            "https://github.com/pmbusch/Critical-Minerals-EV",
            LEDGER_DATE,
            "facts cited row by row",
        ),
    ),
    cautions=(
        "Half of the rows have no capacity: unknown, not zero.",
        "Funded means that construction has begun or ended; money promised but not closed does not count.",
        "Lithium deposits of Busch et al. have the status of about 2023 and rates planned for 2030.",
    ),
    checks=(
        Check("ladder", "no more is paid for than announced, no more runs than is paid for", ladder_falls),
    ),
)

PROJECT_OUTPUTS = Table(
    name="project_outputs",
    about="What a project makes, or would make, of one commodity at one stage.",
    key=("project", "commodity", "stage"),
    fields=(
        Field("project", "the project", refers="projects.id"),
        Field("commodity", "commodity of the catalogue", refers="commodities.id"),
        Field("stage", "stage of the chain", one_of=PROJECT_STAGES),
        Field("unit", "unit of the four capacities"),
        Field(
            "content",
            "tonnes in the commodity's own basis per unit; null where not known",
            "number",
            "t/t",
            required=False,
            low=0,
            high=1,
        ),
        Field(
            "content_quality",
            "how the content is known",
            one_of=("direct", "stoichiometric", "assumption", "unknown"),
        ),
        *CAPACITIES,
    ),
    vintage=LEDGER_DATE,
    inputs=("projects",),
    cautions=(
        "A magnet is counted as 0.30 t of rare earths, the stage table's rounded figure: an assumption.",
        "Dysprosium with terbium stands for both oxides together.",
    ),
    checks=(
        Check("ladder", "no more is paid for than announced, no more runs than is paid for", ladder_falls),
    ),
)

TABLES = (PROJECTS, PROJECT_OUTPUTS)
