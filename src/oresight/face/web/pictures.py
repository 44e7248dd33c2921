"""Charts in the forms a page gives them: inline SVG in the page's colours, SVG and PNG to keep."""

import json
import re
import threading

import vl_convert
from markupsafe import Markup, escape

from oresight.face.charts import theme
from oresight.face.web.blocks import Picture

_drawing = threading.Lock()
"""Altair and the renderer are asked by one thread at a time: the renderer has one engine anyway."""

LABEL = re.compile(r'<(path|rect|line|text)( [^>]*?)aria-label="([^"]*)"([^>]*?)(?:/>|></\1>)')
ATTRIBUTES = re.compile(r' (?:aria-[a-z]+|role|graphics-[a-z]+|style|class|pointer-events|display)="[^"]*"')
TOLD = re.compile(r"[A-Z0-9]")
"""How what a mark says begins; the wording of the renderer begins with the name of a field."""

LONG = re.compile(r"(-?\d+\.\d)\d+")


def inline(picture: Picture, lead: str) -> Markup:
    """A picture as SVG that follows the page: its ink, its width; marks say what they are on hover.

    No style attribute is left, so that the page's policy may forbid them all.

    Args:
        picture: The picture.
        lead: Put before every id inside, so that pictures of one page do not meet.
    """
    with _drawing:
        drawn = str(vl_convert.vegalite_to_svg(theme.calm(picture.draw()).to_dict()))
    return Markup(dressed(drawn, picture.alternative, lead))


def dressed(drawn: str, alternative: str, lead: str) -> str:
    """The SVG of the renderer as a page holds it."""
    drawn = LABEL.sub(titled, drawn)
    drawn = ATTRIBUTES.sub("", drawn)
    drawn = re.sub(r' id="([^"]+)"', rf' id="{lead}-\1"', drawn)
    drawn = re.sub(r"url\(#([^)]+)\)", rf"url(#{lead}-\1)", drawn)
    drawn = re.sub(r' d="[^"]*"', lambda m: LONG.sub(r"\1", m.group(0)), drawn)
    drawn = drawn.replace(theme.INK, "currentColor").replace(' stroke="white"', ' stroke="var(--paper)"')
    drawn = re.sub(r"<g></g>|<g/>", "", drawn)
    return drawn.replace("<svg ", f'<svg class="drawn" role="img" aria-label="{escape(alternative)}" ', 1)


def titled(found: re.Match[str]) -> str:
    """A mark with what it says as its title; the renderer's own wording, field by field, is dropped."""
    tag, before, said, after = found.groups()
    if tag == "text" or not TOLD.match(said):
        return f"<{tag}{before}{after}/>" if tag != "text" else found.group(0)
    return f"<{tag}{before}{after}><title>{said}</title></{tag}>"


def as_svg(picture: Picture) -> bytes:
    """A picture as an SVG file."""
    with _drawing:
        return theme.svg(picture.draw(), picture.alternative).encode()


def as_spec(picture: Picture) -> bytes:
    """A picture as the Vega-Lite specification that Vega-Embed shows."""
    with _drawing:
        spec = theme.interactive(picture.draw())
    spec = {"description": picture.alternative, **spec}
    return json.dumps(spec, ensure_ascii=False, separators=(",", ":")).encode()


def as_png(picture: Picture) -> bytes:
    """A picture as a PNG file on white, for slides."""
    with _drawing:
        return theme.png(picture.draw())
