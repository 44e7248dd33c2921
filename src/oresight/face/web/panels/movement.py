"""What moves on the Coalition page when members come and go."""

from oresight.core.answer import Answer, Column, sheet
from oresight.face.web.blocks import Panel, panel, table
from oresight.face.web.panels.coalition import billions
from oresight.studies import names


def movement(answer: Answer, before: Answer) -> Answer:
    """Each member's gain now beside its gain with the whole default coalition, as an answer of its own."""
    was = {r["member"]: r for r in before.sheet("splits").records()}
    now = {r["member"]: r for r in answer.sheet("splits").records()}
    rows = [
        {
            "name": names.label(str(member)),
            "before": was.get(member, {}).get("dual"),
            "now": now.get(member, {}).get("dual"),
            "change": billions(now[member]["dual"]) * 1e3 - billions(was[member]["dual"]) * 1e3
            if member in was and member in now
            else None,
        }
        for member in dict.fromkeys((*was, *now))
    ]
    found = sheet(
        "moved",
        "Gain at dual prices, with the whole coalition and with those at the table now",
        (
            Column("name", "member"),
            Column("before", "gain with the whole coalition", "million USD", "number"),
            Column("now", "gain with those at the table", "million USD", "number"),
            Column("change", "what the other members' absence or presence changes", "million USD", "number"),
        ),
        rows,
    )
    known = [r for r in rows if r["change"] is not None]
    finding = "Nobody sits at both tables."
    if known:
        most = max(known, key=lambda r: abs(float(str(r["change"]))))
        change = billions(most["change"])
        finding = f"{most['name']}'s gain moves most: by {change:+,.2f} billion USD."
    return Answer(
        "share", "What moves when members come and go?", finding, (found,), answer.basis, answer.parameters
    )


def moved(answer: Answer) -> Panel:
    """What moved, as a table."""
    block = table(
        answer.sheets[0],
        titles={
            "name": "Member",
            "before": "whole coalition, million USD",
            "now": "this table",
            "change": "change",
        },
        note="An empty place: not at that table.",
    )
    return panel(answer, "moved", block)
