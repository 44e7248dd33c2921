"""Statements of rank: who is first, second, dominant, or leans heavily on whom."""

import re

from oresight.text.clauses import cut, listed, stage_of, within
from oresight.text.share_words import DOMINATES, ELSEWHERE, HEAVILY, HEDGE, ON, PRONOUN, RANK, REGIONAL, RELY
from oresight.text.statement import Context, Sentence, Statement, ids, state


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
