"""What governments and their banks promised, in which state it stands, and when it falls due."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.lists import COUNTRY, known_rows, listed
from oresight.catalog.tables.events import LEDGER_DATE
from oresight.catalog.tables.sources import CONFIDENCE

STATES = (
    "announced",
    "letter_of_interest",
    "conditional",
    "closed",
    "drawn",
    "delivered",
    "overdue",
    "re_scoped",
    "cancelled",
    "unknown",
)
"""Where a promise stands: said, offered, agreed on terms, agreed, paid, done, late, changed, dropped."""

INSTRUMENTS = (
    "loan",
    "grant",
    "equity",
    "letter_of_interest",
    "guarantee",
    "price_floor",
    "offtake",
    "stockpile",
    "fund",
    "framework",
    "target",
)

MONEY = ("public", "private", "mixed", "project_value", "resource_value", "none")
"""Whose money the amount is; the value of projects or of resources is nobody's promise."""


def amounts(frame: pl.DataFrame) -> list[str]:
    """Amounts without currency or year, and money that is said to be none."""
    found = []
    for row in frame.iter_rows(named=True):
        has = row["amount_local"] is not None
        if has != (row["currency"] is not None) or has != (row["rate_year"] is not None):
            found.append(f"{row['id']}: amount, currency and year must stand together")
        if has != (row["amount_of"] != "none"):
            found.append(f"{row['id']}: amount_of is {row['amount_of']}")
    return found


def no_circles(frame: pl.DataFrame) -> list[str]:
    """Parts that contain themselves, so that a dollar could not be counted."""
    whole = dict(frame.select("id", "part_of").iter_rows())
    found = []
    for start in whole:
        seen, at = {start}, whole[start]
        while at is not None and at not in seen:
            seen.add(at)
            at = whole.get(at)
        if at is not None:
            found.append(f"{start} is part of itself")
    return found


COMMITMENTS = Table(
    name="commitments",
    about="A promise of money, offtake, price, stock or policy for critical minerals.",
    key=("id",),
    fields=(
        Field("id", "name of the commitment"),
        Field("title", "what was promised, one clause"),
        Field("announced", "day it became known", "date"),
        Field("members", "countries or union that promise, by semicolons"),
        Field("others", "further parties not named one by one", required=False),
        Field("instrument", "form of the promise", one_of=INSTRUMENTS),
        Field("state", "latest known state; the last row of commitment_history", one_of=STATES),
        Field(
            "commodities",
            "commodities of the catalogue, by semicolons; null for all or unnamed",
            required=False,
        ),
        Field("materials", "minerals as named"),
        Field("host", "country where the money is spent", required=False, refers="countries.iso3"),
        Field("company", "companies, by semicolons", required=False),
        Field("project", "project it serves", required=False, refers="projects.id"),
        Field(
            "amount_local",
            "amount in the currency it was promised in",
            "number",
            "currency units",
            required=False,
            low=0,
        ),
        Field("currency", "ISO 4217 code of that currency", required=False),
        Field("rate_year", "year of the exchange rate", "integer", required=False, low=2020, high=2035),
        Field("amount_of", "whose money it is, or what else the amount values", one_of=MONEY),
        Field("part_of", "framework or package that contains it", required=False),
        Field(
            "part_certainty",
            "whether a source says so or the dates and parties suggest it",
            required=False,
            one_of=("sure", "likely"),
        ),
        Field("due", "day it falls due", "date", required=False),
        Field("due_for", "what falls due then", required=False),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage=LEDGER_DATE,
    origins=(
        Origin(
            "Global Trade Alert, IEA, governments, filings and press",
            "announcements of public support, row by row",
            "https://globaltradealert.org",
            LEDGER_DATE,
            "facts cited row by row",
        ),
    ),
    cautions=(
        "The amount in its own currency is the fact; dollars are its yearly mean of the announcement.",
        "Due dates that are ends of years are mostly the year an owner named, not a day.",
    ),
    checks=(
        listed("members", COUNTRY, "country"),
        listed("currency", "[A-Z]{3}", "currency"),
        known_rows("part_of"),
        Check("amounts", "amount, currency and year stand together", amounts),
        Check("parts", "nothing is part of itself", no_circles),
    ),
)

COMMITMENT_HISTORY = Table(
    name="commitment_history",
    about="A state a commitment was known to be in from a day on.",
    key=("commitment", "date", "state"),
    fields=(
        Field("commitment", "the commitment", refers="commitments.id"),
        Field("date", "first day it was known to be in this state", "date"),
        Field("state", "the state", one_of=STATES),
        Field(
            "amount_local",
            "amount that has reached this state; null for all of it",
            "number",
            "currency units",
            required=False,
            low=0,
        ),
        Field(
            "date_quality",
            "exact, approximate, of a report, or no later than the scan",
            one_of=("exact", "approximate", "reported", "by"),
        ),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what happened", required=False),
    ),
    vintage=LEDGER_DATE,
    inputs=("commitments",),
    cautions=("A state dated `by` was reached at some day before the scan that no source names.",),
)

EXCHANGE_RATES = Table(
    name="exchange_rates",
    about="Mean price of a currency in US dollars over a year.",
    key=("currency", "year"),
    fields=(
        Field("currency", "ISO 4217 code"),
        Field("year", "calendar year", "integer", low=1999, high=2035),
        Field("usd_per_unit", "US dollars for one unit", "number", "USD", low=1e-6, high=10),
        Field("days", "daily rates in the mean", "integer", required=False, low=1, high=366),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage="2026-10-30",
    origins=(
        Origin(
            "European Central Bank",
            "euro foreign exchange reference rates, crossed with the dollar",
            "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html",
            "2026-10-30",
            "free reuse with attribution",
        ),
    ),
    cautions=("The mean of 2026 ends on 30 October.",),
)

DEADLINES = Table(
    name="deadlines",
    about="A day that falls due in the ledgers and has a name of its own.",
    key=("id",),
    fields=(
        Field("id", "date and row it rests on"),
        Field("date", "the day", "date"),
        Field("title", "what ends, starts or falls due", required=True),
        Field(
            "kind", "law, suspension, money or benchmark", one_of=("law", "suspension", "money", "benchmark")
        ),
        Field("rests_on", "event or commitment it comes from"),
        Field("countries", "countries concerned, by semicolons"),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage=LEDGER_DATE,
    inputs=("events", "commitments"),
    cautions=("Other due days of commitments and events are read from those tables.",),
    checks=(
        listed("countries", COUNTRY, "country"),
        listed("rests_on", r"(EV|CM)\d{3}M?", "row of a ledger"),
    ),
)

TABLES = (COMMITMENTS, COMMITMENT_HISTORY, EXCHANGE_RATES, DEADLINES)
