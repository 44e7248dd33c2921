"""The sheets of a plan: what is built when and where, what it protects, what a tonne costs, who needs which floor."""

from collections.abc import Sequence

import numpy as np

from oresight.core.answer import Column, Sheet, sheet
from oresight.plan.accounts import accounts
from oresight.plan.draws import Drawn
from oresight.plan.programme import Plan
from oresight.plan.records import earns_its_capital
from oresight.studies import names
from oresight.studies.markets import baseline_price
from oresight.studies.plan.case import PlanCase
from oresight.studies.plan.replay import Delivery, why
from oresight.studies.plan.sheets_prices import delay, frontier, security, supply_curves
from oresight.studies.plan.sheets_support import floors
from oresight.studies.plan.solve import (
    Prize,
    dearer_by_commodity,
    loss_by_commodity,
    missing_share,
    supplier_share,
)
from oresight.studies.plan.words import BUILT, MILLION, TRACE, named

# One door for those who show a plan.
__all__ = [
    "BUILT", "MILLION", "TRACE", "commodities", "delay", "floors", "frontier", "members", "named", "portfolio",
    "replay", "security", "shares", "supply_curves",
]  # fmt: skip


def portfolio(made: PlanCase, plan: Plan, prize: Prize | None, drawn: Drawn | None = None) -> Sheet:
    """Everything the plan does: projects, classes, recycling, stockpiles, substitutes; the dearest first."""
    pays = earns_its_capital(plan.case, 0.0)
    columns = (
        Column("lever", "id of the project or class"),
        Column("name", "what is done"),
        Column("kind", "project, reference class, recycling, stockpile or substitution"),
        Column("commodity", "commodity", "", "id"),
        Column("stage", "stage"),
        Column("product", "commodity and stage"),
        Column("host", "country or member that hosts it"),
        Column("decided", "year of the decision, or of the first purchase", "", "integer"),
        Column("output_from", "first year of output; for stock, of the full stock", "", "integer"),
        Column(
            "capacity", "of what is built; for stock, tonnes held; for substitution, replaced", "t", "number"
        ),
        Column("part", "of the lever that is built", "1", "share"),
        Column("capital", "capital with overrun; for stock, purchases", "million USD", "number"),
        Column("operating", "cost without feed", "USD/t", "number"),
        Column("prize", "part that a first billion would buy", "1", "share"),
        Column("chosen_share", "share of draws that choose it; empty without draws", "1", "share"),
        Column("pays", "whether it would earn its capital at today's price, without any cut-off"),
        Column("announced", "start as announced", "", "integer"),
        Column("source", "source of the project", "", "id"),
        Column("confidence", "of the weakest figure"),
        Column("filled", "what was filled in and how", "", "note"),
    )
    rows: list[dict[str, object]] = []
    years, case, scale = plan.case.axes.years, plan.case, plan.assembly.layout.scale
    for j, lever in enumerate(made.rows.levers):
        part = float(plan.decided[j].sum())
        first = None if prize is None else float(prize.part[j])
        if part < BUILT:
            continue
        at = int(np.argmax(plan.decided[j] > BUILT * 0.1))
        if at >= case.axes.shown:
            continue
        rows.append(
            {
                "lever": lever.id,
                "name": f"{lever.name} ({named(lever.product)})",
                "kind": lever.kind,
                "commodity": lever.product[0],
                "stage": lever.product[1],
                "product": named(lever.product),
                "host": "members" if lever.country == "members" else names.label(lever.country),
                "decided": years[at],
                "output_from": years[at] + lever.lead_time,
                "capacity": lever.capacity * part,
                "part": part,
                "capital": lever.capital * part / MILLION,
                "operating": lever.operating,
                "prize": first,
                "chosen_share": None if drawn is None else float(drawn.chosen[j]),
                "pays": "yes" if pays[j] else "no",
                "announced": lever.announced,
                "source": lever.source,
                "confidence": lever.confidence,
                "filled": lever.filled,
            }
        )
    for k, at in enumerate(case.stockpiles.product):
        product = made.rows.products[int(at)]
        held, bought = plan.held[k, : case.axes.shown], plan.bought[k, : case.axes.shown]
        if held.max(initial=0.0) <= TRACE * float(plan.assembly.layout.scale[at]):
            continue
        spent = float(bought.sum()) * baseline_price(*product)[0]
        rows.append(
            {
                "lever": f"stock/{product[0]}/{product[1]}",
                "name": f"public stock ({named(product)})",
                "kind": "stockpile",
                "commodity": product[0],
                "stage": product[1],
                "product": named(product),
                "host": "members",
                "decided": years[int(np.argmax(bought > 0))],
                "output_from": years[int(held.argmax())],
                "capacity": float(held.max()),
                "part": None,
                "capital": spent / MILLION,
                "chosen_share": None
                if drawn is None
                else float((drawn.held[:, k] > TRACE * scale[at]).mean()),
                "confidence": "assumption",
                "source": "assumption",
                "filled": "ladder, carrying cost and share of free supply from the priors",
            }
        )
    for s, row in enumerate(made.rows.substitutions):
        at = int(case.buyers.product[case.substitutions.buyer[s]])
        if plan.replaced[s].max(initial=0.0) <= TRACE * float(plan.assembly.layout.scale[at]):
            continue
        product = made.rows.products[at]
        rows.append(
            {
                "lever": f"substitution/{row.name}",
                "name": row.name,
                "kind": "substitution",
                "commodity": product[0],
                "stage": product[1],
                "product": named(product),
                "host": "members",
                "decided": years[int(np.argmax(plan.replaced[s] > 0))],
                "output_from": years[int(plan.replaced[s].argmax())],
                "capacity": float(plan.replaced[s].max()),
                "part": None,
                "capital": 0.0,
                "operating": row.operating,
                "source": row.source,
                "confidence": row.confidence,
                "filled": "cost: the price of what it replaces, and the penalty times the worth of the use",
            }
        )
    rows.sort(key=lambda r: (-float(str(r["capital"])), str(r["lever"])))
    return sheet("portfolio", "What the plan builds, buys and replaces", columns, rows)


