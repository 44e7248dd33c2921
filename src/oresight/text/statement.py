"""What a checkable statement is: who, what, how much, when - before anybody asks whether it is true."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oresight.text.dates import Moment, dates
from oresight.text.mentions import Lexicon, Mention, Token, mentions, tokens
from oresight.text.quantities import Quantity, quantities

KINDS = (
    "share",
    "count",
    "rank",
    "dependence",
    "reliance",
    "demand",
    "reserves",
    "recycling",
    "target",
    "money",
    "price",
    "weight",
    "control",
    "scope",
    "threat",
    "agreement",
    "meeting",
    "membership",
    "exclusivity",
    "disclosure",
    "attribution",
    "use",
    "published",
    "figure",
    "date",
    "opinion",
)
"""Sorts of statements; `figure` and `date` are those no finer sort fits, `opinion` cannot be checked."""

DATELINE = re.compile(
    r"(?:[A-Z][A-Za-z./ ]{1,40},\s*)?(?:[A-Z][a-z]{2,8}\.?\s+\d{1,2}|\d{1,2}\s+[A-Z][a-z]{2,8})"
    r"(?:,?\s+(?:19|20)\d\d)?\s*(?:\([^()]{1,40}\))?\s*[-–—:]\s"
)
"""Place, day and agency before the first words of a report."""
NAMES_MAX = 40
"""Most names, dates and quantities of one sentence that are read; a list of more is no statement."""

CREDIT = re.compile(r"\baccording\s+to\s+(?:the\s+|an?\s+)?(?:\w+\s+)?$", re.I)
ACTORS = ("place", "bloc", "body")
MINERALS = ("mineral", "good", "loose", "vague")


@dataclass(frozen=True)
class Sentence:
    """A sentence with what was found in it; offsets of the findings count from its own start.

    Args:
        text: The sentence.
        start: Where it stands in the article.
        kind: Kind of its block; a row of a table is read as a whole.
        words: Its words.
        mentions, quantities, moments: Names, quantities and dates in order.
    """

    text: str
    start: int
    kind: str
    words: tuple[Token, ...]
    mentions: tuple[Mention, ...]
    quantities: tuple[Quantity, ...]
    moments: tuple[Moment, ...]

    def of(self, *kinds: str) -> list[Mention]:
        """Mentions of some kinds."""
        return [m for m in self.mentions if m.kind in kinds]

    @property
    def actors(self) -> list[Mention]:
        """Countries, blocs and bodies; not those a report is merely credited to."""
        return [m for m in self.of(*ACTORS) if not CREDIT.search(self.text[max(m.start - 40, 0) : m.start])]

    @property
    def minerals(self) -> list[Mention]:
        """Minerals and goods made of them, loose words for them too."""
        return self.of(*MINERALS)

    def has(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern occurs."""
        return pattern.search(self.text) is not None


@dataclass(frozen=True)
class Context:
    """What the sentences before left behind, for `the two governments` and `the metal`.

    Args:
        actors, minerals: Of the last sentence that named any.
        parties: Who agreed, in the last agreement or meeting named.
        agreed: Date of that agreement as written.
        law: Whether the sentence before named the law that sets benchmarks.
    """

    actors: tuple[Mention, ...] = ()
    minerals: tuple[Mention, ...] = ()
    parties: tuple[str, ...] = ()
    agreed: tuple[Moment, ...] = ()
    law: bool = False


@dataclass(frozen=True)
class Statement:
    """One checkable statement.

    Args:
        kind: One of `KINDS`.
        start, end: Its span in the article.
        text: The words of the span.
        subject: Who: ids of countries, blocs, bodies.
        object: Of whom, to whom or from whom: ids.
        minerals: Of what: ids of minerals and goods.
        loose: The minerals were named by a loose word, such as rare minerals.
        stage: mine, refine or component, where the words say so.
        quantity: How much.
        moments: When, as written.
        cues: Words that matter for matching: instruments, companies, projects, uses, quoted words.
        sentence: The whole sentence.
        hedged: It is told as possible or to come, not as a fact.
    """

    kind: str
    start: int
    end: int
    text: str
    subject: tuple[str, ...] = ()
    object: tuple[str, ...] = ()
    minerals: tuple[str, ...] = ()
    loose: bool = False
    stage: str | None = None
    quantity: Quantity | None = None
    moments: tuple[Moment, ...] = ()
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sentence: str = ""
    hedged: bool = False


def parsed(text: str, start: int, kind: str, lexicon: Lexicon) -> Sentence:
    """A sentence with its names, quantities and dates."""
    words = tuple(tokens(text))
    named = mentions(words, lexicon, text)
    if len(named) >= NAMES_MAX:
        return Sentence(text, start, kind, words, (), (), ())
    when = dates(text)[:NAMES_MAX]
    line = DATELINE.match(text)
    if line:
        when = [m for m in when if m.start >= line.end()]
    taken = [(m.start, m.end) for m in when] + [(m.start, m.end) for m in named]
    return Sentence(
        text, start, kind, words, tuple(named), tuple(quantities(text, taken)[:NAMES_MAX]), tuple(when)
    )


def state(sentence: Sentence, kind: str, start: int = 0, end: int | None = None, **parts: Any) -> Statement:
    """A statement over a span of a sentence, without spaces and commas around it."""
    last = len(sentence.text) if end is None else end
    while start < last and sentence.text[start] in " ,;":
        start += 1
    while last > start and sentence.text[last - 1] in " ,;":
        last -= 1
    return Statement(
        kind,
        sentence.start + start,
        sentence.start + last,
        sentence.text[start:last],
        sentence=sentence.text,
        **parts,
    )


def ids(found: Sequence[Mention]) -> tuple[str, ...]:
    """Ids of mentions, each once, in order."""
    return tuple(dict.fromkeys(m.id for m in found))
