"""The tracker's sheets of money: by state, payer, instrument and commodity, overlaps, promises and letters."""

from collections.abc import Callable, Sequence
from typing import Any

from oresight.catalog.overlay import laid_over
from oresight.catalog.own_figures import OWN
from oresight.core.answer import Column, Sheet, sheet
from oresight.studies.track.promises import FIRM, STATE_WORDS, Overlap, Piece, Promise, payer, summed


def words(name: str) -> str:
    """A vocabulary's value in words."""
    return name.replace("_", " ")


MONEY_COLUMNS = (
    Column("promises", "number of promises with an amount", kind="integer"),
    Column("usd", "money, each dollar once", "USD", "number"),
    Column("share", "share of the total", "1", "share"),
    Column("public_usd", "of it public", "USD", "number"),
    Column("mixed_usd", "of it public and private together, not told apart", "USD", "number"),
    Column("private_usd", "of it private", "USD", "number"),
    Column("firm_usd", "of it closed, drawn or delivered", "USD", "number"),
)


def money(name: str, title: str, pieces: Sequence[Piece], label: str, key: Callable[[Piece], str]) -> Sheet:
    """Money by a label, the largest first, with a total."""
    total = sum(p.usd for p in pieces)
    records = [
        {label: of, **amounts(group), "share": sum(p.usd for p in group) / total}
        for of, group in summed(pieces, key).items()
    ]
    if pieces:
        records.append({label: "total", **amounts(pieces), "share": 1.0})
    return sheet(name, title, (Column(label, "label"), *MONEY_COLUMNS), records)


def amounts(pieces: Sequence[Piece]) -> dict[str, Any]:
    """Sums of some pieces."""

    def of(kind: str) -> float:
        return sum(p.usd for p in pieces if p.promise.row["amount_of"] == kind)

    return {
        "promises": len({p.promise.id for p in pieces}),
        "usd": sum(p.usd for p in pieces),
        "public_usd": of("public"),
        "mixed_usd": of("mixed"),
        "private_usd": of("private"),
        "firm_usd": sum(p.usd for p in pieces if p.state in FIRM),
    }


def double_sheet(overlaps: Sequence[Overlap]) -> Sheet:
    """Dollars that stand in the ledger twice, and amounts that are no money."""
    columns = (
        Column("promise", "name in the ledger"),
        Column("title", "what was promised"),
        Column("within", "promise that holds it; none for values that are no money"),
        Column("usd", "amount counted once, or not at all", "USD", "number"),
        Column("why", "why"),
    )
    return sheet(
        "double_counts",
        "Dollars taken out so that none is counted twice",
        columns,
        (
            {
                "promise": o.part.id,
                "title": o.part.row["title"],
                "within": o.whole or None,
                "usd": o.usd,
                "why": o.why,
            }
            for o in overlaps
        ),
    )


PROMISE_COLUMNS = (
    Column("id", "name in the ledger"),
    Column("announced", "day it became known", kind="date"),
    Column("title", "what was promised"),
    Column("by", "who promises"),
    Column("instrument", "form of the promise"),
    Column("state", "where it stands"),
    Column("since", "first day known in that state", kind="date"),
    Column("amount", "amount in its own currency", "currency units", "number"),
    Column("currency", "that currency"),
    Column("usd", "in dollars at the mean rate of its year", "USD", "number"),
    Column("money", "whose money it is"),
    Column("due", "day it falls due", kind="date"),
    Column("commodities", "commodities"),
    Column("company", "companies"),
    Column("confidence", "trust in the row"),
    Column("source", "source", kind="source"),
    Column(OWN, "whether it is the reader's own row", kind="flag"),
    Column("note", "what a reader must know"),
)


def promise_record(promise: Promise) -> dict[str, Any]:
    """A promise as a row."""
    row = promise.row
    return {
        "id": promise.id,
        "announced": row["announced"],
        "title": row["title"],
        "by": payer(promise),
        "instrument": words(row["instrument"]),
        "state": STATE_WORDS[promise.state],
        "since": promise.since,
        "amount": row["amount_local"],
        "currency": row["currency"],
        "usd": promise.usd,
        "money": words(row["amount_of"]),
        "due": row["due"],
        "commodities": (row["commodities"] or "").replace(";", ", ") or None,
        "company": row["company"],
        "confidence": row["confidence"],
        "source": row["source_id"],
        OWN: row[OWN],
        "note": row["note"],
    }


def promises_sheet(mine: Sequence[Promise]) -> Sheet:
    """Every promise asked about, the latest first."""
    newest = sorted(mine, key=lambda p: (p.row["announced"], p.id), reverse=True)
    return sheet("promises", "Every promise", PROMISE_COLUMNS, map(promise_record, newest))


def letters_sheet(everything: Sequence[Promise]) -> Sheet:
    """Letters of interest one by one, with what each project says today."""
    status = dict(laid_over("projects").select("id", "status").iter_rows())
    columns = (
        *PROMISE_COLUMNS[:2],
        Column("company", "company"),
        Column("project", "project"),
        Column("usd", "amount", "USD", "number"),
        Column("state", "where it stands"),
        Column("within", "package that holds it"),
        Column("project_status", "how far the project is"),
        Column("confidence", "trust in the row"),
        Column("note", "what a reader must know"),
    )
    packages = {p.row["part_of"] for p in everything}
    letters = [
        {
            **promise_record(p),
            "project": p.row["project"],
            "within": p.row["part_of"],
            "project_status": status.get(p.row["project"]),
        }
        for p in everything
        if p.row["instrument"] == "letter_of_interest" and p.id not in packages
    ]
    return sheet("letters", "Letters of interest, one by one", columns, letters)
