"""Panels of the Plan page: portfolio, what it changes, curves, frontier, delay, floors, second opinion, members."""

from collections.abc import Callable

from oresight.core.answer import Answer, Sheet, Value
from oresight.face.charts import plan as charts
from oresight.face.web.blocks import Panel, Picture, Table, held, panel, table
from oresight.face.web.state import State
from oresight.studies import names

TOLD = (
    "portfolio",
    "commodities",
    "supply_curve",
    "security",
    "frontier",
    "delay",
    "floors",
    "supplier_share",
    "replay",
    "members",
)


def commodity_link(state: State) -> Callable[..., str]:
    """Links from rows to the page of their mineral."""
    return lambda r: state.href(f"/commodity/{r['commodity']}") if r["commodity"] else ""


def named(column: str, value: Value) -> Value:
    """Names of countries for their codes."""
    return names.label(str(value)) if column in ("host", "member") and value else value


def portfolio(answer: Answer, state: State) -> Panel | None:
    """What is built and bought, and when."""
    sheet = held(answer, "portfolio")
    if sheet is None:
        return None
    last = int(answer.parameters["last"])
    rows = sheet.records()
    plants = sum(r["kind"] not in ("stockpile", "substitution") for r in rows)
    stocks = sum(r["kind"] == "stockpile" for r in rows)
    finding = (
        f"{plants} plant{'' if plants == 1 else 's'} and recycling lines, {stocks} stock{'' if stocks == 1 else 's'}, "
        f"to {last}."
    )
    blocks = (
        Picture(
            "gantt",
            "What is decided and when it first delivers, the dearest first",
            lambda: charts.gantt(sheet, last, width=520),
            f"Bars by lever from {answer.parameters['first']} to {last}. {finding}",
            table(sheet, ("name", "decided", "output_from", "capacity", "capital"), dense=True, most=100),
            "Thin: being built. Bar: delivering.",
        ),
        table(
            sheet,
            (
                "name",
                "commodity",
                "stage",
                "host",
                "decided",
                "output_from",
                "capacity",
                "capital",
                "operating",
                "announced",
                "confidence",
            ),
            {
                "name": "Lever",
                "output_from": "delivers from",
                "capacity": "t/yr, or t held",
                "capital": "million USD",
                "operating": "USD/t",
            },
            leads={"commodity": commodity_link(state)},
            relabel=named,
            dense=True,
            most=100,
        ),
    )
    return panel(
        answer,
        "portfolio",
        *blocks,
        question="What is built, bought and recycled, and when?",
        finding=finding,
    )


def missing(answer: Answer, state: State) -> Panel | None:
    """What a cut-off leaves missing, with the plan and without."""
    sheet = held(answer, "commodities")
    if sheet is None:
        return None
    worst = max(
        sheet.records(), key=lambda r: float(str(r["loss_nothing"] or 0)) - float(str(r["loss_plan"] or 0))
    )
    block = table(
        sheet,
        (
            "name",
            "missing_nothing",
            "missing_pipeline",
            "missing_plan",
            "urgent_nothing",
            "urgent_plan",
            "loss_nothing",
            "loss_plan",
            "capital",
            "projects",
        ),
        {
            "name": "Mineral",
            "missing_nothing": "missing, nothing done",
            "missing_pipeline": "what is announced",
            "missing_plan": "with the plan",
            "urgent_nothing": "urgent uses, nothing done",
            "urgent_plan": "urgent uses, plan",
            "loss_nothing": "loss, million USD",
            "loss_plan": "with the plan",
            "capital": "capital, million USD",
        },
        dict.fromkeys(
            ("missing_nothing", "missing_pipeline", "missing_plan", "urgent_nothing", "urgent_plan"),
            "shortage",
        ),
        leads={"name": commodity_link(state)},
        note="Share of use missing in a cut-off. Loss: expected, from cut-offs by the supplier.",
    )
    return panel(
        answer,
        "commodities",
        block,
        question="What does it change, mineral by mineral?",
        finding=f"Most is spared on {str(worst['name']).lower()}.",
    )


