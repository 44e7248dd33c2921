"""Who would leave, who would join, what transfers can hold together, and in which order to move."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import StudyError
from oresight.plan.game import Floats, Game, membership


@dataclass(frozen=True)
class Payoffs:
    """What each player has when a set has formed, as a member or outside it.

    Args:
        game: Worth of every set.
        inside: Payoff of members (set, player) [unit of v], nan for outsiders.
        outside: Payoff of outsiders (set, player) [unit of v], nan for members: the worth alone plus what
            the set does to the outsider (lower prices, scarcer supply), as the market replay measures it.
    """

    game: Game
    inside: Floats
    outside: Floats

    def __post_init__(self) -> None:
        shape = (1 << self.game.count, self.game.count)
        who = membership(self.game.count)
        if self.inside.shape != shape or self.outside.shape != shape:
            raise StudyError(f"payoffs of shape {self.inside.shape}", f"give one per set and player, {shape}")
        if np.isnan(self.inside[who]).any() or np.isnan(self.outside[~who]).any():
            raise StudyError("payoffs unknown for some set", "give a payoff to each member and each outsider")


def without_spillover(game: Game, inside: Floats) -> Payoffs:
    """Payoffs where a set does nothing to outsiders: each outsider has its worth alone (coalition §3).

    Args:
        game: Worth of every set.
        inside: Payoff of members (set, player) [unit of v], as `shapley_of_every_set` gives it.
    """
    outside = np.where(membership(game.count), np.nan, game.alone[None, :])
    return Payoffs(game, inside, outside)


@dataclass(frozen=True)
class Stability:
    """Whether a set holds together and stays as it is.

    Args:
        internal: No member gains by leaving.
        external: No outsider gains by joining.
        gain_leaving: What each member gains by leaving (player,) [unit of v], nan for outsiders; > 0 leaves.
        gain_joining: What each outsider gains by joining (player,) [unit of v], nan for members; > 0 joins.
        potential: Transfers among members could make it internally stable.
        surplus: W(S) - sum of what members would have outside [unit of v]; >= 0 where `potential`.
    """

    internal: bool
    external: bool
    gain_leaving: Floats
    gain_joining: Floats
    potential: bool
    surplus: float


def stability(payoffs: Payoffs, bits: int) -> Stability:
    """Internal and external stability of a set, and potential internal stability         coalition §3

    internal: W_i(S) >= W_i(S - i) for members; external: W_j(S) >= W_j(S + j) for outsiders;
    potential: sum over members of W_i(S - i) <= W(S).

    Source:
        d'Aspremont, Jacquemin, Gabszewicz & Weymark (1983); Carraro, Eyckmans & Finus (2006).

    >>> g = Game(("A", "B"), np.array([0.0, 1.0, 1.0, 3.0]))
    >>> half = np.array([[np.nan, np.nan], [1.0, np.nan], [np.nan, 1.0], [1.5, 1.5]])
    >>> stability(without_spillover(g, half), 3).internal
    True
    """
    game, count = payoffs.game, payoffs.game.count
    tolerance = 100 * game.tolerance
    leaving, joining = np.full(count, np.nan), np.full(count, np.nan)
    for i in range(count):
        if bits >> i & 1:
            leaving[i] = payoffs.outside[bits & ~(1 << i), i] - payoffs.inside[bits, i]
        else:
            joining[i] = payoffs.inside[bits | 1 << i, i] - payoffs.outside[bits, i]
    claims = sum(float(payoffs.outside[bits & ~(1 << i), i]) for i in range(count) if bits >> i & 1)
    surplus = float(game.worth[bits]) - claims
    return Stability(
        bool(not (leaving > tolerance).any()),
        bool(not (joining > tolerance).any()),
        leaving,
        joining,
        surplus >= -tolerance,
        surplus,
    )


def potential_surplus(payoffs: Payoffs) -> Floats:
    """W(S) - sum over members of W_i(S - i), for every set at once (set,) [unit of v]    coalition §3

    Transfers can hold together the sets where it is >= 0.
    """
    count = payoffs.game.count
    sets = np.arange(1 << count)
    claims = np.zeros(1 << count)
    for i in range(count):
        having = sets[sets >> i & 1 == 1]
        claims[having] += payoffs.outside[having & ~(1 << i), i]
    return payoffs.game.worth - claims


@dataclass(frozen=True)
class Joining:
    """An order of joining in which each step pays for those already in.

    Args:
        start: The smallest set that can start, as a bitmask; 0 where none can.
        order: Players who join afterwards, as positions in order.
        reached: The set reached in the end.
        worth: v after the start and each step (step,) [unit of v].
        gain_insiders: Least gain of a member already in at each step (step - 1,) [unit of v].
        gain_joiner: What the joiner gains over staying out at each step (step - 1,) [unit of v].
        waiting: Players for whom no paying step was found, as positions.
    """

    start: int
    order: tuple[int, ...]
    reached: int
    worth: Floats
    gain_insiders: Floats
    gain_joiner: Floats
    waiting: tuple[int, ...]


def order_of_joining(payoffs: Payoffs, gain_min: float = 0.0) -> Joining:
    """Order of joining: smallest set that can start, then one player at a time           coalition §4

    A set of two or more can start where each member has more in it than alone, by at least `gain_min`. A step
    S -> S + j pays where W_i(S + j) >= W_i(S) for all i in S and W_j(S + j) >= W_j outside S. Among starts of
    the least size from which most players are reached, the one on the best path wins: the path
    with the greatest sum of worths on the way, so the great gains come early.

    Args:
        payoffs: Under any rule for every set, for example `shapley_of_every_set`.
        gain_min: Least gain of each starter over standing alone [unit of v].
    """
    game, count = payoffs.game, payoffs.game.count
    tolerance = 100 * game.tolerance
    size = 1 << count
    sets = np.arange(size)
    who = membership(count)
    sizes: NDArray[np.int64] = who.sum(1).astype(np.int64)
    gain = np.where(who, payoffs.inside - game.alone[None, :], np.inf).min(1)
    can_start = (sizes >= 2) & (gain > max(gain_min, tolerance))

    # From each set: the largest set reachable by paying steps, then the best sum of worths on the way there.
    pays = np.zeros((size, count), dtype=bool)
    worst_insider = np.full((size, count), np.nan)
    joiner = np.full((size, count), np.nan)
    for j in range(count):
        base = sets[(sets >> j & 1) == 0]
        base = base[base > 0]
        change = np.where(who[base], payoffs.inside[base | 1 << j] - payoffs.inside[base], np.inf).min(1)
        own = payoffs.inside[base | 1 << j, j] - payoffs.outside[base, j]
        worst_insider[base, j], joiner[base, j] = change, own
        pays[base, j] = (change >= -tolerance) & (own >= -tolerance)
    reach = sizes.astype(np.int64)
    path = game.worth.copy()
    step = np.full(size, -1)
    by_size: list[int] = sets[np.argsort(-sizes, kind="stable")].tolist()
    for s in by_size:
        best: tuple[int, float, int] = (int(sizes[s]), 0.0, -1)
        for j in map(int, np.flatnonzero(pays[s])):
            t = s | 1 << j
            key = (int(reach[t]), float(path[t]), j)
            if key[:2] > best[:2] or best[2] < 0:
                best = key
        if best[2] >= 0:
            reach[s], path[s], step[s] = best[0], game.worth[s] + best[1], best[2]
    if not can_start.any():
        empty = np.zeros(0)
        return Joining(0, (), 0, empty, empty, empty, tuple(range(count)))
    starts = sets[can_start]
    far = starts[reach[starts] == reach[starts].max()]
    small = far[sizes[far] == sizes[far].min()]
    start = int(small[int(np.argmax(path[small]))])
    order: list[int] = []
    now, worth, least, own_gain = start, [float(game.worth[start])], [], []
    while step[now] >= 0:
        j = int(step[now])
        least.append(float(worst_insider[now, j]))
        own_gain.append(float(joiner[now, j]))
        now |= 1 << j
        order.append(j)
        worth.append(float(game.worth[now]))
    waiting = tuple(i for i in range(count) if not now >> i & 1)
    return Joining(start, tuple(order), now, np.array(worth), np.array(least), np.array(own_gain), waiting)
