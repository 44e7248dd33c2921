"""market §1, §2, §7: the same market by other people's solvers.

The convex programme is written for CVXPY from the text of market §1, with capacity rents as variables of
their own, and solved by Clarabel; the optimality conditions are solved as a complementarity problem by
SciPy; one buyer and one supplier have closed forms; large theta approaches the transport programme of
Takayama and Judge (1971), solved by HiGHS.
"""

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import cvxpy as cp
import numpy as np
import pytest
from scipy.optimize import least_squares, linprog, minimize

from oresight.market import shocks
from oresight.market.calibration import Feed, ProductNetwork, market_from_network
from oresight.market.certificate import gradient, potential
from oresight.market.clearing import solve
from oresight.market.records import Market
from oresight.market.synthetic import chain, labels, with_quota

spec = importlib.util.spec_from_file_location(
    "market_programme", Path(__file__).with_name("market_programme.py")
)
assert spec is not None and spec.loader is not None
market_programme = importlib.util.module_from_spec(spec)
spec.loader.exec_module(market_programme)
programme = market_programme.programme


def stressed(countries: int, stages: int, seed: int, quotas: int = 1) -> Market:
    """A random chain with binding quotas, a leak, capacities, a floor, a tariff and stock movements."""
    rng = np.random.default_rng(seed)
    market = chain(countries, stages, seed=seed)
    for at in range(quotas):
        market = with_quota(market, rng.uniform(0.2, 0.6), 0.1, 0.3, product=stages - 1 - at % stages)
    cap = market.capacity_max.copy()
    some = rng.random(cap.size) < 0.3
    cap[some] = (market.activity_level * rng.uniform(0.6, 1.05, cap.size))[some]
    base = market.demand_baseline.sum(axis=1)
    market = replace(
        market,
        capacity_max=cap,
        release=np.where(rng.random(base.size) < 0.3, 0.2 * base, 0.0),
        release_elasticity=np.full(base.size, 0.8),
        purchase=np.where(rng.random(base.size) < 0.3, 0.1 * base, 0.0),
        purchase_elasticity=np.full(base.size, 1.5),
    )
    return shocks.tariff(market, ["C01"], None, rate=0.25)


@pytest.mark.parametrize(("countries", "stages", "quotas"), [(12, 1, 1), (8, 2, 2), (6, 3, 3)])
@pytest.mark.parametrize("seed", [1, 2])
def test_clarabel_finds_the_same_prices_rents_and_objective(
    countries: int, stages: int, quotas: int, seed: int
) -> None:
    """market §7: 1e-4 in log price, 1e-8 in the objective."""
    market = replace(stressed(countries, stages, seed, quotas), release=np.zeros(countries * stages))
    found = solve(market)
    assert (found.quota_rent > 0).any() and (found.capacity_rent > 0).any()
    problem, x, y = programme(market, found)
    problem.solve(solver=cp.CLARABEL, tol_gap_rel=1e-9, tol_gap_abs=1e-9, tol_feas=1e-9)
    ours = np.log(found.node_price)
    assert np.abs(x.value - ours).max() < 1e-4
    assert np.abs(y.value - found.quota_rent).max() < 1e-4
    for variable, value in ((x, ours), (y, found.quota_rent)):
        variable.value = value
    other = [v for v in problem.variables() if v is not x and v is not y]
    best = problem.value
    rents = {v.id: v for v in other}
    for v in rents.values():
        v.value = np.where(np.isfinite(found.capacity_rent), found.capacity_rent, 0.0)
    assert problem.objective.value == pytest.approx(best, rel=1e-8)


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_the_potential_has_the_gradient_and_no_lower_point(seed: int) -> None:
    """market §1, §2: finite differences of Psi are the imbalances; scipy finds nothing below our minimum."""
    rng = np.random.default_rng(seed)
    market = stressed(5, 2, seed, 2)
    found = solve(market)
    x, y = np.log(found.node_price), found.quota_rent
    point, rents = x + rng.normal(0, 0.3, x.size), y + rng.uniform(0.1, 0.5, y.size)
    along_x, along_y = gradient(market, point, rents)
    step = 1e-5
    for n in range(0, x.size, 2):
        move = np.zeros(x.size)
        move[n] = step
        slope = (potential(market, point + move, rents) - potential(market, point - move, rents)) / (2 * step)
        assert slope == pytest.approx(along_x[n], rel=1e-5, abs=1e-5 * market.node_baseline[n])
    for q in range(y.size):
        move = np.zeros(y.size)
        move[q] = step
        slope = (potential(market, point, rents + move) - potential(market, point, rents - move)) / (2 * step)
        assert slope == pytest.approx(along_y[q], rel=1e-5, abs=1e-5 * market.quota_baseline[q])
    best = potential(market, x, y)

    def value(z: Any) -> float:
        return potential(market, z[: x.size], z[x.size :])

    def slope_of(z: Any) -> Any:
        return np.concatenate(gradient(market, z[: x.size], z[x.size :]))

    bounds = [(None, None)] * x.size + [(0, None)] * y.size
    start = np.concatenate([x, y]) + rng.normal(0, 0.2, x.size + y.size) * 0.5
    start[x.size :] = np.maximum(start[x.size :], 0)
    other = minimize(
        value,
        start,
        jac=slope_of,
        bounds=bounds,
        method="L-BFGS-B",
        options={"maxiter": 3000, "ftol": 1e-15, "gtol": 1e-7},
    )
    assert other.fun >= best - 1e-9 * abs(best)
    assert np.abs(other.x[: x.size] - x).max() < 1e-3


