"""Solving a plan to its tolerated gap, and the plans it is measured against: nothing, the pipeline, one billion."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from oresight.core.progress import Reporter, silent
from oresight.plan.assemble import assemble
from oresight.plan.budgets import budget_prices
from oresight.plan.highs import Warm
from oresight.plan.nodes import supply_cost
from oresight.plan.programme import Plan, cheapest_plan, read_plan, undisturbed_cost
from oresight.plan.records import Case
from oresight.studies import names
from oresight.studies.books import TRADE_LAST
from oresight.studies.markets import all_commodities, prior
from oresight.studies.plan.assembled import assembled
from oresight.studies.plan.case import PlanCase, plan_case
from oresight.studies.plan.parts import Rows
from oresight.studies.plan.supply import built

Floats = NDArray[np.float64]

LOOSE = 4.0
"""First try at a gap so many times the tolerated one: the proof usually comes out tighter than asked."""
PRIZE = 1e9
PRIZE_YEARS = 5


def solved(case: Case, reporter: Reporter = silent, workers: int = 2, baseline: Floats | None = None) -> Plan:
    """The cheapest plan with a proven gap within what the case tolerates                     plan §2

    Blocks share the tolerance evenly, so the proof is usually far better than asked: it is asked loosely
    first and tighter only where the proof falls short.
    """
    wanted, asked = case.terms.gap, case.terms.gap * LOOSE
    while True:
        terms = replace(case.terms, gap=max(asked, wanted))
        plan = cheapest_plan(replace(case, terms=terms), reporter, workers, baseline)
        if not plan.gap > wanted or asked <= wanted:
            return plan
        asked /= LOOSE


def idle(case: Case) -> Case:
    """The case with all levers closed: nothing is decided, bought or replaced."""
    j, k, s = case.projects, case.stockpiles, case.substitutions
    return replace(
        case,
        projects=replace(j, open=np.zeros_like(j.open), whole=np.zeros_like(j.whole)),
        stockpiles=replace(k, step_bound=np.zeros_like(k.step_bound)),
        substitutions=replace(s, share_max=np.zeros_like(s.share_max)),
        share_caps=replace(case.share_caps, price=np.nan_to_num(case.share_caps.price, nan=1.0)),
        ceilings=replace(case.ceilings, price=np.nan_to_num(case.ceilings.price, nan=1.0)),
    )


def nothing_decided(case: Case, baseline: Floats) -> Plan:
    """What happens where nothing is decided: the plan with no levers (plan §2)."""
    return cheapest_plan(idle(case), silent, 1, baseline)


def pipeline_alone(made: PlanCase, baseline: Floats) -> Plan:
    """What is announced comes by itself, at the success of announced projects; nothing else is done (plan §1)."""
    rows = made.rows
    kinds, years = made.case.kinds, made.case.axes.years
    more = Rows(
        list(rows.products), list(rows.supplies), [], list(rows.buyers), list(rows.limits), [], dict(rows.takes)
    )  # fmt: skip
    there = {x.id for x in made.baseline}
    success = prior("project-success")[1]
    for lever in made.announced:
        if lever.id not in there:
            more.supplies.append(built(more, lever, made.players, kinds, years, made.balances, success))
    case = assembled(
        more, made.case.axes.commodities, years, made.players, kinds, made.case.terms, (), made.balances,
        made.seller,
    )  # fmt: skip
    return cheapest_plan(idle(case), silent, 1, baseline)


@dataclass(frozen=True)
class Prize:
    """What a given sum buys best: part of each lever, the gain, tonnes of stock bought."""

    part: Floats
    cost: float
    bought: Floats


def best_buy(case: Case, baseline: Floats, total: float = PRIZE, years: int = PRIZE_YEARS) -> Prize:
    """What a sum spent over the first years buys best, parts of projects allowed                plan §6"""
    count = len(case.axes.members)
    budget = np.zeros((len(case.axes.years), count))
    budget[:years] = total / years / count
    small = replace(case, terms=replace(case.terms, budget=budget))
    assembly = assemble(small, baseline)
    found = Warm(assembly, integer=False).solve("what the sum buys")
    plan = read_plan(small, assembly, found, found.objective, found.objective, found.objective)
    return Prize(plan.decided.sum(1), plan.cost, plan.bought.sum(1))


def baseline_of(case: Case) -> Floats:
    """Undisturbed cost by year [million USD/yr]."""
    return undisturbed_cost(case)


def missing_share(plan: Plan, commodity: int, kind: int, start: int, priority_max: int = 2) -> float | None:
    """Share of use missing in a cut-off, by value over products of a commodity [1]; None where nobody uses it."""
    case, nodes = plan.case, plan.assembly.layout.nodes
    cut = np.flatnonzero((nodes.cut_kind == kind) & (nodes.cut_start == start))
    if not cut.size:
        return None
    at = np.flatnonzero(nodes.cut == cut[0])
    b = case.buyers
    who = (case.products.commodity[b.product] == commodity) & (b.priority <= priority_max)
    worth = case.products.price[b.product, 0]
    wanted = float((b.demand[who][:, nodes.year[at]] * nodes.length[at] * worth[who, None]).sum())
    if wanted <= 0:
        return None
    return float((plan.unserved[who][:, at] * worth[who, None]).sum()) / wanted


def loss_by_commodity(plan: Plan) -> Floats:
    """Worth of what is missing in cut-offs, by chance and discounted (commodity,) [USD]         plan §3"""
    case, nodes = plan.case, plan.assembly.layout.nodes
    chance = np.where(nodes.cut >= 0, np.append(nodes.cut_probability, 0.0)[nodes.cut], 0.0)
    by_buyer = (plan.unserved * chance * case.discount[nodes.year]).sum(1) * case.buyers.value
    total = np.zeros(len(case.axes.commodities))
    np.add.at(total, case.products.commodity[case.buyers.product], by_buyer)
    return total


def dearer_by_commodity(plan: Plan) -> Floats:
    """Paid in cut-offs above today's price for what is still bought, by chance and discounted (commodity,) [USD]."""
    case, nodes = plan.case, plan.assembly.layout.nodes
    chance = np.where(nodes.cut >= 0, np.append(nodes.cut_probability, 0.0)[nodes.cut], 0.0)
    outside = case.supplies.owner < 0
    above = np.maximum(
        supply_cost(case, nodes) - case.products.price[case.supplies.product][:, nodes.year], 0.0
    )
    paid = (plan.sold * above * chance * case.discount[nodes.year]).sum(1) * outside
    total = np.zeros(len(case.axes.commodities))
    np.add.at(total, case.products.commodity[case.supplies.product], paid)
    return total


def supplier_share(plan: Plan, product: int, year: int) -> float | None:
    """Supplier's part of all that enters a product's pool in a reference year [1]; None where nothing does."""
    case = plan.case
    mine = case.supplies.product == product
    sold = plan.sold[mine, year]
    made = float(plan.output[case.projects.product == product, year].sum())
    total = float(sold.sum()) + made
    if total <= 0:
        return None
    return float(sold[case.supplies.owner[mine] == -2].sum()) / total


@lru_cache(maxsize=8)
def shared_budget(coalition: str, supplier: str, budget: float) -> Floats:
    """Worth of a budget dollar beyond a dollar by year, where all commodities share the budget (year,) [1]     plan §2

    From the relaxation of the whole plan, so that a plan of a few commodities does not spend what others need.
    """
    players = names.coalition(coalition)
    seller = names.supplier(supplier, players)
    case = plan_case(players, seller, tuple(all_commodities(TRADE_LAST)), budget).case
    return budget_prices(case, baseline_of(case))
