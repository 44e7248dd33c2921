"""Statements of shares and ranks: of output, of imports, of demand, of reserves, and counts of minerals led."""

import re
from dataclasses import replace
from typing import Any

from oresight.text.clauses import cut, listed, stage_of, within
from oresight.text.mentions import Mention
from oresight.text.quantities import Quantity
from oresight.text.ranks import leaning_statement, rank_statements
from oresight.text.share_words import (
    AVERAGE,
    BENCHMARK,
    BUY,
    CHANGE,
    CHANGED,
    COME,
    DEMAND,
    DENIED,
    HEDGE,
    LAW,
    LEADS,
    NET_IMPORT,
    OF_STAGE,
    ON,
    OTHER_SHARE,
    OUTPUT,
    PRONOUN,
    RECYCLE,
    RELY,
    RELY_OR_BUY,
    RESERVES,
    SUPPLY,
    TARGET,
    THESE,
    TOGETHER,
)
from oresight.text.statement import Context, Sentence, Statement, ids, state


def share_statements(sentence: Sentence, context: Context) -> list[Statement]:
    """Every share, count and rank a sentence states."""
    counts = count_statement(sentence, context)
    found = list(counts)
    if not any(s.cues.get("clash") or s.cues.get("average") for s in counts):
        shares = [q for q in sentence.quantities if q.sort == "share" or (q.sort == "ratio" and not counts)]
        for i, each in enumerate(shares):
            if i + 1 < len(shares) and left_behind(sentence.text, each, shares[i + 1]):
                continue
            before = shares[i - 1].end if i else 0
            after = shares[i + 1].start if i + 1 < len(shares) else len(sentence.text)
            one = share_statement(sentence, context, each, before, after)
            if one is not None:
                found.append(one)
    if not found:
        found += rank_statements(sentence, context)
    if not found:
        found += leaning_statement(sentence, context)
    return found


def left_behind(text: str, each: Quantity, following: Quantity) -> bool:
    """Whether a share is the old one of a change: the 90 % of `fell from 90 % to about 60 %`."""
    lead, between = text[max(each.start - 30, 0) : each.start], text[each.end : following.start]
    return bool(
        re.search(r"\bfrom\s+(?:\w+\s+){0,2}$", lead, re.I)
        and re.search(r"\bto\b", between)
        and CHANGE.search(text[: each.start])
    )


def count_statement(sentence: Sentence, context: Context) -> list[Statement]:
    """`leads 19 of 20 minerals`, with its average, or garbled with a share of one mineral."""
    ratio = next((q for q in sentence.quantities if q.sort == "ratio" and q.of and q.of >= 5), None)
    if ratio is None or not LEADS.search(sentence.text):
        return []
    tail = sentence.text[ratio.end : ratio.end + 60]
    if not re.match(
        r"(?:\s+[\w-]+){0,5}?\s+(?:minerals?|metals?|materials?|commodities|elements)", tail, re.I
    ):
        return []
    actors = [m for m in sentence.actors if m.kind != "body"] or list(context.actors)
    if not actors:
        return []
    shares = [q for q in sentence.quantities if q.sort == "share"]
    specific = [
        m
        for q in shares
        for m in sentence.of("mineral", "good")
        if q.end <= m.start and (m.end <= ratio.start or ratio.end <= q.start)
    ]
    cues: dict[str, tuple[str, ...]] = {}
    average = next((q for q in shares if AVERAGE.search(sentence.text)), None)
    if shares and specific and average is None:
        cues["clash"] = ids(specific)
    elif average is not None:
        cues["average"] = (f"{average.value:.6f}", average.bound)
    return [
        state(
            sentence,
            "count",
            subject=ids(actors[:1]),
            minerals=ids(specific),
            quantity=ratio,
            cues=cues,
            moments=sentence.moments,
        )
    ]


def denied(before: str) -> bool:
    """Whether the words before a figure deny it: a denial with no new clause after it.

    >>> denied("China does not refine "), denied("The US has not mined any since 1987 and imports ")
    (True, False)
    """
    hits = list(DENIED.finditer(before))
    return bool(hits) and not re.search(r"\band\b|;|,", before[hits[-1].end() :])


