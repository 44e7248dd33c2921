"""The cheapest way out: solve the programme and read the plan from it (plan §1-§5)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from oresight.core.errors import Infeasible, StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.plan.assemble import Assembly, assemble
from oresight.plan.blocks import Whole, solve_integer
from oresight.plan.budgets import within_budgets
from oresight.plan.families import MONEY, NONE
from oresight.plan.highs import Solution, Warm
from oresight.plan.limits_in_words import explain
from oresight.plan.records import SUPPLIER, Case, Floats, Ints


@dataclass(frozen=True)
class Plan:
    """A plan and what proves it. Money in USD, discounted to the first year unless said otherwise.

    Args:
        case, assembly, solution: What it was solved from and how.
        cost: Total: plan cost + expected loss + risk [USD].
        cost_nothing: The same where nothing is decided [USD].
        cost_bound: Proven lower bound of `cost` [USD]. `cost_relaxed`: of the relaxation [USD].
        plan_cost: Of the reference path and all levers, relative to the undisturbed baseline [USD].
        expected_loss: Chance-weighted extra cost of cut-offs over the reference path [USD].
        risk_cost: Risk weight x expected shortfall, and shortage prices of targets [USD].
        gap: (cost - bound) / (nothing - cost) [1]; nan where the plan saves nothing.
        decided: Part decided in the year (project, year) [1].
        output: (project, node) [t]. sold: by supply (supply, node) [t].
        unserved: (buyer, node) [t]. replaced: demand substituted (lever, year) [t/yr].
        held: Public stock (stock, year) [t]. bought: (stock, year) [t/yr]. drawn: (stock, node) [t].
        loss: Undiscounted cost of a cut-off beyond the undisturbed baseline (cut,) [USD].
        shortfall: Expected shortfall of that loss by start year (year,) [USD]; nan without a cut-off.
        loss_mean: Mean of that loss by start year (year,) [USD]; nan without a cut-off.
        public_spending: Capital support and stock purchases (year,) [USD/yr], undiscounted.
        cap_shortfall: Beyond a share cap (target, year) [t/yr]. ceiling_shortfall: (target, cut) [t].
    """

    case: Case
    assembly: Assembly
    solution: Solution
    cost: float
    cost_nothing: float
    cost_bound: float
    cost_relaxed: float
    plan_cost: float
    expected_loss: float
    risk_cost: float
    gap: float
    decided: Floats
    output: Floats
    sold: Floats
    unserved: Floats
    replaced: Floats
    held: Floats
    bought: Floats
    drawn: Floats
    loss: Floats
    shortfall: Floats
    loss_mean: Floats
    public_spending: Floats
    cap_shortfall: Floats
    ceiling_shortfall: Floats


def undisturbed_cost(case: Case) -> Floats:
    """What the coalition pays in each year without cut-offs, plans or targets (year,) [million USD/yr] (plan §2)."""
    calm = replace(
        case,
        kinds=replace(case.kinds, probability=np.zeros_like(case.kinds.probability)),
        share_caps=replace(
            case.share_caps, from_year=np.full_like(case.share_caps.from_year, len(case.axes.years))
        ),
    )
    assembly = assemble(calm)
    warm = Warm(assembly, integer=False)
    close_levers(warm, assembly)
    found = warm.solve("the undisturbed years")
    cost = np.zeros(len(case.axes.years))
    here = assembly.node >= 0
    np.add.at(cost, assembly.node[here], (assembly.cost_raw * found.x)[here])
    return cost


def lever_columns(assembly: Assembly, before: int | None = None) -> Ints:
    """Columns of decisions, purchases and substitution, all or those before a year."""
    layout = assembly.layout
    stop = before if before is not None else layout.build.shape[1]
    parts = (layout.build[:, :stop], layout.bought[:, :, :stop], layout.adopted[:, :stop])
    found = np.concatenate([p.ravel() for p in parts])
    kept: Ints = found[found >= 0]
    return kept


def close_levers(warm: Warm, assembly: Assembly, before: int | None = None) -> None:
    """Decide nothing, in all years or before a year."""
    warm.column_bounds(lever_columns(assembly, before), 0.0, 0.0)


def open_levers(warm: Warm, assembly: Assembly) -> None:
    """Put the levers' bounds back."""
    at = lever_columns(assembly)
    warm.column_bounds(at, assembly.lower[at], assembly.upper[at])


