"""The case of the game: today's trade is split by use, so that in calm years nobody gains by pooling (coalition §1)."""

from dataclasses import dataclass, fields, replace

import numpy as np

from oresight.plan.records import OUTSIDE, Case, Floats
from oresight.plan.sub_case import blocks_of

PRESENCE = 1e-6
"""Share of a use that a member without any counts with, so that its programme exists [1]."""


@dataclass(frozen=True)
class GameCase(Case):
    """A case whose shared supply is split by members' part in all use of a block of commodities."""

    def demand_share(self) -> Floats:
        """Members' share of use by product, by value over all that shares feed (product, member) [1]."""
        block = blocks_of(self)
        b, of = self.buyers, self.products.commodity
        worth = b.demand.sum(1) * self.products.price[b.product].mean(1)
        by_block = np.zeros((int(block.max()) + 1, len(self.axes.members)))
        np.add.at(by_block, block[of[b.product]], worth[:, None] * b.member_share)
        total = by_block.sum(1, keepdims=True)
        even = np.full_like(by_block, 1.0 / len(self.axes.members))
        share: Floats = np.divide(by_block, total, out=even, where=total > 0)
        return share[block[of]]


def present(case: Case) -> GameCase:
    """The case of the game: every member present, and today's trade going on whoever plans together   coalition §1

    What members' plants make now is sold among them with or without a coalition, so it is split by use as outside
    supply is: a member alone would otherwise lose its neighbours' goods, and the game would credit the coalition
    with trade that exists. Commodities that share feed are split by one share, that of all their use by value, at
    every stage: each member's ore, metal and parts then fit each other, and an undisturbed year costs all together
    what it costs each alone. New plants, stocks and budgets stay with who decides them. A member that uses
    none of a block counts with a millionth, so that each set's programme exists.
    """
    s, b = case.supplies, case.buyers
    made = GameCase(**{f.name: getattr(case, f.name) for f in fields(Case)})
    held = made.demand_share()[b.product] + PRESENCE
    return replace(
        made,
        buyers=replace(b, member_share=held / held.sum(1, keepdims=True)),
        supplies=replace(s, owner=np.where(s.owner >= 0, OUTSIDE, s.owner)),
    )
