"""Concentration (measure §2) and N-1 (measure §5)."""

import numpy as np
import pytest

from oresight.core.errors import DataError
from oresight.measure.herfindahl import herfindahl, herfindahl_by_governance, herfindahl_of_suppliers
from oresight.measure.n_minus_1 import n_minus_1


def test_equal_and_single_holders() -> None:
    """measure §2"""
    assert float(herfindahl(np.ones(4))) == pytest.approx(0.25)
    assert float(herfindahl([0.0, 9.0, np.nan])) == 1.0
    assert np.isnan(herfindahl([0.0, np.nan]))


def test_commodities_countries_and_years_at_once() -> None:
    """measure §2: any axis."""
    output = np.random.default_rng(1).exponential(size=(3, 6, 4))
    along = herfindahl(output, axis=1)
    assert along.shape == (3, 4)
    assert along[2, 3] == pytest.approx(float(herfindahl(output[2, :, 3])))


def test_suppliers_of_each_buyer_leave_home_out() -> None:
    """measure §2"""
    trade = np.array([[5.0, 2.0, 1.0], [0.0, 7.0, 1.0], [0.0, 2.0, 0.0]])
    np.testing.assert_allclose(herfindahl_of_suppliers(trade), [np.nan, 0.5, 0.5])


def test_governance_of_those_who_count() -> None:
    """measure §2: a country without a score matters only where it has a share."""
    risk = np.array([0.8, 0.2, np.nan])
    assert float(herfindahl_by_governance([3.0, 1.0, 0.0], risk)) == pytest.approx(
        0.75**2 * 0.8 + 0.25**2 * 0.2
    )
    assert np.isnan(herfindahl_by_governance([3.0, 1.0, 1.0], risk))
    filled = herfindahl_by_governance([1.0, 0.0, 1.0], risk, missing=0.5)
    assert float(filled) == pytest.approx(0.25 * 0.8 + 0.25 * 0.5)
    with pytest.raises(DataError, match="negative"):
        herfindahl([-1.0, 2.0])


def test_what_is_left_without_the_leader() -> None:
    """measure §5: 60 of 100 gone; the rest covers 40 % of all use, but half of what the others use."""
    result = n_minus_1([60.0, 30.0, 10.0], [20.0, 50.0, 30.0])
    assert (float(result.gross), float(result.net), int(result.leader)) == (0.4, 0.5, 0)


def test_no_supply_no_answer() -> None:
    """measure §5"""
    result = n_minus_1([[0.0, 0.0], [5.0, 0.0], [5.0, 1.0]], [[1.0, 1.0], [4.0, 0.0], [0.0, 0.0]])
    np.testing.assert_array_equal(np.isnan(result.gross), [True, False, True])
    np.testing.assert_array_equal(np.isnan(result.net), [True, True, True])
    np.testing.assert_array_equal(result.leader, [-1, 0, 0])
    with pytest.raises(DataError):
        n_minus_1([1.0], [1.0, 2.0])
    with pytest.raises(DataError):
        n_minus_1([-1.0, 1.0], [1.0, 2.0])
