"""Mass balance of metal in use (plan §1)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.core.errors import StudyError
from oresight.plan.recycling import Lifetime, history, inflow_driven, secondary_supply, stock_driven

CASES = settings(max_examples=40, deadline=None)


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, Lifetime]:
    years, uses = draw(st.integers(2, 40)), draw(st.integers(1, 4))
    generator = np.random.default_rng(draw(st.integers(0, 2**31)))
    lifetime = Lifetime(
        generator.uniform(2, 40, uses), generator.uniform(0.8, 4, uses), draw(st.sampled_from([0.0, 0.5]))
    )
    series = generator.uniform(0, 1e5, (years, uses)) * (generator.random((years, uses)) < 0.8)
    return series, lifetime


@CASES
@given(cases())
def test_mass_balances(case: tuple[np.ndarray, Lifetime]) -> None:
    series, lifetime = case
    for flows in (stock_driven(series, lifetime), inflow_driven(series, lifetime)):
        assert flows.imbalance <= 1e-9 * max(1.0, flows.stock.max())
        assert (flows.inflow >= 0).all() and (flows.outflow >= -1e-9 * max(1.0, series.max())).all()
        total_in, total_out = flows.inflow.sum(0), flows.outflow.sum(0)
        assert np.allclose(total_in - total_out, flows.stock[-1], rtol=1e-9, atol=1e-6)


@CASES
@given(cases())
def test_stock_is_met_unless_flagged(case: tuple[np.ndarray, Lifetime]) -> None:
    series, lifetime = case
    flows = stock_driven(series, lifetime)
    assert np.allclose(np.where(flows.clipped, series, flows.stock), series, rtol=1e-9, atol=1e-6)
    assert (flows.stock[flows.clipped] > series[flows.clipped]).all()
    assert (flows.inflow[flows.clipped] == 0).all()


@CASES
@given(cases(), st.floats(0, 1), st.floats(0, 1))
def test_what_is_not_recovered_is_lost(
    case: tuple[np.ndarray, Lifetime], collect: float, recover: float
) -> None:
    series, lifetime = case
    uses = series.shape[1]
    found = secondary_supply(inflow_driven(series, lifetime), np.full(uses, collect), np.full(uses, recover))
    assert np.allclose(found.secondary + found.lost, found.end_of_life)
    assert (found.secondary <= found.collected + 1e-9).all()


def test_both_ways_agree_in_a_steady_state() -> None:
    """A stock held for long is fed by exactly what dies: 1 / mean life of it, every year."""
    lifetime = Lifetime(np.array([8.0]), np.array([2.0]))
    flows = stock_driven(np.full((200, 1), 1000.0), lifetime)
    mean_life = lifetime.survival(400).sum()
    assert flows.inflow[-1, 0] == pytest.approx(1000 / mean_life, rel=1e-6)
    again = inflow_driven(flows.inflow, lifetime)
    assert again.stock == pytest.approx(flows.stock) and again.outflow == pytest.approx(
        flows.outflow, abs=1e-7
    )


def test_shares_and_masses_are_checked() -> None:
    lifetime = Lifetime(np.array([8.0]), np.array([2.0]))
    with pytest.raises(StudyError, match="not per cent"):
        secondary_supply(inflow_driven(np.ones((2, 1)), lifetime), np.array([50.0]), np.array([1.0]))
    with pytest.raises(StudyError, match="negative"):
        stock_driven(np.array([[-1.0]]), lifetime)
    with pytest.raises(StudyError, match="lifetime"):
        Lifetime(np.array([0.0]), np.array([1.0]))
    assert history(np.array([[8.0]]), np.array([0.0]), 3).ravel().tolist() == [8.0] * 4
