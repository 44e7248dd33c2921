"""Controls, their scope and threats of them, against the ledger of events."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from oresight.catalog.lists import parts
from oresight.catalog.store import read
from oresight.studies import names
from oresight.studies.check.figures import commodities
from oresight.studies.check.goods import mineral_called
from oresight.studies.check.names import called, members
from oresight.studies.check.rules import DATE, LEDGER, Judgement, unverified
from oresight.studies.events.status import CONTROLS, DISRUPTIONS, listing, spelled, standing
from oresight.text.dates import Moment
from oresight.text.statement import Statement

FAMILIES = {
    "quota": ("export_quota", "production_quota"),
    "ban": ("export_ban", "import_ban", "production_stop", "procurement_ban", "sanction"),
    "control": (
        "export_licence",
        "technology_control",
        "export_ban",
        "entity_list",
        "export_quota",
        "export_tariff",
    ),
    "lifted": ("suspension", "agreement"),
}
ACTING = (*CONTROLS, *DISRUPTIONS, "suspension")


@dataclass(frozen=True)
class Measure:
    """An event of the ledger with the goods it touches: commodities, and materials by name."""

    row: Mapping[str, Any]
    goods: frozenset[str]
    materials: tuple[tuple[str, str | None, str | None], ...]

    @property
    def id(self) -> str:
        """Its name in the ledger."""
        return str(self.row["id"])

    def days(self, lifted: bool = False, until: bool = False) -> list[datetime.date]:
        """Days it may be told by: announced, in force, its suspension where lifting is told, its ends where an end is."""
        if until:
            ends = (self.row["suspended_until"], self.row["in_force_until"])
            return [d for d in ends if d is not None]
        found = [self.row["announced"], self.row["in_force_from"]]
        if lifted:
            found.append(self.row["suspended_from"])
        return [d for d in found if d is not None]


@lru_cache(maxsize=1)
def measures() -> tuple[Measure, ...]:
    """All events with their goods."""
    touched: dict[str, list[tuple[str, str | None, str | None]]] = {}
    for event, material, commodity, stage in (
        read("event_codes").select("event", "material", "commodity", "stage").iter_rows()
    ):
        touched.setdefault(event, []).append((material, commodity, stage))
    return tuple(
        Measure(
            row,
            frozenset(c for _, c, _ in touched.get(row["id"], ()) if c),
            tuple(touched.get(row["id"], ())),
        )
        for row in read("events").sort("announced", "id").iter_rows(named=True)
    )


def meant(minerals: tuple[str, ...]) -> frozenset[str]:
    """Commodities that minerals of a statement stand for; empty where they name none."""
    found = {c for m in minerals for c in (*names.groups().get(m, ()), m, *commodities(m))}
    return frozenset(found - {"critical-minerals"})


def whole(moment: Moment, article: datetime.date) -> Moment:
    """A date without a year, in the year of its last day before the article."""
    if moment.year is not None or moment.month is None:
        return moment
    passed = (moment.month, moment.day or 1) <= (article.month, article.day)
    return Moment(
        article.year if passed else article.year - 1, moment.month, moment.day, moment.start, moment.end
    )


def acting(statement: Statement) -> list[Measure]:
    """Measures of the actor named, by goods where the statement names any."""
    actors = set(statement.subject) | {m for a in statement.subject if a != "EU27" for m in members(a)}
    goods = meant(statement.minerals)
    return [
        m
        for m in measures()
        if m.row["actor"] in actors and m.row["kind"] in ACTING and (not goods or goods & m.goods)
    ]


def aimed(measure: Measure, targets: tuple[str, ...]) -> bool:
    """Whether a measure reaches one of the targets by name."""
    listed = set(parts(measure.row["targets"]))
    return bool(listed & {m for t in targets for m in (*members(t), t)})


def score(measure: Measure, statement: Statement) -> float:
    """How well a measure fits the words of a statement, dates left aside."""
    words = " ".join(statement.cues.get("words", ()))
    lifted = bool(statement.cues.get("lifted"))
    family = (
        "lifted"
        if lifted
        else "quota"
        if "quota" in words
        else "ban"
        if re.search(r"\bban|halt|suspend|cut|stop|embargo|block", words)
        else "control"
    )
    total: float = 1.5 * (measure.row["kind"] in FAMILIES[family])
    if lifted and measure.row["suspended_from"] is not None:
        total += 1.0
    total += 0.25 * (measure.row["scope"] == "all")
    goods = meant(statement.minerals)
    if goods:
        total += len(goods & measure.goods) / len(goods)
    if statement.object:
        total += 1.5 if aimed(measure, statement.object) else -0.5 if measure.row["targets"] != "ALL" else 0.0
    return total


def judge_control(statement: Statement, article: datetime.date) -> Judgement:
    """The date of a control: on it, near it, in the wrong year, or before any measure on those goods."""
    moment = statement.moments[0]
    lifted, until = bool(statement.cues.get("lifted")), bool(statement.cues.get("until"))
    known = [m for m in acting(statement) if m.row["announced"] <= article + datetime.timedelta(days=7)]
    if not known:
        return unverified("no measure of the ledger fits who acts and on what")
    fits = [m for m in known if any(moment.fits(d) for d in m.days(lifted, until))]
    if statement.object and any(aimed(m, statement.object) for m in fits):
        fits = [m for m in fits if aimed(m, statement.object)]
    if fits:
        late = -1 if moment.year is None else 0
        best = min(fits, key=lambda m: (-score(m, statement), late * m.row["announced"].toordinal(), m.id))
        days = [d for d in best.days(lifted, until) if moment.fits(d)]
        how = f"{best.row['title']}, {spelled(days[0])}"
        now = standing(best.row, article)
        if now is not None and now.status == "suspended" and not lifted:
            how += f"; suspended since {spelled(best.row['suspended_from'])}"
        return Judgement(
            "confirmed", how, DATE, days[0].isoformat(), "date", days[0].year, sources=cited(best)
        )
    if until:
        return unverified("the ledger holds no such end")
    moment = whole(moment, article)
    known.sort(key=lambda m: (-score(m, statement), m.id))
    alike = same_day_other_year(known, moment, lifted) or same_month_other_year(
        known, moment, statement, lifted
    )
    if alike is not None:
        best, day = alike
        return wrong_date(
            best, day, statement, "the day is right, the year is not" if moment.day else "the year is another"
        )
    exact = moment.date()
    if exact is not None:
        near = [(abs((d - exact).days), m.id, m, d) for m in known for d in m.days(lifted)]
        gap, _, best, day = min(near, key=lambda n: (n[0], -score(n[2], statement), n[1]))
        if gap <= DATE.wide and (meant(statement.minerals) or score(best, statement) >= 1.5):
            return Judgement(
                "imprecise",
                f"{gap} days off: {best.row['title']}, {spelled(day)}",
                DATE,
                day.isoformat(),
                "date",
                day.year,
                f"{best.row['title']}: {spelled(day)}.",
                cited(best),
            )
    first = min(known, key=lambda m: min(m.days(lifted)))
    if (
        moment.year is not None
        and meant(statement.minerals)
        and before(moment, min(first.days(lifted)))
        and not statement.object
    ):
        day = min(first.days(lifted))
        return wrong_date(first, day, statement, "the first measure of the ledger on these goods is later")
    best = max(known, key=lambda m: (score(m, statement), m.id))
    return unverified(
        f"no measure on that date; the ledger's nearest in kind is {best.row['title']}, {spelled(best.days(lifted)[0])}",
        (best.id,),
    )


def cited(measure: Measure) -> tuple[str, ...]:
    """A measure's row and source."""
    return (measure.id, str(measure.row["source_id"]))


