"""Break-even floors by hand, and the strip of puts against drawn paths (plan §1, plan §3)."""

import numpy as np
import pytest

from oresight.core.errors import ModelError, StudyError
from oresight.plan.floors import (
    Guarantee,
    PriceProcess,
    Venture,
    annuity,
    break_even_floor,
    floor_cost,
    floor_cost_sampled,
    put_price,
)


def plant() -> Venture:
    """100 USD today, then 1 t a year for two years at 10 USD/t, asked 10 % a year."""
    return Venture(np.array([100.0, 0, 0]), np.array([0.0, 1, 1]), np.array([0.0, 10, 10]), 0.10)


def test_break_even_by_hand() -> None:
    """F - 10 = 100 x annuity(10 %, 2) = 57.619048, so F = 67.619048."""
    by_hand = 10 + 100 * 0.10 / (1 - 1.1**-2)
    assert annuity(0.10, 2) == pytest.approx(0.57619048)
    for two_way in (False, True):
        found = break_even_floor(plant(), np.array([0.0, 30, 30]), Guarantee(two_way=two_way))
        assert found == pytest.approx(by_hand)


def test_break_even_with_escalation_upside_and_grant_by_hand() -> None:
    """Market 60 then 90; floor F then 1.02 F (t = 1, 2); half of what lies above the floor is paid back.

    Year 1 receives 1.02 F > 60; year 2 receives 90 - 0.5 (90 - 1.0404 F).
    (1.02 F - 10)/1.1 + (45 + 0.5202 F - 10)/1.21 = 80 (grant of 20 %).
    """
    rhs = 80 + 10 / 1.1 - 35 / 1.21
    by_hand = rhs / (1.02 / 1.1 + 0.5202 / 1.21)
    venture = Venture(
        np.array([100.0, 0, 0]), np.array([0.0, 1, 1]), np.array([0.0, 10, 10]), 0.10, grant=0.2
    )
    terms = Guarantee(upside_share=0.5, escalation=0.02)
    found = break_even_floor(venture, np.array([0.0, 40, 90]), terms)
    assert found == pytest.approx(by_hand) and 1.02 * found > 40


def test_no_floor_is_needed_where_the_market_pays() -> None:
    assert break_even_floor(plant(), np.array([0.0, 70, 70]), Guarantee()) == 0.0


def test_floor_on_many_paths_is_below_that_on_their_mean() -> None:
    """The owner keeps the upside, so spread lowers the floor he needs."""
    spread = np.array([[0.0, 30, 30], [0.0, 100, 100]])
    assert break_even_floor(plant(), spread, Guarantee()) < break_even_floor(
        plant(), spread.mean(0), Guarantee()
    )


def test_guaranteed_years_without_output_are_refused() -> None:
    with pytest.raises(ModelError, match="guaranteed years"):
        break_even_floor(plant(), np.zeros(3), Guarantee(last=0))
    with pytest.raises(StudyError):
        Venture(np.array([1.0]), np.array([0.0]), np.array([0.0]), 0.1)


def test_black_76_published_value() -> None:
    """Hull, Options, Futures and Other Derivatives, chapter on futures options.

    Put on a futures price of 20, strike 20, 4 months, 9 % rate, 25 % volatility: 1.12.
    """
    assert put_price(20, 20, 0.25, 4 / 12, 0.09) == pytest.approx(1.12, abs=0.005)


@pytest.mark.parametrize("two_way", [False, True])
@pytest.mark.parametrize("flood", [0, 24])
def test_strip_of_puts_agrees_with_drawn_paths(two_way: bool, flood: int) -> None:
    """plan §4: with and without a flood at half the price for 24 months."""
    process = PriceProcess(60_000, np.full(10, 80_000.0), 0.5, 0.35, 18, flood, 0.5)
    terms = Guarantee(two_way=two_way, upside_share=0.0 if two_way else 0.3, escalation=0.01)
    output = np.array([0, 500, 900, *[1000] * 7], dtype=float)
    closed = floor_cost(process, output, 75_000, terms, 0.03)
    drawn = floor_cost_sampled(process, output, 75_000, terms, 0.03, paths=6000, seed=7)
    assert abs(closed.expected - drawn.expected) < 4.5 * drawn.standard_error
    assert drawn.low < drawn.expected < drawn.high
    assert drawn.by_year == pytest.approx(closed.by_year, abs=0.06 * np.abs(closed.by_year).max())
    assert floor_cost_sampled(process, output, 75_000, terms, 0.03, 200, 7).expected == pytest.approx(
        floor_cost_sampled(process, output, 75_000, terms, 0.03, 200, 7).expected
    )


def test_flooding_and_higher_floors_cost_more() -> None:
    """plan §4: the supplier's answer, price x 0.5 for 24 months, costs the treasury."""
    output = np.full(10, 1000.0)

    def cost(floor: float, months: int) -> float:
        process = PriceProcess(80_000, np.full(10, 80_000.0), 0.5, 0.35, 24, months, 0.5)
        return floor_cost(process, output, floor, Guarantee(), 0.03).expected

    assert cost(75_000, 24) > cost(75_000, 0) > cost(60_000, 0) > 0
