"""What every set of members pays: one warm programme per block, walked in Gray order (coalition §1, §2)."""

import hashlib
import os
import pickle
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.plan.assemble import Assembly, assemble
from oresight.plan.coarser import coarser
from oresight.plan.families import MONEY
from oresight.plan.game import PLAYERS_EXACT, Game, membership
from oresight.plan.highs import Warm
from oresight.plan.programme import lever_columns, undisturbed_cost
from oresight.plan.records import Case, Floats, Ints, for_members
from oresight.plan.sub_case import blocks_of, for_commodities


@dataclass(frozen=True)
class MemberBounds:
    """A block's programme and what each member adds to its bounds.

    Args:
        assembly: Of all members together; matrix and costs are those of every set.
        upper: Columns' upper bounds (member, column).
        row_lower, row_upper: Rows' bounds (member, row).
        offset: Constant of the objective (member,) [million USD].
    """

    assembly: Assembly
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    offset: Floats


def member_bounds(block: Case) -> MemberBounds:
    """Each member's part of all bounds; a set's programme has their sum                  coalition §1

    The undisturbed baseline of a set is the sum of its members', each alone.
    """
    count = len(block.axes.members)
    parts = []
    for i in range(count):
        alone = for_members(block, np.eye(count)[i])
        parts.append(assemble(alone, undisturbed_cost(alone), pattern=block))
    whole = assemble(block, pattern=block)
    # What is ready is held by what is decided; its own bound of one is not additive and not needed.
    ready = whole.layout.ready[whole.layout.ready >= 0]
    upper = np.stack([p.upper for p in parts])
    upper[:, ready] = np.inf
    return MemberBounds(
        whole,
        upper,
        np.stack([p.row_lower for p in parts]),
        np.stack([p.row_upper for p in parts]),
        np.array([p.offset for p in parts]),
    )


DUAL_PARTS = ("demand", "projects", "supply", "other")


def gray_order(count: int) -> Ints:
    """All sets but the empty one, each differing from the one before in one member (2^n - 1,).

    >>> gray_order(2).tolist()
    [1, 3, 2]
    """
    steps = np.arange(1, 1 << count)
    return steps ^ steps >> 1


def walk(bounds: MemberBounds, sets: Ints, without_plan: bool = False) -> Floats:
    """Cost of each set, in the order given, each solve warm from the one before (set,) [USD] (coalition §1).

    Args:
        bounds: Of a block.
        sets: Bitmasks.
        without_plan: Close all levers: what the set loses if it decides nothing.
    """
    step = _stepper(bounds, without_plan)
    return np.array([step(int(s)) for s in sets])


def _stepper(bounds: MemberBounds, without_plan: bool = False) -> Callable[[int], float]:
    """A function from a set to its cost [USD] that keeps the programme warm."""
    assembly = bounds.assembly
    warm = Warm(assembly, integer=False)
    warm.option("presolve", "off")
    warm.option("solver", "simplex")
    upper = bounds.upper.copy()
    if without_plan:
        upper[:, lever_columns(assembly)] = 0.0
    moving = np.flatnonzero(np.isfinite(upper).all(0) & (upper != 0).any(0))
    fixed = np.flatnonzero(np.isfinite(upper).all(0) & (upper == 0).all(0))
    free = np.flatnonzero(~np.isfinite(upper).all(0))
    warm.column_bounds(fixed, 0.0, 0.0)
    warm.column_bounds(free, assembly.lower[free], np.inf)
    part = upper[:, moving]
    low, high = bounds.row_lower, bounds.row_upper
    low_moves = np.isfinite(low).all(0) & (low != 0).any(0)
    high_moves = np.isfinite(high).all(0) & (high != 0).any(0)
    rows = np.flatnonzero(low_moves | high_moves)
    row_low, row_high = low[:, rows], high[:, rows]
    count = len(upper)

    def cost(bits: int) -> float:
        who = [i for i in range(count) if bits >> i & 1]
        warm.column_bounds(moving, 0.0, part[who].sum(0))
        warm.row_bounds(rows, row_low[who].sum(0), row_high[who].sum(0))
        return (warm.objective() - assembly.offset + float(bounds.offset[who].sum())) * MONEY

    return cost


