"""What a shortage does: who goes without, what it costs, who earns, what is at risk.

All amounts are per year at the prices of the cleared market, against the unshocked one, in tonnes and in USD
of each product's price year. Losses (surplus, bills, rents) and value added at risk are kept apart: the
second is an upper bound and is never added to the first (impact §3).
"""

from dataclasses import dataclass

import numpy as np

from oresight.core.errors import StudyError
from oresight.market.clearing import Clearing
from oresight.market.records import BEYOND_CHOKE, Floats, Ints, Market, sum_at


@dataclass(frozen=True)
class Impact:
    """The consequences of a cleared market against its baseline.

    Args:
        unserved: Consumption lost (pool, end_use) [t/yr]; unserved_share: of c0 (pool, end_use) [1].
        unserved_defence_first: The same tonnes when higher ranks are served first (pool, end_use) [t/yr].
        consumer_loss: Area left of demand between baseline and present price (pool, end_use) [USD/yr].
        import_bill, import_bill_change: Paid to foreign sellers, licence rents included (pool) [USD/yr].
        surplus_change: Change of producers' surplus (activity) [USD/yr].
        licence_rent: Earned on quotas and baskets by the country that sells (country) [USD/yr].
        tariff_revenue: Duty above the seller's price, kept by the buyer's country (country) [USD/yr].
        country_balance: Producers + licences + duties - consumers - floor subsidies (country) [USD/yr].
    """

    unserved: Floats
    unserved_share: Floats
    unserved_defence_first: Floats
    consumer_loss: Floats
    import_bill: Floats
    import_bill_change: Floats
    surplus_change: Floats
    licence_rent: Floats
    tariff_revenue: Floats
    country_balance: Floats


def served_by_priority(total: Floats, wanted: Floats, priority: Ints | None = None) -> Floats:
    """What each use gets when ranks are served in order, equal ranks pro rata.                   impact §4

    Args:
        total: What the buyer has (pool) [t].
        wanted: What each use takes at the baseline price (pool, end_use) [t].
        priority: Rank, 0 first (end_use); all equal when None.

    Returns:
        (pool, end_use) [t]; rows sum to min(total, wanted).

    >>> served_by_priority(np.array([5.0]), np.array([[2.0, 6.0, 2.0]]), np.array([0, 1, 1])).tolist()
    [[2.0, 2.25, 0.75]]
    """
    rank = np.zeros(wanted.shape[1]) if priority is None else np.asarray(priority)
    left = np.asarray(total, dtype=float).copy()
    got = np.zeros_like(wanted)
    for level in np.unique(rank):
        uses = rank == level
        need = wanted[:, uses].sum(axis=1)
        part = np.divide(np.minimum(left, need), need, out=np.zeros_like(left), where=need > 0)
        got[:, uses] = wanted[:, uses] * part[:, None]
        left = left - need * part
    return got


def consumer_loss(price: Floats, elasticity: Floats, choke: Floats) -> Floats:
    """Consumer surplus lost per unit of c0 and of baseline price when the price goes from 1 to P.  impact §2

    integral from 1 to P of D(p) dp with D = p^-e up to Z and Z^-e (p / Z)^-4 beyond; P = inf is allowed and
    finite because demand beyond the choke falls faster than 1/p.

    Args:
        price: P (any shape) [multiple]; elasticity, choke: e and Z of the same shape.

    Returns:
        Loss [1], negative where the price fell.

    >>> round(float(consumer_loss(np.array(2.0), np.array(0.0), np.array(10.0))), 9)
    1.0
    """
    below = np.minimum(price, choke)
    flat = np.abs(1.0 - elasticity) < 1e-12
    safe = np.where(flat, 0.5, elasticity)
    first = np.where(flat, np.log(below), (below ** (1.0 - safe) - 1.0) / (1.0 - safe))
    power = BEYOND_CHOKE - 1.0
    tail = choke ** (1.0 - elasticity) / power * (1.0 - (choke / np.maximum(price, choke)) ** power)
    return np.asarray(first + tail)


