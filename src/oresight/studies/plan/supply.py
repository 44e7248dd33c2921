"""Who uses and who sells what: buyers by urgency, members' plants, free sellers, the supplier, cut-offs (plan §2-§4)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oresight.core.coalition import Coalition
from oresight.plan.records import OUTSIDE, SUPPLIER, Kinds, first_start
from oresight.studies.books import STAGES
from oresight.studies.markets import baseline_price, prior
from oresight.studies.plan.books import StageBalance, crisis_multiple, stages_planned
from oresight.studies.plan.levers import Lever, Product
from oresight.studies.plan.levers_costs import value_added
from oresight.studies.plan.parts import BuyerRow, Rows, SupplyRow
from oresight.studies.plan.values import tranches

Floats = NDArray[np.float64]


BIDS = (1.0, 1.5, 2.5)
"""Steps of the ladder on which outsiders sell, multiple of the price."""
TIE = 1.001
"""Price of the supplier over that of others [1]: where all else is equal, new output takes its place first."""
OWN = 0.999
"""What standing plants ask, over the price [1]: they can sell elsewhere, so their metal is no cheaper than any other,
but members' own is used first."""


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

    Members' plants ask the market price: what a plan leaves unused they sell elsewhere, so it is no cheap feed.

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
        margin = value_added(*product) * OWN
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

    Output of a plant in a third country is for sale to all: the coalition's share of what such countries make. It asks
    the market price, or its own cost where that is higher.
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
    asked = max(lever.operating, value_added(*lever.product) * OWN)
    operating = min(asked, 0.9 * least_value(rows, lever.product))
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
