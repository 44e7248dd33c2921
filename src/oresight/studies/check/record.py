"""Quotations, uses, publication and statements examined before, against the ledgers of claims and uses."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from oresight.catalog.lists import parts
from oresight.catalog.store import read
from oresight.studies import names
from oresight.studies.check.figures import commodities
from oresight.studies.check.goods import USE_PATTERNS, USES, mineral_called
from oresight.studies.check.lexicon import lexicon
from oresight.studies.check.money import ledger
from oresight.studies.check.names import members
from oresight.studies.check.pacts import MEETS
from oresight.studies.check.rules import DATE, LEDGER, RECORD, WORDS, Judgement, unverified
from oresight.studies.events.status import listing, spelled
from oresight.text.dates import dates
from oresight.text.mentions import mentions, tokens
from oresight.text.reading import read_text
from oresight.text.statement import Statement
from oresight.text.statements import statements

ENOUGH, FEWEST = 0.75, 3
"""Share of a recorded statement's notions that a sentence must hold, and the fewest that count."""

SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "from",
        "and",
        "or",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "who",
        "whom",
        "which",
        "what",
        "their",
        "they",
        "he",
        "she",
        "his",
        "her",
        "we",
        "our",
        "you",
        "i",
        "will",
        "would",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "than",
        "then",
        "so",
        "if",
        "not",
        "also",
        "other",
        "others",
        "us",
        "s",
        "t",
        "re",
        "ve",
    ]
)
LIKE_WORDS = {
    "speak": "spoke speaks speaking speech present presents presented presentation presentations deliver delivers "
    "delivered brief briefed "
    "told tells address addressed",
    "leader": "leaders head heads states government governments premiers",
    "no": "no none neither nor without unlikely",
    "expected": "expect expects likely anticipated foreseen planned",
    "ready": "prepared willing",
    "urgency": "urgent",
    "joint": "common collective",
    "action": "actions act acts acted step steps measure measures",
    "theme": "topic subject motto",
    "use": "uses used consume consumes account accounts demand consumption",
}
FOLDED = {word: notion for notion, words in LIKE_WORDS.items() for word in (*words.split(), notion)}


def notions(text: str) -> frozenset[str]:
    """What a sentence speaks of: names by id, other words by their stem and kin.

    >>> sorted(notions("Leaders were ready"))
    ['leader', 'ready']
    """
    words = tokens(text)
    named = mentions(words, lexicon(), text)
    covered = [(m.start, m.end) for m in named if m.kind not in ("speaker",)]
    found = {m.id.split("/")[0].casefold() for m in named if m.kind != "speaker"}
    places = {m for each in named if each.kind == "place" for m in members(each.id)}
    for bloc in ("g7",):
        if set(members(bloc)) <= places:
            found.add(bloc)
    for word in words:
        if word.word in SMALL or any(a <= word.start < b for a, b in covered) or len(word.word) < 2:
            continue
        found.add(FOLDED.get(word.word) or stem(word.word))
    return frozenset(found)


