"""What a price is of: the grade or place that a source's own words name, without units, averages and remarks.

One source prices several grades of a metal, and words them anew in each edition: only what is left when the rest is
taken away says which figures belong to one series.
"""

import re
from html import unescape

REMARK = re.compile(r"(?<=[A-Za-z0-9%)]{2})\.\s+(?=[A-Z0-9])|\.(?=[A-Z][a-z])|;|#")
"""Where a remark begins: a new sentence (not an abbreviation, not a decimal point), a semicolon, a counter."""

LATEST = re.compile(r"\(?most recent.*$|data are estimated.*$", re.IGNORECASE)
UNITS = {
    "dkg", "dt", "dlb", "dto", "dg", "ctslb", "dollars", "cents", "cmpds", "mtl", "kglot",
}  # fmt: skip
"""Parts of a field's name that say a unit or a heading."""

WORDING = re.compile(
    r"\b(?:average unit value of imports|average annual|annual average|average unit value|average|range of values"
    r"|range of|values|unit value|imports?|global|year-?end|at foreign ports|prices?|assessment range"
    r"|(?:us )?(?:dollars|cents) per (?:dry )?(?:metric ton|kilogram|pound|troy ounce|gram)(?: unit)?"
    r"(?: of (?:silicon|tungsten trioxide))?"
    r"|cost, insurance, and freight|free on board|free alongside ship|real)\b"
    r"|\(?\bf\.[ao]\.[bs]\.\)?|\(both used\)"
)
LONGEST = 48


def grade(form: str) -> str:
    """The grade or place that a source's wording names, in lower case; empty where it names none.

    >>> grade("_High-purity_dkg (most recent year estimated)")
    'high-purity'
    >>> grade("imports, dollars per kilogram: Low-purity, primary. Estimated based on 99.99%-pure gallium. Data are")
    'low-purity, primary'
    >>> grade("average, cents per pound: U.S. spot, cathode. Source: Platts"), grade("average, dollars per pound")
    ('u.s. spot, cathode', '')
    """
    text = LATEST.sub("", REMARK.split(unescape(form))[0]).strip()
    if text.startswith("_"):
        return " ".join(p for p in text.strip("_ ").lower().split("_") if p not in UNITS)
    text = WORDING.sub(" ", text.lower())
    text = re.sub(r"(?:\s*[,:](?!\d)\s*)+", ", ", re.sub(r"\(\s*\)", " ", text))
    text = re.sub(r"\s+", " ", text).replace(" )", ")").strip(" ,:-")
    if len(text) > LONGEST:
        return f"{text[:LONGEST].rsplit(' ', 1)[0].rstrip(' ,(')} ..."
    return text
