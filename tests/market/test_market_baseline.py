"""market §5: the unshocked market returns every baseline price and flow; §3, §7 on degenerate cases."""

from dataclasses import replace

import numpy as np
import pytest

from oresight.core.errors import DataError, NoEquilibrium
from oresight.market.calibration import Feed, ProductNetwork, market_from_network, origin_flow
from oresight.market.certificate import gradient, imbalance
from oresight.market.clearing import solve, solve_batch
from oresight.market.structure import Prepared, parameters_of
from oresight.market.synthetic import chain, chain_networks, labels, with_quota


@pytest.mark.parametrize("stages", [1, 2, 3])
@pytest.mark.parametrize("prior", [0.0, 0.05])
def test_unshocked_prices_are_one_and_flows_are_the_given_ones(stages: int, prior: float) -> None:
    """market §5, from a start away from the solution."""
    market = chain(20, stages, seed=stages, prior_weight=prior)
    first = solve(market)
    assert first.converged and first.iterations == 0
    away = replace(
        first,
        batch=replace(
            first.batch, node_price=np.random.default_rng(0).normal(0, 1, first.batch.node_price.shape)
        ),
    )
    again = solve(market, start=away)
    assert again.iterations > 0
    for c in (first, again):
        assert np.abs(c.node_price - 1).max() < 1e-8
        assert np.abs(c.pool_price - 1).max() < 1e-8
        tonnes = market.link_baseline / market.unit_value[market.node_product[market.link_node]]
        assert np.abs(c.flow / tonnes - 1).max() < 1e-7
        assert np.abs(c.unserved_share).max() < 1e-8


def test_the_prior_leaves_production_and_purchases_as_observed() -> None:
    """market §1: the declared prior weight moves flows by at most its share and no margin at all."""
    nets = chain_networks(12, 1, 3, 3, 5.0, 0.04, (0.1, 0.2), (0.1, 0.2), "x", density=0.3)
    market = market_from_network(labels(12), ["a", "b", "c"], nets)
    flow = np.zeros((12, 12))
    flow[market.node_country[market.link_node], market.pool_country[market.link_pool]] = (
        market.link_baseline / market.products[0].unit_value
    )
    assert np.allclose(flow.sum(axis=1), nets[0].flow.sum(axis=1), rtol=1e-12)
    assert np.allclose(flow.sum(axis=0), nets[0].flow.sum(axis=0), rtol=1e-12)
    assert np.abs(flow - 0.96 * nets[0].flow).max() <= 0.04 * nets[0].flow.sum(axis=0).max() + 1e-12
    exact = market_from_network(labels(12), ["a", "b", "c"], [replace(nets[0], prior_weight=0.0)])
    back = exact.link_baseline / exact.products[0].unit_value
    seen = nets[0].flow[exact.node_country[exact.link_node], exact.pool_country[exact.link_pool]]
    assert np.allclose(back, seen, rtol=1e-13)


def test_feed_tonnes_follow_the_recovery_and_a_declared_cost_share_the_unit_value() -> None:
    """market §1: ore used = refined output / recovery, whatever fixes the value units."""
    nets = chain_networks(8, 2, 1, 2, 5.0, 0.01, (0.1, 0.2), (0.1, 0.2), "x")
    declared = replace(nets[1], feeds=(Feed("x", "mine", 0.8, cost_share=0.3),))
    market = market_from_network(labels(8), ["a", "b"], [nets[0], declared])
    assert np.allclose(market.input_share, 0.3)
    shocked = solve(with_quota(market, 0.4))
    ore = shocked.purchases[market.pool_product == 0].sum()
    refined = shocked.production[market.node_product == 1].sum()
    final_ore = shocked.served[market.pool_product == 0].sum()
    assert ore == pytest.approx(refined / 0.8 + final_ore, rel=1e-8)
    assert solve(market).node_price_usd[0] == pytest.approx(1000.0)