def before(moment: Moment, day: datetime.date) -> bool:
    """Whether a date as written ends before a day, by more than a year where only a year is written."""
    assert moment.year is not None
    if moment.month is None:
        return moment.year < day.year
    return (moment.year, moment.month) < (day.year, day.month)


def same_day_other_year(
    known: list[Measure], moment: Moment, lifted: bool
) -> tuple[Measure, datetime.date] | None:
    """A measure on the same day and month of another year."""
    if moment.day is None:
        return None
    for m in known:
        for day in m.days(lifted):
            if (day.month, day.day) == (moment.month, moment.day) or (day.month, day.day) == moment.other:
                return m, day
    return None


def same_month_other_year(
    known: list[Measure], moment: Moment, statement: Statement, lifted: bool
) -> tuple[Measure, datetime.date] | None:
    """A measure on the same goods in the same month of a year beside it."""
    if moment.day is not None or moment.month is None or not meant(statement.minerals):
        return None
    for m in sorted(known, key=lambda m: (-score(m, statement), m.id)):
        for day in m.days(lifted):
            if day.month == moment.month and moment.year is not None and abs(day.year - moment.year) <= 2:
                return m, day
    return None


def wrong_date(best: Measure, day: datetime.date, statement: Statement, why: str) -> Judgement:
    """The judgement on a wrong date."""
    who = called(statement.subject[0])
    package = [m for m in acting(statement) if day in m.days() and m.id != best.id]
    titles = listing([best.row["title"], *(m.row["title"] for m in package)], 3)
    return Judgement(
        "wrong",
        f"{why}: {titles}, {spelled(day)}",
        DATE,
        day.isoformat(),
        "date",
        day.year,
        f"{who[0].upper()}{who[1:]} did so on {spelled(day)}: {titles}.",
        (*cited(best), *(m.id for m in package[:5])),
    )