@dataclass(frozen=True)
class CoalitionCosts:
    """Costs of every set of members.

    Args:
        members: Names.
        cost: With a joint plan (set,) [USD].
        alone_by_block: Cost of each member alone without any plan (block, member) [USD].
        dual_parts: Each member's part of the grand plan's cost at its dual prices, by `DUAL_PARTS` (member, part)
            [USD]; negative parts are rents the member brings in. Sums to the grand plan's cost.
        by_block: Cost of each set by block (block, set) [USD].
        blocks: Commodities of each block.
    """

    members: tuple[str, ...]
    cost: Floats
    alone_by_block: Floats
    dual_parts: Floats
    by_block: Floats
    blocks: tuple[tuple[str, ...], ...]

    @property
    def alone(self) -> Floats:
        """What each member loses alone without any plan: c0 (member,) [USD]."""
        total: Floats = self.alone_by_block.sum(0)
        return total

    @property
    def dual_share(self) -> Floats:
        """Each member's part of the grand plan's cost (member,) [USD]."""
        total: Floats = self.dual_parts.sum(1)
        return total

    @property
    def rent(self) -> Floats:
        """Scarcity rent of the projects a member hosts or has a share in (member,) [USD] (coalition §2)."""
        earned: Floats = -self.dual_parts[:, DUAL_PARTS.index("projects")]
        return earned

    def block_game(self, block: int) -> Game:
        """The savings game of one block of commodities, for veto and swing members by commodity (coalition §4)."""
        return savings_game(self.members, self.alone_by_block[block], self.by_block[block])

    @property
    def game(self) -> Game:
        """Savings: v(S) = sum over i in S of c0({i}) - c(S) (set,) [USD]                  coalition §1"""
        return savings_game(self.members, self.alone, self.cost)

    @property
    def dual_split(self) -> Floats:
        """The Owen split of the savings: c0({i}) - dual share; always in the core (member,) [USD] (coalition §2)."""
        split: Floats = self.alone - self.dual_share
        return split


def savings_game(members: tuple[str, ...], alone: Floats, cost: Floats) -> Game:
    """The game of savings from costs (coalition §1).

    >>> savings_game(("A", "B"), np.array([5.0, 5.0]), np.array([0.0, 4.0, 4.0, 6.0])).worth.tolist()
    [0.0, 1.0, 1.0, 4.0]
    """
    worth = membership(len(members)) @ alone - cost
    worth[0] = 0.0
    return Game(members, worth)


def dual_shares(bounds: MemberBounds) -> Floats:
    """Each member's bounds at the grand programme's dual prices, by part (member, part) [USD]   coalition §2

    share_i = offset_i + sum of row duals x its row bounds + sum of reduced costs x its upper bounds

    Parts are `DUAL_PARTS`: demand to be met, less the rents of projects, of supply that exists, and all else
    (baseline, stock, targets, budgets).

    Source:
        Owen (1975), On the core of linear production games.
    """
    assembly = replace(
        bounds.assembly,
        upper=bounds.upper.sum(0),
        row_lower=bounds.row_lower.sum(0),
        row_upper=bounds.row_upper.sum(0),
    )
    found = Warm(assembly, integer=False).solve("the grand plan")
    dual, reduced = found.row_dual, found.reduced_cost
    side = np.where(dual > 0, bounds.row_lower, bounds.row_upper)
    side = np.where(np.abs(dual) > 0, side, 0.0)
    limited = (reduced < 0) & np.isfinite(bounds.upper).all(0)
    by_row = side * dual
    by_column = np.where(limited, np.where(np.isfinite(bounds.upper), bounds.upper, 0.0) * reduced, 0.0)
    layout = assembly.layout
    of_row, of_column = np.full(dual.size, 3), np.full(reduced.size, 3)
    of_row[layout.balance[layout.balance >= 0]] = 0
    of_row[layout.build_row[layout.build_row >= 0]] = 1
    of_column[layout.unserved[layout.unserved >= 0]] = 0
    of_column[layout.build[layout.build >= 0]] = 1
    of_column[layout.supply[layout.supply >= 0]] = 2
    parts = np.zeros((len(bounds.offset), len(DUAL_PARTS)))
    for part in range(len(DUAL_PARTS)):
        parts[:, part] = by_row[:, of_row == part].sum(1) + by_column[:, of_column == part].sum(1)
    parts[:, 3] += bounds.offset
    gap = found.objective - assembly.offset + bounds.offset.sum() - parts.sum()
    parts[:, 3] += gap / len(parts)  # rounding of the solver's duals
    return parts * MONEY


