"""Is a good to a country restricted on a day, and is the measure suspended?"""

import datetime
import statistics
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.catalog.store import read
from oresight.core.errors import StudyError
from oresight.studies.events.goods import codes_meet
from oresight.studies.events.status import STATUSES, standing
from oresight.studies.events.study import events

DAY = datetime.date.fromisoformat


def statuses(**asked: str) -> dict[str, str]:
    return {str(row["event"]): str(row["status"]) for row in events(**asked).sheet("measures").records()}


def status(event: str, day: str) -> str | None:
    row = next(r for r in read("events").iter_rows(named=True) if r["id"] == event)
    now = standing(row, DAY(day))
    return None if now is None else now.status


@pytest.mark.parametrize(
    ("event", "day", "expected"),
    [
        ("EV027", "2024-12-02", None),  # nobody knew
        ("EV027", "2024-12-03", "in_force"),
        ("EV027", "2025-11-08", "in_force"),
        ("EV027", "2025-11-09", "suspended"),
        ("EV027", "2026-11-22", "suspended"),
        ("EV027", "2026-11-27", "suspended"),  # the last day counts
        ("EV027", "2026-11-28", "unknown"),
        ("EV045", "2025-10-08", None),
        ("EV045", "2025-10-20", "announced"),
        ("EV045", "2025-11-08", "suspended"),  # suspended before its first day
        ("EV045", "2026-11-10", "suspended"),
        ("EV045", "2026-11-11", "unknown"),
        ("EV048", "2025-10-09", "in_force"),  # in force at once
        ("EV033", "2026-11-22", "in_force"),  # not touched by the truce
        ("EV001", "2014-12-31", "in_force"),
        ("EV001", "2015-01-01", "expired"),
        ("EV002", "2010-10-15", "in_force"),
        ("EV002", "2011-01-01", "expired"),
        ("EV006", "2018-06-01", "suspended"),
        ("EV006", "2020-01-01", "in_force"),
        ("EV021", "2026-11-22", "announced"),
        ("EV021", "2027-01-01", "in_force"),
        ("EV030", "2025-10-15", "in_force"),
        ("EV030", "2025-10-16", "expired"),
        ("EV042", "2025-10-16", "in_force"),
        ("EV053", "2026-11-22", "unknown"),  # planned day passed, nothing found
        ("EV058", "2026-11-22", "unknown"),
        ("EV007", "2020-01-01", "recorded"),
    ],
)
def test_status_on_a_day(event: str, day: str, expected: str | None) -> None:
    assert status(event, day) == expected


def test_gallium_to_the_united_states_is_licensed_and_its_ban_suspended() -> None:
    answer = events(on="2026-11-22", by="CHN", to="USA", hs="8112.92", commodity="gallium")
    found = {str(r["event"]): r for r in answer.sheet("measures").records()}
    assert found["EV015"]["status"] == "in_force"
    assert found["EV027"]["status"] == "suspended"
    assert found["EV027"]["until"] == "2026-11-27"
    assert found["EV027M"]["reaches"] == "military users"
    assert "suspended until 27 November 2026" in answer.finding
    assert "EV029" not in found  # the same code, but for indium


def test_the_ban_does_not_reach_others() -> None:
    assert "EV027" not in statuses(on="2025-01-15", by="CHN", to="DEU", hs="811292")
    assert statuses(on="2025-01-15", by="CHN", to="USA", hs="811292")["EV027"] == "in_force"


def test_the_package_of_october_2025() -> None:
    asked = {"by": "CHN", "to": "JPN", "commodity": "rare-earths"}
    package = {"EV044", "EV045", "EV047", "EV048"}
    suspended = statuses(on="2026-11-10", **asked)
    assert {e for e, s in suspended.items() if s == "suspended"} == package
    after = events(on="2026-11-22", **asked)
    unknown = {
        str(r["event"]): r["by_its_text"]
        for r in after.sheet("measures").records()
        if r["status"] == "unknown"
    }
    assert {e for e, text in unknown.items() if text == "in_force"} == package
    assert "unknown" in after.finding
    assert "EV076" in {r["event"] for r in after.sheet("record").records()}


