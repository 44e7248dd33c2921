"""impact §5: draws can be repeated, bands cover, importance finds what matters."""

import numpy as np
import pytest

from oresight.core.errors import DataError
from oresight.market.draws import band, draw, first_order_sobol, partial_rank_correlation


def test_draws_follow_the_rows_and_repeat_with_their_seed() -> None:
    """impact §5: triangular, uniform, fixed and logarithmic rows."""
    low, best, high = (
        np.array([1.0, 0.0, 2.0, 1.0]),
        np.array([2.0, np.nan, 2.0, 10.0]),
        np.array([6.0, 1.0, 2.0, 100.0]),
    )
    logs = np.array([False, False, False, True])
    one, two = (draw(low, best, high, 1000, 7, logs) for _ in range(2))
    assert np.array_equal(one.value, two.value) and one.seed == 7
    assert not np.array_equal(one.value, draw(low, best, high, 1000, 8, logs).value)
    assert ((one.value >= low) & (one.value <= high)).all()
    assert one.value[:, 0].mean() == pytest.approx(3.0, abs=0.02)
    assert one.value[:, 1].mean() == pytest.approx(0.5, abs=0.005)
    assert np.ptp(one.value[:, 2]) == 0
    assert np.log(one.value[:, 3]).mean() == pytest.approx(np.log(10), abs=0.02)
    # quasi-random: closer to the mean than 1/sqrt(n) would be
    assert abs(draw(low[:1], best[:1], high[:1], 4096, 1).value.mean() - 3) < 2e-3


def test_rows_out_of_order_are_refused() -> None:
    """impact §5: bad rows are named."""
    with pytest.raises(DataError, match=r"rows \[1\]"):
        draw(np.array([0.0, 3.0]), np.array([1.0, 2.0]), np.array([2.0, 4.0]), 8, 1)
    with pytest.raises(DataError, match="positive"):
        draw(np.array([0.0]), np.array([1.0]), np.array([2.0]), 8, 1, True)


def test_bands_leave_out_and_count_what_is_unknown() -> None:
    """impact §5: P5, P50, P95."""
    values = np.stack([np.arange(101.0), np.full(101, np.nan)], axis=1)
    found = band(values)
    assert (found.low[0], found.median[0], found.high[0], found.known[0]) == (5.0, 50.0, 95.0, 1.0)
    assert np.isnan(found.median[1]) and found.known[1] == 0.0


def test_importance_finds_what_matters() -> None:
    """impact §5: Y = 4 X1 - X2^3 + nothing of X3; shares of variance 16/12 : 1/7 - (1/4)^2 in 0..1."""
    d = draw(np.zeros(4), np.full(4, np.nan), np.array([1.0, 1.0, 1.0, 0.0]), 2048, 3)
    y = 4 * d.value[:, 0] - d.value[:, 1] ** 3
    prcc, sobol = partial_rank_correlation(d.value, y), first_order_sobol(d.value, y)
    assert prcc[0] > 0.9 > abs(prcc[2]) and prcc[1] < -0.5 and np.isnan(prcc[3])
    parts = np.array([16 / 12, 1 / 7 - 1 / 16])
    assert sobol[:2] == pytest.approx(parts / parts.sum(), abs=0.02)
    assert sobol[2] < 0.01 and np.isnan(sobol[3])
