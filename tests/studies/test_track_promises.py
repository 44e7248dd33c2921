"""Promises on a day: states, dollars counted once, what is due, late and silent, capacity and the calendar."""

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from oresight.catalog.store import read
from oresight.core.errors import StudyError
from oresight.studies.track.capacity import LADDER, arrivals, can_run, climbed, ladder
from oresight.studies.track.deadlines import calendar_ics, deadlines
from oresight.studies.track.promises import Promise, billions, counted_once, promises
from oresight.studies.track.study import track

DAY = datetime.date(2026, 11, 24)


def made(
    name: str, usd: float | None, part_of: str | None = None, kind: str = "public", reached: float = 1.0
) -> Promise:
    row: dict[str, Any] = {
        "id": name,
        "amount_of": kind,
        "part_of": part_of,
        "part_certainty": "sure" if part_of else None,
        "members": "USA",
        "commodities": None,
        "others": None,
    }
    return Promise(row, "drawn" if reached < 1 else "announced", DAY, DAY, usd, reached)


def test_a_framework_holds_only_what_its_parts_do_not() -> None:
    pieces, overlaps = counted_once([made("W", 100.0), made("A", 30.0, "W"), made("B", 50.0, "W")])
    assert {p.promise.id: p.usd for p in pieces} == {"W": 20.0, "A": 30.0, "B": 50.0}
    assert {(o.part.id, o.whole, o.usd) for o in overlaps} == {("A", "W", 30.0), ("B", "W", 50.0)}


def test_parts_larger_than_their_whole_count_in_full() -> None:
    pieces, _ = counted_once([made("W", 10.0), made("A", 30.0, "W")])
    assert {p.promise.id: p.usd for p in pieces} == {"A": 30.0}


def test_a_part_of_a_part_is_taken_out_once() -> None:
    pieces, _ = counted_once([made("W", 100.0), made("M", 60.0, "W"), made("A", 25.0, "M")])
    assert sum(p.usd for p in pieces) == 100.0
    unnamed, _ = counted_once([made("W", 100.0), made("M", None, "W", kind="none"), made("A", 25.0, "M")])
    assert sum(p.usd for p in unnamed) == 100.0


def test_values_are_no_money() -> None:
    pieces, overlaps = counted_once([made("V", 53e9, kind="resource_value"), made("A", 1.0, "V")])
    assert [p.promise.id for p in pieces] == ["A"]
    assert [(o.part.id, o.usd) for o in overlaps] == [("V", 53e9)]


def test_what_was_not_drawn_is_closed() -> None:
    pieces, _ = counted_once([made("L", 100.0, reached=0.4)])
    assert {p.state: p.usd for p in pieces} == {"drawn": 40.0, "closed": 60.0}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.floats(1.0, 1e6)), st.integers(0, 30)),
        min_size=1,
        max_size=12,
    )
)
def test_no_dollar_is_counted_twice_or_lost(rows: list[tuple[float | None, int]]) -> None:
    """The sum is that of the tops, each the larger of its own amount and its parts'."""
    listed = []
    for at, (usd, whole) in enumerate(rows):
        parent = f"P{whole % at}" if at and whole % 3 else None
        listed.append(made(f"P{at}", usd, parent, kind="none" if usd is None else "public"))
    pieces, _ = counted_once(listed)
    inside: dict[str, list[Promise]] = {}
    for each in listed:
        if each.row["part_of"]:
            inside.setdefault(each.row["part_of"], []).append(each)

    def claim(each: Promise) -> float:
        return max(each.usd or 0.0, sum(claim(part) for part in inside.get(each.id, ())))

    tops = sum(claim(each) for each in listed if not each.row["part_of"])
    assert sum(p.usd for p in pieces) == pytest.approx(tops)
    assert all(p.usd > 0 for p in pieces)


def test_the_framework_of_october_2025_is_counted_once() -> None:
    """The pipeline of $8.5bn holds the allotments, the framework, the stakes and the letters."""
    pieces, _ = counted_once(promises(DAY))
    family = {"CM064", "CM065", "CM068", "CM076", "CM077", "CM131", *(f"CM0{n}" for n in range(69, 76))}
    assert sum(p.usd for p in pieces if p.promise.id in family) == pytest.approx(8.5e9)
    assert "CM066" not in {p.promise.id for p in pieces}


@pytest.mark.parametrize("name", ["states", "members", "instruments", "commodities"])
def test_each_sheet_of_money_adds_to_the_same_total(name: str) -> None:
    answer = track(as_of=DAY)
    rows = answer.sheet(name).records()
    total = rows[-1]
    assert next(iter(total.values())) == "total"
    assert sum(float(r["usd"]) for r in rows[:-1]) == pytest.approx(float(total["usd"]))
    assert float(total["usd"]) == pytest.approx(float(answer.sheet("states").records()[-1]["usd"]))
    assert sum(float(r["share"]) for r in rows[:-1]) == pytest.approx(1.0)
    for row in rows:
        assert float(row["public_usd"]) + float(row["mixed_usd"]) + float(
            row["private_usd"]
        ) == pytest.approx(float(row["usd"]))


