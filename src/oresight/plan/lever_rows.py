"""Levers and targets of the programme as rows and columns: substitution, stock, limits, budgets, risk (plan §2)."""

import numpy as np
from numpy.typing import NDArray

from oresight.plan.families import MONEY, NONE, Outputs, Parts
from oresight.plan.floors import annuity
from oresight.plan.nodes import Nodes
from oresight.plan.records import SUPPLIER, Case, Floats, Ints


def substitution_part(
    parts: Parts,
    case: Case,
    shape: Case,
    nodes: Nodes,
    scale: Floats,
    balance: Ints,
    unserved: Ints,
    since: Floats,
) -> Ints:
    """Demand replaced: grows only, costs an annuity per t/yr and so much per tonne (plan §1)."""
    levers, b = case.substitutions, case.buyers
    product = b.product[levers.buyer]
    most = levers.share_max * b.demand[levers.buyer]
    exists = shape.substitutions.share_max * shape.buyers.demand[levers.buyer] > 0
    yearly = np.array(
        [annuity(float(r), int(n)) for r, n in zip(levers.capital_rate, levers.life, strict=True)]
    )
    unit = scale[product][:, None]
    # Costs fall on what stands in a year, so an increment pays its annuity as long as the horizon lasts.
    each = (levers.capital_cost * yearly + levers.operating_cost)[:, None] * case.discount * unit / MONEY
    adopted = parts.add_columns(exists, most / unit, lever=each)
    grows = parts.add_rows((adopted[:, 1:] >= 0) & (adopted[:, :-1] >= 0), 0.0, np.inf)
    parts.add(grows, adopted[:, 1:], 1.0)
    parts.add(grows, adopted[:, :-1], -1.0)
    parts.add(balance[product], adopted[:, nodes.year], nodes.length)
    with_lever = np.unique(levers.buyer)
    bound = b.demand[with_lever][:, nodes.year] * nodes.length / scale[b.product[with_lever]][:, None]
    rows = np.full(unserved.shape, NONE, dtype=np.int64)
    rows[with_lever] = parts.add_rows(unserved[with_lever] >= 0, -np.inf, bound)
    parts.add(rows, unserved, 1.0)
    parts.add(rows[levers.buyer], adopted[:, nodes.year], nodes.length)
    return adopted


def stock_part(
    parts: Parts, case: Case, shape: Case, nodes: Nodes, scale: Floats, balance: Ints
) -> dict[str, Ints]:
    """Public stock bought on a ladder, held, released, drawn; private cover used once and bought back (plan §2)."""
    k, years = case.stockpiles, len(case.axes.years)
    unit = scale[k.product]
    price = case.products.price[k.product]
    worth = price * unit[:, None] / MONEY
    rate = case.discount
    final = np.arange(years) == years - 1
    may = (shape.stockpiles.initial > 0) | (shape.stockpiles.step_bound.max((1, 2), initial=0.0) > 0)
    lasts = np.repeat(may[:, None], years, 1)
    held = parts.add_columns(
        lasts,
        np.inf,
        lever=worth * rate * (k.carrying[:, None] - np.where(final, k.salvage[:, None], 0.0)),
    )
    released = parts.add_columns(lasts, np.inf)
    budget = 1.0 + case.terms.budget_price
    bought = parts.add_columns(
        shape.stockpiles.step_bound > 0,
        k.step_bound / unit[:, None, None],
        lever=worth[:, None, :] * k.step_multiple[None, :, None] * rate * budget,
    )
    opening = np.where(
        np.arange(years) == 0, (1.0 - k.loss[:, None]) * k.initial[:, None] / unit[:, None], 0.0
    )
    keeps = parts.add_rows(lasts, opening, opening)
    parts.add(keeps, held, 1.0)
    parts.add(keeps[:, 1:], held[:, :-1], -(1.0 - k.loss[:, None]))
    parts.add(keeps[:, None, :], bought, -1.0)
    parts.add(keeps, released, 1.0)
    parts.add(balance[k.product][:, :years], released, 1.0)

    in_cut = nodes.cut >= 0
    drawn = parts.add_columns(
        lasts[:, nodes.year] & in_cut,
        np.inf,
        raw=worth[:, nodes.year] * k.restock_multiple[:, None],
        node=np.arange(nodes.year.size),
    )
    parts.add(balance[k.product], drawn, 1.0)
    has_cover = shape.stockpiles.private_cover > 0
    private = parts.add_columns(
        has_cover[:, None] & in_cut, np.inf, raw=worth[:, nodes.year], node=np.arange(nodes.year.size)
    )
    parts.add(balance[k.product], private, 1.0)
    cuts = nodes.cut_start.size
    first = np.broadcast_to(nodes.cut_start == 0, (len(unit), cuts))
    rows = parts.add_rows(
        np.repeat(may[:, None], cuts, 1), -np.inf, np.where(first, (k.initial / unit)[:, None], 0.0)
    )
    before = np.where(nodes.cut_start > 0, nodes.cut_start - 1, 0)
    parts.add(np.where(first, NONE, rows), held[:, before], -1.0)
    at = np.flatnonzero(in_cut)
    parts.add(rows[:, nodes.cut[at]], drawn[:, at], 1.0)
    cover = parts.add_rows(np.repeat(has_cover[:, None], cuts, 1), -np.inf, (k.private_cover / unit)[:, None])
    parts.add(cover[:, nodes.cut[at]], private[:, at], 1.0)
    return {"held": held, "released": released, "bought": bought, "drawn": drawn, "private": private}


