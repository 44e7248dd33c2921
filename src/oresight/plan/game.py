"""The coalition game: worth of every set of players, Shapley value, proportional splits, checks of v.

A set of players is a bitmask: player i is in set s where `s >> i & 1`. Up to fourteen players every set is
held; beyond, the Shapley value is sampled with its standard error.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import ModelError, StudyError

Floats = NDArray[np.float64]
PLAYERS_EXACT = 14


@dataclass(frozen=True)
class Game:
    """What every set of players is worth together.

    Args:
        players: Names, player i being bit i.
        worth: v (set,) [USD or any one unit], position = bitmask of the set; v of nobody is 0
            (coalition §1).

    Raises:
        StudyError: More than fourteen players, or a table of another length than 2^n.
        ModelError: A worth that is not a number, or a worth for nobody.

    >>> Game(("A", "B"), np.array([0.0, 1.0, 2.0, 4.0])).total
    4.0
    """

    players: tuple[str, ...]
    worth: Floats

    def __post_init__(self) -> None:
        count = len(self.players)
        if not 1 <= count <= PLAYERS_EXACT:
            raise StudyError(
                f"a game of {count} players",
                f"up to {PLAYERS_EXACT} are held exactly; sample the Shapley value beyond",
                {"players": count, "players_max": PLAYERS_EXACT},
            )
        if self.worth.shape != (1 << count,):
            raise StudyError(
                f"{self.worth.size} worths for {count} players",
                f"give {1 << count}, one for every set",
                {"players": count, "worths": int(self.worth.size)},
            )
        bad = np.flatnonzero(~np.isfinite(self.worth))
        if bad.size:
            raise ModelError(
                f"no worth for {', '.join(members(int(bad[0]), self.players)) or 'the empty set'}",
                "solve that set's plan first",
                {"sets": [int(b) for b in bad[:20]]},
            )
        if self.worth[0] != 0.0:
            raise ModelError(f"nobody is worth {self.worth[0]:g}", "the empty set must be worth 0")

    @property
    def count(self) -> int:
        """Number of players."""
        return len(self.players)

    @property
    def total(self) -> float:
        """Worth of all players together."""
        return float(self.worth[-1])

    @property
    def alone(self) -> Floats:
        """Worth of each player alone (player,)."""
        alone: Floats = self.worth[1 << np.arange(self.count)]
        return alone

    @property
    def tolerance(self) -> float:
        """Difference of worths that is taken for rounding: 1e-9 of the largest."""
        return 1e-9 * max(1.0, float(np.abs(self.worth).max()))


def members(bits: int, players: Sequence[str]) -> tuple[str, ...]:
    """Names of the players in a set.

    >>> members(0b101, ("USA", "JPN", "AUS"))
    ('USA', 'AUS')
    """
    return tuple(name for i, name in enumerate(players) if bits >> i & 1)


def membership(count: int) -> NDArray[np.bool_]:
    """Who is in which set (set, player).

    >>> membership(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    return (np.arange(1 << count)[:, None] >> np.arange(count) & 1).astype(bool)


def set_sums(split: Floats) -> Floats:
    """What each set receives under a split: x(S) = sum over i in S of x_i (set,).

    >>> set_sums(np.array([1.0, 2.0])).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    sums = np.zeros(1)
    for share in split:
        sums = np.concatenate([sums, sums + share])
    return sums


def shapley(game: Game) -> Floats:
    """Shapley value: each player's average addition over all orders of joining (player,) [unit of v].

    phi_i = sum over S without i of |S|! (n-|S|-1)! / n! (v(S+i) - v(S))                  coalition §2

    It may lie outside the core unless the game is convex.

    Source:
        Shapley (1953), A value for n-person games.

    >>> shapley(Game(("L", "R", "R2"), np.array([0.0, 0, 0, 1, 0, 1, 0, 1]))).round(4).tolist()
    [0.6667, 0.1667, 0.1667]
    """
    count = game.count
    sizes = membership(count).sum(1)
    weight = np.zeros(count)
    weight[0] = 1.0 / count
    for size in range(1, count):
        weight[size] = weight[size - 1] * size / (count - size)
    value = np.empty(count)
    for i in range(count):
        v = game.worth.reshape(-1, 2, 1 << i)
        w = weight[sizes.reshape(-1, 2, 1 << i)[:, 0]]
        value[i] = float(np.sum(w * (v[:, 1] - v[:, 0])))
    return value


def dividends(worth: Floats) -> Floats:
    """Harsanyi dividends: what each set adds beyond all its parts (set,) [unit of v].

    d(S) = sum over T in S of (-1)^(|S|-|T|) v(T)

    >>> dividends(np.array([0.0, 1.0, 2.0, 4.0])).tolist()
    [0.0, 1.0, 2.0, 1.0]
    """
    result = worth.astype(float).copy()
    for i in range(worth.size.bit_length() - 1):
        halves = result.reshape(-1, 2, 1 << i)
        halves[:, 1] -= halves[:, 0]
    return result


def shapley_of_every_set(game: Game) -> Floats:
    """Shapley value within every set, as if only its members played (set, player) [unit of v]; nan outside.

    phi_i(S) = sum over T in S with i in T of d(T) / |T|                                  coalition §2, §4

    >>> shapley_of_every_set(Game(("A", "B"), np.array([0.0, 1.0, 2.0, 4.0])))[3].tolist()
    [1.5, 2.5]
    """
    inside = membership(game.count)
    sizes = np.maximum(inside.sum(1), 1)
    each = np.where(inside, (dividends(game.worth) / sizes)[:, None], 0.0)
    for i in range(game.count):
        halves = each.reshape(-1, 2, 1 << i, game.count)
        halves[:, 1] += halves[:, 0]
    return np.where(inside, each, np.nan)


@dataclass(frozen=True)
class SampledValue:
    """A sampled Shapley value with its error.

    Args:
        value: Mean addition (player,) [unit of v].
        standard_error: Standard error of that mean (player,) [unit of v].
        orders: Number of orders of joining that were drawn.
    """

    value: Floats
    standard_error: Floats
    orders: int


def shapley_sampled(worth_of: Callable[[int], float], count: int, orders: int, seed: int) -> SampledValue:
    """Shapley value from drawn orders of joining, each followed by its reverse (coalition §2).

    Args:
        worth_of: v of a bitmask; called once per distinct set.
        count: Number of players, any.
        orders: Orders to draw, an even number of at least 4 (each pair is one independent draw).
        seed: Of the generator; the same seed gives the same value.

    Raises:
        StudyError: Fewer than four orders.

    >>> shapley_sampled(lambda s: float(s.bit_count()), 20, 4, seed=1).value.tolist()[:2]
    [1.0, 1.0]
    """
    if orders < 4 or count < 1:
        raise StudyError(f"{orders} orders of {count} players", "draw at least 4 orders")
    known: dict[int, float] = {0: 0.0}

    def worth(bits: int) -> float:
        if bits not in known:
            known[bits] = float(worth_of(bits))
        return known[bits]

    generator = np.random.default_rng(seed)
    pairs = orders // 2
    additions = np.zeros((pairs, count))
    for pair in range(pairs):
        order = generator.permutation(count)
        for way in (order, order[::-1]):
            bits = 0
            for i in way:
                joined = bits | 1 << int(i)
                additions[pair, i] += 0.5 * (worth(joined) - worth(bits))
                bits = joined
    return SampledValue(additions.mean(0), additions.std(0, ddof=1) / np.sqrt(pairs), 2 * pairs)


def proportional_split(game: Game, key: Floats) -> Floats:
    """The whole worth split in proportion to a key such as demand or GDP (player,) [unit of v].

    x_i = v(N) key_i / sum key                                                            coalition §2

    Raises:
        StudyError: A key that is negative, unknown or zero for all.

    >>> proportional_split(Game(("A", "B"), np.array([0.0, 0, 0, 4])), np.array([1.0, 3.0])).tolist()
    [1.0, 3.0]
    """
    if key.shape != (game.count,) or not np.isfinite(key).all() or (key < 0).any() or key.sum() <= 0:
        raise StudyError(
            "a key that cannot be shared by", "give each player a number >= 0, one of them above 0"
        )
    share: Floats = game.total * key / key.sum()
    return share


@dataclass(frozen=True)
class PairCheck:
    """Whether joining always helps, and where it fails worst.

    Args:
        holds: True where no pair fails by more than rounding.
        failing_share: Share of pairs that fail [1].
        worst_gap: Largest failure [unit of v], 0 where none.
        worst_pair: The two sets of it, as bitmasks.
    """

    holds: bool
    failing_share: float
    worst_gap: float
    worst_pair: tuple[int, int]


def superadditivity(game: Game) -> PairCheck:
    """Whether disjoint sets are worth at least as much together: v(S+T) >= v(S) + v(T) (coalition §1).

    >>> superadditivity(Game(("A", "B"), np.array([0.0, 1.0, 1.0, 1.5]))).worst_gap
    0.5
    """
    v, full = game.worth, (1 << game.count) - 1
    pairs = failing = 0
    worst, where = 0.0, (0, 0)
    for bits in range(1, full + 1):
        others = subsets(full & ~bits)
        others = others[others > bits]
        if not others.size:
            continue
        gap = v[bits] + v[others] - v[bits | others]
        pairs += others.size
        failing += int((gap > game.tolerance).sum())
        at = int(gap.argmax())
        if gap[at] > max(worst, game.tolerance):
            worst, where = float(gap[at]), (bits, int(others[at]))
    return PairCheck(failing == 0, failing / max(pairs, 1), worst, where)


def convexity(game: Game) -> PairCheck:
    """Whether a player adds more the more are in; then the Shapley value is in the core.

    v(S+i+j) - v(S+i) >= v(S+j) - v(S)                                                    coalition §2

    Source:
        Shapley (1971), Cores of convex games.

    >>> convexity(Game(("A", "B"), np.array([0.0, 1.0, 1.0, 3.0]))).holds
    True
    """
    v, sets = game.worth, np.arange(1 << game.count)
    pairs = failing = 0
    worst, where = 0.0, (0, 0)
    for i in range(game.count):
        for j in range(i):
            base = sets[(sets >> i & 1 | sets >> j & 1) == 0]
            gap = v[base | 1 << i] + v[base | 1 << j] - v[base] - v[base | 1 << i | 1 << j]
            pairs += base.size
            failing += int((gap > game.tolerance).sum())
            at = int(gap.argmax())
            if gap[at] > max(worst, game.tolerance):
                worst, where = float(gap[at]), (int(base[at] | 1 << i), int(base[at] | 1 << j))
    return PairCheck(failing == 0, failing / max(pairs, 1), worst, where)


def subsets(bits: int) -> NDArray[np.int64]:
    """All subsets of a set, the empty one first (subset,).

    >>> subsets(0b101).tolist()
    [0, 1, 4, 5]
    """
    found = np.zeros(1, dtype=np.int64)
    i = 0
    while bits >> i:
        if bits >> i & 1:
            found = np.concatenate([found, found | 1 << i])
        i += 1
    return found


def veto_players(game: Game) -> tuple[int, ...]:
    """Players without whom nothing beyond standing alone is gained, as positions (coalition §4).

    i has a veto where v(S) <= sum of v alone for every S without i while v(N) exceeds it.

    >>> veto_players(Game(("L", "R", "R2"), np.array([0.0, 0, 0, 1, 0, 1, 0, 1])))
    (0,)
    """
    surplus = game.worth - set_sums(game.alone)
    if surplus[-1] <= game.tolerance:
        return ()
    inside = membership(game.count)
    return tuple(i for i in range(game.count) if surplus[~inside[:, i]].max() <= game.tolerance)


def swing_share(game: Game, target: float) -> Floats:
    """How often a player lifts a set above a share of the whole gain (player,) [1] (coalition §4).

    Share of the sets of the others whose gain beyond standing alone is below target x the whole gain
    without i and at least that with i (Banzhaf's count); zeros where there is no gain at all.

    >>> swing_share(Game(("L", "R", "R2"), np.array([0.0, 0, 0, 1, 0, 1, 0, 1])), 1.0).tolist()
    [0.75, 0.25, 0.25]
    """
    surplus = game.worth - set_sums(game.alone)
    if surplus[-1] <= game.tolerance:
        return np.zeros(game.count)
    reached = surplus >= target * surplus[-1] - game.tolerance
    share = np.empty(game.count)
    for i in range(game.count):
        halves = reached.reshape(-1, 2, 1 << i)
        share[i] = float((halves[:, 1] & ~halves[:, 0]).mean())
    return share
