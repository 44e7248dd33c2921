"""From the catalogue to the case of a plan: supplies, levers, buyers, cut-offs, terms (plan §1-§4).

The year of the balance gives today's flows; use grows with the outlook; free sellers grow with use, members' plants
stay as they are, and the supplier serves the rest. What builds itself - committed plants and candidates that
earn their capital at the reference price less a haircut - is supply, not a lever (plan §2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oresight.catalog.store import read
from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.plan.floors import annuity
from oresight.plan.records import (
    OUTSIDE,
    SUPPLIER,
    Axes,
    Case,
    Ceilings,
    Kinds,
    Products,
    ShareCaps,
    Stockpiles,
    Terms,
    earns_its_capital,
    first_start,
)
from oresight.studies.books import STAGES, modelled, production_rows
from oresight.studies.levers import FIRST, Lever, Product, class_levers, ledger_levers, raised
from oresight.studies.levers_costs import overrun, reference_cost, value_added
from oresight.studies.levers_scrap import Scrap, scrap
from oresight.studies.levers_uses import substitutes
from oresight.studies.markets import baseline_price, prior
from oresight.studies.plan_books import (
    MAGNETS,
    StageBalance,
    balances,
    crisis_multiple,
    growth,
    magnet_heavy,
    sellers_apart,
    stages_planned,
    with_feed,
)
from oresight.studies.plan_parts import (
    BuyerRow,
    LimitRow,
    Rows,
    Substitution,
    SupplyRow,
    buyers_of,
    feeds_of,
    limits_of,
    projects_of,
    substitutions_of,
    supplies_of,
)
from oresight.studies.plan_targets import Target
from oresight.studies.plan_values import tranches
from oresight.studies.situation import stocks_held

Floats = NDArray[np.float64]

SHOWN = 10
"""Years shown; the model runs on for as many as the priors say."""
BIDS = (1.0, 1.5, 2.5)
"""Steps of the ladder on which outsiders sell, multiple of the price."""
STEPS = 2
"""Steps of a stockpile's purchases."""
SUBSTITUTE_LIFE = 10
TIE = 1.001
"""Price of the supplier over that of others [1]: where all else is equal, new output takes its place first."""
NO_PROFIT = 0.01
"""How far a class that would earn its capital is kept from it, as a share of the price [1]."""


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
    budget_price: float = 0.0,
) -> PlanCase:
    """The case of some commodities, with all they share feed with.

    Args:
        coalition, seller: Who plans, against whom.
        commodities: Ids.
        budget: Capital and stock purchases together, every year [USD/yr]; None is without limit.
        targets: As `plan_targets.read_targets` gives them.
        budget_price: Worth of a budget dollar beyond a dollar, from a full plan [1].

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
    own = settled(rows, draft)
    success = prior("project-success")[1]
    rows.supplies += [built(rows, x, players, kinds, years, held, success) for x in own]
    case = assembled(rows, names, years, players, kinds, terms, targets, held, seller)
    return PlanCase(case, rows, (*committed, *own), tuple(announced), back, players, seller, held)


def total_need(balance: StageBalance, players: Coalition) -> dict[str, float]:
    """Need of a product by player, feed split as own use is [t/yr]."""
    direct = balance.need
    weight = direct if direct.sum() > 0 else balance.own
    share = weight / weight.sum() if weight.sum() > 0 else np.zeros_like(direct)
    return {p: float(direct[i] + balance.feed * share[i]) for i, p in enumerate(players.players)}


def cut_offs(players: Coalition, held: dict[Product, StageBalance], years: int) -> Kinds:
    """Kinds of cut-off: everyone for twelve months at all stages, everyone for thirty-six at the later ones with a
    leak, one member for twelve months: the one that buys most from the supplier by value.            plan §2

    The hazard of cutting off everyone is split evenly between the first two; it runs to the last year.
    """
    everyone, single = prior("hazard")[1], prior("hazard-single-member")[1]
    total = everyone + single
    worth = np.zeros(len(players.players))
    for product, balance in held.items():
        use = np.array(list(total_need(balance, players).values()))
        if use.sum() > 0:
            bought = np.maximum(use - balance.own, 0.0)
            if bought.sum() > 0:
                worth += bought / bought.sum() * balance.supplied * baseline_price(*product)[0]
    aimed = int(worth.argmax())
    short, long = round(prior("cut-off-months-short")[1]), round(prior("cut-off-months-long")[1])
    every = np.ones(len(players.players), dtype=bool)
    one = np.zeros(len(players.players), dtype=bool)
    one[aimed] = True
    mixed = np.array([everyone / 2, everyone / 2, single]) / total
    if len(players.players) == 1:
        mixed = np.array([0.5, 0.5, 0.0])
        total = everyone
    leak = prior("leak-all-destinations")[1]
    return Kinds(
        (
            f"everyone, {short} months, all stages",
            f"everyone, {long} months, refined goods and components",
            f"{list(players.players)[aimed]} alone, {short} months",
        ),
        np.array([short, long, short], dtype=np.int64),
        np.array([[True, True, True], [False, True, True], [True, True, True]]),
        np.array([leak, leak, prior("leak-targeted-ban")[1]]),
        np.array([every, every, one]),
        first_start(np.full(years, total), mixed),
    )


def multiples(balance: StageBalance, kinds: Kinds, least: float) -> tuple[float, ...]:
    """Crisis price of free sellers per kind, multiple of the price; no more than the least urgent use is worth.

    At that price this use drops out and the price stops rising (plan §3).
    """
    price = baseline_price(*balance.product)[0]
    stage = STAGES.index(balance.product[1])
    found = []
    for k in range(len(kinds.name)):
        m = crisis_multiple(balance, float(kinds.leak[k]), bool(kinds.target[k].all()))
        found.append(max(min(m, 0.9 * least / price), 1.0) if kinds.stage_cut[k, stage] else 1.0)
    return tuple(found)


def least_value(rows: Rows, product: Product) -> float:
    """Worth of the least urgent use of a product [USD/t]; without bound where nobody uses it directly."""
    return min((b.value for b in rows.buyers if b.product == product), default=float("inf"))


def buyers(rows: Rows, held: dict[Product, StageBalance], grown: dict[str, Floats]) -> None:
    """Use of every product by urgency, growing with the outlook."""
    for product in rows.products:
        need = held[product].need
        if need.sum() <= 1e-6 * max(held[product].world, 1e-9):
            continue
        last = product[1] == stages_planned(product[0])[-1]
        for t in tranches(product[0], baseline_price(*product)[0], last):
            label = ("defence", "essential", "normal")[t.priority]
            rows.buyers.append(
                BuyerRow(
                    f"{product[0]} {product[1]}, {label}",
                    product,
                    t.priority,
                    need.sum() * t.share * grown[product[0]],
                    need / need.sum(),
                    t.value,
                    t.how,
                    t.source,
                )
            )


def existing(
    rows: Rows,
    held: dict[Product, StageBalance],
    grown: dict[str, Floats],
    kinds: Kinds,
    players: Coalition,
) -> None:
    """Members' plants, the ladder of free sellers, and the supplier for what is left             plan §2, §4

    What use grows beyond today's sellers is filled by free sellers and the supplier as they sell today.
    Free sellers sell `s(b) = s0 b^k / (s0 b^k + 1 - s0)` of their output at a bid of b times the price.
    """
    taken: dict[Product, float] = {}
    for product in rows.products:
        for feed, amount in rows.takes[product]:
            taken[feed] = taken.get(feed, 0.0) + amount * float(held[product].own.sum())
    bid = prior("outsider-bid-elasticity")[1]
    for product in rows.products:
        b, g = held[product], grown[product[0]]
        price = baseline_price(*product)[0]
        least = least_value(rows, product)
        even = tuple(1.0 for _ in kinds.name)
        margin = value_added(*product) * (1.0 - prior("reference-price-haircut")[1])
        for i, player in enumerate(players.players):
            if b.own[i] > 0:
                rows.supplies.append(
                    SupplyRow(
                        f"{player} {product[0]} {product[1]}", product, i, np.full(g.size, b.own[i]),
                        margin, even, rows.takes[product],
                    )
                )  # fmt: skip
        share = b.free / b.free_output if b.free_output > 0 else 0.0
        dearer = multiples(b, kinds, least)
        need = b.need.sum() * g + taken.get(product, 0.0)
        bought = b.free + b.supplied
        theirs = b.supplied / bought if bought > 0 else b.supplier_share
        gap = np.maximum(need - b.own.sum() - bought * g, 0.0) * (1.0 - theirs)
        before = 0.0
        for step in BIDS:
            now = share * step**bid / (share * step**bid + 1.0 - share) if share > 0 else 0.0
            worst = tuple(
                m if step * m < 0.95 * least / price else max(0.95 * least / price / step, 0.0)
                for m in dearer
            )
            if now > before and step < 0.9 * least / price:
                rows.supplies.append(
                    SupplyRow(
                        f"free sellers of {product[0]} {product[1]} at {step:g} x", product, OUTSIDE,
                        (now - before) * b.free_output * g + (gap if before == 0.0 else 0.0), price * step, worst,
                    )
                )  # fmt: skip
                before = now
        rest = np.maximum(need - b.own.sum() - b.free * g - gap, b.supplied)
        if rest.max() > 0:
            rows.supplies.append(
                SupplyRow(
                    f"supplier of {product[0]} {product[1]}", product, SUPPLIER, rest, price * TIE, even
                )
            )


def built(
    rows: Rows,
    lever: Lever,
    players: Coalition,
    kinds: Kinds,
    years: Sequence[int],
    held: dict[Product, StageBalance],
    success: float,
) -> SupplyRow:
    """A plant that is built without the plan, as supply: capital sunk, ramped from its start (plan §1, §2).

    Output of a plant in a third country is for sale to all: the coalition's share of what such countries make.
    """
    ramp = max(round(prior("ramp")[1]), 1)
    ages = np.arange(len(years)) - lever.lead_time
    output = lever.capacity * success * np.clip((ages + 1) / ramp, 0.0, 1.0)
    owner = next(
        (i for i, p in enumerate(players.players) if lever.country in (p, *players.players[p])), OUTSIDE
    )
    if owner == OUTSIDE:
        b = held[lever.product]
        output = output * (b.free / b.free_output if b.free_output > 0 else 0.5)
    takes: dict[Product, float] = {}
    for product, per_tonne in ((lever.product, 1.0), *lever.besides):
        for feed, amount in rows.takes.get(product, ()):
            takes[feed] = takes.get(feed, 0.0) + amount * per_tonne
    besides = tuple((p, t) for p, t in lever.besides if p in rows.products)
    operating = min(lever.operating, 0.9 * least_value(rows, lever.product))
    return SupplyRow(
        lever.name if lever.name not in {s.name for s in rows.supplies} else f"{lever.name} ({lever.id})",
        lever.product,
        owner,
        output,
        operating,
        tuple(1.0 for _ in kinds.name),
        tuple(takes.items()),
        besides,
    )


def recycling(
    rows: Rows, held: dict[Product, StageBalance], grown: dict[str, Floats], players: Coalition
) -> dict[str, Scrap]:
    """One recycling lever per commodity with known lives and rates, limited by what comes back     plan §1

    It yields the refined metal (the last stage that is not a component). Costs are those of refining plants of the
    commodity; where these leave a profit, as for any class, they are raised.
    """
    found: dict[str, Scrap] = {}
    for commodity in dict.fromkeys(p[0] for p in rows.products):
        stages = [s for s in stages_planned(commodity) if s != "component"] or list(stages_planned(commodity))
        product = (commodity, stages[-1])
        last = (commodity, stages_planned(commodity)[-1])
        back = scrap(commodity, held[last].need.sum() * grown[commodity])
        if back is None or back.more.max() <= 0:
            continue
        found[commodity] = back
        size = float(back.more.max())
        cost = reference_cost(*product)
        rows.levers.append(
            Lever(
                f"recycling/{commodity}", "recycling of old scrap", "recycling", "candidate", product, "members",
                size, cost.capital * size * overrun(), cost.operating, max(round(cost.lead_time), 1), (), False,
                None, ";".join(back.sources), "assumption",
                f"life {back.lifetime:.0f} years, collected {back.collection:.0%}, recovered {back.recovery:.0%}, "
                f"today {back.present:.0%}; costs of a refining plant",
            )
        )  # fmt: skip
        rows.limits.append(
            LimitRow(
                f"old scrap of {commodity}",
                np.maximum(back.more, 1e-9),
                OUTSIDE,
                (),
                (f"recycling/{commodity}",),
            )
        )
    return found


def by_products(
    rows: Rows,
    held: dict[Product, StageBalance],
    grown: dict[str, Floats],
    players: Coalition,
    back: dict[str, Scrap],
) -> None:
    """By-products within what members' hosts could yield if all drew as much as the best maker does     plan §2

    bound = members' host output x largest (by-product / host output) of any country with 2 % of the host.
    """
    links = read("by_product_links")
    inside = {c for codes in players.players.values() for c in codes}
    for commodity in dict.fromkeys(p[0] for p in rows.products):
        own = links.filter((links["commodity"] == commodity) & links["coupled"])
        if not own.height:
            continue
        stage = modelled()[commodity][0]
        made = latest(commodity, stage)
        bound = 0.0
        for host, host_stage in own.select("host", "host_stage").iter_rows():
            hosts = latest(host, host_stage)
            large = [c for c, t in hosts.items() if t >= 0.02 * sum(hosts.values())]
            best = max((made.get(c, 0.0) / hosts[c] for c in large), default=0.0)
            bound += best * sum(t for c, t in hosts.items() if c in inside)
        product = (commodity, stage)
        if product not in held or bound <= 0:
            continue
        mine = tuple(s.name for s in rows.supplies if s.product == product and s.owner >= 0)
        levers = tuple(
            x.id for x in rows.levers if x.product == product and x.kind != "recycling" and
            (x.country in inside or x.country in players.players)
        )  # fmt: skip
        running = sum(float(s.capacity.max()) for s in rows.supplies if s.name in set(mine))
        level = np.full(grown[commodity].size, max(bound, running))
        rows.limits.append(LimitRow(f"{commodity} from members' host metal", level, OUTSIDE, mine, levers))


def hosting(product: Product, players: Coalition) -> dict[str, float]:
    """Output of a by-product's hosts by player [t/yr]: where its plants can stand; empty for other products."""
    links = read("by_product_links")
    own = links.filter((links["commodity"] == product[0]) & links["coupled"])
    if product[1] != modelled()[product[0]][0] or not own.height:
        return {}
    found = dict.fromkeys(players.players, 0.0)
    for host, stage in own.select("host", "host_stage").iter_rows():
        made = latest(host, stage)
        for player, codes in players.players.items():
            found[player] += sum(made.get(c, 0.0) for c in codes)
    return found if sum(found.values()) > 0 else {}


