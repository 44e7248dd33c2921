"""Tonnes pictured as jets, cars and turbines, with conflicting figures as a band."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.core.errors import StudyError
from oresight.studies.stress.platforms import pictured, worth, worth_sheet


def test_a_thousand_tonnes_of_rare_earths_in_jets() -> None:
    """CRS: 417 kg (920 lb) of rare earths in an F-35."""
    jets = next(w for w in worth("rare-earths", 1000.0) if w.platform == "F-35")
    assert jets.best == pytest.approx(1_000_000 / 417)
    assert jets.figures == 2
    assert pictured("rare-earths", 1000.0) == "about 2,400 F-35 (aircraft)"


def test_the_two_figures_of_a_destroyer_make_a_band() -> None:
    """5,200 against 5,700 lb."""
    ships = next(w for w in worth("rare-earths", 100.0) if "Burke" in w.platform)
    assert ships.low == pytest.approx(100_000 / (5700 * 0.45359237), rel=1e-4)
    assert ships.high == pytest.approx(100_000 / (5200 * 0.45359237), rel=1e-4)


def test_a_magnet_counts_for_the_rare_earths_in_it() -> None:
    car = next(w for w in worth("neodymium-praseodymium", 1.0) if "dual motor" in w.platform)
    assert car.kg == pytest.approx(3.0 * 0.30)


def test_uses_without_a_figure_are_named() -> None:
    rows = worth_sheet("gallium", 10.0).records()
    radar = next(r for r in rows if "radar" in str(r["platform"]))
    assert radar["units"] is None
    assert pictured("gallium", 10.0) is None


@settings(max_examples=50, deadline=None)
@given(st.floats(0.0, 1e6), st.floats(0.1, 10.0))
def test_worth_is_proportional_and_its_band_holds_the_best(tonnes: float, factor: float) -> None:
    for one, more in zip(worth("lithium", tonnes), worth("lithium", tonnes * factor), strict=True):
        assert one.low <= one.best * (1 + 1e-9) and one.best <= one.high * (1 + 1e-9)
        assert more.best == pytest.approx(one.best * factor)


@pytest.mark.parametrize("tonnes", [-1.0, float("nan")])
def test_no_quantity_is_refused(tonnes: float) -> None:
    with pytest.raises(StudyError):
        worth("gallium", tonnes)
