"""Panels of the Stress page: overview, months, members, uses, costs, routes, platforms, comparison."""

from dataclasses import replace

from oresight.core.answer import Answer, Sheet, Value
from oresight.face.brief.model_sections import labels
from oresight.face.charts import stress as charts
from oresight.face.web.blocks import Panel, Picture, Table, panel, table, telling
from oresight.face.web.state import State
from oresight.studies import names

SUMMARY = (
    "name",
    "shortage",
    "shortage_low",
    "shortage_high",
    "first_short",
    "price_peak",
    "price_peak_low",
    "price_peak_high",
    "peak_month",
    "loss",
    "worst",
)


def overview(answer: Answer, state: State) -> Panel:
    """What each commodity goes through."""
    block = table(
        answer.sheet("summary"),
        SUMMARY,
        {
            "name": "Mineral",
            "shortage": "worst shortage",
            "shortage_low": "P5",
            "shortage_high": "P95",
            "first_short": "short from month",
            "price_peak": "peak price, x",
            "price_peak_low": "P5",
            "price_peak_high": "P95",
            "peak_month": "in month",
            "loss": "members' loss, million USD",
            "worst": "hardest hit",
        },
        {"shortage": "shortage"},
        leads={
            "name": lambda r: (
                state.href("/stress", **{**state.more, "focus": str(r["commodity"])}) + "#months"
            )
        },
        note="Shortage: share of use lost at the last stage, in the worst month. Price: multiple of the baseline; of "
        "a country cut off wholly it is at least this. A mineral's name shows its months.",
    )
    return panel(answer, "summary", block, question="Which minerals, how short, how dear?")


def monthly(answer: Answer, state: State, focus: str, name: str, said: str, lost: str) -> Panel:
    """One commodity month by month."""
    months = answer.sheet("months")
    own = only(answer, "months", focus)
    restricting = ", ".join(names.label(c) for c in answer.parameters["restricting"])
    blocks = (
        Picture(
            "price",
            f"Price members pay (blue) and price in {restricting} (orange)",
            lambda: charts.prices(months, focus, width=760),
            f"Lines with bands over {answer.parameters['horizon']} months. {name}: {said}",
            table(own, tuple(c for c in own.names() if c.startswith(("month", "price")))),
            "Multiple of the baseline, median and P5 to P95, log scale.",
        ),
        Picture(
            "shortage",
            "Share of members' use lost",
            lambda: charts.shortage(months, focus, width=760),
            f"Line with band over {answer.parameters['horizon']} months. {name}: {said}",
            table(own, ("month", "shortage_low", "shortage", "shortage_high", "stock")),
            lost,
        ),
    )
    return panel(
        answer, "months", *blocks, question=f"{name}, month by month", finding=f"{said[:1].upper()}{said[1:]}"
    )


def only(answer: Answer, name: str, focus: str) -> Sheet:
    """The rows of a sheet that are of one commodity."""
    found = answer.sheet(name)
    at = found.names().index("commodity")
    return replace(found, rows=tuple(r for r in found.rows if r[at] == focus))


def named(column: str, value: Value) -> Value:
    """Names of members for their codes."""
    if column in ("member", "supplier", "worst") and value:
        return "Rest of the world" if value == "others" else names.label(str(value))
    return value


def members(answer: Answer, state: State, focus: str) -> Panel | None:
    """Who goes short, and when."""
    sheet = only(answer, "members", focus)
    rows = [r for r in sheet.records() if r["role"] == "coalition" and r["shortage"] is not None]
    if not rows:
        return None
    top = max(rows, key=lambda r: float(str(r["shortage"])))
    ordered = replace(
        sheet,
        rows=tuple(sorted(sheet.rows, key=lambda r: -float(str(r[sheet.names().index("shortage")] or 0)))),
    )
    block = table(
        ordered,
        ("member", "role", "use", "shortage", "first_short", "price_peak"),
        {
            "member": "Member",
            "use": "use before, t",
            "shortage": "worst shortage",
            "first_short": "short from month",
            "price_peak": "peak price, x",
        },
        {"shortage": "shortage"},
        relabel=named,
    )
    return panel(
        answer,
        "members",
        block,
        question="Who of us goes short, and when?",
        finding=f"{named('member', top['member'])} loses most: {float(str(top['shortage'])):.0%} of its use at worst.",
    )


def uses(answer: Answer, focus: str) -> Panel | None:
    """Which uses stop."""
    sheet = only(answer, "uses", focus)
    if not sheet.rows:
        return None
    first = [r for r in sheet.records() if r["priority"] == "defence"]
    spared = [r for r in first if not r["lost_defence_first"]]
    finding = (
        "Served first, defence loses nothing."
        if first and len(spared) == len(first)
        else "Even served first, defence goes short."
        if first
        else "No use of it is marked as defence."
    )
    block = table(
        sheet,
        ("end_use", "priority", "share_of_use", "lost", "lost_defence_first"),
        {
            "end_use": "Use",
            "share_of_use": "of use",
            "lost": "lost if all lose alike",
            "lost_defence_first": "lost if priority uses come first",
        },
        {"lost": "shortage", "lost_defence_first": "shortage"},
    )
    return panel(answer, "uses", block, question="Which uses stop first?", finding=finding)


