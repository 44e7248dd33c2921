"""Shapley by walking every order, nucleolus by comparing sorted complaints (coalition §2)."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest

from oresight.plan.game import Game, convexity, shapley, superadditivity
from oresight.plan.nucleolus import nucleolus


def random_game(count: int, seed: int) -> Game:
    generator = np.random.default_rng(seed)
    worth = generator.uniform(0, 1, 1 << count)
    worth *= np.array([bits.bit_count() ** 1.5 for bits in range(1 << count)])
    worth[0] = 0.0
    return Game(tuple("ABCDEFG"[:count]), worth)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7])
def test_shapley_over_every_order(count: int) -> None:
    game = random_game(count, count)
    value = np.zeros(count)
    for order in permutations(range(count)):
        bits = 0
        for i in order:
            value[i] += game.worth[bits | 1 << i] - game.worth[bits]
            bits |= 1 << i
    assert shapley(game) == pytest.approx(value / factorial(count))


@pytest.mark.parametrize("seed", range(12))
def test_no_random_split_complains_less(seed: int) -> None:
    """The sorted complaints of the nucleolus come before those of any other split tried."""
    game = random_game(4, seed)
    if game.total < game.alone.sum():
        game = Game(game.players, np.r_[game.worth[:-1], game.alone.sum() + 1.0])
    split = nucleolus(game).split

    def complaints(x: np.ndarray) -> np.ndarray:
        sums = np.array([sum(x[i] for i in range(4) if s >> i & 1) for s in range(1, 15)])
        return np.sort(game.worth[1:15] - sums)[::-1].round(7)

    ours = complaints(split)
    generator = np.random.default_rng(seed)
    for size in (1e-3, 1e-1, 1.0):
        for _ in range(300):
            y = generator.normal(0, size, 4)
            x = split + y - y.mean()
            if (x < game.alone - 1e-9).any():
                continue
            differ = np.flatnonzero(ours != complaints(x))
            assert not differ.size or ours[differ[0]] < complaints(x)[differ[0]]


@pytest.mark.parametrize("seed", range(5))
def test_pair_checks_by_enumeration(seed: int) -> None:
    game = random_game(4, seed)
    v = game.worth
    gaps = [v[s] + v[t] - v[s | t] for s in range(1, 16) for t in range(s + 1, 16) if s & t == 0]
    found = superadditivity(game)
    assert found.worst_gap == pytest.approx(max(0.0, *gaps))
    assert found.failing_share == pytest.approx(np.mean(np.array(gaps) > 1e-9))
    convex = all(v[s] + v[t] <= v[s | t] + v[s & t] + 1e-9 for s in range(16) for t in range(16))
    assert convexity(game).holds == convex
