"""Who pays whom: support, margins and surplus of a plan as payments between parties that sum to zero (plan §8)."""

from dataclasses import dataclass

import numpy as np

from oresight.core.errors import StudyError
from oresight.plan.programme import Plan
from oresight.plan.records import OUTSIDE, SUPPLIER, Floats


@dataclass(frozen=True)
class Accounts:
    """Payments between parties on the reference path, discounted [USD].

    Parties: treasuries (one per member), users (one per member), projects and plants (by host: one per member), then
    third countries, free sellers, the supplier.

    Args:
        parties: Names.
        paid: From row to column (party, party) [USD], >= 0.
        kinds: The same by kind of payment, in the order of `kind_names` (kind, party, party) [USD].
        kind_names: "support", "metal".
        cost: Real resources each party spends on operating and capital (party,) [USD].
        loss_avoided: Users' loss in cut-offs avoided by the plan, by demand share (member,) [USD].
    """

    parties: tuple[str, ...]
    paid: Floats
    kinds: Floats
    kind_names: tuple[str, ...]
    cost: Floats
    loss_avoided: Floats

    @property
    def balance(self) -> Floats:
        """Received less paid (party,) [USD]; sums to zero over parties."""
        net: Floats = self.paid.sum(0) - self.paid.sum(1)
        return net


def accounts(plan: Plan, sharing: Floats, undecided: Plan | None = None) -> Accounts:
    """Accounts of a plan: where a project stands in A and serves B                        plan §8

    Support (the public part of capital) flows from treasuries by the sharing rule to the project in its host.
    Metal is bought by users and plants at the reference price; each seller receives it, users pay by demand share.

    Args:
        plan: Solved.
        sharing: Share of public support each treasury pays (member,) [1], summing to 1.
        undecided: The plan's decisions closed, to measure the loss avoided; nan where None.

    Raises:
        StudyError: Shares that do not sum to one.
    """
    case = plan.case
    members = case.axes.members
    count = len(members)
    if sharing.shape != (count,) or not np.isclose(sharing.sum(), 1.0) or (sharing < -1e-12).any():
        raise StudyError("treasuries' shares do not sum to 1", "give one share >= 0 per member")
    parties = (
        *(f"treasury of {m}" for m in members),
        *(f"users in {m}" for m in members),
        *(f"plants in {m}" for m in members),
        "third countries",
        "free sellers",
        "supplier",
    )
    third, free, supplier = 3 * count, 3 * count + 1, 3 * count + 2
    size = len(parties)
    kinds = np.zeros((2, size, size))
    cost = np.zeros(size)
    years, discount = len(case.axes.years), case.discount
    j, s = case.projects, case.supplies
    seat = np.where(j.host == OUTSIDE, third, 2 * count + j.host)

    spend = j.capital_cost * j.public_share / np.maximum(j.lead_time, 1)
    for p in range(len(j.name)):
        support = 0.0
        for y in range(years):
            last = min(years, y + max(int(j.lead_time[p]), 1))
            support += float(plan.decided[p, y]) * float(spend[p]) * float(discount[y:last].sum())
        for m in range(count):
            kinds[0, m, seat[p]] += sharing[m] * support
        capital = float(plan.decided[p].sum() * j.capital_cost[p])
        running = float((plan.output[p, :years] * discount).sum() * j.operating_cost[p])
        cost[seat[p]] += capital + running

    share = case.demand_share()
    owner = np.where(s.owner == SUPPLIER, supplier, np.where(s.owner == OUTSIDE, free, 2 * count + s.owner))
    sellers = np.concatenate([owner, seat])
    sold = np.vstack([plan.sold[:, :years], plan.output[:, :years]])
    product = np.concatenate([s.product, j.product])
    price = case.products.price
    # A free seller's or the supplier's price is what he asks; members' plants receive the reference price.
    asked = np.vstack([s.cost, price[j.product]])
    outside = np.concatenate([s.owner < 0, np.zeros(len(j.name), dtype=bool)])
    value = (sold * np.where(outside[:, None], asked, price[product]) * discount).sum(1)
    for plant in range(len(sellers)):
        for m in range(count):
            kinds[1, count + m, sellers[plant]] += share[product[plant], m] * value[plant]
    own = np.flatnonzero(s.owner >= 0)
    np.add.at(cost, owner[own], (plan.sold[own, :years] * s.cost[own] * discount).sum(1))
    # Plants pay the pool, that is the users who bought for it, for the feed they take.
    feeds = case.feeds
    labels = feeds.plant * (int(feeds.need.max(initial=0)) + 1) + feeds.need
    for f in range(feeds.plant.size):
        plant, taken = int(feeds.plant[f]), int(feeds.product[f])
        options = int((labels == labels[f]).sum())
        if options == 1:
            tonnes = sold[plant] * feeds.per_tonne[f]
        else:
            column = plan.assembly.layout.feed[f, :years]
            tonnes = np.append(plan.solution.x, 0.0)[column] * plan.assembly.layout.scale[taken]
        paid = float((tonnes * price[taken] * discount).sum())
        for m in range(count):
            kinds[1, sellers[plant], count + m] += share[taken, m] * paid
    kinds[:, np.arange(size), np.arange(size)] = 0.0
    avoided = np.full(count, np.nan)
    if undecided is not None:
        avoided = _loss_by_member(undecided) - _loss_by_member(plan)
    return Accounts(parties, kinds.sum(0), kinds, ("support", "metal"), cost, avoided)


def _loss_by_member(plan: Plan) -> Floats:
    """Value of what is missing in cut-offs, chance-weighted and discounted, by demand share (member,) [USD]."""
    case, nodes = plan.case, plan.assembly.layout.nodes
    in_cut = nodes.cut >= 0
    weight = np.where(in_cut, np.append(nodes.cut_probability, 0.0)[nodes.cut], 0.0)
    weight = weight * case.discount[nodes.year]
    by_buyer = (plan.unserved * weight).sum(1) * case.buyers.value
    result: Floats = by_buyer @ case.buyers.member_share
    return result
