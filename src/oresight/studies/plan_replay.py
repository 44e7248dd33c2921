"""The second opinion: the plan's capacity played in the market month by month, promise beside delivery (plan §7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import OresightError
from oresight.market.months import MonthsSetting, simulate
from oresight.market.months_measures import Measure
from oresight.market.records import Market
from oresight.plan.programme import Plan
from oresight.studies.markets import is_by_product, prior
from oresight.studies.plan_case import PlanCase
from oresight.studies.plan_solve import missing_share
from oresight.studies.scenario import Cut, Scenario
from oresight.studies.stress_play import draws_of, reduced, shocked

Floats = NDArray[np.float64]
READY = -36.0
"""Month in which the plan's plants run: prices have settled on them when the cut-off starts."""


@dataclass(frozen=True)
class Delivery:
    """One commodity's cut-off in a year, as the plan promises it and as the market plays it.

    Args:
        commodity: Id. year: In which a twelve-month cut-off of everyone starts.
        promised_before, promised: Share of use missing without and with the plan, as the plan says [1].
        played_before, played: The same, mean of twelve months in the market [1].
        price_before, price: Highest price members pay in those months, multiple of the baseline [1].
        loss_before, loss: Members' loss over the horizon [USD].
        outsiders: Loss of everyone else without and with the plan [USD].
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
    note: str = ""


def cut_off(made: PlanCase, commodity: str) -> Scenario:
    """The supplier stops everything to everyone for twelve months, with the leak of a general ban."""
    leak = prior("leak-all-destinations")[1]
    cut = Cut.model_validate(
        {
            "commodities": [commodity],
            "from": list(made.seller.members),
            "kind": "cut",
            "cut": 1.0,
            "months": 12.0,
            "leak": (leak, leak),
        }
    )
    return Scenario(name="plan replay", horizon=36, measure=[cut])


def capacity(made: PlanCase, plan: Plan, commodity: str, year: int) -> tuple[list[Measure], list[Measure]]:
    """What the baseline and what the plan adds by a year, scaled back to the use of the market's year, as measures.

    A plant of the plan counts with what it makes in the cut-off, when it no longer idles.
    """
    case, nodes = plan.case, plan.assembly.layout.nodes
    grown = demand_growth(plan, commodity, year)
    seats = list(made.players.players.values())
    cut = np.flatnonzero((nodes.cut_kind == 0) & (nodes.cut_start == year))
    at = np.flatnonzero(nodes.cut == cut[0])[:1] if cut.size else np.array([year])

    def measure(name: str, product: tuple[str, str], country: str, amount: float) -> list[Measure]:
        if amount <= 0 or product[0] != commodity:
            return []
        key = f"{product[0]}:{product[1]}"
        return [
            Measure(
                name, "project", -48.0, READY, None, (country,), None, (key,),
                renews=False, amount={key: amount / grown}, ramp=1.0, certain=True,
            )
        ]  # fmt: skip

    own: list[Measure] = []
    rows = made.rows.supplies[len(made.rows.supplies) - len(made.baseline) :]
    for lever, supply in zip(made.baseline, rows, strict=True):
        own += measure(lever.id, lever.product, lever.country, float(supply.capacity[year]))
    new: list[Measure] = []
    for j, lever in enumerate(made.rows.levers):
        host = int(case.projects.host[j])
        country = lever.country if lever.country not in made.players.players else seats[host][0]
        made_then = float((plan.output[j, at] / nodes.length[at]).max())
        new += measure(lever.id, lever.product, country, max(made_then, float(plan.output[j, year])))
    return own, new


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
    """Use in a year over that of the first [1]."""
    b = plan.case.buyers
    c = plan.case.axes.commodities.index(commodity)
    who = plan.case.products.commodity[b.product] == c
    first = float(b.demand[who, 0].sum())
    return float(b.demand[who, year].sum()) / first if first > 0 else 1.0


def replayed(made: PlanCase, plan: Plan, nothing: Plan, commodity: str, year: int) -> Delivery:
    """Play a cut-off of one commodity with and without the plan                                plan §7

    The plan's plants stand in the market three years before the cut-off. Its public stock is released in
    proportion to what is lost. Central parameters, one path.
    """
    c = plan.case.axes.commodities.index(commodity)
    promise = missing_share(nothing, c, 0, year), missing_share(plan, c, 0, year)
    start = plan.case.axes.years[year]
    try:
        scenario = cut_off(made, commodity)
        before = shocked(scenario, commodity, made.players)
        known = set(before.market.countries)
        own, new = capacity(made, plan, commodity, year)
        there = seated(made, before.market, own)
        added = [*there, *seated(made, before.market, new), *stock(made, plan, commodity, year, known)]
        draws = draws_of(commodity, 1, 0)
        factor = None
        if is_by_product(commodity):
            factor = np.full(before.market.activity_level.size, prior("by-product-elasticity-factor")[1])
        runs = []
        for measures in (
            before.measures,
            (*before.measures, *added, *stock(made, plan, commodity, year, known)),
        ):
            case = replace(before, measures=tuple(measures))
            path = simulate(MonthsSetting(case.market, case.measures, scenario.horizon, factor), draws)
            runs.append(reduced(path, case, commodity, made.players, scenario.restrictors, draws, factor))
    except OresightError as error:
        return Delivery(commodity, start, *promise, note=str(error))
    inside = [g for g in range(len(runs[0].groups)) if runs[0].groups[g] in made.players.players]
    others = runs[0].groups.index("others")
    use = runs[0].use[inside]
    if use.sum() <= 0:
        return Delivery(commodity, start, *promise, note="members use none of it")
    missing = [
        float((1.0 - np.nan_to_num(r.kept[:12, inside, 0], nan=1.0).mean(0)) @ use / use.sum()) for r in runs
    ]
    peak = [float((r.price[:12, inside, 0] @ use / use.sum()).max()) for r in runs]
    loss = [float(r.loss[inside].sum()) for r in runs]
    outside = (float(runs[0].loss[others].sum()), float(runs[1].loss[others].sum()))
    return Delivery(
        commodity, start, *promise, missing[0], missing[1], peak[0], peak[1], loss[0], loss[1], outside
    )


def stock(made: PlanCase, plan: Plan, commodity: str, year: int, known: set[str]) -> list[Measure]:
    """The plan's public stock of the last product, released in proportion to what is lost."""
    stage = [s for c, s in made.rows.products if c == commodity][-1]
    at = made.rows.at((commodity, stage))
    rows = np.flatnonzero(plan.case.stockpiles.product == at)
    held = float(plan.held[rows, max(year - 1, 0)].sum()) if rows.size else 0.0
    if held <= 0:
        return []
    holders = tuple(c for codes in made.players.players.values() for c in codes)
    grown = demand_growth(plan, commodity, year)
    return [
        Measure(
            "public stock", "release", 0.0, 0.0, None, tuple(c for c in holders if c in known), None,
            (f"{commodity}:{stage}",),
            rule="proportional", rate=1.0, stock=held / grown,
        )
    ]  # fmt: skip
