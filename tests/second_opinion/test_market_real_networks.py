"""market §1, §2, §7 on real networks: Clarabel and SciPy find the same prices and rents as our solver.

Each market is a commodity's balanced chain of the catalogue, under its largest supplier's restriction of every
stage and with capacities that bind elsewhere, so that quota rents and scarcity rents stand side by side.
"""

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import cvxpy as cp
import numpy as np
import pytest
from scipy.optimize import least_squares

from oresight.market import shocks
from oresight.market.clearing import solve
from oresight.market.records import Market
from oresight.studies import markets

spec = importlib.util.spec_from_file_location(
    "market_programme_real", Path(__file__).with_name("market_programme.py")
)
assert spec is not None and spec.loader is not None
market_programme = importlib.util.module_from_spec(spec)
spec.loader.exec_module(market_programme)

LARGEST = {
    "neodymium-praseodymium": "CHN",
    "cobalt": "COD",
    "tungsten": "CHN",
    "lithium": "CHN",
    "gallium": "CHN",
    "antimony": "CHN",
}


def restricted(commodity: str, seller: str, room: float, **settings: Any) -> Market:
    """A real market: exports of every stage held to 40 %, no sales to the United States beyond a leak of a
    tenth, and nobody else able to make more than `room` times the baseline output."""
    market = markets.market([commodity], keep=("USA",), **settings)
    for product in market.products:
        market = shocks.quota(
            market, [seller], None, product.name, share=0.4, leak=0.1, leak_elasticity=0.3, name="quota"
        )
        market = shocks.ban(market, [seller], ["USA"], product.name, leak=0.1, leak_elasticity=0.3)
    others = market.activity_country != market.country_at(seller)
    return replace(market, capacity_max=np.where(others, room * market.activity_level, np.inf))


@pytest.mark.parametrize("commodity", LARGEST)
@pytest.mark.parametrize("room", [1.0, 1.02])
def test_clarabel_finds_the_same_prices_rents_and_objective(commodity: str, room: float) -> None:
    """market §7: 1e-4 in log price and rent, 1e-8 in the objective."""
    market = restricted(commodity, LARGEST[commodity], room, seen=0.01)
    found = solve(market)
    assert found.converged and found.residual <= 1e-8
    assert (found.quota_rent > 1e-3).any()
    assert room > 1.0 or (found.capacity_rent > 1e-3).any()
    problem, x, y = market_programme.programme(market, found)
    problem.solve(solver=cp.CLARABEL, tol_gap_rel=1e-9, tol_gap_abs=1e-9, tol_feas=1e-9)
    assert problem.status == cp.OPTIMAL
    ours = np.log(found.node_price)
    assert np.abs(x.value - ours).max() < 1e-4
    assert np.abs(y.value - found.quota_rent).max() < 1e-4
    best = problem.value
    for variable in problem.variables():
        if variable is x:
            variable.value = ours
        elif variable is y:
            variable.value = found.quota_rent
        else:
            variable.value = np.where(np.isfinite(found.capacity_rent), found.capacity_rent, 0.0)
    assert problem.objective.value == pytest.approx(best, rel=1e-8)


@pytest.mark.parametrize("commodity", ["tungsten", "gallium"])
def test_clarabel_agrees_where_links_are_closed_for_good(commodity: str) -> None:
    """market §1, §3: a ban without a leak takes its links out; what is left has the same minimum."""
    market = shocks.ban(markets.market([commodity], keep=("USA",), seen=0.01), ["CHN"], ["USA", "JPN"])
    found = solve(market)
    problem, x, _ = market_programme.programme(market, found)
    problem.solve(solver=cp.CLARABEL, tol_gap_rel=1e-9, tol_gap_abs=1e-9, tol_feas=1e-9)
    closed = np.flatnonzero(market.link_weight == 0)
    assert closed.size > 0 and (found.flow[closed] == 0).all()
    assert np.abs(x.value - np.log(found.node_price)).max() < 1e-4


@pytest.mark.parametrize(("commodity", "seen"), [("gallium", 0.01), ("tungsten", 0.05)])
def test_the_conditions_of_a_small_real_market_solved_as_complementarity(commodity: str, seen: float) -> None:
    """market §2: Fischer-Burmeister equations by SciPy, from the baseline."""
    market = restricted(commodity, LARGEST[commodity], 1.01, seen=seen)
    conditions, capped = market_programme.conditions_of(market)
    nodes, quotas = market.node_product.size, len(market.quota_name)
    start = np.full(nodes + quotas + capped.size, 0.01)
    answer = least_squares(conditions, start, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=400)
    assert np.abs(answer.fun).max() < 1e-7
    found = solve(market)
    assert (found.quota_rent > 1e-3).any() and (found.capacity_rent > 1e-3).any()
    assert np.abs(answer.x[:nodes] - np.log(found.node_price)).max() < 1e-5
    assert np.abs(answer.x[nodes : nodes + quotas] - found.quota_rent).max() < 1e-5
    assert np.allclose(answer.x[nodes + quotas :], found.capacity_rent[capped], atol=1e-4)
