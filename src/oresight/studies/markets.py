"""From balanced chains to calibrated markets (market §1): prices, end uses, elasticities, hosts, regions.

Countries that matter to no one are joined into the rest of the world, so that a market stays small; every
member, every supplier asked about, and every country with a share of output or use worth seeing stays itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oresight.catalog.store import read
from oresight.core.errors import DataError
from oresight.market.calibration import Feed, ProductNetwork, market_from_network, origin_flow
from oresight.market.records import Market
from oresight.studies.books import TRADE_LAST, modelled, stage_rows
from oresight.studies.chains import BalancedChain, chain

Floats = NDArray[np.float64]

REST = "OTH"
SEEN = 0.005
"""A country with a smaller share of output and use at every stage joins the rest of the world [1]."""
RANK = {"defence": 0, "essential": 1, "normal": 2}


@dataclass(frozen=True)
class Uses:
    """End uses of one commodity: labels, shares that sum to 1, and their priority."""

    label: tuple[str, ...]
    share: tuple[float, ...]
    priority: tuple[str, ...]


@lru_cache(maxsize=64)
def uses(commodity: str) -> Uses:
    """End uses of a commodity in the world; a country's set stands in where the source says so.

    One use, `all uses`, where no source splits them.
    """
    rows = read("end_uses").filter((pl.col("commodity") == commodity) & pl.col("preferred"))
    chosen = rows.filter(pl.col("region") == "WLD")
    if not chosen.height:
        chosen = rows.filter("world_proxy")
    if not chosen.height:
        return Uses(("all uses",), (1.0,), ("normal",))
    share = chosen["share"].to_numpy()
    return Uses(
        tuple(chosen["end_use"].to_list()),
        tuple((share / share.sum()).tolist()),
        tuple(chosen["priority"].to_list()),
    )


@lru_cache(maxsize=256)
def prior(parameter: str, commodity: str = "") -> tuple[float, float, float]:
    """Low, best and high of a model parameter: the commodity's own row, else the general one.

    Raises:
        DataError: The table of priors holds no such parameter.
    """
    rows = read("priors").filter(pl.col("parameter") == parameter)
    own = rows.filter(pl.col("commodity") == commodity)
    row = own if own.height else rows.filter(pl.col("commodity").is_null())
    if not row.height:
        raise DataError(f"no prior {parameter!r}", "add its row to data/curated/priors.csv")
    low, best, high = row.select("low", "best", "high").row(0)
    return float(low), float(best), float(high)


@lru_cache(maxsize=256)
def elasticity(commodity: str, kind: str, horizon: str) -> tuple[float, float, float]:
    """Low, best and high magnitude of an elasticity: the preferred published row, else the prior."""
    rows = read("elasticities").filter(
        (pl.col("commodity") == commodity)
        & (pl.col("kind") == kind)
        & (pl.col("horizon") == horizon)
        & pl.col("preferred")
    )
    rows = rows.filter(pl.col("best").is_not_null())
    if not rows.height:
        return prior(f"{kind}-elasticity-{horizon}")
    row = rows.row(0, named=True)
    best = float(row["best"])
    return float(row["low"] if row["low"] is not None else best), best, float(row["high"] or best)


def baseline_prices() -> dict[tuple[str, str], float]:
    """Baseline price of every good that has one, by commodity and stage [USD/t contained]."""
    rows = read("baseline_prices").select("commodity", "stage", "usd_per_t")
    return {(commodity, stage): float(price) for commodity, stage, price in rows.drop_nulls().iter_rows()}


@lru_cache(maxsize=256)
def baseline_price(commodity: str, stage: str) -> tuple[float, int]:
    """Baseline price [USD/t contained] and the year of its dollars.

    Raises:
        DataError: No price is known.
    """
    rows = read("baseline_prices").filter((pl.col("commodity") == commodity) & (pl.col("stage") == stage))
    if not rows.height:
        raise DataError(
            f"no baseline price of {commodity} at {stage}", "add its row to data/curated/baseline_prices.csv"
        )
    row = rows.row(0, named=True)
    return float(row["usd_per_t"]), int(row["year"])


def is_by_product(commodity: str) -> bool:
    """Whether more than half of a commodity's supply comes with another: its own price hardly moves it."""
    row = read("commodities").filter(pl.col("id") == commodity).row(0, named=True)
    return float(row["by_product_share"] or 0.0) > 0.5


def host_of(commodity: str) -> tuple[str, str] | None:
    """The coupled host with the largest part of a by-product's supply, as (commodity, stage)."""
    rows = read("by_product_links").filter((pl.col("commodity") == commodity) & pl.col("coupled"))
    if not rows.height:
        return None
    row = rows.sort("share_best", descending=True).row(0, named=True)
    return str(row["host"]), str(row["host_stage"])


def regions(balanced: Sequence[BalancedChain], keep: Sequence[str], seen: float = SEEN) -> tuple[str, ...]:
    """Countries that stay themselves, the rest of the world last.

    Args:
        balanced: The chains of the market.
        keep: Countries kept whatever their size, where they appear at all.
        seen: Share of output or of use at some stage from which a country stays itself [1].
    """
    stays: set[str] = set()
    for each in balanced:
        for network in each.chain.stages:
            pool = network.production + network.imports - network.exports
            for size in (network.production, np.maximum(pool, 0.0)):
                large = size >= seen * max(size.sum(), 1e-300)
                stays |= {c for c, flag in zip(each.countries, large, strict=True) if flag}
        stays |= set(each.countries) & set(keep)
    return (*sorted(stays - {REST}), REST)


