"""impact §1-§4: losses add up, defence is served first, the banner loses too."""

import numpy as np
import pytest
from scipy.integrate import quad

from oresight.core.errors import StudyError
from oresight.market import shocks
from oresight.market.clearing import solve
from oresight.market.impact import (
    by_buyer,
    consumer_loss,
    impact,
    producer_surplus_change,
    served_by_priority,
    value_added_at_risk,
)
from oresight.market.synthetic import chain


def test_nothing_happens_in_the_unshocked_market() -> None:
    """impact §1, §2: all changes are zero at baseline."""
    found = impact(solve(chain(8, 3, seed=1)))
    for name in (
        "unserved",
        "unserved_defence_first",
        "consumer_loss",
        "import_bill_change",
        "surplus_change",
        "country_balance",
        "licence_rent",
    ):
        assert np.abs(getattr(found, name)).max() < 1e-6, name
    assert found.import_bill.sum() > 0


@pytest.mark.parametrize(
    ("price", "e", "z"), [(3.0, 0.2, 10.0), (25.0, 0.2, 10.0), (0.5, 1.0, 5.0), (np.inf, 0.3, 8.0)]
)
def test_consumer_loss_is_the_area_under_demand(price: float, e: float, z: float) -> None:
    """impact §2: against numerical integration, to infinity for a cut-off buyer."""

    def demand(p: float) -> float:
        return p**-e if p <= z else z**-e * (p / z) ** -4

    area = quad(demand, 1, min(price, z))[0] + (quad(demand, z, price)[0] if price > z else 0)
    assert consumer_loss(np.array(price), np.array(e), np.array(z)) == pytest.approx(area, rel=1e-8)


def test_defence_first_moves_the_shortage_and_keeps_the_total() -> None:
    """impact §1, §4: rank 0 goes short last."""
    market = chain(8, seed=2)
    big = market.countries[market.node_country[np.argmax(market.node_baseline)]]
    c = solve(shocks.ban(market, [big], None))
    found = impact(c)
    assert np.allclose(found.unserved.sum(axis=1), found.unserved_defence_first.sum(axis=1), atol=1e-9)
    short = found.unserved.sum(axis=1) > 1e-6
    assert (found.unserved_defence_first[short, 0] <= found.unserved[short, 0] + 1e-9).all()
    assert (found.unserved_defence_first[short, 2] > 0).all()
    equal = served_by_priority(np.array([3.0]), np.array([[2.0, 4.0]]))
    assert equal.tolist() == [[1.0, 2.0]]


def test_a_ban_loses_the_world_and_the_banner_money() -> None:
    """impact §2: buyers lose, the banner's rents and outlets go, the world sum is negative."""
    market = chain(8, seed=3)
    at = int(np.argmax(market.node_baseline))
    big = market.countries[market.node_country[at]]
    found = impact(solve(shocks.ban(market, [big], None)))
    place = market.country_at(big)
    assert found.surplus_change[market.activities_of(0, big)[0]] < 0
    assert found.country_balance.sum() < 0
    assert found.licence_rent[place] == 0
    held = impact(solve(shocks.quota(market, [big], None, share=0.6)))
    assert held.licence_rent[place] > 0 and held.licence_rent.sum() == pytest.approx(held.licence_rent[place])
    assert held.country_balance.sum() < 0 and held.country_balance.sum() > found.country_balance.sum()


def test_surplus_of_a_mine_is_the_area_left_of_its_supply() -> None:
    """impact §2: closed form for a maker without feed, with and without a cap, and after a loss."""
    market = chain(6, seed=4)
    up = shocks.demand_jump(market, 1.4)
    c = solve(up)
    k = market.activity_elasticity
    p0 = market.products[0].price_reference / market.products[0].unit_value
    node = market.output_node
    area = market.activity_level * p0 * (c.node_price[node] ** (1 + k) - 1) / (1 + k)
    assert producer_surplus_change(c) == pytest.approx(area, rel=1e-9)
    lost = solve(shocks.capacity_loss(market, "C02", share=0.5))
    a = int(market.activities_of(0, "C02")[0])
    price = lost.node_price[node[a]]
    expect = market.activity_level[a] * p0 / (1 + k[a]) * (0.5 * price ** (1 + k[a]) - 1)
    assert producer_surplus_change(lost)[a] == pytest.approx(expect, rel=1e-9)
    capped = solve(shocks.force_majeure(market, "C02", running=0.5))
    price, edge = capped.node_price[node[a]], 0.5 ** (1 / k[a])
    now = edge ** (1 + k[a]) / (1 + k[a]) + 0.5 * (price - edge)
    expect = market.activity_level[a] * p0 * (now - 1 / (1 + k[a]))
    assert producer_surplus_change(capped)[a] == pytest.approx(expect, rel=1e-9)


def test_a_tariff_fills_the_treasury_and_costs_the_world() -> None:
    """impact §2: duties are counted once, at the buyer."""
    market = chain(6, seed=5)
    found = impact(solve(shocks.tariff(market, ["C01"], ["C02"], rate=0.3)))
    assert found.tariff_revenue[2] > 0 and found.tariff_revenue.sum() == pytest.approx(
        found.tariff_revenue[2]
    )
    assert found.country_balance.sum() < 0


def test_value_added_at_risk_is_a_bound_by_the_scarcest_input() -> None:
    """impact §3: stocks and substitution shield, inputs do not add up."""
    added = np.array([[100.0, 50.0]])
    short = np.array([[[0.5, 0.2]], [[0.4, 1.0]]])
    needs = np.ones((2, 2))
    assert value_added_at_risk(added, short, needs).tolist() == [[50.0, 50.0]]
    assert value_added_at_risk(added, short, needs, 12.0, 12.0).max() == 0
    assert value_added_at_risk(added, short, needs, substitutable=1.0).max() == 0
    market = chain(4, 2, seed=1)
    c = solve(market)
    assert by_buyer(market, c.unserved_share).shape == (2, 4, 3)
    with pytest.raises(StudyError, match="longer than 0"):
        value_added_at_risk(added, short, needs, months=0)
