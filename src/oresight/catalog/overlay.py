"""A user's own rows, laid over the open tables: kept on this machine, never written into them, never sent.

Rows live in one DuckDB file of the user's folder. Every addition is one transaction, so a killed program
leaves all of it or nothing; a second program waits its turn and says so when it has waited too long.
"""

import datetime
import json
import threading
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import polars as pl

from oresight.catalog import store
from oresight.catalog.checks import conform, validate
from oresight.catalog.compile import read_csv
from oresight.catalog.declare import Table
from oresight.catalog.lists import parts
from oresight.catalog.own_figures import FIGURES, OWN, giving_way, known_goods, usual
from oresight.catalog.registry import table
from oresight.core.errors import DataError, nearest

OVERLAID = (
    "events",
    "event_codes",
    "commitments",
    "commitment_history",
    "projects",
    "project_outputs",
    "deadlines",
    *FIGURES,
)
"""Tables that take a user's own rows, those that others refer to first."""

BYTES_MAX = 5_000_000
ROWS_MAX = 10_000
WAIT_SECONDS = 10.0

SHAPE = (
    "CREATE TABLE IF NOT EXISTS own_rows (table_name VARCHAR, row_key VARCHAR, cells VARCHAR, "
    "added TIMESTAMP DEFAULT current_timestamp, PRIMARY KEY (table_name, row_key))"
)

T = TypeVar("T")
_within = threading.RLock()


def where() -> Path:
    """The file that holds the user's own rows."""
    return store.user_folder() / "own.duckdb"


