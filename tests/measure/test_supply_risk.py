"""The EU's supply risk (measure §4) by hand."""

import numpy as np
import pytest

from oresight.core.errors import DataError
from oresight.measure.supply_risk import VINTAGES, sourcing_concentration, supply_risk, supply_risk_overall


def test_both_sides_meet_halfway_at_full_import_reliance() -> None:
    """measure §4: IR = 1 weighs world and EU sourcing alike, IR = 0 looks at EU sourcing alone."""
    assert float(supply_risk(4.0, 2.0, 1.0, 0.0, 1.0)) == pytest.approx(3.0)
    assert float(supply_risk(4.0, 2.0, 0.0, 0.0, 1.0)) == pytest.approx(2.0)
    assert float(supply_risk(4.0, 2.0, -0.5, 0.0, 1.0)) == pytest.approx(2.0)
    assert float(supply_risk(4.0, 2.0, 0.5, 0.25, 0.8)) == pytest.approx(2.5 * 0.75 * 0.8)


def test_one_side_alone() -> None:
    """measure §4: "GS only" and "EU only"; reliance is then not needed."""
    result = supply_risk([3.0, np.nan, np.nan], [np.nan, 2.0, np.nan], np.nan, 0.0, 1.0)
    np.testing.assert_allclose(result, [3.0, 2.0, np.nan])
    assert np.isnan(supply_risk(3.0, 2.0, np.nan, 0.0, 1.0))


def test_restrictions_and_agreements_weigh_shares() -> None:
    """measure §4: squares of shares times governance times the trade parameter."""
    value = sourcing_concentration([8.0, 2.0], [6.0, 2.0], [1.1, 0.8])
    assert float(value) == pytest.approx(0.64 * 6.0 * 1.1 + 0.04 * 2.0 * 0.8)
    assert np.isnan(sourcing_concentration([8.0, 2.0], [6.0, np.nan]))


def test_the_worse_stage_counts() -> None:
    """measure §4"""
    np.testing.assert_allclose(supply_risk_overall([[1.0, 4.0], [2.0, np.nan]]), [4.0, 2.0])


@pytest.mark.parametrize(
    ("recycled", "substitute", "reliance"),
    [(28.0, 0.9, 1.0), (0.2, 94.0, 1.0), (-0.1, 1.0, 1.0), (0.1, 1.0, 99.0)],
)
def test_per_cent_is_refused(recycled: float, substitute: float, reliance: float) -> None:
    with pytest.raises(DataError):
        supply_risk(3.0, 2.0, reliance, recycled, substitute)
    with pytest.raises(DataError):
        sourcing_concentration([1.0], [11.0])


def test_thresholds_are_those_of_the_study() -> None:
    """measure §4: critical from SR 1.0 and EI 2.8."""
    assert {(v.supply_risk_from, v.importance_from) for v in VINTAGES.values()} == {(1.0, 2.8)}
