"""Is what I just read true? Statements of an article against the catalogue and its ledgers.

`check` reads a text, sets aside what is none of the article, finds checkable statements and gives each a verdict
with the figure, the source, a corrected sentence and the tolerance it was judged by. `compare` tells whether
several texts are one article and what each adds. Everything is rule-based: the same text gives the same answer.
"""

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from oresight.catalog.tables.events import LEDGER_DATE
from oresight.core.answer import Answer, Column, sheet
from oresight.core.errors import DataError, StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.check.lexicon import lexicon
from oresight.studies.check.record import latest, publication
from oresight.studies.check.rows import (
    ASIDE_COLUMNS,
    COLUMNS,
    RULE_COLUMNS,
    TEXT_COLUMNS,
    VERDICTS,
    finding,
    record,
)
from oresight.studies.check.rules import TOLERANCES, Judgement
from oresight.studies.check.verdict import judged, unplaced
from oresight.text.alike import likeness
from oresight.text.reading import BYTES_MAX, Kind, Reading, read_bytes, read_text
from oresight.text.sentences import sentences
from oresight.text.statements import STATEMENTS_MAX, statements

TEXTS_MAX = 20
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
