"""`oresight check`: an article, several, or standard input; the answer printed, or as a marked page."""

import os
import sys
from pathlib import Path

from oresight.core.answer import Answer
from oresight.core.errors import StudyError
from oresight.face.cli.show import progress, show
from oresight.face.text_tables import basis_lines, checked_format

INPUT_MAX = 20_000_000
"""Most bytes read from standard input."""


def check(
    files: list[Path] | None, text: str | None, page: Path | None, sheet: str | None, form: str
) -> None:
    """Answer one `oresight check` command."""
    from oresight.studies.check import study as study
    from oresight.studies.check.files import check_bytes, check_paths

    checked_format(form)
    asked = files or []
    if bool(asked) == (text is not None):
        raise StudyError("one article is needed", "name a file, - for standard input, or --text '...'")
    with progress("Reading and comparing") as report:
        if text is not None:
            answer = study.check(text, name="text", reporter=report)
        elif [str(p) for p in asked] == ["-"]:
            answer = check_bytes(sys.stdin.buffer.read(INPUT_MAX + 1), "standard input", report)
        else:
            answer = check_paths(asked, report)
    if page is not None:
        if len(asked) > 1:
            raise StudyError("a page shows one article", "give one file with --page")
        from oresight.face.check_page import page as laid_out

        write_whole(page, laid_out(answer))
    if form == "table" and sheet is None:
        listed(answer)
        return
    show(answer, form, sheet=sheet)


TONES = {"wrong": "bold red", "imprecise": "yellow", "confirmed": "green"}


def listed(answer: Answer) -> None:
    """The finding, then every statement with its verdict, what the record says, and the source."""
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=False, highlight=False)
    console.print(Text(answer.finding, style="bold"))
    main = next(s for s in answer.sheets if "verdict" in s.names())
    article = None
    for row in main.records():
        if row.get("article") != article:
            article = row.get("article")
            console.print(Text(f"\n{article}", style="bold"))
        verdict = str(row["verdict"])
        console.print(Text.assemble("\n", (f"{verdict:14}", TONES.get(verdict, "dim")), str(row["sentence"])))
        for field, style in (("corrected", ""), ("how", "dim"), ("source", "dim")):
            if row.get(field):
                console.print(Text(f"{'':14}{row[field]}", style=style))
    for line in basis_lines(answer):
        print(line, file=sys.stderr)


def write_whole(where: Path, text: str) -> None:
    """Write a file beside its place and rename it in, so that it is whole or as it was."""
    beside = where.with_name(f".{where.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, where)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StudyError(
            f"cannot write {where}: {error.strerror}", "name another file with --page"
        ) from error
