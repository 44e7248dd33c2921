"""Episodes of the catalogue as rows of a back-test file."""

from typing import Any

import polars as pl

from oresight.catalog import store
from oresight.studies.backtest.episodes import EpisodeRow, MeasureRow, PriceRow, ProductRow


def catalogue_episodes() -> tuple[EpisodeRow, ...]:
    """The episodes of the catalogue, in the same form as a user's."""
    products, measures, points = (
        store.read(name) for name in ("episode_products", "episode_measures", "episode_points")
    )
    found = []
    for row in store.read("episodes").sort("announced").iter_rows(named=True):
        mine = pl.col("episode") == row["id"]
        found.append(
            EpisodeRow(
                id=row["id"],
                title=row["title"],
                actor=row["actor"],
                announced=row["announced"],
                months=row["months"],
                stage=row["stage"],
                null_case=row["null_case"],
                source=row["source_id"],
                product=[_product(r) for r in products.filter(mine).iter_rows(named=True)],
                measure=[_measure(r) for r in measures.filter(mine).iter_rows(named=True)],
                price=[_price(r) for r in points.filter(mine).iter_rows(named=True)],
            )
        )
    return tuple(found)


def _product(row: dict[str, Any]) -> ProductRow:
    return ProductRow(
        name=row["product"],
        commodity=row["commodity"],
        price=row["price_reference"],
        exports=row["export_t"],
        inside_use=row["inside_use_t"],
        outside_share=(row["outside_share_low"], row["outside_share_best"], row["outside_share_high"]),
        basket=row["basket"],
        feed_share=row["feed_share"],
        by_product=row["by_product"],
        source=row["source_id"],
    )


def _measure(row: dict[str, Any]) -> MeasureRow:
    bounds = row["throughput_low"], row["throughput_high"]
    return MeasureRow(
        name=row["id"],
        kind=row["kind"],
        announced=row["announced"],
        effective=row["effective"],
        ends=row["ends"],
        target=row["target"],
        products=_mix(row["products"]) if row["products"] else None,
        cap=row["cap_t"],
        throughput=bounds if bounds[0] is not None else None,
        renews=row["renews"],
        capacity=row["capacity_t"],
        ramp_months=row["ramp_months"] if row["ramp_months"] is not None else 24.0,
        source=row["source_id"],
    )


def _price(row: dict[str, Any]) -> PriceRow:
    return PriceRow(
        label=row["label"],
        product=_mix(row["product"]) if "=" in row["product"] else row["product"],
        kind=row["kind"],
        start=row["start"],
        end=row["end"],
        multiple=row["multiple"],
        base_start=row["base_start"],
        base_end=row["base_end"],
        verified=row["confidence"] != "unverified",
        source=row["source_id"],
    )


def _mix(text: str) -> dict[str, float]:
    """Shares written as a=0.2;b=0.8.

    >>> _mix("a=0.2;b=0.8")
    {'a': 0.2, 'b': 0.8}
    """
    return {name: float(share or 1.0) for name, _, share in (part.partition("=") for part in text.split(";"))}
