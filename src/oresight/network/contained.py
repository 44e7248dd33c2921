"""What reported gross weights contain of a commodity: network §1."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import DataError
from oresight.network.records import Floats


@dataclass(frozen=True)
class Band:
    """A figure with its range, all three arrays of one shape.

    Args:
        low, best, high: Ordered, element by element.
    """

    low: Floats
    best: Floats
    high: Floats


def contained_weight(gross: Floats, content: Band, share: Band | None = None) -> Band:
    """Contained weight of rows of trade.

    `contained = gross x share(hs, commodity) x content(hs, commodity)`                      network §1

    Args:
        gross: (row) [t gross]; nan where nobody knows.
        content: (row) [t contained per t gross] of the row's code; low, best, high; may exceed 1 only where
            the basis is heavier than the product (an oxide or carbonate basis for a metal).
        share: (row) [1] part of the row's code that is this commodity, for codes that hold several; none
            means 1.

    Returns:
        Contained weight (row) [t], low, best and high; nan where gross is.

    Raises:
        DataError: A factor is negative, missing or out of order.

    >>> one = np.array([1.0])
    >>> contained_weight(10 * one, Band(0.2 * one, 0.3 * one, 0.4 * one)).best
    array([3.])
    """
    share = share or Band(np.ones(1), np.ones(1), np.ones(1))
    for what, band in (("content", content), ("share", share)):
        parts = [np.asarray(v, dtype=float) for v in (band.low, band.best, band.high)]
        if not all(np.isfinite(p).all() and (p >= 0).all() for p in parts):
            raise DataError(f"a {what} factor is missing or negative", "mend its row in trade_codes")
        if (parts[0] > parts[1]).any() or (parts[1] > parts[2]).any():
            raise DataError(
                f"a {what} factor is not ordered low <= best <= high", "mend its row in trade_codes"
            )
    if (np.asarray(share.high) > 1).any():
        raise DataError("a share of a code above 1", "mend its row in trade_codes")
    return Band(
        np.asarray(gross * content.low * share.low),
        np.asarray(gross * content.best * share.best),
        np.asarray(gross * content.high * share.high),
    )


def trade_matrix(
    supplier: NDArray[np.int_], buyer: NDArray[np.int_], weight: Floats, countries: int
) -> Floats:
    """Rows of trade, of one or several codes, added up to a matrix.

    Args:
        supplier, buyer: (row) positions on the country axis.
        weight: (row) [t contained]; nan rows (no weight, no value) add nothing.
        countries: Length of the axis.

    Returns:
        T (supplier, buyer) [t].

    >>> trade_matrix(np.array([0, 0]), np.array([1, 1]), np.array([1.0, 2.0]), 2)
    array([[0., 3.],
           [0., 0.]])
    """
    flat = np.bincount(supplier * countries + buyer, np.nan_to_num(weight), minlength=countries**2)
    return np.asarray(flat, dtype=float).reshape(countries, countries)