@contextmanager
def _opened(wait: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """The user's file, open for this process alone; waits while another holds it."""
    file = where()
    until = time.monotonic() + wait
    pause = 0.02
    with _within:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(
                f"cannot make {file.parent}: {error.strerror}", "set ORESIGHT_HOME to a folder you may write"
            ) from error
        while True:
            try:
                link = duckdb.connect(str(file))
                break
            except duckdb.IOException as error:
                if "lock" not in str(error).lower():
                    raise _unreadable(file, error) from error
                if time.monotonic() > until:
                    raise DataError(
                        f"another program has held {file.name} for {wait:g} seconds",
                        "close it, or try again when it has finished",
                        {"file": file.name},
                    ) from error
                time.sleep(pause)
                pause = min(pause * 1.5, 0.25)
            except duckdb.Error as error:
                raise _unreadable(file, error) from error
        try:
            yield link
        finally:
            link.close()


def _unreadable(file: Path, error: Exception) -> DataError:
    return DataError(
        f"{file.name} cannot be read ({type(error).__name__})",
        f"move {file.name} out of {file.parent.name}/ to start anew; nothing of the open data is lost",
    )


def _transaction(act: Callable[[duckdb.DuckDBPyConnection], T], wait: float) -> T:
    """One change of the file, whole or not at all."""
    with _opened(wait) as link:
        try:
            link.execute("BEGIN")
            link.execute(SHAPE)
            result = act(link)
            link.execute("COMMIT")
        except duckdb.Error as error:
            raise DataError(
                f"writing {where().name} failed: {str(error).splitlines()[0]}",
                "free space or close other programs; nothing was changed",
            ) from error
        return result


def texts(rows: Iterable[Mapping[str, Any]], declared: Table, place: str) -> pl.DataFrame:
    """Rows as a user wrote them -> cells of text in the table's columns, missing ones null.

    Lists become semicolons, dates ISO, truth yes or no; a row without source is the user's own.

    Raises:
        DataError: A field is unknown; the nearest are named.
    """
    found = []
    for number, row in enumerate(rows, start=1):
        unknown = [name for name in row if name not in declared.schema]
        if unknown:
            near = nearest(unknown[0], declared.schema)
            raise DataError(
                f"{place} row {number}: {declared.name} has no field {unknown[0]!r}",
                f"did you mean {', '.join(near)}?" if near else f"fields are {', '.join(declared.schema)}",
                {"table": declared.name, "row": number, "field": unknown[0]},
            )
        cells = {name: text(row.get(name)) for name in declared.schema}
        for name, said in usual(declared.name).items():
            if name in cells and cells[name] is None:
                cells[name] = said
        found.append(cells)
    return pl.DataFrame(found, schema=dict.fromkeys(declared.schema, pl.String))


def text(value: Any) -> str | None:
    """A value as a cell of a CSV would hold it.

    >>> text(["USA", "AUS"]), text(datetime.date(2026, 11, 27)), text(True), text("")
    ('USA;AUS', '2026-11-27', 'yes', None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ";".join(str(v).strip() for v in value) or None
    return str(value).strip() or None


def checked(batches: Mapping[str, pl.DataFrame], place: str) -> dict[str, pl.DataFrame]:
    """Batches of text cells, typed and held to their declarations together with what is known already.

    A batch may refer to rows of another; a row may take the place of a packaged one with its key.

    Raises:
        DataError: A row breaks a declaration; names table, row and mend.
    """
    good = {name: conform(table(name), frame, f"{place}, {name}") for name, frame in batches.items()}

    def lookup(reference: str) -> pl.Series:
        other, field = reference.rsplit(".", 1)
        known = (laid_over(other) if other in OVERLAID else store.read(other))[field]
        if other in good:
            known = pl.concat([known, good[other][field]])
        return pl.concat([known, pl.Series(field, [OWN])]) if reference == "sources.id" else known

    for name, frame in good.items():
        declared = table(name)
        validate(replace(declared, checks=()), frame, lookup, f"{place}, {name}")
        whole = merged(declared, frame, laid_over(name))
        found = [f"{check.name}: {c}" for check in declared.checks for c in check.complaints(whole)]
        if found:
            raise DataError(f"{place}, {name}: {found[0]}", "correct the row", {"complaints": found[:50]})
        known_places(declared, frame, place)
        known_goods(name, frame, place)
    return good


def known_places(declared: Table, frame: pl.DataFrame, place: str) -> None:
    """Refuse codes in list fields that are no country of the catalogue."""
    known = {*store.read("countries")["iso3"], "ALL"}
    for field in ("members", "targets", "countries"):
        if field not in declared.schema:
            continue
        for number, cell in enumerate(frame[field], start=1):
            wrong = [code for code in parts(cell) if code not in known]
            if wrong:
                near = nearest(wrong[0], known)
                raise DataError(
                    f"{place}, {declared.name} row {number}: {field} holds {wrong[0]!r}, which is no country",
                    f"did you mean {', '.join(near)}?",
                    {"table": declared.name, "row": number, "field": field},
                )


def merged(declared: Table, over: pl.DataFrame, under: pl.DataFrame) -> pl.DataFrame:
    """Rows over, then the rows under whose key none of them takes; those that an own figure stands for give way."""
    under = giving_way(declared.name, over, under)
    kept = under.join(over.select(declared.key), on=declared.key, how="anti", nulls_equal=True)
    return pl.concat([over, kept.select(list(declared.schema))])


def add(
    batches: Mapping[str, Iterable[Mapping[str, Any]]], place: str = "your rows", wait: float = WAIT_SECONDS
) -> dict[str, int]:
    """Add rows to the user's own, all of them or none; a row with the key of another takes its place.

    Args:
        batches: Table -> rows as dictionaries of its fields; missing fields are unknown.
        place: Where the rows come from, for messages.
        wait: Seconds to wait for another program that holds the file.

    Returns:
        Rows added per table.

    Raises:
        DataError: A table takes no own rows, a row breaks its declaration, or the file is held.
    """
    for name in batches:
        if name not in OVERLAID:
            near = nearest(name, OVERLAID)
            raise DataError(
                f"{place}: {name!r} takes no own rows",
                f"did you mean {', '.join(near)}?" if near else f"tables that do are {', '.join(OVERLAID)}",
            )
    ordered = [name for name in OVERLAID if name in batches]
    frames = {name: texts(batches[name], table(name), place) for name in ordered}
    count = sum(f.height for f in frames.values())
    if not count:
        raise DataError(f"{place}: holds no row", "write one [[commitments]] or [[projects]] block per row")
    if count > ROWS_MAX:
        raise DataError(f"{place}: holds {count} rows", f"at most {ROWS_MAX} are read at once")
    checked(frames, place)
    cells = [
        (name, row_key(table(name), row), json.dumps(row, ensure_ascii=False))
        for name, frame in frames.items()
        for row in frame.iter_rows(named=True)
    ]

    def write(link: duckdb.DuckDBPyConnection) -> None:
        link.executemany(
            "INSERT OR REPLACE INTO own_rows (table_name, row_key, cells, added) VALUES (?, ?, ?, now())",
            cells,
        )

    _transaction(write, wait)
    return {name: frame.height for name, frame in frames.items()}


def row_key(declared: Table, row: Mapping[str, Any]) -> str:
    """The key of a row as one text."""
    return json.dumps([row[name] for name in declared.key], ensure_ascii=False, default=str)


def remove(name: str, key: Iterable[str | None], wait: float = WAIT_SECONDS) -> bool:
    """Take one of the user's own rows away again; the packaged row it covered shows once more.

    Returns:
        Whether there was such a row.
    """
    declared = table(name)
    wanted = json.dumps(list(key), ensure_ascii=False)
    if not where().exists():
        return False

    def drop(link: duckdb.DuckDBPyConnection) -> bool:
        gone = link.execute(
            "DELETE FROM own_rows WHERE table_name = ? AND row_key = ? RETURNING row_key",
            [declared.name, wanted],
        ).fetchall()
        return bool(gone)

    return _transaction(drop, wait)


def add_file(path: Path, name: str | None = None, wait: float = WAIT_SECONDS) -> dict[str, int]:
    """Add the rows of a TOML file ([[commitments]], [[projects]], ...) or of a CSV with a table's header.

    Args:
        path: The file; the table of a CSV is `name`, else the file's own name without ending.
        name: Table of a CSV.
        wait: Seconds to wait for another program that holds the user's file.

    Returns:
        Rows added per table.

    Raises:
        DataError: The file cannot be read, is too large, or a row breaks its declaration.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}", "check the path") from error
    if size > BYTES_MAX:
        raise DataError(f"{path.name} has {size / 1e6:.1f} MB", f"at most {BYTES_MAX / 1e6:g} MB are read")
    if path.suffix.lower() == ".csv":
        rows = [drop_empty(row) for row in read_csv(path).iter_rows(named=True)]
        return add({name or path.stem: rows}, path.name, wait)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} is no TOML: {error}", "correct that line, or give a .csv") from error
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}", "check the path") from error
    for block, rows in told.items():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise DataError(
                f"{path.name}: {block!r} is no list of rows", f"write [[{block}]] in double brackets"
            )
    return add(told, path.name, wait)


