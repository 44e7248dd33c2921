"""From books to balanced chains: one reconciled network per commodity and year (network §3).

A stage with trade in the books is reconciled; a stage without is filled by maximum entropy from output and
use. Tonnes that a commodity's ore stage yields but no refiner takes stay as use beyond the chain.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oresight.catalog.store import folder, read
from oresight.core.errors import OresightError
from oresight.network.fill import fill
from oresight.network.reconcile import ReconciledChain, reconcile_chain
from oresight.network.records import Chain, StageNetwork
from oresight.studies.books import StageBook, books, countries, modelled, stage_rows, whole_groups

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BalancedChain:
    """The balanced chain of one commodity in one year, on its own country axis.

    Args:
        commodity, year: Which.
        countries: ISO codes along the country axis of every array inside.
        result: The reconciled chain: networks [t contained/yr], moves, grades.
        stages: Names of its stages, in order.
        books: The books each stage was made from.
        filled: Stages whose bilateral trade is a maximum-entropy fill, not a record.
        recovery: (stage - 1) [t out per t in] as used.
        scrap: (stage - 1) [1] share of the next stage's output not made from this one.
        notes: What a reader must know of how it was made.
    """

    commodity: str
    year: int
    countries: tuple[str, ...]
    result: ReconciledChain
    stages: tuple[str, ...]
    books: tuple[StageBook, ...]
    filled: frozenset[str]
    recovery: tuple[float, ...]
    scrap: tuple[float, ...]
    notes: tuple[str, ...]

    @property
    def chain(self) -> Chain:
        """The balanced networks."""
        return self.result.chain

    @cached_property
    def grade(self) -> str:
        """The worst of: how far the books moved, the grade of the tables, C where trade was filled."""
        counted = whole_groups().get(self.commodity, self.commodity)
        table = stage_rows().filter((pl.col("commodity") == counted) & pl.col("stage").is_in(self.stages))
        grades: list[str] = [self.result.grade, *table["quality"].to_list()]
        if self.filled:
            grades.append("C")
        return max(grades)

    def positions(self, codes: tuple[str, ...]) -> list[int]:
        """Positions of those of the codes that are on this chain's axis."""
        return [i for i, c in enumerate(self.countries) if c in set(codes)]


def recovery_of(commodity: str, stage: str) -> float:
    """Tonnes out per tonne in at a stage, on the two stages' own bases [t/t]; 1 where nobody says."""
    counted = whole_groups().get(commodity, commodity)
    row = (
        stage_rows().filter((pl.col("commodity") == counted) & (pl.col("stage") == stage)).row(0, named=True)
    )
    recovery = row["recovery_best"] if row["recovery_best"] is not None else 1.0
    return float(recovery) * float(row["basis_factor"] or 1.0)


def input_share(commodity: str, stage: str) -> float:
    """Part of a stage's output that comes from the stage before, not from scrap or another feed [1]."""
    counted = whole_groups().get(commodity, commodity)
    row = (
        stage_rows().filter((pl.col("commodity") == counted) & (pl.col("stage") == stage)).row(0, named=True)
    )
    return float(row["input_share_best"]) if row["input_share_best"] is not None else 1.0