def share_statement(
    sentence: Sentence, context: Context, each: Quantity, before: int, after: int
) -> Statement | None:
    """The statement one share makes; None where it is about something else."""
    text = sentence.text
    first, last = cut(sentence, each.start, each.end)
    lead, tail = text[max(first, before) : each.start], text[each.end : min(last, after)]
    clause = text[first:last]
    if sentence.kind == "row":
        tail = ""
    if each.sort == "ratio":
        near = [m for m in sentence.minerals if 0 <= m.start - each.end <= 30 and m.kind != "vague"]
        if not each.of or not (near or re.match(r"\s+of\b", text[each.end : each.end + 4])):
            return None
        each = replace(
            each, sort="share", low=each.low / each.of, high=each.high / each.of, unit="1", of=None
        )
    if (
        each.low != each.high
        and re.search(r"\bfrom\s*$", text[max(each.start - 6, 0) : each.start])
        and CHANGE.search(clause)
    ):
        each = replace(each, low=each.high)
    minerals = minerals_of(sentence, context, each, first, min(last, after), before)
    european = bool(LAW.search(text)) or any(m.id in ("EU27", "eu27") for m in sentence.actors)
    european = european or (sentence.has(PRONOUN) and any(m.id == "EU27" for m in context.actors))
    if european and TARGET.search(text) and (BENCHMARK.search(text) or context.law):
        return state(
            sentence,
            "target",
            subject=("EU27",),
            minerals=ids(minerals),
            quantity=each,
            moments=sentence.moments,
            cues={"words": (lead[-60:] + " | " + tail[:110],)},
        )
    actors = [m for m in sentence.actors if m.kind != "body"]
    if CHANGED.search(text[max(each.start - 90, 0) : each.start]):
        return None
    if each.low > 1.0 or OTHER_SHARE.search(text[max(each.start - 30, 0) : each.start]):
        return None
    if (
        not minerals
        or OTHER_SHARE.search(text[each.end : each.end + 25])
        or re.search(r"\bprices?\b", lead[-60:], re.I)
    ):
        return None
    own = OF_STAGE.match(tail)
    stage = (stage_of(own.group()) if own else None) or stage_of(lead) or stage_of(tail)
    stage = stage or stage_of(text[first : each.start])
    goods = [m.id.split("/")[1] for m in minerals if "/" in m.id]
    named: dict[str, Any] = {
        "minerals": tuple(m.id.split("/")[0] for m in minerals),
        "loose": any(m.kind == "loose" for m in minerals),
        "stage": goods[0] if goods else stage,
        "quantity": each,
        "moments": sentence.moments,
        "hedged": bool(HEDGE.search(clause)),
        "cues": {"denied": ("denied",)} if denied(text[: each.start]) else {},
    }
    around = lead[-80:] + " " + tail[:80]
    if RECYCLE.search(around):
        return state(sentence, "recycling", first, last, subject=ids(actors), **named)
    if RESERVES.search(tail[:70]) or (RESERVES.search(lead[-60:]) and not OUTPUT.search(tail[:40])):
        owner = subject_of(sentence, context, each, first, last)
        return state(sentence, "reserves", first, last, subject=owner, **named) if owner else None
    if DEMAND.search(around):
        owner = demanders(sentence, context, each, first, last)
        return state(sentence, "demand", first, last, subject=owner, **named) if owner else None
    leaning = dependence(sentence, context, each, first, last, clause)
    if leaning is not None:
        buyer, seller = leaning
        if seller and buyer:
            named["cues"] |= {"imports": ("imports",)} if re.search(r"\bimport", clause, re.I) else {}
            return state(sentence, "dependence", first, last, subject=buyer, object=seller, **named)
        if buyer and NET_IMPORT.search(clause):
            return state(sentence, "reliance", first, last, subject=buyer, **named)
        if buyer and not seller and RELY_OR_BUY.search(clause):
            return None
    owner = subject_of(sentence, context, each, first, last)
    if owner and (OUTPUT.search(clause) or stage):
        return state(sentence, "share", first, last, subject=owner, **named)
    return None


def minerals_of(
    sentence: Sentence, context: Context, each: Quantity, first: int, after: int, before: int
) -> list[Mention]:
    """The minerals a share is of: those listed after it, else the last before it, else those spoken of."""
    found = [m for m in sentence.minerals if m.kind != "vague"] or sentence.minerals
    behind = listed(within(found, each.end, after), sentence.text)
    if behind and sentence.kind != "row":
        return behind
    ahead = within(found, max(first, 0), each.start) or within(found, 0, each.start)
    if ahead:
        run = [ahead[-1]]
        for m in reversed(ahead[:-1]):
            if not re.fullmatch(r"[\s,]*(?:and|or|&)?\s*", sentence.text[m.end : run[0].start]):
                break
            run.insert(0, m)
        return run
    if sentence.minerals and not found:
        return sentence.minerals[:1]
    anywhere = within(found, 0, len(sentence.text))
    if anywhere and before:
        return listed(anywhere, sentence.text)
    if anywhere:
        return anywhere[:1]
    if THESE.search(sentence.text[each.end : each.end + 40]) or sentence.kind == "row":
        return [m for m in context.minerals if m.kind != "vague"][:1]
    return []


