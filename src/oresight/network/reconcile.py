"""Production, trade and use that balance exactly, as near as can be to what was reported: network §3."""

from dataclasses import dataclass

import numpy as np

from oresight.core.errors import DataError
from oresight.network.balance import Flows, balanced, joined
from oresight.network.records import Chain, Confidence, Floats, StageNetwork

GRADES = (("A", 0.05), ("B", 0.15), ("C", 0.35))
"""Data-quality grade by the most that may have moved, as a share of all that was recorded [1]; else D."""
TINY = 1e-12


@dataclass(frozen=True)
class Reconciled:
    """A balanced stage, how far each observation moved to get there, and the grade that follows.

    Args:
        network: The balanced stage; output and use known everywhere.
        moved: After minus before, as a stage of differences: production, trade, consumption [t/yr]; nan where
            nothing was recorded to move.
        unrecorded: What had to be added beside the books (production, trade, consumption) [t/yr].
        moved_share: Tonnes moved and added, as a share of all tonnes recorded [1].
        grade: A to D after `GRADES`.
        steps: Newton steps taken.
        residual: Worst imbalance as a share of what passes through its country [1].
    """

    network: StageNetwork
    moved: "Books"
    unrecorded: "Books"
    moved_share: float
    grade: str
    steps: int
    residual: float


@dataclass(frozen=True)
class Books:
    """Arrays shaped like a stage's: production (country), trade (supplier, buyer), consumption (country)."""

    production: Floats
    trade: Floats
    consumption: Floats

    @property
    def total(self) -> float:
        """Sum of absolute tonnes over all three, unknown ones left out [t/yr]."""
        return float(sum(np.nansum(np.abs(b)) for b in (self.production, self.trade, self.consumption)))


@dataclass(frozen=True)
class ReconciledChain:
    """A chain balanced through all its stages, and what became of each stage.

    Args:
        chain: The balanced chain: at each stage `output + imports = use + exports + feed`.
        stages: Per stage: moves, unrecorded flows, grade.
        steps: Newton steps taken.
        residual: Worst imbalance as a share of what passes through its country and stage [1].
    """

    chain: Chain
    stages: tuple[Reconciled, ...]
    steps: int
    residual: float

    @property
    def grade(self) -> str:
        """The worst grade among the stages."""
        return max(s.grade for s in self.stages)


def grade(moved_share: float) -> str:
    """Data-quality grade of a share moved.

    >>> grade(0.04), grade(0.2), grade(2.0)
    ('A', 'C', 'D')
    """
    return next((letter for letter, most in GRADES if moved_share <= most), "D")


def reconcile(observed: StageNetwork, confidence: Confidence | None = None) -> Reconciled:
    """The balanced network nearest to one stage's books; see `reconcile_chain`.

    >>> books = StageNetwork([4.0, 0.0], [[0.0, 2.0], [0.0, 0.0]], [1.0, 2.0])
    >>> done = reconcile(books)
    >>> bool(abs(done.network.imbalance()).max() < 1e-9), done.grade
    (True, 'B')
    """
    return reconcile_chain(Chain((observed,)), confidence).stages[0]


def reconcile_chain(
    observed: Chain, confidence: Confidence | tuple[Confidence, ...] | None = None
) -> ReconciledChain:
    """The balanced chain nearest to the books of all its stages.

    Minimise `sum w (x ln(x/o) - x + o)` over outputs q, flows T and uses c, w the confidence in each book,
    subject to, at every stage g and country i,
    `q_gi + sum_k T_gki = c_gi + sum_j T_gij + (1 - secondary_gi) q_(g+1)i / recovery_gi`, all >= 0
    (network §3).

    The balance is exact (1e-12 of what passes through each country aimed at, 1e-9 guaranteed). Zeros stay
    zero. What the books leave out comes in three ways, each a small, weakly held observation, each reported:

    - A figure nobody knows (nan) is put at what the rest of the country's books imply: output at what it
      takes to cover use and exports, use at what is left over, but no less than `unrecorded_share` of the
      pool.
    - A country short of supply gets unrecorded supply: for exports beyond all it makes and buys, output of
      its own; for use beyond that, imports from the producers, by their output.
    - A country with supply left over gets unrecorded use at home; at a stage that feeds another, where it has
      no plant of its own, unrecorded exports to those who have, by what they take.

    The last two start at `unrecorded_share` of the gap; with them the books can always balance.

    Args:
        observed: The chain as reported.
        confidence: In all stages, or one per stage.

    Raises:
        DataError: The number of confidences is not that of the stages.
        ModelError: No balance was reached.
    """
    count, depth = observed.countries, len(observed.stages)
    given = confidence if isinstance(confidence, tuple) else (confidence or Confidence(),) * depth
    if len(given) != depth:
        raise DataError(f"{len(given)} confidences for {depth} stages", "give one for all, or one per stage")
    home = np.arange(count)
    recorded: list[Books] = []
    added: list[Books] = []
    weights: list[Books] = []
    extra_feed = np.zeros(count)
    for g in range(depth - 1, -1, -1):
        stage, trust = observed.stages[g], given[g]
        feed = observed.feed(g) + extra_feed
        before, weight = _completed(stage, feed, trust, last=g == depth - 1)
        extra = _unrecorded(before, feed, trust, last=g == depth - 1)
        recorded.insert(0, before)
        weights.insert(0, weight)
        added.insert(0, extra)
        if g:
            # a stand-in for unknown output, or unrecorded output, needs feed like any other
            unknown = np.where(np.isnan(stage.production), before.production, 0.0)
            extra_feed = (unknown + extra.production / trust.unrecorded_share) * observed.feed_rate(g - 1)

    parts = []
    for g in range(depth):
        loose = np.full(count, given[g].unrecorded)
        feather = Books(loose, np.broadcast_to(loose, (count, count)), loose)
        for books, heavy in ((recorded[g], weights[g]), (added[g], feather)):
            pull = -observed.feed_rate(g - 1) if g else np.zeros(count)
            below = (g - 1) * count + home if g else home
            parts.append(_touching(books.production, heavy.production, g * count + home, 1.0, below, pull))
            i, j = np.nonzero(books.trade)
            parts.append(
                _touching(books.trade[i, j], heavy.trade[i, j], g * count + j, 1.0, g * count + i, -1.0)
            )
            at = g * count + home
            parts.append(_touching(books.consumption, heavy.consumption, at, -1.0, at, 0.0))
    flow, steps, residual = balanced(joined([_nonzero(p) for p in parts], depth * count))

    done, place = [], 0
    for g in range(depth):
        pair = []
        for before in (recorded[g], added[g]):
            i, j = np.nonzero(before.trade)
            production, trade, consumption = np.zeros(count), np.zeros((count, count)), np.zeros(count)
            for array, where in (
                (production, np.flatnonzero(before.production)),
                (trade, (i, j)),
                (consumption, np.flatnonzero(before.consumption)),
            ):
                size = i.size if array is trade else len(where)
                array[where] = flow[place : place + size]
                place += size
            pair.append(Books(production, trade, consumption))
        done.append(_stage_result(observed.stages[g], pair[0], pair[1], steps, residual))
    chain = Chain(tuple(d.network for d in done), observed.recovery, observed.secondary, observed.names)
    return ReconciledChain(chain, tuple(done), steps, residual)


