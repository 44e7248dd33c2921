"""Replaying one episode: its small market, its measures in months, its prices as multiples with bands.

The market has the actor, the outside and any named targets. What the actor exports and uses is given; how
much the outside makes itself follows from the actor's share of outside supply, which is sampled.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from oresight.core.errors import StudyError
from oresight.market.calibration import Feed, ProductNetwork, market_from_network
from oresight.market.months import MonthsSetting, simulate
from oresight.market.months_measures import Measure
from oresight.market.months_parameters import parameter_draws
from oresight.market.records import Floats, Market
from oresight.studies.backtest.episodes import (
    OUTSIDE,
    EpisodeRow,
    MeasureRow,
    PriceRow,
    ProductRow,
    month_between,
    month_position,
)

STRATA = 8
"""Markets an episode is replayed in, one per eighth of the range of the actor's share of outside supply."""

BY_PRODUCT_FACTOR = 0.3
"""Factor on the supply elasticity of a by-product modelled without its host (market §4)."""

OWN_DRAWS = ("outside-share", "deal-chi", "deal-lag", "discrepancy")


@dataclass(frozen=True)
class Replay:
    """One episode replayed.

    Args:
        episode: What was replayed.
        months: Months simulated.
        prices: Multiples by (product, region) -> (month, draw) [1].
        draws: Parameters by name (draw).
        point: One row of draws per observed price, discrepancy included (point, draw) [1].
        bare: The same without the discrepancy (point, draw) [1].
    """

    episode: EpisodeRow
    months: int
    prices: Mapping[tuple[str, str], Floats]
    draws: Mapping[str, Floats]
    point: Floats
    bare: Floats


def replay(episode: EpisodeRow, ranges: Mapping[str, tuple[float, float]], draws: int, seed: int) -> Replay:
    """Replay an episode from what was known before it.                                    months §8

    Args:
        ranges: Low and high of every prior, by name.
        draws: Number of draws; seed: of their Sobol scrambling.
    """
    values = parameter_draws(ranges, draws, seed, OWN_DRAWS)
    stratum = np.minimum((values["outside-share"] * STRATA).astype(int), STRATA - 1)
    measures = tuple(measure for row in episode.measure for measure in _measures(episode, row))
    prices: dict[tuple[str, str], Floats] = {}
    for at in range(STRATA):
        chosen = np.flatnonzero(stratum == at)
        if chosen.size == 0:
            continue
        market = episode_market(episode, (at + 0.5) / STRATA, float(np.mean(ranges["prior-weight"])))
        part = {n: v[chosen] for n, v in values.items()}
        factor = _supply_factor(episode, market)
        path = simulate(MonthsSetting(market, measures, episode.months, factor), part)
        for product in episode.product:
            for region in (episode.actor, OUTSIDE, *(t.name for t in episode.target)):
                commodity, stage = observed_product(product, episode.stage)
                pool = market.pool_at(market.product_at(commodity, stage), region)
                if pool >= 0:
                    whole = prices.setdefault(
                        (product.name, region), np.full((episode.months, draws), np.nan)
                    )
                    whole[:, chosen] = path.price[:, pool]
    bare = np.array([point_draws(episode, row, prices, values, ranges) for row in episode.price])
    bare = bare.reshape(len(episode.price), draws)
    noise = ndtri(np.clip(values["discrepancy"], 1e-9, 1 - 1e-9))
    spread = np.array([_discrepancy(row, ranges) for row in episode.price])
    point = bare * np.exp(spread[:, None] * noise) if len(episode.price) else bare
    return Replay(episode, episode.months, prices, values, point, bare)


def observed_product(product: ProductRow, stage: str) -> tuple[str, str]:
    """Commodity and stage whose price is observed: the metal where the ore is restricted."""
    return (product.name, "metal") if product.feed_share is not None else (product.name, stage)


