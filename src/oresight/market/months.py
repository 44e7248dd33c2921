"""Month by month: what prices do when exports are restricted, over many draws of the parameters at once.

Each month clears one market per draw (market §1-§7) whose demand, supply, stocks and caps have moved:

    §1 lagged response   c0 e^(-(e_LR - e_SR) L),  L += (ln P - L) / tau;  supply likewise
    §2 private stocks    bought and released at the expected price            (`stocks`)
    §3 threat            exposure at announcement, fading                      (`threat`)
    §4 one rent          a tonnage quota on a basket of products: a basket of the market
    §5 licences, §6 leak quotas, licences, bans, what leaks                   (`licences`)
    §7 also              public releases, projects, home squeeze, dates

Without measures every price stays 1 and every stock as it was. Draws are independent: time and memory grow
linearly with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.market import stocks, threat
from oresight.market.clearing import BatchClearing, solve_batch
from oresight.market.months_measures import QUANTILE, Measure, Restrictions, restrictions
from oresight.market.months_parameters import PARAMETERS
from oresight.market.records import Floats, Market
from oresight.market.structure import Parameters, Prepared, parameters_of

TOLERANCE = 1e-6
"""Greatest imbalance of a month's market over its own baseline; the draws differ by far more."""
CARRIED_MAX = 0.3
"""Greatest change of a log price carried on into the next month's starting point."""
GIVEN_MAX = 0.98
"""Greatest part of a month's use that public stocks may cover; the rest keeps a market price alive."""


@dataclass(frozen=True)
class MonthsSetting:
    """A market and what happens to it.

    Args:
        market: Calibrated, unshocked.
        measures: What is announced and when; positions in time are months since month 0.
        months: Months to simulate.
        supply_factor: Factor on the drawn supply elasticities (activity) [1]; 0.3 for by-products whose
            host is not modelled (market §4); None for 1.
    """

    market: Market
    measures: tuple[Measure, ...]
    months: int
    supply_factor: Floats | None = None


@dataclass(frozen=True)
class Path:
    """What happened, month by month.

    Args:
        market: Whose pools and nodes the axes are.
        price: Buyers' price, multiple of baseline (month, pool, draw) [1].
        node_price: Sellers' price, multiple of baseline (month, node, draw) [1]; nan where nobody sells.
        consumed: Final use, public releases included (month, pool, draw) [t/yr].
        production: Output (month, node, draw) [t/yr].
        stock: Private stock at the end of the month (month, pool, draw) [t].
        stock_change: Bought less released (month, pool, draw) [t in the month].
        threat: T (month, pool, draw) [1].
        public_stock: Left in each public stock at the end of the month (month, release, draw) [t].
        public_release: Given by it (month, release, draw) [t in the month].
        restricted: Names of the restrictions.
        allowed: Share of baseline let through (month, restriction, draw) [1].
        rent: Rent of each restriction (month, restriction, draw): log for one product, USD/t for a basket.
        stock_start: Private stock before month 0 (pool, draw) [t].
    """

    market: Market
    price: Floats
    node_price: Floats
    consumed: Floats
    production: Floats
    stock: Floats
    stock_change: Floats
    threat: Floats
    public_stock: Floats
    public_release: Floats
    restricted: tuple[str, ...]
    allowed: Floats
    rent: Floats
    stock_start: Floats

    def price_of(self, commodity: str, stage: str, country: str) -> Floats:
        """Price multiple a country's buyers pay for a product (month, draw) [1].

        Raises:
            StudyError: The market has no such product or country, or it buys none.
        """
        at = self.market.pool_at(self.market.product_at(commodity, stage), country)
        if at < 0:
            raise StudyError(f"{country} buys no {commodity} at {stage}", "choose a country that does")
        return np.asarray(self.price[:, at])


