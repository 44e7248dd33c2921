"""The compiled inner loops of the market solver: gradient, Hessian, Newton step, line search.

One component (a connected part of a market) is a `Structure` of positions and a `Row` of numbers. The
variables are log prices x at nodes and log rents y >= 0 of quotas; capacity rents are eliminated in closed
form, because min over r >= 0 of (v/k) e^(k(u-r)) + K r only replaces the level by min(v e^(ku), K). With
s_j the shares of pool j over nodes (and quotas), C_j its purchases and u_a the log margins,

    gradient  g_n = sum_a s_an L_a - sum_j s_jn C_j,   g_q = cap_q + leak_q(y_q) - F_q        market §2
    Hessian   sum_j theta C_j diag(s_j) + G' M G,      G = [identity; s],                      market §7
              M_jj = -dD_j/dlnP - theta C_j,  and dL_a/du_a times the outer product of grad u_a
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

from oresight.market.records import BEYOND_CHOKE, PURCHASE_FLOOR, Floats, Ints

F = TypeVar("F", bound=Callable[..., Any])

STEP_MAX = 4.0
SMALL = 1e-300
CLEARED, STALLED, EXHAUSTED = 0, 1, 2


def compiled(function: F) -> F:
    """A function compiled by Numba, cached on disk, with reassociation but with honest nan and inf."""
    return cast(F, numba.njit(cache=True, fastmath={"reassoc", "contract", "arcp", "nsz"})(function))


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
    choke: Floats
    purchase: Floats
    purchase_elasticity: Floats
    release: Floats
    release_elasticity: Floats
    release_max: Floats
    quota_cap: Floats
    quota_leak: Floats
    quota_leak_elasticity: Floats


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
            for link in range(st.pool_start[j], st.pool_start[j + 1]):
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
            e, edge = row.demand_elasticity[j, use], np.log(row.choke[j, use])
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
        for link in range(st.pool_start[j], st.pool_start[j + 1]):
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
        leak = row.quota_leak[q] * np.exp(min(row.quota_leak_elasticity[q] * y, 600.0))
        slack = row.quota_cap[q] + leak - flow
        g[nodes + q] = slack
        worst = max(worst, (abs(slack) if y > 0.0 else max(-slack, 0.0)) / st.quota_scale[q])
    return worst


@compiled
def _hessian_nodes(st: Structure, row: Row, now: State, h: Floats, coupling: Floats) -> None:
    """Lower triangle of the Hessian over nodes; `coupling` gets M_jj of every pool."""
    nodes, pools = st.node_scale.size, st.pool_product.size
    share = now.share
    h[:nodes, :nodes] = 0.0
    for j in range(pools):
        coupling[j] = now.final_slope[j] - row.theta[st.pool_product[j]] * now.bought[j]
    for a in range(row.level.size):
        k = now.made_slope[a]
        if k == 0.0:
            continue
        for at in range(st.input_start[a], st.input_start[a + 1]):
            j, alpha = st.input_pool[at], st.input_share[at]
            coupling[j] += k * alpha * alpha
            for other in range(st.input_start[a], at):
                i, c = st.input_pool[other], k * alpha * st.input_share[other]
                for one in range(st.pool_start[j], st.pool_start[j + 1]):
                    for two in range(st.pool_start[i], st.pool_start[i + 1]):
                        r, s = st.link_node[one], st.link_node[two]
                        v = c * share[one] * share[two]
                        if r == s:
                            h[r, r] += 2.0 * v
                        elif r > s:
                            h[r, s] += v
                        else:
                            h[s, r] += v
            for out_at in range(st.output_start[a], st.output_start[a + 1]):
                o, c = st.output_node[out_at], -k * alpha * st.output_share[out_at]
                for link in range(st.pool_start[j], st.pool_start[j + 1]):
                    n = st.link_node[link]
                    v = c * share[link]
                    if n == o:
                        h[o, o] += 2.0 * v
                    elif o > n:
                        h[o, n] += v
                    else:
                        h[n, o] += v
        for at in range(st.output_start[a], st.output_start[a + 1]):
            o, s = st.output_node[at], k * st.output_share[at]
            for other in range(st.output_start[a], at + 1):
                i = st.output_node[other]
                v = s * st.output_share[other]
                h[max(o, i), min(o, i)] += v
    for j in range(pools):
        lo, hi = st.pool_start[j], st.pool_start[j + 1]
        if hi == lo:
            continue
        spread = row.theta[st.pool_product[j]] * now.bought[j]
        m = coupling[j]
        first = st.link_node[lo]
        if st.link_node[hi - 1] - first == hi - 1 - lo:
            row_of = share[lo:hi]
            for one in range(hi - lo):
                c = m * row_of[one]
                line = h[first + one, first : first + one + 1]
                for two in range(one + 1):
                    line[two] += c * row_of[two]
                line[one] += spread * row_of[one]
        else:
            for one in range(lo, hi):
                n = st.link_node[one]
                c = m * share[one]
                for two in range(lo, one + 1):
                    h[n, st.link_node[two]] += c * share[two]
                h[n, n] += spread * share[one]


@compiled
def _hessian_quotas(
    st: Structure, row: Row, now: State, z: Floats, coupling: Floats, cross: Floats, own: Floats, part: Floats
) -> None:
    """Columns of the Hessian for quota rents: `cross` (quota, node) and `own` (quota, quota)."""
    nodes, quotas, pools = st.node_scale.size, st.quota_scale.size, st.pool_product.size
    share = now.share
    cross[:, :] = 0.0
    own[:, :] = 0.0
    part[:, :] = 0.0
    for q in range(quotas):
        for at in range(st.quota_start[q], st.quota_start[q + 1]):
            link = st.quota_link[at]
            j = st.link_pool[link]
            part[q, j] += share[link]
            spread = row.theta[st.pool_product[j]] * now.bought[j] * share[link]
            cross[q, st.link_node[link]] += spread
            own[q, q] += spread
            for p in range(q):
                for bt in range(st.quota_start[p], st.quota_start[p + 1]):
                    if st.quota_link[bt] == link:
                        own[q, p] += spread
                        own[p, q] += spread
        e = row.quota_leak_elasticity[q]
        own[q, q] += e * row.quota_leak[q] * np.exp(min(e * z[nodes + q], 600.0))
        for j in range(pools):
            t = part[q, j]
            if t != 0.0:
                m = coupling[j] * t
                for link in range(st.pool_start[j], st.pool_start[j + 1]):
                    cross[q, st.link_node[link]] += m * share[link]
                for p in range(quotas):
                    own[q, p] += m * part[p, j]
    for a in range(row.level.size):
        k = now.made_slope[a]
        if k == 0.0 or st.input_start[a + 1] == st.input_start[a]:
            continue
        for q in range(quotas):
            for at in range(st.input_start[a], st.input_start[a + 1]):
                j, alpha = st.input_pool[at], st.input_share[at]
                t = part[q, j]
                if t == 0.0:
                    continue
                for out_at in range(st.output_start[a], st.output_start[a + 1]):
                    cross[q, st.output_node[out_at]] -= k * alpha * st.output_share[out_at] * t
                for other in range(st.input_start[a], st.input_start[a + 1]):
                    if other == at:
                        continue
                    i, c = st.input_pool[other], k * alpha * st.input_share[other] * t
                    for link in range(st.pool_start[i], st.pool_start[i + 1]):
                        cross[q, st.link_node[link]] += c * share[link]
                    for p in range(quotas):
                        own[q, p] += c * part[p, i]


@compiled
def _factor_small(h: Floats, lo: int, hi: int) -> bool:
    """Cholesky of the diagonal block lo..hi, rows in place; False where a pivot is not positive."""
    for i in range(lo, hi):
        for j in range(lo, i + 1):
            s = h[i, j]
            a, b = h[i, lo:j], h[j, lo:j]
            t = 0.0
            for k in range(a.size):
                t += a[k] * b[k]
            s -= t
            if i == j:
                if not s > 0.0:
                    return False
                h[i, i] = np.sqrt(s)
            else:
                h[i, j] = s / h[j, j]
    return True


@compiled
def cholesky(h: Floats, n: int) -> bool:
    """Lower Cholesky factor of h[:n, :n] in place, blocked; False where a pivot is not positive."""
    block = 64
    if n <= 2 * block:
        return _factor_small(h, 0, n)
    for lo in range(0, n, block):
        hi = min(lo + block, n)
        if not _factor_small(h, lo, hi):
            return False
        if hi == n:
            break
        for i in range(hi, n):
            for j in range(lo, hi):
                a, b = h[i, lo:j], h[j, lo:j]
                t = 0.0
                for k in range(a.size):
                    t += a[k] * b[k]
                h[i, j] = (h[i, j] - t) / h[j, j]
        panel = h[hi:n, lo:hi].copy()
        for top in range(hi, n, block):
            end = min(top + block, n)
            update = np.dot(panel[top - hi : end - hi], np.ascontiguousarray(panel[: end - hi].T))
            h[top:end, hi:end] -= update
    return True


@compiled
def solve_lower(h: Floats, n: int, b: Floats) -> None:
    """Solve L L' v = b in place with the factor in h."""
    for i in range(n):
        line = h[i, :i]
        t = 0.0
        for k in range(i):
            t += line[k] * b[k]
        b[i] = (b[i] - t) / h[i, i]
    for i in range(n - 1, -1, -1):
        v = b[i] / h[i, i]
        b[i] = v
        line = h[i, :i]
        for k in range(i):
            b[k] -= line[k] * v


