"""Statements of acts: money promised, controls, threats, agreements, meetings, quotations, uses."""

import re
from typing import Any

from oresight.text.act_words import (
    ACTED,
    CONTROL,
    FIGURATIVE,
    LIFTED,
    ONLY,
    QUOTE,
    SAID,
    SILENT,
    SILENT_OF,
    SPECULATION,
    THREAT,
    TRADE_WORDS,
    USE,
)
from oresight.text.parties import agreements, meetings, memberships
from oresight.text.statement import Context, Sentence, Statement, ids, state
from oresight.text.sums import backing, money, parties, plain_minerals, prices, topical, weights


def act_statements(sentence: Sentence, context: Context) -> list[Statement]:
    """Every act a sentence states."""
    found = money(sentence, context) + prices(sentence, context) + weights(sentence, context)
    threat = threats(sentence, context)
    found += threat or controls(sentence, context)
    found += only(sentence, context) + disclosure(sentence, context)
    found += (
        meetings(sentence, context)
        + agreements(sentence, context, bool(found))
        + memberships(sentence, context)
    )
    found += uses(sentence, context)
    return found


def actor_of(sentence: Sentence, context: Context, at: int) -> tuple[str, ...]:
    """Who acts there: the last country named before, else the first after, else the last spoken of."""
    actors = [
        m
        for m in sentence.actors
        if (m.kind != "bloc" or m.id == "eu27")
        and not re.search(
            r"\b(?:to|against|for|on|from)\s+(?:the\s+)?$",
            sentence.text[max(m.start - 12, 0) : m.start],
            re.I,
        )
    ]
    return (
        ids([m for m in actors if m.end <= at][-1:])
        or ids([m for m in actors if m.start >= at][:1])
        or ids(list(context.actors)[:1])
    )


def reached(sentence: Sentence, actor: tuple[str, ...]) -> tuple[str, ...]:
    """Whom an act reaches: the other countries that follow `to`, `against`, `on` or `for`, else all others."""
    others = [m for m in sentence.actors if m.id not in actor]
    aimed = [
        m
        for m in others
        if re.search(
            r"\b(?:to|against|for|on|toward|towards|from)\s+(?:the\s+)?$",
            sentence.text[max(m.start - 14, 0) : m.start],
            re.I,
        )
    ]
    return ids(aimed or others)


def threats(sentence: Sentence, context: Context) -> list[Statement]:
    """A threat or warning of a cut in supply."""
    hit = THREAT.search(sentence.text)
    if (
        hit is None
        or not topical(sentence, context)
        or not (sentence.has(CONTROL) or re.search(r"\bcut\b", sentence.text))
    ):
        return []
    if not TRADE_WORDS.search(sentence.text[hit.start() :]):
        return []
    actors = [m for m in sentence.actors if m.kind != "bloc"]
    who = ids([m for m in actors if m.end <= hit.start()][-1:]) or ids(
        [m for m in actors if m.start >= hit.start()][:1]
    )
    if not who:
        return []
    after = [m for m in sentence.actors if m.start >= hit.start() and m.id not in who]
    return [
        state(
            sentence,
            "threat",
            subject=who,
            object=ids(after[:1]),
            minerals=plain_minerals(sentence.minerals),
            moments=sentence.moments,
        )
    ]


def controls(sentence: Sentence, context: Context) -> list[Statement]:
    """A control of trade with a date, and the goods it is said to cover."""
    dated = [m for m in sentence.moments if m.precision != "weekday"]
    hit = CONTROL.search(sentence.text)
    if hit is None or not dated or not topical(sentence, context) or not sentence.has(TRADE_WORDS):
        return []
    found = []
    lifted = LIFTED.search(sentence.text)
    covering = re.search(
        r"\b(?:includ(?:ed|es|ing)|cover(?:ed|s|ing)|compris\w+|extend(?:ed|s|ing)\s+to|among\s+them)\b",
        sentence.text,
        re.I,
    )
    goods = [m for m in sentence.minerals if covering and m.start >= covering.end()]
    main = [m for m in sentence.minerals if m not in goods] or sentence.minerals
    for moment in dated[:3]:
        hits = list(CONTROL.finditer(sentence.text))
        near = min(hits, key=lambda h: abs(h.start() - moment.start))
        actor = actor_of(sentence, context, near.start())
        if not actor:
            continue
        named: dict[str, Any] = {
            "subject": actor,
            "object": reached(sentence, actor),
            "moments": (moment,),
            "cues": {
                "lifted": ("lifted",) if lifted else (),
                "until": ("until",)
                if re.search(
                    r"\b(?:until|till|through|expires?(?:\s+on)?)\s+$",
                    sentence.text[max(moment.start - 14, 0) : moment.start],
                    re.I,
                )
                else (),
                "words": tuple(sorted({h.group().casefold() for h in hits})),
                "goods": tuple(m.id for m in sentence.minerals),
            },
        }
        found.append(state(sentence, "control", minerals=plain_minerals(main), **named))
        if goods and covering:
            found.append(
                state(
                    sentence,
                    "scope",
                    covering.start(),
                    minerals=plain_minerals(goods),
                    stage=next((m.id.split("/")[1] for m in goods if "/" in m.id), None),
                    **named,
                )
            )
    return found