def stem(word: str) -> str:
    """A word without its commonest endings.

    >>> stem("moving"), stem("countries")
    ('mov', 'countr')
    """
    for ending in ("ies", "ing", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@dataclass(frozen=True)
class Examined:
    """A statement of the ledger of claims: its notions, its frames, who is said to have spoken."""

    row: dict[str, Any]
    notions: frozenset[str]
    frames: tuple[Statement, ...]
    speaker: str | None

    @property
    def sources(self) -> tuple[str, ...]:
        """Its source and the ledger rows it rests on."""
        return (str(self.row["source_id"]), *parts(self.row["rests_on"]))


@lru_cache(maxsize=1)
def examined() -> tuple[Examined, ...]:
    """The statements examined before, read by the same grammar as any article, each once."""
    found = []
    for row in read("claims").unique("claim", keep="first", maintain_order=True).iter_rows(named=True):
        held = mentions(tokens(row["claim"]), lexicon(), row["claim"])
        speaker = next((m.id for m in held if m.kind == "person"), None)
        claim = row["claim"].replace(":", ",")
        frames = tuple(statements(read_text(claim + ".", kind="text"), lexicon()))
        found.append(
            Examined(
                row, notions(row["claim"]) - ({speaker.casefold()} if speaker else set()), frames, speaker
            )
        )
    return tuple(found)


def from_row(one: Examined) -> Judgement:
    """The judgement a statement was given when it was examined."""
    row = one.row
    right = row["right_figure"] or ""
    corrected = ""
    if row["verdict"] in ("wrong", "imprecise") and right:
        lead = "By the record: " if row["sort"] == "attribution" else ""
        corrected = f"{lead}{right}." if lead else f"{right[0].upper()}{right[1:]}."
    how = right or row["note"] or "as examined"
    return Judgement(row["verdict"], how, RECORD, right, "", None, corrected, one.sources)


def judge_attribution(statement: Statement) -> Judgement | None:
    """Words and who spoke them: the recorded statement whose notions the sentence holds.

    The person named in the record decides: another speaker than the recorded one turns wrong into confirmed
    where the record names that speaker. None where nothing is recorded and nothing is quoted at length.
    """
    here = notions(statement.sentence)
    best: tuple[float, Examined] | None = None
    for one in examined():
        if one.row["sort"] != "attribution" or len(one.notions) < FEWEST - 1:
            continue
        held = len(one.notions & here) / len(one.notions)
        if held >= ENOUGH and (best is None or (held, len(one.notions)) > (best[0], len(best[1].notions))):
            best = (held, one)
    if best is None:
        long = any(len(q.split()) >= 6 for q in statement.cues.get("quotes", ()))
        return unverified("the record holds no such words") if long and statement.subject else None
    one = best[1]
    right = names.folded(one.row["right_figure"] or "")
    named = set(statement.subject)
    if one.speaker is None or one.speaker in named:
        return from_row(one)
    if one.row["verdict"] == "wrong" and "official" in named and "official" in right:
        return Judgement(
            "confirmed",
            f"as recorded: {one.row['right_figure']}",
            RECORD,
            one.row["right_figure"],
            sources=one.sources,
        )
    return None


def same_countries(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two lists of actors stand for the same countries, the Union by its members.

    >>> same_countries(["g7", "EU27"], ["EU27", "USA", "JPN", "DEU", "FRA", "ITA", "GBR", "CAN"])
    True
    """
    a, b = ({m for actor in actors for m in members(actor)} for actors in (first, second))
    return a == b


def recorded(statement: Statement) -> Judgement | None:
    """The judgement of a recorded statement with the same frame: kind, who, of whom, how much.

    Minerals may differ only by a looser word, figures by the tolerance of shares.
    """
    for one in examined():
        for frame in one.frames:
            if frame.kind != statement.kind or not same_countries(frame.subject, statement.subject):
                continue
            if set(frame.object) != set(statement.object) or frame.stage not in (None, statement.stage):
                continue
            a, b = frame.quantity, statement.quantity
            if (a is None) != (b is None) or (
                a and b and (a.sort != b.sort or abs(a.value - b.value) > 0.011 * max(abs(a.value), 1.0))
            ):
                continue
            if [m.written() for m in frame.moments] == [m.written() for m in statement.moments]:
                return from_row(one)
    return None


@lru_cache(maxsize=1)
def use_words() -> tuple[tuple[str, str, str, str], ...]:
    """(commodity, what uses it, source, table) of every platform and end use."""
    platforms = (
        read("platform_uses").select("commodity", "domain", "platform", "source_id").drop_nulls("commodity")
    )
    uses = read("end_uses").filter(pl.col("share") > 0).select("commodity", "end_use", "source_id")
    return (
        *((c, f"{d} {p}", s, "platform_uses") for c, d, p, s in platforms.iter_rows()),
        *((c, u, s, "end_uses") for c, u, s in uses.iter_rows()),
    )


def judge_use(statement: Statement) -> Judgement:
    """Uses said to need minerals: confirmed where each is on record for them."""
    goods = {c for m in statement.minerals for c in (*names.groups().get(m, ()), m, *commodities(m))}
    wanted = statement.cues["uses"]
    found: dict[str, tuple[str, str, str]] = {}
    for use in wanted:
        pattern = re.compile(USE_PATTERNS[use], re.I)
        for commodity, words, source, _ in use_words():
            if (not goods or commodity in goods) and pattern.search(words):
                found[use] = (commodity, words, source)
                break
    called_use = {u: USES[u][0] for u in wanted}
    shown = listing(f"{mineral_called(c)} in {called_use[u]}" for u, (c, _, _) in found.items())
    missing = [called_use[u] for u in wanted if u not in found]
    sources = tuple(dict.fromkeys(s for _, _, s in found.values()))[:3]
    if not found:
        return unverified(f"the record holds no use of it in {listing(missing)}")
    if missing:
        return Judgement(
            "imprecise",
            f"on record: {shown}; not on record: {listing(missing)}",
            LEDGER,
            shown,
            corrected=f"On record: {shown}.",
            sources=sources,
        )
    return Judgement("confirmed", f"on record: {shown}", LEDGER, shown, sources=sources)


def judge_published(statement: Statement, day: datetime.date | None, text: str) -> Judgement:
    """The day of publication: confirmed where the meeting it tells of is of the same week."""
    if day is None:
        return unverified("no day can be read")
    if MEETS.search(text):
        for p in ledger():
            if MEETS.search(p.row["title"]) and abs((p.row["announced"] - day).days) <= 7:
                return Judgement(
                    "confirmed",
                    f"fits the meeting it tells of: {p.row['title']}, {spelled(p.row['announced'])}",
                    DATE,
                    day.isoformat(),
                    "date",
                    day.year,
                    sources=p.sources,
                )
    return unverified("nothing in the ledgers speaks for or against the day")


def judge_opinion(statement: Statement) -> Judgement:
    """What cannot be checked, and why."""
    return Judgement("not_checkable", statement.cues.get("why", ("an opinion",))[0], WORDS)


def first_date(text: str | None) -> datetime.date | None:
    """The first full date in a text."""
    return next((d for m in dates(text or "") if (d := m.date()) is not None), None)


def publication(text: str | None) -> datetime.date | None:
    """The day of a publication line; the last of the month where no day is written.

    >>> publication("July 2024").isoformat()
    '2024-07-31'
    """
    day = first_date(text)
    if day is None:
        month = next((m for m in dates(text or "") if m.precision == "month" and m.year is not None), None)
        if month is not None and month.year is not None and month.month is not None:
            following = datetime.date(month.year + month.month // 12, month.month % 12 + 1, 1)
            return following - datetime.timedelta(days=1)
    return day


def latest(stamps: Sequence[str]) -> datetime.date | None:
    """The last of several ISO days that is a day."""
    found = [d for s in stamps if (d := first_date(s)) is not None]
    return max(found, default=None)