def _block_costs(block: Case, chunk: tuple[int, int]) -> tuple[Floats, Floats, Floats]:
    """Costs of a stretch of the Gray order, costs alone without a plan, dual shares; runs in a worker."""
    count = len(block.axes.members)
    bounds = member_bounds(block)
    order = gray_order(count)[chunk[0] : chunk[1]]
    cost = walk(bounds, order)
    if chunk[0]:
        return cost, np.zeros(count), np.zeros((count, len(DUAL_PARTS)))
    alone = walk(bounds, 1 << np.arange(count), without_plan=True)
    return cost, alone, dual_shares(bounds)


def game_blocks(case: Case, step: int) -> list[Case]:
    """The blocks of commodities on longer periods, each at the last full plan's budget prices (coalition §1)."""
    label = blocks_of(case)
    coarse = coarser(case, step)
    return [
        for_commodities(coarse, np.flatnonzero(label == b), coarse.terms.budget_price)
        for b in range(int(label.max()) + 1)
    ]


def coalition_costs(
    case: Case,
    step: int = 2,
    reporter: Reporter = silent,
    workers: int = 2,
    folder: Path | None = None,
    executor: Executor | None = None,
    stretches: int = 1,
) -> CoalitionCosts:
    """Cost of every set of members, block by block, in parallel and resumable             coalition §1

    Args:
        case: Of the whole coalition, at most fourteen members.
        step: Years per period of the aggregated plan.
        reporter: Told after each chunk; may cancel, finished chunks stay in `folder`.
        workers: Processes, where no executor is given; 0 solves in this process.
        folder: Finished chunks are kept here and read back; None keeps none.
        executor: Anything with `submit`, such as a Dask client's executor.
        stretches: Pieces a block's walk is cut into, for more workers than blocks.

    Raises:
        StudyError: More than fourteen members: sample instead (`set_cost` with `shapley_sampled`).
    """
    members = case.axes.members
    if len(members) > PLAYERS_EXACT:
        raise StudyError(
            f"{len(members)} members", f"every set is solved for up to {PLAYERS_EXACT}; sample beyond"
        )
    blocks = game_blocks(case, step)
    count, sets = len(members), (1 << len(members)) - 1
    edges = np.linspace(0, sets, max(1, stretches) + 1).astype(int)
    chunks = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    jobs = [(b, chunk) for b in range(len(blocks)) for chunk in chunks]
    cost = np.zeros((len(blocks), sets + 1))
    alone, shares = np.zeros((len(blocks), count)), np.zeros((count, len(DUAL_PARTS)))
    order = gray_order(count)
    keys = [_key(block) for block in blocks] if folder is not None else []
    waiting = []
    done = 0

    def keep(job: tuple[int, tuple[int, int]], found: tuple[Floats, Floats, Floats]) -> None:
        nonlocal shares, done
        b, (first, last) = job
        cost[b, order[first:last]] = found[0]
        alone[b] += found[1]
        shares = shares + found[2]
        done += 1
        report(reporter, done / len(jobs), f"plans of {sets} sets, block {b + 1} of {len(blocks)}")

    for job in jobs:
        stored = _read(folder, keys[job[0]], job[1]) if folder is not None else None
        if stored is None:
            waiting.append(job)
        else:
            keep(job, stored)
    waiting.sort(key=lambda job: -blocks[job[0]].feeds.plant.size - len(blocks[job[0]].projects.name))
    own = None
    if executor is None and workers > 0 and waiting:
        own = executor = ProcessPoolExecutor(max_workers=workers)
    try:
        futures = (
            [executor.submit(_block_costs, blocks[b], chunk) for b, chunk in waiting] if executor else []
        )
        for n, job in enumerate(waiting):
            found = futures[n].result() if futures else _block_costs(blocks[job[0]], job[1])
            if folder is not None:
                _write(folder, keys[job[0]], job[1], found)
            keep(job, found)
    finally:
        if own is not None:
            own.shutdown(wait=True, cancel_futures=True)
    return CoalitionCosts(
        members, cost.sum(0), alone, shares, cost, tuple(block.axes.commodities for block in blocks)
    )


