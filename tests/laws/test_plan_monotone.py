"""More freedom never costs more (plan §2)."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oresight.plan.assemble import assemble
from oresight.plan.highs import Warm
from oresight.plan.programme import cheapest_plan, expected_shortfall, undisturbed_cost
from oresight.plan.records import Case, for_members

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("plan_instances", ROOT / "benchmarks" / "plan_instances.py")
instances = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instances)
CASES = settings(max_examples=8, deadline=None)


def case_of(seed: int, **more: object) -> Case:
    case = instances.made_case(2, 6, shown=6, extension=2, start_every=3, members=3, seed=seed, **more)
    return replace(case, terms=replace(case.terms, gap=1e-7))


def slip(plan_cost: float) -> float:
    return 1e-5 * abs(plan_cost) + 1e3


@CASES
@example(420, 4)
@given(st.integers(0, 500), st.integers(0, 5))
def test_a_lever_more_never_costs_more(seed: int, p: int) -> None:
    """plan §2: more choice never costs more, but for the gap the plan itself states it has not closed."""
    case = case_of(seed)
    base = undisturbed_cost(case)
    closed = np.ones(6)
    closed[p] = 0.0
    without = replace(case, projects=replace(case.projects, open=closed))
    with_it = cheapest_plan(case, baseline=base)
    unproven = with_it.gap * max(with_it.cost_nothing - with_it.cost, 0.0)
    assert with_it.gap <= 0.005, "the gap a plan states is never above half a per cent of what it saves"
    assert with_it.cost <= cheapest_plan(without, baseline=base).cost + slip(with_it.cost_nothing) + unproven


@CASES
@given(st.integers(0, 500), st.floats(0.0, 0.5))
def test_a_looser_target_or_budget_never_costs_more(seed: int, looser: float) -> None:
    case = case_of(seed, budget=0.1)
    case = replace(case, terms=replace(case.terms, gap=0.005))
    base = undisturbed_cost(case)
    tight = cheapest_plan(case, baseline=base)
    loose_target = replace(case, ceilings=replace(case.ceilings, unserved_max=np.full(2, 0.05 + looser)))
    loose_budget = replace(case, terms=replace(case.terms, budget=case.terms.budget * (1 + looser)))
    for loose in (loose_target, loose_budget):
        # a heuristic could break the law by its gap, never by more
        more = tight.cost_nothing - tight.cost_bound
        assert cheapest_plan(loose, baseline=base).cost_bound <= tight.cost + slip(more)


@CASES
@given(st.integers(0, 10_000), st.floats(0, 0.99))
def test_expected_shortfall_is_at_least_the_mean(seed: int, tail: float) -> None:
    g = np.random.default_rng(seed)
    loss, chance = g.normal(0, 10, 6), g.uniform(0.01, 1, 6)
    mean = float((loss * chance).sum() / chance.sum())
    worst = expected_shortfall(loss, chance, tail)
    assert mean - 1e-9 <= worst <= loss.max() + 1e-9
    assert expected_shortfall(loss, chance, 0.0) == pytest.approx(mean)


@CASES
@given(st.integers(0, 500), st.integers(1, 6))
def test_bounds_are_additive_in_members(seed: int, bits: int) -> None:
    """coalition §1: the programme of a set has the sum of its members' bounds and one and the same matrix."""
    case = case_of(seed, budget=0.2)
    who = np.array([bits >> i & 1 for i in range(3)], dtype=float)
    together = assemble(for_members(case, who), pattern=case)
    names = ("upper", "row_lower", "row_upper")
    sums = {n: np.zeros_like(getattr(together, n)) for n in names}
    for i in np.flatnonzero(who):
        one = assemble(for_members(case, np.eye(3)[i]), pattern=case)
        assert (one.matrix != together.matrix).nnz == 0
        assert one.cost == pytest.approx(together.cost)
        for n in names:
            sums[n] += getattr(one, n)
    layout = together.layout
    skip = np.zeros(together.upper.size, dtype=bool)
    skip[layout.ready[layout.ready >= 0]] = True  # redundant: held by decisions
    assert sums["upper"][~skip] == pytest.approx(together.upper[~skip])
    assert sums["row_lower"] == pytest.approx(together.row_lower)
    assert sums["row_upper"] == pytest.approx(together.row_upper)


@CASES
@given(st.integers(0, 500))
def test_prices_are_slopes(seed: int) -> None:
    """plan §5: the dual of demand equals the finite difference of the cost, between left and right slope."""
    case = case_of(seed, whole=False)
    assembly = assemble(case, undisturbed_cost(case))
    warm = Warm(assembly, integer=False)
    warm.option("primal_feasibility_tolerance", 1e-9)
    found = warm.solve()
    rows = assembly.layout.balance.ravel()
    g = np.random.default_rng(seed)
    for row in g.choice(rows, 5, replace=False):
        low, high, step = assembly.row_lower[row], assembly.row_upper[row], 1e-4
        at = np.array([row])
        warm.row_bounds(at, low + step, high)
        up = (warm.solve().objective - found.objective) / step
        warm.row_bounds(at, low - step, high)
        down = (found.objective - warm.solve().objective) / step
        warm.row_bounds(at, low, high)
        tolerance = 1e-4 * max(1.0, abs(up), abs(down)) + 1e-7 * abs(found.objective) / step * 1e-3
        assert down - tolerance <= found.row_dual[row] <= up + tolerance
