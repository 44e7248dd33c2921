"""One programme for all sets of members: what each adds to its bounds, and a solver kept warm (coalition §1, §2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from oresight.core.errors import ModelError
from oresight.plan.assemble import Assembly, assemble
from oresight.plan.families import MONEY
from oresight.plan.game_case import GameCase
from oresight.plan.highs import Solution, Warm
from oresight.plan.programme import lever_columns, undisturbed_cost
from oresight.plan.records import Case, Floats, Ints, for_members


@dataclass(frozen=True)
class MemberBounds:
    """A block's programme and what each member adds to its bounds.

    Args:
        assembly: Of all members together; matrix and costs are those of every set.
        upper: Columns' upper bounds (member, column).
        row_lower, row_upper: Rows' bounds (member, row).
        offset: Constant of the objective (member,) [million USD].
        baseline: Undisturbed cost of all members, each alone (year,) [million USD/yr].
    """

    assembly: Assembly
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    offset: Floats
    baseline: Floats


def member_bounds(block: Case) -> MemberBounds:
    """Each member's part of all bounds; a set's programme has their sum                  coalition §1

    The undisturbed baseline of a set is the sum of its members', each alone; in the game's case, where today's trade
    is split by one share of use, a member's is that share of all.
    """
    count = len(block.axes.members)
    each = [for_members(block, np.eye(count)[i]) for i in range(count)]
    if isinstance(block, GameCase):
        calm = block.demand_share()[0][:, None] * undisturbed_cost(block)
    else:
        calm = np.stack([undisturbed_cost(alone) for alone in each])
    parts = [assemble(alone, base, pattern=block) for alone, base in zip(each, calm, strict=True)]
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
        np.sum([p.baseline for p in parts], axis=0),
    )


DUAL_PARTS = ("demand", "projects", "supply", "other")


def gray_order(count: int, rank: Sequence[int] | None = None) -> Ints:
    """All sets but the empty one, each differing from the one before in one member (2^n - 1,).

    Args:
        count: Number of members.
        rank: Members by how often they come and go, the most often first; in their own order by default.

    >>> gray_order(2).tolist(), gray_order(2, [1, 0]).tolist()
    ([1, 3, 2], [2, 3, 1])
    """
    steps = np.arange(1, 1 << count)
    gray = steps ^ steps >> 1
    if rank is None:
        return gray
    sets = np.zeros_like(gray)
    for bit, member in enumerate(rank):
        sets |= (gray >> bit & 1) << member
    return sets


def walk_order(bounds: MemberBounds) -> Ints:
    """Gray order in which whoever moves least of the bounds comes and goes most often: short steps solve quicker."""
    held = np.where(np.isfinite(bounds.upper).all(0), bounds.upper, 0.0)
    total = held.sum(0)
    moves = np.divide(held, total, out=np.zeros_like(held), where=total > 0).sum(1)
    return gray_order(len(moves), np.argsort(moves, kind="stable").tolist())


class SetProgramme:
    """A block's programme, kept warm while it goes from set to set."""

    def __init__(self, bounds: MemberBounds, without_plan: bool = False) -> None:
        """
        Args:
            bounds: Of the block.
            without_plan: Close all levers: what a set loses if it decides nothing.
        """
        assembly = bounds.assembly
        self.bounds = bounds
        self.upper = bounds.upper.copy()
        if without_plan:
            self.upper[:, lever_columns(assembly)] = 0.0
        held = np.isfinite(self.upper).all(0)
        self._moving = np.flatnonzero(held & (self.upper != 0).any(0))
        self._fixed, self._free = np.flatnonzero(held & (self.upper == 0).all(0)), np.flatnonzero(~held)
        self._warm = self._cold()
        self._part = np.ascontiguousarray(self.upper[:, self._moving])
        low, high = bounds.row_lower, bounds.row_upper
        low_moves = np.isfinite(low).all(0) & (low != 0).any(0)
        high_moves = np.isfinite(high).all(0) & (high != 0).any(0)
        self._rows = np.flatnonzero(low_moves | high_moves)
        self._row_low = np.ascontiguousarray(low[:, self._rows])
        self._row_high = np.ascontiguousarray(high[:, self._rows])

    def _cold(self) -> Warm:
        """The programme without any basis to start from."""
        warm = Warm(self.bounds.assembly, integer=False)
        warm.option("presolve", "off")
        warm.option("solver", "simplex")
        warm.column_bounds(self._fixed, 0.0, 0.0)
        warm.column_bounds(self._free, self.bounds.assembly.lower[self._free], np.inf)
        return warm

    def _set(self, bits: int) -> Floats:
        count = len(self.bounds.offset)
        who = [i for i in range(count) if bits >> i & 1]
        with_them = np.zeros(count)
        with_them[who] = 1.0
        self._warm.column_bounds(self._moving, 0.0, with_them @ self._part)
        # Rows may be open on one side: infinity times nought is no number, so members are picked, not weighed.
        self._warm.row_bounds(self._rows, self._row_low[who].sum(0), self._row_high[who].sum(0))
        return with_them

    def cost(self, bits: int) -> float:
        """Cost of a set [USD]; a solve that a long walk has led astray is done again from nothing (coalition §1)."""
        who = self._set(bits)
        own = float(self.bounds.offset @ who)
        try:
            found = self._warm.objective()
        except ModelError:
            self._warm = self._cold()
            self._set(bits)
            found = self._warm.objective()
        return (found - self.bounds.assembly.offset + own) * MONEY

    def split(self, bits: int) -> tuple[Solution, Floats]:
        """A set's optimum and its members' parts at its dual prices (member, part) [USD]; 0 for others (coalition §2)."""
        who = self._set(bits)
        found = self._warm.solve("a set's plan")
        return found, dual_parts(self.bounds, self.upper, found, who)

    def close(self, columns: Ints, members: Iterable[int]) -> None:
        """Take some columns away from some members.

        Raises:
            ModelError: One of the columns has no bound to take away.
        """
        where = np.fromiter(members, np.int64)
        if not np.isfinite(self.upper[:, columns]).all():
            raise ModelError("a lever without a bound cannot be closed for one member")
        self.upper[np.ix_(where, columns)] = 0.0
        self._part = np.ascontiguousarray(self.upper[:, self._moving])

    def reopen(self) -> None:
        """Give everything back that was closed one by one."""
        self.upper = self.bounds.upper.copy()
        self._part = np.ascontiguousarray(self.upper[:, self._moving])


