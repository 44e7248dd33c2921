"""Why no plan satisfies the limits: what binds, in words, and the nearest targets that can be met (plan §2)."""

import numpy as np

from oresight.core.errors import Infeasible
from oresight.plan.assemble import Assembly
from oresight.plan.families import MONEY
from oresight.plan.highs import Warm
from oresight.plan.records import Case, Floats

SMALL = 1e-7


def shortest_targets(assembly: Assembly) -> tuple[Floats, Warm, Floats]:
    """Least total shortfall of all targets, cost no object: the point, the programme, the row duals (plan §2).

    All slacks, of hard and soft targets, are open and cost one per scale unit; nothing else costs.
    """
    layout = assembly.layout
    slack = np.concatenate([layout.cap_slack.ravel(), layout.ceiling_slack.ravel()])
    slack = slack[slack >= 0]
    warm = Warm(assembly, integer=False)
    warm.column_bounds(slack, 0.0, np.inf)
    # Only "at most once" holds decisions here, so that its price names the projects that are used up.
    once = np.concatenate([layout.build.ravel(), layout.ready.ravel()])
    warm.column_bounds(once[once >= 0], 0.0, np.inf)
    cost = np.zeros(assembly.cost.size)
    cost[slack] = 1.0
    warm.costs(cost, 0.0)
    found = warm.solve("the nearest targets that can be met")
    return found.x, warm, found.row_dual


def explain(case: Case, assembly: Assembly) -> Infeasible:
    """The error that names the targets that fail, how near one gets, and what stands in the way (plan §2)."""
    layout, years = assembly.layout, case.axes.years
    try:
        x, _, dual = shortest_targets(assembly)
    except Infeasible:
        return Infeasible(
            "no plan satisfies the limits even with every target left aside",
            "a lower bound exceeds an upper one in the inputs; look at stocks and capacities below zero",
        )
    x = np.append(x, 0.0)
    misses: list[str] = []
    facts: dict[str, object] = {}
    for t, name in enumerate(case.share_caps.name):
        slack = np.where(layout.cap_slack[t] >= 0, x[layout.cap_slack[t]], 0.0)
        if np.isnan(case.share_caps.price[t]) and slack.max() > SMALL:
            y = int(slack.argmax())
            product = case.share_caps.product[t]
            supplied = _inflow(case, assembly, x, int(product), y)
            near = case.share_caps.share_max[t] + slack[y] * layout.scale[product] / max(supplied, 1e-12)
            misses.append(f"{name}: in {years[y]} no less than {near:.0%} can be reached")
            facts[name] = {"year": years[y], "nearest": float(near)}
    nodes = layout.nodes
    for t, name in enumerate(case.ceilings.name):
        slack = np.where(layout.ceiling_slack[t] >= 0, x[layout.ceiling_slack[t]], 0.0)
        if np.isnan(case.ceilings.price[t]) and slack.size and slack.max() > SMALL:
            cut = int(slack.argmax())
            row = layout.ceiling_row[t, cut]
            allowed = max(float(assembly.row_upper[row]), 1e-12)
            share = case.ceilings.unserved_max[t]
            near = share * (1 + slack[cut] / allowed) if share > 0 else float("nan")
            start = years[nodes.cut_start[cut]]
            named = f"{near:.0%} missing" if np.isfinite(near) else "some missing"
            misses.append(f"{name}: from a cut-off in {start} no better than {named} can be reached")
            facts[name] = {"year": start, "nearest": None if np.isnan(near) else float(near)}
    binding = _binding(case, assembly, dual)
    what = "; ".join(misses[:4]) or "the limits contradict each other"
    mend = (
        f"loosen these targets, make them soft, or relax what binds: {', '.join(binding[:6]) or 'lead times'}"
    )
    return Infeasible(
        f"no plan meets every hard target: {what}", mend, {"targets": facts, "binding": binding}
    )


def _binding(case: Case, assembly: Assembly, dual: Floats) -> list[str]:
    """Limits with a price when only shortfall counts."""
    layout, years = assembly.layout, case.axes.years
    found: list[str] = []
    for y, row in enumerate(layout.budget_row):
        if row >= 0 and abs(dual[row]) > SMALL:
            found.append(f"the budget of {years[y]} ({assembly.row_upper[row] * MONEY:,.0f} USD)")
    for name, rows in zip(case.limits.name, layout.limit_row, strict=True):
        at = rows[rows >= 0]
        if at.size and np.abs(dual[at]).max() > SMALL:
            found.append(f"the limit {name!r}")
    built = [
        case.projects.name[p] for p, row in enumerate(layout.build_row) if row >= 0 and abs(dual[row]) > SMALL
    ]
    if built:
        found.append(f"no further project beside {', '.join(built[:4])}{' ...' if len(built) > 4 else ''}")
    return found


def _inflow(case: Case, assembly: Assembly, x: Floats, product: int, year: int) -> float:
    """All that enters a product's pool in a reference year [t]."""
    layout = assembly.layout
    total = 0.0
    for s in np.flatnonzero(case.supplies.product == product):
        total += float(x[layout.supply[s, year]]) * layout.scale[product]
    for p in np.flatnonzero(case.projects.product == product):
        rate = x[layout.run[p, year]] + case.terms.run_min * x[layout.ready[p, year]]
        total += float(rate) * case.projects.capacity[p]
    return total