def curve(answer: Answer, state: State) -> Panel | None:
    """The security supply curve of the mineral looked at, and the price of a tonne by year."""
    sheet, price = held(answer, "supply_curve"), held(answer, "security")
    if sheet is None and price is None:
        return None
    blocks: list[Picture | Table] = []
    finding = "The price of one more tonne of security, by mineral and year."
    if sheet is not None:
        known = list(dict.fromkeys(str(r["commodity"]) for r in sheet.records()))
        focus = state.more.get("focus", "")
        focus = focus if focus in known else known[0]
        own = Sheet(sheet.name, sheet.title, sheet.columns, tuple(r for r in sheet.rows if r[0] == focus))
        label = names.commodity_labels().get(focus, focus)
        steps = own.records()
        finding = (
            f"{label}: the first tonnes cost {float(str(steps[0]['marginal_cost'])):,.0f} USD each, the last "
            f"{float(str(steps[-1]['marginal_cost'])):,.0f}."
        )
        blocks.append(
            Picture(
                "curve",
                f"{label}: tonnes secured against what the last of them costs",
                lambda: charts.supply_curve(sheet, focus, width=720),
                f"Rising steps. {finding}",
                table(own, ("year", "secured", "marginal_cost", "reachable")),
            )
        )
    if price is not None:
        blocks.append(
            table(
                price,
                ("name", "year", "low", "high", "price", "multiple"),
                {
                    "name": "Mineral",
                    "low": "low, USD/t",
                    "high": "high, USD/t",
                    "price": "price today, USD/t",
                },
                dense=True,
                most=40,
            )
        )
    return panel(answer, "curve", *blocks, question="What does a tonne of security cost?", finding=finding)


def frontier(answer: Answer, state: State) -> Panel | None:
    """Cost against the loss that is left."""
    sheet = held(answer, "frontier")
    if sheet is None:
        return None
    picture = Picture(
        "frontier",
        sheet.title,
        lambda: charts.frontier(sheet, width=720),
        f"A falling line of {len(sheet.rows)} plans: the more is spent, the less is lost.",
        table(sheet),
    )
    return panel(
        answer,
        "frontier",
        picture,
        question="How safe for how much?",
        finding=f"{len(sheet.rows)} plans from the cheapest to the safest.",
    )


def delay(answer: Answer, state: State) -> Panel | None:
    """What each year of waiting costs."""
    sheet = held(answer, "delay")
    if sheet is None:
        return None
    waited = [r for r in sheet.records() if r["waited"] == 1]
    finding = (
        f"The first year of waiting costs {float(str(waited[0]['extra'])) / 1e3:,.1f} billion USD."
        if waited
        else "Waiting was not costed."
    )
    picture = Picture(
        "delay",
        "Cost and risk over starting at once, by the year nothing is decided before",
        lambda: charts.delay(sheet, width=720),
        f"Bars by year. {finding}",
        table(sheet),
    )
    return panel(answer, "delay", picture, question="What does waiting cost?", finding=finding)


def floors(answer: Answer, state: State) -> Panel | None:
    """Price floors the plan's projects need."""
    sheet = held(answer, "floors")
    if sheet is None:
        return None
    over = [r for r in sheet.records() if r["multiple"] is not None and float(str(r["multiple"])) > 1]
    picture = Picture(
        "floors",
        "Floor over today's price, the highest per product",
        lambda: charts.floors(sheet, width=520),
        f"Dots by product about the line of today's price; {len(over)} projects need more than it.",
        table(sheet, dense=True, most=80, relabel=named),
    )
    return panel(
        answer,
        "floors",
        picture,
        question="Who needs which price?",
        finding=f"{len(over)} of {len(sheet.rows)} projects need more than today's price.",
    )


def supplier_share(answer: Answer, state: State) -> Panel | None:
    """The supplier's share with the plan and without."""
    sheet = held(answer, "supplier_share")
    if sheet is None:
        return None
    block = table(
        sheet,
        ("product", "now", "nothing", "plan", "capped_from"),
        {
            "product": "Product",
            "nothing": "nothing done",
            "plan": "with the plan",
            "capped_from": "under its cap from",
        },
        dict.fromkeys(("now", "nothing", "plan"), "supplier"),
    )
    return panel(
        answer, "supplier", block, question=f"What is left to {state.supplier.label}?", finding=sheet.title
    )


def second_opinion(answer: Answer, state: State) -> Panel | None:
    """The plan replayed in the market."""
    sheet = held(answer, "replay")
    if sheet is None:
        return None
    return panel(
        answer,
        "replay",
        table(sheet, dense=True),
        question="Does the market agree?",
        finding="What the plan promises and what the market delivers stand side by side.",
    )


def payers(answer: Answer, state: State) -> Panel | None:
    """Who hosts, who would pay by demand, whose loss is avoided."""
    sheet = held(answer, "members")
    if sheet is None:
        return None
    top = max(sheet.records(), key=lambda r: float(str(r["loss_avoided"] or 0)))
    block = table(
        sheet,
        ("name", "demand_share", "pays", "hosts", "loss_avoided"),
        {
            "name": "Member",
            "demand_share": "of demand",
            "pays": "would pay by demand, million USD",
            "hosts": "hosts, million USD",
            "loss_avoided": "loss avoided, million USD",
        },
        {"demand_share": "coalition"},
    )
    return panel(
        answer,
        "members",
        block,
        question="Who hosts, who is spared?",
        finding=f"{top['name']} is spared most: {float(str(top['loss_avoided'])) / 1e3:,.1f} billion USD.",
    )
