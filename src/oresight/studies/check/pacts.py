"""Agreements, meetings, lists of members, benchmarks and who has acted, against the ledger of commitments."""

import datetime
import re
from collections.abc import Iterable

from oresight.catalog.lists import parts
from oresight.studies import names
from oresight.studies.check.events import whole
from oresight.studies.check.money import Promised, ledger
from oresight.studies.check.names import called, members
from oresight.studies.check.rules import DATE, LEDGER, LISTS, Judgement, Verdict, unverified
from oresight.studies.events.status import listing, spelled
from oresight.text.dates import WEEKDAYS, Moment
from oresight.text.statement import Statement

PACTS = (
    "framework",
    "price_floor",
    "target",
    "offtake",
    "equity",
    "loan",
    "fund",
    "stockpile",
    "letter_of_interest",
    "grant",
)
PACT = re.compile(
    r"\b(?:framework|agreement|memorand\w+|partnership|plan|arrangement|declaration|initiative)\b", re.I
)
MEETS = re.compile(r"\b(?:meet\w*|summit|ministerial|action plan|ministers)\b", re.I)
SMALL = frozenset(
    [
        "the",
        "of",
        "a",
        "an",
        "and",
        "for",
        "in",
        "on",
        "to",
        "with",
        "by",
        "from",
        "at",
        "its",
        "us",
        "eu",
        "g7",
        "first",
        "new",
        "critical",
        "minerals",
        "mineral",
        "rare",
        "earth",
        "earths",
    ]
)


def expanded(actors: Iterable[str]) -> frozenset[str]:
    """Countries that actors stand for; the Union as itself too."""
    found = {m for a in actors for m in members(a)}
    return frozenset(found | {a for a in actors if a == "EU27"})


def word_share(title: str, sentence: str) -> float:
    """Share of a title's telling words that a sentence holds."""
    words = [w for w in re.findall(r"[A-Za-z][\w-]{2,}", names.folded(title)) if w not in SMALL]
    text = names.folded(sentence)
    return sum(w[:6] in text for w in words) / len(words) if words else 0.0


def same_parties(statement: Statement, promised: Promised) -> bool:
    """Whether the parties said are those of a commitment, the Union left aside as its members sit at the table too."""
    said, listed = expanded(statement.subject) - {"EU27"}, promised.members - {"EU27"}
    plain = frozenset(a for a in statement.subject if a != "EU27")
    return said == listed or (len(plain) > 1 and plain == promised.named - {"EU27"})


def judge_agreement(statement: Statement, article: datetime.date) -> Judgement:
    """The date of an agreement between parties, or that a meeting agreed at all."""
    moments = [whole(m, article) for m in statement.moments]
    known = [
        p
        for p in ledger()
        if p.row["announced"] <= article + datetime.timedelta(days=7) and p.row["instrument"] in PACTS
    ]
    alike = [
        p
        for p in known
        if same_parties(statement, p)
        and (len(statement.subject) > 1 or statement.subject[0] in names.blocs())
    ]
    if not moments:
        recent = [
            p
            for p in alike
            if 0 <= (article - p.row["announced"]).days <= 400 and p.row["instrument"] == "framework"
        ]
        best = max(
            recent, key=lambda p: (bool(MEETS.search(p.row["title"])), p.row["announced"]), default=None
        )
        if best is None:
            return unverified("no agreement of the ledger fits the parties")
        return agreed("confirmed", "as the ledger has it", best)
    if len(statement.subject) == 1 or not alike:
        who = set(statement.subject) | expanded(statement.subject)
        alike = [
            p for p in known if who & set(p.named) and word_share(p.row["title"], statement.sentence) >= 0.6
        ]
        backers = [names.folded(c) for k in ("companies", "projects") for c in statement.cues.get(k, ())]
        alike += [p for p in known if p not in alike and backers and any(b in p.words for b in backers)]
    if not alike:
        return unverified("no agreement of the ledger fits the parties")
    fits = [p for p in alike if any(m.fits(p.row["announced"]) for m in moments)]
    if fits:
        fits.sort(key=lambda p: p.id)
        best = max(
            fits,
            key=lambda p: (
                p.row["instrument"] == "framework",
                bool(PACT.search(p.row["title"])),
                word_share(p.row["title"], statement.sentence),
            ),
        )
        return agreed("confirmed", "as the ledger has it", best)
    exact = [d for m in moments if (d := m.date()) is not None]
    for p in alike:
        if any(abs((d - p.row["announced"]).days) <= DATE.wide for d in exact):
            return agreed("imprecise", "some days off", p)
    written = [m for m in moments if m.year is not None and m.month is not None]
    close = [
        p for p in alike if p.row["instrument"] == "framework" and any(only_year_off(m, p) for m in written)
    ]
    if close:
        return agreed("wrong", "the year is another", close[0])
    nearest = alike
    return unverified(
        f"no agreement on that date; the ledger has {nearest[0].row['title']}, {spelled(nearest[0].row['announced'])}",
        (nearest[0].id,),
    )


