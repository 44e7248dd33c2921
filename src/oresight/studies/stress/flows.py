"""What each link carries month by month in a played scenario, and the rent on it (market §1, §7).

A path of the months keeps prices, use and rents; the tonnes on every link follow from them: shares
`s_l = W_l (e^(x + y) / P)^-theta` of what the pool buys. So nothing but prices has to be kept for thousands of
draws, and the flows still balance: what a maker's links carry is what it makes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from oresight.core.coalition import Coalition
from oresight.market.months import Path
from oresight.market.months_measures import Restrictions
from oresight.market.records import Market, sum_at
from oresight.market.structure import BAN_SHARE

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LinkMonth:
    """Links in one month.

    Args:
        month: Which.
        flow: Tonnes carried, at a yearly rate (link, draw) [t/yr].
        rent: Log rent between seller and buyer, all restrictions on the link together (link, draw) [log].
    """

    month: int
    flow: Floats
    rent: Floats


Route = tuple[str, str, str]
"""Stage, supplier country, and whether the buyers are `members` or `outside`."""
FLOW_MONTHS = 12
"""Months from the start of the first cut over which flows are averaged."""


class RouteMeter:
    """Adds up what goes from each country to the coalition and to everyone else in the first year of a cut.

    Args:
        kept: The market.
        players: The coalition.
        first: Month in which the first restriction takes effect.
    """

    def __init__(self, kept: Market, players: Coalition, first: int) -> None:
        self._first = first
        inside = np.array([players.player_of(c) is not None for c in kept.countries])
        product = kept.node_product[kept.link_node]
        to_members = inside[kept.pool_country[kept.link_pool]].astype(np.int64)
        key = (product * len(kept.countries) + kept.node_country[kept.link_node]) * 2 + to_members
        found, self._route = np.unique(key, return_inverse=True)
        self.routes: tuple[Route, ...] = tuple(
            (
                kept.products[int(k) // 2 // len(kept.countries)].stage,
                kept.countries[int(k) // 2 % len(kept.countries)],
                "members" if k % 2 else "outside",
            )
            for k in found
        )
        tonnes = kept.link_baseline / kept.unit_value[product]
        self.before: Floats = sum_at(self._route.astype(np.int64), tonnes, found.size)
        self._sum = csr_array(
            (np.ones(key.size), (self._route, np.arange(key.size))), shape=(found.size, key.size)
        )
        self._total: Floats | None = None
        self._months = 0

    def add(self, each: LinkMonth) -> None:
        """Take a month in, where it is among the first twelve of the cut."""
        if not self._first <= each.month < self._first + FLOW_MONTHS:
            return
        flow = self._sum @ each.flow
        self._total = flow if self._total is None else self._total + flow
        self._months += 1

    def during(self, draws: int) -> Floats:
        """Mean of those months (route, draw) [t/yr]; as before where the horizon ends before the cut."""
        if self._total is None:
            return np.repeat(self.before[:, None], draws, axis=1)
        return np.asarray(self._total / self._months)


def link_months(path: Path, limits: Restrictions, draws: Mapping[str, Floats]) -> Iterator[LinkMonth]:
    """Every month's link flows and rents, one month at a time.                       market §1, §2

    `s_l = W_l e^(-theta (x_l + y_l - ln P))`, `flow = s (final use + stock change + feed eaten)`. A restriction that
    lets less than 1e-4 of its baseline through is a ban: its links carry nothing (market §7).

    Args:
        path: As simulated. limits: The measures, sorted to the market's links.
        draws: Parameters (draw) by name.
    """
    kept = limits.market
    eater = np.repeat(np.arange(kept.activity_level.size), np.diff(kept.input_start))
    maker = kept.output_node[kept.output_start[:-1]]
    worth = kept.unit_value
    fed_per_t = (
        kept.input_share * worth[kept.node_product[maker[eater]]] / worth[kept.pool_product[kept.input_pool]]
    )
    with np.errstate(divide="ignore"):
        weight = np.log(kept.link_weight)[:, None]
    for month in range(path.price.shape[0]):
        allowed, leak = limits.allowed_and_leak(month, dict(draws))
        rent = np.zeros((kept.link_node.size, allowed.shape[0]))
        closed = np.zeros(rent.shape, dtype=bool)
        for at, group in enumerate(limits.groups):
            rent[group.links] += path.rent[month, at]
            closed[group.links] |= (allowed[:, at] + leak[:, at] < BAN_SHARE) & (allowed[:, at] < 1.0)
        share = np.log(path.node_price[month])[kept.link_node]
        share += rent
        share -= np.log(path.price[month])[kept.link_pool]
        share *= -draws["theta"]
        share += weight
        np.exp(share, out=share)
        share[closed] = 0.0
        np.nan_to_num(share, copy=False, nan=0.0, posinf=0.0)
        bought = np.nan_to_num(path.consumed[month]) + 12.0 * path.stock_change[month]
        for at, release in enumerate(limits.releases):
            part = path.consumed[month][release.pools]
            bought[release.pools] -= (
                12.0 * path.public_release[month, at] * part / np.maximum(part.sum(axis=0), 1e-300)
            )
        made = np.nan_to_num(path.production[month])
        np.add.at(bought, kept.input_pool, fed_per_t[:, None] * made[maker[eater]])
        share *= bought[kept.link_pool]
        yield LinkMonth(month, share, rent)
