"""Is a good to a country restricted on a day, by whom, and is the measure suspended?

One query over the ledger of events: the status of each at the day, the goods it touches by code or by
commodity, and whom it reaches.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from oresight.catalog.lists import parts
from oresight.catalog.overlay import laid_over
from oresight.catalog.own_figures import OWN
from oresight.catalog.tables.events import LEDGER_DATE
from oresight.core.answer import Answer, Column, sheet
from oresight.core.errors import unknown_name
from oresight.studies import names
from oresight.studies.basis import basis
from oresight.studies.events.goods import Good, codes_meet, good, goods_by_event, match
from oresight.studies.events.status import (
    CONTROLS,
    DISRUPTIONS,
    STATUSES,
    Standing,
    listing,
    on_day,
    spelled,
    standing,
)

SCOPE_WORDS = {
    "all": "every buyer",
    "military": "military users",
    "entities": "named companies",
    "technology": "technology and equipment",
    "procurement": "public purchases",
    "extraterritorial": "goods made abroad",
    "none": "nobody by itself",
}


def union_members() -> frozenset[str]:
    """Members of the European Union, which measures name as EU27."""
    return frozenset(m for group in names.blocs().get("eu27", {}).values() for m in group)


def reaches(listed: Iterable[str], country: str, union: frozenset[str]) -> bool:
    """Whether a list of countries holds one, as itself, in the Union, or as everyone."""
    listed = tuple(listed)
    if "ALL" in listed or country in listed:
        return True
    return ("EU27" in listed and country in union) or (country == "EU27" and bool(union & set(listed)))


def between(row: Mapping[str, Any], by: Iterable[str], to: Iterable[str], union: frozenset[str]) -> bool:
    """Whether an event lies on a way from one of `by` to one of `to`; empty means anyone."""
    sides = ((row["actor"],), parts(row["targets"]))
    exporters, importers = (sides[1], sides[0]) if row["direction"] == "import" else sides
    return (not by or any(reaches(exporters, c, union) for c in by)) and (
        not to or any(reaches(importers, c, union) for c in to)
    )


def places(text: str | None) -> tuple[str, ...]:
    """Countries a reader names: one, several, or a bloc; none for no text."""
    if not text:
        return ()
    if names.folded(text) in ("eu27", "eu", "european union"):
        return ("EU27",)
    return names.coalition(text).members


COLUMNS = (
    Column("event", "name in the ledger"),
    Column("title", "what happened"),
    Column("by", "who acts"),
    Column("to", "whom it is aimed at; ALL for everyone"),
    Column("kind", "sort of measure"),
    Column("reaches", "buyers or goods it reaches"),
    Column("status", "how it stands on the day"),
    Column("until", "last day of that status, where known", kind="date"),
    Column("by_its_text", "what its text provides for where nothing is known"),
    Column("announced", "day it became known", kind="date"),
    Column("in_force_from", "first day in force", kind="date"),
    Column("goods", "materials it names among those asked for"),
    Column("codes", "customs codes it names, at their own edition"),
    Column("met_by", "why it is listed: code, commodity, dual-use list, general terms"),
    Column("cut", "share cut, where one is known", "1", "share"),
    Column("cut_of", "what the cut is a share of"),
    Column("confidence", "trust in the row"),
    Column("source", "source", kind="source"),
    Column(OWN, "whether it is the reader's own row", kind="flag"),
    Column("note", "what a reader must know"),
)


def record(
    row: Mapping[str, Any], now: Standing, how: str, touched: list[dict[str, Any]], asked: Good
) -> dict[str, Any]:
    """A row of the answer."""
    meant = [
        t
        for t in touched
        if not asked.named
        or t["commodity"] in asked.commodities
        or (asked.hs and t["hs"] and codes_meet(asked.hs, t["hs"]))
    ] or touched
    return {
        "event": row["id"],
        "title": row["title"],
        "by": row["actor"],
        "to": row["targets"],
        "kind": row["kind"].replace("_", " "),
        "reaches": SCOPE_WORDS[row["scope"]] + (f": {row['companies']}" if row["companies"] else ""),
        "status": now.status,
        "until": now.until,
        "by_its_text": row["by_its_text"] if now.status == "unknown" else None,
        "announced": row["announced"],
        "in_force_from": row["in_force_from"],
        "goods": "; ".join(dict.fromkeys(t["material"] for t in meant)),
        "codes": "; ".join(dict.fromkeys(t["hs"] for t in meant if t["hs"])) or None,
        "met_by": how,
        "cut": row["cut_best"],
        "cut_of": row["cut_of"],
        "confidence": row["confidence"],
        "source": row["source_id"],
        OWN: row[OWN],
        "note": row["note"],
    }


def events(
    on: str | datetime.date | None = None,
    to: str | None = None,
    by: str | None = None,
    commodity: str | None = None,
    hs: str | None = None,
    event: str | None = None,
) -> Answer:
    """Measures that touch a good on its way from one country to another on a day, and how each stands.

    Args:
        on: The day, ISO; today by default.
        to: Importing country, countries or bloc; anyone by default.
        by: Exporting country, countries or bloc; anyone by default.
        commodity: Commodity or group; every good by default.
        hs: Customs code of four to ten digits, at any edition.
        event: One event by its id, whatever it touches.

    Raises:
        StudyError: A name, code or day cannot be read.
    """
    day = on_day(on)
    goods = goods_by_event()
    asked = good(hs, commodity, goods)
    exporters, importers = places(by), places(to)
    union = union_members()
    ledger = list(laid_over("events").iter_rows(named=True))
    if event is not None:
        known = {row["id"].casefold(): row["id"] for row in ledger}
        if event.strip().casefold() not in known:
            raise unknown_name("event", event, [row["id"] for row in ledger])
        ledger = [row for row in ledger if row["id"] == known[event.strip().casefold()]]

    licensed = {
        row["actor"]
        for row in ledger
        if row["kind"] == "export_licence" and match(goods.get(row["id"], ()), asked) in ("code", "commodity")
    }
    restrictions: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    for row in ledger:
        how = match(goods.get(row["id"], ()), asked)
        if how == "dual-use list" and row["actor"] not in licensed:
            how = None
        now = standing(row, day)
        if how == "general terms" and not (importers if row["direction"] == "import" else exporters):
            how = None
        if how is None or now is None or not between(row, exporters, importers, union):
            continue
        line = record(row, now, how, goods.get(row["id"], []), asked)
        (restrictions if row["kind"] in CONTROLS + DISRUPTIONS else records).append(line)

    def order(line: Mapping[str, Any]) -> tuple[int, datetime.date]:
        return STATUSES.index(line["status"]), line["announced"]

    restrictions.sort(key=order)
    records.sort(key=lambda line: line["announced"], reverse=True)
    return Answer(
        study="events",
        question=question(
            day, importers, exporters, names.commodity(commodity) if commodity else None, asked
        ),
        finding=finding(day, restrictions, asked),
        sheets=(
            sheet("measures", "Measures and stops, those in force first", COLUMNS, restrictions),
            sheet("record", "Truces, rulings, schedules and reports", COLUMNS, records),
        ),
        basis=basis(("events", "event_codes", "trade_codes"), cautions=cautions(day)),
        parameters={
            "on": day.isoformat(),
            "to": list(importers),
            "by": list(exporters),
            "commodities": sorted(asked.commodities),
            "hs": asked.hs or None,
            "event": event,
        },
    )


def cautions(day: datetime.date) -> tuple[str, ...]:
    """What the ledger cannot know about the day."""
    found = ["Codes are indicative where the row says so: an announcement lists goods, not codes."]
    if day > datetime.date.fromisoformat(LEDGER_DATE):
        found.append(f"Sources were read until {LEDGER_DATE}; what changed after it is not here.")
    return tuple(found)


def question(
    day: datetime.date, to: Iterable[str], by: Iterable[str], commodity: str | None, asked: Good
) -> str:
    """The question in a reader's words."""
    good = names.commodity_labels().get(commodity or "", commodity or "")
    code = f"HS {asked.hs}" if asked.hs else ""
    what = f"{good} ({code})" if good and code else good or code or "trade in minerals"
    ways = [f"{word} {listing(map(names.label, side))}" for word, side in (("from", by), ("to", to)) if side]
    return f"Is {' '.join([what, *ways])} restricted on {spelled(day)}?"