def episode_market(episode: EpisodeRow, quantile: float, prior_weight: float) -> Market:
    """The calibrated market of an episode at one quantile of the actor's share of outside supply.

    outside use = exports / share,   outside output = outside use - exports
    """
    regions = [episode.actor, OUTSIDE, *(t.name for t in episode.target)]
    part = np.array(
        [1.0 - sum(t.export_share for t in episode.target), *(t.export_share for t in episode.target)]
    )
    networks: list[ProductNetwork] = []
    first: dict[str, tuple[str, str]] = {}
    for product in episode.product:
        low, high = product.shares
        share = low + quantile * (high - low)
        use = product.exports / share
        flow = np.zeros((len(regions), len(regions)))
        flow[0, 0] = product.kept
        flow[0, 1:] = product.exports * part
        flow[1, 1:] = (use - product.exports) * part
        host = first.get(product.basket) if product.basket else None
        networks.append(
            ProductNetwork(
                commodity=product.name,
                stage=episode.stage,
                price_reference=product.price * (product.feed_share or 1.0),
                price_year=episode.announced.year,
                flow=flow,
                end_use_share=np.array([1.0]),
                prior_weight=prior_weight,
                host=host,
            )
        )
        if product.basket:
            first.setdefault(product.basket, (product.name, episode.stage))
        if product.feed_share is not None:
            networks.append(_metal(episode, product, flow, prior_weight))
    return market_from_network(regions, ["all"], networks)


def _metal(episode: EpisodeRow, product: ProductRow, ore: Floats, prior_weight: float) -> ProductNetwork:
    """The metal made of restricted ore, sold freely: everybody's metal reaches the outside and its targets."""
    made = ore.sum(axis=0)
    flow = np.zeros_like(ore)
    buyers = made[1:] / made[1:].sum()
    flow[:, 1:] = np.outer(made, buyers)
    return ProductNetwork(
        commodity=product.name,
        stage="metal",
        price_reference=product.price,
        price_year=episode.announced.year,
        flow=flow,
        end_use_share=np.array([1.0]),
        prior_weight=prior_weight,
        feeds=(Feed(product.name, episode.stage, 1.0, product.feed_share),),
    )


def _supply_factor(episode: EpisodeRow, market: Market) -> Floats:
    minor = {p.name for p in episode.product if p.by_product}
    factor = np.ones(market.activity_level.size)
    for at, product in enumerate(market.products):
        if product.commodity in minor:
            factor[market.activities_of(at)] = BY_PRODUCT_FACTOR
    return factor


def _measures(episode: EpisodeRow, row: MeasureRow) -> list[Measure]:
    """A row as measures of the simulation; a quota without products covers every product as one basket."""
    start = episode.announced
    regions = {"outside": OUTSIDE, "inside": episode.actor}
    names = list(row.products) if row.products else [p.name for p in episode.product]
    products = tuple(f"{n}:{episode.stage}" for n in names)
    given = row.products if isinstance(row.products, dict) else {n: 1.0 / len(names) for n in names}
    total = sum(given.values()) or 1.0
    placed = row.kind in ("project", "release")
    buyers = None if placed or row.target == "all" or row.kind == "notice" else (row.target,)
    return [
        Measure(
            name=row.name,
            kind=row.kind,
            announced=month_position(start, row.announced),
            effective=month_position(start, row.start),
            ends=None if row.ends is None else month_position(start, row.ends),
            suppliers=(regions.get(row.target, row.target),) if placed else (episode.actor,),
            buyers=buyers,
            products=products,
            cap=row.cap,
            throughput=row.throughput,
            leak=row.leak,
            renews=row.renews,
            squeeze=row.squeeze,
            amount={f"{n}:{episode.stage}": (row.capacity or 0.0) * w / total for n, w in given.items()}
            if row.kind == "project"
            else {},
            ramp=row.ramp_months,
            rule=row.rule,
            rate=row.rate,
            stock=row.stock,
        )
    ]


