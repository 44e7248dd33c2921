"""The verdict on one statement: its judge asked, and what the text itself or the record adds."""

import datetime
from collections.abc import Callable
from dataclasses import replace

from oresight.studies.check.events import judge_control, judge_scope, judge_threat
from oresight.studies.check.money import judge_money, judge_price
from oresight.studies.check.pacts import (
    judge_agreement,
    judge_disclosure,
    judge_exclusivity,
    judge_meeting,
    judge_membership,
)
from oresight.studies.check.ranks import judge_count, judge_rank
from oresight.studies.check.record import (
    judge_attribution,
    judge_opinion,
    judge_published,
    judge_use,
    recorded,
)
from oresight.studies.check.rules import RECORD, Judgement, unverified
from oresight.studies.check.shares import judge_share
from oresight.studies.check.targets import judge_target
from oresight.studies.check.trade import (
    judge_demand,
    judge_dependence,
    judge_recycling,
    judge_reliance,
    judge_reserves,
)
from oresight.studies.check.weights import judge_weight
from oresight.text.quantities import Quantity
from oresight.text.reading import Reading
from oresight.text.statement import Statement


def unplaced(quantity: Quantity) -> tuple[object, ...]:
    """A quantity without its place."""
    return (quantity.sort, quantity.low, quantity.high, quantity.bound, quantity.unit, quantity.of)


def judged(
    statement: Statement, day: datetime.date, dated: bool, published: datetime.date | None, reading: Reading
) -> Judgement | None:
    """The judgement on one statement; None where it turns out to be none that can be told."""
    year = day.year
    by_year: dict[str, Callable[[Statement, int], Judgement]] = {
        "share": judge_share,
        "count": judge_count,
        "rank": judge_rank,
        "dependence": judge_dependence,
        "reliance": judge_reliance,
        "demand": judge_demand,
        "reserves": judge_reserves,
        "recycling": judge_recycling,
    }
    by_day: dict[str, Callable[[Statement, datetime.date], Judgement]] = {
        "money": judge_money,
        "price": judge_price,
        "weight": judge_weight,
        "control": judge_control,
        "scope": judge_scope,
        "threat": judge_threat,
        "agreement": judge_agreement,
        "membership": judge_membership,
        "exclusivity": judge_exclusivity,
        "disclosure": judge_disclosure,
        "target": judge_target,
    }
    kind = statement.kind
    if kind in by_year:
        found = by_year[kind](statement, year)
    elif kind in by_day:
        found = by_day[kind](statement, day)
    elif kind == "meeting":
        found = judge_meeting(statement, day, dated)
    elif kind == "attribution":
        return judge_attribution(statement)
    elif kind == "use":
        found = judge_use(statement)
    elif kind == "published":
        found = judge_published(statement, published, reading.text)
    elif kind == "opinion":
        return judge_opinion(statement)
    else:
        found = unverified("the record holds nothing that fits")
    return beside_the_record(statement, told_otherwise(statement, found))


def told_otherwise(statement: Statement, found: Judgement) -> Judgement:
    """A judgement turned round where the statement is denied, and withdrawn where it is only expected."""
    if (
        statement.cues.get("denied")
        and statement.quantity is not None
        and found.verdict in ("wrong", "confirmed")
    ):
        if found.verdict == "wrong":
            return replace(found, verdict="confirmed", how=f"rightly denied: {found.how}", corrected="")
        return replace(
            found, verdict="wrong", how=f"denied, but {found.how}", corrected=f"The record has {found.found}."
        )
    if statement.hedged and found.verdict in ("wrong", "imprecise"):
        return unverified(f"told as expected or possible; the record has {found.found}", found.sources)
    return found


def beside_the_record(statement: Statement, found: Judgement) -> Judgement:
    """A judgement beside a statement examined before: it decides where the catalogue cannot.

    Where officials gave a figure and open data give another, both are told.
    """
    if found.verdict not in ("unverified", "wrong") or statement.kind in (
        "control",
        "count",
        "disclosure",
        "published",
    ):
        return found
    before = recorded(statement)
    if before is None or before.verdict == found.verdict:
        return found
    if found.verdict == "wrong" and before.verdict != "confirmed":
        return found
    how = f"as officials gave it: {before.how}" if found.verdict == "wrong" else before.how
    if found.verdict == "wrong":
        how += f"; on open data {found.how}"
    return Judgement(
        before.verdict,
        how,
        RECORD,
        before.found,
        found.unit,
        found.year,
        before.corrected,
        before.sources + found.sources,
    )
