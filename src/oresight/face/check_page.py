"""The page of a checked article: the text with statements marked in place, notes with figure and source beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import groupby, pairwise
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from oresight import __version__
from oresight.core.answer import Answer
from oresight.studies.check.rows import LETTERS, VERDICTS
from oresight.studies.check.sources import citations

WORDS = {
    "confirmed": "confirmed",
    "imprecise": "imprecise",
    "wrong": "wrong",
    "unverified": "unverified",
    "not_checkable": "not checkable",
}
KIND_WORDS = {
    "share": "share of output",
    "count": "minerals led",
    "control": "date of a control",
    "scope": "scope of a control",
    "exclusivity": "only one",
    "use": "use",
    "published": "publication date",
    "opinion": "opinion",
    "money": "money",
    "target": "benchmark",
}
WORST = ("wrong", "imprecise", "confirmed", "unverified", "not_checkable")
"""Which verdict colours a span that several statements share."""


@dataclass(frozen=True)
class Span:
    """A run of the text: plain, or marked with the verdict of the statements it belongs to."""

    text: str
    verdict: str = ""
    letter: str = ""
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Note:
    """What the record says of one statement."""

    id: int
    verdict: str
    letter: str
    word: str
    kind: str
    said: str
    found: str
    how: str
    corrected: str
    sources: tuple[tuple[str, str, str], ...]
    rule: str


@dataclass(frozen=True)
class Paragraph:
    """A block of the article with the notes that belong to it."""

    spans: tuple[Span, ...]
    notes: tuple[Note, ...]


def spans(text: str, start: int, records: Sequence[Mapping[str, Any]]) -> tuple[Span, ...]:
    """A block cut where statements begin and end; overlapping ones share the run and its worst verdict.

    >>> [s.text for s in spans("China mines it.", 0, [{"id": 1, "start": 0, "end": 5, "verdict": "wrong"}])]
    ['China', ' mines it.']
    """
    last = start + len(text)
    edges = sorted({start, last, *(min(max(r[e], start), last) for r in records for e in ("start", "end"))})
    found = []
    ended: set[int] = set()
    for a, b in pairwise(edges):
        here = [r for r in records if r["start"] <= a and r["end"] >= b]
        if not here:
            found.append(Span(text[a - start : b - start]))
            continue
        verdict = min((str(r["verdict"]) for r in here), key=WORST.index)
        closing = tuple(int(r["id"]) for r in here if r["end"] <= b and int(r["id"]) not in ended)
        ended |= set(closing)
        found.append(Span(text[a - start : b - start], verdict, LETTERS[verdict], closing))
    return tuple(found)


def note(record: Mapping[str, Any], known: Mapping[str, tuple[str, str]]) -> Note:
    """The note beside a statement."""
    named = [s for s in str(record["source"] or "").split("; ") if s]
    cited = tuple((s, *known.get(s, (s, ""))) for s in named)
    verdict = str(record["verdict"])
    kind = str(record["kind"])
    return Note(
        int(record["id"]),
        verdict,
        LETTERS[verdict],
        WORDS[verdict],
        KIND_WORDS.get(kind, kind),
        str(record["said"] or ""),
        str(record["found"] or ""),
        str(record["how"] or ""),
        str(record["corrected"] or ""),
        cited,
        str(record["rule"]),
    )


def paragraphs(answer: Answer, text: str) -> list[Paragraph]:
    """The article block by block."""
    records = [r for r in answer.sheet("statements").records() if isinstance(r["start"], int)]
    ids = {s for r in records for s in str(r["source"] or "").split("; ") if s}
    known = citations(ids)
    found = []
    at = 0
    for block in text.split("\n\n"):
        last = at + len(block)
        here = [r for r in records if at <= int(str(r["start"])) < last]
        found.append(Paragraph(spans(block, at, here), tuple(note(r, known) for r in here)))
        at = last + 2
    return found


@lru_cache(maxsize=1)
def template() -> Template:
    """The page's template; everything put into it is escaped."""
    return Environment(
        loader=PackageLoader("oresight.face.check"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("check.html.j2")


def style() -> Markup:
    """The house style and what this page adds."""
    house = files("oresight.face.brief").joinpath("templates", "brief.css").read_text(encoding="utf-8")
    own = files("oresight.face.check").joinpath("templates", "check.css").read_text(encoding="utf-8")
    return Markup(house + own)


def page(answer: Answer, text: str | None = None) -> str:
    """The whole page as text: no script, no request, safe with any article.

    Args:
        answer: What `check` gave.
        text: The cleaned article its offsets count in; the answer's own by default.
    """
    if text is None:
        text = str(answer.sheet("text").rows[0][0])
    records = answer.sheet("statements").records()
    aside = answer.sheet("set_aside").records()
    grouped = [
        (reason, [str(r["text"]) for r in rows])
        for reason, rows in groupby(
            sorted(aside, key=lambda r: str(r["reason"])), key=lambda r: str(r["reason"])
        )
    ]
    counts = [(v, LETTERS[v], WORDS[v], sum(r["verdict"] == v for r in records)) for v in VERDICTS]
    return template().render(
        css=style(),
        title=str(answer.parameters.get("name", "article")),
        day=str(answer.parameters.get("day", "")),
        dated=bool(answer.parameters.get("dated", False)),
        finding=answer.finding,
        counts=counts,
        paragraphs=paragraphs(answer, text),
        aside=grouped,
        rules=answer.sheet("rules").records(),
        cautions=answer.basis.cautions,
        version=__version__,
    )
