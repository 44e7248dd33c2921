"""Recycling as a lever: what products now in use give back, beyond what already comes back (plan §1)."""

from dataclasses import dataclass
from math import gamma

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oresight.catalog.overlay import laid_over
from oresight.plan.recycling import Lifetime, history, inflow_driven, secondary_supply
from oresight.studies.books import production_rows
from oresight.studies.markets import prior

Floats = NDArray[np.float64]
MEMORY = 80
"""Years of use before today that are reconstructed, so that the oldest cohorts are gone."""


@dataclass(frozen=True)
class Scrap:
    """What recycling could add for one commodity.

    Args:
        commodity: Id.
        end_of_life: Leaving use in the coalition (year,) [t/yr].
        more: Recoverable beyond what is recovered now (year,) [t/yr].
        lifetime, collection, recovery, present: Mean life [yr], shares [1] used.
        sources: Ids.
    """

    commodity: str
    end_of_life: Floats
    more: Floats
    lifetime: float
    collection: float
    recovery: float
    present: float
    sources: tuple[str, ...]


def figure(commodity: str, metric: str) -> tuple[float, tuple[str, ...]] | None:
    """Mean of the preferred rows of a recycling figure, and their sources; None where there is none."""
    rows = laid_over("recycling").filter(
        (pl.col("commodity") == commodity)
        & (pl.col("metric") == metric)
        & pl.col("preferred")
        & pl.col("value").is_not_null()
    )
    if not rows.height:
        return None
    return float(np.mean(rows["value"].to_numpy())), tuple(sorted(set(rows["source_id"].to_list())))


def past_growth(commodity: str) -> float:
    """Yearly growth of world output over the years on record, held within 0 and 10 % [1]."""
    rows = production_rows().filter(pl.col("commodity") == commodity)
    if not rows.height:
        return prior("demand-growth", commodity)[1]
    stage = rows.group_by("stage").agg(pl.col("year").n_unique()).sort("year", "stage")["stage"][-1]
    made = rows.filter(pl.col("stage") == stage).group_by("year").agg(pl.col("value").sum()).sort("year")
    if made.height < 5 or made["value"][0] <= 0 or made["value"][-1] <= 0:
        return prior("demand-growth", commodity)[1]
    span = float(made["year"][-1] - made["year"][0])
    rate = (float(made["value"][-1]) / float(made["value"][0])) ** (1.0 / span) - 1.0
    return float(np.clip(rate, 0.0, 0.10))


def scrap(commodity: str, use: Floats) -> Scrap | None:
    """Scrap of a commodity, from use put into products by year; None where a figure is missing     plan §1

    Use before the first year shrinks backwards at the growth of world output; one Weibull life for all uses.

    Args:
        commodity: Id.
        use: Put into products in the coalition, first year today (year,) [t/yr].
    """
    life, collected, present = (
        figure(commodity, m) for m in ("lifetime-mean", "collection", "end-of-life-rate")
    )
    if life is None or collected is None or present is None or use[0] <= 0:
        return None
    recovered = figure(commodity, "process-recovery")
    recovery = recovered[0] if recovered is not None else 1.0
    shape = prior("weibull-shape")[1]
    lifetime = Lifetime(np.array([life[0] / gamma(1.0 + 1.0 / shape)]), np.array([shape]))
    inflow = history(use[:, None], np.array([past_growth(commodity)]), MEMORY)
    flows = inflow_driven(inflow, lifetime)
    found = secondary_supply(flows, np.array([collected[0]]), np.array([recovery]))
    leaving = found.end_of_life[MEMORY:, 0]
    more = np.maximum(found.secondary[MEMORY:, 0] - present[0] * leaving, 0.0)
    sources = (*life[1], *collected[1], *present[1], *(recovered[1] if recovered else ()))
    return Scrap(
        commodity, leaving, more, life[0], collected[0], recovery, present[0], tuple(sorted(set(sources)))
    )
