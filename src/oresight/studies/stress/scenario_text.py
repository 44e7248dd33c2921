"""The text of a scenario file: read within bounds, parsed as TOML, and where on it a field stands."""

import re
import tomllib
from pathlib import Path
from typing import Any

from oresight.core.errors import StudyError

SIZE_MAX = 200_000
"""Largest scenario file read [bytes]."""
DOTS_MAX = 80
"""Most dots on a line: a key of thousands of parts would keep the parser busy for hours."""


def shown(text: object, longest: int = 60) -> str:
    """What a user wrote, safe on one line of a message.

    >>> shown("a\\nb")
    'a\\\\nb'
    """
    safe = str(text).encode("unicode_escape").decode("ascii") if not str(text).isprintable() else str(text)
    return safe if len(safe) <= longest else safe[: longest - 3] + "..."


def read_text(where: Path) -> str:
    """The text of a scenario file, bounded.

    Raises:
        StudyError: It is not there, no ordinary file, too large, or not text.
    """
    name = shown(where.name)
    try:
        if not where.is_file():
            raise StudyError(
                f"{shown(where)} is {'no file' if where.exists() else 'not there'}", "check the path"
            )
        with where.open("rb") as file:
            body = file.read(SIZE_MAX + 1)
            if len(body) > SIZE_MAX:
                size = where.stat().st_size
                raise StudyError(f"{name} has {size:,} bytes", f"a scenario has at most {SIZE_MAX:,}")
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StudyError(f"{name} is not UTF-8 text (byte {error.start})", "save it as UTF-8") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such path"
        raise StudyError(f"{shown(where)} cannot be read: {reason}", "check the path") from error


def toml_body(text: str, where: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises:
        StudyError: Too large, or no TOML; names the line.
    """
    if len(text.encode("utf-8", "surrogatepass")) > SIZE_MAX:
        raise StudyError(f"{where} has {len(text):,} characters", f"a scenario has at most {SIZE_MAX:,}")
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > DOTS_MAX:
            raise StudyError(f"{where} line {number}: more than {DOTS_MAX} dots", "a scenario is flat tables")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(
            f"{where} is not TOML: {shown(error, 160)}", "see docs/scenarios.md for an example"
        ) from error
    except RecursionError as error:
        raise StudyError(f"{where} nests too deep", "a scenario is flat tables") from error
    except ValueError as error:
        raise StudyError(
            f"{where} holds a number no one can read", "a scenario's numbers are short"
        ) from error


def line_of(text: str, place: tuple[Any, ...]) -> int:
    """The line a field of a TOML text stands on, as near as can be told; 1 where it stands nowhere.

    >>> line_of('name = "x"\\n[[measure]]\\ncut = 2', ("measure", 0, "cut"))
    3
    """
    lines = text.splitlines()
    words = [p for p in place if isinstance(p, str)]
    if not words:
        return 1
    start = 0
    nth = place[1] if len(place) > 1 and isinstance(place[1], int) else None
    if nth is not None:
        head = re.compile(rf"\s*\[\[\s*[\"']?{re.escape(words[0])}[\"']?\s*\]\]")
        heads = [i for i, row in enumerate(lines) if head.match(row)]
        start = heads[nth] if nth < len(heads) else 0
    field = re.compile(rf"\s*[\"']?{re.escape(words[-1])}[\"']?\s*=")
    for i in range(start, len(lines)):
        if i > start and lines[i].lstrip().startswith("["):
            break
        if field.match(lines[i]):
            return i + 1
    if nth is None:
        head = re.compile(rf"\s*\[+\s*[\"']?{re.escape(words[0])}[\"']?\s*\]")
        return next((i + 1 for i, row in enumerate(lines) if head.match(row)), 1)
    return start + 1