def folding(countries: Sequence[str], kept: Sequence[str]) -> Floats:
    """Matrix (region, country) [1] that adds countries up into regions."""
    at = {c: i for i, c in enumerate(kept)}
    matrix = np.zeros((len(kept), len(countries)))
    for j, code in enumerate(countries):
        matrix[at.get(code, at[REST]), j] = 1.0
    return matrix


def networks(
    balanced: BalancedChain, kept: Sequence[str], labels: Sequence[str], coupled: bool
) -> list[ProductNetwork]:
    """The products of one chain, ready for calibration.

    Args:
        balanced: The chain.
        kept: Regions.
        labels: End uses of the whole market.
        coupled: Whether by-products are tied to their hosts, which then must be in the market.
    """
    fold = folding(balanced.countries, kept)
    commodity = balanced.commodity
    uses_here = uses(commodity)
    found = []
    for i, (stage, network) in enumerate(zip(balanced.stages, balanced.chain.stages, strict=True)):
        last = i + 1 == len(balanced.stages)
        use = network.consumption + balanced.chain.feed(i)
        flow = fold @ origin_flow(network.production, network.trade, use) @ fold.T
        share = np.zeros(len(labels))
        if last:
            for name, part in zip(uses_here.label, uses_here.share, strict=True):
                share[labels.index(name)] += part
        else:
            share[labels.index(BEYOND)] = 1.0
        price, year = baseline_price(commodity, stage)
        feeds: tuple[Feed, ...] = ()
        if i > 0:
            made_from_ore = 1.0 - balanced.scrap[i - 1]
            feeds = (
                Feed(
                    commodity,
                    balanced.stages[i - 1],
                    balanced.recovery[i - 1] / max(made_from_ore, 1e-9),
                    feed_cost_share(commodity, stage) * made_from_ore,
                ),
            )
        host = host_of(commodity) if coupled and not feeds else None
        supply = (
            elasticity(commodity, "supply", "short")[1] if not feeds else prior("transform-elasticity")[1]
        )
        if not feeds and host is None and is_by_product(commodity):
            supply *= prior("by-product-elasticity-factor")[1]
        found.append(
            ProductNetwork(
                commodity,
                stage,
                price,
                year,
                flow,
                share,
                demand_elasticity=elasticity(commodity, "demand", "short")[1],
                choke=prior("choke-multiple")[1],
                supply_elasticity=supply,
                theta=prior("theta")[1],
                prior_weight=prior("prior-weight")[1],
                feeds=feeds,
                host=host,
            )
        )
    return found


BEYOND = "uses outside the chain"
"""The end use of tonnes that no next stage of the chain takes."""


def feed_cost_share(commodity: str, stage: str) -> float:
    """Feed cost over revenue at a stage [1].

    Raises:
        DataError: The stage declares none.
    """
    row = (
        stage_rows()
        .filter((pl.col("commodity") == commodity) & (pl.col("stage") == stage))
        .row(0, named=True)
    )
    if row["feed_cost_share_best"] is None:
        raise DataError(f"no feed cost share of {commodity} at {stage}", "add it to data/curated/stages.csv")
    return float(row["feed_cost_share_best"])


def market(
    commodities: Sequence[str],
    keep: Sequence[str] = (),
    year: int = TRADE_LAST,
    seen: float = SEEN,
    coupled: bool = False,
) -> Market:
    """The calibrated market of one or more commodities in a year; unshocked, every price is 1 (market §5).

    Args:
        commodities: Commodity ids.
        keep: Countries that stay themselves whatever their size.
        year: Year of the baseline.
        seen: As `regions`.
        coupled: Tie by-products to their hosts (market §4); hosts outside `commodities` are left uncoupled.

    Raises:
        DataError: A commodity has no balanced chain in that year, or lacks a price.
    """
    return _market(tuple(commodities), tuple(dict.fromkeys(keep)), year, seen, coupled)


@lru_cache(maxsize=64)
def _market(
    commodities: tuple[str, ...], keep: tuple[str, ...], year: int, seen: float, coupled: bool
) -> Market:
    chains = []
    for commodity in commodities:
        balanced = chain(commodity, year)
        if balanced is None:
            raise DataError(
                f"no output by country of {commodity} near {year}", "choose a year with production"
            )
        chains.append(balanced)
    kept = regions(chains, keep, seen)
    labels: dict[str, str] = {}
    for commodity in commodities:
        own = uses(commodity)
        labels |= dict(zip(own.label, own.priority, strict=True))
    labels[BEYOND] = "normal"
    names = list(labels)
    products: list[ProductNetwork] = []
    held = {(c.commodity, s) for c in chains for s in c.stages}
    for balanced in chains:
        host = host_of(balanced.commodity)
        products += networks(balanced, kept, names, coupled and host is not None and host in held)
    return market_from_network(kept, names, products, [RANK[labels[n]] for n in names])


def all_commodities(year: int = TRADE_LAST) -> list[str]:
    """Commodities with a balanced chain in a year; groups asked as a whole are left out."""
    known = set(read("commodities")["id"])
    return [c for c in modelled() if c in known and chain(c, year) is not None]
