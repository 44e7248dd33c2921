"""The supplier's best answer: a ban on one member, with and without the joint plan (coalition §3)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.core.answer import Column, Sheet, sheet
from oresight.plan.coalition_cost import CoalitionCosts
from oresight.studies import names
from oresight.studies.share.market import Played

Floats = NDArray[np.float64]
MILLION = 1e6
SMALL = 10.0
"""What nobody breaks a pact for [million USD]."""


@dataclass(frozen=True)
class Answers:
    """Bans of twelve months on one member each, over the commodities played (target,) each [USD].

    Args:
        alone: The target's loss where nobody plans.
        joint: The target's loss under the joint plan.
        others: Loss of the other members then; below zero they gain.
        supplier: Loss of the supplier then; below zero it gains.
    """

    alone: Floats
    joint: Floats
    others: Floats
    supplier: Floats

    @property
    def inflicted(self) -> Floats:
        """Loss of all members together under the joint plan (target,) [USD]."""
        total: Floats = self.joint + self.others
        return total

    @property
    def best(self) -> int:
        """The supplier's best target: where hurting costs it nothing, the most hurt; else most hurt per own loss."""
        hurts = np.maximum(self.inflicted, 0.0)
        free = self.supplier <= 0.0
        if (hurts[free] > 0).any():
            return int(np.argmax(np.where(free, hurts, -1.0)))
        return int(np.argmax(np.where(free, -1.0, hurts / np.maximum(self.supplier, 1e-9))))


def bans(found: Sequence[Played]) -> Answers:
    """Sums over the commodities played."""
    count = len(found[0].nothing)
    aimed = np.sum([f.aimed for f in found], axis=0)
    joint = np.sum([f.aimed_joint for f in found], axis=0)
    own = np.diag(joint[:, :count]).copy()
    return Answers(np.diag(aimed[:, :count]).copy(), own, joint[:, :count].sum(1) - own, joint[:, count])


def answers(costs: CoalitionCosts, told: Answers, outside: Floats, discount: float) -> Sheet:
    """Each ban: whom it hurts, what it costs the supplier, whether the target stays and is kept      coalition §3

    Args:
        costs: Of the game. told: The bans.
        outside: Spillover on each member outside (member,) [USD].
        discount: Of the year in which the ban is played, to the first [1].
    """
    columns = (
        Column("member", "member", "", "id"),
        Column("name", "member that is banned"),
        Column("alone", "its loss by the ban if nobody plans", "million USD", "number"),
        Column("joint", "its loss by the ban under the joint plan", "million USD", "number"),
        Column("others", "what the other members lose by it; below zero they gain", "million USD", "number"),
        Column("supplier", "what the supplier loses by it; below zero it gains", "million USD", "number"),
        Column(
            "per_dollar",
            "members' loss per dollar the supplier loses; empty where it loses none",
            "1",
            "number",
        ),
        Column("leaving_costs", "what leaving the coalition would cost the target", "million USD", "number"),
        Column("stays", "that is more than the ban costs it, so it stays", "", "flag"),
        Column("keeping_gains", "what the others gain by having it", "million USD", "number"),
        Column("kept", "that is no less than what the ban costs them, so they keep it", "", "flag"),
    )
    game, gains = costs.game, costs.dual_split
    everyone = (1 << game.count) - 1
    rows: list[dict[str, object]] = []
    for i, p in enumerate(costs.members):
        leaving = float(gains[i] - game.alone[i] - outside[i])
        keeping = float(game.total - gains[i] - game.worth[everyone & ~(1 << i)])
        own, theirs = told.supplier[i], told.inflicted[i]
        rows.append(
            {
                "member": p,
                "name": names.label(p),
                "alone": told.alone[i] / MILLION,
                "joint": told.joint[i] / MILLION,
                "others": told.others[i] / MILLION,
                "supplier": own / MILLION,
                "per_dollar": float(theirs / own) if own > 0 else None,
                "leaving_costs": leaving / MILLION,
                "stays": leaving >= told.joint[i] * discount,
                "keeping_gains": keeping / MILLION,
                "kept": keeping >= max(told.others[i] * discount, 0.0) - game.tolerance,
            }
        )
    rows.sort(key=lambda r: -float(str(r["joint"])))
    return sheet("answers", "The supplier's answer: a ban on one member for twelve months", columns, rows)


def best_answer(members: Sequence[str], told: Answers, table: Sheet, supplier: str) -> str:
    """The supplier's best ban in one or two sentences."""
    i = told.best
    name = names.label(members[i])
    joint, alone, own = told.joint[i] / 1e9, told.alone[i] / 1e9, told.supplier[i] / 1e9
    text = (
        f"{supplier}'s best answer is a ban on {name}, which then loses {said(joint)} instead of {said(alone)} with no "
        f"plan; {supplier} {'loses' if own > 0 else 'gains'} {said(abs(own))} by it."
    )
    rows = table.records()
    inside = [r for r in rows if float(str(r["leaving_costs"])) >= 0.0]
    leave = [str(r["name"]) for r in inside if not r["stays"]]
    drop = [
        str(r["name"])
        for r in rows
        if not r["kept"] and float(str(r["others"])) - float(str(r["keeping_gains"])) > SMALL
    ]
    if not leave and not drop:
        return text + " No member that gains by being in would leave for a ban, and the others keep it."
    if leave:
        text += f" {listed(leave)} would leave to escape a ban."
    if drop:
        text += f" The others would rather lose {listed(drop)} than share its ban."
    return text


def listed(who: Sequence[str], most: int = 4) -> str:
    """Names, or how many where they are many.

    >>> listed(["A", "B"]), listed(list("ABCDE"))
    ('A, B', '5 members, A first,')
    """
    return ", ".join(who) if len(who) <= most else f"{len(who)} members, {who[0]} first,"


def said(billion: float) -> str:
    """A sum in words: billions, or millions where it is small.

    >>> said(1.234), said(0.0123), said(0.0001)
    ('1.2 bn USD', '12 million USD', 'less than a million USD')
    """
    if abs(billion) < 1e-3:
        return "less than a million USD"
    return f"{billion:,.1f} bn USD" if abs(billion) >= 0.5 else f"{billion * 1e3:,.0f} million USD"
