"""The programme as sparse arrays: columns, rows, costs, and where everything stands in them (plan §2).

Written for speed: whole families of columns and rows are made at once. The same programme in readable algebra
stands in the tests, which prove that both have the same optimum.

Money inside is in million USD, quantities in units of `product_scale`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from oresight.plan.families import MONEY, NONE, Outputs, Parts, sorted_outputs
from oresight.plan.floors import annuity
from oresight.plan.lever_rows import (
    budget_part,
    ceilings_part,
    limits_part,
    risk_constant,
    risk_part,
    share_caps_part,
    stock_part,
    substitution_part,
)
from oresight.plan.nodes import (
    Nodes,
    can_operate,
    nodes_of,
    product_scale,
    supply_bound,
    supply_cost,
)
from oresight.plan.records import Case, Floats, Ints


@dataclass(frozen=True)
class Layout:
    """Where every quantity stands among columns and rows; -1 where it has none.

    Args:
        nodes: The tree.
        scale: (product,) [t].
        build: Column of "decided in this year" (project, year).
        ready: Column of the part that can run (project, year).
        run: Column of the rate it runs at; on the reference path beyond the least use (project, node).
        supply: Column of what is bought, in scale units (supply, node).
        feed: Column of what is taken where there is a choice (feed, node).
        unserved: Column (buyer, node).
        adopted: Column of demand replaced (substitution, year).
        held, released: Columns of the public stock (stock, year).
        bought: Columns (stock, step, year).
        drawn, private: Columns of stock used in a cut-off (stock, node).
        cap_slack: Column (share cap, year). ceiling_slack: (ceiling, cut).
        balance: Row of the product's balance (product, node).
        limit_row: (limit, node). budget_row: (year,). cap_row: (share cap, year). ceiling_row: (ceiling, cut).
        build_row: "at most once" (project,). risk_row: (cut,). cost_row: Row of the plan's cost, -1 if none.
        tail_level: Column of the tail's edge (year,). tail_excess: (cut,).
    """

    nodes: Nodes
    scale: Floats
    build: Ints
    ready: Ints
    run: Ints
    supply: Ints
    feed: Ints
    unserved: Ints
    adopted: Ints
    held: Ints
    released: Ints
    bought: Ints
    drawn: Ints
    private: Ints
    cap_slack: Ints
    ceiling_slack: Ints
    balance: Ints
    limit_row: Ints
    budget_row: Ints
    cap_row: Ints
    ceiling_row: Ints
    build_row: Ints
    risk_row: Ints
    cost_row: int
    tail_level: Ints
    tail_excess: Ints


@dataclass(frozen=True)
class Assembly:
    """A linear programme min c x + offset, row_lower <= A x <= row_upper, lower <= x <= upper, some x integer.

    Args:
        cost: Sum of the four parts below [million USD].
        cost_plan: On the reference path and for levers, discounted (column,).
        cost_node: In cut-offs, weighted by chance and discounted (column,).
        cost_overlap: Reference cost not paid while a cut-off lasts (column,), <= 0 on operation.
        cost_risk: Expected-shortfall terms and shortage prices of targets (column,).
        cost_raw: Undiscounted, unweighted running cost of each node's columns (column,).
        node: Node a running cost belongs to (column,), -1 for levers.
        offset: Constant of the objective: minus the undisturbed baseline.
        baseline: Undisturbed cost (year,) [million USD/yr].
        layout: Where things stand.
        gap: Tolerated gap of an integer solution, as a share of (do nothing - plan) [1].
    """

    cost: Floats
    cost_plan: Floats
    cost_node: Floats
    cost_overlap: Floats
    cost_risk: Floats
    cost_raw: Floats
    node: Ints
    offset: float
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    row_lower: Floats
    row_upper: Floats
    matrix: sparse.csc_array
    baseline: Floats
    layout: Layout
    gap: float


def assemble(
    case: Case,
    baseline: Floats | None = None,
    pattern: Case | None = None,
    cost_row: bool = False,
) -> Assembly:
    """Build the programme (plan §2).

    min  plan cost + sum over cut-offs of chance x extra cost + lambda x expected shortfall
    s.t. supply + output + stock >= demand - unserved - replaced + feed    per product and node
         running <= ready, ready = ramp of decisions at least a lead time old, each project decided once
         stock used in a cut-off <= stock held the year before it starts
         by-product and scrap limits, yearly budgets, share caps, ceilings on what is missing

    Args:
        case: Inputs.
        baseline: Undisturbed cost by year (year,) [million USD]; zeros where None.
        pattern: Case whose non-zero bounds decide which columns exist; the case itself where None. Two cases
            with one pattern give the same matrix and differ in bounds alone (coalition §1).
        cost_row: Add a free row with the plan's cost, for frontiers.
    """
    shape = pattern or case
    nodes = nodes_of(shape)
    years, count = len(case.axes.years), nodes.year.size
    reference = nodes.cut < 0
    scale = product_scale(shape)
    base = np.zeros(years) if baseline is None else baseline
    discount = case.discount
    parts = Parts()
    node_index = np.arange(count)
    s, j, terms = case.supplies, case.projects, case.terms
    supplies, projects = len(s.name), len(j.name)
    each_year = np.arange(years)

    # Levers: decisions and what of each project is ready.
    running = can_operate(shape)
    decide = (each_year >= j.earliest[:, None]) & (each_year + j.lead_time[:, None] < years)
    decide &= (shape.projects.open > 0)[:, None]
    yearly = np.array([annuity(float(r), int(n)) for r, n in zip(j.capital_rate, j.life, strict=True)])
    since = np.concatenate([np.cumsum(discount[::-1])[::-1], np.zeros(years + 1)])
    life_end = each_year + j.lead_time[:, None] + j.life[:, None]
    start = np.minimum(each_year + j.lead_time[:, None], years)
    paid_years = since[start] - since[np.minimum(life_end, years)]
    capital = (j.capital_cost * yearly)[:, None] * paid_years / MONEY
    spend = j.capital_cost * j.public_share / np.maximum(j.lead_time, 1) / MONEY
    later = np.concatenate([terms.budget_price * discount, np.zeros(years + 1)])
    running_sum = np.concatenate([[0.0], np.cumsum(later)])
    until = np.minimum(each_year + np.maximum(j.lead_time, 1)[:, None], 2 * years)
    capital += spend[:, None] * (running_sum[until] - running_sum[each_year])
    build = parts.add_columns(
        decide, j.open[:, None], lever=capital, whole=(j.whole & (j.open >= 1.0))[:, None]
    )
    ready = parts.add_columns(running, 1.0)

    # Running: plants in each node; on the reference path what is built runs at least at `run_min`.
    up = supply_bound(case, nodes)
    exists = supply_bound(shape, nodes) > 0
    units = scale[s.product][:, None]
    supply = parts.add_columns(
        exists, up / units, raw=supply_cost(case, nodes) * units / MONEY, node=node_index
    )
    run_mask = running[:, nodes.year]
    tonnes = j.capacity[:, None] * nodes.length
    run = parts.add_columns(run_mask, np.inf, raw=j.operating_cost[:, None] * tonnes / MONEY, node=node_index)
    least = np.where(reference, terms.run_min, 0.0)
    own = np.nonzero(run_mask & reference & (terms.run_min > 0))
    out_plant = [np.nonzero(exists)[0], np.nonzero(run_mask)[0] + supplies, own[0] + supplies]
    out_node = [np.nonzero(exists)[1], np.nonzero(run_mask)[1], own[1]]
    out_column = [supply[exists], run[run_mask], ready[own[0], nodes.year[own[1]]]]
    out_tonnes = [
        np.broadcast_to(units, exists.shape)[exists],
        tonnes[run_mask],
        j.capacity[own[0]] * terms.run_min,
    ]
    outputs = sorted_outputs(out_plant, out_node, out_column, out_tonnes, supplies + projects)
    ready_cost = np.zeros(parts.columns)
    ready_cost[out_column[2]] = j.operating_cost[own[0]] * out_tonnes[2] / MONEY
    ready_node = np.full(parts.columns, NONE)
    ready_node[out_column[2]] = own[1]

    crisis = np.hstack([j.crisis_capacity, np.ones((projects, 1))])[:, nodes.kind]
    runs = parts.add_rows(run_mask, -np.inf, 0.0)
    parts.add(runs, run, 1.0)
    parts.add(runs, ready[:, nodes.year], -(crisis - least))
    ready_rows(parts, case, build, ready)
    some = np.asarray(decide.any(axis=1), dtype=bool)
    build_row = parts.add_rows(some, -np.inf, j.open)
    parts.add(build_row[:, None], build, 1.0)

    # Balances: what comes in, feed taken, demand.
    b = case.buyers
    demand = np.zeros((len(case.products.name), years))
    np.add.at(demand, b.product, b.demand)
    every = np.ones((len(case.products.name), count), dtype=bool)
    balance = parts.add_rows(every, demand[:, nodes.year] * nodes.length / scale[:, None], np.inf)
    product_of = np.concatenate([s.product, j.product])
    made = product_of[outputs.plant]
    parts.add(balance[made, outputs.node], outputs.column, outputs.tonnes / scale[made])
    co = case.co_products
    at, which = outputs.of(co.plant)
    target = co.product[which]
    parts.add(
        balance[target, outputs.node[at]],
        outputs.column[at],
        outputs.tonnes[at] * co.per_tonne[which] / scale[target],
    )
    feed = feed_rows(parts, case, outputs, balance, scale, count)
    wanted = shape.buyers.demand[:, nodes.year] > 0
    unserved = parts.add_columns(
        wanted,
        b.demand[:, nodes.year] * nodes.length / scale[b.product][:, None],
        raw=(b.value * scale[b.product] / MONEY)[:, None],
        node=node_index,
    )
    parts.add(balance[b.product], unserved, 1.0)

    adopted = substitution_part(parts, case, shape, nodes, scale, balance, unserved, since)
    stock = stock_part(parts, case, shape, nodes, scale, balance)
    limit_row = limits_part(parts, case, shape, nodes, outputs, product_of, scale)
    budget_row = budget_part(parts, case, shape, build, decide, spend, stock["bought"], scale)
    caps = share_caps_part(parts, case, nodes, outputs, product_of, scale, stock["released"])
    ceilings = ceilings_part(parts, case, nodes, scale, unserved)

    # Costs of every column, by part.
    def joined(name: str) -> Floats:
        return np.concatenate(parts.col[name])

    raw, node = joined("raw"), joined("node").astype(np.int64)
    raw[: ready_cost.size] += ready_cost
    node[: ready_node.size] = np.where(ready_node >= 0, ready_node, node[: ready_node.size])
    lever = joined("lever")
    here = node >= 0
    at_node = np.where(here, node, 0)
    on_path = here & reference[at_node]
    in_cut = here & ~reference[at_node]
    rate = discount[nodes.year][at_node]
    chance = np.append(nodes.cut_probability, 0.0)[nodes.cut][at_node]
    target_part = np.zeros(parts.columns)
    for slack in (caps[0], ceilings[0]):
        target_part[slack[slack >= 0]] = 1.0
    cost_plan = np.where(on_path, raw * rate, 0.0) + lever * (1.0 - target_part)
    cost_node = np.where(in_cut, raw * rate * chance, 0.0)
    cost_overlap = np.where(on_path, -raw * rate * nodes.overlap[nodes.year][at_node], 0.0)
    risk, tail_level, tail_excess, risk_row, added = risk_part(parts, case, nodes, raw, node, base)
    extra = np.zeros(added)
    cost_plan, cost_node, cost_overlap, raw = (
        np.concatenate([x, extra]) for x in (cost_plan, cost_node, cost_overlap, raw)
    )
    node = np.concatenate([node, np.full(added, NONE)])
    cost_risk = risk + np.concatenate([lever * target_part, extra])
    row = NONE
    if cost_row:
        row = int(parts.add_rows(np.ones(1, dtype=bool), -np.inf, np.inf)[0])
        paying = np.flatnonzero(cost_plan)
        parts.add(np.full(paying.size, row), paying, cost_plan[paying])

    entries = [np.concatenate([p[i] for p in parts.at]) for i in range(3)]
    matrix = sparse.csc_array(
        sparse.coo_array((entries[2], (entries[0], entries[1])), shape=(parts.rows, parts.columns))
    )
    weight = nodes.cut_probability * case.terms.risk_weight
    offset = -float((discount * base).sum()) + risk_constant(nodes, discount, base, weight)
    layout = Layout(
        nodes, scale, build, ready, run, supply, feed, unserved, adopted,
        stock["held"], stock["released"], stock["bought"], stock["drawn"], stock["private"],
        caps[0], ceilings[0], balance, limit_row, budget_row, caps[1], ceilings[1],
        build_row, risk_row, row, tail_level, tail_excess,
    )  # fmt: skip
    return Assembly(
        cost_plan + cost_node + cost_overlap + cost_risk,
        cost_plan, cost_node, cost_overlap, cost_risk, raw, node, offset,
        joined("lower"), joined("upper"), joined("whole") > 0,
        np.concatenate(parts.row["lower"]), np.concatenate(parts.row["upper"]),
        matrix, base, layout, terms.gap,
    )  # fmt: skip


def ready_rows(parts: Parts, case: Case, build: Ints, ready: Ints) -> None:
    """ready_t - ready_(t-1) = sum over ages a of (ramp_a - ramp_(a-1)) decided_(t - lead - a)    plan §2"""
    projects = case.projects
    years = ready.shape[1]
    rows = parts.add_rows(ready >= 0, 0.0, 0.0)
    parts.add(rows, ready, 1.0)
    parts.add(rows[:, 1:], ready[:, :-1], -1.0)
    steps = np.diff(np.hstack([np.zeros((len(ready), 1)), projects.ramp, np.ones((len(ready), 1))]), axis=1)
    each_year = np.arange(years)
    lane = np.arange(len(ready))[:, None]
    for age in range(steps.shape[1]):
        decided = each_year[None, :] - projects.lead_time[:, None] - age
        column = np.where(decided >= 0, build[lane, np.maximum(decided, 0)], NONE)
        step = np.broadcast_to(steps[:, age : age + 1], column.shape)
        parts.add(np.where(step != 0, rows, NONE), column, -step)


def feed_rows(parts: Parts, case: Case, outputs: Outputs, balance: Ints, scale: Floats, count: int) -> Ints:
    """Feed: one product only is taken in proportion to output; alternatives get a column each (plan §2)."""
    feeds = case.feeds
    columns = np.full((feeds.plant.size, count), NONE, dtype=np.int64)
    if not feeds.plant.size:
        return columns
    label = feeds.plant * (int(feeds.need.max()) + 1) + feeds.need
    _, need, options = np.unique(label, return_inverse=True, return_counts=True)
    single = options[need] == 1
    alone = np.flatnonzero(single)
    at, which = outputs.of(feeds.plant[alone])
    taken = feeds.product[alone][which]
    parts.add(
        balance[taken, outputs.node[at]],
        outputs.column[at],
        -outputs.tonnes[at] * feeds.per_tonne[alone][which] / scale[taken],
    )
    several = np.flatnonzero(~single)
    if not several.size:
        return columns
    runs = np.zeros((outputs.first.size - 1, count), dtype=bool)
    runs[outputs.plant, outputs.node] = True
    mask = np.zeros((feeds.plant.size, count), dtype=bool)
    mask[several] = runs[feeds.plant[several]]
    columns = parts.add_columns(mask, np.inf)
    parts.add(balance[feeds.product], columns, -1.0)
    first = several[np.unique(need[several], return_index=True)[1]]
    row_of = np.full((options.size, count), NONE, dtype=np.int64)
    needed = parts.add_rows(runs[feeds.plant[first]], 0.0, 0.0)
    row_of[need[first]] = needed
    # Rows are in units of the plant's typical output, the scale of its first alternative's product / per_tonne.
    unit = np.ones(options.size)
    unit[need[first]] = scale[feeds.product[first]] / feeds.per_tonne[first]
    gives = scale[feeds.product] / feeds.per_tonne / unit[need]
    parts.add(np.where(mask, row_of[need], NONE), columns, gives[:, None])
    at, which = outputs.of(feeds.plant[first])
    parts.add(
        needed[which, outputs.node[at]], outputs.column[at], -outputs.tonnes[at] / unit[need[first]][which]
    )
    return columns
