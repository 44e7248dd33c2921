"""What the coalition makes, buys and needs today at each stage, and how its need grows (plan §2, §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oresight.catalog.overlay import laid_over
from oresight.catalog.store import read
from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.market.calibration import origin_flow
from oresight.studies.books import TRADE_LAST, modelled
from oresight.studies.chains import BalancedChain, chain
from oresight.studies.markets import all_commodities, elasticity, prior
from oresight.studies.plan.levers_costs import feed_of
from oresight.studies.stress.play import baseline_year

Floats = NDArray[np.float64]
Product = tuple[str, str]

MAGNETS = ("neodymium-praseodymium", "dysprosium-terbium")
"""They meet in one component plant, the magnet; its product is counted once, under the first."""
OUTLOOK = "STEPS"


@dataclass(frozen=True)
class StageBalance:
    """One product as the coalition sees it in the year of the balance [t/yr], origins seen through hubs.

    Args:
        product: Commodity and stage. year: Of the balance.
        own: Members' output that members use, by player (player,).
        free: Output of countries outside both that members use.
        supplied: The supplier's output that members use.
        free_output: All output of countries outside both.
        world: World output. supplier_share: The supplier's part of it [1].
        need: Use by members that no modelled stage takes on, by player (player,).
        feed: Taken by members' next stage.
        takes: What members' plants take: (product, t per t of output).
        outsiders_lose: Supplier's output that countries outside both use.
    """

    product: Product
    year: int
    own: Floats
    free: float
    supplied: float
    free_output: float
    world: float
    supplier_share: float
    need: Floats
    feed: float
    takes: tuple[tuple[Product, float], ...]
    outsiders_lose: float


def with_feed(commodities: Sequence[str]) -> tuple[str, ...]:
    """The commodities and all they share feed with, in catalogue order (plan §2)."""
    wanted = set(commodities)
    if wanted & set(MAGNETS):
        wanted |= set(MAGNETS)
    for commodity in list(wanted):
        for stage in modelled().get(commodity, ()):
            wanted |= {product[0] for product, _ in feed_of(commodity, stage)}
    known = all_commodities(TRADE_LAST)
    missing = [c for c in wanted if c not in known]
    if missing:
        raise StudyError(
            f"no balanced chain of {', '.join(sorted(missing))}", "choose commodities with output by country"
        )
    return tuple(c for c in known if c in wanted)


def stages_planned(commodity: str) -> tuple[str, ...]:
    """Stages of a commodity in a plan: all that are modelled, the shared magnet only once."""
    stages = modelled()[commodity]
    return stages[:-1] if commodity == MAGNETS[1] and stages[-1] == "component" else stages


@lru_cache(maxsize=512)
def balances(
    commodity: str, players: tuple[tuple[str, tuple[str, ...]], ...], sellers: tuple[str, ...]
) -> tuple[StageBalance, ...]:
    """Balances of every planned stage of one commodity.

    Args:
        commodity: Id.
        players: Player and its countries, members of the supplier left out.
        sellers: Countries of the supplier.
    """
    year = baseline_year(commodity, TRADE_LAST)
    balanced = chain(commodity, year)
    assert balanced is not None
    found = []
    for i, stage in enumerate(balanced.stages):
        if stage in stages_planned(commodity):
            found.append(stage_balance(balanced, i, players, sellers))
    return tuple(found)


def stage_balance(
    balanced: BalancedChain, i: int, players: tuple[tuple[str, tuple[str, ...]], ...], sellers: Sequence[str]
) -> StageBalance:
    """One stage of a balanced chain, members, supplier and everyone else apart."""
    network = balanced.chain.stages[i]
    feed = balanced.chain.feed(i) if i + 1 < len(balanced.stages) else np.zeros(len(balanced.countries))
    use = network.consumption + feed
    flow = origin_flow(network.production, network.trade, use)
    at = [balanced.positions(codes) for _, codes in players]
    inside = sorted({p for each in at for p in each})
    outside = [p for p in range(len(balanced.countries)) if p not in inside]
    supplier = [p for p in balanced.positions(tuple(sellers)) if p in outside]
    others = [p for p in outside if p not in supplier]
    own = np.array([flow[np.ix_(each, inside)].sum() for each in at])
    need = np.array([network.consumption[each].sum() for each in at])
    commodity, stage = balanced.commodity, balanced.stages[i]
    takes: tuple[tuple[Product, float], ...] = feed_of(commodity, stage)
    if i > 0:
        amount = (1.0 - balanced.scrap[i - 1]) / balanced.recovery[i - 1]
        takes = (((commodity, balanced.stages[i - 1]), float(amount)),) if amount > 1e-9 else ()
    world = float(network.production.sum())
    return StageBalance(
        (commodity, stage),
        balanced.year,
        own,
        float(flow[np.ix_(others, inside)].sum()),
        float(flow[np.ix_(supplier, inside)].sum()),
        float(flow[others].sum()),
        world,
        float(network.production[supplier].sum()) / world if world > 0 else 0.0,
        need,
        float(feed[inside].sum()),
        takes,
        float(flow[np.ix_(supplier, others)].sum()),
    )


@lru_cache(maxsize=4)
def magnet_heavy(year: int = TRADE_LAST) -> float:
    """Tonnes of dysprosium and terbium per tonne of neodymium and praseodymium in magnets, world mean [t/t]."""
    light, heavy = (chain(c, baseline_year(c, year)) for c in MAGNETS)
    assert light is not None and heavy is not None
    if light.stages[-1] != "component" or heavy.stages[-1] != "component":
        return 0.0
    taken = float(heavy.chain.feed(len(heavy.stages) - 2).sum())
    return taken / float(light.chain.stages[-1].production.sum())


@lru_cache(maxsize=256)
def growth(commodity: str, years: tuple[int, ...], scenario: str = OUTLOOK) -> Floats:
    """World use over that of the year of the balance (year,) [1], and beyond the outlook flat.

    The outlook of the scenario where one is published, straight lines between its years; else the commodity's
    growth of the table of priors.                                                           plan §2
    """
    rows = (
        laid_over("demand_outlook")
        .filter(
            (pl.col("commodity") == commodity)
            & (pl.col("measure") == "demand")
            & (pl.col("use") == "total")
            & (pl.col("country") == "WLD")
            & (pl.col("scenario") == scenario)
            & pl.col("preferred")
        )
        .sort("year")
    )
    actual = (
        read("demand")
        .filter(
            (pl.col("commodity") == commodity)
            & (pl.col("use") == "total")
            & (pl.col("region") == "WLD")
            & (pl.col("scenario") == "actual")
            & (pl.col("year") == TRADE_LAST)
            & pl.col("preferred")
        )
        .head(1)
    )
    if rows.height and actual.height:
        known_years = [TRADE_LAST, *rows["year"].to_list()]
        known = [float(actual["value"][0]), *rows["value"].to_list()]
        index = np.interp(years, known_years, known) / known[0]
        return np.asarray(index, dtype=float)
    rate = prior("demand-growth", commodity)[1]
    return np.asarray((1.0 + rate) ** (np.array(years, dtype=float) - TRADE_LAST))


def crisis_multiple(balance: StageBalance, leak: float, everyone: bool) -> float:
    """What free sellers ask in a cut-off, multiple of the price [1].                       plan §4

    Those who lose the supplier bid for the rest: P = ((1 - lost)^(-1/(e_d + e_s))), up to the choke, lost being the
    part of free and supplied tonnes that stops; 1 where only one member is cut off.
    """
    commodity = balance.product[0]
    if not everyone or balance.world <= 0:
        return 1.0
    lost = (1.0 - leak) * (balance.supplied + balance.outsiders_lose) / balance.world
    e = elasticity(commodity, "demand", "short")[1] + elasticity(commodity, "supply", "short")[1]
    choke = prior("choke-multiple", commodity)[1]
    return float(min(max(1.0 - lost, 1e-9) ** (-1.0 / e), choke))


def sellers_apart(players: Coalition, seller: Coalition) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Players and their countries, those of the supplier left out; a player that is all supplier is left out."""
    found = []
    for player, codes in players.players.items():
        kept = tuple(c for c in codes if c not in seller.members)
        if kept:
            found.append((player, kept))
    return tuple(found)