def finding(day: datetime.date, lines: list[dict[str, Any]], asked: Good) -> str:
    """What the rows say, as sentences made from them."""
    head = f"On {spelled(day)}"
    if not lines:
        return f"{head} the ledger holds no measure on this good and way."
    controls = [
        line
        for line in lines
        if line["kind"].replace(" ", "_") in CONTROLS and line["met_by"] != "general terms"
    ]
    by_status = {s: [line for line in controls if line["status"] == s] for s in STATUSES}
    said = [restricted(head, by_status["in_force"]) if asked.named else counted(head, by_status)]
    for until, group in grouped(by_status["suspended"]).items():
        end = f" until {spelled(until)}" if until else ""
        said.append(f"{told(group)} {'is' if len(group) == 1 else 'are'} suspended{end}")
    unknown = by_status["unknown"]
    if unknown:
        texts = [line["event"] for line in unknown if line["by_its_text"] == "in_force"]
        tail = f"; by {'its' if len(texts) == 1 else 'their'} text {listing(texts)} would" if texts else ""
        verb = "applies" if len(unknown) == 1 else "apply"
        said.append(f"whether {listing(line['event'] for line in unknown)} {verb} is unknown{tail}")
    for start, group in grouped(by_status["announced"]).items():
        if start:
            said.append(f"{told(group)} {'is' if len(group) == 1 else 'are'} announced from {spelled(start)}")
    return ". ".join(s[0].upper() + s[1:] for s in said) + "."


