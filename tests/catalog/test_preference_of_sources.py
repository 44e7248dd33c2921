"""Which of several published figures results use, when a new edition comes in."""

import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.preference import last_edition, settled

SCHEMA = {
    "commodity": pl.String,
    "country": pl.String,
    "year": pl.Int16,
    "value": pl.Float64,
    "source_id": pl.String,
    "vintage": pl.String,
    "qualifier": pl.String,
    "confidence": pl.String,
    "preferred": pl.Boolean,
}
Row = tuple[str, str, int, float | None, str, str, str, str, bool]


def row(
    year: int,
    source: str,
    preferred: bool = False,
    country: str = "CHN",
    value: float | None = 1.0,
    qualifier: str = "reported",
) -> Row:
    publisher, _, vintage = source.rpartition("-")
    return ("tin", country, year, value, source, vintage or publisher, qualifier, "high", preferred)


def frame(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def after(before: pl.DataFrame, *new: Row) -> set[tuple[int, str]]:
    """Years and sources preferred once the new rows came in."""
    added = frame(*new)
    kept = before.join(added, on=["source_id", "vintage"], how="anti", maintain_order="left")
    done = settled(before, pl.concat([kept, added]), added)
    return set(done.filter("preferred").select("year", "source_id").iter_rows())


def test_a_new_edition_takes_the_place_of_the_older_one() -> None:
    before = frame(row(2020, "usgs-mcs-2022", True), row(2020, "wmd-2020"))
    assert after(before, row(2020, "usgs-mcs-2023")) == {(2020, "usgs-mcs-2023")}
    assert after(before, row(2020, "usgs-mcs-2021")) == {(2020, "usgs-mcs-2022")}, "an older one does not"


def test_the_same_edition_again_stays_as_it_was() -> None:
    before = frame(
        row(2020, "usgs-mcs-2022", True),
        row(2020, "wmd-2020"),
        row(2021, "wmd-2021", True),
        row(2021, "usgs-mcs-2022"),
    )
    assert after(before, row(2020, "usgs-mcs-2022"), row(2021, "usgs-mcs-2022")) == {
        (2020, "usgs-mcs-2022"),
        (2021, "wmd-2021"),
    }


def test_between_publishers_the_past_decides() -> None:
    before = frame(
        row(2019, "usgs-mcs-2021", True),
        row(2019, "wmd-2020"),
        row(2020, "usgs-mcs-2021", True),
        row(2020, "wmd-2020"),
        row(2021, "wmd-2021", True),
    )
    assert (2021, "usgs-mcs-2023") in after(before, row(2021, "usgs-mcs-2023"))
    assert (2021, "wmd-2021") not in after(before, row(2021, "usgs-mcs-2023"))
    other = before.with_columns(pl.col("source_id").str.starts_with("wmd").alias("preferred"))
    assert (2021, "wmd-2021") in after(other, row(2021, "usgs-mcs-2023"))


def test_where_nothing_tells_what_stands_stays_and_a_gap_is_filled() -> None:
    before = frame(row(2020, "bgs-wms-1", True))
    assert after(before, row(2020, "usgs-mcs-2022"), row(2021, "usgs-mcs-2022")) == {
        (2020, "bgs-wms-1"),
        (2021, "usgs-mcs-2022"),
    }


def test_a_published_figure_goes_before_a_derived_one_unless_it_never_did() -> None:
    made = row(2020, "assumption-2020", True, qualifier="derived")
    assert after(frame(made), row(2020, "usgs-mcs-2022")) == {(2020, "usgs-mcs-2022")}
    passed = frame(made, row(2020, "usgs-mcs-2021"))
    assert after(passed, row(2020, "usgs-mcs-2022")) == {(2020, "assumption-2020")}


@pytest.mark.parametrize(
    "new",
    [
        row(2021, "usgs-mcs-2022", country="WLD"),
        row(2021, "usgs-mcs-2022", value=None),
        row(2021, "usgs-mcs-2022", qualifier="below"),
    ],
    ids=["world total", "withheld", "upper bound"],
)
def test_what_results_must_not_use_is_not_preferred(new: Row) -> None:
    assert after(frame(row(2020, "usgs-mcs-2021", True)), new) == {(2020, "usgs-mcs-2021")}


@pytest.mark.parametrize("name", ["mine_production", "refinery_production"])
def test_laying_a_stored_edition_over_itself_moves_nothing(name: str) -> None:
    stands = pl.read_parquet(store.path(name, store.PACKAGED))
    for source in stands["source_id"].unique().sort():
        if source == "assumption":
            continue
        added = stands.filter(pl.col("source_id") == source).filter(
            pl.col("vintage") == pl.col("vintage").max()
        )
        bare = stands.with_columns(
            pl.when((pl.col("source_id") == source) & (pl.col("vintage") == added["vintage"][0]))
            .then(False)
            .otherwise(pl.col("preferred"))
            .alias("preferred")
        )
        assert settled(stands, bare, added).equals(stands), source


def test_prices_prefer_the_last_edition_of_a_release() -> None:
    prices = pl.read_parquet(store.path("prices", store.PACKAGED))
    assert last_edition(prices).equals(prices)
    pink = prices.filter(pl.col("source_id").str.starts_with("wb-pink"))
    newer = pink.with_columns(pl.lit("wb-pink-2030-01").alias("source_id"))
    both = last_edition(pl.concat([prices, newer]))
    old = both.filter(pl.col("source_id") == pink["source_id"][0])
    assert not old["preferred"].any()
    assert both.filter(pl.col("source_id") == "wb-pink-2030-01")["preferred"].all()
    press = both.filter(pl.col("source_id").str.starts_with("press"))
    assert press.equals(prices.filter(pl.col("source_id").str.starts_with("press"))), "dated quotations stand"
