"""Laws of reconciled networks, whatever the books say (network §3)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.network.reconcile import reconcile, reconcile_chain
from oresight.network.records import Chain, Confidence, StageNetwork

LAW = settings(max_examples=40, deadline=None)


def a_stage(random: np.random.Generator, count: int, *, unknown: float = 0.3) -> StageNetwork:
    """Books as bad as they come: wide sizes, many zeros, unknown figures, contradictions."""

    def book(*shape: int, zeros: float) -> np.ndarray:
        sizes = np.exp(random.normal(0.0, 3.0, shape))
        return np.where(random.random(shape) < zeros, 0.0, sizes)

    production, consumption = book(count, zeros=0.5), book(count, zeros=0.5)
    production[random.random(count) < unknown / 3] = np.nan
    consumption[random.random(count) < unknown] = np.nan
    return StageNetwork(production, book(count, count, zeros=0.7), consumption)


def a_chain(random: np.random.Generator, count: int, depth: int) -> Chain:
    stages = tuple(a_stage(random, count) for _ in range(depth))
    recovery = random.uniform(0.3, 1.2, (depth - 1, count))
    return Chain(stages, recovery, random.choice([0.0, 0.3], (depth - 1, count)))


seeds = st.integers(0, 2**32 - 1)


@LAW
@given(seeds, st.integers(1, 9), st.integers(1, 3))
def test_any_books_reach_an_exact_balance(seed: int, count: int, depth: int) -> None:
    chain = a_chain(np.random.default_rng(seed), count, depth)
    done = reconcile_chain(chain)
    for g, stage in enumerate(done.chain.stages):
        feed = done.chain.feed(g)
        gap = np.abs(stage.imbalance(feed))
        assert (gap <= 1e-9 * np.maximum(stage.pool, 1e-300)).all()
        assert (stage.production >= 0).all() and (stage.trade >= 0).all() and (stage.consumption >= 0).all()
        assert done.stages[g].grade in "ABCD" and np.isfinite(done.stages[g].moved_share)


@LAW
@given(seeds, st.integers(1, 9), st.integers(1, 3))
def test_balanced_books_do_not_move(seed: int, count: int, depth: int) -> None:
    once = reconcile_chain(a_chain(np.random.default_rng(seed), count, depth)).chain
    twice = reconcile_chain(once)
    for g in range(depth):
        a, b = once.stages[g], twice.chain.stages[g]
        np.testing.assert_allclose(b.production, a.production, rtol=1e-6)
        np.testing.assert_allclose(b.trade, a.trade, rtol=1e-6)
        np.testing.assert_allclose(b.consumption, a.consumption, rtol=1e-6)
        assert twice.stages[g].grade == "A" and twice.stages[g].moved_share < 1e-6


@LAW
@given(seeds, st.integers(2, 8))
def test_zero_stays_zero_and_nothing_observed_vanishes(seed: int, count: int) -> None:
    books = a_stage(np.random.default_rng(seed), count, unknown=0.0)
    done = reconcile(books)
    after = done.network
    assert (after.production[books.production > 0] > 0).all()
    assert (after.trade[books.trade > 0] > 0).all()
    new = (after.trade > 0) & (books.trade == 0)
    assert (done.unrecorded.trade[new] > 0).all()


@LAW
@given(seeds, st.integers(2, 8), st.floats(1e-3, 1e3))
def test_units_do_not_matter(seed: int, count: int, times: float) -> None:
    books = a_stage(np.random.default_rng(seed), count)
    one = reconcile(books).network
    other = reconcile(
        StageNetwork(books.production * times, books.trade * times, books.consumption * times)
    ).network
    np.testing.assert_allclose(other.trade, one.trade * times, rtol=1e-7, atol=1e-300)
    np.testing.assert_allclose(other.consumption, one.consumption * times, rtol=1e-7, atol=1e-300)


@LAW
@given(seeds, st.integers(2, 8))
def test_the_order_of_countries_does_not_matter(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    books = a_stage(random, count)
    order = random.permutation(count)
    shuffled = StageNetwork(
        books.production[order], books.trade[np.ix_(order, order)], books.consumption[order]
    )
    one, other = reconcile(books).network, reconcile(shuffled).network
    np.testing.assert_allclose(other.trade, one.trade[np.ix_(order, order)], rtol=1e-7, atol=1e-300)
    np.testing.assert_allclose(other.production, one.production[order], rtol=1e-7, atol=1e-300)


@pytest.mark.parametrize("weight", [0.1, 1.0, 50.0])
def test_the_firmer_book_moves_less(weight: float) -> None:
    """Confidence is resistance: production moves less, the more it is trusted."""
    books = StageNetwork([10.0, 0.0], [[0.0, 4.0], [0.0, 0.0]], [2.0, 4.0])
    loose = reconcile(books, Confidence(production=weight))
    firm = reconcile(books, Confidence(production=2 * weight))
    assert abs(firm.moved.production[0]) < abs(loose.moved.production[0])
