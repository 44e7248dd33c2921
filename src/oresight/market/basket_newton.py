"""Baskets, compiled: one additive rent on many products, no gradient of anything, found all the same.

At a given rent rho the wedges ln(1 + rho / p) are numbers and the market is one convex problem; what the
basket exports falls with rho. Newton's method takes prices, quota rents and basket rents in one step from the
convex Hessian and a small bordered system; a bracketing search of the rents stands behind it.   months §4
"""

import numpy as np

from oresight.market.dense import dot
from oresight.market.kernels import Row, State, Structure, compiled, copy_state, evaluate, row_of, set_factors
from oresight.market.newton import CLEARED, EXHAUSTED, STALLED, STEP_MAX, eliminate, minimise
from oresight.market.records import Floats
from oresight.market.workspace import Solved, Workspace, keep, new_workspace


@compiled
def set_wedges(st: Structure, rho: Floats, z: Floats) -> None:
    """y = ln(1 + rho / p) of every basket and node, p the node's present price.            months §4"""
    nodes, wedges = st.node_scale.size, st.wedge_node.size
    first = nodes + st.quota_scale.size - wedges
    for v in range(wedges):
        price = st.wedge_price[v] * np.exp(z[st.wedge_node[v]])
        z[first + v] = np.log1p(rho[st.wedge_basket[v]] / price)


@compiled
def basket_slack(st: Structure, row: Row, rho: Floats, now: State, slack: Floats) -> float:
    """cap + leak - tonnes of every basket [t/yr]; the greatest violation against its own baseline."""
    nodes, wedges = st.node_scale.size, st.wedge_node.size
    first = nodes + st.quota_scale.size - wedges
    for b in range(rho.size):
        e = row.basket_leak_elasticity[b]
        slack[b] = row.basket_cap[b] + row.basket_leak[b] * (1.0 + rho[b] / st.basket_price[b]) ** e
    for v in range(wedges):
        slack[st.wedge_basket[v]] += now.gradient[first + v] / st.wedge_worth[v]
    worst = 0.0
    for b in range(rho.size):
        gap = abs(slack[b]) if rho[b] > 0.0 else max(-slack[b], 0.0)
        worst = max(worst, gap / st.basket_scale[b])
    return worst


@compiled
def solve_general(a: Floats, b: Floats) -> bool:
    """Solve a v = b in place by elimination with row pivots; False where a is singular."""
    n = b.size
    for k in range(n):
        pivot = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[pivot, k]):
                pivot = i
        if not abs(a[pivot, k]) > 0.0:
            return False
        if pivot != k:
            for j in range(n):
                a[k, j], a[pivot, j] = a[pivot, j], a[k, j]
            b[k], b[pivot] = b[pivot], b[k]
        for i in range(k + 1, n):
            f = a[i, k] / a[k, k]
            if f != 0.0:
                for j in range(k + 1, n):
                    a[i, j] -= f * a[k, j]
                b[i] -= f * b[k]
    for k in range(n - 1, -1, -1):
        t = b[k]
        for j in range(k + 1, n):
            t -= a[k, j] * b[j]
        b[k] = t / a[k, k]
    return True


@compiled
def _merit(st: Structure, z: Floats, rho: Floats, now: State, slack: Floats) -> float:
    """Sum of squared imbalances, each against its own baseline."""
    nodes = st.node_scale.size
    total = 0.0
    for n in range(nodes):
        total += (now.gradient[n] / st.node_scale[n]) ** 2
    for q in range(st.quota_scale.size - st.wedge_node.size):
        g = now.gradient[nodes + q] / st.quota_scale[q]
        total += min(g, z[nodes + q]) ** 2
    for b in range(rho.size):
        g = slack[b] / st.basket_scale[b]
        total += min(g, rho[b] / st.basket_price[b]) ** 2
    return total


