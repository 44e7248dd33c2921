"""Numbers, units, currencies and hedges as texts write them."""

import re
from typing import Literal

POUND, SHORT_TON = 0.45359237e-3, 0.90718474
"""Tonnes in a pound and in a short ton, exact by definition."""
Sort = Literal["share", "points", "money", "price", "weight", "ratio", "number"]
Bound = Literal["exact", "about", "at_least", "at_most"]
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
