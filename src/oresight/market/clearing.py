"""Clearing a market: all prices, flows and rents, with a certificate, for one scenario or thousands.

    clearing = solve(market)                                   # one market, everything in t and USD
    batch = solve_batch(market, parameters)                    # arrays (scenario, ...), compiled loop
    prepared = Prepared(market); solve_batch(prepared, ...)    # structure found once, for months and draws

Rules: market §1 (equilibrium = minimum), §2 (gradient zero), §3 (cut-off buyers), §7 (solver).
"""

from dataclasses import dataclass

import numpy as np

from oresight.core.errors import NoEquilibrium
from oresight.market.basket_newton import solve_basket_rows
from oresight.market.certificate import at_scenario, demand_by_use, imbalance
from oresight.market.newton import CLEARED, solve_rows
from oresight.market.records import Flags, Floats, Ints, Market, sum_at
from oresight.market.structure import Component, Open, Parameters, Prepared, parameters_of
from oresight.market.workspace import Solved

TOLERANCE = 1e-8
ITERATIONS_MAX = 200


@dataclass(frozen=True)
class BatchClearing:
    """Cleared scenarios as arrays; log prices are multiples of baseline in logs.

    Args:
        node_price: x (scenario, node) [log]; nan where the producer left the solve.
        pool_price: ln P (scenario, pool) [log]; of a cut-off buyer the log of its greatest choke multiple,
            a bound; nan where nobody buys.
        quota_rent: y (scenario, quota) [log]; nan for a ban.
        basket_rent: rho (scenario, basket) [USD/t]; nan for a ban.
        activity_made: L (scenario, activity) [value/yr].
        pool_bought: Purchases, final, net stock and feed (scenario, pool) [value/yr].
        pool_consumed: Final demand served (scenario, pool) [value/yr].
        pool_cut: Buyers without an open link (scenario, pool).
        link_share: s (scenario, link) [1]; no rows unless flows were asked for.
        iterations: Newton iterations, the most of any component (scenario).
        residual: Greatest imbalance relative to the market's own baseline (scenario) [1].
        converged: True only where the residual is within tolerance (scenario).
    """

    node_price: Floats
    pool_price: Floats
    quota_rent: Floats
    basket_rent: Floats
    activity_made: Floats
    pool_bought: Floats
    pool_consumed: Floats
    pool_cut: Flags
    link_share: Floats
    iterations: Ints
    residual: Floats
    converged: Flags


def solve_batch(
    market: Market | Prepared,
    parameters: Parameters | None = None,
    start: BatchClearing | None = None,
    flows: bool = False,
    tolerance: float = TOLERANCE,
    iterations_max: int = ITERATIONS_MAX,
    chained: bool = False,
    strict: bool = True,
) -> BatchClearing:
    """Clear one market under many parameter rows.                                       market §7

    Args:
        market: The market, or its `Prepared` structure when it is solved again and again.
        parameters: Numbers per scenario; the market's own when None.
        start: An earlier clearing of as many scenarios (or of one) to start from.
        flows: Whether to return the link shares, the one large array.
        tolerance: Greatest relative imbalance of any market.
        chained: Start each scenario from the one before (for paths), not from baseline or `start`.
        strict: Raise on the first scenario that did not clear; else leave `converged` False there.

    Raises:
        NoEquilibrium: Naming scenario, worst market and imbalance.
    """
    prepared = market if isinstance(market, Prepared) else Prepared(market)
    m = prepared.market
    p = parameters if parameters is not None else parameters_of(m)
    count = p.scenarios
    nodes, pools, quotas = m.node_product.size, m.pool_product.size, len(m.quota_name)
    result = BatchClearing(
        node_price=np.full((count, nodes), np.nan),
        pool_price=np.full((count, pools), np.nan),
        quota_rent=np.full((count, quotas), np.nan),
        basket_rent=np.full((count, len(m.baskets)), np.nan),
        activity_made=np.zeros((count, m.activity_level.size)),
        pool_bought=np.zeros((count, pools)),
        pool_consumed=np.zeros((count, pools)),
        pool_cut=np.zeros((count, pools), dtype=bool),
        link_share=np.zeros((count if flows else 0, m.link_node.size)),
        iterations=np.zeros(count, dtype=np.int64),
        residual=np.zeros(count),
        converged=np.ones(count, dtype=bool),
    )
    for found, chosen in prepared.patterns(p):
        which = np.arange(count) if chosen is None else chosen
        for part in found.components:
            _solve_part(m, p, part, chosen, which, start, result, tolerance, iterations_max, chained)
        _mark_cut(p, found, which, result)
    if strict and not result.converged.all():
        _refuse(prepared, p, result, tolerance)
    return result


