"""Names in a sentence: countries, minerals, bodies, found by their words, the longest first."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:['’][^\W_]+)?")
POSSESSIVE = re.compile(r"['’]s$|['’]$")


MOST = 40
"""Most names of one sentence that are read; a longer list is no statement."""


@dataclass(frozen=True)
class Token:
    """A word: as compared, as written, where it stands."""

    word: str
    written: str
    start: int
    end: int


@dataclass(frozen=True)
class Name:
    """What a name stands for.

    Args:
        kind: Sort of thing, such as place or mineral.
        id: Its id in the catalogue.
        proper: It begins with a capital; a short one must be written just so.
        needs: Words of which one must stand within three of it, for words that mean other things too.
    """

    kind: str
    id: str
    proper: bool = False
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Mention:
    """A name where it stands."""

    kind: str
    id: str
    start: int
    end: int
    text: str


@dataclass
class Lexicon:
    """Names by their first word."""

    by_first: dict[str, list[tuple[tuple[str, ...], str, Name]]] = field(default_factory=dict)

    def add(self, phrase: str, name: Name) -> None:
        """Make a phrase known; the first meaning given to a phrase stays."""
        words = tuple(t.word for t in tokens(phrase))
        if not words:
            return
        here = self.by_first.setdefault(words[0], [])
        if all(known != words for known, _, _ in here):
            here.append((words, phrase, name))
            here.sort(key=lambda entry: -len(entry[0]))


def tokens(text: str) -> list[Token]:
    """Words of a text: dots of initials and possessives taken off.

    >>> [t.word for t in tokens("The U.S.'s G7-led rare-earth plan, China’s too")]
    ['the', 'us', 's', 'g7', 'led', 'rare', 'earth', 'plan', 'china', 'too']
    """
    found = []
    for hit in TOKEN.finditer(text):
        written = hit.group()
        bare = POSSESSIVE.sub("", written).replace(".", "")
        found.append(Token(bare.casefold(), bare, hit.start(), hit.end()))
    return found


def capital(written: str, phrase: str) -> bool:
    """Whether a name is written as one: capitals as in the phrase, acronyms exactly."""
    bare = phrase.replace(".", "")
    if len(bare) <= 4 and bare.isupper():
        return written == bare
    return written[:1].isupper() or not phrase[:1].isupper()


def mentions(words: Sequence[Token], lexicon: Lexicon, text: str) -> list[Mention]:
    """Names among the words of a text, none overlapping another."""
    found: list[Mention] = []
    at = 0
    while at < len(words) and len(found) < MOST:
        step = 1
        for phrase, written, name in lexicon.by_first.get(words[at].word, ()):
            last = at + len(phrase)
            if last > len(words) or any(words[at + i].word != w for i, w in enumerate(phrase)):
                continue
            if name.proper and not capital(words[at].written, written):
                continue
            if name.needs and not near(words, at, last, name.needs):
                continue
            start, end = words[at].start, words[last - 1].end
            found.append(Mention(name.kind, name.id, start, end, text[start:end]))
            step = len(phrase)
            break
        at += step
    return found


def near(words: Sequence[Token], first: int, last: int, wanted: Iterable[str]) -> bool:
    """Whether one of the wanted words stands within three of a name."""
    around = {w.word for w in words[max(first - 3, 0) : first]} | {w.word for w in words[last : last + 3]}
    return not around.isdisjoint(wanted)
