"""Substitution as a lever: the part of a commodity's use that something else could serve, how soon, at what loss."""

import re
from dataclasses import dataclass

import polars as pl

from oresight.catalog.overlay import laid_over
from oresight.studies.markets import uses

COMMON = {"and", "other", "of", "the", "incl", "mostly", "metal", "general", "alloys", "products", "uses"}


@dataclass(frozen=True)
class Substitute:
    """What can take a commodity's place.

    Args:
        commodity, end_use, substitute: What replaces it where.
        share: Of the commodity's use that this end use is [1].
        in_one, in_five: Of that end use, replaceable within one and five years [1].
        penalty: Loss as a share of the value of the use [1].
        source, confidence: Of the row; shares are nearly always assumed.
    """

    commodity: str
    end_use: str
    substitute: str
    share: float
    in_one: float
    in_five: float
    penalty: float
    source: str
    confidence: str


def words(text: str) -> set[str]:
    """Telling words of a use, singular.

    >>> sorted(words("ITO flat panels"))
    ['flat', 'ito', 'panel']
    """
    found = {w.rstrip("s") for w in re.findall(r"[a-z]+", text.lower()) if len(w) > 2}
    return found - {w.rstrip("s") for w in COMMON}


def substitutes(commodity: str) -> list[Substitute]:
    """Substitutes whose use is among the commodity's end uses, the best one per end use.

    A row is matched to the end use with which it shares most telling words, and left out where it shares none: its
    weight in total use is then unknown.
    """
    u = uses(commodity)
    normal = [i for i, p in enumerate(u.priority) if p == "normal"]
    best: dict[int, Substitute] = {}
    for row in laid_over("substitution").filter(pl.col("commodity") == commodity).iter_rows(named=True):
        own = words(row["end_use"])
        score = {i: len(own & words(u.label[i])) for i in normal}
        at = max(score, key=lambda i: (score[i], -i), default=None)
        if at is None or score[at] == 0 or row["share_5y"] <= 0:
            continue
        found = Substitute(
            commodity,
            u.label[at],
            row["substitute"],
            u.share[at],
            float(row["share_1y"]),
            float(row["share_5y"]),
            float(row["penalty"]),
            row["source_id"],
            row["shares_confidence"],
        )
        if at not in best or found.in_five * (1 - found.penalty) > best[at].in_five * (1 - best[at].penalty):
            best[at] = found
    return [best[i] for i in sorted(best)]
