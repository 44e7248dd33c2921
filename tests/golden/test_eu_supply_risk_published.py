"""The EU's published supply risks of 2023, as far as their inputs are known (measure §4).

Source: European Commission, Study on the critical raw materials for the EU 2023 (doi 10.2873/725585), results by
material, read second-hand from an open extraction. Shares and governance scores behind them are not published
with the results, so two rules are checked that need none: one supplier, and the worse stage.
"""

import numpy as np
import pytest

from oresight.measure.supply_risk import sourcing_concentration, supply_risk, supply_risk_overall

# material: published SR of processing, SI_SR; all "GS only", EoL-RIR 1 %, China the only supplier
SINGLE_SUPPLIER = {
    "dysprosium": (5.6, 0.99),
    "erbium": (5.6, 1.0),
    "europium": (5.6, 1.0),
    "gadolinium": (3.3, 0.59),
    "holmium": (5.6, 1.0),
    "lutetium": (5.6, 1.0),
    "thulium": (5.6, 1.0),
    "ytterbium": (5.6, 1.0),
}
# terbium (4.9 at SI 0.92) and yttrium (3.5 at 0.90) are listed alike and do not follow: their world supply was
# taken as less than all from China, or the extraction errs; they are left out, not fitted

STAGES = {
    # material: SR extraction, SR processing, SR published
    "aluminium": (1.2, 0.5, 1.2),
    "antimony": (1.8, 0.7, 1.8),
    "beryllium": (1.8, 1.2, 1.8),
    "boron": (3.6, 1.4, 3.6),
    "chromium": (0.7, 0.6, 0.7),
    "cobalt": (2.8, 0.5, 2.8),
    "dysprosium": (5.3, 5.6, 5.6),
    "gallium": (np.nan, 3.9, 3.9),
    "germanium": (np.nan, 1.8, 1.8),
    "lithium": (0.8, 1.9, 1.9),
    "natural graphite": (1.8, np.nan, 1.8),
    "neodymium": (4.5, 3.7, 4.5),
    "nickel": (0.4, 0.5, 0.5),
    "niobium": (4.4, 3.8, 4.4),
    "tungsten": (0.5, 1.2, 1.2),
    "vanadium": (2.3, 1.7, 2.3),
}


def test_one_governance_score_explains_all_materials_with_one_supplier() -> None:
    """measure §4: the score read off dysprosium predicts the others within the rounding of both."""
    published, substitute = SINGLE_SUPPLIER["dysprosium"]
    score = published / (0.99 * substitute)
    assert 5.6 < score < 5.8
    for material, (published, substitute) in SINGLE_SUPPLIER.items():
        world = sourcing_concentration([1.0], [score])
        ours = float(supply_risk(world, np.nan, np.nan, 0.01, substitute))
        assert ours == pytest.approx(published, abs=0.1), material


def test_the_published_figure_is_that_of_the_worse_stage() -> None:
    """measure §4"""
    table = np.array([v[:2] for v in STAGES.values()])
    np.testing.assert_allclose(supply_risk_overall(table), [v[2] for v in STAGES.values()])
