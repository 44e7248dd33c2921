"""Small plans by brute force and by hand (plan §1, plan §2, plan §3, plan §4)."""

import importlib.util
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from oresight.core.errors import Infeasible, ModelError, StudyError
from oresight.core.progress import Cancelled
from oresight.plan.assemble import assemble
from oresight.plan.highs import Warm
from oresight.plan.programme import (
    cheapest_plan,
    chosen_share,
    expected_shortfall,
    flooded,
    plan_with,
    score,
    undisturbed_cost,
)
from oresight.plan.records import Case, earns_its_capital, first_start

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("plan_instances", ROOT / "benchmarks" / "plan_instances.py")
instances = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instances)
made_case = instances.made_case


def small(seed: int, **more: object) -> Case:
    """One commodity, three projects, five years."""
    case = made_case(1, 3, shown=4, extension=1, start_every=2, members=3, seed=seed, **more)
    lead = replace(case.projects, lead_time=np.array([1, 2, 1]), earliest=np.zeros(3, dtype=np.int64))
    return replace(case, projects=lead, terms=replace(case.terms, gap=1e-9))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("budget", [np.inf, 0.25])
def test_every_combination_of_decisions(seed: int, budget: float) -> None:
    """plan §2: no choice of build years, tried one by one, is cheaper."""
    case = small(seed, budget=budget)
    plan = cheapest_plan(case)
    assembly = assemble(case, undisturbed_cost(case))
    warm = Warm(assembly, integer=False)
    build = assembly.layout.build
    best = np.inf
    options = [[None, *[int(c) for c in row if c >= 0]] for row in build]
    every = build[build >= 0]
    for choice in product(*options):
        picked = np.isin(every, [c for c in choice if c is not None]).astype(float)
        warm.column_bounds(every, picked, picked)
        try:
            best = min(best, warm.solve().objective)
        except Infeasible:
            continue
    assert plan.cost == pytest.approx(best * 1e6, rel=1e-6, abs=1.0)


@pytest.mark.parametrize("seed", range(3))
def test_bounds_and_shares_of_the_answer(seed: int) -> None:
    """The relaxation and the proven bound lie below the plan, the plan below doing nothing."""
    case = made_case(3, 15, shown=8, extension=2, members=4, seed=seed)
    plan = cheapest_plan(case)
    slip = 1e-9 * plan.cost_nothing
    assert plan.cost_relaxed <= plan.cost_bound + slip <= plan.cost + 2 * slip
    assert plan.cost <= plan.cost_nothing + slip
    assert plan.gap <= case.terms.gap + 1e-9
    assert ((plan.decided < 1e-6) | (plan.decided > 1 - 1e-6) | ~case.projects.whole[:, None]).all()
    assert (plan.decided.sum(1) <= 1 + 1e-9).all()
    some = ~np.isnan(plan.shortfall)
    assert (plan.shortfall[some] >= plan.loss_mean[some] - 1e-6 * np.abs(plan.loss_mean[some]) - 1e-3).all()
    assert plan.plan_cost + plan.expected_loss + plan.risk_cost == pytest.approx(plan.cost)


@pytest.mark.parametrize("seed", range(3))
def test_tonnes_balance_and_feed_is_there(seed: int) -> None:
    """plan §2: what is served plus feed never exceeds what comes in, product by product and node by node."""
    case = made_case(2, 12, shown=8, extension=2, members=4, seed=seed)
    plan = cheapest_plan(case)
    nodes = plan.assembly.layout.nodes
    layout = plan.assembly.layout
    x = np.append(plan.solution.x, 0.0)
    supplies = len(case.supplies.name)
    made = np.vstack([plan.sold, plan.output])
    for p in range(len(case.products.name)):
        come = made[np.concatenate([case.supplies.product, case.projects.product]) == p].sum(0)
        for k in np.flatnonzero(case.stockpiles.product == p):
            unit = layout.scale[p]
            come = come + plan.drawn[k] + x[layout.private[k]] * unit
            come[: len(case.axes.years)] += x[layout.released[k]] * unit
        use = np.zeros(nodes.year.size)
        for b in np.flatnonzero(case.buyers.product == p):
            want = case.buyers.demand[b, nodes.year] * nodes.length - plan.unserved[b]
            for r in np.flatnonzero(case.substitutions.buyer == b):
                want = want - plan.replaced[r, nodes.year] * nodes.length
            use += want
        taken = np.zeros(nodes.year.size)
        for f in np.flatnonzero(case.feeds.product == p):
            plant = case.feeds.plant[f]
            options = (case.feeds.plant == plant).sum()
            if options == 1:
                taken += made[plant] * case.feeds.per_tonne[f]
            else:
                taken += x[layout.feed[f]] * layout.scale[p]
        assert (come - use - taken >= -1e-5 * layout.scale[p]).all()
    assert made.shape[0] == supplies + len(case.projects.name)


