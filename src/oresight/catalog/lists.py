"""Cells that hold several values, separated by semicolons: reading them and holding them to a pattern.

Used where a row names a handful of countries, commodities or other rows and a table of pairs would hide
the row's sense from whoever reviews it.
"""

import re
from collections.abc import Callable, Iterable

import polars as pl

from oresight.catalog.declare import Check

COUNTRY = r"[A-Z]{3}|EU27"
"""A single country or the European Union."""


def parts(cell: str | None) -> tuple[str, ...]:
    """The values of a cell, in order, trimmed; none for an empty cell.

    >>> parts("USA; AUS")
    ('USA', 'AUS')
    >>> parts(None)
    ()
    """
    return tuple(p for p in (part.strip() for part in (cell or "").split(";")) if p)


def joined(values: Iterable[str]) -> str | None:
    """Values as one cell, each once, in order; None for no value.

    >>> joined(["USA", "AUS", "USA"])
    'USA;AUS'
    """
    return ";".join(dict.fromkeys(values)) or None


def listed(field: str, pattern: str, what: str) -> Check:
    """A check that every value of a list field has the form it should.

    Args:
        field: The list field.
        pattern: Regular expression each value must match as a whole.
        what: What the values are, for the complaint.
    """
    form = re.compile(pattern)

    def complaints(frame: pl.DataFrame) -> list[str]:
        wrong = (
            (row, value)
            for row, cell in enumerate(frame[field], start=1)
            for value in parts(cell)
            if not form.fullmatch(value)
        )
        return [f"row {row}: {field} holds {value!r}, no {what}" for row, value in wrong]

    return Check(f"{field} values", f"every value of {field} is a {what}", complaints)


def ordered(first: str, last: str) -> Check:
    """A check that one date is not after another where both are known."""

    def complaints(frame: pl.DataFrame) -> list[str]:
        wrong = frame.filter(pl.col(first) > pl.col(last))
        return [f"{row['id']}: {first} is after {last}" for row in wrong.iter_rows(named=True)]

    return Check(f"{first} to {last}", f"{first} is not after {last}", complaints)


def known_rows(field: str, targets: Callable[[pl.DataFrame], Iterable[str]] | None = None) -> Check:
    """A check that a list field names only rows of its own table."""

    def complaints(frame: pl.DataFrame) -> list[str]:
        known = set(targets(frame) if targets else frame["id"])
        return [
            f"row {row}: {field} names {value!r}, which is no row"
            for row, cell in enumerate(frame[field], start=1)
            for value in parts(cell)
            if value not in known
        ]

    return Check(f"{field} rows", f"{field} names rows of this table", complaints)
