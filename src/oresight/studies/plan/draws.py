"""How sure a plan is: hazard, values, costs and lead times drawn from their bands, one plan a draw (plan §3)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import qmc

from oresight.catalog.store import read
from oresight.core.answer import Column, Sheet, sheet
from oresight.core.progress import Reporter, silent
from oresight.plan.draws import Drawn, drawn_plans
from oresight.plan.programme import Plan
from oresight.plan.records import Buyers, Case, first_start
from oresight.studies import names
from oresight.studies.markets import baseline_price, elasticity, prior
from oresight.studies.plan.books import stages_planned
from oresight.studies.plan.case import PlanCase
from oresight.studies.plan.values import height
from oresight.studies.plan.words import MILLION, named

Floats = NDArray[np.float64]

SHARED = (
    "hazard",
    "hazard-single-member",
    "social-discount-rate",
    "hurdle-rate",
    "carrying-cost",
    "leak-all-destinations",
    "leak-targeted-ban",
    "private-stock-released",
    "cvar-weight",
)
"""Priors of which all levers of a draw share one value."""
SEEN = 0.1
"""Share of draws from which a lever is listed [1]."""
MARGIN = 1.05
"""A value is kept at least so far above the crisis price [1], for below it is refused (plan §3)."""
BANDS = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Sampler:
    """Cases of draws of one plan's inputs.

    Args:
        made: The central case and its rows.
        point: Quantiles of the shared priors, then of each commodity's values (draw, dimension) [1].
        seed: Of the levers' own draws, together with the draw's number.
    """

    made: PlanCase
    point: Floats
    seed: int

    def shared(self, draw: int, name: str) -> float:
        """A shared prior at its quantile in a draw."""
        return between(prior(name), float(self.point[draw, SHARED.index(name)]))

    def case(self, draw: int) -> Case:
        """The case of a draw: depends on seed and number alone                                       plan §3"""
        c = self.made.case
        own = np.random.default_rng([self.seed, draw])
        levers = len(c.projects.name)
        overrun, slip = prior("capital-overrun"), prior("project-slip")
        dearer = np.array([between(overrun, q) for q in own.random(levers)]) / overrun[1]
        later = np.array([between(slip, q) for q in own.random(levers)]) - slip[1]
        kinds = c.kinds
        every = self.shared(draw, "hazard")
        single = self.shared(draw, "hazard-single-member") if kinds.probability[:, 2].any() else 0.0
        total = every + single
        mix = np.array([every / 2, every / 2, single]) / total
        leak = self.shared(draw, "leak-all-destinations")
        released = self.shared(draw, "private-stock-released") / prior("private-stock-released")[1]
        return replace(
            c,
            kinds=replace(
                kinds,
                probability=first_start(np.full(len(c.axes.years), total), mix),
                leak=np.array([leak, leak, self.shared(draw, "leak-targeted-ban")]),
            ),
            buyers=self.values(draw),
            projects=replace(
                c.projects,
                capital_cost=c.projects.capital_cost * dearer,
                lead_time=np.maximum(np.rint(c.projects.lead_time + later), 1).astype(np.int64),
                capital_rate=np.full(levers, self.shared(draw, "hurdle-rate")),
            ),
            stockpiles=replace(
                c.stockpiles,
                carrying=np.full_like(c.stockpiles.carrying, self.shared(draw, "carrying-cost")),
                private_cover=c.stockpiles.private_cover * released,
            ),
            terms=replace(
                c.terms,
                social_rate=self.shared(draw, "social-discount-rate"),
                risk_weight=self.shared(draw, "cvar-weight"),
            ),
        )

    def values(self, draw: int) -> Buyers:
        """Buyers whose missing tonnes are worth another part of their band, above the crisis price."""
        c = self.made.case
        low, high = value_bands(self.made)
        at = self.point[draw, len(SHARED) :][c.products.commodity[c.buyers.product]]
        best = c.buyers.value
        value = np.where(at < 0.5, low * (best / low) ** (2 * at), best * (high / best) ** (2 * at - 1))
        worst = np.zeros(len(c.products.name))
        dear = (c.supplies.cost.max(1, initial=0.0)[:, None] * c.supplies.crisis_cost).max(1, initial=0.0)
        np.maximum.at(worst, c.supplies.product, dear)
        return replace(c.buyers, value=np.maximum(value, MARGIN * worst[c.buyers.product]))


def between(band: tuple[float, float, float], quantile: float) -> float:
    """A value of a band: its best in the middle, evenly towards either end.

    >>> between((0.0, 1.0, 3.0), 0.75)
    2.0
    """
    low, best, high = band
    if quantile < 0.5:
        return low + (best - low) * 2 * quantile
    return best + (high - best) * (2 * quantile - 1)


def value_bands(made: PlanCase) -> tuple[Floats, Floats]:
    """Low and high worth of a missing tonne of every buyer (buyer,) [USD/t]                           plan §3

    Where an effect is published, its own band over its best; else the area under demand at the elasticity and choke
    that make it least and most.
    """
    published = read("uses_value").filter(pl.col("preferred") & pl.col("best").is_not_null())
    known = {
        r["commodity"]: (r["low"] / r["best"], r["high"] / r["best"]) for r in published.iter_rows(named=True)
    }
    low, high = [], []
    for b in made.rows.buyers:
        commodity, last = b.product[0], b.product[1] == stages_planned(b.product[0])[-1]
        if last and commodity in known:
            factor = known[commodity]
        else:
            band, choke = elasticity(commodity, "demand", "short"), prior("choke-multiple", commodity)
            part = b.value / baseline_price(*b.product)[0]
            edges = (height(0.0, 1.0, band[2], choke[0]), height(0.0, 1.0, max(band[0], 0.05), choke[2]))
            best = height(0.0, 1.0, band[1], choke[1])
            factor = (edges[0] / best, edges[1] / best) if part > 0 else (1.0, 1.0)
        low.append(b.value * min(factor[0], 1.0))
        high.append(b.value * max(factor[1], 1.0))
    return np.array(low), np.array(high)


def sampled(made: PlanCase, draws: int, seed: int, reporter: Reporter = silent, workers: int = 2) -> Drawn:
    """Plans of so many draws of hazard, values, costs and lead times                                  plan §3

    Parts of projects are allowed in a draw: which lever is chosen is asked, not how a plan rounds.

    Args:
        made: The central case. draws: How many. seed: Fixes them whatever the workers.
        reporter: Told of progress; may cancel. workers: Draws solved at once.
    """
    size = len(SHARED) + len(made.case.axes.commodities)
    power = int(np.ceil(np.log2(max(draws, 2))))
    point = qmc.Sobol(size, scramble=True, rng=seed).random_base2(power)[:draws]
    make: Callable[[int], Case] = Sampler(made, point, seed).case
    return drawn_plans(make, draws, reporter, workers)


def chosen_sheet(made: PlanCase, plan: Plan, found: Drawn) -> Sheet:
    """Levers by the share of draws that choose them, those the central plan leaves out as well        plan §3"""
    columns = (
        Column("lever", "id of the project, class or stock"),
        Column("name", "what is done"),
        Column("kind", "project, reference class, recycling or stockpile"),
        Column("commodity", "commodity", "", "id"),
        Column("product", "commodity and stage"),
        Column("host", "country or member that hosts it"),
        Column("chosen_share", "share of draws that take more than half of it; for stock, that hold any", "1", "share"),
        Column("in_plan", "whether the plan at best values takes it"),
        Column("decided", "year of the decision in the middle one of those draws", "", "integer"),
        Column("held", "for stock, tonnes held in the middle draw", "t", "number"),
    )  # fmt: skip
    years = made.case.axes.years
    rows: list[dict[str, object]] = []
    for j, lever in enumerate(made.rows.levers):
        takes = found.part[:, j] > 0.5
        share = float(takes.mean())
        if share >= SEEN:
            rows.append(
                {
                    "lever": lever.id,
                    "name": lever.name,
                    "kind": lever.kind,
                    "commodity": lever.product[0],
                    "product": named(lever.product),
                    "host": "members" if lever.country == "members" else names.label(lever.country),
                    "chosen_share": share,
                    "in_plan": "yes" if float(plan.decided[j].sum()) > 0.5 else "no",
                    "decided": years[int(np.median(found.first[takes, j]))],
                    "held": None,
                }
            )
    scale = plan.assembly.layout.scale
    for k, at in enumerate(made.case.stockpiles.product):
        product = made.rows.products[int(at)]
        least = 1e-3 * float(scale[at])
        share = float((found.held[:, k] > least).mean())
        if share >= SEEN:
            rows.append(
                {
                    "lever": f"stock/{product[0]}/{product[1]}",
                    "name": "public stock",
                    "kind": "stockpile",
                    "commodity": product[0],
                    "product": named(product),
                    "host": "members",
                    "chosen_share": share,
                    "in_plan": "yes" if float(plan.held[k].max()) > least else "no",
                    "decided": None,
                    "held": float(np.median(found.held[:, k])),
                }
            )
    rows.sort(key=lambda r: (-float(str(r["chosen_share"])), str(r["lever"])))
    return sheet("chosen", "How many draws choose each lever", columns, rows)


def bands_sheet(found: Drawn) -> Sheet:
    """Totals of the draws as bands                                                                   plan §3"""
    columns = (
        Column("what", "total"),
        Column("p5", "5 of 100 draws lie below", "million USD", "number"),
        Column("p50", "middle", "million USD", "number"),
        Column("p95", "95 of 100 draws lie below", "million USD", "number"),
        Column("draws", "draws", "", "integer"),
    )
    series = (
        ("cost, loss and risk with the plan", found.cost),
        ("the same, nothing done", found.nothing),
        ("saved by the plan", found.nothing - found.cost),
        ("cost of levers", found.plan_cost),
        ("expected loss with the plan", found.loss),
        ("capital and purchases, not discounted", found.spending),
    )
    rows = [
        {"what": what, "draws": values.size}
        | {
            f"p{q:.0%}"[:-1]: float(v) / MILLION
            for q, v in zip(BANDS, np.quantile(values, BANDS), strict=True)
        }
        for what, values in series
    ]
    return sheet("bands", "The plan's totals over the draws", columns, rows)
