"""Rows of a plan's case while they are gathered: supplies, plants, feed, limits, buyers (plan §1-§4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from oresight.plan.records import (
    OUTSIDE,
    Buyers,
    CoProducts,
    Feeds,
    Limits,
    Projects,
    Substitutions,
    Supplies,
)
from oresight.studies.plan.levers import Lever, Product

Floats = NDArray[np.float64]


@dataclass
class SupplyRow:
    """One supply: capacity (year,) [t/yr], cost [USD/t], what it takes and makes besides."""

    name: str
    product: Product
    owner: int
    capacity: Floats
    cost: float
    crisis_cost: tuple[float, ...]
    takes: tuple[tuple[Product, float], ...] = ()
    besides: tuple[tuple[Product, float], ...] = ()


@dataclass
class BuyerRow:
    """One tranche of use of a product."""

    name: str
    product: Product
    priority: int
    demand: Floats
    share: Floats
    value: float
    how: str
    source: str


@dataclass
class LimitRow:
    """A joint limit: which supplies and levers (by name and id) it binds."""

    name: str
    bound: Floats
    owner: int
    supplies: tuple[str, ...]
    levers: tuple[str, ...]


@dataclass
class Substitution:
    """One substitution lever on one buyer."""

    name: str
    buyer: str
    share_max: Floats
    operating: float
    about: str
    source: str
    confidence: str


@dataclass
class Rows:
    """Everything gathered.

    Args:
        takes: What a plant of a product takes, t per t, by product.
    """

    products: list[Product] = field(default_factory=list)
    supplies: list[SupplyRow] = field(default_factory=list)
    levers: list[Lever] = field(default_factory=list)
    buyers: list[BuyerRow] = field(default_factory=list)
    limits: list[LimitRow] = field(default_factory=list)
    substitutions: list[Substitution] = field(default_factory=list)
    takes: dict[Product, tuple[tuple[Product, float], ...]] = field(default_factory=dict)

    def at(self, product: Product) -> int:
        """Position of a product."""
        return self.products.index(product)


def supplies_of(rows: Rows, kinds: int) -> Supplies:
    """The supplies as arrays; a cut-off leaves capacity as it is and moves cost."""
    s = rows.supplies
    years = s[0].capacity.size if s else 0
    return Supplies(
        tuple(r.name for r in s),
        np.array([rows.at(r.product) for r in s], dtype=np.int64),
        np.array([r.owner for r in s], dtype=np.int64),
        np.array([r.capacity for r in s]).reshape(len(s), years),
        np.array([np.full(years, r.cost) for r in s]).reshape(len(s), years),
        np.ones((len(s), kinds)),
        np.array([r.crisis_cost for r in s]).reshape(len(s), kinds),
    )


def projects_of(
    rows: Rows, hosts: dict[str, int], kinds: int, ramp_years: int, life: int, rate: float
) -> Projects:
    """The levers that can be decided as arrays. All capital is counted against budgets, public and private alike."""
    j = rows.levers
    count = len(j)
    ramp = np.tile(np.arange(1, ramp_years + 1) / ramp_years, (count, 1))
    return Projects(
        tuple(x.id for x in j),
        np.array([rows.at(x.product) for x in j], dtype=np.int64),
        np.array([hosts.get(x.country, OUTSIDE) for x in j], dtype=np.int64),
        np.array([x.capacity for x in j]),
        np.array([x.capital for x in j]),
        np.array([x.operating for x in j]),
        np.array([x.lead_time for x in j], dtype=np.int64),
        ramp.reshape(count, ramp_years),
        np.zeros(count, dtype=np.int64),
        np.full(count, life, dtype=np.int64),
        np.full(count, rate),
        np.ones(count),
        np.array([x.whole for x in j], dtype=bool),
        np.ones(count),
        np.ones((count, kinds)),
    )


def feeds_of(rows: Rows) -> tuple[Feeds, CoProducts]:
    """What plants take and make besides; plants are supplies first, then projects."""
    plant, product, amount, need = [], [], [], []
    co_plant, co_product, co_amount = [], [], []
    plants: Sequence[tuple[tuple[tuple[Product, float], ...], tuple[tuple[Product, float], ...]]] = [
        *((r.takes, r.besides) for r in rows.supplies),
        *((takes_of(rows, x), x.besides) for x in rows.levers),
    ]
    for at, (takes, besides) in enumerate(plants):
        for label, (taken, per_tonne) in enumerate(takes):
            if taken in rows.products:
                plant.append(at)
                product.append(rows.at(taken))
                amount.append(per_tonne)
                need.append(label)
        for made, per_tonne in besides:
            if made in rows.products:
                co_plant.append(at)
                co_product.append(rows.at(made))
                co_amount.append(per_tonne)
    return (
        Feeds(
            np.array(plant, dtype=np.int64),
            np.array(product, dtype=np.int64),
            np.array(amount, dtype=float),
            np.array(need, dtype=np.int64),
        ),
        CoProducts(
            np.array(co_plant, dtype=np.int64),
            np.array(co_product, dtype=np.int64),
            np.array(co_amount, dtype=float),
        ),
    )


def takes_of(rows: Rows, lever: Lever) -> tuple[tuple[Product, float], ...]:
    """Feed of a lever per tonne of its main product, its other products' feed included; recycling takes scrap."""
    if lever.kind == "recycling":
        return ()
    total: dict[Product, float] = {}
    for product, per_tonne in ((lever.product, 1.0), *lever.besides):
        for taken, amount in rows.takes.get(product, ()):
            total[taken] = total.get(taken, 0.0) + amount * per_tonne
    return tuple(total.items())


def limits_of(rows: Rows, years: int) -> Limits:
    """Joint limits as arrays."""
    supply = {r.name: i for i, r in enumerate(rows.supplies)}
    lever = {x.id: len(rows.supplies) + i for i, x in enumerate(rows.levers)}
    limit, plant = [], []
    for at, row in enumerate(rows.limits):
        for index in (*(supply[n] for n in row.supplies), *(lever[n] for n in row.levers if n in lever)):
            limit.append(at)
            plant.append(index)
    return Limits(
        tuple(r.name for r in rows.limits),
        np.array([r.bound for r in rows.limits]).reshape(len(rows.limits), years),
        np.array([r.owner for r in rows.limits], dtype=np.int64),
        np.array(limit, dtype=np.int64),
        np.array(plant, dtype=np.int64),
        np.ones(len(limit)),
    )


def buyers_of(rows: Rows, years: int, members: int) -> Buyers:
    """Tranches of use as arrays."""
    b = rows.buyers
    return Buyers(
        tuple(r.name for r in b),
        np.array([rows.at(r.product) for r in b], dtype=np.int64),
        np.array([r.priority for r in b], dtype=np.int64),
        np.array([r.demand for r in b]).reshape(len(b), years),
        np.array([r.share for r in b]).reshape(len(b), members),
        np.array([r.value for r in b]),
    )


def substitutions_of(rows: Rows, years: int, life: int, rate: float) -> Substitutions:
    """Substitution levers as arrays; their cost is all per tonne."""
    names = [r.name for r in rows.buyers]
    s = rows.substitutions
    return Substitutions(
        tuple(r.name for r in s),
        np.array([names.index(r.buyer) for r in s], dtype=np.int64),
        np.array([r.share_max for r in s]).reshape(len(s), years),
        np.zeros(len(s)),
        np.array([r.operating for r in s]),
        np.full(len(s), life, dtype=np.int64),
        np.full(len(s), rate),
    )