def test_nothing_before_a_cut_off_depends_on_it() -> None:
    """plan §2: two kinds starting in one year share every decision, purchase and reference flow before it."""
    case = small(1)
    plan = cheapest_plan(case)
    nodes = plan.assembly.layout.nodes
    stock = np.where(nodes.cut_start > 0, plan.held[:, np.maximum(nodes.cut_start - 1, 0)], 0.0)
    for cut in range(nodes.cut_start.size):
        drawn = plan.drawn[:, nodes.cut == cut].sum(1)
        opening = stock[:, cut] + (nodes.cut_start[cut] == 0) * case.stockpiles.initial
        assert (drawn <= opening + 1e-6 * plan.assembly.layout.scale[case.stockpiles.product]).all()


def test_plant_by_hand() -> None:
    """One mine replaces the supplier: its cost and the loss it avoids, computed on paper.

    Demand 100 t of one use, value 1000 USD/t; the supplier sells at 10; a mine of 100 t costs 4000 USD
    over ten years at 0 % and 20 USD/t, lead 1. Two years; a certain-by-half cut-off (12 months, no leak)
    starts in the second. No discount, no risk weight, no least use.
    Nothing: 0.5 x 100 x (1000 - 10) = 49,500. Mine: annuity 400 once; in the cut-off 100 x (20 - 10) = 1,000
    more than the baseline, by half: 400 + 500 = 900.
    """
    case = by_hand()
    plan = cheapest_plan(case)
    assert plan.cost_nothing == pytest.approx(49_500)
    assert plan.cost == pytest.approx(900)
    assert plan.plan_cost == pytest.approx(400) and plan.expected_loss == pytest.approx(500)
    assert plan.decided[0, 0] == pytest.approx(1) and plan.loss[0] == pytest.approx(1000)


def by_hand() -> Case:
    case = made_case(1, 1, shown=1, extension=1, start_every=1, members=1, targets=False)
    one = np.ones((1, 2))
    p = case.projects
    empty = np.zeros(0, dtype=np.int64)
    return replace(
        case,
        products=replace(
            case.products,
            name=("metal",),
            commodity=np.array([0]),
            stage=np.array([0]),
            price=10.0 * one,
        ),
        supplies=replace(
            case.supplies,
            name=("supplier",),
            product=np.array([0]),
            owner=np.array([-2]),
            capacity=100.0 * one,
            cost=10.0 * one,
            crisis_capacity=np.ones((1, 3)),
            crisis_cost=np.ones((1, 3)),
        ),
        projects=replace(
            p,
            product=np.array([0]),
            capacity=np.array([100.0]),
            capital_cost=np.array([4000.0]),
            operating_cost=np.array([20.0]),
            lead_time=np.array([1]),
            ramp=np.ones((1, 1)),
            earliest=np.array([0]),
            life=np.array([10]),
            capital_rate=np.array([0.0]),
            host=np.array([0]),
        ),
        feeds=replace(case.feeds, plant=empty, product=empty, per_tonne=np.zeros(0), need=empty),
        buyers=replace(
            case.buyers,
            name=("use",),
            product=np.array([0]),
            priority=np.array([0]),
            demand=100.0 * one,
            member_share=np.ones((1, 1)),
            value=np.array([1000.0]),
        ),
        substitutions=replace(
            case.substitutions,
            name=(),
            buyer=empty,
            share_max=np.zeros((0, 2)),
            capital_cost=np.zeros(0),
            operating_cost=np.zeros(0),
            life=empty,
            capital_rate=np.zeros(0),
        ),
        stockpiles=replace(
            case.stockpiles,
            product=empty,
            initial=np.zeros(0),
            step_bound=np.zeros((0, 3, 2)),
            carrying=np.zeros(0),
            loss=np.zeros(0),
            restock_multiple=np.zeros(0),
            salvage=np.zeros(0),
            private_cover=np.zeros(0),
        ),
        kinds=replace(case.kinds, probability=np.array([[0.0, 0, 0], [0.5, 0, 0]])),
        terms=replace(case.terms, social_rate=0.0, risk_weight=0.0, run_min=0.0),
    )


