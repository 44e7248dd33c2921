"""The European Union's supply risk: measure §4."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oresight.core.errors import DataError
from oresight.measure.herfindahl import herfindahl_by_governance

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Vintage:
    """What an edition of the EU methodology declares.

    Args:
        year: Year of the study.
        supply_risk_from: Supply risk from which a material may be critical [1].
        importance_from: Economic importance from which it may [1].
        governance_scale: Worst value of the scaled governance risk [1]; 0 is best.
    """

    year: int
    supply_risk_from: float
    importance_from: float
    governance_scale: float


VINTAGES = {year: Vintage(year, 1.0, 2.8, 10.0) for year in (2017, 2020, 2023)}
"""The formula is that of 2017 in all three editions; the data behind it changed."""


def sourcing_concentration(
    amount: ArrayLike, governance: ArrayLike, trade_factor: ArrayLike = 1.0, *, axis: int = -1
) -> Floats:
    """Concentration of supply weighted by governance and trade restrictions.

    `(HHI_WGI,t)_X = sum_c s_c^2 w_c t_c`, X global supply or EU sourcing                     measure §4

    Args:
        amount: (..., country, ...) [t]: world output, or what the EU sources (its own output included).
        governance: w (country) scaled 0..10, 10 worst, from the mean of the six governance dimensions; nan
            where none is published makes the result nan if that country supplies.
        trade_factor: t (country) [1]: 1 by default, 1.1-1.5 under export restrictions, 0.8 for EU members and
            partners by agreement.
        axis: The axis of countries.

    Returns:
        (other dims) [1], 0..15; nan where there is no supply.

    >>> float(sourcing_concentration([1.0], [5.7]))
    5.7
    """
    risk = np.asarray(governance, dtype=float)
    if ((risk < 0) | (risk > 10)).any():
        raise DataError("a governance risk lies outside 0..10", "scale it: 0 best, 10 worst")
    return herfindahl_by_governance(amount, risk, trade_factor, axis=axis)


def supply_risk(
    global_supply: ArrayLike,
    eu_sourcing: ArrayLike,
    import_reliance: ArrayLike,
    recycling_input_rate: ArrayLike,
    substitution_index: ArrayLike,
) -> Floats:
    """Supply risk of a material at one stage, EU methodology of 2017 (used in 2020 and 2023).

    `SR = [GS x IR/2 + EU x (1 - IR/2)] x (1 - EoL-RIR) x SI_SR`                             measure §4

    Args:
        global_supply: GS, `sourcing_concentration` of world supply (any dims) [1]; nan where unknown.
        eu_sourcing: EU, the same of what the EU sources (same dims) [1]; nan where unknown.
        import_reliance: IR (same dims) [1]; below 0 counts as 0 (a net exporter); needed only where both
            sides are known.
        recycling_input_rate: EoL-RIR (same dims) [1], 0..1.
        substitution_index: SI_SR (same dims) [1], 0..1; 1 means no substitute.

    Returns:
        (same dims) [1]; where one side is nan the other is used alone (the study's "GS only", "EU only"), nan
        where both are, or where a needed parameter is.

    Raises:
        DataError: A rate or an index lies outside 0..1.

    Source:
        European Commission, Study on the critical raw materials for the EU 2023, doi 10.2873/725585; Blengini
        et al. (2017), doi 10.2760/73303. Formula read in two independent open codes; parameters second-hand.

    >>> round(float(supply_risk(4.0, 2.0, 1.0, 0.0, 1.0)), 9)
    3.0
    >>> round(float(supply_risk(5.7, np.nan, np.nan, 0.01, 0.99)), 1)
    5.6
    """
    world, own, reliance = (np.asarray(a, dtype=float) for a in (global_supply, eu_sourcing, import_reliance))
    recycled = np.asarray(recycling_input_rate, dtype=float)
    substitute = np.asarray(substitution_index, dtype=float)
    for what, array in (("recycling input rate", recycled), ("substitution index", substitute)):
        if ((array < 0) | (array > 1)).any():
            raise DataError(f"a {what} lies outside 0..1", "give shares, not per cent")
    if (reliance > 1 + 1e-9).any():
        raise DataError("an import reliance above 1", "give a share, not per cent")
    world, own, reliance = np.broadcast_arrays(world, own, reliance)
    half = np.clip(reliance, 0.0, 1.0) / 2
    mixed = world * half + own * (1 - half)
    source = np.where(np.isnan(own), world, np.where(np.isnan(world), own, mixed))
    return np.asarray(source * (1 - recycled) * substitute)


def supply_risk_overall(by_stage: ArrayLike, axis: int = -1) -> Floats:
    """Supply risk of a material: that of its worse stage.

    `SR = max(SR_extraction, SR_processing)`                                                 measure §4

    Args:
        by_stage: (..., stage, ...) [1]; nan where a stage was not assessed.
        axis: The axis of stages.

    Returns:
        (other dims) [1]; nan where no stage was assessed.

    >>> supply_risk_overall([[1.8, 0.7], [np.nan, 3.9], [np.nan, np.nan]])
    array([1.8, 3.9, nan])
    """
    stages = np.asarray(by_stage, dtype=float)
    some = ~np.isnan(stages).all(axis=axis)
    worst = np.where(np.isnan(stages), -np.inf, stages).max(axis=axis)
    return np.asarray(np.where(some, worst, np.nan))
