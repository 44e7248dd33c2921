"""The tolerances a statement is judged by, each declared once, and what a judgement says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from oresight.text.quantities import Quantity

Verdict = Literal["confirmed", "imprecise", "wrong", "unverified", "not_checkable"]
RANK: Mapping[str, int] = {"confirmed": 0, "imprecise": 1, "wrong": 2, "unverified": 3, "not_checkable": 4}


@dataclass(frozen=True)
class Tolerance:
    """A rule of judging: its name, what it allows, and its widths.

    Args:
        id: Name, as a judgement cites it.
        text: What it allows, as a sentence.
        near: Confirmed within so much.
        wide: Imprecise within so much, wrong beyond.
    """

    id: str
    text: str
    near: float = 0.0
    wide: float = 0.0


SHARE = Tolerance(
    "share",
    "A share is confirmed within 5 points of the record, imprecise within 10; of small shares within a quarter and a half.",
    0.05,
    0.10,
)
LOWER = Tolerance(
    "lower-bound",
    "'Over N' is confirmed where the record is at most 10 points above N, "
    "and imprecise, though true, further above.",
    0.10,
)
UPPER = Tolerance(
    "upper-bound",
    "'Under N' is confirmed where the record is at most 10 points below N, "
    "and imprecise, though true, further below.",
    0.10,
)
MONEY = Tolerance(
    "money",
    "A sum is confirmed within 5 % of the ledger's, imprecise within 10; 'over N' is confirmed up to 15 % above it.",
    0.05,
    0.10,
)
WEIGHT = Tolerance(
    "weight", "Tonnes are confirmed within 10 % of the record, imprecise within 25 %.", 0.10, 0.25
)
PRICE = Tolerance("price", "A price is confirmed within 5 % of the ledger's.", 0.05, 0.10)
DATE = Tolerance(
    "date",
    "A date is confirmed where an entry of the ledger falls on it as finely as it is written, imprecise up to 10 days off.",
    0.0,
    10.0,
)
YEAR = Tolerance(
    "year",
    "Where a figure names no year, the latest of the article's day counts; "
    "one of up to three years before makes it imprecise.",
    0.0,
    3.0,
)
STAGE = Tolerance(
    "stage",
    "A share of output whose stage is not named is imprecise where it is true of another stage than the first.",
)
ORDER = Tolerance(
    "rank",
    "A rank is confirmed where it is the record's, imprecise where the ranks are less than 3 points apart.",
    0.03,
)
HALF = Tolerance(
    "heavily", "'Heavily' and 'dominates' mean at least half; from 40 % on they are imprecise.", 0.5, 0.4
)
LEDGER = Tolerance(
    "ledger",
    "The ledgers of events and commitments are taken as the record up to the day of their last scan.",
)
RECORD = Tolerance(
    "record", "A statement already examined in the ledger of claims has the verdict it was given there."
)
WORDS = Tolerance("words", "What is told as a figure of speech or a possibility cannot be checked.")
NOTHING = Tolerance(
    "no-record", "Where the catalogue holds nothing that fits, nothing is confirmed and nothing denied."
)
LISTS = Tolerance(
    "list",
    "A list is confirmed where every name is on the record's and no more than a fifth of it is left out.",
    0.2,
)

TOLERANCES = (
    SHARE,
    LOWER,
    UPPER,
    MONEY,
    WEIGHT,
    PRICE,
    DATE,
    YEAR,
    STAGE,
    ORDER,
    HALF,
    LEDGER,
    RECORD,
    WORDS,
    NOTHING,
    LISTS,
)


@dataclass(frozen=True)
class Judgement:
    """What the record says of a statement.

    Args:
        verdict: Confirmed, imprecise, wrong, unverified, not checkable.
        how: In which way, one or two clauses.
        rule: Tolerance it was judged by.
        found: The right figure as a reader sees it; empty where there is none.
        unit: Unit of the figure.
        year: Year of the figure.
        corrected: The statement as the record would put it; empty where it stands.
        sources: Ids of sources and ledger rows.
    """

    verdict: Verdict
    how: str
    rule: Tolerance
    found: str = ""
    unit: str = ""
    year: int | None = None
    corrected: str = ""
    sources: tuple[str, ...] = ()


def unverified(how: str, sources: tuple[str, ...] = ()) -> Judgement:
    """The judgement where the record holds nothing that fits."""
    return Judgement("unverified", how, NOTHING, sources=sources)


def share_widths(said: float, found: float) -> tuple[float, float]:
    """How far a share may lie off: confirmed, imprecise [1].

    >>> share_widths(0.6, 0.66), share_widths(0.01, 0.03)
    ((0.05, 0.1), (0.0075, 0.015))
    """
    near = min(SHARE.near, max(0.005, 0.25 * max(said, found)))
    return near, 2 * near


def compared_share(said: Quantity, found: float) -> tuple[Verdict, str, Tolerance]:
    """How a share said compares with the record's.

    >>> from oresight.text.quantities import quantities
    >>> compared_share(quantities("over 80 %")[0], 0.91)[:2]
    ('imprecise', 'true as a lower bound; the record is 11 points above it')
    """
    near, wide = share_widths(said.value, found)
    if said.bound == "at_least":
        over = found - said.low
        # half as a floor ("most of") allows everything above it
        if over >= -1e-9:
            if over <= LOWER.near + 1e-9 or said.low == 0.5:
                return "confirmed", "within the bound said", LOWER
            return "imprecise", f"true as a lower bound; the record is {points(over)} above it", LOWER
        if -over <= near:
            return "imprecise", f"the record is {points(over)} below the bound said", LOWER
        return "wrong", f"the record is {points(over)} below the bound said", LOWER
    if said.bound == "at_most":
        under = said.high - found
        if under >= -1e-9:
            if under <= UPPER.near + 1e-9:
                return "confirmed", "within the bound said", UPPER
            return "imprecise", f"true as an upper bound; the record is {points(under)} below it", UPPER
        if -under <= near:
            return "imprecise", f"the record is {points(under)} above the bound said", UPPER
        return "wrong", f"the record is {points(under)} above the bound said", UPPER
    gap = max(said.low - found, found - said.high, 0.0)
    side = "above" if found > said.high else "below"
    if gap <= near + 1e-9:
        return (
            "confirmed",
            "as the record has it" if gap < 0.005 else f"the record is {points(gap)} {side}",
            SHARE,
        )
    if gap <= wide + 1e-9:
        return "imprecise", f"the record is {points(gap)} {side}", SHARE
    return "wrong", f"the record is {points(gap)} {side}", SHARE


def compared_size(said: Quantity, found: float, rule: Tolerance) -> tuple[Verdict, str]:
    """How a sum, weight or price compares with the record's, by ratio.

    >>> from oresight.text.quantities import quantities
    >>> compared_size(quantities("more than $2 billion")[0], 2.2e9, MONEY)[0]
    'confirmed'
    """
    if found <= 0:
        return "wrong", "the record has none"
    if said.bound == "at_least":
        ratio = found / said.low
        if 1 - 1e-9 <= ratio <= 1 + max(rule.wide, 0.15) + 1e-9:
            return "confirmed", "within the bound said"
        if ratio > 1:
            return (
                ("imprecise", "true as a lower bound, but the record is well above it")
                if ratio < 3
                else ("wrong", "the record is far above")
            )
    if said.bound == "at_most":
        ratio = found / said.high
        if 1 - max(rule.wide, 0.15) - 1e-9 <= ratio <= 1 + 1e-9:
            return "confirmed", "within the bound said"
    gap = max(said.low - found, found - said.high, 0.0) / found
    side = "above" if found > said.high else "below"
    if gap <= rule.near + 1e-9:
        return "confirmed", "as the record has it" if gap < 0.01 else f"the record is {gap:.0%} {side}"
    if gap <= rule.wide + 1e-9:
        return "imprecise", f"the record is {gap:.0%} {side}"
    return "wrong", f"the record is {gap:.0%} {side}" if gap < 1 else "the record is far off"


def points(value: float) -> str:
    """A gap between shares in points.

    >>> points(-0.11), points(0.004)
    ('11 points', '0.4 points')
    """
    size = abs(value) * 100
    return f"{size:.0f} points" if size >= 1.5 else f"{size:.1g} points" if size < 0.95 else "1 point"


def percent(share: float) -> str:
    """A share as a reader sees it.

    >>> percent(0.661), percent(0.008)
    ('66 %', '0.8 %')
    """
    return f"{share * 100:.0f} %" if share >= 0.095 or share == 0 else f"{share * 100:.2g} %"
