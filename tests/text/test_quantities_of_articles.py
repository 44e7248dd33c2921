"""Quantities, dates and sentences as articles write them."""

import datetime

import pytest

from oresight.text.characters import plain_text
from oresight.text.dates import dates
from oresight.text.quantities import quantities
from oresight.text.sentences import LONGEST, sentences


@pytest.mark.parametrize(
    ("text", "low", "high", "bound"),
    [
        ("60%", 0.6, 0.6, "exact"),
        ("60 per cent", 0.6, 0.6, "exact"),
        ("sixty percent", 0.6, 0.6, "exact"),
        ("three fifths", 0.6, 0.6, "exact"),
        ("three-fifths of it", 0.6, 0.6, "exact"),
        ("six in ten", 0.6, 0.6, "exact"),
        ("over 80 %", 0.8, 0.8, "at_least"),
        ("no more than 65%", 0.65, 0.65, "at_most"),
        ("no less than 40 percent", 0.4, 0.4, "at_least"),
        ("less than 1%", 0.01, 0.01, "at_most"),
        ("nearly two-thirds", 2 / 3, 2 / 3, "about"),
        ("between 60 and 70 percent", 0.6, 0.7, "exact"),
        ("60-70%", 0.6, 0.7, "exact"),
        ("60% to 70%", 0.6, 0.7, "exact"),
        ("70 percent or more", 0.7, 0.7, "at_least"),
        ("more than half of the world's", 0.5, 0.5, "at_least"),
        ("½ of it", 0.5, 0.5, "exact"),
        ("2,5 %", 0.025, 0.025, "exact"),
    ],
)
def test_shares_in_words_and_figures(text: str, low: float, high: float, bound: str) -> None:
    found = [q for q in quantities(text) if q.sort == "share"]
    assert [(round(q.low, 6), round(q.high, 6), q.bound) for q in found] == [
        (round(low, 6), round(high, 6), bound)
    ]


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("$1bn", 1e9, "USD"),
        ("$1 billion", 1e9, "USD"),
        ("1 billion dollars", 1e9, "USD"),
        ("one billion US dollars", 1e9, "USD"),
        ("US$8.5bn", 8.5e9, "USD"),
        ("A$1.25 billion", 1.25e9, "AUD"),
        ("€22.5bn", 22.5e9, "EUR"),
        ("EUR 90 million", 9e7, "EUR"),
        ("90 million euros", 9e7, "EUR"),
        ("250 billion won", 2.5e11, "KRW"),
        ("400,000,000 dollars", 4e8, "USD"),
    ],
)
def test_money_in_any_spelling(text: str, amount: float, currency: str) -> None:
    assert [(q.sort, q.low, q.unit) for q in quantities(text)] == [("money", amount, currency)]


@pytest.mark.parametrize(
    ("text", "sort", "value", "unit"),
    [
        ("$110/kg", "price", 110_000.0, "USD/t"),
        ("$110 per kilogram", "price", 110_000.0, "USD/t"),
        ("110 dollars a kilo", "price", 110_000.0, "USD/t"),
        ("96,600 tonnes", "weight", 96_600.0, "t"),
        ("3 500 t", "weight", 3_500.0, "t"),
        ("2.2 million metric tons", "weight", 2.2e6, "t"),
        ("418 kg", "weight", 0.418, "t"),
        ("nineteen of twenty minerals", "ratio", 19.0, ""),
    ],
)
def test_prices_weights_and_counts(text: str, sort: str, value: float, unit: str) -> None:
    (found,) = quantities(text)
    assert (found.sort, found.unit) == (sort, unit)
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["the third-largest maker", "a third country", "G7 and F-35", "some of twenty", "half past"]
)
def test_what_is_no_quantity(text: str) -> None:
    assert not [q for q in quantities(text) if q.sort != "number"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("October 9, 2025", "2025-10-09"),
        ("9th of October, 2025", "2025-10-09"),
        ("Oct. 9 2025", "2025-10-09"),
        ("2025-10-09", "2025-10-09"),
        ("13/10/2025", "2025-10-13"),
        ("10/13/2025", "2025-10-13"),
        ("in October 2025", "2025-10"),
        ("back in June", "June"),
        ("since 2010,", "2010"),
    ],
)
def test_dates_in_any_order(text: str, written: str) -> None:
    assert [d.written() for d in dates(text)] == [written]


def test_a_date_in_figures_may_be_read_both_ways() -> None:
    (found,) = dates("on 04/10/2025")
    assert found.fits(datetime.date(2025, 10, 4))
    assert found.fits(datetime.date(2025, 4, 10))
    assert not found.fits(datetime.date(2025, 4, 11))


def test_sentences_end_at_ends_and_not_at_short_forms() -> None:
    text = "The U.S. agreed with Mr. Ito of Acme Inc. on $8.5 bn. It paid. Did it? No. 5 was left."
    assert [text[a:b] for a, b in sentences(text)][:2] == [
        "The U.S. agreed with Mr. Ito of Acme Inc. on $8.5 bn.",
        "It paid.",
    ]


def test_no_sentence_is_without_end() -> None:
    assert max(b - a for a, b in sentences("word " * 5000)) <= LONGEST


def test_characters_become_plain() -> None:
    assert plain_text("８０％ of\u00a0it\u200b\u202e\ufeff — ２０２５‐１０‐０９") == "80% of it — 2025-10-09"
