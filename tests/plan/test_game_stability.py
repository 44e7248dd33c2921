"""Stability, joining and checks on small games whose answers can be reasoned out (coalition §3, coalition §4)."""

import numpy as np
import pytest

from oresight.core.errors import ModelError, StudyError
from oresight.plan.core_of_game import core_certificate
from oresight.plan.game import (
    Game,
    convexity,
    membership,
    proportional_split,
    set_sums,
    shapley_of_every_set,
    shapley_sampled,
    superadditivity,
    swing_share,
    veto_players,
)
from oresight.plan.nucleolus import nucleolus
from oresight.plan.stability import (
    Payoffs,
    order_of_joining,
    potential_surplus,
    stability,
    without_spillover,
)

ABC = ("A", "B", "C")


def test_too_many_players_are_refused_with_the_way_out() -> None:
    with pytest.raises(StudyError, match="sample the Shapley value"):
        Game(tuple(f"p{i}" for i in range(15)), np.zeros(1 << 15))


def test_unknown_worth_names_the_set() -> None:
    worth = np.zeros(8)
    worth[0b101] = np.nan
    with pytest.raises(ModelError, match="no worth for A, C"):
        Game(ABC, worth)


def test_key_of_zeros_is_refused() -> None:
    with pytest.raises(StudyError):
        proportional_split(Game(ABC, np.zeros(8)), np.zeros(3))


def test_free_rider_leaves_and_transfers_cannot_hold_him() -> None:
    """coalition §3: outsiders enjoy 3 for free while members of the whole get 2 each."""
    worth = np.array([0.0, 0, 0, 2, 0, 2, 2, 6])
    game = Game(ABC, worth)
    who = membership(3)
    inside = np.where(who, (worth / np.maximum(who.sum(1), 1))[:, None], np.nan)
    outside = np.where(who, np.nan, np.where(who.sum(1) >= 2, 3.0, 0.0)[:, None])
    whole = stability(Payoffs(game, inside, outside), 7)
    assert not whole.internal and whole.external and not whole.potential
    assert whole.gain_leaving.tolist() == [1.0, 1.0, 1.0] and whole.surplus == -3.0
    pair = stability(Payoffs(game, inside, outside), 3)
    assert pair.internal and pair.external  # the third would lose 3 - 2 by joining
    assert pair.gain_joining[2] == -1.0
    surplus = potential_surplus(Payoffs(game, inside, outside))
    assert surplus[7] == whole.surplus and surplus[3] == pair.surplus


def test_order_in_which_each_step_pays() -> None:
    """coalition §4: A needs B to start; C adds to both; D would dilute them and waits."""
    dividend = np.zeros(16)
    dividend[0b0011], dividend[0b0111] = 10.0, 6.0
    dividend[0b1111] = -4.0
    worth = dividend.copy()
    for i in range(4):
        halves = worth.reshape(-1, 2, 1 << i)
        halves[:, 1] += halves[:, 0]
    game = Game((*ABC, "D"), worth)
    found = order_of_joining(without_spillover(game, shapley_of_every_set(game)))
    assert found.start == 0b0011 and found.order == (2,) and found.waiting == (3,)
    assert found.worth.tolist() == [10.0, 16.0]
    assert found.gain_insiders.tolist() == [2.0] and found.gain_joiner.tolist() == [2.0]


def test_nobody_starts_where_nothing_is_gained() -> None:
    game = Game(ABC, set_sums(np.array([1.0, 2.0, 3.0])))
    found = order_of_joining(without_spillover(game, shapley_of_every_set(game)))
    assert found.start == 0 and found.waiting == (0, 1, 2)
    assert veto_players(game) == () and swing_share(game, 0.5).tolist() == [0, 0, 0]


def test_order_of_joining_agrees_with_walking_every_order() -> None:
    """coalition §4: no order of joining from a start of that size reaches more players."""
    generator = np.random.default_rng(5)
    for _ in range(20):
        worth = np.concatenate([[0.0], generator.uniform(0, 1, 15)]) * membership(4).sum(1)
        game = Game((*ABC, "D"), worth)
        payoffs = without_spillover(game, shapley_of_every_set(game))
        found = order_of_joining(payoffs)

        def reachable(s: int, payoffs: Payoffs = payoffs) -> int:
            best = s.bit_count()
            for j in range(4):
                if s >> j & 1:
                    continue
                t = s | 1 << j
                insiders = [payoffs.inside[t, i] - payoffs.inside[s, i] for i in range(4) if s >> i & 1]
                if min(insiders) >= -1e-6 and payoffs.inside[t, j] >= payoffs.outside[s, j] - 1e-6:
                    best = max(best, reachable(t))
            return best

        starts = [
            s
            for s in range(1, 16)
            if s.bit_count() >= 2
            and all(payoffs.inside[s, i] > game.alone[i] + 1e-6 for i in range(4) if s >> i & 1)
        ]
        if not starts:
            assert found.start == 0
            continue
        best = max(reachable(s) for s in starts)
        assert found.reached.bit_count() == best
        assert found.start.bit_count() == min(s.bit_count() for s in starts if reachable(s) == best)


def test_checks_name_the_failing_pair() -> None:
    """coalition §1: superadditivity of v is checked and the worst pair is named."""
    worth = set_sums(np.array([1.0, 1.0, 1.0]))
    worth[0b110] = 1.25
    found = superadditivity(Game(ABC, worth))
    assert not found.holds and set(found.worst_pair) == {0b010, 0b100} and found.worst_gap == 0.75
    assert not convexity(Game(ABC, worth)).holds


def test_empty_core_has_balanced_weights_as_proof() -> None:
    """coalition §2: the weights alone prove emptiness: each player's sets weigh 1, their worth exceeds v(N)."""
    worth = np.array([0.0, 0, 0, 0.8, 0, 0.8, 0.8, 1.0])
    found = core_certificate(Game(ABC, worth))
    assert not found.nonempty
    for i in range(3):
        assert sum(w for s, w in found.weights.items() if s >> i & 1) == pytest.approx(1)
    assert sum(w * worth[s] for s, w in found.weights.items()) == pytest.approx(1.2)


def test_worth_alone_above_worth_together_has_no_nucleolus() -> None:
    with pytest.raises(ModelError, match="together"):
        nucleolus(Game(("A", "B"), np.array([0.0, 1.0, 1.0, 1.0])))


def test_sampling_reports_an_error_that_covers_the_truth() -> None:
    """coalition §2: twenty players, weighted majority with a known symmetric part."""
    sizes = np.arange(1.0, 21.0)

    def worth(bits: int) -> float:
        return sum(sizes[i] for i in range(20) if bits >> i & 1) ** 2

    exact = sizes * sizes.sum()  # the square of a sum: each pair's product is shared equally
    found = shapley_sampled(worth, 20, orders=400, seed=3)
    assert (np.abs(found.value - exact) <= 5 * found.standard_error + 1e-6).all()
    assert found.value.sum() == pytest.approx(exact.sum())
    with pytest.raises(StudyError):
        shapley_sampled(worth, 20, orders=2, seed=3)


def test_a_set_of_one() -> None:
    game = Game(("A",), np.array([0.0, 7.0]))
    assert nucleolus(game).split.tolist() == [7.0]
