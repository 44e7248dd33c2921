"""Statements of sums: money promised, prices by weight, tonnes made, allowed or planned."""

import re
from collections.abc import Sequence

from oresight.text.clauses import cut, stage_of, within
from oresight.text.mentions import Mention
from oresight.text.share_words import HEDGE, RESERVES
from oresight.text.shares import minerals_of
from oresight.text.statement import Context, Sentence, Statement, ids, state

INSTRUMENTS = {
    "letter_of_interest": re.compile(r"\bletters?\s+of\s+(?:interest|intent|support)\b|\bLOIs?\b", re.I),
    "loan": re.compile(r"\b(?:loan|loans|lend\w*|lent|credit|debt|financ\w+)\b", re.I),
    "grant": re.compile(r"\b(?:grant|grants|award|awards|awarded|subsid\w+|tax\s+credit)\b", re.I),
    "equity": re.compile(r"\b(?:equity|stake|stakes|shares|shareholder|preferred\s+stock|acquir\w+)\b", re.I),
    "price_floor": re.compile(
        r"\b(?:price\s+floors?|floor\s+prices?|minimum\s+prices?|price\s+support|guaranteed\s+(?:minimum\s+)?price)\b",
        re.I,
    ),
    "offtake": re.compile(r"\b(?:offtake|off-take|purchas\w+|buys?|bought)\b", re.I),
    "stockpile": re.compile(r"\b(?:stockpil\w*|reserve|vault)\b", re.I),
    "fund": re.compile(r"\b(?:fund|funds|scheme|mission|programme|program)\b", re.I),
    "framework": re.compile(
        r"\b(?:framework|agreement|deal|pact|memorand\w+|accord|pledg\w+|invest\w*|pipeline|commit\w*)\b",
        re.I,
    ),
}


VALUE_OF = re.compile(
    r"\b(?:worth\s+of\s+(?:\w+\s+){0,3}?(?:minerals?|resources?|metals?|deposits?)|(?:resources?|deposits?|reserves)\s+(?:worth|valued)|value\s+of|recoverable|"
    r"valued\s+at|in\s+the\s+ground)\b",
    re.I,
)


PIPELINE = re.compile(r"\bpipeline\b|\bprojects?\s+(?:worth|valued)\b", re.I)


EACH = re.compile(r"\b(?:each|apiece|respectively|per\s+(?:country|side))\b", re.I)


BOTH = re.compile(
    r"\b(?:the\s+two\s+(?:governments?|countries|nations|sides|allies|partners|leaders)|"
    r"(?:both|each)\s+(?:governments?|country|nation|side|partner|countries|nations|sides)|they|the\s+(?:deal|"
    r"agreement|framework|pact|investment|partnership|accord|initiative|announcement)|the\s+(?:bank|statement|programme|program))\b",
    re.I,
)


TOPIC = re.compile(
    r"\b(?:minerals?|metals?|rare[\s-]earths?|min(?:e|es|ing|er|ers)|refin\w+|smelt\w+|ores?|magnets?|supply\s+chains?|raw\s+materials?|export\s+controls?|"
    r"concentrates?|strategic\s+projects?|dual-use|oxides?|anodes?|batter(?:y|ies))\b",
    re.I,
)


PROMISED = re.compile(
    r"\b(?:pledg\w+|invest\w*|commit\w*|projects?|resources?|pipeline|fund\w*|loans?|financ\w+)\b", re.I
)


def instruments(text: str) -> tuple[str, ...]:
    """Instruments the words name, the telling ones first."""
    return tuple(name for name, pattern in INSTRUMENTS.items() if pattern.search(text))


def topical(sentence: Sentence, context: Context) -> bool:
    """Whether a sentence is about minerals, by its words or by what was just spoken of."""
    named = sentence.of("mineral", "good", "loose", "vague", "company", "project", "body")
    return bool(named) or sentence.has(TOPIC) or bool(context.parties and sentence.has(BOTH))


def parties(sentence: Sentence, context: Context) -> tuple[str, ...]:
    """Who acts: those named, else those of the agreement spoken of."""
    named = ids(list(sentence.actors))
    if sentence.has(BOTH) and context.parties and not any(m.kind == "body" for m in sentence.actors):
        return tuple(dict.fromkeys((*context.parties, *named)))
    return named or (context.parties if sentence.has(BOTH) else ())


