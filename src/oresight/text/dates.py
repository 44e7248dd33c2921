"""Dates as articles write them: long, ISO, American or British, or only a month or a year."""

import datetime
import re
from dataclasses import dataclass
from typing import Literal

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
NUMBER = {name[:3]: i + 1 for i, name in enumerate(MONTHS)} | {name: i + 1 for i, name in enumerate(MONTHS)}
NUMBER["sept"] = 9
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_M = r"(?P<m>January|February|March|April|May|June|July|August|September|October|November|December|" + (
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?"
)
_Y = r"(?P<y>(?:19|20)\d\d)(?!\d)"
_D = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
ISO = re.compile(rf"(?<![\d-]){_Y}(?P<s>[-/.])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})(?!\d)")
DAY_FIRST = re.compile(rf"(?<!\d){_D}\s+(?:of\s+)?{_M},?(?:\s+{_Y})?", re.I)
MONTH_FIRST = re.compile(rf"\b{_M}\s+{_D}(?!\d|%|\s?(?:per|bn|billion|million))(?:,?\s+{_Y})?", re.I)
MONTH_YEAR = re.compile(rf"\b{_M},?\s+(?:of\s+)?{_Y}", re.I)
FIGURES = re.compile(rf"(?<!\d)(?P<a>\d{{1,2}})(?P<s>[/.])(?P<b>\d{{1,2}})(?P=s){_Y}")
MONTH = re.compile(
    rf"\b(?:in|since|last|this|by|until|till|from|early|late|mid|during|of|next|and)[\s-]+{_M}(?!\w)"
)
YEAR = re.compile(
    rf"(?<![\d.,$€£¥/-])(?<!\d\s){_Y}(?![,.]\d|%|-\d|\s*(?:%|per\s?cent|tonnes?|tons?|t\b|kg|kt|officers|people))"
)
DIGIT = re.compile(r"\d")
WEEKDAY = re.compile(r"\b(?P<w>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b")


@dataclass(frozen=True)
class Moment:
    """A date as far as it was written; None for what was not.

    Args:
        year, month, day: Parts as written.
        weekday: 0 for Monday, where only a weekday was written.
        start, end: Where it stands in the text.
        other: The same figures read the other way round, (month, day), where both readings are dates.
    """

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int
    weekday: int | None = None
    other: tuple[int, int] | None = None

    @property
    def precision(self) -> Literal["day", "month", "year", "weekday"]:
        """The finest part written."""
        if self.weekday is not None:
            return "weekday"
        if self.day is not None:
            return "day"
        return "month" if self.month is not None else "year"

    def date(self) -> datetime.date | None:
        """The day, where one was written in full."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return datetime.date(self.year, self.month, self.day)

    def fits(self, day: datetime.date) -> bool:
        """Whether a day is one this may mean.

        >>> Moment(2025, 10, None, 0, 0).fits(datetime.date(2025, 10, 20))
        True
        """
        if self.weekday is not None:
            return day.weekday() == self.weekday
        if self.year is not None and day.year != self.year:
            return False
        if self.other is not None and (day.month, day.day) == self.other:
            return True
        return (self.month is None or day.month == self.month) and (self.day is None or day.day == self.day)

    def written(self) -> str:
        """As ISO as far as it goes; in words where no year was written.

        >>> Moment(2025, 10, None, 0, 0).written()
        '2025-10'
        """
        if self.weekday is not None:
            return WEEKDAYS[self.weekday].capitalize()
        if self.year is None and self.month is not None:
            name = MONTHS[self.month - 1].capitalize()
            return f"{self.day} {name}" if self.day is not None else name
        parts = [f"{self.year}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
        if self.day is not None:
            parts.append(f"{self.day:02d}")
        return "-".join(parts)


def possible(year: int | None, month: int, day: int) -> bool:
    """Whether such a day exists."""
    try:
        datetime.date(year if year is not None else 2000, month, day)
    except ValueError:
        return False
    return True


def dates(text: str) -> list[Moment]:
    """Dates of a sentence in order; a finer reading covers a coarser one.

    >>> [d.written() for d in dates("On 9 Oct. 2025, not in July 2024 or 2010, or on 12/31/2026")]
    ['2025-10-09', '2024-07', '2010', '2026-12-31']
    """
    found: list[Moment] = []
    figures = DIGIT.search(text) is not None
    if figures:
        for hit in ISO.finditer(text):
            add(found, hit, int(hit["m"]), int(hit["d"]))
        for hit in FIGURES.finditer(text):
            add_figures(found, hit)
        for pattern in (DAY_FIRST, MONTH_FIRST):
            for hit in pattern.finditer(text):
                add(found, hit, NUMBER[hit["m"].casefold()], int(hit["d"]))
        for hit in MONTH_YEAR.finditer(text):
            add(found, hit, NUMBER[hit["m"].casefold()], None)
    for hit in MONTH.finditer(text):
        add(found, hit, NUMBER[hit["m"].casefold()], None, year=False)
    if figures:
        for hit in YEAR.finditer(text):
            add(found, hit, None, None)
    for hit in WEEKDAY.finditer(text):
        found.append(Moment(None, None, None, hit.start(), hit.end(), WEEKDAYS.index(hit["w"].lower())))
    return sorted(found, key=lambda m: m.start)


def free(found: list[Moment], hit: re.Match[str]) -> bool:
    """Whether no date already stands where this one does."""
    return all(hit.end() <= m.start or hit.start() >= m.end for m in found)


def add(
    found: list[Moment], hit: re.Match[str], month: int | None, day: int | None, year: bool = True
) -> None:
    """Note a date where it is one and its place is free."""
    at = int(hit["y"]) if year and hit["y"] else None
    if free(found, hit) and (month is None or possible(at, month, day or 1)):
        found.append(Moment(at, month, day, hit.start(), hit.end()))


def add_figures(found: list[Moment], hit: re.Match[str]) -> None:
    """Note a date in figures: British where dots stand or only so it is a date, both readings where both are."""
    a, b, year = int(hit["a"]), int(hit["b"]), int(hit["y"])
    british, american = possible(year, b, a) if b <= 12 else False, possible(year, a, b) if a <= 12 else False
    if not free(found, hit) or not (british or american):
        return
    other = (a, b) if british and american and a != b and hit["s"] == "/" else None
    month, day = (b, a) if british else (a, b)
    found.append(Moment(year, month, day, hit.start(), hit.end(), None, other))
