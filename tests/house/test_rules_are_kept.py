"""Every numbered rule of the model is written in the docs, cited in the code, and named by a test."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COUNTS = {"network": 5, "measure": 6, "market": 7, "months": 8, "impact": 5, "plan": 8, "coalition": 4}
RULES = [f"{part} §{n}" for part, count in COUNTS.items() for n in range(1, count + 1)]


def cited(folder: Path, pattern: str) -> set[str]:
    """Rules named in the files of a folder: `market §3`, `market §1, §2`, `market §1-§4`."""
    found = set()
    names = "|".join(COUNTS)
    for path in folder.rglob(pattern):
        text = path.read_text(encoding="utf-8")
        for part, first, rest in re.findall(
            rf"\b({names}) §(\d+)((?:(?:\s*,\s*|\s*-\s*|\s+and\s+)§\d+)*)", text, re.I
        ):
            numbers = [int(first)]
            for sign, number in re.findall(r"(,|-|and)\s*§(\d+)", rest):
                start = numbers[-1] + 1 if sign == "-" else int(number)
                numbers += range(start, int(number) + 1)
            found |= {f"{part.lower()} §{n}" for n in numbers}
    return found


@pytest.fixture(scope="module")
def written() -> dict[str, set[str]]:
    """Rules cited in code, tests and docs."""
    return {
        "code": cited(ROOT / "src", "*.py"),
        "tests": cited(ROOT / "tests", "*.py"),
        "docs": cited(ROOT / "docs" / "model", "*.md"),
    }


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("place", ["code", "tests", "docs"])
def test_rule_is_written(rule: str, place: str, written: dict[str, set[str]]) -> None:
    assert rule in written[place], f"{rule} is not named in {place}"
