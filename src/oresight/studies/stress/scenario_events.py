"""An event of the ledger as a scenario, where it says enough: who, what, to whom, how much, from when."""

from datetime import date
from typing import Any

import polars as pl

from oresight.catalog.overlay import laid_over
from oresight.catalog.own_figures import OWN
from oresight.core.errors import StudyError, unknown_name
from oresight.studies.books import modelled
from oresight.studies.stress.scenario import MONTH_DAYS, Cut, Scenario

PLAYABLE = {
    "export_ban": "cut",
    "export_licence": "licence",
    "export_quota": "cut",
    "production_stop": "stop",
    "production_quota": "stop",
}
"""Kinds of event that can be played, and the kind of measure they become."""
ACTORS = {"EU27": "eu27"}


def event_scenario(event: str) -> Scenario:
    """The scenario of a ledger event.

    Raises:
        StudyError: No event has the id, or it lacks what a scenario needs; says what.
    """
    rows = laid_over("events").filter(pl.col("id") == event)
    if not rows.height:
        raise unknown_name("event", event, laid_over("events")["id"].to_list())
    row = rows.row(0, named=True)
    lacking = missing(row, goods(event))
    if lacking:
        raise StudyError(
            f"{event} ({row['title']}) cannot be played: {lacking}",
            "write a scenario file; docs/scenarios.md",
        )
    begins: date = row["announced"] or row["in_force_from"]
    everyone = row["targets"] in (None, "ALL")
    kind = PLAYABLE[row["kind"]]
    spans = in_force(row, begins)
    cuts = [
        Cut.model_validate(
            {
                "commodities": [commodity],
                "stages": stages,
                "from": [ACTORS.get(row["actor"], row["actor"])],
                "to": ["all"] if everyone else row["targets"].split(";"),
                "kind": kind,
                "cut": None
                if kind == "licence"
                else float(row["cut_best"] if row["cut_best"] is not None else 1.0),
                "announced": min(start, 0.0) if i == 0 else start - 1.0,
                "start": start,
                "months": length,
            }
        )
        for commodity, stages in goods(event).items()
        for i, (start, length) in enumerate(spans)
    ]
    return Scenario(
        name=event,
        title=f"{row['title']} ({begins:%-d %B %Y})",
        start=begins,
        horizon=max(24, min(120, int(spans[-1][0]) + 24)),
        measure=cuts,
        source=f"ledger {event}",
    )


def in_force(row: dict[str, Any], begins: date) -> list[tuple[float, float | None]]:
    """Spans in which an event is in force: start and length in months from its first day; None for good.

    A suspension cuts a gap out of them; what resumes is announced a month before.
    """
    start = row["in_force_from"] or begins
    end = row["in_force_until"]
    gap_from, gap_to = row["suspended_from"], row["suspended_until"]
    pieces: list[tuple[date, date | None]] = [(start, end)]
    if gap_from is not None:
        pieces = [(start, gap_from)] if gap_from > start else []
        if gap_to is not None and (end is None or end > gap_to):
            pieces.append((gap_to, end))
    spans = []
    for first, last in pieces:
        length = months_between(first, last) if last is not None else None
        if length is None or length > 0:
            spans.append((months_between(begins, first), length))
    return spans


def goods(event: str) -> dict[str, list[Any]]:
    """Modelled commodities an event names, each with the stages it names (empty: all)."""
    found: dict[str, set[str]] = {}
    rows = laid_over("event_codes").filter((pl.col("event") == event) & pl.col("commodity").is_not_null())
    for commodity, stage in rows.select("commodity", "stage").iter_rows():
        if commodity in modelled():
            stages = found.setdefault(commodity, set())
            if stage in modelled()[commodity]:
                stages.add(stage)
    return {c: sorted(s) for c, s in found.items()}


def missing(row: dict[str, Any], named: dict[str, list[Any]]) -> str:
    """What an event lacks to be played, in words; empty where nothing."""
    if row["kind"] not in PLAYABLE:
        return f"a {row['kind'].replace('_', ' ')} limits no flow by itself"
    if not named:
        return "it names no commodity that is modelled"
    if row["announced"] is None and row["in_force_from"] is None:
        return "it has no date"
    if not in_force(row, row["announced"] or row["in_force_from"]):
        return "it was suspended before it took effect"
    if row["scope"] not in (None, "all"):
        return f"it reaches {row['scope']} only, and how much of the flow that is, is unknown"
    if row["kind"] in ("export_quota", "production_stop", "production_quota") and row["cut_best"] is None:
        return "how much it cuts is unknown"
    return ""


def own_events() -> list[str]:
    """Ids of the reader's own events, laid over the ledger."""
    rows = laid_over("events")
    return rows.filter(pl.col(OWN))["id"].to_list()


def playable() -> list[str]:
    """Ids of the events that can be played."""
    rows = laid_over("events")
    return [r["id"] for r in rows.iter_rows(named=True) if not missing(r, goods(r["id"]))]


def months_between(first: date, last: date) -> float:
    """Months from one date to a later one, to a tenth; never negative.

    >>> months_between(date(2025, 1, 1), date(2025, 7, 1))
    5.9
    """
    return max(round((last - first).days / MONTH_DAYS, 1), 0.0)
