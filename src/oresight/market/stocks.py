"""Private stocks and what their holders expect (months §2), public stocks and their rules (months §7).

    buying    N = kappa c0 (1 + phi T) / tau_r x (P / Pe)^(-e_s)                            months §2
    releasing R = min(12 S, 12 S / tau_r x (P / Pe)^(e_s))
    expected  ln Pe += lambda (ln P + h - ln Pe),  extrapolated by mu x the last three months' change

N, R and c0 are yearly rates in value units, S a stock in value units, kappa and tau_r months. At baseline
S = kappa c0 / 12, so buying equals releasing and the market is left alone (market §5). h is what a tonne sold
by the home producer earns on average above its price at home: licence rent on the part that is exported.
"""

import numpy as np

from oresight.market.records import PURCHASE_FLOOR, Floats

TREND_MONTHS = 3
"""Months over which holders see a trend."""


def expected_price(expected: Floats, price_now: Floats, price_before: Floats, weight: Floats) -> Floats:
    """ln Pe with the recent trend carried forward: ln Pe + mu (ln P_t - ln P_(t-3)).     months §2

    Args:
        expected: ln Pe (draw, pool) [log].
        price_now, price_before: Last month's ln P and that of three months earlier (draw, pool) [log].
        weight: mu (draw, 1) [1].
    """
    return np.asarray(expected + weight * (price_now - price_before))


def wanted_purchase(use: Floats, cover: Floats, alarm: Floats, threat: Floats, turnover: Floats) -> Floats:
    """What holders buy a year when price is as expected: kappa c0 (1 + phi T) / tau_r.   months §2

    Args:
        use: c0 (draw, pool) [value/yr].
        cover: kappa (draw, 1) [months]; alarm: phi [1]; turnover: tau_r [months].
        threat: T (draw, pool) [1].

    >>> one = np.ones((1, 1))
    >>> wanted_purchase(12 * one, 4 * one, 2 * one, 0.5 * one, 4 * one).tolist()
    [[24.0]]
    """
    return np.asarray(cover * use * (1.0 + alarm * threat) / turnover)


def traded(
    consumed: Floats, purchase: Floats, release: Floats, stock: Floats, price: Floats, elasticity: Floats
) -> tuple[Floats, Floats]:
    """What holders bought and released at the price that cleared (draw, pool) [value/yr].

    Releases stop at the stock and never make a buyer a seller: net purchases stay above 2 % of use.

    Args:
        consumed: Final use served; purchase, release: coefficients at P = 1, as given to the market.
        stock: S at the start of the month [value]; price: ln P [log]; elasticity: e_s (draw, 1) [1].
    """
    bought = purchase * np.exp(-elasticity * price)
    released = np.minimum(release * np.exp(np.minimum(elasticity * price, 600.0)), 12.0 * stock)
    return bought, np.minimum(released, (1.0 - PURCHASE_FLOOR) * consumed + bought)


def next_stock(stock: Floats, bought: Floats, released: Floats) -> Floats:
    """S of the next month: S + (N - R) / 12; never negative because R <= 12 S.            months §2

    >>> next_stock(np.array([10.0]), np.array([12.0]), np.array([24.0])).tolist()
    [9.0]
    """
    return np.asarray(np.maximum(stock + (bought - released) / 12.0, 0.0))


def public_release(
    rule: str, rate: Floats | float, short_all: Floats, short_first: Floats, stock: Floats
) -> Floats:
    """What a public stock gives in a month at a yearly rate (draw) [value/yr].           months §7

    Rules: `fixed` gives `rate` value a year; `proportional` the share `rate` of all use lost;
    `priority` the share `rate` of the use lost where priority is first. Never more than is left.

    >>> full = np.array([1.0])
    >>> public_release("proportional", 0.5, 0.8 * full, 0.1 * full, 10 * full).tolist()
    [0.4]
    """
    wanted = {"fixed": np.ones_like(short_all), "proportional": short_all, "priority": short_first}[rule]
    return np.asarray(np.minimum(rate * wanted, 12.0 * stock))
