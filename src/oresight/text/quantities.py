"""Quantities as articles write them: shares, money, prices, weights, counts, with how exactly they are meant."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from oresight.text.quantity_words import (
    ABOUT,
    ALL,
    AND,
    AT_LEAST,
    AT_MOST,
    COIN,
    COINS,
    CURRENCIES,
    CURRENCY,
    HALF,
    IN_TEN,
    MOST,
    NUMBER,
    OR_LESS,
    OR_MORE,
    OUT_OF,
    PART,
    PARTS,
    PER,
    PERCENT,
    POINTS,
    RANGE,
    SCALE,
    SCALES,
    TENS,
    UNITS,
    WEIGHT,
    WEIGHTS,
    Bound,
    Sort,
)

QUANTITIES_MAX = 60
"""Most quantities read in one sentence."""


@dataclass(frozen=True)
class Quantity:
    """A quantity as written, in canonical units.

    Args:
        sort: Share [1], points [1], money [currency], price [currency/t], weight [t], ratio [count], number.
        low, high: Ends of the range; equal where one figure stands.
        bound: Whether it is meant exactly, about, as at least or as at most.
        unit: "1", a currency, currency/t, "t" or "".
        start, end: Where it stands, its bound left out.
        of: The whole of a ratio: 20 in "19 of 20".
    """

    sort: Sort
    low: float
    high: float
    bound: Bound
    unit: str
    start: int
    end: int
    of: float | None = None

    @property
    def value(self) -> float:
        """The figure, or the middle of the range."""
        return (self.low + self.high) / 2


def figure(hit: re.Match[str]) -> float:
    """The value of a number written in figures, words or both.

    >>> figure(NUMBER.match("1,250.5")), figure(NUMBER.match("twenty-five")), figure(NUMBER.match("2\\u00bd"))
    (1250.5, 25.0, 2.5)
    """
    if hit["w"]:
        return spelled(hit["w"])
    if hit["o"]:
        return unicodedata.numeric(hit["o"])
    written = hit["f"].replace("’", "").replace("'", "").replace(" ", "")
    head, _, tail = written.rpartition(",")
    if head and len(tail) in (1, 2):
        written = f"{head}.{tail}"
    value = float(written.replace(",", "")) if len(written) <= 30 else float("inf")
    return value + (unicodedata.numeric(hit["v"]) if hit["v"] else 0.0)


def spelled(words: str) -> float:
    """The value of a number in words.

    >>> spelled("three hundred and five"), spelled("nineteen")
    (305.0, 19.0)
    """
    total = part = 0.0
    for word in re.split(r"[\s-]+", words.casefold()):
        if word in UNITS:
            part += UNITS[word]
        elif word in TENS:
            part += TENS[word]
        elif word == "hundred":
            part = (part or 1.0) * 100
        elif word == "thousand":
            total, part = total + (part or 1.0) * 1000, 0.0
    return total + part


def quantities(text: str, taken: Iterable[tuple[int, int]] = ()) -> list[Quantity]:
    """Quantities of a sentence in order.

    Args:
        text: The sentence.
        taken: Spans that are something else already, such as dates.

    >>> [(q.sort, q.low, q.bound) for q in quantities("over 80 per cent, three fifths, US$8.5bn and 19 out of 20")]
    [('share', 0.8, 'at_least'), ('share', 0.6, 'exact'), ('money', 8500000000.0, 'exact'), ('ratio', 19.0, 'exact')]
    """
    blocked = list(taken)
    found: list[Quantity] = []

    def free(a: int, b: int) -> bool:
        return all(b <= x or a >= y for x, y in blocked)

    for hit in PART.finditer(text):
        if not free(*hit.span()):
            continue
        count = 1.0 if hit["n"].casefold() in ("a", "an", "one") else spelled_or_figure(hit["n"])
        share = count / PARTS[hit["p"].casefold().rstrip("s")]
        if share <= 1:
            note(found, blocked, text, "share", share, share, "1", hit.start(), hit.end())
    for pattern, share in ((HALF, 0.5), (MOST, 0.5), (ALL, 1.0)):
        for hit in pattern.finditer(text):
            if free(*hit.span()):
                bound: Bound | None = (
                    "at_least" if pattern is MOST else "about" if pattern is ALL and hit["q"] else None
                )
                note(found, blocked, text, "share", share, share, "1", hit.start(), hit.end(), bound)
    at = 0
    while len(found) < QUANTITIES_MAX:
        number = NUMBER.search(text, at)
        if number is None:
            break
        hit = number
        at = hit.end()
        if not free(*hit.span()):
            continue
        read = one(text, hit)
        if read is not None and free(read.start, read.end):
            found.append(read)
            blocked.append((read.start, read.end))
            at = max(at, read.end)
    return sorted(found, key=lambda q: q.start)


def spelled_or_figure(text: str) -> float:
    """A small number in words or figures."""
    return float(text) if text.isdigit() else spelled(text)


def note(
    found: list[Quantity],
    blocked: list[tuple[int, int]],
    text: str,
    sort: Sort,
    low: float,
    high: float,
    unit: str,
    start: int,
    end: int,
    bound: Bound | None = None,
) -> None:
    """Keep a quantity and the place it takes."""
    found.append(Quantity(sort, low, high, bound or meant(text, start, end), unit, start, end))
    blocked.append((start, end))


def meant(text: str, start: int, end: int) -> Bound:
    """How exactly a figure is meant, from the words before and after it."""
    before = text[max(start - 40, 0) : start]
    if AT_LEAST.search(before) or OR_MORE.match(text, end):
        return "at_least"
    if AT_MOST.search(before) or OR_LESS.match(text, end):
        return "at_most"
    return "about" if ABOUT.search(before) else "exact"


def one(text: str, hit: re.Match[str]) -> Quantity | None:
    """The quantity that begins with a number; None for a bare one in words."""
    low = high = figure(hit)
    end = hit.end()
    start = hit.start()
    coin = CURRENCY.search(text[max(start - 5, 0) : start])
    if coin:
        start -= len(coin.group(0))
    scale, end = scaled(text, end)
    low_scale = scale
    ranged = RANGE.match(text, end)
    between = re.search(r"\b(?:between|from)\s*$", text[max(start - 10, 0) : start], re.I)
    if between and not ranged:
        percent = PERCENT.match(text, end)
        ranged = AND.match(text, percent.end() if percent else end)
    elif not ranged:
        # the low end of a range often leaves its unit to the high end, but may carry it too: 60% to 70%
        percent = PERCENT.match(text, end)
        ranged = RANGE.match(text, percent.end()) if percent else None
    if ranged:
        second_coin = re.compile(r"(?:US\$|A\$|C\$|[$€£¥₹])?").match(text, ranged.end())
        other = NUMBER.match(text, second_coin.end()) if second_coin else None
        if other is not None and (other["f"] or hit["w"]):
            value = figure(other)
            scale, after = scaled(text, other.end())
            if value * scale >= low * (low_scale if low_scale > 1 else scale) and unit_follows(
                text, after, bool(coin)
            ):
                high, end = value, after
                if low_scale == 1.0:
                    low_scale = scale
            else:
                scale = low_scale
    low, high = low * low_scale, high * scale
    return named(text, low, high, start, end, coin, hit)


def unit_follows(text: str, at: int, coin: bool) -> bool:
    """Whether a unit stands there, so that a dash before it was a range."""
    return coin or any(p.match(text, at) for p in (PERCENT, POINTS, COIN, WEIGHT))


def scaled(text: str, at: int) -> tuple[float, int]:
    """The multiplier that stands there, and where it ends."""
    hit = SCALE.match(text, at)
    if hit is None:
        return 1.0, at
    return SCALES[(hit.group(1) or hit.group(2)).casefold()], hit.end()


def named(
    text: str, low: float, high: float, start: int, end: int, coin: re.Match[str] | None, hit: re.Match[str]
) -> Quantity | None:
    """A figure with the unit that follows or precedes it."""

    def made(sort: Sort, factor: float, unit: str, last: int, of: float | None = None) -> Quantity:
        return Quantity(sort, low * factor, high * factor, meant(text, start, last), unit, start, last, of)

    points = POINTS.match(text, end)
    if points:
        return made("points", 0.01, "1", points.end())
    percent = PERCENT.match(text, end)
    if percent:
        return made("share", 0.01, "1", percent.end())
    currency = CURRENCIES[coin.group(1).casefold()] if coin else None
    if currency is None:
        tail = COIN.match(text, end)
        if tail:
            owner = (tail.group(1) or "").strip().casefold().replace("u.s.", "us")
            word = " ".join(tail.group(2).casefold().split())
            currency = COINS.get(f"{owner} {word}".strip(), COINS.get(word)) or CURRENCIES.get(word)
            end = tail.end()
    if currency is not None:
        per = PER.match(text, end)
        if per:
            weight = WEIGHTS[" ".join(per.group(1).casefold().split())]
            return made("price", 1 / weight, f"{currency}/t", per.end())
        return made("money", 1.0, currency, end)
    weight_hit = WEIGHT.match(text, end)
    if weight_hit and not (hit["w"] and weight_hit.group(1) in ("t", "mt")):
        unit = " ".join(weight_hit.group(1).casefold().split())
        # "5 mt" is written for metric tons and for millions of tons: unknown, so no weight
        if weight_hit.group(1) != "mt":
            return made(
                "weight", WEIGHTS.get(unit, WEIGHTS.get(unit.rstrip("s"), 1.0)), "t", weight_hit.end()
            )
    tens = IN_TEN.match(text, end)
    if tens:
        whole = NUMBER.match(text, tens.end())
        if whole and low <= figure(whole):
            return replace(made("share", 1 / figure(whole), "1", whole.end()))
    out = OUT_OF.match(text, end)
    if out:
        whole = NUMBER.match(text, out.end())
        if (
            whole
            and low <= figure(whole) <= 200
            and figure(whole) >= 2
            and not PERCENT.match(text, whole.end())
        ):
            return made("ratio", 1.0, "", whole.end(), figure(whole))
    if hit["o"] and re.match(r"\s+of\b", text[end : end + 4]):
        return made("share", 1.0, "1", end)
    return None if hit["w"] else made("number", 1.0, "", end)
