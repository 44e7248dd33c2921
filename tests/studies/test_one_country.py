"""One country whole: the list in its order, reasons made from figures, what is hidden, what others need from it."""

import pytest

from oresight.core.errors import StudyError
from oresight.studies.country import country
from oresight.studies.dependence import dependence
from oresight.studies.explain import explain


def test_the_list_is_ordered_by_exposure() -> None:
    rows = country("JPN").sheet("vulnerable").records()
    known = [round(float(str(r["exposure"])), 2) for r in rows if r["exposure"] is not None]
    assert known == sorted(known, reverse=True)
    assert [r["rank"] for r in rows] == list(range(1, len(rows) + 1))


def test_figures_are_the_dependence_studys() -> None:
    own = {r["commodity"]: r["exposure"] for r in country("DEU").sheet("vulnerable").records()}
    theirs = {r["commodity"]: r["exposure"] for r in dependence("DEU").sheets[0].records()}
    assert own == {c: theirs[c] for c in own}


@pytest.mark.parametrize("code", ["JPN", "USA", "KOR", "CHL"])
def test_hidden_is_what_passes_through_and_shows_in_no_import(code: str) -> None:
    for r in country(code).sheet("vulnerable").records():
        if r["hidden"] is None:
            assert r["exposure"] is None or r["import_share"] is None
        else:
            gap = float(str(r["exposure"])) - float(str(r["import_share"]))
            assert float(str(r["hidden"])) == pytest.approx(max(gap, 0.0))


def test_reasons_carry_the_figures_they_are_made_from() -> None:
    row = next(
        r for r in country("DEU").sheet("vulnerable").records() if r["commodity"] == "neodymium-praseodymium"
    )
    assert "hidden behind others" in str(row["reason"])
    assert f"{float(str(row['import_share'])):.0%}" in str(row["reason"])


def test_what_it_makes_is_ranked_and_explained() -> None:
    rows = country("Chile").sheet("makes").records()
    copper = next(r for r in rows if r["commodity"] == "copper" and r["stage"] == "mine")
    assert copper["rank"] == 1 and 0.15 < float(str(copper["share"])) < 0.4
    assert explain(str(copper["figure"])).sheets[0].rows


def test_the_supplier_has_no_dependence_on_itself() -> None:
    answer = country("CHN")
    assert not answer.sheet("vulnerable").rows and answer.parameters["is_supplier"]
    assert "is the supplier" in answer.finding
    assert country("CHN", supplier="AUS").sheet("vulnerable").rows


def test_history_reaches_from_1995_to_the_latest_year() -> None:
    rows = [r for r in country("KOR").sheet("history").records() if r["player"] == "KOR"]
    assert (rows[0]["year"], rows[-1]["year"]) == (1995, 2024)


@pytest.mark.parametrize("name", ["Jpan", "WLD", "JPN,KOR", ""])
def test_what_is_no_country_is_told(name: str) -> None:
    with pytest.raises(StudyError):
        country(name)