def latest(commodity: str, stage: str) -> dict[str, float]:
    """Output by country in the latest year on record [t/yr]."""
    made = production_rows()
    rows = made.filter((made["commodity"] == commodity) & (made["stage"] == stage))
    if not rows.height:
        return {}
    rows = rows.filter(rows["year"] == rows["year"].max())
    return dict(zip(rows["country"].to_list(), rows["value"].to_list(), strict=True))


def substitution(rows: Rows, grown: dict[str, Floats]) -> None:
    """Substitution of normal uses: one year's share from the second year on, five years' from the sixth     plan §1

    Its cost is the price of what it replaces, for the substitute is no cheaper, and the penalty times the use's worth.
    """
    for b in rows.buyers:
        if b.priority != 2 or b.product[1] != stages_planned(b.product[0])[-1]:
            continue
        total = sum(x.share for x in substitutes(b.product[0]))
        normal = b.demand[0] / sum(x.demand[0] for x in rows.buyers if x.product == b.product)
        for s in substitutes(b.product[0]):
            part = s.share / max(total, normal)
            age = np.arange(b.demand.size, dtype=float)
            ramp = np.interp(age, [0.0, 1.0, 5.0], [0.0, s.in_one, s.in_five])
            rows.substitutions.append(
                Substitution(
                    f"{b.product[0]}: {s.substitute} in {s.end_use}", b.name, np.clip(ramp * part, 0.0, 1.0),
                    baseline_price(*b.product)[0] + s.penalty * b.value, s.end_use, s.source, s.confidence,
                )
            )  # fmt: skip


