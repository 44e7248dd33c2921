"""Better plans within shared limits: some decisions chosen anew with what the others leave (plan §2)."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from oresight.core.errors import Infeasible, ModelError
from oresight.core.progress import Reporter, report
from oresight.plan.assemble import Assembly
from oresight.plan.block_parts import Block, Shared, with_choices
from oresight.plan.highs import Solution, Warm
from oresight.plan.records import Floats

ROUNDS_MAX = 12
IDLE_MAX = 2
"""Rounds that gain nothing, after which no more are tried."""
WORTH = 1e-4
"""Part of what a plan saves that a round must gain to count [1]."""
GROUP = 5
GROUP_SECONDS = 5.0
POLISH_SECONDS = 30.0
SEEN = 1e-4
"""Part of a decision from which a solution counts as touching it [1]."""


def polished(
    assembly: Assembly,
    warm: Warm,
    start: Solution,
    seen: Sequence[Floats],
    bound: float,
    goal: float,
    until: float,
) -> Solution:
    """The best plan among the decisions that some solution touches                                        plan §2

    A small integer programme over everything at once, begun from the plan at hand. All other decisions are closed, so
    its bound proves nothing about the whole.

    Args:
        assembly, warm: The programme, and its relaxation kept warm.
        start: The plan at hand.
        seen: Points whose decisions are tried beside the plan's own.
        bound, goal: Proven bound, and the cost that is good enough [million USD].
        until: When to stop (`time.monotonic`).
    """
    seconds = min(until - time.monotonic(), POLISH_SECONDS)
    if seconds <= 0:
        return start
    build = assembly.layout.build
    score = np.append(np.max([np.minimum(x, 1.0) for x in (start.x, *seen)], axis=0), 0.0)
    likely = (build >= 0) & (score[build] > SEEN)
    tried = np.zeros(assembly.cost.size, dtype=bool)
    tried[build[likely]] = True
    closed = assembly.integer & ~tried
    upper = np.where(closed, np.minimum(assembly.upper, 0.0), assembly.upper)
    small = Warm(replace(assembly, upper=upper), integer=True)
    small.option("mip_rel_gap", 0.0)
    small.option("mip_abs_gap", max(goal - bound, 0.0) * 0.5)
    small.option("time_limit", seconds)
    small.start_from(start.x)
    try:
        found = small.solve("the plan among what fits")
    except (Infeasible, ModelError):
        return start
    if found.objective >= start.objective:
        return start
    whole = np.flatnonzero(assembly.integer)
    picked = np.round(found.x[whole])
    warm.column_bounds(whole, picked, picked)
    return warm.solve("the plan with its choices fixed")


def regrouped(
    assembly: Assembly,
    warm: Warm,
    blocks: list[Block],
    shared: Shared,
    start: Solution,
    price: Floats,
    goal: float,
    gain: float,
    until: float,
    reporter: Reporter,
) -> Solution:
    """Better plans within shared limits: a few blocks at a time are chosen anew, with what the others leave.

    Groups are drawn anew each round (large-neighbourhood search; Shaw 1998), until the goal is met, two rounds gain
    nothing, or the rounds or seconds are used up. The seed is fixed: the same case gives the same plan, but for the clock.
    """
    limit = np.isin(shared.rows, assembly.layout.risk_row, invert=True) & np.isfinite(shared.upper)
    if not limit.any():
        return start
    only_risk = np.zeros(assembly.row_lower.size)
    only_risk[shared.rows] = np.where(limit, 0.0, price)
    cost = assembly.cost - assembly.matrix.T @ only_risk
    available = shared.upper[limit]
    best, points = start, [start.x[b.columns].copy() for b in blocks]
    used = np.sum([(b.use @ x)[limit] for b, x in zip(blocks, points, strict=True)], axis=0)
    generator = np.random.default_rng(0)
    idle = 0
    for turn in range(ROUNDS_MAX):
        order = generator.permutation(len(blocks))
        groups = [order[at : at + GROUP] for at in range(0, len(blocks), GROUP)]
        for number, group in enumerate(groups):
            seconds = until - time.monotonic()
            if seconds <= 0:
                return best
            own = np.sum([(blocks[i].use @ points[i])[limit] for i in group], axis=0)
            left = np.maximum(available - (used - own), own)
            found = chosen_anew(
                [blocks[i] for i in group], [points[i] for i in group], cost, limit, left, gain, seconds
            )
            for i, x in zip(group, found, strict=True):
                points[i] = x
            used = used - own + np.sum([(blocks[i].use @ points[i])[limit] for i in group], axis=0)
            share = (turn + (number + 1) / len(groups)) / ROUNDS_MAX
            report(reporter, share, "fitting projects into the budgets")
        now = with_choices(assembly, warm, blocks, points)
        better = now is not None and now.objective < best.objective - WORTH * gain
        if now is not None and now.objective < best.objective:
            best = now
        idle = 0 if better else idle + 1
        if best.objective <= goal or len(groups) == 1 or idle >= IDLE_MAX:
            break
    return best


def chosen_anew(
    blocks: list[Block],
    points: list[Floats],
    cost: Floats,
    limit: NDArray[np.bool_],
    left: Floats,
    gain: float,
    seconds: float,
) -> list[Floats]:
    """Some blocks chosen anew within what is left of the shared limits; the old choice where nothing is better."""
    first = blocks[0].part
    use = sparse.hstack([b.use[np.flatnonzero(limit)] for b in blocks], format="csc")
    inner = sparse.block_diag([b.part.matrix for b in blocks], format="csc")
    part = replace(
        first,
        cost=np.concatenate([cost[b.columns] for b in blocks]),
        lower=np.concatenate([b.part.lower for b in blocks]),
        upper=np.concatenate([b.part.upper for b in blocks]),
        integer=np.concatenate([b.part.integer for b in blocks]),
        matrix=sparse.csc_array(sparse.vstack([inner, use], format="csc")),
        row_lower=np.concatenate([*(b.part.row_lower for b in blocks), np.full(left.size, -np.inf)]),
        row_upper=np.concatenate([*(b.part.row_upper for b in blocks), left]),
    )
    small = Warm(part, integer=True)
    small.option("mip_rel_gap", 0.0)
    small.option("mip_abs_gap", 0.02 * part.gap * gain)
    small.option("time_limit", min(GROUP_SECONDS, seconds))
    old = np.concatenate(points)
    small.start_from(old)
    try:
        x = small.solve("some blocks within what is left").x
    except (Infeasible, ModelError):
        return points
    if part.cost @ x >= part.cost @ old:
        return points
    sizes = np.cumsum([x.size for x in points])[:-1]
    return [np.asarray(piece) for piece in np.split(x, sizes)]
