"""The nucleolus: the split with the smallest complaints, worst first; proved by Kohlberg's condition."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from oresight.core.errors import ModelError
from oresight.plan.core_of_game import solve_level
from oresight.plan.game import Floats, Game, membership, set_sums


@dataclass(frozen=True)
class Nucleolus:
    """The nucleolus and its proof.

    Args:
        split: Payments (player,) [unit of v].
        excess: Largest complaint v(S) - x(S) [unit of v].
        levels: Number of linear programmes it took.
        certified: True where Kohlberg's condition was checked and holds.
    """

    split: Floats
    excess: float
    levels: int
    certified: bool


def nucleolus(game: Game) -> Nucleolus:
    """Nucleolus: least largest complaint, then least second largest, and so on           coalition §2

    Each programme makes the largest open complaint least; sets with a positive multiplier have that complaint
    in every optimum and are fixed; sets in the span of the fixed ones drop out. At most n - 1 programmes.
    Players receive at least their worth alone.

    Raises:
        ModelError: The players are worth less together than alone (there is no such split), or the result
            fails Kohlberg's condition.

    Source:
        Schmeidler (1969); Maschler, Peleg & Shapley (1979); Kohlberg (1971).

    >>> nucleolus(Game(("L", "R", "R2"), np.array([0.0, 0, 0, 1, 0, 1, 0, 1]))).split.round(6) + 0.0
    array([1., 0., 0.])
    """
    count = game.count
    if count == 1:
        return Nucleolus(np.array([game.total]), 0.0, 0, True)
    scale = max(1e-300, float(np.abs(game.worth).max()))
    v = game.worth / scale
    alone = v[1 << np.arange(count)]
    spare = float(v[-1] - alone.sum())
    if spare < -1e-9:
        raise ModelError(
            f"the players are worth {game.total:g} together and {game.alone.sum():g} alone",
            "no split leaves each at least what it has alone; a game of savings must be superadditive",
            {"together": game.total, "alone": float(game.alone.sum())},
        )
    if spare <= 1e-9:
        return Nucleolus(game.alone + (game.total - game.alone.sum()) / count, 0.0, 0, True)
    inside = membership(count).astype(float)
    fixed, sums = np.ones((1, count)), np.array([v[-1]])
    floor = alone.copy()
    rows: list[int] = []
    split, excess = np.zeros(count), 0.0
    levels = 0
    while np.linalg.matrix_rank(fixed) < count:
        null = _null_space(fixed)
        open_sets = np.abs(inside @ null).max(1) > 1e-9
        open_sets[[0, -1]] = False
        # A payment the fixed sets already decide has no floor left to keep: rounding would bite.
        decided = np.abs(null).max(1) <= 1e-9
        level = solve_level(v, fixed, sums, open_sets, np.where(decided, -np.inf, floor), rows)
        levels += 1
        split, rows = level.split, level.rows
        if levels == 1:
            excess = level.excess
        for s in level.binding:
            grown = np.vstack([fixed, inside[s]])
            if np.linalg.matrix_rank(grown) > len(fixed):
                fixed, sums = grown, np.r_[sums, v[s] - level.excess]
        if levels > count:
            raise ModelError("the nucleolus did not settle", facts={"levels": levels})
    split = np.linalg.lstsq(fixed, sums, rcond=None)[0]
    result = split * scale + 0.0
    if not kohlberg(game, result):
        raise ModelError(
            "the split found fails Kohlberg's condition",
            "the worths are too close to each other to tell apart; round them",
            {"split": [float(x) for x in result]},
        )
    return Nucleolus(result, excess * scale, levels, True)


def kohlberg(game: Game, split: Floats, tolerance: float = 1e-7) -> bool:
    """Whether a split is the nucleolus, by Kohlberg's condition                          coalition §2

    For every level a, with D = {S: v(S) - x(S) >= a}: any side payment y with y(N) = 0, y(S) >= 0 on D and on
    players held at their worth alone has y(S) = 0 on D. Checked level by level until D spans all players.

    Args:
        game: The game.
        split: Payments (player,) [unit of v].
        tolerance: Complaints closer than this share of the largest worth are one level.

    Source:
        Kohlberg (1971), On the nucleolus of a characteristic function game.

    >>> kohlberg(Game(("A", "B"), np.array([0.0, 1.0, 0.0, 3.0])), np.array([2.0, 1.0]))
    True
    """
    count = game.count
    scale = max(1e-300, float(np.abs(game.worth).max()))
    v, x = game.worth / scale, split / scale
    alone = v[1 << np.arange(count)]
    if abs(x.sum() - v[-1]) > 1e-6 or (x < alone - 1e-6).any():
        return False
    inside = membership(count).astype(float)
    gap = (v - set_sums(x))[1:-1]
    order = np.argsort(-gap, kind="stable")
    held = np.flatnonzero(x - alone <= tolerance)
    spanned = np.ones((1, count))
    start = 0
    while start < order.size and np.linalg.matrix_rank(spanned) < count:
        stop = start
        while stop < order.size and gap[order[stop]] >= gap[order[start]] - tolerance:
            stop += 1
        level = inside[order[start:stop] + 1]
        null = _null_space(spanned)
        fresh = level[np.abs(level @ null).max(1) > 1e-9] if null.size else level[:0]
        if len(fresh):
            free = np.vstack([-fresh, -np.eye(count)[held]])
            found = linprog(
                -fresh.sum(0),
                A_ub=free,
                b_ub=np.zeros(len(free)),
                A_eq=spanned,
                b_eq=np.zeros(len(spanned)),
                bounds=(-1, 1),
                method="highs",
            )
            if found.status != 0:
                raise ModelError("Kohlberg's programme did not solve", facts={"status": found.message})
            if -found.fun > 1e-7:
                return False
            spanned = _row_basis(np.vstack([spanned, fresh]))
        start = stop
    return True


def _null_space(rows: Floats) -> Floats:
    """Directions orthogonal to all rows (player, direction)."""
    _, s, vt = np.linalg.svd(rows)
    rank = int((s > 1e-9 * s[0]).sum())
    return np.asarray(vt[rank:].T, float)


def _row_basis(rows: Floats) -> Floats:
    """Orthonormal rows that span the same space."""
    _, s, vt = np.linalg.svd(rows, full_matrices=False)
    return np.asarray(vt[s > 1e-9 * s[0]], float)