def only_year_off(moment: Moment, promised: Promised) -> bool:
    """Whether a date differs from an agreement's in the year alone, by at most two; others may have been signed too."""
    day = promised.row["announced"]
    assert moment.year is not None
    same = (moment.month, moment.day) == (day.month, day.day) if moment.day else moment.month == day.month
    return same and 0 < abs(moment.year - day.year) <= 2


def agreed(verdict: Verdict, how: str, promised: Promised) -> Judgement:
    """The judgement on an agreement of the ledger."""
    day = promised.row["announced"]
    right = "" if verdict == "confirmed" else f"{promised.row['title']}: {spelled(day)}."
    return Judgement(
        verdict,
        f"{how}: {promised.row['title']}, {spelled(day)}",
        DATE,
        day.isoformat(),
        "date",
        day.year,
        right,
        promised.sources,
    )


def judge_meeting(statement: Statement, article: datetime.date, dated: bool) -> Judgement:
    """A meeting by month, day or weekday: a weekday near the article's day, an evening before counted to it."""
    said = expanded(statement.subject)
    meetings = [p for p in ledger() if p.row["instrument"] == "framework" and MEETS.search(p.row["title"])]
    if said:
        meetings = [
            p for p in meetings if said & p.members and (len(statement.subject) > 1 or said <= p.members)
        ] or [p for p in meetings if said & p.members]
    evening = re.search(r"\b(?:dinner|evening|eve|night)\b", statement.sentence, re.I)
    for moment in statement.moments:
        at = whole(moment, article)
        for p in sorted(meetings, key=lambda p: abs((p.row["announced"] - article).days)):
            day = p.row["announced"]
            gap = abs((day - article).days)
            if moment.weekday is not None:
                near = gap <= 10 if dated else True
                hit = moment.fits(day) or (bool(evening) and moment.fits(day - datetime.timedelta(days=1)))
                if near and hit:
                    eve = "" if moment.fits(day) else ", on the eve"
                    return Judgement(
                        "confirmed",
                        f"{p.row['title']}, {WEEKDAYS[day.weekday()].capitalize()} {spelled(day)}{eve}",
                        DATE,
                        day.isoformat(),
                        "date",
                        day.year,
                        sources=p.sources,
                    )
            elif at.fits(day):
                return Judgement(
                    "confirmed",
                    f"{p.row['title']}, {spelled(day)}",
                    DATE,
                    day.isoformat(),
                    "date",
                    day.year,
                    sources=p.sources,
                )
    return unverified("no meeting of the ledger fits the day and who met")


def judge_membership(statement: Statement, article: datetime.date) -> Judgement:
    """A list of members or participants: of the bloc named, else of the meeting or agreement it resembles most."""
    said = expanded(statement.subject)
    if statement.object and statement.object[0] in names.blocs():
        return against(
            statement,
            said,
            expanded(statement.object),
            called(statement.object[0]),
            (f"blocs:{statement.object[0]}",),
            None,
        )
    best: tuple[float, int, Promised] | None = None
    for p in ledger():
        if len(p.named) < 3 or p.row["announced"] > article + datetime.timedelta(days=30):
            continue
        alike = len(said & p.members) / len(said | p.members)
        if best is None or (alike, -abs((p.row["announced"] - article).days)) > best[:2]:
            best = (alike, -abs((p.row["announced"] - article).days), p)
    if best is None or best[0] < 0.5:
        return unverified("no meeting or agreement of the ledger has such members")
    p = best[2]
    return against(statement, said, p.members, p.row["title"], p.sources, p.row["announced"].year)


