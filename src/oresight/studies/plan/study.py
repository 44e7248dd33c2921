"""The cheapest way out: which projects, stocks and floors, when, where, at what price, and what waiting costs.

The catalogue is turned into one programme over years and cut-offs; its optimum, its prices and its curves are the
answer. The market is asked for a second opinion.
"""

from collections.abc import Sequence

import numpy as np

from oresight.core.answer import Answer, Assumption, Sheet
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.plan.curves import (
    cost_of_delay,
    security_price,
    security_supply_curve,
)
from oresight.plan.programme import Plan
from oresight.plan.sub_case import for_commodities
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.books import TRADE_LAST
from oresight.studies.dependence import expand
from oresight.studies.markets import all_commodities, prior
from oresight.studies.plan import sheets as plan_sheets
from oresight.studies.plan import sheets_support as plan_sheets_support
from oresight.studies.plan.books import with_feed
from oresight.studies.plan.case import SHOWN, PlanCase, plan_case, years_of
from oresight.studies.plan.curves import frontier_by_weight
from oresight.studies.plan.draws import bands_sheet, chosen_sheet, sampled
from oresight.studies.plan.finding import Planned, attainable, finding, totals
from oresight.studies.plan.flood import Flood, flood
from oresight.studies.plan.floors import floors, reversion
from oresight.studies.plan.replay import replayed
from oresight.studies.plan.solve import (
    baseline_of,
    best_buy,
    dearer_by_commodity,
    loss_by_commodity,
    nothing_decided,
    pipeline_alone,
    shared_budget,
    solved,
)
from oresight.studies.plan.support import supports
from oresight.studies.plan.targets import Target, read_target

TABLES = (
    *CHAIN_TABLES,
    "projects",
    "project_outputs",
    "costs",
    "recycling",
    "substitution",
    "stocks",
    "demand",
    "demand_outlook",
    "demand_keys",
    "end_uses",
    "uses_value",
    "baseline_prices",
    "prices",
    "elasticities",
    "by_product_links",
    "priors",
    "blocs",
)
RULES = (*CHAIN_RULES, *(f"plan §{n}" for n in range(1, 9)))
ASSUMPTIONS = (
    *CHAIN_ASSUMPTIONS,
    Assumption(
        "priors/hazard", "chance of a cut-off a year, of everyone and of one member; evenly 12 or 36 months"
    ),
    Assumption(
        "uses_value", "a missing tonne is worth the area under its demand curve, where nothing is published"
    ),
    Assumption(
        "costs", "capital and operating cost of a class where a project states none; lead times alike"
    ),
    Assumption(
        "plan §1 classes", "half of the need of a refined product or component can be met by new plants"
    ),
    Assumption(
        "plan §2 growth", "members' plants stay as they are; free sellers and the supplier grow with use"
    ),
    Assumption(
        "plan §2 profit",
        "a class that seems to pay at today's price has costs nobody recorded; new output costs "
        "what the long-run supply curve says",
    ),
    Assumption(
        "priors/private-stock-released", "companies let go half of their usual months of use in a cut-off"
    ),
    Assumption("plan §4 flood", "in a flood feed falls in price as much as the product made of it"),
    Assumption("substitution", "shares and penalties of substitutes; the substitute costs what it replaces"),
    Assumption("plan §6 budget", "budgets count all capital and purchases, public and private alike"),
)
SEED = 2026
DRAWS_MAX = 4096
LEAST = 1e6
"""Expected loss and extra paid below which a commodity counts as untouched [USD]."""
DELAYS = 8
REPLAYS = 6
CURVES = 3


def wanted(commodity: Sequence[str]) -> tuple[str, ...]:
    """Commodities asked for, by id; all with a balanced chain where none is named.

    Raises:
        StudyError: None of them has a balanced chain.
    """
    known = all_commodities(TRADE_LAST)
    if not commodity:
        return tuple(known)
    asked = expand(list(commodity))
    members = [m for c in asked for m in names.groups().get(c, (c,))]
    found = tuple(c for c in known if c in members)
    if not found:
        raise StudyError(
            f"no balanced chain of {', '.join(commodity)}",
            f"plans are made for {', '.join(known[:8])} and others",
        )
    return found


