"""What a plan comes to: its totals, when targets come within reach, and the finding in sentences (plan §2, §7)."""

from collections.abc import Sequence
from dataclasses import dataclass

from oresight.core.answer import Column, Sheet, sheet
from oresight.plan.curves import first_attainable
from oresight.plan.programme import Plan
from oresight.studies import names
from oresight.studies.plan.case import PlanCase
from oresight.studies.plan.flood import Flood
from oresight.studies.plan.replay import Delivery
from oresight.studies.plan.solve import PRIZE
from oresight.studies.plan.words import MILLION


@dataclass(frozen=True)
class Planned:
    """A solved plan and what it is measured against."""

    made: PlanCase
    plan: Plan
    nothing: Plan
    pipeline: Plan


def attainable(made: PlanCase) -> Sheet:
    """When each target can first be met with known projects                                       plan §2"""
    columns = (
        Column("target", "as asked"),
        Column("year", "first year from which it can be met and stays met; empty is never", "", "integer"),
    )
    rows = [{"target": a.name, "year": a.year} for a in first_attainable(made.case)]
    return sheet("targets", "When targets come within reach, cost no object", columns, rows)


def totals(found: Planned, prize_cost: float, bad: Flood | None = None) -> Sheet:
    """The plan in a few figures, beside doing nothing and the pipeline alone, and where the supplier floods."""
    columns = (
        Column("what", "plan, nothing or pipeline"),
        Column("cost", "of levers beyond the undisturbed baseline, discounted", "million USD", "number"),
        Column("loss", "expected loss in cut-offs, discounted", "million USD", "number"),
        Column("risk", "weight of the worst cases, and shortage prices", "million USD", "number"),
        Column("total", "cost, loss and risk", "million USD", "number"),
        Column("spending", "capital and purchases, not discounted", "million USD", "number"),
    )
    rows: list[dict[str, object]] = []
    told = [("the plan", found.plan), ("nothing", found.nothing), ("pipeline alone", found.pipeline)]
    if bad is not None:
        told += [("the plan, flooded", bad.plan), ("nothing, flooded", bad.nothing)]
    for what, p in told:
        rows.append(
            {
                "what": what,
                "cost": p.plan_cost / MILLION,
                "loss": p.expected_loss / MILLION,
                "risk": p.risk_cost / MILLION,
                "total": p.cost / MILLION,
                "spending": float(p.public_spending.sum()) / MILLION,
            }
        )
    rows.append(
        {"what": "the best first billion", "total": prize_cost / MILLION, "spending": PRIZE / MILLION}
    )
    return sheet("totals", "The plan beside doing nothing", columns, rows)


def finding(found: Planned, sheets: Sequence[Sheet], played: Sequence[Delivery]) -> str:
    """The plan in sentences made from its numbers."""
    best, nothing = found.plan, found.nothing
    by = {s.name: s for s in sheets}
    rows = by["portfolio"].records()
    shown = best.case.axes.shown
    spent = float(best.public_spending[:shown].sum())
    avoided = nothing.expected_loss - best.expected_loss
    built = [r for r in rows if r["kind"] not in ("stockpile", "substitution")]
    stocks = sum(r["kind"] == "stockpile" for r in rows)
    text = [
        f"{found.made.players.label[0].upper()}{found.made.players.label[1:]} would spend "
        f"{spent / 1e9:,.1f} bn USD by {best.case.axes.years[shown - 1]} on {len(built)} plants and "
        f"{stocks} stock{'' if stocks == 1 else 's'} and be spared {avoided / 1e9:,.1f} bn of an "
        f"expected loss of {nothing.expected_loss / 1e9:,.1f} bn from cut-offs by {found.made.seller.label}."
    ]
    pipeline = nothing.expected_loss - found.pipeline.expected_loss
    text.append(f"What is announced would, coming by itself, spare {pipeline / 1e9:,.1f} bn.")
    if "delay" in by and len(by["delay"].rows) > 1:
        extra = by["delay"].records()[1]["extra"]
        if isinstance(extra, float):
            text.append(f"Each year of waiting costs: the first {extra / 1e3:,.1f} bn.")
    worst = max(
        (d for d in played if d.played is not None and d.promised is not None),
        key=lambda d: abs((d.played or 0.0) - (d.promised or 0.0)),
        default=None,
    )
    if worst is not None:
        text.append(
            f"The market's second opinion differs most on {names.commodity_labels()[worst.commodity]}: "
            f"{worst.promised:.0%} missing promised, {worst.played:.0%} played"
            + (
                f", as members pay {worst.mean_price:.1f} times the price."
                if worst.mean_price and (worst.played or 0.0) > (worst.promised or 0.0)
                else "."
            )
        )
    return " ".join(text)
