"""How much a restriction lets through, month by month: quotas, licences, bans, suspensions.

    allowed = min over measures in force of { cap / F0 | silence, then throughput | 0 }    months §5, §7
    leak    = leak share x (1 - allowed)                                                   months §6

A measure in force for part of a month counts for that part. Realised exports are never a cap: in 2011-12
only 53-61 % of the Chinese quota was filled.
"""

import numpy as np

from oresight.market.records import Floats


def in_force(month: int, start: Floats | float, end: Floats | float) -> Floats:
    """Part of a month [month, month + 1) that lies in [start, end) (draw) [1].

    >>> float(in_force(3, 3.25, np.inf)), float(in_force(3, 0.0, 3.5)), float(in_force(3, 4.0, np.inf))
    (0.75, 0.5, 0.0)
    """
    begin, stop = np.maximum(start, float(month)), np.minimum(end, month + 1.0)
    return np.asarray(np.clip(stop - begin, 0.0, 1.0))


def quota_allowed(month: int, start: float, end: float, share: Floats | float) -> Floats:
    """What a cap of `share` of baseline lets through in a month (draw) [1].              months §5

    >>> float(quota_allowed(0, 0.5, np.inf, 0.4))
    0.7
    """
    part = in_force(month, start, end)
    return np.asarray(1.0 + part * (np.minimum(share, 1.0) - 1.0))


def licence_allowed(month: int, start: float, end: float, silence: Floats, throughput: Floats) -> Floats:
    """What a licence regime lets through: nothing for `silence` months, then `throughput`.   months §5

    Args:
        month: Month counted from the first announcement.
        start, end: When the regime takes effect and when it is lifted [months]; end may be inf.
        silence: Months near zero while the first licences are examined (draw) [months].
        throughput: Share of baseline exports licensed afterwards (draw) [1].

    >>> two = np.array([2.0])
    >>> [float(licence_allowed(m, 0.0, np.inf, two, np.array([0.6]))[0]) for m in (0, 1, 2)]
    [0.0, 0.0, 0.6]
    """
    total = in_force(month, start, end)
    silent = in_force(month, start, np.minimum(start + silence, end))
    return np.asarray((1.0 - total) + (total - silent) * throughput)


def leak_share(allowed: Floats, leak: Floats) -> Floats:
    """What leaves outside the licence, as a share of baseline: leak x (1 - allowed).     months §6

    >>> leak_share(np.array([0.5]), np.array([0.3])).tolist()
    [0.15]
    """
    return np.asarray(leak * np.clip(1.0 - allowed, 0.0, 1.0))


def squeeze_factor(month: int, start: float, end: float, squeeze: Floats, over: Floats) -> Floats:
    """Output of the restricting country over baseline: 1 - squeeze, reached over some months.   market §6

    Args:
        squeeze: Greatest loss of output (draw) [1], 0..0.25.
        over: Months until it is reached (draw) [months].

    >>> squeeze_factor(5, 0.0, np.inf, np.array([0.24]), np.array([12.0])).round(3).tolist()
    [0.89]
    """
    if not start <= month + 0.5 < end:
        return np.ones_like(squeeze)
    return np.asarray(1.0 - squeeze * np.clip((month + 0.5 - start) / over, 0.0, 1.0))
