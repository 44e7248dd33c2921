"""Net import reliance, apparent consumption and import shares (measure §1), cover (measure §6)."""

import numpy as np
import pytest

from oresight.core.errors import DataError
from oresight.measure.cover import cover
from oresight.measure.reliance import apparent_consumption, import_share, net_import_reliance


def test_the_books_of_one_country() -> None:
    """measure §1: 10 mined, 5 from scrap, 20 in, 8 out, 3 from stocks: 30 used, half of it net imports."""
    parts = {"secondary": 5.0, "stock_release": 3.0}
    assert float(apparent_consumption(10.0, 20.0, 8.0, **parts)) == 30.0
    assert float(net_import_reliance(10.0, 20.0, 8.0, **parts)) == pytest.approx(0.5)


def test_all_commodities_and_years_at_once() -> None:
    """measure §1: (commodity, country, year) in, the same out; unknown stays unknown, no use has no reliance."""
    made = np.array([[[10.0, np.nan], [0.0, 0.0]]])
    bought, sold = np.array([[[10.0, 5.0], [0.0, 4.0]]]), np.array([[[0.0, 0.0], [0.0, 1.0]]])
    result = net_import_reliance(made, bought, sold)
    np.testing.assert_allclose(result, [[[0.5, np.nan], [np.nan, 1.0]]])


def test_a_net_exporter_is_negative() -> None:
    """measure §1: USGS prints E."""
    assert float(net_import_reliance(100.0, 0.0, 60.0)) == pytest.approx(-1.5)


def test_a_coalition_does_not_import_from_itself() -> None:
    """measure §1: members 1 and 2; member 2 buys 6 from member 1 and 4 from supplier 0, who also sells 2 to 1."""
    trade = np.zeros((4, 4))
    trade[1, 2], trade[0, 2], trade[0, 1], trade[3, 1] = 6.0, 4.0, 2.0, 4.0
    supplier, members = np.eye(4, dtype=bool)[0], np.array([False, True, True, False])
    assert float(import_share(trade, supplier, members)) == pytest.approx(6 / 10)
    assert float(import_share(trade, supplier, members, within=True)) == pytest.approx(6 / 16)


def test_shares_of_all_suppliers_sum_to_one() -> None:
    """measure §1: over years too, the diagonal left out."""
    trade = np.random.default_rng(0).exponential(size=(3, 5, 5))
    total = sum(import_share(trade, np.eye(5, dtype=bool)[i]) for i in range(5))
    np.testing.assert_allclose(total, np.ones((3, 5)))


def test_impossible_trade_is_refused() -> None:
    with pytest.raises(DataError, match="negative"):
        import_share([[0.0, -1.0], [0.0, 0.0]], [True, False])
    with pytest.raises(DataError, match="do not fit"):
        import_share(np.zeros((2, 2)), [True, False, False])


def test_days_of_cover() -> None:
    """measure §6: a tenth of a year's use; with a third of supply gone it lasts three times as long."""
    assert float(cover(100.0, 1000.0)) == pytest.approx(36.5)
    assert float(cover(100.0, 1000.0, shortfall=1 / 3)) == pytest.approx(109.5)
    np.testing.assert_array_equal(np.isnan(cover([np.nan, 1.0, 0.0], [1.0, 0.0, 1.0])), [True, True, False])
    with pytest.raises(DataError):
        cover(-1.0, 1.0)
    with pytest.raises(DataError):
        cover(1.0, 1.0, shortfall=1.2)
