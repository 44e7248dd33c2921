"""Newton's method on one component, compiled: Hessian, Cholesky, bounded step, line search.

With s_j the shares of pool j over nodes and quotas, C_j its purchases and u_a the log margins,

    Hessian   sum_j theta C_j diag(s_j) + G' M G,      G = [identity; s],                      market §7
              M_jj = -dD_j/dlnP - theta C_j,  and dL_a/du_a times the outer product of grad u_a
"""

import numpy as np

from oresight.market.kernels import (
    Row,
    State,
    Structure,
    compiled,
    copy_state,
    evaluate,
    new_state,
    row_of,
    set_factors,
)
from oresight.market.records import Flags, Floats, Ints

STEP_MAX = 4.0
PRICE_LOG_MAX = 300.0
SMALL = 1e-300
CLEARED, STALLED, EXHAUSTED, RUNAWAY = 0, 1, 2, 3


@compiled
def dot(a: Floats, b: Floats) -> float:
    """Inner product of two contiguous lines."""
    t = 0.0
    for i in range(a.size):
        t += a[i] * b[i]
    return t


@compiled
def cholesky(h: Floats, n: int) -> bool:
    """Lower Cholesky factor of h[:n, :n], rows in place; False where a pivot is not positive.

    Four columns at a time, so that the update of what remains loads each entry once for four products.
    """
    panel = np.empty((4, n))
    k = 0
    while k < n:
        width = min(4, n - k)
        for j in range(k, k + width):
            pivot = h[j, j]
            for t in range(k, j):
                pivot -= h[j, t] * h[j, t]
            if not pivot > 0.0:
                return False
            pivot = np.sqrt(pivot)
            h[j, j] = pivot
            inverse = 1.0 / pivot
            for i in range(j + 1, n):
                v = h[i, j]
                for t in range(k, j):
                    v -= h[i, t] * h[j, t]
                v *= inverse
                h[i, j] = v
                panel[j - k, i] = v
        after = k + 4
        if width == 4:
            for i in range(after, n):
                a, b, c, d = h[i, k], h[i, k + 1], h[i, k + 2], h[i, k + 3]
                line = h[i, after : i + 1]
                p, q, r, s = (
                    panel[0, after : i + 1],
                    panel[1, after : i + 1],
                    panel[2, after : i + 1],
                    panel[3, after : i + 1],
                )
                for j in range(i + 1 - after):
                    line[j] -= a * p[j] + b * q[j] + c * r[j] + d * s[j]
        k = after
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
def _free_minimum(s: Floats, c: Floats, free: Flags, w: Floats) -> bool:
    """Minimiser of 1/2 w'Sw + c'w over the free ones, the others at zero; False where S is singular."""
    index = np.flatnonzero(free)
    n = index.size
    w[:] = 0.0
    if n == 0:
        return True
    work, rhs = np.empty((n, n)), np.empty(n)
    for r in range(n):
        rhs[r] = -c[index[r]]
        for k in range(r + 1):
            work[r, k] = s[index[r], index[k]]
    if not cholesky(work, n):
        return False
    solve_lower(work, n, rhs)
    for r in range(n):
        w[index[r]] = rhs[r]
    return True


@compiled
def bounded_step(s: Floats, b: Floats, y: Floats, step: Floats) -> None:
    """Minimiser of 1/2 d'Sd + b'd over d >= -y, S positive definite.

    With w = y + d >= 0. Active sets are guessed from the signs of the multipliers, which settles most cases
    in two rounds; where the guesses do not settle, the method of Lawson and Hanson (1974, ch. 23) does.
    """
    q = b.size
    if q == 1:
        step[0] = max(-b[0] / s[0, 0], -y[0])
        return
    c, w, trial = np.empty(q), np.empty(q), np.empty(q)
    free = np.ones(q, dtype=np.bool_)
    scale = 0.0
    for i in range(q):
        t = b[i]
        for k in range(q):
            t -= s[i, k] * y[k]
        c[i] = t
        scale = max(scale, abs(t))
        free[i] = y[i] > 0.0 or b[i] < 0.0
    for _ in range(6):
        if not _free_minimum(s, c, free, w):
            break
        changed = False
        for i in range(q):
            if free[i]:
                if w[i] < 0.0:
                    free[i] = False
                    changed = True
            else:
                t = c[i]
                for k in range(q):
                    t += s[i, k] * w[k]
                if t < -1e-14 * scale:
                    free[i] = True
                    changed = True
        if not changed:
            for i in range(q):
                step[i] = w[i] - y[i]
            return
    w[:] = 0.0
    free[:] = False
    for _ in range(6 * q):
        enter, least = -1, -1e-13 * scale
        for i in range(q):
            if not free[i]:
                t = c[i]
                for k in range(q):
                    t += s[i, k] * w[k]
                if t < least:
                    enter, least = i, t
        if enter < 0:
            break
        free[enter] = True
        for _ in range(q + 1):
            if not _free_minimum(s, c, free, trial):
                free[enter] = False
                break
            t = 1.0
            for i in range(q):
                if free[i] and trial[i] <= 0.0:
                    t = min(t, w[i] / (w[i] - trial[i]) if w[i] > trial[i] else 0.0)
            done = t >= 1.0
            for i in range(q):
                if free[i]:
                    w[i] += t * (trial[i] - w[i])
                    if not done and w[i] <= 1e-15:
                        w[i] = 0.0
                        free[i] = False
            if done:
                break
    for i in range(q):
        step[i] = w[i] - y[i]


