"""A scenario in a year of the plan: equal to the stress lab where nothing is built, milder where the plan builds."""

import pytest

from oresight.core.errors import StudyError
from oresight.studies.plan.case import SHOWN, years_of
from oresight.studies.plan.withstand import withstand
from oresight.studies.stress.scenario import Scenario, parse
from oresight.studies.stress.scenario_named import joined, presets, scenario
from oresight.studies.stress.study import stress


def test_where_nothing_is_built_it_is_the_scenario_itself() -> None:
    """No plant of nickel builds itself: without the plan, five settled years before the shock change nothing.

    Second opinion: the stress lab's central path, which knows no plan and starts at once.
    """
    later = withstand("indonesia-nickel").sheet("with_plan").records()[0]
    now = stress("indonesia-nickel", draws=1).sheet("summary").records()[0]
    for mine, theirs in (("shortage", "shortage"), ("price", "price_peak"), ("loss", "loss")):
        assert later[f"{mine}_without"] == pytest.approx(now[theirs], rel=1e-6)
        assert float(str(later[f"{mine}_with"])) < float(str(later[f"{mine}_without"]))


def test_a_plan_for_gallium_leaves_little_of_the_cut_off() -> None:
    answer = withstand("gallium-germanium-2023", year=2033, commodity=["gallium"])
    (row,) = answer.sheet("with_plan").records()
    assert row["commodity"] == "gallium" and row["note"] == ""
    assert float(str(row["shortage_with"])) < float(str(row["shortage_without"])) - 0.1
    assert float(str(row["price_with"])) < float(str(row["price_without"]))
    assert float(str(row["loss_with"])) < float(str(row["loss_without"]))
    months = answer.sheet("with_plan_months").records()
    assert len(months) == scenario("gallium-germanium-2023").horizon
    assert max(float(str(m["shortage_without"])) for m in months) == row["shortage_without"]
    assert max(float(str(m["price_with"])) for m in months) == row["price_with"]
    assert answer.parameters["year"] == 2033 and "2033" in answer.finding


def test_what_cannot_be_asked_is_told_in_a_line() -> None:
    first = years_of()[0]
    for year in (first - 1, first + SHOWN, 0, 10**9):
        with pytest.raises(StudyError, match=rf"not a year of the plan; name one from {first}"):
            withstand("gallium-germanium-2023", year=year)
    own = parse(
        'name = "own"\n[[measure]]\nfrom = ["JPN"]\nto = ["KOR"]\ncommodities = ["gallium"]\ncut = 0.5\n',
        "own",
    )
    with pytest.raises(StudyError, match="makes no plan against itself"):
        withstand(own)


@pytest.mark.parametrize("name", sorted(presets()))
def test_a_scenario_some_months_later_is_the_same_scenario(name: str) -> None:
    made = scenario(name)
    moved = made.later(7)
    assert moved.horizon == made.horizon + 7
    assert [c.start - 7 for c in moved.cuts] == [c.start for c in made.cuts]
    assert [c.announced - 7 for c in moved.cuts] == [c.announced for c in made.cuts]
    assert [r.start - 7 for r in moved.release] == [r.start for r in made.release]
    assert moved.later(-7) == made


def test_scenarios_joined_by_date_follow_one_another() -> None:
    """The later one begins as many months after the first as lie between their dates."""
    first, second = scenario("antimony-2024"), scenario("rare-earths-2025-04")
    both: Scenario = joined([second, first])
    assert both.start == min(d for d in (first.start, second.start) if d is not None)
    assert first.start and second.start
    apart = (second.start - first.start).days / (365.25 / 12)
    starts = [c.start for c in both.measure]
    assert starts[: len(second.measure)] == pytest.approx([c.start + apart for c in second.measure], abs=0.1)
    assert starts[len(second.measure) :] == [c.start for c in first.measure]
