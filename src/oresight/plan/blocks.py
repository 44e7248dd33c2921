"""The integer programme solved block by block: commodities meet only in budgets and in the tail of losses.

Prices from the relaxation take the place of those shared rows (Lagrange), so each block of commodities that share
feed is a small integer programme of its own, and their bounds add up to a proven bound of the whole (plan §2).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from oresight.core.errors import Infeasible
from oresight.core.progress import Reporter, report
from oresight.plan.assemble import Assembly
from oresight.plan.highs import Solution, Warm
from oresight.plan.records import Floats, Ints

FRACTION = 1e-6
ROUNDS_MAX = 60


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


def solve_integer(
    assembly: Assembly,
    relaxed: Solution,
    nothing: float,
    reporter: Reporter,
    workers: int = 2,
    warm: Warm | None = None,
) -> Whole:
    """Best integer plan to within the tolerated gap of (do nothing - plan)               plan §2

    Args:
        assembly: The programme.
        relaxed: Optimum of its relaxation, with duals.
        nothing: Cost of doing nothing [million USD].
        reporter: Told about progress.
        workers: Blocks solved at once.
        warm: The relaxation, warm; made if None. Its bounds are changed.
    """
    whole_columns = np.flatnonzero(assembly.integer)
    if warm is None:
        warm = Warm(assembly, integer=False)
    gain = max(nothing - relaxed.objective, 1e-9 * max(1.0, abs(nothing)))
    chosen, bound = _blocks(assembly, relaxed, gain, reporter, workers)
    bound = max(bound, relaxed.objective)
    picked = np.round(chosen[whole_columns])
    warm.column_bounds(whole_columns, picked, picked)
    try:
        fixed = warm.solve("the plan with its choices fixed")
    except Infeasible:
        fixed = _dive(assembly, warm, relaxed, chosen, reporter)
    return Whole(fixed, min(bound, fixed.objective), warm)


def _blocks(
    assembly: Assembly, relaxed: Solution, gain: float, reporter: Reporter, workers: int
) -> tuple[Floats, float]:
    """Integer optimum of every block at the relaxation's prices; the point, and the bound they prove."""
    shared = shared_rows(assembly)
    is_shared = np.zeros(assembly.row_lower.size, dtype=bool)
    is_shared[shared] = True
    price = np.where(is_shared, relaxed.row_dual, 0.0)
    cost = assembly.cost - assembly.matrix.T @ price
    rhs = np.where(price > 0, assembly.row_lower, assembly.row_upper)[shared]
    paid = price[shared] != 0
    bound = assembly.offset + float((price[shared][paid] * rhs[paid]).sum())
    inner_rows = np.flatnonzero(~is_shared)
    inner = assembly.matrix.tocsr()[inner_rows]
    links = abs(inner)
    graph = sparse.block_array([[None, links], [links.T, None]], format="csr")
    count, label = connected_components(graph, directed=False)
    row_label, column_label = label[: inner_rows.size], label[inner_rows.size :]
    with_choice = np.zeros(count, dtype=bool)
    with_choice[column_label[assembly.integer]] = True

    # Blocks without a choice keep the relaxation's optimum: at these prices it is optimal in each block.
    chosen = relaxed.x.copy()
    easy = ~with_choice[column_label]
    bound += float((cost[easy] * chosen[easy]).sum())
    rows_by_block = np.argsort(row_label, kind="stable")
    row_at = np.searchsorted(row_label[rows_by_block], np.arange(count + 1))
    columns_by_block = np.argsort(column_label, kind="stable")
    column_at = np.searchsorted(column_label[columns_by_block], np.arange(count + 1))
    by_column = inner.tocsc()
    blocks = np.flatnonzero(with_choice)
    tolerance = 0.4 * assembly.gap * gain / max(1, blocks.size)

    def one(block: int) -> tuple[Ints, Floats, float]:
        columns = columns_by_block[column_at[block] : column_at[block + 1]]
        rows = rows_by_block[row_at[block] : row_at[block + 1]]
        part = replace(
            assembly,
            cost=cost[columns],
            offset=0.0,
            lower=assembly.lower[columns],
            upper=assembly.upper[columns],
            integer=assembly.integer[columns],
            row_lower=assembly.row_lower[inner_rows[rows]],
            row_upper=assembly.row_upper[inner_rows[rows]],
            matrix=sparse.csc_array(by_column[:, columns].tocsr()[rows]),
        )
        small = Warm(part, integer=True)
        small.option("mip_rel_gap", 0.0)
        small.option("mip_abs_gap", tolerance)
        found = small.solve("a block of the plan")
        return columns, found.x, found.bound

    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        for done, (columns, x, lower) in enumerate(pool.map(one, blocks.tolist())):
            chosen[columns] = x
            bound += lower
            report(reporter, (done + 1) / blocks.size, "choosing projects")
    return chosen, bound


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
    for turn in range(ROUNDS_MAX):
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