def drop_empty(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without its empty cells."""
    return {name: value for name, value in row.items() if value is not None}


def own(name: str) -> pl.DataFrame:
    """The user's own rows of a table, in its columns and types; none where nothing was added.

    Raises:
        DataError: The user's file is held by another program or broken.
    """
    declared = table(name)
    file = where()
    if name not in OVERLAID or not file.exists():
        return pl.DataFrame(schema=declared.schema)
    beside = file.with_suffix(".duckdb.wal")
    stamps = tuple(f.stat().st_mtime_ns if f.exists() else 0 for f in (file, beside))
    return _own(name, file, stamps)


@lru_cache(maxsize=32)
def _own(name: str, file: Path, stamps: tuple[int, ...]) -> pl.DataFrame:
    declared = table(name)
    with _opened(WAIT_SECONDS) as link:
        try:
            link.execute(SHAPE)
            found = link.execute(
                "SELECT cells FROM own_rows WHERE table_name = ? ORDER BY added, row_key", [name]
            ).fetchall()
        except duckdb.Error as error:
            raise _unreadable(file, error) from error
    rows = [json.loads(cells) for (cells,) in found]
    kept = [{field: row.get(field) for field in declared.schema} for row in rows]
    frame = pl.DataFrame(kept, schema=dict.fromkeys(declared.schema, pl.String))
    return conform(declared, frame, f"your own rows of {name}")


def laid_over(name: str) -> pl.DataFrame:
    """A table with the user's own rows laid over it, and a flag `own` on those.

    A row with the key of a packaged one stands in its place; the packaged table is not touched.
    """
    declared = table(name)
    mine = own(name)
    under = store.read(name)
    if not mine.height:
        return under.with_columns(pl.lit(False).alias(OWN))
    whole = merged(declared, mine, under)
    flags = [True] * mine.height + [False] * (whole.height - mine.height)
    return whole.with_columns(pl.Series(OWN, flags))
