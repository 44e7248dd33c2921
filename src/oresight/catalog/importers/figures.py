"""Reading published cells: numbers with their qualifiers, and units.

A cell is more than a number: withheld, below, above, a range, less than half a unit, not available.
"""

import math
import re
from dataclasses import dataclass

from oresight.catalog.importers.opening import at_row, shown

TONNES: dict[str, float] = {
    "t": 1.0,
    "metric tons": 1.0,
    "metric ton": 1.0,
    "tons": 1.0,
    "metr. t": 1.0,
    "metr t": 1.0,
    "metric dry tons": 1.0,
    "thousand metric tons": 1e3,
    "thousand metric dry tons": 1e3,
    "thousand tons": 1e3,
    "kt": 1e3,
    "million metric tons": 1e6,
    "mt": 1e6,
    "kilograms": 1e-3,
    "kilogram": 1e-3,
    "kg": 1e-3,
}
"""Units of weight as the publishers write them, lower case -> tonnes."""

UNKNOWN = frozenset({"", "na", "n.a.", "..", "...", "…", "xx", "n/a"})
"""Cells that say nothing is known: blank, not available, not applicable."""

ZERO = frozenset({"—", "–", "-", "‒", "−", "--"})
"""Cells that say zero."""

WITHHELD = "w"
SMALL = re.compile(r"s|less than (½|1/2|0\.5|half)( a)? ?unit\.?", re.I)
WORDS = re.compile(r"(very )?(small|moderate|large)( to (very )?large)?", re.I)
ELSEWHERE = re.compile(r"included (in|with|elsewhere)\b.*", re.I)
SPACES = "   "
NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d{1,2})?", re.I)
RANGE = re.compile(rf"({NUMBER.pattern})\s*(?:–|—|-|to)\s*({NUMBER.pattern})", re.I)


@dataclass(frozen=True)
class Figure:
    """A published figure in the publisher's unit.

    Args:
        value: The number; for a bound the bound, for a range its middle, None where none is published.
        low, high: Ends of a range or the known bound.
        qualifier: reported, estimated, below, above, range or withheld; unknown where nothing is published.
        raw: The cell as published.
    """

    value: float | None
    low: float | None
    high: float | None
    qualifier: str
    raw: str

    def times(self, factor: float) -> "Figure":
        """The figure in another unit.

        >>> figure("1,050", "a.csv", 2).times(1000).value
        1050000.0
        """
        value, low, high = (None if v is None else v * factor for v in (self.value, self.low, self.high))
        return Figure(value, low, high, self.qualifier, self.raw)


def number(text: str) -> float | None:
    """A number with or without thousands commas; None for anything else.

    >>> number("1,050.5"), number("1,05"), number("")
    (1050.5, None, None)
    """
    cell = text.strip().replace("\xa0", "")
    if not NUMBER.fullmatch(cell):
        return None
    value = float(cell.replace(",", ""))
    return value if math.isfinite(value) else None


def figure(cell: object, file: str, row: int, estimated: bool = False) -> Figure:
    """A published cell.

    Args:
        cell: Text or number.
        file, row: For messages.
        estimated: Whether the publisher marks the row an estimate.

    Raises:
        DataError: The cell is none of what publishers write, a number below zero or not finite.

    >>> figure(">50", "a.csv", 2).qualifier, figure("50–300", "a.csv", 2).value, figure("W", "a.csv", 2).value
    ('above', 175.0, None)
    """
    plainly = "estimated" if estimated else "reported"
    if isinstance(cell, bool):
        raise at_row(file, row, f"{cell!r} is no figure", "restore the published cell")
    if isinstance(cell, int | float):
        value = float(cell)
        if not math.isfinite(value) or value < 0:
            raise at_row(file, row, f"{cell!r} is no weight", "restore the published cell")
        return Figure(value, None, None, plainly, f"{cell:g}")
    raw = str(cell if cell is not None else "").strip()
    text = raw.replace("\xa0", " ").strip()
    if text[:1] == "e" and NUMBER.fullmatch(text[1:]):
        text, plainly = text[1:], "estimated"
    folded = text.casefold()
    if folded in UNKNOWN or WORDS.fullmatch(text) or ELSEWHERE.fullmatch(text):
        return Figure(None, None, None, "unknown", raw)
    if text in ZERO:
        return Figure(0.0, None, None, plainly, raw)
    if folded == WITHHELD:
        return Figure(None, None, None, "withheld", raw)
    if SMALL.fullmatch(text):
        return Figure(0.5, 0.0, 0.5, "below", raw)
    if (value_ := number(text)) is not None:
        return Figure(value_, None, None, plainly, raw)
    if text[0] in "<≤" and (bound := number(text[1:])) is not None:
        return Figure(bound, 0.0, bound, "below", raw)
    if text[0] in ">≥" and (bound := number(text[1:])) is not None:
        return Figure(bound, bound, None, "above", raw)
    if ends := RANGE.fullmatch(text):
        low, high = number(ends[1]), number(ends[2])
        if low is not None and high is not None and low <= high:
            return Figure((low + high) / 2, low, high, "range", raw)
    raise at_row(
        file,
        row,
        f"{shown(raw)} is no figure",
        "expected are numbers, W, NA, —, E, <, >, ranges; restore the published cell",
        cell=raw[:60],
    )


def tonnes(unit: object, file: str, row: int) -> float:
    """Tonnes in a published unit of weight.

    Raises:
        DataError: Nobody knows the unit.

    >>> tonnes("thousand metric tons", "a.csv", 2)
    1000.0
    """
    key = " ".join(str(unit if unit is not None else "").replace("\xa0", " ").split()).casefold()
    if key not in TONNES:
        raise at_row(
            file,
            row,
            f"unknown unit {shown(unit)}",
            f"known are {', '.join(sorted({'metric tons', 'thousand metric tons', 'kilograms', 'kt'}))}",
            unit=str(unit)[:60],
        )
    return TONNES[key]
