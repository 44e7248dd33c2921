"""The nearest balanced network a second way: CVXPY with Clarabel on the primal (network §3)."""

import cvxpy as cp
import numpy as np
import pytest

from oresight.network.reconcile import reconcile, reconcile_chain
from oresight.network.records import Chain, Confidence, StageNetwork


def divergence(variable: cp.Expression, observed: np.ndarray, weight: float) -> cp.Expression:
    """Weighted Kullback-Leibler divergence over what was observed above zero."""
    some = observed > 0
    return weight * cp.sum(cp.kl_div(variable[some], observed[some])) if some.any() else cp.Constant(0.0)


def balanced_books(seed: int, count: int) -> StageNetwork:
    """Books whose every country makes, trades and uses: no unrecorded flow is needed for a balance."""
    random = np.random.default_rng(seed)
    trade = np.exp(random.normal(0, 1, (count, count))) * (random.random((count, count)) < 0.6)
    return StageNetwork(np.exp(random.normal(1, 1, count)), trade, np.exp(random.normal(1, 1, count)))


TINY = 1e-9  # size of what is added beside the books: too small to matter here


@pytest.mark.parametrize("seed", range(4))
def test_one_stage(seed: int) -> None:
    count = 6
    books = balanced_books(seed, count)
    trust = Confidence(production=4.0, trade=1.0, consumption=0.5, unrecorded=10.0, unrecorded_share=TINY)
    q, c = cp.Variable(count), cp.Variable(count)
    t = cp.Variable((count, count), nonneg=True)
    flat = cp.vec(t, order="C")
    cost = (
        divergence(q, books.production, 4.0)
        + divergence(flat, books.trade.ravel(), 1.0)
        + divergence(c, books.consumption, 0.5)
    )
    rules = [q + cp.sum(t, axis=0) == c + cp.sum(t, axis=1), t[books.trade == 0] == 0]
    cp.Problem(cp.Minimize(cost), rules).solve(solver=cp.CLARABEL, tol_gap_abs=1e-10, tol_gap_rel=1e-10)
    ours = reconcile(books, trust).network
    np.testing.assert_allclose(ours.production, q.value, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ours.trade, t.value, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ours.consumption, c.value, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_a_chain_of_two(seed: int) -> None:
    """Ore is used where and as much as the refined output needs."""
    count, recovery, scrap = 5, 0.8, 0.25
    mine, refine = balanced_books(seed, count), balanced_books(seed + 50, count)
    trust = Confidence(production=4.0, trade=1.0, consumption=0.5, unrecorded=10.0, unrecorded_share=TINY)
    parts, rules, held = [], [], []
    for books in (mine, refine):
        q, c, t = cp.Variable(count), cp.Variable(count), cp.Variable((count, count), nonneg=True)
        parts += [
            divergence(q, books.production, 4.0),
            divergence(cp.vec(t, order="C"), books.trade.ravel(), 1.0),
            divergence(c, books.consumption, 0.5),
        ]
        rules.append(t[books.trade == 0] == 0)
        held.append((q, t, c))
    (q0, t0, c0), (q1, t1, c1) = held
    feed = (1 - scrap) / recovery * q1
    rules.append(q0 + cp.sum(t0, axis=0) == c0 + cp.sum(t0, axis=1) + feed)
    rules.append(q1 + cp.sum(t1, axis=0) == c1 + cp.sum(t1, axis=1))
    cp.Problem(cp.Minimize(sum(parts)), rules).solve(solver=cp.CLARABEL, tol_gap_abs=1e-10, tol_gap_rel=1e-10)
    done = reconcile_chain(Chain((mine, refine), [recovery], [scrap]), trust).chain
    for stage, (q, t, c) in zip(done.stages, held, strict=True):
        np.testing.assert_allclose(stage.production, q.value, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(stage.trade, t.value, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(stage.consumption, c.value, rtol=1e-4, atol=1e-5)
