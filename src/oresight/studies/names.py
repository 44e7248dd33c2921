"""What the user wrote -> ids of the catalogue: countries, coalitions, suppliers, commodities, years.

Every unknown name answers with the nearest known ones.
"""

import datetime
import re
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from oresight.catalog.own_figures import OWN
from oresight.catalog.store import read
from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError, unknown_name

DEFAULT_COALITION = "g7plus-2026"
DEFAULT_SUPPLIER = "CHN"
LENGTH_MAX = 2000
WITHOUT_MOST = 3
"""Most members the default coalition may lack and still be called by its name."""
BLOC_LABELS = {
    "g7plus-2026": "the G7+ coalition",
    "g7": "the G7",
    "eu27": "the EU",
    "brics": "the BRICS",
    "quad": "the Quad",
    "asean": "ASEAN",
}
"""What a reader calls a bloc; its id where nothing shorter is known."""


def folded(text: str) -> str:
    """A name as it is compared: lower case, single spaces.

    >>> folded("  South  Korea ")
    'south korea'
    """
    return " ".join(text.casefold().split())


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """Every spelling of every country, folded, to its ISO code."""
    spelled: dict[str, str] = {}
    for row in read("countries").iter_rows(named=True):
        aliases = [a for a in (row["aliases"] or "").split(";") if a.strip()]
        for name in (*aliases, row["name"], row["iso2"], row["iso3"]):
            if name:
                spelled[folded(name)] = row["iso3"]
    return spelled


@lru_cache(maxsize=1)
def country_labels() -> dict[str, str]:
    """ISO code -> the name a reader sees."""
    return dict(read("countries").select("iso3", "name").iter_rows())


def label(code: str) -> str:
    """The name of a country or player a reader sees; the code itself where it has none."""
    return {"EU": "Other EU members", "OTH": "Rest of world", "WLD": "World"}.get(
        code, country_labels().get(code, code)
    )


def country(text: str) -> str:
    """The ISO code of a country written as code, name or alias.

    Raises:
        StudyError: Nobody knows the name; the nearest are named.
    """
    code = country_names().get(folded(text))
    if code is None:
        raise unknown_name("country", text, [*country_labels().values(), *country_labels()])
    return code


@lru_cache(maxsize=8)
def blocs(year: int | None = None) -> dict[str, dict[str, tuple[str, ...]]]:
    """Bloc -> player -> members, at a year; the latest membership by default."""
    rows = read("blocs").with_columns(pl.col("from_year").fill_null(0), pl.col("to_year").fill_null(9999))
    at = year if year is not None else datetime.date.today().year
    rows = rows.filter((pl.col("from_year") <= at) & (pl.col("to_year") >= at))
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for bloc, player, member in rows.select("bloc", "player", "member").iter_rows():
        players = found.setdefault(bloc, {})
        players[player] = (*players.get(player, ()), member)
    return found


def coalition(text: str = DEFAULT_COALITION) -> Coalition:
    """A coalition written as bloc, country, or comma-separated list of both.

    Raises:
        StudyError: A name is unknown, or nothing was named.
    """
    if len(text) > LENGTH_MAX:
        raise StudyError(f"a coalition of {len(text)} characters", f"at most {LENGTH_MAX} are read")
    parts = [p for p in (part.strip() for part in text.split(",")) if p]
    if not parts:
        raise StudyError("no country was named", "name one, such as JPN, or a coalition, such as g7plus-2026")
    known = blocs()
    # in a list, EU is what the default coalition means by it: its EU members not listed apart
    grouped = {p: codes for p, codes in known[DEFAULT_COALITION].items() if p not in country_labels()}
    players: dict[str, tuple[str, ...]] = {}
    for part in parts:
        bloc = bloc_named(part)
        if part.upper() in grouped and len(parts) > 1:
            players.setdefault(part.upper(), grouped[part.upper()])
        elif bloc:
            for player, members in known[bloc].items():
                players[player] = tuple(dict.fromkeys(players.get(player, ()) + members))
        elif folded(part) in country_names():
            code = country_names()[folded(part)]
            players.setdefault(code, (code,))
        else:
            raise unknown_name(
                "country or coalition", part, [*known, *country_labels().values(), *country_labels()]
            )
    whole = bloc_named(text)
    if whole:
        return Coalition(whole, BLOC_LABELS.get(whole, whole), players)
    named = label(next(iter(players))) if len(players) == 1 else described(players)
    return Coalition(",".join(players), named, players)