@compiled
def _alike(st: Structure, j: int, first: int, size: int) -> bool:
    """Whether pools j to j + 3 buy from the same unbroken run of nodes."""
    for other in range(j + 1, j + 4):
        lo, hi = st.pool_start[other], st.pool_start[other + 1]
        if hi - lo != size or st.link_node[lo] != first or st.link_node[hi - 1] - first != size - 1:
            return False
    return True


@compiled
def _add_four(h: Floats, share: Floats, lo: int, first: int, size: int, coupling: Floats) -> None:
    """Add M_jj s_j s_j' of four pools with the same nodes to the lower triangle, two rows at a time.

    The entry right of the diagonal that the upper row of a pair also gets is never read.
    """
    p, q, r, s = (
        share[lo : lo + size],
        share[lo + size : lo + 2 * size],
        share[lo + 2 * size : lo + 3 * size],
        share[lo + 3 * size : lo + 4 * size],
    )
    one = 0
    while one < size:
        a, b, c, d = coupling[0] * p[one], coupling[1] * q[one], coupling[2] * r[one], coupling[3] * s[one]
        upper = h[first + one, first : first + size]
        if one + 1 == size:
            for two in range(one + 1):
                upper[two] += a * p[two] + b * q[two] + c * r[two] + d * s[two]
            break
        e, f = coupling[0] * p[one + 1], coupling[1] * q[one + 1]
        g, k = coupling[2] * r[one + 1], coupling[3] * s[one + 1]
        lower = h[first + one + 1, first : first + size]
        for two in range(one + 2):
            v, w, x, y = p[two], q[two], r[two], s[two]
            upper[two] += a * v + b * w + c * x + d * y
            lower[two] += e * v + f * w + g * x + k * y
        one += 2


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
    j = 0
    while j < pools:
        lo, hi = st.pool_start[j], st.pool_start[j + 1]
        first, size = st.link_node[lo], hi - lo
        whole = st.link_node[hi - 1] - first == size - 1
        if whole and j + 3 < pools and _alike(st, j, first, size):
            _add_four(h, share, lo, first, size, coupling[j : j + 4])
            for other in range(j, j + 4):
                spread = row.theta[st.pool_product[other]] * now.bought[other]
                start = st.pool_start[other]
                for one in range(size):
                    h[first + one, first + one] += spread * share[start + one]
            j += 4
            continue
        spread = row.theta[st.pool_product[j]] * now.bought[j]
        for one in range(lo, hi):
            n = st.link_node[one]
            c = coupling[j] * share[one]
            for two in range(lo, one + 1):
                h[n, st.link_node[two]] += c * share[two]
            h[n, n] += spread * share[one]
        j += 1


@compiled
def _hessian_quotas(
    st: Structure,
    row: Row,
    now: State,
    z: Floats,
    coupling: Floats,
    cross: Floats,
    own: Floats,
    part: Floats,
    quotas: int,
) -> None:
    """Columns of the Hessian for the first quota rents: `cross` (quota, node) and `own` (quota, quota)."""
    nodes, pools = st.node_scale.size, st.pool_product.size
    true_quotas = st.quota_scale.size - st.wedge_node.size
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
    for q in range(quotas):
        if q < true_quotas:
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
def eliminate(
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
    base: Floats,
    reduced: Floats,
    quotas: int,
) -> bool:
    """Eliminate the node prices: base = H^-1 g_x, own = Schur complement of the first quotas, reduced = its g."""
    nodes = st.node_scale.size
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
    base[:] = now.gradient[:nodes]
    solve_lower(h, nodes, base)
    if quotas == 0:
        return True
    _hessian_quotas(st, row, now, z, coupling, cross, own, part, quotas)
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
    """Newton step on (x, y) that keeps y >= 0: minimiser of the local quadratic over the bounds.

    Wedges of baskets stay as they are.
    """
    nodes = st.node_scale.size
    quotas = st.quota_scale.size - st.wedge_node.size
    base, reduced = d[:nodes], np.empty(quotas)
    if not eliminate(st, row, now, z, h, coupling, cross, own, part, solved, base, reduced, quotas):
        return False
    d[nodes:] = 0.0
    if quotas > 0:
        step = np.empty(quotas)
        bounded_step(own[:quotas, :quotas], reduced, z[nodes : nodes + quotas], step)
        for q in range(quotas):
            d[nodes + q] = step[q]
            for n in range(nodes):
                base[n] += solved[q, n] * step[q]
    for n in range(nodes):
        d[n] = -d[n]
    return True


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
    far_final, far_made = np.empty(now.price.size), np.empty(now.made.size)
    for iteration in range(iterations_max):
        if residual <= tolerance:
            return CLEARED, iteration, residual
        for n in range(nodes):
            if abs(z[n]) > PRICE_LOG_MAX:
                return RUNAWAY, iteration, residual
        if not _direction(st, row, now, z, h, coupling, cross, own, part, solved, d):
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

    `share` may have no rows where flows are not wanted. With `chained` each scenario after the first starts
    from the one before.
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
        row = row_of(batch, s)
        if chained and s > 0:
            z[s] = z[s - 1]
        count = 0
        code, worst = EXHAUSTED, 0.0
        for attempt in range(2):
            if attempt == 1:
                z[s] = 0.0
            code, more, worst = minimise(
                st, row, z[s], now, trial, h, coupling, cross, own, part, solved, d, next_z,
                tolerance, iterations_max,
            )  # fmt: skip
            count += more
            if code == CLEARED:
                break
        status[s], iterations[s], residual[s] = code, count, worst
        price[s] = now.price
        made[s] = now.made
        bought[s] = now.bought
        consumed[s] = now.consumed
        if share.shape[0] > 0:
            share[s] = now.share
