"""Columns, rows and entries of a linear programme while they are collected, whole families at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.plan.records import Floats, Ints

MONEY = 1e6
NONE = -1


class Parts:
    """Columns, rows and entries while they are collected."""

    def __init__(self) -> None:
        self.columns, self.rows = 0, 0
        self.col: dict[str, list[Floats]] = {
            k: [] for k in ("lower", "upper", "lever", "raw", "node", "whole")
        }
        self.row: dict[str, list[Floats]] = {"lower": [], "upper": []}
        self.at: list[tuple[Ints, Ints, Floats]] = []

    def add_columns(
        self,
        mask: NDArray[np.bool_],
        upper: Floats | float,
        lever: Floats | float = 0.0,
        raw: Floats | float = 0.0,
        node: Ints | int = NONE,
        lower: float = 0.0,
        whole: NDArray[np.bool_] | bool = False,
    ) -> Ints:
        """One column where `mask` is true; returns their positions in its shape, -1 elsewhere."""
        count = int(mask.sum())
        at = np.full(mask.shape, NONE, dtype=np.int64)
        at[mask] = self.columns + np.arange(count)
        self.columns += count
        for name, value in (
            ("lower", lower),
            ("upper", upper),
            ("lever", lever),
            ("raw", raw),
            ("node", node),
            ("whole", whole),
        ):
            self.col[name].append(np.broadcast_to(value, mask.shape)[mask].astype(float))
        return at

    def add_rows(self, mask: NDArray[np.bool_], lower: Floats | float, upper: Floats | float) -> Ints:
        """One row where `mask` is true; returns positions in its shape, -1 elsewhere."""
        count = int(mask.sum())
        at = np.full(mask.shape, NONE, dtype=np.int64)
        at[mask] = self.rows + np.arange(count)
        self.rows += count
        self.row["lower"].append(np.broadcast_to(lower, mask.shape)[mask].astype(float))
        self.row["upper"].append(np.broadcast_to(upper, mask.shape)[mask].astype(float))
        return at

    def add(self, row: Ints, column: Ints, value: Floats | float) -> None:
        """Entries, broadcast together; those without a row or column are left out."""
        row, column, value = np.broadcast_arrays(row, column, value)
        here = (row >= 0) & (column >= 0)
        self.at.append((row[here], column[here], value[here].astype(float)))


@dataclass(frozen=True)
class Outputs:
    """What plants put out, as entries: tonnes = coefficient x column; several entries may make one output."""

    plant: Ints
    node: Ints
    column: Ints
    tonnes: Floats
    first: Ints  # (plant + 1,) entries of plant p are first[p]:first[p + 1]

    def of(self, plants: Ints) -> tuple[Ints, Ints]:
        """Positions of the entries of these plants, and for each which of `plants` it answers."""
        count = self.first[plants + 1] - self.first[plants]
        which = np.repeat(np.arange(len(plants)), count)
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return self.first[plants][which] + offset, which


def sorted_outputs(
    plant: list[Ints], node: list[Ints], column: list[Ints], tonnes: list[Floats], plants: int
) -> Outputs:
    """Output entries in plant order."""
    p = np.concatenate(plant)
    order = np.argsort(p, kind="stable")
    first = np.zeros(plants + 1, dtype=np.int64)
    np.cumsum(np.bincount(p, minlength=plants), out=first[1:])
    return Outputs(
        p[order],
        np.concatenate(node)[order],
        np.concatenate(column)[order],
        np.concatenate(tonnes)[order],
        first,
    )
