"""What a missing tonne is worth, by urgency: the area under its demand curve, or a published effect (plan §3)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.catalog.store import read
from oresight.core.errors import ModelError
from oresight.studies.markets import elasticity, prior, uses

Floats = NDArray[np.float64]
PRIORITIES = ("defence", "essential", "normal")


@dataclass(frozen=True)
class Tranche:
    """Part of a product's use that is served before or after others.

    Args:
        priority: 0 defence, 1 essential, 2 normal.
        share: Of use [1].
        value: Worth of a missing tonne [USD/t].
        how: Where the value comes from, in words.
        source: Id of the source.
    """

    priority: int
    share: float
    value: float
    how: str
    source: str


def priority_shares(commodity: str, last: bool) -> tuple[float, float, float]:
    """Defence, essential and normal part of use [1]                                         impact §4

    A use marked defence is defence in part only (priors); where none is marked, a general share is. Use beyond a
    stage that is not the last is normal throughout.
    """
    if not last:
        return 0.0, 0.0, 1.0
    u = uses(commodity)
    by = {p: sum(s for s, q in zip(u.share, u.priority, strict=True) if q == p) for p in PRIORITIES}
    defence = by["defence"] * prior("defence-part-of-use", commodity)[1]
    if by["defence"] == 0.0:
        defence = prior("defence-share", commodity)[1]
    essential = min(by["essential"], 1.0 - defence)
    return defence, essential, max(1.0 - defence - essential, 0.0)


def height(lower: float, upper: float, e: float, choke: float) -> float:
    """Mean height of the demand curve between two shares of use, as a multiple of the price [1]   plan §3

    P(q) = min(q^(-1/e), choke): today's use is 1, the most urgent part lies near 0. The mean over [lower, upper] is
    the worth of a tonne there.

    >>> height(0.0, 0.5, 1.0, 2.0)
    2.0
    >>> round(height(0.5, 1.0, 1.0, 100.0), 4)
    1.3863
    """
    edge = choke**-e
    flat = max(min(upper, edge) - lower, 0.0)
    start = max(lower, edge)
    area = choke * flat
    if upper > start:
        if abs(e - 1.0) < 1e-9:
            area += float(np.log(upper / start))
        else:
            power = 1.0 - 1.0 / e
            area += (upper**power - start**power) / power
    return float(area / (upper - lower))


def tranches(commodity: str, price: float, last: bool) -> tuple[Tranche, ...]:
    """Tranches of use of a product, the most urgent first; values fall with urgency          plan §3

    A published effect per tonne, where there is one, holds for the last product and is spread over the tranches by
    the heights of the demand curve. Otherwise heights times the price.

    Raises:
        ModelError: A published value lies below the price: it is refused.
    """
    e = elasticity(commodity, "demand", "short")[1]
    choke = prior("choke-multiple", commodity)[1]
    row = (
        read("uses_value")
        .filter((read("uses_value")["commodity"] == commodity) & read("uses_value")["preferred"])
        .head(1)
    )
    published = row["best"][0] if row.height and last else None
    if published is not None and published <= price:
        raise ModelError(
            f"a missing tonne of {commodity} is valued {published:,.0f} USD, its price is {price:,.0f} USD",
            "mend its row in data/curated/uses_value.csv",
        )
    found, at = [], 0.0
    whole = height(0.0, 1.0, e, choke)
    for priority, share in enumerate(priority_shares(commodity, last)):
        if share <= 1e-9:
            continue
        multiple = height(at, min(at + share, 1.0), e, choke)
        at += share
        if published is not None:
            value, how = float(published) * multiple / whole, "published loss per tonne, spread by urgency"
            source = str(row["source_id"][0])
        else:
            value, how = price * multiple, f"area under demand (elasticity {e:.2g}, choke {choke:.3g} x)"
            source = "assumption"
        found.append(Tranche(priority, share, value, how, source))
    return tuple(found)
