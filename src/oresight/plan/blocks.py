"""The integer programme solved block by block: commodities meet only in budgets and in the tail of losses.

Prices from the relaxation take the place of those shared rows (Lagrange), so each block of commodities that share
feed is a small integer programme of its own, and their bounds add up to a proven bound of the whole (plan §2).
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from oresight.core.errors import Infeasible, ModelError
from oresight.core.progress import Reporter, report
from oresight.plan.assemble import Assembly
from oresight.plan.highs import Solution, Warm
from oresight.plan.records import Floats, Ints

FRACTION = 1e-6
DIVES_MAX = 60
ROUNDS_MAX = 12
GROUP = 5
GROUP_SECONDS = 5.0
SECONDS_MAX = 40.0


@dataclass(frozen=True)
class Whole:
    """An integer solution with its proof.

    Args:
        fixed: Optimum with the integer choices fixed, with duals.
        bound: Proven lower bound of the integer optimum [million USD].
        warm: The programme with integers fixed, warm for more questions.
    """

    fixed: Solution
    bound: float
    warm: Warm


def shared_rows(assembly: Assembly) -> Ints:
    """Rows in which commodities meet: budgets, tails, and the plan's cost."""
    layout = assembly.layout
    rows = [r[r >= 0] for r in (layout.risk_row, layout.budget_row)]
    if layout.cost_row >= 0:
        rows.append(np.array([layout.cost_row]))
    return np.concatenate(rows)


@dataclass(frozen=True)
class Block:
    """Columns and rows that touch no other block but through shared rows.

    Args:
        columns: Positions in the whole.
        part: The block's own programme.
        use: Its entries in the shared rows (shared row, column).
    """

    columns: Ints
    part: Assembly
    use: sparse.csr_array


def split(assembly: Assembly, shared: Ints) -> list[Block]:
    """Blocks that hold a choice or use a shared limit; the rest needs no second look (plan §2)."""
    is_shared = np.zeros(assembly.row_lower.size, dtype=bool)
    is_shared[shared] = True
    inner_rows = np.flatnonzero(~is_shared)
    by_row = assembly.matrix.tocsr()
    inner, across = by_row[inner_rows], by_row[shared].tocsc()
    links = abs(inner)
    graph = sparse.block_array([[None, links], [links.T, None]], format="csr")
    count, label = connected_components(graph, directed=False)
    row_label, column_label = label[: inner_rows.size], label[inner_rows.size :]
    matters = np.zeros(count, dtype=bool)
    matters[column_label[assembly.integer]] = True
    limits = np.isin(shared, assembly.layout.risk_row, invert=True)
    touching = np.asarray(abs(across.tocsr()[np.flatnonzero(limits)]).sum(0)).ravel() > 0
    matters[column_label[touching]] = True
    rows_by_block = np.argsort(row_label, kind="stable")
    row_at = np.searchsorted(row_label[rows_by_block], np.arange(count + 1))
    columns_by_block = np.argsort(column_label, kind="stable")
    column_at = np.searchsorted(column_label[columns_by_block], np.arange(count + 1))
    by_column = inner.tocsc()
    blocks = []
    for b in np.flatnonzero(matters):
        columns = columns_by_block[column_at[b] : column_at[b + 1]]
        rows = rows_by_block[row_at[b] : row_at[b + 1]]
        part = replace(
            assembly,
            cost=assembly.cost[columns],
            offset=0.0,
            lower=assembly.lower[columns],
            upper=assembly.upper[columns],
            integer=assembly.integer[columns],
            row_lower=assembly.row_lower[inner_rows[rows]],
            row_upper=assembly.row_upper[inner_rows[rows]],
            matrix=sparse.csc_array(by_column[:, columns].tocsr()[rows]),
        )
        blocks.append(Block(columns, part, sparse.csr_array(across[:, columns])))
    return blocks


@dataclass(frozen=True)
class Priced:
    """All blocks solved at given prices of the shared rows.

    Args:
        points: Optimum of each block (block, its columns).
        bound: Lower bound of the whole that the prices prove [million USD].
    """

    points: list[Floats]
    bound: float


