"""Laws of the indicators: bounds, units, order (measure §1-§6)."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.measure.geopolrisk import ImportRows, geopolrisk
from oresight.measure.herfindahl import herfindahl, herfindahl_by_governance
from oresight.measure.n_minus_1 import n_minus_1
from oresight.measure.reliance import import_share, net_import_reliance
from oresight.measure.supply_risk import supply_risk

LAW = settings(max_examples=50, deadline=None)
amounts = st.lists(st.floats(0, 1e9), min_size=1, max_size=12).map(np.array)
seeds = st.integers(0, 2**32 - 1)


@LAW
@given(amounts, st.floats(1e-3, 1e3))
def test_concentration_lies_between_equal_and_single(output: np.ndarray, times: float) -> None:
    """measure §2"""
    index = float(herfindahl(output))
    holders = int((output > 0).sum())
    if output.sum() == 0:
        assert np.isnan(index)
        return
    assert 1 / holders - 1e-12 <= index <= 1 + 1e-12
    assert abs(float(herfindahl(times * output[::-1])) - index) < 1e-9
    assert float(herfindahl_by_governance(output, np.ones(output.size))) == np.float64(index)


@LAW
@given(seeds, st.integers(2, 8))
def test_merging_two_holders_never_lowers_concentration(seed: int, count: int) -> None:
    """measure §2"""
    output = np.random.default_rng(seed).exponential(size=count)
    merged = np.append(output[2:], output[0] + output[1])
    assert float(herfindahl(merged)) >= float(herfindahl(output)) - 1e-12


@LAW
@given(seeds, st.integers(1, 8))
def test_what_is_left_is_never_more_than_there_was(seed: int, count: int) -> None:
    """measure §5: gross N-1 lies below supply over demand, by at least the leader's even share."""
    random = np.random.default_rng(seed)
    made, used = random.exponential(size=(3, count)), random.exponential(size=(3, count))
    result = n_minus_1(made, used)
    ratio = made.sum(axis=1) / used.sum(axis=1)
    assert (result.gross >= -1e-12).all()
    assert (result.gross <= ratio * (1 - 1 / count) + 1e-12).all()
    if count > 1:
        assert (result.net >= result.gross - 1e-12).all()


@LAW
@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1e-3, 1e3))
def test_reliance_is_at_most_one_and_has_no_unit(
    made: float, bought: float, sold: float, times: float
) -> None:
    """measure §1"""
    value = float(net_import_reliance(made, bought, sold))
    other = float(net_import_reliance(times * made, times * bought, times * sold))
    if np.isnan(value):
        assert made + bought - sold <= 0
        return
    assert value <= 1 + 1e-9
    if made + bought - sold > 1e-6 * (made + bought + sold):
        assert abs(other - value) <= 1e-6 * max(1.0, abs(value))


@LAW
@given(seeds, st.integers(2, 8))
def test_import_share_grows_with_the_set(seed: int, count: int) -> None:
    """measure §1"""
    random = np.random.default_rng(seed)
    trade = random.exponential(size=(count, count)) * (random.random((count, count)) < 0.5)
    few = random.random(count) < 0.4
    more = few | (random.random(count) < 0.4)
    some = ~np.isnan(import_share(trade, few))
    assert (import_share(trade, more)[some] >= import_share(trade, few)[some] - 1e-12).all()


@LAW
@given(seeds)
def test_supply_risk_lies_between_its_sides_and_falls_with_recycling(seed: int) -> None:
    """measure §4"""
    random = np.random.default_rng(seed)
    world, own = random.uniform(0, 10, (2, 20))
    reliance, recycled, substitute = random.random((3, 20))
    risk = supply_risk(world, own, reliance, recycled, substitute)
    scale = (1 - recycled) * substitute
    assert (risk <= np.maximum(world, own) * scale + 1e-12).all()
    assert (risk >= np.minimum(world, own) * scale - 1e-12).all()
    assert (
        supply_risk(world, own, reliance, np.minimum(recycled + 0.1, 1), substitute) <= risk + 1e-12
    ).all()


@LAW
@given(seeds, st.integers(2, 8), st.floats(1e-2, 1e2))
def test_geopolrisk_is_a_share_without_unit(seed: int, count: int, times: float) -> None:
    """measure §3: 0..1, the same in kilograms, its factor in proportion to price."""
    random = np.random.default_rng(seed)
    rows = 3 * count
    made = random.exponential(size=(2, count)) * (random.random((2, count)) < 0.5)
    kind, supplier, buyer = (
        random.integers(0, 2, rows),
        random.integers(0, count, rows),
        random.integers(0, count, rows),
    )
    quantity, value = random.exponential(size=(2, rows))
    risk = random.random(count)
    one = geopolrisk(made, ImportRows(kind, supplier, buyer, quantity, value), risk)
    kilo = geopolrisk(times * made, ImportRows(kind, supplier, buyer, times * quantity, times * value), risk)
    dear = geopolrisk(made, ImportRows(kind, supplier, buyer, quantity, 3 * value), risk)
    np.testing.assert_allclose(kilo.score, one.score, rtol=1e-9)
    np.testing.assert_allclose(dear.factor, 3 * one.factor, rtol=1e-9)
    known = one.score[~np.isnan(one.score)]
    assert (known >= 0).all() and (known <= 1 + 1e-12).all()


@LAW
@given(seeds, st.integers(2, 6))
def test_a_region_of_one_is_its_country_and_trade_inside_is_safe(seed: int, count: int) -> None:
    """measure §3: the region of everybody has nobody outside to fear."""
    random = np.random.default_rng(seed)
    rows = 4 * count
    supplier = random.integers(0, count, rows)
    buyer = (supplier + random.integers(1, count, rows)) % count
    imports = ImportRows(np.zeros(rows, int), supplier, buyer, *random.exponential(size=(2, rows)))
    regions = np.vstack([np.eye(count, dtype=bool), np.ones((1, count), dtype=bool)])
    result = geopolrisk(random.exponential(size=(1, count)), imports, random.random(count), regions=regions)
    np.testing.assert_allclose(result.score[0, count : 2 * count], result.score[0, :count], atol=1e-12)
    assert abs(result.score[0, -1]) < 1e-12