def planned(
    coalition: str,
    supplier: str,
    commodity: Sequence[str] = (),
    budget: float | None = None,
    targets: Sequence[str] = (),
    reporter: Reporter = silent,
    workers: int = 2,
) -> Planned:
    """The plan, doing nothing, and the announced pipeline alone, on one baseline.

    A budget is shared by all commodities: a plan of some of them pays each dollar what it is worth to all (plan §2).

    Raises:
        StudyError: A name, budget or target cannot be read.
        Infeasible: Hard targets cannot be met; names what binds and how near one gets.
    """
    buyers = names.coalition(coalition)
    seller = names.supplier(supplier, buyers)
    if budget is not None and not 0.0 <= budget < float("inf"):
        raise StudyError(f"a budget of {budget:g}", "give USD a year, 0 or more")
    read: list[Target] = [read_target(t, years_of()) for t in targets]
    chosen = wanted(commodity)
    alone = budget is not None and set(with_feed(chosen)) != set(wanted(()))
    if budget is not None and alone:
        report(reporter, 0.01, "asking what a budget dollar is worth to all commodities")
        price = shared_budget(coalition, supplier, budget)
        made = plan_case(buyers, seller, chosen, budget, read, price)
    else:
        made = plan_case(buyers, seller, chosen, budget, read)
    base = baseline_of(made.case)
    report(reporter, 0.05, "solving the plan")

    def part(share: float, doing: str) -> bool | None:
        return reporter(0.05 + 0.3 * share, doing)

    plan = solved(made.case, part, workers, base)
    nothing = nothing_decided(made.case, base)
    report(reporter, 0.4, "asking what the announced pipeline does alone")
    return Planned(made, plan, nothing, pipeline_alone(made, base))


