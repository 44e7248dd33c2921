"""The frozen records of a physical network: one stage, a chain of stages, how far to trust the books.

Countries are positions on one axis shared by all arrays of a record. Weights are contained tonnes a year.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import DataError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def _floats(what: str, values: object, shape: tuple[int, ...] | None, *, unknown: bool = False) -> Floats:
    """Values as floats of that shape; raises `DataError` where negative, infinite or (unless allowed) nan."""
    array = np.array(values, dtype=float)
    if shape is not None and array.shape != shape:
        raise DataError(f"{what} has shape {array.shape}, not {shape}", facts={"what": what})
    bad = (array < 0) | np.isinf(array)
    if not unknown:
        bad |= np.isnan(array)
    if bad.any():
        at = tuple(int(k) for k in np.argwhere(bad)[0])
        raise DataError(
            f"{what} at {at} is {array[at]}, not a weight",
            "weights are finite and not negative; screen the trade first (network §2)",
            {"what": what, "at": list(at)},
        )
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class StageNetwork:
    """One commodity at one stage in one year: who makes, ships and uses it.

    Balanced where `production_i + sum_k trade_ki = consumption_i + sum_j trade_ij`         network §3

    Args:
        production: (country) [t contained/yr]; nan where nobody knows.
        trade: (supplier, buyer) [t contained/yr]; the diagonal is set to zero, home use crosses no border.
        consumption: (country) [t contained/yr] use beyond feeding the next stage of a chain; nan where nobody
            knows, which is the rule rather than the exception.

    Raises:
        DataError: A weight is negative or infinite, a trade flow is nan, or the shapes differ.
    """

    production: Floats
    trade: Floats
    consumption: Floats

    def __post_init__(self) -> None:
        production = _floats("production", self.production, None, unknown=True)
        if production.ndim != 1:
            raise DataError(f"production has shape {production.shape}, not (country,)")
        count = production.shape[0]
        trade = np.array(_floats("trade", self.trade, (count, count)))
        np.fill_diagonal(trade, 0.0)
        trade.setflags(write=False)
        object.__setattr__(self, "production", production)
        object.__setattr__(self, "trade", trade)
        object.__setattr__(
            self, "consumption", _floats("consumption", self.consumption, (count,), unknown=True)
        )

    @property
    def countries(self) -> int:
        """Length of the country axis."""
        return int(self.production.shape[0])

    @property
    def imports(self) -> Floats:
        """What each country buys abroad (country) [t/yr]."""
        return np.asarray(self.trade.sum(axis=0))

    @property
    def exports(self) -> Floats:
        """What each country sells abroad (country) [t/yr]."""
        return np.asarray(self.trade.sum(axis=1))

    @property
    def pool(self) -> Floats:
        """Own output and imports (country) [t/yr], an unknown output counted as none; network §4."""
        return np.nan_to_num(self.production) + self.imports

    def imbalance(self, feed: Floats | float = 0.0) -> Floats:
        """`production + imports - consumption - exports - feed` (country) [t/yr]; nan where a book is
        unknown.

        >>> StageNetwork([3.0, 0.0], [[0.0, 2.0], [0.0, 0.0]], [1.0, 2.0]).imbalance()
        array([0., 0.])
        """
        return np.asarray(self.production + self.imports - self.consumption - self.exports - feed)


def _by_step(what: str, values: object, steps: int, count: int) -> Floats:
    """Values per transforming stage, spread over the countries (stage - 1, country)."""
    array = np.array(values, dtype=float)
    if array.ndim <= 1:
        array = array.reshape(-1, 1)
    if steps == 0:
        array = np.zeros((0, 1))
    try:
        array = np.broadcast_to(array, (steps, count)).copy()
    except ValueError:
        raise DataError(f"{what} has shape {array.shape}, not ({steps}, {count})") from None
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class Chain:
    """Stages of one commodity from mine to the last product, in one year.

    At every stage but the first, output is made from the pool of the stage before in the same country:
    `feed_i = (1 - secondary_i) production_i / recovery_i`                                  network §3

    Args:
        stages: The stages, the mine first; all on one country axis.
        recovery: (stage - 1) or (stage - 1, country) [t out per t in], of each transforming stage.
        secondary: (stage - 1) or (stage - 1, country) [1], 0..1: the part of each transforming stage's output
            made from scrap instead; scrap has no mine behind it and counts as found where it is processed.
        names: Names of the stages, e.g. ("mine", "refine", "component").

    Raises:
        DataError: The stages have different axes, a recovery is not above zero, or a secondary part not in
            0..1.
    """

    stages: tuple[StageNetwork, ...]
    recovery: Floats = field(default_factory=lambda: np.zeros(0))
    secondary: Floats = field(default_factory=lambda: np.zeros(0))
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.stages:
            raise DataError("a chain without stages", "give at least one stage")
        count = self.stages[0].countries
        if any(s.countries != count for s in self.stages):
            raise DataError("the stages of a chain have different countries", "put them on one axis")
        steps = len(self.stages) - 1
        recovery = _by_step("recovery", self.recovery, steps, count)
        if not (np.isfinite(recovery).all() and (recovery > 0).all()):
            raise DataError("a recovery is not above zero", "recoveries are tonnes out per tonne in")
        given = np.asarray(self.secondary, dtype=float)
        secondary = _by_step("secondary", given if given.size else np.zeros(steps), steps, count)
        if not ((secondary >= 0) & (secondary <= 1)).all():
            raise DataError("a secondary part lies outside 0..1", "it is a share of the stage's output")
        names = self.names or ("mine", "refine", "component", *(f"stage {k}" for k in range(4, 20)))
        object.__setattr__(self, "recovery", recovery)
        object.__setattr__(self, "secondary", secondary)
        object.__setattr__(self, "names", tuple(names[: steps + 1]))

    @property
    def countries(self) -> int:
        """Length of the country axis."""
        return self.stages[0].countries

    def feed(self, stage: int) -> Floats:
        """What the next stage takes out of the pools of this one (country) [t/yr]; none at the last."""
        if stage == len(self.stages) - 1:
            return np.zeros(self.countries)
        return np.asarray(np.nan_to_num(self.stages[stage + 1].production) * self.feed_rate(stage))

    def feed_rate(self, stage: int) -> Floats:
        """Tonnes of this stage's product taken per tonne the next stage makes (country) [1]."""
        return np.asarray((1.0 - self.secondary[stage]) / self.recovery[stage])


@dataclass(frozen=True)
class Confidence:
    """How much a book resists being moved: weights of the divergences in network §3 [1].

    A weight of 4 against 1 means that, to close a gap, the first moves about a quarter as far in logs as the
    second. The defaults say: output is counted best, trade next, use hardly at all; flows nobody recorded are
    the last resort before a recorded one changes by half. They are assumptions.

    Args:
        production, trade, consumption: Weight of a recorded figure; scalars or arrays shaped as the record.
        unknown: Weight of a figure put in place of one that nobody knows (nan).
        unrecorded: Weight of flows nobody recorded, added where a country's books leave a gap.
        unrecorded_share: Their size before balancing, as a share of that gap [1].
    """

    production: float | Floats = 4.0
    trade: float | Floats = 1.0
    consumption: float | Floats = 0.5
    unknown: float = 0.1
    unrecorded: float = 0.1
    unrecorded_share: float = 0.01

    def __post_init__(self) -> None:
        for name in ("production", "trade", "consumption", "unknown", "unrecorded", "unrecorded_share"):
            values = np.asarray(getattr(self, name), dtype=float)
            if not (np.isfinite(values).all() and (values > 0).all()):
                raise DataError(f"the confidence in {name} is not above zero", "use a small weight for doubt")
