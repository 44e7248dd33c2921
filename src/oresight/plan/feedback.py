"""Promise and delivery: new supply moves the price, the price moves the support each project needs (plan §7)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import StudyError
from oresight.plan.floors import Guarantee, Venture, break_even_floor

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Settled:
    """Support after prices and supply have answered each other.

    Args:
        price: Market price met by each project's product (project, year) [USD/t].
        floor: Break-even floor of each project at those prices (project,) [USD/t]; 0 where none is needed.
        support: Undiscounted payment under that floor (project, year) [USD/yr].
        rounds: Rounds taken.
        disagreement: Largest relative change of a price in the last round [1].
        settled: True where that is within the tolerance; otherwise the disagreement is to be reported.
    """

    price: Floats
    floor: Floats
    support: Floats
    rounds: int
    disagreement: float
    settled: bool


def settled_support(
    ventures: list[Venture],
    terms: Guarantee,
    market: Callable[[Floats], Floats],
    price: Floats,
    tolerance: float = 1e-3,
    rounds_max: int = 40,
    damping: float = 0.5,
) -> Settled:
    """Support each project needs once its own output has moved the price                 plan §7

    p <- (1 - d) p + d market(outputs), until |dp| / p <= tolerance; supported projects run at their plan

    Args:
        ventures: The plan's projects, each on the same years.
        terms: Of the guarantee.
        market: Prices met by each project given all outputs, (project, year) [t/yr] -> (project, year) [USD/t]:
            the market replay.
        price: To start from (project, year) [USD/t].
        tolerance: Relative change of prices that counts as agreement [1].
        rounds_max: After so many rounds the disagreement is returned, not hidden.
        damping: Weight of the new price [1], in (0, 1].

    Raises:
        StudyError: A damping out of range or a market that answers in another shape or not at all.
    """
    if not 0 < damping <= 1:
        raise StudyError(f"a damping of {damping:g}", "choose a weight above 0 and up to 1")
    output = np.stack([v.output for v in ventures])
    change = np.inf
    rounds = 0
    while rounds < rounds_max and change > tolerance:
        answered = market(output)
        if answered.shape != price.shape or not np.isfinite(answered).all() or (answered <= 0).any():
            raise StudyError("the market gave no price for some project and year", "check the replay")
        moved = (1.0 - damping) * price + damping * answered
        change = float(np.abs(answered / price - 1.0).max())
        price = moved
        rounds += 1
    floor = np.array([break_even_floor(v, p, terms) for v, p in zip(ventures, price, strict=True)])
    received = np.stack([terms.received(p, float(f)) for p, f in zip(price, floor, strict=True)])
    support: Floats = (received - price) * output
    return Settled(price, floor, support, rounds, change, change <= tolerance)


@dataclass(frozen=True)
class Comparison:
    """What the plan promised beside what the market delivers.

    Args:
        promised, delivered: (item,) in the item's unit.
        gap: delivered / promised - 1 (item,) [1]; nan where nothing was promised.
        worst: Position of the largest gap, -1 where none is known.
    """

    promised: Floats
    delivered: Floats
    gap: Floats
    worst: int


def promise_and_delivery(promised: Floats, delivered: Floats) -> Comparison:
    """Set the plan's figures beside the market's for the same items                      plan §7

    >>> promise_and_delivery(np.array([100.0, 0.0]), np.array([90.0, 5.0])).gap.round(3).tolist()
    [-0.1, nan]
    """
    unknown = np.full(promised.shape, np.nan)
    gap = np.divide(delivered, promised, out=unknown, where=promised > 0) - 1.0
    worst = int(np.nanargmax(np.abs(gap))) if np.isfinite(gap).any() else -1
    return Comparison(promised, delivered, gap, worst)