def limits_part(
    parts: Parts,
    case: Case,
    shape: Case,
    nodes: Nodes,
    outputs: Outputs,
    product_of: Ints,
    scale: Floats,
) -> Ints:
    """Joint limits: by-products within what their host yields, recycling within what comes back (plan §1, §2)."""
    limits = case.limits
    unit = np.ones(len(limits.name))
    if limits.limit.size:
        np.maximum.at(unit, limits.limit, scale[product_of[limits.plant]])
    finite = np.isfinite(shape.limits.bound)[:, nodes.year]
    rows = parts.add_rows(finite, -np.inf, limits.bound[:, nodes.year] * nodes.length / unit[:, None])
    at, which = outputs.of(limits.plant)
    limit = limits.limit[which]
    parts.add(
        rows[limit, outputs.node[at]],
        outputs.column[at],
        outputs.tonnes[at] * limits.weight[which] / unit[limit],
    )
    return rows


def budget_part(
    parts: Parts,
    case: Case,
    shape: Case,
    build: Ints,
    decide: NDArray[np.bool_],
    spend: Floats,
    bought: Ints,
    scale: Floats,
) -> Ints:
    """Public money per year: the treasury's part of capital, evenly until output starts, and stock (plan §2)."""
    years, j, k = len(case.axes.years), case.projects, case.stockpiles
    limited = np.isfinite(shape.terms.budget.sum(1))
    rows = parts.add_rows(limited, -np.inf, case.terms.budget.sum(1) / MONEY)
    for age in range(int(np.maximum(j.lead_time, 1).max(initial=0))):
        pays = age < np.maximum(j.lead_time, 1)
        year = np.arange(years) + age
        row = np.where(year < years, rows[np.minimum(year, years - 1)], NONE)
        parts.add(np.where(pays[:, None] & decide, row, NONE), build, spend[:, None])
    worth = case.products.price[k.product] * scale[k.product][:, None] / MONEY
    parts.add(rows, bought, worth[:, None, :] * k.step_multiple[None, :, None])
    return rows


def share_caps_part(
    parts: Parts,
    case: Case,
    nodes: Nodes,
    outputs: Outputs,
    product_of: Ints,
    scale: Floats,
    released: Ints,
) -> tuple[Ints, Ints]:
    """Supplier's share of all that enters a product's pool in the reference, with a priced shortfall (plan §2)."""
    caps, years = case.share_caps, len(case.axes.years)
    holds = np.arange(years) >= caps.from_year[:, None]
    unit = scale[caps.product]
    hard = np.isnan(caps.price)
    paid = np.where(hard, 0.0, caps.price)[:, None] * case.products.price[caps.product] * case.discount
    slack = parts.add_columns(holds, np.where(hard, 0.0, np.inf)[:, None], lever=paid * unit[:, None] / MONEY)
    rows = parts.add_rows(holds, -np.inf, 0.0)
    parts.add(rows, slack, -1.0)
    from_supplier = np.append(case.supplies.owner, np.full(len(case.projects.name), 0)) == SUPPLIER
    co = case.co_products
    for t, product in enumerate(caps.product):
        makers = np.flatnonzero(product_of == product)
        besides = np.flatnonzero(co.product == product)
        plants = np.concatenate([makers, co.plant[besides]])
        weight = np.concatenate([np.ones(makers.size), co.per_tonne[besides]])
        at, which = outputs.of(plants)
        on_path = outputs.node[at] < years
        at, which = at[on_path], which[on_path]
        share = from_supplier[plants[which]] - caps.share_max[t]
        parts.add(
            rows[t, outputs.node[at]],
            outputs.column[at],
            share * outputs.tonnes[at] * weight[which] / unit[t],
        )
        for k in np.flatnonzero(case.stockpiles.product == product):
            parts.add(rows[t], released[k], -caps.share_max[t])
    return slack, rows


