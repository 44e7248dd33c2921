"""Countries resolve under every name the publishers use; blocs hold who they say they hold."""

from pathlib import Path

import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.checks import complaints
from oresight.catalog.registry import table
from oresight.catalog.tables.countries import shared_names

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
NOT_ONE_COUNTRY = {"United States and Canada", "China, Germany, and Russia"}


def names() -> dict[str, str]:
    """Every known name and alias, folded, to its code."""
    found: dict[str, str] = {}
    for code, name, aliases in store.read("countries").select("iso3", "name", "aliases").iter_rows():
        for each in (code, name, *(aliases or "").split(";")):
            if each:
                found[each.casefold()] = code
    return found


@pytest.mark.parametrize("name", ["countries", "blocs", "economies", "sources"])
def test_every_row_keeps_its_declaration(name: str) -> None:
    def lookup(reference: str) -> pl.Series:
        other, field = reference.split(".")
        return store.read(other)[field]

    assert complaints(table(name), store.read(name), lookup) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Congo (Kinshasa)", "COD"),
        ("Congo, D.R.", "COD"),
        ("Congo, Rep.", "COG"),
        ("Korea, Republic of", "KOR"),
        ("Korea, North", "PRK"),
        ("Burma", "MMR"),
        ("Turkey", "TUR"),
        ("Türkiye", "TUR"),
        ("Côte d’Ivoire", "CIV"),
        ("Côte d'Ivoire", "CIV"),
        ("Other Asia, nes", "TWN"),
        ("Viet Nam", "VNM"),
        ("Rest of world", "OTH"),
        ("World total (rounded)", "WLD"),
        ("The Bahamas", "BHS"),
        ("Soviet Union", "SUN"),
        ("EU", "EU27"),
    ],
)
def test_names_of_the_publishers_resolve(name: str, code: str) -> None:
    assert names()[name.casefold()] == code


def test_a_name_of_two_countries_is_a_complaint() -> None:
    twice = pl.DataFrame({"iso3": ["COD", "COG"], "name": ["DR Congo", "Congo"], "aliases": ["Congo", None]})
    assert shared_names(twice) == ["'congo' names COD, COG"]


@pytest.mark.shared
def test_every_country_of_the_releases_resolves() -> None:
    """USGS releases of 2025 and 2026, World Mining Data, BGS and CEPII: no name is left over."""
    if not SHARED.is_dir():
        pytest.skip("no shared data")
    known = names()
    found: set[str] = set()
    for file, column in (
        ("raw/USGS_MCS2025_World_Data.csv", "COUNTRY"),
        ("raw/USGS_MCS2026_Commodities_Data.csv", "Country"),
    ):
        raw = (SHARED / file).read_bytes()
        text = raw.decode("utf-8-sig") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("cp1252")
        found |= set(pl.read_csv(text.encode(), infer_schema=False)[column].drop_nulls())
    found |= set(pl.read_csv(SHARED / "production/wmd_2018_2024.csv")["country"])
    found |= set(
        pl.read_parquet(SHARED / "production/bgs_history_1971_2023.parquet")["country_name"].drop_nulls()
    )
    clean = {" ".join(name.replace("\xa0", " ").split()) for name in found}
    left = {name for name in clean if name.casefold() not in known} - NOT_ONE_COUNTRY
    assert not left


def test_the_default_coalition_has_twelve_players() -> None:
    """The table of 12 January 2026: eleven countries and the other members of the Union as one."""
    rows = store.read("blocs").filter(bloc="g7plus-2026")
    assert set(rows["player"]) == {
        *["USA", "JPN", "DEU", "FRA", "ITA", "GBR", "CAN", "AUS", "IND", "KOR", "MEX"],
        "EU",
    }
    union = set(store.read("blocs").filter(pl.col("to_year").is_null(), bloc="eu27")["member"])
    assert len(union) == 27
    assert set(rows.filter(player="EU")["member"]) == union - {"DEU", "FRA", "ITA"}


@pytest.mark.parametrize(
    ("year", "members"), [(1994, 12), (1995, 15), (2004, 25), (2007, 27), (2013, 28), (2021, 27)]
)
def test_the_union_grows_and_shrinks_with_the_years(year: int, members: int) -> None:
    rows = store.read("blocs").filter(bloc="eu27")
    there = (pl.col("from_year") <= year) & (pl.col("to_year").is_null() | (pl.col("to_year") >= year))
    assert rows.filter(there).height == members


def test_recalled_economies_say_so() -> None:
    rows = store.read("economies")
    assert set(rows["confidence"]) == {"assumption"}
    assert set(store.read("blocs").filter(bloc="g7plus-2026")["member"]) <= set(rows["country"])
