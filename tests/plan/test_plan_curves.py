"""Prices, supply curve, frontier and delay of a plan (plan §5, plan §6), and one commodity out of many (plan §2)."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oresight.core.errors import StudyError
from oresight.plan.curves import (
    cost_of_delay,
    first_attainable,
    frontier,
    security_price,
    security_supply_curve,
)
from oresight.plan.programme import cheapest_plan
from oresight.plan.sub_case import blocks_of, for_commodities

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("plan_instances", ROOT / "benchmarks" / "plan_instances.py")
instances = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instances)


@pytest.fixture(scope="module")
def case():
    return instances.made_case(2, 14, shown=8, extension=2, start_every=3, members=4, seed=3)


def test_frontier_falls_and_is_convex(case) -> None:
    """plan §6: more money never leaves more risk, and each further dollar buys less."""
    found = frontier(case, points=12)
    assert len(found.plan_cost) == 12
    assert (np.diff(found.plan_cost) > 0).all()
    assert (np.diff(found.risk) <= 1e-6 * abs(found.risk[0])).all()
    slope = np.diff(found.risk) / np.diff(found.plan_cost)
    assert (np.diff(slope) >= -1e-4 * np.abs(slope).max()).all()


def test_whole_frontier_lies_above_the_relaxed_one(case) -> None:
    relaxed, whole = frontier(case, points=4), frontier(case, points=4, whole=True)
    assert (whole.risk >= relaxed.risk - 1e-6 * np.abs(relaxed.risk)).all()
    assert whole.plan_cost.max() <= relaxed.plan_cost.max() * (1 + 1e-6) + 1e3


def test_waiting_never_pays(case) -> None:
    """plan §6: bounds only tighten with delay, so cost never falls; in the end it is doing nothing but late."""
    found = cost_of_delay(case, points=8)
    assert len(found.cost) == 8 and found.extra[0] == 0
    assert (np.diff(found.cost) >= -1e-7 * np.abs(found.cost).max()).all()
    whole = cost_of_delay(case, points=3, whole=True)
    assert (whole.cost >= found.cost[:3] - 1e-6 * np.abs(found.cost[:3])).all()


def test_supply_curve_rises(case) -> None:
    """plan §5: marginal cost rises along the curve; its first points cost no more than its last."""
    one = for_commodities(case, np.array([0]))
    start = int(np.flatnonzero(case.kinds.probability[:, 0])[-1])
    found = security_supply_curve(one, 0, 0, start, points=8)
    assert (np.diff(found.secured) > 0).all()
    assert (np.diff(found.marginal_cost) >= -1e-6 * found.marginal_cost.max()).all()
    assert found.secured[-1] == pytest.approx(found.reachable, rel=1e-4)
    with pytest.raises(StudyError):
        security_supply_curve(one, 0, 0, 1)


def test_supply_curve_is_the_slope_of_cost(case) -> None:
    """The area under the curve equals what the secured tonnes cost, between left and right sums."""
    one = for_commodities(case, np.array([0]))
    start = int(np.flatnonzero(case.kinds.probability[:, 0])[-1])
    coarse = security_supply_curve(one, 0, 0, start, points=8)
    fine = security_supply_curve(one, 0, 0, start, points=64)
    at = np.searchsorted(fine.secured, coarse.secured - 1e-9 * fine.reachable)
    assert fine.marginal_cost[np.minimum(at, 63)] == pytest.approx(coarse.marginal_cost, rel=0.3)


def test_a_tonne_of_security_costs_no_more_than_it_is_worth(case) -> None:
    """plan §5: without risk weight or targets the marginal cost lies between 0 and the value of the best use."""
    calm = replace(case, terms=replace(case.terms, risk_weight=0.0))
    calm = replace(calm, ceilings=replace(calm.ceilings, from_year=calm.ceilings.from_year * 0 + 10))
    found = security_price(cheapest_plan(calm))
    some = ~np.isnan(found.fixed)
    assert some.any() and (found.fixed[some] >= -1e-6).all()
    for c in range(2):
        dear = calm.buyers.value[calm.products.commodity[calm.buyers.product] == c].max()
        row = found.fixed[c]
        assert (row[~np.isnan(row)] <= dear * (1 + 1e-6)).all()
    assert found.relaxed.shape == found.fixed.shape


def test_blocks_add_up(case) -> None:
    """plan §2: without budgets and risk, commodities planned apart cost what they cost together."""
    apart = replace(case, terms=replace(case.terms, risk_weight=0.0, gap=1e-7))
    assert blocks_of(apart).tolist() == [0, 1]
    whole = cheapest_plan(apart)
    parts = [cheapest_plan(for_commodities(apart, np.array([c]))) for c in range(2)]
    assert sum(p.cost for p in parts) == pytest.approx(whole.cost, rel=1e-5)


def test_one_commodity_pays_the_budget_price(case) -> None:
    """plan §2: a single-commodity plan spends less public money the dearer the budget dollar."""
    free = for_commodities(case, np.array([0]), np.zeros(10))
    dear = for_commodities(case, np.array([0]), np.full(10, 5.0))
    assert cheapest_plan(dear).public_spending.sum() <= cheapest_plan(free).public_spending.sum() + 1.0


def test_first_year_a_target_can_be_met() -> None:
    """plan §2: with a lead of one year and output for all, the target is met from the second year."""
    case = instances.made_case(1, 6, shown=6, extension=2, start_every=1, members=2, seed=5)
    case = replace(case, ceilings=replace(case.ceilings, priority_max=np.array([2])))
    found = {a.name: a.year for a in first_attainable(case)}
    assert set(found) == {*case.share_caps.name, *case.ceilings.name}
    tight = replace(
        case,
        ceilings=replace(case.ceilings, unserved_max=np.array([0.0])),
        projects=replace(case.projects, open=np.zeros(6)),
        stockpiles=replace(
            case.stockpiles,
            step_bound=case.stockpiles.step_bound * 0,
            private_cover=case.stockpiles.private_cover * 0,
        ),
        substitutions=replace(case.substitutions, share_max=case.substitutions.share_max * 0),
    )
    never = {a.name: a.year for a in first_attainable(tight)}
    assert never[case.ceilings.name[0]] is None
    for name, year in never.items():
        assert year is None or (found[name] is not None and found[name] <= year)