def terms_of(players: Coalition, years: int, budget: float | None, price: float) -> Terms:
    """Rates, risk weight and budget; the budget is split evenly, only its sum binds."""
    count = len(players.players)
    level = np.inf if budget is None else budget / count
    return Terms(
        prior("social-discount-rate")[1],
        prior("cvar-weight")[1],
        prior("cvar-level")[1],
        np.full((years, count), level),
        prior("minimum-utilisation")[1],
        prior("plan-gap")[1],
        np.full(years, price),
    )


def stockpiles(
    rows: Rows, held: dict[Product, StageBalance], grown: dict[str, Floats], players: Coalition
) -> Stockpiles:
    """A public stock of every product but ore; bought on a rising ladder within a share of free supply     plan §4"""
    inside = tuple(c for codes in players.players.values() for c in codes)
    chosen = [p for p in rows.products if p[1] != "mine" or len(stages_planned(p[0])) == 1]
    share, slope = prior("purchase-share-of-free-supply")[1], prior("purchase-cost-slope")[1]
    years = next(iter(grown.values())).size
    step = np.arange(1, STEPS + 1) / STEPS
    bound = np.zeros((len(chosen), STEPS, years))
    cover = np.zeros(len(chosen))
    for i, product in enumerate(chosen):
        b = held[product]
        bound[i] = (share / STEPS) * (b.free_output + b.supplied + b.outsiders_lose) * grown[product[0]]
        if product[1] == stages_planned(product[0])[-1]:
            cover[i] = stocks_held(product[0], inside) or 0.0
    count = len(chosen)
    return Stockpiles(
        np.array([rows.at(p) for p in chosen], dtype=np.int64),
        np.zeros(count),
        1.0 + slope * step,
        bound,
        np.full(count, prior("carrying-cost")[1]),
        np.full(count, prior("rotation-loss")[1]),
        np.full(count, 1.0 + slope * float(step.max())),
        np.full(count, 1.0 - prior("reference-price-haircut")[1]),
        cover,
    )


