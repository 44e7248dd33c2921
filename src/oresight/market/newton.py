"""Newton's method on one component, compiled: its Hessian factored, a bounded step, a line search."""

import numpy as np

from oresight.market.dense import bounded_step, cholesky, dot, solve_lower
from oresight.market.hessian import hessian_nodes, hessian_quotas
from oresight.market.kernels import Row, Structure, compiled, copy_state, evaluate, row_of, set_factors
from oresight.market.records import Floats
from oresight.market.workspace import Solved, Workspace, keep, new_workspace

STEP_MAX = 4.0
PRICE_LOG_MAX = 300.0
CLEARED, STALLED, EXHAUSTED, RUNAWAY = 0, 1, 2, 3


@compiled
def eliminate(
    st: Structure, row: Row, z: Floats, w: Workspace, base: Floats, reduced: Floats, quotas: int
) -> bool:
    """Eliminate the node prices: base = H^-1 g_x, own = Schur complement of the first quotas, reduced = its g."""
    nodes = st.node_scale.size
    now, h, cross, own, solved = w.now, w.h, w.cross, w.own, w.solved
    lift = 0.0
    done = False
    for _ in range(8):
        hessian_nodes(st, row, w)
        for n in range(nodes):
            h[n, n] += lift * (h[n, n] + 1e-12 * st.node_scale[n])
        if cholesky(h, nodes):
            done = True
            break
        lift = max(10.0 * lift, 1e-12) * 10.0
    if not done:
        return False
    base[:] = now.gradient[:nodes]
    solve_lower(h, nodes, base)
    if quotas == 0:
        return True
    hessian_quotas(st, row, z, w, quotas)
    for q in range(quotas):
        solved[q, :] = cross[q, :]
        solve_lower(h, nodes, solved[q])
        reduced[q] = now.gradient[nodes + q] - dot(cross[q], base)
    for q in range(quotas):
        diagonal = own[q, q]
        for p in range(quotas):
            own[q, p] -= dot(cross[q], solved[p])
        own[q, q] += 1e-10 * diagonal + 1e-14 * st.quota_scale[q]
    return True


@compiled
def _direction(st: Structure, row: Row, z: Floats, w: Workspace) -> bool:
    """Newton step on (x, y) that keeps y >= 0: minimiser of the local quadratic over the bounds.

    Wedges of baskets stay as they are.
    """
    nodes = st.node_scale.size
    quotas = st.quota_scale.size - st.wedge_node.size
    d = w.d
    base, reduced = d[:nodes], np.empty(quotas)
    if not eliminate(st, row, z, w, base, reduced, quotas):
        return False
    d[nodes:] = 0.0
    if quotas > 0:
        step = np.empty(quotas)
        bounded_step(w.own[:quotas, :quotas], reduced, z[nodes : nodes + quotas], step)
        for q in range(quotas):
            d[nodes + q] = step[q]
            for n in range(nodes):
                base[n] += w.solved[q, n] * step[q]
    for n in range(nodes):
        d[n] = -d[n]
    return True


@compiled
def minimise(
    st: Structure, row: Row, z: Floats, w: Workspace, tolerance: float, iterations_max: int
) -> tuple[int, int, float]:
    """Minimise Psi from z in place; (status, iterations, greatest relative imbalance).   market §7

    The step length is found from slopes alone: on a convex function phi, phi'(t) <= 0 proves
    phi(t) <= phi(0), without the cancellation of comparing two large values.
    """
    now, trial, d, next_z = w.now, w.trial, w.d, w.next_z
    set_factors(st, row, now)
    trial.factor[:] = now.factor
    residual = evaluate(st, row, z, now)
    nodes = st.node_scale.size
    far_final, far_made = np.empty(now.price.size), np.empty(now.made.size)
    for iteration in range(iterations_max):
        if residual <= tolerance:
            return CLEARED, iteration, residual
        for n in range(nodes):
            if abs(z[n]) > PRICE_LOG_MAX:
                return RUNAWAY, iteration, residual
        if not _direction(st, row, z, w):
            return STALLED, iteration, residual
        longest = 0.0
        for n in range(nodes):
            longest = max(longest, abs(d[n]))
        first = 1.0 if longest <= STEP_MAX else STEP_MAX / longest
        t = first
        slope = dot(now.gradient, d)
        low, high = 0.0, 0.0
        slope_low, slope_high = slope, 0.0
        accepted = False
        found = residual
        for search in range(60):
            for i in range(z.size):
                next_z[i] = z[i] + t * d[i]
            for q in range(nodes, z.size):
                next_z[q] = max(next_z[q], 0.0)
            found = evaluate(st, row, next_z, trial)
            here = dot(trial.gradient, d)
            if found <= tolerance or (search == 0 and here <= 0.0):
                accepted = True
            elif here <= 0.0:
                accepted = here >= 0.5 * slope
            elif here <= -0.5 * slope:
                accepted = found < 0.7 * residual
            if accepted:
                break
            if here <= 0.0:
                low, slope_low = t, here
            else:
                high, slope_high = t, here
                far_final[:] = trial.final_slope
                far_made[:] = trial.made_slope
            t = low + (high - low) * slope_low / (slope_low - slope_high)
            edge = 0.1 * (high - low)
            t = min(max(t, low + edge), high - edge)
            if high - low < 1e-14 * high:
                break
        if not accepted:
            if low == 0.0:
                return STALLED, iteration, residual
            for i in range(z.size):
                next_z[i] = z[i] + low * d[i]
            found = evaluate(st, row, next_z, trial)
        z[:] = next_z
        residual = found
        copy_state(trial, now)
        if high > 0.0 and t < 0.3 * first:
            # A kink stopped the step: the next one sees its slopes from both sides.
            for j in range(far_final.size):
                now.final_slope[j] = 0.5 * (now.final_slope[j] + far_final[j])
            for a in range(far_made.size):
                now.made_slope[a] = 0.5 * (now.made_slope[a] + far_made[a])
    return (CLEARED if residual <= tolerance else EXHAUSTED), iterations_max, residual


@compiled
def solve_rows(
    st: Structure, batch: Row, z: Floats, out: Solved, tolerance: float, iterations_max: int, chained: bool
) -> None:
    """Solve one component for every scenario, from the start in z (scenario, node + quota), in place.

    With `chained` each scenario after the first starts from the one before.
    """
    w = new_workspace(st)
    for s in range(z.shape[0]):
        row = row_of(batch, s)
        if chained and s > 0:
            z[s] = z[s - 1]
        count = 0
        code, worst = EXHAUSTED, 0.0
        for attempt in range(2):
            if attempt == 1:
                z[s] = 0.0
            code, more, worst = minimise(st, row, z[s], w, tolerance, iterations_max)
            count += more
            if code == CLEARED:
                break
        keep(out, s, w.now, code, count, worst)
