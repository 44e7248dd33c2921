"""Demand, its outlook and its keys; the EU's results (network §3, measure §4)."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.checks import complaints
from oresight.catalog.registry import table
from oresight.catalog.tables.demand import keys_sum, one_total

ROOT = Path(__file__).parents[2]
NAMES = (
    "demand",
    "import_reliance",
    "demand_outlook",
    "demand_keys",
    "eu_criticality",
    "eu_trade_parameters",
)


def lookup(reference: str) -> pl.Series:
    """Values of a table.field."""
    other, field = reference.split(".")
    return store.read(other)[field]


@pytest.mark.parametrize("name", NAMES)
def test_every_row_keeps_its_declaration(name: str) -> None:
    assert complaints(table(name), store.read(name), lookup) == []


def world(commodity: str, year: int, use: str = "total") -> float:
    """Preferred world demand [t]."""
    rows = store.read("demand").filter(
        "preferred",
        pl.col("region") == "WLD",
        pl.col("commodity") == commodity,
        pl.col("year") == year,
        pl.col("use") == use,
        pl.col("scope") != "clean-energy-only",
    )
    (value,) = rows["value"]
    return float(value)


@pytest.mark.parametrize(
    ("commodity", "year", "tonnes"), [("lithium", 2025, 275_000), ("lithium", 2021, 103_000)]
)
def test_world_demand_as_published(commodity: str, year: int, tonnes: float) -> None:
    """IEA Global Critical Minerals Outlook 2026, annex."""
    assert world(commodity, year) == tonnes


def test_published_parts_make_the_whole() -> None:
    for name, place in (("demand", "region"), ("demand_outlook", "country")):
        rows = store.read(name).filter(pl.col(place) == "WLD", pl.col("scope") != "clean-energy-only")
        if name == "demand_outlook":
            rows = rows.filter(pl.col("measure") == "demand")
        keys = [c for c in ("commodity", "year", "scenario", "source_id") if c in rows.columns]
        wide = rows.filter(pl.col("use").is_in(["total", "clean energy", "other uses"])).pivot(
            "use", index=keys, values="value"
        )
        both = wide.drop_nulls()
        assert both.height >= 6
        off = (both["clean energy"] + both["other uses"]) / both["total"] - 1
        assert max(off.abs().to_list()) < 0.02


def test_outlook_of_lithium_and_the_edition_preferred() -> None:
    """Stated policies 2040: 932 kt in the outlook of 2026, 928 kt in the explorer of 2025."""
    rows = store.read("demand_outlook").filter(
        pl.col("commodity") == "lithium",
        pl.col("measure") == "demand",
        pl.col("use") == "total",
        pl.col("scenario") == "STEPS",
        pl.col("year") == 2040,
    )
    found = {
        s: (round(v / 1000), p) for s, v, p in rows.select("source_id", "value", "preferred").iter_rows()
    }
    assert found == {"iea-gcmo-2026": (932, True), "iea-explorer-2025-05": (928, False)}


def test_one_edition_is_preferred_and_supply_adds_up() -> None:
    rows = store.read("demand_outlook").filter("preferred", pl.col("scope") != "clean-energy-only")
    keys = ["measure", "commodity", "stage", "scenario", "year"]
    assert rows.group_by(keys).agg(pl.col("source_id").n_unique().alias("n"))["n"].to_list().count(1) == (
        rows.select(keys).unique().height
    )
    supply = rows.filter(pl.col("measure") == "supply")
    whole = supply.filter(pl.col("country") == "WLD").select(*keys, "value")
    parts = supply.filter(pl.col("country") != "WLD").group_by(keys).agg(pl.col("value").sum().alias("sum"))
    joined = whole.join(parts, on=keys)
    assert joined.height >= 20
    assert max((joined["sum"] / joined["value"] - 1).abs().to_list()) < 0.03


def test_horizon_reaches_2040_in_three_scenarios() -> None:
    rows = store.read("demand_outlook").filter(pl.col("year") >= 2040, pl.col("use") == "total")
    for commodity in ("copper", "lithium", "nickel", "cobalt", "neodymium-praseodymium", "graphite-battery"):
        scenarios = set(
            rows.filter(pl.col("commodity") == commodity, pl.col("measure") == "demand")["scenario"]
        )
        assert {"STEPS", "APS", "NZE", "CPS", "HDS"} <= scenarios, commodity


def test_american_gallium_is_all_imported() -> None:
    rows = store.read("import_reliance").filter(
        pl.col("commodity") == "gallium", pl.col("country") == "USA", pl.col("year") == 2024
    )
    assert rows.select("value", "bound").rows() == [(1.0, "exact")]


def test_keys_are_shares_within_their_band() -> None:
    keys = store.read("demand_keys")
    assert keys_sum(keys) == []
    assert ((keys["low"] <= keys["share"]) & (keys["share"] <= keys["high"])).all()
    assert (keys["share"] > 0).all()
    assert keys_sum(keys.with_columns(pl.col("share") * 0.9))


def test_published_consumption_fixes_its_key() -> None:
    """USGS: 18.7 t of gallium in the United States in 2024, about 2-3 % of world output."""
    keys = store.read("demand_keys").filter(pl.col("commodity") == "gallium", pl.col("country") == "USA")
    assert keys["fixed"].to_list() == [True]
    assert 0.018 < keys["share"][0] < 0.035


def carry_over() -> ModuleType:
    """The script that makes the keys."""
    where = ROOT / "tools" / "carry_over" / "demand_keys.py"
    spec = importlib.util.spec_from_file_location("carry_over_demand_keys", where)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_keys_follow_from_the_tables_they_name() -> None:
    made = carry_over().keys().select("commodity", "stage", "country", "share")
    held = store.read("demand_keys").select("commodity", "stage", "country", "share")
    joined = made.join(held, on=["commodity", "stage", "country"], how="full", coalesce=True)
    assert joined.drop_nulls().height == joined.height
    assert max((joined["share"] - joined["share_right"]).abs().to_list()) < 2e-3


def test_one_preferred_total_a_place_and_year() -> None:
    demand = store.read("demand")
    assert one_total(demand) == []
    assert one_total(demand.with_columns(preferred=pl.lit(True)))


def test_clean_energy_of_an_unknown_total_is_never_preferred() -> None:
    rows = store.read("demand").filter(pl.col("scope") == "clean-energy-only")
    assert rows.height >= 10 and not rows["preferred"].any()


@pytest.mark.parametrize(
    ("material", "risk", "importance"),
    [("Gallium", 3.9, 3.7), ("Magnesium", 4.1, 7.4), ("Tungsten", 1.2, 8.7)],
)
def test_eu_results_as_published(material: str, risk: float, importance: float) -> None:
    """EU study 2023, measure §4 compares with these."""
    row = store.read("eu_criticality").filter(pl.col("material") == material)
    assert row.select("supply_risk", "economic_importance").rows() == [(risk, importance)]


def test_eu_supply_risk_is_that_of_the_critical_stage() -> None:
    rows = store.read("eu_criticality").filter(~pl.col("material").is_in(["PGM", "LREE", "HREE"]))
    stage = (
        pl.when(pl.col("critical_stage") == "E")
        .then("supply_risk_extraction")
        .otherwise("supply_risk_processing")
    )
    off = rows.with_columns(stage.alias("own")).filter((pl.col("own") - pl.col("supply_risk")).abs() > 0.051)
    assert off["material"].to_list() == []


def test_eu_trade_parameters_predate_chinese_controls() -> None:
    rows = store.read("eu_trade_parameters")
    china = set(rows.filter(pl.col("country") == "CHN")["commodity"])
    assert not china & {"gallium", "germanium", "graphite-natural", "rare-earths-light", "magnesium"}
    assert rows["t"].is_between(0.8, 1.5).all()
