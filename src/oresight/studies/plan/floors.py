"""The floors a plan's projects need, by element and stage, and their cost in three markets (plan §1, §4)."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oresight.catalog.overlay import laid_over
from oresight.core.errors import DataError
from oresight.plan.floors import Guarantee, PriceProcess, Venture, break_even_floor, floor_cost
from oresight.plan.programme import Plan
from oresight.studies.markets import baseline_price, prior
from oresight.studies.plan.case import PlanCase
from oresight.studies.plan.levers import Lever, Product

Floats = NDArray[np.float64]
SERIES_MIN = 6
"""Fewest yearly prices from which a series says how prices move."""
MARKETS = ("base", "low", "flood")


@dataclass(frozen=True)
class FloorRow:
    """The floor of one lever.

    Args:
        lever: Which. part: Of it that the plan builds [1].
        floor: At which it earns its hurdle rate, nothing above being certain [USD/t]; 0 where it needs none.
        reference: Price today [USD/t].
        output: At full rate, of what is built [t/yr].
        cost: Expected cost to the treasury in the base, low-price and flooding market, discounted [USD].
    """

    lever: Lever
    part: float
    floor: float
    reference: float
    output: float
    cost: dict[str, float]


@lru_cache(maxsize=1)
def yearly_prices() -> dict[tuple[str, str, str, str], tuple[tuple[int, float], ...]]:
    """Series of yearly mean prices per commodity, product, form and place [USD/t], one figure a year."""
    rows = (
        laid_over("prices")
        .filter((pl.col("frequency") == "annual") & (pl.col("usd_per_t") > 0))
        .sort("preferred", "edition", descending=[True, True])
        .unique(["commodity", "product", "form", "place", "date"], keep="first", maintain_order=True)
        .with_columns(pl.col("form").fill_null(""), pl.col("date").dt.year().alias("year"))
        .sort("year")
    )
    found: dict[tuple[str, str, str, str], tuple[tuple[int, float], ...]] = {}
    for key, part in rows.group_by("commodity", "product", "form", "place", maintain_order=True):
        series = tuple(zip(part["year"].to_list(), part["usd_per_t"].to_list(), strict=True))
        if len(series) >= SERIES_MIN:
            found[key] = series
    return found


@lru_cache(maxsize=128)
def volatility(commodity: str) -> tuple[float, bool]:
    """Yearly volatility of the log price [1/sqrt(yr)], and whether it is the commodity's own.

    Root mean square of yearly log changes over the commodity's series; the median of all commodities otherwise.
    """

    def moved(series: tuple[tuple[int, float], ...]) -> list[float]:
        return [log(b / a) for (y, a), (z, b) in pairwise(series) if z == y + 1]

    by: dict[str, list[float]] = {}
    for key, series in yearly_prices().items():
        by.setdefault(key[0], []).extend(moved(series))
    each = {c: float(np.sqrt(np.mean(np.square(v)))) for c, v in by.items() if len(v) >= SERIES_MIN - 1}
    if not each:
        raise DataError("no series of yearly prices", "add prices of several years")
    if commodity in each:
        return each[commodity], True
    return float(np.median(list(each.values()))), False


@lru_cache(maxsize=1)
def reversion() -> float:
    """Speed at which log prices return to their mean, all series together [1/yr].

    k = -ln a, a the slope of this year's deviation from its series' mean on last year's: series are short, which
    makes a small and k large (Nickell), so half-lives are if anything longer.
    """
    now, before = [], []
    for series in yearly_prices().values():
        x = np.log([p for _, p in series])
        x = x - x.mean()
        now += x[1:].tolist()
        before += x[:-1].tolist()
    a = float(np.dot(now, before) / np.dot(before, before))
    return float(-np.log(np.clip(a, 0.05, 0.98)))


def venture(made: PlanCase, lever: Lever, part: float) -> Venture:
    """A lever as its owner sees it: capital over the years of building, output on its ramp, feed at today's price."""
    life, ramp = round(prior("plant-life")[1]), max(round(prior("ramp")[1]), 1)
    building = max(lever.lead_time, 1)
    years = building + life
    capital, output = np.zeros(years), np.zeros(years)
    capital[:building] = lever.capital * part / building
    output[building:] = lever.capacity * part * np.clip((np.arange(life) + 1) / ramp, 0.0, 1.0)
    net = lever.operating + feed_cost(made, lever) - credit(lever)
    return Venture(capital, output, np.full(years, max(net, 0.0)), prior("hurdle-rate")[1])


def feed_cost(made: PlanCase, lever: Lever) -> float:
    """Feed per tonne of the main product at today's prices [USD/t]."""
    if lever.kind == "recycling":
        return 0.0
    total = 0.0
    for product, per_tonne in ((lever.product, 1.0), *lever.besides):
        for taken, amount in made.rows.takes.get(product, ()):
            total += amount * per_tonne * baseline_price(*taken)[0]
    return total


def credit(lever: Lever) -> float:
    """What the other products earn per tonne of the main one, at the haircut price [USD/t]."""
    haircut = 1.0 - prior("reference-price-haircut")[1]
    return sum(t * baseline_price(*p)[0] * haircut for p, t in lever.besides)


def process(product: Product, years: int, market: str, start: int) -> PriceProcess:
    """The market price a floor is set against.

    base returns to today's price, low to today's less the haircut, flood is the base halved for twenty-four months
    from the first output on (plan §4). The mean of the log is set so that the long-run mean price is the level.
    """
    price = baseline_price(*product)[0]
    k, s = reversion(), volatility(product[0])[0]
    level = price * (1.0 - prior("reference-price-haircut")[1] if market == "low" else 1.0)
    middle = level * float(np.exp(-(s**2) / (4.0 * k)))
    return PriceProcess(
        price,
        np.full(years, middle),
        k,
        s,
        12 * start,
        round(prior("flood-months")[1]) if market == "flood" else 0,
        prior("flood-price")[1],
    )


def floors(made: PlanCase, plan: Plan) -> list[FloorRow]:
    """Floors of every lever the plan builds, with their expected cost to the treasury               plan §1, §3

    The owner counts on the price less its haircut; the treasury gets back its share of what the market brings above
    the floor, and discounts at its own rate.
    """
    terms = Guarantee(upside_share=prior("upside-share")[1])
    social = prior("social-discount-rate")[1]
    found = []
    for at, lever in enumerate(made.rows.levers):
        part = float(plan.decided[at].sum())
        if part < 1e-3:
            continue
        owner = venture(made, lever, part)
        price = baseline_price(*lever.product)[0]
        expected = np.full(owner.output.size, price * (1.0 - prior("reference-price-haircut")[1]))
        floor = break_even_floor(owner, expected, terms)
        cost = {}
        for market in MARKETS:
            start = int(np.flatnonzero(owner.output)[0])
            path = process(lever.product, owner.output.size, market, start)
            cost[market] = floor_cost(path, owner.output, floor, terms, social).expected if floor > 0 else 0.0
        found.append(FloorRow(lever, part, floor, price, float(owner.output.max()), cost))
    return found
