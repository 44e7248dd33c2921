"""Colours with one meaning everywhere, type that stays calm, and charts as SVG or PNG without a browser.

Okabe-Ito colours, safe for the colour-blind. In SVG, text and rules take the colour of the page they stand
on, so one picture serves light and dark.
"""

import html
import re
from typing import Any

import altair as alt
import vl_convert

SUPPLIER = "#D55E00"
COALITION = "#0072B2"
OTHER = "#8A8F98"
SHORTAGE = "#CC79A7"
SECURED = "#009E73"
INK = "#1b1e23"
RULE = "#c3c7ce"
FAINT = "#e6e8eb"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

MONEY = "replace(replace(replace(format(datum.value, '~s'), 'G', ' bn'), 'M', ' m'), 'k', ' k')"
"""Labels of an axis of money: bn and m instead of the prefixes of physics."""

alt.data_transformers.disable_max_rows()

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": RULE,
        "gridOpacity": 0.45,
        "domainColor": RULE,
        "tickColor": RULE,
        "tickSize": 4,
        "labelLimit": 190,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontWeight": "normal",
        "orient": "top",
        "titleFontSize": 12,
        "symbolStrokeWidth": 3,
    },
    "header": {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "labelFontWeight": "bold"},
    "text": {"color": INK, "fontSize": 12},
    "title": {"color": INK, "fontSize": 14, "anchor": "start", "fontWeight": "bold"},
    "rule": {"color": RULE},
}


def calm(chart: Any) -> Any:
    """The chart in the house's type and colours."""
    return chart.configure(**CONFIG)


def interactive(chart: Any) -> dict[str, Any]:
    """The chart's specification for a reader who points at it: every mark says what it is.

    A line is found by its points, unseen until then; what a mark is described by is what it says; a mark without
    a description says the fields it draws.
    """
    spec: dict[str, Any] = calm(chart).to_dict()
    config = spec.setdefault("config", {})
    silent: dict[str, Any] = {"tooltip": None}
    config["mark"] = {**config.get("mark", {}), "tooltip": {"content": "encoding"}}
    config["line"] = {**config.get("line", {}), **silent, "point": {"opacity": 0, "size": 90}}
    for mark in ("area", "rule", "text", "trail"):
        config[mark] = {**config.get(mark, {}), **silent}
    config["aria"] = False
    say(spec)
    return spec


def say(spec: Any) -> None:
    """Give every part of a specification that has a description a tooltip that says it."""
    if isinstance(spec, list):
        for part in spec:
            say(part)
    elif isinstance(spec, dict):
        encoding = spec.get("encoding")
        if isinstance(encoding, dict) and "description" in encoding:
            encoding.setdefault("tooltip", encoding["description"])
        for name, part in spec.items():
            if name in ("layer", "concat", "hconcat", "vconcat", "spec"):
                say(part)


def svg(chart: Any, alternative: str) -> str:
    """A chart as inline SVG with a text alternative; ink follows the page's colour.

    Args:
        chart: An Altair chart.
        alternative: What the chart shows, for those who do not see it.
    """
    drawn = str(vl_convert.vegalite_to_svg(calm(chart).to_dict()))
    drawn = drawn.replace(INK, "currentColor")
    drawn = drawn.replace(RULE, f"var(--rule,{RULE})").replace(FAINT, f"var(--wash,{FAINT})")
    drawn = re.sub(r' (?:aria-[a-z]+|role|graphics-[a-z]+)="[^"]*"', "", drawn)
    drawn = re.sub(
        r"<svg ", f'<svg role="img" aria-label="{html.escape(alternative, quote=True)}" ', drawn, count=1
    )
    width = re.search(r'<svg [^>]*?width="([\d.]+)"', drawn)
    if width:
        drawn = re.sub(r' width="[\d.]+" height="[\d.]+"', "", drawn, count=1)
        drawn = drawn.replace("<svg ", f'<svg style="max-width:{float(width.group(1)):.0f}px;width:100%" ', 1)
    return drawn


def png(chart: Any, scale: float = 2.0) -> bytes:
    """A chart as PNG on white, for slides."""
    opaque = calm(chart).to_dict() | {"background": "white"}
    return bytes(vl_convert.vegalite_to_png(opaque, scale=scale))
