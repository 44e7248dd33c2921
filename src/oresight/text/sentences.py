"""Where sentences begin and end in a block of text."""

import re
from collections.abc import Iterator
from itertools import pairwise

END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")
LONGEST = 1200
"""Characters after which a run of text without an end is cut: no sentence is longer."""

SHORT_FORMS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "gov",
        "sen",
        "rep",
        "gen",
        "st",
        "no",
        "nos",
        "vol",
        "fig",
        "inc",
        "co",
        "corp",
        "ltd",
        "plc",
        "llc",
        "vs",
        "etc",
        "approx",
        "ca",
        "cf",
        "eg",
        "ie",
        "al",
        "est",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "dept",
        "min",
        "max",
        "ed",
        "p",
        "pp",
        "art",
        "sec",
    ]
)
STARTERS = frozenset(
    [
        "The",
        "In",
        "It",
        "But",
        "However",
        "A",
        "An",
        "This",
        "That",
        "These",
        "Those",
        "On",
        "At",
        "As",
        "For",
        "If",
        "While",
        "He",
        "She",
        "They",
        "We",
        "Its",
        "After",
        "Before",
        "Meanwhile",
        "And",
        "Such",
        "Some",
        "Many",
        "By",
        "With",
        "China",
        "Japan",
    ]
)
INITIALS = re.compile(r"(?:^|[^\w.])((?:[A-Za-z]\.)+)$")
WORD = re.compile(r"[\w'’-]+")


def sentences(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of a block, counted from `start`; none is longer than `LONGEST`.

    >>> [("The U.S. agreed. It paid $8.5 bn.")[a:b] for a, b in sentences("The U.S. agreed. It paid $8.5 bn.")]
    ['The U.S. agreed.', 'It paid $8.5 bn.']
    """
    begin = 0
    for hit in END.finditer(text):
        if hit.end() < len(text) and not ends(text, hit.start(), hit.end()):
            continue
        yield from bounded(text, begin, hit.end(), start)
        begin = hit.end()
    yield from bounded(text, begin, len(text), start)


def ends(text: str, dot: int, after: int) -> bool:
    """Whether the mark at `dot` ends a sentence."""
    following = text[after : after + 40].lstrip()
    mark = text[dot]
    if mark in "!?":
        return not following[:1].islower()
    if not following or following[0].islower():
        return False
    before = text[max(dot - 12, 0) : dot + 1]
    word = re.split(r"[\s(\"“]", before[:-1])[-1]
    if word.casefold().strip(".") in SHORT_FORMS and text[dot : dot + 1] == ".":
        return False
    initials = INITIALS.search(before)
    if initials:
        first = WORD.match(following)
        return len(initials.group(1)) > 2 and bool(first) and str(first and first.group()) in STARTERS
    return True


def bounded(text: str, begin: int, end: int, offset: int) -> Iterator[tuple[int, int]]:
    """A span without outer spaces, cut at spaces where it is longer than any sentence."""
    cuts = [begin]
    while end - cuts[-1] > LONGEST:
        at = text.rfind(" ", cuts[-1] + LONGEST // 2, cuts[-1] + LONGEST)
        cuts.append(at + 1 if at > 0 else cuts[-1] + LONGEST)
    for first, last in pairwise([*cuts, end]):
        a, b = first, last
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        if b > a:
            yield offset + a, offset + b
