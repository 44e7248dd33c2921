"""An answer that shows itself in a notebook: finding, first chart, main table, and what it rests on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from markupsafe import Markup, escape

from oresight.core.answer import Answer, Sheet, plain
from oresight.core.errors import unknown_name
from oresight.face.charts.theme import calm, svg
from oresight.face.text_tables import as_markdown, basis_lines, header, shown

ROWS = 12
"""Rows of the main table a notebook shows before it is asked for the frame."""
TYPES: Mapping[str, Any] = {
    "number": pl.Float64,
    "share": pl.Float64,
    "integer": pl.Int64,
    "flag": pl.Boolean,
}


@dataclass(frozen=True)
class Shown:
    """A study's answer with its tables as frames and its charts ready to draw.

    Args:
        answer: The answer.
        drawings: Name -> draws the chart; empty where the study has none for this question.
    """

    answer: Answer
    drawings: Mapping[str, Callable[[], Any]] = field(default_factory=dict)

    @property
    def finding(self) -> str:
        """What the numbers say, in a sentence."""
        return self.answer.finding

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of its tables, the main one first."""
        return tuple(s.name for s in self.answer.sheets)

    @property
    def charts(self) -> tuple[str, ...]:
        """Names of its charts."""
        return tuple(self.drawings)

    @property
    def basis(self) -> tuple[str, ...]:
        """Sources, rules, assumptions and cautions it rests on, a line each."""
        return tuple(basis_lines(self.answer))

    def frame(self, name: str = "") -> pl.DataFrame:
        """A table as a frame with full values, null where unknown; the main one by default.

        Raises:
            StudyError: No table has that name.
        """
        return framed(self.sheet(name))

    def sheet(self, name: str = "") -> Sheet:
        """A table with the meaning and the unit of every column; the main one by default.

        Raises:
            StudyError: No table has that name.
        """
        if not name:
            return self.answer.sheets[0]
        for each in self.answer.sheets:
            if each.name == name:
                return each
        raise unknown_name("table of this answer", name, self.sheets)

    def chart(self, name: str = "") -> Any:
        """An Altair chart, in the house's colours; the first by default.

        Raises:
            StudyError: No chart has that name.
        """
        wanted = name or next(iter(self.drawings), "")
        if wanted not in self.drawings:
            raise unknown_name("chart of this answer", wanted or "any", self.charts)
        return calm(self.drawings[wanted]())

    def __repr__(self) -> str:
        """The question, the finding and the main table as text."""
        main = self.answer.sheets[0]
        return f"{self.answer.question}\n{self.finding}\n\n{as_markdown(main)}"

    def _repr_html_(self) -> str:
        """The answer as a notebook shows it."""
        parts = [Markup("<h3>{}</h3><p><i>{}</i></p>").format(self.finding, self.answer.question)]
        first = next(iter(self.drawings), None)
        if first is not None:
            drawn = Markup(svg(self.drawings[first](), self.finding))
            parts.append(Markup("<figure>{}<figcaption>{}</figcaption></figure>").format(drawn, first))
        parts.append(tabled(self.answer.sheets[0]))
        more = [
            Markup("<code>.frame({!r})</code> {}").format(s.name, s.title) for s in self.answer.sheets[1:]
        ]
        more += [Markup("<code>.chart({!r})</code>").format(c) for c in self.charts[1:]]
        if more:
            parts.append(Markup("<p>{}</p>").format(Markup("; ").join(more)))
        lines = Markup("<br>").join(escape(line) for line in self.basis)
        parts.append(Markup("<details><summary>Where from?</summary>{}</details>").format(lines))
        return str(Markup("\n").join(parts))


def framed(sheet: Sheet) -> pl.DataFrame:
    """A sheet as a frame, each column in the type of its kind.

    >>> from oresight.core.answer import Column
    >>> framed(Sheet("t", "T", (Column("s", "share", "1", "share"),), ((0.5,), (None,)))).rows()
    [(0.5,), (None,)]
    """
    schema = {c.name: TYPES.get(c.kind, pl.String) for c in sheet.columns}
    texts = {name for name, kind in schema.items() if kind is pl.String}
    records = [
        {k: str(v) if k in texts and v is not None else v for k, v in record.items()}
        for record in sheet.records()
    ]
    return pl.DataFrame(records, schema=schema)


def tabled(sheet: Sheet) -> Markup:
    """The first rows of a sheet as an HTML table, heads with their units; ids, notes and empty columns left out."""
    first = [[plain(v) for v in row] for row in sheet.rows[:ROWS]]
    told = [
        (i, c)
        for i, c in enumerate(sheet.columns)
        if c.kind not in ("id", "note") and any(row[i] is not None for row in first)
    ]
    heads = Markup("").join(Markup('<th title="{}">{}</th>').format(c.about, header(c)) for _, c in told)
    rows = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(shown(row[i], c)) for i, c in told)
        )
        for row in first
    )
    left = len(sheet.rows) - ROWS
    note = Markup("<p>{} more rows in <code>.frame()</code></p>").format(left) if left > 0 else Markup("")
    return Markup("<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}").format(
        sheet.title, heads, rows, note
    )
