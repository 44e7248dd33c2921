"""The catalogue itself as answers: its tables, one table's fields and origins, its rows, a question in SQL."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import duckdb
import polars as pl

from oresight.catalog import build as builder
from oresight.catalog import provenance, store
from oresight.catalog.checks import complaints
from oresight.catalog.declare import Table
from oresight.catalog.registry import table, tables
from oresight.core.answer import Answer, Assumption, Basis, Column, TableUse, sheet
from oresight.core.errors import DataError, StudyError, unknown_name
from oresight.core.progress import Reporter, silent

FORMATS = ("csv", "json", "parquet")
BATCH = 20_000
ANSWER_ROWS = 10_000
SECONDS = 10.0
SQL_MAX = 20_000
KINDS: Mapping[str, Any] = {
    "text": "text",
    "integer": "integer",
    "number": "number",
    "date": "date",
    "flag": "flag",
}
LIST = (
    Column("table", "name of the table"),
    Column("rows", "rows it holds", kind="integer"),
    Column("vintage", "edition of its figures"),
    Column("publisher", "who published them"),
    Column("licence", "licence or terms of the publishers"),
    Column("checks", "promises it is held to", kind="integer"),
    Column("complaints", "promises it breaks", kind="integer"),
    Column("kilobytes", "size of its file", "kB", "number"),
    Column("about", "what a row is"),
)
FIELDS = (
    Column("field", "name of the column"),
    Column("about", "what a value says"),
    Column("kind", "text, integer, number, date or flag"),
    Column("unit", "unit of the values; 1 for shares and indices"),
    Column("key", "whether it is part of the row's name", kind="flag"),
    Column("required", "whether every row has a value", kind="flag"),
    Column("limits", "bounds, vocabulary or the table it refers to"),
)
ORIGINS = (
    Column("table", "table the origin is declared for"),
    Column("made_for", "table it is an input of"),
    Column("publisher", "who published it"),
    Column("product", "what was published"),
    Column("published", "edition"),
    Column("licence", "licence or terms"),
    Column("accessed", "when it was read"),
    Column("url", "where it is found"),
)
PROMISES = (
    Column("check", "name of the check"),
    Column("about", "what is promised"),
    Column("kept", "whether the rows keep it", kind="flag"),
)


def known_values(reference: str) -> pl.Series:
    """Values of a "table.field" reference."""
    name, field = reference.rsplit(".", 1)
    return store.read(name)[field]


def broken(name: str) -> list[str]:
    """Everything in which a stored table breaks its promise, references included.

    Raises:
        StudyError: No table has that name.
        DataError: Its file cannot be read.
    """
    stamps = tuple(_stamp(t) for t in (name, *_referred(table(name))))
    return list(_broken(name, stamps))


@lru_cache(maxsize=256)
def _broken(name: str, stamps: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    return tuple(complaints(table(name), store.read(name), known_values))


def _referred(declared: Table) -> list[str]:
    return sorted({f.refers.rsplit(".", 1)[0] for f in declared.fields if f.refers})


def _stamp(name: str) -> tuple[str, int]:
    where = store.path(name)
    return str(where), where.stat().st_mtime_ns if where.exists() else 0


def promises(declared: Table) -> int:
    """Number of promises a table is held to: its key, its fields' limits, its own checks.

    >>> promises(table("countries")) > 5
    True
    """
    limited = [
        held
        for f in declared.fields
        for held in (f.required, f.low is not None, f.high is not None, bool(f.one_of), bool(f.refers))
    ]
    return 1 + sum(limited) + len(declared.checks)


def overview() -> Answer:
    """All tables with rows, edition, publisher, licence and whether they keep their promises."""
    records = []
    for each in tables():
        where = store.path(each.name)
        stored = where.exists()
        records.append(
            {
                "table": each.name,
                "rows": pl.scan_parquet(where).select(pl.len()).collect().item() if stored else None,
                "vintage": store.vintage(each.name),
                "publisher": publisher(each),
                "licence": licence(each),
                "checks": promises(each),
                "complaints": len(broken(each.name)) if stored else None,
                "kilobytes": where.stat().st_size / 1000 if stored else None,
                "about": each.about,
            }
        )
    held = [r for r in records if r["rows"] is not None]
    total, bad = sum(int(str(r["rows"])) for r in held), [r["table"] for r in held if r["complaints"]]
    finding = f"{len(held)} tables hold {total:,} rows; " + (
        f"{', '.join(map(str, bad))} break their promises." if bad else "all keep their promises."
    )
    missing = [str(r["table"]) for r in records if r["rows"] is None]
    cautions = (f"declared but not stored: {', '.join(missing)}",) if missing else ()
    return Answer(
        "data",
        "What does the catalogue hold?",
        finding,
        (sheet("tables", "Tables of the catalogue", LIST, records),),
        Basis(cautions=cautions),
        {"catalogue": "package" if store.folder() == store.PACKAGED else "built"},
    )


def publisher(declared: Table) -> str:
    """Publishers of a table and, where it was made from others, of those."""
    return "; ".join(dict.fromkeys(o.publisher for o in provenance.origins(declared.name)))


def licence(declared: Table) -> str:
    """Licences of a table and, where it was made from others, of those."""
    return "; ".join(dict.fromkeys(o.licence for o in provenance.origins(declared.name)))


def used(name: str) -> TableUse:
    """A table as an answer cites it, at the edition that is stored."""
    declared = table(name)
    return TableUse(name, store.vintage(name), publisher(declared), licence(declared))


def describe(name: str) -> Answer:
    """A table's fields with units and limits, its origins and inputs, checks and cautions.

    Raises:
        StudyError: No table has that name; the nearest are named.
    """
    declared = table(name)
    found = broken(name)
    fields = [
        {
            "field": f.name,
            "about": f.about,
            "kind": f.kind,
            "unit": f.unit,
            "key": f.name in declared.key,
            "required": f.required,
            "limits": limits(f.low, f.high, f.one_of, f.refers),
        }
        for f in declared.fields
    ]
    steps = provenance.walk(name)
    origins = [
        {
            "table": step.table.name,
            "made_for": step.made_for or None,
            "publisher": o.publisher,
            "product": o.product,
            "published": o.published,
            "licence": o.licence,
            "accessed": o.accessed,
            "url": o.url or None,
        }
        for step in steps
        for o in step.table.origins
    ]
    kept = [
        {"check": c.name, "about": c.about, "kept": not any(b.startswith(f"{c.name}: ") for b in found)}
        for c in declared.checks
    ]
    height = store.read(name).height
    state = "keeps its promises" if not found else f"breaks {len(found)} of its promises: {found[0]}"
    return Answer(
        "data",
        f"What is the table {name}?",
        f"{declared.about} {height:,} rows, edition {store.vintage(name)}; it {state}.",
        (
            sheet("fields", f"Fields of {name}", FIELDS, fields),
            sheet("origins", "Where its figures were published", ORIGINS, origins),
            sheet("checks", "Checks of its own", PROMISES, kept),
        ),
        Basis((used(name),), cautions=declared.cautions),
        {"table": name, "inputs": list(declared.inputs)},
    )


def limits(low: float | None, high: float | None, one_of: tuple[str, ...], refers: str) -> str | None:
    """A field's limits in words.

    >>> limits(0, 1, (), ""), limits(None, None, ("a", "b"), "")
    ('0 to 1', 'a, b')
    """
    if refers:
        return f"in {refers}"
    if one_of:
        return ", ".join(one_of)
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None or high is not None:
        return f"at least {low:g}" if low is not None else f"at most {high:g}"
    return None


def rows(name: str, limit: int = ANSWER_ROWS) -> Answer:
    """The first rows of a table as an answer.

    Raises:
        StudyError: No table has that name.
    """
    declared = table(name)
    frame = store.read(name)
    shown = frame.head(max(limit, 0))
    columns = tuple(Column(f.name, f.about, f.unit, KINDS[f.kind]) for f in declared.fields)
    cut = f", the first {shown.height:,} here" if shown.height < frame.height else ""
    return Answer(
        "data",
        f"What does the table {name} hold?",
        f"{declared.about} {frame.height:,} rows{cut}.",
        (sheet(name, declared.about, columns, shown.iter_rows(named=True)),),
        Basis((used(name),), assumptions=assumed(frame, name), cautions=declared.cautions),
        {"table": name},
    )


def assumed(frame: pl.DataFrame, name: str) -> tuple[Assumption, ...]:
    """Says how many rows of a table nobody published."""
    if "confidence" not in frame.columns:
        return ()
    count = frame.filter(pl.col("confidence") == "assumption").height
    return (Assumption(name, f"{count:,} of {frame.height:,} rows are assumptions"),) if count else ()


def export(name: str, form: str, stream: IO[bytes]) -> int:
    """Write a whole table to a stream, some thousand rows at a time.

    CSV has a header and empty cells for unknown values; JSON is one array with one object a line; Parquet is
    the stored file.

    Args:
        name: Table.
        form: csv, json or parquet.
        stream: Where to, in bytes, such as standard output's buffer.

    Returns:
        Rows written.

    Raises:
        StudyError: No table or format has that name.
        DataError: The stream cannot take it (disk full); a closed pipe is the face's to notice.
    """
    frame = store.read(name)
    if form not in FORMATS:
        raise unknown_name("format", form, FORMATS)
    writers: Mapping[str, Callable[[pl.DataFrame, IO[bytes]], None]] = {
        "csv": _csv,
        "json": _json,
        "parquet": lambda f, s: f.write_parquet(s, compression="zstd", statistics=True),
    }
    try:
        writers[form](frame, stream)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DataError(
            f"writing {name} as {form} failed: {error.strerror}", "free space or write elsewhere"
        ) from error
    return frame.height


def _batches(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from frame.iter_slices(BATCH)


def _csv(frame: pl.DataFrame, stream: IO[bytes]) -> None:
    stream.write(frame.head(0).write_csv().encode())
    for batch in _batches(frame):
        stream.write(batch.write_csv(include_header=False).encode())


def _json(frame: pl.DataFrame, stream: IO[bytes]) -> None:
    stream.write(b"[")
    first = True
    for batch in _batches(frame):
        lines = batch.write_ndjson().encode().rstrip(b"\n")
        if lines:
            stream.write(b"\n" if first else b",\n")
            stream.write(lines.replace(b"}\n{", b"},\n{"))
            first = False
    stream.write(b"\n]\n")


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


FILES = (
    Column("file", "official file"),
    Column("publisher", "whose it is"),
    Column("vintage", "its edition"),
    Column("rows", "rows taken from it", kind="integer"),
    Column("tables", "tables they stand in"),
    Column("notes", "what was left out and why"),
    Column("sha256", "its digest", kind="id"),
)
CHANGES = (
    Column("table", "table that changed"),
    Column("vintage_before", "edition before"),
    Column("vintage", "edition now"),
    Column("rows_before", "rows before", kind="integer"),
    Column("rows", "rows now", kind="integer"),
    Column("compared", "figures also in the publisher's last edition", kind="integer"),
    Column("revised", "of those, changed by more than one in a thousand", kind="integer"),
    Column("largest", "largest revision"),
)


def build(
    source: Path,
    vintage: str | None = None,
    home: Path | None = None,
    reporter: Reporter = silent,
    smaller: bool = False,
) -> Answer:
    """Rebuild the user's catalogue from a folder of official files and say what changed.

    Args:
        source: Folder of files as downloaded.
        vintage: Editions where files do not state their own, such as `usgs=2027`.
        home: Folder of the built catalogue; the user's own by default.
        reporter: Told how far it is.
        smaller: Take files that bring less than half of the rows they stand in for.

    Raises:
        DataError: A file or row breaks a promise; the old tables are untouched.
    """
    done = builder.build(source, vintage, home, reporter, smaller)
    files = [
        {
            "file": f.name,
            "publisher": f.publisher,
            "vintage": f.vintage,
            "rows": sum(f.rows.values()),
            "tables": ", ".join(f"{name} {count:,}" for name, count in f.rows.items()),
            "notes": "; ".join(f.notes) or None,
            "sha256": f.sha256,
        }
        for f in done.files
    ]
    files += [{"file": name, "notes": "not recognised"} for name in done.unrecognised]
    changes = [
        {
            "table": c.table,
            "vintage_before": c.vintage_before,
            "vintage": c.vintage,
            "rows_before": c.rows_before,
            "rows": c.rows,
            "compared": c.compared,
            "revised": c.revised,
            "largest": c.largest or None,
        }
        for c in done.changes
    ]
    taken = sum(sum(f.rows.values()) for f in done.files)
    strange = f"; not recognised: {', '.join(done.unrecognised)}" if done.unrecognised else ""
    return Answer(
        "data build",
        "What do the official files change?",
        f"{taken:,} rows of {len(done.files)} official files stand in {len(done.changes)} tables{strange}.",
        (
            sheet("files", "Official files", FILES, files),
            sheet("changes", "Tables that changed", CHANGES, changes),
        ),
        Basis(cautions=done.cautions),
        {"from": source.name},
    )
