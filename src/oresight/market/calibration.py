"""A market from reconciled networks: production, origin flows, recoveries, shares and elasticities.

The baseline is reproduced exactly (market §5) because the sourcing weights *are* the baseline shares. The
prior weight omega is blended into the observed flows before calibration,

    T'_ij = (1 - omega) T_ij + omega q_i C_j / Q,      Q = sum_i q_i = sum_j C_j

with the world shares of *all* suppliers, the buyer's own included: that is the one spreading which leaves
every row sum (production) and every column sum (purchases) as observed. `link_prior` keeps the blended part.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from oresight.core.errors import DataError
from oresight.market.records import Floats, Ints, Market, Product

BY_PRODUCT_ELASTICITY = 0.3
"""Factor on the supply elasticity of a minor product whose host is not modelled (market §4)."""


@dataclass(frozen=True)
class Feed:
    """What a stage eats: another product, with recovery and, where declared, its share of the revenue.

    Args:
        commodity, stage: The product eaten.
        recovery: Output per tonne of feed (country) or one for all [1], 0..1 for contained weights.
        cost_share: alpha, feed cost over revenue at baseline [1]; None takes it from the two prices.
    """

    commodity: str
    stage: str
    recovery: float | Floats = 1.0
    cost_share: float | None = None


@dataclass(frozen=True)
class ProductNetwork:
    """The balanced network of one product, as a study hands it over.

    Args:
        commodity, stage: Labels.
        price_reference, price_year: Baseline price [USD/t contained] and the year of its dollars.
        flow: Origin flows (supplier, buyer) [t/yr], the diagonal being own use; row sums are production,
            column sums purchases (final and feed). See `origin_flow` for networks with transit.
        end_use_share: Shares of final demand (end_use) or (country, end_use) [1]; sums to 1.
        demand_elasticity, choke: Scalar, (end_use) or (country, end_use).
        supply_elasticity: Scalar or (country) [1].
        theta: Sourcing elasticity [1].
        prior_weight: omega, 0..1 [1].
        capacity_max: Greatest output (country) [t/yr], taken as production where it is stated below it; None
            where unknown, that is unbounded.
        feeds: Inputs; empty for a mine or for a stage modelled alone.
        host: Product (commodity, stage) whose activity makes this one too (market §4); None otherwise.
    """

    commodity: str
    stage: str
    price_reference: float
    price_year: int
    flow: Floats
    end_use_share: Floats
    demand_elasticity: float | Floats = 0.2
    choke: float | Floats = 15.0
    supply_elasticity: float | Floats = 0.2
    theta: float = 5.0
    prior_weight: float = 0.01
    capacity_max: Floats | None = None
    feeds: tuple[Feed, ...] = ()
    host: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """Commodity and stage as one label."""
        return f"{self.commodity}:{self.stage}"

    @property
    def production(self) -> Floats:
        """Row sums: output (country) [t/yr]."""
        return np.asarray(self.flow.sum(axis=1))


def origin_flow(production: Floats, trade: Floats, consumption: Floats) -> Floats:
    """Flows from true origin to consumer when pools are mixed and re-exported.

    F_kj = q_k [(I - A)^-1]_kj c_j / pool_j,   A_ij = T_ij / pool_i               network §4

    Args:
        production: q (country) [t/yr].
        trade: T (supplier, buyer) [t/yr]; the diagonal is ignored.
        consumption: c (country) [t/yr], with q + imports = c + exports.

    Returns:
        F (supplier, buyer) [t/yr]; rows sum to q, columns to c when the network balances.

    >>> q, c = np.array([10.0, 0.0, 0.0]), np.array([2.0, 0.0, 8.0])
    >>> t = np.array([[0.0, 8.0, 0.0], [0.0, 0.0, 8.0], [0.0, 0.0, 0.0]])
    >>> origin_flow(q, t, c)[0].tolist()
    [2.0, 0.0, 8.0]
    """
    moved = np.array(trade, dtype=float)
    np.fill_diagonal(moved, 0.0)
    pool = production + moved.sum(axis=0)
    safe = np.where(pool > 0, pool, 1.0)
    onward = moved / safe[:, None]
    passed = np.linalg.solve(np.eye(pool.size) - onward, np.diag(consumption / safe))
    return np.asarray(np.clip(production[:, None] * passed, 0.0, None))


@dataclass
class _Draft:
    """Rows of the activities while the products are laid out."""

    country: list[int] = field(default_factory=list)
    revenue: list[float] = field(default_factory=list)
    elasticity: list[float] = field(default_factory=list)
    capacity: list[float] = field(default_factory=list)
    outputs: list[list[tuple[int, float]]] = field(default_factory=list)
    inputs: list[list[tuple[int, float]]] = field(default_factory=list)


def market_from_network(
    countries: Sequence[str],
    end_uses: Sequence[str],
    networks: Sequence[ProductNetwork],
    priority: Sequence[int] | None = None,
) -> Market:
    """A calibrated market whose unshocked prices are all 1 and whose flows are the given ones.

    W_ij = T'_ij / C_j, v = output value, alpha = feed value / output value       market §1, §5

    Args:
        countries: ISO alpha-3 (country); end_uses: labels (end_use).
        networks: One per product; feeds and hosts must be among them.
        priority: Rank per end use, 0 first (impact §4); all equal when None.

    Raises:
        DataError: Shapes, negative or missing numbers, feed use above purchases, cost shares above revenue.
    """
    known = {n.name: at for at, n in enumerate(networks)}
    _check(countries, end_uses, networks, known)
    worth = _unit_values(networks, known)
    size = len(countries)
    node_of = np.full((len(networks), size), -1, dtype=np.int64)
    pool_of = np.full((len(networks), size), -1, dtype=np.int64)
    node_rows: list[tuple[int, int, float]] = []
    pool_rows: list[tuple[int, int, float]] = []
    links: list[tuple[int, int, float, float]] = []
    for at, n in enumerate(networks):
        observed = np.asarray(n.flow, dtype=float) * worth[at]
        made, bought = observed.sum(axis=1), observed.sum(axis=0)
        prior = n.prior_weight * np.outer(made, bought) / max(made.sum(), 1e-300)
        carried = (1.0 - n.prior_weight) * observed + prior
        for i in np.flatnonzero(made > 0).tolist():
            node_of[at, i] = len(node_rows)
            node_rows.append((at, i, float(made[i])))
        for j in np.flatnonzero(bought > 0).tolist():
            pool_of[at, j] = len(pool_rows)
            pool_rows.append((at, j, float(bought[j])))
            for i in np.flatnonzero(carried[:, j] > 0).tolist():
                links.append((int(node_of[at, i]), int(pool_of[at, j]), carried[i, j], prior[i, j]))
    fed = np.zeros((len(networks), size))
    draft = _activities(networks, known, worth, node_of, pool_of, fed)
    final = np.zeros((len(pool_rows), len(end_uses)))
    elasticity, choke = np.zeros_like(final), np.ones_like(final)
    for row, (at, j, bought_here) in enumerate(pool_rows):
        rest = bought_here - fed[at, j]
        if rest < -1e-9 * bought_here:
            raise DataError(
                f"{networks[at].name} in {countries[j]}: the next stage eats {fed[at, j] / worth[at]:.6g} t, "
                f"but only {bought_here / worth[at]:.6g} t are bought",
                "reconcile the network with the recovery first",
                {"product": networks[at].name, "country": countries[j]},
            )
        n = networks[at]
        final[row] = _by_use(n.end_use_share, j, len(end_uses)) * max(rest, 0.0)
        elasticity[row] = _by_use(n.demand_elasticity, j, len(end_uses))
        choke[row] = _by_use(n.choke, j, len(end_uses))
    node, pool = np.array(node_rows), np.array(pool_rows)
    link = np.array(links)
    link_pool = link[:, 1].astype(np.int64)
    start_out, out_at, out_share = _rows(draft.outputs)
    start_in, in_at, in_share = _rows(draft.inputs)
    revenue = np.array(draft.revenue)
    pools = len(pool_rows)
    none = np.zeros(0)
    return Market(
        products=tuple(
            Product(n.commodity, n.stage, n.price_reference, n.price_year, n.theta, float(worth[at]))
            for at, n in enumerate(networks)
        ),
        countries=tuple(countries),
        end_uses=tuple(end_uses),
        priority=np.array(priority if priority is not None else [0] * len(end_uses), dtype=np.int64),
        node_product=node[:, 0].astype(np.int64),
        node_country=node[:, 1].astype(np.int64),
        node_baseline=node[:, 2].copy(),
        pool_product=pool[:, 0].astype(np.int64),
        pool_country=pool[:, 1].astype(np.int64),
        pool_baseline=pool[:, 2].copy(),
        activity_country=np.array(draft.country, dtype=np.int64),
        activity_level=revenue,
        activity_baseline=revenue.copy(),
        activity_elasticity=np.array(draft.elasticity),
        capacity_max=np.array(draft.capacity),
        margin_floor=np.full(revenue.size, -np.inf),
        output_start=start_out,
        output_node=out_at,
        output_share=out_share,
        input_start=start_in,
        input_pool=in_at,
        input_share=in_share,
        link_node=link[:, 0].astype(np.int64),
        link_pool=link_pool,
        link_weight=link[:, 2] / pool[:, 2][link_pool],
        link_baseline=link[:, 2].copy(),
        link_prior=link[:, 3].copy(),
        link_wedge=np.zeros(link.shape[0]),
        demand_baseline=final,
        demand_reference=final.copy(),
        demand_elasticity=elasticity,
        choke=choke,
        purchase=np.zeros(pools),
        purchase_elasticity=np.zeros(pools),
        release=np.zeros(pools),
        release_elasticity=np.zeros(pools),
        release_max=np.full(pools, np.inf),
        quota_name=(),
        quota_cap=none,
        quota_baseline=none,
        quota_leak=none,
        quota_leak_elasticity=none,
        quota_start=np.zeros(1, dtype=np.int64),
        quota_link=np.zeros(0, dtype=np.int64),
    )


def with_theta(market: Market, theta: float) -> Market:
    """The same market with another sourcing elasticity for every product."""
    return replace(market, products=tuple(replace(p, theta=theta) for p in market.products))


def _by_use(value: float | Floats, country: int, uses: int) -> Floats:
    array = np.asarray(value, dtype=float)
    return np.broadcast_to(array[country] if array.ndim == 2 else array, (uses,))


def _by_country(value: float | Floats, size: int) -> Floats:
    return np.broadcast_to(np.asarray(value, dtype=float), (size,))


def _rows(rows: list[list[tuple[int, float]]]) -> tuple[Ints, Ints, Floats]:
    start = np.cumsum([0] + [len(r) for r in rows]).astype(np.int64)
    flat = [pair for r in rows for pair in r]
    return (
        start,
        np.array([p[0] for p in flat], dtype=np.int64),
        np.array([p[1] for p in flat], dtype=np.float64),
    )


def _check(
    countries: Sequence[str],
    end_uses: Sequence[str],
    networks: Sequence[ProductNetwork],
    known: dict[str, int],
) -> None:
    size, faults = len(countries), []
    if not networks:
        faults.append("no product was given")
    if len(known) < len(networks):
        faults.append("a product appears twice")
    for n in networks:
        flow = np.asarray(n.flow)
        if flow.shape != (size, size):
            faults.append(f"{n.name}: flow is {flow.shape}, not {(size, size)}")
            continue
        if not np.isfinite(flow).all() or bool((flow < 0).any()) or flow.sum() <= 0:
            faults.append(f"{n.name}: flows must be finite, not negative and not all zero")
        if not (np.isfinite(n.price_reference) and n.price_reference > 0):
            faults.append(f"{n.name}: baseline price {n.price_reference} USD/t is not positive")
        if not 0 <= n.prior_weight < 1:
            faults.append(f"{n.name}: prior weight {n.prior_weight} is outside 0..1")
        share = np.asarray(n.end_use_share, dtype=float)
        if share.shape[-1] != len(end_uses) or bool((np.abs(share.sum(axis=-1) - 1) > 1e-9).any()):
            faults.append(f"{n.name}: end-use shares must be {len(end_uses)} numbers that sum to 1")
        for other in [(f.commodity, f.stage) for f in n.feeds] + ([n.host] if n.host else []):
            if f"{other[0]}:{other[1]}" not in known:
                faults.append(f"{n.name}: needs {other[0]}:{other[1]}, which is not in the market")
        if n.host and n.feeds:
            faults.append(f"{n.name}: a by-product takes its feed from its host")
    if faults:
        raise DataError("; ".join(faults), "mend the network before building the market", {"faults": faults})


def _unit_values(networks: Sequence[ProductNetwork], known: dict[str, int]) -> Floats:
    """Value per tonne: the price, unless a declared cost share of the eater fixes the feed's."""
    worth = np.array([n.price_reference for n in networks], dtype=float)
    for _ in range(len(networks)):
        before = worth.copy()
        for at, n in enumerate(networks):
            for feed in n.feeds:
                if feed.cost_share is not None:
                    made = n.production
                    yield_mean = made.sum() / (made / _by_country(feed.recovery, made.size)).sum()
                    worth[known[f"{feed.commodity}:{feed.stage}"]] = feed.cost_share * yield_mean * worth[at]
        if np.array_equal(before, worth):
            break
    return worth


