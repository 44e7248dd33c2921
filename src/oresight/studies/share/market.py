"""The market beside the game: what the plan of any set of members does to each country group in a cut-off (coalition §1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oresight.core.coalition import Coalition
from oresight.core.errors import OresightError
from oresight.core.progress import Reporter, report, silent
from oresight.market.months import MonthsSetting, Path, simulate
from oresight.market.months_measures import Measure, restrictions
from oresight.market.records import Market
from oresight.plan.coalition_cost import CoalitionCosts
from oresight.plan.game_case import present
from oresight.plan.member_bounds import SetProgramme, grand_programme, member_bounds
from oresight.plan.programme import Plan, read_plan
from oresight.plan.waiting import left_over
from oresight.studies import names
from oresight.studies.markets import is_by_product, prior
from oresight.studies.plan.case import SHOWN, PlanCase, plan_case
from oresight.studies.plan.replay import CUT, PLAYED, SETTLED, capacity, cut_off, seated, stock
from oresight.studies.plan.solve import loss_by_commodity
from oresight.studies.stress.flows import link_months
from oresight.studies.stress.money import (
    by_group,
    consumer_costs,
    producer_surplus,
    rent_earned,
    stock_gain,
)
from oresight.studies.stress.play import cut_measures, draws_of, shocked
from oresight.studies.stress.scenario import Cut

Floats = NDArray[np.float64]

PLAYS = 4
"""Blocks of commodities that are played, those with most at stake."""


class Board:
    """One commodity's market, on which the plans of sets of members are played against cut-offs."""

    def __init__(self, made: PlanCase, commodity: str, year: int) -> None:
        """
        Args:
            made: The coalition's case. commodity: Id.
            year: Position of the year of the plan that is played.

        Raises:
            OresightError: The market or the plan cannot be made of the catalogue.
        """
        own = plan_case(made.players, made.seller, [commodity])
        self.made = replace(own, case=replace(own.case, kinds=made.case.kinds))
        self.commodity, self.year = commodity, year
        self.players, self.seller = made.players, made.seller
        self.case = present(self.made.case)
        self._bounds = member_bounds(self.case)
        self._programme = SetProgramme(self._bounds)
        self.market: Market = shocked(cut_off(self.made, commodity, SETTLED), commodity, made.players).market
        self._draws = draws_of(commodity, 1, 0)
        self._factor = None
        if is_by_product(commodity):
            self._factor = np.full(self.market.activity_level.size, prior("by-product-elasticity-factor")[1])
        self.groups = (*made.players.players, made.seller.id, "others")
        seat = {c: g for g, codes in enumerate(made.players.players.values()) for c in codes}
        seat |= dict.fromkeys(made.seller.members, len(made.players.players))
        rest = len(self.groups) - 1
        self._group_of = np.array([seat.get(c, rest) for c in self.market.countries])

    def plan_of(self, bits: int) -> Plan:
        """The plan of a set of members alone, parts of projects allowed                             coalition §1"""
        found, _ = self._programme.split(bits)
        cost = found.objective
        return read_plan(self.case, grand_programme(self._bounds), found, cost, cost, cost)

    def bears(self, member: int) -> float:
        """Loss and risk that a member's own plan leaves it [USD]                                    coalition §3"""
        found, _ = self._programme.split(1 << member)
        count = len(self.players.players)
        share = self.case.demand_share()[0][member]
        own = replace(
            self._bounds,
            offset=self._bounds.offset * (np.arange(count) == member),
            baseline=self._bounds.baseline * share,
        )
        return float(left_over(self.case, own, found, np.ones(count)).sum())

    def added(self, bits: int) -> list[Measure]:
        """Plants that come by themselves, and what the plan of a set adds: plants, and stocks its members share."""
        if not bits:
            return seated(
                self.made, self.market, capacity(self.made, self.plan_of(1), self.commodity, self.year)[0]
            )
        plan = self.plan_of(bits)
        inside = {p: c for i, (p, c) in enumerate(self.players.players.items()) if bits >> i & 1}
        members = replace(self.made, players=Coalition(self.players.id, self.players.label, inside))
        own, new = (
            seated(self.made, self.market, m) for m in capacity(self.made, plan, self.commodity, self.year)
        )
        return [*own, *new, *stock(members, plan, self.commodity, self.year, set(self.market.countries))]

    def ban(self, target: int | None = None) -> list[Measure]:
        """The supplier stops everything for twelve months, to everyone or to one member."""
        if target is None:
            cut = cut_off(self.made, self.commodity, SETTLED).measure[0]
        else:
            leak = prior("leak-targeted-ban")[1]
            codes = list(self.players.players.values())[target]
            cut = Cut.model_validate(
                {
                    "commodities": [self.commodity], "from": list(self.seller.members), "to": list(codes), "kind": "cut",
                    "cut": 1.0, "start": float(SETTLED), "announced": float(SETTLED), "months": float(CUT),
                    "leak": (leak, leak),
                }
            )  # fmt: skip
        return cut_measures(cut, self.commodity, self.market, "the ban")

    def loss(self, added: Sequence[Measure], target: int | None = None) -> Floats:
        """What each group loses by a ban over three years, beyond the calm year before it (group,) [USD]

        Buyers' surplus lost, less what makers, licence holders and holders of stock gain. A member that buys nothing
        from the supplier cannot be banned and loses nothing.
        """
        ban = self.ban(target)
        if not ban:
            return np.zeros(len(self.groups))
        measures = (*ban, *added)
        path = simulate(MonthsSetting(self.market, measures, SETTLED + PLAYED, self._factor), self._draws)
        after = self._net(path, measures, SETTLED, SETTLED + PLAYED)
        calm = self._net(path, measures, SETTLED - CUT, SETTLED)
        lost: Floats = after - calm * (PLAYED / CUT)
        return lost

    def _net(self, path: Path, measures: tuple[Measure, ...], first: int, last: int) -> Floats:
        m, draws, count = self.market, self._draws, len(self.groups)
        part = sliced(path, first, last)
        limits = restrictions(m, measures)
        buyer = by_group(self._group_of, m.pool_country, count)
        seller = by_group(self._group_of, m.node_country[m.link_node], count)
        maker = by_group(self._group_of, m.activity_country, count)
        net = buyer @ consumer_costs(part, m, draws)[1]
        net -= maker @ producer_surplus(part, m, draws, self._factor)
        net -= buyer @ stock_gain(part, limits, draws)
        if first >= SETTLED:
            for each in link_months(path, limits, draws):
                if first <= each.month < last and limits.groups:
                    net -= seller @ rent_earned(each, path, m, draws)
        result: Floats = net[:, 0]
        return result


