"""Quantities that cannot be true, and quantities that are missing, re-estimated from values: network §2."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oresight.core.errors import DataError
from oresight.network.records import Flags, Floats

LIMIT = 4.0
"""Robust z-score of a unit value, in logs, beyond which its quantity is implausible [1]."""
SPREAD_FLOOR = 0.25
"""Least spread of log unit values: below it a group of like prices would reject honest ones [1]."""
FEWEST = 8
"""Priced flows a code needs in a year to be judged by itself; below, with its other years [1]."""
HABIT = 2.0
"""A flow this near (robust z-score) to what its supplier usually asks for the code is believed [1]."""
MAD_TO_SIGMA = 1.4826
REASONS = (
    "missing quantity",
    "too cheap a tonne: quantity too large",
    "too dear a tonne: quantity too small",
)


@dataclass(frozen=True)
class Screened:
    """Quantities after screening and the list of what was changed.

    Args:
        quantity: (row) [t gross] corrected; nan where neither quantity nor value lead to one.
        row: (change) position of the changed row.
        was: (change) [t] quantity before; nan where it was missing.
        now: (change) [t] quantity after.
        reason: (change) index into `REASONS`.
        z: (change) [1] robust z-score of the unit value; nan for a missing quantity.
    """

    quantity: Floats
    row: NDArray[np.int_]
    was: Floats
    now: Floats
    reason: NDArray[np.int_]
    z: Floats

    @property
    def why(self) -> list[str]:
        """The reason of each change in words."""
        return [REASONS[k] for k in self.reason]


def _median(values: Floats, group: NDArray[np.int_], groups: int) -> tuple[Floats, NDArray[np.int_]]:
    """Median of each group (group), nan for an empty one, and how many values it had."""
    count = np.bincount(group, minlength=groups)
    by_group = values[np.lexsort((values, group))]
    first = np.cumsum(count) - count
    some = count > 0
    middle = np.full(groups, np.nan)
    low, high = first + (count - 1) // 2, first + count // 2
    middle[some] = (by_group[low[some]] + by_group[high[some]]) / 2
    return middle, count


def _habitual(
    z: Floats, priced: Flags, code_at: NDArray[np.int_], supplier: NDArray[np.generic]
) -> NDArray[np.bool_]:
    """Rows near what their supplier usually asks for their code (row)."""
    supplier_names, supplier_at = np.unique(supplier, return_inverse=True)
    pair = code_at * supplier_names.size + supplier_at
    usual, count = _median(z[priced], pair[priced], int(pair.max()) + 1)
    with np.errstate(invalid="ignore"):
        return np.asarray((count[pair] >= FEWEST) & (np.abs(z - usual[pair]) <= HABIT))


def screen_quantities(
    value: Floats, quantity: Floats, code: ArrayLike, year: ArrayLike, supplier: ArrayLike | None = None
) -> Screened:
    """Quantities of trade rows with the impossible and the missing ones re-estimated.

    Within a code and year, with u = ln(value / quantity), `z = (u - median) / sigma`,
    `sigma = max(1.4826 MAD, 0.25)`; a row with |z| > 4 has `quantity = value / e^median`; so has a row whose
    quantity is missing or zero                                                               network §2

    The floor under sigma keeps a code with one posted price (MAD near 0) from condemning every honest
    discount: nothing within a factor of e (4 x 0.25 in logs) of the median is ever touched. A code with
    fewer than 8 priced rows in a year is judged against all its years, each year's rows measured from that
    year's median where it has three or more, from the code's median otherwise. Values are taken as true: a
    lot that is small, dear and genuinely special is lost to the rule, and cannot move a total, since its
    value is small. A bulk flow may be cheap for good reason (crude hydroxide filed with metal): it is
    believed where it lies within 2 z-scores of its supplier's usual distance from the median in that code,
    over all years, if that rests on 8 rows.

    Args:
        value: (row) [any currency]; nan or 0 where nobody knows.
        quantity: (row) [t gross]; nan or 0 where nobody knows.
        code: (row) product code, any integers or strings; compare like with like.
        year: (row) year.
        supplier: (row) exporting country, as codes or positions; without it no flow is excused by habit.

    Returns:
        `Screened`; a row with neither value nor quantity, or of a code never priced, keeps nan.

    Raises:
        DataError: A value or quantity is negative or infinite, or the arrays differ in length.

    >>> v, q = np.full(9, 100.0), np.array([1.0] * 8 + [5000.0])
    >>> s = screen_quantities(v, q, np.zeros(9, int), np.full(9, 2024))
    >>> round(float(s.quantity[8]), 9), s.why
    (1.0, ['too cheap a tonne: quantity too large'])
    """
    value, quantity = np.asarray(value, dtype=float), np.asarray(quantity, dtype=float)
    codes, years = np.asarray(code), np.asarray(year)
    if not value.shape == quantity.shape == codes.shape == years.shape or value.ndim != 1:
        raise DataError("value, quantity, code and year differ in length", "give one entry per row of trade")
    for what, array in (("value", value), ("quantity", quantity)):
        if (np.isinf(array) | (array < 0)).any():
            raise DataError(f"a {what} of trade is negative or infinite", "mend the row, or leave it empty")
    if value.size == 0:
        none = np.zeros(0)
        return Screened(quantity.copy(), none.astype(int), none, none, none.astype(int), none)

    _, code_at = np.unique(codes, return_inverse=True)
    year_names, year_at = np.unique(years, return_inverse=True)
    group = code_at * year_names.size + year_at
    groups, code_count = int(group.max()) + 1, int(code_at.max()) + 1
    code_of = np.arange(groups) // year_names.size

    priced = (value > 0) & (quantity > 0)
    logs = np.log(value[priced] / quantity[priced])
    centre, count = _median(logs, group[priced], groups)
    code_centre, _ = _median(logs, code_at[priced], code_count)
    centre = np.where(count >= 3, centre, code_centre[code_of])
    away = np.abs(logs - centre[group[priced]])
    spread, _ = _median(away, group[priced], groups)
    code_spread, _ = _median(away, code_at[priced], code_count)
    spread = np.where(count >= FEWEST, spread, code_spread[code_of])
    sigma = np.maximum(MAD_TO_SIGMA * spread, SPREAD_FLOOR)

    z = np.full(value.size, np.nan)
    z[priced] = (logs - centre[group[priced]]) / sigma[group[priced]]
    missing = ~(quantity > 0)
    estimable = (value > 0) & np.isfinite(centre[group])
    with np.errstate(invalid="ignore"):
        beyond = np.abs(z) > LIMIT
    if supplier is not None:
        beyond &= ~_habitual(z, priced, code_at, np.asarray(supplier))
    change = np.flatnonzero(estimable & (missing | beyond))
    now = value[change] / np.exp(centre[group[change]])
    corrected = quantity.copy()
    corrected[missing] = np.where(value[missing] > 0, np.nan, quantity[missing])
    corrected[change] = now
    reason = np.where(missing[change], 0, np.where(z[change] < 0, 1, 2))
    was = np.where(missing[change], np.nan, quantity[change])
    return Screened(corrected, change, was, now, reason, z[change])
