"""Costs of the sets one asks for, each solved once: for quick answers and for many members (coalition §1)."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from threading import Event

import numpy as np

from oresight.core.progress import Cancelled, Reporter, silent
from oresight.plan.coalition_cost import game_blocks, grand_plans
from oresight.plan.game import SampledValue, shapley_sampled
from oresight.plan.member_bounds import DUAL_PARTS, MemberBounds, SetProgramme, walk
from oresight.plan.pieces import Tally, all_of, pool_of
from oresight.plan.records import Case, Floats
from oresight.plan.waiting import Grand


class SetCosts:
    """Costs of sets of members, solved when asked for and kept."""

    def __init__(
        self,
        members: tuple[str, ...],
        blocks: tuple[tuple[str, ...], ...],
        grand: Sequence[Grand],
        bounds: Sequence[MemberBounds],
        pool: Executor,
        warm: bool,
        stop: Event,
    ) -> None:
        self.members, self.blocks, self.grand = members, blocks, tuple(grand)
        self._bounds, self._pool, self._stop = bounds, pool, stop
        self._programmes = [SetProgramme(b) for b in bounds] if warm else None
        everyone = (1 << len(members)) - 1
        self._known = {0: np.zeros(len(blocks)), everyone: np.array([g.parts.sum() for g in grand])}

    @property
    def count(self) -> int:
        """Number of members."""
        return len(self.members)

    @property
    def everyone(self) -> int:
        """The set of all."""
        return (1 << self.count) - 1

    @property
    def known(self) -> tuple[int, ...]:
        """Sets solved so far, nobody left out."""
        return tuple(s for s in self._known if s)

    @property
    def alone(self) -> Floats:
        """What each member loses alone without any plan (member,) [USD]."""
        total: Floats = np.sum([g.alone for g in self.grand], axis=0)
        return total

    @property
    def dual_parts(self) -> Floats:
        """Members' parts of the grand plan's cost at its dual prices (member, part) [USD] (coalition §2)."""
        total: Floats = np.sum([g.parts for g in self.grand], axis=0)
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

    def solve(
        self, sets: Iterable[int], reporter: Reporter = silent, doing: str = "plans of some sets"
    ) -> None:
        """Solve what is not known yet, each block in one go."""
        fresh = [s for s in dict.fromkeys(sets) if s not in self._known]
        if not fresh:
            return
        tally = Tally(reporter, len(self._bounds), doing)
        if self._programmes is None:
            jobs = [self._pool.submit(walk, b, fresh) for b in self._bounds]
        else:
            jobs = [self._pool.submit(_costs, p, fresh, self._stop) for p in self._programmes]
        costs: list[Floats] = all_of(jobs, tally)
        for n, bits in enumerate(fresh):
            self._known[bits] = np.array([block[n] for block in costs])

    def by_block(self, bits: int) -> Floats:
        """Cost of a set (block,) [USD]; it must have been solved."""
        return self._known[bits]

    def worth_by_block(self, bits: int) -> Floats:
        """Savings of a set against its members alone without plans (block,) [USD] (coalition §1)."""
        who = [i for i in range(self.count) if bits >> i & 1]
        lost: Floats = np.array([g.alone[who].sum() for g in self.grand]) - self._known[bits]
        return lost

    def worth(self, bits: int) -> float:
        """Savings of a set [USD]; it must have been solved."""
        return float(self.worth_by_block(bits).sum())


def _costs(programme: SetProgramme, sets: Sequence[int], stop: Event) -> Floats:
    cost = np.empty(len(sets))
    for n, bits in enumerate(sets):
        if stop.is_set():
            raise Cancelled("some sets")
        cost[n] = programme.cost(bits)
    return cost


@contextmanager
def set_costs(
    case: Case, step: int = 1, reporter: Reporter = silent, workers: int = 2, executor: Executor | None = None
) -> Iterator[SetCosts]:
    """The grand plan solved, every other set on demand                                            coalition §1

    Args:
        case: Of the whole coalition, any number of members.
        step: Years per period.
        reporter: Told of the beginning; may cancel.
        workers, executor: As in `coalition_costs`.
    """
    blocks, stop = game_blocks(case, step), Event()
    with pool_of(workers, executor, stop) as pool:
        grand, bounds = grand_plans(blocks, [""] * len(blocks), pool, None, reporter)
        yield SetCosts(
            case.axes.members,
            tuple(b.axes.commodities for b in blocks),
            grand,
            bounds,
            pool,
            executor is None,
            stop,
        )


def sampled_shapley(
    costs: SetCosts, orders: int, seed: int, reporter: Reporter = silent, piece: int = 64
) -> SampledValue:
    """Shapley value from drawn orders of joining with its standard error                          coalition §2

    Args:
        costs: Sets are solved as they come, in the orders drawn, so that each differs little from the one before.
        orders: To draw; an even number, at least four. seed: Of the draw.
        reporter: Told; may cancel.
        piece: Sets solved between two reports.
    """
    wanted: dict[int, None] = {}

    def noted(bits: int) -> float:
        wanted[bits] = None
        return 0.0

    shapley_sampled(noted, costs.count, orders, seed)
    todo = [bits for bits in wanted if bits]
    tally = Tally(reporter, len(todo), f"{orders} orders of joining")
    for at in range(0, len(todo), piece):
        costs.solve(
            todo[at : at + piece], lambda share, doing: reporter(tally.done / tally.total, tally.doing)
        )
        tally.add(len(todo[at : at + piece]))
    return shapley_sampled(costs.worth, costs.count, orders, seed)
