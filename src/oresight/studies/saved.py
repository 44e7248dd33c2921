"""Views a reader keeps under a name: a page and what was asked of it, in a file of the reader's own folder.

A kept scenario or plan is the address that makes it and what it found, so what is kept is small, readable, and the
same everywhere.
"""

import datetime
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from oresight.catalog.store import user_folder
from oresight.core.answer import Answer, Basis, Column, sheet
from oresight.core.errors import DataError, StudyError, unknown_name

NAME = re.compile(r"[\w][\w .:,+()/&'-]{0,79}")
FIELD = re.compile(r"[a-z_]{1,30}")
QUERY_MAX = 4000
FINDING_MAX = 600
KEPT_MAX = 500
FILE_MAX = 1_000_000
FORMAT = "oresight saved views 1"
WAIT = 5.0
"""How long to wait while another program holds the file [s]."""

COLUMNS = (
    Column("name", "name it is kept under"),
    Column("page", "page of the workbench"),
    Column("target", "commodity or country the page is of"),
    Column("query", "what was asked, as JSON", "", "id"),
    Column("kept", "when it was kept", "", "date"),
    Column("finding", "what it found then"),
)

_within = threading.RLock()


def where() -> Path:
    """The file that holds what was kept."""
    return user_folder() / "saved.duckdb"


@contextmanager
def _opened() -> Iterator[duckdb.DuckDBPyConnection]:
    """The file, open for this program alone; waits while another holds it."""
    file = where()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"cannot write to {file.parent.name}: {error.strerror}", "set ORESIGHT_HOME"
        ) from error
    limit = time.monotonic() + WAIT
    with _within:
        while True:
            try:
                link = duckdb.connect(str(file))
                break
            except duckdb.Error as error:
                if time.monotonic() > limit:
                    raise DataError(
                        f"{file.name} cannot be opened: {str(error).splitlines()[0][:120]}",
                        "close the program that holds it, or move the file away",
                    ) from error
                time.sleep(0.05)
        try:
            link.execute(
                "CREATE TABLE IF NOT EXISTS saved (name VARCHAR PRIMARY KEY, page VARCHAR NOT NULL, "
                "target VARCHAR NOT NULL, query VARCHAR NOT NULL, kept TIMESTAMP NOT NULL)"
            )
            # files written before findings were kept
            link.execute("ALTER TABLE saved ADD COLUMN IF NOT EXISTS finding VARCHAR DEFAULT ''")
            yield link
        finally:
            link.close()


Row = tuple[str, str, str, str, str]
"""A view as it is stored: name, page, target, query, finding."""


def checked(name: str, page: str, target: str, query: Mapping[str, Any], finding: str = "") -> Row:
    """A view as it is kept.

    Raises:
        StudyError: A part is too long or holds signs that no name or field has.
    """
    name = " ".join(name.split())
    if not NAME.fullmatch(name):
        raise StudyError(
            f"{name[:40]!r} is no name", "use 1 to 80 letters, digits, spaces and . , : + - ( ) / & '"
        )
    if not FIELD.fullmatch(page) or len(target) > 100:
        raise StudyError(f"{page[:40]!r} is no page", "keep a view from its own page")
    kept: dict[str, str] = {}
    for field, value in query.items():
        if not isinstance(field, str) or not FIELD.fullmatch(field) or not isinstance(value, str):
            raise StudyError(
                f"{str(field)[:40]!r} is no field of a view", "fields are words, values are texts"
            )
        kept[field] = value
    text = json.dumps(dict(sorted(kept.items())), ensure_ascii=False)
    if len(text) > QUERY_MAX:
        raise StudyError(f"a view of {len(text)} characters", f"at most {QUERY_MAX} are kept")
    return name, page, target, text, " ".join(finding.split())[:FINDING_MAX]


def keep(name: str, page: str, target: str, query: Mapping[str, Any], finding: str = "") -> str:
    """Keep a view and what it found under a name; one of the same name is replaced. Returns the name.

    Raises:
        StudyError: It cannot be kept as it is, or too many are.
        DataError: The file cannot be written.
    """
    row = checked(name, page, target, query, finding)
    _store([row])
    return row[0]


