"""The second opinion: the plan's capacity played in the market month by month, promise beside delivery (plan §7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import OresightError
from oresight.market.months import MonthsSetting, Path, simulate
from oresight.market.months_measures import Measure
from oresight.market.records import Market
from oresight.plan.programme import Plan
from oresight.studies.markets import elasticity, is_by_product, prior
from oresight.studies.plan.books import growth
from oresight.studies.plan.case import PlanCase
from oresight.studies.plan.solve import missing_share
from oresight.studies.stress.money import by_group, consumer_costs
from oresight.studies.stress.play import draws_of, shocked
from oresight.studies.stress.scenario import Cut, Scenario

Floats = NDArray[np.float64]
SETTLED = 60
"""Months the plan's plants run before the cut-off: prices, use and stocks have settled on them."""
RAMP = 24.0
"""Months in which they reach what the plan makes of them."""
PLAYED = 36
"""Months played from the cut-off on, over which losses are counted."""
CUT = 12
CLOSE = 0.03
"""Difference of shares of use below which promise and delivery agree [1]."""


@dataclass(frozen=True)
class Delivery:
    """One commodity's cut-off in a year, as the plan promises it and as the market plays it.

    Args:
        commodity: Id. year: In which a twelve-month cut-off of everyone starts.
        promised_before, promised: Share of use missing without and with the plan, as the plan says [1].
        played_before, played: The same, mean of twelve months in the market; a month with more counts as none missing.
        price_before, price: Highest price members pay in those months, multiple of the baseline [1].
        loss_before, loss: Members' loss from the cut-off on, over three years [USD].
        outsiders: Loss of everyone else without and with the plan [USD].
        mean_price: Mean price members pay in the twelve months with the plan, multiple of the baseline [1].
        forgone: Use that buyers give up at that mean price, by the short elasticity of demand [1].
        note: Why nothing was played, empty otherwise.
    """

    commodity: str
    year: int
    promised_before: float | None
    promised: float | None
    played_before: float | None = None
    played: float | None = None
    price_before: float | None = None
    price: float | None = None
    loss_before: float | None = None
    loss: float | None = None
    outsiders: tuple[float, float] | None = None
    mean_price: float | None = None
    forgone: float | None = None
    note: str = ""


def cut_off(made: PlanCase, commodity: str, start: int = 0) -> Scenario:
    """The supplier stops everything to everyone for twelve months, with the leak of a general ban."""
    leak = prior("leak-all-destinations")[1]
    cut = Cut.model_validate(
        {
            "commodities": [commodity],
            "from": list(made.seller.members),
            "kind": "cut",
            "cut": 1.0,
            "start": float(start),
            "announced": float(start),
            "months": float(CUT),
            "leak": (leak, leak),
        }
    )
    return Scenario(name="plan replay", horizon=start + PLAYED, measure=[cut])


def capacity(made: PlanCase, plan: Plan, commodity: str, year: int) -> tuple[list[Measure], list[Measure]]:
    """What the baseline and what the plan adds by a year, scaled back to the use of the market's year, as measures.

    A plant of the plan counts with what it makes in the cut-off, when it no longer idles.
    """
    case, nodes = plan.case, plan.assembly.layout.nodes
    grown = demand_growth(plan, commodity, year)
    seats = list(made.players.players.values())
    cut = np.flatnonzero((nodes.cut_kind == 0) & (nodes.cut_start == year))
    at = np.flatnonzero(nodes.cut == cut[0])[:1] if cut.size else np.array([year])
    own: list[Measure] = []
    rows = made.rows.supplies[len(made.rows.supplies) - len(made.baseline) :]
    for lever, supply in zip(made.baseline, rows, strict=True):
        if lever.product[0] == commodity:
            own += plant(lever.id, lever.product, lever.country, float(supply.capacity[year]) / grown)
    new: list[Measure] = []
    for j, lever in enumerate(made.rows.levers):
        if lever.product[0] != commodity:
            continue
        country = (
            lever.country
            if lever.country not in made.players.players
            else seats[int(case.projects.host[j])][0]
        )
        made_then = float((plan.output[j, at] / nodes.length[at]).max())
        new += plant(lever.id, lever.product, country, max(made_then, float(plan.output[j, year])) / grown)
    return own, new