def producer_surplus_change(clearing: Clearing) -> Floats:
    """Change of producers' surplus against the unshocked market (activity) [USD/yr].              impact §2

    The surplus lost at baseline prices by curves that moved in or were capped, and the integral of the level
    along the straight path of log prices from baseline to now (exact for makers without feed):

        dS = S_now(1) - S_ref(1) + integral_0^1 L(t) (sum s_o e^(t x_o) x_o - sum alpha_i e^(t p_i) p_i) dt

    A producer without outlet keeps nothing. Feed is paid at its pool's index. Subsidies of a floor count.
    """
    m = clearing.market
    count = m.activity_level.size
    maker = np.repeat(np.arange(count), np.diff(m.output_start))
    eater = np.repeat(np.arange(count), np.diff(m.input_start))
    worth = m.price_reference / m.unit_value
    out_usd = m.output_share * worth[m.node_product[m.output_node]]
    in_usd = m.input_share * worth[m.pool_product[m.input_pool]]
    margin_usd = sum_at(maker, out_usd, count) - sum_at(eater, in_usd, count)
    k = m.activity_elasticity
    before = m.activity_baseline / (1 + k) * margin_usd
    ratio = np.minimum(m.capacity_max / np.where(m.activity_level > 0, m.activity_level, 1.0), 1.0)
    edge = np.where(k > 0, ratio ** (1.0 / np.where(k > 0, k, 1.0)), np.where(ratio < 1, 0.0, 1.0))
    at_cap = ratio * (1.0 - edge) + edge ** (1 + k) / (1 + k)
    now = m.activity_level * at_cap * margin_usd
    x, p = np.log(clearing.node_price), np.log(clearing.pool_price)
    stopped = clearing.activity_made <= 0
    xo, pi = np.nan_to_num(x[m.output_node]), np.nan_to_num(p[m.input_pool])
    nodes, weights = np.polynomial.legendre.leggauss(24)
    along = np.zeros(count)
    for t, w in zip(0.5 * (nodes + 1), 0.5 * weights, strict=True):
        u = sum_at(maker, m.output_share * xo * t, count) - sum_at(eater, m.input_share * pi * t, count)
        made = np.minimum(m.activity_level * np.exp(k * np.maximum(u, m.margin_floor)), m.capacity_max)
        gain = sum_at(maker, out_usd * np.exp(t * xo) * xo, count)
        cost = sum_at(eater, in_usd * np.exp(t * pi) * pi, count)
        along += w * made * (gain - cost)
    return np.asarray(np.where(stopped, -before, now - before + along + clearing.floor_subsidy_usd))


def impact(clearing: Clearing) -> Impact:
    """Everything of impact §1, §2 and §4 for one cleared market.                        impact §1, §2, §4"""
    m = clearing.market
    worth = m.price_reference / m.unit_value
    wanted = m.demand_baseline / m.unit_value[m.pool_product][:, None]
    first = served_by_priority(clearing.served.sum(axis=1), wanted, m.priority)
    cut = clearing.batch.pool_cut[0]
    price = np.where(cut, np.inf, np.nan_to_num(clearing.pool_price, nan=1.0))[:, None]
    loss = consumer_loss(np.broadcast_to(price, m.choke.shape), m.demand_elasticity, m.choke)
    consumers = loss * m.demand_baseline * worth[m.pool_product][:, None]
    foreign = m.node_country[m.link_node] != m.pool_country[m.link_pool]
    seller_price, licence = _link_prices(clearing)
    paid = clearing.flow * (seller_price + licence)
    pools, countries = m.pool_product.size, len(m.countries)
    bill = sum_at(m.link_pool[foreign], paid[foreign], pools)
    usual = m.link_baseline * worth[m.node_product[m.link_node]]
    bill_before = sum_at(m.link_pool[foreign], usual[foreign], pools)
    rents = sum_at(m.node_country[m.link_node], clearing.flow * licence, countries)
    duty = clearing.flow * (seller_price + licence) * np.expm1(m.link_wedge)
    duties = sum_at(m.pool_country[m.link_pool], duty, countries)
    surplus = producer_surplus_change(clearing)
    balance = (
        sum_at(m.activity_country, surplus - clearing.floor_subsidy_usd, countries)
        + rents
        + duties
        - sum_at(m.pool_country, consumers.sum(axis=1), countries)
    )
    return Impact(
        unserved=np.maximum(wanted - clearing.served, 0.0),
        unserved_share=clearing.unserved_share,
        unserved_defence_first=np.maximum(wanted - first, 0.0),
        consumer_loss=consumers,
        import_bill=bill,
        import_bill_change=bill - bill_before,
        surplus_change=surplus,
        licence_rent=rents,
        tariff_revenue=duties,
        country_balance=balance,
    )


