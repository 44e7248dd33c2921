"""The pages of the workbench, by name: the modules of `pages/`, gathered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal

from oresight.core.progress import Reporter
from oresight.face.web import pages as room
from oresight.face.web.blocks import View
from oresight.face.web.state import State


@dataclass(frozen=True)
class Page:
    """A page: where it stands, what it asks, how it is made.

    Args:
        id: Name, as `studies/ask.py` calls it.
        path: Path, with `{target}` where it is of something.
        label: In the navigation; empty for a page that is only linked.
        order: Place in the navigation.
        build: Makes its view from a target ("" for none), the state and a reporter.
        own: Names of its own query parameters.
        lane: Whether it is quick, a long run, one in a process of its own, or in the background.
        switches: Which of coalition, supplier and year a reader can switch on it.
        keeps: Whether a reader can keep its views under a name.
        stamp: What the view shows depends on beyond its state, such as a long run that has ended since.
    """

    id: str
    path: str
    label: str
    order: int
    build: Callable[[str, State, Reporter], View]
    own: tuple[str, ...] = ()
    lane: Literal["quick", "slow", "apart", "back"] = "quick"
    switches: tuple[str, ...] = ("coalition", "supplier", "year")
    keeps: bool = False
    stamp: Callable[[State], str] = lambda state: ""

    def at(self, target: str = "") -> str:
        """Its path for a target."""
        return self.path.replace("{target}", target)

    def twin(self, target: str, form: str) -> str:
        """The path of the view in another form."""
        here = self.at(target)
        return f"{'/' + self.id if here == '/' else here}.{form}"


@lru_cache(maxsize=1)
def pages() -> tuple[Page, ...]:
    """All pages, in the order of the navigation."""
    found: list[Page] = []
    for module in iter_modules(room.__path__):
        found += import_module(f"{room.__name__}.{module.name}").PAGES
    return tuple(sorted(found, key=lambda p: p.order))


def page(name: str) -> Page | None:
    """The page of that name; None where the workbench has none."""
    return next((p for p in pages() if p.id == name), None)
