"""The checkable statements of an article, in order, each with what it says and where it stands."""

import re
from collections.abc import Iterator
from dataclasses import replace

from oresight.text.act_words import AGREED_ACT
from oresight.text.acts import act_statements, quotations, remainder
from oresight.text.mentions import Lexicon
from oresight.text.parties import signatories
from oresight.text.reading import Reading
from oresight.text.sentences import sentences
from oresight.text.share_words import LAW, TARGET
from oresight.text.shares import share_statements
from oresight.text.statement import Context, Sentence, Statement, ids, parsed
from oresight.text.sums import BOTH

STATEMENTS_MAX = 2000
"""Most statements of one text that are checked; a longer text says so."""
SENTENCES_MAX = 30_000
"""Most sentences with a name, figure or date that are examined."""
PARTIES_MIN = 2
UNNAMED = re.compile(r"[“\"]|\b(?:army|stakes|not disclose\w*|joint|no specific)\b", re.I)
"""What may make a sentence without a name or figure a statement all the same."""

PROMISING = re.compile(
    r"\b(?:agreement|deal|pact|framework|summit|meeting|ministerial|partnership|accord|gather(?:s|ed|ing)?|"
    r"met|meets?|convened?|memorand\w+)\b",
    re.I,
)


def statements(reading: Reading, lexicon: Lexicon, most: int = STATEMENTS_MAX) -> Iterator[Statement]:
    """Every checkable statement of a reading, at most `most`."""
    context = Context()
    count = 0
    if reading.published_at is not None:
        first, last = reading.published_at
        yield Statement("published", first, last, reading.text[first:last], sentence=reading.text[first:last])
        count += 1
    examined = 0
    for sentence in all_sentences(reading, lexicon):
        if sentence.mentions or sentence.quantities:
            examined += 1
            if examined > SENTENCES_MAX:
                return
        for each in of_sentence(sentence, context):
            yield each
            count += 1
            if count >= most:
                return
        context = after(sentence, context)


def all_sentences(reading: Reading, lexicon: Lexicon) -> Iterator[Sentence]:
    """The sentences of a reading with what was found in each; headings and rows are sentences too."""
    for block in reading.blocks:
        if block.kind == "row":
            spans = [(block.start, block.end)]
        else:
            spans = list(sentences(reading.text[block.start : block.end], block.start))
        for first, last in spans:
            text = reading.text[first:last]
            if reading.published_at and first >= reading.published_at[0] and last <= reading.published_at[1]:
                continue
            yield parsed(text, first, block.kind, lexicon)


def of_sentence(sentence: Sentence, context: Context) -> list[Statement]:
    """The statements of one sentence; one about a word spoken stands beside what was said."""
    named = sentence.mentions or sentence.quantities or sentence.moments
    if not named and not UNNAMED.search(sentence.text) and not (context.parties and sentence.has(AGREED_ACT)):
        return []
    found = share_statements(sentence, context)
    acts = act_statements(sentence, context)
    if any(s.kind == "target" for s in found):
        acts = [s for s in acts if s.kind not in ("agreement",)]
    found += acts
    found += quotations(sentence)
    if not [s for s in found if s.kind != "attribution"]:
        found += remainder(sentence, context)
    seen: set[tuple[object, ...]] = set()
    kept = []
    for each in found:
        key = (each.kind, each.subject, each.object, each.minerals, each.quantity, each.moments, each.start)
        if key not in seen:
            seen.add(key)
            kept.append(each)
    return kept


def after(sentence: Sentence, context: Context) -> Context:
    """What a sentence leaves for the next."""
    actors = tuple(m for m in sentence.actors if m.kind != "body")
    changed = replace(context, law=bool(LAW.search(sentence.text)) or (context.law and sentence.has(TARGET)))
    if actors:
        changed = replace(changed, actors=actors)
    if sentence.minerals:
        changed = replace(changed, minerals=tuple(sentence.minerals))
    if PROMISING.search(sentence.text) and not sentence.has(BOTH):
        blocs = tuple(m for m in sentence.actors if m.kind in ("bloc", "group"))
        who = signatories(sentence)
        if blocs or len(who) >= PARTIES_MIN:
            # a summit is its bloc's, wherever it is held
            changed = replace(
                changed,
                parties=ids(blocs) if blocs and len(blocs) < len(who) <= 3 else who,
                agreed=sentence.moments,
            )
    return changed
