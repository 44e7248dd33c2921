"""Members' shares of the joint plan at its dual prices, where rounding puts a price on a limit that is not there."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from oresight.plan.coalition_cost import dual_shares, game_blocks, member_bounds
from oresight.plan.families import MONEY
from oresight.plan.highs import Warm
from oresight.plan.records import Case

Floats = NDArray[np.float64]


def finite_shares(case: Case, step: int) -> Floats:
    """Each member's bounds at the grand plan's dual prices (member,) [USD]                     coalition §2

    As `dual_shares`, but a price on a bound at infinity, which only rounding can give, counts nothing; what rounding
    leaves over is split evenly.
    """
    total = np.zeros(len(case.axes.members))
    for block in game_blocks(case, step):
        bounds = member_bounds(block)
        with np.errstate(invalid="ignore"):
            share: Floats = dual_shares(bounds).sum(1)
        if np.isfinite(share).all():
            total += share
            continue
        grand = replace(
            bounds.assembly,
            upper=bounds.upper.sum(0),
            row_lower=bounds.row_lower.sum(0),
            row_upper=bounds.row_upper.sum(0),
        )
        found = Warm(grand, integer=False).solve("the grand plan")
        side = np.where(found.row_dual > 0, bounds.row_lower, bounds.row_upper)
        priced = (found.row_dual != 0) & np.isfinite(side).all(0)
        share = bounds.offset + side[:, priced] @ found.row_dual[priced]
        upper = (found.reduced_cost < 0) & np.isfinite(bounds.upper).all(0)
        share = share + bounds.upper[:, upper] @ found.reduced_cost[upper]
        rest = found.objective - grand.offset + bounds.offset.sum() - share.sum()
        total += (share + rest / len(share)) * MONEY
    return total
