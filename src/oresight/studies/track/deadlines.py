"""The calendar of the ledgers: what starts, ends or falls due on which day, for reading and for a calendar file."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from icalendar import Calendar, Event

from oresight.catalog.lists import parts
from oresight.catalog.overlay import laid_over
from oresight.catalog.own_figures import OWN
from oresight.catalog.store import read
from oresight.core.errors import StudyError
from oresight.studies.events.status import on_day


@dataclass(frozen=True)
class Deadline:
    """A day in the ledgers.

    Args:
        date: The day.
        title: What happens then.
        kind: law, suspension, money, benchmark, due, start or end.
        rests_on: Event or commitment it comes from.
        countries: Countries concerned.
        source: Source of the row.
        confidence: Trust in the row.
        own: Whether it is the reader's own row.
        note: What a reader must know.
    """

    date: datetime.date
    title: str
    kind: str
    rests_on: str
    countries: tuple[str, ...]
    source: str
    confidence: str
    own: bool
    note: str | None


def covered(ledger: Iterable[dict[str, Any]], named: Iterable[Deadline]) -> set[tuple[datetime.date, str]]:
    """Days and events that a named deadline already tells of: its own, those it acts on, their truces."""
    acts = {row["id"]: {row["id"], *parts(row["acts_on"])} for row in ledger}
    found = set()
    for each in named:
        linked = acts.get(each.rests_on, {each.rests_on})
        found |= {(each.date, e) for e, touched in acts.items() if e in linked or touched & linked}
        found.add((each.date, each.rests_on))
    return found


def began(row: Mapping[str, Any]) -> bool:
    """Whether a measure's start is no day to wait for: it began when announced, or was suspended before."""
    start, away, back = row["in_force_from"], row["suspended_from"], row["suspended_until"]
    suspended = away is not None and away <= start and (back is None or start <= back)
    return bool(start <= row["announced"] or suspended)


def deadlines() -> list[Deadline]:
    """Every day of the ledgers, in order, each once."""
    named = [
        Deadline(
            row["date"],
            row["title"],
            row["kind"],
            row["rests_on"],
            parts(row["countries"]),
            row["source_id"],
            row["confidence"],
            row[OWN],
            row["note"],
        )
        for row in laid_over("deadlines").iter_rows(named=True)
    ]
    ledger = list(laid_over("events").iter_rows(named=True))
    told = covered(ledger, named)
    found = list(named)
    for row in ledger:
        days = (
            ("start", row["in_force_from"], "takes effect"),
            ("end", row["in_force_until"], "ends"),
            ("suspension", row["suspended_until"], "suspension ends"),
        )
        for kind, day, words in days:
            if day is None or (day, row["id"]) in told or (kind == "start" and began(row)):
                continue
            about = " (about)" if row["date_quality"] == "approximate" else ""
            to = () if row["targets"] == "ALL" else parts(row["targets"])
            found.append(
                Deadline(
                    day,
                    f"{row['title']}: {words}{about}",
                    kind,
                    row["id"],
                    (row["actor"], *to),
                    row["source_id"],
                    row["confidence"],
                    row[OWN],
                    row["note"],
                )
            )
    for row in laid_over("commitments").iter_rows(named=True):
        if row["due"] is None or (row["due"], row["id"]) in told:
            continue
        what = f": {row['due_for']}" if row["due_for"] else ""
        found.append(
            Deadline(
                row["due"],
                f"{row['title']}{what}",
                "due",
                row["id"],
                parts(row["members"]),
                row["source_id"],
                row["confidence"],
                row[OWN],
                row["note"],
            )
        )
    return sorted(found, key=lambda d: (d.date, d.rests_on))


def calendar_ics(as_of: str | datetime.date | None = None, days: int | None = None) -> bytes:
    """The deadlines from a day on as an iCalendar file, one all-day entry each.

    Args:
        as_of: First day, ISO; today by default. Also the entries' stamp, so the same day gives the same file.
        days: How many days ahead; all by default.

    Raises:
        StudyError: The day cannot be read, or days is negative.
    """
    first = on_day(as_of)
    if days is not None and days < 0:
        raise StudyError(f"{days} days ahead", "give a number of days from 0 on")
    last = first + datetime.timedelta(days=days) if days is not None else datetime.date.max
    citations = dict(read("sources").select("id", "citation").iter_rows())
    calendar = Calendar()
    calendar.add("prodid", "-//oresight//deadlines of critical minerals//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Critical minerals: deadlines")
    stamp = datetime.datetime(first.year, first.month, first.day, tzinfo=datetime.UTC)
    for each in deadlines():
        if not first <= each.date <= last:
            continue
        entry = Event()
        entry.add("uid", f"{each.date.isoformat()}-{each.rests_on.lower()}-{each.kind}@oresight")
        entry.add("dtstamp", stamp)
        entry.add("dtstart", each.date)
        entry.add("dtend", each.date + datetime.timedelta(days=1))
        entry.add("summary", each.title)
        source = citations.get(each.source, each.source)
        lines = [each.note, f"{each.rests_on}, {', '.join(each.countries)}", f"Source: {source}"]
        entry.add("description", "\n".join(line for line in lines if line))
        entry.add("categories", [each.kind])
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    return bytes(calendar.to_ical())
