"""A programme cut into blocks of commodities that meet only in budgets and in the tail of losses (plan §2)."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from oresight.core.errors import Infeasible
from oresight.plan.assemble import Assembly
from oresight.plan.highs import Solution, Warm
from oresight.plan.records import Floats, Ints


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


def with_choices(
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
