"""Prices keep their units, their kinds and their provenance; each baseline price follows from cited rows."""

import csv
from pathlib import Path

import polars as pl
import pytest

from oresight.catalog import store

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def prices() -> pl.DataFrame:
    return store.read("prices")


def weighted(text: str) -> dict[str, float]:
    parts = [part.rpartition("=") if "=" in part else (part, "=", "1") for part in text.split(";")]
    return {name: float(weight) for name, _, weight in parts}


def test_every_baseline_price_is_its_rows_times_its_factor(prices: pl.DataFrame) -> None:
    known = dict(prices.select("id", "usd_per_t").iter_rows())
    for row in store.read("baseline_prices").iter_rows(named=True):
        mean = 1.0
        if row["price_rows"]:
            weights = weighted(row["price_rows"])
            mean = sum(w * known[name] for name, w in weights.items()) / sum(weights.values())
        assert row["usd_per_t"] == pytest.approx(mean * row["factor"], rel=1e-5), row["commodity"]


def test_assumed_baselines_say_how_they_are_made() -> None:
    rows = store.read("baseline_prices")
    assumed = rows.filter(pl.col("confidence") == "assumption")
    assert assumed.height > 20
    assert assumed["how"].null_count() == 0
    assert rows.filter(pl.col("confidence").is_in(["high", "medium"]))["price_rows"].null_count() == 0


def test_ore_is_cheaper_than_the_metal_in_it_and_parts_are_dearer() -> None:
    table = {
        (c, s): p
        for c, s, p in store.read("baseline_prices").select("commodity", "stage", "usd_per_t").iter_rows()
    }
    for (commodity, stage), price in table.items():
        if stage == "mine" and (commodity, "refine") in table:
            assert price < table[commodity, "refine"], commodity
        if stage == "component" and (commodity, "refine") in table:
            assert price > table[commodity, "refine"], commodity


def test_no_row_of_the_imf(prices: pl.DataFrame) -> None:
    assert prices.filter(pl.col("source_id").str.to_lowercase().str.contains("imf")).height == 0
    with (ROOT / "data/curated/sources/prices.csv").open() as file:
        assert not any("IMF" in row["publisher"] for row in csv.DictReader(file))


def test_published_figures_are_reproduced(prices: pl.DataFrame) -> None:
    """USGS MCS 2026, Germanium: 1,991 and 4,100 USD/kg; Tungsten: 252 USD/dmtu WO3 in 2024 = 25,200 USD/t WO3."""
    known = dict(prices.filter(pl.col("edition") == 2026).select("id", "usd_per_t").iter_rows())
    assert known["usgs-mcs-2026-salient/germanium/germanium-metal/world/2024"] == 1_991_000
    assert known["usgs-mcs-2026-salient/germanium/germanium-metal/world/2025"] == 4_100_000
    tungsten = [v for k, v in known.items() if "/tungsten/concentrate" in k and k.endswith("/2024")]
    assert tungsten == [25_200]


def test_yuan_is_converted_without_the_tax(prices: pl.DataFrame) -> None:
    """13,250 CNY/kg with 13 % VAT at the article's own rate (1,826.48 USD) is 1,616 USD/kg."""
    row = prices.filter(pl.col("source_id") == "press-smm-germanium-2024").row(0, named=True)
    assert row["usd_per_t"] == pytest.approx(1_826_480 / 1.13, rel=1e-6)
    inside = prices.filter(pl.col("unit_published").str.starts_with("CNY"))
    assert all(tax >= 0.13 for tax in inside["vat_removed"])


def test_sources_exist(prices: pl.DataFrame) -> None:
    known = set(store.read("sources")["id"])
    assert set(prices["source_id"]) <= known
    assert set(store.read("baseline_prices")["source_id"]) <= known


def test_one_edition_of_a_series_is_preferred(prices: pl.DataFrame) -> None:
    year = prices.filter(pl.col("preferred") & (pl.col("kind") == "annual") & (pl.col("product") == "cobalt"))
    counted = year.group_by("date", "form").len()
    assert counted["len"].max() == 1
