"""The market in other people's words, shared by tests: a convex programme for CVXPY, conditions for SciPy."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cvxpy as cp
import numpy as np

from oresight.market.certificate import gradient, levels, shares_and_prices
from oresight.market.clearing import Clearing
from oresight.market.records import Market


def programme(market: Market, found: Clearing) -> tuple[cp.Problem, cp.Variable, Any]:
    """market §1 in CVXPY. Where demand has two branches, the found one is written down.

    That is no circle: each branch is convex by itself, so if the found point were wrong the minimiser of the
    written programme would differ from it. Releases that answer to price are not convex term by term (only
    net purchases are), which CVXPY cannot see; the other tests here have them.
    """
    m = market
    x, r = cp.Variable(m.node_product.size), cp.Variable(m.activity_level.size, nonneg=True)
    y = cp.Variable(len(m.quota_name), nonneg=True) if m.quota_name else None
    log_price, terms = [], []
    holder = np.repeat(np.arange(len(m.quota_name)), np.diff(m.quota_start))
    for j in range(m.pool_product.size):
        links = np.flatnonzero((m.link_pool == j) & (m.link_weight > 0))
        theta = m.products[m.pool_product[j]].theta
        cost = x[m.link_node[links]] + m.link_wedge[links]
        pick = np.zeros((links.size, len(m.quota_name)))
        for row, link in enumerate(links):
            for q in holder[m.quota_link == link]:
                pick[row, q] = 1
        if y is not None and pick.any():
            cost = cost + pick @ y
        log_price.append(-cp.log_sum_exp(np.log(m.link_weight[links]) - theta * cost) / theta)
    for a in range(m.activity_level.size):
        u = sum(
            m.output_share[o] * x[m.output_node[o]] for o in range(m.output_start[a], m.output_start[a + 1])
        )
        u -= sum(
            m.input_share[i] * log_price[m.input_pool[i]]
            for i in range(m.input_start[a], m.input_start[a + 1])
        )
        v, k = m.activity_level[a], m.activity_elasticity[a]
        if np.isfinite(m.capacity_max[a]):
            terms += [v / k * cp.exp(k * (u - r[a])) + m.capacity_max[a] * r[a]]
        else:
            terms += [v / k * cp.exp(k * u)]
    for j, p in enumerate(log_price):
        at = np.log(found.pool_price[j])
        for c0, e, z in zip(m.demand_baseline[j], m.demand_elasticity[j], np.log(m.choke[j]), strict=True):
            if c0 > 0:
                terms += [
                    c0 / e * cp.exp(-e * p) if at <= z else c0 * np.exp((4 - e) * z) / 4 * cp.exp(-4 * p)
                ]
        if m.purchase[j] > 0:
            terms += [m.purchase[j] / m.purchase_elasticity[j] * cp.exp(-m.purchase_elasticity[j] * p)]
    if y is not None:
        leak, e = m.quota_leak * m.quota_baseline, m.quota_leak_elasticity
        terms += [m.quota_cap @ y]
        terms += [leak[q] / e[q] * cp.exp(e[q] * y[q]) for q in range(leak.size)]
    return cp.Problem(cp.Minimize(cp.sum(cp.hstack(terms)) / m.pool_baseline.sum())), x, y


def conditions_of(market: Market) -> tuple[Callable[[Any], Any], Any]:
    """market §2 as equations for SciPy, and the capped activities: Fischer-Burmeister with explicit rents.

    Unknowns are log prices (node), log rents of quotas and log rents of the capped activities.
    """
    nodes, quotas = market.node_product.size, len(market.quota_name)
    capped = np.flatnonzero(np.isfinite(market.capacity_max))
    free = replace(market, capacity_max=np.full(market.capacity_max.size, np.inf))

    def conditions(z: Any) -> Any:
        x, y, r = np.split(z, [nodes, nodes + quotas])
        lowered = free.activity_level.copy()
        lowered[capped] *= np.exp(-free.activity_elasticity[capped] * r)
        at = replace(free, activity_level=lowered)
        along_x, along_y = gradient(at, x, y)
        made = levels(at, x, shares_and_prices(at, x, y)[1])[capped]
        spare = (market.capacity_max[capped] - made) / market.activity_baseline[capped]
        slack = along_y / market.quota_baseline
        return np.concatenate(
            [
                along_x / market.node_baseline,
                y + slack - np.hypot(y, slack),
                r + spare - np.hypot(r, spare),
            ]
        )

    return conditions, capped
