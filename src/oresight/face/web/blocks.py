"""What a page is made of: panels under a question, holding pictures, tables and lists, each with its answer."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oresight.core.answer import Answer, Sheet, Value
from oresight.face.brief import blocks as brief
from oresight.face.text_tables import basis_lines, header
from oresight.studies.basis import own_said

STEPS = 20
"""Shades of a cell between none and full."""

ROWS_SHOWN = 60


@dataclass(frozen=True)
class Cell:
    """One table cell: the brief's cell, where it leads, what it sorts by.

    Args:
        text: What it says.
        classes: Its tone and alignment.
        shade: Step of its shading, 0 for none.
        about: What it says on hover.
        mark: A small mark after the text.
        href: Where it leads; empty for nowhere.
        origin: Whether it leads to where the figure comes from.
        value: What it is sorted by where that is not its text.
    """

    text: str
    classes: str = ""
    shade: int = 0
    about: str = ""
    mark: str = ""
    href: str = ""
    origin: bool = False
    value: float | None = None


@dataclass(frozen=True)
class Table:
    """A table under its title.

    Args:
        id: Name in links, and of the sheet whose CSV it offers.
        title: What stands in it.
        head: Column heads.
        rows: Cells.
        note: What a reader must know.
        bands: Headings over several columns.
        dense: Whether it is set small.
        sheet: Name of the sheet behind it; empty for none.
        left: How many rows are not shown.
        fields: Columns of the sheet that are shown, in order.
        values: Rows of the sheet that are shown, whole.
    """

    id: str
    title: str
    head: tuple[brief.Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    bands: tuple[brief.Band, ...] = ()
    dense: bool = False
    sheet: str = ""
    left: int = 0
    fields: tuple[str, ...] = ()
    values: tuple[tuple[Value, ...], ...] = ()
    kind: str = "table"


@dataclass(frozen=True)
class Picture:
    """A chart, drawn when a form needs it.

    Args:
        id: Name in links.
        title: What it shows.
        draw: Makes the chart.
        alternative: What it shows, for those who do not see it.
        table: The same as a table.
        note: What a reader must know.
        wide: Whether it takes the whole width.
    """

    id: str
    title: str
    draw: Callable[[], Any]
    alternative: str
    table: Table
    note: str = ""
    wide: bool = True
    kind: str = "picture"


@dataclass(frozen=True)
class Points:
    """A numbered or plain list of sentences, each with where it leads."""

    rows: tuple[tuple[str, str], ...]
    numbered: bool = False
    kind: str = "list"


@dataclass(frozen=True)
class Article:
    """A text with its statements marked, and how many of each verdict there are."""

    id: str
    paragraphs: tuple[Any, ...]
    counts: tuple[tuple[str, str, str, int], ...]
    kind: str = "article"


@dataclass(frozen=True)
class Later:
    """What is still being computed: where it is made, what it will show, the panel it completes."""

    href: str
    said: str
    panel: str
    kind: str = "later"


Block = Picture | Table | Points | Article | Later


@dataclass(frozen=True)
class Panel:
    """A part of a page: a question, what the numbers say to it, and what shows it."""

    id: str
    question: str
    finding: str
    blocks: tuple[Block, ...] = ()
    basis: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """A page's content, before any form is given to it.

    Args:
        title: Of the browser's window.
        question: The question over it.
        finding: What the numbers say: the headline.
        panels: Its parts, in reading order.
        answers: Answers behind it, the main one first.
        standfirst: A second sentence.
        aside: Labelled links beside the headline.
        form: Template of the page's own form; empty for none.
        fields: What that form offers and holds.
    """

    title: str
    question: str
    finding: str
    panels: tuple[Panel, ...]
    answers: tuple[Answer, ...]
    standfirst: str = ""
    aside: tuple[tuple[str, str], ...] = ()
    form: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The first sentence of what was found."""
        return sentences(self.finding)[0]

    @property
    def below(self) -> str:
        """What stands under the headline: the finding's other sentences and the standfirst."""
        return " ".join((*sentences(self.finding)[1:], *([self.standfirst] if self.standfirst else [])))

    @property
    def own(self) -> str:
        """What is said where the user's own figures are in it."""
        return own_said(self.answers)

    def pictures(self) -> dict[str, Picture]:
        """Pictures by name."""
        return {b.id: b for p in self.panels for b in p.blocks if isinstance(b, Picture)}

    def sheets(self) -> dict[str, Sheet]:
        """Sheets by name; of two with one name the second carries its study's too."""
        found: dict[str, Sheet] = {}
        for answer in self.answers:
            for each in answer.sheets:
                found.setdefault(each.name if each.name not in found else f"{answer.study}-{each.name}", each)
        return found


