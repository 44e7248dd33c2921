"""Look-through (network §4) and exposure (network §5) of chains small enough to follow with a finger."""

import numpy as np
import pytest

from oresight.core.errors import DataError
from oresight.network.exposure import as_flags, direct_share, exposure, exposure_to_each
from oresight.network.look_through import origin_share
from oresight.network.records import Chain, StageNetwork

MINE_LAND, HUB, REFINER, USER = range(4)


def ore_through_a_hub() -> StageNetwork:
    """MINE_LAND mines 10: 6 through HUB, 4 straight, all to REFINER."""
    trade = np.zeros((4, 4))
    trade[MINE_LAND, HUB] = trade[HUB, REFINER] = 6.0
    trade[MINE_LAND, REFINER] = 4.0
    return StageNetwork([10.0, 0.0, 0.0, 0.0], trade, np.zeros(4))


def metal() -> StageNetwork:
    """REFINER makes 8 of it, USER 2 from scrap; USER buys 6 and uses 8."""
    trade = np.zeros((4, 4))
    trade[REFINER, USER] = 6.0
    return StageNetwork([0.0, 0.0, 8.0, 2.0], trade, [0.0, 0.0, 2.0, 8.0])


def chain() -> Chain:
    scrap = np.zeros((1, 4))
    scrap[0, USER] = 1.0
    return Chain((ore_through_a_hub(), metal()), [0.8], scrap)


def test_transit_vanishes() -> None:
    """network §4: the hub ships 60 % of the refiner's ore and is the origin of none."""
    shares = origin_share(ore_through_a_hub())
    np.testing.assert_allclose(shares[:, REFINER], [1.0, 0.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(shares[:, HUB], [1.0, 0.0, 0.0, 0.0], atol=1e-12)
    assert np.isnan(shares[:, USER]).all()


def test_a_circle_of_trade_without_a_producer_is_its_own_origin() -> None:
    """network §4: two countries sell each other what neither made; a third buys from them."""
    circle = StageNetwork([0.0, 0.0, 0.0], [[0, 5, 2], [5, 0, 0], [0, 0, 0]], [0.0, 0.0, 2.0])
    shares = origin_share(circle)
    np.testing.assert_allclose(shares.sum(axis=0), 1.0)
    assert (shares[2] == 0).all()


@pytest.mark.parametrize(
    ("suppliers", "total", "mined", "refined", "transit", "direct"),
    [
        # three quarters of the user's metal are bought; all of that was mined in MINE_LAND
        ([MINE_LAND], 0.75, 0.75, 0.0, 0.0, 0.0),
        ([HUB], 0.45, 0.0, 0.0, 0.45, 0.0),
        ([REFINER], 0.75, 0.0, 0.75, 0.0, 0.75),
        ([MINE_LAND, REFINER], 0.75, 0.75, 0.75, 0.0, 0.75),
        ([USER], 0.25, 0.0, 0.25, 0.0, 0.0),  # its own scrap is melted at home
        ([], 0.0, 0.0, 0.0, 0.0, 0.0),
    ],
)
def test_exposure_of_the_user(
    suppliers: list[int], total: float, mined: float, refined: float, transit: float, direct: float
) -> None:
    """network §5"""
    seen = exposure(chain(), suppliers)
    assert seen.total[USER] == pytest.approx(total)
    assert seen.made[:, USER] == pytest.approx([mined, refined])
    assert seen.transit[USER] == pytest.approx(transit)
    assert seen.direct[USER] == pytest.approx(direct)
    assert seen.names == ("mine", "refine")


def test_each_supplier_at_once() -> None:
    """network §5"""
    np.testing.assert_allclose(exposure_to_each(chain())[:, USER], [0.75, 0.45, 0.75, 0.25], atol=1e-12)


def test_a_buyer_among_the_suppliers_counts_only_what_touches_them() -> None:
    """network §5: the refiner's own output is made in it; nothing else of USER's is."""
    seen = exposure(chain(), [REFINER, USER])
    assert seen.total[USER] == pytest.approx(1.0)
    foreign = exposure(StageNetwork([5.0, 3.0], [[0.0, 5.0], [0.0, 0.0]], [0.0, 8.0]), [1])
    assert foreign.total[1] == pytest.approx(3 / 8)


def test_a_plant_without_recorded_ore_is_fed_by_the_world() -> None:
    """network §5: half the world's ore is mined in 0, so half of what 2 refines is."""
    mine = StageNetwork([5.0, 5.0, 0.0], np.zeros((3, 3)), [5.0, 5.0, 0.0])
    refine = StageNetwork([0.0, 0.0, 4.0], np.zeros((3, 3)), [0.0, 0.0, 4.0])
    both = Chain((mine, refine), [1.0])
    assert exposure(both, [0]).total[2] == pytest.approx(0.5)
    assert exposure_to_each(both)[0, 2] == pytest.approx(0.5)


def test_sets_of_suppliers_by_position_or_flag() -> None:
    np.testing.assert_array_equal(as_flags([0, 2], 3), [True, False, True])
    np.testing.assert_array_equal(as_flags(np.array([True, False, True]), 3), [True, False, True])
    for bad in ([3], [-1], np.array([True])):
        with pytest.raises(DataError):
            as_flags(bad, 3)
    with pytest.raises(DataError, match="supply or of imports"):
        direct_share(metal(), [0], of="value")
