"""Sheets of what a plan's plants need from a treasury: floors once prices have settled, and a flooding supplier."""

from collections.abc import Sequence

from oresight.core.answer import Column, Sheet, sheet
from oresight.studies import names
from oresight.studies.plan.case import PlanCase
from oresight.studies.plan.flood import Flood
from oresight.studies.plan.floors import FloorRow
from oresight.studies.plan.support import SupportRow
from oresight.studies.plan.words import MILLION, named


def told(row: FloorRow) -> dict[str, object]:
    """What every row says of its lever."""
    lever = row.lever
    return {
        "commodity": lever.product[0],
        "product": named(lever.product),
        "lever": lever.id,
        "name": lever.name,
        "host": "members" if lever.country == "members" else names.label(lever.country),
        "output": row.output,
    }


LEVER = (
    Column("commodity", "id", "", "id"),
    Column("product", "commodity and stage"),
    Column("lever", "id of the project or class"),
    Column("name", "what is built"),
    Column("host", "where"),
    Column("output", "at full rate", "t/yr", "number"),
)


def floors(rows: Sequence[FloorRow]) -> Sheet:
    """Floors by element and stage, and what they cost the treasury in three markets."""
    columns = (
        *LEVER,
        Column("price", "price today", "USD/t", "number"),
        Column(
            "floor", "at which the owner earns the hurdle rate; 0 where none is needed", "USD/t", "number"
        ),
        Column("multiple", "floor over price", "1", "number"),
        Column("cost_base", "expected cost to the treasury, prices around today's", "million USD", "number"),
        Column("cost_low", "the same, prices a haircut lower", "million USD", "number"),
        Column("cost_flood", "the same, the supplier floods for two years", "million USD", "number"),
        Column("confidence", "of the weakest figure"),
    )
    records = [
        told(r)
        | {
            "price": r.reference,
            "floor": r.floor,
            "multiple": r.floor / r.reference,
            "cost_base": r.cost["base"] / MILLION,
            "cost_low": r.cost["low"] / MILLION,
            "cost_flood": r.cost["flood"] / MILLION,
            "confidence": r.lever.confidence,
        }
        for r in rows
    ]
    records.sort(key=lambda r: -float(str(r["cost_base"])))
    return sheet("floors", "Price floors the plan's projects need", columns, records)


def support(rows: Sequence[SupportRow]) -> Sheet:
    """Floors at today's price and once the plan's own output has moved it                              plan §7"""
    columns = (
        *LEVER,
        Column("price", "price today", "USD/t", "number"),
        Column("price_settled", "mean of its first ten years, once all have adapted", "USD/t", "number"),
        Column("floor", "floor it needs at today's price; 0 where none is needed", "USD/t", "number"),
        Column("floor_settled", "floor it needs at the settled price of product and feed", "USD/t", "number"),
        Column("cost", "expected cost to the treasury at today's price", "million USD", "number"),
        Column("cost_settled", "the same at the settled price", "million USD", "number"),
        Column("rounds", "until price and supply agreed", "", "integer"),
        Column("disagreement", "change of a price left in the last round", "1", "share"),
        Column("agreed", "whether they agreed"),
        Column("note", "who stays out at that price, or why nothing could be told", "", "note"),
    )
    records = [
        told(r.row)
        | {
            "price": r.row.reference,
            "price_settled": r.price,
            "floor": r.row.floor,
            "floor_settled": r.floor,
            "cost": r.row.cost["base"] / MILLION,
            "cost_settled": None if r.cost is None else r.cost / MILLION,
            "rounds": r.rounds,
            "disagreement": r.disagreement if r.rounds else None,
            "agreed": "yes" if r.settled else "no",
            "note": r.note,
        }
        for r in rows
    ]
    records.sort(key=lambda r: -float(str(r["cost_settled"] or 0.0)))
    return sheet("support", "Support once the plan's own output has moved the price", columns, records)


def flood(made: PlanCase, found: Flood) -> Sheet:
    """What each plant earns, loses and costs its treasury while the supplier floods                    plan §4"""
    year = made.case.axes.years[found.start]
    columns = (
        *LEVER,
        Column("margin", "price less running cost and feed today", "USD/t", "number"),
        Column("margin_flood", "the same while prices are flooded", "USD/t", "number"),
        Column("loses", "whether running on then costs more than it earns"),
        Column("running", f"lost by running on for {found.months} months", "million USD", "number"),
        Column("revenue", "earned less than at today's price", "million USD", "number"),
        Column("floor_cost", "expected cost of its floor without a flood", "million USD", "number"),
        Column("floor_cost_flood", "the same when the flood comes with its first output", "million USD", "number"),
    )  # fmt: skip
    records = [
        told(r.row)
        | {
            "margin": r.margin,
            "margin_flood": r.flood,
            "loses": "yes" if r.flood < 0 else "no",
            "running": r.running / MILLION,
            "revenue": r.revenue / MILLION,
            "floor_cost": r.row.cost["base"] / MILLION,
            "floor_cost_flood": r.row.cost["flood"] / MILLION,
        }
        for r in found.rows
    ]
    title = (
        f"The plan if {made.seller.label} sells at {found.multiple:.0%} of today's prices for {found.months} months "
        f"from {year}"
    )
    return sheet("flood", title, columns, records)


def flooded_words(made: PlanCase, found: Flood) -> str:
    """The flood in a sentence made from its numbers."""
    losing = sum(r.flood < 0 for r in found.rows)
    more = sum(r.row.cost["flood"] - r.row.cost["base"] for r in found.rows)
    left = found.nothing.cost - found.plan.cost
    words = (
        f"If {made.seller.label} sold at {found.multiple:.0%} of today's prices for {found.months} months from "
        f"{made.case.axes.years[found.start]}, {losing} of {len(found.rows)} plants would not cover their running cost "
        f"and floors would cost {more / 1e9:,.1f} bn more; the plan would "
    )
    if left > 0:
        return words + f"still be {left / 1e9:,.1f} bn better than doing nothing."
    return words + f"be {-left / 1e9:,.1f} bn worse than doing nothing."
