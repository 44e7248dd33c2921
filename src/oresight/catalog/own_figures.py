"""Own figures: which tables of figures take a user's rows, what a row says by default, which published rows give way.

A published row is never changed or taken away: where a figure of one's own is of the same thing, results use it
instead, and the published one stands beside it as any other source's would.
"""

from collections.abc import Mapping

import polars as pl

from oresight.catalog import store
from oresight.core.errors import DataError, nearest

OWN = "own"
"""Source of a row that its owner did not source, and the name of the flag on rows laid over."""

FIGURES = ("mine_production", "refinery_production", "trade", "stocks")
"""Tables of figures that take own rows."""

OUTPUT = {"vintage": OWN, "qualifier": "reported", "preferred": "yes", "confidence": "medium"}
USUAL: Mapping[str, Mapping[str, str]] = {
    "mine_production": OUTPUT,
    "refinery_production": OUTPUT,
    "stocks": {
        "kind": "held",
        "measure": "quantity",
        "unit": "t",
        "holder": "government",
        "confidence": "medium",
    },
}
"""What a cell says where its owner leaves it empty, by table; of any table, `source_id` is own, trust unverified."""

INSTEAD = {
    "mine_production": ("commodity", "country", "year"),
    "refinery_production": ("commodity", "stage", "country", "year"),
}
"""Fields that say which published row an own preferred one stands for."""


def usual(name: str) -> dict[str, str]:
    """What empty cells of an own row say."""
    return {"source_id": OWN, "confidence": "unverified", **USUAL.get(name, {})}


def giving_way(name: str, over: pl.DataFrame, under: pl.DataFrame) -> pl.DataFrame:
    """Published rows of a table, no longer preferred where an own row is of the same thing."""
    if name not in INSTEAD:
        return under
    fields = list(INSTEAD[name])
    mine = over.filter("preferred").select(fields).unique().with_columns(pl.lit(True).alias("given"))
    joined = under.join(mine, on=fields, how="left", maintain_order="left")
    return joined.with_columns(pl.col("preferred") & pl.col("given").is_null()).drop("given")


GOODS = {
    "mine_production": ("commodity",),
    "refinery_production": ("commodity", "stage"),
    "trade": ("hs92",),
}
"""Fields that say which good a figure is of."""


def known_goods(name: str, frame: pl.DataFrame, place: str) -> None:
    """Refuse own figures of goods that nothing reads.

    Raises:
        DataError: A commodity, its stage or a customs code is none of the table's; the nearest are named.
    """
    fields = list(GOODS.get(name, ()))
    if not fields:
        return
    known = set(store.read(name).select(fields).unique().iter_rows())
    if name == "trade":
        known |= set(store.read("trade_codes").select(fields).unique().iter_rows())
    for number, good in enumerate(frame.select(fields).iter_rows(), start=1):
        if good in known:
            continue
        words = " ".join(str(part) for part in good)
        near = nearest(words, {" ".join(each) for each in known})
        raise DataError(
            f"{place}, {name} row {number}: nothing reads {' and '.join(fields)} {words!r}",
            f"did you mean {', '.join(near)}?" if near else f"see oresight data {name}",
            {"table": name, "row": number, "fields": fields},
        )