def simulate(setting: MonthsSetting, draws: Mapping[str, Floats], reporter: Reporter = silent) -> Path:
    """Follow a market month by month under its measures.                       months §1-§7

    Args:
        setting: Market, measures and months.
        draws: One array (draw) per name of `PARAMETERS`.
        reporter: Told the share done; may cancel.

    Raises:
        StudyError: A measure names what the market does not hold.
        NoEquilibrium: A month's market did not clear, naming the worst.
    """
    limits = restrictions(setting.market, setting.measures)
    run = _Run(setting, limits, draws)
    for month in range(setting.months):
        run.step(month)
        report(reporter, (month + 1) / setting.months, f"month {month + 1} of {setting.months}")
    return run.path()


class _Run:
    """The state carried from month to month, and the arrays that record it."""

    def __init__(self, setting: MonthsSetting, limits: Restrictions, draws: Mapping[str, Floats]) -> None:
        self.setting, self.limits = setting, limits
        self.market = limits.market
        self.prepared = Prepared(self.market)
        self.base = parameters_of(self.market)
        self.draws = {n: np.asarray(draws[n], dtype=float) for n in PARAMETERS}
        self.draws |= {n: np.asarray(v, dtype=float) for n, v in draws.items() if n.endswith(QUANTILE)}
        self.line = {n: self.draws[n][:, None] for n in PARAMETERS}
        self.count = self.draws["kappa"].size
        m = self.market
        size, pools, nodes = setting.months, m.pool_product.size, m.node_product.size
        self.fed = np.diff(m.input_start) > 0
        factor = np.ones(m.activity_level.size) if setting.supply_factor is None else setting.supply_factor
        self.supply_short = np.where(
            self.fed, self.line["transform-elasticity"], self.line["supply-elasticity-short"] * factor
        )
        self.supply_gap = np.where(
            self.fed,
            0.0,
            (self.line["supply-elasticity-long"] - self.line["supply-elasticity-short"]) * factor,
        )
        self.stock = self.line["kappa"] * m.demand_baseline.sum(axis=1) / 12.0
        self.stock_start = self.stock.copy()
        self.lag_demand = np.zeros((self.count, pools))
        self.lag_supply = np.zeros((self.count, m.activity_level.size))
        self.expected = np.zeros((self.count, pools))
        self.threat = np.zeros((self.count, pools))
        self.prices = np.zeros((size + stocks.TREND_MONTHS + 1, self.count, pools))
        self.public = np.array([r.stock for r in limits.releases])[:, None] * np.ones((1, self.count))
        self.rent = np.zeros((self.count, len(limits.groups)))
        self.share = np.broadcast_to(m.link_weight, (1, m.link_weight.size))
        self.last: BatchClearing | None = None
        self.before: BatchClearing | None = None
        ones, links = np.ones(m.link_node.size), np.arange(m.link_node.size)
        home = (m.node_country[m.link_node] == m.pool_country[m.link_pool]).astype(float)
        self.sum_by_node = csr_array((ones, (m.link_node, links)), shape=(nodes, links.size))
        self.sum_at_home = csr_array((home, (m.link_pool, links)), shape=(pools, links.size))
        groups = len(limits.groups)
        self.kept = {
            name: np.full((size, width, self.count), np.nan)
            for name, width in {
                "price": pools, "node_price": nodes, "consumed": pools, "production": nodes, "stock": pools,
                "stock_change": pools, "threat": pools, "public_stock": len(limits.releases),
                "public_release": len(limits.releases), "allowed": groups, "rent": groups,
            }.items()
        }  # fmt: skip

    def step(self, month: int) -> None:
        """One month: announcements, caps, demand and supply as they have become, stocks, clearing."""
        m, line = self.market, self.line
        self._announce(month)
        allowed, leak = self.limits.allowed_and_leak(month, self.draws)
        trend = self.prices[month + stocks.TREND_MONTHS], self.prices[month]
        expected = stocks.expected_price(self.expected, *trend, line["mu-trend"])
        gap = line["demand-elasticity-long"] - line["demand-elasticity-short"]
        demand_factor = np.exp(-gap * self.lag_demand)
        given, covered, demand_after = self._public(month, demand_factor)
        use = m.demand_baseline.sum(axis=1) * demand_factor
        wanted = stocks.wanted_purchase(use, line["kappa"], line["phi"], self.threat, line["tau-release"])
        elasticity = line["stock-elasticity"]
        level = m.activity_level * np.exp(self.supply_gap * self.lag_supply)
        level = level * self.limits.squeeze(month, self.draws) + self.limits.projects(month, self.draws)
        one = np.ones((1, m.pool_product.size))
        p = replace(
            self.base,
            theta=line["theta"] * np.ones((1, len(m.products))),
            activity_level=level,
            activity_elasticity=np.broadcast_to(self.supply_short, level.shape).copy(),
            demand_baseline=m.demand_baseline[None] * demand_after[:, :, None],
            demand_elasticity=line["demand-elasticity-short"][:, :, None]
            * np.ones((1, *m.demand_baseline.shape)),
            choke=line["choke-multiple"][:, :, None] * np.ones((1, *m.demand_baseline.shape)),
            purchase=wanted * np.exp(elasticity * expected),
            purchase_elasticity=elasticity * one,
            release=12.0 * self.stock / line["tau-release"] * np.exp(-elasticity * expected),
            release_elasticity=elasticity * one,
            release_max=12.0 * self.stock,
            **self.limits.caps(allowed, leak),
        )
        found = self._clear(p)
        self._carry(month, p, found, given, covered, allowed)

    def _announce(self, month: int) -> None:
        """Fade the threat by a month and renew it where something is announced."""
        if month > 0:
            self.threat = threat.faded(self.threat, self.line["threat-half-life"])
        for links in self.limits.announced(month):
            exposed = threat.exposure_to_links(self.market, links, np.asarray(self.share))
            self.threat = threat.renewed(self.threat, exposed)

    def _public(self, month: int, demand_factor: Floats) -> tuple[Floats, Floats, Floats]:
        """What public stocks give, where it goes, and what is left of demand to the market.  months §7

        Amounts are set by the use and the losses at last month's prices, and are delivered in full.

        Returns:
            Given (release, draw) [value/yr], received (draw, pool) [value/yr], demand as a factor of
            baseline (draw, pool) [1].
        """
        m = self.market
        given = np.zeros((len(self.limits.releases), self.count))
        covered = np.zeros((self.count, m.pool_product.size))
        if not self.limits.releases:
            return given, covered, demand_factor
        ln_p = self.prices[month + stocks.TREND_MONTHS][:, :, None]
        wanted = m.demand_baseline * demand_factor[:, :, None]
        kept = wanted * np.exp(-self.line["demand-elasticity-short"][:, :, None] * np.maximum(ln_p, 0.0))
        short = np.maximum(m.demand_baseline - kept, 0.0)
        first = m.priority == m.priority.min()
        for at, release in enumerate(self.limits.releases):
            if not release.start <= month < release.end:
                continue
            here = release.pools
            lost, lost_first = short[:, here].sum(axis=(1, 2)), short[:, here][:, :, first].sum(axis=(1, 2))
            amount = stocks.public_release(release.rule, release.rate, lost, lost_first, self.public[at])
            use = np.maximum(GIVEN_MAX * kept[:, here].sum(axis=2) - covered[:, here], 0.0)
            total = use.sum(axis=1)
            given[at] = np.minimum(amount, total)
            covered[:, here] += given[at][:, None] * use / np.maximum(total, 1e-300)[:, None]
        return given, covered, demand_factor * (1.0 - covered / np.maximum(kept.sum(axis=2), 1e-300))

    def _clear(self, p: Parameters) -> BatchClearing:
        """Clear the month from the last one, and keep the rents by restriction."""
        found = solve_batch(self.prepared, p, start=self._start(), flows=True, tolerance=TOLERANCE)
        self.before = self.last
        for at, (quota, basket) in enumerate(self.limits.position):
            rent = found.basket_rent[:, basket] if quota < 0 else found.quota_rent[:, quota]
            self.rent[:, at] = np.nan_to_num(rent)
        return found

    def _start(self) -> BatchClearing | None:
        """Where to start: the last month, carried on by its change from the month before."""
        if self.last is None or self.before is None:
            return self.last
        on = np.clip(self.last.node_price - self.before.node_price, -CARRIED_MAX, CARRIED_MAX)
        rent = np.clip(self.last.quota_rent - self.before.quota_rent, -CARRIED_MAX, CARRIED_MAX)
        return replace(
            self.last, node_price=self.last.node_price + on, quota_rent=self.last.quota_rent + rent
        )

    def _rent_at_home(self, found: BatchClearing) -> Floats:
        """Mean rent per tonne sold, as holders beside the seller see it (draw, pool) [log].     months §2

        s_home sum_l f_l y_l / sum_l f_l over the links l of the home producer: what a tonne earns on average,
        licensed and smuggled exports included, above its price at home.
        """
        m = self.market
        if not self.rent.any():
            return np.zeros((self.count, m.pool_product.size))
        flow = found.link_share * found.pool_bought[:, m.link_pool]
        earned = np.zeros_like(flow)
        for at, group in enumerate(self.limits.groups):
            rent = self.rent[:, at][:, None]
            if group.basket:
                node = m.link_node[group.links]
                price = m.price_reference[m.node_product[node]] * np.exp(
                    np.nan_to_num(found.node_price[:, node])
                )
                rent = np.log1p(rent / price)
            earned[:, group.links] += flow[:, group.links] * rent
        sold = self.sum_by_node @ flow.T
        mean = (self.sum_by_node @ earned.T) / np.maximum(sold, 1e-300)
        seen: Floats = (self.sum_at_home @ (found.link_share.T * mean[m.link_node])).T
        return seen

    def _carry(
        self,
        month: int,
        p: Parameters,
        found: BatchClearing,
        given: Floats,
        covered: Floats,
        allowed: Floats,
    ) -> None:
        m, line = self.market, self.line
        ln_p = np.nan_to_num(found.pool_price)
        bought, released = stocks.traded(
            found.pool_consumed, p.purchase, p.release, self.stock, ln_p, line["stock-elasticity"]
        )
        before = self.stock
        self.stock = stocks.next_stock(self.stock, bought, released)
        self.public = np.maximum(self.public - given / 12.0, 0.0)
        self.prices[month + stocks.TREND_MONTHS + 1] = ln_p
        self.lag_demand += (ln_p - self.lag_demand) / line["tau-demand"]
        x = np.nan_to_num(found.node_price)
        maker = np.repeat(np.arange(m.activity_level.size), np.diff(m.output_start))
        margin = np.zeros_like(self.lag_supply)
        np.add.at(margin.T, maker, (m.output_share * x[:, m.output_node]).T)
        self.lag_supply += (margin - self.lag_supply) / line["tau-supply"]
        worth_at_home = ln_p + self._rent_at_home(found)
        self.expected += line["lambda-expectation"] * (worth_at_home - self.expected)
        self.last, self.share = found, found.link_share
        tonnes_pool, tonnes_node = m.unit_value[m.pool_product], m.unit_value[m.node_product]
        made = np.zeros((m.node_product.size, self.count))
        np.add.at(made, m.output_node, (found.activity_made[:, maker] * m.output_share).T)
        kept = self.kept
        kept["price"][month] = np.exp(found.pool_price).T
        kept["node_price"][month] = np.exp(found.node_price).T
        kept["consumed"][month] = ((found.pool_consumed + covered) / tonnes_pool).T
        kept["production"][month] = made / tonnes_node[:, None]
        kept["stock"][month] = (self.stock / tonnes_pool).T
        kept["stock_change"][month] = ((self.stock - before) / tonnes_pool).T
        kept["threat"][month] = self.threat.T
        worth = np.array([r.unit_value for r in self.limits.releases])[:, None]
        kept["public_stock"][month] = self.public / worth
        kept["public_release"][month] = given / worth / 12.0
        kept["allowed"][month] = allowed.T
        kept["rent"][month] = self.rent.T

    def path(self) -> Path:
        """What was recorded."""
        names = tuple(g.name for g in self.limits.groups)
        start = (self.stock_start / self.market.unit_value[self.market.pool_product]).T
        return Path(market=self.market, restricted=names, stock_start=start, **self.kept)