def assembled(
    rows: Rows,
    names: tuple[str, ...],
    years: tuple[int, ...],
    players: Coalition,
    kinds: Kinds,
    terms: Terms,
    targets: Sequence[Target],
    held: dict[Product, StageBalance],
    seller: Coalition,
) -> Case:
    """The rows as one checked case."""
    hosts = {c: i for i, codes in enumerate(players.players.values()) for c in codes}
    hosts |= {p: i for i, p in enumerate(players.players)}
    grown = {c: growth(c, years) for c in names}
    feeds, besides = feeds_of(rows)
    price = np.array([np.full(len(years), baseline_price(*p)[0]) for p in rows.products])
    caps = [t for t in targets if t.kind == "cap"]
    served = [t for t in targets if t.kind == "served"]
    cap_at = [(t, p) for t in caps for p in rows.products if t.commodity in ("", p[0])]
    served_at = [(t, c) for t in served for c in names if t.commodity in ("", c)]
    position = {y: i for i, y in enumerate(years)}
    return Case(
        Axes(years, SHOWN, names, STAGES, tuple(players.players)),
        Products(
            tuple(f"{c} {s}" for c, s in rows.products),
            np.array([names.index(c) for c, _ in rows.products], dtype=np.int64),
            np.array([STAGES.index(s) for _, s in rows.products], dtype=np.int64),
            price,
        ),
        supplies_of(rows, len(kinds.name)),
        projects_of(
            rows, hosts, len(kinds.name), max(round(prior("ramp")[1]), 1), round(prior("plant-life")[1]),
            prior("hurdle-rate")[1],
        ),
        feeds,
        besides,
        limits_of(rows, len(years)),
        buyers_of(rows, len(years), len(players.players)),
        substitutions_of(rows, len(years), SUBSTITUTE_LIFE, prior("hurdle-rate")[1]),
        stockpiles(rows, held, grown, players),
        kinds,
        ShareCaps(
            tuple(f"{seller.label} at most {t.level:.0%} of {p[0]} {p[1]} from {t.year}" for t, p in cap_at),
            np.array([rows.at(p) for _, p in cap_at], dtype=np.int64),
            np.array([t.level for t, _ in cap_at]),
            np.array([position[t.year] for t, _ in cap_at], dtype=np.int64),
            np.array([np.nan if t.hard else 1.0 for t, _ in cap_at]),
        ),
        Ceilings(
            tuple(f"{c}: {t.level:.0%} of urgent uses served from {t.year}" for t, c in served_at),
            np.array([names.index(c) for _, c in served_at], dtype=np.int64),
            np.zeros(len(served_at), dtype=np.int64),
            np.ones(len(served_at), dtype=np.int64),
            np.array([1.0 - t.level for t, _ in served_at]),
            np.array([position[t.year] for t, _ in served_at], dtype=np.int64),
            np.array([np.nan if t.hard else 1.0 for t, _ in served_at]),
        ),
        terms,
    )  # fmt: skip