@compiled
def _basket_step(
    st: Structure,
    row: Row,
    z: Floats,
    rho: Floats,
    slack: Floats,
    own: Floats,
    solved: Floats,
    base: Floats,
    reduced: Floats,
    step: Floats,
) -> bool:
    """Steps of all quota rents, wedges and basket rents from the linearised conditions.

    Rows: quotas reduced + S dy >= 0 with y + dy >= 0; wedges dy_v = (d rho - rho dx_n) / (p_n + rho); baskets
    cap + leak + d(leak) - tonnes >= 0 with rho + d rho >= 0. Which of each pair binds is guessed and corrected.
    """
    nodes, total, wedges, baskets = st.node_scale.size, st.quota_scale.size, st.wedge_node.size, rho.size
    quotas = total - wedges
    size = total + baskets
    a, rhs = np.empty((size, size)), np.empty(size)
    free = np.ones(size, dtype=np.bool_)
    for q in range(quotas):
        free[q] = z[nodes + q] > 0.0 or reduced[q] < 0.0
    for b in range(baskets):
        free[total + b] = rho[b] > 0.0 or slack[b] < 0.0
    for _ in range(12):
        a[:, :] = 0.0
        for q in range(quotas):
            if free[q]:
                a[q, :total] = own[q, :total]
                rhs[q] = -reduced[q]
            else:
                a[q, q] = 1.0
                rhs[q] = -z[nodes + q]
        for v in range(wedges):
            b, n = st.wedge_basket[v], st.wedge_node[v]
            price = st.wedge_price[v] * np.exp(z[n])
            part = rho[b] / (price + rho[b])
            for q in range(total):
                a[quotas + v, q] = -part * solved[q, n]
            a[quotas + v, quotas + v] += 1.0
            a[quotas + v, total + b] = -1.0 / (price + rho[b])
            rhs[quotas + v] = part * base[n]
        for b in range(baskets):
            r = total + b
            if not free[r]:
                a[r, r] = 1.0
                rhs[r] = -rho[b]
                continue
            e = row.basket_leak_elasticity[b]
            allowed = row.basket_cap[b]
            ratio = 1.0 + rho[b] / st.basket_price[b]
            leak = row.basket_leak[b] * ratio**e
            a[r, r] = e * leak / (ratio * st.basket_price[b])
            rhs[r] = -(allowed + leak)
            for v in range(wedges):
                if st.wedge_basket[v] == b:
                    for q in range(total):
                        a[r, q] += own[quotas + v, q] / st.wedge_worth[v]
                    rhs[r] -= reduced[quotas + v] / st.wedge_worth[v]
        if not solve_general(a, rhs):
            return False
        changed = False
        for q in range(quotas):
            if free[q] and z[nodes + q] + rhs[q] < 0.0:
                free[q] = False
                changed = True
            elif not free[q] and reduced[q] + dot(own[q, :total], rhs[:total]) < -1e-12 * st.quota_scale[q]:
                free[q] = True
                changed = True
        for b in range(baskets):
            r = total + b
            if free[r] and rho[b] + rhs[r] < 0.0:
                free[r] = False
                changed = True
            elif not free[r]:
                t = row.basket_cap[b] + row.basket_leak[b]
                for v in range(wedges):
                    if st.wedge_basket[v] == b:
                        after = reduced[quotas + v] + dot(own[quotas + v, :total], rhs[:total])
                        t += after / st.wedge_worth[v]
                if t < -1e-12 * st.basket_scale[b]:
                    free[r] = True
                    changed = True
        if not changed:
            break
    step[:] = rhs
    return True


@compiled
def _basket_newton(
    st: Structure, row: Row, z: Floats, rho: Floats, w: Workspace, tolerance: float, iterations_max: int
) -> tuple[int, int, float]:
    """Newton's method on all conditions at once, wedges following prices and basket rents."""
    nodes, total, baskets = st.node_scale.size, st.quota_scale.size, rho.size
    now, trial, next_z, own, solved = w.now, w.trial, w.next_z, w.own, w.solved
    base, reduced, step = np.empty(nodes), np.empty(total), np.empty(total + baskets)
    slack, next_rho = np.empty(baskets), np.empty(baskets)
    set_factors(st, row, now)
    trial.factor[:] = now.factor
    set_wedges(st, rho, z)
    residual = evaluate(st, row, z, now)
    residual = max(residual, basket_slack(st, row, rho, now, slack))
    merit = _merit(st, z, rho, now, slack)
    for iteration in range(iterations_max):
        if residual <= tolerance:
            return CLEARED, iteration, residual
        if not eliminate(st, row, z, w, base, reduced, total):
            return STALLED, iteration, residual
        if not _basket_step(st, row, z, rho, slack, own, solved, base, reduced, step):
            return STALLED, iteration, residual
        longest = 0.0
        for q in range(total):
            for n in range(nodes):
                base[n] += solved[q, n] * step[q]
        for n in range(nodes):
            longest = max(longest, abs(base[n]))
        t = 1.0 if longest <= STEP_MAX else STEP_MAX / longest
        accepted = False
        for _ in range(14):
            for n in range(nodes):
                next_z[n] = z[n] - t * base[n]
            for q in range(total):
                next_z[nodes + q] = max(z[nodes + q] + t * step[q], 0.0)
            for b in range(baskets):
                # Along e^sigma = 1 + rho / mean price: wedges of cheap products, which carry the tonnes, are
                # nearly linear in sigma.
                mean = st.basket_price[b]
                stretch = np.exp(min(t * step[total + b] / (mean + rho[b]), 5.0))
                next_rho[b] = max((mean + rho[b]) * stretch - mean, 0.0)
            set_wedges(st, next_rho, next_z)
            found = evaluate(st, row, next_z, trial)
            found = max(found, basket_slack(st, row, next_rho, trial, slack))
            value = _merit(st, next_z, next_rho, trial, slack)
            if found <= tolerance or value <= (1.0 - 1e-3 * t) * merit:
                accepted = True
                break
            t *= 0.5
        if not accepted:
            return STALLED, iteration, residual
        z[:] = next_z
        rho[:] = next_rho
        residual, merit = found, value
        copy_state(trial, now)
    return (CLEARED if residual <= tolerance else EXHAUSTED), iterations_max, residual


