"""The market's conditions written a second time, plainly: Psi, its gradient, the imbalances.

The compiled loops are fast; these arrays are for reading, for tests and for naming what went wrong. Nothing
here is used to find a solution.
"""

from dataclasses import fields, replace
from itertools import pairwise

import numpy as np

from oresight.market.records import BEYOND_CHOKE, PURCHASE_FLOOR, Floats, Market, sum_at
from oresight.market.structure import Parameters


def demand_by_use(market: Market, pool_price: Floats) -> Floats:
    """Final demand of each use: c0 P^-e up to the choke multiple Z, c0 Z^-e (P/Z)^-4 beyond.   market §3

    Args:
        pool_price: ln P (pool) [log]; nan gives nan.

    Returns:
        (pool, end_use) [value/yr].
    """
    edge = np.log(market.choke)
    p = pool_price[:, None]
    below, above = np.minimum(p, edge), np.maximum(p - edge, 0.0)
    return np.asarray(
        market.demand_baseline * np.exp(-market.demand_elasticity * below - BEYOND_CHOKE * above)
    )


def shares_and_prices(market: Market, node_price: Floats, quota_rent: Floats) -> tuple[Floats, Floats]:
    """Sourcing shares (link) and log pool prices (pool) at given log prices and rents.         market §1"""
    theta = np.array([p.theta for p in market.products])[market.pool_product]
    holder = np.repeat(np.arange(len(market.quota_name)), np.diff(market.quota_start))
    cost = node_price[market.link_node] + market.link_wedge
    np.add.at(cost, market.quota_link, np.nan_to_num(quota_rent)[holder])
    pools = market.pool_product.size
    live = (market.link_weight > 0) & np.isfinite(cost)
    safe = np.where(live, market.link_weight, 1.0)
    power = np.where(live, np.log(safe) - theta[market.link_pool] * np.where(live, cost, 0.0), -np.inf)
    top = np.full(pools, -np.inf)
    np.maximum.at(top, market.link_pool, power)
    raised = np.exp(power - np.where(np.isfinite(top), top, 0.0)[market.link_pool])
    total = sum_at(market.link_pool, raised, pools)
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.where(total > 0, -(top + np.log(total)) / theta, np.nan)
        share = raised / np.where(total > 0, total, 1.0)[market.link_pool]
    return share, price


def imbalance(market: Market, node_price: Floats, quota_rent: Floats) -> tuple[Floats, Floats]:
    """Imbalance of every node and quota relative to its own baseline, recomputed.              market §2

    Args:
        node_price: x (node) [log]; nan for nodes that left the solve.
        quota_rent: y (quota) [log]; nan for a ban.

    Returns:
        (node) and (quota) [1]; 0 for what left the solve.
    """
    gradient_node, gradient_quota = gradient(market, node_price, quota_rent)
    gap = np.where(np.isfinite(node_price), np.abs(gradient_node) / market.node_baseline, 0.0)
    excess = np.where(np.nan_to_num(quota_rent) > 0, np.abs(gradient_quota), np.maximum(-gradient_quota, 0.0))
    safe = np.where(market.quota_baseline > 0, market.quota_baseline, 1.0)
    return gap, np.where(np.isnan(quota_rent), 0.0, excess / safe)


def at_scenario(market: Market, parameters: Parameters, scenario: int) -> Market:
    """The market with the numbers of one scenario."""
    lines = {}
    for f in fields(parameters):
        array = getattr(parameters, f.name)
        lines[f.name] = array[min(scenario, array.shape[0] - 1)]
    theta, caps = lines.pop("theta"), lines.pop("basket_cap")
    leaks, answers = lines.pop("basket_leak"), lines.pop("basket_leak_elasticity")
    baskets = tuple(
        replace(b, cap=float(c), leak_share=float(s), leak_elasticity=float(e))
        for b, c, s, e in zip(market.baskets, caps, leaks, answers, strict=True)
    )
    products = tuple(replace(p, theta=float(t)) for p, t in zip(market.products, theta, strict=True))
    return replace(market, products=products, baskets=baskets, **lines)


