"""Controls, quotas, stops and truces in the trade of minerals since 2010, and the goods each touches."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.lists import COUNTRY, known_rows, listed, ordered
from oresight.catalog.tables.sources import CONFIDENCE

LEDGER_DATE = "2026-11-22"
"""Day of the last scan of sources; what happened after it is not in the ledgers."""

KINDS = (
    "export_ban",
    "export_licence",
    "export_quota",
    "export_tariff",
    "technology_control",
    "entity_list",
    "import_ban",
    "import_tariff",
    "procurement_ban",
    "production_quota",
    "production_stop",
    "production_tax",
    "sanction",
    "suspension",
    "schedule",
    "agreement",
    "dispute",
    "policy",
    "report",
)
"""What an event is. The last seven change or tell of measures but restrict no trade by themselves."""


def dates_make_sense(frame: pl.DataFrame) -> list[str]:
    """Suspensions and ends that the ledger cannot follow: half a suspension, an end without what follows."""
    found = []
    for row in frame.iter_rows(named=True):
        half = (row["suspended_from"] is None) != (row["suspended_until"] is None)
        if half and row["suspended_from"] is None:
            found.append(f"{row['id']}: suspended_until without suspended_from")
        if (row["suspended_until"] or row["in_force_until"]) and not row["afterwards"]:
            found.append(f"{row['id']}: an end without `afterwards`")
    return found


EVENTS = Table(
    name="events",
    about="A measure or happening that restricts, or stops restricting, trade in a mineral.",
    key=("id",),
    fields=(
        Field("id", "name of the event"),
        Field("title", "what happened, one clause"),
        Field("actor", "country or union that acts, or where it happens", refers="countries.iso3"),
        Field("targets", "countries it is aimed at, by semicolons; ALL for everyone"),
        Field("companies", "companies it names, by semicolons", required=False),
        Field("kind", "what sort of event it is", one_of=KINDS),
        Field(
            "direction",
            "trade it restricts: exports of the actor, imports of the actor, none",
            one_of=("export", "import", "none"),
        ),
        Field(
            "scope",
            "whom or what it reaches: every use, military users, named entities, technology, procurement, "
            "goods made abroad, nobody by itself",
            one_of=("all", "military", "entities", "technology", "procurement", "extraterritorial", "none"),
        ),
        Field("announced", "day it became known", "date"),
        Field("in_force_from", "first day in force; null where none is known", "date", required=False),
        Field("in_force_until", "last day in force; null where no end is known", "date", required=False),
        Field("suspended_from", "first day of a suspension", "date", required=False),
        Field("suspended_until", "last day of a suspension", "date", required=False),
        Field(
            "afterwards",
            "state known to follow the end or the suspension",
            required=False,
            one_of=("in_force", "expired", "unknown"),
        ),
        Field(
            "by_its_text",
            "state its text provides for then, where nobody reports one",
            required=False,
            one_of=("in_force", "expired"),
        ),
        Field(
            "last_known",
            "last day on which a source shows it in force; unknown after it",
            "date",
            required=False,
        ),
        Field(
            "date_quality",
            "whether the dates are exact, approximate, or those of a report",
            one_of=("exact", "approximate", "reported"),
        ),
        Field("acts_on", "events it suspends, ends or restates, by semicolons", required=False),
        Field("cut_low", "share cut, low", "number", "1", required=False, low=0, high=1),
        Field("cut_best", "share cut, best figure", "number", "1", required=False, low=0, high=1),
        Field("cut_high", "share cut, high", "number", "1", required=False, low=0, high=1),
        Field("cut_of", "what the cut is a share of", required=False),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage=LEDGER_DATE,
    origins=(
        Origin(
            "MOFCOM, IEA, Global Trade Alert and press",
            "export-control announcements, policy trackers and press, row by row",
            "https://www.iea.org/data-and-statistics/data-tools/critical-minerals-policy-tracker",
            LEDGER_DATE,
            "facts cited row by row",
        ),
    ),
    cautions=(
        f"Scanned until {LEDGER_DATE}: what followed the truce that ended on 10 November 2026 was not found.",
        "A date marked approximate or reported may be off by days or weeks.",
    ),
    checks=(
        listed("targets", COUNTRY, "country"),
        known_rows("acts_on"),
        ordered("in_force_from", "in_force_until"),
        ordered("suspended_from", "suspended_until"),
        Check("ends", "a suspension has a start, and an end says what follows", dates_make_sense),
    ),
)

EVENT_CODES = Table(
    name="event_codes",
    about="A good that an event touches: material, commodity, and tariff code where one is named.",
    key=("event", "material", "commodity", "hs"),
    fields=(
        Field("event", "the event", refers="events.id"),
        Field("material", "the good in plain words"),
        Field(
            "commodity",
            "commodity of the catalogue; null for goods outside it",
            required=False,
            refers="commodities.id",
        ),
        Field(
            "stage",
            "stage the good belongs to; null for all",
            required=False,
            one_of=("mine", "refine", "component"),
        ),
        Field("hs", "heading or subheading, digits only, at its own edition", required=False),
        Field(
            "hs_vintage",
            "edition of the Harmonized System of the code",
            required=False,
            one_of=("HS2007", "HS2012", "HS2017", "HS2022"),
        ),
        Field("hs92", "subheading of 1992 the code came from, as the trade table counts", required=False),
        Field(
            "code_quality",
            "published with the measure, indicative (a compiler's match), or none",
            one_of=("published", "indicative", "none"),
        ),
    ),
    vintage=LEDGER_DATE,
    origins=(
        Origin(
            "MOFCOM, Global Trade Alert",
            "goods named in the measures, row by row",
            "https://globaltradealert.org",
            LEDGER_DATE,
            "facts cited row by row",
        ),
    ),
    cautions=("Most codes are indicative: announcements list goods, and the customs code may be wider.",),
    checks=(
        listed("hs", r"\d{4}|\d{6}", "heading or subheading"),
        listed("hs92", r"\d{6}", "subheading"),
    ),
)

TABLES = (EVENTS, EVENT_CODES)
