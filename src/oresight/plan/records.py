"""A case: everything a plan is computed from, checked when made, and parted by members (plan §2, coalition §1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from oresight.core.errors import ModelError, StudyError
from oresight.plan.floors import annuity
from oresight.plan.levers import (
    OUTSIDE,
    SUPPLIER,
    Axes,
    Buyers,
    Ceilings,
    CoProducts,
    Feeds,
    Flags,
    Floats,
    Ints,
    Kinds,
    Limits,
    Products,
    Projects,
    ShareCaps,
    Stockpiles,
    Substitutions,
    Supplies,
    Terms,
)

# One door for those who fill a case: the case and the records it is made of.
__all__ = [
    "OUTSIDE",
    "SUPPLIER",
    "Axes",
    "Buyers",
    "Case",
    "Ceilings",
    "CoProducts",
    "Feeds",
    "Flags",
    "Floats",
    "Ints",
    "Kinds",
    "Limits",
    "Products",
    "Projects",
    "ShareCaps",
    "Stockpiles",
    "Substitutions",
    "Supplies",
    "Terms",
    "earns_its_capital",
    "first_start",
    "for_members",
]


@dataclass(frozen=True)
class Case:
    """Everything a plan is computed from; checked once, when made.

    Raises:
        StudyError: Arrays of the wrong shape, shares out of range; all faults are gathered.
        ModelError: A buyer's value at or below the crisis price (plan §3).
    """

    axes: Axes
    products: Products
    supplies: Supplies
    projects: Projects
    feeds: Feeds
    co_products: CoProducts
    limits: Limits
    buyers: Buyers
    substitutions: Substitutions
    stockpiles: Stockpiles
    kinds: Kinds
    share_caps: ShareCaps
    ceilings: Ceilings
    terms: Terms
    facts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = _faults(self)
        if faults:
            raise StudyError(
                f"a plan's inputs do not fit: {'; '.join(faults[:6])}",
                "mend the inputs" if len(faults) <= 6 else f"and {len(faults) - 6} more",
                {"faults": faults},
            )
        dear = self.supplies.cost.max(1, initial=0.0)[:, None] * self.supplies.crisis_cost
        worst = np.zeros(len(self.products.name))
        np.maximum.at(worst, self.supplies.product, dear.max(1, initial=0.0))
        low = np.flatnonzero(self.buyers.value <= worst[self.buyers.product])
        if low.size:
            b = int(low[0])
            raise ModelError(
                f"{self.buyers.name[b]}: a missing tonne is valued {self.buyers.value[b]:,.0f} USD, the crisis price "
                f"is {worst[self.buyers.product[b]]:,.0f} USD",
                "value it at the value added of its use, above the crisis price",
                {"buyers": [self.buyers.name[int(i)] for i in low[:20]]},
            )

    @property
    def discount(self) -> Floats:
        """(1 + social rate)^-y (year,) [1]."""
        factor: Floats = (1.0 + self.terms.social_rate) ** -np.arange(len(self.axes.years), dtype=float)
        return factor

    def demand_share(self) -> Floats:
        """Members' share of demand by product, by value over the commodity's buyers (product, member) [1].

        By it outside supply, third-country projects, shared limits and private cover are split (coalition §1).
        """
        buyers = self.buyers
        worth = buyers.demand.sum(1) * self.products.price[buyers.product].mean(1)
        by_commodity = np.zeros((len(self.axes.commodities), len(self.axes.members)))
        np.add.at(by_commodity, self.products.commodity[buyers.product], worth[:, None] * buyers.member_share)
        total = by_commodity.sum(1, keepdims=True)
        even = np.full_like(by_commodity, 1.0 / max(1, len(self.axes.members)))
        share = np.divide(by_commodity, total, out=even, where=total > 0)
        result: Floats = share[self.products.commodity]
        return result


def for_members(case: Case, weight: Floats) -> Case:
    """The case of some members: their own supply, projects, budget and demand; the rest pro rata (coalition §1).

    Every bound is additive in members: `for_members(case, a)` plus `for_members(case, b)` is
    `for_members(case, a + b)`, bound by bound.

    Args:
        case: Of the whole coalition.
        weight: 1 for members that take part, 0 for others (member,).
    """
    share = case.demand_share() @ weight

    def part(owner: Ints, product: Ints) -> Floats:
        own = np.append(weight, [0.0, 0.0])[owner]
        return np.where(owner >= 0, own, share[product])

    s, p, b, k = case.supplies, case.projects, case.buyers, case.stockpiles
    limits = case.limits
    of_limit = np.zeros(len(limits.name))
    product_of = np.concatenate([s.product, p.product])
    if limits.limit.size:
        first = np.full(len(limits.name), -1)
        first[limits.limit[::-1]] = limits.plant[::-1]
        known = np.maximum(first, 0)
        of_limit = np.where(
            limits.owner >= 0, np.append(weight, [0.0, 0.0])[limits.owner], share[product_of[known]]
        )
    mine = b.member_share * weight
    own = mine.sum(1)
    even = np.full_like(mine, 1.0 / mine.shape[1])
    return replace(
        case,
        supplies=replace(s, capacity=s.capacity * part(s.owner, s.product)[:, None]),
        projects=replace(p, open=p.open * part(p.host, p.product)),
        buyers=replace(
            b,
            demand=b.demand * own[:, None],
            member_share=np.divide(mine, own[:, None], out=even, where=own[:, None] > 0),
        ),
        limits=replace(limits, bound=limits.bound * of_limit[:, None]),
        stockpiles=replace(
            k,
            initial=k.initial * share[k.product],
            step_bound=k.step_bound * share[k.product][:, None, None],
            private_cover=k.private_cover * share[k.product],
        ),
        terms=replace(
            case.terms, budget=np.where(weight > 0, case.terms.budget * np.where(weight > 0, weight, 1), 0.0)
        ),
    )


def earns_its_capital(case: Case, haircut: float) -> Flags:
    """Projects that pay back their capital at the reference price less a haircut: they belong to the baseline.

    price (1 - h) - operating - feed >= annuity x capital / capacity, on the mean over years  (plan §2)

    Feed is counted at the cheapest alternative's reference price.

    Args:
        case: The case.
        haircut: Taken off the reference price [1].

    Returns:
        True where it does (project,).
    """
    projects, count = case.projects, len(case.supplies.name)
    price = case.products.price.mean(1) * (1.0 - haircut)
    feed = np.zeros(len(projects.name))
    cheapest: dict[tuple[int, int], float] = {}
    for plant, product, amount, need in zip(
        case.feeds.plant, case.feeds.product, case.feeds.per_tonne, case.feeds.need, strict=True
    ):
        if plant >= count:
            key = (int(plant) - count, int(need))
            cheapest[key] = min(cheapest.get(key, np.inf), float(amount * price[product]))
    for (j, _), cost in cheapest.items():
        feed[j] += cost
    besides = np.zeros(len(projects.name))
    of_project = case.co_products.plant >= count
    np.add.at(
        besides,
        case.co_products.plant[of_project] - count,
        case.co_products.per_tonne[of_project] * price[case.co_products.product[of_project]],
    )
    yearly = np.array(
        [annuity(float(r), int(n)) for r, n in zip(projects.capital_rate, projects.life, strict=True)]
    )
    margin = price[projects.product] + besides - projects.operating_cost - feed
    result: Flags = margin * projects.capacity >= yearly * projects.capital_cost
    return result


def first_start(hazard: Floats, mix: Floats) -> Floats:
    """Chance that the first cut-off starts in a year and is of a kind (year, kind) [1].

    pi_(y,k) = h_y prod over earlier years of (1 - h) x mix_k                             plan §2

    Args:
        hazard: Chance of a cut-off per year (year,) [1].
        mix: Share of each kind (kind,) [1].

    >>> first_start(np.array([0.5, 0.5]), np.array([1.0])).tolist()
    [[0.5], [0.25]]
    """
    if ((hazard < 0) | (hazard >= 1)).any() or (mix < 0).any() or abs(mix.sum() - 1) > 1e-9:
        raise StudyError("a hazard or mix out of range", "give hazards in 0..1 and shares that sum to 1")
    alive = np.concatenate([[1.0], np.cumprod(1.0 - hazard)[:-1]])
    chance: Floats = (hazard * alive)[:, None] * mix
    return chance


def _faults(case: Case) -> list[str]:
    """All that does not fit, in words."""
    a = case.axes
    years, members = len(a.years), len(a.members)
    products, supplies = len(case.products.name), len(case.supplies.name)
    projects, buyers, kinds = len(case.projects.name), len(case.buyers.name), len(case.kinds.name)
    plants = supplies + projects
    faults = []

    def shape(record: object, sizes: Mapping[str, tuple[int, ...]]) -> None:
        for name, want in sizes.items():
            got = getattr(record, name).shape
            if got != want:
                faults.append(f"{type(record).__name__}.{name} has shape {got}, not {want}")

    def within(record: object, name: str, low: float, high: float) -> None:
        values = getattr(record, name)
        if values.size and not ((values >= low) & (values <= high)).all():
            faults.append(f"{type(record).__name__}.{name} leaves {low:g}..{high:g} or is unknown")

    if not 1 <= a.shown <= years:
        faults.append(f"{a.shown} years shown of {years}")
    shape(case.products, {"commodity": (products,), "stage": (products,), "price": (products, years)})
    by_supply: dict[str, tuple[int, ...]] = {"product": (supplies,), "owner": (supplies,)}
    by_supply |= {"capacity": (supplies, years), "cost": (supplies, years)}
    by_supply |= {"crisis_capacity": (supplies, kinds), "crisis_cost": (supplies, kinds)}
    shape(case.supplies, by_supply)
    flat: tuple[str, ...] = (
        "product",
        "host",
        "capacity",
        "capital_cost",
        "operating_cost",
        "lead_time",
        "earliest",
        "life",
    )
    flat += ("capital_rate", "public_share", "whole", "open")
    shape(case.projects, dict.fromkeys(flat, (projects,)) | {"crisis_capacity": (projects, kinds)})
    shape(case.limits, {"bound": (len(case.limits.name), years)})
    shape(case.buyers, {"demand": (buyers, years), "member_share": (buyers, members), "value": (buyers,)})
    shape(case.kinds, {"probability": (years, kinds), "target": (kinds, members), "leak": (kinds,)})
    stocks, steps = case.stockpiles.product.size, case.stockpiles.step_multiple.size
    shape(case.stockpiles, {"initial": (stocks,), "step_bound": (stocks, steps, years)})
    levers = len(case.substitutions.name)
    shape(case.substitutions, {"buyer": (levers,), "share_max": (levers, years)})
    shape(case.terms, {"budget": (years, members), "budget_price": (years,)})
    if faults:
        return faults
    inf = np.inf
    for record, name, low, high in (
        (case.products, "price", 1e-9, 1e15),
        (case.products, "commodity", 0, len(a.commodities) - 1),
        (case.supplies, "product", 0, products - 1),
        (case.supplies, "owner", SUPPLIER, members - 1),
        (case.supplies, "capacity", 0, 1e15),
        (case.supplies, "cost", 0, 1e15),
        (case.supplies, "crisis_capacity", 0, 1e6),
        (case.projects, "product", 0, products - 1),
        (case.projects, "host", OUTSIDE, members - 1),
        (case.projects, "capacity", 1e-12, 1e15),
        (case.projects, "capital_cost", 0, 1e15),
        (case.projects, "operating_cost", 0, 1e15),
        (case.projects, "lead_time", 0, 1000),
        (case.projects, "earliest", 0, 1000),
        (case.projects, "life", 1, 1000),
        (case.projects, "ramp", 0, 1),
        (case.projects, "open", 0, 1),
        (case.projects, "public_share", 0, 1),
        (case.feeds, "plant", 0, plants - 1),
        (case.feeds, "product", 0, products - 1),
        (case.feeds, "per_tonne", 1e-12, 1e9),
        (case.co_products, "plant", 0, plants - 1),
        (case.co_products, "product", 0, products - 1),
        (case.co_products, "per_tonne", 0, 1e9),
        (case.limits, "plant", 0, plants - 1),
        (case.limits, "limit", 0, len(case.limits.name) - 1),
        (case.limits, "bound", 0, inf),
        (case.buyers, "product", 0, products - 1),
        (case.buyers, "demand", 0, 1e15),
        (case.buyers, "member_share", 0, 1),
        (case.substitutions, "buyer", 0, buyers - 1),
        (case.substitutions, "share_max", 0, 1),
        (case.stockpiles, "product", 0, products - 1),
        (case.stockpiles, "initial", 0, 1e15),
        (case.stockpiles, "step_bound", 0, 1e15),
        (case.stockpiles, "loss", 0, 1),
        (case.kinds, "months", 1, 1200),
        (case.kinds, "leak", 0, 1),
        (case.kinds, "probability", 0, 1),
        (case.share_caps, "product", 0, products - 1),
        (case.share_caps, "share_max", 0, 1),
        (case.share_caps, "from_year", 0, years),
        (case.ceilings, "kind", 0, kinds - 1),
        (case.ceilings, "commodity", 0, len(a.commodities) - 1),
        (case.ceilings, "unserved_max", 0, 1),
        (case.ceilings, "from_year", 0, years),
    ):
        within(record, name, low, high)
    if case.buyers.demand.size and not np.allclose(case.buyers.member_share.sum(1), 1.0):
        faults.append("Buyers.member_share does not sum to 1")
    if case.kinds.probability.sum() > 1 + 1e-9:
        faults.append("Kinds.probability sums to more than 1")
    if not 0 <= case.terms.tail < 1 or case.terms.risk_weight < 0 or not 0 <= case.terms.run_min < 1:
        faults.append("Terms.tail, risk_weight or run_min out of range")
    return faults
