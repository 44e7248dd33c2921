"""The plan when the supplier floods: prices halved for two years once the plan's plants stand (plan §4)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oresight.plan.programme import Plan, flooded, score
from oresight.studies.markets import baseline_price, prior
from oresight.studies.plan.case import PlanCase
from oresight.studies.plan.floors import FloorRow, credit, feed_cost
from oresight.studies.plan.levers import Lever
from oresight.studies.plan.solve import idle


@dataclass(frozen=True)
class FloodRow:
    """One plant of the plan while the supplier floods.

    Args:
        row: Its floor, with what it costs the treasury in three markets.
        margin: Price less running cost and feed today [USD/t]. flood: The same while flooded [USD/t].
        running: Lost by running on through the flood, in full [USD]; 0 where the margin stays above 0.
        revenue: Lost against today's price through the flood [USD].
    """

    row: FloorRow
    margin: float
    flood: float
    running: float
    revenue: float


@dataclass(frozen=True)
class Flood:
    """The whole plan under a flood.

    Args:
        start: Position of the first flooded year: the first in which half of the plan's output by value stands.
        months: How long. multiple: On the supplier's prices and the reference prices [1].
        rows: Plants, those that lose most first.
        plan, nothing: The plan's decisions and no decision, scored there.
    """

    start: int
    months: int
    multiple: float
    rows: tuple[FloodRow, ...]
    plan: Plan
    nothing: Plan


def flood(made: PlanCase, plan: Plan, nothing: Plan, needed: Sequence[FloorRow]) -> Flood:
    """Score a plan while the supplier floods                                                         plan §4

    Decisions stay as planned; what runs, sells and is drawn is chosen anew. Feed is taken to fall in price as much as
    the product, so a plant's margin falls by its own value added alone.
    """
    months, multiple = round(prior("flood-months")[1]), prior("flood-price")[1]
    start = standing(plan)
    years = max(round(months / 12), 1)
    rows = sorted((plant(made, r, multiple, months) for r in needed), key=lambda r: (-r.running, -r.revenue))
    bad = flooded(made.case, start, years, multiple)
    return Flood(
        start,
        months,
        multiple,
        tuple(rows),
        score(bad, plan),
        score(flooded(idle(made.case), start, years, multiple), nothing),
    )


def standing(plan: Plan) -> int:
    """First shown year in which half of what the plan builds, by value of output, runs; the last where none does."""
    case = plan.case
    worth = case.projects.capacity * case.products.price[case.projects.product, 0]
    ready = np.append(plan.solution.x, 0.0)[plan.assembly.layout.ready]
    value = worth @ ready
    if value.max(initial=0.0) <= 0:
        return case.axes.shown - 1
    return min(int(np.argmax(value >= 0.5 * value.max())), case.axes.shown - 1)


def plant(made: PlanCase, row: FloorRow, multiple: float, months: int) -> FloodRow:
    """Margin of one plant today and while prices are flooded, and what running on would lose."""
    lever: Lever = row.lever
    price, feed, besides = baseline_price(*lever.product)[0], feed_cost(made, lever), credit(lever)
    margin = price + besides - feed - lever.operating
    then = multiple * (price + besides - feed) - lever.operating
    tonnes = row.output * months / 12.0
    return FloodRow(
        row, margin, then, max(-then, 0.0) * tonnes, (1.0 - multiple) * (price + besides) * tonnes
    )
