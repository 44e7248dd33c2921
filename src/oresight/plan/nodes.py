"""The tree of a plan: reference years and, hanging on them, the years of each cut-off (plan §2)."""

from dataclasses import dataclass

import numpy as np

from oresight.core.errors import StudyError
from oresight.plan.records import SUPPLIER, Case, Flags, Floats, Ints


@dataclass(frozen=True)
class Nodes:
    """Reference years first, then the years of every cut-off.

    Args:
        year: Position of the year (node,).
        cut: Which cut-off (node,); -1 on the reference path.
        length: Part of the year it covers (node,) [1].
        cut_start: Position of the first year (cut,).
        cut_kind: (cut,).
        cut_probability: (cut,) [1].
        overlap: Chance-weighted part of each year spent in a cut-off (year,) [1].
    """

    year: Ints
    cut: Ints
    length: Floats
    cut_start: Ints
    cut_kind: Ints
    cut_probability: Floats
    overlap: Floats

    @property
    def kind(self) -> Ints:
        """Kind of cut-off of each node (node,); -1 on the reference path."""
        kinds: Ints = np.where(self.cut >= 0, np.append(self.cut_kind, -1)[self.cut], -1)
        return kinds


def nodes_of(case: Case) -> Nodes:
    """Reference years, and for each cut-off with a chance above 0 one node per year it lasts.

    A cut-off that outlasts the horizon is cut at its end.                                plan §2

    Raises:
        StudyError: The chances leave less than a twentieth of some year undisturbed.
    """
    years, kinds = len(case.axes.years), case.kinds
    year, cut, length = list(range(years)), [-1] * years, [1.0] * years
    start: list[int] = []
    kind: list[int] = []
    probability: list[float] = []
    overlap = np.zeros(years)
    for y, k in zip(*np.nonzero(kinds.probability > 0), strict=True):
        left = int(kinds.months[k]) / 12.0
        at = int(y)
        while left > 1e-9 and at < years:
            year.append(at)
            cut.append(len(start))
            length.append(min(1.0, left))
            overlap[at] += kinds.probability[y, k] * min(1.0, left)
            left -= 1.0
            at += 1
        start.append(int(y))
        kind.append(int(k))
        probability.append(float(kinds.probability[y, k]))
    if overlap.max(initial=0.0) > 0.95:
        raise StudyError(
            f"cut-offs fill {overlap.max():.0%} of {case.axes.years[int(overlap.argmax())]}",
            "lower the hazard or shorten the cut-offs",
        )
    return Nodes(
        np.array(year, dtype=np.int64),
        np.array(cut, dtype=np.int64),
        np.array(length),
        np.array(start, dtype=np.int64),
        np.array(kind, dtype=np.int64),
        np.array(probability),
        overlap,
    )


def supply_bound(case: Case, nodes: Nodes) -> Floats:
    """What each supply can sell in each node (supply, node) [t].

    length x capacity x crisis multiple; the supplier's: what it cuts comes through only by the leak, and only the
    demand share of the members it aims at is cut                                         plan §2
    """
    s, kinds = case.supplies, case.kinds
    if not kinds.name:
        return s.capacity[:, nodes.year] * nodes.length
    aimed = case.demand_share() @ kinds.target.T.astype(float)  # (product, kind)
    cut = kinds.stage_cut[:, case.products.stage].T * aimed * (1.0 - kinds.leak)
    factor = np.where((s.owner == SUPPLIER)[:, None], 1.0 - cut[s.product], s.crisis_capacity)
    factor = np.hstack([factor, np.ones((len(s.name), 1))])
    bound: Floats = s.capacity[:, nodes.year] * nodes.length * factor[:, nodes.kind]
    return bound


def supply_cost(case: Case, nodes: Nodes) -> Floats:
    """What each supply costs in each node (supply, node) [USD/t]."""
    factor = np.hstack([case.supplies.crisis_cost, np.ones((len(case.supplies.name), 1))])
    cost: Floats = case.supplies.cost[:, nodes.year] * factor[:, nodes.kind]
    return cost


def product_scale(case: Case) -> Floats:
    """A typical tonnage of each product, so that all columns are near 1 (product,) [t]."""
    size = np.zeros(len(case.products.name))
    np.add.at(size, case.buyers.product, case.buyers.demand.max(1, initial=0.0))
    capacity = np.zeros_like(size)
    np.maximum.at(capacity, case.projects.product, case.projects.capacity)
    finite = case.supplies.capacity.max(1, initial=0.0)
    sold = np.zeros_like(size)
    np.maximum.at(sold, case.supplies.product, np.where(finite < 1e12, finite, 0.0))
    best = np.where(size > 0, size, np.where(capacity > 0, np.maximum(capacity, 0.1 * sold), sold))
    return np.where(best > 0, best, 1.0)


def can_operate(case: Case) -> Flags:
    """Whether a project decided as early as allowed runs in a year (project, year) (plan §2)."""
    first = case.projects.earliest + case.projects.lead_time
    running: Flags = np.arange(len(case.axes.years)) >= first[:, None]
    return running & (case.projects.open > 0)[:, None]
