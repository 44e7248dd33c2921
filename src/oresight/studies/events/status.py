"""How a measure stands on a day: announced, in force, suspended, expired, or unknown."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from oresight.core.errors import StudyError

CONTROLS = (
    "export_ban",
    "export_licence",
    "export_quota",
    "export_tariff",
    "technology_control",
    "entity_list",
    "import_ban",
    "import_tariff",
    "procurement_ban",
    "sanction",
)
"""Kinds by which a government restricts trade."""

DISRUPTIONS = ("production_quota", "production_stop", "production_tax")
"""Kinds that cut what there is to trade."""

RECORDS = ("dispute", "report", "schedule")
"""Kinds that tell of something and are never in force."""

STATUSES = ("in_force", "suspended", "announced", "unknown", "expired", "recorded")


@dataclass(frozen=True)
class Standing:
    """How a measure stands on a day: its status, and the last day of that status where it is known."""

    status: str
    until: datetime.date | None = None


def standing(row: Mapping[str, Any], day: datetime.date) -> Standing | None:
    """The status of an event on a day; None before anybody knew of it.

    Suspension and end count their last day in. What follows either is what a source reports, else
    `unknown`, never what the text merely provides for. After the last day on which a source shows it in
    force the status is unknown.

    >>> ban = {"announced": datetime.date(2024, 12, 3), "in_force_from": datetime.date(2024, 12, 3),
    ...        "suspended_from": datetime.date(2025, 11, 9), "suspended_until": datetime.date(2026, 11, 27),
    ...        "afterwards": "unknown", "kind": "export_ban"}
    >>> [standing(ban, datetime.date(y, m, d)).status for y, m, d in ((2025, 1, 1), (2026, 11, 27), (2026, 11, 28))]
    ['in_force', 'suspended', 'unknown']
    """
    start, end = row.get("in_force_from"), row.get("in_force_until")
    away, back = row.get("suspended_from"), row.get("suspended_until")
    known_from = min(d for d in (row["announced"], start) if d is not None)
    if day < known_from:
        return None
    if row["kind"] in RECORDS:
        return Standing("recorded")
    if away is not None and day >= away and (back is None or day <= back):
        return Standing("suspended", back)
    if back is not None and day > back and row.get("afterwards") != "in_force":
        return Standing(row.get("afterwards") or "unknown")
    if start is None or day < start:
        return Standing("announced", start)
    if end is not None and day > end:
        return Standing(row.get("afterwards") or "expired")
    last = row.get("last_known")
    if last is not None and day > last:
        return Standing("unknown")
    return Standing("in_force", away if away is not None and day < away else end)


def on_day(value: str | datetime.date | None) -> datetime.date:
    """A day written as ISO date; today by default.

    Raises:
        StudyError: It is no date, or lies outside 1990 to 2100.
    """
    if value is None:
        return datetime.date.today()
    if isinstance(value, str):
        written = value.strip()
        try:
            value = datetime.date.fromisoformat(written)
        except ValueError as error:
            raise StudyError(f"{written[:40]!r} is no day", "write it as 2026-11-22") from error
    if not 1990 <= value.year <= 2100:
        raise StudyError(f"{value.isoformat()} is beyond the ledger", "ask about a day from 1990 to 2100")
    return value


def spelled(day: datetime.date) -> str:
    """A day in words.

    >>> spelled(datetime.date(2026, 11, 27))
    '27 November 2026'
    """
    return f"{day.day} {day:%B %Y}"


def listing(values: Iterable[str], most: int = 6) -> str:
    """Values as a reader lists them.

    >>> listing(["a", "b", "c"])
    'a, b and c'
    """
    found = list(dict.fromkeys(values))
    if len(found) > most:
        return ", ".join(found[:most]) + f" and {len(found) - most} more"
    return found[0] if len(found) == 1 else ", ".join(found[:-1]) + f" and {found[-1]}" if found else "none"
