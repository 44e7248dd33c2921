"""Templates of the pages, every value escaped, and the versions of the files they link."""

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from oresight import __version__
from oresight.face.web import library

MEDIA = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


@lru_cache(maxsize=1)
def static() -> dict[str, bytes]:
    """Name -> content of every file the pages link."""
    folder = files("oresight.face.web").joinpath("static")
    return {
        f.name: f.read_bytes()
        for f in sorted(folder.iterdir(), key=lambda f: f.name)
        if f.name.rpartition(".")[2] in MEDIA
    }


@lru_cache(maxsize=1)
def version() -> str:
    """Digest of all linked files: their address changes with them, so that they may be kept for a year."""
    digest = hashlib.sha256()
    for name, content in static().items():
        digest.update(name.encode() + content)
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates; an unknown name in one is an error, never an empty place."""
    found = Environment(
        loader=PackageLoader("oresight.face.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["linked"] = lambda name: f"/static/{version()}/{name}"
    found.globals["vega"] = lambda: f"/static/{library.version()}/{library.NAME}"
    found.globals["program"] = f"oresight {__version__}"
    return found


def render(name: str, **values: Any) -> str:
    """A page from its template."""
    return environment().get_template(name).render(**values)