def _store(rows: Sequence[Row]) -> None:
    """Store views, all of them or none."""
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)
    with _opened() as link:
        link.execute("BEGIN")
        try:
            for row in rows:
                link.execute(
                    "INSERT OR REPLACE INTO saved (name, page, target, query, finding, kept) VALUES (?, ?, ?, ?, ?, ?)",
                    [*row, now],
                )
            count = link.execute("SELECT count(*) FROM saved").fetchone()
            if count is not None and count[0] > KEPT_MAX:
                raise StudyError(f"{count[0]} views", f"at most {KEPT_MAX} are kept: remove some")
            link.execute("COMMIT")
        except BaseException:
            link.execute("ROLLBACK")
            raise


def remove(name: str) -> None:
    """Forget a view.

    Raises:
        StudyError: None is kept under the name.
    """
    with _opened() as link:
        known = [r[0] for r in link.execute("SELECT name FROM saved").fetchall()]
        if name not in known:
            raise unknown_name("kept view", name, known)
        link.execute("DELETE FROM saved WHERE name = ?", [name])


def saved() -> Answer:
    """All views that are kept, the latest first."""
    rows: list[dict[str, Any]] = []
    if where().exists():
        with _opened() as link:
            found = link.execute(
                "SELECT name, page, target, query, kept, finding FROM saved ORDER BY kept DESC, name"
            ).fetchall()
        rows = [
            {
                "name": n,
                "page": p,
                "target": t,
                "query": q,
                "kept": k.isoformat(sep=" "),
                "finding": f or None,
            }
            for n, p, t, q, k, f in found
        ]
    count = len(rows)
    return Answer(
        "saved",
        "What did I keep?",
        f"{count} view{'' if count == 1 else 's'} kept on this machine." if count else "Nothing is kept yet.",
        (sheet("saved", "Kept views", COLUMNS, rows),),
        Basis(),
    )


def exported() -> str:
    """All kept views as a JSON text that `imported` reads on another machine."""
    rows = saved().sheets[0].records()
    views = [
        {
            **{k: r[k] for k in ("name", "page", "target")},
            "query": json.loads(str(r["query"])),
            "finding": r["finding"] or "",
        }
        for r in rows
    ]
    return json.dumps({"format": FORMAT, "views": views}, ensure_ascii=False, indent=1)


def imported(text: str) -> int:
    """Keep the views of an exported text, all of them or none; returns how many.

    Raises:
        StudyError: The text is too long, no JSON, of another format, or holds a view that cannot be kept.
    """
    if len(text.encode()) > FILE_MAX:
        raise StudyError(f"a file of {len(text):,} characters", f"at most {FILE_MAX:,} bytes are read")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StudyError("the file is no JSON", "give one that was exported here") from error
    if not isinstance(body, dict) or body.get("format") != FORMAT or not isinstance(body.get("views"), list):
        raise StudyError("the file holds no kept views", "give one that was exported here")
    rows = []
    for view in body["views"][: KEPT_MAX + 1]:
        parts = _parts(view)
        rows.append(checked(*parts))
    _store(rows)
    return len(rows)


def _parts(view: Any) -> tuple[str, str, str, Mapping[str, Any], str]:
    """The parts of an exported view.

    Raises:
        StudyError: It is not of the shape an export has.
    """
    get: Callable[[str], Any] = view.get if isinstance(view, dict) else lambda key: None
    name, page, target, query = get("name"), get("page"), get("target"), get("query")
    finding = get("finding") or ""
    if not (
        isinstance(name, str)
        and isinstance(page, str)
        and isinstance(target, str)
        and isinstance(query, dict)
        and isinstance(finding, str)
    ):
        raise StudyError(
            f"a view of the file is not whole: {str(view)[:60]}", "give one that was exported here"
        )
    return name, page, target, query, finding