@dataclass(frozen=True)
class Shared:
    """Shared rows and what is not in any block.

    Args:
        rows: Positions.
        lower, upper: Their bounds.
        rest: Columns outside blocks, kept at the relaxation's optimum.
        x: The relaxation's optimum.
    """

    rows: Ints
    lower: Floats
    upper: Floats
    rest: NDArray[np.bool_]
    x: Floats


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
    within it and then, a few blocks at a time, chosen anew with what the others leave.

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
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        first = _priced(assembly, blocks, shared, price, tolerance, pool, reporter)
        bound = max(first.bound, relaxed.objective)
        fixed = _with_choices(assembly, warm, blocks, first.points)
        if fixed is None or fixed.objective - bound > assembly.gap * (nothing - fixed.objective):
            if fixed is None:
                chosen = relaxed.x.copy()
                for block, x in zip(blocks, first.points, strict=True):
                    chosen[block.columns] = x
                fixed = _dive(assembly, warm, relaxed, chosen, reporter)
            goal = bound + assembly.gap * (nothing - bound) / (1.0 + assembly.gap)
            if fixed.objective > goal:
                fixed = _regrouped(assembly, warm, blocks, shared, fixed, price, goal, gain, reporter)
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
    paid = price != 0
    bound = assembly.offset + float((price[paid] * rhs[paid]).sum())
    # Columns outside blocks meet only risk rows, whose prices never move: the relaxation's point stays optimal.
    bound += float((cost[shared.rest] * shared.x[shared.rest]).sum())

    def one(block: Block) -> tuple[Floats, float]:
        small = Warm(replace(block.part, cost=cost[block.columns]), integer=True)
        small.option("mip_rel_gap", 0.0)
        small.option("mip_abs_gap", tolerance / len(blocks))
        found = small.solve("a block of the plan")
        return found.x, found.bound

    points = []
    for done, (x, lower) in enumerate(pool.map(one, blocks)):
        points.append(x)
        bound += lower
        report(reporter, (done + 1) / len(blocks), "choosing projects")
    return Priced(points, bound)


def _with_choices(
    assembly: Assembly, warm: Warm, blocks: list[Block], points: list[Floats]
) -> Solution | None:
    """The optimum with the integer choices of these points; None where they overrun a shared limit."""
    whole = np.flatnonzero(assembly.integer)
    x = np.zeros(assembly.cost.size)
    for block, point in zip(blocks, points, strict=True):
        x[block.columns] = point
    picked = np.round(x[whole])
    warm.column_bounds(whole, picked, picked)
    try:
        return warm.solve("the plan with its choices fixed")
    except Infeasible:
        return None


def _regrouped(
    assembly: Assembly,
    warm: Warm,
    blocks: list[Block],
    shared: Shared,
    start: Solution,
    price: Floats,
    goal: float,
    gain: float,
    reporter: Reporter,
) -> Solution:
    """Better plans within shared limits: a few blocks at a time are chosen anew, with what the others leave.

    Groups are drawn anew each round (large-neighbourhood search; Shaw 1998), until the goal is met or the rounds or
    seconds are used up. The seed is fixed: the same case gives the same plan, but for the clock.
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
    begin = time.monotonic()
    for turn in range(ROUNDS_MAX):
        order = generator.permutation(len(blocks))
        groups = [order[at : at + GROUP] for at in range(0, len(blocks), GROUP)]
        for number, group in enumerate(groups):
            seconds = SECONDS_MAX - (time.monotonic() - begin)
            if seconds <= 0:
                return best
            own = np.sum([(blocks[i].use @ points[i])[limit] for i in group], axis=0)
            left = np.maximum(available - (used - own), own)
            found = _group(
                [blocks[i] for i in group], [points[i] for i in group], cost, limit, left, gain, seconds
            )
            for i, x in zip(group, found, strict=True):
                points[i] = x
            used = used - own + np.sum([(blocks[i].use @ points[i])[limit] for i in group], axis=0)
            share = (turn + (number + 1) / len(groups)) / ROUNDS_MAX
            report(reporter, share, "fitting projects into the budgets")
        now = _with_choices(assembly, warm, blocks, points)
        if now is not None and now.objective < best.objective:
            best = now
        if best.objective <= goal:
            break
    return best


def _group(
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


def _dive(assembly: Assembly, warm: Warm, relaxed: Solution, chosen: Floats, reporter: Reporter) -> Solution:
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
            fits = _at_most_once(layout.build, trial)
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


def _at_most_once(build: Ints, lower: Floats) -> bool:
    """Whether no project is fixed into two years."""
    fixed: NDArray[np.bool_] = (build >= 0) & (np.append(lower, 0.0)[build] > 0.5)
    return bool((fixed.sum(1) <= 1).all())