def test_a_value_at_the_crisis_price_is_refused() -> None:
    """plan §3: a tonne valued no higher than its crisis price is a mistake."""
    case = by_hand()
    with pytest.raises(ModelError, match="crisis price"):
        replace(case, buyers=replace(case.buyers, value=np.array([10.0])))


def test_wrong_shapes_are_gathered() -> None:
    case = by_hand()
    with pytest.raises(StudyError, match=r"Supplies\.capacity has shape"):
        replace(case, supplies=replace(case.supplies, capacity=np.ones((1, 3))))


def test_hard_target_beyond_reach_names_what_binds() -> None:
    """plan §2: infeasible says which target, how near one can get, and what stands in the way."""
    case = by_hand()
    hard = replace(
        case,
        projects=replace(case.projects, capacity=np.array([60.0])),
        ceilings=replace(
            case.ceilings,
            name=("defence is served",),
            commodity=np.array([0]),
            kind=np.array([0]),
            priority_max=np.array([0]),
            unserved_max=np.array([0.1]),
            from_year=np.array([0]),
            price=np.array([np.nan]),
        ),
    )
    with pytest.raises(Infeasible) as caught:
        cheapest_plan(hard)
    assert "defence is served" in str(caught.value) and "project 0" in str(caught.value)
    assert caught.value.facts["targets"]["defence is served"]["nearest"] == pytest.approx(0.4)
    budget = replace(hard, terms=replace(hard.terms, budget=np.full((2, 1), 100.0)))
    with pytest.raises(Infeasible, match="the budget of 2026"):
        cheapest_plan(budget)


def test_flooding_is_scored_with_the_decisions_kept() -> None:
    """plan §4: prices x 0.5; the plan's mine is kept and the supplier's cheaper metal is bought."""
    case = by_hand()
    plan = cheapest_plan(case)
    low = score(flooded(case, 0), plan)
    assert low.decided == pytest.approx(plan.decided)
    assert low.plan_cost == pytest.approx(400 - 2 * 100 * 5)


def test_given_decisions_and_shares_of_draws() -> None:
    """The pipeline alone costs what the plan costs where both decide the same. plan §3: share of draws by hand."""
    case = by_hand()
    plan = cheapest_plan(case)
    assert plan_with(case, plan.decided).cost == pytest.approx(plan.cost)
    assert plan_with(case, np.zeros((1, 2))).cost == pytest.approx(plan.cost_nothing)
    calm = replace(case, kinds=replace(case.kinds, probability=np.array([[0.0, 0, 0], [0.002, 0, 0]])))
    assert chosen_share([case, calm, calm, case]).tolist() == [0.5]
    with pytest.raises(StudyError):
        chosen_share([])


def test_baseline_takes_what_earns_its_capital() -> None:
    """plan §2: 100 t x (price - 20) against 400 USD a year: earns it at 24 USD/t after the haircut."""
    case = by_hand()
    dear = replace(case, products=replace(case.products, price=np.full((1, 2), 30.0)))
    assert earns_its_capital(dear, 0.19).tolist() == [True]
    assert earns_its_capital(dear, 0.21).tolist() == [False]


def test_first_start_sums_to_the_chance_of_any() -> None:
    chance = first_start(np.full(5, 0.1), np.array([0.7, 0.3]))
    assert chance.sum() == pytest.approx(1 - 0.9**5)


def test_expected_shortfall_by_hand() -> None:
    """Worst 40 %: all of 10 (30 %) and a quarter of that again from 5."""
    assert expected_shortfall(np.array([10.0, 5.0]), np.array([0.3, 0.7]), 0.6) == pytest.approx(8.75)


def test_work_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        cheapest_plan(small(0), reporter=lambda share, doing: False)
