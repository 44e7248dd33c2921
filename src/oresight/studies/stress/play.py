"""Playing a scenario on one commodity: the market, its measures, many draws, and what matters of the paths.

Results are sums over groups of countries - each member, the restricting countries, everyone else - so that a
thousand draws of three years fit in memory. Shortage is use lost against baseline at the last stage.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, silent
from oresight.market.months import MonthsSetting, Path, simulate
from oresight.market.months_measures import Measure, restrictions
from oresight.market.months_parameters import PARAMETERS, parameter_draws
from oresight.market.records import Market
from oresight.studies.books import PRODUCTION_LAST, TRADE_FIRST, modelled
from oresight.studies.chains import chain
from oresight.studies.markets import RANK, baseline_price, is_by_product, market, prior, uses
from oresight.studies.stress.flows import Route, RouteMeter, link_months
from oresight.studies.stress.money import (
    by_group,
    consumer_costs,
    producer_surplus,
    rent_earned,
    stock_gain,
)
from oresight.studies.stress.scenario import Cut, Scenario, commodity_ids, country_codes, is_everyone

Floats = NDArray[np.float64]

OTHERS = "others"
SEEN_IN_STRESS = 0.01
"""A country with a smaller share of output and use joins the rest of the world in a stress run [1]."""


@dataclass(frozen=True)
class Played:
    """What a scenario did to one commodity, by group of countries.

    Args:
        commodity: Which. year: Year of the baseline market used.
        groups: Players, then the restricting countries one by one, then `others`.
        use: Baseline use at the last stage (group) [t/yr].
        price: Price its buyers pay at the last stage, multiple of baseline (month, group, draw) [1]; nan, as what
            follows, where a group uses none.
        kept: Use over baseline use (month, group, draw) [1].
        stock: Months of baseline use in private stocks (month, group, draw) [months].
        bill: Extra paid for what is still used, over the horizon (group, draw) [USD].
        loss: Consumer surplus lost, over the horizon (group, draw) [USD].
        gain: Producer surplus gained, all stages (group, draw) [USD].
        rent: Earned by licences and smuggling beyond the sellers' price (group, draw) [USD].
        trade: Gained by holders of stocks, private and public (group, draw) [USD].
        routes: Who sells to whom: stage, supplier country, and `members` or `outside` for the buyers (route).
        before, during: What goes that way (route) and (route, draw) [t/yr], during the first twelve months
            of the cut.
        parameters: What was drawn (draw) by name.
        price_usd: Baseline price at the last stage [USD/t].
    """

    commodity: str
    year: int
    groups: tuple[str, ...]
    use: Floats
    price: Floats
    kept: Floats
    stock: Floats
    bill: Floats
    loss: Floats
    gain: Floats
    rent: Floats
    trade: Floats
    routes: tuple[Route, ...]
    before: Floats
    during: Floats
    parameters: Mapping[str, Floats]
    price_usd: float


def baseline_year(commodity: str, wanted: int) -> int:
    """The year nearest to the one wanted in which every stage of the commodity has output by country.

    Raises:
        StudyError: There is none.
    """
    stages = modelled()[commodity]
    for away in range(PRODUCTION_LAST - TRADE_FIRST + 1):
        for year in (wanted - away, wanted + away):
            if TRADE_FIRST <= year <= wanted + away and year <= 2024:
                found = chain(commodity, year)
                if found is not None and found.stages == stages:
                    return year
    raise StudyError(f"no year has output of {commodity} at every stage", "choose another commodity")


def draws_of(commodity: str, count: int, seed: int) -> dict[str, Floats]:
    """Quasi-random draws of the months' parameters; one draw is their central values.

    Args:
        count: Draws; 1 gives the best values instead.
        seed: Recorded with every result.
    """
    if count == 1:
        best = {
            n: np.array([prior("licence-throughput" if n == "licence-escalation" else n, commodity)[1]])
            for n in PARAMETERS
        }
        return best
    ranges = {n: prior(n, commodity)[::2] for n in PARAMETERS if n != "licence-escalation"}
    return parameter_draws(ranges, count, seed)


def measures_of(scenario: Scenario, commodity: str, kept: Market) -> tuple[Measure, ...]:
    """The scenario's measures on one commodity, as the months take them."""
    found: list[Measure] = []
    for i, cut in enumerate(scenario.cuts):
        if commodity in commodity_ids(cut.commodities):
            found += cut_measures(cut, commodity, kept, f"{scenario.name} {i + 1}")
    for i, release in enumerate(scenario.release):
        if commodity in commodity_ids([release.commodity]):
            last = kept.products[-1]
            holder = country_codes([release.country])
            found.append(
                Measure(
                    f"release {i + 1}",
                    "release",
                    release.start,
                    release.start,
                    None,
                    holder,
                    None,
                    (last.name,),
                    rule=release.rule,
                    rate=release.rate,
                    stock=release.stock,
                )
            )
    return tuple(found)


