"""Months: what a path does under licences, quotas, baskets, suspensions, projects and public stocks."""

import numpy as np
import pytest

from oresight.core.errors import StudyError
from oresight.core.progress import Cancelled
from oresight.market.calibration import Feed, ProductNetwork, market_from_network
from oresight.market.months import MonthsSetting, Path, simulate
from oresight.market.months_measures import BOUNDED, QUANTILE, Measure, Rule
from oresight.market.months_parameters import PARAMETERS, parameter_draws
from oresight.market.records import Market

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


def two_regions(exports: float = 60.0, share: float = 0.6, priority: tuple[int, ...] = (0, 1)) -> Market:
    use = exports / share
    flow = np.array([[100.0, exports], [0.0, use - exports]])
    network = ProductNetwork(
        "gallium", "refine", 250_000.0, 2023, flow, np.array([0.1, 0.9]), prior_weight=0.01
    )
    return market_from_network(("CHN", "OUT"), ("defence", "other"), (network,), priority)


def run(market: Market, *measures: Measure, months: int = 24, draws: int = 16, seed: int = 3) -> Path:
    return simulate(MonthsSetting(market, measures, months), parameter_draws(RANGES, draws, seed))


LICENCE = Measure("licence", "licence", 0.0, 1.0, suppliers=("CHN",))


def test_licence_raises_outside_and_not_inside() -> None:
    """months §5, §3: outside prices rise at once by the threat, most after the licences; inside they do not."""
    path = run(two_regions(), LICENCE)
    outside, inside = path.price_of("gallium", "refine", "OUT"), path.price_of("gallium", "refine", "CHN")
    assert (outside[0] > 1.0).all()
    assert np.median(outside[6]) > 1.3
    assert np.median(inside[6]) < np.median(outside[6])
    assert path.restricted == ("licence gallium:refine",)


def test_flow_respects_the_licence() -> None:
    """months §5, §6: what crosses is at most throughput plus leak, so the outside lives on that and its own."""
    path = run(two_regions(), LICENCE, months=12)
    allowed = path.allowed[10, 0]
    assert (allowed <= 1).all() and (allowed >= 0.1 - 1e-12).all()
    made_outside = path.production[10, 1]
    use = path.consumed[10, 1] + 12 * path.stock_change[10, 1]
    draws = parameter_draws(RANGES, 16, 3)
    limit = 60.0 * 1.02 * (allowed + draws["leak-all-destinations"] * (1 - allowed))
    assert (use - made_outside <= limit + 1e-6).all()


def test_suspension_lets_prices_come_back() -> None:
    """months §7: a ban suspended after six months ends near where it began; one that stays does not."""
    stays = run(two_regions(), Measure("ban", "ban", 0, 0, suppliers=("CHN",)), months=36)
    ends = run(two_regions(), Measure("ban", "ban", 0, 0, ends=6, suppliers=("CHN",)), months=36)
    last_stays, last_ends = (np.median(p.price_of("gallium", "refine", "OUT")[-1]) for p in (stays, ends))
    assert last_ends < 1.2 < last_stays
    np.testing.assert_array_equal(stays.price[:6], ends.price[:6])


def test_one_rent_multiplies_the_cheap_product_more() -> None:
    """months §4: y = ln(1 + rho / p). Where all is imported the outside pays p + rho for each product."""
    flow = np.array([[50.0, 50.0], [0.0, 0.0]])
    networks = tuple(
        ProductNetwork(name, "refine", price, 2010, flow, np.array([1.0]), prior_weight=0.0)
        for name, price in (("cerium", 4_000.0), ("dysprosium", 150_000.0))
    )
    market = market_from_network(("CHN", "OUT"), ("all",), networks)
    path = run(market, Measure("quota", "quota", 0, 0, suppliers=("CHN",), cap=40.0), months=4)
    rent = path.rent[3, 0]
    assert (rent > 0).all()
    for product, price in (("cerium", 4_000.0), ("dysprosium", 150_000.0)):
        paid = path.price_of(product, "refine", "OUT")[3] * price
        at_home = path.price_of(product, "refine", "CHN")[3] * price
        np.testing.assert_allclose(paid - at_home, rent, rtol=1e-4)
    assert np.median(path.price_of("cerium", "refine", "OUT")[3]) > 3 * np.median(
        path.price_of("dysprosium", "refine", "OUT")[3]
    )


