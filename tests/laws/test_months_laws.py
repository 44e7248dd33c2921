"""Laws of the months model on random markets: rest, severity, mass, stocks, scale, seeds, no exposure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.market.calibration import ProductNetwork, market_from_network
from oresight.market.months import MonthsSetting, Path, simulate
from oresight.market.months_measures import Measure
from oresight.market.months_parameters import parameter_draws
from oresight.market.records import Floats, Market

RANGES = {
    "demand-elasticity-short": (0.1, 0.4),
    "demand-elasticity-long": (0.4, 1.0),
    "supply-elasticity-short": (0.05, 0.3),
    "supply-elasticity-long": (0.5, 1.5),
    "transform-elasticity": (0.2, 1.0),
    "theta": (3.0, 10.0),
    "choke-multiple": (8.0, 30.0),
    "tau-demand": (12.0, 36.0),
    "tau-supply": (24.0, 60.0),
    "kappa": (2.0, 6.0),
    "phi": (1.0, 4.0),
    "stock-elasticity": (0.5, 3.0),
    "tau-release": (2.0, 6.0),
    "lambda-expectation": (0.1, 0.4),
    "mu-trend": (0.0, 0.5),
    "threat-half-life": (6.0, 18.0),
    "licence-silence": (1.0, 4.0),
    "licence-throughput": (0.1, 1.0),
    "leak-all-destinations": (0.1, 0.4),
    "leak-targeted-ban": (0.3, 0.9),
    "home-squeeze": (0.0, 0.25),
    "home-squeeze-months": (12.0, 12.0),
    "project-success": (0.3, 0.9),
    "project-slip": (0.0, 3.0),
}
MONTHS, DRAWS = 10, 4

seeds = st.integers(0, 10_000)


def random_market(seed: int, scale: float = 1.0, prior_weight: float = 0.02) -> Market:
    """Four countries, two products, every one trading; the first makes most."""
    rng = np.random.default_rng(seed)
    networks = []
    for name in ("x", "y"):
        flow: Floats = scale * rng.lognormal(0.0, 1.0, (4, 4)) * np.array([[4.0], [1.0], [1.0], [0.5]])
        networks.append(
            ProductNetwork(
                name,
                "refine",
                float(rng.uniform(1e3, 1e5)),
                2024,
                flow,
                np.array([0.2, 0.8]),
                prior_weight=prior_weight,
            )
        )
    return market_from_network(("AAA", "BBB", "CCC", "DDD"), ("defence", "other"), networks, (0, 1))


def run(market: Market, *measures: Measure, seed: int = 1, months: int = MONTHS, draws: int = DRAWS) -> Path:
    return simulate(MonthsSetting(market, measures, months), parameter_draws(RANGES, draws, seed))


def quota(market: Market, share: float, effective: float = 1.0) -> Measure:
    """A cap on the first product, as a share of what the first country sends abroad."""
    links = market.links_between([0], ["AAA"], ["BBB", "CCC", "DDD"])
    tonnes = market.link_baseline[links].sum() / market.products[0].unit_value
    return Measure(
        "quota", "quota", 0, effective, suppliers=("AAA",), products=("x:refine",), cap=float(share * tonnes)
    )


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_without_measures_nothing_moves(seed: int) -> None:
    """market §5 in time: every price stays 1, every stock as it was."""
    path = run(random_market(seed))
    assert np.abs(path.price - 1.0).max() < 1e-8
    assert np.abs(path.node_price - 1.0).max() < 1e-8
    np.testing.assert_allclose(path.stock, np.broadcast_to(path.stock_start, path.stock.shape), rtol=1e-8)


@given(seeds, st.floats(0.05, 0.9), st.floats(0.05, 0.9))
@settings(max_examples=15, deadline=None)
def test_a_tighter_quota_never_lowers_the_price_abroad(seed: int, one: float, other: float) -> None:
    """market §6 in time, months §5: higher at once and on the whole; a higher boom may end in a deeper bust.

    With one buyer abroad. With several, those who buy little from the actor can gain while total purchases
    are more elastic than the choice of origin (stocks make them so).
    """
    flow = np.random.default_rng(seed).lognormal(0.0, 1.0, (2, 2)) * np.array([[4.0], [1.0]])
    flow[1, 0] = 0.0
    network = ProductNetwork("x", "refine", 1e4, 2024, flow, np.array([1.0]), prior_weight=0.0)
    market = market_from_network(("AAA", "OUT"), ("all",), (network,))
    loose, tight = (
        run(
            market,
            Measure("q", "quota", 0, 1, suppliers=("AAA",), cap=float(share * flow[0, 1])),
            seed=seed,
            months=24,
        ).price_of("x", "refine", "OUT")
        for share in (max(one, other), min(one, other))
    )
    gap = np.log(tight / loose)
    assert (gap[:3] >= -1e-6).all()
    assert (gap.mean(axis=0) >= -1e-6).all()


@given(seeds, st.floats(0.0, 0.9))
@settings(max_examples=15, deadline=None)
def test_mass_is_kept_and_stocks_are_never_negative(seed: int, share: float) -> None:
    """months §2, §7: output = use + private stock building - public releases, month by month, by product."""
    market = random_market(seed)
    release = Measure(
        "public",
        "release",
        2,
        3,
        suppliers=("BBB",),
        products=("x:refine",),
        rule="fixed",
        rate=0.5,
        stock=0.2,
    )
    path = run(market, quota(market, share), release)
    assert (path.stock >= 0).all() and (path.public_stock >= 0).all()
    for product in range(2):
        made = path.production[:, market.node_product == product].sum(axis=1) / 12
        pools = market.pool_product == product
        used = path.consumed[:, pools].sum(axis=1) / 12 + path.stock_change[:, pools].sum(axis=1)
        given_ = path.public_release[:, 0] if product == 0 else 0.0
        # months clear to 1e-6 of a node's sales; sums over nodes may be a few times as far apart
        np.testing.assert_allclose(made + given_, used, rtol=5e-6)
    grown = path.stock_start + np.cumsum(path.stock_change, axis=0)
    np.testing.assert_allclose(path.stock, grown, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(path.public_release.sum(axis=0), 0.2 - path.public_stock[-1], rtol=1e-9)


@given(seeds, st.floats(0.1, 10.0))
@settings(max_examples=8, deadline=None)
def test_scale_changes_no_price(seed: int, scale: float) -> None:
    """market §6: all quantities and caps times a constant leave prices alone."""
    one, many = random_market(seed), random_market(seed, scale)
    a, b = run(one, quota(one, 0.4)), run(many, quota(many, 0.4))
    np.testing.assert_allclose(a.price, b.price, rtol=1e-6)


@given(seeds)
@settings(max_examples=6, deadline=None)
def test_same_seed_same_path_and_draws_do_not_touch(seed: int) -> None:
    """Results are decided by the seed; a draw's path does not depend on which others run beside it."""
    market = random_market(seed)
    setting = MonthsSetting(market, (quota(market, 0.3),), MONTHS)
    draws = parameter_draws(RANGES, 8, seed)
    first, again = simulate(setting, draws), simulate(setting, parameter_draws(RANGES, 8, seed))
    np.testing.assert_array_equal(first.price, again.price)
    half = simulate(setting, {n: v[4:] for n, v in draws.items()})
    np.testing.assert_allclose(half.price, first.price[:, :, 4:], rtol=1e-7)


