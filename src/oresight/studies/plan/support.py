"""The support projects need once their own output has moved the price: floors and prices until they agree (plan §7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import OresightError
from oresight.market.months_measures import Measure
from oresight.plan.feedback import settled_support
from oresight.plan.floors import Guarantee, Venture, annuity, floor_cost
from oresight.plan.programme import Plan
from oresight.studies.markets import baseline_price, prior
from oresight.studies.plan.books import growth
from oresight.studies.plan.case import PlanCase
from oresight.studies.plan.floors import FloorRow, credit, process, venture
from oresight.studies.plan.levers import Lever
from oresight.studies.plan.prices import Prices, home_market, long_run
from oresight.studies.plan.replay import plant, seated

Floats = NDArray[np.float64]
EARLY = 10
"""Years of output over which the settled price is told as a mean."""


@dataclass(frozen=True)
class SupportRow:
    """One lever's floor at today's price and at the price its own and the others' output leaves.

    Args:
        row: Its floor at today's price.
        price: Mean price over its first ten years of output once all have adapted [USD/t].
        floor: At that price; 0 where it needs none [USD/t].
        cost: Expected cost of that floor to the treasury, discounted [USD].
        rounds: Until prices and supply agreed. disagreement: Left in the last round [1]. settled: Whether they agreed.
        note: Who stays out at the settled price, or why nothing could be told.
    """

    row: FloorRow
    price: float | None
    floor: float | None
    cost: float | None
    rounds: int
    disagreement: float
    settled: bool
    note: str = ""


def supports(made: PlanCase, plan: Plan, needed: Sequence[FloorRow]) -> list[SupportRow]:
    """Floors settled with the market, commodity by commodity, where any of the plan's plants needs one    plan §7"""
    found: list[SupportRow] = []
    for commodity in dict.fromkeys(r.lever.product[0] for r in needed if r.floor > 0):
        rows = [r for r in needed if r.lever.product[0] == commodity]
        try:
            found += of_commodity(made, plan, commodity, rows)
        except OresightError as error:
            found += [SupportRow(r, None, None, None, 0, float("nan"), False, str(error)) for r in rows]
    return found


def of_commodity(made: PlanCase, plan: Plan, commodity: str, rows: Sequence[FloorRow]) -> list[SupportRow]:
    """All plants of one commodity together, on the calendar of the plan                              plan §7"""
    answer = Answering(made, plan, commodity, rows)
    haircut = 1.0 - prior("reference-price-haircut")[1]
    first = answer.market(answer.output)
    ventures = [answer.venture(i, first) for i in range(len(rows))]
    today = np.stack([np.full(answer.years, r.reference * haircut) for r in rows])

    def market(output: Floats) -> Floats:
        prices = answer.market(output)
        each = [prices.of(r.lever.product[1], answer.years) * r.reference * haircut for r in rows]
        return np.stack(each)

    terms = Guarantee(upside_share=prior("upside-share")[1])
    end = settled_support(ventures, terms, market, today)
    note = f"stay out at that price: {', '.join(answer.out)}" if answer.out else ""
    found = []
    for i, r in enumerate(rows):
        start = answer.start[i]
        level = end.price[i] / (r.reference * haircut)
        cost = treasury(
            r, level[start:], float(end.floor[i]), answer.output[i, start:], start - answer.decided[i]
        )
        mean = float(level[start : start + EARLY].mean()) * r.reference
        found.append(
            SupportRow(r, mean, float(end.floor[i]), cost, end.rounds, end.disagreement, end.settled, note)
        )
    return found


def treasury(row: FloorRow, level: Floats, floor: float, output: Floats, wait: int) -> float:
    """Expected cost of a floor against prices around the settled ones, from the decision on, discounted [USD].

    Args:
        row: The lever. level: Settled price over today's from the first output on (year,) [1].
        floor: [USD/t]. output: From the first output on (year,) [t/yr].
        wait: Years from the decision to the first output.
    """
    if floor <= 0:
        return 0.0
    made = np.concatenate([np.zeros(wait), output])
    path = process(row.lever.product, made.size, "base", wait)
    path = replace(path, mean=path.mean * np.concatenate([np.full(wait, level[0]), level]))
    terms = Guarantee(upside_share=prior("upside-share")[1])
    return floor_cost(path, made, floor, terms, prior("social-discount-rate")[1]).expected