def test_material_balances_hold_in_tonnes_at_every_stage() -> None:
    """market §2: production equals purchases, stage by stage, under a binding quota."""
    market = with_quota(chain(25, 3, seed=5), 0.3, leak=0.1, leak_elasticity=0.3)
    c = solve(market)
    assert c.converged and c.residual <= 1e-8 and c.quota_rent[0] > 0
    for product in range(3):
        made = c.production[market.node_product == product].sum()
        bought = c.purchases[market.pool_product == product].sum()
        assert made == pytest.approx(bought, rel=1e-9)
    baseline = market.quota_baseline[0] / market.unit_value[-1]
    allowed = baseline * (0.3 + 0.1 * np.exp(0.3 * c.quota_rent[0]))
    assert c.quota_flow[0] == pytest.approx(allowed, rel=1e-7)


def test_the_certificate_is_recomputed_by_other_code() -> None:
    """market §7: residuals of the compiled loops and of the plain arrays agree."""
    market = with_quota(chain(15, 3, seed=6), 0.2)
    c = solve(market)
    nodes, quotas = imbalance(market, c.batch.node_price[0], c.batch.quota_rent[0])
    assert max(nodes.max(), quotas.max()) <= 2e-8
    off = gradient(market, c.batch.node_price[0] + 0.01, c.batch.quota_rent[0])[0]
    assert np.abs(off / market.node_baseline).max() > 1e-6


def test_a_buyer_of_a_banned_supplier_alone_leaves_the_solve() -> None:
    """market §3: unserved 100 %, its price reported as at least Z."""
    flow = np.array([[6.0, 4.0, 0.0], [0.0, 0.0, 5.0], [0.0, 0.0, 0.0]])
    net = ProductNetwork("x", "mine", 10.0, 2024, flow, np.ones(1), choke=12.0, prior_weight=0.0)
    market = market_from_network(["AAA", "BBB", "CCC"], ["u"], [net])
    weight = market.link_weight.copy()
    weight[(market.node_country[market.link_node] == 0) & (market.pool_country[market.link_pool] == 1)] = 0
    c = solve(replace(market, link_weight=weight))
    cut = market.pool_at(0, "BBB")
    assert c.unserved_share[cut, 0] == 1.0 and c.served[cut, 0] == 0.0
    assert c.pool_price[cut] == pytest.approx(12.0) and c.pool_price_is_bound[cut]
    assert c.node_price[market.node_at(0, "AAA")] < 1.0
    assert c.node_price[market.node_at(0, "BBB")] == pytest.approx(1.0)


def test_a_producer_without_outlet_and_a_refiner_without_ore_stand_still() -> None:
    """market §7: what cannot sell or cannot run leaves the solve with its dependants."""
    market = chain(4, 2, seed=2, prior_weight=0.0)
    weight = market.link_weight.copy()
    ore_of_c1 = (market.pool_country[market.link_pool] == 1) & (market.pool_product[market.link_pool] == 0)
    weight[ore_of_c1] = 0
    c = solve(replace(market, link_weight=weight))
    refiner = market.node_at(1, "C01")
    assert np.isnan(c.node_price[refiner]) and c.production[refiner] == 0.0
    weight = market.link_weight.copy()
    weight[market.link_node == market.node_at(1, "C02")] = 0
    c = solve(replace(market, link_weight=weight))
    assert c.production[market.node_at(1, "C02")] == 0.0 and c.converged


def test_monopolist_autarky_and_disjoint_parts_clear() -> None:
    """market §7: one seller; no trade at all; two markets that never meet."""
    mono = np.zeros((5, 5))
    mono[0] = [1.0, 2.0, 3.0, 4.0, 0.0]
    alone = np.diag([1.0, 0.0, 2.0, 0.0, 3.0])
    split = np.zeros((5, 5))
    split[:2, :2], split[3:, 3:] = 1.0, 2.0
    for flow in (mono, alone, split):
        net = ProductNetwork("x", "mine", 10.0, 2024, flow, np.ones(1), prior_weight=0.0)
        market = market_from_network(list("ABCDE"), ["u"], [net])
        cut = replace(market, activity_level=market.activity_level * 0.5)
        c = solve(cut)
        assert c.converged and (c.node_price > 1).all()
        # one buyer, one seller: 0.5 e^(0.2 x) = e^(-0.2 x)
        assert np.log(c.node_price) == pytest.approx(np.log(2.0) / 0.4, rel=1e-7)