@compiled
def bounded_step(s: Floats, b: Floats, y: Floats, step: Floats) -> None:
    """Minimiser of 1/2 d'Sd + b'd over d >= -y, S positive definite.

    Active sets are guessed from the signs of the multipliers; where the guesses cycle, projected
    Gauss-Seidel finishes.
    """
    q = b.size
    if q == 1:
        step[0] = max(-b[0] / s[0, 0], -y[0])
        return
    fixed = np.zeros(q, dtype=np.bool_)
    for i in range(q):
        fixed[i] = y[i] == 0.0 and b[i] > 0.0
    work = np.empty((q, q))
    rhs = np.empty(q)
    index = np.empty(q, dtype=np.int64)
    for _ in range(12):
        free = 0
        for i in range(q):
            step[i] = -y[i]
            if not fixed[i]:
                index[free] = i
                free += 1
        for r in range(free):
            i = index[r]
            t = -b[i]
            for k in range(q):
                if fixed[k]:
                    t -= s[i, k] * step[k]
            rhs[r] = t
            for c in range(free):
                work[r, c] = s[i, index[c]]
        if free > 0:
            if not _factor_small(work, 0, free):
                break
            solve_lower(work, free, rhs)
            for r in range(free):
                step[index[r]] = rhs[r]
        changed = False
        for i in range(q):
            if fixed[i]:
                t = b[i]
                for k in range(q):
                    t += s[i, k] * step[k]
                if t < 0.0:
                    fixed[i] = False
                    changed = True
            elif step[i] < -y[i]:
                fixed[i] = True
                changed = True
        if not changed:
            return
    for i in range(q):
        step[i] = max(step[i], -y[i])
    for _ in range(2000):
        moved = 0.0
        for i in range(q):
            t = b[i]
            for k in range(q):
                t += s[i, k] * step[k]
            new = max(step[i] - t / s[i, i], -y[i])
            moved = max(moved, abs(new - step[i]))
            step[i] = new
        if moved < 1e-13:
            return


