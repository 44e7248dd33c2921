"""The game from few sets: a quick answer, or one for more members than every set could be solved for (coalition §1-§4)."""

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from oresight.core.answer import Column, Sheet, sheet
from oresight.core.progress import Reporter, report
from oresight.plan.game import SampledValue
from oresight.plan.movers import Movers, movers
from oresight.plan.some_sets import SetCosts, sampled_shapley, set_costs
from oresight.plan.waiting import Grand
from oresight.studies.share import blocks as share_blocks
from oresight.studies.share import members as share_members
from oresight.studies.share import sheets as share_sheets
from oresight.studies.share.case import Stake, economies, worth_of_demand

Floats = NDArray[np.float64]
MILLION = 1e6
ORDERS = 40
"""Orders of joining that are drawn where every set is too many."""
SEED = 2026


def from_few_sets(
    at_stake: Stake,
    period: int,
    reporter: Reporter,
    workers: int,
    cluster: Executor | None,
    sample: bool,
    yearly: Sequence[Grand] | None = None,
) -> tuple[list[Sheet], Movers]:
    """Sheets of the dual split, of members alone, of all but one and of the order of joining        coalition §2, §4

    Nothing is said of what only all sets could tell: nucleolus, convexity, stability. Shapley's value is sampled
    where asked for.
    """

    def part(first: float, last: float) -> Reporter:
        return lambda share, doing: reporter(first + (last - first) * share, doing)

    with set_costs(at_stake.case, period, part(0.0, 0.4), workers, cluster) as costs:
        found = movers(
            costs.count,
            costs.worth,
            lambda sets, doing: costs.solve(sets, part(0.4, 0.5 if sample else 0.95), doing),
        )
        drawn = sampled_shapley(costs, ORDERS, SEED, part(0.5, 0.95)) if sample else None
        report(reporter, 0.95, "splitting the gains")
        grand = costs.grand if yearly is None else yearly
        return sheets(at_stake, costs, found, drawn, grand), found


def sheets(
    at_stake: Stake, costs: SetCosts, found: Movers, drawn: SampledValue | None, grand: Sequence[Grand]
) -> list[Sheet]:
    """All that follows from the sets that were solved."""
    singles = [1 << i for i in range(costs.count)]
    own = np.array([costs.worth(s) for s in singles])
    total = costs.worth(costs.everyone)
    demand, gdp = worth_of_demand(at_stake.case), economies(at_stake.made)
    parts = {"dual": costs.alone - costs.dual_parts.sum(1)}
    if drawn is not None:
        parts["shapley"] = drawn.value
    parts["by_demand"] = total * demand / demand.sum()
    if np.isfinite(gdp).all():
        parts["by_gdp"] = total * gdp / gdp.sum()
    table = share_sheets.splits(
        costs.members,
        own,
        parts,
        costs.alone,
        costs.alone - costs.left,
        costs.rent,
        demand / demand.sum(),
        error=None if drawn is None else drawn.standard_error,
    )
    waits = share_members.waiting(costs.members, grand)
    alone_by_block = np.sum([costs.by_block(s) for s in singles], axis=0)
    return [
        table,
        share_members.sentences(table, waits),
        share_sheets.moving(costs.members, found),
        waits,
        core_of_known(costs, parts),
        share_sheets.commodities(costs.blocks, costs.by_block(costs.everyone), alone_by_block),
        share_blocks.missed(costs),
        share_members.accounts(costs.members, costs.alone, costs.dual_parts.sum(1), costs.left, costs.rent),
        solved_sets(costs),
    ]


def core_of_known(costs: SetCosts, parts: dict[str, Floats]) -> Sheet:
    """Which splits a set that was solved would leave; the dual split no set would, solved or not     coalition §2"""
    columns = (
        Column("split", "rule"),
        Column("inside", "no set of members can do better on its own; empty where not known", "", "flag"),
        Column("short", "most that a solved set gets less than it is worth alone", "million USD", "number"),
        Column("leavers", "that set"),
    )
    rows: list[dict[str, object]] = []
    sets = [s for s in costs.known if s != costs.everyone]
    worth = np.array([costs.worth(s) for s in sets])
    small = 1e-7 * max(1.0, float(np.abs(worth).max()))
    for name, split in parts.items():
        gets = np.array([sum(split[i] for i in range(costs.count) if s >> i & 1) for s in sets])
        at = int((worth - gets).argmax())
        short = float((worth - gets)[at])
        rows.append(
            {
                "split": name,
                "inside": False if short > small else True if name == "dual" else None,
                "short": max(short, 0.0) / MILLION,
                "leavers": share_sheets.listed(sets[at], costs.members) if short > small else "",
            }
        )
    return sheet("core", "Which split holds together", columns, rows)


def solved_sets(costs: SetCosts) -> Sheet:
    """Which sets the answer rests on."""
    columns = (Column("sets", "kind of set"), Column("solved", "how many", "", "integer"))
    count, known = costs.count, len(costs.known)
    but_one = count if count > 2 else 0
    rows = [
        {"sets": "each member alone", "solved": count},
        {"sets": "all members", "solved": 1},
        {"sets": "all but one", "solved": but_one},
        {"sets": "steps of joining in this order, or in orders drawn", "solved": known - 1 - count - but_one},
        {"sets": f"together, of {sets_of(count)}", "solved": known},
    ]
    return sheet("solved", "Which sets of members were solved", columns, rows)


def sets_of(count: int) -> str:
    """How many sets there are.

    >>> sets_of(12), sets_of(40)
    ('4,095', 'about 1.1e+12')
    """
    sets = 2**count - 1
    return f"{sets:,}" if sets < 10**7 else f"about {sets:.2g}"