def _activities(
    networks: Sequence[ProductNetwork],
    known: dict[str, int],
    worth: Floats,
    node_of: Ints,
    pool_of: Ints,
    fed: Floats,
) -> _Draft:
    draft = _Draft()
    maker: dict[tuple[int, int], int] = {}
    order = sorted(range(len(networks)), key=lambda at: networks[at].host is not None)
    for at in order:
        n = networks[at]
        made = n.production * worth[at]
        size = made.size
        elasticity = _by_country(n.supply_elasticity, size)
        for i in np.flatnonzero(made > 0):
            node, value = int(node_of[at, i]), float(made[i])
            host = maker.get((known[f"{n.host[0]}:{n.host[1]}"], int(i))) if n.host else None
            limit = np.inf if n.capacity_max is None else max(float(n.capacity_max[i]) * worth[at], value)
            if host is not None:
                total = draft.revenue[host] + value
                kept = draft.revenue[host] / total
                draft.outputs[host] = [(o, s * kept) for o, s in draft.outputs[host]] + [
                    (node, value / total)
                ]
                draft.inputs[host] = [(p, a * kept) for p, a in draft.inputs[host]]
                draft.capacity[host] = min(draft.capacity[host] / kept, limit * total / value)
                draft.revenue[host] = total
                continue
            inputs = []
            for feed in n.feeds:
                of = known[f"{feed.commodity}:{feed.stage}"]
                eaten = n.production[i] / _by_country(feed.recovery, size)[i] * worth[of]
                pool = int(pool_of[of, i])
                if pool < 0:
                    raise DataError(
                        f"{n.name} is made at position {i}, but no {networks[of].name} is bought there",
                        "reconcile the network with the recovery first",
                        {"product": n.name, "feed": networks[of].name, "country": int(i)},
                    )
                fed[of, i] += eaten
                inputs.append((pool, float(eaten / value)))
            if sum(a for _, a in inputs) > 1.0 + 1e-9:
                raise DataError(
                    f"{n.name}: feed costs {sum(a for _, a in inputs):.3g} of the revenue at baseline prices",
                    "give the feed's cost_share, or a baseline price of its ore that leaves a margin",
                    {"product": n.name},
                )
            maker[(at, int(i))] = len(draft.revenue)
            draft.country.append(int(i))
            draft.revenue.append(value)
            lone = BY_PRODUCT_ELASTICITY if n.host else 1.0
            draft.elasticity.append(float(elasticity[i]) * lone)
            draft.capacity.append(limit)
            draft.outputs.append([(node, 1.0)])
            draft.inputs.append(inputs)
    return draft