def sliced(path: Path, first: int, last: int) -> Path:
    """Some months of what buyers, makers and stocks did."""
    return replace(
        path,
        price=path.price[first:last],
        node_price=path.node_price[first:last],
        consumed=path.consumed[first:last],
        production=path.production[first:last],
        stock_change=path.stock_change[first:last],
        public_release=path.public_release[first:last],
    )


@dataclass(frozen=True)
class Played:
    """Cut-offs of one commodity played against the plans of sets of members. Losses over three years [USD].

    Args:
        commodity: Id. block: Position among the game's blocks.
        nothing: Loss of each member if everyone is cut off and nobody plans (member,).
        without_me: Loss of each member if everyone is cut off and all others carry out their plan (member,).
        bears: Loss and risk each member's own plan leaves it, in the plan's money (member,).
        aimed: Loss of each group if the member of the row alone is cut off and nobody plans (target, group).
        aimed_joint: The same under the joint plan (target, group). Groups are members, the supplier, others.
    """

    commodity: str
    block: int
    nothing: Floats
    without_me: Floats
    bears: Floats
    aimed: Floats
    aimed_joint: Floats


def played(made: PlanCase, commodity: str, block: int, reporter: Reporter = silent) -> Played:
    """All that is played of one commodity: cut-offs of everyone without each member, and of each member alone."""
    board = Board(made, commodity, SHOWN // 2)
    count = len(made.players.players)
    everyone = (1 << count) - 1
    none, joint = board.added(0), board.added(everyone)
    nothing = board.loss(none)[:count]
    outside = np.zeros(count)
    aimed, aimed_joint = np.zeros((count, count + 2)), np.zeros((count, count + 2))
    label = names.commodity_labels()[commodity]
    for i, player in enumerate(made.players.players):
        report(reporter, i / count, f"{label}: {names.label(player)} outside, and banned alone")
        outside[i] = board.loss(board.added(everyone & ~(1 << i)))[i]
        aimed[i], aimed_joint[i] = board.loss(none, i), board.loss(joint, i)
    bears = np.array([board.bears(i) for i in range(count)])
    return Played(commodity, block, nothing, outside, bears, aimed, aimed_joint)


def most_at_stake(
    made: PlanCase, costs: CoalitionCosts, nothing: Plan, count: int = PLAYS
) -> list[tuple[int, str]]:
    """The blocks in which members alone lose most, each by its commodity with the largest loss: (block, id)."""
    loss = dict(zip(made.case.axes.commodities, loss_by_commodity(nothing), strict=True))
    order = np.argsort(-costs.alone_by_block.sum(1), kind="stable")[:count]
    return [(int(b), max(costs.blocks[b], key=lambda c: loss.get(c, 0.0))) for b in order]


def all_played(
    made: PlanCase, costs: CoalitionCosts, nothing: Plan, reporter: Reporter = silent
) -> list[Played]:
    """The commodities with most at stake, played; one whose market cannot be made is left out."""
    chosen = most_at_stake(made, costs, nothing)
    found = []
    for n, (block, commodity) in enumerate(chosen):

        def part(share: float, doing: str, n: int = n) -> bool | None:
            return reporter((n + share) / len(chosen), doing)

        try:
            found.append(played(made, commodity, block, part))
        except OresightError:
            continue
    return found