def backing(sentence: Sentence) -> dict[str, tuple[str, ...]]:
    """Companies, projects and instruments a sentence names."""
    return {
        "companies": ids(sentence.of("company")),
        "projects": ids(sentence.of("project")),
        "instruments": instruments(sentence.text),
    }


def money(sentence: Sentence, context: Context) -> list[Statement]:
    """Sums of money in a sentence about minerals."""
    found = []
    sums = [q for q in sentence.quantities if q.sort == "money" and q.low > 0]
    if not sums or not (topical(sentence, context) or (context.parties and sentence.has(PROMISED))):
        return []
    for i, each in enumerate(sums):
        first = sums[i - 1].end if i else 0
        last = sums[i + 1].start if i + 1 < len(sums) else len(sentence.text)
        near = sentence.text[first:last]
        cues = backing(sentence) | {
            "value_of": ("value",) if VALUE_OF.search(near) else (),
            "pipeline": ("pipeline",) if PIPELINE.search(near) else (),
            "each": ("each",) if EACH.search(near) else (),
            "instruments": instruments(near) or instruments(sentence.text),
        }
        found.append(
            state(
                sentence,
                "money",
                max(first - 0, 0) if i == 0 else first,
                last,
                subject=parties(sentence, context),
                minerals=plain_minerals(sentence.minerals),
                quantity=each,
                moments=sentence.moments or context.agreed,
                cues=cues,
            )
        )
    return found


def plain_minerals(found: Sequence[Mention]) -> tuple[str, ...]:
    """Minerals named, without loose words and stages."""
    return tuple(dict.fromkeys(m.id.split("/")[0] for m in found if m.kind in ("mineral", "good")))


def prices(sentence: Sentence, context: Context) -> list[Statement]:
    """Prices per weight."""
    named = plain_minerals(sentence.minerals) or plain_minerals(context.minerals)
    return [
        state(
            sentence,
            "price",
            subject=ids(sentence.actors),
            minerals=named,
            quantity=q,
            moments=sentence.moments,
            cues=backing(sentence),
        )
        for q in sentence.quantities
        if q.sort == "price" and (named or sentence.of("company", "project"))
    ]


def weights(sentence: Sentence, context: Context) -> list[Statement]:
    """Tonnes made, mined, allowed or planned."""
    found = []
    heavy = [q for q in sentence.quantities if q.sort == "weight"]
    for i, each in enumerate(heavy):
        first, last = cut(sentence, each.start, each.end)
        before = heavy[i - 1].end if i else 0
        after = heavy[i + 1].start if i + 1 < len(heavy) else last
        minerals = minerals_of(sentence, context, each, first, min(last, after), before)
        minerals = minerals or [m for m in context.minerals if m.kind in ("mineral", "good")][:1]
        if not minerals:
            continue
        actors = [m for m in sentence.actors if m.kind != "body"]
        near = within(actors, first, each.start)[-1:] or within(actors, first, last)[:1] or actors[:1]
        if not near:
            near = [m for m in context.actors if m.kind != "body"][:1]
        text = sentence.text[max(first, before) : min(last, after)]
        goods = [m.id.split("/")[1] for m in minerals if "/" in m.id]
        found.append(
            state(
                sentence,
                "weight",
                first,
                last,
                subject=ids(near),
                minerals=tuple(m.id.split("/")[0] for m in minerals[:1]),
                loose=any(m.kind in ("loose", "vague") for m in minerals),
                stage=goods[0] if goods else stage_of(text),
                quantity=each,
                moments=sentence.moments,
                cues=backing(sentence)
                | {
                    "reserves": ("reserves",) if RESERVES.search(text) else (),
                    "world": ("world",) if re.search(r"\b(?:world|global)\w*\b", text, re.I) else (),
                    "uses": ids([m for m in sentence.of("use") if m.end <= each.start][-1:]),
                    "quota": ("quota",)
                    if re.search(r"\bquotas?\b|\bcap(?:s|ped)?\b|\blimit", text, re.I)
                    else (),
                    "basis": tuple(
                        re.findall(
                            r"\b(?:LCE|carbonate|equivalent|bauxite|ore|REO|oxide|gross|concentrate)\b", text
                        )
                    ),
                    "flow": tuple(
                        w.lower()
                        for w in re.findall(
                            r"\b(?:import|export|demand|consum|capacity|stock)\w*", text, re.I
                        )
                    ),
                },
                hedged=bool(HEDGE.search(text)),
            )
        )
    return found
