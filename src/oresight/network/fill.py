"""Trade nobody recorded, spread as evenly as output, use and the known import shares allow: network §3."""

import numpy as np

from oresight.core.errors import DataError
from oresight.network.reconcile import Reconciled, reconcile
from oresight.network.records import Confidence, Floats, StageNetwork

KNOWN_SHARE_WEIGHT = 40.0
"""Confidence in a published import share over that in a filled flow: it is known to a percent or two [1]."""


def fill(
    production: Floats,
    consumption: Floats,
    import_share: Floats | None = None,
    *,
    domestic_first: float = 1.0,
    confidence: Confidence | None = None,
) -> Reconciled:
    """A balanced stage without bilateral trade, by maximum entropy.

    Use is scaled to world output first. Home needs come first: `h_i = domestic_first x min(q_i, c_i)`
    crosses no border. The rest, `e_i = q_i - h_i` for sale and `m_j = c_j - h_j` wanted, is spread in
    proportion, `T_ij = s_ij m_j` where the buyer's shares are known and `T_ij ~ e_i m_j` elsewhere, then
    moved to balance exactly with output and use held firmly                              network §3

    Maximum entropy knows no allies and no distances: a flow it fills is the market's average, not a report.
    Name it as an assumption. Domestic first is itself one: of all splits it is the one with least trade, so
    it bounds dependence from below; `domestic_first=0` (all output in one world pool) bounds it from above.

    Args:
        production: (country) [t contained/yr], known everywhere.
        consumption: (country) [t contained/yr], known everywhere; only its shares matter.
        import_share: (supplier, buyer) [1] of a buyer's imports; nan where unknown. A buyer's known shares
            sum to at most 1; what is left goes to the suppliers whose share is unknown.
        domestic_first: Part of home needs met at home first [1], 0..1.
        confidence: Weights of the final balancing; a known share weighs `KNOWN_SHARE_WEIGHT` times as much
            as a filled flow.

    Returns:
        The balanced stage. Its grade says how far output, use and known shares had to move.

    Raises:
        DataError: Nobody produces or nobody uses; a share lies outside 0..1 or a buyer's sum exceeds 1.

    >>> f = fill(np.array([6.0, 2.0, 0.0]), np.array([2.0, 3.0, 3.0]))
    >>> f.network.trade[0].round(6)
    array([0., 1., 3.])
    """
    made, wanted = np.asarray(production, dtype=float), np.asarray(consumption, dtype=float)
    count = made.size
    if not (np.isfinite(made).all() and np.isfinite(wanted).all() and made.sum() > 0 and wanted.sum() > 0):
        raise DataError("output or use is unknown or nil", "fill needs both, for every country")
    if not 0 <= domestic_first <= 1:
        raise DataError(f"domestic_first is {domestic_first}", "give a share between 0 and 1")
    shares = np.full((count, count), np.nan) if import_share is None else np.array(import_share, dtype=float)
    if shares.shape != (count, count):
        raise DataError(f"import_share has shape {shares.shape}, not ({count}, {count})")
    np.fill_diagonal(shares, 0.0)
    known = ~np.isnan(shares)
    named = np.nansum(shares, axis=0)
    if (shares[known] < 0).any() or (named > 1 + 1e-9).any():
        raise DataError("import shares outside 0..1", "a buyer's shares sum to at most 1")

    wanted = wanted * (made.sum() / wanted.sum())
    home = domestic_first * np.minimum(made, wanted)
    offered, needed = made - home, wanted - home
    told = np.where(known & (shares > 0), shares, 0.0) * needed[None, :]
    # a known source that sells more than it has must buy it; what is not spoken for is spread evenly, the
    # buyer's own part of it staying at home
    spoken = told.sum(axis=1)
    left, transit = np.maximum(offered - spoken, 0.0), np.maximum(spoken - offered, 0.0)
    sellers = np.where(known & ~np.eye(count, dtype=bool), 0.0, left[:, None])
    reach = sellers.sum(axis=0)
    asked = needed * np.clip(1 - named, 0.0, 1.0) + transit
    even = np.divide(sellers * asked, reach, out=np.zeros((count, count)), where=reach > 0)
    np.fill_diagonal(even, 0.0)
    # output and use are held; flows beside the filled ones only where nothing else can balance
    trust = confidence or Confidence(100.0, 1.0, 100.0, unrecorded=10.0, unrecorded_share=1e-4)
    weight = np.where(told > 0, KNOWN_SHARE_WEIGHT, 1.0) * trust.trade
    firm = Confidence(
        trust.production, weight, trust.consumption, trust.unknown, trust.unrecorded, trust.unrecorded_share
    )
    return reconcile(StageNetwork(made, even + told, wanted), firm)
