"""All indicators of all commodities and countries of one year, well within a second (measure §1-§6)."""

import time

import numpy as np

from oresight.measure.cover import cover
from oresight.measure.geopolrisk import ImportRows, geopolrisk
from oresight.measure.herfindahl import herfindahl, herfindahl_of_suppliers
from oresight.measure.n_minus_1 import n_minus_1
from oresight.measure.reliance import import_share, net_import_reliance
from oresight.measure.supply_risk import sourcing_concentration, supply_risk


def test_one_year_of_everything() -> None:
    random = np.random.default_rng(0)
    kinds, count, rows = 60, 230, 40_000
    trade = random.exponential(size=(kinds, count, count)) * (random.random((kinds, count, count)) < 0.05)
    made = random.exponential(size=(kinds, count)) * (random.random((kinds, count)) < 0.1)
    kind, supplier, buyer = (random.integers(0, n, rows) for n in (kinds, count, count))
    imports = ImportRows(kind, supplier, buyer, *random.exponential(size=(2, rows)))
    risk = random.random(count)
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        share = import_share(trade, np.eye(count, dtype=bool)[0])
        reliance = net_import_reliance(made, trade.sum(axis=1), trade.sum(axis=2))
        suppliers, producers = herfindahl_of_suppliers(trade), herfindahl(made)
        scores = geopolrisk(made, imports, risk)
        official = supply_risk(
            sourcing_concentration(made, 10 * risk),
            np.nan,
            np.nan,
            random.random(kinds),
            random.random(kinds),
        )
        left = n_minus_1(made, random.exponential(size=(kinds, count)))
        days = cover(random.random((kinds, count)), made)
        times.append(time.perf_counter() - begin)
    assert (
        share.shape == reliance.shape == suppliers.shape == scores.score.shape == days.shape == (kinds, count)
    )
    assert producers.shape == official.shape == left.gross.shape == (kinds,)
    assert min(times) < 1.0
