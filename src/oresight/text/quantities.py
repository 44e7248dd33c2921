"""Quantities as articles write them: shares, money, prices, weights, counts, with how exactly they are meant."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Sort = Literal["share", "points", "money", "price", "weight", "ratio", "number"]
Bound = Literal["exact", "about", "at_least", "at_most"]

POUND, SHORT_TON = 0.45359237e-3, 0.90718474
"""Tonnes in a pound and in a short ton, exact by definition."""

UNITS = dict(
    zip(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(20),
        strict=True,
    )
)
TENS = {
    w: 10 * (i + 2)
    for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
PARTS = {
    "half": 2,
    "halve": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
SCALES = {
    "trillion": 1e12,
    "tn": 1e12,
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "million": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "m": 1e6,
    "thousand": 1e3,
    "k": 1e3,
    "": 1.0,
}
CURRENCIES = {
    "us$": "USD",
    "a$": "AUD",
    "au$": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "r$": "BRL",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
} | {code.lower(): code for code in ["USD", "EUR", "GBP", "AUD", "CAD", "JPY", "CNY", "INR", "KRW", "BRL"]}
CURRENCIES["rmb"] = "CNY"
COINS = {
    "dollar": "USD",
    "us dollar": "USD",
    "american dollar": "USD",
    "australian dollar": "AUD",
    "canadian dollar": "CAD",
    "euro": "EUR",
    "yen": "JPY",
    "yuan": "CNY",
    "rupee": "INR",
    "won": "KRW",
    "real": "BRL",
    "pound sterling": "GBP",
}
WEIGHTS = {
    "t": 1.0,
    "tpa": 1.0,
    "tpy": 1.0,
    "ton": 1.0,
    "tonne": 1.0,
    "metric ton": 1.0,
    "metric tonne": 1.0,
    "short ton": SHORT_TON,
    "kt": 1e3,
    "ktpa": 1e3,
    "kiloton": 1e3,
    "kilotonne": 1e3,
    "mt": 1e6,
    "kg": 1e-3,
    "kilo": 1e-3,
    "kilogram": 1e-3,
    "kilogramme": 1e-3,
    "lb": POUND,
    "pound": POUND,
}

_WORD = "|".join([*sorted((*UNITS, *TENS), key=len, reverse=True), "hundred", "thousand"])
_SPELLED = rf"(?:a\s+hundred|(?:{_WORD})(?:(?:\s+and\s+|[\s-]+)(?:{_WORD})){{0,7}})(?![\w])"
_FIGURE = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[ '’]\d{3})+(?!\d)|"
    r"\d+,\d{1,2}(?=\s?(?:%|per|bn|billion|million))|\d+(?:\.\d+)?"
)
_VULGAR = "".join(c for c in map(chr, [*range(0xBC, 0xBF), *range(0x2150, 0x215F)]))
NUMBER = re.compile(
    rf"(?<![\w.,])(?<![A-Za-z]-)(?:(?P<f>{_FIGURE})(?P<v>[{_VULGAR}])?|(?P<w>{_SPELLED})|(?P<o>[{_VULGAR}]))",
    re.I,
)
CURRENCY = re.compile(
    r"(US\$|AU?\$|CA?\$|R\$|[$€£¥₹₩]|\b(?:USD|EUR|GBP|AUD|CAD|JPY|CNY|RMB|INR|KRW|BRL))\s?$", re.I
)
SCALE = re.compile(r"[\s-]?(trillion|billion|million|thousand|tn|bn|mn|mln)\b|(m|b|k)\b", re.I)
PERCENT = re.compile(r"[\s-]?(?:%|per\s?cent\b|per-cent\b|percent\b|pct\b|p\.c\.)", re.I)
POINTS = re.compile(r"[\s-]?(?:percentage\s+points?|p\.?p\.?s?\b|%\s*points?|percent\s+points?)", re.I)
COIN = re.compile(
    r"[\s-]?((?:US|U\.S\.|American|Australian|Canadian)\s+)?(dollar|euro|yen|yuan|rupee|won|real|pound\s+sterling|USD|EUR|GBP|AUD|"
    r"CAD|JPY|CNY|RMB|INR|KRW|BRL)s?\b",
    re.I,
)
WEIGHT = re.compile(
    r"[\s-]?(metric\s+tonnes?|metric\s+tons?|short\s+tons?|kilotonnes?|kilotons?|kilogram(?:me)?s?|tonnes?|tons?|ktpa|tpa|"
    r"tpy|kilos?|pounds?|lbs?|kt|kg|Mt|mt|t)\b(?!\s+sterling)"
)
PER = re.compile(
    r"\s?(?:/|per\b|a\b|an\b)\s?(kilogram(?:me)?|kilo|kg|metric\s+tonn?e?|tonne|ton|short\s+ton|pound|lb|mt|t)\b",
    re.I,
)
RANGE = re.compile(r"\s?(?:-|–|—|to)\s?(?=[$€£¥₹₩A-Z]{0,3}\$?\d|[a-z])", re.I)
AND = re.compile(r"\s+and\s+", re.I)
OUT_OF = re.compile(
    r"\s+(?:out\s+)?of\s+(?:every\s+)?(?:the\s+|its\s+|some\s+|all\s+)?(?:top\s+|world[’']s\s+|most\s+important\s+)?",
    re.I,
)
IN_TEN = re.compile(r"\s+in\s+(?:every\s+)?(?=ten\b|10\b|five\b|5\b|four\b|three\b|100\b|twenty\b)", re.I)
PART = re.compile(
    r"\b(?P<n>an?|one|two|three|four|five|six|seven|eight|nine|\d)[\s-](?P<p>half|third|quarter|fourth|fifth|sixth|seventh|eighth|"
    r"ninth|tenth)s?\b(?!\s*-?\s*(?:largest|biggest|country|countries|party|parties|year|of\s+20\d\d|time|round|\w*est\b))",
    re.I,
)
HALF = re.compile(
    r"(?<!first )(?<!second )(?<!a )(?<!one )(?<!other )\bhalf\b(?=\s+(?:of|the|its|their|all|world)\b|[.,;)]|\s*$)",
    re.I,
)
MOST = re.compile(
    r"\b(?:(?:the\s+|a\s+)?(?:vast\s+|overwhelming\s+)?majority\s+of|(?:the\s+)?bulk\s+of|most\s+of|lion[’']s\s+share\s+of)",
    re.I,
)
ALL = re.compile(
    r"\b(?P<q>virtually|nearly|almost|practically|essentially)?\s*\ball\s+(?:of\s+)?(?=the\s|its\s|their\s|world)",
    re.I,
)

QUANTITIES_MAX = 60
"""Most quantities read in one sentence."""

AT_LEAST = re.compile(
    r"(?:\bover|(?<!\bno\s)(?<!\bnot\s)\bmore\s+than|\babove|\bat\s+least|(?<!\bnot\s)\bexceed(?:s|ed|ing)?|\bupwards\s+of|\bnorth\s+of|\bno\s+(?:less|fewer)\s+than|"
    r"\bnot\s+less\s+than|\bin\s+excess\s+of|\bsurpass(?:es|ed|ing)?|\bas\s+(?:little|few)\s+as|\bminimum\s+of|\bgreater\s+than|>|≥|\btops?|\bwell\s+over)"
    r"\s*(?:the\s+|an?\s+estimated\s+|an?\s+)?$",
    re.I,
)
AT_MOST = re.compile(
    r"(?:\bunder|(?<!\bno\s)(?<!\bnot\s)\bless\s+than|(?<!\bno\s)\bfewer\s+than|\bbelow|\bat\s+most|\bup\s+to|\bno\s+more\s+than|\bnot\s+more\s+than|\bmaximum\s+of|"
    r"\bas\s+much\s+as|\bas\s+many\s+as|\bsouth\s+of|<|≤|\bcapped\s+at|\bnot\s+exceed(?:ing)?)\s*(?:the\s+|an?\s+)?$",
    re.I,
)
ABOUT = re.compile(
    r"(?:\babout|\baround|\broughly|\bapproximately|\bsome|\bcirca|\bca\.?|~|≈|\bestimated|\bnearly|\balmost|\bclose\s+to|\bjust\s+(?:under|over)|"
    r"\bvirtually|\bnear|\bapprox\.?|\bor\s+so)\s*(?:the\s+|an?\s+)?$",
    re.I,
)
OR_MORE = re.compile(r"\s*(?:\+|plus\b|or\s+more\b|or\s+higher\b|-plus\b)", re.I)
OR_LESS = re.compile(r"\s*(?:or\s+less\b|or\s+fewer\b)", re.I)


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
