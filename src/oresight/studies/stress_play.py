"""Playing a scenario on one commodity: the market, its measures, many draws, and what matters of the paths.

Results are sums over groups of countries - each member, the restricting countries, everyone else - so that a
thousand draws of three years fit in memory. Shortage is use lost against baseline at the last stage.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, silent
from oresight.market.months import PARAMETERS, MonthsSetting, Path, parameter_draws, simulate
from oresight.market.months_measures import Measure
from oresight.market.records import Market
from oresight.studies.books import PRODUCTION_LAST, TRADE_FIRST, modelled
from oresight.studies.chains import chain
from oresight.studies.markets import baseline_price, is_by_product, market, prior, uses
from oresight.studies.scenario import Cut, Scenario, commodity_ids, country_codes, is_everyone

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
        price: Price its buyers pay at the last stage, multiple of baseline (month, group, draw) [1].
        kept: Use over baseline use (month, group, draw) [1].
        stock: Months of baseline use in private stocks (month, group, draw) [months].
        bill: Extra paid for what is still used, over the horizon (group, draw) [USD].
        loss: Consumer surplus lost, over the horizon (group, draw) [USD].
        gain: Producer surplus gained, all stages, over the horizon (group, draw) [USD].
        moved: Output over baseline output at the last stage (month, group, draw) [1]; nan where a group makes none.
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
    moved: Floats
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
    year = baseline_year(commodity, scenario.baseline_year)
    restrict = scenario.restrictors
    targets = tuple(
        c for cut in scenario.cuts if not is_everyone(cut.buyers) for c in country_codes(cut.buyers)
    )
    kept = market([commodity], keep=(*players.members, *restrict, *targets), year=year, seen=SEEN_IN_STRESS)
    measures = measures_of(scenario, commodity, kept)
    if not any(m.kind != "release" for m in measures):
        raise StudyError(
            f"{scenario.name} has no effect on {commodity}: its sellers ship none of it to its buyers",
            "name other sellers, buyers, stages or commodities",
        )
    factor = None
    if is_by_product(commodity):
        factor = np.full(kept.activity_level.size, prior("by-product-elasticity-factor")[1])
    path = simulate(MonthsSetting(kept, measures, scenario.horizon, factor), draws, reporter)
    return reduced(path, kept, commodity, year, players, restrict, draws)


def reduced(
    path: Path,
    kept: Market,
    commodity: str,
    year: int,
    players: Coalition,
    restrict: tuple[str, ...],
    draws: Mapping[str, Floats],
) -> Played:
    """A path summed up by group of countries."""
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
    bill, loss = consumer_costs(path, kept, draws, group_of, len(groups))
    nodes = np.flatnonzero(kept.node_product == last)
    made0 = kept.node_baseline[nodes] / kept.unit_value[last]
    maker = np.zeros((len(groups), nodes.size))
    maker[group_of[kept.node_country[nodes]], np.arange(nodes.size)] = 1.0
    base = maker @ made0
    made = np.einsum("gn,mnd->mgd", maker, np.nan_to_num(path.production[:, nodes]))
    return Played(
        commodity, year, groups, use,
        price=np.einsum("gp,mpd->mgd", share, price),
        kept=np.einsum("gp,mpd->mgd", member, consumed) / over,
        stock=12.0 * np.einsum("gp,mpd->mgd", member, path.stock[:, pools]) / over,
        bill=bill, loss=loss, gain=producer_gain(path, kept, draws, group_of, len(groups)),
        moved=made / np.where(base > 0, base, np.nan)[None, :, None],
        parameters=draws, price_usd=baseline_price(commodity, modelled()[commodity][-1])[0],
    )  # fmt: skip


def group_at(country: str, players: Coalition, groups: tuple[str, ...]) -> int:
    """Position of the group a country belongs to."""
    player = players.player_of(country)
    if player is not None:
        return groups.index(player)
    return groups.index(country) if country in groups else len(groups) - 1


def consumer_costs(
    path: Path, kept: Market, draws: Mapping[str, Floats], group_of: NDArray[np.int64], count: int
) -> tuple[Floats, Floats]:
    """Extra bill and surplus lost by buyers over the horizon (group, draw) [USD].          impact §2

    Per month and pool: bill `(P - 1) p0 c / 12`; surplus lost is the area left of the demand curve between 1 and
    P, with today's use c on the curve: `p0 c P^e (P^(1-e) - 1) / (1 - e) / 12` up to the choke, beyond it the
    steeper curve from the choke on. A fall in price is a gain and counts against it.
    """
    worth = kept.price_reference[kept.pool_product][None, :, None]
    price = np.where(np.isfinite(path.price), path.price, draws["choke-multiple"][None, None, :])
    consumed = np.nan_to_num(path.consumed)
    bill = ((price - 1.0) * consumed * worth).sum(axis=0) / 12.0
    e = np.broadcast_to(draws["demand-elasticity-short"], price.shape)
    z = np.broadcast_to(draws["choke-multiple"], price.shape)
    below = np.minimum(price, z)
    at_z = np.where(price > z, consumed * (price / z) ** 4.0, consumed)
    area = at_z * below**e * (below ** (1.0 - e) - 1.0) / (1.0 - e)
    area += np.where(price > z, at_z * z / 3.0 * (1.0 - (z / price) ** 3.0), 0.0)
    lost = (area * worth).sum(axis=0) / 12.0
    fold = np.zeros((count, kept.pool_country.size))
    fold[group_of[kept.pool_country], np.arange(kept.pool_country.size)] = 1.0
    return fold @ bill, fold @ lost


def producer_gain(
    path: Path, kept: Market, draws: Mapping[str, Floats], group_of: NDArray[np.int64], count: int
) -> Floats:
    """Surplus gained by makers over the horizon, what they pay more for feed taken off (group, draw) [USD].

    Per month and node `(x - 1) p0 (q0 + q) / 2 / 12`, per stage with a feed the same on the feed. Multiples above
    the choke are counted at the choke: a maker of a dear product hardly minds what little feed costs, so the
    feed's price has no bound of its own (market §3).                                       impact §2
    """
    choke = draws["choke-multiple"]
    worth = kept.price_reference[kept.node_product][None, :, None]
    base = (kept.node_baseline / kept.unit_value[kept.node_product])[None, :, None]
    price = np.minimum(np.where(np.isfinite(path.node_price), path.node_price, 1.0), choke)
    made = np.nan_to_num(path.production)
    gain = ((price - 1.0) * worth * (base + made) / 2.0).sum(axis=0) / 12.0
    fold = np.zeros((count, kept.node_country.size))
    fold[group_of[kept.node_country], np.arange(kept.node_country.size)] = 1.0
    total = fold @ gain
    eater = np.repeat(np.arange(kept.activity_level.size), np.diff(kept.input_start))
    first = kept.output_node[kept.output_start[:-1]]
    for at in range(eater.size):
        activity, pool = int(eater[at]), int(kept.input_pool[at])
        node = int(first[activity])
        product = kept.pool_product[pool]
        fed0 = kept.input_share[at] * kept.activity_level[activity] / kept.unit_value[product]
        ratio = made[:, node] / max(float(base[0, node, 0]), 1e-300)
        feed_price = np.minimum(np.where(np.isfinite(path.price[:, pool]), path.price[:, pool], 1.0), choke)
        cost = (feed_price - 1.0) * kept.price_reference[product] * fed0 * (1.0 + ratio) / 2.0
        total[group_of[kept.activity_country[activity]]] -= cost.sum(axis=0) / 12.0
    return np.asarray(total)


def served(commodity: str, kept_share: float, defence_first: bool) -> list[tuple[str, str, float, float]]:
    """Use lost per end use when a share of use is kept: (end use, priority, share of use, share lost).   impact §4

    Efficiently: every use loses alike. Defence first: the priority uses are served whole before the others.

    >>> [round(r[3], 2) for r in served("gallium", 1.0, True)]
    [0.0, 0.0, 0.0, 0.0]
    """
    u = uses(commodity)
    rank = {"defence": 0, "essential": 1, "normal": 2}
    order = sorted(range(len(u.label)), key=lambda i: rank[u.priority[i]])
    left = kept_share
    lost = [0.0] * len(u.label)
    if not defence_first:
        lost = [1.0 - kept_share] * len(u.label)
    else:
        for priority in ("defence", "essential", "normal"):
            here = [i for i in order if u.priority[i] == priority]
            need = sum(u.share[i] for i in here)
            got = min(left, need)
            for i in here:
                lost[i] = 1.0 - got / need if need > 0 else 0.0
            left -= got
    return [(u.label[i], u.priority[i], u.share[i], max(lost[i], 0.0)) for i in range(len(u.label))]
