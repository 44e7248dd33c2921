"""Answers from few sets: they agree with the whole game where both speak, and are silent where only it could (coalition §1-§4)."""

import importlib.util
from pathlib import Path

import pytest

from oresight.core.answer import Answer
from oresight.core.progress import Cancelled
from oresight.face.brief.blocks import Chart, Points
from oresight.face.brief.plan_sections import who_pays
from oresight.plan.coalition_cost import coalition_costs
from oresight.plan.game import shapley
from oresight.plan.movers import movers
from oresight.plan.some_sets import sampled_shapley, set_costs
from oresight.studies.share.study import share

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("plan_instances", ROOT / "benchmarks" / "plan_instances.py")
instances = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instances)

FOUR = "JPN,USA,KOR,AUS"


def number(value: object) -> float:
    return float(str(value))


@pytest.fixture(scope="module")
def quick() -> Answer:
    return share(FOUR, commodity=["gallium"], quick=True)


def test_quick_equals_full_where_both_speak(quick: Answer) -> None:
    """coalition §2, §4: the same splits, accounts, waiting, movers and pools; nothing where every set is needed."""
    full = share(FOUR, commodity=["gallium"])
    shared = (
        "demand_share",
        "loss_alone",
        "worth_alone",
        "loss_avoided",
        "pays",
        "rent",
        "dual",
        "by_demand",
    )
    mine = {r["member"]: r for r in quick.sheet("splits").records()}
    for r in full.sheet("splits").records():
        for key in shared:
            assert number(mine[r["member"]][key]) == pytest.approx(number(r[key]), rel=1e-6, abs=1e-3), key
        assert mine[r["member"]]["nucleolus"] is None and mine[r["member"]]["shapley"] is None
    for name in ("movers", "waiting", "accounts", "commodities"):
        for a, b in zip(quick.sheet(name).records(), full.sheet(name).records(), strict=True):
            for key, value in a.items():
                same = pytest.approx(value, rel=1e-5, abs=1e-3) if isinstance(value, float) else value
                assert b[key] == same, (name, key)
    assert not {"joining", "checks"} & {s.name for s in quick.sheets}
    assert [s.name for s in quick.sheets].count("solved") == 1
    assert any("Only some sets" in c for c in quick.basis.cautions)


def test_quick_says_which_sets_it_solved(quick: Answer) -> None:
    rows = {str(r["sets"]): r["solved"] for r in quick.sheet("solved").records()}
    assert rows["each member alone"] == 4 and rows["all but one"] == 4
    assert rows["together, of 15"] == sum(v for k, v in rows.items() if not k.startswith("together"))
    inside = {r["split"]: r["inside"] for r in quick.sheet("core").records()}
    assert inside["dual"] is True and inside["by_demand"] is not True


def test_the_brief_says_who_pays(quick: Answer) -> None:
    """Charts, a sentence for each member, whom pools would miss; the split it does not know is not drawn."""
    section = who_pays(quick)
    charts = [b for b in section.blocks if isinstance(b, Chart)]
    said = [b for b in section.blocks if isinstance(b, Points)]
    assert section.id == "who-pays" and section.finding == quick.finding
    assert len(charts) == 2 and not any("four splits" in c.title for c in charts)
    assert len(said) == 1 and len(said[0].rows) == 4
    assert all(" USD. " in row and "hesitating alone for a year" in row for row in said[0].rows)
    assert any("Only some sets" in line for line in section.basis)


@pytest.fixture(scope="module")
def case():
    return instances.made_case(2, 10, shown=6, extension=2, start_every=3, members=5, seed=3)


def test_sampled_shapley_covers_the_exact_one(case) -> None:
    """coalition §2: with enough orders the sampled value lies within three standard errors of the exact one."""
    exact = shapley(coalition_costs(case, step=2, workers=1).game)
    with set_costs(case, 2, workers=1) as costs:
        drawn = sampled_shapley(costs, 40, seed=5)
        assert len(costs.known) <= 31
        assert drawn.value.sum() == pytest.approx(costs.worth(31), rel=1e-9)
    tolerance = 3 * drawn.standard_error + 1e-6 * abs(exact).sum()
    assert (abs(drawn.value - exact) <= tolerance).all()
    assert (drawn.standard_error > 0).any()


def test_order_of_movers_gains_all_there_is(case) -> None:
    """coalition §4: each step gains at least nothing, steps sum to all that pooling gains, each set is solved once."""
    game = coalition_costs(case, step=2, workers=1).game
    found = movers(5, lambda bits: float(game.worth[bits]))
    assert sorted(found.order) == list(range(5)) and found.sets[-1] == 31
    assert (found.adds >= -1e-6 * game.total).all()
    assert found.adds.sum() == pytest.approx(game.total - game.alone.sum())
    assert found.reaching(1.0) == 31 and found.reaching(0.0) == found.sets[0]
    with set_costs(case, 2, workers=2) as costs:
        again = movers(5, costs.worth, lambda sets, doing: costs.solve(sets))
        assert again.order == found.order and again.worth == pytest.approx(found.worth)
        assert len(costs.known) < 31


def test_more_members_than_every_set_could_be_solved_for() -> None:
    """coalition §2: the EU's members one by one: the dual split exactly, Shapley sampled with its error."""
    answer = share("eu27", commodity=["germanium"], period=3)
    rows = answer.sheet("splits").records()
    assert len(rows) > 14 and answer.parameters["every_set"] is False
    assert sum(number(r["shapley"]) for r in rows) == pytest.approx(
        sum(number(r["dual"]) for r in rows), rel=1e-6
    )
    assert all(number(r["shapley_error"]) >= 0 for r in rows) and any(
        number(r["shapley_error"]) > 0 for r in rows
    )
    assert all(number(r["dual"]) >= number(r["worth_alone"]) - 1e-3 for r in rows)
    assert all(r["nucleolus"] is None for r in rows)


def test_cancelling_a_sample(case) -> None:
    with pytest.raises(Cancelled), set_costs(case, 2) as costs:
        sampled_shapley(costs, 40, 1, reporter=lambda share, doing: share < 0.3, piece=4)


def test_a_member_that_supplies_is_left_out_and_named() -> None:
    answer = share("JPN,KOR,CHN", commodity=["germanium"], quick=True)
    assert answer.parameters["members"] == ["JPN", "KOR"]
    assert "Japan, South Korea" in answer.finding and "China 0" not in answer.finding
    assert any("China supplies and is left out" in c for c in answer.basis.cautions)
