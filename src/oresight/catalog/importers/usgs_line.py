"""One line of a USGS release, as every part of its importer reads it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One published figure, whatever the layout.

    Args:
        row: Row of the file, the header being 1.
        mineral: Mineral as the publisher names it, lower case.
        section: world, salient, sources, or other.
        country: As published.
        statistic: Such as production, reserves, import, price; lower case.
        detail: What exactly, as published.
        unit, year, cell, note: As published.
        estimated: Whether the publisher marks the figure an estimate.
    """

    row: int
    mineral: str
    section: str
    country: str
    statistic: str
    detail: str
    unit: str
    year: str
    cell: str
    note: str
    estimated: bool
