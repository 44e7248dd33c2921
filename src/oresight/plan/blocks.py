"""The integer programme solved block by block: commodities meet only in budgets and in the tail of losses.

Prices from the relaxation take the place of those shared rows (Lagrange), so each block of commodities that share
feed is a small integer programme of its own, and their bounds add up to a proven bound of the whole (plan §2).
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from oresight.core.progress import Reporter, report
from oresight.plan.assemble import Assembly
from oresight.plan.block_parts import Block, Priced, Shared, Whole, shared_rows, split, with_choices
from oresight.plan.dive import dive
from oresight.plan.highs import Solution, Warm
from oresight.plan.records import Floats
from oresight.plan.regroup import polished, regrouped

# One door for those who solve: the blocks' records and the solver.
__all__ = ["Block", "Priced", "Shared", "Whole", "shared_rows", "solve_integer", "split"]

SECONDS_MAX = 50.0
"""Seconds after which no better plan is looked for under budgets."""

BLOCK_SECONDS = 20.0
"""Seconds after which, under budgets, a block's best choice so far is taken, with the bound proven by then."""


def solve_integer(
    assembly: Assembly,
    relaxed: Solution,
    nothing: float,
    reporter: Reporter,
    workers: int = 2,
    warm: Warm | None = None,
) -> Whole:
    """Best integer plan to within the tolerated gap of (do nothing - plan)               plan §2

    Blocks are solved at the relaxation's prices. Where their choices overrun a shared limit, decisions are rounded
    within it, chosen anew among all that the relaxation or a block would take, and then, a few blocks at a time, with
    what the others leave.

    Args:
        assembly: The programme.
        relaxed: Optimum of its relaxation, with duals.
        nothing: Cost of doing nothing [million USD].
        reporter: Told about progress.
        workers: Blocks solved at once.
        warm: The relaxation, warm; made if None. Its bounds are changed.
    """
    if warm is None:
        warm = Warm(assembly, integer=False)
    gain = max(nothing - relaxed.objective, 1e-9 * max(1.0, abs(nothing)))
    rows = shared_rows(assembly)
    blocks = split(assembly, rows)
    rest = np.ones(assembly.cost.size, dtype=bool)
    for block in blocks:
        rest[block.columns] = False
    shared = Shared(rows, assembly.row_lower[rows], assembly.row_upper[rows], rest, relaxed.x)
    price = relaxed.row_dual[rows]
    tolerance = 0.4 * assembly.gap * gain
    begin = time.monotonic()
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        first = _priced(assembly, blocks, shared, price, tolerance, pool, reporter)
    bound = max(first.bound, relaxed.objective)
    fixed = with_choices(assembly, warm, blocks, first.points)
    if fixed is None or fixed.objective - bound > assembly.gap * (nothing - fixed.objective):
        if fixed is None:
            chosen = relaxed.x.copy()
            for block, x in zip(blocks, first.points, strict=True):
                chosen[block.columns] = x
            fixed = dive(assembly, warm, relaxed, chosen, reporter)
        goal = bound + assembly.gap * (nothing - bound) / (1.0 + assembly.gap)
        until = begin + SECONDS_MAX
        if fixed.objective > goal:
            points = np.zeros(assembly.cost.size)
            for block, x in zip(blocks, first.points, strict=True):
                points[block.columns] = x
            report(reporter, 0.7, "choosing among what fits the budgets")
            fixed = polished(assembly, warm, fixed, [relaxed.x, points], bound, goal, until)
        if fixed.objective > goal:
            fixed = regrouped(assembly, warm, blocks, shared, fixed, price, goal, gain, until, reporter)
    picked = np.round(fixed.x[assembly.integer])
    warm.column_bounds(np.flatnonzero(assembly.integer), picked, picked)
    return Whole(fixed, min(bound, fixed.objective), warm)


def _priced(
    assembly: Assembly,
    blocks: list[Block],
    shared: Shared,
    price: Floats,
    tolerance: float,
    pool: ThreadPoolExecutor,
    reporter: Reporter,
) -> Priced:
    """Solve every block at prices of the shared rows, and the bound that proves (Lagrange)."""
    full = np.zeros(assembly.row_lower.size)
    full[shared.rows] = price
    cost = assembly.cost - assembly.matrix.T @ full
    rhs = np.where(price > 0, shared.lower, shared.upper)
    paid, limited = price != 0, bool(np.isfinite(shared.upper).any())
    whole = max(sum(int(b.part.integer.sum()) for b in blocks), 1)
    bound = assembly.offset + float((price[paid] * rhs[paid]).sum())
    # Columns outside blocks meet only risk rows, whose prices never move: the relaxation's point stays optimal.
    bound += float((cost[shared.rest] * shared.x[shared.rest]).sum())

    def one(block: Block) -> tuple[Floats, float]:
        small = Warm(replace(block.part, cost=cost[block.columns]), integer=True)
        small.option("mip_rel_gap", 0.0)
        if limited:
            small.option("time_limit", BLOCK_SECONDS)
        small.option("mip_abs_gap", tolerance * int(block.part.integer.sum()) / whole)
        found = small.solve("a block of the plan")
        return found.x, found.bound

    points = []
    for done, (x, lower) in enumerate(pool.map(one, blocks)):
        points.append(x)
        bound += lower
        report(reporter, (done + 1) / len(blocks), "choosing projects")
    return Priced(points, bound)
