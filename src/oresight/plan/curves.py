"""Prices and curves of a plan: a tonne of security, cost against risk, the price of waiting (plan §5, §6)."""

from dataclasses import dataclass, replace

import numpy as np

from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.plan.assemble import assemble
from oresight.plan.blocks import solve_integer
from oresight.plan.families import MONEY
from oresight.plan.highs import Solution, Warm
from oresight.plan.limits_in_words import SMALL, shortest_targets
from oresight.plan.programme import Plan, close_levers, do_nothing, open_levers, undisturbed_cost
from oresight.plan.records import Case, Ceilings, Floats, Ints
from oresight.plan.sub_case import for_commodities


@dataclass(frozen=True)
class SecurityPrice:
    """What one more tonne served in a cut-off costs, as a range.

    Args:
        fixed: From the plan with its integer choices fixed (commodity, year) [USD/t]; nan where no cut-off starts.
        relaxed: From the relaxation, where part of a project can be built (commodity, year) [USD/t].
    """

    fixed: Floats
    relaxed: Floats


def security_price(plan: Plan) -> SecurityPrice:
    """Marginal cost of a tonne of security by commodity and start year                   plan §5

    mean over nodes and kinds of the dual of demand in the cut-off / (chance x discount), by demand and chance;
    the integer choices fixed, and again from the relaxation: truth lies about these two. Of a commodity used at several
    stages the last one counts: tonnes of ore and of metal are not one.
    """
    relaxed = Warm(plan.assembly, integer=False).solve("the relaxation")
    return SecurityPrice(_tonne(plan, plan.solution), _tonne(plan, relaxed))


def _tonne(plan: Plan, solution: Solution) -> Floats:
    """Dual of demand in cut-offs, undiscounted and per chance (commodity, year) [USD/t]."""
    case, layout = plan.case, plan.assembly.layout
    nodes, discount = layout.nodes, case.discount
    shape = (len(case.axes.commodities), len(case.axes.years))
    total, weight = np.zeros(shape), np.zeros(shape)
    in_cut = np.flatnonzero(nodes.cut >= 0)
    cut = nodes.cut[in_cut]
    chance, start = nodes.cut_probability[cut], nodes.cut_start[cut]
    last = np.full(len(case.axes.commodities), -1)
    np.maximum.at(
        last, case.products.commodity[case.buyers.product], case.products.stage[case.buyers.product]
    )
    for b, product in enumerate(case.buyers.product):
        if case.products.stage[product] < last[case.products.commodity[product]]:
            continue
        rows = layout.balance[product, in_cut]
        demand = case.buyers.demand[b, nodes.year[in_cut]] * nodes.length[in_cut]
        dual = solution.row_dual[rows] * MONEY / layout.scale[product]
        each = dual / (chance * discount[nodes.year[in_cut]])
        c = case.products.commodity[product]
        np.add.at(total[c], start, each * demand * chance)
        np.add.at(weight[c], start, demand * chance)
    price: Floats = np.divide(total, weight, out=np.full(shape, np.nan), where=weight > 0)
    return price


@dataclass(frozen=True)
class SupplyCurve:
    """Tonnes secured in a cut-off against what the last of them costs.

    Args:
        secured: Served in the cut-off beyond doing nothing (point,) [t].
        marginal_cost: Present cost of the last tonne, undiscounted per cut-off's year (point,) [USD/t].
        reachable: Most that known projects can secure [t].
    """

    secured: Floats
    marginal_cost: Floats
    reachable: float


