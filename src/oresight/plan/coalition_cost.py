"""What every set of members pays: one warm programme per block, walked in Gray order (coalition §1, §2)."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np

from oresight.core.errors import StudyError
from oresight.core.processes import told_to_stop
from oresight.core.progress import Cancelled, Reporter, silent
from oresight.plan.coarser import coarser
from oresight.plan.game import PLAYERS_EXACT, Game, membership
from oresight.plan.kept_parts import key_of, read_part, write_part
from oresight.plan.member_bounds import (
    DUAL_PARTS,
    MemberBounds,
    SetProgramme,
    dual_shares,
    gray_order,
    member_bounds,
    walk,
    walk_order,
)
from oresight.plan.pieces import Tally, all_of, as_they_come, pool_of
from oresight.plan.records import Case, Floats, Ints
from oresight.plan.sub_case import blocks_of, for_commodities
from oresight.plan.waiting import Grand, grand_of_block

__all__ = [
    "DUAL_PARTS",
    "AggregationError",
    "CoalitionCosts",
    "MemberBounds",
    "aggregation_error",
    "coalition_costs",
    "dual_shares",
    "game_blocks",
    "gray_order",
    "member_bounds",
    "savings_game",
    "set_cost",
    "walk",
]

STRETCH = 1024
"""Sets walked in one piece of work, whatever the number of workers: pieces stay short and are found again."""
BEFORE = 0.1
"""Share of the work that comes before the walk over the sets [1]."""


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
        grand: What the grand plan leaves each member, and what waiting costs, by block.
    """

    members: tuple[str, ...]
    cost: Floats
    alone_by_block: Floats
    dual_parts: Floats
    by_block: Floats
    blocks: tuple[tuple[str, ...], ...]
    grand: tuple[Grand, ...] = ()

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

    @property
    def left(self) -> Floats:
        """Loss and risk the joint plan leaves each member (member,) [USD] (coalition §2)."""
        total: Floats = np.sum([g.left for g in self.grand], axis=0)
        return total

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


def game_blocks(case: Case, step: int) -> list[Case]:
    """The blocks of commodities on longer periods, each at the last full plan's budget prices (coalition §1)."""
    label = blocks_of(case)
    coarse = coarser(case, step)
    return [
        for_commodities(coarse, np.flatnonzero(label == b), coarse.terms.budget_price)
        for b in range(int(label.max()) + 1)
    ]


def costs_of_stretch(bounds: MemberBounds, sets: Ints, stop: Event | None = None) -> Floats:
    """Costs of a stretch of the Gray order (set,) [USD]; stops between two sets when told to."""
    programme = SetProgramme(bounds)
    cost = np.empty(len(sets))
    for n, bits in enumerate(sets.tolist()):
        if told_to_stop() or (stop is not None and stop.is_set()):
            raise Cancelled("another piece of the game")
        cost[n] = programme.cost(bits)
    return cost


def coalition_costs(
    case: Case,
    step: int = 1,
    reporter: Reporter = silent,
    workers: int = 2,
    folder: Path | None = None,
    executor: Executor | None = None,
    stretch: int = STRETCH,
) -> CoalitionCosts:
    """Cost of every set of members, block by block, in parallel and resumable             coalition §1

    Args:
        case: Of the whole coalition, at most fourteen members.
        step: Years per period of the plan; 1 is not aggregated.
        reporter: Told as pieces are finished; may cancel, finished pieces stay in `folder`.
        workers: Threads, where no executor is given (the solver runs outside Python's lock); 0 and 1 are one.
        folder: Finished pieces are kept here and read back; None keeps none.
        executor: Anything else with `submit`, such as a Dask client's executor.
        stretch: Sets in a piece of work.

    Raises:
        StudyError: More than fourteen members: sample instead (`some_sets`, `shapley_sampled`).
    """
    members = case.axes.members
    if len(members) > PLAYERS_EXACT:
        raise StudyError(
            f"{len(members)} members", f"every set is solved for up to {PLAYERS_EXACT}; sample beyond"
        )
    blocks = game_blocks(case, step)
    sets = (1 << len(members)) - 1
    starts = range(0, sets, stretch)
    keys = [key_of(block) for block in blocks] if folder is not None else [""] * len(blocks)
    stop = None if executor is not None else Event()
    with pool_of(workers, executor, stop) as pool:
        grands, bounds = grand_plans(blocks, keys, pool, folder, reporter)
        by_block = np.zeros((len(blocks), sets + 1))
        weight = [b.assembly.matrix.nnz for b in bounds]
        tally = Tally(reporter, sum(weight) * sets, f"plans of {sets:,} sets of members", BEFORE, 1.0)
        running: dict[Future[Floats], tuple[int, int, Ints]] = {}
        for b in sorted(range(len(blocks)), key=lambda b: -weight[b]):
            order = walk_order(bounds[b])
            for n, at in enumerate(starts):
                piece = order[at : at + stretch]
                found = read_part(folder, f"{keys[b]}-{n}-of-{len(starts)}")
                if found is None or not np.array_equal(found["sets"], piece):
                    running[pool.submit(costs_of_stretch, bounds[b], piece, stop)] = (b, n, piece)
                else:
                    by_block[b, piece] = found["cost"]
                    tally.add(weight[b] * piece.size)
        for future in as_they_come(running, tally.tell):
            b, n, piece = running[future]
            by_block[b, piece] = future.result()
            name = f"{keys[b]}-{n}-of-{len(starts)}"
            write_part(folder, name, {"cost": by_block[b, piece], "sets": piece})
            tally.add(weight[b] * piece.size)
    return CoalitionCosts(
        members,
        by_block.sum(0),
        np.stack([g.alone for g in grands]),
        np.sum([g.parts for g in grands], axis=0),
        by_block,
        tuple(block.axes.commodities for block in blocks),
        tuple(grands),
    )


def grand_plans(
    blocks: Sequence[Case],
    keys: Sequence[str],
    pool: Executor,
    folder: Path | None,
    reporter: Reporter = silent,
) -> tuple[list[Grand], list[MemberBounds]]:
    """The plan of all members block by block, found in the folder or solved, and members' parts of all bounds."""
    writing = Tally(reporter, len(blocks), "writing the programmes", 0.0, BEFORE / 2)
    bounds = all_of([pool.submit(member_bounds, b) for b in blocks], writing)
    found: list[Grand | None] = []
    for key in keys:
        kept = read_part(folder, f"{key}-grand") if folder is not None else None
        found.append(None if kept is None else Grand(**kept))
    fresh = [b for b, grand in enumerate(found) if grand is None]
    solving = Tally(reporter, len(fresh), "the plan of all members", BEFORE / 2, BEFORE)
    solved = all_of([pool.submit(grand_of_block, blocks[b], bounds[b]) for b in fresh], solving)
    for b, grand in zip(fresh, solved, strict=True):
        write_part(folder, f"{keys[b]}-grand", grand.arrays())
        found[b] = grand
    return [g for g in found if g is not None], bounds


def set_cost(case: Case, step: int = 1) -> Callable[[int], float]:
    """Cost of any set on demand, for sampling games of more than fourteen members [USD] (coalition §1, §2)."""
    programmes = [SetProgramme(member_bounds(block)) for block in game_blocks(case, step)]
    return lambda bits: sum(p.cost(bits) for p in programmes) if bits else 0.0


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
