"""The two reposts of January 2026: what is to be found, which verdicts, and that they are one article."""

import csv
import time
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from oresight.core.answer import Answer
from oresight.studies.check.study import check, check_file, compare

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SEEDS = SHARED / "data" / "seeds"
CLAIMS = SHARED / "data" / "policy" / "claims.csv"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not CLAIMS.exists(), reason="the shared folder is absent"),
]

KINDS = {
    "coalition demand share": "demand",
    "date of Chinese controls": "control",
    "scope of controls": "scope",
    "status of controls": "threat",
    "IEA concentration": "count",
    "processing share": "share",
    "publication date": "published",
    "meeting date": "meeting",
    "participants": "membership",
    "G7 summit": "meeting",
    "G7 outcome": "agreement",
    "Japan": "exclusivity",
    "2010 embargo": "control",
    "Japan dependence": "dependence",
    "China-Japan 2026": "threat",
    "Bessent presentation": "attribution",
    "expected outcome": "attribution",
    "quotation": "attribution",
    "US-Australia date": "agreement",
    "US-Australia money": "money",
    "miners and prices": "date",
    "White House figure": "money",
    "disclosure": "disclosure",
    "EXIM LOIs": "money",
    "EXIM scope": "use",
    "military use": "use",
    "civil use": "use",
    "G7 dependence": "dependence",
    "rhetoric": "opinion",
    "technology": "opinion",
}


@pytest.fixture(scope="module")
def answers() -> dict[str, Answer]:
    return {p.name: check_file(p) for p in sorted(SEEDS.iterdir())}


def expected() -> list[dict[str, str]]:
    with CLAIMS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def best(row: dict[str, str], answer: Answer) -> dict[str, object] | None:
    """The statement of the right kind whose words are most like the claim's."""
    kind = KINDS.get(row["subject"])
    candidates = [r for r in answer.sheet("statements").records() if r["kind"] == kind]
    scored = [
        (fuzz.token_set_ratio(row["claim_verbatim"].casefold(), str(r["sentence"]).casefold()), r)
        for r in candidates
    ]
    good = [s for s in scored if s[0] >= 50]
    return dict(max(good, key=lambda s: s[0])[1]) if good else None


def test_statements_are_found_and_judged(answers: dict[str, Answer]) -> None:
    rows = expected()
    checkable = [r for r in rows if r["verdict"] != "not checkable"]
    found = [(r, b) for r in checkable if (b := best(r, answers[r["seed_file"]])) is not None]
    right = [(r, b) for r, b in found if b["verdict"] == r["verdict"]]
    assert len(found) / len(checkable) >= 0.85
    assert len(right) / len(found) >= 0.90, [
        (r["subject"], b["verdict"]) for r, b in found if b["verdict"] != r["verdict"]
    ]


def test_every_wrong_statement_is_found(answers: dict[str, Answer]) -> None:
    for row in expected():
        if row["verdict"] == "wrong":
            found = best(row, answers[row["seed_file"]])
            assert found is not None and found["verdict"] == "wrong", row["subject"]


def test_only_those_are_called_wrong(answers: dict[str, Answer]) -> None:
    for name, answer in answers.items():
        wanted = sum(r["verdict"] == "wrong" and r["seed_file"] == name for r in expected())
        assert sum(r["verdict"] == "wrong" for r in answer.sheet("statements").records()) == wanted


def test_the_right_date_and_sums_are_told(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        rows = answer.sheet("statements").records()
        assert any(
            r["kind"] == "control" and r["verdict"] == "wrong" and r["found"] == "2025-10-09" for r in rows
        )
        assert any(r["said"] == "$1bn" and "each" in str(r["how"]) for r in rows)
        assert any(r["said"] == "$53bn" and "resources" in str(r["how"]) for r in rows)


def test_unrelated_stories_are_set_aside(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        text = str(answer.sheet("text").rows[0][0])
        for word in ("Solana", "Minnesota", "ICEx", "SuperRare", "mentorship", "warranties"):
            assert word not in text


def test_the_two_are_one_article() -> None:
    texts = {p.name: p.read_text(encoding="utf-8") for p in sorted(SEEDS.iterdir())}
    answer = compare(texts)
    first, second = texts
    rows = answer.sheet("reposts").records()
    assert [r["same"] for r in rows if r["what"] == "likeness"] == [True]
    assert any("monopoly with an army" in str(r["text"]) for r in rows if r["what"] == f"only in {first}")
    assert any("dinner" in str(r["text"]) for r in rows if r["what"] == f"only in {second}")


@pytest.mark.slow
def test_five_megabytes_in_bounded_time() -> None:
    text = (next(iter(sorted(SEEDS.iterdir()))).read_text(encoding="utf-8") + "\n\n") * 600
    check("China mines 69% of rare earths.")
    started = time.monotonic()
    check(text)
    assert time.monotonic() - started < 10