def test_states_are_those_of_the_day() -> None:
    """Lynas in Texas: agreed until March 2026, dropped then; Serra Verde: $325m drawn on 31 March 2026."""
    state = {
        day: {p.id: p.state for p in promises(datetime.date.fromisoformat(day))}
        for day in ("2025-06-01", "2026-03-20", "2026-04-01")
    }
    assert state["2025-06-01"]["CM004"] == "closed"
    assert state["2026-03-20"]["CM004"] == "cancelled"
    assert "CM109" not in state["2025-06-01"]
    drawn = {
        p.state: p.usd
        for p in counted_once(promises(datetime.date(2026, 4, 1)))[0]
        if p.promise.id == "CM109"
    }
    assert drawn == {"drawn": pytest.approx(325e6), "closed": pytest.approx(240e6)}


def test_due_overdue_and_silent() -> None:
    answer = track(as_of=DAY)
    due = {r["rests_on"]: r["date"] for r in answer.sheet("due").records()}
    assert due["EV077"] == "2026-11-27"
    assert due["CM147"] == "2026-12-31"
    assert due["EV021"] == "2027-01-01"
    assert all(0 <= int(r["days"]) <= 90 for r in answer.sheet("due").records())
    silent = {r["id"]: r for r in answer.sheet("silent").records()}
    assert {"CM106", "CM120", "CM117", "EV053", "EV076"} <= set(silent)
    assert silent["CM106"]["days_late"] == 134
    assert "CM064" not in silent  # reported met
    late = {r["id"] for r in answer.sheet("overdue").records()}
    assert "riverside-chattanooga" in late
    assert not late & set(silent)
    before = track(as_of="2026-07-13")
    assert "CM106" not in {r["id"] for r in before.sheet("silent").records()}


def test_the_promises_of_the_framework_and_the_letters_one_by_one() -> None:
    answer = track(as_of=DAY)
    framework = {str(r["ledger"]): r for r in answer.sheet("framework").records()}
    assert framework["CM064"]["usd"] == 2e9 and framework["CM064"]["state"] == "delivered"
    assert framework["CM065"]["usd"] == 8.5e9
    assert framework["CM066"]["usd"] == 53e9
    assert str(framework["CM066"]["stands"]).startswith("Cannot be reproduced: needs recoverable tonnes")
    letters = [r for r in answer.sheet("letters").records() if r["within"] == "CM068"]
    assert len(letters) == 7
    assert sum(float(r["usd"] or 0) for r in letters) > 2.2e9
    known = [r for r in answer.sheet("resource_value").records() if r["usd_per_year"]]
    assert {"Nolans", "Wagerup gallium"} <= {r["project"] for r in known}


def test_wagerup_sells_a_hundred_tonnes_at_the_baseline_price() -> None:
    price = read("baseline_prices").filter(commodity="gallium", stage="refine")["usd_per_t"].item()
    rows = {r["project"]: r["usd_per_year"] for r in track(as_of=DAY).sheet("resource_value").records()}
    assert rows["Wagerup gallium"] == pytest.approx(100 * price)


def test_member_and_commodity_narrow_every_sheet() -> None:
    japan = track(as_of=DAY, member="JPN")
    assert all("JPN" in str(r["by"]) for r in japan.sheet("promises").records())
    assert all("JPN" in str(r["countries"]) for r in japan.sheet("calendar").records())
    gallium = track(as_of=DAY, commodity="gallium")
    assert {r["commodity"] for r in gallium.sheet("ladder").records()} == {"gallium"}
    assert "EV077" in {r["rests_on"] for r in gallium.sheet("calendar").records()}
    whole = float(track(as_of=DAY).sheet("states").records()[-1]["usd"])
    assert 0 < float(gallium.sheet("states").records()[-1]["usd"]) < whole


def test_mines_that_run_at_an_unstated_rate_are_unknown_not_idle() -> None:
    mines = next(r for r in ladder(commodities=["lithium"]) if r.stage == "mine")
    assert mines.unstated > 5 and mines.commissioned == 0.0
    row = next(r for r in track(commodity="lithium").sheet("ladder").records() if r["stage"] == "mine")
    assert row["commissioned"] is None and row["commissioned_share"] is None and row["nameplate"]
    for rung in ladder():
        assert rung.unstated <= rung.projects - rung.unknown
        assert (can_run(rung) is None) == (rung.unstated > 0 and rung.commissioned == 0.0)


def test_the_ladder_falls_and_heavy_rare_earths_lack_feed() -> None:
    for rung in ladder():
        assert rung.nameplate >= rung.funded >= rung.commissioned >= rung.actual
        assert rung.secure + rung.partial <= rung.nameplate * (1 + 1e-9)
        assert rung.projects >= rung.unknown
    heavy = next(r for r in ladder() if (r.commodity, r.stage) == ("dysprosium-terbium", "refine"))
    assert heavy.secure < 0.5 * heavy.nameplate
    assert heavy.actual == 62.0