def sentences(text: str) -> list[str]:
    """A text's sentences.

    >>> sentences("It is 1.5 t. China leads. So.")
    ['It is 1.5 t.', 'China leads.', 'So.']
    """
    return re.split(r"(?<=[.?!]) (?=[A-Z0-9])", text.strip()) or [""]


def panel(
    answer: Answer,
    id: str,
    *blocks: Block,
    question: str = "",
    finding: str = "",
) -> Panel:
    """A panel of one answer, with its own question, finding and basis unless others are given."""
    return Panel(
        id, question or answer.question, finding or answer.finding, blocks, tuple(basis_lines(answer))
    )


def held(answer: Answer, name: str) -> Sheet | None:
    """A sheet of an answer that has rows; None otherwise."""
    return next((s for s in answer.sheets if s.name == name and s.rows), None)


def remaining(answer: Answer, told: Sequence[str]) -> tuple[Panel, ...]:
    """The panel of every sheet that no other panel lays out: each as a table under its own title; none if all are.

    Args:
        answer: The answer.
        told: Names of the sheets that stand elsewhere on the page.
    """
    rest = [s for s in answer.sheets if s.name not in told and s.rows]
    if not rest:
        return ()
    tables = (table(s, title=s.title, dense=True, notes=True) for s in rest)
    return (
        panel(
            answer, "more", *tables, question="More", finding=f"{capital(phrase([s.title for s in rest]))}."
        ),
    )


def phrase(parts: Sequence[str]) -> str:
    """Titles as one sentence.

    >>> phrase(["Is it worth it", "When can it be"])
    'Is it worth it; when can it be'
    """
    return "; ".join(p if n == 0 else p[:1].lower() + p[1:] for n, p in enumerate(parts))


def capital(text: str) -> str:
    """A text with a capital first."""
    return text[:1].upper() + text[1:]


Links = Mapping[str, Callable[[Mapping[str, Value]], str]]


def shade(strength: float | None) -> int:
    """A strength 0..1 as a step of shading.

    >>> shade(0.5), shade(None), shade(0.004)
    (10, 0, 0)
    """
    return 0 if strength is None else round(strength * STEPS)


def telling(sheet: Sheet) -> list[str]:
    """Columns a reader is shown: no ids or notes, nothing that is empty in every row."""
    return [
        c.name
        for i, c in enumerate(sheet.columns)
        if c.kind not in ("id", "note") and any(row[i] is not None for row in sheet.rows)
    ]


def table(
    sheet: Sheet,
    columns: Sequence[str] = (),
    titles: Mapping[str, str] | None = None,
    tones: Mapping[str, str] | None = None,
    leads: Links | None = None,
    origins: Links | None = None,
    id: str = "",
    title: str = "",
    note: str = "",
    bands: Sequence[brief.Band] = (),
    dense: bool = False,
    most: int = ROWS_SHOWN,
    relabel: Callable[[str, Value], Value] | None = None,
    notes: bool = False,
) -> Table:
    """A sheet as a table of a page.

    Args:
        sheet: The sheet.
        columns: Which columns, in order; the telling ones by default.
        titles, tones, title, note, bands, dense, relabel: As the brief's grid.
        leads: Column -> where a row's cell leads.
        origins: Column -> id of the figure a row's cell holds; its link opens where it comes from.
        id: Name in links; the sheet's by default.
        most: Most rows shown.
        notes: Whether a row's note hangs on its head.
    """
    chosen = list(columns) or telling(sheet)
    records = sheet.records()[:most]
    shown = Sheet(sheet.name, sheet.title, sheet.columns, sheet.rows[:most])
    named = titles if titles is not None else {c.name: header(c) for c in sheet.columns}
    grid = brief.grid(shown, chosen, named, tones, title, note, bands, dense, relabel)
    kinds = {c.name: c.kind for c in sheet.columns}
    rows = []
    for record, cells in zip(records, grid.rows, strict=True):
        row: list[Cell] = []
        for name, cell in zip(chosen, cells, strict=True):
            value = record.get(name)
            href, origin = "", False
            if value is not None and origins and name in origins:
                href, origin = origins[name](record), True
            elif leads and name in leads:
                href = leads[name](record)
            first = not row and notes and record.get("note")
            numeric = kinds[name] in ("number", "share", "integer")
            row.append(
                Cell(
                    cell.text,
                    cell.classes,
                    shade(cell.strength),
                    str(record["note"]) if first else cell.about,
                    "note" if first else cell.mark,
                    href,
                    origin and bool(href),
                    float(value) if numeric and isinstance(value, int | float) else None,
                )
            )
        rows.append(tuple(row))
    return Table(
        id or sheet.name,
        grid.title,
        grid.head,
        tuple(rows),
        note,
        tuple(bands),
        dense,
        sheet.name,
        max(len(sheet.rows) - most, 0),
        tuple(chosen),
        shown.rows,
    )
