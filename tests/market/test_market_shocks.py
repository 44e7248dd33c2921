"""market §1, §6: shocks as functions market -> market, in the reader's units, composing."""

from dataclasses import replace

import numpy as np
import pytest

from oresight.core.errors import StudyError
from oresight.market import shocks
from oresight.market.calibration import market_from_network
from oresight.market.clearing import solve
from oresight.market.records import Market
from oresight.market.synthetic import chain, chain_networks, labels


def biggest(market: Market, product: int = 0) -> str:
    nodes = np.flatnonzero(market.node_product == product)
    return market.countries[market.node_country[nodes[np.argmax(market.node_baseline[nodes])]]]


def test_a_ban_closes_foreign_links_and_leaves_home_open() -> None:
    """market §1: no flow, prices up abroad and down at home."""
    market = chain(8, seed=1)
    big = biggest(market)
    c = solve(shocks.ban(market, [big], None))
    links = market.links_between([0], [big], None)
    home = market.pool_country[market.link_pool[links]] == market.country_at(big)
    assert c.flow[links[~home]].max() == 0.0 and c.flow[links[home]].min() > 0
    assert c.node_price[market.node_at(0, big)] < 1
    others = market.pool_country != market.country_at(big)
    assert (c.pool_price[others] > 1).all()


def test_a_targeted_ban_with_a_leak_is_a_quota_of_cap_zero() -> None:
    """market §1: what leaks grows with the rent."""
    market = chain(8, seed=1)
    big = biggest(market)
    buyer = next(c for c in market.countries if c != big)
    c = solve(shocks.ban(market, [big], [buyer], leak=0.3, leak_elasticity=0.5))
    worth = market.products[0].unit_value
    leak = 0.3 * c.market.quota_baseline[0] * np.exp(0.5 * c.quota_rent[0]) / worth
    assert c.quota_flow[0] == pytest.approx(leak, rel=1e-7) and c.quota_rent[0] > 0


def test_a_quota_in_tonnes_binds_at_its_tonnes_and_a_wide_one_changes_nothing() -> None:
    """market §2: complementarity of cap and rent."""
    market = chain(8, 2, seed=2)
    big, name = biggest(market, 1), market.products[1].name
    base = solve(market)
    links = market.links_between([1], [big], None)
    links = links[market.pool_country[market.link_pool[links]] != market.country_at(big)]
    before = base.flow[links].sum()
    tight = solve(shocks.quota(market, [big], None, name, tonnes=0.25 * before))
    wide = solve(shocks.quota(market, [big], None, name, tonnes=1.5 * before))
    assert tight.quota_flow[0] == pytest.approx(0.25 * before, rel=1e-8) and tight.quota_rent[0] > 0
    assert tight.quota_rent_usd[0] == pytest.approx(
        0.25 * before * tight.node_price_usd[market.node_at(1, big)] * np.expm1(tight.quota_rent[0]), rel=1e-7
    )
    assert wide.quota_rent[0] == 0 and np.allclose(wide.node_price, 1)
    with pytest.raises(StudyError, match="either a share or tonnes"):
        shocks.quota(market, [big], None, name)


def test_a_tariff_is_paid_by_buyer_and_seller() -> None:
    """market §1: a log wedge on links; uniform world tariff with one buyer is closed form."""
    market = chain(8, seed=3)
    big = biggest(market)
    c = solve(shocks.tariff(market, [big], None, rate=0.5))
    assert c.node_price[market.node_at(0, big)] < 1
    assert c.pool_price.max() > 1
    again = shocks.tariff(shocks.tariff(market, [big], None, rate=0.5), [big], None, rate=-1 / 3)
    assert np.allclose(solve(again).node_price, 1, atol=1e-8)


def test_supply_shocks_move_or_cap_the_curve() -> None:
    """market §1: a loss moves the curve in; force majeure caps it and earns a rent."""
    market = chain(8, seed=4)
    big = biggest(market)
    node = market.node_at(0, big)
    lost = solve(shocks.capacity_loss(market, big, share=0.4))
    k = market.activity_elasticity[market.activities_of(0, big)[0]]
    base = market.node_baseline[node] / market.products[0].unit_value
    assert lost.production[node] == pytest.approx(0.6 * base * lost.node_price[node] ** k, rel=1e-7)
    capped = solve(shocks.force_majeure(market, big, running=0.5))
    assert capped.production[node] == pytest.approx(0.5 * base, rel=1e-8)
    at = market.activities_of(0, big)[0]
    rent = np.log(capped.node_price[node]) + np.log(2.0) / k
    assert capped.capacity_rent[at] == pytest.approx(rent, rel=1e-7) and capped.capacity_rent_usd[at] > 0
    gone = solve(shocks.force_majeure(market, big, running=0.0))
    assert gone.production[node] == 0 and np.isnan(gone.node_price[node])
    squeezed = solve(shocks.home_squeeze(market, big, share=0.2))
    assert squeezed.node_price[node] > 1


