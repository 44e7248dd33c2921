"""Scrap, by-products, substitutes and public stocks of a plan, and their limits (plan §1, §2, §4)."""

import numpy as np
from numpy.typing import NDArray

from oresight.catalog.store import read
from oresight.core.coalition import Coalition
from oresight.plan.records import OUTSIDE, Stockpiles
from oresight.studies.books import modelled, production_rows
from oresight.studies.markets import baseline_price, prior
from oresight.studies.plan.books import StageBalance, stages_planned
from oresight.studies.plan.levers import Lever, Product
from oresight.studies.plan.levers_costs import overrun, reference_cost
from oresight.studies.plan.levers_scrap import Scrap, scrap
from oresight.studies.plan.levers_uses import substitutes
from oresight.studies.plan.parts import LimitRow, Rows, Substitution
from oresight.studies.situation import stocks_held

Floats = NDArray[np.float64]


STEPS = 2
"""Steps of a stockpile's purchases."""


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


def stockpiles(
    rows: Rows, held: dict[Product, StageBalance], grown: dict[str, Floats], players: Coalition
) -> Stockpiles:
    """A public stock of every product but ore; bought on a rising ladder within a share of free supply     plan §4

    Companies' own stock of the last product covers what is on record, at least the part of their usual months of use
    (months §2) that they let go in a cut-off: others they hoard.
    """
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
            months = prior("kappa", product[0])[1] * prior("private-stock-released", product[0])[1]
            cover[i] = max(stocks_held(product[0], inside) or 0.0, months / 12.0 * float(b.need.sum()))
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
