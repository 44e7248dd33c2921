"""Episodes of the back-test: every verified multiple follows from its cited price rows (months §8)."""

import datetime as dt

import polars as pl
import pytest

from oresight.catalog import store


def test_verified_multiples_are_price_over_base_price() -> None:
    usd = dict(store.read("prices").select("id", "usd_per_t").iter_rows())

    def mean(rows: str) -> float:
        names = rows.split(";")
        return float(sum(usd[name] for name in names) / len(names))

    points = store.read("episode_points")
    verified = points.filter(pl.col("confidence") != "unverified")
    assert verified.height >= 45
    for row in verified.iter_rows(named=True):
        assert row["multiple"] == pytest.approx(mean(row["price_rows"]) / mean(row["base_rows"]), rel=2e-3)


def test_points_name_products_of_their_episode() -> None:
    known = set(store.read("episode_products").select("episode", "product").iter_rows())
    for episode, product in store.read("episode_points").select("episode", "product").iter_rows():
        for name in product.split(";"):
            assert (episode, name.partition("=")[0]) in known


def test_unit_values_of_rare_earths_follow_from_the_trade_table() -> None:
    """CEPII BACI, Chinese exports of cerium compounds (HS 284610): value over tonnes, 2011 over 2007-2009."""
    rows = store.read("trade").with_columns(pl.col("exporter", "hs92").cast(pl.String))
    rows = rows.filter((pl.col("exporter") == "CHN") & (pl.col("hs92") == "284610") & (pl.col("gross_t") > 0))
    yearly = rows.group_by("year").agg(
        (pl.col("value_kusd").cast(pl.Float64).sum() / pl.col("gross_t").cast(pl.Float64).sum()).alias("uv")
    )
    uv = dict(yearly.iter_rows())
    base = sum(uv[y] for y in (2007, 2008, 2009)) / 3
    point = store.read("episode_points").filter(pl.col("label") == "Ce unit value 2011")
    assert point["multiple"][0] == pytest.approx(uv[2011] / base, rel=5e-3)


def test_measures_state_announcements_not_exports() -> None:
    """months §5: caps of the rare-earth quotas are the announced ones, far above the 16-19 kt exported."""
    quotas = store.read("episode_measures").filter(pl.col("kind") == "quota")
    late = quotas.filter(pl.col("effective") >= dt.date(2011, 1, 1))
    assert all(cap > 25_000 for cap in late["cap_t"])
    projects = store.read("episode_measures").filter(pl.col("kind") == "project")
    start = dt.date(2010, 7, 8)
    assert all(day < start for day in projects["announced"])


def test_null_cases_are_there() -> None:
    null = store.read("episodes").filter(pl.col("null_case"))["id"].to_list()
    assert sorted(null) == ["graphite-2023", "nickel-2014", "nickel-2020"]
