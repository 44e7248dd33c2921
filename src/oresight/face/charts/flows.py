"""Routes of trade on the map: countries in the colour of their side, lines as wide as what they carry."""

import math
from functools import lru_cache
from itertools import pairwise
from typing import Any

import altair as alt

from oresight.core.answer import Sheet
from oresight.face.charts.dependence import outlines
from oresight.face.charts.theme import COALITION, FAINT, OTHER, SUPPLIER
from oresight.face.charts.values import values

TONES = {"supplier": SUPPLIER, "coalition": COALITION, "other": OTHER}
PALE = {"supplier": "#f1c3a0", "coalition": "#b5d3e8", "other": FAINT}
"""Lighter fills of the sides, so that lines stand out on them."""

PLACED = {
    "HKG": (114.2, 22.3),
    "SGP": (103.8, 1.35),
    "MAC": (113.5, 22.2),
    "MLT": (14.4, 35.9),
    "BHR": (50.5, 26.0),
    "MUS": (57.6, -20.2),
    "RUS": (97.0, 62.0),
}
"""Where a route ends that has no outline, or one across the date line: longitude, latitude."""

WIDEST = 9.0
POINTS = 24


@lru_cache(maxsize=1)
def middles() -> dict[str, tuple[float, float]]:
    """ISO code -> a point inside a country's largest part: the centroid of its largest ring (longitude, latitude)."""
    found: dict[str, tuple[float, float]] = {}
    for feature in outlines()["features"]:
        # a ring that jumps over the date line has no area in degrees that means anything
        rings = [r for r in (part[0] for part in feature["geometry"]["coordinates"]) if spans(r) < 200]
        if not rings:
            continue
        best = max(rings, key=lambda ring: abs(area(ring)))
        found[feature["id"]] = centroid(best)
    return found | PLACED


def spans(ring: list[list[float]]) -> float:
    """Width of a ring in degrees of longitude."""
    return max(p[0] for p in ring) - min(p[0] for p in ring)


def area(ring: list[list[float]]) -> float:
    """Signed area of a closed ring in square degrees.

    >>> area([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    1.0
    """
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def centroid(ring: list[list[float]]) -> tuple[float, float]:
    """Centroid of a closed ring.

    >>> centroid([[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]])
    (1.0, 1.0)
    """
    whole = area(ring)
    if whole == 0:
        return float(ring[0][0]), float(ring[0][1])
    x = y = 0.0
    for a, b in pairwise(ring):
        cross = a[0] * b[1] - b[0] * a[1]
        x += (a[0] + b[0]) * cross
        y += (a[1] + b[1]) * cross
    return x / (6 * whole), y / (6 * whole)


def arc(start: tuple[float, float], end: tuple[float, float]) -> list[list[float]]:
    """Points of a bow from place to place that never leaves the map's edge, higher the farther they lie apart.

    >>> arc((0.0, 0.0), (90.0, 0.0))[POINTS // 2]
    [45.0, 9.0]
    """
    far = math.hypot(end[0] - start[0], end[1] - start[1])
    rise = min(far * 0.1, 16.0)
    found = []
    for step in range(POINTS + 1):
        t = step / POINTS
        latitude = start[1] + (end[1] - start[1]) * t + rise * math.sin(math.pi * t)
        found.append([start[0] + (end[0] - start[0]) * t, min(latitude, 84.0)])
    return found


def flow_map(sheet: Sheet, supplier: frozenset[str], coalition: frozenset[str], width: int = 860) -> Any:
    """The largest routes as lines on the map, in the colour of the exporter's side.

    Args:
        sheet: Columns `exporter`, `importer`, `kind`, `tonnes`, `share` and the countries' names.
        supplier, coalition: ISO codes of each side.
        width: Width in points.
    """
    sides = {code: "supplier" if code in supplier else "coalition" for code in supplier | coalition}
    layers = []
    for kind in ("other", "coalition", "supplier"):
        shapes = [
            {"type": "Feature", "geometry": f["geometry"]}
            for f in outlines()["features"]
            if sides.get(f["id"], "other") == kind
        ]
        if shapes:
            layers.append(
                alt.Chart(values(shapes)).mark_geoshape(fill=PALE[kind], stroke="white", strokeWidth=0.4)
            )
    known = middles()
    routes = [r for r in sheet.records() if r["exporter"] in known and r["importer"] in known and r["tonnes"]]
    largest = max((float(r["tonnes"] or 0.0) for r in routes), default=1.0)
    lines = []
    for r in reversed(routes):
        bow = arc(known[str(r["exporter"])], known[str(r["importer"])])
        said = (
            f"{r['exporter_name']} to {r['importer_name']}: {float(r['tonnes'] or 0):,.0f} t, "
            f"{float(r['share'] or 0):.1%} of trade"
        )
        lines.append(
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": bow},
                "properties": {
                    "said": said,
                    "tone": TONES[str(r["kind"])],
                    "thick": max(WIDEST * (float(r["tonnes"] or 0.0) / largest) ** 0.5, 0.6),
                },
            }
        )
    if lines:
        layers.append(
            alt.Chart(values(lines))
            .mark_geoshape(filled=False, strokeOpacity=0.6, strokeCap="round")
            .encode(
                description="properties.said:N",
                stroke=alt.Stroke("properties.tone:N", scale=None),
                strokeWidth=alt.StrokeWidth("properties.thick:Q", scale=None),
            )
        )
    return alt.layer(*layers).project("equalEarth").properties(width=width, height=int(width * 0.47))
