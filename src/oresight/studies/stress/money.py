"""Who pays and who gains in a played scenario: consumers, makers, holders of licences and of stocks.

All amounts are sums over the months of the horizon, in USD of the baseline price's year, against the undisturbed
market. Money a feed costs its maker is money its seller earns, so both are counted at the same, bounded price: above
the choke multiple a maker thrifts or does without, as a final buyer does (market §3), whatever index the market
needs to clear a month in which its product is bid for and the feed hardly is.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from oresight.market.months import Path
from oresight.market.months_measures import Restrictions
from oresight.market.records import BEYOND_CHOKE, Market
from oresight.studies.stress.flows import LinkMonth

Floats = NDArray[np.float64]


def by_group(group_of: NDArray[np.int64], country: NDArray[np.int64], count: int) -> Floats:
    """Matrix (group, item) [1] that adds items up by the group of their country."""
    fold = np.zeros((count, country.size))
    fold[group_of[country], np.arange(country.size)] = 1.0
    return fold


def consumer_costs(path: Path, kept: Market, draws: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Extra bill and surplus lost by buyers over the horizon (pool, draw) [USD].                      impact §2

    Per month: bill `(P - 1) p0 c / 12`; surplus lost is the area left of the demand curve between 1 and P, with
    the month's use c on the curve: `p0 c P^e (P^(1-e) - 1) / (1 - e) / 12` up to the choke, beyond it the steeper curve
    from the choke on. A fall in price is a gain and counts against it.
    """
    worth = kept.price_reference[kept.pool_product][None, :, None]
    z = np.broadcast_to(draws["choke-multiple"], path.price.shape)
    e = np.broadcast_to(draws["demand-elasticity-short"], path.price.shape)
    price = np.where(np.isfinite(path.price), path.price, z)
    consumed = np.nan_to_num(path.consumed)
    bill = ((price - 1.0) * consumed * worth).sum(axis=0) / 12.0
    below = np.minimum(price, z)
    at_z = np.where(price > z, consumed * (price / z) ** BEYOND_CHOKE, consumed)
    area = at_z * below**e * (below ** (1.0 - e) - 1.0) / (1.0 - e)
    tail = BEYOND_CHOKE - 1.0
    area += np.where(price > z, at_z * z / tail * (1.0 - (z / price) ** tail), 0.0)
    return bill, (area * worth).sum(axis=0) / 12.0


def grown(exponent: Floats) -> Floats:
    """`(e^a - 1) / a`, 1 at 0: the integral of `e^(a t)` over t from 0 to 1.

    >>> grown(np.array([0.0, 1.0])).round(4).tolist()
    [1.0, 1.7183]
    """
    small = np.abs(exponent) < 1e-8
    safe = np.where(small, 1.0, exponent)
    return np.asarray(np.where(small, 1.0 + exponent / 2.0, np.expm1(safe) / safe))


def producer_surplus(path: Path, kept: Market, draws: Mapping[str, Floats], factor: Floats | None) -> Floats:
    """Surplus gained by makers over the horizon, licences apart (activity, draw) [USD].               impact §2

    Per month, the integral of the level along the straight path of log prices, and what a curve that moved in loses
    at baseline prices:

        v' (x G(k u + x) - sum alpha p G(k u + p)) + min(v' - v, 0) (1 - sum alpha) / (1 + k),   u = x - sum alpha p

    with v' the level now, `G(a) = (e^a - 1) / a`. A curve that moved out earns only on dearer prices: what it took to
    move it is taken to have cost what it earns at baseline. Intermediate prices count up to the choke.

    Args:
        factor: On the drawn supply elasticities (activity) [1]; None for 1.
    """
    m = kept
    first = m.output_node[m.output_start[:-1]]
    eater = np.repeat(np.arange(m.activity_level.size), np.diff(m.input_start))
    has_feed = np.diff(m.input_start) > 0
    last = len(m.products) - 1
    bound = np.log(draws["choke-multiple"])
    usd = m.price_reference / m.unit_value
    own = np.ones(m.activity_level.size) if factor is None else factor
    k = np.where(
        has_feed[:, None],
        draws["transform-elasticity"][None, :],
        draws["supply-elasticity-short"][None, :] * own[:, None],
    )
    out_usd = usd[m.node_product[first]][:, None]
    in_usd = m.input_share * usd[m.pool_product[m.input_pool]]
    margin = out_usd.copy()
    np.add.at(margin, eater, -in_usd[:, None])
    total = np.zeros((m.activity_level.size, bound.size))
    for month in range(path.price.shape[0]):
        x, p = np.log(path.node_price[month][first]), np.log(path.price[month][m.input_pool])
        x = np.where((m.node_product[first] == last)[:, None], x, np.minimum(x, bound))
        p = np.minimum(p, bound)
        u = x.copy()
        np.add.at(u, eater, -m.input_share[:, None] * p)
        made = path.production[month][first] * m.unit_value[m.node_product[first]][:, None]
        level = made * np.exp(-k * u)
        along = out_usd * x * grown(k * u + x)
        np.add.at(along, eater, -in_usd[:, None] * p * grown((k * u)[eater] + p))
        stands = ~np.isfinite(level) | (made <= 0.0)
        level = np.where(stands, 0.0, level)
        gain = np.where(stands, 0.0, level * np.where(stands, 0.0, along))
        total += gain + np.minimum(level - m.activity_baseline[:, None], 0.0) * margin / (1.0 + k)
    return total / 12.0


def rent_earned(each: LinkMonth, path: Path, kept: Market, draws: Mapping[str, Floats]) -> Floats:
    """What a month's licences and smuggling earn beyond the seller's price (link, draw) [USD].         impact §2

    `flow p0 (e^(x + y) - e^x) / 12`; intermediate prices count up to the choke.
    """
    earned = np.zeros(each.flow.shape)
    at = np.flatnonzero(each.rent.any(axis=1))
    node = kept.link_node[at]
    product = kept.node_product[node]
    x = np.nan_to_num(np.log(path.node_price[each.month])[node])
    bound = np.where((product == len(kept.products) - 1)[:, None], np.inf, np.log(draws["choke-multiple"]))
    wedge = np.exp(np.minimum(x + each.rent[at], bound)) - np.exp(np.minimum(x, bound))
    earned[at] = each.flow[at] * wedge * kept.price_reference[product][:, None] / 12.0
    return earned


def stock_gain(path: Path, limits: Restrictions, draws: Mapping[str, Floats]) -> Floats:
    """What holders of stocks gain by selling dear and lose by buying dear over the horizon (pool, draw) [USD].

    `-(P - 1) p0 x change of stock` a month, private and public: stock is valued at the baseline price before and
    after.
    """
    kept = limits.market
    bound = np.where((kept.pool_product == len(kept.products) - 1)[:, None], np.inf, draws["choke-multiple"])
    worth = kept.price_reference[kept.pool_product][:, None]
    price = np.minimum(np.nan_to_num(path.price, nan=1.0), bound[None])
    change = path.stock_change.copy()
    for at, release in enumerate(limits.releases):
        part = path.consumed[:, release.pools]
        part = part / np.maximum(part.sum(axis=1, keepdims=True), 1e-300)
        change[:, release.pools] -= path.public_release[:, at][:, None] * part
    return np.asarray(-((price - 1.0) * change).sum(axis=0) * worth)
