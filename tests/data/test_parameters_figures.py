"""Parameters: uses sum to their whole, ranges are ranges, the declared priors stand (months §1-§8, plan §3)."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.checks import complaints
from oresight.catalog.registry import table
from oresight.catalog.tables.parameters import one_preferred, slower_is_smaller, whole

NAMES = ("end_uses", "elasticities", "priors", "stocks", "recycling", "costs", "substitution", "uses_value")
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"

DECLARED = {
    "demand-elasticity-short": (0.1, 0.4),
    "demand-elasticity-long": (0.4, 1.0),
    "supply-elasticity-short": (0.05, 0.3),
    "supply-elasticity-long": (0.5, 1.5),
    "by-product-elasticity-factor": (0.3, 0.3),
    "theta": (3.0, 10.0),
    "prior-weight": (0.005, 0.05),
    "choke-multiple": (8.0, 30.0),
    "choke-elasticity": (4.0, 4.0),
    "tau-demand": (12.0, 36.0),
    "tau-supply": (24.0, 60.0),
    "kappa": (2.0, 6.0),
    "phi": (1.0, 4.0),
    "threat-half-life": (6.0, 18.0),
    "lambda-expectation": (0.1, 0.4),
    "mu-trend": (0.0, 0.5),
    "stock-elasticity": (0.5, 3.0),
    "tau-release": (2.0, 6.0),
    "licence-silence": (1.0, 4.0),
    "licence-throughput": (0.1, 1.0),
    "leak-all-destinations": (0.1, 0.4),
    "leak-targeted-ban": (0.3, 0.9),
    "home-squeeze": (0.0, 0.25),
    "discrepancy-outside": (0.3, 0.3),
    "discrepancy-inside": (0.7, 0.7),
    "flood-price": (0.5, 0.5),
    "flood-months": (24.0, 24.0),
    "supplier-cap": (0.65, 0.65),
}
"""Ranges the model declares before any episode is replayed (market §1-§4, months §1-§8, plan §2-§4)."""


def lookup(reference: str) -> pl.Series:
    """Values of a table.field."""
    other, field = reference.split(".")
    return store.read(other)[field]


def core() -> list[str]:
    """Commodities that are modelled."""
    rows = store.read("commodities").filter(pl.col("decision").is_in(["core", "host"]))
    return rows["id"].to_list()


@pytest.mark.parametrize("name", NAMES)
def test_every_row_keeps_its_declaration(name: str) -> None:
    assert complaints(table(name), store.read(name), lookup) == []


@pytest.mark.parametrize("name", NAMES)
def test_assumptions_are_called_assumptions_and_notes_are_short(name: str) -> None:
    frame = store.read(name)
    assert set(frame.filter(pl.col("source_id") == "assumption")["confidence"]) <= {"assumption"}
    assert (frame["note"].drop_nulls().str.len_chars() <= 200).all()


def test_priors_are_the_declared_ranges() -> None:
    priors = store.read("priors")
    for_all = priors.filter(pl.col("commodity").is_null()).select("parameter", "low", "high")
    held = {p: (low, high) for p, low, high in for_all.iter_rows()}
    assert {p: held[p] for p in DECLARED} == DECLARED
    assert priors.select("parameter", "commodity").is_unique().all()
    assert priors["rule"].str.contains(r"^(network|market|months|impact|plan) §\d$").all()


def test_demand_without_an_outlook_grows_as_output_did() -> None:
    """plan §2: the growth of demand is the log-linear trend of world output, held within 0-5 % a year."""
    mine = store.read("mine_production").with_columns(stage=pl.lit("mine"))
    both = pl.concat([mine, store.read("refinery_production").select(mine.columns)])
    world = (
        both.filter(
            pl.col("country") != "WLD",
            pl.col("source_id").is_in(["wmd-2018-2024", "bgs-wms"]),
            pl.col("year").is_between(2012, 2024),
        )
        .group_by("commodity", "stage", "source_id", "year")
        .agg(pl.col("value").sum())
        .filter(pl.col("value") > 0)
    )
    grown = store.read("priors").filter(
        pl.col("parameter") == "demand-growth", pl.col("commodity").is_not_null()
    )
    assert grown.height >= 24
    for commodity, best in grown.select("commodity", "best").iter_rows():
        rows = world.filter(pl.col("commodity") == commodity)
        last = next(s for s in ("component", "refine", "mine") if s in rows["stage"].to_list())
        slopes = []
        for _, series in rows.filter(pl.col("stage") == last).group_by("source_id"):
            if series.height >= 5:
                years = series["year"].to_numpy().astype(float)
                slopes.append(float(np.polyfit(years, np.log(series["value"].to_numpy()), 1)[0]))
        assert best == pytest.approx(min(max(float(np.mean(slopes)), 0.0), 0.05), abs=2e-3), commodity
    outlook = set(store.read("demand_outlook").filter(pl.col("scope") == "total")["commodity"])
    assert set(core()) <= outlook | set(grown["commodity"])


def test_errors_of_the_books_grow_as_the_books_get_worse() -> None:
    """network §3: confidence is the inverse square of these."""
    best = dict(store.read("priors").select("parameter", "best").iter_rows())
    for kind, order in (
        ("production", ("reported", "estimated", "derived")),
        ("trade", ("clean", "shared")),
        ("consumption", ("published", "derived")),
    ):
        errors = [best[f"balance-error-{kind}-{name}"] for name in order]
        assert errors == sorted(errors) and errors[0] > 0


@pytest.mark.parametrize("kind", ["demand", "supply"])
@pytest.mark.parametrize("horizon", ["short", "long"])
def test_every_commodity_has_one_preferred_elasticity(kind: str, horizon: str) -> None:
    chosen = store.read("elasticities").filter(
        "preferred", pl.col("kind") == kind, pl.col("horizon") == horizon
    )
    assert set(core()) <= set(chosen["commodity"])
    priors = store.read("priors").filter(pl.col("parameter") == f"{kind}-elasticity-{horizon}")
    fallen = chosen.filter(pl.col("estimate") == "prior")
    assert fallen.height >= 20
    assert set(fallen["low"]) == {priors["low"][0]} and set(fallen["high"]) == {priors["high"][0]}


def test_a_published_price_jump_is_no_elasticity() -> None:
    rows = store.read("elasticities").filter(pl.col("commodity").is_in(["gallium", "germanium"]))
    assert not rows.filter(pl.col("kind") == "demand")["best"].is_in([1.5, 0.26]).any()
    assert set(store.read("elasticities")["kind"]) == {"demand", "supply", "armington", "recycling_supply"}


def test_stuermer_long_run_demand() -> None:
    """Stuermer 2017, long run: copper 0.44, aluminium 0.77, tin 0.11, lead 0.21, zinc 0.05."""
    rows = store.read("elasticities").filter(pl.col("estimate") == "stuermer-2017")
    found = {c: round(b, 2) for c, b in rows.select("commodity", "best").iter_rows()}
    assert found == {"copper": 0.44, "aluminium": 0.77, "tin": 0.11, "lead": 0.21, "zinc": 0.05}


def test_every_commodity_has_uses_of_the_world() -> None:
    uses = store.read("end_uses").filter("preferred")
    of_world = uses.filter((pl.col("region") == "WLD") | pl.col("world_proxy"))
    assert set(core()) <= set(of_world["commodity"])
    sums = of_world.group_by("commodity", "set").agg(pl.col("share").sum())
    assert sums["share"].is_between(0.98, 1.02).all()


def test_defence_is_named_where_it_matters() -> None:
    """impact §4: priority uses can be served first."""
    uses = store.read("end_uses").filter("preferred", pl.col("priority") == "defence")
    assert {"gallium", "germanium", "tungsten", "titanium-sponge", "cobalt", "neodymium-praseodymium"} <= set(
        uses["commodity"]
    )


def test_american_cover_as_published() -> None:
    """USGS Mineral Commodity Summaries 2026: gallium stocks of 3,400 kg are 65 days."""
    rows = store.read("stocks").filter(
        (pl.col("commodity") == "gallium") & (pl.col("country") == "USA") & (pl.col("holder") == "industry")
    )
    held = dict(rows.select("unit", "quantity").iter_rows())
    assert held == {"t": 3.4, "days": 65.0}


def test_withheld_stocks_are_unknown_and_ranges_are_ranges() -> None:
    stocks = store.read("stocks")
    unknown = stocks.filter(pl.col("quantity").is_null())
    assert unknown.height >= 9 and unknown["note"].is_not_null().all()
    ranged = stocks.filter(pl.col("low").is_not_null())
    assert (ranged["low"] <= ranged["quantity"]).all() and (ranged["quantity"] <= ranged["high"]).all()


def test_old_scrap_never_exceeds_supply_and_one_is_preferred() -> None:
    loop = store.read("recycling")
    shares = loop.filter(pl.col("unit") == "1")
    assert shares["value"].is_between(0, 1).all()
    rates = loop.filter("preferred", pl.col("metric") == "input-rate-old-scrap", pl.col("region") == "EU27")
    assert rates["commodity"].is_unique().all()


def test_plants_and_lifetimes_that_the_stock_model_needs() -> None:
    """plan §1: recycling from lifetimes, collection and recovery, for the metals a coalition could recover."""
    loop = store.read("recycling").filter("preferred")
    for commodity in ("neodymium-praseodymium", "dysprosium-terbium", "cobalt", "lithium", "germanium"):
        held = set(loop.filter(pl.col("commodity") == commodity)["metric"])
        assert {"lifetime-mean", "collection", "process-recovery"} <= held, commodity


def test_costs_of_two_bases_are_told_apart() -> None:
    costs = store.read("costs")
    magnets = costs.filter(pl.col("unit_basis") == "t sintered NdFeB")
    assert set(magnets["to_basis"]) == {0.29}
    lithium = costs.filter(pl.col("unit_basis") == "t LCE")
    assert lithium["to_basis"].to_list() == pytest.approx([1 / 5.323] * lithium.height, rel=1e-4)
    mixed = costs.filter(pl.col("note").str.contains("not one product"))
    assert mixed.height >= 8 and mixed["to_basis"].is_null().all()


def test_noranda_of_gallium_in_greece_as_announced() -> None:
    """Agios Nikolaos: 320 million USD for 50 t a year, bauxite and alumina included."""
    row = store.read("costs").filter((pl.col("region") == "GRC") & (pl.col("commodity") == "gallium"))
    assert row["capex_usd_per_tpa"].to_list() == [320e6 / 50]


def test_value_of_a_tonne_lost_is_a_published_effect_or_an_integral() -> None:
    """plan §3: a value at or below the crisis price is refused, so the preferred numbers stand far above it."""
    values = store.read("uses_value")
    gallium = values.filter((pl.col("commodity") == "gallium") & (pl.col("method") == "published-effect"))
    assert gallium["best"][0] == pytest.approx(3.1e9 / 18.7, rel=1e-5)
    prices = store.read("baseline_prices").group_by("commodity").agg(pl.col("usd_per_t").max())
    stated = values.filter("preferred", pl.col("best").is_not_null()).join(prices, on="commodity")
    assert stated.height >= 1 and (stated["low"] > 30 * stated["usd_per_t"]).all()
    assert sorted(values.filter("preferred")["commodity"]) == sorted(core())
    integral = values.filter(pl.col("method") == "demand-area")
    assert integral["best"].is_null().all()


def test_substitutes_are_few_words() -> None:
    rows = store.read("substitution")
    assert (rows["substitute"].str.len_chars() <= 90).all()
    assert rows.filter(pl.col("shares_confidence") == "assumption").height > 140


def test_a_use_that_does_not_add_up_is_named() -> None:
    uses = store.read("end_uses")
    assert whole(uses) == []
    spoiled = uses.with_columns(
        pl.when(pl.col("set") == "s030").then(pl.col("share") / 2).otherwise("share").alias("share")
    )
    assert whole(spoiled) == ["tellurium s030 sums to 0.500"]


def test_a_second_preference_and_a_shrinking_elasticity_are_named() -> None:
    rows = store.read("elasticities")
    assert one_preferred(rows) == [] and slower_is_smaller(rows) == []
    assert one_preferred(rows.with_columns(preferred=pl.lit(True)))
    shrunk = rows.with_columns(pl.when(pl.col("horizon") == "long").then(0.0).otherwise("best").alias("best"))
    assert slower_is_smaller(shrunk)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the reference figures are not here")
def test_figures_are_those_of_the_reference() -> None:
    uses = pl.read_csv(SHARED / "chains" / "end_uses.csv", infer_schema=False)
    kept = uses.filter(~pl.col("region").str.contains("EUR"))
    ours = store.read("end_uses").filter(~pl.col("set").is_in(["s073", "s074", "s075"]))
    assert ours.height == kept.height
    assert ours["share"].sum() == pytest.approx(kept["share"].cast(pl.Float64).sum())
    costs = pl.read_csv(SHARED / "chains" / "costs.csv", infer_schema=False)
    for column in ("capex_usd_per_tpa", "opex_usd_per_t", "lead_time_years"):
        theirs = costs[column].cast(pl.Float64).sum()
        assert store.read("costs")[column].sum() == pytest.approx(theirs, rel=1e-5)
