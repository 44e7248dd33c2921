"""Draws of uncertain figures, bands of what follows, and which figure matters most.

A figure is a row (low, best, high). Draws are quasi-random (scrambled Sobol points) with a recorded seed, so
an answer can be drawn again. Everything here is arrays: which row is which is the caller's business.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc, rankdata

from oresight.core.errors import DataError
from oresight.market.records import Flags, Floats

PERCENTILES = (5.0, 50.0, 95.0)


@dataclass(frozen=True)
class Draws:
    """Drawn figures.

    Args:
        value: (draw, row), in the rows' own units.
        point: The uniform points behind them (draw, row), 0..1.
        seed: What to draw them again with.
    """

    value: Floats
    point: Floats
    seed: int


@dataclass(frozen=True)
class Band:
    """Percentiles over draws; nan where no draw has a value.

    Args:
        low, median, high: P5, P50, P95 (...).
        known: Share of draws with a value (...) [1].
    """

    low: Floats
    median: Floats
    high: Floats
    known: Floats


def draw(low: Floats, best: Floats, high: Floats, count: int, seed: int, log: Flags | bool = False) -> Draws:
    """Quasi-random draws of (low, best, high) rows.                                              impact §5

    Triangular with its mode at best; uniform where best is nan; fixed where low = high. With `log` the same
    on the logarithm, for figures known to a factor.

    Args:
        low, best, high: (row), low <= best <= high.
        count: Draws; the points are the first of the next power of two.
        seed: Scrambling seed.

    Raises:
        DataError: Rows out of order, unknown bounds, or logs of what is not positive.

    >>> d = draw(np.array([1.0, 2.0]), np.array([np.nan, 2.0]), np.array([3.0, 2.0]), 64, seed=1)
    >>> bool(abs(d.value[:, 0].mean() - 2) < 0.01), float(d.value[:, 1].std())
    (True, 0.0)
    """
    low, best, high = (np.asarray(a, dtype=float) for a in (low, best, high))
    logs = np.broadcast_to(np.asarray(log, dtype=bool), low.shape)
    middle = np.where(np.isnan(best), 0.5 * (low + high), best)
    bad = ~((low <= middle) & (middle <= high)) | (logs & ~(low > 0))
    if bad.any():
        rows = np.flatnonzero(bad).tolist()
        raise DataError(
            f"distribution rows {rows[:5]} are not low <= best <= high (or not positive for logs)",
            "mend the rows in the catalogue",
            {"rows": rows},
        )
    if count < 1:
        raise DataError(f"{count} draws were asked for", "ask for at least one", {"count": count})
    power = max(int(np.ceil(np.log2(count))), 0)
    if low.size == 0:
        return Draws(np.zeros((count, 0)), np.zeros((count, 0)), seed)
    point = qmc.Sobol(low.size, scramble=True, rng=np.random.default_rng(seed)).random_base2(power)[:count]
    a, c, b = (np.where(logs, np.log(np.where(logs, v, 1.0)), v) for v in (low, best, high))
    width = b - a
    flat = np.isnan(c)
    mode = np.where(flat, a, c)
    safe = np.where(width > 0, width, 1.0)
    share = (mode - a) / safe
    rising = a + np.sqrt(point * safe * (mode - a))
    falling = b - np.sqrt((1.0 - point) * safe * (b - mode))
    value = np.where(point < share, rising, falling)
    value = np.where(flat, a + point * width, value)
    value = np.where(width > 0, value, a)
    return Draws(np.where(logs, np.exp(value), value), point, seed)


def band(values: Floats, axis: int = 0) -> Band:
    """P5, P50 and P95 over draws; draws without a value are left out and counted.                impact §5

    >>> float(band(np.array([1.0, 2.0, 3.0, np.nan])).known)
    0.75
    """
    known = np.isfinite(values)
    share = known.mean(axis=axis)
    shape = share.shape
    flat = np.moveaxis(np.where(known, values, np.nan), axis, 0).reshape(values.shape[axis], -1)
    result = np.full((3, flat.shape[1]), np.nan)
    some = np.isfinite(flat).any(axis=0)
    if some.any():
        result[:, some] = np.nanpercentile(flat[:, some], PERCENTILES, axis=0)
    low, median, high = result.reshape(3, *shape)
    return Band(low, median, high, np.asarray(share))


def partial_rank_correlation(inputs: Floats, output: Floats) -> Floats:
    """Rank correlation of each input with the output, the other inputs held (row) [1], -1..1.    impact §5

    Ranks are regressed on the other inputs' ranks and the residuals correlated; nan for an input that never
    varies. Draws without an output are left out.

    Args:
        inputs: (draw, row); output: (draw).
    """
    known = np.isfinite(output)
    x, y = inputs[known], output[known]
    result = np.full(inputs.shape[1], np.nan)
    varies = np.flatnonzero(np.ptp(x, axis=0) > 0) if x.shape[0] else np.zeros(0, dtype=np.int64)
    if x.shape[0] <= varies.size + 2 or np.ptp(y) == 0:
        return result
    ranks = np.column_stack([*(rankdata(x[:, r]) for r in varies), rankdata(y)])
    ranks = (ranks - ranks.mean(axis=0)) / ranks.std(axis=0)
    inverse = np.linalg.pinv(ranks.T @ ranks)
    scale = np.sqrt(np.diag(inverse))
    result[varies] = -inverse[:-1, -1] / (scale[:-1] * scale[-1])
    return result


def first_order_sobol(inputs: Floats, output: Floats, bins: int = 16) -> Floats:
    """Share of the output's variance explained by each input alone (row) [1], 0..1.              impact §5

    Var(E[Y | X in bin]) / Var(Y) over equal-count bins of X, less what bins of noise would show. nan for an
    input that never varies.
    """
    known = np.isfinite(output)
    x, y = inputs[known], output[known]
    result = np.full(inputs.shape[1], np.nan)
    count = y.size
    used = min(bins, max(count // 8, 1))
    if used < 2 or np.ptp(y) == 0:
        return result
    total = y.var()
    for r in range(inputs.shape[1]):
        if np.ptp(x[:, r]) == 0:
            continue
        place = np.minimum((rankdata(x[:, r], method="ordinal") - 1) * used // count, used - 1).astype(
            np.int64
        )
        size = np.bincount(place, minlength=used)
        mean = np.bincount(place, y, used) / size
        between = (size * (mean - y.mean()) ** 2).sum() / count
        within = total - between
        noise = within * (used - 1) / max(count - used, 1)
        result[r] = min(max((between - noise) / total, 0.0), 1.0)
    return result
