"""What new supply does to prices once everyone has adapted: the market cleared at its long-run curves (plan §7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.core.coalition import Coalition
from oresight.market.clearing import solve_batch
from oresight.market.months_measures import Measure, restrictions
from oresight.market.records import Market
from oresight.market.structure import Prepared, parameters_of
from oresight.studies.books import TRADE_LAST
from oresight.studies.markets import elasticity, is_by_product, market, prior
from oresight.studies.stress.play import SEEN_IN_STRESS, baseline_year, draws_of

Floats = NDArray[np.float64]
FULL = 600
"""A month late enough for every plant to run in full."""
TRACE = 1e-3
"""Part of all purchases below which members count as no buyers of a stage [1]."""


@dataclass(frozen=True)
class Prices:
    """Prices by stage as multiples of today's (year,) [1]: what members pay, or sellers among them get."""

    paid: Mapping[str, Floats]

    def of(self, stage: str, years: int) -> Floats:
        """Of a stage over so many years, the last one held on; 1 throughout where the stage is not traded."""
        known = self.paid.get(stage)
        if known is None or not known.size:
            return np.ones(years)
        return known[np.minimum(np.arange(years), known.size - 1)]


def home_market(commodity: str, players: Coalition, seller: Coalition) -> Market:
    """The calibrated market of one commodity in which members and the supplier stay themselves."""
    year = baseline_year(commodity, TRADE_LAST)
    return market([commodity], keep=(*players.members, *seller.members), year=year, seen=SEEN_IN_STRESS)


def long_run(
    commodity: str, kept: Market, inside: set[str], added: Sequence[Sequence[Measure]]
) -> dict[str, Floats]:
    """Prices members pay by stage when so much is added each year, over the market's own [1]          plan §7

    Where members buy next to nothing of a stage, the price all buyers pay.

    Demand and mine supply move by their long-run elasticities, plants of later stages by the elasticity of
    transformation; nobody holds back and nothing is cut off.

    Args:
        commodity: Id. kept: Its market.
        inside: Countries of the coalition.
        added: New plants by year, in tonnes of the market's own year.

    Raises:
        NoEquilibrium: A year does not clear; names the market.
    """
    fed = np.diff(kept.input_start) > 0
    supply = elasticity(commodity, "supply", "long")[1]
    if is_by_product(commodity):
        supply *= prior("by-product-elasticity-factor")[1]
    draws = draws_of(commodity, 1, 0)
    level = np.stack(
        [kept.activity_level + restrictions(kept, tuple(m)).projects(FULL, draws)[0] for m in added]
    )
    base = parameters_of(kept)
    numbers = {name: getattr(base, name) for name in base.__dataclass_fields__}
    numbers["activity_level"] = level
    numbers["activity_elasticity"] = np.where(fed, prior("transform-elasticity")[1], supply)[None]
    numbers["demand_elasticity"] = np.full_like(
        base.demand_elasticity, elasticity(commodity, "demand", "long")[1]
    )
    found = solve_batch(Prepared(kept), type(base)(**numbers), chained=True)
    member = np.array([kept.countries[c] in inside for c in kept.pool_country])
    prices = {}
    for at, product in enumerate(kept.products):
        here = kept.pool_product == at
        for pools in (np.flatnonzero(here & member), np.flatnonzero(here)):
            bought = np.nan_to_num(found.pool_bought[:, pools])
            total = bought.sum(axis=1)
            if (total > TRACE * np.nan_to_num(found.pool_bought[:, here]).sum(axis=1)).all():
                price = np.nan_to_num(np.exp(found.pool_price[:, pools]))
                prices[product.stage] = (price * bought).sum(axis=1) / total
                break
    return prices