def test_demand_stock_and_floor() -> None:
    """market §1, §3: more demand raises prices, a release lowers them, a floor keeps a producer going."""
    market = chain(8, seed=5)
    buyer, name = "C03", market.products[0].name
    pool = market.pool_at(0, buyer)
    up = solve(shocks.demand_jump(market, 1.3, [buyer]))
    assert up.pool_price[pool] > 1 and solve(shocks.demand_jump(market, 1.3, end_use="u1")).pool_price[0] > 1
    amount = 0.2 * solve(market).purchases[pool]
    calm = solve(shocks.stock_release(market, buyer, name, amount))
    assert calm.pool_price[pool] < 1
    consumed = calm.served[pool].sum()
    assert calm.purchases[pool] == pytest.approx(consumed - amount, rel=1e-8)
    building = solve(shocks.stock_building(market, buyer, name, amount, 1.0))
    assert building.pool_price[pool] > 1
    flooded = shocks.demand_jump(market, 0.5)
    floored = solve(shocks.price_floor(flooded, "C02", name, 1.1))
    node = market.node_at(0, "C02")
    at = market.activities_of(0, "C02")[0]
    k = market.activity_elasticity[at]
    base = market.node_baseline[node] / market.products[0].unit_value
    assert floored.production[node] == pytest.approx(base * 1.1**k, rel=1e-8)
    assert floored.node_price[node] < solve(flooded).node_price[node]
    gap = 1.1 * market.products[0].price_reference - floored.node_price_usd[node]
    assert floored.floor_subsidy_usd[at] == pytest.approx(floored.production[node] * gap, rel=1e-7)


def test_a_release_beyond_consumption_never_makes_a_buyer_a_seller() -> None:
    """market §1: net purchases are at least 0.02 c."""
    market = chain(6, seed=6)
    pool = market.pool_at(0, "C01")
    c = solve(shocks.stock_release(market, "C01", market.products[0].name, 1e9))
    assert c.purchases[pool] == pytest.approx(0.02 * c.served[pool].sum(), rel=1e-8)
    assert c.pool_price[pool] < 1


def test_new_capacity_lowers_prices_where_there_was_none() -> None:
    """market §1: a new node, its links and its feed."""
    market = chain(8, 2, seed=7)
    name = market.products[1].name
    world = market.node_baseline[market.node_product == 1].sum() / market.products[1].unit_value
    more = shocks.new_capacity(market, "C05", name, 0.1 * world)
    c = solve(more)
    assert c.pool_price[market.pool_product == 1].max() < 1
    assert c.converged and more.activity_level.size == market.activity_level.size + 1
    nobody = replace(market)
    weight = nobody.link_weight.copy()
    weight[market.link_node == market.node_at(1, "C05")] = 0
    lone = solve(replace(market, link_weight=weight))
    assert lone.converged
    quoted = shocks.quota(market, [biggest(market, 1)], None, name, share=0.5)
    both = solve(shocks.new_capacity(quoted, "C05", name, 0.1 * world))
    assert both.quota_rent[0] < solve(quoted).quota_rent[0]


def test_a_basket_carries_one_rent_in_usd_per_tonne() -> None:
    """months §4: y_e = ln(1 + rho / p_e); cheap products multiply by more than dear ones."""
    nets = [
        replace(
            chain_networks(10, 1, 20, 3, 5.0, 0.01, (0.05, 0.3), (0.1, 0.4), name)[0], price_reference=price
        )
        for name, price in (("cheap", 5e3), ("dear", 5e5))
    ]
    market = market_from_network(labels(10), ["u0", "u1", "u2"], nets)
    big = biggest(market)
    held = shocks.basket_quota(market, [big], None, None, share=0.4, leak=0.1, leak_elasticity=0.5)
    c = solve(held)
    basket = held.baskets[0]
    rho = c.basket_rent[0]
    exported = c.flow[basket.link].sum()
    mean_price = (5e3 + 5e5) / 2
    assert rho > 0 and c.basket_rent_usd[0] == pytest.approx(rho * c.basket_flow[0])
    assert exported == pytest.approx(
        basket.cap + 0.1 * basket.baseline * (1 + rho / mean_price) ** 0.5, rel=1e-7
    )
    for product in (0, 1):
        node = market.node_at(product, big)
        other = next(
            p
            for p in np.flatnonzero(market.pool_product == product)
            if market.pool_country[p] != market.country_at(big)
        )
        inside = c.node_price_usd[node]
        links = np.flatnonzero(market.link_pool == other)
        theta = market.products[product].theta
        cost = np.where(
            market.link_node[links] == node,
            np.log((inside + rho) / market.products[product].price_reference),
            np.log(c.node_price[market.link_node[links]]),
        )
        index = -np.log((market.link_weight[links] * np.exp(-theta * cost)).sum()) / theta
        assert np.log(c.pool_price[other]) == pytest.approx(index, abs=1e-9)
    cheap, dear = (np.median(c.pool_price[market.pool_product == p]) for p in (0, 1))
    assert cheap > 1.5 > dear
