"""What a plan does to members who stay outside, and who would therefore leave or wait (coalition §3)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oresight.core.answer import Column, Sheet, sheet
from oresight.plan.coalition_cost import CoalitionCosts
from oresight.plan.game import membership
from oresight.plan.stability import Payoffs
from oresight.studies import names
from oresight.studies.share.market import Played

Floats = NDArray[np.float64]
MILLION = 1e6


def spared(found: Played) -> Floats:
    """Share of its loss in a cut-off that each member is spared, as an outsider, by the others' plan (member,) [1].

    `(loss without plans - loss under the others' plan) / loss without plans`, held within -1 and 1; nought where the
    market leaves the member without loss.
    """
    share = np.divide(
        found.nothing - found.without_me,
        found.nothing,
        out=np.zeros_like(found.nothing),
        where=found.nothing > 0,
    )
    return np.clip(share, -1.0, 1.0)


def spillover(costs: CoalitionCosts, found: Sequence[Played]) -> Floats:
    """Gain or loss of each outsider by the plan of each set (set, member) [USD]; 0 for members of the set   coalition §3

    spill_i(S) = sum over blocks of share spared x left_b({i}) x v_b(S) / v_b(N - i)

    The share is played in the market for S = all but i, and applied to the loss and risk i's own plan leaves it;
    other sets are taken to spare outsiders in proportion to what they save themselves. Blocks that were not played count
    nothing.
    """
    count = len(costs.members)
    everyone = (1 << count) - 1
    total = np.zeros((1 << count, count))
    for each in found:
        worth = costs.block_game(each.block).worth
        share = spared(each)
        for i in range(count):
            whole = worth[everyone & ~(1 << i)]
            if whole > 0:
                total[:, i] += share[i] * max(each.bears[i], 0.0) * np.clip(worth / whole, 0.0, 1.0)
    total[membership(count)] = 0.0
    return total


def with_spillover(costs: CoalitionCosts, inside: Floats, spill: Floats) -> Payoffs:
    """Payoffs where outsiders have their worth alone and what the set's plan does to them            coalition §3"""
    game = costs.game
    outside = np.where(membership(game.count), np.nan, game.alone[None, :] + spill)
    return Payoffs(game, inside, outside)


def outside_alone(costs: CoalitionCosts, spill: Floats) -> Floats:
    """Spillover on each member if it stays outside while all others plan together (member,) [USD]."""
    count = len(costs.members)
    everyone = (1 << count) - 1
    return np.array([spill[everyone & ~(1 << i), i] for i in range(count)])


def spillovers(costs: CoalitionCosts, found: Sequence[Played], spill: Floats) -> Sheet:
    """Who would stay outside, counting what the others' plan does to an outsider                     coalition §3"""
    columns = (
        Column("member", "member", "", "id"),
        Column("name", "member of the coalition"),
        Column("inside", "its gain in the joint plan, at dual prices", "million USD", "number"),
        Column("alone", "its gain with its own plan, if others did nothing", "million USD", "number"),
        Column("spillover", "what the others' plan spares it outside", "million USD", "number"),
        Column("leaving_costs", "inside, less alone and spillover", "million USD", "number"),
        Column("stays", "it gains more inside", "", "flag"),
        Column("most", "commodity in which the others' plan does most to it"),
    )
    gains, alone, outside = costs.dual_split, costs.game.alone, outside_alone(costs, spill)
    labels = names.commodity_labels()
    rows: list[dict[str, object]] = []
    for i, p in enumerate(costs.members):
        each = [spared(f)[i] * max(f.bears[i], 0.0) for f in found]
        top = int(np.argmax(np.abs(each))) if each else -1
        costs_it = float(gains[i] - alone[i] - outside[i])
        rows.append(
            {
                "member": p,
                "name": names.label(p),
                "inside": gains[i] / MILLION,
                "alone": alone[i] / MILLION,
                "spillover": outside[i] / MILLION,
                "leaving_costs": costs_it / MILLION,
                "stays": costs_it >= 0.0,
                "most": labels[found[top].commodity] if top >= 0 and each[top] else None,
            }
        )
    rows.sort(key=lambda r: float(str(r["leaving_costs"])))
    return sheet("spillovers", "Who would rather stay outside", columns, rows)


def in_the_market(costs: CoalitionCosts, found: Sequence[Played]) -> Sheet:
    """What was played: a cut-off of everyone, with a member outside the plan of all others           coalition §3"""
    columns = (
        Column("commodity", "id", "", "id"),
        Column("goods", "commodity"),
        Column("member", "member", "", "id"),
        Column("name", "member that stays outside"),
        Column("nothing", "its loss if nobody plans", "million USD", "number"),
        Column("others_plan", "its loss if all others carry out their plan", "million USD", "number"),
        Column("spared", "share it is spared", "1", "share"),
    )
    labels = names.commodity_labels()
    rows = [
        {
            "commodity": each.commodity,
            "goods": labels[each.commodity],
            "member": p,
            "name": names.label(p),
            "nothing": each.nothing[i] / MILLION,
            "others_plan": each.without_me[i] / MILLION,
            "spared": float(spared(each)[i]) if each.nothing[i] > 0 else None,
        }
        for each in found
        for i, p in enumerate(costs.members)
    ]
    return sheet(
        "spillover_markets",
        "A cut-off of everyone, played with one member outside the others' plan",
        columns,
        rows,
    )
