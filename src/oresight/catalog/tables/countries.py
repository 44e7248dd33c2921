"""Countries by ISO code with the names publishers use, their blocs, and the size of their economies."""

import polars as pl

from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.tables.sources import CONFIDENCE

NOT_COUNTRIES = ("EU27", "WLD", "OTH")
"""Codes that stand for no single country: the European Union, the world, and a source's remainder."""


def shared_names(frame: pl.DataFrame) -> list[str]:
    """Names that two countries both claim, so that a publisher's row could not be resolved."""
    named = pl.concat(
        [
            frame.select("iso3", pl.col("name").alias("known")),
            frame.select("iso3", pl.col("aliases").str.split(";").alias("known"))
            .explode("known")
            .drop_nulls("known"),
        ]
    ).with_columns(pl.col("known").str.to_lowercase())
    twice = named.group_by("known").agg(pl.col("iso3").unique()).filter(pl.col("iso3").list.len() > 1)
    return [f"{name!r} names {', '.join(sorted(codes))}" for name, codes in twice.sort("known").iter_rows()]


def spells(frame: pl.DataFrame) -> list[str]:
    """Memberships that end before they begin."""
    wrong = frame.filter(pl.col("to_year") < pl.col("from_year"))
    return [f"{row['bloc']} {row['member']} ends before it begins" for row in wrong.iter_rows(named=True)]


COUNTRIES = Table(
    name="countries",
    about="A country or a code that a publisher uses in the place of one, with its names in the sources.",
    key=("iso3",),
    fields=(
        Field("iso3", "ISO 3166 alpha-3 code; EU27, WLD and OTH stand for no single country"),
        Field("name", "short English name"),
        Field("iso2", "ISO 3166 alpha-2 code", required=False),
        Field("baci_code", "numeric codes of CEPII BACI, separated by semicolons", required=False),
        Field(
            "aliases",
            "other names in USGS, WMD, BGS, IEA, WGI, BACI and press, by semicolons",
            required=False,
        ),
        Field(
            "kind",
            "country, past state, territory, or aggregate",
            one_of=("country", "past", "territory", "aggregate"),
        ),
        Field("succeeded_by", "present codes of a past state, by semicolons", required=False),
        Field("note", "what a reader must know", required=False),
    ),
    vintage="2026-11",
    origins=(
        Origin(
            "ISO",
            "ISO 3166-1 country codes",
            "https://www.iso.org/iso-3166-country-codes.html",
            "2024",
            "code list, free use",
        ),
        Origin(
            "CEPII",
            "BACI country codes",
            "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
            "1995-2024",
            "Etalab Open Licence 2.0",
        ),
    ),
    cautions=(
        "Trade of Taiwan is what BACI files under 490, other Asia not elsewhere specified.",
        "Before 2000 the customs union of southern Africa traded as one, and before 1999 Belgium with "
        "Luxembourg.",
    ),
    checks=(Check("names", "no name resolves to two countries", shared_names),),
)

BLOCS = Table(
    name="blocs",
    about="A country's membership of a coalition, and the player it counts under there.",
    key=("bloc", "member"),
    fields=(
        Field("bloc", "kebab-case name of the coalition or union"),
        Field("member", "member country", refers="countries.iso3"),
        Field("player", "label it counts under: its own code, or EU for the other members of the Union"),
        Field(
            "from_year",
            "first year of membership; null where the list has no dates",
            "integer",
            required=False,
            low=1945,
            high=2030,
        ),
        Field(
            "to_year",
            "last year of membership; null while it lasts",
            "integer",
            required=False,
            low=1945,
            high=2030,
        ),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage="2026-11",
    origins=(
        Origin(
            "European Union",
            "EU countries and years of entry",
            "https://european-union.europa.eu/principles-countries-history/eu-countries_en",
            "2026",
            "reuse with attribution",
        ),
        Origin(
            "press",
            "critical minerals meeting of 12 January 2026",
            "https://particle.news/story/us-gathers-g7-and-partners-in-washington-for-critical-minerals-drive",
            "2026-01",
            "figures cited",
        ),
    ),
    cautions=("g7plus-2026 is the table of 12 January 2026 and has no treaty behind it; the EU sat as one.",),
    checks=(Check("spells", "no membership ends before it begins", spells),),
)

ECONOMIES = Table(
    name="economies",
    about="Gross domestic product of a country in a year.",
    key=("country", "year"),
    fields=(
        Field("country", "country", refers="countries.iso3"),
        Field("year", "calendar year", "integer", low=1990, high=2030),
        Field(
            "gdp_usd", "gross domestic product at market exchange rates", "number", "USD", low=1e8, high=4e13
        ),
        Field("source_id", "source", refers="sources.id"),
        Field("confidence", "trust in the row", one_of=CONFIDENCE),
        Field("note", "what a reader must know", required=False),
    ),
    vintage="2024",
    origins=(
        Origin("oresight", "gross domestic products as recalled, rounded", "", "2026-11", "Apache-2.0"),
    ),
    cautions=("All rows are assumptions, rounded to about two digits; replace them before quoting.",),
)

TABLES = (COUNTRIES, BLOCS, ECONOMIES)
