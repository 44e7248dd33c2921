"""Is what I just read true? Statements of an article against the catalogue and its ledgers.

`check` reads a text, sets aside what is none of the article, finds checkable statements and gives each a verdict
with the figure, the source, a corrected sentence and the tolerance it was judged by. `compare` tells whether
several texts are one article and what each adds. Everything is rule-based: the same text gives the same answer.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from oresight.catalog.tables.events import LEDGER_DATE
from oresight.core.answer import Answer, Column, sheet
from oresight.core.errors import DataError, StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.check_events import judge_control, judge_scope, judge_threat
from oresight.studies.check_lexicon import lexicon
from oresight.studies.check_money import judge_money, judge_price, money_shown
from oresight.studies.check_names import called, mineral_called
from oresight.studies.check_pacts import (
    judge_agreement,
    judge_disclosure,
    judge_exclusivity,
    judge_meeting,
    judge_membership,
    judge_target,
)
from oresight.studies.check_record import (
    first_date,
    judge_attribution,
    judge_opinion,
    judge_published,
    judge_use,
    latest,
    publication,
    recorded,
)
from oresight.studies.check_rules import RECORD, TOLERANCES, Judgement, percent, unverified
from oresight.studies.check_shares import judge_count, judge_rank, judge_share
from oresight.studies.check_trade import (
    judge_demand,
    judge_dependence,
    judge_recycling,
    judge_reliance,
    judge_reserves,
)
from oresight.studies.check_weights import judge_weight
from oresight.studies.event_status import spelled
from oresight.text.alike import likeness
from oresight.text.quantities import Quantity
from oresight.text.reading import BYTES_MAX, Kind, Reading, read_bytes, read_text
from oresight.text.sentences import sentences
from oresight.text.statement import Statement
from oresight.text.statements import STATEMENTS_MAX, statements

VERDICTS = ("confirmed", "imprecise", "wrong", "unverified", "not_checkable")
LETTERS = {"confirmed": "C", "imprecise": "I", "wrong": "W", "unverified": "U", "not_checkable": "N"}
TEXTS_MAX = 20

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

CHECKED_TABLES = (
    *CHAIN_TABLES,
    "refining_leaders",
    "import_sources",
    "import_reliance",
    "reserves",
    "recycling",
    "demand_keys",
    "baseline_prices",
    "events",
    "event_codes",
    "commitments",
    "projects",
    "platform_uses",
    "end_uses",
    "prices",
    "blocs",
    "claims",
)


def check(text: str, kind: Kind = "auto", name: str = "text", reporter: Reporter = silent) -> Answer:
    """The verdict on every checkable statement of an article.

    Args:
        text: The article: plain text, HTML or Markdown.
        kind: Which of these; found out by default.
        name: What to call it.
        reporter: Told of progress; may cancel.

    Raises:
        DataError: The text is empty or too long.
    """
    return answered(read_text(text, name, kind), name, reporter)


def check_file(path: str | Path, kind: Kind = "auto", reporter: Reporter = silent) -> Answer:
    """The verdict on every checkable statement of a file: text, HTML, Markdown or PDF.

    Raises:
        StudyError: There is no such file.
        DataError: It is empty, binary, too large, or a PDF without text.
    """
    where = Path(path)
    return answered(read_bytes(file_bytes(where), where.name, kind), where.name, reporter)


def file_bytes(where: Path) -> bytes:
    """The bytes of a file a reader names.

    Raises:
        StudyError: It cannot be opened.
        DataError: It is too large.
    """
    try:
        if not where.is_file():
            raise StudyError(
                f"no file {str(where)!r}", "give the path of an article, or - for standard input"
            )
        if where.stat().st_size > BYTES_MAX:
            raise DataError(
                f"{where.name} has {where.stat().st_size:,} bytes", f"at most {BYTES_MAX:,} are read"
            )
        return where.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it has no such name"
        raise StudyError(f"cannot open {str(where)[:80]!r}: {reason}", "check the path") from error


def compare(
    texts: Mapping[str, str] | Sequence[str], kind: Kind = "auto", reporter: Reporter = silent
) -> Answer:
    """Several texts checked, those that are one article recognised, with what each adds.

    Args:
        texts: Name -> text, or texts alone.
        kind: As for `check`.
        reporter: Told of progress; may cancel.

    Raises:
        StudyError: Fewer than two texts or too many.
        DataError: One is empty or too long.
    """
    named = dict(texts) if isinstance(texts, Mapping) else {f"text {i + 1}": t for i, t in enumerate(texts)}
    if not 2 <= len(named) <= TEXTS_MAX:
        raise StudyError(f"{len(named)} texts to compare", f"give from 2 to {TEXTS_MAX}")
    readings = {n: read_text(t, n, kind) for n, t in named.items()}
    return compared(readings, reporter)


def compared(readings: Mapping[str, Reading], reporter: Reporter = silent) -> Answer:
    """The answer of `compare` from texts already read."""
    rows: list[dict[str, object]] = []
    all_statements: list[dict[str, object]] = []
    split = {
        n: [
            r.text[a:b]
            for block in r.blocks
            for a, b in sentences(r.text[block.start : block.end], block.start)
        ]
        for n, r in readings.items()
    }
    listed = list(readings)
    answers = {n: answered(readings[n], n, reporter) for n in listed}
    for n in listed:
        all_statements += [{"article": n, **r} for r in answers[n].sheet("statements").records()]
    same = 0
    for i, first in enumerate(listed):
        for second in listed[i + 1 :]:
            found = likeness(split[first], split[second])
            same += found.same
            base = {"first": first, "second": second, "shared": found.shared, "same": found.same}
            rows.append(
                base | {"what": "likeness", "text": "one article" if found.same else "different articles"}
            )
            if found.same:
                rows += [base | {"what": f"only in {first}", "text": s} for s in found.only_first]
                rows += [base | {"what": f"only in {second}", "text": s} for s in found.only_second]
                rows += [base | {"what": "changed", "text": f"{a} | {b}"} for a, b in found.changed]
    pairs = len(listed) * (len(listed) - 1) // 2
    finding = (
        f"{same} of {pairs} pairs are one article"
        if pairs > 1
        else ("Both are one article" if same else "They are different articles")
    )
    if pairs == 1 and same:
        adds = [sum(r["what"] == f"only in {n}" for r in rows) for n in listed]
        finding += f": {adds[0]} sentences stand only in {listed[0]}, {adds[1]} only in {listed[1]}"
    columns = (
        Column("first", "one text"),
        Column("second", "the other"),
        Column("shared", "runs of five words of the shorter that stand in the other", "1", "share"),
        Column("same", "whether both are one article", "", "flag"),
        Column("what", "likeness, what only one holds, what was changed"),
        Column("text", "the sentence"),
    )
    whole = (Column("article", "which text"), *COLUMNS)
    return Answer(
        "check",
        "Are these one article, and is it true?",
        f"{finding}. {answers[listed[0]].finding}",
        (
            sheet("statements", "Statements of each text", whole, all_statements),
            sheet("reposts", "Which texts are one, and what each adds", columns, rows),
        ),
        answers[listed[0]].basis,
        {"texts": listed},
    )


def answered(reading: Reading, name: str, reporter: Reporter = silent) -> Answer:
    """The answer for a text already read."""
    published = publication(reading.published)
    stamped = published or latest(reading.stamps)
    known_to = datetime.date.fromisoformat(LEDGER_DATE)
    day = min(stamped or known_to, known_to)
    dated = stamped is not None
    records: list[dict[str, object]] = []
    cache: dict[object, Judgement | None] = {}
    used: Counter[str] = Counter()
    length = max(len(reading.text), 1)
    for each in statements(reading, lexicon()):
        report(reporter, each.end / length, f"checking {each.kind}")
        key = (
            each.kind,
            each.subject,
            each.object,
            each.minerals,
            each.stage,
            each.quantity and unplaced(each.quantity),
            each.moments,
            each.sentence,
            each.text,
        )
        if key not in cache:
            cache[key] = judged(each, day, dated, published, reading)
        judgement = cache[key]
        if judgement is None:
            continue
        used[judgement.rule.id] += 1
        records.append(record(len(records) + 1, each, judgement))
    cautions = [f"The ledgers were last scanned on {LEDGER_DATE}; what happened after is unknown to them."]
    if not dated:
        cautions.append(f"The text gives no day of its own; it was read as of {day.isoformat()}.")
    if len(records) >= STATEMENTS_MAX:
        cautions.append(f"Only the first {STATEMENTS_MAX} statements were checked.")
    kept = {t.id: t for t in TOLERANCES}
    return Answer(
        "check",
        f"Is what {name} says true?",
        finding(records),
        (
            sheet("statements", "Statements and what the record says", COLUMNS, records),
            sheet(
                "set_aside",
                "Set aside as none of the article",
                ASIDE_COLUMNS,
                [vars(s) for s in reading.set_aside],
            ),
            sheet(
                "rules",
                "Tolerances applied",
                RULE_COLUMNS,
                [{"rule": n, "text": kept[n].text, "statements": c} for n, c in sorted(used.items())],
            ),
            sheet("text", "The cleaned article", TEXT_COLUMNS, [{"text": reading.text}]),
        ),
        basis(CHECKED_TABLES, (*CHAIN_RULES, "measure §1"), CHAIN_ASSUMPTIONS, cautions),
        {
            "name": name,
            "day": day.isoformat(),
            "dated": dated,
            **{v: sum(r["verdict"] == v for r in records) for v in VERDICTS},
        },
    )


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