def only(sentence: Sentence, context: Context) -> list[Statement]:
    """The only country that has acted."""
    hit = ONLY.search(sentence.text)
    if hit is None or not ACTED.search(sentence.text[hit.start() :]):
        return []
    ahead = [m for m in sentence.actors if m.kind == "place"]
    before = [m for m in ahead if m.end <= hit.start()]
    who = ids(before[-1:] or ahead[:1])
    return [state(sentence, "exclusivity", subject=who, moments=sentence.moments)] if who else []


def disclosure(sentence: Sentence, context: Context) -> list[Statement]:
    """Something said not to have been disclosed of an agreement just spoken of."""
    hit = SILENT.search(sentence.text)
    if (
        hit is None
        or not SILENT_OF.search(sentence.text[hit.start() :])
        or not (context.parties or len(sentence.actors) > 1)
    ):
        return []
    return [
        state(
            sentence,
            "disclosure",
            subject=parties(sentence, context) or context.parties,
            moments=context.agreed,
            cues=backing(sentence),
        )
    ]


def uses(sentence: Sentence, context: Context) -> list[Statement]:
    """Uses that minerals are said to be needed for."""
    named = sentence.of("use")
    if not named or not sentence.has(USE):
        return []
    minerals = sentence.minerals or (
        [*context.minerals] if re.search(r"\bthese\b|\bminerals\b|\bthey\b", sentence.text, re.I) else []
    )
    if not minerals or any(q.sort in ("money", "share") for q in sentence.quantities):
        return []
    return [
        state(
            sentence,
            "use",
            minerals=plain_minerals(minerals),
            loose=all(m.kind in ("loose", "vague") for m in minerals),
            cues={"uses": ids(named)},
        )
    ]


def quotations(sentence: Sentence) -> list[Statement]:
    """Words put into a speaker's mouth, or an act of speaking."""
    said = SAID.search(sentence.text)
    speakers = sentence.of("person", "speaker")
    quotes = tuple(q.strip() for q in QUOTE.findall(sentence.text))
    if said is None or not (speakers or quotes):
        return []
    return [
        state(
            sentence,
            "attribution",
            subject=ids(speakers),
            object=ids(sentence.actors),
            cues={"quotes": quotes},
        )
    ]


def remainder(sentence: Sentence, context: Context) -> list[Statement]:
    """What no finer sort fits: a figure or date about minerals, or what cannot be checked at all."""
    if sentence.has(FIGURATIVE) and not sentence.quantities:
        return [state(sentence, "opinion", cues={"why": ("figure of speech",)})]
    if not topical(sentence, context):
        return []
    telling = [q for q in sentence.quantities if q.sort in ("share", "money", "weight", "price", "ratio")]
    dated = [m for m in sentence.moments if m.precision in ("day", "month")]
    if telling and sentence.minerals:
        return [
            state(
                sentence,
                "figure",
                subject=ids(sentence.actors),
                minerals=plain_minerals(sentence.minerals),
                quantity=telling[0],
                moments=sentence.moments,
            )
        ]
    if dated:
        return [
            state(
                sentence,
                "date",
                subject=ids(sentence.actors),
                minerals=plain_minerals(sentence.minerals),
                moments=tuple(dated),
                cues=backing(sentence),
            )
        ]
    if SPECULATION.search(sentence.text) and sentence.minerals and not sentence.moments:
        return [state(sentence, "opinion", cues={"why": ("told as a possibility",)})]
    return []