@compiled
def _direction(
    st: Structure,
    row: Row,
    now: State,
    z: Floats,
    h: Floats,
    coupling: Floats,
    cross: Floats,
    own: Floats,
    part: Floats,
    solved: Floats,
    d: Floats,
) -> bool:
    """Newton step on (x, y) that keeps y >= 0: minimiser of the local quadratic over the bounds."""
    nodes, quotas = st.node_scale.size, st.quota_scale.size
    lift = 0.0
    done = False
    for _ in range(8):
        _hessian_nodes(st, row, now, h, coupling)
        for n in range(nodes):
            h[n, n] += lift * (h[n, n] + 1e-12 * st.node_scale[n])
        if cholesky(h, nodes):
            done = True
            break
        lift = max(10.0 * lift, 1e-12) * 10.0
    if not done:
        return False
    base = d[:nodes]
    base[:] = now.gradient[:nodes]
    solve_lower(h, nodes, base)
    if quotas > 0:
        _hessian_quotas(st, row, now, z, coupling, cross, own, part)
        reduced = np.empty(quotas)
        step = np.empty(quotas)
        for q in range(quotas):
            solved[q, :] = cross[q, :]
            solve_lower(h, nodes, solved[q])
            t = 0.0
            for n in range(nodes):
                t += cross[q, n] * base[n]
            reduced[q] = now.gradient[nodes + q] - t
        for q in range(quotas):
            for p in range(quotas):
                t = 0.0
                for n in range(nodes):
                    t += cross[q, n] * solved[p, n]
                own[q, p] -= t
        for q in range(quotas):
            own[q, q] += 1e-14 * st.quota_scale[q]
        bounded_step(own, reduced, z[nodes:], step)
        for q in range(quotas):
            d[nodes + q] = step[q]
            for n in range(nodes):
                base[n] += solved[q, n] * step[q]
    for n in range(nodes):
        d[n] = -d[n]
    return True


