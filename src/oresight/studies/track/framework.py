"""The promises of the US-Australia framework of October 2025, and where each stands."""

import datetime
from collections.abc import Sequence

from oresight.core.answer import Column, Sheet, sheet
from oresight.studies.events.status import listing, spelled
from oresight.studies.track.capacity import yearly_values
from oresight.studies.track.promises import FIRM, STATE_WORDS, Promise, billions

FRAMEWORK = "CM064"
PIPELINE = "CM065"
RESOURCES = "CM066"
LETTERS = "CM068"
"""Rows of the ledger behind the statements of January 2026: $1bn each, $8.5bn, $53bn, letters over $2bn."""


def framework_projects(everything: Sequence[Promise]) -> list[str]:
    """Projects named by promises within the US-Australia pipeline."""
    by_id = {p.id: p for p in everything}
    found = []
    for promise in everything:
        at = promise.row["part_of"]
        while at in by_id and at != PIPELINE:
            at = by_id[at].row["part_of"]
        if at == PIPELINE and promise.row["project"]:
            found.append(promise.row["project"])
    return list(dict.fromkeys(found))


def resource_value(everything: Sequence[Promise]) -> Sheet:
    """A year's output of the US-Australia projects at baseline prices, and what the $53bn would need."""
    columns = (
        Column("project", "project"),
        Column("commodity", "main commodity"),
        Column("status", "how far it is"),
        Column("usd_per_year", "nameplate output at baseline prices", "USD/yr", "number"),
        Column("needs", "what the value of its resources would need"),
    )
    return sheet(
        "resource_value",
        "The $53bn of resources, recomputed as far as the data allow",
        columns,
        yearly_values(framework_projects(everything)),
    )


def framework_sheet(everything: Sequence[Promise], day: datetime.date, resources: Sheet) -> Sheet:
    """What was said of the framework's money, and where each promise stands."""
    columns = (
        Column("statement", "what was said"),
        Column("ledger", "row of the ledger"),
        Column("usd", "amount of the ledger", "USD", "number"),
        Column("state", "where it stands"),
        Column("due", "day it fell or falls due", kind="date"),
        Column("stands", "what is known of it"),
    )
    by_id = {p.id: p for p in everything}
    records = []
    for statement, name in (
        ("$1bn each within six months", FRAMEWORK),
        ("a pipeline of $8.5bn", PIPELINE),
        ("$53bn of minerals", RESOURCES),
        ("letters of interest over $2bn", LETTERS),
    ):
        promise = by_id.get(name)
        if promise is None:
            continue
        records.append(
            {
                "statement": statement,
                "ledger": name,
                "usd": promise.usd,
                "state": STATE_WORDS[promise.state],
                "due": promise.row["due"],
                "stands": stands(promise, by_id, day, resources),
            }
        )
    return sheet("framework", "The promises of the US-Australia framework of October 2025", columns, records)


def stands(promise: Promise, by_id: dict[str, Promise], day: datetime.date, resources: Sheet) -> str:
    """Where one of the framework's promises stands, as a sentence made from the rows."""
    inside = [p for p in by_id.values() if p.row["part_of"] == promise.id and p.usd]
    if promise.id == FRAMEWORK:
        named = sum(p.usd or 0.0 for p in inside)
        binding = sum(p.usd or 0.0 for p in inside if p.state in FIRM)
        told = (
            f"{billions(named)} can be named project by project, {billions(binding)} of it binding"
            if named
            else ""
        )
        if promise.state == "delivered":
            return f"Reported met on {spelled(promise.since)}; {told}. The list of projects was not found."
        late = promise.row["due"] is not None and day > promise.row["due"]
        return f"{'Overdue' if late else 'Open'} until {spelled(promise.row['due'])}; {told}."
    if promise.id == PIPELINE:
        named = sum(p.usd or 0.0 for p in inside)
        return f"{billions(named)} of it is told by {listing(p.id for p in inside)}; the rest is unnamed."
    if promise.id == LETTERS:
        moved = [p for p in inside if p.state != "letter_of_interest"]
        beyond = f"{listing(p.id for p in moved)} moved on" if moved else "none has moved beyond a letter"
        recalled = [p.id for p in inside if p.row["confidence"] in ("low", "assumption")]
        doubt = f"; amounts of {listing(recalled)} are from memory" if recalled else ""
        return f"{len(inside)} letters of {billions(sum(p.usd or 0 for p in inside))}, {beyond}{doubt}. No letter binds."
    known = [r for r in resources.records() if r["usd_per_year"]]
    yearly = sum(float(r["usd_per_year"] or 0) for r in known)
    if not yearly or not promise.usd:
        return "Cannot be reproduced: needs recoverable tonnes of each project."
    return (
        f"Cannot be reproduced: needs recoverable tonnes of each project, and the list of projects. "
        f"The {len(known)} named ones with a capacity would sell {billions(yearly)} a year at baseline prices, "
        f"so the figure is {promise.usd / yearly:.0f} years of their output."
    )
