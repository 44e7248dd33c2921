"""Printing an answer in the asked format, its basis on standard error, and progress while work is long."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from oresight.core.answer import Answer, Sheet
from oresight.core.progress import Reporter
from oresight.face.text_tables import as_csv, as_json, as_markdown, basis_lines, checked_format, header, shown

ROWS_ON_SCREEN = 60
DELAY = 1.0
TEXT_MIN, TEXT_MAX = 18, 60
"""Narrowest and widest a column of text is drawn [characters]."""


def show(answer: Answer, form: str, sheet: str | None = None, whole: bool = True) -> None:
    """Print an answer on standard output and what it rests on on standard error.

    Args:
        answer: A study's answer.
        form: table, json, csv or md.
        sheet: The sheet for csv; the first by default.
        whole: JSON is the whole answer; otherwise the records of the main sheet.
    """
    form = checked_format(form)
    main = answer.sheet(sheet) if sheet else answer.sheets[0]
    if form == "json":
        print(as_json(answer, None if whole and not sheet else main))
    elif form == "csv":
        print(as_csv(main), end="")
    elif form == "md":
        print(f"**{answer.finding}**\n")
        for each in answer.sheets:
            print(f"### {each.title}\n\n{as_markdown(each)}")
    else:
        on_terminal(answer, (main,) if sheet else answer.sheets)
    for line in basis_lines(answer):
        print(line, file=sys.stderr)


def on_terminal(answer: Answer, sheets: tuple[Sheet, ...]) -> None:
    """The finding and the sheets as tables, cut to what a screen holds."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(soft_wrap=False)
    console.print(Text(answer.finding, style="bold"))
    for each in sheets:
        if not each.rows:
            continue
        seen, left = fitting(each, telling(each), console.width)
        grid = Table(title=each.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for i in seen:
            column = each.columns[i]
            numeric = column.kind in ("number", "share", "integer")
            grid.add_column(
                header(column),
                justify="right" if numeric else "left",
                min_width=needed(each, i),
                max_width=TEXT_MAX,
            )
        for row in each.rows[:ROWS_ON_SCREEN]:
            grid.add_row(*(Text(shown(row[i], each.columns[i])) for i in seen))
        console.print(grid)
        if len(each.rows) > ROWS_ON_SCREEN:
            console.print(f"{len(each.rows) - ROWS_ON_SCREEN} more rows: ask with --as csv", style="dim")
        if left:
            console.print(f"more columns, with --as csv or a wider window: {', '.join(left)}", style="dim")


def telling(sheet: Sheet) -> list[int]:
    """Positions of the columns a screen shows: no ids, no notes, nothing empty or the same in every row."""
    seen = []
    for i, column in enumerate(sheet.columns):
        values = {row[i] for row in sheet.rows}
        same = len(sheet.rows) > 1 and len(values) == 1
        if column.kind not in ("id", "note") and not same and values != {None}:
            seen.append(i)
    return seen


def needed(sheet: Sheet, at: int) -> int:
    """Characters a column needs so that no word of it breaks; text may wrap between words."""
    column = sheet.columns[at]
    words = max((len(word) for word in header(column).split()), default=1)
    cells = max((len(shown(row[at], column)) for row in sheet.rows[:ROWS_ON_SCREEN]), default=1)
    return max(words, min(cells, TEXT_MIN) if column.kind in ("text", "source") else cells)


def fitting(sheet: Sheet, seen: list[int], width: int) -> tuple[list[int], list[str]]:
    """The first columns that fit side by side without breaking words, and the names of those left out."""
    kept: list[int] = []
    used = 0
    for i in seen:
        need = needed(sheet, i) + 3
        if kept and used + need > width:
            break
        kept.append(i)
        used += need
    return kept, [sheet.columns[i].name for i in seen if i not in kept]


@contextmanager
def progress(doing: str) -> Iterator[Reporter]:
    """A progress bar on standard error for work over a second; silent where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda share, said: None
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    task = bar.add_task(doing, total=1.0)
    begun = time.monotonic()
    running = False

    def report(share: float, said: str) -> None:
        nonlocal running
        if not running and time.monotonic() - begun >= DELAY:
            bar.start()
            running = True
        bar.update(task, completed=share, description=said or doing)

    try:
        yield report
    finally:
        if running:
            bar.stop()
