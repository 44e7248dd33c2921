"""Laying sections out as one HTML page that holds all it needs: styles and charts inside, no request made."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from oresight import __version__
from oresight.face.brief.blocks import Grid, Section


@lru_cache(maxsize=1)
def template() -> Template:
    """The page's template; everything put into it is escaped."""
    return Environment(
        loader=PackageLoader("oresight.face.brief"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("brief.html.j2")


def page(
    headline: str,
    standfirst: str,
    sections: Sequence[Section],
    coalition_label: str,
    supplier_label: str,
    year: int,
    made_on: str,
    command: str,
) -> str:
    """The whole page as text."""
    grids = [b for s in sections for b in s.blocks if isinstance(b, Grid)]
    classes = {each.classes for g in grids for row in g.rows for each in row}
    return template().render(
        css=Markup(
            files("oresight.face.brief").joinpath("templates", "brief.css").read_text(encoding="utf-8")
        ),
        headline=headline,
        standfirst=standfirst,
        sections=sections,
        coalition_label=coalition_label,
        supplier_label=supplier_label,
        year=year,
        made_on=made_on,
        command=command,
        version=__version__,
        has_shortage=any("shortage" in c for c in classes),
        has_secured=any("secured" in c for c in classes),
    )
