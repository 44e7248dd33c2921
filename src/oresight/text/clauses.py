"""Parts of a sentence: the clause around a place, mentions inside it, lists joined by commas."""

import re
from collections.abc import Sequence

from oresight.text.mentions import Mention
from oresight.text.share_words import CUTS, JOINED, STAGES, VERB
from oresight.text.statement import Sentence


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
