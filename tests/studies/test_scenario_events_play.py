"""Ledger events as scenarios: those with enough detail are played by their id, the others say what they lack."""

from datetime import date

import polars as pl
import pytest

from oresight.catalog.store import read
from oresight.core.errors import StudyError
from oresight.studies.stress.scenario_events import (
    event_scenario,
    goods,
    in_force,
    missing,
    months_between,
    playable,
)
from oresight.studies.stress.scenario_named import scenario
from oresight.studies.stress.study import stress

NO_FLOW = {"EV031"}
"""South Africa's licence on refined copper: it is asked of a flow the network does not hold."""


@pytest.mark.parametrize("event", playable())
def test_events_with_enough_detail_are_played(event: str) -> None:
    """By id alone, with the actor as seller and the ledger's dates."""
    made = scenario(event)
    row = read("events").filter(pl.col("id") == event).row(0, named=True)
    assert made.start == (row["announced"] or row["in_force_from"])
    assert all(c.start >= 0 and c.announced <= c.start for c in made.measure)
    if event in NO_FLOW:
        with pytest.raises(StudyError, match="no effect"):
            stress(made, draws=1)
        return
    answer = stress(made, draws=1)
    assert answer.parameters["scenario"] == event
    assert 1 <= len(answer.sheet("summary").rows) <= len(made.commodities)


def test_events_without_enough_detail_say_what_they_lack() -> None:
    """Each refused event names its title and the lack; nothing is guessed."""
    refused = [e for e in read("events")["id"].to_list() if e not in playable()]
    assert refused
    for event in refused:
        with pytest.raises(StudyError, match="cannot be played: ") as caught:
            event_scenario(event)
        assert "\n" not in str(caught.value)


def test_a_suspension_leaves_its_gap() -> None:
    """In force from December 2024, suspended from 9 November 2025 to 27 November 2026, then again."""
    row = {
        "in_force_from": date(2024, 12, 3), "in_force_until": None,
        "suspended_from": date(2025, 11, 9), "suspended_until": date(2026, 11, 27),
    }  # fmt: skip
    first, again = in_force(row, date(2024, 12, 3))
    assert first[0] == 0.0 and first[1] == pytest.approx(11.2)
    assert again[0] == pytest.approx(23.8) and again[1] is None


@pytest.mark.parametrize(
    ("row", "spans"),
    [
        ((date(2020, 1, 1), None, None, None), [(0.0, None)]),
        ((date(2020, 1, 1), date(2021, 1, 1), None, None), [(0.0, 12.0)]),
        ((date(2020, 1, 1), None, date(2020, 1, 1), None), []),
        ((date(2020, 1, 1), None, date(2020, 7, 1), None), [(0.0, 6.0)]),
        ((date(2020, 1, 1), date(2020, 10, 1), date(2020, 7, 1), date(2020, 12, 1)), [(0.0, 6.0)]),
    ],
)
def test_spans_in_force(row: tuple[date | None, ...], spans: list[tuple[float, float | None]]) -> None:
    """For good, with an end, suspended at once, suspended without end, over before it resumes."""
    named = dict(
        zip(("in_force_from", "in_force_until", "suspended_from", "suspended_until"), row, strict=True)
    )
    assert in_force(named, date(2020, 1, 1)) == spans


def test_a_suspended_event_of_the_ledger_has_two_spans() -> None:
    """The American ban of December 2024 stops in November 2025 and comes back unless prolonged."""
    made = scenario("EV027")
    gallium = [c for c in made.measure if c.commodities == ["gallium"]]
    assert [c.months is None for c in gallium] == [False, True]
    assert gallium[1].start > gallium[0].start + float(gallium[0].months or 0.0) + 6.0


def test_what_an_event_can_lack() -> None:
    """Each reason in turn."""
    row = read("events").filter(pl.col("id") == "EV027").row(0, named=True)
    named = goods("EV027")
    assert missing(row, named) == ""
    assert "limits no flow" in missing(row | {"kind": "tariff"}, named)
    assert "no commodity" in missing(row, {})
    assert "no date" in missing(row | {"announced": None, "in_force_from": None}, named)
    assert "unknown" in missing(row | {"kind": "export_quota", "cut_best": None}, named)
    assert "military only" in missing(row | {"scope": "military"}, named)


def test_months_between_is_never_negative() -> None:
    """A date before the other counts as the same day."""
    assert months_between(date(2026, 1, 1), date(2025, 1, 1)) == 0.0