@given(seeds)
@settings(max_examples=6, deadline=None)
def test_a_threat_without_exposure_has_no_effect(seed: int) -> None:
    """months §3: an announcement by a country that nobody buys from moves nothing."""
    rng = np.random.default_rng(seed)
    flow = rng.lognormal(0.0, 1.0, (3, 3))
    flow[0, 1:] = 0.0
    market = market_from_network(
        ("AAA", "BBB", "CCC"),
        ("all",),
        (ProductNetwork("x", "refine", 1e4, 2024, flow, np.array([1.0]), prior_weight=0.0),),
    )
    path = run(market, Measure("words", "notice", 0, 0, suppliers=("AAA",)))
    assert (path.threat == 0).all()
    assert np.abs(path.price - 1.0).max() < 1e-8


@given(st.floats(0.1, 0.5), st.floats(0.51, 0.9))
@settings(max_examples=6, deadline=None)
def test_the_same_words_frighten_more_where_more_is_at_stake(small: float, large: float) -> None:
    """months §3: a notice alone raises the price, the more the greater the actor's share."""

    def first_price(share: float) -> Floats:
        flow = np.array([[50.0, 100.0 * share], [0.0, 100.0 * (1 - share)]])
        network = ProductNetwork("x", "refine", 1e4, 2024, flow, np.array([1.0]), prior_weight=0.0)
        market = market_from_network(("AAA", "OUT"), ("all",), (network,))
        path = run(market, Measure("words", "notice", 0, 0, suppliers=("AAA",)))
        first: Floats = path.price_of("x", "refine", "OUT")[0]
        return first

    assert (first_price(large) > first_price(small)).all()
    assert (first_price(small) > 1.0).all()


@pytest.mark.parametrize("kind", ["ban", "licence"])
def test_the_announcement_comes_before_the_cut(kind: str) -> None:
    """months §3: from announcement to effect prices rise by the threat alone, with exports still free."""
    market = random_market(5)
    measure = Measure("m", kind, 0, 4, suppliers=("AAA",))  # type: ignore[arg-type]
    path = run(market, measure)
    assert (path.allowed[:4] == 1).all() and (path.allowed[4] < 1).all()
    abroad = [market.pool_at(0, c) for c in ("BBB", "CCC", "DDD")]
    assert (path.price[0, abroad] > 1).all()
