"""An experiment others have published: what it costs a country to make more of its refined rare earths (plan §1, §7).

The least that investors must be given so that a country's refined output reaches a share of its use, as a subsidy on
capital or as a price floor, acting alone or with plants anywhere in the coalition, over its annual market.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.plan.floors import Guarantee, PriceProcess, Venture, break_even_floor, floor_cost
from oresight.studies.books import TRADE_LAST
from oresight.studies.chains import chain
from oresight.studies.markets import baseline_price, prior
from oresight.studies.plan.books import MAGNETS, balances, growth, magnet_heavy, sellers_apart
from oresight.studies.plan.floors import reversion, volatility
from oresight.studies.plan.levers import Lever, ledger_levers
from oresight.studies.plan.levers_costs import feed_of, ledger_capital, overrun, reference_cost
from oresight.studies.plan.prices import home_market, long_run
from oresight.studies.plan.replay import plant
from oresight.studies.stress.play import baseline_year

Floats = NDArray[np.float64]
STAGE = "refine"


@dataclass(frozen=True)
class Home:
    """A country's refined magnet rare earths, seen through the magnets it buys.

    Args:
        use: Of each commodity today, what stands in bought magnets included [t/yr]. made: At home today [t/yr].
        later: Use in the year of the target [t/yr].
        grown: World use then over that of the year of the balance [1].
    """

    use: dict[str, float]
    made: dict[str, float]
    later: dict[str, float]
    grown: dict[str, float]

    @property
    def market(self) -> float:
        """Annual market in the year of the target, at today's prices [USD/yr]."""
        return sum(t * baseline_price(c, STAGE)[0] for c, t in self.later.items())

    @property
    def share(self) -> float:
        """Share of use made at home today, by value [1]."""
        made = sum(t * baseline_price(c, STAGE)[0] for c, t in self.made.items())
        return made / sum(t * baseline_price(c, STAGE)[0] for c, t in self.use.items())


def home(players: Coalition, seller: Coalition, members: Sequence[str], year: int) -> Home:
    """Use and output of some members together, in the year of the balance and in the year of the target."""
    apart = sellers_apart(players, seller)
    at = [i for i, (player, _) in enumerate(apart) if player in members]
    codes = {c for player, cs in apart if player in members for c in cs}
    if not at:
        raise StudyError(f"{', '.join(members)} is no member of the coalition", "name one of its members")
    books = {b.product: b for c in MAGNETS for b in balances(c, apart, tuple(seller.members))}
    light, heavy = MAGNETS
    magnets = float(books[(light, "component")].need[at].sum())
    per_magnet = dict(books[(light, "component")].takes)[(light, STAGE)]
    use = {
        light: float(books[(light, STAGE)].need[at].sum()) + magnets * per_magnet,
        heavy: float(books[(heavy, STAGE)].need[at].sum()) + magnets * magnet_heavy(),
    }
    grown = {c: float(growth(c, (year,))[0]) for c in MAGNETS}
    made = {c: made_by(c, codes) for c in MAGNETS}
    return Home(use, made, {c: use[c] * grown[c] for c in MAGNETS}, grown)


def made_by(commodity: str, codes: set[str]) -> float:
    """Refined output of some countries in the year of the balance [t/yr]."""
    balanced = chain(commodity, baseline_year(commodity, TRADE_LAST))
    assert balanced is not None
    production = balanced.chain.stages[balanced.stages.index(STAGE)].production
    return float(sum(production[i] for i, c in enumerate(balanced.countries) if c in codes))


@dataclass(frozen=True)
class Offer:
    """A plant that investors would build if given enough.

    Args:
        lever: What. limit: Most it can add [t/yr], unlimited for a class.
        grant: Missing to the hurdle rate, paid with the capital, at the treasury's rate [USD per t/yr].
        floor: Expected cost of the floor that makes up for it, at the treasury's rate [USD per t/yr].
        strike: That floor [USD/t].
        beyond: Whether what is missing exceeds the whole capital.
    """

    lever: Lever
    limit: float
    grant: float
    floor: float
    strike: float
    beyond: bool