def _margin(market: Market, x: Floats, price: Floats) -> Floats:
    made = market.activity_level.size
    maker = np.repeat(np.arange(made), np.diff(market.output_start))
    eater = np.repeat(np.arange(made), np.diff(market.input_start))
    u = sum_at(maker, market.output_share * np.nan_to_num(x[market.output_node]), made)
    return u - sum_at(eater, market.input_share * price[market.input_pool], made)


def levels(market: Market, x: Floats, price: Floats) -> Floats:
    """Activity levels min(K, v e^(k max(u, floor))); 0 where feed or every outlet is missing.  market §1"""
    u = np.maximum(_margin(market, x, price), market.margin_floor)
    with np.errstate(over="ignore"):
        made = np.minimum(market.activity_level * np.exp(market.activity_elasticity * u), market.capacity_max)
    maker = np.repeat(np.arange(made.size), np.diff(market.output_start))
    outlets = sum_at(maker, np.isfinite(x[market.output_node]).astype(float), made.size)
    return np.asarray(np.where(np.isfinite(made) & (outlets > 0), made, 0.0))


def net_purchases(market: Market, price: Floats) -> Floats:
    """max(c + N - R, 0.02 c) (pool) [value/yr], without feed.                                  market §1"""
    c = demand_by_use(market, price).sum(axis=1)
    n = market.purchase * np.exp(-market.purchase_elasticity * price)
    r = np.minimum(market.release * np.exp(market.release_elasticity * price), market.release_max)
    return np.asarray(np.maximum(c + n - r, PURCHASE_FLOOR * c))


def gradient(market: Market, node_price: Floats, quota_rent: Floats) -> tuple[Floats, Floats]:
    """Gradient of Psi: supply less sales of every node, cap and leak less flow of every quota. market §2

    Args:
        node_price: x (node) [log]; nan for nodes that left the solve.
        quota_rent: y (quota) [log].
    """
    share, price = shares_and_prices(market, node_price, quota_rent)
    made = levels(market, node_price, price)
    maker = np.repeat(np.arange(made.size), np.diff(market.output_start))
    eater = np.repeat(np.arange(made.size), np.diff(market.input_start))
    bought = np.nan_to_num(net_purchases(market, price))
    bought = bought + sum_at(market.input_pool, made[eater] * market.input_share, bought.size)
    flow = share * bought[market.link_pool]
    nodes = market.node_product.size
    made_at = sum_at(market.output_node, made[maker] * market.output_share, nodes)
    sold = sum_at(market.link_node, flow, nodes)
    holder = np.repeat(np.arange(len(market.quota_name)), np.diff(market.quota_start))
    rent = np.nan_to_num(quota_rent)
    leak = market.quota_leak * market.quota_baseline * np.exp(market.quota_leak_elasticity * rent)
    through = sum_at(holder, flow[market.quota_link], len(market.quota_name))
    return made_at - sold, market.quota_cap + leak - through


def potential(market: Market, node_price: Floats, quota_rent: Floats) -> float:
    """Psi less its value at the baseline point, where all logs are 0 [value/yr].               market §1

    Integrals are taken from 0, so elasticities of 0 need no special case:
    (v/k)(e^(ku) - 1) tends to v u, and h(p) = - integral of net purchases from 0 to p.
    """
    share, price = shares_and_prices(market, node_price, quota_rent)
    del share
    live = np.isfinite(price)
    u = _margin(market, node_price, price)
    made = levels(market, node_price, price) > 0
    total = 0.0
    for a in np.flatnonzero(made & (market.activity_level > 0)):
        total += _supply_integral(
            float(market.activity_level[a]),
            float(market.activity_elasticity[a]),
            float(market.capacity_max[a]),
            float(market.margin_floor[a]),
            float(u[a]),
        )
    for j in np.flatnonzero(live):
        total -= _purchase_integral(market, int(j), float(price[j]))
    y = np.nan_to_num(quota_rent)
    e = market.quota_leak_elasticity
    leaked = market.quota_leak * market.quota_baseline * _powers(e, y)
    return float(total + (market.quota_cap * y).sum() + leaked.sum())