def costs(answer: Answer) -> Panel | None:
    """Who pays and who gains."""
    sheet = answer.sheet("costs")
    known = [r for r in sheet.records() if r["net"] is not None]
    if not known:
        return None
    low = min(known, key=lambda r: float(str(r["net"])))
    high = max(known, key=lambda r: float(str(r["net"])))
    finding = f"{named('member', low['member'])} loses most, {named('member', high['member'])} gains most."
    picture = Picture(
        "costs",
        "Gain less loss over the horizon, million USD",
        lambda: charts.costs(sheet, labels(sheet)),
        f"Bars by member. {finding}",
        table(sheet, relabel=named),
        "Consumer surplus lost; producers', licence holders' and stock holders' gains. Line: P5 to P95.",
    )
    return panel(answer, "costs", picture, question="Who pays, and who gains?", finding=finding)


def routes(answer: Answer, focus: str) -> Panel | None:
    """Flows before and during."""
    sheet = only(answer, "flows", focus)
    known = [r for r in sheet.records() if r["change"] is not None]
    if not known:
        return None
    up = max(known, key=lambda r: float(str(r["change"])))
    at = sheet.names().index("change")
    ordered = replace(sheet, rows=tuple(sorted(sheet.rows, key=lambda r: -abs(float(str(r[at] or 0))))))
    finding = (
        f"{named('supplier', up['supplier'])} sends most more to {up['buyers']}: "
        f"{float(str(up['change'])):,.0f} t a year in the first year."
        if float(str(up["change"])) > 0
        else "Nobody sends more."
    )
    block = table(
        ordered,
        ("supplier", "stage", "buyers", "before", "during", "during_low", "during_high", "change"),
        {
            "supplier": "From",
            "buyers": "to",
            "before": "before, t/yr",
            "during": "during, t/yr",
            "during_low": "P5",
            "during_high": "P95",
        },
        relabel=named,
        dense=True,
        most=20,
    )
    return panel(answer, "flows", block, question="Who sends it instead?", finding=finding)


def platforms(answer: Answer, focus: str) -> Panel | None:
    """What the loss would have made."""
    sheet = only(answer, "platforms", focus)
    if not sheet.rows:
        return None
    block = table(
        sheet,
        ("platform", "domain", "units", "units_low", "units_high", "per", "kg", "source", "confidence"),
        {
            "platform": "Platform",
            "units": "units",
            "units_low": "low",
            "units_high": "high",
            "kg": "kg in one",
        },
        note="Had one platform taken all that is lost; a measure of size, not a forecast.",
        dense=True,
    )
    return panel(
        answer,
        "platforms",
        block,
        question="What would the loss have made?",
        finding=f"{float(str(sheet.records()[0]['tonnes'] or 0)):,.0f} t are lost in the worst twelve months.",
    )


def comparison(answer: Answer) -> Panel | None:
    """The second scenario beside the first."""
    if "compared_with" not in answer.parameters:
        return None
    sheet = answer.sheets[-1]
    return panel(
        answer,
        "compared",
        table(sheet),
        question=f"And against {answer.parameters['compared_with']}?",
        finding=sheet.title,
    )


def withstood(answer: Answer, state: State, focus: str) -> Panel | None:
    """The same scenario in a later year, with the plan and without."""
    sheet = answer.sheet("with_plan")
    year = answer.parameters["year"]
    months = only(answer, "with_plan_months", focus)
    blocks: list[Picture | Table] = []
    if months.rows:
        name = names.commodity_labels()[focus]
        blocks.append(
            Picture(
                "with_plan",
                f"{name}: share of members' use lost, had it started in {year}",
                lambda: charts.with_plan(months, focus, width=760),
                f"Two lines over {len(months.rows)} months. {answer.finding}",
                table(months),
                "Central parameters, no bands.",
            )
        )
    blocks.append(
        table(
            sheet,
            tuple(c for c in telling(sheet) if c != "commodity"),
            {
                "name": "Mineral",
                "shortage_without": "worst shortage, under way alone",
                "shortage_with": "with the plan",
                "price_without": "peak price, x, under way alone",
                "price_with": "with the plan",
                "loss_without": "loss, million USD, under way alone",
                "loss_with": "with the plan",
            },
            dict.fromkeys(("shortage_without", "shortage_with"), "shortage"),
            leads={
                "name": lambda r: (
                    state.href("/stress", **{**state.more, "focus": str(r["commodity"])}) + "#with_plan"
                )
            },
            note="The plan itself, its plants and stocks, stands on the page Plan. A loss below nothing is a gain.",
        )
    )
    return panel(
        answer, "with_plan", *blocks, question=f"And with the plan, in {year}?", finding=answer.finding
    )
