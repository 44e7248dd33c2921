"""What the coalition plays for: its case on the commodities that matter, its members' weights (coalition §1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.catalog.store import read
from oresight.core.errors import StudyError
from oresight.plan.game_case import GameCase, present
from oresight.plan.records import Case
from oresight.studies import names
from oresight.studies.plan import study as plan
from oresight.studies.plan.case import PlanCase, plan_case
from oresight.studies.plan.solve import baseline_of, loss_by_commodity, nothing_decided

Floats = NDArray[np.float64]

STAKE = 0.001
"""Commodities below this share of the expected loss are left out of the game: they change nothing."""


@dataclass(frozen=True)
class Stake:
    """Who plays for what.

    Args:
        made: The plan's case on the commodities with something at stake.
        case: The game's: today's trade split by use.
        label: Who plays, as the reader sees it.
        left_out: Named members that are the supplier, or part of it.
    """

    made: PlanCase
    case: GameCase
    label: str
    left_out: tuple[str, ...]


def stake(coalition: str, supplier: str, commodity: tuple[str, ...] = ()) -> Stake:
    """The coalition's case on all commodities with something at stake.

    Raises:
        StudyError: A name is unknown, there is one member only, or nothing is at stake.
    """
    buyers = names.coalition(coalition)
    seller = names.supplier(supplier, buyers)
    every = plan_case(buyers, seller, plan.wanted(commodity))
    if len(every.players.players) < 2:
        raise StudyError("a coalition of one", "name two members or more")
    loss = loss_by_commodity(nothing_decided(every.case, baseline_of(every.case)))
    kept = [c for c, x in zip(every.case.axes.commodities, loss, strict=True) if x > STAKE * loss.sum()]
    if not kept:
        raise StudyError(
            f"no cut-off by {seller.label} leaves anything missing",
            "name other commodities or another supplier",
        )
    made = plan_case(buyers, seller, kept)
    playing = made.players.players
    left_out = tuple(names.label(p) for p in buyers.players if p not in playing)
    label = ", ".join(names.label(p) for p in playing) if left_out else buyers.label
    return Stake(made, present(made.case), label, left_out)


def worth_of_demand(case: Case) -> Floats:
    """Each member's demand by value, over all years (member,) [USD]."""
    b = case.buyers
    worth = b.demand.sum(1) * case.products.price[b.product].mean(1)
    value: Floats = worth @ b.member_share
    return value


def economies(made: PlanCase) -> Floats:
    """Output of each member's economies in the latest year held (member,) [USD]; nan where it is not held."""
    rows = read("economies").sort("year").group_by("country").last()
    gdp = dict(zip(rows["country"].to_list(), rows["gdp_usd"].to_list(), strict=True))
    return np.array(
        [
            sum(gdp.get(c, 0.0) for c in codes) if any(c in gdp for c in codes) else np.nan
            for codes in made.players.players.values()
        ]
    )
