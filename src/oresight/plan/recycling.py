"""What comes back: metal in use by cohort, its end of life, and what recycling can recover (plan §1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import StudyError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lifetime:
    """Weibull lifetimes of products, one per end use.

    Args:
        scale: Characteristic life (end_use,) [yr], > 0: the age at which 63 % are gone.
        shape: Shape (end_use,) [1], > 0; 1 is a constant chance of loss, larger is ageing.
        at: When in its year a cohort enters use: 0 start, 0.5 middle, as a share of the year [1].

    Raises:
        StudyError: A lifetime that is not positive.
    """

    scale: Floats
    shape: Floats
    at: float = 0.5

    def __post_init__(self) -> None:
        if self.scale.shape != self.shape.shape or not ((self.scale > 0) & (self.shape > 0)).all():
            raise StudyError(
                "a product lifetime that is not positive", "give scale and shape above 0 for each use"
            )
        if not 0 <= self.at < 1:
            raise StudyError(
                f"a cohort that enters {self.at:g} years into its year", "give a share from 0 up to 1"
            )

    def survival(self, years: int) -> Floats:
        """Share of a cohort still in use a years after it entered (age, end_use) [1].

        sf(a) = exp(-((a + at) / scale)^shape)                                            plan §1

        >>> Lifetime(np.array([10.0]), np.array([1.0]), at=0.0).survival(1).round(4).tolist()
        [[1.0]]
        """
        age = np.arange(years)[:, None] + self.at
        result: Floats = np.exp(-((age / self.scale) ** self.shape))
        return result


@dataclass(frozen=True)
class StockFlows:
    """Metal in use and what flows in and out of it; S_t = S_(t-1) + I_t - O_t holds to rounding.

    Args:
        stock: In use at the end of the year (year, end_use) [t].
        inflow: Put into use (year, end_use) [t/yr].
        outflow: At the end of its life (year, end_use) [t/yr].
        clipped: True where the wanted stock fell faster than products die, so that the inflow is 0 and the
            stock stays above what was asked (year, end_use).
    """

    stock: Floats
    inflow: Floats
    outflow: Floats
    clipped: NDArray[np.bool_]

    @property
    def imbalance(self) -> float:
        """Largest |S_t - S_(t-1) - I_t + O_t| [t]; 0 but for rounding."""
        before = np.vstack([np.zeros_like(self.stock[:1]), self.stock[:-1]])
        return float(np.abs(self.stock - before - self.inflow + self.outflow).max(initial=0.0))


def stock_driven(stock: Floats, lifetime: Lifetime) -> StockFlows:
    """Flows that keep a given stock in use                                               plan §1

    I_t = max(0, S_t - sum over c < t of I_c sf(t - c)) / sf(0),  O_t = S_(t-1) + I_t - S_t

    The first year's stock counts as that year's inflow: begin the series before the years of interest.

    Args:
        stock: Wanted in use at the end of the year (year, end_use) [t], >= 0.
        lifetime: Lifetimes (end_use,).

    Returns:
        Flows; where the wanted stock cannot be reached because too little dies, the inflow is 0 and flagged.

    Raises:
        StudyError: A stock that is negative or unknown, or of another number of uses.

    Source:
        Mueller (2006); the stock-driven model as open material-flow libraries (ODYM, flodym) define it.

    >>> f = stock_driven(np.array([[100.0], [100.0]]), Lifetime(np.array([10.0]), np.array([1.0]), at=0.0))
    >>> f.outflow.round(3).tolist()
    [[0.0], [9.516]]
    """
    _known(stock, lifetime, "stock")
    years = len(stock)
    sf = lifetime.survival(years)
    inflow, held = np.zeros_like(stock), np.zeros_like(stock)
    clipped = np.zeros(stock.shape, dtype=bool)
    for t in range(years):
        surviving = (inflow[:t] * sf[1 : t + 1][::-1]).sum(0)
        need = stock[t] - surviving
        clipped[t] = need < -1e-12 * np.maximum(1.0, surviving)
        inflow[t] = np.maximum(need, 0.0) / sf[0]
        held[t] = surviving + inflow[t] * sf[0]
    return _balanced(held, inflow, clipped)


def inflow_driven(inflow: Floats, lifetime: Lifetime) -> StockFlows:
    """Stock in use and end-of-life flow that follow from what was put into use           plan §1

    S_t = sum over c <= t of I_c sf(t - c),  O_t = S_(t-1) + I_t - S_t

    Args:
        inflow: Put into use (year, end_use) [t/yr], >= 0.
        lifetime: Lifetimes (end_use,).

    >>> f = inflow_driven(np.array([[100.0], [0.0]]), Lifetime(np.array([10.0]), np.array([1.0]), at=0.0))
    >>> f.stock.round(3).tolist()
    [[100.0], [90.484]]
    """
    _known(inflow, lifetime, "inflow")
    years = len(inflow)
    sf = lifetime.survival(years)
    held = np.stack([(inflow[: t + 1] * sf[: t + 1][::-1]).sum(0) for t in range(years)])
    return _balanced(held, inflow.astype(float), np.zeros(inflow.shape, dtype=bool))


def history(inflow: Floats, growth: Floats, years: int) -> Floats:
    """Inflow before the first known year, shrinking backwards at a growth rate (year + known, end_use) [t/yr].

    I_(-k) = I_0 (1 + g)^-k: a declared assumption where no older series exists (plan §1).

    Args:
        inflow: Known (year, end_use) [t/yr].
        growth: Yearly growth before it (end_use,) [1], > -1.
        years: How many years to add in front.

    >>> history(np.array([[8.0]]), np.array([1.0]), 2).tolist()
    [[2.0], [4.0], [8.0]]
    """
    if not (growth > -1).all():
        raise StudyError("a growth of -100 % a year or less", "give a growth rate above -1")
    back = np.arange(years, 0, -1)[:, None]
    return np.vstack([inflow[0] / (1 + growth) ** back, inflow])


@dataclass(frozen=True)
class SecondarySupply:
    """What recycling yields.

    Args:
        end_of_life: Leaving use (year, end_use) [t/yr].
        collected: Of that, collected for recycling (year, end_use) [t/yr].
        secondary: Of that, recovered as metal (year, end_use) [t/yr].
        input_rate: End-of-life recycling input rate, secondary / put into use, all uses together (year,) [1];
            nan where nothing is put into use.
        lost: Not collected or not recovered (year, end_use) [t/yr]; end_of_life = secondary + lost.
    """

    end_of_life: Floats
    collected: Floats
    secondary: Floats
    input_rate: Floats
    lost: Floats


def secondary_supply(flows: StockFlows, collection: Floats, recovery: Floats) -> SecondarySupply:
    """Metal recovered from products at the end of their life                             plan §1

    secondary = outflow x collection x recovery;  input rate = secondary / inflow

    Args:
        flows: Stock and flows.
        collection: Share collected, (end_use,) or (year, end_use) [1].
        recovery: Share of the metal in what is collected that comes out as metal, all process steps together,
            (end_use,) or (year, end_use) [1].

    Raises:
        StudyError: A share outside 0..1.

    >>> f = StockFlows(np.array([[90.0]]), np.array([[20.0]]), np.array([[10.0]]), np.array([[False]]))
    >>> secondary_supply(f, np.array([0.5]), np.array([0.8])).input_rate.tolist()
    [0.2]
    """
    for name, share in (("collection", collection), ("recovery", recovery)):
        if not ((share >= 0) & (share <= 1)).all():
            raise StudyError(f"a {name} outside 0..1", "give shares, not per cent", {"name": name})
    collected: Floats = flows.outflow * collection
    secondary: Floats = collected * recovery
    put = flows.inflow.sum(1)
    rate = np.divide(secondary.sum(1), put, out=np.full(len(put), np.nan), where=put > 0)
    return SecondarySupply(flows.outflow, collected, secondary, rate, flows.outflow - secondary)


def _known(values: Floats, lifetime: Lifetime, name: str) -> None:
    """Refuse what cannot be a mass (plan §1)."""
    if values.ndim != 2 or values.shape[1:] != lifetime.scale.shape:
        raise StudyError(f"an {name} of shape {values.shape}", "give (year, end_use), one lifetime per use")
    if not np.isfinite(values).all() or (values < 0).any():
        raise StudyError(f"an {name} that is negative or unknown", "give tonnes >= 0 for every year and use")


def _balanced(held: Floats, inflow: Floats, clipped: NDArray[np.bool_]) -> StockFlows:
    """Outflow as what the balance leaves, never below 0 but for rounding."""
    before = np.vstack([np.zeros_like(held[:1]), held[:-1]])
    return StockFlows(held, inflow, before + inflow - held, clipped)