def _solve_part(
    m: Market,
    p: Parameters,
    part: Component,
    chosen: Ints | None,
    which: Ints,
    start: BatchClearing | None,
    result: BatchClearing,
    tolerance: float,
    iterations_max: int,
    chained: bool,
) -> None:
    count, nodes, quotas = which.size, part.node.size, part.quota.size
    wedges, baskets = part.structure.wedge_node.size, part.basket.size
    z = np.zeros((count, nodes + quotas + wedges))
    rho = np.zeros((count, baskets))
    if start is not None:
        line = which if start.node_price.shape[0] > 1 else np.zeros(count, dtype=np.int64)
        z[:, :nodes] = np.nan_to_num(start.node_price[np.ix_(line, part.node)])
        if quotas and start.quota_rent.shape[1] == result.quota_rent.shape[1]:
            rents = start.quota_rent[np.ix_(line, part.quota)]
            z[:, nodes : nodes + quotas] = np.maximum(np.nan_to_num(rents), 0.0)
        if baskets and start.basket_rent.shape[1] == result.basket_rent.shape[1]:
            rho = np.maximum(np.nan_to_num(start.basket_rent[np.ix_(line, part.basket)]), 0.0)
    price, bought, consumed = (np.empty((count, part.pool.size)) for _ in range(3))
    made = np.empty((count, part.activity.size))
    share = np.empty((count if result.link_share.shape[0] else 0, part.link.size))
    status, iterations = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    residual = np.zeros(count)
    out = Solved(price, made, bought, consumed, share, status, iterations, residual)
    if baskets:
        solve_basket_rows(
            part.structure, part.rows(p, m, chosen), z, rho, out, tolerance, iterations_max, chained
        )
    else:
        solve_rows(part.structure, part.rows(p, m, chosen), z, out, tolerance, iterations_max, chained)
    result.node_price[np.ix_(which, part.node)] = z[:, :nodes]
    result.quota_rent[np.ix_(which, part.quota)] = z[:, nodes : nodes + quotas]
    result.basket_rent[np.ix_(which, part.basket)] = rho
    result.pool_price[np.ix_(which, part.pool)] = price
    result.activity_made[np.ix_(which, part.activity)] = made
    result.pool_bought[np.ix_(which, part.pool)] = bought
    result.pool_consumed[np.ix_(which, part.pool)] = consumed
    if share.shape[0]:
        result.link_share[np.ix_(which, part.link)] = share
    result.iterations[which] = np.maximum(result.iterations[which], iterations)
    result.residual[which] = np.fmax(result.residual[which], np.where(np.isnan(residual), np.inf, residual))
    result.converged[which] &= (status == CLEARED) & (residual <= tolerance)


def _mark_cut(p: Parameters, found: Open, which: Ints, result: BatchClearing) -> None:
    """Cut-off buyers: unserved entirely, price at least the greatest choke multiple.        market §3"""
    cut = np.flatnonzero(found.pool_cut)
    if cut.size:
        line = which if p.choke.shape[0] > 1 else np.zeros(which.size, dtype=np.int64)
        result.pool_cut[np.ix_(which, cut)] = True
        result.pool_price[np.ix_(which, cut)] = np.log(p.choke[line][:, cut].max(axis=2))


