"""One commodity's case out of the whole, with all it shares feed with (plan §2)."""

from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from oresight.plan.records import Case, Flags, Floats, Ints


def blocks_of(case: Case) -> Ints:
    """Block of each commodity: commodities that share feed, by-products or limits are one (commodity,) (plan §2)."""
    count = len(case.axes.commodities)
    product_of = np.concatenate([case.supplies.product, case.projects.product])
    of = case.products.commodity
    left = [of[product_of[case.feeds.plant]], of[product_of[case.co_products.plant]]]
    right = [of[case.feeds.product], of[case.co_products.product]]
    if case.limits.limit.size:
        first = np.zeros(len(case.limits.name), dtype=np.int64)
        first[case.limits.limit] = of[product_of[case.limits.plant]]
        left.append(of[product_of[case.limits.plant]])
        right.append(first[case.limits.limit])
    a, b = np.concatenate(left), np.concatenate(right)
    graph = sparse.coo_array((np.ones(a.size), (a, b)), shape=(count, count))
    label: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return label


def for_commodities(case: Case, wanted: Ints, budget_price: Floats | None = None) -> Case:
    """The case of some commodities and all they share feed with.

    A single commodity does not get the whole budget for itself: budgets are lifted and public money costs the
    budget prices of the last full plan instead                                           plan §2

    Args:
        case: The whole.
        wanted: Positions on the commodity axis.
        budget_price: Worth of a budget dollar beyond a dollar (year,) [1]; the budget stays a limit if None.
    """
    label = blocks_of(case)
    commodity = np.isin(label, label[wanted])
    product: Flags = commodity[case.products.commodity]
    supply, project = product[case.supplies.product], product[case.projects.product]
    buyer = product[case.buyers.product]
    lever, stock = buyer[case.substitutions.buyer], product[case.stockpiles.product]
    plant = np.concatenate([supply, project])

    def moved(kept: Flags, index: Ints) -> Ints:
        position = np.cumsum(kept) - 1
        result: Ints = position[index]
        return result

    def names(all_names: tuple[str, ...], kept: Flags) -> tuple[str, ...]:
        return tuple(n for n, k in zip(all_names, kept, strict=True) if k)

    s, j, f, co, lim = case.supplies, case.projects, case.feeds, case.co_products, case.limits
    feed, besides, entry = plant[f.plant], plant[co.plant], plant[lim.plant]
    limit = np.zeros(len(lim.name), dtype=bool)
    limit[lim.limit[entry]] = True
    cap, ceiling = product[case.share_caps.product], commodity[case.ceilings.commodity]
    terms = case.terms
    if budget_price is not None:
        terms = replace(terms, budget=np.full_like(terms.budget, np.inf), budget_price=budget_price)
    return replace(
        case,
        axes=replace(case.axes, commodities=names(case.axes.commodities, commodity)),
        products=replace(
            case.products,
            name=names(case.products.name, product),
            commodity=moved(commodity, case.products.commodity[product]),
            stage=case.products.stage[product],
            price=case.products.price[product],
        ),
        supplies=replace(
            s,
            name=names(s.name, supply),
            product=moved(product, s.product[supply]),
            owner=s.owner[supply],
            capacity=s.capacity[supply],
            cost=s.cost[supply],
            crisis_capacity=s.crisis_capacity[supply],
            crisis_cost=s.crisis_cost[supply],
        ),
        projects=replace(
            j,
            name=names(j.name, project),
            product=moved(product, j.product[project]),
            host=j.host[project],
            capacity=j.capacity[project],
            capital_cost=j.capital_cost[project],
            operating_cost=j.operating_cost[project],
            lead_time=j.lead_time[project],
            ramp=j.ramp[project],
            earliest=j.earliest[project],
            life=j.life[project],
            capital_rate=j.capital_rate[project],
            public_share=j.public_share[project],
            whole=j.whole[project],
            open=j.open[project],
            crisis_capacity=j.crisis_capacity[project],
        ),
        feeds=replace(
            f,
            plant=moved(plant, f.plant[feed]),
            product=moved(product, f.product[feed]),
            per_tonne=f.per_tonne[feed],
            need=f.need[feed],
        ),
        co_products=replace(
            co,
            plant=moved(plant, co.plant[besides]),
            product=moved(product, co.product[besides]),
            per_tonne=co.per_tonne[besides],
        ),
        limits=replace(
            lim,
            name=names(lim.name, limit),
            bound=lim.bound[limit],
            owner=lim.owner[limit],
            limit=moved(limit, lim.limit[entry]),
            plant=moved(plant, lim.plant[entry]),
            weight=lim.weight[entry],
        ),
        buyers=replace(
            case.buyers,
            name=names(case.buyers.name, buyer),
            product=moved(product, case.buyers.product[buyer]),
            priority=case.buyers.priority[buyer],
            demand=case.buyers.demand[buyer],
            member_share=case.buyers.member_share[buyer],
            value=case.buyers.value[buyer],
        ),
        substitutions=replace(
            case.substitutions,
            name=names(case.substitutions.name, lever),
            buyer=moved(buyer, case.substitutions.buyer[lever]),
            share_max=case.substitutions.share_max[lever],
            capital_cost=case.substitutions.capital_cost[lever],
            operating_cost=case.substitutions.operating_cost[lever],
            life=case.substitutions.life[lever],
            capital_rate=case.substitutions.capital_rate[lever],
        ),
        stockpiles=replace(
            case.stockpiles,
            product=moved(product, case.stockpiles.product[stock]),
            initial=case.stockpiles.initial[stock],
            step_bound=case.stockpiles.step_bound[stock],
            carrying=case.stockpiles.carrying[stock],
            loss=case.stockpiles.loss[stock],
            restock_multiple=case.stockpiles.restock_multiple[stock],
            salvage=case.stockpiles.salvage[stock],
            private_cover=case.stockpiles.private_cover[stock],
        ),
        share_caps=replace(
            case.share_caps,
            name=names(case.share_caps.name, cap),
            product=moved(product, case.share_caps.product[cap]),
            share_max=case.share_caps.share_max[cap],
            from_year=case.share_caps.from_year[cap],
            price=case.share_caps.price[cap],
        ),
        ceilings=replace(
            case.ceilings,
            name=names(case.ceilings.name, ceiling),
            commodity=moved(commodity, case.ceilings.commodity[ceiling]),
            kind=case.ceilings.kind[ceiling],
            priority_max=case.ceilings.priority_max[ceiling],
            unserved_max=case.ceilings.unserved_max[ceiling],
            from_year=case.ceilings.from_year[ceiling],
            price=case.ceilings.price[ceiling],
        ),
        terms=terms,
    )
