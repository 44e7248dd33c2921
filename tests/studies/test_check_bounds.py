"""Five megabytes of any text are checked in bounded time and memory."""

import random
import resource
import time

import pytest

from oresight.core.errors import OresightError
from oresight.studies.check.study import check

SIZE = 5_000_000
WORDS = [
    "China",
    "rare",
    "earths",
    "80%",
    "of",
    "the",
    "world",
    "mines",
    "refines",
    "export",
    "ban",
    "in",
    "2021",
    "$5",
    "billion",
    "Japan",
    "relies",
    "on",
    "cobalt",
    ",",
    ".",
    "and",
    "9",
    "October",
    "signed",
    "a",
    "deal",
    "with",
    "G7",
    "nickel",
    "output",
    "was",
    "three",
    "quarters",
]


def prose() -> str:
    """Five megabytes of words that all mean something, without repeats."""
    draw = random.Random(1)
    return " ".join(draw.choice(WORDS) for _ in range(SIZE // 5))[:SIZE]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        prose(),
        "twenty one " * (SIZE // 11),
        "<html><body>" + "<p>China mines 69% of rare earths.</p>" * (SIZE // 38),
        "China, " * (SIZE // 7),
        "1,1." * (SIZE // 4),
        "# a\n- b\n- c\n" + "[" * SIZE,
    ],
    ids=["prose", "numbers", "paragraphs", "names", "figures", "brackets"],
)
def test_five_megabytes(text: str) -> None:
    check("China mines 69% of rare earths.")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    try:
        check(text)
    except OresightError as error:
        assert "\n" not in str(error)
    assert time.process_time() - started < 30, "growth beyond the length of the text"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700_000
