"""One commodity whole: shares that add up, chains that balance, sources that disagree, ids that explain."""

import pytest

from oresight.core.answer import Answer
from oresight.core.errors import StudyError
from oresight.studies import names
from oresight.studies.books import modelled
from oresight.studies.commodity.study import commodity
from oresight.studies.dependence import dependence
from oresight.studies.explain import explain

EVERY = tuple(c for c in modelled() if c in names.commodity_labels())


@pytest.fixture(scope="module")
def magnets() -> Answer:
    return commodity("neodymium-praseodymium")


@pytest.mark.parametrize("name", EVERY)
def test_makers_of_a_stage_add_up_to_the_world(name: str) -> None:
    """measure §2: shares of makers are of all output counted."""
    answer = commodity(name)
    stages: dict[str, float] = {}
    for r in answer.sheet("makers").records():
        stages[str(r["stage"])] = stages.get(str(r["stage"]), 0.0) + float(str(r["share"]))
    assert stages
    for total in stages.values():
        assert total == pytest.approx(1.0)


@pytest.mark.parametrize("name", EVERY)
def test_ribbons_leave_and_arrive_whole(name: str) -> None:
    """network §4: what a maker passes on, and what a taker takes in, is shared out without rest."""
    rows = commodity(name).sheet("chain").records()
    assert rows
    left: dict[tuple[str, str], float] = {}
    right: dict[tuple[str, str], float] = {}
    for r in rows:
        out, into = (str(r["from_stage"]), str(r["source"])), (str(r["to_stage"]), str(r["target"]))
        left[out] = left.get(out, 0.0) + float(str(r["share_of_source"]))
        right[into] = right.get(into, 0.0) + float(str(r["share_of_target"]))
        assert 0 <= float(str(r["source_share"])) <= 1 and 0 <= float(str(r["target_share"])) <= 1
    for total in (*left.values(), *right.values()):
        assert total == pytest.approx(1.0, abs=1e-6)


def test_members_are_the_dependence_studys(magnets: Answer) -> None:
    theirs = dependence(commodity=["neodymium-praseodymium"]).sheet("players").records()
    shares = {r["buyer"]: r["exposure"] for r in theirs}
    assert {r["player"]: r["exposure"] for r in magnets.sheet("members").records()} == shares


def test_finding_names_the_throat_and_the_hidden_part(magnets: Answer) -> None:
    assert "China makes the components of" in magnets.finding
    assert "though only" in magnets.finding


def test_routes_are_a_part_of_trade_largest_first(magnets: Answer) -> None:
    shares = [float(str(s)) for s in magnets.sheet("routes").column("share")]
    assert shares == sorted(shares, reverse=True) and 0.5 < sum(shares) <= 1.0001


def test_conflicts_hold_figures_that_differ_and_the_one_used() -> None:
    rows = commodity("gallium").sheet("conflicts").records()
    china = next(r for r in rows if r["country"] == "CHN")
    assert float(str(china["lowest"])) < float(str(china["highest"]))
    assert float(str(china["lowest"])) <= float(str(china["used"])) <= float(str(china["highest"]))
    assert str(china["said"]).count(";") >= 1


@pytest.mark.parametrize("sheet", ["makers", "members", "projects", "conflicts"])
def test_every_figure_id_explains(sheet: str) -> None:
    for r in commodity("antimony").sheet(sheet).records()[:4]:
        assert explain(str(r["figure"])).sheets[0].rows, r["figure"]


def test_a_watched_commodity_tells_why_it_is_not_modelled() -> None:
    answer = commodity("yttrium")
    assert "No output of yttrium by country is known" in answer.finding
    assert answer.sheet("prices").rows and not answer.sheet("chain").rows


def test_concentration_reaches_back_and_stays_within_its_bounds() -> None:
    """measure §2: the Herfindahl index of makers lies between the leader's share squared and one."""
    rows = commodity("cobalt").sheet("concentration").records()
    assert min(int(str(r["year"])) for r in rows) < 1990
    for r in rows:
        lead, herfindahl = float(str(r["leader_share"])), float(str(r["herfindahl"]))
        assert lead**2 - 1e-9 <= herfindahl <= 1 + 1e-9


def test_groups_and_unknown_names_are_told_apart() -> None:
    with pytest.raises(StudyError, match="is a group of"):
        commodity("battery")
    with pytest.raises(StudyError, match="gallium"):
        commodity("galium")
    with pytest.raises(StudyError, match="1995 to 2024"):
        commodity("gallium", year=1950)


def test_any_country_can_be_the_supplier() -> None:
    answer = commodity("nickel", supplier="IDN")
    assert "passes through Indonesia" in answer.finding
    assert {r["kind"] for r in answer.sheet("makers").records() if r["country"] == "IDN"} == {"supplier"}