@lru_cache(maxsize=1)
def use_keys() -> dict[tuple[str, str], dict[str, float]]:
    """(commodity, stage) -> country -> share of world use, for stages whose trade nobody records."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for commodity, stage, country, share in (
        read("demand_keys").select("commodity", "stage", "country", "share").iter_rows()
    ):
        found.setdefault((commodity, stage), {})[country] = share
    return found


@lru_cache(maxsize=2048)
def _chain(commodity: str, year: int, catalogue: str) -> BalancedChain | None:
    held = books(year).stages
    stages = [s for s in modelled().get(commodity, ()) if (commodity, s) in held]
    usable = [held[commodity, s] for s in stages if held[commodity, s].production is not None]
    if not usable:
        return None
    axis = np.zeros(len(countries()), dtype=bool)
    for book in usable:
        axis |= np.asarray(book.production) > 0
        if book.trade is not None:
            axis |= (book.trade.sum(axis=0) + book.trade.sum(axis=1)) > 0
        for code in use_keys().get((commodity, book.stage), {}):
            axis[countries().index(code)] = True
    keep = np.flatnonzero(axis)
    codes = tuple(countries()[i] for i in keep)
    notes: list[str] = []
    made = [spread_remainder(b, keep, codes) for b in usable]
    recovery = [recovery_of(commodity, book.stage) for book in usable[1:]]
    scrap = []
    for before, after, book, rate in zip(made[:-1], made[1:], usable[1:], recovery, strict=True):
        stated = 1.0 - input_share(commodity, book.stage)
        least = 1.0 - before.sum() * rate / after.sum() if after.sum() > 0 else 0.0
        scrap.append(min(max(stated, least * (1.0 + 1e-6), 0.0), 1.0))
        if least > stated:
            notes.append(
                f"{book.stage}: {least:.0%} of output exceeds what the stage before yields at a recovery of "
                f"{rate:.2g}; it is taken as scrap and stocks, found where they are processed"
            )
    networks, filled = [], set()
    for i, book in enumerate(usable):
        feed = made[i + 1] * (1 - scrap[i]) / recovery[i] if i + 1 < len(usable) else np.zeros(len(keep))
        network, was_filled = stage_network(book, keep, codes, made[i], feed, last=i + 1 == len(usable))
        networks.append(network)
        if was_filled:
            filled.add(book.stage)
            notes.append(
                f"{book.stage}: no customs code holds its trade; flows are filled by maximum entropy"
            )
    observed = Chain(
        tuple(networks), np.array(recovery), np.array(scrap), names=tuple(b.stage for b in usable)
    )
    return BalancedChain(
        commodity,
        year,
        codes,
        reconcile_chain(observed),
        tuple(b.stage for b in usable),
        tuple(usable),
        frozenset(filled),
        tuple(recovery),
        tuple(scrap),
        tuple(notes),
    )


def spread_remainder(book: StageBook, keep: NDArray[np.int64], codes: tuple[str, ...]) -> Floats:
    """Output on the chain's axis, a source's unnamed remainder given to net exporters it does not name.

    Returns:
        (country) [t contained/yr].
    """
    assert book.production is not None
    made = np.array(book.production[keep])
    if "OTH" not in codes or book.trade is None:
        return made
    rest = codes.index("OTH")
    trade = book.trade[np.ix_(keep, keep)]
    net = np.where(made > 0, 0.0, np.maximum(trade.sum(axis=1) - trade.sum(axis=0), 0.0))
    if made[rest] > 0 and net.sum() > 0:
        given = min(1.0, made[rest] / net.sum())
        made = made + net * given
        made[rest] = max(made[rest] - net.sum() * given, 0.0)
    return made


def stage_network(
    book: StageBook, keep: NDArray[np.int64], codes: tuple[str, ...], made: Floats, feed: Floats, last: bool
) -> tuple[StageNetwork, bool]:
    """A stage's observed network, and whether its trade had to be filled.

    Where customs record the stage, use beyond feed is unknown and left to the balance. Where they do not,
    use is feed (an ore stage) and what is left of world output split by the declared key.
    """
    unknown = np.full(len(keep), np.nan)
    if book.trade is not None and book.trade[np.ix_(keep, keep)].sum() > 0:
        return StageNetwork(made, book.trade[np.ix_(keep, keep)], unknown), False
    key = use_keys().get((book.commodity, book.stage), {})
    final = np.array([key.get(code, 0.0) for code in codes])
    spare = max(made.sum() - feed.sum(), 0.0)
    use = feed + (final / final.sum() * spare if final.sum() > 0 else made / made.sum() * spare)
    network = fill(made, use).network
    beyond = np.maximum(
        network.consumption - feed * (network.consumption.sum() / max(use.sum(), 1e-300)), 0.0
    )
    return StageNetwork(network.production, network.trade, beyond if not last else network.consumption), True


def chain(commodity: str, year: int) -> BalancedChain | None:
    """The balanced chain of a commodity in a year; None where no stage has production within reach.

    Raises:
        OresightError: The books cannot be balanced; names the commodity and the year.
    """
    try:
        return _chain(commodity, year, str(folder()))
    except OresightError as error:
        error.args = (f"{commodity} {year}: {error}",)
        raise
