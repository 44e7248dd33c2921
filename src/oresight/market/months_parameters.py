"""Parameters of the months: their names, and draws of them."""

from collections.abc import Mapping

import numpy as np

from oresight.core.errors import StudyError
from oresight.market.months_measures import BOUNDED, QUANTILE
from oresight.market.records import Floats

PARAMETERS = (
    "demand-elasticity-short",
    "demand-elasticity-long",
    "supply-elasticity-short",
    "supply-elasticity-long",
    "transform-elasticity",
    "theta",
    "choke-multiple",
    "tau-demand",
    "tau-supply",
    "kappa",
    "phi",
    "stock-elasticity",
    "tau-release",
    "lambda-expectation",
    "mu-trend",
    "threat-half-life",
    "licence-silence",
    "licence-throughput",
    "licence-escalation",
    "leak-all-destinations",
    "leak-targeted-ban",
    "home-squeeze",
    "home-squeeze-months",
    "project-success",
    "project-slip",
)
"""Parameters a simulation draws, by their names in the table `priors`. `licence-escalation` is a second,
independent draw of `licence-throughput`: an escalation multiplies what a licence lets through (months §5)."""


def parameter_draws(
    ranges: Mapping[str, tuple[float, float]], count: int, seed: int, extra: tuple[str, ...] = ()
) -> dict[str, Floats]:
    """Quasi-random draws, uniform between low and high, one Sobol dimension a parameter.

    Args:
        ranges: Low and high by parameter name; every name of `PARAMETERS` but the escalation is needed.
        count: Draws; seed: of the scrambling, recorded with every result.
        extra: Names of further dimensions, uniform in 0..1, for the caller's own use.

    Returns:
        One array (draw) per parameter and per extra name; of the parameters a measure may bound, also the
        quantile they stand at, so that a measure's own bounds are filled alike however the draws are cut.

    Raises:
        StudyError: A range is missing, or low is above high.

    >>> draws = parameter_draws({n: (1.0, 2.0) for n in PARAMETERS}, 8, seed=7)
    >>> bool((draws["theta"] >= 1).all() and (draws["theta"] <= 2).all()), draws["theta"].size
    (True, 8)
    """
    known = dict(ranges)
    if "licence-throughput" in known:
        known.setdefault("licence-escalation", known["licence-throughput"])
    missing = [n for n in PARAMETERS if n not in known]
    wrong = [n for n in PARAMETERS if n in known and not known[n][0] <= known[n][1]]
    if missing or wrong or count < 1:
        raise StudyError(
            f"no draws without a range for {', '.join(missing + wrong) or 'at least one draw'}",
            "give low <= high for every parameter of the months",
            {"missing": missing, "wrong": wrong, "draws": count},
        )
    from scipy.stats import qmc  # takes longer to import than all else here: for those who draw only

    names = (*PARAMETERS, *extra)
    points = qmc.Sobol(len(names), scramble=True, rng=seed).random_base2(int(np.ceil(np.log2(max(count, 2)))))
    points = points[:count]
    low = np.array([known[n][0] if n in PARAMETERS else 0.0 for n in names])
    high = np.array([known[n][1] if n in PARAMETERS else 1.0 for n in names])
    values = low + points * (high - low)
    drawn = {n: np.ascontiguousarray(values[:, at]) for at, n in enumerate(names)}
    return drawn | {f"{n}{QUANTILE}": np.ascontiguousarray(points[:, names.index(n)]) for n in BOUNDED}
