"""Where from: every figure of a page can be asked; what it says, which row, from which tables, rules and assumptions.

A figure's address is its page's with `.from` on the path, and sheet, column and row as parameters.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from oresight.core.answer import Answer, Column, Sheet, Value, plain
from oresight.core.errors import StudyError, unknown_name
from oresight.face.text_tables import header, shown
from oresight.face.web.blocks import Cell, Panel, Picture, Table, View
from oresight.studies.explain import rows_about, table_named

Twin = Callable[..., str]
NUMERIC = ("number", "share", "integer")
ROWS_MOST = 100_000


@dataclass(frozen=True)
class Asked:
    """The figure that is asked about.

    Args:
        sheet, column: Their names; empty for the whole page or sheet.
        row: Place of its row in the sheet, from 0; None for all.
    """

    sheet: str = ""
    column: str = ""
    row: int | None = None

    @property
    def pick(self) -> str:
        """All of it as one text."""
        return json.dumps([self.sheet, self.column, self.row])


def asked(query: Mapping[str, str]) -> Asked:
    """The figure a query asks about.

    Raises:
        StudyError: The row is no number.
    """
    row = query.get("row", "").strip()
    if row and not (row.isascii() and row.isdigit() and len(row) < 7):
        raise StudyError(f"row {row[:40]!r}", "rows are counted from 0")
    return Asked(query.get("sheet", "")[:80], query.get("column", "")[:80], int(row) if row else None)


def read(pick: str) -> Asked:
    """The figure of a text that `Asked.pick` made."""
    sheet, column, row = json.loads(pick)
    return Asked(sheet, column, row)


def traced(view: View, twin: Twin) -> View:
    """The view with every figure of its tables leading to where it comes from."""
    places = {
        name: {row: at for at, row in reversed(list(enumerate(sheet.rows)))}
        for name, sheet in view.sheets().items()
    }

    def of_table(block: Table) -> Table:
        at = places.get(block.sheet)
        if at is None or not block.fields:
            return block
        rows = []
        for cells, values in zip(block.rows, block.values, strict=False):
            row = at.get(values)
            rows.append(
                tuple(
                    cell if row is None else linked(cell, twin, block.sheet, name, row)
                    for cell, name in zip(cells, block.fields, strict=True)
                )
            )
        return replace(block, rows=tuple(rows))

    def of_panel(panel: Panel) -> Panel:
        blocks = tuple(
            of_table(b)
            if isinstance(b, Table)
            else replace(b, table=of_table(b.table))
            if isinstance(b, Picture)
            else b
            for b in panel.blocks
        )
        return replace(panel, blocks=blocks)

    return replace(view, panels=tuple(of_panel(p) for p in view.panels))


def linked(cell: Cell, twin: Twin, sheet: str, column: str, row: int) -> Cell:
    """A figure's cell with its link; words, the unknown and what leads elsewhere stay as they are."""
    if cell.href or cell.value is None:
        return cell
    return replace(cell, href=twin("from", sheet=sheet, column=column, row=str(row)), origin=True)


@dataclass(frozen=True)
class Origin:
    """What is known of where a figure comes from.

    Args:
        title: The figure in words.
        about: What it says.
        unit: Its unit; empty for none.
        fields: Name, value and meaning of each field of its row, or of each column of its sheet.
        answer: The answer it is part of.
        chain: Where the rows behind it are shown one by one; empty where they are not.
        rows: Links to the rows of each table that are about the same, by table.
        sheet: Name of its sheet; empty for the whole page.
        sheets: Names and titles of all sheets, where the whole page is asked about.
    """

    title: str
    about: str
    unit: str
    fields: tuple[tuple[str, str, str], ...]
    answer: Answer
    chain: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    sheet: str = ""
    sheets: tuple[tuple[str, str], ...] = ()

    @property
    def asked(self) -> tuple[tuple[str, str], ...]:
        """What was asked of the study, in words."""
        return tuple(
            (name.replace("_", " "), said(value))
            for name, value in self.answer.parameters.items()
            if isinstance(value, str | int | float | list | tuple) and said(value)
        )

    @property
    def assumptions(self) -> tuple[tuple[str, str, bool], ...]:
        """Assumptions: where each stands, its text, and whether that is a table one can open."""
        return tuple((a.id, a.text, table_named(a.id)) for a in self.answer.basis.assumptions)


def said(value: object) -> str:
    """A parameter as a reader sees it; a long list by its length.

    >>> said(["CHN"]), said(1.5), said(list("abcdefghi"))
    ('CHN', '1.5', '9 in all')
    """
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) if len(value) <= 6 else f"{len(value)} in all"
    return str(value)


def origin(view: View, figure: Asked) -> Origin:
    """Where a figure of a view comes from.

    Raises:
        StudyError: The view has no such sheet, column or row.
    """
    sheets = view.sheets()
    if not figure.sheet:
        every = tuple((name, sheet.title) for name, sheet in sheets.items())
        return Origin(view.headline, view.question, "", (), view.answers[0], sheets=every)
    if figure.sheet not in sheets:
        raise unknown_name("sheet", figure.sheet, sheets)
    found = sheets[figure.sheet]
    answer = next(a for a in view.answers if any(s is found for s in a.sheets))
    if figure.column and figure.column not in found.names():
        raise unknown_name("column", figure.column, found.names())
    column = next((c for c in found.columns if c.name == figure.column), None)
    if figure.row is None:
        fields = tuple((header(c), "", c.about) for c in found.columns if c.kind != "id")
        about = column.about if column else f"{len(found.rows)} rows"
        unit = column.unit if column else ""
        return Origin(
            f"{header(column)}: {found.title}" if column else found.title,
            about,
            unit,
            fields,
            answer,
            sheet=figure.sheet,
        )
    if figure.row >= len(found.rows):
        raise StudyError(f"row {figure.row} of {figure.sheet}", f"it has {len(found.rows)} rows")
    row = found.records()[figure.row] if len(found.rows) <= ROWS_MOST else record(found, figure.row)
    fields = tuple(
        (header(c), shown(plain(row[c.name]), c), c.about)
        for c in found.columns
        if c.kind not in ("id", "note") and row[c.name] is not None
    )
    title = f"{name_of(found, row)}: {value_of(column, row)}" if column else name_of(found, row)
    rows = tuple((use.name, about) for use in answer.basis.tables if (about := rows_about(use.name, row)))
    return Origin(
        title,
        column.about if column else found.title,
        column.unit if column else "",
        fields,
        answer,
        str(row.get("figure") or ""),
        rows,
        figure.sheet,
    )


def record(sheet: Sheet, at: int) -> dict[str, Value]:
    """One row of a long sheet by column name."""
    return {name: plain(value) for name, value in zip(sheet.names(), sheet.rows[at], strict=True)}


def name_of(sheet: Sheet, row: Mapping[str, Value]) -> str:
    """What a row is of: its name, or its first words."""
    words = [str(row[c.name]) for c in sheet.columns if c.kind == "text" and row[c.name] is not None]
    named = row.get("name")
    return str(named) if named else ", ".join(words[:2]) or sheet.title


def value_of(column: Column, row: Mapping[str, Value]) -> str:
    """A figure with its column's name and unit."""
    unit = f" {column.unit}" if column.unit not in ("", "1") and row[column.name] is not None else ""
    return f"{column.name.replace('_', ' ')} {shown(row[column.name], column)}{unit}"
