"""Holding a frame to its table's declaration: columns, types, keys, ranges, vocabularies, references.

All complaints are gathered, then raised as one `DataError` that names table, row and mend.
"""

from collections.abc import Callable

import polars as pl

from oresight.catalog.declare import Field, Table
from oresight.core.errors import DataError

SHOWN = 8


TRUTH = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}


def conform(table: Table, frame: pl.DataFrame, where: str = "", first: int = 1) -> pl.DataFrame:
    """The frame in the table's columns, order and types.

    Args:
        table: The declaration.
        frame: Rows, their cells in any type that says the same.
        where: What to call the frame in messages.
        first: Number of its first row; 2 where a file has a header.

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
        cast = cast_to(each, column)
        bad = (cast.is_null() & column.is_not_null()).arg_true()
        if len(bad):
            shown = str(column[int(bad[0])])[:80]
            raise DataError(
                f"{place} row {int(bad[0]) + first}: {each.name} is {shown!r}",
                f"{KINDS[each.kind]} is needed" + (f" in {each.unit}" if each.unit else ""),
                {"table": table.name, "field": each.name, "rows": [int(b) + first for b in bad[:SHOWN]]},
            )
        columns.append(cast.alias(each.name))
    return pl.DataFrame(columns)


KINDS = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "date": "a date such as 2024-05-31",
    "flag": "yes or no",
}


def cast_to(field: Field, column: pl.Series) -> pl.Series:
    """A column in the field's type; null where a value says something else, never cut or rounded to fit.

    >>> cast_to(Field("year", "", "integer"), pl.Series([2024.0, 2024.5])).to_list()
    [2024, None]
    """
    nothing = pl.Series(column.name, [None] * len(column), dtype=field.dtype)
    try:
        if field.kind == "flag" and column.dtype == pl.String:
            lowered = column.str.strip_chars().str.to_lowercase()
            return lowered.replace_strict(TRUTH, default=None, return_dtype=pl.Boolean)
        if field.kind == "flag" and column.dtype not in (pl.Boolean, pl.Null):
            return nothing
        if field.kind == "date" and column.dtype == pl.String:
            return column.str.to_date("%Y-%m-%d", strict=False)
        if (field.kind in ("integer", "number") and column.dtype == pl.Boolean) or (
            field.kind == "date" and column.dtype not in (pl.Date, pl.Datetime, pl.Null)
        ):
            return nothing
        cast = column.cast(field.dtype, strict=False)
    except pl.exceptions.PolarsError:
        return nothing
    if field.kind == "integer" and column.dtype.is_float():
        whole = cast.cast(pl.Float64) == column.cast(pl.Float64)
        return cast.zip_with(whole.fill_null(True), nothing)
    return cast


def complaints(
    table: Table,
    frame: pl.DataFrame,
    lookup: Callable[[str], pl.Series] | None = None,
    first: int = 1,
) -> list[str]:
    """Everything in which a conforming frame breaks the table's promise, one line each.

    Args:
        table: The declaration.
        frame: Rows in the table's columns and types.
        lookup: Gives the known values of a "table.field" reference; None skips references.
        first: Number of the first row.
    """
    found: list[str] = []
    for each in table.fields:
        found += field_complaints(each, frame[each.name], lookup, first)
    twice = frame.filter(frame.select(table.key).is_duplicated())
    if twice.height:
        one = twice.select(table.key).row(0)
        found.append(f"{twice.height} rows share a key, first {dict(zip(table.key, one, strict=True))}")
    for check in table.checks:
        found += [f"{check.name}: {c}" for c in check.complaints(frame)]
    return found


def field_complaints(
    field: Field, column: pl.Series, lookup: Callable[[str], pl.Series] | None = None, first: int = 1
) -> list[str]:
    """What one column breaks: missing, nan, out of range, outside the vocabulary, unknown reference."""
    found: list[str] = []

    def note(bad: pl.Series, why: str) -> None:
        rows = bad.fill_null(False).arg_true()
        if len(rows):
            at = int(rows[0])
            value = column[at]
            shown = repr(value[:80]) if isinstance(value, str) else str(value)
            found.append(f"row {at + first}: {field.name} {shown} {why} ({len(rows)} such rows)")

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
    first: int = 1,
) -> pl.DataFrame:
    """The frame, conforming and checked.

    Args:
        table: The declaration.
        frame: Rows, their cells in any type that says the same.
        lookup: Gives the known values of a "table.field" reference; None skips references.
        where: What to call the frame in messages.
        first: Number of its first row; 2 where a file has a header.

    Raises:
        DataError: The frame breaks the declaration; its facts hold every complaint.
    """
    good = conform(table, frame, where, first)
    found = complaints(table, good, lookup, first)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise DataError(
            f"{where or table.name}: {found[0]}{more}",
            "correct the row, or declare the exception in the table's fields",
            {"table": table.name, "complaints": found[:50]},
        )
    return good
