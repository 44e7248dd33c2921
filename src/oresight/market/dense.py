"""Small dense linear algebra, compiled: factor, solve, and the step that stays on its bounds.

Hessians here have some tens of rows; a call to LAPACK would cost more than the work.
"""

import numpy as np

from oresight.market.kernels import compiled
from oresight.market.records import Flags, Floats


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
