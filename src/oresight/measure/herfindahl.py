"""Concentration of producers and of suppliers: measure §2."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oresight.core.errors import DataError
from oresight.measure.reliance import ratio

Floats = NDArray[np.float64]


def _shares(amount: ArrayLike, axis: int) -> Floats:
    """Amounts as shares of their sum along an axis; nan counts as none, an empty sum gives nan throughout."""
    amounts = np.nan_to_num(np.asarray(amount, dtype=float))
    if (amounts < 0).any():
        raise DataError("an amount is negative", "concentration needs amounts of zero or more")
    return ratio(amounts, amounts.sum(axis=axis, keepdims=True))


def herfindahl(amount: ArrayLike, axis: int = -1) -> Floats:
    """Herfindahl-Hirschman index of whatever lies along an axis.

    `HHI = sum_c s_c^2`, s the shares                                                        measure §2

    Args:
        amount: (..., country, ...) [t or USD]; nan counts as none.
        axis: The axis of those whose concentration is asked.

    Returns:
        (other dims) [1], 1/n..1, 1 for a single holder; nan where there is nothing.

    >>> float(herfindahl([50.0, 50.0])), float(herfindahl([7.0, 0.0]))
    (0.5, 1.0)
    """
    shares = _shares(amount, axis)
    return np.asarray((shares**2).sum(axis=axis))


def herfindahl_of_suppliers(trade: ArrayLike) -> Floats:
    """Herfindahl-Hirschman index of every buyer's foreign suppliers.

    `sum_i (T_ij / sum_k T_kj)^2`                                                            measure §2

    Args:
        trade: T (..., supplier, buyer) [t or USD]; the diagonal is ignored.

    Returns:
        (..., buyer) [1]; nan where nothing is imported.

    >>> herfindahl_of_suppliers([[0.0, 1.0], [0.0, 9.0]])
    array([nan,  1.])
    """
    flows = np.asarray(trade, dtype=float)
    return herfindahl(flows * ~np.eye(flows.shape[-1], dtype=bool), axis=-2)


def herfindahl_by_governance(
    amount: ArrayLike,
    risk: ArrayLike,
    factor: ArrayLike = 1.0,
    *,
    missing: float | None = None,
    axis: int = -1,
) -> Floats:
    """Concentration weighted by the governance risk of those who hold the shares.

    `HHI_W = sum_c s_c^2 w_c t_c`                                                            measure §2

    Args:
        amount: (..., country, ...) [t or USD]; nan counts as none.
        risk: w (same dims or broadcast) on the caller's scale, higher is worse: 0..1, or 0..10 for measure
            §4.
        factor: t (same dims or broadcast) [1], e.g. the EU's trade parameter.
        missing: Risk of a country without one; without it the result is nan where such a country has a share.
        axis: The axis of countries.

    Returns:
        (other dims) on the scale of `risk`; nan where there is nothing.

    Source:
        Blengini et al. (2017), doi 10.2760/73303, for the weighting; formula read in two independent open
        codes.

    >>> float(herfindahl_by_governance([1.0, 1.0], [4.0, 8.0]))
    3.0
    """
    shares = _shares(amount, axis)
    shares, worse, times = np.broadcast_arrays(
        shares, np.asarray(risk, dtype=float), np.asarray(factor, dtype=float)
    )
    if missing is not None:
        worse = np.where(np.isnan(worse), missing, worse)
    terms = np.where(shares == 0, 0.0, shares**2 * worse * times)
    return np.asarray(terms.sum(axis=axis))
