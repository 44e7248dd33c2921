"""Bilateral trade: keys, signs, and Japan's dependence as the record has it."""

import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.checks import complaints
from oresight.catalog.registry import table

RARE_EARTHS = ("280530", "284610", "284690")


@pytest.mark.parametrize("name", ["trade", "import_sources"])
def test_every_row_keeps_its_declaration(name: str) -> None:
    def lookup(reference: str) -> pl.Series:
        other, field = reference.split(".")
        return store.read(other)[field]

    assert complaints(table(name), store.read(name), lookup) == []


@pytest.mark.parametrize(
    ("year", "share"), [(2005, 0.87), (2011, 0.64), (2014, 0.53), (2020, 0.47), (2023, 0.50), (2024, 0.66)]
)
def test_japan_takes_rare_earths_from_china_as_the_record_has_it(year: int, share: float) -> None:
    """Share of China in Japan's rare-earth imports by gross tonnes, straight from the table by SQL."""
    query = """
        SELECT sum(gross_t) FILTER (exporter = 'CHN') / sum(gross_t)
        FROM trade WHERE importer = 'JPN' AND year = ? AND hs92 IN ('280530', '284610', '284690')
    """
    found = store.connect().execute(query, [year]).fetchall()[0][0]
    assert found == pytest.approx(share, abs=0.006)


def test_missing_weights_are_null_and_one_in_twenty() -> None:
    trade = store.read("trade")
    missing = trade["gross_t"].null_count() / trade.height
    assert 0.02 < missing < 0.08
    assert trade.filter(pl.col("gross_t") < 0).is_empty()


def test_thirty_years_of_every_code_but_germanium() -> None:
    """811230 ends in 2016, when its code was merged into another; all others run from 1995 to 2024."""
    years = dict(
        store.read("trade")
        .group_by("hs92")
        .agg(pl.struct(pl.col("year").min(), pl.col("year").max().alias("last")))
        .iter_rows()
    )
    assert {code for code, span in years.items() if span != {"year": 1995, "last": 2024}} == {"811230"}
    assert years["811230"]["last"] == 2016


def test_the_table_holds_every_code_it_is_said_to_hold() -> None:
    codes = store.read("trade_codes").filter("in_trade")["hs92"].unique()
    assert set(codes) <= set(store.read("trade")["hs92"].unique())


def test_the_file_is_small() -> None:
    assert store.path("trade", store.PACKAGED).stat().st_size < 8e6
