"""Promises of money on a day: their state, their dollars, and each dollar counted once."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oresight.catalog.lists import parts
from oresight.catalog.overlay import laid_over
from oresight.catalog.own_figures import OWN
from oresight.catalog.store import read

COUNTED = ("public", "private", "mixed")
"""Amounts that are money promised; the value of projects or resources is not."""

DONE = ("delivered", "cancelled", "re_scoped")
FIRM = ("closed", "drawn", "delivered")
"""States in which a promise binds."""

STATE_WORDS = {
    "announced": "announced",
    "letter_of_interest": "letter of interest",
    "conditional": "conditional",
    "closed": "closed",
    "drawn": "drawn",
    "delivered": "delivered",
    "overdue": "overdue",
    "re_scoped": "re-scoped",
    "cancelled": "cancelled",
    "unknown": "unknown",
}


@dataclass(frozen=True)
class Promise:
    """A commitment on a day.

    Args:
        row: Its row of the ledger.
        state: State it was last known in on the day.
        since: First day it was known in that state.
        heard: Latest day on which anything was heard of it.
        usd: Amount at the mean rate of its year [USD], None where none is known.
        reached: Share of the amount that has reached the state [1].
    """

    row: Mapping[str, Any]
    state: str
    since: datetime.date
    heard: datetime.date
    usd: float | None
    reached: float = 1.0

    @property
    def id(self) -> str:
        """Its name in the ledger."""
        return str(self.row["id"])

    @property
    def members(self) -> tuple[str, ...]:
        """Who promises."""
        return parts(self.row["members"])

    @property
    def commodities(self) -> tuple[str, ...]:
        """What it is for; empty for all or unnamed."""
        return parts(self.row["commodities"])


@dataclass(frozen=True)
class Piece:
    """Dollars of one promise in one state, after its parts were taken out."""

    promise: Promise
    state: str
    usd: float


@dataclass(frozen=True)
class Overlap:
    """Dollars that stand in the ledger twice, and why they are counted once or not at all."""

    part: Promise
    whole: str
    usd: float
    why: str


def rates() -> dict[tuple[str, int], float]:
    """(currency, year) -> US dollars per unit."""
    rows = read("exchange_rates").select("currency", "year", "usd_per_unit").iter_rows()
    return {(currency, year): rate for currency, year, rate in rows}


def in_dollars(row: Mapping[str, Any], known: Mapping[tuple[str, int], float]) -> float | None:
    """The amount of a row in US dollars; None without amount or without a rate for its year."""
    if row["amount_local"] is None:
        return None
    rate = known.get((row["currency"], row["rate_year"]))
    return None if rate is None else float(row["amount_local"]) * rate


def promises(day: datetime.date) -> list[Promise]:
    """Every promise known on a day, own ones included, in the state it was last known in."""
    told: dict[str, list[dict[str, Any]]] = {}
    for row in laid_over("commitment_history").sort("date").iter_rows(named=True):
        told.setdefault(row["commitment"], []).append(row)
    known = rates()
    found = []
    for row in laid_over("commitments").sort("announced", "id").iter_rows(named=True):
        if row["announced"] > day:
            continue
        history = [h for h in told.get(row["id"], []) if h["date"] <= day]
        if row[OWN] and not any(h[OWN] for h in history):
            history = []
        state, since, reached = row["state"], row["announced"], 1.0
        if history:
            state, since = history[-1]["state"], history[-1]["date"]
            part = history[-1]["amount_local"]
            if part is not None and row["amount_local"]:
                reached = min(part / row["amount_local"], 1.0)
        heard = max([row["announced"], *(h["date"] for h in history if h["date_quality"] != "by")])
        found.append(Promise(row, state, since, heard, in_dollars(row, known), reached))
    return found


def counted_once(all_of: Sequence[Promise]) -> tuple[list[Piece], list[Overlap]]:
    """Every dollar in one piece: a whole holds only what its parts do not, and values are no money.

    net = max(amount - sum over parts of max(amount, its own parts), 0)

    Returns:
        The pieces, split where only some of an amount reached its state (the rest counts as closed), and
        the overlaps taken out.
    """
    by_id = {p.id: p for p in all_of}
    inside: dict[str, list[Promise]] = {}
    for each in all_of:
        whole = each.row["part_of"]
        if whole in by_id:
            inside.setdefault(whole, []).append(each)

    def money(promise: Promise) -> float:
        return promise.usd or 0.0 if promise.row["amount_of"] in COUNTED else 0.0

    def claim(promise: Promise) -> float:
        return max(money(promise), sum(claim(part) for part in inside.get(promise.id, ())))

    pieces, overlaps = [], []
    for each in all_of:
        if each.usd is not None and each.row["amount_of"] not in COUNTED:
            what = each.row["amount_of"].replace("_", " ")
            overlaps.append(Overlap(each, "", each.usd, f"{what}, not money promised"))
        for part in inside.get(each.id, ()):
            if claim(part) and each.row["amount_of"] in COUNTED:
                sure = part.row["part_certainty"] == "sure"
                why = "a source says so" if sure else "dates and parties suggest it"
                overlaps.append(Overlap(part, each.id, claim(part), f"part of {each.id}: {why}"))
        net = max(money(each) - sum(claim(part) for part in inside.get(each.id, ())), 0.0)
        if not net:
            continue
        if each.reached < 1.0:
            pieces.append(Piece(each, each.state, net * each.reached))
            pieces.append(Piece(each, "closed", net * (1.0 - each.reached)))
        else:
            pieces.append(Piece(each, each.state, net))
    return pieces, overlaps


def summed(pieces: Iterable[Piece], key: Callable[[Piece], str]) -> dict[str, list[Piece]]:
    """Pieces by a label, the largest sum first."""
    groups: dict[str, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(key(piece), []).append(piece)
    return dict(sorted(groups.items(), key=lambda item: -sum(p.usd for p in item[1])))


def payer(promise: Promise) -> str:
    """Who promises, as one label: a code, or several joined.

    A dollar that several promise together is not split: no source says how.
    """
    return " + ".join(promise.members) + (" and others" if promise.row["others"] else "")


def metal(promise: Promise, groups: Mapping[str, tuple[str, ...]]) -> str:
    """What a promise is for, as one label: a commodity, a group that holds all of it, or several."""
    named = promise.commodities
    if not named:
        return "all or unnamed"
    if len(named) == 1:
        return named[0]
    if set(named) <= set(groups.get("rare-earths", ())):
        return "rare-earths"
    if all(name.startswith("graphite") for name in named):
        return "graphite"
    return "several"


def billions(usd: float) -> str:
    """Dollars as a reader says them, three significant digits.

    >>> billions(8.5e9), billions(1.21e8)
    ('$8.5bn', '$121m')
    """
    if abs(usd) >= 999.5e6:
        return f"${usd / 1e9:.3g}bn"
    return f"${usd / 1e6:.3g}m"
