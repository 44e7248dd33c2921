"""market §1, §2, §6: laws that hold for every market, tried on random ones."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.market import shocks
from oresight.market.calibration import market_from_network
from oresight.market.certificate import imbalance, potential
from oresight.market.clearing import solve, solve_batch
from oresight.market.records import Market
from oresight.market.structure import Prepared, parameters_of
from oresight.market.synthetic import chain, chain_networks, labels, with_quota

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 10_000)


def leader(market: Market, product: int = 0) -> str:
    nodes = np.flatnonzero(market.node_product == product)
    return market.countries[market.node_country[nodes[np.argmax(market.node_baseline[nodes])]]]


def shocked(seed: int, countries: int = 8, stages: int = 1) -> Market:
    market = chain(countries, stages, seed=seed)
    return with_quota(shocks.capacity_loss(market, "C03", share=0.3), 0.4, 0.1, 0.3)


@few
@given(seed=seeds, factor=st.floats(0.01, 100.0))
def test_scaling_every_quantity_changes_no_price(seed: int, factor: float) -> None:
    """market §6: homogeneity of degree 0 in quantities."""
    market = shocked(seed, stages=2)
    scaled = replace(
        market,
        **{
            name: getattr(market, name) * factor
            for name in (
                "node_baseline",
                "pool_baseline",
                "activity_level",
                "activity_baseline",
                "link_baseline",
                "link_prior",
                "demand_baseline",
                "demand_reference",
                "quota_cap",
                "quota_baseline",
            )
        },
    )
    one, two = solve(market), solve(scaled)
    assert np.allclose(one.node_price, two.node_price, rtol=1e-6)
    assert np.allclose(one.flow * factor, two.flow, rtol=1e-6)


@few
@given(seed=seeds)
def test_the_order_of_countries_does_not_matter(seed: int) -> None:
    """market §1: a permutation of the countries permutes the answer."""
    nets = chain_networks(7, 2, seed, 2, 5.0, 0.01, (0.1, 0.1), (0.2, 0.2), "x")
    order = np.random.default_rng(seed).permutation(7)
    turned = [replace(n, flow=n.flow[np.ix_(order, order)], supply_elasticity=0.1) for n in nets]
    nets = [replace(n, supply_elasticity=0.1) for n in nets]
    names = labels(7)
    first = market_from_network(names, ["a", "b"], nets)
    second = market_from_network([names[i] for i in order], ["a", "b"], turned)
    big = leader(first, 1)
    one = solve(shocks.quota(first, [big], None, "x:refine", share=0.3))
    two = solve(shocks.quota(second, [big], None, "x:refine", share=0.3))
    for product in (0, 1):
        for name in names:
            a, b = one.node_price[first.node_at(product, name)], two.node_price[second.node_at(product, name)]
            assert a == pytest.approx(b, rel=1e-6)


@few
@given(seed=seeds, stages=st.integers(1, 3))
def test_tonnes_add_up_at_every_stage(seed: int, stages: int) -> None:
    """market §2: made = sold, and feed = output / recovery."""
    c = solve(shocked(seed, 6, stages))
    m = c.market
    for product in range(stages):
        made = c.production[m.node_product == product].sum()
        assert made == pytest.approx(c.purchases[m.pool_product == product].sum(), rel=1e-8)
        if product + 1 < stages:
            eaten = c.production[m.node_product == product + 1].sum() / 0.8
            final = c.served[m.pool_product == product].sum()
            assert c.purchases[m.pool_product == product].sum() == pytest.approx(eaten + final, rel=1e-8)


@few
@given(seed=seeds, share=st.floats(0.1, 0.9))
def test_ore_gets_cheaper_when_refining_is_cut(seed: int, share: float) -> None:
    """market §2: refined metal dearer, ore stranded."""
    market = chain(7, 2, seed=seed)
    big = leader(market, 1)
    c = solve(shocks.capacity_loss(market, big, "x:refine", share))
    ore, metal = market.node_product == 0, market.node_product == 1
    weights = market.node_baseline
    assert np.average(np.log(c.node_price[ore]), weights=weights[ore]) < 0
    assert np.average(np.log(c.node_price[metal]), weights=weights[metal]) > 0


@few
@given(seed=seeds, share=st.floats(0.1, 0.8))
def test_the_slope_of_the_optimum_in_a_cap_is_its_rent(seed: int, share: float) -> None:
    """market §1: envelope theorem, d Psi* / d cap = y, by central differences."""
    market = with_quota(chain(6, 2, seed=seed), share, 0.1, 0.3)
    step = 1e-4 * market.quota_baseline[0]

    def least(cap: float) -> float:
        held = replace(market, quota_cap=np.array([cap]))
        c = solve(held, tolerance=1e-11)
        return potential(held, np.log(c.node_price), c.quota_rent)

    cap = float(market.quota_cap[0])
    rent = solve(market).quota_rent[0]
    slope = (least(cap + step) - least(cap - step)) / (2 * step)
    assert slope == pytest.approx(rent, rel=1e-4, abs=1e-4)


@few
@given(seed=seeds, wide=st.floats(0.2, 1.0), cut=st.floats(0.05, 0.95), theta=st.floats(1.5, 12.0))
def test_a_tighter_quota_never_helps_those_it_binds_nor_hurts_home(
    seed: int, wide: float, cut: float, theta: float
) -> None:
    """market §6: one stage, quota on all exports of one country; priors of theta begin at 3.

    Near theta = 1 buyers hardly change origin: what some give up in a deep cut can make another's origin cheaper.
    """
    market = chain(8, 1, seed=seed, theta=theta)
    big = leader(market)
    name = market.products[0].name
    loose = solve(shocks.quota(market, [big], None, name, share=wide))
    tight = solve(shocks.quota(market, [big], None, name, share=wide * cut))
    home = market.pool_at(0, big)
    abroad = np.arange(market.pool_product.size) != home
    assert (tight.pool_price[abroad] >= loose.pool_price[abroad] * (1 - 1e-7)).all()
    assert tight.node_price[market.node_at(0, big)] <= loose.node_price[market.node_at(0, big)] * (1 + 1e-7)
    if home >= 0:
        assert tight.quota_rent[0] >= loose.quota_rent[0] - 1e-7


@few
@given(seed=seeds, gone=st.integers(0, 7), theta=st.floats(1.0, 12.0))
def test_losing_a_supplier_helps_no_buyer(seed: int, gone: int, theta: float) -> None:
    """market §6: removing a supplier lowers no buyer's price and no one's purchases rise."""
    market = chain(8, 1, seed=seed, theta=theta)
    c = solve(shocks.capacity_loss(market, labels(8)[gone], share=1.0))
    assert (c.pool_price >= 1 - 1e-8).all()
    assert (c.unserved_share >= -1e-8).all()


@few
@given(seed=seeds, start=st.floats(-2.0, 2.0))
def test_every_start_leads_to_the_one_solution(seed: int, start: float) -> None:
    """market §1: the minimiser is unique."""
    market = shocked(seed, 7, 2)
    c = solve(market)
    away = replace(
        c.batch, node_price=c.batch.node_price + start, quota_rent=c.batch.quota_rent * 0 + abs(start)
    )
    again = solve(market, start=replace(c, batch=away))
    assert np.allclose(np.log(c.node_price), np.log(again.node_price), atol=1e-6)


def hard_market(rng: np.random.Generator, countries: int, stages: int) -> Market:
    """Elasticities down to 0.02, quotas to a thousandth, capacities, floors, stocks, sparse trade."""
    supply, demand = rng.choice([0.02, 0.05, 0.2, 0.5]), rng.choice([0.02, 0.1, 0.3])
    market = chain(
        countries,
        stages,
        seed=int(rng.integers(1e9)),
        theta=float(rng.choice([1.0, 3.0, 5.0, 10.0, 25.0])),
        supply=(supply, supply * 1.5),
        demand=(demand, demand * 1.5),
        density=float(rng.choice([0.3, 1.0])),
        prior_weight=float(rng.choice([0.0, 0.005, 0.05])),
    )
    for _ in range(int(rng.integers(1, 4))):
        share, leak = rng.choice([1e-3, 0.01, 0.1, 0.5, 0.9]), rng.choice([0.0, 0.1, 0.5])
        held = with_quota(market, share, leak, rng.choice([0.0, 0.3, 1.0]), int(rng.integers(0, stages)))
        market = held if np.diff(held.quota_start)[-1] > 0 else market
    size, base = market.activity_level.size, market.demand_baseline.sum(axis=1)
    pools = base.size
    capped = rng.random(size) < 0.3
    raw = (rng.random(size) < 0.1) & (np.diff(market.input_start) == 0)
    stock = np.where(rng.random(pools) < 0.3, base * rng.uniform(0, 0.5, pools), 0.0)
    return replace(
        market,
        capacity_max=np.where(capped, market.activity_level * rng.uniform(0.05, 1.5, size), np.inf),
        margin_floor=np.where(raw, rng.normal(0, 0.3, size), -np.inf),
        activity_level=market.activity_level
        * np.where(rng.random(size) < 0.2, rng.uniform(0.01, 1, size), 1),
        release=stock,
        release_elasticity=np.where(rng.random(pools) < 0.5, rng.uniform(0, 3, pools), 0.0),
        release_max=np.maximum(stock, 1e-12) * rng.uniform(1, 3, pools),
        purchase=np.where(rng.random(pools) < 0.3, base * rng.uniform(0, 0.5, pools), 0.0),
        purchase_elasticity=rng.uniform(0, 3, pools),
    )


def check_hard(count: int, seed: int, most: int, per_market: int) -> tuple[int, list[int]]:
    """Solve `count` structures with `per_market` scenarios each; every certificate is recomputed."""
    rng = np.random.default_rng(seed)
    solved, iterations = 0, []
    for _ in range(count):
        market = hard_market(rng, int(rng.integers(2, most)), int(rng.integers(1, 4)))
        base = parameters_of(market)
        level = base.activity_level * rng.uniform(0.3, 1.3, (per_market, base.activity_level.shape[1]))
        cap = base.quota_cap * 10 ** rng.uniform(-1, 0.5, (per_market, base.quota_cap.shape[1]))
        varied = replace(base, activity_level=level, quota_cap=cap)
        batch = solve_batch(Prepared(market), varied)
        assert batch.converged.all() and batch.residual.max() <= 1e-8
        last = replace(market, activity_level=level[-1], quota_cap=cap[-1])
        nodes, quotas = imbalance(last, batch.node_price[-1], batch.quota_rent[-1])
        assert max(nodes.max(initial=0), quotas.max(initial=0)) <= 3e-8
        solved += per_market
        iterations += batch.iterations.tolist()
    return solved, iterations


def test_hundreds_of_hard_markets_clear() -> None:
    """market §7: no silent failure, few iterations."""
    solved, iterations = check_hard(40, 11, 14, 10)
    assert solved == 400 and np.median(iterations) <= 12


@pytest.mark.slow
def test_thousands_of_hard_markets_clear() -> None:
    """market §7: 4,000 markets up to 30 countries and three stages."""
    solved, iterations = check_hard(400, 12, 30, 10)
    assert solved == 4000 and np.median(iterations) <= 12