def _powers(e: Floats, y: Floats) -> Floats:
    """Integral of e^(e t) from 0 to y."""
    safe = np.where(e > 0, e, 1.0)
    return np.asarray(np.where(e > 0, np.expm1(safe * y) / safe, y))


def _power(e: float, a: float, b: float) -> float:
    """Integral of e^(e t) from a to b."""
    return b - a if abs(e) < 1e-14 else float(np.exp(e * a) * np.expm1(e * (b - a)) / e)


def _supply_integral(v: float, k: float, cap: float, floor: float, u: float) -> float:
    """Integral from 0 to u of min(K, v e^(k max(t, floor)))."""
    sign, low, high = (1.0, 0.0, u) if u >= 0 else (-1.0, u, 0.0)
    kink_cap = np.log(cap / v) / k if k > 0 and np.isfinite(cap) else (np.inf if cap >= v else -np.inf)
    cuts = sorted({low, high, *(c for c in (floor, kink_cap) if low < c < high)})
    total = 0.0
    for a, b in pairwise(cuts):
        middle = max(0.5 * (a + b), floor)
        if v * np.exp(k * middle) >= cap:
            total += cap * (b - a)
        elif middle == floor:
            total += v * np.exp(k * floor) * (b - a)
        else:
            total += v * _power(k, a, b)
    return sign * total


def _purchase_integral(market: Market, j: int, p: float) -> float:
    """Integral from 0 to p of max(c + N - R, 0.02 c) of one pool, exact between the kinks."""
    sign, low, high = (1.0, 0.0, p) if p >= 0 else (-1.0, p, 0.0)
    c0, e, edge = market.demand_baseline[j], market.demand_elasticity[j], np.log(market.choke[j])
    n, ne = float(market.purchase[j]), float(market.purchase_elasticity[j])
    r, re = float(market.release[j]), float(market.release_elasticity[j])
    most = float(market.release_max[j])

    def consumed(t: float) -> float:
        below, above = np.minimum(t, edge), np.maximum(t - edge, 0.0)
        return float((c0 * np.exp(-e * below - BEYOND_CHOKE * above)).sum())

    def headroom(t: float) -> float:
        released = min(r * np.exp(re * t), most)
        return float((1 - PURCHASE_FLOOR) * consumed(t) + n * np.exp(-ne * t) - released)

    kinks = {float(z) for z in edge if low < z < high}
    if r > 0 and re > 0 and np.isfinite(most) and low < (t := np.log(most / r) / re) < high:
        kinks.add(float(t))
    if headroom(low) > 0 > headroom(high):
        a, b = low, high
        for _ in range(200):
            middle = 0.5 * (a + b)
            a, b = (middle, b) if headroom(middle) > 0 else (a, middle)
        kinks.add(0.5 * (a + b))
    cuts = sorted({low, high, *kinks})
    total = 0.0
    for a, b in pairwise(cuts):
        middle = 0.5 * (a + b)
        part = 0.0
        for c0_u, e_u, z in zip(c0, e, edge, strict=True):
            if middle <= z:
                part += c0_u * _power(-e_u, a, b)
            else:
                part += c0_u * np.exp((BEYOND_CHOKE - e_u) * z) * _power(-BEYOND_CHOKE, a, b)
        if headroom(middle) > 0:
            part += n * _power(-ne, a, b)
            full = r * np.exp(re * middle) >= most
            part -= most * (b - a) if full else r * _power(re, a, b)
        else:
            part *= PURCHASE_FLOOR
        total += float(part)
    return sign * total
