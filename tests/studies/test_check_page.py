"""The page of a checked article: everything marked, nothing executed, nothing fetched."""

import re

from oresight.face.check_page import page, spans
from oresight.studies.check.study import check

TEXT = (
    'China refines 50% of the world\'s gallium. The DRC mines 73% of the world\'s cobalt. <img src=x onerror="alert(1)"> & "quotes" stay. '
    "Prices of cobalt could triple. China banned gallium exports to the United States on 3 December 2024."
)


def test_every_statement_is_marked_and_noted() -> None:
    answer = check(TEXT, kind="text", name="a <b>title</b>")
    made = page(answer)
    rows = answer.sheet("statements").records()
    for row in rows:
        assert f'id="note-{row["id"]}"' in made
        assert f'href="#note-{row["id"]}"' in made
    assert {"wrong", "confirmed", "not_checkable"} <= {str(r["verdict"]) for r in rows}
    assert '<mark class="wrong">' in made and '<mark class="confirmed">' in made


def test_nothing_runs_and_nothing_is_fetched() -> None:
    made = page(check(TEXT, kind="text", name="a <b>title</b>"))
    assert "<script" not in made and "<img" not in made and "<b>title" not in made
    assert not re.search(r"\son\w+=", re.sub(r">[^<]*<", "><", made))
    assert "url(" not in made and "@import" not in made
    assert "default-src 'none'" in made


def test_verdicts_are_told_by_letter_and_word_not_by_colour_alone() -> None:
    made = page(check(TEXT, kind="text"))
    for letter, word in (
        ("C", "confirmed"),
        ("I", "imprecise"),
        ("W", "wrong"),
        ("U", "unverified"),
        ("N", "not checkable"),
    ):
        assert f">{letter}</span>" in made
        assert word in made


def test_overlapping_statements_share_a_run() -> None:
    rows = [
        {"id": 1, "start": 0, "end": 10, "verdict": "confirmed"},
        {"id": 2, "start": 4, "end": 10, "verdict": "wrong"},
    ]
    found = spans("abcdefghij!", 0, rows)
    assert [(s.text, s.verdict, s.notes) for s in found] == [
        ("abcd", "confirmed", ()),
        ("efghij", "wrong", (1, 2)),
        ("!", "", ()),
    ]
    assert "".join(s.text for s in found) == "abcdefghij!"