def set_cost(case: Case, step: int = 2) -> Callable[[int], float]:
    """Cost of any set on demand, for sampling games of more than fourteen members [USD] (coalition §1, §2)."""
    steppers = [_stepper(member_bounds(block)) for block in game_blocks(case, step)]
    return lambda bits: sum(step_cost(bits) for step_cost in steppers) if bits else 0.0


@dataclass(frozen=True)
class AggregationError:
    """How far the aggregated plan is from the full one.

    Args:
        sets: Bitmasks that were compared.
        full: Savings by the full plan's relaxation (set,) [USD].
        aggregated: Savings by the aggregated plan (set,) [USD].
        relative: Median of |aggregated - full| / full over sets with savings [1].
    """

    sets: Ints
    full: Floats
    aggregated: Floats
    relative: float


def aggregation_error(case: Case, costs: CoalitionCosts, sets: Ints) -> AggregationError:
    """Savings of some sets by yearly plans beside those of the aggregated game            coalition §1

    Both without integer choices and at the same budget prices, so that only the aggregation differs.
    """
    fine = [member_bounds(block) for block in game_blocks(case, 1)]
    singles = 1 << np.arange(len(case.axes.members))
    alone = np.sum([walk(b, singles, without_plan=True) for b in fine], axis=0)
    cost = np.sum([walk(b, sets) for b in fine], axis=0)
    full = membership(len(singles))[sets] @ alone - cost
    aggregated = costs.game.worth[sets]
    some = full > 1e-6 * np.abs(full).max(initial=1.0)
    relative = float(np.median(np.abs(aggregated - full)[some] / full[some])) if some.any() else float("nan")
    return AggregationError(sets, full, aggregated, relative)


def _key(block: Case) -> str:
    """Fingerprint of a block's inputs, so that old chunks are never taken for new ones."""
    return hashlib.sha256(pickle.dumps(block, protocol=5)).hexdigest()[:24]


def _path(folder: Path, key: str, chunk: tuple[int, int]) -> Path:
    return folder / f"{key}-{chunk[0]}-{chunk[1]}.npz"


def _read(folder: Path, key: str, chunk: tuple[int, int]) -> tuple[Floats, Floats, Floats] | None:
    path = _path(folder, key, chunk)
    if not path.exists():
        return None
    with np.load(path) as kept:
        return kept["cost"], kept["alone"], kept["shares"]


def _write(folder: Path, key: str, chunk: tuple[int, int], found: tuple[Floats, Floats, Floats]) -> None:
    """Write whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, key, chunk)
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        np.savez(file, cost=found[0], alone=found[1], shares=found[2])
    part.replace(path)
