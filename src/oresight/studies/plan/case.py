"""From the catalogue to the case of a plan: supplies, levers, buyers, cut-offs, terms (plan §1-§4).

The year of the balance gives today's flows; use grows with the outlook; free sellers grow with use, members' plants
stay as they are, and the supplier serves the rest. What builds itself - committed plants and candidates that
earn their capital at the reference price less a haircut - is supply, not a lever (plan §2).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.plan.floors import annuity
from oresight.plan.records import Case, Floats, earns_its_capital
from oresight.studies.markets import baseline_price, elasticity, prior
from oresight.studies.plan.assembled import SHOWN, assembled, terms_of
from oresight.studies.plan.books import (
    MAGNETS,
    StageBalance,
    balances,
    growth,
    magnet_heavy,
    sellers_apart,
    with_feed,
)
from oresight.studies.plan.levers import FIRST, Lever, Product, class_levers, ledger_levers, raised
from oresight.studies.plan.levers_scrap import Scrap
from oresight.studies.plan.limits import by_products, hosting, recycling, substitution
from oresight.studies.plan.parts import Rows
from oresight.studies.plan.supply import built, buyers, cut_offs, existing, total_need
from oresight.studies.plan.targets import Target

# One door for those who plan: the case and the years it shows.
__all__ = ["SHOWN", "PlanCase", "plan_case", "settled", "spare_margin", "years_of"]


@dataclass(frozen=True)
class PlanCase:
    """A plan's case and where its rows come from.

    Args:
        case: What is solved.
        rows: The rows it was made from, in the same order.
        baseline: Levers that build themselves and those that are committed, now among the supplies.
        announced: Candidates of the ledger, whether they build themselves or not.
        scrap: Recycling by commodity, where known.
        players: Members on the member axis, in order. seller: The supplier.
        balances: By product.
    """

    case: Case
    rows: Rows
    baseline: tuple[Lever, ...]
    announced: tuple[Lever, ...]
    scrap: dict[str, Scrap]
    players: Coalition
    seller: Coalition
    balances: dict[Product, StageBalance]


def years_of() -> tuple[int, ...]:
    """Years of the reference path: those shown, and the extension that keeps the last of them honest."""
    return tuple(range(FIRST, FIRST + SHOWN + round(prior("horizon-after-last-year")[1])))


def plan_case(
    coalition: Coalition,
    seller: Coalition,
    commodities: Sequence[str],
    budget: float | None = None,
    targets: Sequence[Target] = (),
    budget_price: Floats | float = 0.0,
) -> PlanCase:
    """The case of some commodities, with all they share feed with.

    Args:
        coalition, seller: Who plans, against whom.
        commodities: Ids.
        budget: Capital and stock purchases together, every year [USD/yr]; None is without limit.
        targets: As `plan_targets.read_targets` gives them.
        budget_price: Worth of a budget dollar beyond a dollar, from a full plan, by year (year,) or always [1].

    Raises:
        StudyError: Too few members, or a commodity without a balanced chain.
        ModelError: A value at or below the crisis price.
    """
    apart = sellers_apart(coalition, seller)
    players = Coalition(coalition.id, coalition.label, dict(apart))
    if not apart:
        raise StudyError(f"{coalition.label} is the supplier", "name another supplier, or members outside it")
    names, years = with_feed(commodities), years_of()
    rows, held = Rows(), {}
    for commodity in names:
        for balance in balances(commodity, apart, tuple(seller.members)):
            held[balance.product] = balance
            rows.products.append(balance.product)
            rows.takes[balance.product] = balance.takes
    magnet = (MAGNETS[0], "component")
    if magnet in rows.takes and (MAGNETS[1], "refine") in rows.products:
        rows.takes[magnet] = (*rows.takes[magnet], ((MAGNETS[1], "refine"), magnet_heavy()))
    kinds = cut_offs(players, held, len(years))
    grown = {c: growth(c, years) for c in names}
    buyers(rows, held, grown)
    known = ledger_levers(set(rows.products), seller.members)
    committed = [x for x in known if x.state == "committed"]
    existing(rows, held, grown, kinds, players)
    announced = [x for x in known if x.state == "candidate"]
    rows.levers += announced
    for product in rows.products:
        balance = held[product]
        need = total_need(balance, players)
        rows.levers += class_levers(product, players, need, hosting(product, players) or need)
    back = recycling(rows, held, grown, players)
    rows.supplies += [built(rows, x, players, kinds, years, held, 1.0) for x in committed]
    by_products(rows, held, grown, players, back)
    substitution(rows, grown)
    terms = terms_of(players, len(years), budget, budget_price)
    draft = assembled(rows, names, years, players, kinds, terms, targets, held, seller)
    own = settled(rows, draft, held)
    success = prior("project-success")[1]
    rows.supplies += [built(rows, x, players, kinds, years, held, success) for x in own]
    case = assembled(rows, names, years, players, kinds, terms, targets, held, seller)
    return PlanCase(case, rows, (*committed, *own), tuple(announced), back, players, seller, held)


def settled(rows: Rows, draft: Case, held: dict[Product, StageBalance]) -> list[Lever]:
    """Takes candidates that earn their capital out of the levers, and lifts the cost of classes that would   plan §2

    A ledger project that earns it at the price less a haircut belongs to the baseline. A class or recycling that
    seems to earn it at today's price has costs nobody recorded, else it would be built. Its operating cost is raised
    to where it earns nothing today, and further along the long-run supply curve: output that adds the part s of the
    world's asks for a price s / e higher, so no lever is nearly free however little its class is said to cost.

    Returns:
        Projects of the baseline.
    """
    earns = earns_its_capital(draft, prior("reference-price-haircut")[1])
    rate, life = prior("hurdle-rate")[1], round(prior("plant-life")[1])
    kept: list[Lever] = []
    own: list[Lever] = []
    added: dict[Product, float] = {}
    for lever, pays in zip(rows.levers, earns, strict=True):
        if lever.kind == "project":
            (own if pays else kept).append(lever)
            continue
        before = added.get(lever.product, 0.0)
        added[lever.product] = before + lever.capacity
        e = elasticity(lever.product[0], "supply", "long")[1]
        part = (before + 0.5 * lever.capacity) / max(held[lever.product].world, lever.capacity)
        short = part / e * baseline_price(*lever.product)[0]
        margin = spare_margin(rows, lever) + short - annuity(rate, life) * lever.capital / lever.capacity
        if margin > 0:
            why = f"operating cost raised to where it pays only at {1.0 + part / e:.2f} times today's price"
            kept.append(raised(lever, lever.operating + margin, why))
        else:
            kept.append(lever)
    rows.levers[:] = kept
    return own


def spare_margin(rows: Rows, lever: Lever) -> float:
    """Price less operating cost and feed of a lever without other products [USD/t]."""
    feed = 0.0
    if lever.kind != "recycling":
        for taken, amount in rows.takes.get(lever.product, ()):
            if taken in rows.products:
                feed += amount * baseline_price(*taken)[0]
    return baseline_price(*lever.product)[0] - lever.operating - feed