def ceilings_part(parts: Parts, case: Case, nodes: Nodes, scale: Floats, unserved: Ints) -> tuple[Ints, Ints]:
    """What may be missing of priority demand in a cut-off, with a priced shortfall (plan §2)."""
    c, b, cuts = case.ceilings, case.buyers, nodes.cut_start.size
    tested = (nodes.cut_kind == c.kind[:, None]) & (nodes.cut_start >= c.from_year[:, None])
    commodity = case.products.commodity[b.product]
    named = (commodity == c.commodity[:, None]) & (b.priority <= c.priority_max[:, None])
    unit = np.ones(len(c.name))
    value = np.zeros(len(c.name))
    bound = np.zeros((len(c.name), cuts))
    in_cut = np.flatnonzero(nodes.cut >= 0)
    for t in range(len(c.name)):
        who = np.flatnonzero(named[t])
        if who.size:
            unit[t], value[t] = scale[b.product[who]].max(), b.value[who].mean()
        wanted = (b.demand[who][:, nodes.year[in_cut]] * nodes.length[in_cut]).sum(0)
        np.add.at(bound[t], nodes.cut[in_cut], wanted * c.unserved_max[t] / unit[t])
    hard = np.isnan(c.price)
    paid = np.where(hard, 0.0, c.price * value * unit)[:, None] * case.discount[nodes.cut_start] / MONEY
    slack = parts.add_columns(tested, np.where(hard, 0.0, np.inf)[:, None], lever=paid)
    rows = parts.add_rows(tested, -np.inf, bound)
    parts.add(rows, slack, -1.0)
    for t in range(len(c.name)):
        for one in np.flatnonzero(named[t]):
            parts.add(rows[t, nodes.cut[in_cut]], unserved[one, in_cut], scale[b.product[one]] / unit[t])
    return slack, rows


def risk_part(
    parts: Parts, case: Case, nodes: Nodes, raw: Floats, node: Ints, base: Floats
) -> tuple[Floats, Ints, Ints, Ints, int]:
    """Expected shortfall of the undiscounted loss, per start year (plan §2).

    z_t + sum over kinds of share_k e_k / (1 - tail),  e_k >= loss_k - z_t,  loss_k = cost in the cut-off - baseline
    (Rockafellar & Uryasev 2000); a start year with one kind has its loss itself.
    """
    years, cuts = len(case.axes.years), nodes.cut_start.size
    chance = np.zeros(years)
    np.add.at(chance, nodes.cut_start, nodes.cut_probability)
    kinds = np.bincount(nodes.cut_start, minlength=years)
    weight = case.terms.risk_weight * chance * case.discount
    several = (kinds > 1) & (weight > 0)
    before = parts.columns
    level = parts.add_columns(several, np.inf, lower=-np.inf)
    excess = parts.add_columns(several[nodes.cut_start], np.inf)
    added = parts.columns - before
    risk = np.zeros(parts.columns)
    risk[level[several]] = weight[several]
    share = nodes.cut_probability / np.where(chance > 0, chance, 1.0)[nodes.cut_start]
    mine = excess >= 0
    risk[excess[mine]] = (weight[nodes.cut_start] * share / (1.0 - case.terms.tail))[mine]
    cut = np.append(nodes.cut, NONE)[node]
    cut[node < 0] = NONE
    single = (cut >= 0) & ~several[nodes.cut_start[np.maximum(cut, 0)]] if cuts else np.zeros(cut.size, bool)
    at = np.flatnonzero(single)
    risk[at] += raw[at] * weight[nodes.cut_start[cut[at]]]
    undisturbed = np.zeros(cuts)
    here = nodes.cut >= 0
    np.add.at(undisturbed, nodes.cut[here], (base[nodes.year] * nodes.length)[here])
    rows = parts.add_rows(mine, -undisturbed, np.inf)
    parts.add(rows, excess, 1.0)
    parts.add(rows, level[nodes.cut_start], 1.0)
    costly = np.flatnonzero((cut >= 0) & (raw != 0))
    parts.add(rows[cut[costly]] if cuts else np.zeros(0, np.int64), costly, -raw[costly])
    return risk, level, excess, rows, added


def risk_constant(nodes: Nodes, discount: Floats, base: Floats, weight: Floats) -> float:
    """Baseline of single-kind start years inside their expected shortfall."""
    kinds = np.bincount(nodes.cut_start, minlength=discount.size)
    constant = 0.0
    for node in np.flatnonzero(nodes.cut >= 0):
        cut = nodes.cut[node]
        if kinds[nodes.cut_start[cut]] == 1:
            part = base[nodes.year[node]] * nodes.length[node]
            constant -= float(weight[cut] * discount[nodes.cut_start[cut]] * part)
    return constant