@dataclass(frozen=True)
class Setting:
    """What plants there are and how the treasury pays.

    Args:
        name, about: For the reader.
        lower: How far prices lie below the settled ones, for owners and treasury alike [1].
        ledger: Whether announced projects come before plants of the class.
        pays: `missing` to the hurdle rate, all `capital` of the class, or all capital at the `dearest` project's cost.
        everything: Whether what is made at home already is paid for as well.
    """

    name: str
    about: str
    lower: float = 0.0
    ledger: bool = False
    pays: str = "missing"
    everything: bool = False


def venture_of(lever: Lever, price: float, feed: float) -> Venture:
    """One tonne a year of a plant as its owner sees it, feed at its settled price."""
    life, ramp = round(prior("plant-life")[1]), max(round(prior("ramp")[1]), 1)
    building = max(lever.lead_time, 1)
    capital, output = np.zeros(building + life), np.zeros(building + life)
    capital[:building] = lever.capital / lever.capacity / building
    output[building:] = np.clip((np.arange(life) + 1) / ramp, 0.0, 1.0)
    besides = sum(t * baseline_price(*p)[0] for p, t in lever.besides)
    running = max(lever.operating + feed - besides, 0.0)
    return Venture(capital, output, np.full(capital.size, running), prior("hurdle-rate")[1])


def offer(lever: Lever, price: float, feed: float, setting: Setting, limit: float) -> Offer:
    """What a plant needs at a price, as a grant and as a floor                                       plan §1, §3

    grant = -NPV at the hurdle rate, paid in step with the capital; the floor is the price at which the NPV is 0. The
    treasury expects prices around the settled one and takes its share above the floor.
    """
    owner = venture_of(lever, price, feed)
    path = np.full(owner.output.size, price)
    missing = max(-float(owner.value(path)), 0.0)
    owners_capital = float((owner.capital_cost * owner.discount).sum())
    social = (1.0 + prior("social-discount-rate")[1]) ** -np.arange(owner.output.size, dtype=float)
    capital = float((owner.capital_cost * social).sum())
    share = 1.0 if setting.pays != "missing" else missing / owners_capital
    terms = Guarantee(upside_share=prior("upside-share")[1])
    strike = break_even_floor(owner, path, terms) if missing > 0 else 0.0
    cost = 0.0
    if strike > 0:
        k, s = reversion(), volatility(lever.product[0])[0]
        middle = path * float(np.exp(-(s**2) / (4.0 * k)))
        cost = floor_cost(
            PriceProcess(price, middle, k, s), owner.output, strike, terms, prior("social-discount-rate")[1]
        ).expected
    return Offer(lever, limit, share * capital, cost, strike, missing > owners_capital)


def class_plant(commodity: str, host: str, dearest: bool = False) -> Lever:
    """A tonne a year of the reference class at its recorded cost, not raised; at the dearest project's capital if asked."""
    cost = reference_cost(commodity, STAGE)
    capital = max([cost.capital, *(each for each, _, _ in ledger_capital(commodity, STAGE) if dearest)])
    return Lever(
        f"class/{commodity}/{STAGE}/{host}", "new plant of the class", "reference class", "candidate",
        (commodity, STAGE), host, 1.0, capital * overrun(), cost.operating, max(round(cost.lead_time), 1), (),
        False, None, cost.source, "assumption", cost.how,
    )  # fmt: skip


@dataclass(frozen=True)
class Reached:
    """What it takes to reach a share.

    Args:
        target: Share of use made at home [1]. added: Tonnes a year by commodity.
        grant, floor: Cost to the treasury, discounted [USD].
        annual: Annual market the cost is set against [USD/yr].
        offers: Plants used, with the tonnes of each.
        price: Settled price over today's, by commodity [1].
    """

    target: float
    added: dict[str, float]
    grant: float
    floor: float
    annual: float
    offers: tuple[tuple[Offer, float], ...]
    price: dict[str, float]


