"""What is left when the largest supplier is gone: measure §5."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oresight.core.errors import DataError
from oresight.measure.reliance import ratio

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NMinus1:
    """Share of demand that all suppliers but the largest could meet.

    Args:
        gross: (...) [1] of the whole world's demand, the leader's own included.
        net: (...) [1] of the demand of everybody but the leader: a leader that stops selling stops buying
            too.
        leader: (...) position of the largest supplier; -1 where there is none.
    """

    gross: Floats
    net: Floats
    leader: NDArray[np.int_]


def n_minus_1(supply: ArrayLike, demand: ArrayLike) -> NMinus1:
    """N-1 coverage, gross and net.

    `gross = (sum q - q_L) / sum c`, `net = (sum q - q_L) / (sum c - c_L)`, L the largest supplier   measure
    §5

    Both are given because the name is used for both: net is what the IEA's outlook of 2025 shows. A result
    above 1 is not cut: the rest of the world could live without the leader.

    Args:
        supply: q (..., country) [t/yr]; nan counts as none.
        demand: c (..., country) [t/yr]; nan counts as none.

    Returns:
        `NMinus1`; gross and net are nan where there is no supply, or no demand to meet.

    Raises:
        DataError: An amount is negative, or the shapes differ.

    Source:
        IEA, Global Critical Minerals Outlook 2025 (N-1 supply). The net form is recalled, not re-read.

    >>> n = n_minus_1([6.0, 3.0, 1.0], [2.0, 4.0, 4.0])
    >>> float(n.gross), float(n.net), int(n.leader)
    (0.4, 0.5, 0)
    """
    made, used = np.nan_to_num(np.asarray(supply, float)), np.nan_to_num(np.asarray(demand, float))
    if made.shape != used.shape:
        raise DataError(f"supply {made.shape} and demand {used.shape} differ", "put both on one axis")
    if (made < 0).any() or (used < 0).any():
        raise DataError("a supply or demand is negative", "mend the table")
    leader = made.argmax(axis=-1)
    at = np.expand_dims(leader, -1)
    rest = made.sum(axis=-1) - np.take_along_axis(made, at, axis=-1)[..., 0]
    others = used.sum(axis=-1) - np.take_along_axis(used, at, axis=-1)[..., 0]
    some = made.sum(axis=-1) > 0
    return NMinus1(
        np.asarray(np.where(some, ratio(rest, used.sum(axis=-1)), np.nan)),
        np.asarray(np.where(some, ratio(rest, others), np.nan)),
        np.asarray(np.where(some, leader, -1)),
    )