def cheapest_plan(
    case: Case, reporter: Reporter = silent, workers: int = 2, baseline: Floats | None = None
) -> Plan:
    """The plan of least cost plus risk                                                   plan §2

    Args:
        case: Inputs.
        reporter: Told the share done; may cancel.
        workers: Blocks of commodities solved at once.
        baseline: Undisturbed cost by year where known (year,) [million USD/yr]; computed if None.

    Raises:
        Infeasible: Hard targets cannot be met; names what binds and the nearest feasible levels.
    """
    base = undisturbed_cost(case) if baseline is None else baseline
    report(reporter, 0.05, "writing the programme")
    assembly = within_budgets(case, assemble(case, base))
    warm = Warm(assembly, integer=False)
    report(reporter, 0.1, "solving the relaxation")
    try:
        relaxed = warm.solve("the relaxation")
    except Infeasible as error:
        raise explain(case, assembly) from error
    nothing = do_nothing(assembly, warm, relaxed)
    whole = Whole(relaxed, relaxed.objective, warm)
    if assembly.integer.any():
        open_levers(warm, assembly)

        def part(share: float, doing: str) -> bool | None:
            return reporter(0.3 + 0.6 * share, doing)

        whole = solve_integer(assembly, relaxed, nothing, part, workers, warm)
    report(reporter, 1.0, "done")
    return read_plan(case, assembly, whole.fixed, nothing, whole.bound, relaxed.objective)


def do_nothing(assembly: Assembly, warm: Warm, relaxed: Solution) -> float:
    """Cost where no lever is used [million USD]; hard targets are then left aside (plan §2).

    The relaxation's own cost where nothing can be decided.
    """
    if not lever_columns(assembly).size:
        return relaxed.objective
    slack = np.concatenate([assembly.layout.cap_slack.ravel(), assembly.layout.ceiling_slack.ravel()])
    slack = slack[slack >= 0]
    close_levers(warm, assembly)
    warm.column_bounds(slack, assembly.lower[slack], np.inf)
    found = warm.solve("doing nothing").objective
    warm.column_bounds(slack, assembly.lower[slack], assembly.upper[slack])
    return found


def read_plan(
    case: Case, assembly: Assembly, solution: Solution, nothing: float, bound: float, relaxed: float
) -> Plan:
    """Everything a reader asks, from the columns of an optimum (plan §2)."""
    layout, x, nodes = assembly.layout, np.append(solution.x, 0.0), assembly.layout.nodes
    scale, years = layout.scale, len(case.axes.years)

    def at(column: Ints) -> Floats:
        values: Floats = x[column]
        return values

    j, k, b = case.projects, case.stockpiles, case.buyers
    least = np.where(nodes.cut < 0, case.terms.run_min, 0.0)
    output = (at(layout.run) + least * at(layout.ready)[:, nodes.year]) * j.capacity[:, None] * nodes.length
    stock_unit = scale[k.product]
    bought_steps = at(layout.bought) * stock_unit[:, None, None]
    raw = assembly.cost_raw * solution.x
    cut = np.where(assembly.node >= 0, nodes.cut[np.maximum(assembly.node, 0)], NONE)
    loss = np.zeros(nodes.cut_start.size)
    np.add.at(loss, cut[cut >= 0], raw[cut >= 0])
    here = nodes.cut >= 0
    np.add.at(loss, nodes.cut[here], -(assembly.baseline[nodes.year] * nodes.length)[here])
    shortfall, mean = np.full(years, np.nan), np.full(years, np.nan)
    for y in np.unique(nodes.cut_start):
        mine = nodes.cut_start == y
        chance = nodes.cut_probability[mine]
        shortfall[y] = expected_shortfall(loss[mine], chance, case.terms.tail)
        mean[y] = float((loss[mine] * chance).sum() / chance.sum())
    decided = at(layout.build)
    spend = j.capital_cost * j.public_share / np.maximum(j.lead_time, 1)
    public = np.zeros(years)
    for age in range(int(np.maximum(j.lead_time, 1).max(initial=0))):
        pays = np.where(age < np.maximum(j.lead_time, 1), spend, 0.0)
        public[age:] += (decided * pays[:, None]).sum(0)[: years - age]
    price = case.products.price[k.product]
    public += (bought_steps * price[:, None, :] * k.step_multiple[None, :, None]).sum((0, 1))
    base_constant = -float((case.discount * assembly.baseline).sum())
    plan_cost = float(assembly.cost_plan @ solution.x) + base_constant
    expected = float((assembly.cost_node + assembly.cost_overlap) @ solution.x)
    cost = solution.objective
    gain = nothing - cost
    commodity_scale = np.ones(len(case.ceilings.name))
    for t in range(len(case.ceilings.name)):
        named = (case.products.commodity[b.product] == case.ceilings.commodity[t]) & (
            b.priority <= case.ceilings.priority_max[t]
        )
        commodity_scale[t] = scale[b.product[named]].max(initial=0.0) or 1.0
    return Plan(
        case=case,
        assembly=assembly,
        solution=solution,
        cost=cost * MONEY,
        cost_nothing=nothing * MONEY,
        cost_bound=bound * MONEY,
        cost_relaxed=relaxed * MONEY,
        plan_cost=plan_cost * MONEY,
        expected_loss=expected * MONEY,
        risk_cost=(cost - plan_cost - expected) * MONEY,
        gap=(cost - bound) / gain if gain > 1e-9 * max(1.0, abs(nothing)) else float("nan"),
        decided=decided,
        output=output,
        sold=at(layout.supply) * scale[case.supplies.product][:, None],
        unserved=at(layout.unserved) * scale[b.product][:, None],
        replaced=at(layout.adopted) * scale[b.product[case.substitutions.buyer]][:, None],
        held=at(layout.held) * stock_unit[:, None],
        bought=bought_steps.sum(1),
        drawn=at(layout.drawn) * stock_unit[:, None],
        loss=loss * MONEY,
        shortfall=shortfall * MONEY,
        loss_mean=mean * MONEY,
        public_spending=public,
        cap_shortfall=at(layout.cap_slack) * scale[case.share_caps.product][:, None],
        ceiling_shortfall=at(layout.ceiling_slack) * commodity_scale[:, None],
    )


