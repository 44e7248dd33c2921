"""The calibrated market as frozen arrays: nodes that sell, pools that buy, links, activities, quotas.

A *node* is one producing country at one product (commodity and stage) and has one price; a *pool* is one
buying country at one product and mixes what its links bring. An *activity* makes products: a mine has one
output node, a refiner an output node and input pools, a by-product host several output nodes. Quantities
are held as *values*: tonnes times one `unit_value` per product, so that the gradient of the market's convex
function is the vector of imbalances (market §1, §2). Tonnes and USD appear only at the border.

Zero is a statement: a link of weight 0 is closed (a ban), an activity of level 0 stands still. Positions
never move, so shocks, batches and months can address the same arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import DataError, unknown_name

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

BEYOND_CHOKE = 4.0
"""Demand elasticity beyond the choke multiple: substitution and demand destruction (market §3)."""

PURCHASE_FLOOR = 0.02
"""Least net purchases as a share of consumption, so that releases never make a buyer a seller (market §1)."""


def sum_at(position: Ints, value: Floats, size: int) -> Floats:
    """Sums of the values that share a position, 0 where none does.

    >>> sum_at(np.array([0, 2, 0]), np.array([1.0, 2.0, 3.0]), 3).tolist()
    [4.0, 0.0, 2.0]
    """
    return np.asarray(np.bincount(position, value, size), dtype=np.float64)


@dataclass(frozen=True)
class Product:
    """One commodity at one stage, with its baseline price and how readily buyers switch origin.

    Args:
        commodity, stage: Labels; the pair is the product's name.
        price_reference: Baseline price [USD/t contained], one for the whole world.
        price_year: Year whose dollars the price is in.
        theta: Sourcing elasticity of the logit shares [1]; matters for targeted bans (market §1).
        unit_value: Value units per tonne inside the market; the baseline price unless a declared feed cost
            share of the next stage fixes it.
    """

    commodity: str
    stage: str
    price_reference: float
    price_year: int
    theta: float = 5.0
    unit_value: float = 0.0

    @property
    def name(self) -> str:
        """Commodity and stage as one label."""
        return f"{self.commodity}:{self.stage}"


@dataclass(frozen=True)
class Basket:
    """A tonnage cap on several products at once, carried by one additive rent in USD/t (months §4).

    Every link l of the basket costs `p + rho` instead of `p`: `y_l = ln(1 + rho / p_node(l))`, and rho >= 0
    closes `sum of tonnes <= cap + leak`, where `leak = leak_share F0 (1 + rho / p_mean)^leak_elasticity`.

    Args:
        name: Label.
        link: Positions of the links (member).
        cap: Licensed amount [t/yr].
        baseline: What these links carry at baseline [t/yr].
        leak_share: Share of baseline that leaves outside the licence at no rent [1].
        leak_elasticity: How the leak grows with the rent [1].
    """

    name: str
    link: Ints
    cap: float
    baseline: float
    leak_share: float = 0.0
    leak_elasticity: float = 0.0


@dataclass(frozen=True)
class Market:
    """All products, countries and stages of one market, calibrated so that every baseline price is 1.

    Values are `tonnes x unit_value` per year; log prices are multiples of the baseline price.

    Args:
        products: Products (product).
        countries: ISO alpha-3 labels (country).
        end_uses: Labels (end_use).
        priority: Rank of each end use, 0 is served first (end_use).
        node_product, node_country: Where each producer stands (node).
        node_baseline: What it sells at baseline (node) [value/yr].
        pool_product, pool_country: Where each buyer stands (pool).
        pool_baseline: What it buys at baseline, final and feed (pool) [value/yr].
        activity_country: Country (activity).
        activity_level: v, revenue at baseline prices (activity) [value/yr]; 0 stands still.
        activity_baseline: v of the unshocked market (activity) [value/yr].
        activity_elasticity: k, answer of the level to its log margin (activity) [1].
        capacity_max: K (activity) [value/yr]; inf where none binds.
        margin_floor: Least log margin an activity is paid, the difference being a subsidy (activity) [log];
            -inf where there is none.
        output_start, output_node, output_share: Outputs by activity (compressed rows) and revenue share [1].
        input_start, input_pool, input_share: Inputs by activity and cost share alpha [1].
        link_node, link_pool: Ends of each link, sorted by pool then node (link).
        link_weight: W, sourcing weight in its pool at baseline prices (link) [1]; 0 is a closed link.
        link_baseline: What it carries at baseline (link) [value/yr].
        link_prior: Part of `link_baseline` that is prior weight and not observed (link) [value/yr].
        link_wedge: Log cost between node and pool above baseline: a tariff (link) [log].
        demand_baseline: c0 final demand (pool, end_use) [value/yr].
        demand_reference: c0 of the unshocked market (pool, end_use) [value/yr].
        demand_elasticity: e_d up to the choke multiple (pool, end_use) [1].
        choke: Z_u, price multiple beyond which demand falls with elasticity 4 (pool, end_use) [1].
        purchase, purchase_elasticity: N, stock building at price 1 and how it falls with price (pool).
        release, release_elasticity, release_max: R, stock release at price 1, how it rises, its bound (pool).
        quota_name: Labels (quota).
        quota_cap, quota_baseline: Cap and unshocked flow (quota) [value/yr].
        quota_leak, quota_leak_elasticity: l as a share of baseline flow, and e_l (quota) [1].
        quota_start, quota_link: Links of each quota (compressed rows).
        baskets: Tonnage caps with one additive rent (months §4).
    """

    products: tuple[Product, ...]
    countries: tuple[str, ...]
    end_uses: tuple[str, ...]
    priority: Ints
    node_product: Ints
    node_country: Ints
    node_baseline: Floats
    pool_product: Ints
    pool_country: Ints
    pool_baseline: Floats
    activity_country: Ints
    activity_level: Floats
    activity_baseline: Floats
    activity_elasticity: Floats
    capacity_max: Floats
    margin_floor: Floats
    output_start: Ints
    output_node: Ints
    output_share: Floats
    input_start: Ints
    input_pool: Ints
    input_share: Floats
    link_node: Ints
    link_pool: Ints
    link_weight: Floats
    link_baseline: Floats
    link_prior: Floats
    link_wedge: Floats
    demand_baseline: Floats
    demand_reference: Floats
    demand_elasticity: Floats
    choke: Floats
    purchase: Floats
    purchase_elasticity: Floats
    release: Floats
    release_elasticity: Floats
    release_max: Floats
    quota_name: tuple[str, ...]
    quota_cap: Floats
    quota_baseline: Floats
    quota_leak: Floats
    quota_leak_elasticity: Floats
    quota_start: Ints
    quota_link: Ints
    baskets: tuple[Basket, ...] = ()

    def __post_init__(self) -> None:
        faults = [
            f"{f.name} holds nan"
            for f in fields(self)
            if isinstance(a := getattr(self, f.name), np.ndarray)
            and a.dtype.kind == "f"
            and bool(np.isnan(a).any())
        ]
        for name in (
            "node_baseline",
            "pool_baseline",
            "activity_level",
            "activity_elasticity",
            "capacity_max",
            "output_share",
            "input_share",
            "link_weight",
            "demand_baseline",
            "demand_elasticity",
            "purchase",
            "purchase_elasticity",
            "release",
            "release_elasticity",
            "release_max",
            "quota_cap",
            "quota_leak",
            "quota_leak_elasticity",
        ):
            if bool((getattr(self, name) < 0).any()):
                faults.append(f"{name} is negative somewhere")
        if bool((self.choke < 1).any()):
            faults.append("choke is below 1 somewhere: demand would already be choked at baseline")
        if any(p.theta <= 0 or p.unit_value <= 0 or p.price_reference <= 0 for p in self.products):
            faults.append("theta, unit_value and price_reference of every product must be positive")
        if bool(np.any(np.diff(self.link_pool) < 0)):
            faults.append("links are not sorted by pool")
        if faults:
            raise DataError("the market cannot be used: " + ", ".join(faults), facts={"faults": faults})

    def product_at(self, commodity: str, stage: str) -> int:
        """Position of a product; raises `StudyError` with the nearest names for an unknown one."""
        names = [p.name for p in self.products]
        if (name := f"{commodity}:{stage}") not in names:
            raise unknown_name("product", name, names)
        return names.index(name)

    def country_at(self, country: str) -> int:
        """Position of a country; raises `StudyError` for an unknown one."""
        if country not in self.countries:
            raise unknown_name("country", country, self.countries)
        return self.countries.index(country)

    def end_use_at(self, end_use: str) -> int:
        """Position of an end use; raises `StudyError` for an unknown one."""
        if end_use not in self.end_uses:
            raise unknown_name("end use", end_use, self.end_uses)
        return self.end_uses.index(end_use)

    def node_at(self, product: int, country: str) -> int:
        """Position of the node of a producer, -1 where it makes nothing."""
        hit = np.flatnonzero((self.node_product == product) & (self.node_country == self.country_at(country)))
        return int(hit[0]) if hit.size else -1

    def pool_at(self, product: int, country: str) -> int:
        """Position of the pool of a buyer, -1 where it buys nothing."""
        hit = np.flatnonzero((self.pool_product == product) & (self.pool_country == self.country_at(country)))
        return int(hit[0]) if hit.size else -1

    def links_between(
        self, products: Sequence[int], suppliers: Sequence[str] | None, buyers: Sequence[str] | None
    ) -> Ints:
        """Positions of the links of those products from suppliers to buyers; None means all.

        Countries unknown to the market raise; a pair without a link contributes nothing.
        """
        of_product = np.isin(self.node_product[self.link_node], np.asarray(products, dtype=np.int64))
        hit = of_product
        if suppliers is not None:
            known = np.array([self.country_at(c) for c in suppliers], dtype=np.int64)
            hit = hit & np.isin(self.node_country[self.link_node], known)
        if buyers is not None:
            known = np.array([self.country_at(c) for c in buyers], dtype=np.int64)
            hit = hit & np.isin(self.pool_country[self.link_pool], known)
        return np.flatnonzero(hit).astype(np.int64)

    def activities_of(self, product: int, country: str | None = None) -> Ints:
        """Positions of the activities that make a product, in one country or all."""
        maker = np.repeat(np.arange(self.activity_level.size), np.diff(self.output_start))
        hit = self.node_product[self.output_node] == product
        if country is not None:
            hit = hit & (self.node_country[self.output_node] == self.country_at(country))
        return np.unique(maker[hit]).astype(np.int64)

    @property
    def unit_value(self) -> Floats:
        """Value units per tonne (product)."""
        return np.array([p.unit_value for p in self.products])

    @property
    def price_reference(self) -> Floats:
        """Baseline price (product) [USD/t]."""
        return np.array([p.price_reference for p in self.products])

    def node_label(self, node: int) -> str:
        """A node in words, for messages."""
        country = self.countries[self.node_country[node]]
        return f"{self.products[self.node_product[node]].name} made in {country}"

    def pool_label(self, pool: int) -> str:
        """A pool in words, for messages."""
        country = self.countries[self.pool_country[pool]]
        return f"{self.products[self.pool_product[pool]].name} bought in {country}"
