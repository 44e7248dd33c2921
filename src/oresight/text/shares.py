"""Statements of shares and ranks: of output, of imports, of demand, of reserves, and counts of minerals led."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from oresight.text.mentions import Mention
from oresight.text.quantities import Quantity
from oresight.text.statement import Context, Sentence, Statement, ids, state

STAGES = {
    "mine": re.compile(
        r"\b(?:mine[sd]?|mining|ores?|extract\w*|dig\w*|dug|unearth\w*|concentrates?|raw)\b", re.I
    ),
    "refine": re.compile(
        r"\b(?:refin\w*|process(?:es|ed|ing|ors?)?|smelt\w*|separat(?:es|ed|ing|ion|e)|purif\w*)\b", re.I
    ),
    "component": re.compile(r"\b(?:magnets?|anodes?)\b", re.I),
}
DEMAND = re.compile(
    r"\b(?:demand|consum(?:e|es|ed|ption|ing)|usage)\b|\bus(?:e|es|ed)\s+(?:\w+\s+)?of\s+(?:the\s+)?(?:world|global)",
    re.I,
)
RESERVES = re.compile(r"\b(?:reserves?|deposits?)\b(?!\s+(?:bank|system))", re.I)
RECYCLE = re.compile(r"\brecycl\w*", re.I)
TARGET = re.compile(
    r"\b(?:benchmarks?|targets?|goals?|aims?|must|should|act\b|crma|no more than|"
    r"not more than|at least|by 2030|cap(?:s|ped)?|limit\w*|"
    r"require[sd]?|sets?)\b",
    re.I,
)
RELY = re.compile(
    r"\b(?:rel(?:y|ies|ied|ying|iant|iance)|depend(?:s|ed|ent|ence|ency|ing)?|beholden)\b", re.I
)
BUY = re.compile(
    r"\b(?:import(?:s|ed|ing)?|sourc(?:e|es|ed|ing)|buys?|bought|purchas\w+|gets?|got|obtain\w*)\b", re.I
)
COME = re.compile(
    r"\b(?:com(?:e|es|ing)|came|supplied|provided|originat\w+|bought|sourced|imported|arrives?)\s+(?:\w+\s+)?(?:from|by)\b",
    re.I,
)
SUPPLY = re.compile(
    r"\b(?:suppl(?:y|ies|ied|ying)|provid(?:e|es|ed|ing)|ship(?:s|ped)?|sells?|sold|export(?:s|ed)?)\b", re.I
)
OUTPUT = re.compile(
    r"\b(?:produc\w*|output|suppl(?:y|ies|ied)|account(?:s|ed|ing)?\s+for|control(?:s|led|ling)?|command(?:s|ed)?|dominat\w*|hold(?:s|ing)?|"
    r"mak(?:e|es|ing)|made|share|capacity|market|responsible\s+for|represent(?:s|ed)?|contribut\w+|world[’']?s?|global(?:ly)?|worldwide)\b",
    re.I,
)
RANK = re.compile(
    r"\b(?:(?P<n>second|third|fourth|fifth|2nd|3rd|4th|5th)[\s-])?(?P<r>largest|biggest|leading|top|dominant|main|number[\s-]one|no\.?\s?1|"
    r"foremost|premier|principal|sole|only)\s+(?:\w+[\s-]){0,4}?(?P<w>producer|miner|refiner|processor|smelter|supplier|exporter|maker|source|"
    r"consumer|user|importer|buyer|holder|reserves)s?\b",
    re.I,
)
LEADS = re.compile(
    r"\b(?:lead(?:s|ing)?|dominat\w*|top(?:s)?|control\w*|command\w*|largest|biggest|first|ranks?\s+first|number\s+one)\b",
    re.I,
)
DOMINATES = re.compile(
    r"\b(?:dominat(?:es|ed|e)|dominance|(?:near-?)?monopol\w+|stranglehold|chokehold|controls?\s+most|leads\s+the\s+world)\b",
    re.I,
)
HEAVILY = re.compile(
    r"\b(?:heavily|largely|mostly|mainly|overwhelmingly|highly|strongly|almost\s+(?:entirely|wholly|completely)|exclusively|near-total|"
    r"primarily|critically)\b",
    re.I,
)
CHANGE = re.compile(
    r"\b(?:ros(?:e|en)|rise[sn]?|fell|fall(?:s|en)?|grew|grow\w*|increas\w+|decreas\w+|dropp\w+|cut|reduc\w+|declin\w+|climb\w+|up|down)\b",
    re.I,
)
HEDGE = re.compile(
    r"\b(?:expect(?:s|ed|ing)?|predict\w*|aspir\w*|could|might|may|would|will|expected\s+to|forecast\w*|project(?:s|ed)\s+to|likely\s+to|set\s+to|plans?\s+to|hop(?:es?|ing)\s+to|"
    r"aim(?:s|ing)?\s+to|potential(?:ly)?|estimates?\s+it\s+will|if|call(?:s|ed)?\s+for)\b",
    re.I,
)
CUTS = re.compile(
    r";|,?\s+(?:while|whereas|but|although|though|compared\s+with|versus)\s+|\s[—–-]\s|,\s+and\s+(?=[A-Z])|—",
    re.I,
)
ON = re.compile(r"\b(?:on|upon|from|by)\s+(?:the\s+)?$", re.I)
PRONOUN = re.compile(
    r"\b(?:the\s+(?:Asian|European|African|North\s+American|island)?\s*(?:country|nation|bloc)|it|its|they|their)\b",
    re.I,
)
THESE = re.compile(
    r"\b(?:them|these|those|it|the\s+(?:metals?|minerals?|elements?|materials?|commodity|supply|total|market))\b",
    re.I,
)
AVERAGE = re.compile(r"\baverage\b|\bon average\b|\bmean\b", re.I)
RELY_OR_BUY = re.compile(rf"{RELY.pattern}|\b(?:imports?|imported|sources|buys|bought|gets|got)\b", re.I)
NET_IMPORT = re.compile(
    r"\brel(?:y|ies|ied|iant)\s+(?:\w+\s+)?on\s+(?:foreign\s+)?imports\b|\bimport[\s-](?:relian\w+|depend\w+)|\bnet\s+imports?\b|\bimports?\s+(?:all|100)\b|\brelian\w+\s+on\s+imports?\b",
    re.I,
)
OTHER_SHARE = re.compile(
    r"\b(?:tariff\w*|dut(?:y|ies)|stake|interest|shares?\s+in|prices?|cost\w*|profit\w*|revenue\w*|royalt\w*|tax\w*|GDP|vote\w*)\b"
)


OF_STAGE = re.compile(
    r"\s*(?:of\s+)?(?:(?!and\b)[\w’'-]+\s+){0,5}?(?:mining|refining|processing|smelting|separation|ores?)\b",
    re.I,
)
ELSEWHERE = re.compile(r"\s*(?:[\w-]+\s+){0,3}?(?:outside|besides|except|other\s+than|after)\b", re.I)
"""A rank among the others only."""
REGIONAL = re.compile(r"(?<!\bworld)(?<!\bglobe)[’']s\s+(?:\w+\s+)?$", re.I)
"""A rank within a region or country."""
CHANGED = re.compile(
    r"\b(?:ros(?:e|en)|fell|fallen|grew|grown|increas\w+|decreas\w+|dropp?\w*|declin\w+|climb\w+|jump\w+|surg\w+|plung\w+|slump\w+|soar\w+|"
    r"gain\w*|up|down|(?:cut|reduc|rais|slash|expand)\w*\s+(?:[\w’'-]+\s+){0,10}?by)\s+(?:by\s+)?(?:more\s+than\s+|about\s+|around\s+|over\s+|"
    r"nearly\s+|almost\s+|some\s+|roughly\s+|at\s+least\s+)?$",
    re.I,
)
"""A share that tells how much something changed."""
DENIED = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|were|has|have)(?:\s+not|n[’']t)\b(?!\s+(?:only|just|merely))|untrue|not\s+true|false(?:ly)?|wrongly|myth|"
    r"incorrect\w*|mistaken\w*|denie[sd]|contrary\s+to)",
    re.I,
)
LAW = re.compile(r"\bcritical raw materials act\b|\bCRMA\b", re.I)
JOINED = re.compile(r"[,;]?\s+(?:and|but|while|whereas)\s+(?:the\s+)?\Z", re.I)
VERB = re.compile(
    r"\s+(?:\w+ly\s+|still\s+|now\s+|also\s+)?(?:relies|rely|relied|depends?|depended|refines?|refined|mines|mined|produces?|"
    r"produced|makes?|made|process(?:es|ed)?|accounts?|accounted|holds?|held|supplies|supplied|imports?|imported|gets?|got|"
    r"controls?|controlled|dominates?|has|had|uses?|used)\b",
    re.I,
)
BENCHMARK = re.compile(r"\b(?:by\s+(?:the\s+end\s+of\s+)?20[23]\d|act|crma|benchmarks?|targets?)\b", re.I)


def cut(sentence: Sentence, at: int, end: int) -> tuple[int, int]:
    """The clause around a span: from the last break before it to the first after it."""
    if sentence.kind == "row":
        return 0, len(sentence.text)
    first, last = 0, len(sentence.text)
    breaks = [(hit.start(), hit.end()) for hit in CUTS.finditer(sentence.text)]
    for start, stop in sorted([*breaks, *joined_clauses(sentence)]):
        if stop <= at:
            first = stop
        elif start >= end:
            last = start
            break
    return first, last


def joined_clauses(sentence: Sentence) -> list[tuple[int, int]]:
    """Breaks before a clause joined by `and`: `... and Japan relies on`, an actor with a verb of its own."""
    found = []
    for each in sentence.actors:
        before = JOINED.search(sentence.text, 0, each.start)
        listing = before and any(other.end == before.start() for other in sentence.actors)
        if before and not listing and VERB.match(sentence.text, each.end):
            found.append((before.start(), each.start))
    return found


def within(found: Sequence[Mention], first: int, last: int) -> list[Mention]:
    """Mentions that stand in a span."""
    return [m for m in found if m.start >= first and m.end <= last]


def stage_of(text: str) -> str | None:
    """The stage the words name last; None where none is named."""
    best, at = None, -1
    for stage, pattern in STAGES.items():
        for hit in pattern.finditer(text):
            if hit.start() > at:
                best, at = stage, hit.start()
    return best


def listed(found: Sequence[Mention], text: str) -> list[Mention]:
    """The first mention and those joined to it by commas and `and`."""
    kept: list[Mention] = []
    for each in found:
        if kept and not re.fullmatch(
            r"[\s,]*(?:and|or|&|as\s+well\s+as)?\s*(?:the\s+)?(?:refined\s+|mined\s+)?",
            text[kept[-1].end : each.start],
        ):
            break
        kept.append(each)
    return kept


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


TOGETHER = re.compile(
    r"\s*(?:together|combined|between\s+them|jointly|they|these|those|"
    r"the\s+(?:countries|nations|group|participants|members))\b",
    re.I,
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


def rank_statements(sentence: Sentence, context: Context) -> list[Statement]:
    """`the world's largest producer of cobalt`, `the only refiner`."""
    found = []
    for hit in RANK.finditer(sentence.text):
        first, last = cut(sentence, hit.start(), hit.end())
        actors = [m for m in sentence.actors if m.kind != "body"]
        here = within(actors, first, last)
        specific = [m for m in sentence.minerals if m.kind in ("mineral", "good", "loose")]
        inner = within(specific, hit.start(), hit.end())
        behind = listed(within(specific, hit.end(), last), sentence.text)
        minerals = inner or behind or within(specific, first, hit.start())[-1:]
        if (
            not minerals
            and not sentence.of("company")
            and hit["w"].casefold() in ("producer", "miner", "refiner")
        ):
            minerals = [m for m in context.minerals if m.kind in ("mineral", "good")][-1:]
        if ELSEWHERE.match(sentence.text[hit.end() : hit.end() + 60]) or REGIONAL.search(
            sentence.text[: hit.start()]
        ):
            continue
        if not minerals or (
            hit["r"].casefold() in ("main", "principal") and not re.search(r"world|global", hit.group(), re.I)
        ):
            continue
        ahead, after = within(here, first, hit.start()), within(here, hit.end(), last)
        owner = ids(ahead[-1:] or after[:1]) or (
            ids([m for m in context.actors if m.kind != "body"][:1])
            if PRONOUN.search(sentence.text[: hit.start()])
            else ()
        )
        if not owner or (
            ahead
            and after
            and re.search(
                r"\b(?:to|for)\s+(?:the\s+)?$", sentence.text[max(after[0].start - 8, 0) : after[0].start]
            )
        ):
            continue
        word = hit["w"].casefold()
        named = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5}
        place = named.get((hit["n"] or "").casefold(), 1)
        stage = (
            {"miner": "mine", "refiner": "refine", "processor": "refine", "smelter": "refine"}.get(word)
            or next((m.id.split("/")[1] for m in minerals if "/" in m.id), None)
            or stage_of(hit.group())
        )
        found.append(
            state(
                sentence,
                "rank",
                first,
                last,
                subject=owner,
                minerals=tuple(m.id.split("/")[0] for m in minerals),
                loose=any(m.kind == "loose" for m in minerals),
                stage=stage,
                moments=sentence.moments,
                cues={
                    "rank": (str(place),),
                    "of": (word,),
                    "sole": ("sole",) if hit["r"].casefold() in ("sole", "only") else (),
                },
            )
        )
    return found


def leaning_statement(sentence: Sentence, context: Context) -> list[Statement]:
    """`still relies heavily on China for rare earths`, `China dominates cobalt refining`: no figure, yet a claim."""
    actors = [m for m in sentence.actors if m.kind != "body"]
    if sentence.has(HEDGE) or re.search(
        r"\b(?:reduc\w+|cut|slash|lessen|curb|end|break\w*|loosen)\b.{0,60}\b(?:depend|relian|domin|strangle)",
        sentence.text,
        re.I,
    ):
        return []
    rely = RELY.search(sentence.text)
    if rely and HEAVILY.search(sentence.text):
        sellers = [
            m
            for m in actors
            if m.start > rely.start() and ON.search(sentence.text[max(m.start - 12, 0) : m.start])
        ]
        buyers = [m for m in actors if m.end <= rely.start()][-1:] or (
            [m for m in context.actors if m.kind != "body" and m.id not in ids(sellers)][:1]
            if sentence.has(PRONOUN)
            else []
        )
        minerals = [m for m in sentence.minerals if m.kind != "vague"] or [
            m for m in context.minerals if m.kind != "vague"
        ][:1]
        if sellers and buyers and minerals:
            return [
                state(
                    sentence,
                    "dependence",
                    subject=ids(buyers),
                    object=ids(sellers[:1]),
                    minerals=tuple(m.id.split("/")[0] for m in minerals[:1]),
                    loose=False,
                    cues={"heavily": ("heavily",)},
                    moments=sentence.moments,
                )
            ]
    lead = DOMINATES.search(sentence.text)
    if lead and actors:
        minerals = [m for m in sentence.minerals if m.kind in ("mineral", "good")]
        ahead = [m for m in actors if m.end <= lead.start()]
        if minerals and ahead:
            stage = stage_of(sentence.text[ahead[-1].end :])
            return [
                state(
                    sentence,
                    "rank",
                    subject=ids(ahead[-1:]),
                    minerals=tuple(m.id.split("/")[0] for m in listed(minerals, sentence.text)),
                    stage=next((m.id.split("/")[1] for m in minerals if "/" in m.id), None) or stage,
                    cues={"rank": ("1",), "of": ("producer",), "dominates": ("dominates",)},
                    moments=sentence.moments,
                )
            ]
    return []