def test_targeted_ban_leaks_through_third_countries() -> None:
    """months §6: a ban on one buyer uses the leak of targeted bans and hardly moves the others."""
    flow = np.array([[100.0, 20.0, 60.0], [0.0, 10.0, 40.0], [0.0, 0.0, 0.0]])
    market = market_from_network(
        ("CHN", "USA", "OUT"), ("all",), (ProductNetwork("x", "refine", 1e4, 2024, flow, np.array([1.0])),)
    )
    path = run(market, Measure("ban", "ban", 0, 0, suppliers=("CHN",), buyers=("USA",)), months=12)
    usa, other = path.price_of("x", "refine", "USA"), path.price_of("x", "refine", "OUT")
    assert np.median(usa[6]) > np.median(other[6]) > 0.8
    assert (path.threat[0, market.pool_at(0, "OUT")] == 0).all()


def test_threat_is_the_exposure_and_halves() -> None:
    """months §3: T is the share of the outside that the actor supplies at announcement, halving every H."""
    path = run(two_regions(share=0.6), LICENCE)
    pool = path.market.pool_at(0, "OUT")
    weight = path.market.link_weight[path.market.links_between([0], ["CHN"], ["OUT"])][0]
    np.testing.assert_allclose(path.threat[0, pool], weight)
    half_life = parameter_draws(RANGES, 16, 3)["threat-half-life"]
    np.testing.assert_allclose(path.threat[6, pool], weight * 2.0 ** (-6 / half_life))


def test_threat_reaches_the_buyer_of_the_next_stage() -> None:
    """months §3, network §5: metal made outside of banned ore is exposed through its feed."""
    ore = np.array([[20.0, 30.0], [0.0, 70.0]])
    metal = np.array([[0.0, 20.0], [0.0, 100.0]])
    market = market_from_network(
        ("IDN", "OUT"),
        ("all",),
        (
            ProductNetwork("nickel", "mine", 6e3, 2013, ore, np.array([1.0]), prior_weight=0.0),
            ProductNetwork(
                "nickel", "refine", 14e3, 2013, metal, np.array([1.0]), prior_weight=0.0,
                feeds=(Feed("nickel", "mine", 1.0, 0.45),),
            ),
        ),
    )  # fmt: skip
    ban = Measure("ban", "ban", 0, 0, suppliers=("IDN",), products=("nickel:mine",))
    path = run(market, ban, months=12)
    pool = market.pool_at(1, "OUT")
    np.testing.assert_allclose(path.threat[0, pool], 0.3 * 100 / 120)
    ore_out, metal_out = path.price_of("nickel", "mine", "OUT"), path.price_of("nickel", "refine", "OUT")
    assert np.median(ore_out[9]) > np.median(metal_out[9]) > 1.0


@pytest.mark.parametrize("rule", ["fixed", "proportional", "priority"])
def test_public_stock_lowers_the_price_and_is_accounted_for(rule: Rule) -> None:
    """months §7: releases come out of the stock tonne by tonne, never more than there is."""
    market = two_regions()
    rate = 12.0 if rule == "fixed" else 0.5
    release = Measure(
        "public",
        "release",
        0,
        3,
        suppliers=("OUT",),
        rule=rule,
        rate=rate,
        stock=10.0,
    )
    without, given = run(market, LICENCE), run(market, LICENCE, release)
    out = given.public_release[:, 0]
    np.testing.assert_allclose(10.0 - np.cumsum(out, axis=0), given.public_stock[:, 0], atol=1e-9)
    assert (given.public_stock >= 0).all() and (out[:3] == 0).all() and (out[4] > 0).all()
    month = 5
    assert (given.price[month, 1] < without.price[month, 1]).all()
    if rule == "fixed":
        np.testing.assert_allclose(out[3:12].sum(axis=0), 9.0)


