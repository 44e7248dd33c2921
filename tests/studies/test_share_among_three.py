"""Three members share a plan of gallium and germanium (coalition §1-§4)."""

import pytest

from oresight.core.answer import Answer
from oresight.core.errors import StudyError
from oresight.studies.share.study import share


def number(value: object) -> float:
    return float(str(value))


@pytest.fixture(scope="module")
def answer() -> Answer:
    return share("JPN,USA,KOR", commodity=["gallium", "germanium"], workers=0)


def test_every_split_hands_out_the_same_total(answer: Answer) -> None:
    """coalition §2: efficiency."""
    rows = answer.sheet("splits").records()
    totals = [
        sum(number(r[k]) for r in rows) for k in ("dual", "shapley", "nucleolus", "by_demand", "by_gdp")
    ]
    assert totals == pytest.approx([totals[0]] * 5, rel=1e-6)


def test_the_dual_split_is_in_the_core(answer: Answer) -> None:
    """coalition §2: Owen's split always is."""
    inside = {r["split"]: r["inside"] for r in answer.sheet("core").records()}
    assert inside["dual"] and inside["nucleolus"]


def test_money_balances(answer: Answer) -> None:
    """coalition §2: what a member pays is what it is spared less what it gains; cash of all accounts sums to zero."""
    for r in answer.sheet("splits").records():
        assert number(r["pays"]) == pytest.approx(number(r["loss_avoided"]) - number(r["dual"]))
    rows = answer.sheet("accounts").records()
    assert sum(number(r["cash"]) for r in rows) == pytest.approx(0.0, abs=1e-6)
    paid = {r["member"]: number(r["pays"]) for r in answer.sheet("splits").records()}
    for r in rows:
        if r["member"] in paid:
            assert number(r["cash"]) == pytest.approx(paid[r["member"]], abs=1e-6)
            assert number(r["cash"]) == pytest.approx(number(r["duty"]) - number(r["rent"]), abs=1e-6)
            assert number(r["gain"]) == pytest.approx(
                number(r["before"]) - number(r["after"]) - number(r["cash"]), abs=1e-6
            )


def test_pools_by_commodity_add_up(answer: Answer) -> None:
    """coalition §4: gains by commodity sum to the whole; a member with a veto swings every set that gains half."""
    gains = {r["commodities"]: number(r["gain"]) for r in answer.sheet("pivots").records()}
    own = sum(number(r["worth_alone"]) for r in answer.sheet("splits").records())
    whole = sum(number(r["dual"]) for r in answer.sheet("splits").records())
    assert sum(gains.values()) == pytest.approx(whole - own, rel=1e-3)
    alone: dict[object, float] = {}
    for r in answer.sheet("swing").records():
        alone[r["member"]] = alone.get(r["member"], 0.0) + number(r["alone"])
        assert number(r["adds"]) <= gains[r["commodities"]] + 1e-6
        if r["veto"]:
            assert number(r["adds"]) == pytest.approx(gains[r["commodities"]], rel=1e-6)
    for r in answer.sheet("splits").records():
        assert alone[r["member"]] == pytest.approx(number(r["worth_alone"]), rel=1e-3)


def test_waiting_never_pays_all_together(answer: Answer) -> None:
    """coalition §4: what all lose by one member's hesitating is at least nothing and at most what they lose if all do."""
    rows = answer.sheet("waiting").records()
    every = sum(number(r["all_wait"]) for r in rows)
    assert every > 0
    for r in rows:
        together = number(r["together_lose"])
        assert together == pytest.approx(number(r["alone_waits"]) + number(r["others_lose"]), abs=1e-6)
        assert -1e-3 <= together <= every + 1e-3
    assert f"{every / 1e3:,.1f} bn" in answer.finding


def test_longer_periods_say_how_far_off_they_are(answer: Answer) -> None:
    """coalition §1: aggregated plans publish their error; yearly ones have none."""
    coarse = share("JPN,USA,KOR", commodity=["gallium", "germanium"], workers=0, period=3)
    said = {r["check"]: r["result"] for r in coarse.sheet("checks").records()}
    fine = {r["check"]: r["result"] for r in answer.sheet("checks").records()}
    key = next(k for k in said if str(k).startswith("aggregated"))
    assert str(said[key]).endswith("%") and "none" in str(fine[key])
    # waiting is about one year in both
    assert coarse.sheet("waiting").rows == answer.sheet("waiting").rows


def test_one_member_is_no_coalition() -> None:
    with pytest.raises(StudyError, match="one"):
        share("JPN", commodity=["gallium"])


def test_periods_that_do_not_divide_are_refused() -> None:
    with pytest.raises(StudyError, match="periods of 2"):
        share("JPN,USA", commodity=["gallium"], period=2)


@pytest.mark.slow
def test_a_cluster_gives_the_same_numbers(answer: Answer) -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        there = share("JPN,USA,KOR", commodity=["gallium", "germanium"], scheduler=cluster.scheduler_address)
    assert there.sheet("splits").rows == answer.sheet("splits").rows


def test_no_scheduler_is_said_in_one_line() -> None:
    with pytest.raises(StudyError, match="no Dask scheduler"):
        share("JPN,USA", commodity=["gallium"], scheduler="tcp://127.0.0.1:1")
