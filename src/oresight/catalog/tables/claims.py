"""Statements of published articles with the verdict the record supports, to try the checker on."""

from oresight.catalog.declare import Field, Origin, Table
from oresight.catalog.lists import listed
from oresight.catalog.tables.events import LEDGER_DATE
from oresight.catalog.tables.sources import CONFIDENCE

VERDICTS = ("confirmed", "imprecise", "wrong", "unverified", "not_checkable")

CLAIMS = Table(
    name="claims",
    about="A statement of an article, paraphrased, and what the record says of it.",
    key=("id",),
    fields=(
        Field("id", "article and subject"),
        Field("article", "repost the statement stands in", one_of=("btcc-2026-01-11", "mexc-2026-01-12")),
        Field("subject", "what it is about"),
        Field("claim", "the statement in other words"),
        Field(
            "sort",
            "what sort of statement it is",
            one_of=(
                "share",
                "date",
                "scope",
                "status",
                "money",
                "membership",
                "attribution",
                "agreement",
                "dependence",
                "use",
                "none",
            ),
        ),
        Field("verdict", "what the record supports", one_of=VERDICTS),
        Field("right_figure", "what the record says", required=False),
        Field("rests_on", "events and commitments behind the verdict, by semicolons", required=False),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "why", required=False),
    ),
    vintage=LEDGER_DATE,
    origins=(
        Origin(
            "oresight",
            "statements of two reposts of one article of January 2026, checked against the ledgers",
            "",
            LEDGER_DATE,
            "Apache-2.0",
        ),
    ),
    cautions=("Verdicts are of the scan's date; a later source may change one.",),
    checks=(listed("rests_on", r"(EV|CM)\d{3}M?", "row of a ledger"),),
)

TABLES = (CLAIMS,)
