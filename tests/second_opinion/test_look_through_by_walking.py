"""Look-through and exposure a second way: walk the tonnes instead of solving for them (network §4, §5)."""

import numpy as np
import pytest

from oresight.network.exposure import exposure
from oresight.network.look_through import origin_share
from oresight.network.reconcile import reconcile_chain
from oresight.network.records import Chain, StageNetwork


def a_chain(seed: int, count: int, depth: int) -> Chain:
    random = np.random.default_rng(seed)

    def book(*shape: int, zeros: float) -> np.ndarray:
        return np.where(random.random(shape) < zeros, 0.0, np.exp(random.normal(0.0, 1.5, shape)))

    stages = tuple(
        StageNetwork(book(count, zeros=0.5), book(count, count, zeros=0.6), book(count, zeros=0.3))
        for _ in range(depth)
    )
    return reconcile_chain(Chain(stages, np.full(depth - 1, 0.8))).chain


@pytest.mark.parametrize("seed", range(8))
def test_origins_by_power_iteration(seed: int) -> None:
    """O <- diag(q)/pool + O T/pool, repeated, reaches the same origins as the linear solve."""
    stage = a_chain(seed, 12, 1).stages[0]
    pool = np.maximum(stage.pool, 1e-300)
    home, bought = np.diag(stage.production / pool), stage.trade / pool
    origins = np.zeros_like(home)
    for _ in range(20_000):
        after = home + origins @ bought
        if np.abs(after - origins).max() < 1e-14:
            break
        origins = after
    solved = origin_share(stage)
    some = stage.pool > 0
    np.testing.assert_allclose(solved[:, some], origins[:, some], atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_exposure_by_random_walks(seed: int) -> None:
    """Forty thousand tonnes walked back from a buyer through pools and plants to a mine."""
    chain = a_chain(seed, 8, 2)
    suppliers = {0, 3}
    solved = exposure(chain, sorted(suppliers))
    random = np.random.default_rng(seed)
    last = chain.stages[-1]
    buyer = int(np.argmax(np.where(np.isin(np.arange(8), list(suppliers)), -1.0, last.consumption)))
    walks = 40_000
    touched = np.zeros(walks, dtype=bool)
    place, stage = np.full(walks, buyer), np.full(walks, len(chain.stages) - 1)
    alive = np.ones(walks, dtype=bool)
    for _ in range(2_000):
        if not alive.any():
            break
        for g, network in enumerate(chain.stages):
            for j in range(8):
                here = np.flatnonzero(alive & (stage == g) & (place == j))
                if here.size == 0:
                    continue
                chances = np.append(network.trade[:, j], network.production[j])
                step = random.choice(9, here.size, p=chances / chances.sum())
                made = here[step == 8]
                touched[made] |= j in suppliers
                if g == 0:
                    alive[made] = False
                else:
                    stage[made] = -1  # enters the pool of the stage before, after this round
                moved = here[step < 8]
                place[moved] = step[step < 8]
                touched[moved] |= np.isin(step[step < 8], list(suppliers))
                alive[moved] = alive[moved]
            stage[alive & (stage == -1)] = g - 1
    assert not alive.any()
    assert touched.mean() == pytest.approx(solved.total[buyer], abs=0.015)