def point_draws(
    episode: EpisodeRow,
    row: PriceRow,
    prices: Mapping[tuple[str, str], Floats],
    draws: Mapping[str, Floats],
    ranges: Mapping[str, tuple[float, float]],
) -> Floats:
    """What the model says about one observed price (draw) [multiple].                   months §8

    A mix is weighted by tonnes at baseline prices. A deal is `chi x mean of the months before + (1 - chi) x
    spot`. Months before the announcement stand at 1.
    """
    region = episode.actor if row.kind == "inside" else (row.where or OUTSIDE)
    worth = {p.name: p.price for p in episode.product}
    weights = {name: tonnes * worth[name] for name, tonnes in row.tonnes.items()}
    total = sum(weights.values())
    size = next(iter(draws.values())).size
    series = np.zeros((episode.months, size))
    for name, weight in weights.items():
        if (name, region) not in prices:
            raise StudyError(
                f"{episode.id}, price {row.label!r}: {region} buys no {name} in this episode",
                "inside prices of a metal made from restricted ore are not modelled",
            )
        series += weight / total * prices[name, region]
    if row.kind == "deal":
        series = deal_price(series, *(_range_draw(draws[n], ranges[n]) for n in ("deal-chi", "deal-lag")))
    observed = _period_mean(series, episode, row.start, row.last)
    if row.base_start is not None and row.base_end is not None:
        observed = observed / _period_mean(series, episode, row.base_start, row.base_end)
    return observed


def deal_price(spot: Floats, chi: Floats, lag: Floats) -> Floats:
    """Deals: chi x mean spot of the last `lag` months + (1 - chi) x spot.                months §8

    Args:
        spot: (month, draw) [multiple]; 1 before month 0. chi: (draw) [1]; lag: (draw) [months].

    >>> deal_price(np.array([[3.0], [3.0]]), np.array([0.5]), np.array([2.0])).ravel().tolist()
    [2.0, 2.5]
    """
    months, count = spot.shape
    longest = int(np.ceil(lag.max()))
    padded = np.concatenate([np.ones((longest, count)), spot])
    total = np.concatenate([np.zeros((1, count)), np.cumsum(padded, axis=0)])
    steps = np.clip(np.rint(lag).astype(int), 1, longest)
    at = np.arange(months)[:, None] + longest
    before = (np.take_along_axis(total, at, axis=0) - np.take_along_axis(total, at - steps, axis=0)) / steps
    return np.asarray(chi * before + (1.0 - chi) * spot)


def _range_draw(quantile: Floats, bounds: tuple[float, float]) -> Floats:
    return np.asarray(bounds[0] + quantile * (bounds[1] - bounds[0]))


def _period_mean(series: Floats, episode: EpisodeRow, start: object, end: object) -> Floats:
    first = month_between(episode.announced, start)  # type: ignore[arg-type]
    last = month_between(episode.announced, end)  # type: ignore[arg-type]
    rows = [series[m] if m >= 0 else np.ones(series.shape[1]) for m in range(first, last + 1)]
    return np.asarray(np.mean(rows, axis=0))


def _discrepancy(row: PriceRow, ranges: Mapping[str, tuple[float, float]]) -> float:
    """Spread of what the model leaves out [log]: 0.3 outside, 0.7 inside.                months §8"""
    name = "discrepancy-inside" if row.kind == "inside" else "discrepancy-outside"
    return float(np.mean(ranges[name]))


def rank_correlation(x: Floats, y: Floats) -> float:
    """Spearman's rank correlation [1]; nan where either never varies.

    >>> round(rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([1.0, 8.0, 27.0])), 6)
    1.0
    """
    a, b = (np.argsort(np.argsort(v)).astype(float) for v in (x, y))
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def partial_rank_correlations(draws: Mapping[str, Floats], result: Floats) -> dict[str, float]:
    """Partial rank correlation of each drawn parameter with a result, the others held [1].

    -R_ij / sqrt(R_ii R_jj) of the inverse R of the matrix of rank correlations.
    """
    names = [n for n, v in draws.items() if np.ptp(v) > 0]
    ranks = [np.argsort(np.argsort(draws[n])).astype(float) for n in names]
    ranks.append(np.argsort(np.argsort(result)).astype(float))
    inverse = np.linalg.pinv(np.corrcoef(np.array(ranks)))
    last = len(names)
    own = np.sqrt(np.clip(np.diag(inverse) * inverse[last, last], 1e-300, None))
    return {n: float(-inverse[at, last] / own[at]) for at, n in enumerate(names)}
