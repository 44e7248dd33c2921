"""Where a found place of `studies/ask.py` stands in this workbench."""

from collections.abc import Mapping
from dataclasses import replace

from oresight.core.answer import Value
from oresight.core.errors import OresightError
from oresight.face.web.registry import page
from oresight.face.web.state import State, read
from oresight.studies import names


def stopped(row: Mapping[str, Value], state: State) -> dict[str, str]:
    """Fields of the scenario that was understood; none where neither an actor nor a mineral was named."""
    if not row["supplier"] and not row["commodity"]:
        return {}
    found = {"from": str(row["supplier"] or state.supplier.id), "what": str(row["commodity"] or "all")}
    if row["coalition"]:
        found["to"] = str(row["coalition"])
    return found


def address(row: Mapping[str, Value], state: State) -> str | None:
    """The link to a place that was understood; None where the workbench has no such page.

    Coalition and supplier that were named take the place of those in the URL; a pair that cannot be asked about,
    such as a country's dependence on itself, leaves them as they were.
    """
    where = page(str(row["page"]))
    if where is None:
        return None
    target = str(row["target"] or "")
    asked = state.query()
    if row["coalition"]:
        asked["coalition"] = str(row["coalition"])
    if row["supplier"]:
        asked["supplier"] = str(row["supplier"])
    if target and where.id == "country":
        asked.pop("coalition", None)
    try:
        there = read(asked)
    except OresightError:
        there = state
    own: dict[str, str] = {}
    if where.id == "stress":
        return state.href(where.at(), **stopped(row, state))
    if where.id == "coalition" and len(there.coalition.players) < 2:
        # one country alone has nobody to share with: it is asked about at the table that stands
        there = state if len(state.coalition.players) > 1 else replace(state, coalition=names.coalition())
    if "commodity" in where.own and row["commodity"]:
        own["commodity"] = str(row["commodity"])
    return there.href(where.at(target), **own)
