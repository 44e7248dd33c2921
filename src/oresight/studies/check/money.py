"""Sums of money, prices and tonnes, against the ledger of commitments, projects and production."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import polars as pl

from oresight.catalog.lists import parts
from oresight.catalog.store import read
from oresight.studies import names
from oresight.studies.check.figures import commodities, year_of
from oresight.studies.check.goods import mineral_called
from oresight.studies.check.names import listed_members, members
from oresight.studies.check.rules import MONEY, PRICE, Judgement, compared_size, unverified
from oresight.studies.track.promises import STATE_WORDS, billions, in_dollars, rates
from oresight.text.quantities import Quantity, quantities
from oresight.text.statement import Statement

NOT_MONEY = {
    "resource_value": "the value of resources in the ground, not money promised or spent",
    "project_value": "the value of projects, not money promised",
}
INVESTED = re.compile(r"\b(?:invest\w*|fund\w*|spend\w*|pledg\w+|commit\w*|financ\w+)\b", re.I)
DISTINCT = ("loan", "grant", "equity", "offtake", "stockpile")
"""Instruments of which one is not told for another."""
FOR_SALE = ("price_floor", "offtake")


@dataclass(frozen=True)
class Promised:
    """A row of the ledger of commitments, ready to be matched.

    Args:
        row: The row.
        members: Who promises; the Union as itself and as its members.
        usd: Its amount [USD]; None where none or no rate is known.
        words: Title, company and note in one, folded.
    """

    row: Mapping[str, Any]
    members: frozenset[str]
    usd: float | None
    words: str

    @property
    def id(self) -> str:
        """Its name in the ledger."""
        return str(self.row["id"])

    @cached_property
    def named(self) -> frozenset[str]:
        """The parties as the ledger lists them."""
        return frozenset(parts(self.row["members"]))

    @cached_property
    def commodities(self) -> frozenset[str]:
        """What it is for."""
        return frozenset(parts(self.row["commodities"]))

    @cached_property
    def told(self) -> tuple[Quantity, ...]:
        """Quantities its note tells of."""
        return tuple(quantities(self.row["note"] or ""))

    @cached_property
    def amounts(self) -> tuple[tuple[float, str, str], ...]:
        """Sums it may be told by: (amount, currency, whole | each | told in its note)."""
        return tuple(amounts(self))

    @property
    def sources(self) -> tuple[str, ...]:
        """Its row and source."""
        return (self.id, str(self.row["source_id"]))


@lru_cache(maxsize=1)
def ledger() -> tuple[Promised, ...]:
    """All commitments, ready to be matched."""
    known = rates()
    inside: dict[str, list[str]] = {}
    for row in read("commitments").filter(pl.col("part_of").is_not_null()).iter_rows(named=True):
        inside.setdefault(row["part_of"], []).append(f"{row['company'] or ''} {row['title']}")
    return tuple(
        Promised(
            row,
            listed_members(row["members"]),
            in_dollars(row, known),
            names.folded(
                " ".join(
                    [
                        *(str(row[k] or "") for k in ("title", "company", "project", "note")),
                        *inside.get(row["id"], ()),
                    ]
                )
            ),
        )
        for row in read("commitments").sort("announced", "id").iter_rows(named=True)
    )


def amounts(promised: Promised) -> Iterator[tuple[float, str, str]]:
    """Sums a commitment may be told by: (amount, currency, whole | each | told in its note)."""
    row = promised.row
    if row["amount_local"] is not None:
        yield float(row["amount_local"]), str(row["currency"]), "whole"
        if promised.usd is not None and row["currency"] != "USD":
            yield promised.usd, "USD", "whole"
        if " each" in names.folded(row["title"]) and len(promised.named) > 1:
            yield float(row["amount_local"]) / len(promised.named), str(row["currency"]), "each"
    for q in promised.told:
        if q.sort == "money":
            yield q.low, q.unit, "told"


def fitness(statement: Statement, promised: Promised, article: datetime.date) -> float | None:
    """How well a commitment fits who, what and when of a statement; None where it is another's."""
    row = promised.row
    if row["announced"] > article + datetime.timedelta(days=7):
        return None
    backers = [c for kind in ("companies", "projects") for c in statement.cues.get(kind, ())]
    backed = any(re.search(rf"\b{re.escape(names.folded(c))}\b", promised.words) for c in backers)
    actors = set(statement.subject)
    expanded = {m for a in actors for m in members(a)} | actors
    promising = actors & promised.named or expanded & promised.members
    if not (backed or promising) or (backers and not backed):
        return None
    score = 3.0 * backed
    hosted = row["host"] is not None and row["host"] in expanded
    places = {a for a in actors if a not in names.blocs()}
    score += 1.5 * (places == promised.named) + 1.0 * (len(actors & promised.named) > 1)
    score += 0.5 * bool(promising) + 1.0 * (hosted and row["host"] not in promised.named)
    if len(places) > 1 and not backed and not places <= promised.named | {row["host"]}:
        score -= 1.0
    told = statement.cues.get("instruments", ())
    if row["instrument"] in told:
        score += (
            2.0
            if row["instrument"] == "letter_of_interest"
            else 1.5
            if told[0] == row["instrument"]
            else 0.75
        )
    elif "letter_of_interest" in told:
        score -= 4.0
    elif another_instrument(told, row["instrument"]):
        score -= 2.0
    if statement.minerals and row["commodities"]:
        meant = {c for m in statement.minerals for c in (*names.groups().get(m, ()), m, *commodities(m))}
        score += 1.0 if meant & promised.commodities else -1.0
    for moment in statement.moments:
        if moment.fits(row["announced"]):
            score += 1.0
        elif (
            moment.year is not None
            and abs(moment.year - row["announced"].year) > 1
            and moment.year <= article.year
        ):
            score -= 1.5
    return score