def walk(bounds: MemberBounds, sets: Ints | Sequence[int], without_plan: bool = False) -> Floats:
    """Cost of each set, in the order given, each solve warm from the one before (set,) [USD] (coalition §1).

    Args:
        bounds: Of a block.
        sets: Bitmasks.
        without_plan: Close all levers: what the set loses if it decides nothing.
    """
    programme = SetProgramme(bounds, without_plan)
    return np.array([programme.cost(int(s)) for s in sets])


def grand_programme(bounds: MemberBounds) -> Assembly:
    """The programme of all members together, its bounds the sum of theirs."""
    return replace(
        bounds.assembly,
        upper=bounds.upper.sum(0),
        row_lower=bounds.row_lower.sum(0),
        row_upper=bounds.row_upper.sum(0),
        offset=float(bounds.offset.sum()),
        baseline=bounds.baseline,
    )


def dual_shares(bounds: MemberBounds) -> Floats:
    """Each member's bounds at the grand programme's dual prices, by part (member, part) [USD]   coalition §2"""
    found = Warm(grand_programme(bounds), integer=False).solve("the grand plan")
    shifted = replace(found, objective=found.objective - float(bounds.offset.sum()) + bounds.assembly.offset)
    return dual_parts(bounds, bounds.upper, shifted, np.ones(len(bounds.offset)))


def dual_parts(bounds: MemberBounds, upper: Floats, found: Solution, who: Floats) -> Floats:
    """Members' bounds at a programme's dual prices, by part (member, part) [USD]                coalition §2

    share_i = offset_i + sum of row duals x its row bounds + sum of reduced costs x its upper bounds

    Parts are `DUAL_PARTS`: demand to be met, less the rents of projects, of supply that exists, and all else
    (baseline, stock, targets, budgets). A price on a bound at infinity, which only rounding can give, counts
    nothing; what rounding leaves over is split evenly.

    Args:
        bounds: Of the block.
        upper: Columns' upper bounds as solved (member, column).
        found: The optimum, its objective with the assembly's own offset.
        who: 1 for members of the set, 0 for others (member,).

    Source:
        Owen (1975), On the core of linear production games.
    """
    dual, reduced = found.row_dual, found.reduced_cost
    side = np.where(dual > 0, bounds.row_lower, bounds.row_upper)
    side = np.where((dual != 0) & np.isfinite(side).all(0), side, 0.0)
    limited = (reduced < 0) & np.isfinite(upper).all(0)
    by_row = side * dual
    by_column = np.where(limited, upper, 0.0) * np.where(limited, reduced, 0.0)
    layout = bounds.assembly.layout
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
    parts *= who[:, None]
    gap = found.objective - bounds.assembly.offset + float(bounds.offset @ who) - parts.sum()
    parts[:, 3] += gap * who / who.sum()  # rounding of the solver's duals
    result: Floats = parts * MONEY
    return result
