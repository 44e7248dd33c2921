"""The GeoPolRisk score and its characterisation factor: measure §3."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oresight.core.errors import DataError
from oresight.measure.herfindahl import herfindahl
from oresight.measure.reliance import ratio

Floats = NDArray[np.float64]
MISSING_GOVERNANCE = 0.5
"""Governance risk of a supplier that has none published [1]: the method's convention."""
COPPER = 0.409412948
"""Mean factor of copper, OECD countries 2017-2021: what one kg Cu-eq stands for (geopolrisk-py 2.0.1)."""


@dataclass(frozen=True)
class GeoPolRisk:
    """Scores of commodities x buyers.

    Args:
        score: (commodity, buyer) [1] probability-like, 0..1; nan where there is no supply or no trade record.
        factor: (commodity, buyer) [kg Cu-eq/kg]; nan where the score is, or nothing is imported and so no
            price.
        import_risk: (commodity, buyer) [1] governance-weighted import share.
        herfindahl: (commodity) [1] of the world's producers.
        price: (commodity, buyer) [USD/kg] value of imports over their weight; nan without imports.
    """

    score: Floats
    factor: Floats
    import_risk: Floats
    herfindahl: Floats
    price: Floats


@dataclass(frozen=True)
class ImportRows:
    """A year's imports as rows.

    Args:
        commodity, supplier, buyer: (row) positions on their axes.
        quantity: (row) [t]; nan counts as none.
        value: (row) [kUSD]; nan counts as none.
    """

    commodity: NDArray[np.int_]
    supplier: NDArray[np.int_]
    buyer: NDArray[np.int_]
    quantity: Floats
    value: Floats


def geopolrisk(
    production: Floats,
    imports: ImportRows,
    governance: ArrayLike,
    *,
    regions: NDArray[np.bool_] | None = None,
    covered: NDArray[np.bool_] | None = None,
    concentration: Floats | None = None,
) -> GeoPolRisk:
    """GeoPolRisk scores and factors of all commodities and buyers of one year at once.

    `score_A,n = HHI_A sum_i g_i f_A,in / (p_A,n + F_A,n)`, `factor = score x price / 0.409412948`   measure
    §3

    with f the imports of n from i, F their sum, p the output of n, HHI that of the world's producers, g the
    political-stability risk of i (0 best, 1 worst; 0.5 where none is published). A region is one buyer:
    members' imports and outputs add up, what they buy from each other stays in F but carries no risk.

    Args:
        production: p (commodity, country) [t/yr]; nan counts as none.
        imports: Rows of one year.
        governance: g (country) [1], 0..1; nan takes 0.5.
        regions: (region, country) flags of further buyers, after the countries on the buyer axis.
        covered: (commodity) whether the trade record holds the commodity at all. Where it does not the score
            is
            nan, unknown: the reference implementation then reports 0, no risk (germanium after 2016).
        concentration: (commodity) [1] the Herfindahl index where it is known from elsewhere.

    Returns:
        `GeoPolRisk`, buyers being countries, then regions. Where nobody supplies, nan (the reference says 0).

    Raises:
        DataError: A governance risk lies outside 0..1, a weight is negative, or shapes do not fit.

    Source:
        Gemechu et al. (2016), J. Industrial Ecology 20(1); Koyamparambath et al. (2024), Journal of Open
        Source Software, doi 10.21105/joss.09600; equal to geopolrisk-py 2.0.1 on its own data
        (benchmarks/geopolrisk_peer.py).

    >>> rows = ImportRows(*(np.array(v) for v in ([0], [0], [1], [6.0], [12.0])))
    >>> g = geopolrisk(np.array([[8.0, 2.0]]), rows, [0.5, 0.1])
    >>> g.score[0].round(4), float(g.price[0, 1])
    (array([0.   , 0.255]), 2.0)
    """
    made = np.nan_to_num(np.asarray(production, dtype=float))
    risk = np.asarray(governance, dtype=float)
    kinds, count = made.shape
    if risk.shape != (count,):
        raise DataError(f"governance has shape {risk.shape}, not ({count},)")
    if ((risk < 0) | (risk > 1)).any():
        raise DataError("a governance risk lies outside 0..1", "normalise: 0 most stable, 1 least")
    risk = np.where(np.isnan(risk), MISSING_GOVERNANCE, risk)
    quantity, value = np.nan_to_num(imports.quantity), np.nan_to_num(imports.value)
    if (made < 0).any() or (quantity < 0).any() or (value < 0).any():
        raise DataError("an output, quantity or value is negative", "mend the table")

    at = imports.commodity * count + imports.buyer
    dangerous = quantity * risk[imports.supplier]

    def added(rows: Floats) -> Floats:
        return np.asarray(np.bincount(at, rows, minlength=kinds * count), dtype=float).reshape(kinds, count)

    weighted, bought, paid = added(dangerous), added(quantity), added(value)
    if regions is not None:
        members = np.asarray(regions, dtype=float)
        inside = np.zeros((kinds, members.shape[0]))
        for r, flags in enumerate(np.asarray(regions, dtype=bool)):
            both = flags[imports.supplier] & flags[imports.buyer]
            inside[:, r] = np.bincount(imports.commodity[both], dangerous[both], minlength=kinds)
        weighted = np.hstack([weighted, weighted @ members.T - inside])
        bought, paid = (np.hstack([a, a @ members.T]) for a in (bought, paid))
        made_by = np.hstack([made, made @ members.T])
    else:
        made_by = made
    index = herfindahl(made, axis=1) if concentration is None else np.asarray(concentration, dtype=float)
    import_risk = ratio(np.maximum(weighted, 0.0), bought + made_by)
    if covered is not None:
        import_risk = np.where(np.asarray(covered, dtype=bool)[:, None], import_risk, np.nan)
    price = ratio(paid, bought)
    score = index[:, None] * import_risk
    return GeoPolRisk(score, score * price / COPPER, import_risk, index, price)
