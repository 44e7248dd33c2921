"""Member by member: its account, what waiting costs it, and one sentence (coalition §2, §4)."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from oresight.core.answer import Column, Sheet, Value, sheet
from oresight.plan.waiting import Grand
from oresight.studies import names

Floats = NDArray[np.float64]
MILLION = 1e6
BILLION = 1e9


def waiting(members: Sequence[str], grand: Sequence[Grand]) -> Sheet:
    """What each member loses if all wait a year, and if it alone does                             coalition §4

    Yearly plans of all members, split at dual prices. Waiting: nothing is decided in the first year.
    """
    columns = (
        Column("member", "member", "", "id"),
        Column("name", "member of the coalition"),
        Column("all_wait", "its loss if all decide nothing for a year", "million USD", "number"),
        Column("alone_waits", "its loss if it alone hesitates for a year", "million USD", "number"),
        Column("others_lose", "what the others lose by its hesitating", "million USD", "number"),
        Column("together_lose", "what all lose by its hesitating", "million USD", "number"),
    )
    every, own, others = lost_by_waiting(grand)
    rows = [
        {
            "member": p,
            "name": names.label(p),
            "all_wait": every[i] / MILLION,
            "alone_waits": own[i] / MILLION,
            "others_lose": others[i] / MILLION,
            "together_lose": (own[i] + others[i]) / MILLION,
        }
        for i, p in enumerate(members)
    ]
    rows.sort(key=lambda r: -float(str(r["together_lose"])))
    return sheet("waiting", "What waiting a year costs", columns, rows)


def lost_by_waiting(grand: Sequence[Grand]) -> tuple[Floats, Floats, Floats]:
    """Losses if all wait, by who hesitates alone, and of the others then (member,) each [USD]."""
    today = np.sum([g.parts.sum(1) for g in grand], axis=0)
    every = np.sum([g.all_wait for g in grand], axis=0) - today
    one = np.sum([g.one_waits for g in grand], axis=0) - today
    own = np.diag(one).copy()
    return every, own, one.sum(1) - own


def accounts(members: Sequence[str], alone: Floats, share: Floats, left: Floats, rent: Floats) -> Sheet:
    """Every member's account under the dual split; cash of all and what levers cost sum to zero    coalition §2

    Args:
        members: Names.
        alone: What each loses alone without any plan (member,) [USD].
        share: Its part of the plan's cost and risk at dual prices (member,) [USD].
        left: Loss and risk the plan leaves it (member,) [USD].
        rent: Scarcity rent of projects it hosts or has a share in (member,) [USD].
    """
    columns = (
        Column("member", "member", "", "id"),
        Column("name", "account"),
        Column("before", "loss and risk alone, without any plan", "million USD", "number"),
        Column("after", "loss and risk the joint plan leaves", "million USD", "number"),
        Column("duty", "what it owes for being served, before rent", "million USD", "number"),
        Column("rent", "scarcity rent of the projects it hosts or shares", "million USD", "number"),
        Column("cash", "what it pays: owed less rent; below zero it is paid", "million USD", "number"),
        Column("gain", "before, less after, less cash", "million USD", "number"),
    )
    cash = share - left
    rows: list[dict[str, object]] = [
        {
            "member": p,
            "name": names.label(p),
            "before": alone[i] / MILLION,
            "after": left[i] / MILLION,
            "duty": (cash[i] + rent[i]) / MILLION,
            "rent": rent[i] / MILLION,
            "cash": cash[i] / MILLION,
            "gain": (alone[i] - share[i]) / MILLION,
        }
        for i, p in enumerate(members)
    ]
    rows.sort(key=lambda r: -float(str(r["gain"])))
    rows.append(
        {
            "member": "plan",
            "name": "Plants, stocks and substitutes of the plan",
            "before": None,
            "after": None,
            "duty": None,
            "rent": None,
            "cash": -float(cash.sum()) / MILLION,
            "gain": None,
        }
    )
    return sheet("accounts", "Who pays whom: cash of all accounts sums to zero", columns, rows)


def sentences(table: Sheet, waits: Sheet) -> Sheet:
    """One sentence or two per member made from its rows."""
    late = {r["member"]: r for r in waits.records()}
    rows = [{"member": r["member"], "sentence": sentence(r, late[r["member"]])} for r in table.records()]
    columns = (Column("member", "member", "", "id"), Column("sentence", "what it means for the member"))
    return sheet("members", "Member by member", columns, rows)


def sentence(row: Mapping[str, Value], wait: Mapping[str, Value]) -> str:
    """What a member gains, pays or is paid, and what leaving and hesitating cost it."""
    gain, pays, own, spared, rent = (
        float(str(row[k])) for k in ("dual", "pays", "worth_alone", "loss_avoided", "rent")
    )
    name = str(row["name"])
    many = name.endswith("members")
    gains, they, them, are = ("gain", "they", "them", "are") if many else ("gains", "it", "it", "is")
    if pays >= 0:
        cash = f"{they.capitalize()} {'pay' if many else 'pays'} {usd(pays)} and {are} spared {usd(spared)}"
    else:
        cash = (
            f"{they.capitalize()} {are} spared {usd(spared)} and paid {usd(-pays)}: projects hosted earn {usd(rent)}, "
            f"more than the {usd(pays + rent)} owed"
        )
    lost = float(str(wait["alone_waits"]))
    return (
        f"{name} {gains} {usd(gain)} USD. {cash}. Leaving costs {them} {usd(gain - own)}; "
        f"hesitating alone for a year {usd(lost) if lost >= 0.1 else 'next to nothing'}."
    )


def usd(million: float) -> str:
    """Millions of dollars as a reader says them.

    >>> usd(3123.0), usd(12.34), usd(0.4)
    ('3.12 bn', '12 million', '0.4 million')
    """
    if abs(million) >= 100:
        return f"{million / 1e3:,.2f} bn"
    return f"{million:,.0f} million" if abs(million) >= 10 else f"{million:,.1f} million"
