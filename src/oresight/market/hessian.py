"""The Hessian of one component, compiled, by blocks: over nodes, over quotas, and between them.

    H = sum_j theta C_j diag(s_j) + G' M G,      G = [identity; s],                          market §7
        M_jj = -dD_j/dlnP - theta C_j,  and dL_a/du_a times the outer product of grad u_a

s_j are the shares of pool j over nodes and quotas, C_j its purchases and u_a the log margins.
"""

import numpy as np

from oresight.market.kernels import Row, Structure, compiled
from oresight.market.records import Floats
from oresight.market.workspace import Workspace


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
def hessian_nodes(st: Structure, row: Row, w: Workspace) -> None:
    """Lower triangle of the Hessian over nodes, at the point held, into h; M_jj of every pool into coupling."""
    nodes, pools = st.node_scale.size, st.pool_product.size
    now, h, coupling = w.now, w.h, w.coupling
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
def hessian_quotas(st: Structure, row: Row, z: Floats, w: Workspace, quotas: int) -> None:
    """Columns of the Hessian for the first quota rents: `cross` (quota, node) and `own` (quota, quota)."""
    nodes, pools = st.node_scale.size, st.pool_product.size
    true_quotas = st.quota_scale.size - st.wedge_node.size
    now, coupling, cross, own, part = w.now, w.coupling, w.cross, w.own, w.part
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