def test_project_arrives_and_lowers_the_price() -> None:
    """months §7: a certain project of 20 t/yr from month 6 lowers later prices, not earlier ones."""
    market = two_regions()
    project = Measure(
        "plant", "project", -6, 6, suppliers=("OUT",), amount={"gallium:refine": 20.0}, ramp=6, certain=True
    )
    without, with_plant = run(market, LICENCE), run(market, LICENCE, project)
    np.testing.assert_array_equal(without.price[:6], with_plant.price[:6])
    assert (with_plant.price[15, 1] < without.price[15, 1]).all()


def test_escalation_multiplies_the_throughput() -> None:
    """months §5: from its date to its end."""
    escalation = Measure("worse", "escalation", 10, 10, ends=14, suppliers=("CHN",), throughput=(0.5, 0.5))
    path = run(two_regions(), LICENCE, escalation)
    np.testing.assert_allclose(path.allowed[11], 0.5 * path.allowed[9])
    np.testing.assert_allclose(path.allowed[15], path.allowed[9])


def test_squeeze_cuts_output_at_home() -> None:
    """market §6: the drawn squeeze of home output is reached over twelve months."""
    calm = run(two_regions(), Measure("licence", "licence", 0, 1, suppliers=("CHN",), squeeze=0.0))
    tight = run(two_regions(), LICENCE)
    squeeze = parameter_draws(RANGES, 16, 3)["home-squeeze"]
    assert (tight.price[20, 0] >= calm.price[20, 0] - 1e-9).all()
    assert np.corrcoef(squeeze, tight.price[20, 0] / calm.price[20, 0])[0, 1] > 0.8


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (Measure("m", "quota", 0, 0, suppliers=("CHN",)), "without a cap"),
        (Measure("m", "ban", 0, 3, ends=1, suppliers=("CHN",)), "ends before"),
        (Measure("m", "ban", 0, 0, suppliers=("CHL",)), "unknown country"),
        (Measure("m", "ban", 0, 0, suppliers=("CHN",), products=("gold:refine",)), "unknown product"),
        (Measure("m", "project", 0, 0, suppliers=("OUT",)), "without tonnes"),
        (Measure("m", "release", 0, 0, suppliers=("OUT",)), "without a stock"),
        (Measure("m", "ban", 0, 0), "names no country"),
        (Measure("m", "ban", 0, 0, suppliers=("CHN",), buyers=("CHN",)), "touches no flow"),
    ],
)
def test_impossible_measures_are_refused(measure: Measure, said: str) -> None:
    if said == "touches no flow":
        measure = Measure("m", "ban", 0, 0, suppliers=("OUT",), buyers=("CHN",))
        flow = np.array([[1.0, 1.0], [0.0, 1.0]])
        market = market_from_network(
            ("CHN", "OUT"),
            ("all",),
            (ProductNetwork("gallium", "refine", 1.0, 2023, flow, np.array([1.0]), prior_weight=0.0),),
        )
    else:
        market = two_regions()
    with pytest.raises(StudyError, match=said):
        run(market, measure, months=1, draws=2)


def test_draws_need_every_range() -> None:
    with pytest.raises(StudyError, match="theta"):
        parameter_draws({n: r for n, r in RANGES.items() if n != "theta"}, 4, 0)
    draws = parameter_draws(RANGES, 4, 0)
    assert set(draws) == {*PARAMETERS, *(f"{n}{QUANTILE}" for n in BOUNDED)}


def test_a_run_can_be_cancelled() -> None:
    draws = parameter_draws(RANGES, 2, 0)
    with pytest.raises(Cancelled):
        simulate(MonthsSetting(two_regions(), (), 5), draws, lambda share, doing: share < 0.5)