@pytest.mark.parametrize("seed", [6, 7, 8])
def test_the_conditions_solved_as_complementarity_by_scipy(seed: int) -> None:
    """market §2: Fischer-Burmeister equations with explicit capacity rents, from the baseline."""
    market = stressed(4, 2, seed, 2)
    nodes, quotas = market.node_product.size, len(market.quota_name)
    conditions, capped = market_programme.conditions_of(market)
    answer = least_squares(
        conditions,
        np.full(nodes + quotas + capped.size, 0.01),
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
        max_nfev=600,
    )
    assert np.abs(answer.fun).max() < 1e-7
    found = solve(market)
    assert np.abs(answer.x[:nodes] - np.log(found.node_price)).max() < 1e-5
    assert np.abs(answer.x[nodes : nodes + quotas] - found.quota_rent).max() < 1e-5
    assert np.allclose(answer.x[nodes + quotas :], found.capacity_rent[capped], atol=1e-4)


def pair(flow: Any, **changes: Any) -> Market:
    """A one-product market with one end use and no prior weight."""
    flow = np.asarray(flow, dtype=float)
    settings = {
        "demand_elasticity": 0.3,
        "supply_elasticity": 0.2,
        "choke": 10.0,
        "prior_weight": 0.0,
    } | changes
    net = ProductNetwork("x", "mine", 100.0, 2024, flow, np.ones(1), **settings)
    return market_from_network(labels(flow.shape[0]), ["u"], [net])


def test_closed_forms_of_one_buyer_and_one_supplier() -> None:
    """market §1, §3: supply loss, capacity with rent, quota with rent, tariff, demand beyond the choke."""
    one = pair([[0.0, 10.0], [0.0, 0.0]])
    ed, es = 0.3, 0.2
    lost = solve(shocks.capacity_loss(one, "C00", share=0.3))
    assert np.log(lost.node_price[0]) == pytest.approx(-np.log(0.7) / (ed + es), abs=1e-9)
    capped = solve(shocks.force_majeure(one, "C00", running=0.7))
    p = -np.log(0.7) / ed
    assert np.log(capped.node_price[0]) == pytest.approx(p, abs=1e-9)
    assert capped.capacity_rent[0] == pytest.approx(p - np.log(0.7) / es, abs=1e-9)
    held = solve(shocks.quota(one, ["C00"], None, share=0.7))
    assert np.log(held.pool_price[0]) == pytest.approx(p, abs=1e-9)
    assert np.log(held.node_price[0]) == pytest.approx(np.log(0.7) / es, abs=1e-9)
    assert held.quota_rent[0] == pytest.approx(p - np.log(0.7) / es, abs=1e-9)
    taxed = solve(shocks.tariff(one, ["C00"], None, rate=0.5))
    assert np.log(taxed.node_price[0]) == pytest.approx(-ed * np.log(1.5) / (ed + es), abs=1e-9)
    choked = solve(shocks.force_majeure(one, "C00", running=0.1))
    beyond = np.log(10) + (np.log(10) - ed * np.log(10)) / 4
    assert np.log(choked.pool_price[0]) == pytest.approx(beyond, abs=1e-9)


