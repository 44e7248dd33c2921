"""Where a figure comes from: a walk over declared inputs to the origins, and down to the rows it rests on.

A figure's name is `table.field:key=value,key=value`; without the field it means the whole row.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from oresight.catalog import store
from oresight.catalog.checks import cast_to
from oresight.catalog.declare import Origin, Table
from oresight.catalog.registry import table
from oresight.core.errors import DataError, StudyError, unknown_name

Value = str | int | float | bool | datetime.date | None
ROWS_MAX = 200
NAME_MAX = 2000


@dataclass(frozen=True)
class Step:
    """A table on the way from a figure to its origins.

    Args:
        table: Its declaration.
        depth: Inputs of inputs: 0 for the table asked about.
        made_for: The table it is an input of; "" for the first.
    """

    table: Table
    depth: int
    made_for: str


@dataclass(frozen=True)
class Figure:
    """A figure's name, taken apart.

    Args:
        of: Table that holds it.
        field: Field of it; "" for the whole row.
        key: What it is asked for, as written.
    """

    of: str
    field: str
    key: Mapping[str, str]


@dataclass(frozen=True)
class Cited:
    """A row of the catalogue with what it cites.

    Args:
        table: Its table.
        row: Its values.
        source: The row of `sources` it cites; None where the whole table has one origin.
        origins: The declared origins of its table.
    """

    table: str
    row: Mapping[str, Value]
    source: Mapping[str, Value] | None
    origins: tuple[Origin, ...]


def figure(text: str) -> Figure:
    """A figure's name, taken apart.

    Raises:
        StudyError: It is not of the form table.field:key=value,...

    >>> figure("trade.gross_t:year=2024,exporter=CHN").key
    {'year': '2024', 'exporter': 'CHN'}
    """
    form = r"([\w-]+)(?:\.([\w-]+))?(?::(.*))?"
    match = re.fullmatch(form, text.strip()) if len(text) <= NAME_MAX else None
    pairs = [part.partition("=") for part in (match[3] or "").split(",") if part.strip()] if match else []
    if match is None or any(not name.strip() or not sign for name, sign, _ in pairs):
        raise StudyError(
            f"{text[:60]!r} names no figure",
            "write table.field:key=value,key=value, such as reserves.value:commodity=lithium,country=CHL",
        )
    return Figure(match[1], match[2] or "", {name.strip(): value.strip() for name, _, value in pairs})


def walk(name: str) -> tuple[Step, ...]:
    """The table and, depth first, all tables it was made from; each once.

    Raises:
        StudyError: No table has that name.
    """
    found: dict[str, Step] = {}

    def visit(each: str, depth: int, made_for: str) -> None:
        if each not in found:
            found[each] = Step(table(each), depth, made_for)
            for below in found[each].table.inputs:
                visit(below, depth + 1, each)

    visit(name, 0, "")
    return tuple(found.values())


def origins(name: str) -> tuple[Origin, ...]:
    """All origins a table rests on, its own first, each once.

    Raises:
        StudyError: No table has that name.
    """
    return tuple(dict.fromkeys(o for step in walk(name) for o in step.table.origins))


def rows(name: str, limit: int = ROWS_MAX, **key: object) -> list[dict[str, Value]]:
    """Rows of a table whose fields have the given values.

    Args:
        name: Table.
        limit: Most rows given back, in the table's order.
        key: Field -> value; text is read as the field's type.

    Raises:
        StudyError: No table or field has that name, or a value is none of the field's.

    >>> rows("countries", iso3="NAM")[0]["name"]
    'Namibia'
    """
    declared = table(name)
    wanted = pl.lit(True)
    for field, value in key.items():
        known = {f.name: f for f in declared.fields}
        if field not in known:
            raise unknown_name(f"field of {name}", field, known)
        cast = cast_to(known[field], pl.Series(field, [value]))
        if cast[0] is None and value is not None:
            raise StudyError(
                f"{field} of {name} is no {known[field].kind} in {str(value)[:60]!r}",
                f"{field} is {known[field].about}",
            )
        wanted = wanted & pl.col(field).eq_missing(pl.lit(cast[0], dtype=known[field].dtype))
    return store.read(name).filter(wanted).head(limit).to_dicts()


def cited(name: str, limit: int = ROWS_MAX, **key: object) -> list[Cited]:
    """Rows of a table, preferred ones first, each with the source it cites.

    Raises:
        StudyError: No table or field has that name.
        DataError: A row cites a source the catalogue does not hold.
    """
    found = rows(name, limit=limit, **key)
    found.sort(key=lambda r: not r.get("preferred", True))
    sources = {r["id"]: r for r in store.read("sources").to_dicts()} if found else {}
    out = []
    for row in found:
        source = None
        if "source_id" in row:
            source = sources.get(row["source_id"])
            if source is None:
                raise DataError(
                    f"{name} cites {row['source_id']!r}, which is not in sources",
                    "reinstall oresight or rebuild the catalogue",
                )
        out.append(Cited(name, row, source, origins(name)))
    return out


def explained(text: str, limit: int = ROWS_MAX) -> list[Cited]:
    """The rows behind a figure named as table.field:key=value,...

    Raises:
        StudyError: The name is none, or no row has that key; the mend names a key that is there.

    >>> explained("countries.iso2:iso3=NAM")[0].row["iso2"]
    'NA'
    """
    named = figure(text)
    declared = table(named.of)
    if named.field and named.field not in declared.schema:
        raise unknown_name(f"field of {named.of}", named.field, declared.schema)
    found = cited(named.of, limit, **named.key)
    if not found:
        first = store.read(named.of).select(declared.key).head(1).to_dicts()
        like = ",".join(f"{k}={v}" for k, v in first[0].items()) if first else ""
        raise StudyError(f"no row of {named.of} has {text.partition(':')[2][:80]}", f"a key there is {like}")
    return found
