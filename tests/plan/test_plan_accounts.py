"""Payments sum to zero (plan §8) and support settles with the market's price (plan §7)."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oresight.core.errors import StudyError
from oresight.plan.accounts import accounts
from oresight.plan.feedback import promise_and_delivery, settled_support
from oresight.plan.floors import Guarantee, Venture
from oresight.plan.programme import cheapest_plan

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("plan_instances", ROOT / "benchmarks" / "plan_instances.py")
instances = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instances)


def test_money_sums_to_zero() -> None:
    """plan §8: what treasuries give, projects receive; what users pay, sellers receive."""
    case = instances.made_case(2, 12, shown=8, extension=2, members=4, seed=3)
    plan = cheapest_plan(case)
    nothing = cheapest_plan(
        replace(
            case,
            projects=replace(case.projects, open=np.zeros(12)),
            stockpiles=replace(case.stockpiles, step_bound=case.stockpiles.step_bound * 0),
            substitutions=replace(case.substitutions, share_max=case.substitutions.share_max * 0),
        ),
        baseline=plan.assembly.baseline,
    )
    sharing = np.array([0.4, 0.3, 0.2, 0.1])
    book = accounts(plan, sharing, nothing)
    assert abs(book.balance.sum()) <= 1e-9 * book.paid.sum()
    assert (book.paid >= 0).all() and np.diag(book.paid).sum() == 0
    support = book.kinds[0]
    assert support[:4].sum() == pytest.approx(support.sum())
    assert support[:4].sum(1) == pytest.approx(sharing * support.sum())
    # All support but for stock purchases is public spending, discounted with it.
    k = case.stockpiles
    steps = np.append(plan.solution.x, 0.0)[plan.assembly.layout.bought]
    steps = steps * plan.assembly.layout.scale[k.product][:, None, None]
    stock = (steps * case.products.price[k.product][:, None, :] * k.step_multiple[None, :, None]).sum((0, 1))
    years = case.discount
    assert support.sum() == pytest.approx(((plan.public_spending - stock) * years).sum(), rel=1e-6)
    assert (book.loss_avoided >= -1e-6 * abs(book.loss_avoided).max()).all() and book.loss_avoided.sum() > 0
    with pytest.raises(StudyError):
        accounts(plan, np.array([0.5, 0.3, 0.2, 0.1]))


def mine() -> Venture:
    return Venture(np.array([100.0, 0, 0]), np.array([0.0, 1, 1]), np.array([0.0, 10, 10]), 0.10)


def test_support_settles_where_price_and_supply_agree() -> None:
    """plan §7: price 60 - 5 x output settles at 55; the floor is the hand-computed 67.62 whatever the price."""
    found = settled_support([mine()], Guarantee(), lambda q: 60.0 - 5.0 * q, np.full((1, 3), 60.0))
    assert found.settled and found.price[0, 1] == pytest.approx(55.0, abs=0.05)
    assert found.floor[0] == pytest.approx(10 + 100 * 0.1 / (1 - 1.1**-2))
    assert found.support[0, 1] == pytest.approx(found.floor[0] - found.price[0, 1])


def test_disagreement_is_reported_not_hidden() -> None:
    """plan §7: a market that never answers the same twice does not settle."""
    flip = iter(range(1000))
    found = settled_support(
        [mine()],
        Guarantee(),
        lambda q: np.full(q.shape, 40.0 + 40.0 * (next(flip) % 2)),
        np.full((1, 3), 60.0),
    )
    assert not found.settled and found.disagreement > 0.1 and found.rounds == 40
    with pytest.raises(StudyError):
        settled_support([mine()], Guarantee(), lambda q: q * 0.0, np.full((1, 3), 60.0))


def test_promise_beside_delivery() -> None:
    found = promise_and_delivery(np.array([10.0, 20.0]), np.array([9.0, 30.0]))
    assert found.worst == 1 and found.gap == pytest.approx([-0.1, 0.5])
