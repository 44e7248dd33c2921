"""Questions in a reader's words find their page: names anywhere, misspelt or everyday, actors told from buyers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.core.errors import StudyError
from oresight.studies.ask import LENGTH_MAX, ask, understood


@pytest.mark.parametrize(
    ("text", "page", "target", "supplier", "coalition"),
    [
        ("japan gallium", "commodity", "gallium", "", "JPN"),
        ("gallium japan", "commodity", "gallium", "", "JPN"),
        ("what is korea most vulnerable to", "country", "KOR", "", ""),
        ("if china stops magnets", "stress", "", "CHN", ""),
        ("what if Indonesia bans nickel?", "stress", "", "IDN", ""),
        ("what happens if the DRC stops cobalt to the EU", "stress", "", "COD", "eu27"),
        ("galium", "commodity", "gallium", "", ""),
        ("rare earths", "commodity", "rare-earths", "", ""),
        ("japanese rare earths from china", "commodity", "rare-earths", "CHN", "JPN"),
        ("how dependent is germany on china for magnesium", "commodity", "magnesium", "CHN", "DEU"),
        ("Russia palladium", "commodity", "palladium", "RUS", ""),
        ("eu lithium", "commodity", "lithium", "", "eu27"),
        ("south korea", "country", "KOR", "", ""),
        ("Côte d'Ivoire", "country", "CIV", "", ""),
        ("g7 exposure", "situation", "", "", "g7"),
        ("are we on track", "tracker", "", "", ""),
        ("is it true", "check", "", "", ""),
        ("who pays", "coalition", "", "", ""),
        ("cheapest way out", "plan", "", "", ""),
        ("where do the data come from", "sources", "", "", ""),
    ],
)
def test_question_is_understood(text: str, page: str, target: str, supplier: str, coalition: str) -> None:
    best = ask(text).sheets[0].records()[0]
    assert (best["page"], best["target"], best["supplier"], best["coalition"]) == (
        page,
        target,
        supplier,
        coalition,
    )
    assert best["score"] == 1.0


@pytest.mark.parametrize("text", ["", "   ", "?!", "xyzzy", "the of and", "a" * (LENGTH_MAX + 1)])
def test_what_says_nothing_is_told_with_a_mend(text: str) -> None:
    with pytest.raises(StudyError) as raised:
        ask(text)
    assert raised.value.mend


def test_unread_words_are_told() -> None:
    assert understood("gallium frobnicate").unread == ("frobnicate",)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=LENGTH_MAX))
def test_any_text_gives_places_or_a_reason(text: str) -> None:
    try:
        rows = ask(text).sheets[0].records()
    except StudyError as error:
        assert error.what
    else:
        assert rows[0]["score"] == 1.0 and all(0 < float(str(r["score"])) <= 1 for r in rows)
