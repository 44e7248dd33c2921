"""Every table of the catalogue, by name: the modules of `tables/`, gathered."""

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from oresight.catalog import tables as room
from oresight.catalog.declare import Table
from oresight.core.errors import unknown_name


@lru_cache(maxsize=1)
def tables() -> tuple[Table, ...]:
    """All declared tables, in the order of their names."""
    found: dict[str, Table] = {}
    for module in iter_modules(room.__path__):
        for each in import_module(f"{room.__name__}.{module.name}").TABLES:
            if each.name in found:
                raise ValueError(f"table {each.name} is declared twice")
            found[each.name] = each
    return tuple(found[name] for name in sorted(found))


def table(name: str) -> Table:
    """The table of that name.

    Raises:
        StudyError: No table has it; the mend names the nearest.
    """
    known = {t.name: t for t in tables()}
    if name not in known:
        raise unknown_name("table", name, known)
    return known[name]