def expected_shortfall(loss: Floats, chance: Floats, tail: float) -> float:
    """Mean of the worst 1 - tail of the losses (plan §2).

    min over z of z + sum of p (loss - z)+ / (1 - tail),  p = chance / sum of chance

    Source:
        Rockafellar & Uryasev (2000), Optimization of conditional value-at-risk.

    >>> expected_shortfall(np.array([1.0, 3.0]), np.array([0.5, 0.5]), 0.75)
    3.0
    """
    share = chance / chance.sum()
    worst = np.argsort(-loss, kind="stable")
    left, total = 1.0 - tail, 0.0
    for i in worst:
        part = min(left, float(share[i]))
        total += part * float(loss[i])
        left -= part
        if left <= 1e-15:
            break
    return total / (1.0 - tail)


def score(case: Case, plan: Plan, baseline: Floats | None = None) -> Plan:
    """A plan's decisions under other circumstances: a flooding supplier, other prices or hazards (plan §4, §7).

    Decisions, purchases and substitution stay as planned; what runs, sells and is drawn is chosen anew.

    Args:
        case: Same axes and levers as the plan's, other numbers.
        plan: Whose decisions are kept.
        baseline: Undisturbed cost to compare with (year,) [million USD/yr]; the plan's own where None.

    Raises:
        Infeasible: The decisions cannot be carried out there, for example beyond its budgets.
    """
    base = plan.assembly.baseline if baseline is None else baseline
    assembly = assemble(case, base, pattern=plan.case)
    warm = Warm(assembly, integer=False)
    at = lever_columns(assembly)
    kept = plan.solution.x[lever_columns(plan.assembly)]
    warm.column_bounds(at, kept, kept)
    solution = warm.solve("the plan under other circumstances")
    return read_plan(
        case, assembly, solution, plan.cost_nothing / MONEY, solution.objective, solution.objective
    )


def plan_with(case: Case, decided: Floats, baseline: Floats | None = None) -> Plan:
    """What given decisions are worth, as the announced pipeline alone; all other levers closed (plan §2).

    Args:
        case: Inputs.
        decided: Part of each project decided in each year (project, year) [1]; what cannot be decided then is left out.
        baseline: Undisturbed cost by year where known (year,) [million USD/yr]; computed if None.

    Raises:
        Infeasible: The decisions overrun a limit.
    """
    base = undisturbed_cost(case) if baseline is None else baseline
    assembly = assemble(case, base)
    warm = Warm(assembly, integer=False)
    relaxed = warm.solve("the relaxation")
    nothing = do_nothing(assembly, warm, relaxed)
    close_levers(warm, assembly)
    build = assembly.layout.build
    kept = np.minimum(decided, case.projects.open[:, None])[build >= 0]
    warm.column_bounds(build[build >= 0], kept, kept)
    found = warm.solve("the given decisions")
    return read_plan(case, assembly, found, nothing, relaxed.objective, relaxed.objective)


def chosen_share(draws: Iterable[Case], reporter: Reporter = silent, workers: int = 2) -> Floats:
    """Share of draws whose plan takes a project (project,) [1]                            plan §3

    Hazard, values, discount and carrying cost are sampled by the caller, one case per draw; a project counts where
    more than half of it is decided within the horizon.

    Raises:
        StudyError: No draw.
    """
    taken: list[Floats] = []
    for number, case in enumerate(draws):
        taken.append((cheapest_plan(case, workers=workers).decided.sum(1) > 0.5).astype(float))
        report(reporter, 1.0 - 1.0 / (number + 2), f"draw {number + 1}")
    if not taken:
        raise StudyError("no draw of the plan's inputs", "give at least one case")
    share: Floats = np.mean(taken, axis=0)
    return share


def flooded(case: Case, first: int, years: int = 2, multiple: float = 0.5) -> Case:
    """The case where the supplier floods: its prices and reference prices x 0.5 for 24 months (plan §4).

    Args:
        case: The case.
        first: Position of the first flooded year.
        years: How many.
        multiple: On price [1].
    """
    lower = np.ones(len(case.axes.years))
    lower[first : first + years] = multiple
    own = (case.supplies.owner == SUPPLIER)[:, None]
    cost = np.where(own, case.supplies.cost * lower, case.supplies.cost)
    return replace(
        case,
        supplies=replace(case.supplies, cost=cost),
        products=replace(case.products, price=case.products.price * lower),
    )