def settled(rows: Rows, draft: Case) -> list[Lever]:
    """Takes candidates that earn their capital out of the levers, and lifts the cost of classes that would   plan §2

    A ledger project that earns it at the price less a haircut belongs to the baseline. A class or recycling that
    seems to earn it at today's price has costs nobody recorded, else it would be built: its operating cost is raised
    to where it just does not, so that a plan never lives on profits nobody takes.

    Returns:
        Projects of the baseline.
    """
    earns = earns_its_capital(draft, prior("reference-price-haircut")[1])
    rate, life = prior("hurdle-rate")[1], round(prior("plant-life")[1])
    kept: list[Lever] = []
    own: list[Lever] = []
    for lever, pays in zip(rows.levers, earns, strict=True):
        if lever.kind == "project":
            (own if pays else kept).append(lever)
            continue
        short = NO_PROFIT * baseline_price(*lever.product)[0]
        margin = spare_margin(rows, lever) + short - annuity(rate, life) * lever.capital / lever.capacity
        if margin > 0:
            why = "operating cost raised to where it earns no profit today"
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


def without_candidates(made: PlanCase) -> Case:
    """The case where nothing but the baseline is built: doing nothing."""
    j = made.case.projects
    return replace(made.case, projects=replace(j, open=np.zeros_like(j.open)))
