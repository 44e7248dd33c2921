"""Pacts, meetings and memberships: who agreed what with whom, who met, who belongs."""

import re
from collections.abc import Sequence

from oresight.text.act_words import ACT, AGREED_ACT, COMPRISES, MEETING, MEMBERS, PACT, SAID, VERB, WITH
from oresight.text.mentions import Mention
from oresight.text.share_words import LAW
from oresight.text.statement import Context, Sentence, Statement, ids, state
from oresight.text.sums import BOTH, backing, plain_minerals, topical


def agreements(sentence: Sentence, context: Context, told: bool) -> list[Statement]:
    """An agreement between named parties, or of the meeting spoken of."""
    if not sentence.has(AGREED_ACT) or not (topical(sentence, context) or context.parties):
        return []
    law = LAW.search(sentence.text)
    own = ("EU27",) if law else signatories(sentence)
    named = re.search(r"\bleaders\b|\bministers\b|\bheads\s+of\b", sentence.text, re.I)
    who = own or (context.parties if named or sentence.has(BOTH) else ())
    pact = sentence.has(PACT) or bool(re.search(r"\bagreed\s+to\b", sentence.text, re.I))
    dated = [m for m in sentence.moments if m.precision in ("day", "month", "year")]
    if (
        len(who) < 1
        or not pact
        or (not dated and not (named and context.parties))
        or any(m.year and m.year > 2026 for m in dated)
    ):
        return []
    if told and not own:
        return []
    return [
        state(
            sentence,
            "agreement",
            subject=who,
            minerals=plain_minerals(sentence.minerals),
            moments=tuple(dated),
            cues=backing(sentence)
            | ({"companies": (ACT,)} if law else {})
            | {"meeting": () if dated else ("meeting",)},
        )
    ]


def signatories(sentence: Sentence) -> tuple[str, ...]:
    """Who agrees: the countries before the verb, and those joined by `with` or `between`; not those it is aimed at."""
    actors = [m for m in sentence.actors if m.kind in ("place", "bloc", "group")]
    hit = AGREED_ACT.search(sentence.text) or PACT.search(sentence.text)
    if hit is None:
        return ids(actors)
    near = [
        m
        for m in actors
        if m.end <= hit.start() or WITH.search(sentence.text[max(m.start - 14, 0) : m.start])
    ]
    return ids(near) or ids(actors)


def meetings(sentence: Sentence, context: Context) -> list[Statement]:
    """A meeting with a day, a month or a place."""
    hit = MEETING.search(sentence.text)
    near = topical(sentence, context) or sentence.of("bloc", "group") or context.parties or context.minerals
    if hit is None or not near:
        return []
    dated = [m for m in sentence.moments if m.precision in ("day", "month", "weekday")]
    if not dated or sentence.has(PACT):
        return []
    summit = re.search(r"\bsummit\b", sentence.text, re.I)
    return [
        state(
            sentence,
            "meeting",
            subject=ids([m for m in sentence.actors if m.kind != "body"]) or context.parties,
            moments=tuple(dated),
            cues={"summit": ("summit",) if summit else ()},
        )
    ]


def memberships(sentence: Sentence, context: Context) -> list[Statement]:
    """A list of countries said to attend or to belong."""
    listed = [m for m in sentence.actors if m.kind in ("place", "bloc")]
    if (
        len(set(ids(listed))) < 4
        or not sentence.has(MEMBERS)
        or not (
            sentence.has(MEETING)
            or sentence.of("bloc", "group")
            or re.search(r"\b(?:ministers?|leaders|heads\s+of|countries|members?)\b", sentence.text, re.I)
        )
    ):
        return []
    if any(q.sort in ("share", "weight") for q in sentence.quantities):
        return []
    speaker = SAID.search(sentence.text) and re.search(
        r"\b(?:presentation|speech|spoke|briefed|told)\b", sentence.text, re.I
    )
    if speaker:
        return []
    run = longest_run(listed, sentence.text)
    if len(run) > 1 and run[0].kind == "bloc" and COMPRISES.search(sentence.text[run[0].end : run[1].start]):
        run = run[1:]
    head = [
        m
        for m in listed
        if run
        and m.kind == "bloc"
        and m.end <= run[0].start
        and COMPRISES.search(sentence.text[m.end : run[0].start])
    ]
    if len(run) < 3:
        return []
    return [state(sentence, "membership", subject=ids(run), object=ids(head[-1:]), moments=sentence.moments)]


def longest_run(found: Sequence[Mention], text: str) -> list[Mention]:
    """The longest list of names parted by commas, `and`, and a word or two."""
    best: list[Mention] = []
    run: list[Mention] = []
    for each in found:
        if run and not joined(text[run[-1].end : each.start]):
            run = []
        run.append(each)
        if len(run) > len(best):
            best = list(run)
    return best


def joined(gap: str) -> bool:
    """Whether two names stand in one list: a comma or `and` between them, and at most four words.

    >>> joined(" advanced economies, "), joined(" met with officials of ")
    (True, False)
    """
    return (
        len(gap) <= 45
        and bool(re.search(r",|&|\band\b|\bplus\b", gap))
        and len(gap.split()) <= 5
        and not VERB.search(gap)
    )