def another_instrument(told: tuple[str, ...], kept: str) -> bool:
    """Whether a statement tells of another instrument than the ledger: a loan where there is a stake.

    >>> another_instrument(("loan",), "equity"), another_instrument(("framework",), "equity")
    (True, False)
    """
    return bool(told) and told[0] in DISTINCT and kept in DISTINCT and kept not in told


def judge_money(statement: Statement, article: datetime.date) -> Judgement:
    """A sum of money: the commitment that fits best, by amount first; each, pipeline and value told apart."""
    said = statement.quantity
    assert said is not None
    best: tuple[float, Promised, float, str, str] | None = None
    near: list[tuple[float, Promised]] = []
    for promised in ledger():
        score = fitness(statement, promised, article)
        if score is None:
            continue
        matched = False
        other = another_instrument(statement.cues.get("instruments", ()), promised.row["instrument"])
        for amount, currency, how in promised.amounts:
            if currency != said.unit or compared_size(said, amount, MONEY)[0] not in (
                "confirmed",
                "imprecise",
            ):
                continue
            if other and compared_size(said, amount, MONEY)[0] != "confirmed":
                continue
            matched = True
            closeness = 1.0 - min(abs(amount - said.value) / amount, 1.0)
            total = score + closeness - (0.8 if how == "told" else 0.0)
            if best is None or total > best[0]:
                best = (total, promised, amount, currency, how)
        if not matched and promised.row["amount_local"] is not None:
            near.append((score, promised))
    if best is not None and best[0] >= 1.0:
        return judged_sum(statement, said, *best[1:])
    strong = sorted((n for n in near if n[0] >= 4.5), key=lambda n: -n[0])
    if len(strong) == 1 or (len(strong) > 1 and strong[0][0] - strong[1][0] >= 1.0):
        promised = strong[0][1]
        shown = amount_shown(promised)
        verdict, how = compared_size(said, float(promised.row["amount_local"]), MONEY)
        if said.unit == promised.row["currency"] and verdict in ("imprecise", "wrong"):
            right = f"{promised.row['title']}: {shown} ({promised.row['announced']:%d %B %Y})."
            return Judgement(
                verdict,
                f"{how}: {promised.row['title']}, {shown}",
                MONEY,
                shown,
                said.unit,
                promised.row["announced"].year,
                right,
                promised.sources,
            )
    return unverified("no commitment of the ledger fits the sum and who gives it")


def amount_shown(promised: Promised) -> str:
    """The amount of a commitment as a reader sees it."""
    row = promised.row
    if row["currency"] == "USD":
        return billions(float(row["amount_local"]))
    return f"{row['currency']} {billions(float(row['amount_local']))[1:]}"


def money_shown(amount: float, currency: str) -> str:
    """A sum as a reader sees it.

    >>> money_shown(1e9, "AUD")
    'AUD 1bn'
    """
    return billions(amount) if currency == "USD" else f"{currency} {billions(amount)[1:]}"