def _refuse(prepared: Prepared, p: Parameters, result: BatchClearing, tolerance: float) -> None:
    m = prepared.market
    scenario = int(np.flatnonzero(~result.converged)[0])
    gap, label = worst_market(
        at_scenario(m, p, scenario), result.node_price[scenario], result.quota_rent[scenario]
    )
    raise NoEquilibrium(
        f"the market did not clear: {label} is out of balance by {gap:.3g} of its baseline "
        f"after {int(result.iterations[scenario])} iterations",
        "check elasticities, caps and capacities of that market",
        {
            "market": label,
            "imbalance": gap,
            "tolerance": tolerance,
            "scenario": scenario,
            "failed": int((~result.converged).sum()),
            "products": [x.name for x in m.products[:8]],
        },
    )


def worst_market(market: Market, node_price: Floats, quota_rent: Floats) -> tuple[float, str]:
    """The most unbalanced market at a point: its imbalance relative to its own baseline, and its name."""
    gaps_node, gaps_quota = imbalance(market, node_price, quota_rent)
    gaps_node = np.where(np.isnan(gaps_node), np.inf, gaps_node)
    node = int(np.argmax(gaps_node)) if gaps_node.size else 0
    if gaps_quota.size and gaps_quota.max() > gaps_node[node]:
        quota = int(np.argmax(gaps_quota))
        return float(gaps_quota[quota]), f"quota {market.quota_name[quota]}"
    return float(gaps_node[node]), market.node_label(node)


@dataclass(frozen=True)
class Clearing:
    """One cleared market in the reader's units.

    Args:
        market: What was cleared.
        node_price, node_price_usd: Price at the producer (node) [multiple], [USD/t]; nan where it sells
            nothing.
        pool_price, pool_price_usd: Price index of the buyer (pool) [multiple], [USD/t].
        pool_price_is_bound: The price is a lower bound: the buyer is cut off, or only prior weight feeds it.
        flow: What each link carries (link) [t/yr].
        purchases: Final, feed and net stock building (pool) [t/yr].
        served, unserved_share: Final demand met (pool, end_use) [t/yr] and the share of c0 that is not [1].
        production: Output (node) [t/yr].
        activity_made: Level (activity) [value/yr].
        quota_rent, quota_rent_usd: Log rent (quota) and what it earns [USD/yr]; nan log rent for a ban.
        quota_flow: Amount through the quota (quota) [t/yr].
        basket_rent, basket_rent_usd, basket_flow: rho (basket) [USD/t], what it earns [USD/yr], amount [t/yr].
        capacity_rent, capacity_rent_usd: Log scarcity rent (activity) and what it earns [USD/yr].
        floor_subsidy_usd: What a price floor costs its payer (activity) [USD/yr].
        residual, iterations, converged: The certificate (market §7).
        batch: The same in arrays, to start another solve from.
    """

    market: Market
    node_price: Floats
    node_price_usd: Floats
    pool_price: Floats
    pool_price_usd: Floats
    pool_price_is_bound: Flags
    flow: Floats
    purchases: Floats
    served: Floats
    unserved_share: Floats
    production: Floats
    activity_made: Floats
    quota_rent: Floats
    quota_rent_usd: Floats
    quota_flow: Floats
    basket_rent: Floats
    basket_rent_usd: Floats
    basket_flow: Floats
    capacity_rent: Floats
    capacity_rent_usd: Floats
    floor_subsidy_usd: Floats
    residual: float
    iterations: int
    converged: bool
    batch: BatchClearing