def test_a_cancelled_plant_is_on_no_rung() -> None:
    assert read("projects").filter(id="seadrift-texas")["status"].item() == "cancelled"
    assert not any("Seadrift Texas" in rung.names for rung in ladder())


def test_the_ladder_is_the_sum_of_its_hosts() -> None:
    whole = {(r.commodity, r.stage): r for r in ladder()}
    hosts = sorted(set(read("projects")["country"]))
    for name in LADDER:
        by_host = sum(getattr(r, name) for host in hosts for r in ladder([host]))
        assert by_host == pytest.approx(sum(getattr(r, name) for r in whole.values()))


@settings(max_examples=50, deadline=None)
@given(st.fixed_dictionaries({name: st.one_of(st.none(), st.floats(0, 1e5)) for name in LADDER}))
def test_climbing_never_loses_a_tonne_and_never_rises(row: dict[str, float | None]) -> None:
    heights = climbed(row)
    known = [heights[name] for name in LADDER if heights[name] is not None]
    assert known == sorted(known, reverse=True)
    for name in LADDER:
        if row[name] is not None:
            assert heights[name] is not None and heights[name] >= row[name]


def test_arrivals_grow_and_end_at_what_is_dated() -> None:
    by_chain: dict[tuple[str, str], list[float]] = {}
    for each in arrivals(first=2026):
        by_chain.setdefault((each.commodity, each.stage), []).append(each.nameplate)
        assert each.funded <= each.nameplate
    assert all(values == sorted(values) for values in by_chain.values())
    sums = {(r.commodity, r.stage): r.nameplate for r in ladder()}
    assert all(values[-1] <= sums[chain] * (1 + 1e-9) for chain, values in by_chain.items())


def test_what_is_announced_stands_beside_what_a_plan_needs() -> None:
    need = {
        ("gallium", "refine", 2028): 330.0,
        ("gallium", "refine", 2031): 100.0,
        ("bismuth", "refine", 2030): 50.0,
    }
    rows = {(r["commodity"], r["year"]): r for r in track(as_of=DAY, need=need).sheet("arrivals").records()}
    first = rows["gallium", 2028]
    assert first["announced_covers"] == pytest.approx(float(first["nameplate"]) / 330.0)
    assert rows["gallium", 2031]["nameplate"] == first["nameplate"]  # nothing dated arrives later
    assert rows["bismuth", 2030]["nameplate"] == 0.0 and rows["bismuth", 2030]["announced_covers"] == 0.0
    assert rows["gallium", 2027]["need"] is None


def test_the_calendar_names_each_day_once_and_the_known_ones() -> None:
    found = deadlines()
    keys = [(d.date, d.rests_on) for d in found]
    assert len(keys) == len(set(keys))
    days = {(d.date.isoformat(), d.rests_on) for d in found}
    assert {
        ("2026-11-10", "EV076"),
        ("2026-11-27", "EV077"),
        ("2026-12-31", "CM147"),
        ("2027-01-01", "EV021"),
        ("2030-12-31", "CM016"),
        ("2030-12-31", "CM019"),
    } <= days
    assert ("2026-11-27", "EV027") not in days  # told by EV077
    assert not any(d.rests_on == "EV045" for d in found)  # told by EV076, never took effect


def test_the_calendar_file_reads_back() -> None:
    raw = calendar_ics(DAY)
    entries = Calendar.from_ical(raw).walk("VEVENT")
    starts = {entry.decoded("dtstart") for entry in entries}
    assert {
        datetime.date(2026, 11, 27),
        datetime.date(2026, 12, 31),
        datetime.date(2027, 1, 1),
        datetime.date(2030, 12, 31),
    } <= starts
    assert min(starts) >= DAY
    uids = [str(entry["uid"]) for entry in entries]
    assert len(uids) == len(set(uids)) == len(entries)
    assert all("Source:" in str(entry["description"]) for entry in entries)
    assert raw == calendar_ics(DAY.isoformat())
    assert len(Calendar.from_ical(calendar_ics(DAY, days=3)).walk("VEVENT")) == 1


@pytest.mark.parametrize(
    "asked",
    [{"days": 0}, {"days": 99999}, {"as_of": "later"}, {"member": "Atlantis"}, {"commodity": "mithril"}],
)
def test_bad_questions_are_refused_with_a_mend(asked: dict[str, Any]) -> None:
    with pytest.raises(StudyError) as caught:
        track(**asked)
    assert caught.value.mend


def test_before_anything_was_promised_nothing_breaks() -> None:
    answer = track(as_of="2015-01-01")
    assert "no money" in answer.finding
    assert answer.sheet("framework").rows == ()
    assert answer.as_dict()["sheets"]["states"]["rows"] == []


def test_the_finding_is_made_of_the_numbers() -> None:
    answer = track(as_of=DAY)
    total = answer.sheet("states").records()[-1]
    assert billions(float(total["usd"])) in answer.finding
    assert f"{float(total['firm_usd']) / float(total['usd']):.0%} binds" in answer.finding
    assert f"{len(answer.sheet('due').rows)} deadlines" in answer.finding
    assert {t.name for t in answer.basis.tables} >= {"commitments", "projects", "exchange_rates"}