def security_supply_curve(case: Case, commodity: int, kind: int, start: int, points: int = 12) -> SupplyCurve:
    """Security supply curve of a commodity, for one cut-off                              plan §5

    The least cost of holding what is missing in the cut-off below a falling ceiling; its dual is the marginal
    cost. Only the ceiling's bound moves, so each point is a warm start. Risk is left out: what is bought is
    asked for, not hedged.

    Args:
        case: A case, best of the one commodity (`for_commodities`).
        commodity, kind, start: Which cut-off.
        points: On the curve.

    Raises:
        StudyError: No cut-off of that kind starts in that year.
    """
    if case.kinds.probability[start, kind] <= 0:
        raise StudyError(
            f"no {case.kinds.name[kind]!r} starts in {case.axes.years[start]}",
            "ask for a year in which one does",
        )
    one = np.array([0])
    asked = Ceilings(
        ("all uses served",),
        one + commodity,
        one + kind,
        one + 99,
        np.array([1.0]),
        one + start,
        np.array([np.nan]),
    )
    calm = np.zeros_like(case.kinds.probability)
    calm[start, kind] = 1e-6  # the cut-off is a requirement here, not a gamble
    alone = replace(
        case,
        ceilings=asked,
        kinds=replace(case.kinds, probability=calm),
        terms=replace(case.terms, risk_weight=0.0),
    )
    assembly = assemble(alone)
    warm = Warm(assembly, integer=False)
    row = assembly.layout.ceiling_row[0]
    row = row[row >= 0][:1]
    who = case.products.commodity[case.buyers.product] == commodity
    scale = float(assembly.layout.scale[case.buyers.product[who]].max())
    total = float(assembly.row_upper[row[0]])
    close_levers(warm, assembly)
    missing = warm.solve("doing nothing")
    unserved = np.append(missing.x, 0.0)[assembly.layout.unserved[who]]
    here = assembly.layout.nodes.cut >= 0
    before = (
        float((unserved[:, here] * assembly.layout.scale[case.buyers.product[who]][:, None]).sum()) / scale
    )
    open_levers(warm, assembly)
    x, _, _ = shortest_targets(replace(assembly, row_upper=_with(assembly.row_upper, row, 0.0)))
    least = float(np.append(x, 0.0)[assembly.layout.ceiling_slack[0]].max())
    least = min(least, before, total)
    year = case.discount[start]
    secured, price = np.zeros(points), np.zeros(points)
    for p, level in enumerate(np.linspace(before, least + 1e-7 * max(1.0, before), points + 1)[1:]):
        warm.row_bounds(row, -np.inf, level)
        found = warm.solve("a point of the supply curve")
        secured[p] = (before - level) * scale
        price[p] = -found.row_dual[row[0]] * MONEY / scale / year
    return SupplyCurve(secured, price, (before - least) * scale)


def _with(values: Floats, at: Ints, value: float) -> Floats:
    """A copy with some entries replaced."""
    copy = values.copy()
    copy[at] = value
    return copy


@dataclass(frozen=True)
class Frontier:
    """Cost of the plan against what it leaves at risk.

    Args:
        plan_cost: Of levers and the reference path beyond the undisturbed baseline (point,) [USD].
        residual_loss: Chance-weighted, discounted loss in cut-offs (point,) [USD].
        risk: Residual loss + risk weight x expected shortfall + shortage prices (point,) [USD]: what is minimised.
        whole: True where the integer choices are whole; the relaxation is a bound from below.
    """

    plan_cost: Floats
    residual_loss: Floats
    risk: Floats
    whole: bool


def frontier(
    case: Case, points: int = 12, whole: bool = False, reporter: Reporter = silent, workers: int = 2
) -> Frontier:
    """Least risk at each cost: the frontier between a cheap plan and a safe one           plan §6

    min risk s.t. plan cost <= C, C from the cheapest plan (doing what pays anyway) to the safest. Only the bound
    on cost moves, so each point is a warm start.
    """
    base = undisturbed_cost(case)
    assembly = assemble(case, base, cost_row=True)
    layout, discount = assembly.layout, case.discount
    nodes = layout.nodes
    constant = float((discount * base).sum())
    in_cut = nodes.cut >= 0
    rate = (discount[nodes.year] * nodes.length * base[nodes.year])[in_cut]
    base_loss = float((nodes.cut_probability[nodes.cut[in_cut]] * rate).sum())
    risk_cost = assembly.cost_node + assembly.cost_risk
    offset = -base_loss + assembly.offset + constant
    cheapest = Warm(assembly, integer=False)
    cheapest.costs(assembly.cost_plan, 0.0)
    low = cheapest.solve("the cheapest plan").objective
    goal = replace(assembly, cost=risk_cost + 1e-6 * assembly.cost_plan, offset=offset)
    warm = Warm(goal, integer=False)
    safest = warm.solve("the safest plan")
    high = float(assembly.cost_plan @ safest.x)
    row = np.array([layout.cost_row])
    costs, losses, risks = np.zeros(points), np.zeros(points), np.zeros(points)
    slip = 1e-7 * max(1.0, abs(low), abs(high))
    for p, cap in enumerate(np.linspace(high, low, points)):
        at = points - 1 - p
        warm.row_bounds(row, -np.inf, cap + slip)
        found = warm.solve("a point of the frontier")
        if whole and assembly.integer.any():
            limited = replace(goal, row_upper=_with(goal.row_upper, row, cap + slip))
            nothing = float(risk_cost @ found.x) + offset + max(abs(high - low), 1.0)
            found = solve_integer(limited, found, nothing, silent, workers).fixed
        costs[at] = float(assembly.cost_plan @ found.x) - constant
        losses[at] = float(assembly.cost_node @ found.x) - base_loss
        risks[at] = float(risk_cost @ found.x) + offset
        report(reporter, (p + 1) / points, "walking the frontier")
    return Frontier(costs * MONEY, losses * MONEY, risks * MONEY, whole)


