"""The plan of all members, block by block: who it leaves what, and what it costs to wait a year (coalition §2, §4)."""

from dataclasses import dataclass, fields, replace

import numpy as np

from oresight.plan.highs import Solution
from oresight.plan.member_bounds import MemberBounds, SetProgramme, grand_programme
from oresight.plan.programme import lever_columns, read_plan
from oresight.plan.records import Case, Floats


@dataclass(frozen=True)
class Grand:
    """One block's plan of all members together.

    Args:
        alone: What each member loses alone and without any plan (member,) [USD].
        parts: Members' parts of the plan's cost at its dual prices, by `DUAL_PARTS` (member, part) [USD].
        left: Loss and risk it leaves each member, by whose use is missing (member,) [USD].
        all_wait: Members' parts of the cost if nobody decides anything in the first period (member,) [USD].
        one_waits: The same if the member of the row alone decides nothing then (who waits, member) [USD].
    """

    alone: Floats
    parts: Floats
    left: Floats
    all_wait: Floats
    one_waits: Floats

    def arrays(self) -> dict[str, Floats]:
        """What is kept on disk."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def grand_of_block(block: Case, bounds: MemberBounds) -> Grand:
    """A block's plan of all members, its split, and the splits if all or one of them wait a period (coalition §2, §4).

    Waiting takes away what could be decided in the first period: plants, purchases of stock, substitution; for one
    member its own part of that, shared levers included. Each programme is solved from the optimum before it, so
    that prices move no further than they must.
    """
    count = len(bounds.offset)
    everyone = (1 << count) - 1
    without = SetProgramme(bounds, without_plan=True)
    alone = np.array([without.cost(1 << i) for i in range(count)])
    programme = SetProgramme(bounds)
    found, parts = programme.split(everyone)
    first = lever_columns(bounds.assembly, 1)
    one_waits = np.empty((count, count))
    for i in range(count):
        programme.close(first, [i])
        one_waits[i] = programme.split(everyone)[1].sum(1)
        programme.reopen()
    programme.split(everyone)
    programme.close(first, range(count))
    all_wait: Floats = programme.split(everyone)[1].sum(1)
    return Grand(alone, parts, left_over(block, bounds, found, alone), all_wait, one_waits)


def left_over(block: Case, bounds: MemberBounds, found: Solution, alone: Floats) -> Floats:
    """Loss and risk a plan leaves each member, by whose use is missing (member,) [USD]            coalition §2

    Where nothing is missing, dear purchases are shared as losses alone would be.
    """
    cost = found.objective - bounds.assembly.offset + float(bounds.offset.sum())
    plan = read_plan(block, grand_programme(bounds), replace(found, objective=cost), cost, cost, cost)
    nodes = plan.assembly.layout.nodes
    chance = np.where(nodes.cut >= 0, np.append(nodes.cut_probability, 0.0)[nodes.cut], 0.0)
    by_buyer = (plan.unserved * chance * block.discount[nodes.year]).sum(1) * block.buyers.value
    mine: Floats = by_buyer @ block.buyers.member_share
    key = mine if mine.sum() > 0 else alone
    if key.sum() <= 0:
        key = np.ones_like(alone)
    result: Floats = (plan.expected_loss + plan.risk_cost) * key / key.sum()
    return result
