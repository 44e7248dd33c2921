"""Axioms of the solution concepts on random games (coalition §2)."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.plan.core_of_game import core_certificate, core_verdict, least_core
from oresight.plan.game import (
    Game,
    convexity,
    dividends,
    membership,
    set_sums,
    shapley,
    shapley_of_every_set,
    superadditivity,
)
from oresight.plan.nucleolus import kohlberg, nucleolus

CASES = settings(max_examples=30, deadline=None)


def names(count: int) -> tuple[str, ...]:
    return tuple("ABCDEFGHIJKL"[:count])


@st.composite
def games(draw: st.DrawFn, convex: bool = False) -> Game:
    """A game from random dividends; non-negative dividends make it convex."""
    count = draw(st.integers(2, 5))
    seed = draw(st.integers(0, 2**31))
    generator = np.random.default_rng(seed)
    low = 0.0 if convex else -1.0
    d = generator.uniform(low, 3.0, 1 << count) * (generator.random(1 << count) < 0.6)
    d[0] = 0.0
    for i in range(count):
        halves = d.reshape(-1, 2, 1 << i)
        halves[:, 1] += halves[:, 0]
    d[0] = 0.0
    return Game(names(count), d)


@CASES
@given(games())
def test_efficiency(game: Game) -> None:
    assert np.isclose(shapley(game).sum(), game.total)


@CASES
@given(games(), st.permutations(range(5)))
def test_symmetry_under_renaming(game: Game, order: list[int]) -> None:
    order = [i for i in order if i < game.count]
    moved = np.zeros_like(game.worth)
    for bits in range(1 << game.count):
        moved[sum(1 << order[i] for i in range(game.count) if bits >> i & 1)] = game.worth[bits]
    other = Game(game.players, moved)
    assert np.allclose(shapley(other)[order], shapley(game))


@CASES
@given(games())
def test_null_player_gets_nothing(game: Game) -> None:
    wider = Game((*game.players, "null"), np.concatenate([game.worth, game.worth]))
    assert np.isclose(shapley(wider)[-1], 0) and np.allclose(shapley(wider)[:-1], shapley(game))
    if game.total - game.alone.sum() > 0:
        assert abs(nucleolus(wider).split.sum() - game.total) < 1e-6


@CASES
@given(games(), st.integers(0, 4), st.floats(0, 2))
def test_monotone_in_contributions(game: Game, i: int, more: float) -> None:
    """A player who adds more to every set never gets less."""
    i %= game.count
    raised = game.worth + more * membership(game.count)[:, i]
    assert shapley(Game(game.players, raised))[i] >= shapley(game)[i] - 1e-9


@CASES
@given(games(convex=True))
def test_convex_game_has_shapley_in_core(game: Game) -> None:
    assert convexity(game).holds and superadditivity(game).holds
    assert core_verdict(game, shapley(game)).inside
    assert core_certificate(game).nonempty


@CASES
@given(games())
def test_nucleolus_is_certified_and_in_a_core_that_exists(game: Game) -> None:
    if game.total < game.alone.sum():
        return
    found = nucleolus(game)
    assert found.certified and np.isclose(found.split.sum(), game.total)
    if core_certificate(game).nonempty:
        assert core_verdict(game, found.split).inside
        assert np.isclose(found.excess, least_core(game).excess, atol=1e-6)
    nudged = found.split.copy()
    nudged[0] += 0.01 * (1 + abs(nudged[0]))
    nudged[1] -= nudged[0] - found.split[0]
    assert not kohlberg(game, nudged)


@CASES
@given(games())
def test_dividends_rebuild_the_game(game: Game) -> None:
    d = dividends(game.worth)
    who = membership(game.count).astype(int)
    for bits in range(1 << game.count):
        inside = [t for t in range(1 << game.count) if t & ~bits == 0]
        assert np.isclose(d[inside].sum(), game.worth[bits])
    assert np.allclose(shapley_of_every_set(game)[-1], shapley(game))
    assert np.allclose(np.nansum(shapley_of_every_set(game), 1), game.worth)
    assert who.shape[1] == game.count


@CASES
@given(games())
def test_adding_constants_moves_every_split(game: Game) -> None:
    """Strategic equivalence: v + c(S) moves Shapley and nucleolus by c."""
    c = np.linspace(-1, 1, game.count)
    moved = Game(game.players, game.worth + set_sums(c))
    assert np.allclose(shapley(moved), shapley(game) + c)
    if game.total > game.alone.sum() + 1e-6:
        assert np.allclose(nucleolus(moved).split, nucleolus(game).split + c, atol=1e-6)
