"""Plans under drawn inputs: one relaxation a draw, the same whatever the number of workers (plan §3)."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.plan.assemble import assemble
from oresight.plan.highs import Warm
from oresight.plan.programme import Plan, do_nothing, read_plan, undisturbed_cost
from oresight.plan.records import Case, Floats

TAKEN = 0.5
"""Part of a lever from which a draw counts as choosing it [1]."""


def relaxed_plan(case: Case, baseline: Floats | None = None) -> Plan:
    """The plan where parts of projects can be built: a bound of the whole, in a fraction of its time     plan §2

    Raises:
        Infeasible: Hard targets cannot be met.
    """
    base = undisturbed_cost(case) if baseline is None else baseline
    assembly = assemble(case, base)
    warm = Warm(assembly, integer=False)
    found = warm.solve("the relaxation")
    nothing = do_nothing(assembly, warm, found)
    return read_plan(case, assembly, found, nothing, found.objective, found.objective)


@dataclass(frozen=True)
class Drawn:
    """What of each draw's plan is kept.

    Args:
        part: Part of each project decided within the shown years (draw, project) [1].
        first: Position of the year in which most of it is decided (draw, project).
        held: Largest public stock (draw, stock) [t].
        cost, nothing: Total with the plan and where nothing is decided (draw,) [USD].
        plan_cost, loss: Cost of levers, expected loss in cut-offs (draw,) [USD].
        spending: Capital and purchases, not discounted (draw,) [USD].
    """

    part: Floats
    first: Floats
    held: Floats
    cost: Floats
    nothing: Floats
    plan_cost: Floats
    loss: Floats
    spending: Floats

    @property
    def chosen(self) -> Floats:
        """Share of draws whose plan takes more than half of a project (project,) [1]."""
        share: Floats = (self.part > TAKEN).mean(axis=0)
        return share


def drawn_plans(
    make: Callable[[int], Case], count: int, reporter: Reporter = silent, workers: int = 2
) -> Drawn:
    """Plans of so many draws, in order                                                                plan §3

    Args:
        make: The case of a draw by its number; must depend on the number alone.
        count: Draws.
        reporter: Told of progress; may cancel, which drops what has not begun.
        workers: Draws solved at once.

    Raises:
        StudyError: No draw.
    """
    if count < 1:
        raise StudyError("no draw of the plan's inputs", "give at least one draw")
    rows = [_kept(p) for p in _in_order(make, count, reporter, workers)]
    part, first, held, figures = (np.array(column) for column in zip(*rows, strict=True))
    return Drawn(part, first, held, *(figures[:, i] for i in range(figures.shape[1])))


def _in_order(make: Callable[[int], Case], count: int, reporter: Reporter, workers: int) -> Iterator[Plan]:
    """Plans as they are ready, in order; few at a time, for each takes memory."""
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        waiting: list[Future[Plan]] = []
        try:
            for number in range(count):
                waiting.append(pool.submit(lambda n: relaxed_plan(make(n)), number))
                if len(waiting) > workers:
                    yield waiting.pop(0).result()
                report(reporter, number / count, f"draw {number + 1} of {count}")
            while waiting:
                yield waiting.pop(0).result()
            report(reporter, 1.0, "all draws")
        finally:
            for each in waiting:
                each.cancel()


def _kept(plan: Plan) -> tuple[Floats, Floats, Floats, Sequence[float]]:
    """The few figures of a plan that are kept of a draw."""
    decided = plan.decided[:, : plan.case.axes.shown]
    held = plan.held[:, : plan.case.axes.shown]
    figures = (
        plan.cost,
        plan.cost_nothing,
        plan.plan_cost,
        plan.expected_loss,
        float(plan.public_spending.sum()),
    )
    return decided.sum(axis=1), decided.argmax(axis=1).astype(float), held.max(axis=1, initial=0.0), figures
