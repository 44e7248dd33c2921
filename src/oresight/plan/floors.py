"""Price floors: which one makes a project worth building, what it costs the guarantor (plan §1, §3)."""

from dataclasses import dataclass
from math import erf, exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from oresight.core.errors import ModelError, StudyError

Floats = NDArray[np.float64]
MONTHS = 12


def annuity(rate: float, years: int) -> float:
    """Yearly payment per unit of capital: r / (1 - (1 + r)^-n), 1/n at r = 0               plan §1

    >>> round(annuity(0.10, 2), 6)
    0.57619
    """
    if years < 1 or rate <= -1:
        raise StudyError(f"an annuity over {years} years at {rate:g}", "give a life of at least one year")
    return 1.0 / years if rate == 0 else rate / (1.0 - (1.0 + rate) ** -years)


@dataclass(frozen=True)
class Venture:
    """A project as its owner sees it, year by year from the first payment.

    Args:
        capital_cost: Spent in the year (year,) [USD].
        output: Sold in the year (year,) [t/yr].
        operating_cost: (year,) [USD/t].
        hurdle_rate: What a company asks of its money [1/yr].
        grant: Share of the capital cost a treasury pays [1].

    Raises:
        StudyError: Costs or output that are negative or unknown, or no output at all.
    """

    capital_cost: Floats
    output: Floats
    operating_cost: Floats
    hurdle_rate: float
    grant: float = 0.0

    def __post_init__(self) -> None:
        same = self.capital_cost.shape == self.output.shape == self.operating_cost.shape
        arrays = (self.capital_cost, self.output, self.operating_cost)
        if not same or any(not np.isfinite(a).all() or (a < 0).any() for a in arrays):
            raise StudyError(
                "a venture with costs or output unknown or negative", "give numbers >= 0 for each year"
            )
        if self.output.sum() <= 0 or self.hurdle_rate <= -1 or not 0 <= self.grant <= 1:
            raise StudyError(
                "a venture that sells nothing, or a rate or grant out of range", "check its inputs"
            )

    @property
    def discount(self) -> Floats:
        """(1 + hurdle)^-t (year,) [1]."""
        factor: Floats = (1.0 + self.hurdle_rate) ** -np.arange(len(self.output), dtype=float)
        return factor

    def value(self, price: Floats) -> Floats:
        """Net present value at prices received (..., year) [USD/t] -> (...) [USD].

        NPV = sum over t of (1 + r)^-t (q_t (p_t - c_t) - (1 - grant) I_t)                plan §1
        """
        spent = (1.0 - self.grant) * self.capital_cost
        cash = self.output * (price - self.operating_cost) - spent
        result: Floats = (cash * self.discount).sum(-1)
        return result


@dataclass(frozen=True)
class Guarantee:
    """The terms of a floor, apart from its level.

    Args:
        two_way: A contract for difference: the project always receives the strike and pays back what the market
            brings above it. Otherwise a floor: it keeps what the market brings above.
        upside_share: Under a floor, share of the price above it that goes to the guarantor [1].
        escalation: Growth of the strike per year [1/yr].
        first, last: Positions of the first and last year that are guaranteed; last None is to the end.
    """

    two_way: bool = False
    upside_share: float = 0.0
    escalation: float = 0.0
    first: int = 0
    last: int | None = None

    def strike(self, floor: float, years: int) -> Floats:
        """Strike by year (year,) [USD/t], nan where the year is not guaranteed."""
        level = floor * (1.0 + self.escalation) ** np.arange(years, dtype=float)
        covered = np.arange(years) >= self.first
        if self.last is not None:
            covered &= np.arange(years) <= self.last
        return np.where(covered, level, np.nan)

    def received(self, price: Floats, floor: float) -> Floats:
        """What the project receives per tonne (..., year) [USD/t].

        floor: max(p, F) - upside (p - F)+;  two-way: F;  outside the guaranteed years: p    plan §1

        >>> Guarantee(upside_share=0.5).received(np.array([80.0, 120.0]), 100.0).tolist()
        [100.0, 110.0]
        """
        strike = self.strike(floor, price.shape[-1])
        if self.two_way:
            under = np.broadcast_to(strike, price.shape)
        else:
            under = np.maximum(price, strike) - self.upside_share * np.maximum(price - strike, 0.0)
        result: Floats = np.where(np.isnan(strike), price, under)
        return result