def test_dual_use_lists_reach_what_is_licensed() -> None:
    """The ban on Japanese military users covers every dual-use item: antimony, but not iron."""
    assert statuses(on="2026-03-01", by="CHN", to="JPN", commodity="antimony")["EV056"] == "in_force"
    assert "EV056" not in statuses(on="2026-03-01", by="CHN", to="JPN", hs="720110")


def test_import_measures_are_read_the_other_way_round() -> None:
    assert "EV020" in statuses(on="2025-01-01", by="RUS", to="USA", hs="7403")
    assert "EV020" not in statuses(on="2025-01-01", by="USA", to="RUS", hs="7403")


def test_members_of_the_union_are_reached_through_it() -> None:
    assert "EV053" in statuses(on="2026-01-15", by="DEU", commodity="aluminium")
    assert "EV053" in statuses(on="2026-01-15", by="eu27", commodity="aluminium")
    assert "EV053" not in statuses(on="2026-01-15", by="GBR", commodity="aluminium")


def test_a_code_meets_its_heading_at_any_length() -> None:
    short = statuses(on="2026-11-22", by="CHN", to="FRA", hs="8505")
    long = statuses(on="2026-11-22", by="CHN", to="FRA", hs="85051110")
    assert "EV033" in short and "EV033" in long


def test_ore_bans_do_not_touch_metal() -> None:
    assert "EV009" in statuses(on="2026-01-01", by="IDN", hs="260400")
    assert "EV009" not in statuses(on="2026-01-01", by="IDN", hs="750210")


def test_one_event_by_its_id() -> None:
    answer = events(on="2026-11-22", event="ev027")
    assert [r["event"] for r in answer.sheet("measures").records()] == ["EV027"]


def test_before_the_ledger_nothing_is_known() -> None:
    answer = events(on="2005-06-01", by="CHN")
    assert answer.sheet("measures").rows == ()
    assert "no measure" in answer.finding


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"on": "soon"}, "soon"),
        ({"on": "1815-06-18"}, "1815"),
        ({"hs": "81x"}, "81x"),
        ({"hs": "81129"}, "81129"),
        ({"commodity": "galium"}, "gallium"),
        ({"to": "Untied States"}, "United States"),
        ({"event": "EV999"}, "EV"),
        ({"hs": "260400", "commodity": "gallium"}, "gallium"),
    ],
)
def test_bad_questions_are_answered_with_a_mend(asked: dict[str, str], word: str) -> None:
    with pytest.raises(StudyError) as caught:
        events(**asked)
    assert word in str(caught.value)
    assert caught.value.mend


def test_the_answer_rests_on_named_tables_and_warns_after_the_scan() -> None:
    late = events(on="2027-06-01", by="CHN")
    assert {t.name for t in late.basis.tables} >= {"events", "event_codes"}
    assert any("2026-11-22" in c for c in late.basis.cautions)
    assert late.as_dict()["sheets"]["measures"]["rows"]


def test_an_answer_takes_less_than_a_tenth_of_a_second() -> None:
    events(on="2026-11-22", by="CHN", to="USA", hs="811292")
    times = []
    for _ in range(7):
        start = time.perf_counter()
        events(on="2026-11-22", by="CHN", to="USA", hs="811292")
        times.append(time.perf_counter() - start)
    assert statistics.median(times) < 0.1


@settings(max_examples=50, deadline=None)
@given(st.dates(datetime.date(2005, 1, 1), datetime.date(2035, 1, 1)))
def test_every_event_has_one_status_on_every_day_it_is_known(day: datetime.date) -> None:
    for row in read("events").iter_rows(named=True):
        now = standing(row, day)
        known = day >= min(d for d in (row["announced"], row["in_force_from"]) if d is not None)
        assert (now is not None) == known
        if now is not None:
            assert now.status in STATUSES
            assert now.until is None or now.until >= day


@settings(max_examples=50, deadline=None)
@given(st.text("0123456789", min_size=4, max_size=10), st.text("0123456789", min_size=4, max_size=10))
def test_codes_meet_both_ways(one: str, other: str) -> None:
    assert codes_meet(one, other) == codes_meet(other, one)
    assert codes_meet(one, one)