def _link_prices(clearing: Clearing) -> tuple[Floats, Floats]:
    """Seller's price and licence rent on every link (link) [USD/t]."""
    m = clearing.market
    price = np.nan_to_num(clearing.node_price_usd)[m.link_node]
    holder = np.repeat(np.arange(len(m.quota_name)), np.diff(m.quota_start))
    rent = np.zeros(price.size)
    np.add.at(rent, m.quota_link, np.nan_to_num(clearing.quota_rent)[holder])
    for basket, rho in zip(m.baskets, clearing.basket_rent, strict=True):
        safe = np.where(price[basket.link] > 0, price[basket.link], 1.0)
        rent[basket.link] += np.log1p(np.nan_to_num(rho) / safe)
    return price, price * np.expm1(rent)


def value_added_at_risk(
    value_added: Floats,
    unserved_share: Floats,
    dependence: Floats,
    stock_months: Floats | float = 0.0,
    months: float = 12.0,
    substitutable: Floats | float = 0.0,
) -> Floats:
    """Value added of the using industries times the share of their input lost: an upper bound.  impact §3

    VA_bu max_m [ dependence_mu max(0, unserved_mbu - stock_mb / months) (1 - substitutable_mu) ]

    The scarcest input sets the share (industries do not lose the same output twice). Nothing adjusts but
    stocks and declared substitution, so this is "at risk", not "lost", and is shown apart from losses.

    Args:
        value_added: (buyer, end_use) [USD/yr].
        unserved_share: (product, buyer, end_use) [1].
        dependence: Share of the industry that needs the product at all (product, end_use) [1].
        stock_months: Months of use held (product, buyer) [months].
        months: How long the shortage lasts [months].
        substitutable: Share that can do without in that time (product, end_use) [1].

    Source:
        After Nassar et al. 2025, USGS Open-File Report 2024-1057: shortages allocated to using industries.

    >>> value_added_at_risk(np.array([[100.0]]), np.array([[[0.5]]]), np.array([[0.4]]), 3.0, 12.0).tolist()
    [[10.0]]
    """
    if months <= 0:
        raise StudyError(
            "a shortage must last longer than 0 months", "give months above 0", {"months": months}
        )
    products, buyers, uses = unserved_share.shape
    cover = np.broadcast_to(np.asarray(stock_months, dtype=float), (products, buyers)) / months
    other = np.broadcast_to(np.asarray(substitutable, dtype=float), (products, uses))
    short = np.clip(unserved_share - cover[:, :, None], 0.0, 1.0)
    share = dependence[:, None, :] * short * (1.0 - other)[:, None, :]
    return np.asarray(value_added * share.max(axis=0))


def by_buyer(market: Market, pool_use: Floats) -> Floats:
    """Pool rows laid out as (product, buyer, end_use), 0 where a country buys nothing."""
    laid = np.zeros((len(market.products), len(market.countries), pool_use.shape[1]))
    laid[market.pool_product, market.pool_country] = pool_use
    return laid
