"""Statements of acts: money promised, controls, threats, agreements, meetings, quotations, uses."""

import re
from collections.abc import Sequence
from typing import Any

from oresight.text.mentions import Mention
from oresight.text.shares import LAW
from oresight.text.statement import Context, Sentence, Statement, ids, state
from oresight.text.sums import BOTH, backing, money, parties, plain_minerals, prices, topical, weights

ACT = "Critical Raw Materials Act"
CONTROL = re.compile(
    r"\b(?:blacklist\w*|list(?:s|ed)\s+(?:[\w-]+\s+){0,3}?(?:entities|companies|firms)|tighten(?:s|ed|ing)?|export\s+(?:regime|rules|controls?|bans?|curbs?|restrictions?|licen[cs]\w+|quotas?|limits?|dut(?:y|ies)|halt)|(?:strict\w*|new|tough\w*|sweeping)\s+"
    r"(?:export\s+)?(?:controls?|curbs?|restrictions?)|controls?\s+on|curbs?\s+on|curb(?:s|bed)\s+(?:exports|shipments)|restrict(?:s|ed|ing|ions?)|"
    r"ban(?:s|ned|ning)?|embargo\w*|halt(?:s|ed|ing)?|suspend(?:s|ed|ing)?|suspension|cut(?:s|ting)?\s+off|block(?:s|ed|ing)?|"
    r"stopp(?:ed|ing)|bar(?:s|red|ring)\b|prohibit(?:s|ed|ing)?|licen[cs](?:e|es|ed|ing)\b|permits?\b|quotas?)",
    re.I,
)
TRADE_WORDS = re.compile(
    r"\b(?:export\w*|shipment\w*|suppl(?:y|ies)|sales|sell|deliver\w*|controls?|curbs?|restrict\w*|ban|bans|banned|quota\w*|embargo|licen[cs]\w+|ship|entities|blacklist\w*|buy(?:s|ing)?|purchas\w+|trade)\b",
    re.I,
)
LIFTED = re.compile(
    r"\b(?:ban|bans|controls?|curbs?|restrictions?|measures|rules|quotas?)\s+(?:[\w-]+\s+){0,4}?(?:suspended|paused|lifted|eased|shelved)\b|"
    r"\b(?:suspend\w*|suspension\s+of|paus\w+|lift(?:s|ed|ing)?|eas(?:e|es|ed|ing)|remov\w+|end(?:s|ed)|roll(?:s|ed)?\s+back|truce)\b(?:\W+[\w-]+){0,8}?\W+"
    r"(?:ban|bans|controls?|curbs?|restrictions?|measures|licen[cs]ing|rules|quotas?)\b",
    re.I,
)
THREAT = re.compile(
    r"\b(?:threat(?:en(?:s|ed|ing)?|s)?|warn(?:s|ed|ing)?|caution(?:s|ed|ing)?|vow(?:s|ed)?|signal(?:s|led|ed)?|consider(?:s|ing|ed)?|mull(?:s|ing|ed)?|"
    r"weigh(?:s|ing|ed)?|(?:could|might|may)\s+(?:\w+\s+)?(?:impose|restrict|ban|cut|halt|curb|limit|weaponi[sz]e|block|stop))\b",
    re.I,
)
AGREE = re.compile(
    r"\b(?:sign(?:s|ed|ing)?|agree(?:s|d|ment)?|deal|pact|framework|memorand\w+|accord|treaty|partnership|sealed|struck|launch(?:es|ed)?|"
    r"alliance|initiative|action\s+plan|declaration)\b",
    re.I,
)
AGREED_ACT = re.compile(
    r"\b(?:entered\s+into|came\s+into|took\s+effect|sign(?:s|ed|ing)?|agreed|sealed|struck|concluded|reached|entered\s+into|inked|launched|announced|unveiled|adopted|joined)\b",
    re.I,
)
PACT = re.compile(
    r"\b(?:agreement|deal|pact|framework|memorand\w+|mou|accord|partnership|alliance|initiative|action\s+plan|declaration|arrangement|act\b)",
    re.I,
)
MEETING = re.compile(
    r"\b(?:meet(?:s|ing|ings)?|met|summit|talks|ministerial|conference|gather(?:s|ed|ing)?|dinner|table)\b",
    re.I,
)
MEMBERS = re.compile(
    r"\b(?:includ(?:e|es|ed|ing)|compris\w+|consist\w*|members?|attend\w*|join(?:s|ed|ing)?|participat\w+|ministers?\s+from|made\s+up\s+of|"
    r"represent\w*|composed\s+of|from\s+the|leaders\s+of|of\s+the)\b",
    re.I,
)
ONLY = re.compile(
    r"\b(?:the\s+)?(?:only|sole|lone)\s+(?:\w+\s+)?(?:country|nation|member|state|government|power)\b|\balone\s+(?:has|have|had)\b",
    re.I,
)
ACTED = re.compile(
    r"\b(?:act(?:ed|ion|ions)?|respond\w*|mov(?:e|ed)|invest\w*|steps?|diversif\w*|prepar\w*|reduc\w+|built|stockpil\w+)\b",
    re.I,
)
SILENT = re.compile(
    r"\b(?:(?:did|does|do|has|have|had)(?:\s+not|n[’']t)\s+(?:yet\s+)?(?:disclos\w*|nam\w+|specif\w+|reveal\w*|identif\w+|list\w*|say|said|detail\w*)|"
    r"without\s+(?:disclosing|naming|specifying|revealing|identifying|saying)|(?:undisclosed|unspecified|unnamed)\s+(?:minerals?|projects?|locations?|sites?))",
    re.I,
)
SILENT_OF = re.compile(
    r"\b(?:minerals?|metals?|projects?|mines?|locations?|sites?|where|which|places?)\b", re.I
)
JOINT = re.compile(
    r"\b(?:joint|common|concerted|collective)\s+(?:\w+\s+)?(?:action|statement|communiqu\w+|declaration|measures?)\b",
    re.I,
)
NONE_OF = re.compile(r"\b(?:no|not|unlikely|without|nor|neither|rul\w+\s+out)\b", re.I)
QUOTE = re.compile(r"[“\"]([^“”\"]{3,600})[”\"]")
SAID = re.compile(
    r"\b(?:said|says|saying|told|tells|stat(?:ed|es|ing)|explain(?:ed|s)|add(?:ed|s)|declar(?:ed|es)|according\s+to|call(?:ed|s)|insist(?:ed|s)|urg(?:ed|es)|"
    r"argu(?:ed|es)|warn(?:ed|s)|not(?:ed|es)|remark(?:ed|s)|present(?:ed|ation)|deliver(?:ed|s)\s+a|briefed|spoke|speech)\b",
    re.I,
)
USE = re.compile(
    r"\b(?:crucial|essential|vital|critical|needed|necessary|used|key|indispensable|component|components|ingredient|ingredients|go(?:es)?\s+into|"
    r"power(?:s)?|required|contain\w*|rely\s+on|depend\s+on|found\s+in|built\s+with|underpin\w*)\b",
    re.I,
)
FIGURATIVE = re.compile(
    r"\b(?:monopoly\s+with|army|weaponi[sz]\w*|chess|stranglehold|chokehold|wake-up\s+call|game[\s-]changer|gold\s+rush|new\s+oil|arms\s+race|"
    r"grow[’'”]*\s+metals|holy\s+grail|house\s+of\s+cards|the\s+stakes)\b",
    re.I,
)
SPECULATION = re.compile(r"\b(?:could|might|would|may|think|imagine|perhaps|breakthroughs?)\b", re.I)


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


WITH = re.compile(r"\b(?:with|between|among|and)\s+(?:the\s+)?$", re.I)


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


VERB = re.compile(r"\b(?:said|met|with|to|told|has|have|is|are|was|were|will|would|by|from)\b", re.I)
COMPRISES = re.compile(
    r"\b(?:includ\w+|compris\w+|consist\w*|members?|made\s+up|composed|are|namely)\b|:", re.I
)


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
