"""The coalition in sentences made from its numbers."""

from collections.abc import Sequence

from oresight.core.answer import Sheet
from oresight.plan.movers import Movers
from oresight.studies import names
from oresight.studies.share.answers import said

RULES = {
    "dual": "dual prices",
    "shapley": "Shapley",
    "nucleolus": "nucleolus",
    "by_demand": "demand",
    "by_gdp": "GDP",
}
"""What splits are called in a sentence."""

FEW = 4
"""Names that fit in a sentence."""


def number(value: object) -> float:
    """A cell that holds a number."""
    return float(str(value))


def finding(
    label: str, players: Sequence[str], sheets: Sequence[Sheet], order: Movers, supplier: str = ""
) -> str:
    """What was found, in a few sentences.

    Args:
        label: Who plays. players: Their names, in the game's order.
        sheets: The answer's. order: Who should move first.
        supplier: Its best answer in words, where it was played.
    """
    by = {s.name: s for s in sheets}
    rows = by["splits"].records()
    total = sum(number(r["dual"]) for r in rows)
    own = sum(number(r["worth_alone"]) for r in rows)
    text = [
        f"Moving together saves {label} {total / 1e3:,.1f} bn USD of expected loss and risk, net of what it "
        f"costs, {said((total - own) / 1e3)} more than plans of each member alone.",
        f"{rows[0]['name']} gains most, {number(rows[0]['dual']) / 1e3:,.1f} bn.",
    ]
    if len(players) > 2 and total > own:
        text.append(first_movers(order, players))
    waits = by["waiting"].records()
    lost = sum(number(r["all_wait"]) for r in waits)
    slow = max(waits, key=lambda r: number(r["alone_waits"]))
    text.append(
        f"Waiting a year costs them {lost / 1e3:,.1f} bn; hesitating alone costs {slow['name']} most, "
        f"{number(slow['alone_waits']) / 1e3:,.1f} bn."
    )
    text.append(held(by["core"]))
    if "spillovers" in by:
        text.append(outside(by["spillovers"]))
        held_by = {str(r["check"]): str(r["result"]) for r in by["checks"].records()}
        most = next(v for k, v in held_by.items() if k.startswith("the worthiest set"))
        if most != "all":
            text.append(
                "Without such ties no transfers could hold two together."
                if most == "none"
                else f"Without such ties transfers could hold together at most {most}."
            )
    if supplier:
        text.append(supplier)
    return " ".join(text)


def first_movers(found: Movers, members: Sequence[str], part: float = 0.5) -> str:
    """Who already gains a part of what pooling gains, in words."""
    bits = found.reaching(part)
    who = [names.label(members[i]) for i in found.order if bits >> i & 1]
    gained = found.adds[: len(who) - 1].sum() / found.adds.sum()
    if len(who) == len(members):
        return "Half of what acting together gains is reached only when all are in."
    return (
        f"{', '.join(who[:-1])} and {who[-1]} alone already reach {gained:.0%} of what acting together gains."
    )


def held(core: Sheet) -> str:
    """Which splits hold together and who would leave the others first."""
    rows = core.records()
    inside = [RULES[str(r["split"])] for r in rows if r["inside"]]
    outside = [RULES[str(r["split"])] for r in rows if r["inside"] is False]
    text = (
        f"Nobody has a reason to leave a split by {' or '.join(inside)}"
        if inside
        else "Every split loses some"
    )
    if outside and inside:
        text += f"; some would leave one by {' or '.join(outside)}"
    return text + "."


def outside(spillovers: Sheet) -> str:
    """Who would rather stay outside and gain by the others' plan, in words."""
    out = [str(r["name"]) for r in spillovers.records() if not r["stays"]]
    if not out:
        return "Even if its output is sold to outsiders too, everyone gains more by being in."
    who = (
        ", ".join(out)
        if len(out) <= FEW
        else f"{len(out)} of {len(spillovers.rows)} members, {out[0]} first,"
    )
    return f"If the plan's output is sold to outsiders too, {who} would rather stay outside: it must be tied to members."
