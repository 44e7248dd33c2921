"""Prices with the measures that moved them, concentration over the years, and direct against hidden dependence."""

from datetime import date
from typing import Any

import altair as alt

from oresight.core.answer import Sheet
from oresight.face.charts.dependence import PERCENT, spread
from oresight.face.charts.theme import COALITION, INK, OTHER, RULE, SUPPLIER
from oresight.face.charts.values import values

PLACES = {
    "inside": "in the supplier's market",
    "outside": "outside",
    "world": "world",
    "usa": "United States",
}
PLACE_TONES = {"inside": SUPPLIER, "outside": COALITION, "world": OTHER, "usa": OTHER}
GAP_DAYS = 1200
"""Days without a price after which a line breaks."""

LABEL = 0.045
"""Least distance between names of grades, of the chart's height [1]."""

NAMED = 5
"""Most grades named at one end."""

LINES = 14
"""A series with more points than this is a line; a shorter one keeps its points."""


def leading_product(sheet: Sheet) -> str | None:
    """The product with prices on most days."""
    days: dict[str, set[str]] = {}
    for r in sheet.records():
        days.setdefault(str(r["product"]), set()).add(str(r["date"]))
    return max(days, key=lambda p: (len(days[p]), p)) if days else None


def price_line(
    sheet: Sheet, measures: Sheet, product: str, width: int = 720, height: int = 300, since: str = ""
) -> Any:
    """Prices of one product by place; measures as numbered rules at the day they became known.

    Args:
        sheet: Columns `product`, `place`, `date`, `usd_per_t`, `kind`, `frequency`, `grade`.
        measures: Columns `announced` and `title`; numbered in their order.
        product: Which product is drawn.
        since: First day shown, ISO; all by default.
    """
    rows = [
        {**r, "series": f"{PLACES.get(str(r['place']), r['place'])}, {r['kind']}".replace("_", " ")}
        for r in sheet.records()
        if r["product"] == product and str(r["date"]) >= since
    ]
    rows = unbroken(by_grade(rows))
    series = list(dict.fromkeys(str(r["series"]) for r in rows))
    tones = {str(r["series"]): PLACE_TONES.get(str(r["place"]), OTHER) for r in rows}
    dashes: dict[str, list[int]] = {}
    for name in series:
        seen = sum(1 for other in dashes if tones[other] == tones[name])
        dashes[name] = ([1, 0], [5, 3], [2, 2], [8, 3, 2, 3])[seen % 4]
    colour = alt.Color(
        "series:N",
        title=None,
        scale=alt.Scale(domain=series, range=[tones[s] for s in series]),
        legend=alt.Legend(symbolType="stroke", columns=3, labelLimit=260),
    )
    base = alt.Chart(values(rows)).encode(
        x=alt.X("date:T", axis=alt.Axis(title=None, grid=False, tickCount=7, format="%Y")),
        y=alt.Y(
            "usd_per_t:Q",
            axis=alt.Axis(title="USD per tonne", format="~s", tickCount=5),
            scale=alt.Scale(zero=True, domainMin=0),
        ),
        color=colour,
    )
    dash = alt.StrokeDash(
        "series:N", scale=alt.Scale(domain=series, range=[dashes[s] for s in series]), legend=None
    )
    thick = alt.condition("datum.main", alt.value(2), alt.value(1.1))
    faint = alt.condition("datum.main", alt.value(1.0), alt.value(0.6))
    lines = base.mark_line().encode(
        strokeDash=dash, detail="part:N", strokeWidth=thick, opacity=faint, description="line:N"
    )
    layers = [lines]
    if named := grade_names(rows):
        text = alt.Chart(values(named)).mark_text(
            align="left", baseline="bottom", dx=6, dy=-2, fontSize=10, color=OTHER
        )
        layers.append(text.encode(x="date:T", y="at:Q", text="grade:N"))
    if len(rows) <= LINES * max(len(series), 1):
        layers.append(base.mark_point(filled=True, size=26).encode(description="said:N"))
    days = sorted(str(r["date"]) for r in rows)
    known = numbered(measures, days[0], days[-1]) if days else []
    if known:
        rule = alt.Chart(values(known))
        layers.insert(0, rule.mark_rule(color=RULE, strokeDash=[3, 3]).encode(x="date:T"))
        layers.append(
            rule.mark_text(fontSize=11, baseline="bottom", dy=-3).encode(
                x="date:T", y=alt.value(0), text="number:N"
            )
        )
    return alt.layer(*layers).properties(width=width, height=height)


