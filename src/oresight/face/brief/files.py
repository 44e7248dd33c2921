"""Writing the brief's folder: index.html, every table as CSV, all of them as one XLSX and one JSON.

The folder is made beside its place and swapped in, so a brief is never half-written.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from oresight.core.answer import Answer, Column, Sheet, plain
from oresight.core.errors import StudyError
from oresight.face.text_tables import as_csv, header, safe_cell

MADE_BY_BRIEF = ("index.html", "tables", "brief.xlsx", "brief.json")
EXCEL_FORMATS = {"share": "0.0%", "number": "#,##0.###", "integer": "0"}


def write_folder(page: str, answers: Sequence[Answer], out: Path) -> dict[str, int]:
    """Write the brief; returns the size in bytes of each file at the top of the folder.

    Raises:
        StudyError: The place is a file, holds other things than a brief, or cannot be written.
    """
    out = out.expanduser()
    if out.exists() and not out.is_dir():
        raise StudyError(f"{out} is a file", "name a folder with --out")
    foreign = sorted(p.name for p in out.iterdir() if p.name not in MADE_BY_BRIEF) if out.is_dir() else []
    if foreign:
        raise StudyError(
            f"{out} holds {foreign[0]}, which no brief wrote", "name an empty or new folder with --out"
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.resolve().parent))
    except OSError as error:
        raise StudyError(
            f"cannot write to {out}: {error.strerror}", "name another folder with --out"
        ) from error
    try:
        fill(page, answers, beside)
        os.chmod(beside, 0o755)
        if out.exists():
            shutil.rmtree(out)
        os.replace(beside, out.resolve())
    except OSError as error:
        raise StudyError(
            f"writing the brief to {out} failed: {error.strerror}",
            "free space or name another folder with --out",
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return {p.name: p.stat().st_size for p in sorted(out.iterdir()) if p.is_file()}


def fill(page: str, answers: Sequence[Answer], folder: Path) -> None:
    """Write all files of a brief into an empty folder."""
    (folder / "index.html").write_text(page, encoding="utf-8")
    tables = folder / "tables"
    tables.mkdir()
    named = named_sheets(answers)
    for name, each in named:
        (tables / f"{name}.csv").write_text(as_csv(each), encoding="utf-8")
    body = {"answers": [a.as_dict() for a in answers]}
    (folder / "brief.json").write_text(
        json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8"
    )
    write_workbook(named, answers, folder / "brief.xlsx")


def named_sheets(answers: Sequence[Answer]) -> list[tuple[str, Sheet]]:
    """All sheets with names no two share."""
    seen: dict[str, int] = {}
    found = []
    for answer in answers:
        for each in answer.sheets:
            seen[each.name] = seen.get(each.name, 0) + 1
            found.append((each.name if seen[each.name] == 1 else f"{answer.study}-{each.name}", each))
    return found


def write_workbook(named: Sequence[tuple[str, Sheet]], answers: Sequence[Answer], where: Path) -> None:
    """All sheets as one workbook, first a sheet of what stands in it and where it comes from."""
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(where), {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    )
    book.set_properties({"title": "oresight brief", "created": datetime.now(UTC).replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    formats = {kind: book.add_format({"num_format": code}) for kind, code in EXCEL_FORMATS.items()}
    first = book.add_worksheet("contents")
    first.set_column(0, 0, 28)
    first.set_column(1, 1, 110)
    lines = [(name, each.title) for name, each in named]
    lines += [(a.study, a.finding) for a in answers]
    lines += [
        (f"source: {t.name}", f"{t.vintage}; {t.publisher}; {t.licence}")
        for t in dict.fromkeys(t for a in answers for t in a.basis.tables)
    ]
    lines += [
        (f"assumption: {x.id}", x.text)
        for x in dict.fromkeys(x for a in answers for x in a.basis.assumptions)
    ]
    first.write_row(0, 0, ["what", "about"], bold)
    for i, line in enumerate(lines, 1):
        first.write_row(i, 0, line)
    taken = {"contents"}
    for name, each in named:
        tab = sheet_tab(name, taken)
        page = book.add_worksheet(tab)
        page.freeze_panes(1, 1)
        for j, column in enumerate(each.columns):
            page.write(0, j, header(column), bold)
            page.write_comment(0, j, column.about) if column.about else None
            page.set_column(j, j, width(each, j, column), formats.get(column.kind))
        for i, row in enumerate(each.rows, 1):
            for j, value in enumerate(row):
                known = plain(value)
                if known is not None:
                    page.write(i, j, safe_cell(known))
        if each.rows:
            page.autofilter(0, 0, len(each.rows), len(each.columns) - 1)
    book.close()


def sheet_tab(name: str, taken: set[str]) -> str:
    """A tab name Excel allows: at most 31 characters, none twice.

    >>> sheet_tab("a" * 40, {"a" * 31})
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa~2'
    """
    tab = "".join("_" if c in "[]:*?/\\" else c for c in name)[:31]
    count = 1
    while tab in taken:
        count += 1
        tab = f"{tab[:29]}~{count}"
    taken.add(tab)
    return tab


def width(sheet: Sheet, at: int, column: Column) -> float:
    """Column width in characters that shows most of its values."""
    longest = max((len(str(r[at])) for r in sheet.rows[:200] if r[at] is not None), default=4)
    return float(
        min(max(longest if column.kind in ("text", "date", "source") else 10, len(column.name) * 0.8, 8), 60)
    )
