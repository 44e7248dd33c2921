"""How much of what a country uses comes from abroad, and from whom: measure §1."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oresight.core.errors import DataError

Floats = NDArray[np.float64]


def ratio(part: ArrayLike, whole: ArrayLike) -> Floats:
    """`part / whole` element by element; nan where the whole is not above zero or either is nan.

    >>> ratio([1.0, 1.0], [2.0, 0.0])
    array([0.5, nan])
    """
    top, bottom = np.broadcast_arrays(np.asarray(part, dtype=float), np.asarray(whole, dtype=float))
    with np.errstate(invalid="ignore"):
        some = bottom > 0
    return np.asarray(np.divide(top, bottom, out=np.full(top.shape, np.nan), where=some))


def apparent_consumption(
    primary: ArrayLike,
    imports: ArrayLike,
    exports: ArrayLike,
    *,
    secondary: ArrayLike = 0.0,
    stock_release: ArrayLike = 0.0,
) -> Floats:
    """Apparent consumption.

    `AC = primary + secondary + imports - exports + stock release`                           measure §1

    Args:
        primary: Output from mines or plants (any dims) [t contained/yr].
        imports, exports: At the same stage and basis (same dims) [t contained/yr].
        secondary: Output from old scrap (same dims) [t contained/yr].
        stock_release: Net withdrawal from government and industry stocks (same dims) [t/yr]; a stock build is
            negative.

    Returns:
        (same dims) [t/yr]; nan where any part is. It may be negative: then the books contradict each other.

    Source:
        USGS, Mineral Commodity Summaries, Appendix B. Recalled from the published definition, not re-read.

    >>> float(apparent_consumption(10.0, 20.0, 5.0, secondary=5.0))
    30.0
    """
    parts = (primary, secondary, imports, stock_release)
    return np.asarray(sum(np.asarray(p, dtype=float) for p in parts) - np.asarray(exports, dtype=float))


def net_import_reliance(
    primary: ArrayLike,
    imports: ArrayLike,
    exports: ArrayLike,
    *,
    secondary: ArrayLike = 0.0,
    stock_release: ArrayLike = 0.0,
) -> Floats:
    """Net import reliance as a share of apparent consumption.

    `NIR = (imports - exports + stock release) / AC`                                         measure §1

    Give it per stage: a refined-stage figure hides dependence on ore, and the other way round.

    Args:
        primary, imports, exports, secondary, stock_release: As in `apparent_consumption`.

    Returns:
        (same dims) [1]; 1 where all is imported, negative for a net exporter (USGS prints E); nan where
        apparent consumption is not above zero or unknown.

    Source:
        USGS, Mineral Commodity Summaries, Appendix B. Recalled from the published definition, not re-read.

    >>> net_import_reliance([10.0, 0.0], [20.0, 5.0], [10.0, 0.0])
    array([0.5, 1. ])
    """
    consumed = apparent_consumption(
        primary, imports, exports, secondary=secondary, stock_release=stock_release
    )
    net = np.asarray(imports, dtype=float) - np.asarray(exports) + np.asarray(stock_release)
    return ratio(net, consumed)


def import_share(
    trade: ArrayLike, supplier: ArrayLike, buyer: ArrayLike | None = None, *, within: bool = False
) -> Floats:
    """Share of imports that come from a supplier, of each buyer or of a group of buyers as one.

    `sum_{i in X} T_ij / sum_i T_ij`; for a group B, `sum_{i in X, j in B} T_ij / sum_{i, j in B} T_ij`
    measure §1

    Args:
        trade: T (..., supplier, buyer) [t or USD]; the diagonal is ignored; nan counts as no flow.
        supplier: X, flags (supplier).
        buyer: B, flags (buyer) to see as one; without it every buyer by itself.
        within: Whether what members of B sell each other counts as imports of B.

    Returns:
        (..., buyer), or (...) for a group [1]; nan where nothing is imported.

    >>> T = np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    >>> import_share(T, [True, False, False])
    array([ nan, 0.75, 0.  ])
    >>> float(import_share(T, [True, False, False], [False, True, True]))
    1.0
    """
    flows = np.nan_to_num(np.asarray(trade, dtype=float))
    count = flows.shape[-1]
    chosen = np.asarray(supplier, dtype=bool)
    if flows.shape[-2:] != (count, count) or chosen.shape != (count,):
        raise DataError(f"trade {flows.shape} and flags {chosen.shape} do not fit", "one axis of countries")
    if (flows < 0).any():
        raise DataError("a flow of trade is negative", "mend the table")
    flows = flows * ~np.eye(count, dtype=bool)
    if buyer is None:
        return ratio(flows[..., chosen, :].sum(axis=-2), flows.sum(axis=-2))
    group = np.asarray(buyer, dtype=bool)
    bought = flows[..., :, group].sum(axis=-1)
    if not within:
        bought = bought * ~group
    return ratio(bought[..., chosen].sum(axis=-1), bought.sum(axis=-1))
