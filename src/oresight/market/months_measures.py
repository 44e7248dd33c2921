"""Measures in time and what they make of a market: caps, leaks, threats, squeezes, projects, releases.

A *measure* is what a government or company announces, with months counted from month 0. Measures that
restrict the same links form one *restriction*: quotas and licences on one product are a quota of the market
(market §1), a tonnage quota on several products at once is a basket with one rent (months §4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np

from oresight.core.errors import StudyError
from oresight.market import licences
from oresight.market.records import Basket, Floats, Ints, Market

Kind = Literal["quota", "licence", "ban", "escalation", "notice", "project", "release"]
Rule = Literal["fixed", "proportional", "priority"]

Key = tuple[tuple[str, ...], tuple[str, ...] | None, tuple[str, ...] | None, int | None]

BOUNDED = ("leak-all-destinations", "leak-targeted-ban", "licence-throughput", "licence-escalation")
"""Parameters for which a measure may bring bounds of its own."""
QUANTILE = " quantile"
"""Ending of the names under which draws tell the quantile a bounded parameter stands at."""
OPEN = 100.0
"""Cap of a restriction out of force, as a multiple of its baseline flow: never binds."""


@dataclass(frozen=True)
class Measure:
    """One announced measure.

    Args:
        name: Label.
        kind: `quota` caps tonnes; `licence` is silence, then a throughput; `ban` lets nothing through;
            `escalation` multiplies the licence throughput of the same suppliers; `notice` only renews the
            threat; `project` adds output; `release` sells a public stock.
        announced: Month it became known; below 0 for what was known before.
        effective, ends: Months between which it is in force; ends None for good.
        suppliers: Countries that restrict; for a project where it stands, for a release whose buyers get it.
        buyers: Countries restricted; None for all but the suppliers.
        products: Names "commodity:stage"; None for all products.
        cap: Quota [t/yr], over all its products.
        throughput: Low and high share licensed [1]; None for the prior.
        leak: Low and high share of the cut that leaks [1]; None for the prior.
        renews: Whether its announcement renews the threat.
        squeeze: Share of the drawn home squeeze that comes with it [1], 0..1.
        amount: Output added by product name [t/yr] (project).
        ramp: Months a project needs to reach its amount.
        certain: The project comes whole and on time instead of by the priors of success and slip.
        rule, rate, stock: How a public stock is released (months §7): `fixed` rate [t/yr], or the share
            `rate` of use lost; stock [t].
    """

    name: str
    kind: Kind
    announced: float
    effective: float
    ends: float | None = None
    suppliers: tuple[str, ...] = ()
    buyers: tuple[str, ...] | None = None
    products: tuple[str, ...] | None = None
    cap: float | None = None
    throughput: tuple[float, float] | None = None
    leak: tuple[float, float] | None = None
    renews: bool = True
    squeeze: float = 1.0
    amount: Mapping[str, float] = field(default_factory=dict)
    ramp: float = 24.0
    certain: bool = False
    rule: Rule = "fixed"
    rate: float = 0.0
    stock: float = 0.0

    @property
    def end(self) -> float:
        """Month it ends, inf for good."""
        return np.inf if self.ends is None else self.ends

    @property
    def restricts(self) -> bool:
        """Whether it limits flows by itself."""
        return self.kind in ("quota", "licence", "ban")


@dataclass(frozen=True)
class Restriction:
    """Measures on the same links.

    Args:
        name: Label. measures: Those on these links. links: Their positions (member).
        baseline: What the links carry at baseline [value/yr]; baseline_t the same [t/yr].
        targeted: Whether some buyers outside stay free, so that goods come round through them (months §6).
        basket: Whether several products share one tonnage cap (months §4).
    """

    name: str
    measures: tuple[Measure, ...]
    links: Ints
    baseline: float
    baseline_t: float
    targeted: bool
    basket: bool


@dataclass(frozen=True)
class Release:
    """A public stock: pools served, unit value, rule, rate, stock [value] and months it is open."""

    name: str
    pools: Ints
    unit_value: float
    rule: Rule
    rate: float
    stock: float
    start: float
    end: float


@dataclass(frozen=True)
class Restrictions:
    """A market with its quota and basket positions, and everything measures do to it month by month.

    Args:
        market: With a quota or basket for every restriction.
        measures, groups, releases: As announced, sorted to links, public stocks.
        position: Quota and basket of each restriction, the other being -1.
    """

    market: Market
    measures: tuple[Measure, ...]
    groups: tuple[Restriction, ...]
    position: tuple[tuple[int, int], ...]
    releases: tuple[Release, ...]

    def announced(self, month: int) -> list[Ints]:
        """Restricted links of every measure announced in this month that renews the threat.   months §3"""
        found = []
        for each in self.measures:
            feared = each.restricts or each.kind in ("escalation", "notice")
            if feared and each.renews and np.floor(each.announced) == month:
                found.append(_links(self.market, each))
        return found

    def allowed_and_leak(self, month: int, draws: Mapping[str, Floats]) -> tuple[Floats, Floats]:
        """Share of baseline let through and leaking (draw, restriction) [1].            months §5, §6"""
        count = draws["kappa"].size
        allowed = np.ones((count, len(self.groups)))
        leak = np.zeros_like(allowed)
        for at, group in enumerate(self.groups):
            name = "leak-targeted-ban" if group.targeted else "leak-all-destinations"
            loose = draws[name]
            for each in group.measures:
                here = self._one(each, group, month, draws)
                allowed[:, at] = np.minimum(allowed[:, at], here)
                if each.leak is not None:
                    loose = np.where(here < 1, _spread(each.leak, draws, name), loose)
            leak[:, at] = licences.leak_share(allowed[:, at], loose)
        return allowed, leak

    def _one(self, measure: Measure, group: Restriction, month: int, draws: Mapping[str, Floats]) -> Floats:
        start, end = measure.effective, measure.end
        ones = np.ones_like(draws["kappa"])
        if measure.kind == "licence":
            through = draws["licence-throughput"]
            if measure.throughput is not None:
                through = _spread(measure.throughput, draws)
            for other in self.measures:
                if other.kind == "escalation" and set(other.suppliers) & set(measure.suppliers):
                    part = licences.in_force(month, other.effective, other.end)
                    factor = draws["licence-escalation"]
                    if other.throughput is not None:
                        factor = _spread(other.throughput, draws, "licence-escalation")
                    through = through * (1.0 - part * (1.0 - factor))
            return licences.licence_allowed(month, start, end, draws["licence-silence"], through)
        share = 0.0 if measure.kind == "ban" else float(measure.cap or 0.0) / group.baseline_t
        return licences.quota_allowed(month, start, end, share * ones)

    def caps(self, allowed: Floats, leak: Floats) -> dict[str, Floats]:
        """Caps and leaks as the market takes them; far above baseline when out of force.   months §4, §6

        Args:
            allowed, leak: Shares of baseline (draw, restriction) [1].

        Returns:
            Fields of `Parameters`: quota caps [value/yr], basket caps [t/yr], leaks as shares of baseline.
        """
        quota = [at for at, (q, _) in enumerate(self.position) if q >= 0]
        basket = [at for at, (q, _) in enumerate(self.position) if q < 0]
        share = np.where(allowed >= 1.0, OPEN, allowed)
        tonnes = np.array([self.groups[at].baseline_t for at in basket])
        return {
            "quota_cap": share[:, quota] * self.market.quota_baseline,
            "quota_leak": leak[:, quota],
            "basket_cap": share[:, basket] * tonnes,
            "basket_leak": leak[:, basket],
        }

    def squeeze(self, month: int, draws: Mapping[str, Floats]) -> Floats:
        """Factor on the output of restricting countries (draw, activity) [1].              market §6"""
        m = self.market
        factor = np.ones((draws["kappa"].size, m.activity_level.size))
        for each, at in self.squeezing:
            here = licences.squeeze_factor(
                month,
                each.effective,
                each.end,
                each.squeeze * draws["home-squeeze"],
                draws["home-squeeze-months"],
            )
            factor[:, at] = np.minimum(factor[:, at], here[:, None])
        return factor

    @cached_property
    def squeezing(self) -> tuple[tuple[Measure, Ints], ...]:
        """Measures that squeeze output at home, each with the activities it squeezes."""
        m = self.market
        found = []
        for each in self.measures:
            if each.restricts and each.squeeze != 0.0:
                parts = [m.activities_of(p, c) for c in each.suppliers for p in _products(m, each)]
                found.append(
                    (each, np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64))
                )
        return tuple(found)

    def projects(self, month: int, draws: Mapping[str, Floats]) -> Floats:
        """Output added by projects at baseline prices (draw, activity) [value/yr].          months §7"""
        m = self.market
        added = np.zeros((draws["kappa"].size, m.activity_level.size))
        for each in self.measures:
            if each.kind != "project":
                continue
            slip = 0.0 if each.certain else 12.0 * draws["project-slip"]
            come = 1.0 if each.certain else draws["project-success"]
            grown = np.clip((month + 0.5 - each.effective - slip) / max(each.ramp, 1.0), 0.0, 1.0)
            grown = grown * np.ones_like(draws["kappa"]) * (1.0 if month < each.end else 0.0)
            for name, tonnes in each.amount.items():
                product = _product(m, name)
                for country in each.suppliers:
                    at = m.activities_of(product, country)[0]
                    value = tonnes / len(each.suppliers) * m.products[product].unit_value
                    added[:, at] += come * grown * value
        return added


def restrictions(market: Market, measures: tuple[Measure, ...]) -> Restrictions:
    """The market with a quota for every restricted product, and the measures sorted to them.

    Raises:
        StudyError: A measure names an unknown country or product, restricts nothing, or lacks its amount.
    """
    groups: dict[Key, list[Measure]] = {}
    for each in measures:
        _check(market, each)
        if not each.restricts:
            continue
        together = each.kind == "quota" and len(_products(market, each)) > 1
        parts: list[int | None] = [None] if together else [*_products(market, each)]
        for product in parts:
            key: Key = (each.suppliers, each.buyers, each.products if together else None, product)
            groups.setdefault(key, []).append(each)
    found: list[Restriction] = []
    for (_, _, _, product), members in groups.items():
        links = _links(market, members[0])
        if product is not None:
            links = links[market.node_product[market.link_node[links]] == product]
        carried = market.link_baseline[links]
        tonnes = carried / market.unit_value[market.node_product[market.link_node[links]]]
        outside = set(market.countries) - set(members[0].suppliers)
        buyers = outside if members[0].buyers is None else set(members[0].buyers)
        label = members[0].name if product is None else f"{members[0].name} {market.products[product].name}"
        found.append(
            Restriction(
                label, tuple(members), links, float(carried.sum()), float(tonnes.sum()),
                targeted=bool(outside - buyers), basket=product is None,
            )
        )  # fmt: skip
    found = [g for g in found if g.baseline > 0.0]
    if len(found) < len(groups):
        raise StudyError("a restriction touches no flow", "name a supplier that sells to the buyers")
    return _with_quotas(market, measures, found)


def _with_quotas(market: Market, measures: tuple[Measure, ...], groups: list[Restriction]) -> Restrictions:
    own = [at for at, g in enumerate(groups) if not g.basket]
    baskets = [at for at, g in enumerate(groups) if g.basket]
    position = {at: (q, -1) for q, at in enumerate(own)} | {at: (-1, b) for b, at in enumerate(baskets)}
    start = np.cumsum([0] + [groups[at].links.size for at in own]).astype(np.int64)
    flat = np.concatenate([groups[at].links for at in own]) if own else np.zeros(0, dtype=np.int64)
    with_caps = replace(
        market,
        quota_name=tuple(groups[at].name for at in own),
        quota_cap=np.array([OPEN * groups[at].baseline for at in own]),
        quota_baseline=np.array([groups[at].baseline for at in own]),
        quota_leak=np.zeros(len(own)),
        quota_leak_elasticity=np.zeros(len(own)),
        quota_start=start,
        quota_link=flat.astype(np.int64),
        baskets=tuple(
            Basket(groups[at].name, groups[at].links, OPEN * groups[at].baseline_t, groups[at].baseline_t)
            for at in baskets
        ),
    )
    return Restrictions(
        market=with_caps,
        measures=measures,
        groups=tuple(groups),
        position=tuple(position[at] for at in range(len(groups))),
        releases=tuple(_release(market, each) for each in measures if each.kind == "release"),
    )


def _release(market: Market, measure: Measure) -> Release:
    products = _products(market, measure)
    countries = [market.country_at(c) for c in measure.suppliers]
    pools = np.flatnonzero(
        (market.pool_product == products[0]) & np.isin(market.pool_country, np.array(countries))
    ).astype(np.int64)
    worth = market.products[products[0]].unit_value
    rate = measure.rate * worth if measure.rule == "fixed" else measure.rate
    return Release(
        measure.name, pools, worth, measure.rule, rate, measure.stock * worth, measure.effective, measure.end
    )


def _product(market: Market, name: str) -> int:
    commodity, _, stage = name.partition(":")
    return market.product_at(commodity, stage)


def _products(market: Market, measure: Measure) -> list[int]:
    if measure.products is None:
        return list(range(len(market.products)))
    return [_product(market, name) for name in measure.products]


def _links(market: Market, measure: Measure) -> Ints:
    outside = [c for c in market.countries if c not in measure.suppliers]
    buyers = outside if measure.buyers is None else list(measure.buyers)
    return market.links_between(_products(market, measure), list(measure.suppliers), buyers)


def _check(market: Market, measure: Measure) -> None:
    for country in (*measure.suppliers, *(measure.buyers or ())):
        market.country_at(country)
    _products(market, measure)
    wrong = ""
    if measure.end < measure.effective:
        wrong = "ends before it takes effect"
    elif measure.kind == "quota" and (measure.cap is None or measure.cap < 0):
        wrong = "is a quota without a cap in t/yr"
    elif measure.kind == "project" and not measure.amount:
        wrong = "is a project without tonnes a year"
    elif measure.kind == "release" and not (measure.stock > 0 and measure.rate > 0):
        wrong = "is a release without a stock and a rate"
    elif not measure.suppliers:
        wrong = "names no country"
    if not wrong and measure.kind == "project":
        for name in measure.amount:
            for country in measure.suppliers:
                if market.activities_of(_product(market, name), country).size == 0:
                    wrong = f"adds {name} in {country}, where the market makes none"
    if wrong:
        raise StudyError(
            f"measure {measure.name!r} {wrong}", "correct the measure", {"measure": measure.name}
        )


def _spread(
    bounds: tuple[float, float], draws: Mapping[str, Floats], by: str = "licence-throughput"
) -> Floats:
    """Own bounds filled by the quantile the prior draw stands at, the middle where none is told (draw) [1]."""
    quantile = draws.get(f"{by}{QUANTILE}", np.full_like(draws[by], 0.5))
    return np.asarray(bounds[0] + quantile * (bounds[1] - bounds[0]))