@compiled
def _settle(
    st: Structure, row: Row, z: Floats, rho: Floats, w: Workspace, tolerance: float, iterations_max: int
) -> int:
    """Market at given basket rents: convex solves with wedges held, repeated until the wedges agree."""
    nodes, wedges = st.node_scale.size, st.wedge_node.size
    first = nodes + st.quota_scale.size - wedges
    held = np.empty(wedges)
    count = 0
    for _ in range(60):
        set_wedges(st, rho, z)
        held[:] = z[first:]
        _, more, _ = minimise(st, row, z, w, tolerance, iterations_max)
        count += more
        set_wedges(st, rho, z)
        gap = 0.0
        for v in range(wedges):
            gap = max(gap, abs(held[v] - z[first + v]))
        if gap < 1e-9:
            break
    return count


@compiled
def clear_baskets(
    st: Structure, row: Row, z: Floats, rho: Floats, w: Workspace, tolerance: float, iterations_max: int
) -> tuple[int, int, float]:
    """Clear a component whose baskets carry one additive rent each; (status, iterations, residual). months §4

    An additive rent is no gradient of a convex function, but at a given rent the market is one convex problem
    and what the basket exports falls with the rent: Newton first, a bracketing search of each rent where
    Newton stalls, Newton again from there.
    """
    code, count, residual = _basket_newton(st, row, z, rho, w, tolerance, iterations_max)
    slack = np.empty(rho.size)
    for _sweep in range(4):
        if code == CLEARED:
            break
        if _sweep == 0:
            z[:] = 0.0
            rho[:] = 0.0
        for b in range(rho.size):
            low, high = 0.0, 0.0
            slack_low, slack_high = 0.0, 0.0
            guess = max(rho[b], 0.0)
            for _ in range(50):
                rho[b] = guess
                count += _settle(st, row, z, rho, w, tolerance, iterations_max)
                evaluate(st, row, z, w.now)
                basket_slack(st, row, rho, w.now, slack)
                gap = slack[b]
                if abs(gap) < 1e-5 * st.basket_scale[b] or (gap >= 0.0 and guess == 0.0):
                    break
                if gap < 0.0:
                    low, slack_low = guess, gap
                    if high == 0.0:
                        guess = 2.0 * max(guess, 0.25 * st.basket_price[b])
                        continue
                else:
                    high, slack_high = guess, gap
                    if slack_low == 0.0:
                        guess = 0.0
                        continue
                edge = 0.2 * (high - low)
                guess = low + (high - low) * slack_low / (slack_low - slack_high)
                guess = min(max(guess, low + edge), high - edge)
        code, more, residual = _basket_newton(st, row, z, rho, w, tolerance, iterations_max)
        count += more
    return code, count, residual


@compiled
def solve_basket_rows(
    st: Structure,
    batch: Row,
    z: Floats,
    rho: Floats,
    out: Solved,
    tolerance: float,
    iterations_max: int,
    chained: bool,
) -> None:
    """Solve one component with baskets for every scenario, from the start in z (scenario, node + quota), in place.

    `rho` (scenario, basket) holds basket rents. With `chained` each scenario after the first starts from the one
    before.
    """
    w = new_workspace(st)
    for s in range(z.shape[0]):
        row = row_of(batch, s)
        if chained and s > 0:
            z[s] = z[s - 1]
            rho[s] = rho[s - 1]
        code, count, worst = clear_baskets(st, row, z[s], rho[s], w, tolerance, iterations_max)
        keep(out, s, w.now, code, count, worst)
