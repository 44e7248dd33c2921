"""Charts of dependence: its history, its place on the map, where production is concentrated."""

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

import altair as alt

from oresight.core.answer import Sheet
from oresight.face.charts.theme import COALITION, FAINT, INK, OTHER, RULE, SUPPLIER
from oresight.face.charts.values import values

PERCENT = alt.Axis(format=".0%", title=None, tickCount=5)


@lru_cache(maxsize=1)
def outlines() -> dict[str, Any]:
    """Country outlines as GeoJSON, `id` the ISO code."""
    text = files("oresight.face.charts").joinpath("geometry", "world.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def history(sheet: Sheet, loud: str, event_year: int | None = None, event: str = "", width: int = 720) -> Any:
    """The supplier's share of each buyer's imports over the years; one buyer drawn loud, others grey.

    Args:
        sheet: Columns `buyer`, `year`, `import_share`.
        loud: The buyer whose line stands out.
        event_year, event: A rule across the years and what stands beside it.
    """
    rows = [r for r in sheet.records() if r["import_share"] is not None]
    base = alt.Chart(values(rows)).encode(
        x=alt.X(
            "year:Q",
            axis=alt.Axis(format="d", title=None, grid=False, tickCount=8),
            scale=alt.Scale(zero=False, nice=False),
        ),
        y=alt.Y("import_share:Q", axis=PERCENT, scale=alt.Scale(domain=[0, 1])),
    )
    quiet = (
        base.transform_filter(alt.datum.buyer != loud)
        .mark_line(color=OTHER, strokeWidth=1.1, opacity=0.6)
        .encode(detail="buyer:N")
    )
    marked = base.transform_filter(alt.datum.buyer == loud).mark_line(color=COALITION, strokeWidth=3)
    last = {
        b: max((r for r in rows if r["buyer"] == b), key=lambda r: float(r["year"] or 0))
        for b in {r["buyer"] for r in rows}
    }
    labels = spread([{**r, "tone": r["buyer"] == loud} for r in last.values()], "import_share", 0.045)
    names = (
        alt.Chart(values(labels))
        .mark_text(align="left", dx=6, fontSize=11)
        .encode(
            x="year:Q",
            y=alt.Y("at:Q"),
            text="buyer:N",
            color=alt.condition("datum.tone", alt.value(COALITION), alt.value(INK)),
        )
    )
    layers = [quiet, marked, names]
    if event_year is not None:
        mark = alt.Chart(values([{"year": event_year, "text": event}]))
        layers.insert(0, mark.mark_rule(color=RULE, strokeWidth=1.5, strokeDash=[4, 3]).encode(x="year:Q"))
        layers.append(
            mark.mark_text(align="left", dx=5, dy=-6, fontSize=11, baseline="bottom").encode(
                x="year:Q", y=alt.value(10), text="text:N"
            )
        )
    return alt.layer(*layers).properties(width=width, height=320)


def spread(rows: list[dict[str, Any]], field: str, gap: float) -> list[dict[str, Any]]:
    """Rows with a new field `at`: the value, moved just enough that labels do not overlap.

    >>> [round(r["at"], 2) for r in spread([{"v": 0.5}, {"v": 0.51}], "v", 0.1)]
    [0.46, 0.56]
    """
    ordered = sorted(rows, key=lambda r: float(r[field]))
    at = [float(r[field]) for r in ordered]
    for _ in range(200):
        moved = False
        for i in range(len(at) - 1):
            short = gap - (at[i + 1] - at[i])
            if short > 1e-9:
                at[i] -= short / 2
                at[i + 1] += short / 2
                moved = True
        if not moved:
            break
    return [{**r, "at": a} for r, a in zip(ordered, at, strict=True)]


def world_map(sheet: Sheet, value: str, supplier: frozenset[str], width: int = 760) -> Any:
    """Every country shaded by a share; the supplier itself in its own colour, unknown left pale.

    Args:
        sheet: Columns `country` (ISO alpha-3) and `value`.
        value: The column that is drawn, 0..1.
        supplier: ISO codes of the supplier.
    """
    known = {str(r["country"]): r[value] for r in sheet.records()}
    features = [
        {**f, "properties": {**f["properties"], "share": known.get(f["id"]), "supplier": f["id"] in supplier}}
        for f in outlines()["features"]
    ]

    def layer(kind: str) -> Any:
        chosen = [f for f in features if classed(f["properties"]) == kind]
        return alt.Chart(values(chosen)).mark_geoshape(stroke="white", strokeWidth=0.3)

    shade = alt.Color(
        "properties.share:Q",
        title=None,
        legend=alt.Legend(format=".0%", orient="bottom", gradientLength=260, gradientThickness=8),
        scale=alt.Scale(domain=[0, 1], range=["#dce9f3", COALITION, "#00304d"]),
    )
    layers = [
        layer("unknown").encode(color=alt.value(FAINT)),
        layer("known").encode(color=shade),
        layer("supplier").encode(color=alt.value(SUPPLIER)),
    ]
    return alt.layer(*layers).project("equalEarth").properties(width=width, height=int(width * 0.48))


def classed(properties: dict[str, Any]) -> str:
    """Whether an outline is the supplier, a country with a known share, or unknown."""
    if properties["supplier"]:
        return "supplier"
    return "unknown" if properties["share"] is None else "known"


def concentration(sheet: Sheet, supplier_label: str, width: int = 560) -> Any:
    """The leading producer's share of each commodity, ordered; the supplier's bars in its colour.

    Args:
        sheet: Columns `name`, `leader`, `share`, `supplier_leads`.
        supplier_label: The supplier's name.
    """
    rows = [r for r in sheet.records() if r["share"] is not None]
    order = [r["name"] for r in sorted(rows, key=lambda r: -float(r["share"] or 0))]
    base = alt.Chart(values(rows)).encode(
        y=alt.Y("name:N", sort=order, axis=alt.Axis(title=None, ticks=False, domain=False)),
        x=alt.X(
            "share:Q",
            axis=alt.Axis(format=".0%", title=None, orient="top", tickCount=5),
            scale=alt.Scale(domain=[0, 1]),
        ),
    )
    bars = base.mark_bar(height=11).encode(
        color=alt.condition("datum.supplier_leads", alt.value(SUPPLIER), alt.value(OTHER))
    )
    named = base.transform_calculate(
        text="datum.supplier_leads ? format(datum.share, '.0%') : "
        "datum.leader + ' ' + format(datum.share, '.0%')"
    )
    return (bars + named.mark_text(align="left", dx=5, fontSize=11).encode(text="text:N")).properties(
        width=width, height=alt.Step(19)
    )
