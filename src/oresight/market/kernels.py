"""One evaluation of the market's conditions, compiled: shares, purchases, levels, imbalances.

One component (a connected part of a market) is a `Structure` of positions and a `Row` of numbers. The
variables are log prices x at nodes and log rents y >= 0 of quotas; capacity rents are eliminated in closed
form, because min over r >= 0 of (v/k) e^(k(u-r)) + K r only replaces the level by min(v e^(ku), K). With
s_j the shares of pool j over nodes (and quotas), C_j its purchases and L_a the levels, the gradient is

    g_n = sum_a s_an L_a - sum_j s_jn C_j,   g_q = cap_q + leak_q(y_q) - F_q               market §1, §2
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

from oresight.market.records import BEYOND_CHOKE, PURCHASE_FLOOR, Floats, Ints

F = TypeVar("F", bound=Callable[..., Any])


def _sources_stamp() -> tuple[tuple[str, int, int], ...]:
    """Size and time of every file whose code ends up inside a compiled loop."""
    here = Path(__file__).parent
    names = ("records", "kernels", "workspace", "dense", "hessian", "newton", "basket_newton")
    files = (here / f"{name}.py" for name in names)
    return tuple((f.name, (s := f.stat()).st_size, s.st_mtime_ns) for f in files if f.exists())


def compiled(function: F) -> F:
    """A function compiled by Numba, cached on disk, with reassociation but with honest nan and inf.

    Numba's cache looks at a function's own file only, so a loop would go on using the old code of what it
    calls from another file; the stamp of all these files is added to its key.
    """
    fast = {"reassoc", "contract", "arcp", "nsz"}
    dispatcher = numba.njit(cache=True, error_model="numpy", fastmath=fast)(function)
    stored = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if stored is not None and hasattr(stored, "_source_stamp"):
        stored._source_stamp = (stored._source_stamp, _sources_stamp())
    return cast(F, dispatcher)


class Structure(NamedTuple):
    """Positions of one component; counts are the lengths of the arrays they index."""

    node_scale: Floats
    node_product: Ints
    pool_product: Ints
    pool_start: Ints
    link_node: Ints
    link_pool: Ints
    output_start: Ints
    output_node: Ints
    output_share: Floats
    input_start: Ints
    input_pool: Ints
    input_share: Floats
    quota_scale: Floats
    quota_start: Ints
    quota_link: Ints
    basket_scale: Floats  # (basket) [t/yr]
    basket_price: Floats  # (basket) mean baseline price of its links [USD/t]
    wedge_basket: Ints  # (wedge) one per basket and node; the last quotas are these wedges
    wedge_node: Ints
    wedge_price: Floats  # baseline price of the node's product [USD/t]
    wedge_worth: Floats  # value units per tonne of the node's product


class Row(NamedTuple):
    """Numbers of one component in one scenario; in a `Batch` each has a leading axis of 1 or (scenario)."""

    theta: Floats
    weight: Floats
    wedge: Floats
    level: Floats
    elasticity: Floats
    capacity: Floats
    margin_floor: Floats
    demand: Floats
    demand_elasticity: Floats
    choke_log: Floats
    purchase: Floats
    purchase_elasticity: Floats
    release: Floats
    release_elasticity: Floats
    release_max: Floats
    quota_cap: Floats
    quota_leak: Floats
    quota_leak_elasticity: Floats
    basket_cap: Floats
    basket_leak: Floats
    basket_leak_elasticity: Floats


class State(NamedTuple):
    """What an evaluation leaves behind, allocated once per batch."""

    factor: Floats  # (link) W e^(-theta wedge)
    share: Floats  # (link) s
    price: Floats  # (pool) ln P
    consumed: Floats  # (pool) final demand at P
    bought: Floats  # (pool) C
    final_slope: Floats  # (pool) -dD/dlnP
    margin: Floats  # (activity) u
    made: Floats  # (activity) L
    made_slope: Floats  # (activity) dL/du
    gradient: Floats  # (node + quota)
    power: Floats  # (node) e^(-theta x)


@compiled
def new_state(links: int, pools: int, activities: int, nodes: int, quotas: int) -> State:
    """An empty state of the right sizes."""
    return State(
        np.empty(links),
        np.empty(links),
        np.empty(pools),
        np.empty(pools),
        np.empty(pools),
        np.empty(pools),
        np.empty(activities),
        np.empty(activities),
        np.empty(activities),
        np.empty(nodes + quotas),
        np.empty(nodes),
    )


@compiled
def set_factors(st: Structure, row: Row, out: State) -> None:
    """W e^(-theta wedge) of every link, once per scenario."""
    for link in range(st.link_node.size):
        wedge = row.wedge[link]
        w = row.weight[link]
        if wedge != 0.0:
            w *= np.exp(-row.theta[st.pool_product[st.link_pool[link]]] * wedge)
        out.factor[link] = w


@compiled
def _shares(st: Structure, row: Row, z: Floats, out: State) -> None:
    """Logit shares and pool prices: ln P_j = -(1/theta) ln sum_i W_ij e^(-theta (x_i + y_ij))."""
    nodes, quotas, pools = st.node_scale.size, st.quota_scale.size, st.pool_product.size
    share = out.share
    span = 0.0
    for n in range(nodes):
        e = -row.theta[st.node_product[n]] * z[n]
        span = max(span, abs(e))
        out.power[n] = e
    for q in range(quotas):
        for at in range(st.quota_start[q], st.quota_start[q + 1]):
            th = row.theta[st.pool_product[st.link_pool[st.quota_link[at]]]]
            span = max(span, th * z[nodes + q])
            break
    if span < 300.0:
        for n in range(nodes):
            out.power[n] = np.exp(out.power[n])
        for j in range(pools):
            lo, hi = st.pool_start[j], st.pool_start[j + 1]
            first = st.link_node[lo]
            if st.link_node[hi - 1] - first == hi - 1 - lo:
                line, factor, power = share[lo:hi], out.factor[lo:hi], out.power[first : first + hi - lo]
                for at in range(hi - lo):
                    line[at] = factor[at] * power[at]
            else:
                for link in range(lo, hi):
                    share[link] = out.factor[link] * out.power[st.link_node[link]]
        for q in range(quotas):
            y = z[nodes + q]
            if y == 0.0:
                continue
            th_last, f = -1.0, 1.0
            for at in range(st.quota_start[q], st.quota_start[q + 1]):
                link = st.quota_link[at]
                th = row.theta[st.pool_product[st.link_pool[link]]]
                if th != th_last:
                    th_last, f = th, np.exp(-th * y)
                share[link] *= f
        for j in range(pools):
            total = 0.0
            lo, hi = st.pool_start[j], st.pool_start[j + 1]
            for link in range(lo, hi):
                total += share[link]
            out.price[j] = -np.log(total) / row.theta[st.pool_product[j]]
            inverse = 1.0 / total
            for link in range(lo, hi):
                share[link] *= inverse
        return
    for link in range(st.link_node.size):
        f = out.factor[link]
        share[link] = (np.log(f) if f > 0.0 else -np.inf) + out.power[st.link_node[link]]
    for q in range(quotas):
        y = z[nodes + q]
        for at in range(st.quota_start[q], st.quota_start[q + 1]):
            link = st.quota_link[at]
            share[link] -= row.theta[st.pool_product[st.link_pool[link]]] * y
    for j in range(pools):
        lo, hi = st.pool_start[j], st.pool_start[j + 1]
        top = -np.inf
        for link in range(lo, hi):
            top = max(top, share[link])
        total = 0.0
        for link in range(lo, hi):
            share[link] = np.exp(share[link] - top)
            total += share[link]
        out.price[j] = -(top + np.log(total)) / row.theta[st.pool_product[j]]
        for link in range(lo, hi):
            share[link] /= total


@compiled
def evaluate(st: Structure, row: Row, z: Floats, out: State) -> float:
    """Gradient of Psi at z = (x, y), everything it is made of, and the greatest relative imbalance.

    A node's imbalance is measured against its own baseline, a quota's excess against its baseline flow.
    """
    nodes, quotas, pools = st.node_scale.size, st.quota_scale.size, st.pool_product.size
    _shares(st, row, z, out)
    uses = row.demand.shape[1]
    for j in range(pools):
        p = out.price[j]
        c = 0.0
        slope = 0.0
        for use in range(uses):
            c0 = row.demand[j, use]
            if c0 == 0.0:
                continue
            e, edge = row.demand_elasticity[j, use], row.choke_log[j, use]
            if p <= edge:
                d = c0 * np.exp(-e * p)
                slope += e * d
            else:
                d = c0 * np.exp(-e * edge - BEYOND_CHOKE * (p - edge))
                slope += BEYOND_CHOKE * d
            c += d
        out.consumed[j] = c
        net, net_slope = c, slope
        if row.purchase[j] > 0.0:
            e = row.purchase_elasticity[j]
            b = row.purchase[j] * np.exp(-e * p)
            net += b
            net_slope += e * b
        if row.release[j] > 0.0:
            e = row.release_elasticity[j]
            r = row.release[j] * np.exp(min(e * p, 600.0))
            if r < row.release_max[j]:
                net -= r
                net_slope += e * r
            else:
                net -= row.release_max[j]
            if net < PURCHASE_FLOOR * c:
                net, net_slope = PURCHASE_FLOOR * c, PURCHASE_FLOOR * slope
        out.bought[j] = net
        out.final_slope[j] = net_slope
    g = out.gradient
    g[:] = 0.0
    for a in range(row.level.size):
        u = 0.0
        for at in range(st.output_start[a], st.output_start[a + 1]):
            u += st.output_share[at] * z[st.output_node[at]]
        for at in range(st.input_start[a], st.input_start[a + 1]):
            u -= st.input_share[at] * out.price[st.input_pool[at]]
        k = row.elasticity[a]
        made = row.level[a] * np.exp(min(k * max(u, row.margin_floor[a]), 600.0))
        slope = k * made
        if u < row.margin_floor[a]:
            slope = 0.0
        if made > row.capacity[a]:
            made, slope = row.capacity[a], 0.0
        out.margin[a], out.made[a], out.made_slope[a] = u, made, slope
        for at in range(st.output_start[a], st.output_start[a + 1]):
            g[st.output_node[at]] += st.output_share[at] * made
        for at in range(st.input_start[a], st.input_start[a + 1]):
            out.bought[st.input_pool[at]] += st.input_share[at] * made
    for j in range(pools):
        c = out.bought[j]
        lo, hi = st.pool_start[j], st.pool_start[j + 1]
        first = st.link_node[lo]
        if st.link_node[hi - 1] - first == hi - 1 - lo:
            line, sold = out.share[lo:hi], g[first : first + hi - lo]
            for at in range(hi - lo):
                sold[at] -= c * line[at]
        else:
            for link in range(lo, hi):
                g[st.link_node[link]] -= c * out.share[link]
    worst = 0.0
    for n in range(nodes):
        worst = max(worst, abs(g[n]) / st.node_scale[n])
    for q in range(quotas):
        flow = 0.0
        for at in range(st.quota_start[q], st.quota_start[q + 1]):
            link = st.quota_link[at]
            flow += out.share[link] * out.bought[st.link_pool[link]]
        y = z[nodes + q]
        if q >= quotas - st.wedge_node.size:
            g[nodes + q] = -flow
            continue
        leak = row.quota_leak[q] * np.exp(min(row.quota_leak_elasticity[q] * y, 600.0))
        slack = row.quota_cap[q] + leak - flow
        g[nodes + q] = slack
        worst = max(worst, (abs(slack) if y > 0.0 else max(-slack, 0.0)) / st.quota_scale[q])
    return worst


@compiled
def copy_state(source: State, target: State) -> None:
    """Everything but the link factors, which are the same."""
    target.share[:] = source.share
    target.price[:] = source.price
    target.consumed[:] = source.consumed
    target.bought[:] = source.bought
    target.final_slope[:] = source.final_slope
    target.margin[:] = source.margin
    target.made[:] = source.made
    target.made_slope[:] = source.made_slope
    target.gradient[:] = source.gradient


@compiled
def row_of(batch: Row, s: int) -> Row:
    """Numbers of one scenario: the own line where there is one, else the common line."""
    return Row(
        batch.theta[min(s, batch.theta.shape[0] - 1)],
        batch.weight[min(s, batch.weight.shape[0] - 1)],
        batch.wedge[min(s, batch.wedge.shape[0] - 1)],
        batch.level[min(s, batch.level.shape[0] - 1)],
        batch.elasticity[min(s, batch.elasticity.shape[0] - 1)],
        batch.capacity[min(s, batch.capacity.shape[0] - 1)],
        batch.margin_floor[min(s, batch.margin_floor.shape[0] - 1)],
        batch.demand[min(s, batch.demand.shape[0] - 1)],
        batch.demand_elasticity[min(s, batch.demand_elasticity.shape[0] - 1)],
        batch.choke_log[min(s, batch.choke_log.shape[0] - 1)],
        batch.purchase[min(s, batch.purchase.shape[0] - 1)],
        batch.purchase_elasticity[min(s, batch.purchase_elasticity.shape[0] - 1)],
        batch.release[min(s, batch.release.shape[0] - 1)],
        batch.release_elasticity[min(s, batch.release_elasticity.shape[0] - 1)],
        batch.release_max[min(s, batch.release_max.shape[0] - 1)],
        batch.quota_cap[min(s, batch.quota_cap.shape[0] - 1)],
        batch.quota_leak[min(s, batch.quota_leak.shape[0] - 1)],
        batch.quota_leak_elasticity[min(s, batch.quota_leak_elasticity.shape[0] - 1)],
        batch.basket_cap[min(s, batch.basket_cap.shape[0] - 1)],
        batch.basket_leak[min(s, batch.basket_leak.shape[0] - 1)],
        batch.basket_leak_elasticity[min(s, batch.basket_leak_elasticity.shape[0] - 1)],
    )
