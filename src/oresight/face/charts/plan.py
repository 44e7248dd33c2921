"""Charts of a plan: what is built when, what a tonne of security costs, cost against risk, what waiting costs, floors."""

from typing import Any

import altair as alt

from oresight.core.answer import Sheet
from oresight.face.charts.coalition import contributions as contributions
from oresight.face.charts.coalition import gains as gains
from oresight.face.charts.theme import COALITION, MONEY, OTHER, RULE, SECURED, SHORTAGE
from oresight.face.charts.values import values

STOCK = "#4d535c"
"""Stockpiles: a darker grey, no colour of a country."""
KINDS = {
    "project": COALITION,
    "reference class": OTHER,
    "recycling": SECURED,
    "stockpile": STOCK,
    "substitution": SHORTAGE,
}
SHOWN = 22


def gantt(sheet: Sheet, last: int, width: int = 420) -> Any:
    """Levers by year: a thin line while building, a bar from the first output on; the dearest first.

    Args:
        sheet: `portfolio` of a plan.
        last: Last year shown.
    """
    rows = [
        {**r, "shown_to": last, "ready": min(int(str(r["output_from"])), last)}
        for r in sheet.records()
        if r["decided"] is not None and int(str(r["decided"])) <= last and r["kind"] != "substitution"
    ][:SHOWN]
    order = [r["name"] for r in rows]
    y = alt.Y("name:N", sort=order, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=330))
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(KINDS)[:4], range=list(KINDS.values())[:4]),
        legend=alt.Legend(title=None, symbolType="square"),
    )
    years = alt.Axis(title=None, format="d", tickMinStep=1, tickCount=5, labelFlush=False)
    first = min((int(str(r["decided"])) for r in rows), default=last)
    scale = alt.Scale(domain=[first, last], nice=False)
    base = alt.Chart(values(rows)).encode(y=y, color=colour)
    building = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("decided:Q", axis=years, scale=scale), x2="ready:Q"
    )
    running = base.mark_bar(height=10).encode(x=alt.X("ready:Q", scale=scale), x2="shown_to:Q")
    return (building + running).properties(width=width, height=alt.Step(19))


def supply_curve(sheet: Sheet, commodity: str, width: int = 330) -> Any:
    """Tonnes secured in a cut-off against what the last of them costs."""
    rows = [r for r in sheet.records() if r["commodity"] == commodity]
    base = alt.Chart(values(rows))
    return (
        base.mark_line(interpolate="step-before", color=SECURED, strokeWidth=2.5)
        .encode(
            x=alt.X(
                "secured:Q", axis=alt.Axis(title="tonnes secured in the cut-off", format="~s", tickCount=5)
            ),
            y=alt.Y(
                "marginal_cost:Q", axis=alt.Axis(title="USD for one more tonne", labelExpr=MONEY, tickCount=5)
            ),
        )
        .properties(width=width, height=210)
    )


def frontier(sheet: Sheet, width: int = 330) -> Any:
    """Cost of the plan against the expected loss it leaves."""
    rows = [
        {"cost": float(str(r["cost"])) * 1e6, "loss": float(str(r["loss"])) * 1e6} for r in sheet.records()
    ]
    base = alt.Chart(values(rows)).encode(
        x=alt.X("cost:Q", axis=alt.Axis(title="cost of the plan, USD", labelExpr=MONEY, tickCount=5)),
        y=alt.Y("loss:Q", axis=alt.Axis(title="expected loss left, USD", labelExpr=MONEY, tickCount=5)),
    )
    line = base.mark_line(color=COALITION, strokeWidth=2, interpolate="linear")
    return (line + base.mark_point(color=COALITION, filled=True, size=40)).properties(width=width, height=210)


def delay(sheet: Sheet, width: int = 330) -> Any:
    """Cost and risk over starting at once, by the year of the start."""
    rows = [{"start": str(r["start"]), "extra": float(str(r["extra"])) * 1e6} for r in sheet.records()]
    return (
        alt.Chart(values(rows))
        .mark_bar(color=SHORTAGE, size=18)
        .encode(
            x=alt.X("start:O", axis=alt.Axis(title="nothing decided before", labelAngle=0)),
            y=alt.Y("extra:Q", axis=alt.Axis(title="extra cost and risk, USD", labelExpr=MONEY, tickCount=5)),
        )
        .properties(width=width, height=210)
    )


def floors(sheet: Sheet, width: int = 420) -> Any:
    """Floor over today's price, the highest per product, with today's price as a line."""
    best: dict[str, dict[str, Any]] = {}
    for r in sheet.records():
        at = str(r["product"])
        if r["multiple"] is not None and (at not in best or float(str(r["multiple"])) > best[at]["multiple"]):
            best[at] = {"product": at, "multiple": float(str(r["multiple"]))}
    rows = sorted((r for r in best.values() if r["multiple"] > 0), key=lambda r: -r["multiple"])[:SHOWN]
    order = [r["product"] for r in rows]
    base = alt.Chart(values(rows))
    dots = base.mark_point(color=COALITION, filled=True, size=60).encode(
        y=alt.Y(
            "product:N", sort=order, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=300)
        ),
        x=alt.X(
            "multiple:Q",
            axis=alt.Axis(title="floor needed, multiple of today's price", tickCount=6, format="~g"),
        ),
    )
    today = alt.Chart(values([{"one": 1.0}])).mark_rule(color=RULE, strokeDash=[4, 3]).encode(x="one:Q")
    return (today + dots).properties(width=width, height=alt.Step(19))
