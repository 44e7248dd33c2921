"""Member by member: its account, what waiting costs it, and one sentence (coalition §2, §4)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oresight.core.answer import Column, Sheet, sheet
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
    """One sentence per member made from its rows."""
    late = {r["member"]: r for r in waits.records()}
    rows = []
    for r in table.records():
        gain, pays, own, spared, rent = (
            float(str(r[k])) / 1e3 for k in ("dual", "pays", "worth_alone", "loss_avoided", "rent")
        )
        if pays >= 0:
            cash = f"pays {pays:,.2f}"
        else:
            cash = f"is paid {-pays:,.2f}, because its projects earn {rent:,.2f} from the others' need,"
        wait = late[r["member"]]
        own_wait = float(str(wait["alone_waits"])) / 1e3
        hesitates = f"hesitating alone for a year costs it {own_wait:,.2f}" if own_wait > 0 else (
            "hesitating alone for a year costs it nothing"
        )  # fmt: skip
        rows.append(
            {
                "member": r["member"],
                "sentence": f"{r['name']}: gains {gain:,.2f} bn USD; it {cash} and is spared {spared:,.2f}. "
                f"Leaving costs it {gain - own:,.2f}, {hesitates}.",
            }
        )
    columns = (Column("member", "member", "", "id"), Column("sentence", "what it means for the member"))
    return sheet("members", "Member by member", columns, rows)