@dataclass(frozen=True)
class Delay:
    """What waiting costs.

    Args:
        years: Years waited before anything is decided (point,).
        cost: Of the best plan then (point,) [USD].
        extra: Over starting now (point,) [USD].
        each_year: Of the last year waited (point,) [USD/yr]; nan for the first point.
        whole: True where the integer choices are whole.
    """

    years: Ints
    cost: Floats
    extra: Floats
    each_year: Floats
    whole: bool


def cost_of_delay(
    case: Case, points: int = 8, whole: bool = False, reporter: Reporter = silent, workers: int = 2
) -> Delay:
    """Cost of each further year of delay: urgency, in dollars                             plan §6

    cost(d) = least cost where nothing is decided, bought or replaced before year d. Only bounds move.
    """
    base = undisturbed_cost(case)
    assembly = assemble(case, base)
    warm = Warm(assembly, integer=False)
    count = min(points, len(case.axes.years))
    cost = np.zeros(count)
    nothing = 0.0
    for d in range(count):
        close_levers(warm, assembly, before=d)
        found = warm.solve(f"a start {d} years late")
        if whole and assembly.integer.any():
            if d == 0:
                nothing = do_nothing(assembly, warm, found)
                open_levers(warm, assembly)
            upper = assembly.upper.copy()
            at = assembly.layout.build[:, :d]
            others = [assembly.layout.bought[:, :, :d], assembly.layout.adopted[:, :d]]
            for columns in (at, *others):
                upper[columns[columns >= 0]] = 0.0
            found = solve_integer(replace(assembly, upper=upper), found, nothing, silent, workers).fixed
        cost[d] = found.objective
        report(reporter, (d + 1) / count, "counting what waiting costs")
    cost *= MONEY
    step = np.concatenate([[np.nan], np.diff(cost)])
    return Delay(np.arange(count), cost, cost - cost[0], step, whole)


@dataclass(frozen=True)
class Attainable:
    """When each target can first be met, cost no object.

    Args:
        name: Of the target.
        year: First calendar year from which it can be met and stays met; None is "never with known projects".
    """

    name: str
    year: int | None


def first_attainable(case: Case) -> list[Attainable]:
    """First year each target can be met with known projects, within budgets and lead times, cost no object.

    From the least total shortfall of each target on its own, tested from the first year on (plan §2).
    """
    years = len(case.axes.years)
    caps, ceilings = case.share_caps, case.ceilings
    eager = replace(
        case,
        share_caps=replace(caps, from_year=np.zeros_like(caps.from_year)),
        ceilings=replace(ceilings, from_year=np.zeros_like(ceilings.from_year)),
    )
    found: dict[str, int | None] = {}
    named = np.concatenate([case.products.commodity[caps.product], ceilings.commodity])
    for commodity in np.unique(named):
        part = for_commodities(eager, np.array([commodity]))
        assembly = assemble(part)
        layout = assembly.layout
        slacks = np.concatenate([layout.cap_slack.ravel(), layout.ceiling_slack.ravel()])
        slacks = slacks[slacks >= 0]
        warm = Warm(assembly, integer=False)
        warm.column_bounds(slacks, 0.0, np.inf)
        for names, slack, starts in (
            (part.share_caps.name, layout.cap_slack, np.arange(years)),
            (part.ceilings.name, layout.ceiling_slack, layout.nodes.cut_start),
        ):
            for t, name in enumerate(names):
                mine = slack[t][slack[t] >= 0]
                when = starts[slack[t] >= 0]
                if not mine.size:
                    found[name] = None
                    continue
                cost = np.zeros(assembly.cost.size)
                cost[mine] = 1.0
                warm.costs(cost, 0.0)
                missed = when[warm.solve("how near a target is").x[mine] > SMALL]
                met = when if not missed.size else when[when > missed.max()]
                found[name] = case.axes.years[int(met.min())] if met.size else None
    return [Attainable(name, found[name]) for name in (*caps.name, *ceilings.name)]