@compiled
def _dot(a: Floats, b: Floats) -> float:
    t = 0.0
    for i in range(a.size):
        t += a[i] * b[i]
    return t


@compiled
def _secant(now: State, trial: State) -> None:
    """Replace slopes by their means over a step that proved too long: kinks seen from both sides."""
    for j in range(now.price.size):
        now.final_slope[j] = 0.5 * (now.final_slope[j] + trial.final_slope[j])
    for a in range(now.made.size):
        now.made_slope[a] = 0.5 * (now.made_slope[a] + trial.made_slope[a])


@compiled
def _copy(source: State, target: State) -> None:
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
def minimise(
    st: Structure,
    row: Row,
    z: Floats,
    now: State,
    trial: State,
    h: Floats,
    coupling: Floats,
    cross: Floats,
    own: Floats,
    part: Floats,
    solved: Floats,
    d: Floats,
    next_z: Floats,
    tolerance: float,
    iterations_max: int,
) -> tuple[int, int, float]:
    """Minimise Psi from z in place; (status, iterations, greatest relative imbalance).   market §7

    The step length is found from slopes alone: on a convex function phi, phi'(t) <= 0 proves
    phi(t) <= phi(0), without the cancellation of comparing two large values.
    """
    set_factors(st, row, now)
    trial.factor[:] = now.factor
    residual = evaluate(st, row, z, now)
    nodes = st.node_scale.size
    for iteration in range(iterations_max):
        if residual <= tolerance:
            return CLEARED, iteration, residual
        accepted = False
        for attempt in range(2):
            if not _direction(st, row, now, z, h, coupling, cross, own, part, solved, d):
                return STALLED, iteration, residual
            longest = 0.0
            for n in range(nodes):
                longest = max(longest, abs(d[n]))
            t = 1.0 if longest <= STEP_MAX else STEP_MAX / longest
            slope = _dot(now.gradient, d)
            low, high = 0.0, 0.0
            slope_low, slope_high = slope, 0.0
            for search in range(40):
                for i in range(z.size):
                    next_z[i] = z[i] + t * d[i]
                for q in range(nodes, z.size):
                    next_z[q] = max(next_z[q], 0.0)
                found = evaluate(st, row, next_z, trial)
                here = _dot(trial.gradient, d)
                if found <= tolerance or (search == 0 and here <= 0.0):
                    accepted = True
                elif here <= 0.0:
                    accepted = here >= 0.5 * slope
                elif here <= -0.5 * slope:
                    accepted = found < 0.7 * residual
                if accepted:
                    break
                if attempt == 0 and search == 0:
                    break
                if here <= 0.0:
                    low, slope_low = t, here
                else:
                    high, slope_high = t, here
                if high == 0.0:
                    break
                t = low + (high - low) * slope_low / (slope_low - slope_high)
                edge = 0.1 * (high - low)
                t = min(max(t, low + edge), high - edge)
                if high - low < 1e-14 * high:
                    break
            if accepted:
                break
            if attempt == 0:
                _secant(now, trial)
        if not accepted:
            if low == 0.0 and not found < residual:
                return STALLED, iteration, residual
            if low > 0.0:
                for i in range(z.size):
                    next_z[i] = z[i] + low * d[i]
                found = evaluate(st, row, next_z, trial)
        z[:] = next_z
        residual = found
        _copy(trial, now)
    return (CLEARED if residual <= tolerance else EXHAUSTED), iterations_max, residual