class Experiment:
    """One country and its coalition against one supplier, towards a share in a year.

    Args:
        players, seller: Coalition and supplier. member: Who wants to make more at home.
        start: Share that stays without a policy [1]. year: Of the target.
    """

    def __init__(self, players: Coalition, seller: Coalition, member: str, start: float, year: int) -> None:
        self.players, self.seller, self.member, self.start = players, seller, member, start
        self.apart = dict(sellers_apart(players, seller))
        self.home = home(players, seller, [member], year)
        self.whole = home(players, seller, list(self.apart), year)
        self.kept = {c: home_market(c, players, seller) for c in MAGNETS}
        self.inside = {c for codes in self.apart.values() for c in codes}
        self.ledger = [
            x
            for x in ledger_levers({(c, STAGE) for c in MAGNETS}, seller.members)
            if x.state == "candidate" and x.country in self.inside
        ]
        self.answered: dict[tuple[str, float], tuple[float, float]] = {}

    def answer(self, commodity: str, added: float) -> tuple[float, float]:
        """Settled prices of the refined product and of its feed over today's, so much more made [1]     plan §7"""
        key = (commodity, round(added, 6))
        if key not in self.answered:
            kept, at = self.kept[commodity], self.kept[commodity].product_at(commodity, STAGE)
            hosts = [c for c in self.apart[self.member] if kept.node_at(at, c) >= 0]
            sizes = {c: float(kept.node_baseline[kept.node_at(at, c)]) for c in kept.countries
                     if kept.node_at(at, c) >= 0 and c not in self.seller.members}  # fmt: skip
            host = hosts[0] if hosts else max(sizes, key=lambda c: sizes[c])
            more = plant("more", (commodity, STAGE), host, added)
            prices = long_run(commodity, kept, self.inside, [[], more])
            level = {s: float(p[1] / p[0]) for s, p in prices.items()}
            self.answered[key] = level.get(STAGE, 1.0), level.get("mine", 1.0)
        return self.answered[key]

    def reach(self, target: float, setting: Setting, together: bool, everyone: bool = False) -> Reached:
        """Least cost of reaching a share                                                               plan §1, §7

        Cheapest plants first, parts of them allowed. Together, plants may stand in any member; alone only at home.
        With `everyone`, all members raise their share by as much, and the cost is set against all their markets.
        """
        base = self.whole if everyone else self.home
        grant = floor = 0.0
        used: list[tuple[Offer, float]] = []
        added, price = {}, {}
        for commodity in MAGNETS:
            more = max(target - self.start, 0.0) * base.later[commodity]
            level, feed_level = self.answer(commodity, more / base.grown[commodity])
            added[commodity], price[commodity] = more, level
            again = target / (target - self.start) if setting.everything and more > 0 else 1.0
            for each, tonnes in self.chosen(commodity, more, level, feed_level, setting, together):
                used.append((each, tonnes))
                grant += each.grant * tonnes * again
                floor += each.floor * tonnes * again
        return Reached(target, added, grant, floor, base.market, tuple(used), price)

    def chosen(
        self, commodity: str, more: float, level: float, feed_level: float, setting: Setting, together: bool
    ) -> list[tuple[Offer, float]]:
        """Plants that add so many tonnes at least cost, and how much each."""
        if more <= 0:
            return []
        price = level * baseline_price(commodity, STAGE)[0] * (1.0 - setting.lower)
        feed = sum(
            a * feed_level * baseline_price(*p)[0] * (1.0 - setting.lower)
            for p, a in feed_of(commodity, STAGE)
        )
        made = class_plant(commodity, self.member, setting.pays == "dearest")
        offers = [offer(made, price, feed, setting, float("inf"))]
        if setting.ledger:
            hosts = self.inside if together else set(self.apart[self.member])
            success = prior("project-success")[1]
            offers += [
                offer(x, price, feed, setting, x.capacity * success)
                for x in self.ledger
                if x.product[0] == commodity and x.country in hosts
            ]
        found, left = [], more
        for each in sorted(offers, key=lambda o: (o.grant, o.floor, o.lever.id)):
            tonnes = min(left, each.limit)
            if tonnes > 0:
                found.append((each, tonnes))
                left -= tonnes
        return found


def settings() -> tuple[Setting, ...]:
    """The settings shown: the plain one, then what moves it towards and away from what others find."""
    h = prior("reference-price-haircut")[1]
    return (
        Setting("class", "new plants of the reference class, paid what is missing at the settled price"),
        Setting("low prices", f"the same, prices {h:.0%} lower", lower=h),
        Setting("ledger", f"announced projects first, prices {h:.0%} lower", lower=h, ledger=True),
        Setting("whole capital", "the treasury pays all capital of the class", pays="capital"),
        Setting(
            "whole capital, dearest",
            "the treasury pays all capital at the dearest project's cost",
            pays="dearest",
        ),
        Setting(
            "whole capital, all output",
            "the same for all that is then made at home, old plants renewed",
            pays="dearest",
            everything=True,
        ),
    )