def by_grade(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the line they are on: where a place has several prices on a day, each grade has a line of its own.

    The grade with most prices is the main one; `alone` says that a place has no other.
    """
    days: dict[tuple[str, str], set[str]] = {}
    counts: dict[str, dict[str, int]] = {}
    for r in rows:
        named = str(r.get("grade") or "")
        days.setdefault((str(r["series"]), str(r["date"])), set()).add(named)
        of = counts.setdefault(str(r["series"]), {})
        of[named] = of.get(named, 0) + 1
    split = {series for (series, _), found in days.items() if len(found) > 1}
    main = {series: max(of, key=lambda g: (of[g], g)) for series, of in counts.items()}
    found = []
    for r in rows:
        series, named = str(r["series"]), str(r.get("grade") or "")
        apart = series in split
        found.append(
            {
                **r,
                "line": f"{series}: {named}" if apart and named else series,
                "main": not apart or named == main[series],
                "alone": not apart,
            }
        )
    return found


def grade_names(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names of grades at the ends of their lines, those that end on one day spread so that none covers another.

    None where no place has several; of more than a few on one day, those with most prices are named.
    """
    ends: dict[str, dict[str, Any]] = {}
    counts: dict[str, int] = {}
    for r in sorted(rows, key=lambda r: str(r["date"])):
        if not r["alone"] and r["grade"]:
            counts[r["line"]] = counts.get(r["line"], 0) + 1
            ends[r["line"]] = {
                "date": str(r["date"]),
                "grade": r["grade"],
                "usd_per_t": float(r["usd_per_t"]),
            }
    top = max((float(r["usd_per_t"]) for r in rows), default=0.0) or 1.0
    found = []
    for day in dict.fromkeys(end["date"] for end in ends.values()):
        here = [line for line, end in ends.items() if end["date"] == day and counts[line] > 1]
        named = sorted(here, key=lambda line: -counts[line])[:NAMED]
        apart = spread(
            [{**ends[line], "height": ends[line]["usd_per_t"] / top} for line in named], "height", LABEL
        )
        low = min((end["at"] for end in apart), default=0.0)
        found += [{**end, "at": (end["at"] - min(low, 0.0)) * top} for end in apart]
    return found


def unbroken(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the number of the stretch they belong to: a line does not bridge years without a price."""
    found: list[dict[str, Any]] = []
    part, last = 0, None
    for r in sorted(rows, key=lambda r: (str(r["line"]), str(r["date"]))):
        day = date.fromisoformat(str(r["date"]))
        if last is None or last[0] != r["line"] or (day - last[1]).days > GAP_DAYS:
            part += 1
        last = (r["line"], day)
        found.append({**r, "part": part, "said": f"{day}: {float(r['usd_per_t']):,.0f} USD/t, {r['line']}"})
    return found


def numbered(measures: Sheet, first: str, last: str) -> list[dict[str, str]]:
    """Days of measures with their numbers, those too near to be told apart under one."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    near = max((end - start).days, 1) / 40
    found: list[dict[str, str]] = []
    for at, r in enumerate(measures.records(), 1):
        day = date.fromisoformat(str(r["announced"]))
        if day < start:
            continue
        if found and (day - date.fromisoformat(found[-1]["date"])).days < near:
            numbers = found[-1]["number"].split("\u2013")
            found[-1]["number"] = f"{numbers[0]}\u2013{at}"
        else:
            found.append({"date": day.isoformat(), "number": str(at)})
    return found


def concentration_years(sheet: Sheet, supplier_label: str, width: int = 250, height: int = 190) -> Any:
    """The supplier's share of output and the largest maker's over the years, one small picture per stage.

    Args:
        sheet: Columns `stage`, `year`, `leader`, `leader_share`, `supplier_share`.
        supplier_label: The supplier's name.
    """
    titles = {"mine": "Mined", "refine": "Refined", "component": "Components"}
    rows = [r for r in sheet.records() if int(r["year"] or 0) >= 1990]
    pictures = []
    for stage in dict.fromkeys(str(r["stage"]) for r in rows):
        part = [r for r in rows if r["stage"] == stage]
        base = alt.Chart(values(part), title=alt.Title(titles.get(stage, stage), fontSize=12)).encode(
            x=alt.X(
                "year:Q",
                axis=alt.Axis(format="d", title=None, grid=False, tickCount=4),
                scale=alt.Scale(zero=False, nice=False),
            )
        )
        largest = base.mark_line(color=OTHER, strokeWidth=1.5, strokeDash=[4, 2]).encode(
            y=alt.Y("leader_share:Q", axis=PERCENT, scale=alt.Scale(domain=[0, 1]))
        )
        own = base.mark_line(color=SUPPLIER, strokeWidth=2.6).encode(
            y=alt.Y("supplier_share:Q", axis=PERCENT, scale=alt.Scale(domain=[0, 1]))
        )
        dots = base.mark_point(color=SUPPLIER, filled=True, size=20).encode(y="supplier_share:Q")
        last = max(part, key=lambda r: int(r["year"] or 0))
        end = alt.Chart(values([{**last, "text": f"{float(last['supplier_share'] or 0):.0%}"}]))
        said = end.mark_text(align="left", dx=6, color=SUPPLIER, fontSize=12, fontWeight="bold").encode(
            x="year:Q", y="supplier_share:Q", text="text:N"
        )
        layers = [largest, own, said] if len(part) > 4 else [largest, own, dots, said]
        pictures.append(alt.layer(*layers).properties(width=width, height=height))
    return alt.hconcat(*pictures, spacing=44) if len(pictures) > 1 else pictures[0]


def slope(sheet: Sheet, supplier_label: str, width: int = 330, most: int = 10) -> Any:
    """What imports show against what passes through the supplier anywhere, a line per commodity.

    Args:
        sheet: Columns `name`, `import_share`, `exposure`, `hidden`, largest exposure first.
        supplier_label: The supplier's name.
        most: Most commodities drawn: those with the widest gap.
    """
    rows = [r for r in sheet.records() if r["import_share"] is not None and r["exposure"] is not None]
    rows = sorted(rows, key=lambda r: -float(r["hidden"] or 0.0))[:most]
    ends = []
    for r in rows:
        ends.append(
            {"name": r["name"], "side": 0, "share": r["import_share"], "loud": float(r["hidden"] or 0) > 0.1}
        )
        ends.append(
            {"name": r["name"], "side": 1, "share": r["exposure"], "loud": float(r["hidden"] or 0) > 0.1}
        )
    height = 380
    x = alt.X("side:Q", axis=None, scale=alt.Scale(domain=[-0.75, 1.85], nice=False))
    y = alt.Y("share:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    tone = alt.condition("datum.loud", alt.value(COALITION), alt.value(OTHER))
    lines = (
        alt.Chart(values(ends))
        .mark_line(strokeWidth=2)
        .encode(
            x=x,
            y=y,
            detail="name:N",
            color=alt.Color(
                "loud:N", legend=None, scale=alt.Scale(domain=[True, False], range=[COALITION, OTHER])
            ),
        )
    )
    dots = alt.Chart(values(ends)).mark_point(filled=True, size=36).encode(x=x, y=y, color=tone)
    right = spread([{"name": r["name"], "share": float(r["exposure"] or 0.0)} for r in rows], "share", 0.043)
    left = spread(
        [{"name": r["name"], "share": float(r["import_share"] or 0.0)} for r in rows], "share", 0.043
    )
    said_right = [{"side": 1, "share": r["at"], "text": f"{r['share']:.0%} {r['name']}"} for r in right]
    said_left = [{"side": 0, "share": r["at"], "text": f"{r['name']} {r['share']:.0%}"} for r in left]
    names_right = (
        alt.Chart(values(said_right))
        .mark_text(align="left", dx=9, fontSize=11)
        .encode(x=x, y=y, text="text:N")
    )
    names_left = (
        alt.Chart(values(said_left))
        .mark_text(align="right", dx=-9, fontSize=11)
        .encode(x=x, y=y, text="text:N")
    )
    heads = [
        {"side": 0, "text": "its imports show", "align": "right"},
        {"side": 1, "text": f"passes through {supplier_label}", "align": "left"},
    ]
    titles = [
        alt.Chart(values([h]))
        .mark_text(
            align=h["align"], fontSize=12, fontWeight="bold", dx=-9 if h["align"] == "right" else 9, color=INK
        )
        .encode(x=x, y=alt.value(-26), text="text:N")
        for h in heads
    ]
    return alt.layer(lines, dots, names_right, names_left, *titles).properties(width=width * 2, height=height)
