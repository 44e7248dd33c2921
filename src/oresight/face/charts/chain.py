"""The chain of a commodity as ribbons: mined, refined, made into components, used; each column adds up to 100%."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from oresight.core.answer import Sheet
from oresight.face.charts.theme import COALITION, OTHER, SUPPLIER
from oresight.face.charts.values import values

TONES = {"supplier": SUPPLIER, "coalition": COALITION, "other": OTHER}
TITLES = {
    "mine": "Mined in",
    "refine": "Refined in",
    "component": "Made into components in",
    "use": "Used in",
}
GAP = 0.016
"""Air between two names of a column, as a share of the column."""

BAR = 0.03
STEPS = 14


def columns(sheet: Sheet) -> list[str]:
    """Stages of a chain sheet in order, use last."""
    records = sheet.records()
    found = list(dict.fromkeys(str(r["from_stage"]) for r in records))
    return [*found, str(records[-1]["to_stage"])] if records else []


def nodes(sheet: Sheet) -> list[dict[str, Any]]:
    """Names of each column with their place and height, both in shares of the column.

    A name that takes nothing in or passes nothing on still stands in its column.
    """
    order = columns(sheet)
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for r in sheet.records():
        for stage, name, kind, share in (
            (r["from_stage"], r["source"], r["source_kind"], r["source_share"]),
            (r["to_stage"], r["target"], r["target_kind"], r["target_share"]),
        ):
            seen.setdefault(
                (str(stage), str(name)),
                {"stage": str(stage), "name": str(name), "kind": str(kind), "share": float(share or 0.0)},
            )
    placed = []
    for at, stage in enumerate(order):
        column = [n for (s, _), n in seen.items() if s == stage]
        column.sort(key=lambda n: (n["kind"] != "supplier", n["kind"] != "coalition", -n["share"]))
        total = sum(n["share"] for n in column) or 1.0
        room = 1.0 - GAP * (len(column) - 1)
        top = 0.0
        for n in column:
            height = n["share"] / total * room
            placed.append({**n, "x": float(at), "top": top, "height": height})
            top += height + GAP
    return placed


def ribbons(sheet: Sheet, placed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Points along the edges of every ribbon, thinner or thicker at each end as the share of that end's name."""
    at = {(n["stage"], n["name"]): n for n in placed}
    left_used: dict[tuple[str, str], float] = {}
    right_used: dict[tuple[str, str], float] = {}
    records = sheet.records()
    records.sort(key=lambda r: at[str(r["to_stage"]), str(r["target"])]["top"])
    starts = {}
    for i, r in enumerate(records):
        key = (str(r["from_stage"]), str(r["source"]))
        width = at[key]["height"] * float(r["share_of_source"] or 0.0)
        starts[i] = (at[key]["top"] + left_used.get(key, 0.0), width)
        left_used[key] = left_used.get(key, 0.0) + width
    points: list[dict[str, Any]] = []
    for i in sorted(range(len(records)), key=lambda k: starts[k][0]):
        r = records[i]
        key = (str(r["to_stage"]), str(r["target"]))
        width = at[key]["height"] * float(r["share_of_target"] or 0.0)
        end = at[key]["top"] + right_used.get(key, 0.0)
        right_used[key] = right_used.get(key, 0.0) + width
        if max(width, starts[i][1]) < 0.0015:
            continue
        x0 = at[str(r["from_stage"]), str(r["source"])]["x"] + BAR
        x1 = at[key]["x"]
        tone = str(r["source_kind"])
        said = (
            f"{r['source']} to {r['target']}: {float(r['share_of_source'] or 0):.0%} of what {r['source']} passes "
            f"on, {float(r['share_of_target'] or 0):.0%} of what {r['target']} takes in"
        )
        for step in range(STEPS + 1):
            t = step / STEPS
            ease = t * t * (3 - 2 * t)
            high = starts[i][0] * (1 - ease) + end * ease
            thick = starts[i][1] * (1 - ease) + width * ease
            points.append(
                {
                    "link": i,
                    "x": x0 + (x1 - x0) * t,
                    "y": high,
                    "y2": high + thick,
                    "kind": tone,
                    "said": said,
                }
            )
    return points


def chain(sheet: Sheet, width: int = 860, height: int = 400) -> Any:
    """Ribbons from column to column: the supplier's in its colour, the coalition's in its own, others grey.

    Args:
        sheet: Columns `from_stage`, `source`, `source_kind`, `to_stage`, `target`, `target_kind`,
            `share_of_source`, `share_of_target`, `source_share`, `target_share`.
        width, height: Size in points.
    """
    placed = nodes(sheet)
    order = columns(sheet)
    last = float(len(order) - 1)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.02, last + 0.34], nice=False, zero=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[1.0, -0.075], nice=False))
    tone = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=list(TONES), range=[TONES[k] for k in TONES])
    )
    areas = (
        alt.Chart(values(ribbons(sheet, placed)))
        .mark_area(opacity=0.32, interpolate="monotone", line=False)
        .encode(x=x, y=y, y2="y2:Q", color=tone, detail="link:N", description="said:N")
    )
    bars = [
        {
            **n,
            "y": n["top"],
            "y2": n["top"] + n["height"],
            "x2": n["x"] + BAR,
            "said": f"{n['name']}: {n['share']:.0%}",
        }
        for n in placed
    ]
    blocks = (
        alt.Chart(values(bars))
        .mark_rect()
        .encode(x=x, x2="x2:Q", y=y, y2="y2:Q", color=tone, description="said:N")
    )
    shown = [
        {"x": n["x"] + BAR, "y": n["top"] + n["height"] / 2, "text": f"{n['name']} {n['share']:.0%}"}
        for n in placed
        if n["height"] > 0.028
    ]
    labels = (
        alt.Chart(values(shown))
        .mark_text(align="left", baseline="middle", dx=5, fontSize=12)
        .encode(x=x, y=y, text="text:N")
    )
    heads = [{"x": float(i), "y": -0.05, "text": TITLES.get(stage, stage)} for i, stage in enumerate(order)]
    titles = (
        alt.Chart(values(heads))
        .mark_text(align="left", baseline="middle", fontSize=12, fontWeight="bold")
        .encode(x=x, y=y, text="text:N")
    )
    return alt.layer(areas, blocks, labels, titles).properties(width=width, height=height)
