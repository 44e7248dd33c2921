"""Charts of a stress run: prices inside and outside with bands, shortage by month, who pays, model against record."""

from typing import Any

import altair as alt

from oresight.core.answer import Sheet
from oresight.face.charts.theme import COALITION, MONEY, OTHER, RULE, SECURED, SHORTAGE, SUPPLIER
from oresight.face.charts.values import values

ALONE, PLANNED = "what is under way alone", "with the plan"
MONTHS = alt.Axis(title="months since the start", grid=False, tickCount=6)


def prices(sheet: Sheet, commodity: str, width: int = 330) -> Any:
    """Price members pay and price in the restricting countries, medians with P5-P95, log scale.

    Args:
        sheet: The sheet `months` of a stress answer.
        commodity: Which commodity's months.
    """
    rows = [r for r in sheet.records() if r["commodity"] == commodity]
    x = alt.X("month:Q", axis=MONTHS)
    scale = alt.Scale(type="log", nice=False)
    axis = alt.Axis(title="price, multiple of baseline", tickCount=5, format="~g")
    layers = []
    for name, colour in (("price_inside", SUPPLIER), ("price_outside", COALITION)):
        known = [r for r in rows if r[name] is not None]
        if not known:
            continue
        base = alt.Chart(values(known)).encode(x=x)
        layers.append(
            base.mark_area(color=colour, opacity=0.16).encode(
                y=alt.Y(f"{name}_low:Q", scale=scale, axis=axis), y2=f"{name}_high:Q"
            )
        )
        layers.append(base.mark_line(color=colour, strokeWidth=2.5).encode(y=alt.Y(f"{name}:Q", scale=scale)))
    return alt.layer(*layers).properties(width=width, height=210)


def shortage(sheet: Sheet, commodity: str, width: int = 330) -> Any:
    """Share of members' use lost by month, median with P5-P95."""
    rows = [r for r in sheet.records() if r["commodity"] == commodity]
    base = alt.Chart(values(rows)).encode(x=alt.X("month:Q", axis=MONTHS))
    axis = alt.Axis(title="share of use lost", format=".0%", tickCount=5)
    scale = alt.Scale(domain=[0, 1], clamp=True)
    band = base.mark_area(color=SHORTAGE, opacity=0.25).encode(
        y=alt.Y("shortage_low:Q", axis=axis, scale=scale), y2="shortage_high:Q"
    )
    line = base.mark_line(color=SHORTAGE, strokeWidth=2.5).encode(y=alt.Y("shortage:Q", scale=scale))
    return (band + line).properties(width=width, height=210)


def with_plan(sheet: Sheet, commodity: str, width: int = 330) -> Any:
    """Share of members' use lost by month, with the plan and without.

    Args:
        sheet: The sheet `with_plan_months` of the study `withstand`.
        commodity: Which commodity's months.
    """
    rows = [r for r in sheet.records() if r["commodity"] == commodity]
    lines = [
        {"month": r["month"], "lost": r[f"shortage_{which}"], "path": said}
        for which, said in (("without", ALONE), ("with", PLANNED))
        for r in rows
    ]
    axis = alt.Axis(title="share of use lost", format=".0%", tickCount=5)
    base = alt.Chart(values(lines)).encode(
        x=alt.X("month:Q", axis=MONTHS),
        y=alt.Y("lost:Q", axis=axis, scale=alt.Scale(domain=[0, 1], clamp=True)),
        color=alt.Color(
            "path:N",
            scale=alt.Scale(domain=[ALONE, PLANNED], range=[SHORTAGE, SECURED]),
            legend=alt.Legend(title=None, orient="top"),
        ),
    )
    return base.mark_line(strokeWidth=2.5).properties(width=width, height=210)


def costs(sheet: Sheet, labels: dict[str, str], width: int = 560) -> Any:
    """Net gain or loss of every group, with its P5-P95, members first.

    Args:
        sheet: The sheet `costs` of a stress answer.
        labels: Group -> name.
    """
    colours = {"coalition": COALITION, "restricting": SUPPLIER, "other": OTHER}
    rows = [
        {
            "name": labels.get(str(r["member"]), str(r["member"])),
            "colour": colours[str(r["role"])],
            **{k: None if r[k] is None else float(str(r[k])) * 1e6 for k in ("net", "net_low", "net_high")},
        }
        for r in sheet.records()
        if r["net"] is not None
    ]
    order = [r["name"] for r in rows]
    base = alt.Chart(values(rows)).encode(
        y=alt.Y("name:N", sort=order, axis=alt.Axis(title=None, ticks=False, domain=False)),
        color=alt.Color("colour:N", scale=None),
    )
    bars = base.mark_bar(height=11).encode(
        x=alt.X(
            "net:Q",
            axis=alt.Axis(title="gain less loss, USD, with P5 to P95", tickCount=6, labelExpr=MONEY),
        )
    )
    spread = base.mark_rule(strokeWidth=1.2, color=RULE).encode(x="net_low:Q", x2="net_high:Q")
    return (bars + spread).properties(width=width, height=alt.Step(20))


def record(sheet: Sheet, width: int = 480) -> Any:
    """Median of the model against the price seen, both as multiples, each point with its band.

    Args:
        sheet: Points of a back-test: `episode`, `observed`, `p5`, `p50`, `p95`.
    """
    rows = [r for r in sheet.records() if r["observed"] and r["p50"]]
    top = max((float(str(r[k])) for r in rows for k in ("observed", "p95")), default=10.0)
    low = min((float(str(r[k])) for r in rows for k in ("observed", "p5")), default=0.3)
    scale = alt.Scale(type="log", domain=[low * 0.9, top * 1.1], nice=False)
    base = alt.Chart(values(rows))
    y = alt.Y("p50:Q", scale=scale, axis=alt.Axis(title="model, median and P5-P95", format="~g", tickCount=5))
    x = alt.X(
        "observed:Q",
        scale=scale,
        axis=alt.Axis(title="price seen, multiple of before", format="~g", tickCount=5),
    )
    shape = alt.Shape("episode:N", legend=alt.Legend(title=None, orient="right"))
    even = (
        alt.Chart(values([{"a": low * 0.9}, {"a": top * 1.1}]))
        .mark_line(color=RULE, strokeDash=[4, 3])
        .encode(x=alt.X("a:Q", scale=scale), y=alt.Y("a:Q", scale=scale))
    )
    bands = base.mark_rule(color=OTHER, opacity=0.5).encode(x=x, y=alt.Y("p5:Q", scale=scale), y2="p95:Q")
    dots = base.mark_point(color=COALITION, filled=True, size=45).encode(x=x, y=y, shape=shape)
    return (even + bands + dots).properties(width=width, height=320)
