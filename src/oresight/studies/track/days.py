"""The tracker's sheets of days: what is due, what is overdue, and of what nothing was heard."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from oresight.catalog.lists import parts
from oresight.catalog.overlay import laid_over
from oresight.catalog.own_figures import OWN
from oresight.catalog.tables.events import LEDGER_DATE
from oresight.core.answer import Column, Sheet, sheet
from oresight.studies.events.status import standing
from oresight.studies.track.deadlines import Deadline
from oresight.studies.track.promises import DONE, STATE_WORDS, Promise, payer
from oresight.studies.track.scope import Scope

DAY_COLUMNS = (
    Column("date", "the day", kind="date"),
    Column("days", "days from the day asked about", "days", "integer"),
    Column("title", "what happens or was due"),
    Column("kind", "law, suspension, money, benchmark, due, start, end, or project"),
    Column("rests_on", "row of the ledger"),
    Column("countries", "countries concerned"),
    Column("confidence", "trust in the row"),
    Column(OWN, "whether it is the reader's own row", kind="flag"),
    Column("note", "what a reader must know"),
)


def day_record(deadline: Deadline, day: datetime.date) -> dict[str, Any]:
    """A deadline as a row."""
    return {
        "date": deadline.date,
        "days": (deadline.date - day).days,
        "title": deadline.title,
        "kind": deadline.kind,
        "rests_on": deadline.rests_on,
        "countries": ", ".join(deadline.countries),
        "confidence": deadline.confidence,
        OWN: deadline.own,
        "note": deadline.note,
    }


def upcoming(calendar: Sequence[Deadline], day: datetime.date, days: int) -> Sheet:
    """What is due within some days."""
    last = day + datetime.timedelta(days=days)
    soon = [day_record(d, day) for d in calendar if day <= d.date <= last]
    return sheet("due", f"Due in the next {days} days", DAY_COLUMNS, soon)


def calendar_sheet(calendar: Sequence[Deadline], day: datetime.date) -> Sheet:
    """Every day still to come."""
    return sheet("calendar", "Calendar of deadlines", DAY_COLUMNS, (day_record(d, day) for d in calendar))


LATE_COLUMNS = (
    Column("due", "day or end of the year it was due", kind="date"),
    Column("days_late", "days since", "days", "integer"),
    Column("id", "row of the ledger"),
    Column("title", "what was due"),
    Column("kind", "promise, project or measure"),
    Column("state", "state it was last known in"),
    Column("usd", "amount", "USD", "number"),
    Column("heard", "latest day anything was heard", kind="date"),
    Column("by", "who promised, or where it stands"),
    Column("note", "what a reader must know"),
)


def passed(mine: Sequence[Promise], calendar: Sequence[Deadline], scope: Scope) -> tuple[Sheet, Sheet]:
    """What is overdue (known not to be done) and what is silent (due, and nothing found since)."""
    day = scope.day
    late: list[dict[str, Any]] = []
    silent: list[dict[str, Any]] = []
    for promise in mine:
        due = promise.row["due"]
        if due is None or due >= day or promise.state in DONE:
            continue
        line = {
            "due": due,
            "days_late": (day - due).days,
            "id": promise.id,
            "title": f"{promise.row['title']}: {promise.row['due_for']}"
            if promise.row["due_for"]
            else promise.row["title"],
            "kind": "promise",
            "state": STATE_WORDS[promise.state],
            "usd": promise.usd,
            "heard": promise.heard,
            "by": payer(promise),
            "note": promise.row["note"],
        }
        (late if promise.heard > due else silent).append(line)
    late += late_projects(scope)
    silent += silent_measures(calendar, day)
    late.sort(key=lambda line: (line["due"], line["id"]))
    silent.sort(key=lambda line: (line["due"], line["id"]))
    return (
        sheet("overdue", "Overdue: known not to be done", LATE_COLUMNS, late),
        sheet("silent", "Silent: due, and nothing found since", LATE_COLUMNS, silent),
    )


def late_projects(scope: Scope) -> list[dict[str, Any]]:
    """Projects whose first year has ended without their running, as last known."""
    found = []
    for row in laid_over("projects").iter_rows(named=True):
        year = row["start_year"]
        if year is None or year >= scope.day.year or row["status"] in ("operating", "suspended", "cancelled"):
            continue
        if scope.hosts and row["country"] not in scope.hosts:
            continue
        if scope.commodities and row["commodity"] not in scope.commodities:
            continue
        due = datetime.date(year, 12, 31)
        found.append(
            {
                "due": due,
                "days_late": (scope.day - due).days,
                "id": row["id"],
                "title": f"{row['name']}: first output",
                "kind": "project",
                "state": row["status"],
                "usd": None,
                "heard": datetime.date.fromisoformat(LEDGER_DATE),
                "by": row["country"],
                "note": row["note"],
            }
        )
    return found


def unknown_on(event: Mapping[str, Any], day: datetime.date) -> bool:
    """Whether nobody knows how a measure stands on a day."""
    now = standing(event, day)
    return now is not None and now.status == "unknown"


def silent_measures(calendar: Sequence[Deadline], day: datetime.date) -> list[dict[str, Any]]:
    """Measures whose start or end has passed with nothing known of what followed."""
    ledger = {row["id"]: row for row in laid_over("events").iter_rows(named=True)}
    found = []
    for deadline in calendar:
        row = ledger.get(deadline.rests_on)
        if row is None or deadline.date >= day:
            continue
        concerned = [row, *(ledger[i] for i in parts(row["acts_on"]) if i in ledger)]
        # a schedule stands for the measures it ends; they, not it, are the ones in doubt
        doubtful = concerned[1:] if row["kind"] == "schedule" else concerned[:1]
        after = deadline.date + datetime.timedelta(days=1)
        if not any(unknown_on(each, after) and unknown_on(each, day) for each in doubtful):
            continue
        found.append(
            {
                "due": deadline.date,
                "days_late": (day - deadline.date).days,
                "id": row["id"],
                "title": deadline.title,
                "kind": "measure",
                "state": "unknown",
                "usd": None,
                "heard": row["announced"],
                "by": row["actor"],
                "note": row["note"],
            }
        )
    return found