class Answering:
    """The market's answer to what a commodity's plants make; who builds itself only while it earns its capital.

    Args:
        made, plan, commodity: Whose plants.
        rows: Those the plan builds.
    """

    def __init__(self, made: PlanCase, plan: Plan, commodity: str, rows: Sequence[FloorRow]) -> None:
        self.made, self.plan, self.commodity, self.rows = made, plan, commodity, rows
        years = plan.case.axes.years
        at = {x.id: j for j, x in enumerate(made.rows.levers)}
        self.decided = [int(np.argmax(plan.decided[at[r.lever.id]])) for r in rows]
        owners = [venture(made, r.lever, r.part) for r in rows]
        self.start = [d + int(np.flatnonzero(v.output)[0]) for d, v in zip(self.decided, owners, strict=True)]
        self.years = max(d + v.output.size for d, v in zip(self.decided, owners, strict=True))
        self.owners = owners
        self.output = np.stack([self.calendar(i, v.output) for i, v in enumerate(owners)])
        index = growth(commodity, years)
        self.grown = index[np.minimum(np.arange(self.years), index.size - 1)]
        self.kept = home_market(commodity, made.players, made.seller)
        self.inside = {c for codes in made.players.players.values() for c in codes}
        self.out: list[str] = []
        self.known: dict[bytes, Prices] = {}
        self.base = self.standing(())
        self.before = long_run(commodity, self.kept, self.inside, self.base)

    def calendar(self, i: int, values: Floats) -> Floats:
        """A series of a venture set on the plan's calendar."""
        found = np.zeros(self.years)
        found[self.decided[i] : self.decided[i] + values.size] = values
        return found

    def venture(self, i: int, prices: Prices) -> Venture:
        """The venture on the plan's calendar, its feed at the market's prices."""
        lever, owner = self.rows[i].lever, self.owners[i]
        per_year = np.full(self.years, lever.operating - credit(lever))
        if lever.kind != "recycling":
            for product, per_tonne in ((lever.product, 1.0), *lever.besides):
                for taken, amount in self.made.rows.takes.get(product, ()):
                    level = prices.of(taken[1], self.years) if taken[0] == self.commodity else 1.0
                    per_year = per_year + level * amount * per_tonne * baseline_price(*taken)[0]
        return replace(
            owner,
            capital_cost=self.calendar(i, owner.capital_cost),
            output=self.output[i],
            operating_cost=np.maximum(per_year, 0.0),
        )

    def standing(self, out: Sequence[str]) -> list[list[Measure]]:
        """Plants of the baseline by year, those that stay out left aside."""
        supplies = self.made.rows.supplies[len(self.made.rows.supplies) - len(self.made.baseline) :]
        found: list[list[Measure]] = []
        for y in range(self.years):
            here: list[Measure] = []
            for lever, supply in zip(self.made.baseline, supplies, strict=True):
                if lever.product[0] == self.commodity and lever.id not in out:
                    amount = float(supply.capacity[min(y, supply.capacity.size - 1)]) / self.grown[y]
                    here += plant(lever.id, lever.product, lever.country, amount)
            found.append(seated(self.made, self.kept, here))
        return found

    def market(self, output: Floats) -> Prices:
        """Prices over today's when the plan's plants make so much, (project, year) [t/yr]              plan §7

        Today's prices are taken to expect what builds itself; of that, who no longer earns its capital stays out.
        """
        key = output.tobytes()
        if key not in self.known:
            self.out = []
            while True:
                prices = self.cleared(output)
                leaving = [
                    x.id for x in self.made.baseline if x.id not in self.out and not self.earns(x, prices)
                ]
                if not leaving:
                    break
                self.out += leaving
            self.known[key] = prices
        return self.known[key]

    def cleared(self, output: Floats) -> Prices:
        """Prices with the plan's output and the baseline but for those that stay out."""
        base = self.standing(self.out)
        seats = self.made.players.players
        added = []
        for y in range(self.years):
            here: list[Measure] = []
            for i, r in enumerate(self.rows):
                country = seats[r.lever.country][0] if r.lever.country in seats else r.lever.country
                if r.lever.country == "members":
                    country = next(iter(seats.values()))[0]
                here += plant(r.lever.id, r.lever.product, country, float(output[i, y]) / self.grown[y])
            added.append([*base[y], *seated(self.made, self.kept, here)])
        after = long_run(self.commodity, self.kept, self.inside, added)
        return Prices({s: after[s] / self.before[s] for s in after if s in self.before})

    def earns(self, lever: Lever, prices: Prices) -> bool:
        """Whether a plant that builds itself still earns its capital; what is committed has sunk it      plan §2"""
        if lever.state == "committed" or lever.product[0] != self.commodity:
            return True
        share = 1.0 - prior("reference-price-haircut")[1]

        def worth(product: tuple[str, str]) -> float:
            level = prices.of(product[1], EARLY).mean() if product[0] == self.commodity else 1.0
            return float(level) * share * baseline_price(*product)[0]

        margin = worth(lever.product) - lever.operating
        margin += sum(t * worth(p) for p, t in lever.besides)
        for product, per_tonne in ((lever.product, 1.0), *lever.besides):
            margin -= sum(a * per_tonne * worth(t) for t, a in self.made.rows.takes.get(product, ()))
        yearly = annuity(prior("hurdle-rate")[1], round(prior("plant-life")[1]))
        return margin * lever.capacity >= yearly * lever.capital
