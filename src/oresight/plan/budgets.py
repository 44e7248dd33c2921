"""What budgets rule out before anything is solved, and the money they are worth (plan §2)."""

from dataclasses import replace

import numpy as np

from oresight.plan.assemble import Assembly, assemble
from oresight.plan.highs import Warm
from oresight.plan.records import Case, Floats

ROUNDING = 1e-9


def within_budgets(case: Case, assembly: Assembly) -> Assembly:
    """The programme without decisions that overrun a yearly budget all by themselves                  plan §2

    A project that is built whole cannot start in a year if its payment exceeds the budget of any year it pays in. In
    parts it could: closing it makes the relaxation, and with it every bound, tighter, and loses no plan.
    """
    j, years = case.projects, len(case.axes.years)
    budget = case.terms.budget.sum(axis=1)
    if not np.isfinite(budget).any():
        return assembly
    lead = np.maximum(j.lead_time, 1)
    spend = j.capital_cost * j.public_share / lead
    upper = assembly.upper.copy()
    for p in np.flatnonzero(j.whole & (j.open >= 1.0)):
        for y in range(years):
            column = assembly.layout.build[p, y]
            if column >= 0 and spend[p] > budget[y : y + lead[p]].min() * (1.0 + ROUNDING):
                upper[column] = 0.0
    return replace(assembly, upper=upper)


def budget_prices(case: Case, baseline: Floats) -> Floats:
    """What a budget dollar is worth beyond a dollar, by year (year,) [1]                              plan §2

    The dual of each year's budget in the relaxation, undiscounted; 0 where the budget is not used up or none is set.
    """
    assembly = within_budgets(case, assemble(case, baseline))
    found = Warm(assembly, integer=False).solve("the relaxation")
    rows = assembly.layout.budget_row
    price = np.zeros(rows.size)
    known = rows >= 0
    price[known] = np.maximum(-found.row_dual[rows[known]], 0.0) / case.discount[known]
    return price