def commodities(made: PlanCase, plan: Plan, nothing: Plan, pipeline: Plan) -> Sheet:
    """Per commodity: what a cut-off leaves missing without, with the pipeline and with the plan; what it costs."""
    case = plan.case
    last = case.axes.shown - 1
    columns = (
        Column("commodity", "id", "", "id"),
        Column("name", "commodity"),
        Column("missing_nothing", f"use missing in a year's cut-off in {case.axes.years[last]}, nothing done", "1", "share"),
        Column("missing_pipeline", "the same, what is announced coming by itself", "1", "share"),
        Column("missing_plan", "the same, with the plan", "1", "share"),
        Column("urgent_nothing", "defence and essential use missing, nothing done", "1", "share"),
        Column("urgent_plan", "the same, with the plan", "1", "share"),
        Column("loss_nothing", "worth of what is missing, by chance, nothing done", "million USD", "number"),
        Column("loss_pipeline", "the same with the pipeline", "million USD", "number"),
        Column("loss_plan", "the same with the plan", "million USD", "number"),
        Column("dearer_nothing", "paid above today's price in cut-offs, by chance, nothing done", "million USD", "number"),
        Column("dearer_plan", "the same with the plan", "million USD", "number"),
        Column("capital", "capital and purchases of the plan", "million USD", "number"),
        Column("projects", "projects, classes and recycling built", "", "integer"),
    )  # fmt: skip
    before, with_pipe, after = (loss_by_commodity(p) for p in (nothing, pipeline, plan))
    dear, dear_after = dearer_by_commodity(nothing), dearer_by_commodity(plan)
    rows = []
    for c, commodity in enumerate(case.axes.commodities):
        own = [j for j, x in enumerate(made.rows.levers) if x.product[0] == commodity]
        built = [j for j in own if plan.decided[j].sum() >= BUILT]
        capital = sum(made.rows.levers[j].capital * float(plan.decided[j].sum()) for j in built)
        for k, at in enumerate(case.stockpiles.product):
            product = made.rows.products[int(at)]
            if product[0] == commodity:
                tonnes = float(plan.bought[k].sum())
                capital += tonnes * baseline_price(*product)[0] if tonnes > TRACE else 0.0
        rows.append(
            {
                "commodity": commodity,
                "name": names.commodity_labels()[commodity],
                "missing_nothing": missing_share(nothing, c, 0, last),
                "missing_pipeline": missing_share(pipeline, c, 0, last),
                "missing_plan": missing_share(plan, c, 0, last),
                "urgent_nothing": missing_share(nothing, c, 0, last, 1),
                "urgent_plan": missing_share(plan, c, 0, last, 1),
                "loss_nothing": before[c] / MILLION,
                "loss_pipeline": with_pipe[c] / MILLION,
                "loss_plan": after[c] / MILLION,
                "dearer_nothing": dear[c] / MILLION,
                "dearer_plan": dear_after[c] / MILLION,
                "capital": capital / MILLION,
                "projects": len(built),
            }
        )
    rows.sort(key=lambda r: (-float(str(r["loss_nothing"])), -float(str(r["dearer_nothing"]))))
    return sheet(
        "commodities", "What a cut-off would leave missing, and what the plan changes", columns, rows
    )