def _touching(
    size: Floats, weight: Floats, first: object, gain: object, second: object, other: object
) -> Flows:
    """Flows that each add `gain` to their first node and `other` to their second, per tonne."""
    shape = size.shape
    node = np.stack([np.broadcast_to(np.asarray(n), shape) for n in (first, second)], axis=1)
    sign = np.stack([np.broadcast_to(np.asarray(s, dtype=float), shape) for s in (gain, other)], axis=1)
    return Flows(size, np.broadcast_to(weight, shape), node, sign, 0)


def _nonzero(flows: Flows) -> Flows:
    """Those flows that are there."""
    some = flows.size > 0
    return Flows(flows.size[some], flows.weight[some], flows.node[some], flows.sign[some], flows.nodes)


def _completed(stage: StageNetwork, feed: Floats, trust: Confidence, *, last: bool) -> tuple[Books, Books]:
    """The books with stand-ins for what nobody knows, and the weight of each figure."""
    count = stage.countries
    no_output, no_use = np.isnan(stage.production), np.isnan(stage.consumption)
    imports, exports = stage.imports, stage.exports
    use = np.nan_to_num(stage.consumption)
    production = np.where(no_output, np.maximum(exports + use + feed - imports, 0.0), stage.production)
    pool = production + imports
    least = trust.unrecorded_share * pool if last else np.zeros(count)
    consumption = np.where(no_use, np.maximum(pool - exports - feed, least), stage.consumption)

    def weight(book: float | Floats, unknown: object, shape: tuple[int, ...]) -> Floats:
        return np.where(np.asarray(unknown), trust.unknown, np.broadcast_to(book, shape))

    return Books(production, np.asarray(stage.trade), consumption), Books(
        weight(trust.production, no_output, (count,)),
        weight(trust.trade, False, (count, count)),
        weight(trust.consumption, no_use, (count,)),
    )


def _unrecorded(books: Books, feed: Floats, trust: Confidence, *, last: bool) -> Books:
    """Small flows beside the books that let every country's gap close."""
    count = feed.size
    imports, exports = books.trade.sum(axis=0), books.trade.sum(axis=1)
    supply, outlet = books.production + imports, books.consumption + exports + feed
    gap = supply - outlet
    gap = np.where(np.abs(gap) > TINY * (supply + outlet), gap, 0.0)
    short, left = np.maximum(-gap, 0.0), np.maximum(gap, 0.0)

    made = np.minimum(short, np.maximum(exports - supply, 0.0))
    bought = short - made
    others = np.outer(books.production, np.ones(count))
    np.fill_diagonal(others, 0.0)
    world = others.sum(axis=0)
    made = made + np.where(world > 0, 0.0, bought)
    trade = np.divide(others * bought, world, out=np.zeros((count, count)), where=world > 0)

    sold = np.where((feed == 0) & (feed.sum() > 0), left, 0.0) if not last else np.zeros(count)
    if sold.any():
        trade = trade + np.outer(sold, feed / feed.sum())
    np.fill_diagonal(trade, 0.0)
    share = trust.unrecorded_share
    return Books(share * made, share * trade, share * (left - sold))


def _stage_result(
    observed: StageNetwork, after: Books, unrecorded: Books, steps: int, residual: float
) -> Reconciled:
    """One stage's balanced network with its moves and grade."""
    moved = Books(
        after.production - observed.production,
        after.trade - observed.trade,
        after.consumption - observed.consumption,
    )
    recorded = Books(observed.production, observed.trade, observed.consumption).total
    share = (moved.total + unrecorded.total) / recorded if recorded > 0 else 0.0
    network = StageNetwork(
        after.production + unrecorded.production,
        after.trade + unrecorded.trade,
        after.consumption + unrecorded.consumption,
    )
    return Reconciled(network, moved, unrecorded, share, grade(share), steps, residual)