def cut_measures(cut: Cut, commodity: str, kept: Market, name: str) -> list[Measure]:
    """One restriction as measures, one per stage that has a flow to restrict."""
    sellers = tuple(c for c in country_codes(cut.sellers) if c in kept.countries)
    buyers = None
    if not is_everyone(cut.buyers):
        buyers = tuple(c for c in country_codes(cut.buyers) if c in kept.countries and c not in sellers)
    ends = None if cut.months is None else cut.start + cut.months
    found = []
    for product in kept.products:
        if cut.stages and product.stage not in cut.stages:
            continue
        tonnes = flow(kept, product.name, sellers, buyers)
        if cut.kind == "stop":
            found += stops(cut, kept, product.name, sellers, name, ends)
        elif tonnes > 0:
            kind: Literal["ban", "licence", "quota"] = "quota"
            cap: float | None = None
            if cut.kind == "licence":
                kind = "licence"
            elif cut.kind == "cut" and cut.cut is not None and cut.cut >= 1.0:
                kind = "ban"
            else:
                cap = float(cut.quota) if cut.quota is not None else (1.0 - float(cut.cut or 0.0)) * tonnes
            found.append(
                Measure(
                    name,
                    kind,
                    cut.announced,
                    cut.start,
                    ends,
                    sellers,
                    buyers,
                    (product.name,),
                    cap=cap,
                    throughput=cut.throughput,
                    leak=cut.leak,
                    squeeze=cut.squeeze,
                )
            )
    return found


def stops(
    cut: Cut, kept: Market, product: str, sellers: tuple[str, ...], name: str, ends: float | None
) -> list[Measure]:
    """Output that stops: a project of negative size, at once and for certain."""
    at = kept.product_at(*product.split(":"))
    worth = kept.unit_value[at]
    found = []
    for country in sellers:
        node = kept.node_at(at, country)
        if node >= 0:
            lost = 0.98 * float(cut.cut or 0.0) * kept.node_baseline[node] / worth
            found.append(
                Measure(
                    name,
                    "project",
                    cut.announced,
                    cut.start,
                    ends,
                    (country,),
                    None,
                    (product,),
                    amount={product: -lost},
                    ramp=1.0,
                    certain=True,
                )
            )
    return found


def flow(kept: Market, product: str, sellers: tuple[str, ...], buyers: tuple[str, ...] | None) -> float:
    """What the sellers ship to the buyers at baseline [t/yr]."""
    at = kept.product_at(*product.split(":"))
    others = [c for c in kept.countries if c not in sellers] if buyers is None else list(buyers)
    links = kept.links_between([at], list(sellers), others)
    return float(kept.link_baseline[links].sum() / kept.unit_value[at])


@dataclass(frozen=True)
class Shocked:
    """A market and the measures of a scenario on it.

    Args:
        market: Calibrated, unshocked; ranks of end uses are 0 for the scenario's priority uses, else 1.
        measures: As the months take them.
        year: Of the baseline.
    """

    market: Market
    measures: tuple[Measure, ...]
    year: int

    @property
    def restricts(self) -> bool:
        """Whether any flow or output is cut; a quota above what is shipped cuts nothing."""
        return any(
            m.kind in ("ban", "licence", "project")
            or (m.kind == "quota" and m.cap is not None and m.products is not None
                and m.cap < flow(self.market, m.products[0], m.suppliers, m.buyers))
            for m in self.measures
        )  # fmt: skip


def shocked(scenario: Scenario, commodity: str, players: Coalition) -> Shocked:
    """The market of one commodity and what a scenario does to it."""
    year = baseline_year(commodity, scenario.baseline_year)
    targets = (c for cut in scenario.cuts if not is_everyone(cut.buyers) for c in country_codes(cut.buyers))
    holders = (c for release in scenario.release for c in country_codes([release.country]))
    keep = (*players.members, *scenario.restrictors, *targets, *holders)
    kept = market([commodity], keep=keep, year=year, seen=SEEN_IN_STRESS)
    rank_of = dict(zip(uses(commodity).label, uses(commodity).priority, strict=True))
    # uses outside the chain take none of the last stage: as rank 0 they keep a release for priority uses from
    # being given to everyone where the commodity has no such use
    rank = [0 if rank_of.get(u) in (*scenario.priority, None) else 1 for u in kept.end_uses]
    kept = replace(kept, priority=np.array(rank, dtype=np.int64))
    return Shocked(kept, measures_of(scenario, commodity, kept), year)