def shares(made: PlanCase, plan: Plan, nothing: Plan, level: float) -> Sheet:
    """The supplier's share at each stage without and with the plan, and when it falls to the cap."""
    case = plan.case
    last = case.axes.shown - 1
    columns = (
        Column("commodity", "id", "", "id"),
        Column("product", "commodity and stage"),
        Column("now", f"share of members' supply in {case.axes.years[0]}", "1", "share"),
        Column("nothing", f"in {case.axes.years[last]}, nothing done", "1", "share"),
        Column("plan", f"in {case.axes.years[last]}, with the plan", "1", "share"),
        Column(
            "capped_from", f"first year from which it stays below {level:.0%} with the plan", "", "integer"
        ),
    )
    rows = []
    for at, product in enumerate(made.rows.products):
        series = [supplier_share(plan, at, y) for y in range(case.axes.shown)]
        if series[-1] is None:
            continue
        above = [y for y, s in enumerate(series) if s is not None and s > level + 1e-6]
        reached = 0 if not above else above[-1] + 1
        rows.append(
            {
                "commodity": product[0],
                "product": named(product),
                "now": supplier_share(nothing, at, 0),
                "nothing": supplier_share(nothing, at, last),
                "plan": series[-1],
                "capped_from": case.axes.years[reached] if reached < case.axes.shown else None,
            }
        )
    rows.sort(key=lambda r: -float(str(r["now"] or 0.0)))
    return sheet("supplier_share", "The supplier's share of members' supply at each stage", columns, rows)


def replay(rows: Sequence[Delivery]) -> Sheet:
    """What the plan promised and what the market delivers                                         plan §7"""
    columns = (
        Column("commodity", "id", "", "id"),
        Column("name", "commodity"),
        Column("year", "in which the cut-off starts", "", "integer"),
        Column("promised_nothing", "use missing, nothing done, by the plan's account", "1", "share"),
        Column("promised", "with the plan, by its own account", "1", "share"),
        Column("played_nothing", "use missing over twelve months in the market, nothing done", "1", "share"),
        Column("played", "with the plan, in the market", "1", "share"),
        Column("price_nothing", "highest price members pay, nothing done", "1", "number"),
        Column("price", "with the plan, multiple of the price before", "1", "number"),
        Column("loss_nothing", "members' loss, nothing done", "million USD", "number"),
        Column("loss", "with the plan", "million USD", "number"),
        Column("outsiders", "what everyone else gains by the plan", "million USD", "number"),
        Column(
            "mean_price",
            "mean of the twelve months with the plan, multiple of the price before",
            "1",
            "number",
        ),
        Column("forgone", "use that buyers give up of their own accord at that mean price", "1", "share"),
        Column("why", "why promise and delivery differ", "", "note"),
        Column("note", "why nothing was played", "", "note"),
    )
    records = [
        {
            "commodity": r.commodity,
            "name": names.commodity_labels()[r.commodity],
            "year": r.year,
            "promised_nothing": r.promised_before,
            "promised": r.promised,
            "played_nothing": r.played_before,
            "played": r.played,
            "price_nothing": r.price_before,
            "price": r.price,
            "loss_nothing": None if r.loss_before is None else r.loss_before / MILLION,
            "loss": None if r.loss is None else r.loss / MILLION,
            "outsiders": None if r.outsiders is None else (r.outsiders[0] - r.outsiders[1]) / MILLION,
            "mean_price": r.mean_price,
            "forgone": r.forgone,
            "why": why(r),
            "note": r.note,
        }
        for r in rows
    ]
    return sheet(
        "replay", "Second opinion: what the plan promises, what the market delivers", columns, records
    )


def members(plan: Plan, nothing: Plan) -> Sheet:
    """Who hosts, who pays by demand, whose loss is avoided                                        plan §8"""
    case = plan.case
    worth = case.buyers.demand.sum(1) * case.products.price[case.buyers.product].mean(1)
    sharing = worth @ case.buyers.member_share
    sharing = sharing / sharing.sum()
    books = accounts(plan, sharing, nothing)
    count = len(case.axes.members)
    support = books.kinds[0]
    columns = (
        Column("member", "member", "", "id"),
        Column("name", "member of the coalition"),
        Column("demand_share", "its share of demand by value", "1", "share"),
        Column("pays", "capital it carries if shared by demand, discounted", "million USD", "number"),
        Column("hosts", "capital spent on its soil, discounted", "million USD", "number"),
        Column("loss_avoided", "expected loss its users are spared", "million USD", "number"),
    )
    rows = [
        {
            "member": m,
            "name": names.label(m),
            "demand_share": float(sharing[i]),
            "pays": float(support[i].sum()) / MILLION,
            "hosts": float(support[:, 2 * count + i].sum()) / MILLION,
            "loss_avoided": float(books.loss_avoided[i]) / MILLION,
        }
        for i, m in enumerate(case.axes.members)
    ]
    rows.sort(key=lambda r: -float(str(r["loss_avoided"])))
    return sheet("members", "Who hosts, who would pay by demand, whose loss is avoided", columns, rows)
