"""What `check` gives back for each statement: a row, its words, and the finding over all."""

from collections import Counter
from collections.abc import Mapping, Sequence

from oresight.core.answer import Column
from oresight.studies import names
from oresight.studies.check.goods import mineral_called
from oresight.studies.check.money import money_shown
from oresight.studies.check.names import called
from oresight.studies.check.record import first_date
from oresight.studies.check.rules import Judgement, percent
from oresight.studies.events.status import spelled
from oresight.text.statement import Statement

VERDICTS = ("confirmed", "imprecise", "wrong", "unverified", "not_checkable")
LETTERS = {"confirmed": "C", "imprecise": "I", "wrong": "W", "unverified": "U", "not_checkable": "N"}
COLUMNS = (
    Column("id", "number of the statement, in the order of the text", "", "integer"),
    Column("sentence", "the statement as it stands"),
    Column("kind", "sort of statement"),
    Column("subject", "who it is about"),
    Column("object", "whom it concerns besides, and which minerals"),
    Column("said", "figure or date said"),
    Column("found", "figure or date of the record"),
    Column("unit", "unit of the figure"),
    Column("year", "year of the record's figure", "", "integer"),
    Column("verdict", "confirmed, imprecise, wrong, unverified or not_checkable"),
    Column("how", "in which way"),
    Column("corrected", "the statement as the record would put it"),
    Column("source", "sources and ledger rows, by semicolons"),
    Column("rule", "tolerance it was judged by"),
    Column("start", "first character in the cleaned text", "", "integer"),
    Column("end", "one past the last character in the cleaned text", "", "integer"),
)
ASIDE_COLUMNS = (Column("reason", "why it is none of the article"), Column("text", "what was set aside"))
RULE_COLUMNS = (
    Column("rule", "name of the tolerance"),
    Column("text", "what it allows"),
    Column("statements", "statements judged by it", "", "integer"),
)
TEXT_COLUMNS = (Column("text", "the cleaned article the offsets count in"),)


def record(number: int, statement: Statement, judgement: Judgement) -> dict[str, object]:
    """A row of the answer."""
    others = [called(a) for a in statement.object] + [mineral_called(m) for m in statement.minerals]
    return {
        "id": number,
        "sentence": statement.text,
        "kind": statement.kind,
        "subject": ", ".join(named(a) for a in statement.subject) or None,
        "object": ", ".join(dict.fromkeys(others)) or None,
        "said": said(statement),
        "found": judgement.found or None,
        "unit": judgement.unit or None,
        "year": judgement.year,
        "verdict": judgement.verdict,
        "how": judgement.how,
        "corrected": judgement.corrected or None,
        "source": "; ".join(dict.fromkeys(judgement.sources)) or None,
        "rule": judgement.rule.id,
        "start": statement.start,
        "end": statement.end,
    }


def named(actor: str) -> str:
    """An actor as a reader calls it; a speaker as written."""
    return called(actor) if actor.isupper() or actor in names.blocs() else actor


def said(statement: Statement) -> str | None:
    """What was said, as a figure or date."""
    q = statement.quantity
    if q is None:
        return ", ".join(m.written() for m in statement.moments) or None
    sign = {"at_least": "over ", "at_most": "under ", "about": "about "}.get(q.bound, "")

    def one(value: float) -> str:
        if q.sort in ("share", "points"):
            return percent(value)
        if q.sort == "money":
            return money_shown(value, q.unit)
        if q.sort == "price":
            return f"{q.unit.split('/')[0]} {value / 1000:,.4g} per kg"
        if q.sort == "ratio":
            return f"{value:.0f} of {q.of:.0f}"
        return (f"{value:,.0f} {q.unit}" if value >= 1000 else f"{value:.4g} {q.unit}").strip()

    return sign + (one(q.low) if q.low == q.high else f"{one(q.low)} to {one(q.high)}")


SHORT = {
    "attribution": "who spoke",
    "disclosure": "what was disclosed",
    "membership": "the members",
    "rank": "a rank",
}


def short(row: Mapping[str, object]) -> str:
    """A wrong statement in two or three words."""
    day = first_date(str(row["said"] or ""))
    return SHORT.get(str(row["kind"])) or (spelled(day) if day else str(row["said"] or row["kind"]))


def finding(records: Sequence[Mapping[str, object]]) -> str:
    """What was found, as a sentence.

    >>> finding([])
    'No checkable statement was found.'
    """
    count = Counter(str(r["verdict"]) for r in records)
    total = sum(count[v] for v in VERDICTS[:4])
    if not total:
        return "No checkable statement was found." if not records else "Nothing in it can be checked."
    wrongs = list(dict.fromkeys(short(r) for r in records if r["verdict"] == "wrong"))
    noun = "statement" if total == 1 else "statements"
    text = f"Of {total} checkable {noun}, " + ", ".join(f"{count[v]} {v}" for v in VERDICTS[:3])
    if wrongs:
        text += f" ({'; '.join(wrongs[:4])}{'; ...' if len(wrongs) > 4 else ''})"
    if count["unverified"]:
        text += f", {count['unverified']} unverified"
    return text + "."