def play(
    scenario: Scenario,
    commodity: str,
    players: Coalition,
    draws: Mapping[str, Floats],
    reporter: Reporter = silent,
) -> Played:
    """Play a scenario on one commodity.

    Args:
        scenario, commodity: What is played.
        players: Members whose results are kept apart.
        draws: Parameters (draw) by name, as `draws_of`.

    Raises:
        StudyError: The scenario restricts no flow of the commodity.
        NoEquilibrium: A month does not clear; names the market.
    """
    case = shocked(scenario, commodity, players)
    if not case.restricts:
        raise StudyError(
            f"{scenario.name} has no effect on {commodity}: its sellers ship none of it to its buyers",
            "name other sellers, buyers, stages or commodities",
        )
    factor = None
    if is_by_product(commodity):
        factor = np.full(case.market.activity_level.size, prior("by-product-elasticity-factor")[1])
    path = simulate(MonthsSetting(case.market, case.measures, scenario.horizon, factor), draws, reporter)
    return reduced(path, case, commodity, players, scenario.restrictors, draws, factor)


def reduced(
    path: Path,
    case: Shocked,
    commodity: str,
    players: Coalition,
    restrict: tuple[str, ...],
    draws: Mapping[str, Floats],
    factor: Floats | None,
) -> Played:
    """A path summed up by group of countries."""
    kept = case.market
    outside = [c for c in restrict if players.player_of(c) is None and c in kept.countries]
    groups = (*players.players, *outside, OTHERS)
    group_of = np.array([group_at(c, players, groups) for c in kept.countries])
    last = len(kept.products) - 1
    pools = np.flatnonzero(kept.pool_product == last)
    demand = kept.demand_baseline.sum(axis=1) / kept.unit_value[kept.pool_product]
    weight = np.zeros((len(groups), pools.size))
    weight[group_of[kept.pool_country[pools]], np.arange(pools.size)] = demand[pools]
    use = weight.sum(axis=1)
    price = np.nan_to_num(path.price[:, pools], nan=float(prior("choke-multiple", commodity)[2]))
    share = np.divide(weight, use[:, None], out=np.zeros_like(weight), where=use[:, None] > 0)
    member = (weight > 0).astype(float)
    consumed = np.nan_to_num(path.consumed[:, pools])
    over = np.where(use > 0, use, np.nan)[None, :, None]
    limits = restrictions(kept, case.measures)
    count = len(groups)
    buyer, seller, maker = (
        by_group(group_of, country, count)
        for country in (kept.pool_country, kept.node_country[kept.link_node], kept.activity_country)
    )
    bill, loss = consumer_costs(path, kept, draws)
    rent = np.zeros((count, bill.shape[1]))
    begins = min(m.effective for m in case.measures if m.kind != "release")
    meter = RouteMeter(kept, players, int(begins))
    for each in link_months(path, limits, draws):
        meter.add(each)
        if limits.groups:
            rent += seller @ rent_earned(each, path, kept, draws)
    return Played(
        commodity, case.year, groups, use,
        price=np.where(use[:, None] > 0, share @ price, np.nan),
        kept=member @ consumed / over,
        stock=12.0 * (member @ path.stock[:, pools]) / over,
        bill=buyer @ bill, loss=buyer @ loss, gain=maker @ producer_surplus(path, kept, draws, factor), rent=rent,
        trade=buyer @ stock_gain(path, limits, draws),
        routes=meter.routes, before=meter.before, during=meter.during(bill.shape[1]),
        parameters=draws, price_usd=baseline_price(commodity, modelled()[commodity][-1])[0],
    )  # fmt: skip


def group_at(country: str, players: Coalition, groups: tuple[str, ...]) -> int:
    """Position of the group a country belongs to."""
    player = players.player_of(country)
    if player is not None:
        return groups.index(player)
    return groups.index(country) if country in groups else len(groups) - 1


def served(
    commodity: str, kept_share: float, first: tuple[str, ...] = ()
) -> list[tuple[str, str, float, float]]:
    """Use lost per end use when a share of use is kept: (end use, priority, share of use, share lost).   impact §4

    Priorities named in `first` are served whole one after another, then all other uses alike; none named: all alike.

    >>> [round(r[3], 2) for r in served("gallium", 1.0, ("defence",))]
    [0.0, 0.0, 0.0, 0.0]
    """
    u = uses(commodity)
    lost = [0.0] * len(u.label)
    left = kept_share
    others = tuple(p for p in RANK if p not in first)
    for level in (*((p,) for p in first), others):
        here = [i for i in range(len(u.label)) if u.priority[i] in level]
        need = sum(u.share[i] for i in here)
        got = min(left, need)
        for i in here:
            lost[i] = 1.0 - got / need if need > 0 else 0.0
        left -= got
    return [(u.label[i], u.priority[i], u.share[i], max(lost[i], 0.0)) for i in range(len(u.label))]
