"""Stability of countries, and corrections whose expectation still holds."""

import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.checks import complaints
from oresight.catalog.registry import table


@pytest.mark.parametrize("name", ["governance", "corrections"])
def test_every_row_keeps_its_declaration(name: str) -> None:
    def lookup(reference: str) -> pl.Series:
        other, field = reference.split(".")
        return store.read(other)[field]

    assert complaints(table(name), store.read(name), lookup) == []


def test_no_estimate_is_no_risk() -> None:
    """A country without an estimate is unknown, not the safest of all."""
    rows = store.read("governance").filter(pl.col("stability_estimate").is_null())
    assert rows.height > 100 and rows["stability_risk"].null_count() == rows.height


def test_risk_is_the_estimate_turned_and_scaled() -> None:
    """(2.5 - estimate) / 5: the DR Congo is riskier than China, China than Japan, in every year since 2003."""
    rows = store.read("governance").filter(pl.col("year") >= 2003)
    wide = rows.pivot(on="country", index="year", values="stability_risk")
    assert (
        wide.filter((pl.col("COD") > pl.col("CHN")) & (pl.col("CHN") > pl.col("JPN"))).height
        == wide.height
        == 22
    )


def corrections() -> list[dict[str, str]]:
    """Declared corrections as records."""
    return list(store.read("corrections").iter_rows(named=True))


@pytest.mark.parametrize("row", corrections(), ids=lambda row: f"{row['table']}: {row['where']}"[:60])
def test_a_correction_is_still_needed(row: dict[str, str]) -> None:
    """Its expectation holds over the rows it touches: the publisher's error is still there, or mended as said."""
    query = f"SELECT {row['expect']} FROM {row['table']} WHERE {row['where']}"
    assert store.connect().execute(query).fetchall() == [(True,)]


def test_congo_cobalt_is_counted_once() -> None:
    """810510 at 30 % cobalt comes to what the country mines (within 35 %); with 282200 it would be twice that."""
    query = """
        SELECT year,
               0.30 * sum(gross_t) FILTER (hs92 = '810510') AS once,
               0.30 * sum(gross_t) FILTER (hs92 = '810510') + 0.6 * sum(gross_t) FILTER (hs92 = '282200') AS twice
        FROM trade WHERE exporter = 'COD' AND year IN (2021, 2023) GROUP BY year ORDER BY year
    """
    rows = store.read("mine_production").filter("preferred", commodity="cobalt", country="COD")
    mined = dict(rows.select("year", "value").iter_rows())
    for year, once, twice in store.connect().execute(query).fetchall():
        assert once == pytest.approx(mined[year], rel=0.35)
        assert twice > 2 * mined[year]


def test_leading_refiners_count_and_average() -> None:
    """IEA 2025: one country leads 19 of 20 strategic minerals, with about 70 % on average; here, of 2025."""
    rows = store.read("refining_leaders").filter("strategic", "preferred", year=2025, rank=1)
    assert rows["commodity"].n_unique() == rows.height >= 20
    others = rows.filter(pl.col("country") != "CHN")
    assert others["commodity"].to_list() == ["nickel"] and others["country"].to_list() == ["IDN"]
    assert float(rows.filter(country="CHN")["share"].mean()) == pytest.approx(0.70, abs=0.035)  # type: ignore[arg-type]


def test_what_results_use_holds_what_is_cited() -> None:
    """A derived refinery share spans the leader's cited share of the year, to the width of the world's band."""
    rows = store.read("refinery_production").filter("preferred", year=2025, stage="refine")
    world = rows.group_by("commodity").agg(pl.col("value").sum().alias("world"))
    cited = store.read("refining_leaders").filter("preferred", year=2025, rank=1)
    joined = (
        rows.filter(qualifier="derived")
        .join(world, on="commodity")
        .join(cited, on=["commodity", "country"], suffix="_cited")
    )
    held = joined.filter(
        (pl.col("low") / pl.col("world") <= pl.col("share"))
        & (pl.col("share") <= pl.col("high") / pl.col("world"))
    )
    assert held.height == joined.height >= 8
