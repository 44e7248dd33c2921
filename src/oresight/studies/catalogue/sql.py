"""One question in SQL over all tables, read only and bounded."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import duckdb

from oresight.catalog import store
from oresight.catalog.registry import tables
from oresight.core.answer import Answer, Basis, Column, sheet
from oresight.core.errors import StudyError
from oresight.studies.basis import used
from oresight.studies.catalogue.study import ANSWER_ROWS

SECONDS = 10.0
SQL_MAX = 20_000


def query(sql: str, limit: int = ANSWER_ROWS, seconds: float = SECONDS) -> Answer:
    """The answer to one question in SQL over all tables, read only and bounded.

    The question sees the tables as views and nothing else: no files, no settings, no extensions.

    Args:
        sql: One SELECT (or FROM, WITH, VALUES) statement in DuckDB's dialect.
        limit: Most rows given back.
        seconds: Longest it may take.

    Raises:
        StudyError: It is no single question, names what is not there, fails, or takes too long.
    """
    if len(sql) > SQL_MAX:
        raise StudyError(f"a question of {len(sql)} characters", f"at most {SQL_MAX} are read")
    link = store.connect_bounded()
    try:
        statement = only_question(link, sql)
        clock = threading.Timer(seconds, link.interrupt)
        clock.daemon = True
        clock.start()
        try:
            done = link.execute(statement)
            names = [(str(d[0]), str(d[1])) for d in done.description or ()]
            found = done.fetchmany(max(limit, 0) + 1)
        finally:
            clock.cancel()
    except duckdb.InterruptException as error:
        raise StudyError(f"the question took longer than {seconds:g} s", "ask for fewer rows") from error
    except duckdb.Error as error:
        raise StudyError(
            f"the question cannot be answered: {first_line(error)}",
            "tables and fields are listed by oresight data",
        ) from error
    finally:
        link.close()
    columns = tuple(Column(unique, unique, "", kind(sort)) for unique, sort in _distinct(names))
    cut = len(found) > limit
    values = [dict(zip((c.name for c in columns), row, strict=True)) for row in found[:limit]]
    words = set(re.findall(r"\w+", sql.casefold()))
    read = [t.name for t in tables() if t.name in words]
    return Answer(
        "sql",
        "What do the tables say to this question?",
        f"{len(values):,} rows{', more were left off' if cut else ''}.",
        (sheet("result", "Result", columns, values),),
        Basis(tuple(used(name) for name in read)),
        {"sql": sql},
    )


def only_question(link: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The one statement of a text, if it only asks.

    Raises:
        StudyError: There is none, more than one, or one that writes, copies or sets.
    """
    try:
        statements = link.extract_statements(sql)
    except duckdb.Error as error:
        raise StudyError(f"the question is no SQL: {first_line(error)}", "write one SELECT") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(s.type.name for s in statements[:4]) or "no"
        raise StudyError(f"a question is one SELECT, not {kinds}", "the catalogue is read only")
    return statements[0]


def first_line(error: Exception) -> str:
    """The first line of a message, short."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _distinct(names: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    seen: dict[str, int] = {}
    for name, sort in names:
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name}_{seen[name]}"), sort


def kind(sort: str) -> Any:
    """How a face prints a DuckDB type.

    >>> kind("DOUBLE"), kind("VARCHAR")
    ('number', 'text')
    """
    lowered = sort.casefold()
    if lowered.startswith(("double", "float", "decimal")):
        return "number"
    if "int" in lowered and "interval" not in lowered:
        return "integer"
    return {"boolean": "flag", "bool": "flag", "date": "date"}.get(lowered, "text")
