"""The URL is the state: coalition, supplier and year as query parameters, resolved, and links that keep them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from oresight.core.answer import Value
from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.studies import names
from oresight.studies.books import TRADE_FIRST, TRADE_LAST

VALUE_MAX = 2000


@dataclass(frozen=True)
class State:
    """Who asks, about whom, when; and what a page asks beyond that.

    Args:
        coalition: The buyers.
        supplier: The supplier.
        year: Calendar year.
        more: A page's own parameters that were given, by name.
    """

    coalition: Coalition
    supplier: Coalition
    year: int = TRADE_LAST
    more: Mapping[str, str] = field(default_factory=dict)

    def query(self, **extra: str | int | None) -> dict[str, str]:
        """Parameters of the state that differ from the default, with others laid over; None drops one."""
        found: dict[str, str] = {}
        if self.coalition.id != names.DEFAULT_COALITION:
            found["coalition"] = self.coalition.id
        if self.supplier.id != names.DEFAULT_SUPPLIER:
            found["supplier"] = self.supplier.id
        if self.year != TRADE_LAST:
            found["year"] = str(self.year)
        for name, value in extra.items():
            found.pop(name, None)
            if value is not None and value != "":
                found[name] = str(value)
        return found

    def href(self, path: str, **extra: str | int | None) -> str:
        """A link to a page that keeps coalition, supplier and year."""
        asked = self.query(**extra)
        return quote(path, safe="/%.-_~") + (f"?{urlencode(asked)}" if asked else "")

    def here(self, path: str, **extra: str | int | None) -> str:
        """A link to this very view in another form: everything is kept."""
        return self.href(path, **{**self.more, **extra})

    def origin(self, figure: Callable[[Mapping[str, Value]], str]) -> Callable[[Mapping[str, Value]], str]:
        """Links from rows to where their figures come from, by the ids that `figure` gives."""
        return lambda row: self.href("/explain", figure=figure(row))

    @property
    def key(self) -> tuple[str, ...]:
        """What tells one state from another."""
        own = (f"{k}={v}" for k, v in sorted(self.more.items()))
        return (self.coalition.id, self.supplier.id, str(self.year), *own)


def read(query: Mapping[str, str], own: tuple[str, ...] = ()) -> State:
    """The state a URL's query asks for; parameters nobody knows are left aside.

    Args:
        query: Parameters by name.
        own: Names of the page's own parameters.

    Raises:
        StudyError: A country, bloc or year is unknown, or a value is too long.
    """
    for name, value in query.items():
        if len(value) > VALUE_MAX:
            raise StudyError(f"{name[:40]} of {len(value)} characters", f"at most {VALUE_MAX} are read")
    buyers = names.coalition(query.get("coalition") or names.DEFAULT_COALITION)
    seller = names.supplier(query.get("supplier") or names.DEFAULT_SUPPLIER, buyers)
    year = TRADE_LAST
    written = query.get("year", "").strip()
    if written:
        if not written.isascii() or not written.isdigit():
            raise StudyError(f"{written[:40]!r} is no year", f"give {TRADE_FIRST} to {TRADE_LAST}")
        year = names.year(int(written[:6]), TRADE_FIRST, TRADE_LAST)
    more = {name: query[name].strip() for name in own if query.get(name, "").strip()}
    return State(buyers, seller, year, more)


def with_more(state: State, **more: str) -> State:
    """The state with a page's own parameters as given."""
    return replace(state, more={**state.more, **more})
