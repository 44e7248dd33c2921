"""Laws of look-through (network §4) and exposure (network §5) on networks of any shape."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.network.exposure import direct_share, exposure, exposure_to_each
from oresight.network.look_through import origin_share
from oresight.network.reconcile import reconcile_chain
from oresight.network.records import Chain, StageNetwork

LAW = settings(max_examples=40, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def a_stage(random: np.random.Generator, count: int) -> StageNetwork:
    def book(*shape: int, zeros: float) -> np.ndarray:
        sizes = np.exp(random.normal(0.0, 2.0, shape))
        return np.where(random.random(shape) < zeros, 0.0, sizes)

    return StageNetwork(book(count, zeros=0.5), book(count, count, zeros=0.6), book(count, zeros=0.3))


def a_chain(seed: int, count: int, depth: int, *, balanced: bool) -> Chain:
    random = np.random.default_rng(seed)
    scrap = random.choice([0.0, 0.4], (depth - 1, count))
    chain = Chain(
        tuple(a_stage(random, count) for _ in range(depth)),
        random.uniform(0.4, 1.0, (depth - 1, count)),
        scrap,
    )
    return reconcile_chain(chain).chain if balanced else chain


@LAW
@given(seeds, st.integers(1, 9))
def test_origins_sum_to_one(seed: int, count: int) -> None:
    stage = a_chain(seed, count, 1, balanced=False).stages[0]
    shares = origin_share(stage)
    supplied = stage.pool + stage.exports > 0
    np.testing.assert_allclose(shares[:, supplied].sum(axis=0), 1.0, atol=1e-9)
    assert np.isnan(shares[:, ~supplied]).all()
    assert (shares[:, supplied] >= 0).all()


@LAW
@given(seeds, st.integers(2, 9))
def test_who_makes_nothing_is_nobodys_origin(seed: int, count: int) -> None:
    stage = a_chain(seed, count, 1, balanced=True).stages[0]
    shares = np.nan_to_num(origin_share(stage))
    assert (shares[stage.production == 0] <= 1e-12).all()


@LAW
@given(seeds, st.integers(2, 9))
def test_world_use_comes_from_world_output(seed: int, count: int) -> None:
    """What all countries use, by origin, is what each origin made: nothing lost in transit."""
    stage = a_chain(seed, count, 1, balanced=True).stages[0]
    used = np.nan_to_num(origin_share(stage)) @ stage.consumption
    np.testing.assert_allclose(used, stage.production, rtol=1e-6, atol=1e-9 * stage.production.sum())


@LAW
@given(seeds, st.integers(2, 8), st.integers(1, 3), st.booleans())
def test_exposure_grows_with_the_set_and_is_never_below_the_direct_share(
    seed: int, count: int, depth: int, balanced: bool
) -> None:
    chain = a_chain(seed, count, depth, balanced=balanced)
    random = np.random.default_rng(seed + 1)
    few = random.random(count) < 0.4
    more = few | (random.random(count) < 0.4)
    small, large = exposure(chain, few), exposure(chain, more)
    some = ~np.isnan(small.total)
    assert (large.total[some] >= small.total[some] - 1e-9).all()
    for part in (small.total, small.made_anywhere, small.transit):
        assert (part[some] >= -1e-9).all() and (part[some] <= 1 + 1e-9).all()
    direct = direct_share(chain.stages[-1], few)
    assert (small.total[some] >= direct[some] - 1e-9).all()
    assert (small.total[some] >= small.made[:, some].max(axis=0) - 1e-9).all()
    assert (small.made_anywhere[some] <= small.made[:, some].sum(axis=0) + 1e-9).all()


@LAW
@given(seeds, st.integers(2, 8), st.integers(1, 3), st.booleans())
def test_one_set_at_a_time_or_all_countries_at_once(
    seed: int, count: int, depth: int, balanced: bool
) -> None:
    chain = a_chain(seed, count, depth, balanced=balanced)
    at_once = exposure_to_each(chain)
    for x in range(count):
        np.testing.assert_allclose(at_once[x], exposure(chain, [x]).total, atol=1e-9)


@LAW
@given(seeds, st.integers(2, 8), st.integers(1, 3))
def test_exposure_to_nobody_and_to_everybody(seed: int, count: int, depth: int) -> None:
    chain = a_chain(seed, count, depth, balanced=True)
    nobody, everybody = exposure(chain, []), exposure(chain, np.arange(count))
    some = ~np.isnan(nobody.total)
    np.testing.assert_allclose(nobody.total[some], 0.0, atol=1e-9)
    np.testing.assert_allclose(everybody.total[some], 1.0, atol=1e-9)


@LAW
@given(seeds, st.integers(2, 8))
def test_without_transit_exposure_of_one_stage_is_the_direct_share(seed: int, count: int) -> None:
    """Producers sell, buyers buy, nobody does both: then look-through changes nothing."""
    random = np.random.default_rng(seed)
    sells = np.arange(count) < (count + 1) // 2
    trade = np.exp(random.normal(0, 2, (count, count))) * np.outer(sells, ~sells)
    stage = StageNetwork(np.where(sells, trade.sum(axis=1) + 1.0, 0.0), trade, np.zeros(count))
    chosen = random.random(count) < 0.5
    bought = ~sells & (stage.imports > 0)
    np.testing.assert_allclose(
        exposure(stage, chosen).total[bought], direct_share(stage, chosen)[bought], atol=1e-12
    )


@LAW
@given(seeds, st.integers(2, 8), st.integers(1, 3), st.floats(1e-3, 1e3))
def test_neither_units_nor_order_matter(seed: int, count: int, depth: int, times: float) -> None:
    chain = a_chain(seed, count, depth, balanced=False)
    order = np.random.default_rng(seed + 2).permutation(count)
    other = Chain(
        tuple(
            StageNetwork(
                times * s.production[order],
                times * s.trade[np.ix_(order, order)],
                times * s.consumption[order],
            )
            for s in chain.stages
        ),
        chain.recovery[:, order],
        chain.secondary[:, order],
    )
    np.testing.assert_allclose(
        exposure_to_each(other), exposure_to_each(chain)[np.ix_(order, order)], atol=1e-8
    )