def bloc_named(text: str) -> str:
    """The bloc a text names, itself or as what the table of countries holds for it, such as EU; empty for none."""
    if folded(text) in blocs():
        return folded(text)
    code = country_names().get(folded(text), "").casefold()
    return code if code in blocs() else ""


def described(players: Mapping[str, tuple[str, ...]]) -> str:
    """How a set of players without a name of its own is called: by those it has, or by those the default lacks."""
    default = blocs()[DEFAULT_COALITION]
    missing = [p for p in default if p not in players]
    if set(players) < set(default) and len(missing) <= WITHOUT_MOST and len(players) > len(missing):
        return f"{BLOC_LABELS.get(DEFAULT_COALITION, DEFAULT_COALITION)} without {', '.join(map(label, missing))}"
    return ", ".join(map(label, players)) if len(players) <= 4 else f"{len(players)} countries"


def supplier(text: str = DEFAULT_SUPPLIER, against: Coalition | None = None) -> Coalition:
    """The dominant supplier: any set of countries, but not one that holds the whole coalition."""
    found = coalition(text)
    if against is not None and set(against.members) <= set(found.members):
        raise StudyError(
            f"{against.label} is asked about its dependence on itself",
            "name another supplier with --supplier, or a coalition with members outside it",
        )
    return found


@lru_cache(maxsize=1)
def sized() -> frozenset[str]:
    """ISO codes of countries whose economy's output is in the catalogue, so that they can share a bill by it."""
    return frozenset(read("economies")["country"].to_list())


@lru_cache(maxsize=1)
def _sources() -> dict[str, tuple[str, str]]:
    rows = read("sources").select("id", "publisher", "edition", "citation").iter_rows()
    held = {
        name: (" ".join(part for part in (publisher or citation, edition) if part), citation)
        for name, publisher, edition, citation in rows
    }
    return {**held, OWN: ("your own", "A row of your own")}


def publishers(sources: str) -> str:
    """Publishers and editions of some sources of the catalogue, each once; what is no source stays as it is written.

    >>> publishers("press-asiatimes, press-asiatimes, own list")
    'asiatimes.com, own list'
    """
    parts = re.split(r"[,;]\s*", sources)
    return ", ".join(dict.fromkeys(_sources().get(p, (p, p))[0] for p in parts))


def citations(sources: str) -> str:
    """The same sources cited in full.

    >>> citations("press-asiatimes")
    'asiatimes.com: Asia Times'
    """
    return "; ".join(dict.fromkeys(_sources().get(p, (p, p))[1] for p in re.split(r"[,;]\s*", sources)))


@lru_cache(maxsize=1)
def commodity_labels() -> dict[str, str]:
    """Commodity id -> the name a reader sees."""
    return dict(read("commodities").select("id", "name").iter_rows())


@lru_cache(maxsize=1)
def groups() -> dict[str, tuple[str, ...]]:
    """Group -> its commodities."""
    found: dict[str, tuple[str, ...]] = {}
    for group, commodity in read("commodity_groups").select("group", "commodity").iter_rows():
        found[group] = (*found.get(group, ()), commodity)
    return found


@lru_cache(maxsize=1)
def commodity_names() -> dict[str, str]:
    """Every spelling of every commodity and group, folded, to its id."""
    spelled: dict[str, str] = {}
    for row in read("commodities").iter_rows(named=True):
        for name in (row["id"], row["name"], row["symbol"], row["id"].replace("-", " ")):
            if name:
                spelled.setdefault(folded(name), row["id"])
    for group in groups():
        spelled[folded(group)] = group
        spelled.setdefault(folded(group.replace("-", " ")), group)
    return spelled


def commodity(text: str) -> str:
    """The id of a commodity or of a group of commodities.

    Raises:
        StudyError: Nobody knows the name; the nearest are named.
    """
    found = commodity_names().get(folded(text))
    if found is None:
        raise unknown_name("commodity", text, [*commodity_labels(), *groups()])
    return found


def year(value: int, first: int, last: int) -> int:
    """A year the tables reach.

    Raises:
        StudyError: The year lies outside; says from when to when there is data.
    """
    if not first <= value <= last:
        raise StudyError(
            f"no data for {value}", f"years {first} to {last} are there", {"first": first, "last": last}
        )
    return value