def solve(
    market: Market | Prepared, start: "Clearing | None" = None, tolerance: float = TOLERANCE
) -> Clearing:
    """Clear one market.                                                          market §1, §2, §7

    Raises:
        NoEquilibrium: Naming the worst market and its imbalance.
    """
    prepared = market if isinstance(market, Prepared) else Prepared(market)
    m = prepared.market
    batch = solve_batch(prepared, start=start.batch if start else None, flows=True, tolerance=tolerance)
    worth, price = m.unit_value, m.price_reference
    x, ln_p, y = batch.node_price[0], batch.pool_price[0], batch.quota_rent[0]
    made = batch.activity_made[0]
    maker = np.repeat(np.arange(made.size), np.diff(m.output_start))
    product_out = m.node_product[m.output_node]
    produced = sum_at(m.output_node, made[maker] * m.output_share, m.node_product.size)
    flow_value = batch.link_share[0] * batch.pool_bought[0][m.link_pool]
    tonnes = flow_value / worth[m.node_product[m.link_node]]
    served = demand_by_use(m, ln_p)
    served[batch.pool_cut[0]] = 0.0
    short = np.where(
        m.demand_baseline > 0, 1.0 - served / np.where(m.demand_baseline > 0, m.demand_baseline, 1.0), 0.0
    )
    usd = price[product_out] / worth[product_out] * np.exp(np.nan_to_num(x[m.output_node]))
    revenue = sum_at(maker, made[maker] * m.output_share * usd, made.size)
    margin = np.zeros(made.size)
    np.add.at(margin, maker, m.output_share * np.nan_to_num(x[m.output_node]))
    eater = np.repeat(np.arange(made.size), np.diff(m.input_start))
    np.add.at(margin, eater, -m.input_share * np.nan_to_num(ln_p[m.input_pool]))
    k = m.activity_elasticity
    with np.errstate(divide="ignore", invalid="ignore"):
        at_cap = np.log(m.capacity_max / m.activity_level) / k
    paid = np.maximum(margin, m.margin_floor)
    # Without elasticity an activity held below its level has no finite log rent: all revenue is rent.
    rent = np.where((made > 0) & np.isfinite(at_cap), np.maximum(paid - at_cap, 0.0), 0.0)
    rent = np.where((made > 0) & (k == 0) & (m.capacity_max < m.activity_level), np.inf, rent)
    holder = np.repeat(np.arange(len(m.quota_name)), np.diff(m.quota_start))
    link_usd = (price / worth)[m.node_product[m.link_node]] * np.exp(np.nan_to_num(x[m.link_node]))
    y_link = np.nan_to_num(y)[holder]
    before = np.zeros(m.link_node.size)
    np.add.at(before, m.quota_link, y_link)
    share_of_rent = np.divide(y_link, before[m.quota_link], out=np.zeros(y_link.size), where=y_link > 0)
    earned = (flow_value * link_usd * np.expm1(before))[m.quota_link] * share_of_rent
    exported = np.array([tonnes[b.link].sum() for b in m.baskets], dtype=np.float64)
    observed = m.link_baseline - m.link_prior
    open_observed = sum_at(m.link_pool, np.where(batch.link_share[0] > 0, observed, 0.0), m.pool_product.size)
    bound = batch.pool_cut[0] | (open_observed <= 1e-9 * m.pool_baseline)
    return Clearing(
        market=m,
        node_price=np.exp(x),
        node_price_usd=np.exp(x) * price[m.node_product],
        pool_price=np.exp(ln_p),
        pool_price_usd=np.exp(ln_p) * price[m.pool_product],
        pool_price_is_bound=bound & ~np.isnan(ln_p),
        flow=tonnes,
        purchases=batch.pool_bought[0] / worth[m.pool_product],
        served=served / worth[m.pool_product][:, None],
        unserved_share=short,
        production=produced / worth[m.node_product],
        activity_made=made,
        quota_rent=y,
        quota_rent_usd=sum_at(holder, earned, len(m.quota_name)),
        quota_flow=sum_at(holder, tonnes[m.quota_link], len(m.quota_name)),
        basket_rent=batch.basket_rent[0],
        basket_rent_usd=batch.basket_rent[0] * exported,
        basket_flow=exported,
        capacity_rent=rent,
        capacity_rent_usd=revenue * -np.expm1(-np.minimum(rent, 700.0)),
        floor_subsidy_usd=np.where(paid > margin, revenue * np.expm1(np.minimum(paid - margin, 600.0)), 0.0),
        residual=float(batch.residual[0]),
        iterations=int(batch.iterations[0]),
        converged=bool(batch.converged[0]),
        batch=batch,
    )