def break_even_floor(venture: Venture, price: Floats, terms: Guarantee) -> float:
    """The floor at which a project earns exactly its hurdle rate [USD/t]; 0 where it needs none.

    F such that the mean over paths of NPV(received(p, F)) = 0                            plan §1, §3

    Args:
        venture: The project.
        price: Market prices the owner expects: one path (year,) or many (path, year) [USD/t].
        terms: Two-way or floor, upside share, escalation, years covered.

    Raises:
        ModelError: No floor is high enough, because no output falls into the guaranteed years.

    >>> v = Venture(np.array([100.0, 0, 0]), np.array([0.0, 1, 1]), np.array([0.0, 10, 10]), 0.10)
    >>> round(break_even_floor(v, np.zeros(3), Guarantee()), 2)
    67.62
    """
    paths = np.atleast_2d(price)

    def worth(floor: float) -> float:
        return float(venture.value(terms.received(paths, floor)).mean())

    if worth(0.0) >= 0 and not terms.two_way:
        return 0.0
    covered = ~np.isnan(terms.strike(1.0, paths.shape[1]))
    if not (venture.output[covered] > 0).any():
        raise ModelError("no output falls into the guaranteed years", "guarantee the years in which it sells")
    high = max(1.0, float(paths.max()), float(venture.operating_cost.max()))
    for _ in range(200):
        if worth(high) > 0:
            break
        high *= 2.0
    else:
        raise ModelError("no floor is high enough", facts={"tried": high})
    low = 0.0 if worth(0.0) < 0 else -high
    while worth(low) > 0:
        low *= 2.0
    return float(brentq(worth, low, high, xtol=1e-9 * high, rtol=1e-12))


def put_price(forward: float, strike: float, volatility: float, years: float, rate: float) -> float:
    """Value of the right to sell a tonne at the strike [USD/t], Black (1976)             plan §1

    e^(-r t) (F N(-d2) - P N(-d1)),  d1 = (ln(P/F) + s^2 t / 2) / (s sqrt t),  d2 = d1 - s sqrt t

    Args:
        forward: Expected price at that time [USD/t], > 0.
        strike: The floor [USD/t], >= 0.
        volatility: Of the log price [1/sqrt(yr)].
        years: Time until then [yr].
        rate: Continuous discount rate [1/yr].

    >>> round(put_price(100.0, 100.0, 0.2, 1.0, 0.0), 3)
    7.966
    """
    return exp(-rate * years) * put_forward(forward, strike, volatility * sqrt(years))


def put_forward(forward: float, strike: float, deviation: float) -> float:
    """Mean of (F - P)+ where P is log-normal with mean `forward` and log deviation `deviation` [USD/t].

    The undiscounted part of Black's (1976) put (plan §1).
    """
    if forward <= 0 or strike < 0 or deviation < 0:
        raise StudyError("a price or floor below zero", "give positive prices and a volatility >= 0")
    if strike == 0:
        return 0.0
    if deviation == 0:
        return max(strike - forward, 0.0)
    d1 = (log(forward / strike) + deviation**2 / 2) / deviation
    return strike * _normal(deviation - d1) - forward * _normal(-d1)


