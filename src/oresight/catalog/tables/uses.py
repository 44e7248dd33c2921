"""What goes into an aircraft, a car, a turbine or a battery, with conflicting figures side by side."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.events import LEDGER_DATE
from oresight.catalog.tables.sources import CONFIDENCE


def one_preferred(frame: pl.DataFrame) -> list[str]:
    """Conflicts without exactly one row that a result uses."""
    conflicts = frame.drop_nulls("conflict").group_by("conflict").agg(pl.col("preferred").sum())
    wrong = conflicts.filter(pl.col("preferred") != 1)
    return [f"{name}: {count} preferred rows" for name, count in wrong.iter_rows()]


PLATFORM_USES = Table(
    name="platform_uses",
    about="How much of a material one unit of a platform or product holds, or that it cannot do without it.",
    key=("id",),
    fields=(
        Field("id", "platform and material"),
        Field(
            "domain",
            "field of use",
            one_of=("defence", "semiconductors", "electric cars", "wind", "batteries"),
        ),
        Field("platform", "platform or product"),
        Field("material", "material as published"),
        Field("commodity", "commodity of the catalogue", required=False, refers="commodities.id"),
        Field(
            "kind",
            "mass per unit, dependency without figure, loss to an economy, yearly demand, or a count",
            one_of=("mass", "dependency", "economy", "demand", "count"),
        ),
        Field("per", "unit of the platform"),
        Field("value_published", "figure as published", "number", "unit as published", required=False, low=0),
        Field("unit_published", "its unit", required=False),
        Field("value_low", "low end as published", "number", "unit as published", required=False, low=0),
        Field("value_high", "high end as published", "number", "unit as published", required=False, low=0),
        Field("kg_low", "low mass per unit", "number", "kg", required=False, low=0),
        Field("kg_best", "mass per unit", "number", "kg", required=False, low=0),
        Field("kg_high", "high mass per unit", "number", "kg", required=False, low=0),
        Field(
            "content",
            "share of the commodity in the material; null where the material is the commodity",
            "number",
            "1",
            required=False,
            low=0,
            high=1,
        ),
        Field("conflict", "name shared by rows that contradict each other", required=False),
        Field("preferred", "whether a result uses the row", "flag"),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage=LEDGER_DATE,
    origins=(
        Origin(
            "CRS and CSIS through press, Manifold Industries, USGS, Busch et al.",
            "material intensity, row by row",
            "https://pubs.usgs.gov/publication/ofr20241057",
            LEDGER_DATE,
            "facts cited row by row",
        ),
    ),
    cautions=(
        "Figures of warships and jets are rounded, second-hand and contradict each other.",
        "A magnet is about 0.30 rare earths by mass: an assumption.",
    ),
    checks=(Check("conflicts", "one row of each conflict is used", one_preferred),),
)

TABLES = (PLATFORM_USES,)
