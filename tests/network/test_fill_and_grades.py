"""Filling trade nobody recorded, and grading what was (network §3)."""

import time

import numpy as np
import pytest

from oresight.core.errors import DataError
from oresight.network.fill import fill
from oresight.network.reconcile import GRADES, grade, reconcile, reconcile_chain
from oresight.network.records import Chain, Confidence, StageNetwork


def test_filled_trade_spreads_sellers_over_buyers() -> None:
    """network §3: home first, the rest in proportion: rows and columns meet, nobody both buys and sells."""
    made, used = np.array([60.0, 30.0, 10.0, 0.0]), np.array([10.0, 40.0, 30.0, 20.0])
    stage = fill(made, used).network
    np.testing.assert_allclose(stage.exports, [50.0, 0.0, 0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(stage.imports, [0.0, 10.0, 20.0, 20.0], atol=1e-6)
    np.testing.assert_allclose(stage.production, made, rtol=1e-9)


def test_known_import_shares_are_kept() -> None:
    """network §3: the buyer that publishes its sources gets them; the others share what is left."""
    made, used = np.array([50.0, 50.0, 0.0, 0.0]), np.array([0.0, 0.0, 50.0, 50.0])
    shares = np.full((4, 4), np.nan)
    shares[0, 2], shares[1, 2] = 0.2, 0.8
    stage = fill(made, used, shares).network
    np.testing.assert_allclose(stage.trade[:2, 2], [10.0, 40.0], rtol=1e-6)
    np.testing.assert_allclose(stage.trade[:2, 3], [40.0, 10.0], rtol=1e-6)


def test_what_a_partly_known_buyer_leaves_goes_to_the_others() -> None:
    """network §3"""
    made, used = np.array([60.0, 30.0, 30.0, 0.0]), np.array([20.0, 0.0, 0.0, 100.0])
    shares = np.full((4, 4), np.nan)
    shares[0, 3] = 0.4
    stage = fill(made, used, shares).network
    assert stage.trade[0, 3] == pytest.approx(40.0, rel=1e-3)
    assert stage.trade[1, 3] == pytest.approx(stage.trade[2, 3])


def test_a_known_source_without_a_mine_passes_on_what_it_buys() -> None:
    """network §3: the buyer names 1, which makes only what it uses: 1 buys from 0 and sells on."""
    shares = np.full((3, 3), np.nan)
    shares[1, 2] = 0.5
    done = fill(np.array([60.0, 10.0, 0.0]), np.array([20.0, 10.0, 40.0]), shares)
    np.testing.assert_allclose(done.network.trade[[0, 0, 1], [1, 2, 2]], [20.0, 20.0, 20.0], rtol=0.01)
    assert done.unrecorded.total < 0.1


def test_one_world_pool_is_trade_in_proportion() -> None:
    """network §3: nobody first: everybody uses the same mix, own part included."""
    made, used = np.array([60.0, 40.0, 0.0]), np.array([30.0, 50.0, 20.0])
    trade = fill(made, used, domestic_first=0.0).network.trade
    even = np.outer(made, used) / 100.0
    np.testing.assert_allclose(trade, even - np.diag(np.diag(even)), atol=1e-6)


def test_domestic_first_bounds_trade_from_below() -> None:
    """network §3"""
    made, used = np.array([60.0, 40.0, 0.0]), np.array([30.0, 50.0, 20.0])
    trade = [fill(made, used, domestic_first=d).network.trade.sum() for d in (1.0, 0.5, 0.0)]
    assert trade[0] < trade[1] < trade[2]


def test_world_use_is_scaled_to_world_output() -> None:
    """network §3: only the shares of use matter."""
    made = np.array([6.0, 4.0, 0.0])
    one, other = fill(made, np.array([1.0, 1.0, 2.0])), fill(made, np.array([10.0, 10.0, 20.0]))
    np.testing.assert_allclose(one.network.trade, other.network.trade, rtol=1e-9)
    assert one.network.consumption.sum() == pytest.approx(10.0, rel=1e-3)


@pytest.mark.parametrize(
    ("made", "used", "shares", "first"),
    [
        ([0.0, 0.0], [1.0, 1.0], None, 1.0),
        ([1.0, np.nan], [1.0, 1.0], None, 1.0),
        ([1.0, 1.0], [0.0, 0.0], None, 1.0),
        ([1.0, 0.0], [0.0, 1.0], [[0.0, 1.4], [0.0, 0.0]], 1.0),
        ([1.0, 0.0], [0.0, 1.0], [[0.0, -0.1], [0.0, 0.0]], 1.0),
        ([1.0, 0.0], [0.0, 1.0], [[0.0]], 1.0),
        ([1.0, 0.0], [0.0, 1.0], None, 1.5),
    ],
)
def test_nothing_to_fill_from_is_refused(made: list, used: list, shares: list | None, first: float) -> None:
    with pytest.raises(DataError):
        fill(
            np.array(made), np.array(used), None if shares is None else np.array(shares), domestic_first=first
        )


def test_grades_follow_the_share_moved() -> None:
    """network §3: thresholds as declared, worst grade of a chain its own."""
    assert [grade(most) for _, most in GRADES] == ["A", "B", "C"]
    assert [grade(most + 1e-9) for _, most in GRADES] == ["B", "C", "D"]
    good = StageNetwork([2.0, 0.0], [[0.0, 1.0], [0.0, 0.0]], [1.0, 1.0])
    bad = StageNetwork([100.0, 0.0], [[0.0, 0.0], [0.0, 0.0]], [0.0, 90.0])
    assert reconcile(good).grade == "A"
    assert reconcile_chain(Chain((bad, good), [1.0])).grade == "D"


def test_an_exporter_without_recorded_output_made_it_itself() -> None:
    """network §3: nothing made, nothing bought, ten sold: unrecorded output carries most of it."""
    done = reconcile(StageNetwork([0.0, 0.0], [[0.0, 10.0], [0.0, 0.0]], [0.0, 10.0]))
    assert done.unrecorded.production[0] == pytest.approx(done.network.trade[0, 1])
    assert 5.0 < done.network.trade[0, 1] < 10.0
    assert done.unrecorded.trade.sum() == 0


def test_a_user_without_recorded_supply_bought_from_the_producers() -> None:
    """network §3"""
    done = reconcile(StageNetwork([30.0, 10.0, 0.0], np.zeros((3, 3)), [20.0, 5.0, 15.0]))
    bought = done.unrecorded.trade[:, 2]
    assert bought[0] > bought[1] > 0 and bought[2] == 0
    assert np.abs(done.network.imbalance()).max() < 1e-9


def test_unknown_use_is_what_is_left() -> None:
    """network §3: with use unknown a consistent trade record stays as it is."""
    books = StageNetwork([10.0, 0.0], [[0.0, 6.0], [0.0, 0.0]], [np.nan, np.nan])
    done = reconcile(books)
    np.testing.assert_allclose(done.network.consumption, [4.0, 6.0], rtol=1e-9)
    assert np.isnan(done.moved.consumption).all() and done.grade == "A"


def test_refined_output_pulls_ore_to_where_it_is_needed() -> None:
    """network §3: the refiner's ore use is its output over the recovery, exactly."""
    mine = StageNetwork([100.0, 0.0], [[0.0, 55.0], [0.0, 0.0]], [0.0, 0.0])
    refine = StageNetwork([30.0, 50.0], [[0.0, 0.0], [20.0, 0.0]], [np.nan, np.nan])
    done = reconcile_chain(Chain((mine, refine), [0.8])).chain
    ore, metal = done.stages
    used = ore.pool - ore.exports - ore.consumption
    np.testing.assert_allclose(used, metal.production / 0.8, rtol=1e-9)


def test_a_network_of_two_hundred_countries_takes_milliseconds() -> None:
    """network §3: the whole catalogue over thirty years is 1,800 of these."""
    random = np.random.default_rng(3)
    count = 200
    made = np.where(random.random(count) < 0.8, 0.0, np.exp(random.normal(3, 2, count)))
    trade = np.where(random.random((count, count)) < 0.9, 0.0, np.exp(random.normal(0, 2, (count, count))))
    books = StageNetwork(made, trade, np.full(count, np.nan))
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        done = reconcile(books, Confidence())
        times.append(time.perf_counter() - begin)
    assert done.residual <= 1e-9
    assert min(times) < 0.5


def test_one_confidence_for_all_stages_or_one_for_each() -> None:
    """network §3"""
    one = StageNetwork([2.0, 0.0], [[0.0, 1.0], [0.0, 0.0]], [1.0, 1.0])
    with pytest.raises(DataError, match="2 confidences for 1 stages"):
        reconcile_chain(Chain((one,)), (Confidence(), Confidence()))
    assert reconcile_chain(Chain((one,)), (Confidence(),)).grade == "A"
