"""Textbook games with published solutions (coalition §2)."""

from itertools import combinations

import numpy as np
import pytest

from oresight.plan.core_of_game import core_certificate, core_verdict, least_core
from oresight.plan.game import Game, shapley, veto_players
from oresight.plan.nucleolus import kohlberg, nucleolus


def game_of(count: int, worth: dict[tuple[int, ...], float]) -> Game:
    v = np.zeros(1 << count)
    for who, amount in worth.items():
        v[sum(1 << i for i in who)] = amount
    return Game(tuple(f"p{i + 1}" for i in range(count)), v)


def bankruptcy(estate: float, claims: list[float]) -> Game:
    """v(S) = max(0, estate - claims of the others)."""
    total = sum(claims)
    worth = {}
    for size in range(1, len(claims) + 1):
        for who in combinations(range(len(claims)), size):
            worth[who] = max(0.0, estate - total + sum(claims[i] for i in who))
    return game_of(len(claims), worth)


@pytest.mark.parametrize(
    ("estate", "shares"),
    [(100, [100 / 3, 100 / 3, 100 / 3]), (200, [50, 75, 75]), (300, [50, 100, 150])],
)
def test_talmud(estate: float, shares: list[float]) -> None:
    """Mishna Ketubot 93a: claims 100, 200, 300. Aumann & Maschler (1985): its division is the nucleolus."""
    found = nucleolus(bankruptcy(estate, [100, 200, 300]))
    assert found.certified and found.split == pytest.approx(shares)


def test_glove_market() -> None:
    """One left glove, two right ones: Shapley (2/3, 1/6, 1/6); the core is the single point (1, 0, 0)."""
    game = game_of(3, {(0, 1): 1, (0, 2): 1, (0, 1, 2): 1})
    assert shapley(game) == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    verdict = core_verdict(game, shapley(game))
    assert not verdict.inside and verdict.excess == pytest.approx(1 / 6) and verdict.leavers in (3, 5)
    assert core_certificate(game).point == pytest.approx([1, 0, 0])
    assert nucleolus(game).split == pytest.approx([1, 0, 0]) and veto_players(game) == (0,)


def test_airport() -> None:
    """Littlechild & Owen (1973): each part of the runway is shared by those who need it (Shapley)."""
    lengths = [1.0, 3.0, 3.0, 7.0, 10.0]
    cost = {who: max(lengths[i] for i in who) for size in range(1, 6) for who in combinations(range(5), size)}
    saving = game_of(5, {who: sum(lengths[i] for i in who) - c for who, c in cost.items()})
    pays = np.array(lengths) - shapley(saving)
    first, second, third, fourth = 1 / 5, 2 / 4, 4 / 2, 3 / 1
    assert pays == pytest.approx(
        [
            first,
            first + second,
            first + second,
            first + second + third,
            first + second + third + fourth,
        ]
    )
    # Littlechild (1974): nucleolus contributions by repeated min over groups of (cost / (number + 1)).
    nuc = np.array(lengths) - nucleolus(saving).split
    assert nuc == pytest.approx(littlechild(lengths))


def littlechild(lengths: list[float]) -> list[float]:
    """Littlechild's (1974) recursion for the nucleolus of the airport game, coded from its statement."""
    count = len(lengths)
    pays = [0.0] * count
    done, paid = 0, 0.0
    while done < count:
        best, upto = np.inf, done
        for k in range(done, count):
            rate = (
                (lengths[k] - paid) / (k - done + 2)
                if k < count - 1
                else (lengths[k] - paid) / (k - done + 1)
            )
            if rate <= best + 1e-12:
                best, upto = rate, k
        for k in range(done, upto + 1):
            pays[k] = best
        paid += best * (upto + 1 - done)
        done = upto + 1
    return pays


def test_majority_of_three_has_no_core() -> None:
    """Three players, any two suffice: empty core, least-core excess 1/3, all concepts equal shares."""
    game = game_of(3, {(0, 1): 1, (0, 2): 1, (1, 2): 1, (0, 1, 2): 1})
    assert not core_certificate(game).nonempty
    assert least_core(game).excess == pytest.approx(1 / 3)
    assert nucleolus(game).split == pytest.approx([1 / 3] * 3)


def test_security_council_in_small() -> None:
    """Weighted majority [3; 2, 1, 1] (Shapley & Shubik 1954): power 2/3, 1/6, 1/6; nucleolus all to the veto."""
    game = game_of(3, {(0, 1): 1, (0, 2): 1, (0, 1, 2): 1})
    assert shapley(game) == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert veto_players(game) == (0,)


def test_two_sided_market_of_maschler() -> None:
    """Two buyers and three sellers of one good each (assignment game of ones): sellers in excess get nothing."""
    worth = {}
    for size in range(1, 6):
        for who in combinations(range(5), size):
            worth[who] = float(min(sum(i < 2 for i in who), sum(i >= 2 for i in who)))
    game = game_of(5, worth)
    found = nucleolus(game)
    assert found.split == pytest.approx([1, 1, 0, 0, 0], abs=1e-9)
    assert core_verdict(game, found.split).inside


def test_unequal_partners() -> None:
    """Solved by hand with two levels: v(N)=1, v(12)=0.6, v(13)=0.8, others 0 gives (0.7, 0.1, 0.2).

    Worst complaints are made equal between {2} and {1,3}, then between {3} and {1,2}.
    """
    game = game_of(3, {(0, 1): 0.6, (0, 2): 0.8, (0, 1, 2): 1.0})
    found = nucleolus(game)
    # {2} and {1,3}: -x2 = 0.8 - (1 - x2) -> x2 = 0.1; {3} and {1,2}: -x3 = 0.6 - (1 - x3) -> x3 = 0.2
    assert found.split == pytest.approx([0.7, 0.1, 0.2])
    assert not kohlberg(game, np.array([0.6, 0.15, 0.25]))
