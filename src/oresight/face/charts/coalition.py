"""Charts of a coalition: gains under each split, cash against loss avoided, the ladder of joining."""

from typing import Any

import altair as alt

from oresight.core.answer import Sheet
from oresight.face.charts.theme import COALITION, MONEY, OTHER, SECURED
from oresight.face.charts.values import values


def joining(sheet: Sheet, width: int = 420) -> Any:
    """What all in it save, step by step: light for what was reached before, dark for what the step adds.

    Args:
        sheet: `joining` of a share answer.
        width: Of the plot [px].
    """
    rows = []
    reached = 0.0
    for r in sheet.records():
        if r["worth"] is None:
            continue
        worth = float(str(r["worth"])) * 1e6
        start = r["step"] == 0
        said = f"{r['joins']}{' start' if start else ' joins'}: all in it save {worth / 1e9:,.1f} bn USD" + (
            "" if start else f", {(worth - reached) / 1e9:+,.2f} bn by this step"
        )
        rows.append(
            {"name": short(str(r["joins"])), "zero": 0.0, "before": reached, "worth": worth, "said": said}
        )
        reached = worth
    order = [r["name"] for r in rows]
    base = alt.Chart(values(rows)).encode(
        y=alt.Y("name:N", sort=order, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=300))
    )
    x = alt.X(
        "before:Q", axis=alt.Axis(title="saved together, USD, discounted", labelExpr=MONEY, tickCount=6)
    )
    below = base.mark_bar(height=11, color=COALITION, opacity=0.22).encode(x=alt.X("zero:Q"), x2="before:Q")
    step = base.mark_bar(height=11, color=COALITION).encode(x=x, x2="worth:Q", description="said:N")
    return (below + step).properties(width=width, height=alt.Step(22))


def short(names: str, most: int = 4) -> str:
    """A list of names that fits beside a bar.

    >>> short("A, B, C, D, E, F"), short("A, B")
    ('A, B, C and 3 more', 'A, B')
    """
    parts = names.split(", ")
    return names if len(parts) <= most else f"{', '.join(parts[: most - 1])} and {len(parts) - most + 1} more"


SPLITS = (
    ("dual", "dual prices"),
    ("shapley", "Shapley"),
    ("nucleolus", "nucleolus"),
    ("by_demand", "by demand"),
)
"""Splits that are drawn, and what they are called."""


def gains(sheet: Sheet, width: int = 420) -> Any:
    """What each member gains by the coalition under four splits, as marks on one line per member.

    Args:
        sheet: `splits` of a share answer.
        width: Of the plot [px].
    """
    records = sheet.records()
    rows = []
    for r in records:
        for key, split in SPLITS:
            if r[key] is not None:
                gain = float(str(r[key])) * 1e6
                said = f"{r['name']}, {split}: {gain / 1e9:,.2f} bn USD"
                rows.append({"name": r["name"], "split": split, "gain": gain, "said": said})
    order = [r["name"] for r in records]
    known = [split for _, split in SPLITS]
    return (
        alt.Chart(values(rows))
        .mark_point(size=62, strokeWidth=1.8, opacity=1)
        .encode(
            y=alt.Y("name:N", sort=order, axis=alt.Axis(title=None, ticks=False, domain=False, grid=True)),
            x=alt.X(
                "gain:Q", axis=alt.Axis(title="gain from acting together, USD", labelExpr=MONEY, tickCount=6)
            ),
            color=alt.Color(
                "split:N",
                scale=alt.Scale(domain=known, range=[COALITION, OTHER, OTHER, OTHER]),
                legend=alt.Legend(title=None),
            ),
            shape=alt.Shape(
                "split:N",
                scale=alt.Scale(domain=known, range=["circle", "square", "triangle-up", "cross"]),
                legend=alt.Legend(title=None),
            ),
            description="said:N",
        )
        .properties(width=width, height=alt.Step(24))
    )


CASH = ("pays", "receives", "loss avoided")


def contributions(sheet: Sheet, width: int = 420) -> Any:
    """Cash paid or received and loss avoided, two bars by member.

    Args:
        sheet: `splits` of a share answer.
        width: Of the plot [px].
    """
    rows = []
    for r in sheet.records():
        cash, spared = float(str(r["pays"])) * 1e6, float(str(r["loss_avoided"])) * 1e6
        flows = (("pays" if cash >= 0 else "receives", -cash, "cash"), ("loss avoided", spared, "loss"))
        for what, usd, row in flows:
            said = f"{r['name']} {'is spared' if row == 'loss' else what} {abs(usd) / 1e9:,.2f} bn USD"
            rows.append({"name": r["name"], "what": what, "usd": usd, "row": row, "said": said})
    order = [r["name"] for r in sheet.records()]
    return (
        alt.Chart(values(rows))
        .mark_bar(height=8)
        .encode(
            y=alt.Y("name:N", sort=order, axis=alt.Axis(title=None, ticks=False, domain=False)),
            yOffset=alt.YOffset("row:N", sort=["cash", "loss"]),
            x=alt.X("usd:Q", axis=alt.Axis(title="USD, discounted", labelExpr=MONEY, tickCount=6)),
            color=alt.Color(
                "what:N",
                scale=alt.Scale(domain=list(CASH), range=[COALITION, OTHER, SECURED]),
                legend=alt.Legend(title=None, symbolType="square"),
            ),
            description="said:N",
        )
        .properties(width=width, height=alt.Step(12))
    )
