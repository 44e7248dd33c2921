"""What a company buys: how much of each mineral comes from the supplier, passes through it, or does not."""

from typing import Any

import altair as alt

from oresight.core.answer import Sheet
from oresight.face.charts.theme import OTHER, SUPPLIER
from oresight.face.charts.values import values

PARTS = ("bought from it", "passes through it", "does not")


def exposed(sheet: Sheet, width: int = 560) -> Any:
    """A bar of a year's purchases per mineral, parted by how they meet the supplier.

    Args:
        sheet: The sheet `minerals` of a purchases answer; rows of unknown exposure are left out.
    """
    rows = []
    for r in sheet.records():
        if r["exposure"] is None or r["value"] is None:
            continue
        exposure, direct, value = (float(str(r[k])) for k in ("exposure", "direct", "value"))
        name = f"{r['name']}, {r['stage']}"
        parts = (direct, max(exposure - direct, 0.0), 1.0 - max(exposure, direct))
        rows += [
            {"name": name, "part": part, "order": n, "usd": share * value, "share": share}
            for n, (part, share) in enumerate(zip(PARTS, parts, strict=True))
            if share > 0
        ]
    order = list(dict.fromkeys(r["name"] for r in rows))
    return (
        alt.Chart(values(rows))
        .mark_bar(height=13)
        .encode(
            y=alt.Y("name:N", sort=order, axis=alt.Axis(title=None, ticks=False, domain=False)),
            x=alt.X("sum(usd):Q", axis=alt.Axis(title="USD a year", format="~s", tickCount=5)),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=list(PARTS), range=[SUPPLIER, "#f0b98c", OTHER]),
                legend=alt.Legend(title=None),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("name:N", title="mineral"),
                alt.Tooltip("part:N", title="of it"),
                alt.Tooltip("usd:Q", title="USD a year", format=",.3s"),
                alt.Tooltip("share:Q", title="share", format=".0%"),
            ],
        )
        .properties(width=width, height=alt.Step(22))
    )
