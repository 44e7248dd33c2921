"""An answer as text: a table for the terminal, JSON, CSV or Markdown, and its basis on the side.

Numbers show three significant digits, shares are per cent, unknown is an en dash; machine formats keep
full values and write null for unknown.
"""

import csv
import io
import json
from typing import Any

from oresight.core.answer import Answer, Column, Sheet, Value, plain
from oresight.core.errors import StudyError, nearest
from oresight.studies.names import publishers

FORMATS = ("table", "json", "csv", "md")
UNKNOWN = "–"
NOTHING = 1e-9
"""What is smaller is a solver's rounding, and shown as 0."""


def checked_format(name: str) -> str:
    """The format's name, or an error naming the nearest known one."""
    if name not in FORMATS:
        near = nearest(name, FORMATS, 1)
        raise StudyError(
            f"unknown format {name[:40]!r}",
            f"formats are {', '.join(FORMATS)}" + (f"; did you mean {near[0]}?" if near else ""),
        )
    return name


def digits(value: float, significant: int = 3) -> str:
    """A number with so many significant digits and thin thousands.

    >>> digits(1234567.0), digits(0.012345), digits(12.0), digits(-2e-13)
    ('1,230,000', '0.0123', '12.0', '0')
    """
    magnitude = abs(value)
    if magnitude < NOTHING:
        return "0"
    if magnitude >= 10 ** (significant - 1):
        exponent = len(str(int(magnitude))) - significant
        return f"{round(value, -exponent) if exponent > 0 else round(value):,.0f}"
    text = f"{value:.{significant}g}"
    if "e" in text:
        return text
    whole, _, part = text.lstrip("-").partition(".")
    lead = len(whole.lstrip("0")) or -(len(part) - len(part.lstrip("0")))
    return f"{value:.{max(significant - lead, 0)}f}"


def shown(value: Value, column: Column) -> str:
    """One value as a reader sees it.

    >>> shown(0.874, Column("s", "share", "1", "share"))
    '87%'
    """
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column.kind == "share" and isinstance(value, int | float):
        percent = value * 100
        return f"{percent:.0f}%" if abs(percent) >= 9.95 or percent == 0 else f"{percent:.1f}%"
    if column.kind == "integer" or isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return digits(value)
    return publishers(value) if column.kind == "source" else str(value)


def header(column: Column) -> str:
    """Column title with its unit, as a reader sees it."""
    title = column.name.replace("_", " ")
    return f"{title} [{column.unit}]" if column.unit and column.unit != "1" else title


def as_json(answer: Answer, sheet: Sheet | None = None) -> str:
    """The records of one sheet as a JSON array, or the whole answer as one object."""
    body: Any = sheet.records() if sheet is not None else answer.as_dict()
    return json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False)


def as_csv(sheet: Sheet) -> str:
    """One sheet as CSV with a header, full values, empty where unknown; no cell can act as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(sheet.names())
    for row in sheet.rows:
        writer.writerow(["" if plain(v) is None else safe_cell(plain(v)) for v in row])
    return out.getvalue()


def safe_cell(value: Value) -> Value:
    """Text that a spreadsheet would run as a formula, defused by a leading quote.

    >>> safe_cell("=1+1"), safe_cell(-3.0)
    ("'=1+1", -3.0)
    """
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def as_markdown(sheet: Sheet) -> str:
    """One sheet as a Markdown table."""
    rows = [
        [shown(plain(v), c).replace("|", "\\|") for v, c in zip(r, sheet.columns, strict=True)]
        for r in sheet.rows
    ]
    rule = ["---:" if c.kind in ("number", "share", "integer") else "---" for c in sheet.columns]
    lines = [[header(c) for c in sheet.columns], rule, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def basis_lines(answer: Answer) -> list[str]:
    """What an answer rests on, as lines for the margin or for standard error."""
    lines = [f"source: {t.name} ({t.vintage}), {t.publisher}; {t.licence}" for t in answer.basis.tables]
    lines += [f"rules: {', '.join(answer.basis.rules)}"] if answer.basis.rules else []
    lines += [f"assumption: {a.text} [{a.id}]" for a in answer.basis.assumptions]
    lines += [f"caution: {c}" for c in answer.basis.cautions]
    return lines