def judged_sum(
    statement: Statement, said: Quantity, promised: Promised, amount: float, currency: str, how: str
) -> Judgement:
    """A sum that the ledger holds: whether it is meant as it was said."""
    row = promised.row
    verdict, close = compared_size(said, amount, MONEY)
    title, day = row["title"], f"{row['announced']:%d %B %Y}"
    shown = money_shown(amount, currency)
    told = statement.cues.get("instruments", ())
    notes = []
    if how == "each" and not statement.cues.get("each"):
        verdict = "imprecise"
        notes.append(
            f"{shown} is what each of {len(promised.named)} promised, "
            f"{money_shown(amount * len(promised.named), currency)} together"
        )
    elif how == "whole" and statement.cues.get("each"):
        verdict = "wrong" if len(promised.named) > 1 else verdict
        notes.append(f"{shown} is the whole, not what each gives")
    kind = row["amount_of"]
    if how != "told" and kind in NOT_MONEY:
        meant = bool(statement.cues.get("value_of")) and not INVESTED.search(statement.text)
        if kind == "project_value" and statement.cues.get("pipeline"):
            meant = True
        if not meant:
            verdict = "imprecise"
            notes.append(f"{shown} is {NOT_MONEY[kind]}")
    elif (
        how != "told"
        and not statement.cues.get("pipeline")
        and re.search(r"\bpipeline\b|not money promised", promised.words)
    ):
        verdict = "imprecise"
        notes.append(f"{shown} is a pipeline of projects, not money promised")
    if row["instrument"] == "letter_of_interest" and told and "letter_of_interest" not in told:
        verdict = "imprecise"
        notes.append("a letter of interest binds nobody")
    elif another_instrument(told, row["instrument"]):
        verdict = "imprecise"
        notes.append(f"{row['instrument']}, not {told[0]}")
    if row["state"] in ("cancelled", "re_scoped"):
        notes.append(f"since {STATE_WORDS[row['state']]}")
    reason = "; ".join([*notes, f"{title} ({day})"] if notes else [close, f"{title} ({day})"])
    right = (
        ""
        if verdict == "confirmed"
        else f"{title}: {shown}{', ' + NOT_MONEY[kind] if kind in NOT_MONEY else ''} ({day})."
    )
    if how == "each" and verdict == "imprecise":
        right = f"{title} ({day})."
    return Judgement(verdict, reason, MONEY, shown, said.unit, row["announced"].year, right, promised.sources)


def judge_price(statement: Statement, article: datetime.date) -> Judgement:
    """A price by weight: floors and purchases of the ledger, else the range of prices recorded that year."""
    said = statement.quantity
    assert said is not None
    meant = {c for m in statement.minerals for c in (*names.groups().get(m, ()), m, *commodities(m))}
    floor = re.search(r"\bfloor|minimum|guarantee", statement.sentence, re.I)
    found: list[tuple[float, str, Judgement]] = []
    for promised in ledger():
        row = promised.row
        backers = [c for kind in ("companies", "projects") for c in statement.cues.get(kind, ())]
        backed = any(names.folded(c) in promised.words for c in backers)
        if not (
            backed
            or (floor and row["instrument"] in FOR_SALE and (not meant or meant & promised.commodities))
        ):
            continue
        if (backers and not backed) or row["announced"] > article + datetime.timedelta(days=7):
            continue
        for q in promised.told:
            if q.sort != "price" or q.unit != said.unit:
                continue
            verdict, how = compared_size(said, q.value, PRICE)
            shown = f"${q.value / 1000:,.0f} per kg"
            right = "" if verdict == "confirmed" else f"{row['title']}: {shown}."
            judged = Judgement(
                verdict,
                f"{how}: {row['title']}, {shown}",
                PRICE,
                shown,
                "USD/kg",
                row["announced"].year,
                right,
                promised.sources,
            )
            found.append(
                ((verdict != "confirmed") + abs(q.value - said.value) / q.value, promised.id, judged)
            )
    if found:
        return min(found, key=lambda f: f[:2])[2]
    return market_price(statement, said, article)


def market_price(statement: Statement, said: Quantity, article: datetime.date) -> Judgement:
    """A market price: confirmed inside the range of the preferred prices of that year, never denied outside it."""
    year = year_of(statement, article.year, article.year)
    for mineral in statement.minerals:
        if said.unit != "USD/t":
            break
        rows = read("prices").filter(
            (pl.col("commodity") == mineral)
            & (pl.col("date").dt.year() == year)
            & pl.col("usd_per_t").is_not_null()
            & pl.col("preferred")
        )
        if not rows.height:
            continue
        low, high = float(str(rows["usd_per_t"].min())), float(str(rows["usd_per_t"].max()))
        if low * 0.95 <= said.value <= high * 1.05:
            return Judgement(
                "confirmed",
                f"prices of {mineral_called(mineral)} in {year} ran from ${low:,.0f} to ${high:,.0f} per t",
                PRICE,
                f"${low:,.0f} to ${high:,.0f} per t",
                "USD/t",
                year,
                sources=tuple(sorted(set(rows["source_id"])))[:2],
            )
        return unverified(
            f"prices recorded in {year} ran from ${low:,.0f} to ${high:,.0f} per t; place and product decide"
        )
    return unverified("no floor or price of the record fits")