def against(
    statement: Statement,
    said: frozenset[str],
    record: frozenset[str],
    title: str,
    sources: tuple[str, ...],
    year: int | None,
) -> Judgement:
    """A list against the record's: outsiders make it wrong, many left out imprecise."""
    said, record = said - {"EU27"}, record - {"EU27"}
    outside = sorted(said - record)
    missing = sorted(record - said)
    shown = (
        listing((called(c) for c in sorted(record)), 14) if len(record) <= 14 else f"{len(record)} countries"
    )
    if outside:
        verdict: Verdict = "wrong" if len(outside) <= max(2, len(said) // 3) or title else "unverified"
        how = f"{listing(called(c) for c in outside)} {'is' if len(outside) == 1 else 'are'} not on the list: {title}"
        return Judgement(verdict, how, LISTS, shown, "", year, f"{title}: {shown}.", sources)
    if len(missing) > LISTS.near * len(record):
        return Judgement(
            "imprecise",
            f"{listing(called(c) for c in missing)} left out: {title}",
            LISTS,
            shown,
            "",
            year,
            f"{title}: {shown}.",
            sources,
        )
    return Judgement("confirmed", title, LISTS, shown, "", year, sources=sources)


def judge_exclusivity(statement: Statement, article: datetime.date) -> Judgement:
    """The only country that has acted: others' commitments since then, money or law, show otherwise."""
    own = expanded(statement.subject)
    years = [m.year for m in statement.moments if m.year is not None]
    since = min(years) if years else 1990
    others = [
        p
        for p in ledger()
        if since <= p.row["announced"].year
        and p.row["announced"] <= article
        and p.row["state"] in ("closed", "drawn", "delivered")
        and not own & p.members
    ]
    if not others:
        return unverified("the ledger holds no act of others, nor that there was none")
    firsts: dict[str, Promised] = {}
    for p in others:
        for who in parts(p.row["members"]):
            if who not in firsts or (p.usd or 0.0) > (firsts[who].usd or 0.0):
                firsts[who] = p
    shown = sorted(firsts.items(), key=lambda item: -(item[1].usd or 0.0))[:4]
    text = listing(f"{called(who)} ({p.row['title']}, {p.row['announced']:%B %Y})" for who, p in shown)
    return Judgement(
        "imprecise",
        f"others had acted by then: {text}",
        LEDGER,
        f"{len(firsts)} others",
        "",
        article.year,
        f"{called(statement.subject[0])} is not the only one to have acted{f' since {since}' if years else ''}.",
        tuple(dict.fromkeys(p.id for _, p in shown)),
    )


def judge_disclosure(statement: Statement, article: datetime.date) -> Judgement:
    """Something said not to be disclosed: the ledger's projects and minerals of the same day and parties."""
    parties = set(statement.subject)
    moments = [whole(m, article) for m in statement.moments]
    found = [
        p
        for p in ledger()
        if parties & set(p.named)
        and p.row["announced"] <= article
        and (p.row["commodities"] or p.row["host"])
        and (p.row["host"] in parties or parties <= set(p.named))
        and (
            any(m.fits(p.row["announced"]) for m in moments)
            if moments
            else (article - p.row["announced"]).days <= 120
        )
    ]
    named = [p for p in found if p.row["commodities"] and p.row["company"]]
    days = {
        p.row["announced"]
        for p in ledger()
        if same_parties(statement, p) and any(m.fits(p.row["announced"]) for m in moments)
    }
    named = [p for p in named if p.row["announced"] in days and p.row["host"] in parties] or named
    if not named:
        return unverified("the ledger names no project of it either")
    text = listing((f"{p.row['title']}" for p in named), 5)
    day = named[0].row["announced"]
    return Judgement(
        "wrong",
        f"{len(named)} were named with mineral and place on {spelled(day)}: {text}",
        LEDGER,
        f"{len(named)} named",
        "",
        day.year,
        f"Named on {spelled(day)}: {text}.",
        tuple(dict.fromkeys([p.id for p in named[:6]] + [str(named[0].row["source_id"])])),
    )
