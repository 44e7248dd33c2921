"""Whether two texts are one: shared runs of words, and the sentences each adds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

RUN = 5
"""Words in a run."""
SAME = 0.5
"""Share of the shorter text's runs that must stand in the other for both to be one."""
SENTENCE_ALIKE = 88.0
"""Likeness (0..100) from which two sentences are one in other spelling."""
SENTENCES_MAX = 3000
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Likeness:
    """How alike two texts are.

    Args:
        shared: Share of the shorter text's runs of words that stand in the other [1].
        same: Whether they are one article.
        only_first, only_second: Sentences the other does not hold.
        changed: Pairs that differ in a few words or figures.
    """

    shared: float
    same: bool
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]


def runs(text: str) -> frozenset[tuple[str, ...]]:
    """Runs of five words, folded."""
    words = [w.casefold() for w in WORD.findall(text)]
    return frozenset(tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1))


def plain(sentence: str) -> str:
    """A sentence as it is compared.

    >>> plain("“We’re ready to MOVE”")
    'we re ready to move'
    """
    return " ".join(w.casefold() for w in WORD.findall(sentence))


def likeness(first: Sequence[str], second: Sequence[str]) -> Likeness:
    """How alike two texts are, given as sentences.

    >>> one = "China mines most rare earths of the world."
    >>> likeness([one], [one, "So it goes on."]).only_second
    ('So it goes on.',)
    """
    a, b = runs(" ".join(first)), runs(" ".join(second))
    fewer = min(len(a), len(b))
    shared = len(a & b) / fewer if fewer else 0.0
    here = {plain(s): s for s in first[:SENTENCES_MAX]}
    there = {plain(s): s for s in second[:SENTENCES_MAX]}
    mine = [k for k in here if k and k not in there]
    theirs = [k for k in there if k and k not in here]
    changed: list[tuple[str, str]] = []
    for key in list(mine):
        hit = process.extractOne(key, theirs, scorer=fuzz.ratio, score_cutoff=SENTENCE_ALIKE)
        if hit is not None:
            changed.append((here[key], there[hit[0]]))
            mine.remove(key)
            theirs.remove(hit[0])
    return Likeness(
        shared, shared >= SAME, tuple(here[k] for k in mine), tuple(there[k] for k in theirs), tuple(changed)
    )