def plant(name: str, product: tuple[str, str], country: str, amount: float) -> list[Measure]:
    """A plant that comes for certain from month 0 on, as a measure; none where it makes nothing."""
    if amount <= 0:
        return []
    key = f"{product[0]}:{product[1]}"
    return [
        Measure(
            name, "project", -12.0, 0.0, None, (country,), None, (key,),
            renews=False, amount={key: amount}, ramp=RAMP, certain=True,
        )
    ]  # fmt: skip


def seated(made: PlanCase, market: Market, added: Sequence[Measure]) -> list[Measure]:
    """New plants where the market has a maker to grow from: the host, else the largest member that makes the
    product, else the largest other maker outside the supplier; left out where there is none (plan §7)."""
    inside = {c for codes in made.players.players.values() for c in codes}
    found = []
    for m in added:
        key = next(iter(m.amount))
        commodity, stage = key.split(":")
        if key not in {p.name for p in market.products}:
            continue
        at = market.product_at(commodity, stage)
        sizes = {
            c: float(market.node_baseline[market.node_at(at, c)])
            for c in market.countries
            if market.node_at(at, c) >= 0 and c not in made.seller.members
        }
        if m.suppliers[0] in sizes:
            found.append(m)
        elif sizes:
            best = max(sizes, key=lambda c: (c in inside, sizes[c]))
            found.append(replace(m, suppliers=(best,)))
    return found


def demand_growth(plan: Plan, commodity: str, year: int) -> float:
    """Use in a year of the plan over that of the year of the balance, from which the market starts [1]."""
    return float(growth(commodity, plan.case.axes.years)[year])


@dataclass(frozen=True)
class Seen:
    """What members see from the cut-off on.

    Args:
        kept: Use over the baseline's (month,) [1]; above 1 where a metal has become cheap.
        price: Mean they pay at the last stage, multiple of the baseline (month,) [1].
        loss, outside: Consumer surplus lost by members and by everyone else [USD].
    """

    kept: Floats
    price: Floats
    loss: float
    outside: float

    @property
    def lost(self) -> Floats:
        """Share of use missing (month,) [1]; a month with more counts as none missing."""
        missing: Floats = 1.0 - np.minimum(self.kept, 1.0)
        return missing

    @property
    def missing(self) -> float:
        """Mean share of use missing over the first twelve months [1]."""
        return float(self.lost[:CUT].mean())


def seen_by(
    market: Market, path: Path, inside: set[str], choke: float, draws: dict[str, Floats]
) -> Seen | None:
    """Members' side of a path from the cut-off on, at the last stage; None where they use nothing."""
    pools = np.flatnonzero(market.pool_product == len(market.products) - 1)
    member = np.array([market.countries[c] in inside for c in market.pool_country])
    mine = pools[member[pools]]
    use = market.demand_baseline[mine].sum(axis=1) / market.unit_value[market.pool_product[mine]]
    if use.sum() <= 0:
        return None
    consumed = np.nan_to_num(path.consumed[SETTLED:, mine, 0]).sum(axis=1) / use.sum()
    price = np.nan_to_num(path.price[SETTLED:, mine, 0], nan=choke) @ use / use.sum()
    later = replace(path, price=path.price[SETTLED:], consumed=path.consumed[SETTLED:])
    loss = by_group(np.array([0, 1]), member.astype(np.int64), 2) @ consumer_costs(later, market, draws)[1]
    return Seen(consumed, price, float(loss[1].sum()), float(loss[0].sum()))