def test_a_cap_below_a_ten_thousandth_is_a_ban() -> None:
    """market §7: cap < 1e-4 of baseline removes the links and has no rent."""
    market = chain(10, 1, seed=4)
    ban, tiny = solve(with_quota(market, 0.0)), solve(with_quota(market, 5e-5))
    near = solve(with_quota(market, 2e-4))
    assert np.isnan(ban.quota_rent[0]) and ban.quota_flow[0] == 0
    assert np.array_equal(ban.node_price, tiny.node_price)
    assert near.quota_rent[0] > 0 and np.allclose(near.node_price, ban.node_price, rtol=0.02)


def test_a_batch_equals_its_scenarios_one_by_one_even_where_some_close_links() -> None:
    """market §7: batches group scenarios by what is open."""
    market = with_quota(chain(12, 2, seed=8), 0.5)
    rng = np.random.default_rng(1)
    base = parameters_of(market)
    weights = np.repeat(base.link_weight, 7, axis=0)
    weights[3, market.link_node == 1] = 0.0
    caps = market.quota_baseline * np.array([0.1, 0.3, 0.5, 0.5, 0.0, 0.9, 2.0])[:, None]
    demand = base.demand_baseline * rng.uniform(0.8, 1.3, (7, 1, 1))
    batch = solve_batch(
        Prepared(market), replace(base, link_weight=weights, quota_cap=caps, demand_baseline=demand)
    )
    for s in range(7):
        one = solve(replace(market, link_weight=weights[s], quota_cap=caps[s], demand_baseline=demand[s]))
        assert np.allclose(batch.node_price[s], np.log(one.node_price), atol=1e-7, equal_nan=True)
    assert np.isnan(batch.quota_rent[4, 0]) and batch.quota_rent[6, 0] == 0.0


def test_what_cannot_clear_is_refused_by_name() -> None:
    """market §7: it never returns quietly."""
    market = with_quota(chain(6, 1, seed=1), 0.3)
    with pytest.raises(NoEquilibrium, match="did not clear"):
        solve_batch(market, iterations_max=1)
    loose = solve_batch(market, iterations_max=1, strict=False)
    assert not loose.converged[0]


def test_broken_networks_are_refused_with_a_mend() -> None:
    """market §1: the builder names shapes, missing feeds, impossible cost shares."""
    nets = chain_networks(4, 2, 1, 2, 5.0, 0.01, (0.1, 0.2), (0.1, 0.2), "x")
    with pytest.raises(DataError, match="not in the market"):
        market_from_network(labels(4), ["a", "b"], nets[1:])
    with pytest.raises(DataError, match="flow is"):
        market_from_network(labels(5), ["a", "b"], nets)
    with pytest.raises(DataError, match="of the revenue"):
        market_from_network(labels(4), ["a", "b"], [replace(nets[0], price_reference=9e9), nets[1]])
    with pytest.raises(DataError, match="next stage eats"):
        market_from_network(labels(4), ["a", "b"], [replace(nets[0], flow=nets[0].flow * 0.5), nets[1]])


def test_origin_flow_keeps_margins_through_hubs() -> None:
    """network §4 as the builder needs it: rows sum to production, columns to consumption."""
    rng = np.random.default_rng(3)
    q, t = rng.lognormal(0, 1, 7), rng.lognormal(-2, 1, (7, 7))
    np.fill_diagonal(t, 0)
    c = q + t.sum(axis=0) - t.sum(axis=1)
    c = np.clip(c, 0.01, None)
    q = c + t.sum(axis=1) - t.sum(axis=0)
    q = np.clip(q, 0, None)
    c = q + t.sum(axis=0) - t.sum(axis=1)
    flow = origin_flow(q, t, c)
    assert np.allclose(flow.sum(axis=1), q) and np.allclose(flow.sum(axis=0), c)