def covers(measure: Measure, minerals: tuple[str, ...], stage: str | None) -> bool:
    """Whether a measure names a good: a commodity, at the stage where one is said."""
    goods = meant(minerals)
    if stage != "component":
        return bool(goods & measure.goods)
    return any(
        c in goods and (s == "component" or re.search(r"magnet|anode|cell", material, re.I))
        for material, c, s in measure.materials
    )


def judge_scope(statement: Statement, article: datetime.date) -> Judgement:
    """Whether the measures of a date cover a good; else which measure does."""
    moment = whole(statement.moments[0], article)
    actors = set(statement.subject)
    own = [
        m
        for m in measures()
        if m.row["actor"] in actors and m.row["kind"] in ACTING and m.row["announced"] <= article
    ]
    fits = [m for m in own if any(moment.fits(d) for d in m.days())]
    if not fits:
        alike = same_day_other_year(own, moment, False)
        fits = [m for m in own if alike and alike[1] in m.days()]
    if not fits:
        return unverified("no measure of the ledger stands on that date")
    name = (
        "magnets"
        if statement.stage == "component"
        else listing(mineral_called(m) for m in statement.minerals)
    )
    holding = [m for m in fits if covers(m, statement.minerals, statement.stage)]
    if holding:
        return Judgement(
            "confirmed",
            f"{holding[0].row['title']} names {name}",
            LEDGER,
            holding[0].row["title"],
            "",
            holding[0].row["announced"].year,
            sources=cited(holding[0]),
        )
    others = [m for m in own if covers(m, statement.minerals, statement.stage)]
    package = listing(m.row["title"] for m in fits)
    if not others:
        return unverified(f"the ledger names no {name} among the goods of {package}")
    best = max(others, key=lambda m: (m.row["targets"] == "ALL", m.row["announced"]))
    day = best.row["in_force_from"] or best.row["announced"]
    how = f"{name} stand under another measure: {best.row['title']}, since {spelled(day)}"
    paused = [m for m in fits if (now := standing(m.row, article)) is not None and now.status == "suspended"]
    if paused:
        day_of, start = spelled(fits[0].row["announced"]), spelled(paused[0].row["suspended_from"])
        how += f"; those of {day_of} had been suspended since {start}"
    return Judgement(
        "imprecise",
        how,
        LEDGER,
        best.row["title"],
        "",
        day.year,
        f"{best.row['title']}, since {spelled(day)}.",
        (*cited(best), fits[0].id),
    )


def since(measure: Measure) -> str:
    """The day since which a measure stands, in words."""
    return spelled(measure.row["in_force_from"] or measure.row["announced"])


def judge_threat(statement: Statement, article: datetime.date) -> Judgement:
    """A threat: more than one where measures of the kind were already in force on the day."""
    goods = meant(statement.minerals)
    live: list[Measure] = []
    for m in measures():
        if m.row["actor"] not in statement.subject or m.row["kind"] not in CONTROLS:
            continue
        if goods and not goods & m.goods:
            continue
        if statement.object and not aimed(m, statement.object):
            continue
        if not statement.object and m.row["scope"] not in ("all", "military"):
            continue
        now = standing(m.row, article)
        if now is not None and now.status in ("in_force", "unknown") and m.row["announced"] <= article:
            live.append(m)
    who = called(statement.subject[0])
    if not live:
        return unverified(
            "no measure of the kind was in force on the day; whether it was threatened the ledger does not say"
        )
    latest = sorted(live, key=lambda m: m.row["announced"], reverse=True)
    first = min(live, key=lambda m: m.row["announced"])
    text = listing(
        (f"{m.row['title']} ({spelled(m.row['in_force_from'] or m.row['announced'])})" for m in latest), 4
    )
    count = f"{len(live)} measures were" if len(live) > 1 else "one measure was"
    return Judgement(
        "imprecise",
        f"more than a threat: {count} in force on {spelled(article)}, the first since {since(first)}: {text}",
        LEDGER,
        f"{len(live)} in force",
        "",
        latest[0].row["announced"].year,
        f"{who[0].upper()}{who[1:]} already restricts: {latest[0].row['title']}, since {since(latest[0])}.",
        tuple(dict.fromkeys([*(m.id for m in latest[:6]), *cited(latest[0])])),
    )
