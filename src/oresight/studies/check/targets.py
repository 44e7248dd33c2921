"""Verdicts on targets: benchmarks of laws, and by when."""

import datetime
import re

from oresight.catalog.tables.events import LEDGER_DATE
from oresight.studies.check.money import ledger
from oresight.studies.check.rules import SHARE, Judgement, compared_share, percent, unverified
from oresight.text.quantities import quantities
from oresight.text.statement import Statement

BENCHMARKS = {
    "mine": re.compile(r"\b(?:min(?:e|ed|ing)|extract\w*|dig\w*)\b", re.I),
    "process": re.compile(r"\b(?:process\w*|refin\w*)\b", re.I),
    "recycle": re.compile(r"\brecycl\w*", re.I),
    "one country": re.compile(
        r"\b(?:single|one|any\s+one|sole|third)\s+(?:\w+\s+)?(?:country|supplier|nation|source)|\bfrom\s+(?:china|any)|\bdepend\w*|\brel(?:y|ian\w+)|\bimport\w*",
        re.I,
    ),
}


def judge_target(statement: Statement, article: datetime.date) -> Judgement:
    """A benchmark of the EU's law: the one its words mean."""
    said = statement.quantity
    assert said is not None
    words = statement.cues["words"][0]
    targets = []
    for p in ledger():
        if p.row["instrument"] != "target" or not set(statement.subject) & set(p.named):
            continue
        for q in quantities(p.row["title"]):
            if q.sort == "share":
                kind = next((k for k, pattern in BENCHMARKS.items() if pattern.search(p.row["title"])), None)
                targets.append((kind, q.value, p))

    def near(kind: str | None) -> int | None:
        if kind is None:
            return None
        spots = [abs(h.start() - len(words) // 2) for h in BENCHMARKS[kind].finditer(words)]
        return min(spots) if spots else None

    ranked = sorted(
        ((n, k, v, p) for k, v, p in targets if (n := near(k)) is not None), key=lambda t: (t[0], t[3].id)
    )
    if not ranked:
        return unverified("no benchmark of the ledger fits the words")
    exact = [r for r in ranked if abs(r[2] - said.value) < 0.005]
    _, _, value, p = exact[0] if exact else ranked[0]
    verdict, how, _ = compared_share(said, value)
    if abs(value - said.value) < 0.005:
        verdict, how = "confirmed", "as the law has it"
    elif verdict != "wrong":
        verdict, how = "wrong", f"the law says {percent(value)}"
    right = (
        ""
        if verdict == "confirmed"
        else f"{p.row['title']} ({LEDGER_DATE[:4]} ledger, due {p.row['due']:%Y})."
    )
    return Judgement(
        verdict,
        f"{how}: {p.row['title']}",
        SHARE,
        percent(value),
        "%",
        p.row["announced"].year,
        right,
        p.sources,
    )
