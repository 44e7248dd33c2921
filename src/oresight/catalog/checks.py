"""Holding a frame to its table's declaration: columns, types, keys, ranges, vocabularies, references.

All complaints are gathered, then raised as one `DataError` that names table, row and mend.
"""

from collections.abc import Callable

import polars as pl

from oresight.catalog.declare import Field, Table
from oresight.core.errors import DataError

SHOWN = 8


def conform(table: Table, frame: pl.DataFrame, where: str = "") -> pl.DataFrame:
    """The frame in the table's columns, order and types.

    Raises:
        DataError: A column is missing or unknown, or a value does not fit its type; names the row.
    """
    place = where or table.name
    missing = [n for n in table.schema if n not in frame.columns]
    unknown = [c for c in frame.columns if c not in table.schema]
    if missing or unknown:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has unknown {', '.join(unknown[:SHOWN])}"] if unknown else []
        raise DataError(
            f"{place}: the header {' and '.join(parts)}",
            f"expected columns are {', '.join(table.schema)}",
            {"table": table.name, "missing": missing, "unknown": unknown},
        )
    columns = []
    for each in table.fields:
        column = frame[each.name]
        cast = column.cast(each.dtype, strict=False)
        bad = (cast.is_null() & column.is_not_null()).arg_true()
        if len(bad):
            raise DataError(
                f"{place} row {int(bad[0]) + 1}: {each.name} is {column[int(bad[0])]!r}",
                f"a {each.kind} is needed" + (f" in {each.unit}" if each.unit else ""),
                {"table": table.name, "field": each.name, "rows": [int(b) + 1 for b in bad[:SHOWN]]},
            )
        columns.append(cast.alias(each.name))
    return pl.DataFrame(columns)


def complaints(
    table: Table, frame: pl.DataFrame, lookup: Callable[[str], pl.Series] | None = None
) -> list[str]:
    """Everything in which a conforming frame breaks the table's promise, one line each.

    Args:
        table: The declaration.
        frame: Rows in the table's columns and types.
        lookup: Gives the known values of a "table.field" reference; None skips references.
    """
    found: list[str] = []
    for each in table.fields:
        found += field_complaints(each, frame[each.name], lookup)
    twice = frame.filter(frame.select(table.key).is_duplicated())
    if twice.height:
        first = twice.select(table.key).row(0)
        found.append(f"{twice.height} rows share a key, first {dict(zip(table.key, first, strict=True))}")
    for check in table.checks:
        found += [f"{check.name}: {c}" for c in check.complaints(frame)]
    return found


def field_complaints(
    field: Field, column: pl.Series, lookup: Callable[[str], pl.Series] | None = None
) -> list[str]:
    """What one column breaks: missing, nan, out of range, outside the vocabulary, unknown reference."""
    found: list[str] = []

    def note(bad: pl.Series, why: str) -> None:
        rows = bad.fill_null(False).arg_true()
        if len(rows):
            at = int(rows[0])
            found.append(f"row {at + 1}: {field.name} {column[at]!r} {why} ({len(rows)} such rows)")

    if field.required:
        note(column.is_null(), "is missing")
    if column.dtype.is_float():
        note(column.is_not_null() & ~column.is_finite().fill_null(True), "is not a finite number")
    if field.low is not None:
        note(column < field.low, f"is below {field.low:g} {field.unit}".rstrip())
    if field.high is not None:
        note(column > field.high, f"is above {field.high:g} {field.unit}".rstrip())
    text = column.cast(pl.String) if not column.dtype.is_numeric() else column
    if field.one_of:
        note(column.is_not_null() & ~text.is_in(list(field.one_of)), f"is none of {', '.join(field.one_of)}")
    if field.refers and lookup is not None:
        known = lookup(field.refers).cast(text.dtype)
        note(column.is_not_null() & ~text.is_in(known.implode()), f"is not in {field.refers}")
    return found


def validate(
    table: Table,
    frame: pl.DataFrame,
    lookup: Callable[[str], pl.Series] | None = None,
    where: str = "",
) -> pl.DataFrame:
    """The frame, conforming and checked.

    Raises:
        DataError: The frame breaks the declaration; its facts hold every complaint.
    """
    good = conform(table, frame, where)
    found = complaints(table, good, lookup)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise DataError(
            f"{where or table.name}: {found[0]}{more}",
            "correct the row, or declare the exception in the table's fields",
            {"table": table.name, "complaints": found[:50]},
        )
    return good
