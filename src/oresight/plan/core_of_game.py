"""The core: splits no set of players would leave, its certificate, and the least core.

Linear programmes with one row per set are solved by adding only the rows that are violated.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from oresight.core.errors import ModelError
from oresight.plan.game import Floats, Game, membership, set_sums

ROUNDS_MAX = 500


@dataclass(frozen=True)
class CoreVerdict:
    """Whether a split is in the core, and who would leave if not.

    Args:
        inside: True where every set receives at least its worth and the whole is shared out.
        excess: Largest v(S) - x(S) over sets S other than none and all [unit of v]; <= 0 inside.
        leavers: That set, as a bitmask: the coalition that would leave.
        unshared: v(N) - x(N) [unit of v], 0 for a full split.
    """

    inside: bool
    excess: float
    leavers: int
    unshared: float


def core_verdict(game: Game, split: Floats) -> CoreVerdict:
    """Check a split against every set: x(S) >= v(S) for all S, x(N) = v(N)               coalition §2

    >>> core_verdict(Game(("A", "B"), np.array([0.0, 1.0, 0.0, 3.0])), np.array([0.5, 2.5])).leavers
    1
    """
    gap = game.worth - set_sums(split)
    unshared = float(gap[-1])
    small = 1e-7 * max(1.0, float(np.abs(game.worth).max()))
    if game.count == 1:
        return CoreVerdict(abs(unshared) <= small, 0.0, 0, unshared)
    at = int(gap[1:-1].argmax()) + 1
    return CoreVerdict(bool(gap[at] <= small and abs(unshared) <= small), float(gap[at]), at, unshared)


@dataclass(frozen=True)
class CoreCertificate:
    """A proof that the core is empty or not (Bondareva-Shapley).

    Args:
        nonempty: True where some split satisfies every set.
        point: A split that does; where there is none, the cheapest payments that would (player,) [unit of v].
        needed: The least total that would satisfy every set [unit of v]; above v(N) where the core is empty.
        weights: Balanced weights by set: each player's sets weigh 1 together and their weighted worth is
            `needed`. Where it exceeds v(N) this proves emptiness without trusting a solver.
    """

    nonempty: bool
    point: Floats
    needed: float
    weights: dict[int, float]


def core_certificate(game: Game) -> CoreCertificate:
    """Least total that leaves no set a reason to go: min x(N) s.t. x(S) >= v(S)           coalition §2

    Source:
        Bondareva (1963), Shapley (1967), On balanced sets and cores.

    >>> c = core_certificate(Game(("A", "B", "C"), np.array([0.0, 0, 0, 1, 0, 1, 1, 1])))
    >>> c.nonempty, c.needed
    (False, 1.5)
    """
    count, inside = game.count, membership(game.count).astype(float)
    scale = max(1e-300, float(np.abs(game.worth).max()))
    v = game.worth / scale
    rows = list(dict.fromkeys([*(1 << i for i in range(count)), (1 << count) - 1]))
    for _ in range(ROUNDS_MAX):
        found = linprog(
            np.ones(count), A_ub=-inside[rows], b_ub=-v[rows], bounds=(None, None), method="highs"
        )
        if found.status != 0:
            raise ModelError("the core's programme did not solve", facts={"status": found.message})
        gap = v - set_sums(np.asarray(found.x))
        new = [int(s) for s in np.argsort(gap)[::-1][:8] if gap[s] > 1e-9 and int(s) not in rows]
        if not new:
            break
        rows += new
    else:
        raise ModelError(f"the core's programme took over {ROUNDS_MAX} rounds")
    duals = -np.asarray(found.ineqlin.marginals)
    weights = {s: float(w) for s, w in zip(rows, duals, strict=True) if w > 1e-9}
    needed = float(found.fun) * scale
    return CoreCertificate(
        needed <= game.total + 1e-7 * scale, np.asarray(found.x, float) * scale, needed, weights
    )


@dataclass(frozen=True)
class LeastCore:
    """The split whose worst-treated set is treated best.

    Args:
        split: One such split (player,) [unit of v].
        excess: Its largest v(S) - x(S) [unit of v]: <= 0 where the core is not empty; else the fine
            on leaving that would hold everyone in.
    """

    split: Floats
    excess: float


def least_core(game: Game) -> LeastCore:
    """Least core: min e s.t. x(S) >= v(S) - e for all S but none and all, x(N) = v(N)    coalition §2

    Source:
        Maschler, Peleg & Shapley (1979).

    >>> round(least_core(Game(("A", "B", "C"), np.array([0.0, 0, 0, 1, 0, 1, 1, 1]))).excess, 6)
    0.333333
    """
    if game.count == 1:
        return LeastCore(np.array([game.total]), 0.0)
    scale = max(1e-300, float(np.abs(game.worth).max()))
    level = solve_level(
        game.worth / scale, np.ones((1, game.count)), np.array([game.total / scale]), None, None
    )
    return LeastCore(level.split * scale, level.excess * scale)


@dataclass(frozen=True)
class Level:
    """One linear programme of the nucleolus: the largest excess made least.

    Args:
        split: The optimal payments (player,).
        excess: Largest v(S) - x(S) over the sets still open.
        binding: Sets with a positive multiplier: at that excess in every optimal split.
        rows: Sets whose rows were needed, for a warm start.
    """

    split: Floats
    excess: float
    binding: list[int]
    rows: list[int]


def solve_level(
    worth: Floats,
    fixed: Floats,
    fixed_sum: Floats,
    open_sets: NDArray[np.bool_] | None,
    floor: Floats | None,
    rows: list[int] | None = None,
) -> Level:
    """min e s.t. x(S) + e >= v(S) for open S, x(F) = given for fixed sets, x >= floor (coalition §2).

    Args:
        worth: v (set,), scaled to about 1.
        fixed: Membership of the fixed sets (fixed, player); holds the grand coalition.
        fixed_sum: What they receive (fixed,).
        open_sets: Sets that count (set,); all but none and all where None.
        floor: Least payment per player (player,); none where None.
        rows: Sets to start from.
    """
    count = fixed.shape[1]
    inside = membership(count).astype(float)
    if open_sets is None:
        open_sets = np.ones(worth.size, dtype=bool)
        open_sets[[0, -1]] = False
    active = [s for s in rows or [] if open_sets[s]]
    singles = [1 << i for i in range(count) if open_sets[1 << i]]
    active = list(dict.fromkeys(active + singles)) or [int(np.flatnonzero(open_sets)[0])]
    cost = np.r_[np.zeros(count), 1.0]
    bounds = [(None if floor is None else float(floor[i]), None) for i in range(count)] + [(None, None)]
    for _ in range(ROUNDS_MAX):
        found = linprog(
            cost,
            A_ub=-np.c_[inside[active], np.ones(len(active))],
            b_ub=-worth[active],
            A_eq=np.c_[fixed, np.zeros(len(fixed))],
            b_eq=fixed_sum,
            bounds=bounds,
            method="highs",
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        if found.status == 3:  # unbounded: the rows so far do not hold e from below
            gap, seen = worth, 0.0
            new = [int(s) for s in np.flatnonzero(open_sets) if int(s) not in active][: 4 * count]
        elif found.status != 0:
            raise ModelError("the excess programme did not solve", facts={"status": found.message})
        else:
            seen = float(found.x[-1])
            gap = np.where(open_sets, worth - set_sums(np.asarray(found.x[:-1])), -np.inf)
            order = np.argpartition(gap, -min(4 * count, gap.size))[-4 * count :]
            new = [int(s) for s in order if gap[s] > seen + 1e-8 and int(s) not in active]
        if not new:
            break
        active += new
    else:
        raise ModelError(f"the excess programme took over {ROUNDS_MAX} rounds")
    duals = -np.asarray(found.ineqlin.marginals)
    binding = [s for s, d in zip(active, duals, strict=True) if d > 1e-7]
    return Level(np.asarray(found.x[:-1], float), seen, binding, active)