@dataclass(frozen=True)
class PriceProcess:
    """A log price that reverts to a mean: dX = k (ln m_t - X) dt + s dW.

    Args:
        start: Price today [USD/t].
        mean: Level it reverts to, by year (year,) [USD/t]; a path may fall or grow.
        reversion: k [1/yr], > 0; ln 2 / k is the half-life.
        volatility: s [1/sqrt(yr)], >= 0.
        flood_from, flood_months, flood_multiple: The supplier floods: from that month on, prices are multiplied for
            that many months (plan §4). No flood where months are 0.
    """

    start: float
    mean: Floats
    reversion: float
    volatility: float
    flood_from: int = 0
    flood_months: int = 0
    flood_multiple: float = 0.5

    def __post_init__(self) -> None:
        if self.start <= 0 or not (self.mean > 0).all() or self.reversion <= 0 or self.volatility < 0:
            raise StudyError("a price process without positive prices or reversion", "check its four numbers")

    def log_moments(self) -> tuple[Floats, float]:
        """Mean of the log price at the end of each month (month,) and s^2 of the monthly step, exact.

        X_(n+1) = a X_n + (1 - a) ln m + e,  a = e^(-k/12),  Var e = s^2 (1 - a^2) / (2 k)     plan §1
        """
        a = exp(-self.reversion / MONTHS)
        level = np.repeat(np.log(self.mean), MONTHS)
        x, means = log(self.start), np.empty(level.size)
        for n in range(level.size):
            x = a * x + (1.0 - a) * level[n]
            means[n] = x
        return means, self.volatility**2 * (1.0 - a * a) / (2.0 * self.reversion)

    def flood(self) -> Floats:
        """Multiple on each month's price (month,) [1] (plan §4)."""
        month = np.arange(len(self.mean) * MONTHS)
        inside = (month >= self.flood_from) & (month < self.flood_from + self.flood_months)
        return np.where(inside, self.flood_multiple, 1.0)

    def paths(self, count: int, seed: int) -> Floats:
        """Drawn monthly prices, in antithetic pairs (path, month) [USD/t]; the seed fixes them."""
        means, step = self.log_moments()
        a = exp(-self.reversion / MONTHS)
        half = np.random.default_rng(seed).standard_normal(((count + 1) // 2, means.size))
        noise = np.vstack([half, -half])[:count] * sqrt(step)
        x = np.empty_like(noise)
        deviation = np.zeros(len(noise))
        for n in range(means.size):
            deviation = a * deviation + noise[:, n]
            x[:, n] = means[n] + deviation
        result: Floats = np.exp(x) * self.flood()
        return result

    def forward(self) -> tuple[Floats, Floats]:
        """Mean price (month,) [USD/t] and deviation of its log (month,) [1], exact.

        E P = exp(mean + var/2),  var_n = sum of a^(2i) Var e                              plan §1
        """
        means, step = self.log_moments()
        a2 = exp(-2.0 * self.reversion / MONTHS)
        months = np.arange(1, means.size + 1)
        variance = step * (1.0 - a2**months) / (1.0 - a2)
        return np.exp(means + variance / 2) * self.flood(), np.sqrt(variance)


@dataclass(frozen=True)
class FloorCost:
    """What a guarantee costs whoever gives it; negative where the guarantor earns.

    Args:
        expected: Present value [USD].
        standard_error: Of `expected` [USD]; 0 where computed in closed form.
        by_year: Undiscounted expected payment (year,) [USD/yr].
        low, high: 5th and 95th percentile over paths of the present value [USD]; nan in closed form.
    """

    expected: float
    standard_error: float
    by_year: Floats
    low: float
    high: float


def floor_cost(
    process: PriceProcess, output: Floats, floor: float, terms: Guarantee, social_rate: float
) -> FloorCost:
    """Cost of a guarantee in closed form: a strip of monthly puts                        plan §1, §3

    floor: sum of e^(-r t) q (E(F - P)+ - upside E(P - F)+);  two-way: sum of e^(-r t) q (F - E P)

    Discounted at the treasury's social rate, compounded yearly; output is spread evenly over the year.

    Args:
        process: The market price.
        output: Guaranteed output (year,) [t/yr].
        floor: Strike of the first year [USD/t].
        terms: Two-way or floor, upside, escalation, years.
        social_rate: [1/yr].
    """
    forward, deviation = process.forward()
    strike = np.repeat(terms.strike(floor, len(output)), MONTHS)
    pay = np.zeros(forward.size)
    for n in np.flatnonzero(~np.isnan(strike)):
        if terms.two_way:
            pay[n] = strike[n] - forward[n]
        else:
            put = put_forward(float(forward[n]), float(strike[n]), float(deviation[n]))
            pay[n] = put - terms.upside_share * (put + forward[n] - strike[n])
    cash = pay * np.repeat(output, MONTHS) / MONTHS
    worth = float((cash * _monthly_discount(social_rate, cash.size)).sum())
    return FloorCost(worth, 0.0, cash.reshape(-1, MONTHS).sum(1), float("nan"), float("nan"))


def floor_cost_sampled(
    process: PriceProcess,
    output: Floats,
    floor: float,
    terms: Guarantee,
    social_rate: float,
    paths: int = 4000,
    seed: int = 0,
) -> FloorCost:
    """Cost of a guarantee over drawn price paths, with its error and its spread (plan §1, §3).

    Agrees with `floor_cost` within its error; adds the 5th and 95th percentile a treasury must be ready for.
    """
    price = process.paths(2 * (paths // 2), seed)
    years = len(output)
    strike = np.repeat(terms.strike(floor, years), MONTHS)
    if terms.two_way:
        pay = strike - price
    else:
        pay = np.maximum(strike - price, 0.0) - terms.upside_share * np.maximum(price - strike, 0.0)
    cash = np.where(np.isnan(strike), 0.0, pay) * np.repeat(output, MONTHS) / MONTHS
    worth = (cash * _monthly_discount(social_rate, cash.shape[1])).sum(1)
    half = len(worth) // 2
    pairs = (worth[:half] + worth[half:]) / 2
    low, high = np.quantile(worth, [0.05, 0.95])
    return FloorCost(
        float(worth.mean()),
        float(pairs.std(ddof=1) / sqrt(half)),
        cash.mean(0).reshape(-1, MONTHS).sum(1),
        float(low),
        float(high),
    )


def _monthly_discount(rate: float, months: int) -> Floats:
    """(1 + r)^-(n/12) at the end of month n (month,) [1]."""
    factor: Floats = (1.0 + rate) ** (-np.arange(1, months + 1) / MONTHS)
    return factor


def _normal(x: float) -> float:
    """Distribution function of the standard normal."""
    return 0.5 * (1.0 + erf(x / sqrt(2.0)))
