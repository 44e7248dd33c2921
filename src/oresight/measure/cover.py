"""How long stocks last: measure §6."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oresight.core.errors import DataError
from oresight.measure.reliance import ratio

DAYS_A_YEAR = 365.0


def cover(stock: ArrayLike, consumption: ArrayLike, *, shortfall: ArrayLike = 1.0) -> NDArray[np.float64]:
    """Days a stock lasts.

    `cover = 365 x stock / (consumption x shortfall)`                                        measure §6

    Args:
        stock: (any dims) [t contained]; nan where unknown.
        consumption: (same dims) [t contained/yr].
        shortfall: (same dims) [1], 0..1, the part of consumption the stock must replace: 1 with no supply at
            all, the exposure to a supplier when only that one stops.

    Returns:
        (same dims) [days]; nan where the stock is unknown or nothing has to be replaced.

    Raises:
        DataError: A stock or consumption is negative, or a shortfall lies outside 0..1.

    >>> float(cover(10.0, 100.0)), float(cover(10.0, 100.0, shortfall=0.5))
    (36.5, 73.0)
    """
    held, used, part = (np.asarray(a, dtype=float) for a in (stock, consumption, shortfall))
    if (held < 0).any() or (used < 0).any():
        raise DataError("a stock or consumption is negative", "mend the table")
    if ((part < 0) | (part > 1)).any():
        raise DataError("a shortfall lies outside 0..1", "give a share")
    return ratio(DAYS_A_YEAR * held, used * part)