def test_closed_form_of_a_chain_and_of_a_joint_product() -> None:
    """market §1, §4: a refiner between one mine and one buyer; a by-product that hardly moves its supply."""
    ore = ProductNetwork(
        "x",
        "mine",
        20.0,
        2024,
        np.array([[10.0]]),
        np.ones(1),
        supply_elasticity=0.5,
        prior_weight=0.0,
    )
    metal = ProductNetwork(
        "x",
        "refine",
        100.0,
        2024,
        np.array([[8.0]]),
        np.ones(1),
        demand_elasticity=0.4,
        supply_elasticity=2.0,
        prior_weight=0.0,
        feeds=(Feed("x", "mine", 0.8),),
    )
    market = market_from_network(["A"], ["u"], [ore, metal])
    alpha, k, es, ed = 0.25, 2.0, 0.5, 0.4
    loss = np.log(0.6)
    c = solve(shocks.capacity_loss(market, "A", "x:mine", 0.4))
    # q = loss + es x (ore), q = k (z - alpha x) (metal), q = -ed z (buyer)
    system = np.array([[1, -es, 0], [1, k * alpha, -k], [1, 0, ed]])
    _, x, z = np.linalg.solve(system, [loss, 0, 0])
    assert np.log(c.node_price) == pytest.approx([x, z], abs=1e-9)
    host = ProductNetwork(
        "zinc",
        "refine",
        1000.0,
        2024,
        np.array([[100.0]]),
        np.ones(1),
        demand_elasticity=0.5,
        supply_elasticity=0.3,
        prior_weight=0.0,
    )
    minor = ProductNetwork(
        "germanium",
        "refine",
        1e6,
        2024,
        np.array([[0.01]]),
        np.ones(1),
        demand_elasticity=0.2,
        supply_elasticity=9.0,
        choke=1e6,
        prior_weight=0.0,
        host=("zinc", "refine"),
    )
    joint = market_from_network(["A"], ["u"], [host, minor])
    assert joint.output_share.tolist() == pytest.approx([1 / 1.1, 0.1 / 1.1])
    jumped = solve(shocks.demand_jump(joint, 1.5, products="germanium:refine"))
    s_h, s_b = 1 / 1.1, 0.1 / 1.1
    # q = 0.3 (s_h x_h + s_b x_b), q = -0.5 x_h, q = ln 1.5 - 0.2 x_b
    system = np.array([[1, -0.3 * s_h, -0.3 * s_b], [1, 0.5, 0], [1, 0, 0.2]])
    q, x_h, x_b = np.linalg.solve(system, [0, 0, np.log(1.5)])
    assert np.log(jumped.node_price) == pytest.approx([x_h, x_b], abs=1e-8)
    assert q < 0.05 and x_b > 1.8  # three times the price calls forth 3 % more


def test_large_theta_approaches_the_transport_programme_of_takayama_and_judge() -> None:
    """market §1: as theta grows flows cost no more than the linear programme's, log prices become its duals."""
    rng = np.random.default_rng(12)
    n = 6
    market = pair(np.ones((n, n)), demand_elasticity=0.0, supply_elasticity=400.0)
    wedge = rng.uniform(0.1, 1.0, n * n)
    cost = rng.uniform(0.0, 0.5, n)
    worth = market.products[0].unit_value
    need, most = n * worth * rng.uniform(0.6, 1.0, n), n * worth * rng.uniform(0.9, 1.6, n)
    demand = need[market.pool_country][:, None]
    supply = most[market.node_country]
    level = supply * np.exp(-400.0 * cost[market.node_country])
    flat = replace(
        market,
        link_wedge=wedge,
        demand_baseline=demand,
        activity_level=level,
        capacity_max=supply,
        activity_baseline=level,
    )
    by_supplier, by_buyer = np.zeros((n, n * n)), np.zeros((n, n * n))
    by_supplier[market.link_node, np.arange(n * n)] = 1
    by_buyer[market.link_pool, np.arange(n * n)] = 1
    price = wedge + cost[market.node_country[market.link_node]]
    answer = linprog(price, A_ub=by_supplier, b_ub=supply, A_eq=by_buyer, b_eq=demand[:, 0], method="highs")
    assert answer.status == 0
    gaps, off = [], []
    for theta in (10.0, 40.0, 160.0, 640.0):
        c = solve(replace(flat, products=tuple(replace(p, theta=theta) for p in flat.products)))
        gaps.append(c.flow * worth @ price / answer.fun - 1)
        off.append(np.abs(np.log(c.pool_price) - answer.eqlin.marginals).max())
    assert gaps[0] > gaps[1] > gaps[2] > abs(gaps[3]) and abs(gaps[3]) < 2e-3
    assert off[0] > off[1] > off[2] > off[3] and off[3] < 0.02
