"""Quantities that cannot be true (network §2)."""

import time

import numpy as np
import pytest

from oresight.core.errors import DataError
from oresight.network.screen import screen_quantities


def year_of_trade(rows: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows of one code and year around 20 USD/kg with honest scatter."""
    random = np.random.default_rng(seed)
    quantity = np.exp(random.normal(3, 2, rows))
    value = quantity * 20 * np.exp(random.normal(0, 0.4, rows))
    return value, quantity, np.full(rows, 284690), np.full(rows, 2024)


def test_forty_thousand_tonnes_that_never_were() -> None:
    """network §2: 2.15 MUSD cannot be 40,700 t of rare-earth compounds (BACI 2024, Türkiye to Benin)."""
    value, quantity, code, year = year_of_trade()
    value[7], quantity[7] = 2151.0, 40_700.0
    done = screen_quantities(value, quantity, code, year)
    assert list(done.row) == [7] and done.was[0] == 40_700.0
    assert done.why == ["too cheap a tonne: quantity too large"] and done.z[0] < -4
    median = np.exp(np.median(np.log(value / quantity)))
    assert done.quantity[7] == pytest.approx(2151.0 / median)
    untouched = np.arange(40) != 7
    np.testing.assert_array_equal(done.quantity[untouched], quantity[untouched])


def test_missing_quantities_come_from_values() -> None:
    """network §2"""
    value, quantity, code, year = year_of_trade()
    median = np.exp(np.median(np.log(value[2:] / quantity[2:])))
    quantity[0], quantity[1] = np.nan, 0.0
    done = screen_quantities(value, quantity, code, year)
    np.testing.assert_allclose(done.quantity[:2], value[:2] / median)
    assert np.isnan(done.was).all() and done.why == ["missing quantity"] * 2


def test_nothing_to_go_by_stays_unknown() -> None:
    """network §2: no value, or a code never priced."""
    done = screen_quantities(
        np.array([np.nan, 5.0, 0.0]),
        np.array([np.nan, np.nan, np.nan]),
        np.array([1, 2, 1]),
        np.full(3, 2020),
    )
    assert np.isnan(done.quantity).all() and done.row.size == 0


def test_posted_prices_do_not_condemn_a_discount() -> None:
    """network §2: with no scatter at all (MAD 0), half price is believed and a thousandth is not."""
    value, quantity = np.full(20, 100.0), np.full(20, 5.0)
    quantity[0], quantity[1] = 10.0, 5000.0
    done = screen_quantities(value, quantity, np.zeros(20, int), np.full(20, 2020))
    assert list(done.row) == [1]


def test_few_flows_are_judged_with_other_years() -> None:
    """network §2: three rows of 2024 beside forty of 2023; one of the three is a thousand times too heavy."""
    value, quantity, code, year = year_of_trade(43)
    year[:40] = 2023
    value[40:], quantity[40:] = [100.0, 120.0, 90.0], [5.0, 6.0, 4500.0]
    done = screen_quantities(value, quantity, code, year)
    assert list(done.row) == [42]
    assert done.quantity[42] == pytest.approx(90.0 / 20.0, rel=0.2)


def test_a_suppliers_habit_is_believed_but_a_lone_lot_is_not() -> None:
    """network §2: one supplier always sells crude at a fiftieth of the price; another does so once."""
    value, quantity, code, year = year_of_trade(60)
    supplier = np.full(60, 3)
    cheap = np.arange(50, 59)
    supplier[cheap] = 1
    value[cheap] = quantity[cheap] * 0.4
    value[59] = quantity[59] * 0.4
    assert set(screen_quantities(value, quantity, code, year).row) >= {59, *cheap}
    assert list(screen_quantities(value, quantity, code, year, supplier).row) == [59]


def test_order_and_currency_do_not_matter() -> None:
    """network §2"""
    value, quantity, code, year = year_of_trade(200, seed=4)
    quantity[[3, 50]] *= [1e4, 1e-4]
    quantity[10] = np.nan
    code[100:] = 7
    order = np.random.default_rng(1).permutation(200)
    one = screen_quantities(value, quantity, code, year)
    other = screen_quantities(7.5 * value[order], quantity[order], code[order], year[order])
    np.testing.assert_allclose(other.quantity, one.quantity[order])
    assert sorted(order[other.row]) == sorted(one.row)


@pytest.mark.parametrize("bad", [-1.0, np.inf])
def test_absurd_rows_are_refused(bad: float) -> None:
    one = np.ones(2)
    with pytest.raises(DataError, match="negative or infinite"):
        screen_quantities(np.array([1.0, bad]), one, one, one)
    with pytest.raises(DataError, match="negative or infinite"):
        screen_quantities(one, np.array([1.0, bad]), one, one)
    with pytest.raises(DataError, match="length"):
        screen_quantities(one, np.ones(3), one, one)


def test_no_rows_at_all() -> None:
    none = np.zeros(0)
    assert screen_quantities(none, none, none, none).quantity.size == 0


def test_half_a_million_rows_take_seconds_not_minutes() -> None:
    """network §2: the whole trade record is screened at every build."""
    random = np.random.default_rng(0)
    rows = 500_000
    quantity = np.exp(random.normal(2, 3, rows))
    value = quantity * np.exp(random.normal(1, 1, rows))
    quantity[random.random(rows) < 0.05] = np.nan
    begin = time.perf_counter()
    done = screen_quantities(
        value,
        quantity,
        random.integers(0, 74, rows),
        random.integers(1995, 2025, rows),
        random.integers(0, 230, rows),
    )
    assert time.perf_counter() - begin < 10
    assert not np.isnan(done.quantity).any()
