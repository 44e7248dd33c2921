"""What a section is made of: charts as SVG, tables as shaded cells, lists of sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from oresight.core.answer import Column, Sheet, Value, plain
from oresight.face.text_tables import UNKNOWN, header, shown
from oresight.studies.names import citations


@dataclass(frozen=True)
class Cell:
    """One table cell: text, classes, shading strength 0..1, what it says on hover, a small mark."""

    text: str
    classes: str = ""
    strength: float | None = None
    about: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Head:
    """One column's head."""

    text: str
    numeric: bool = False
    about: str = ""


@dataclass(frozen=True)
class Band:
    """A heading over several columns."""

    text: str
    span: int


@dataclass(frozen=True)
class Chart:
    """A drawn chart under its title, with what a reader must know below; a half stands beside its neighbour."""

    title: str
    svg: Markup
    note: str = ""
    half: bool = False
    kind: str = "chart"


@dataclass(frozen=True)
class Grid:
    """A table of cells under its title."""

    title: str
    head: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    bands: tuple[Band, ...] = ()
    dense: bool = False
    kind: str = "table"


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    rows: tuple[str, ...]
    kind: str = "list"


@dataclass(frozen=True)
class Section:
    """A section of the brief: a question, its finding as the title, and what shows it."""

    id: str
    short: str
    question: str
    finding: str
    paragraphs: tuple[str, ...] = ()
    blocks: tuple[Chart | Grid | Points, ...] = ()
    basis: tuple[str, ...] = field(default=())

    @property
    def title(self) -> str:
        """The finding, or its first sentence where it is long."""
        return first_sentence(self.finding)[0]

    @property
    def rest(self) -> str:
        """What the title leaves of the finding."""
        return first_sentence(self.finding)[1]


TITLE_MAX = 170


def first_sentence(text: str) -> tuple[str, str]:
    """A text as title and rest: all of it where it is short, else cut after its first sentence or clause.

    >>> first_sentence("Short and clear.")
    ('Short and clear.', '')
    """
    if len(text) <= TITLE_MAX:
        return text, ""
    for mark in (". ", "; ", ": "):
        head, found, rest = text.partition(mark)
        if found and len(head) <= TITLE_MAX:
            return head + ("." if mark != ": " else ":"), rest[:1].upper() + rest[1:]
    return text, ""


def cell(value: Value, column: Column, tone: str = "", about: str = "", full: float = 1.0) -> Cell:
    """A value as a cell, shaded in a tone by its size; unknown says so.

    Args:
        value: The value; None is unknown.
        column: Its column, for unit and kind.
        tone: supplier, coalition, shortage or secured; empty for no shading.
        about: What it says on hover.
        full: The value at which the shading is strongest.
    """
    known = plain(value)
    numeric = column.kind in ("number", "share", "integer")
    if known is None:
        return Cell(UNKNOWN, "n unknown" if numeric else "unknown", None, about or "unknown")
    strength = None
    if tone and isinstance(known, int | float):
        strength = min(max(float(known) / full, 0.0), 1.0)
    if column.kind == "source":
        about = about or citations(str(known))
    return Cell(
        shown(known, column), " ".join(p for p in ("n" if numeric else "", tone) if p), strength, about
    )


def grid(
    sheet: Sheet,
    columns: Sequence[str] | None = None,
    titles: Mapping[str, str] | None = None,
    tones: Mapping[str, str] | None = None,
    title: str = "",
    note: str = "",
    bands: Sequence[Band] = (),
    dense: bool = False,
    relabel: Callable[[str, Value], Value] | None = None,
) -> Grid:
    """A sheet as a table of the brief.

    Args:
        sheet: The sheet.
        columns: Which columns, in order; all by default.
        titles: Column -> head, where the column's own name would not do.
        tones: Column -> shading.
        title, note, bands, dense: As `Grid`.
        relabel: (column, value) -> the value shown, such as a country's name for its code.
    """
    chosen = [next(c for c in sheet.columns if c.name == n) for n in (columns or sheet.names())]
    at = [sheet.names().index(c.name) for c in chosen]
    heads = tuple(
        Head(
            (titles or {}).get(c.name, header(c)),
            c.kind in ("number", "share", "integer"),
            c.about,
        )
        for c in chosen
    )
    rows = tuple(
        tuple(
            cell(relabel(c.name, row[i]) if relabel else row[i], c, (tones or {}).get(c.name, ""))
            for i, c in zip(at, chosen, strict=True)
        )
        for row in sheet.rows
    )
    return Grid(title or sheet.title, heads, rows, note, tuple(bands), dense)