def plan(
    coalition: str = names.DEFAULT_COALITION,
    supplier: str = names.DEFAULT_SUPPLIER,
    commodity: Sequence[str] = (),
    budget: float | None = None,
    targets: Sequence[str] = (),
    curves: bool = True,
    reporter: Reporter = silent,
    workers: int = 2,
    draws: int = 0,
    seed: int = SEED,
) -> Answer:
    """What is the cheapest way out, how fast, at what price?

    Args:
        coalition, supplier: Who plans, against whom.
        commodity: Only these (and what shares feed with them); all by default.
        budget: Capital and purchases together, every year [USD/yr]; without limit by default.
        targets: As `plan_targets.read_target` reads them.
        curves: Also walk the frontier, the cost of delay and the supply curves.
        reporter: Told of progress; may cancel. workers: Blocks or draws solved at once.
        draws: Plans more, with hazard, values, costs and lead times drawn from their bands; 0 is none.
        seed: Of the draws; the same numbers whatever the workers.

    Raises:
        StudyError: A name, budget, target or number of draws cannot be read.
        Infeasible: Hard targets cannot be met.
    """
    if not 0 <= draws <= DRAWS_MAX:
        raise StudyError(f"{draws} draws of a plan", f"give 0 to {DRAWS_MAX}")
    found = planned(coalition, supplier, commodity, budget, targets, reporter, workers)
    made, best, nothing, pipeline = found.made, found.plan, found.nothing, found.pipeline
    report(reporter, 0.45, "reading prices")
    prize = best_buy(made.case, best.assembly.baseline)
    price = security_price(best)
    needed = floors(made, best)
    report(reporter, 0.55, "asking the market for a second opinion")
    order = np.argsort(-(loss_by_commodity(nothing) - loss_by_commodity(best)))
    ranked = [made.case.axes.commodities[int(i)] for i in order]
    played = [replayed(made, best, nothing, c, SHOWN // 2) for c in ranked[:REPLAYS]]
    drawn = None
    if draws:
        drawn = sampled(made, draws, seed, lambda share, doing: reporter(0.56 + 0.02 * share, doing), workers)
    sheets: list[Sheet] = [
        plan_sheets.portfolio(made, best, prize, drawn),
        plan_sheets.commodities(made, best, nothing, pipeline),
        plan_sheets.security(made, best, price, touched(made, nothing)),
        plan_sheets.floors(needed),
        plan_sheets.shares(made, best, nothing, prior("supplier-cap")[1]),
        plan_sheets.members(best, nothing),
        plan_sheets.replay(played),
    ]
    bad: Flood | None = None
    if curves:
        report(reporter, 0.58, "letting prices answer, and the supplier flood")
        bad = flood(made, best, nothing, needed)
        sheets.append(plan_sheets_support.support(supports(made, best, needed)))
        sheets.append(plan_sheets_support.flood(made, bad))
    sheets.append(totals(found, prize.cost, bad))
    if drawn is not None:
        sheets += [bands_sheet(drawn), chosen_sheet(made, best, drawn)]
    if targets:
        sheets.append(attainable(made))
    if curves:
        sheets += walked(made, best, ranked, reporter)
    report(reporter, 1.0, "done")
    said = [finding(found, sheets, played)]
    if bad is not None and bad.rows:
        said.append(plan_sheets_support.flooded_words(made, bad))
    return Answer(
        "plan",
        f"What is the cheapest way out of the dependence on {made.seller.label}, and how fast?",
        " ".join(said),
        tuple(sheets),
        basis(
            TABLES,
            RULES,
            ASSUMPTIONS,
            (
                "Costs of most plants are those of their class; a plan of many commodities says where to look, "
                "not what to sign.",
                f"Log prices return to their mean at {reversion():.2g} a year, from short series.",
                *shared_words(made),
                *gap_words(best),
            ),
        ),
        {
            "coalition": made.players.id,
            "supplier": list(made.seller.members),
            "commodities": list(made.case.axes.commodities),
            "budget": budget,
            "targets": list(targets),
            "first": made.case.axes.years[0],
            "last": made.case.axes.years[SHOWN - 1],
            "gap": best.gap,
            "budget_price": float(made.case.terms.budget_price[:SHOWN].max()),
            "draws": draws,
            "seed": seed if draws else None,
        },
    )


def touched(made: PlanCase, nothing: Plan) -> set[str]:
    """Commodities that a cut-off leaves short or makes dearer where nothing is done."""
    hurt = loss_by_commodity(nothing) + dearer_by_commodity(nothing)
    return {c for c, usd in zip(made.case.axes.commodities, hurt, strict=True) if usd > LEAST}


def gap_words(best: Plan) -> tuple[str, ...]:
    """How far the plan may be from the best one, where that is more than wished, in words."""
    if not best.gap > best.case.terms.gap:
        return ()
    return (
        f"The plan is proven to within {best.gap:.1%} of what it saves, not the wished {best.case.terms.gap:.1%}: "
        f"under a tight budget the search ends after a minute.",
    )


def shared_words(made: PlanCase) -> tuple[str, ...]:
    """What a shared budget does to the costs of a plan of some commodities, in words."""
    price = float(made.case.terms.budget_price.max())
    if price <= 0:
        return ()
    return (
        f"The budget is shared with all other commodities: each of its dollars counts up to {1.0 + price:,.2f} dollars, "
        f"what the others could make of it, and costs of levers hold that.",
    )


def walked(made: PlanCase, best: Plan, ranked: Sequence[str], reporter: Reporter) -> list[Sheet]:
    """Frontier, cost of delay and supply curves, from programmes without integer choices (plan §5, §6)."""

    def part(first: float, width: float) -> Reporter:
        def tell(share: float, doing: str) -> bool | None:
            return reporter(first + width * share, doing)

        return tell

    edge = frontier_by_weight(made.case, best.assembly, reporter=part(0.6, 0.2))
    wait = cost_of_delay(made.case, DELAYS, False, part(0.8, 0.15))
    found = []
    year = SHOWN // 2
    for commodity in ranked[:CURVES]:
        alone = for_commodities(made.case, np.array([made.case.axes.commodities.index(commodity)]))
        at = alone.axes.commodities.index(commodity)
        if alone.kinds.probability[year, 0] > 0:
            found.append((commodity, alone.axes.years[year], security_supply_curve(alone, at, 0, year)))
        report(reporter, 0.97, "supply curves of security")
    return [
        plan_sheets.frontier(edge),
        plan_sheets.delay(wait, made.case.axes.years[0]),
        plan_sheets.supply_curves(found),
    ]
