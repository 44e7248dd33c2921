"""The catalogue itself as answers: its tables, one table's fields and origins, its rows."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import polars as pl

from oresight.catalog import provenance, store
from oresight.catalog.checks import complaints
from oresight.catalog.declare import Table
from oresight.catalog.registry import table, tables
from oresight.core.answer import Answer, Assumption, Basis, Column, sheet
from oresight.studies.basis import licence, publisher, used

ANSWER_ROWS = 10_000
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
