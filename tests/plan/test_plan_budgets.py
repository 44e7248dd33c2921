"""Plans under budgets: as good as one integer programme over everything, and what a budget dollar is worth (plan §2)."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oresight.plan.assemble import assemble
from oresight.plan.budgets import budget_prices, within_budgets
from oresight.plan.draws import relaxed_plan
from oresight.plan.highs import Warm
from oresight.plan.programme import cheapest_plan, undisturbed_cost
from oresight.plan.records import Case

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("plan_instances", ROOT / "benchmarks" / "plan_instances.py")
instances = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instances)


def tight(seed: int, budget: float) -> Case:
    return instances.made_case(
        4, 24, shown=6, extension=2, members=3, budget=budget, seed=seed, targets=False
    )


@pytest.mark.parametrize(("seed", "budget"), [(1, 0.05), (3, 0.008), (5, 0.02)])
def test_a_budgeted_plan_is_as_good_as_its_gap_says(seed: int, budget: float) -> None:
    """plan §2: the blocks' plan against one integer programme over everything, solved by itself."""
    case = tight(seed, budget)
    plan = cheapest_plan(case)
    alone = Warm(assemble(case, plan.assembly.baseline), integer=True)
    alone.option("mip_rel_gap", 1e-3)
    found = alone.solve()
    best, bound = found.objective * 1e6, found.bound * 1e6
    gain, slack = plan.cost_nothing - plan.cost, 1e-6 * abs(best)
    assert plan.cost_bound <= best + slack
    assert bound - slack <= plan.cost <= best + plan.gap * max(gain, 1.0) + slack
    assert (plan.public_spending <= case.terms.budget.sum(1) * (1 + 1e-6)).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_never_fits_is_closed_and_tightens_the_bound(seed: int) -> None:
    """plan §2: closing projects that overrun a budget alone raises the relaxation, and never beyond the whole plan."""
    case = tight(seed, 0.008)
    base = undisturbed_cost(case)
    loose = assemble(case, base)
    closed = within_budgets(case, loose)
    assert (closed.upper <= loose.upper).all() and (closed.upper < loose.upper).any()
    before, after = (Warm(a, integer=False).solve().objective for a in (loose, closed))
    whole = Warm(loose, integer=True).solve().objective
    slack = 1e-6 * abs(whole)
    assert before <= after + slack and after <= whole + slack


def test_a_budget_dollar_is_worth_what_one_more_saves() -> None:
    """plan §5: the price against finite differences of the relaxation, year by year; nothing where none is set."""
    case = tight(2, 0.05)
    case = replace(case, projects=replace(case.projects, whole=np.zeros_like(case.projects.whole)))
    base = undisturbed_cost(case)
    price = budget_prices(case, base)
    assert (price >= 0).all() and price.max() > 0
    step = 1e-4 * case.terms.budget.sum(1).max()
    for year in np.argsort(-price)[:3]:
        more, less = case.terms.budget.copy(), case.terms.budget.copy()
        more[year, 0] += step
        less[year, 0] -= step
        cost = [
            relaxed_plan(replace(case, terms=replace(case.terms, budget=b)), base).cost for b in (more, less)
        ]
        slope = (cost[1] - cost[0]) / (2 * step) / case.discount[year]
        assert np.isclose(slope, price[year], rtol=0.05)
    free = replace(case, terms=replace(case.terms, budget=np.full_like(case.terms.budget, np.inf)))
    assert (budget_prices(free, base) == 0).all()