def restricted(head: str, live: list[dict[str, Any]]) -> str:
    """The measures in force, those for every buyer first."""
    wide = [line for line in live if line["reaches"].startswith(SCOPE_WORDS["all"])]
    narrow = [line for line in live if line not in wide]
    reached = listing(line["reaches"].split(":")[0] for line in narrow)
    if wide and narrow:
        return f"{head} it is restricted by {named(wide)}, for {reached} also by {named(narrow)}"
    if wide:
        return f"{head} it is restricted by {named(wide)}"
    if narrow:
        return f"{head} it is restricted for {reached} only, by {named(narrow)}"
    return f"{head} no measure on it is known to be in force"


def counted(head: str, by_status: Mapping[str, list[dict[str, Any]]]) -> str:
    """How many measures stand where, when no good was named."""
    words = {
        "in_force": "in force",
        "suspended": "suspended",
        "announced": "announced",
        "unknown": "in doubt",
    }
    total = sum(len(by_status[s]) for s in words)
    counts = [f"{len(by_status[s])} {word}" for s, word in words.items() if by_status[s]]
    noun = "measure" if total == 1 else "measures"
    return f"{head} the ledger holds {total} {noun}" + (f": {listing(counts)}" if counts else "")


def grouped(lines: Iterable[dict[str, Any]]) -> dict[datetime.date | None, list[dict[str, Any]]]:
    """Measures by the day their status ends."""
    found: dict[datetime.date | None, list[dict[str, Any]]] = {}
    for line in lines:
        found.setdefault(line["until"], []).append(line)
    return found


def told(lines: list[dict[str, Any]]) -> str:
    """A measure by id and title, several by id."""
    if len(lines) == 1:
        return f"{lines[0]['event']} ({lines[0]['title']})"
    return listing(line["event"] for line in lines)


def named(lines: list[dict[str, Any]]) -> str:
    """Measures by kind and id: `export licences (EV015, EV029)`."""
    kinds: dict[str, list[str]] = {}
    for line in lines:
        kinds.setdefault(line["kind"], []).append(line["event"])
    said = []
    for kind, ids in kinds.items():
        article = "an" if kind[0] in "aeiou" else "a"
        noun = f"{article} {kind}" if len(ids) == 1 else f"{kind}s"
        said.append(f"{noun} ({', '.join(ids)})")
    return listing(said)