def replayed(made: PlanCase, plan: Plan, nothing: Plan, commodity: str, year: int) -> Delivery:
    """Play a cut-off of one commodity with and without the plan                                plan §7

    What builds itself runs in both. Plants run for five years before the cut-off, so that prices have settled on
    them. The plan's public stock of every stage is released in proportion to what is lost. Central parameters, one
    path.
    """
    c = plan.case.axes.commodities.index(commodity)
    promise = missing_share(nothing, c, 0, year), missing_share(plan, c, 0, year)
    start = plan.case.axes.years[year]
    try:
        seen = with_and_without(made, plan, cut_off(made, commodity), commodity, year)
    except OresightError as error:
        return Delivery(commodity, start, *promise, note=str(error))
    if seen is None:
        return Delivery(commodity, start, *promise, note="members use none of it")
    first, then = seen
    mean = float(then.price[:CUT].mean())
    return Delivery(
        commodity, start, *promise, first.missing, then.missing, float(first.price[:CUT].max()),
        float(then.price[:CUT].max()), first.loss, then.loss, (first.outside, then.outside), mean,
        float(1.0 - max(mean, 1.0) ** -elasticity(commodity, "demand", "short")[1]),
    )  # fmt: skip


def with_and_without(
    made: PlanCase, plan: Plan, scenario: Scenario, commodity: str, year: int
) -> tuple[Seen, Seen] | None:
    """A scenario in a year of the plan, with what builds itself alone and with the plan beside it; central parameters.

    Returns:
        What members see without and with the plan, from the scenario's start on; None where they use nothing.

    Raises:
        StudyError: No market stands at every stage. NoEquilibrium: A month does not clear.
    """
    before = shocked(scenario.later(SETTLED), commodity, made.players)
    own, new = (seated(made, before.market, m) for m in capacity(made, plan, commodity, year))
    released = stock(made, plan, commodity, year, set(before.market.countries))
    draws = draws_of(commodity, 1, 0)
    factor = None
    if is_by_product(commodity):
        factor = np.full(before.market.activity_level.size, prior("by-product-elasticity-factor")[1])
    horizon = SETTLED + scenario.horizon
    inside = {c for codes in made.players.players.values() for c in codes}
    choke = prior("choke-multiple", commodity)[2]
    found = []
    for measures in ((*before.measures, *own), (*before.measures, *own, *new, *released)):
        path = simulate(MonthsSetting(before.market, measures, horizon, factor), draws)
        seen = seen_by(before.market, path, inside, choke, draws)
        if seen is None:
            return None
        found.append(seen)
    return found[0], found[1]


def why(d: Delivery) -> str:
    """Why the market loses other use than the plan says, in words made from its figures; empty where it was not played.

    The plan counts what cannot be had below its worth and keeps members' output at home. In the market that output
    goes to whoever pays, and a rising price makes buyers do without.
    """
    if d.played is None or d.promised is None or d.mean_price is None or d.forgone is None:
        return ""
    if abs(d.played - d.promised) < CLOSE:
        return "The market agrees."
    if d.played < d.promised:
        return (
            f"The market loses less: stocks that companies hold and sellers elsewhere give more than the plan counts "
            f"on, at {d.mean_price:.1f} times the price before."
        )
    part = min(d.forgone, d.played - d.promised)
    left = d.played - d.promised - part
    text = (
        f"Outsiders bid for the same metal, and members pay {d.mean_price:.1f} times the price before; at that price "
        f"buyers give up {d.forgone:.0%} of use of their own accord. The plan counts only what cannot be had below its "
        f"worth, and books the price as a cost."
    )
    if left >= CLOSE:
        text += f" {left:.0%} remain: not all of what the plan builds finds its way to members in the market."
    return text


def stock(made: PlanCase, plan: Plan, commodity: str, year: int, known: set[str]) -> list[Measure]:
    """The plan's public stock of every stage, released in proportion to what is lost once the cut-off starts."""
    holders = tuple(c for codes in made.players.players.values() for c in codes if c in known)
    grown = demand_growth(plan, commodity, year)
    found = []
    for at, product in enumerate(made.rows.products):
        rows = np.flatnonzero(plan.case.stockpiles.product == at)
        held = float(plan.held[rows, max(year - 1, 0)].sum()) if rows.size else 0.0
        if product[0] == commodity and held > 0 and holders:
            key = f"{product[0]}:{product[1]}"
            found.append(
                Measure(
                    f"public stock of {product[1]}", "release", float(SETTLED), float(SETTLED), None, holders, None,
                    (key,), rule="proportional", rate=1.0, stock=held / grown,
                )
            )  # fmt: skip
    return found
