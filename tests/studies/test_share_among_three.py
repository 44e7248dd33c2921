"""Three members share a plan of gallium (coalition §1-§4)."""

import pytest

from oresight.core.answer import Answer
from oresight.core.errors import StudyError
from oresight.studies.share import share


@pytest.fixture(scope="module")
def answer() -> Answer:
    return share("JPN,USA,KOR", commodity=["gallium"], workers=0)


def test_every_split_hands_out_the_same_total(answer: Answer) -> None:
    """coalition §2: efficiency."""
    rows = answer.sheet("splits").records()
    totals = [
        sum(float(str(r[k])) for r in rows) for k in ("dual", "shapley", "nucleolus", "by_demand", "by_gdp")
    ]
    assert totals == pytest.approx([totals[0]] * 5, rel=1e-6)


def test_the_dual_split_is_in_the_core(answer: Answer) -> None:
    """coalition §2: Owen's split always is."""
    inside = {r["split"]: r["inside"] for r in answer.sheet("core").records()}
    assert inside["dual"] and inside["nucleolus"]


def test_money_balances(answer: Answer) -> None:
    """coalition §2: what a member pays is what it is spared less what it gains."""
    for r in answer.sheet("splits").records():
        assert float(str(r["pays"])) == pytest.approx(float(str(r["loss_avoided"])) - float(str(r["dual"])))


def test_one_member_is_no_coalition() -> None:
    with pytest.raises(StudyError, match="one"):
        share("JPN", commodity=["gallium"])