@compiled
def _row(batch: Row, s: int) -> Row:
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
        batch.choke[min(s, batch.choke.shape[0] - 1)],
        batch.purchase[min(s, batch.purchase.shape[0] - 1)],
        batch.purchase_elasticity[min(s, batch.purchase_elasticity.shape[0] - 1)],
        batch.release[min(s, batch.release.shape[0] - 1)],
        batch.release_elasticity[min(s, batch.release_elasticity.shape[0] - 1)],
        batch.release_max[min(s, batch.release_max.shape[0] - 1)],
        batch.quota_cap[min(s, batch.quota_cap.shape[0] - 1)],
        batch.quota_leak[min(s, batch.quota_leak.shape[0] - 1)],
        batch.quota_leak_elasticity[min(s, batch.quota_leak_elasticity.shape[0] - 1)],
    )


@compiled
def solve_rows(
    st: Structure,
    batch: Row,
    z: Floats,
    price: Floats,
    made: Floats,
    bought: Floats,
    consumed: Floats,
    share: Floats,
    status: Ints,
    iterations: Ints,
    residual: Floats,
    tolerance: float,
    iterations_max: int,
    chained: bool,
) -> None:
    """Solve one component for every scenario, from the start in z (scenario, node + quota), in place.

    `share` may have no rows where flows are not wanted. With `chained` each scenario after the first
    starts from the one before.
    """
    nodes, quotas = st.node_scale.size, st.quota_scale.size
    links, pools, activities = st.link_node.size, st.pool_product.size, st.output_start.size - 1
    now = new_state(links, pools, activities, nodes, quotas)
    trial = new_state(links, pools, activities, nodes, quotas)
    h = np.empty((nodes, nodes))
    coupling = np.empty(pools)
    cross, solved = np.empty((quotas, nodes)), np.empty((quotas, nodes))
    own, part = np.empty((quotas, quotas)), np.empty((quotas, pools))
    d, next_z = np.empty(nodes + quotas), np.empty(nodes + quotas)
    for s in range(z.shape[0]):
        row = _row(batch, s)
        if chained and s > 0:
            z[s] = z[s - 1]
        code, count, worst = minimise(
            st, row, z[s], now, trial, h, coupling, cross, own, part, solved, d, next_z,
            tolerance, iterations_max,
        )  # fmt: skip
        if code != CLEARED:
            z[s] = 0.0
            code, more, worst = minimise(
                st, row, z[s], now, trial, h, coupling, cross, own, part, solved, d, next_z,
                tolerance, iterations_max,
            )  # fmt: skip
            count += more
        status[s], iterations[s], residual[s] = code, count, worst
        price[s] = now.price
        made[s] = now.made
        bought[s] = now.bought
        consumed[s] = now.consumed
        if share.shape[0] > 0:
            share[s] = now.share
