"""Sheets of a plan's prices and curves: a tonne of security, floors, frontier, waiting (plan §5, §6)."""

from collections.abc import Collection, Iterable

import numpy as np

from oresight.core.answer import Column, Sheet, sheet
from oresight.plan.curves import Delay, Frontier, SecurityPrice, SupplyCurve
from oresight.plan.programme import Plan
from oresight.studies import names
from oresight.studies.markets import baseline_price
from oresight.studies.plan.case import PlanCase
from oresight.studies.plan.words import MILLION


def security(made: PlanCase, plan: Plan, price: SecurityPrice, short: Collection[str]) -> Sheet:
    """Marginal cost of a tonne served in a cut-off, by commodity and year, as a range                plan §5

    Only of commodities that a cut-off leaves short or makes dearer where nothing is done.
    """
    case = plan.case
    columns = (
        Column("commodity", "id", "", "id"),
        Column("name", "commodity"),
        Column("year", "in which the cut-off starts", "", "integer"),
        Column(
            "low",
            "cost of one more tonne served, worst cases weighed, the lower of two readings",
            "USD/t",
            "number",
        ),
        Column("high", "the higher: integer choices fixed, or parts of projects allowed", "USD/t", "number"),
        Column("price", "price today of the last product", "USD/t", "number"),
        Column("multiple", "the higher over the price", "1", "number"),
    )
    rows = []
    for c, commodity in enumerate(case.axes.commodities):
        if commodity not in short:
            continue
        stage = [s for n, s in made.rows.products if n == commodity][-1]
        today = baseline_price(commodity, stage)[0]
        for y in range(case.axes.shown):
            pair = sorted((float(price.fixed[c, y]), float(price.relaxed[c, y])))
            if not np.isfinite(pair).all():
                continue
            rows.append(
                {
                    "commodity": commodity,
                    "name": names.commodity_labels()[commodity],
                    "year": case.axes.years[y],
                    "low": max(pair[0], 0.0),
                    "high": max(pair[1], 0.0),
                    "price": today,
                    "multiple": max(pair[1], 0.0) / today,
                }
            )
    return sheet("security", "What one more tonne of security costs", columns, rows)


def supply_curves(curves: Iterable[tuple[str, int, SupplyCurve]]) -> Sheet:
    """Tonnes secured in a cut-off against what the last of them costs                              plan §5"""
    columns = (
        Column("commodity", "id", "", "id"),
        Column("name", "commodity"),
        Column("year", "in which the cut-off starts", "", "integer"),
        Column("secured", "served beyond doing nothing", "t", "number"),
        Column("marginal_cost", "of the last tonne", "USD/t", "number"),
        Column("reachable", "most that known levers can secure", "t", "number"),
    )
    rows = [
        {
            "commodity": commodity,
            "name": names.commodity_labels()[commodity],
            "year": year,
            "secured": float(t),
            "marginal_cost": float(p),
            "reachable": curve.reachable,
        }
        for commodity, year, curve in curves
        for t, p in zip(curve.secured, curve.marginal_cost, strict=True)
    ]
    return sheet("supply_curve", "Security supply curve: tonnes secured against their cost", columns, rows)


def frontier(curve: Frontier) -> Sheet:
    """Cost of the plan against the loss it leaves                                                plan §6"""
    columns = (
        Column("cost", "of levers, beyond the undisturbed baseline, discounted", "million USD", "number"),
        Column("loss", "expected loss in cut-offs that is left", "million USD", "number"),
        Column("risk", "loss and the weight of its worst cases", "million USD", "number"),
    )
    rows = [
        {"cost": c / MILLION, "loss": x / MILLION, "risk": r / MILLION}
        for c, x, r in zip(curve.plan_cost, curve.residual_loss, curve.risk, strict=True)
    ]
    return sheet("frontier", "What safety costs: cost of the plan against the loss it leaves", columns, rows)


def delay(curve: Delay, first: int) -> Sheet:
    """What each further year of waiting costs                                                    plan §6"""
    columns = (
        Column("start", "first year in which anything is decided", "", "integer"),
        Column("waited", "years waited", "", "integer"),
        Column("extra", "cost and risk over starting at once", "million USD", "number"),
        Column("each_year", "of the last year waited", "million USD", "number"),
    )
    rows = [
        {"start": first + int(w), "waited": int(w), "extra": e / MILLION, "each_year": y / MILLION}
        for w, e, y in zip(curve.years, curve.extra, curve.each_year, strict=True)
    ]
    return sheet("delay", "What waiting costs", columns, rows)