def subject_of(
    sentence: Sentence, context: Context, each: Quantity, first: int, last: int
) -> tuple[str, ...]:
    """Who holds a share: the last named before it, those joined to it, else the first after `in`, `from`, `by`."""
    actors = [m for m in sentence.actors if m.kind != "body"]
    ahead = within(actors, first, each.start) or within(actors, 0, each.start)
    behind = within(actors, each.end, last)
    inside = [
        m
        for m in behind
        if re.search(
            r"\b(?:in|from|by|to|inside)\s+(?:the\s+)?$", sentence.text[max(m.start - 12, 0) : m.start], re.I
        )
    ]
    if not within(actors, first, each.start) and inside:
        return ids(inside[:1])
    if ahead:
        run = [ahead[-1]]
        for m in reversed(ahead[:-1]):
            if not re.fullmatch(
                r"[\s,]*(?:and|or|&|together\s+with|alongside)?\s*(?:the\s+)?",
                sentence.text[m.end : run[0].start],
            ):
                break
            run.insert(0, m)
        return ids(run)
    if behind:
        return ids(behind[:1])
    return (
        ids([m for m in context.actors if m.kind != "body"][:1])
        if PRONOUN.search(sentence.text[: each.start])
        else ()
    )


def demanders(sentence: Sentence, context: Context, each: Quantity, first: int, last: int) -> tuple[str, ...]:
    """Who uses: a group named as such before all else, then as for any share."""
    groups = list(sentence.of("group"))
    if not groups and len(context.parties) > 1 and TOGETHER.match(sentence.text):
        return context.parties
    if groups:
        return ids(groups[:1])
    ahead = within([m for m in sentence.actors if m.kind != "body"], 0, each.start)
    return ids(ahead) or subject_of(sentence, context, each, first, last)


def dependence(
    sentence: Sentence, context: Context, each: Quantity, first: int, last: int, clause: str
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Buyer and seller, where the clause speaks of one leaning on another."""
    supplied = supplied_by(sentence, each, first, last)
    if supplied is not None:
        return supplied
    rely, come, buy = RELY.search(clause), COME.search(clause), BUY.search(clause)
    if not (rely or come or buy):
        supplying = SUPPLY.search(clause)
        actors = [m for m in sentence.actors if m.kind != "body"]
        here = within(actors, first, last)
        if (
            supplying
            and len(here) >= 2
            and re.search(r"[’']s?\b|\bto\b", clause)
            and "world" not in clause.casefold()
        ):
            return ids(here[1:2]), ids(here[:1])
        return None
    actors = [m for m in sentence.actors if m.kind != "body"]
    here = within(actors, first, last) or actors
    sellers = [m for m in here if ON.search(sentence.text[max(m.start - 12, 0) : m.start])]
    if not sellers and re.search(
        r"\b(?:from|on)\s+(?:there|it|that\s+country|the\s+country)\b", clause, re.I
    ):
        sellers = [m for m in context.actors if m.id not in ids(here)][-1:]
    buyers = [m for m in here if m not in sellers]
    if not buyers and (rely or buy or come):
        buyers = [m for m in actors if m not in sellers][:1]
        if not buyers and re.search(r"\b(?:its|it|their|they|country|nation|bloc)\b", clause, re.I):
            buyers = [m for m in context.actors if m.kind != "body" and m.id not in ids(sellers)][:1]
    if come and not rely and not buyers:
        return None
    return ids(buyers[:1]), ids(sellers[:1])


def supplied_by(
    sentence: Sentence, each: Quantity, first: int, last: int
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Buyer and seller of `China supplied 63 % of Japan's imports`: one before the verb, one after the share."""
    actors = within([m for m in sentence.actors if m.kind != "body"], first, last)
    sellers = [m for m in actors if m.end <= each.start]
    buyers = [m for m in actors if m.start >= each.end and m not in sellers]
    if not sellers or not buyers or not SUPPLY.search(sentence.text[sellers[-1].end : each.start]):
        return None
    after = sentence.text[buyers[0].end : buyers[0].end + 2]
    owned = buyers[0].text.endswith(("'s", "’s", "'", "’")) or after[:1] in ("'", "’")
    return (ids(buyers[:1]), ids(sellers[-1:])) if owned else None
