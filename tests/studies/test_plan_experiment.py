"""The published self-sufficiency experiment in our account: laws, a plant by hand, both figures shown (plan §1, §7)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.core.answer import Answer
from oresight.core.errors import StudyError
from oresight.plan.floors import annuity
from oresight.studies import names
from oresight.studies.markets import baseline_price, prior
from oresight.studies.plan import self_sufficiency as experiment_of
from oresight.studies.plan.experiment import experiment, published
from oresight.studies.plan.self_sufficiency import Experiment, Setting, class_plant, offer, venture_of


@pytest.fixture(scope="module")
def found() -> Experiment:
    players = names.coalition("g7plus-2026")
    return Experiment(players, names.supplier("CHN", players), "USA", 0.10, 2035)


@pytest.fixture(scope="module")
def answer() -> Answer:
    return experiment("self-sufficiency")


def missing() -> list[Setting]:
    return [s for s in experiment_of.settings() if s.pays == "missing"]


@given(low=st.floats(0.1, 0.5), more=st.floats(0.0, 0.3))
@settings(max_examples=12, deadline=None)
def test_more_self_sufficiency_never_costs_less(found: Experiment, low: float, more: float) -> None:
    """plan §7: more output lowers prices and asks for dearer plants; together is never dearer than alone, and a floor
    never cheaper than the subsidy."""
    for setting in missing():
        for shared in (False, True):
            less, most = (found.reach(t, setting, shared) for t in (low, low + more))
            assert less.grant <= most.grant + 1.0 and less.floor <= most.floor + 1.0
            assert most.floor >= most.grant * (1 - 1e-9)
        assert found.reach(low, setting, True).grant <= found.reach(low, setting, False).grant + 1.0


def test_added_output_closes_the_gap(found: Experiment) -> None:
    """plan §7: what is added is the difference of the shares, of each metal."""
    reached = found.reach(0.25, missing()[0], False)
    for commodity, tonnes in reached.added.items():
        assert np.isclose(tonnes, 0.15 * found.home.later[commodity])
    assert np.isclose(sum(t for _, t in reached.offers), sum(reached.added.values()))
    assert found.reach(0.10, missing()[0], False).grant == 0.0


def test_what_a_plant_lacks_by_hand(found: Experiment) -> None:
    """plan §1: a year's building and a ramp: the grant is capital less the value of the margin, ramp taken off."""
    lever = replace(class_plant("neodymium-praseodymium", "USA"), lead_time=1)
    price, feed = baseline_price("neodymium-praseodymium", "refine")[0], 45_000.0
    rate, life, ramp = prior("hurdle-rate")[1], round(prior("plant-life")[1]), round(prior("ramp")[1])
    margin = price - feed - lever.operating
    ramping = sum(margin * (1 - (i + 1) / ramp) / (1 + rate) ** (i + 1) for i in range(ramp))
    by_hand = lever.capital - margin / annuity(rate, life) + ramping
    assert by_hand > 0
    owner = venture_of(lever, price, feed)
    value = float(owner.value(np.full(owner.output.size, price)))
    assert np.isclose(-value, by_hand, rtol=1e-6)
    got = offer(lever, price, feed, missing()[0], 1.0)
    assert np.isclose(got.grant, by_hand, rtol=1e-9)
    assert got.strike > price


def test_both_figures_stand_side_by_side(answer: Answer) -> None:
    """The published figures come from the catalogue, ours from the run."""
    rows = {r["measure"]: r for r in answer.sheet("published").records()}
    said = published("imf-2026-072")
    assert rows["capital-subsidy-alone"]["published"] == said["capital-subsidy-alone"]["value"] == 1.41
    ours = float(str(rows["capital-subsidy-alone"]["ours"]))
    first = answer.sheet("experiment").records()[0]
    assert np.isclose(ours, float(str(first["alone"]))) and ours > 0
    assert float(str(first["floor_alone"])) > ours
    assert "141%" in answer.finding


def test_an_unknown_experiment_is_refused() -> None:
    with pytest.raises(StudyError, match="self-sufficiency"):
        experiment("moon")
    with pytest.raises(StudyError, match="no member"):
        experiment("self-sufficiency", coalition="JPN,KOR")
