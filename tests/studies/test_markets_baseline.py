"""Calibrated markets of the catalogue: undisturbed, every price is 1 and every flow as observed (market §5)."""

import time

import numpy as np
import pytest

from oresight.catalog.store import read
from oresight.core.errors import DataError, StudyError
from oresight.market.clearing import solve
from oresight.market.records import Market
from oresight.studies.chains import chain
from oresight.studies.markets import (
    REST,
    all_commodities,
    baseline_price,
    elasticity,
    feed_cost_share,
    host_of,
    market,
    prior,
    regions,
    uses,
)

COMMODITIES = all_commodities()


def gap_from_baseline(kept: Market) -> float:
    """Greatest relative distance of any price and flow from the baseline, undisturbed."""
    found = solve(kept)
    assert found.converged
    assert not found.unserved_share.any() or found.unserved_share.max() < 1e-8
    worth = kept.unit_value[kept.node_product[kept.link_node]]
    usual = kept.link_baseline / worth
    whole = np.bincount(kept.link_pool, usual)[kept.link_pool]
    return max(
        float(np.abs(found.node_price - 1.0).max()),
        float(np.abs(found.pool_price - 1.0).max()),
        float((np.abs(found.flow - usual) / whole).max()),
    )


@pytest.mark.parametrize("commodity", COMMODITIES)
def test_undisturbed_market_is_the_baseline(commodity: str) -> None:
    """market §5, for every commodity of the catalogue with output by country."""
    assert gap_from_baseline(market([commodity], keep=("USA", "JPN", "CHN"))) <= 1e-8


def test_no_core_commodity_is_left_out() -> None:
    """Every commodity that takes part in results has a market, groups apart."""
    core = set(read("commodities").filter(decision="core")["id"])
    assert core - set(COMMODITIES) == set()


def test_the_coupled_world_market_is_the_baseline_and_quick() -> None:
    """market §4, §5: by-products tied to hosts, all commodities at once, cleared within half a second of work."""
    world = market(COMMODITIES, coupled=True)
    assert gap_from_baseline(world) <= 1e-8
    best = min(_cpu_seconds(world) for _ in range(3))
    assert best <= 0.5, f"{best:.2f} s for {world.node_product.size} nodes"


def _cpu_seconds(kept: Market) -> float:
    start = time.process_time()
    solve(kept)
    return time.process_time() - start


def test_by_products_are_joined_to_their_hosts_only_where_the_host_is_there() -> None:
    """market §4: gallium has no activity of its own beside alumina; without it, it has."""
    host = host_of("gallium")
    assert host is not None and host[0] == "aluminium"
    alone, joined = market(["gallium"]), market(["aluminium", "gallium"], coupled=True)
    assert (np.diff(alone.output_start) == 1).all()
    assert (np.diff(joined.output_start) > 1).any()


def test_countries_asked_for_stay_themselves() -> None:
    """Small users are joined into the rest of the world unless they are kept; tonnes are not lost."""
    plain, kept = market(["gallium"]), market(["gallium"], keep=("LUX", "CAN"))
    assert plain.countries[-1] == REST == kept.countries[-1]
    assert "CAN" in kept.countries
    assert plain.demand_baseline.sum() == pytest.approx(kept.demand_baseline.sum(), rel=1e-9)
    balanced = chain("gallium", 2024)
    assert balanced is not None
    assert len(regions([balanced], (), seen=1.1)) == 1


def test_figures_come_from_the_catalogue() -> None:
    """Prices, priors, uses and cost shares are rows; what is missing is refused by name."""
    row = read("baseline_prices").filter(commodity="gallium", stage="refine").row(0, named=True)
    assert baseline_price("gallium", "refine") == (row["usd_per_t"], row["year"])
    low, best, high = prior("choke-multiple")
    assert 1 < low < best < high
    assert sum(uses("gallium").share) == pytest.approx(1.0)
    low, best, high = elasticity("copper", "demand", "short")
    assert 0 < low <= best <= high
    with pytest.raises(DataError, match="no prior 'colour'"):
        prior("colour")
    with pytest.raises(DataError, match="no baseline price of gallium at mine"):
        baseline_price("gallium", "mine")
    with pytest.raises(DataError, match="no feed cost share"):
        feed_cost_share("cobalt", "mine")


def test_a_year_without_output_is_refused() -> None:
    """A market needs output by country; the year is named."""
    with pytest.raises((DataError, StudyError), match=r"1995|1996"):
        market(["gallium"], year=1995)
