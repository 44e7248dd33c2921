"""Rounding a plan within its budgets: the surest decisions first (plan §2)."""

import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import Infeasible
from oresight.core.progress import Reporter, report
from oresight.plan.assemble import Assembly
from oresight.plan.highs import Solution, Warm
from oresight.plan.records import Floats, Ints

FRACTION = 1e-6
DIVES_MAX = 60


def dive(assembly: Assembly, warm: Warm, relaxed: Solution, chosen: Floats, reporter: Reporter) -> Solution:
    """Round within shared budgets: fix the surest decisions, solve again, until all are whole (plan §2).

    Candidates are what the blocks chose or the relaxation touches, each up to two years later.
    """
    layout = assembly.layout
    lower, upper = assembly.lower.copy(), assembly.upper.copy()
    score = np.minimum(relaxed.x, 1.0) + 0.5 * np.round(chosen)
    candidate = np.zeros(score.size, dtype=bool)
    whole = np.flatnonzero(assembly.integer)
    years = layout.build.shape[1]
    likely = (layout.build >= 0) & (np.append(score, 0.0)[layout.build] > FRACTION)
    for later in range(3):
        moved = np.zeros_like(likely)
        moved[:, later:] = likely[:, : years - later]
        at = layout.build[moved & (layout.build >= 0)]
        candidate[at] = True
    upper[whole[~candidate[whole]]] = 0.0
    warm.column_bounds(whole, lower[whole], upper[whole])
    now = warm.solve("the plan within its budgets")
    for turn in range(DIVES_MAX):
        open_now = whole[(lower[whole] < upper[whole])]
        fraction = open_now[(now.x[open_now] > FRACTION) & (now.x[open_now] < 1 - FRACTION)]
        report(reporter, min(0.99, turn / 20), "fitting projects into the budgets")
        if not fraction.size:
            break
        sure = open_now[now.x[open_now] >= 1 - FRACTION]
        rank = fraction[np.argsort(-(now.x[fraction] + 0.2 * np.round(chosen[fraction])))]
        batch = rank[: max(1, rank.size // 4)]
        while True:
            trial = lower.copy()
            trial[sure] = 1.0
            trial[batch] = 1.0
            fits = at_most_once(layout.build, trial)
            if fits:
                warm.column_bounds(whole, trial[whole], upper[whole])
                try:
                    now = warm.solve("the plan within its budgets")
                    lower = trial
                    break
                except Infeasible:
                    pass
            if batch.size == 1:
                upper[batch] = 0.0
                warm.column_bounds(whole, lower[whole], upper[whole])
                now = warm.solve("the plan within its budgets")
                break
            batch = batch[: batch.size // 2]
    picked = np.round(now.x[whole])
    warm.column_bounds(whole, picked, picked)
    return warm.solve("the plan with its choices fixed")


def at_most_once(build: Ints, lower: Floats) -> bool:
    """Whether no project is fixed into two years."""
    fixed: NDArray[np.bool_] = (build >= 0) & (np.append(lower, 0.0)[build] > 0.5)
    return bool((fixed.sum(1) <= 1).all())
