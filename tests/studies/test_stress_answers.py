"""What a stress answer says: laws of its numbers, honest bands, who pays, and the sentence made from them."""

import pytest

from oresight.core.answer import Answer
from oresight.core.errors import StudyError
from oresight.studies.stress.scenario import parse
from oresight.studies.stress.study import stress


def cut(share: float, seller: str = "CHN", commodity: str = "germanium", to: str = "all") -> str:
    return f'name = "x"\nhorizon = 15\n[[measure]]\ncommodities = ["{commodity}"]\nfrom = ["{seller}"]\nto = ["{to}"]\ncut = {share}\nmonths = 12\nleak = [0.1, 0.4]\n'


@pytest.fixture(scope="module")
def reference() -> Answer:
    return stress(
        "everything-12-months", commodity=["gallium", "antimony", "neodymium-praseodymium"], draws=48
    )


def test_bands_are_ordered_and_shares_are_shares(reference: Answer) -> None:
    """months §8, impact §5."""
    for row in reference.sheet("months").records():
        for name in ("price_outside", "price_inside", "shortage"):
            low, middle, high = (row[f"{name}{s}"] for s in ("_low", "", "_high"))
            assert low <= middle <= high
        assert row["shortage_high"] <= 1 + 1e-9
        assert row["stock"] >= 0


def test_a_deeper_cut_never_leaves_more(reference: Answer) -> None:
    """market §6 in its monthly form: the worst shortage grows with the cut, draw for draw the same parameters."""
    worst = [
        stress(parse(cut(s)), draws=8).sheet("summary").records()[0]["shortage"] for s in (0.2, 0.6, 1.0)
    ]
    assert worst == sorted(worst)
    assert worst[-1] > worst[0] + 0.05


def test_a_cut_by_who_sells_nothing_is_refused() -> None:
    with pytest.raises(StudyError, match="no effect"):
        stress(parse(cut(1.0, seller="LUX")), draws=2)


def test_a_targeted_ban_moves_the_price_not_the_tonnage() -> None:
    """EU antimony: direct imports stop, use hardly falls, because others carry it on (methods B, back-test)."""
    answer = stress(parse(cut(1.0, commodity="antimony", to="eu27")), coalition="eu27", draws=16)
    row = answer.sheet("summary").records()[0]
    assert row["shortage"] < 0.25


def test_defence_first_never_loses_more_defence(reference: Answer) -> None:
    """impact §4."""
    rows = reference.sheet("uses").records()
    assert rows
    for row in rows:
        if row["priority"] == "defence":
            assert row["lost_defence_first"] <= row["lost"] + 1e-9
    for commodity in {r["commodity"] for r in rows}:
        own = [r for r in rows if r["commodity"] == commodity]
        alike, first = (sum(r["share_of_use"] * r[k] for r in own) for k in ("lost", "lost_defence_first"))
        assert alike == pytest.approx(first, abs=1e-9)


def test_a_ban_costs_the_world(reference: Answer) -> None:
    """methods B6: what members, the banner and the others gain and lose does not add up to a gain."""
    assert sum(r["net"] for r in reference.sheet("costs").records()) < 0


def test_seed_and_draws_are_recorded_and_repeat() -> None:
    one, two = (stress("drc-cobalt-2025", draws=8, seed=5) for _ in range(2))
    assert one.as_dict() == two.as_dict()
    assert one.parameters["seed"] == 5 and one.parameters["draws"] == 8
    assert one.as_dict()["sheets"] != stress("drc-cobalt-2025", draws=8, seed=6).as_dict()["sheets"]


def test_two_scenarios_side_by_side() -> None:
    answer = stress(parse(cut(1.0)), draws=4, compare=parse(cut(0.5)))
    row = answer.sheet("compared").records()[0]
    assert row["shortage"] >= row["shortage_other"]


def test_the_finding_is_made_from_the_numbers(reference: Answer) -> None:
    top = reference.sheet("summary").records()[0]
    assert f"{top['shortage']:.0%} short of {str(top['name']).lower()}" in reference.finding


def test_drivers_are_named_with_enough_draws(reference: Answer) -> None:
    """Parameters that matter, by partial rank correlation."""
    wide = stress(parse(cut(1.0)), draws=128).sheet("summary").records()[0]
    assert wide["drivers"] and len(str(wide["drivers"]).split(", ")) == 3
