"""What a study gives back: a finding, labelled sheets, and what all of it rests on.

Studies make answers; faces render them. Plain Python values only, so an answer can be printed, sent as
JSON or pickled without any library.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal["text", "number", "share", "integer", "date", "flag", "id", "note", "source"]
Value = str | float | int | bool | None


@dataclass(frozen=True)
class Column:
    """One labelled column: name, what it says, unit and kind.

    Args:
        name: Key in JSON and header in CSV, snake_case.
        about: One clause a reader understands without the documentation.
        unit: Unit of the values, "1" for shares, empty for text.
        kind: How a face should print it; shares are 0..1 inside and per cent on paper; an id is for machines,
            a note for the margin; a source is ids of the catalogue's sources, on paper their publishers.
    """

    name: str
    about: str
    unit: str = ""
    kind: Kind = "text"


@dataclass(frozen=True)
class Sheet:
    """A labelled table of an answer: columns with units, rows of plain values, None where unknown.

    >>> s = Sheet("cover", "How long stocks last", (Column("days", "cover", "days", "number"),), ((31.0,),))
    >>> s.records()
    [{'days': 31.0}]
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"sheet {self.name}: a row has {len(row)} of {len(self.columns)} values")

    def names(self) -> list[str]:
        """Column names in order."""
        return [c.name for c in self.columns]

    def records(self) -> list[dict[str, Value]]:
        """Rows as dictionaries; a nan becomes None, so nothing downstream sees it."""
        names = self.names()
        return [dict(zip(names, (plain(v) for v in row), strict=True)) for row in self.rows]

    def column(self, name: str) -> list[Value]:
        """The values of one column."""
        at = self.names().index(name)
        return [plain(row[at]) for row in self.rows]


def sheet(name: str, title: str, columns: Sequence[Column], records: Iterable[Mapping[str, Any]]) -> Sheet:
    """A sheet from dictionaries; a key that no record holds is unknown (None).

    >>> sheet("t", "T", [Column("a", "a")], [{"a": "x"}, {}]).rows
    (('x',), (None,))
    """
    names = [c.name for c in columns]
    return Sheet(name, title, tuple(columns), tuple(tuple(plain(r.get(n)) for n in names) for r in records))


def plain(value: Any) -> Value:
    """A JSON-able value: numpy scalars unwrapped, nan and infinities unknown.

    >>> plain(float("nan")) is None
    True
    """
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return str(value)


@dataclass(frozen=True)
class TableUse:
    """A catalogue table an answer rests on, with the vintage it was read at."""

    name: str
    vintage: str
    publisher: str
    licence: str


@dataclass(frozen=True)
class Assumption:
    """A figure nobody published: what was assumed and in which catalogue row it stands."""

    id: str
    text: str


@dataclass(frozen=True)
class Basis:
    """What an answer rests on: tables, numbered rules, assumptions, cautions."""

    tables: tuple[TableUse, ...] = ()
    rules: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    cautions: tuple[str, ...] = ()

    def joined(self, other: "Basis") -> "Basis":
        """Both bases as one, each entry once, in order of first appearance."""
        return Basis(
            tuple(dict.fromkeys(self.tables + other.tables)),
            tuple(dict.fromkeys(self.rules + other.rules)),
            tuple(dict.fromkeys(self.assumptions + other.assumptions)),
            tuple(dict.fromkeys(self.cautions + other.cautions)),
        )


@dataclass(frozen=True)
class Answer:
    """A study's answer: the question, the finding as a sentence, its sheets, its basis.

    Args:
        study: Name of the study, as the command line calls it.
        question: The question in a reader's words.
        finding: What the numbers say, as a sentence made from them.
        sheets: Labelled tables, the main one first.
        basis: What all of it rests on.
        parameters: The question's inputs, resolved (ISO codes, ids, years).
    """

    study: str
    question: str
    finding: str
    sheets: tuple[Sheet, ...]
    basis: Basis
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name."""
        for each in self.sheets:
            if each.name == name:
                return each
        raise KeyError(name)

    def followed_by(self, other: "Answer") -> "Answer":
        """This answer with another's finding, sheets and basis after its own, under this one's question."""
        return replace(
            self,
            finding=f"{self.finding} {other.finding}",
            sheets=(*self.sheets, *other.sheets),
            basis=self.basis.joined(other.basis),
            parameters={**self.parameters, other.study: dict(other.parameters)},
        )

    def as_dict(self) -> dict[str, Any]:
        """The whole answer as JSON-able values."""
        return {
            "study": self.study,
            "question": self.question,
            "finding": self.finding,
            "parameters": {k: plain(v) if isinstance(v, float) else v for k, v in self.parameters.items()},
            "sheets": {
                s.name: {
                    "title": s.title,
                    "columns": [vars(c) for c in s.columns],
                    "rows": s.records(),
                }
                for s in self.sheets
            },
            "basis": {
                "tables": [vars(t) for t in self.basis.tables],
                "rules": list(self.basis.rules),
                "assumptions": [vars(a) for a in self.basis.assumptions],
                "cautions": list(self.basis.cautions),
            },
        }
