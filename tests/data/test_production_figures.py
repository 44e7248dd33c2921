"""Mine and refinery production: whole, in one unit, and in agreement with what the publishers print."""

import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.checks import complaints
from oresight.catalog.registry import table

PRODUCTION = ("mine_production", "refinery_production")


def both() -> pl.DataFrame:
    """Mine and refinery rows together, mine as a stage."""
    mine = store.read("mine_production").with_columns(pl.lit("mine").alias("stage"))
    refined = store.read("refinery_production")
    return pl.concat([mine.select(refined.columns), refined])


def used() -> pl.DataFrame:
    """The rows results use, with their share of the world's sum."""
    return (
        both()
        .filter("preferred")
        .with_columns(
            (pl.col("value") / pl.col("value").sum().over("commodity", "stage", "year")).alias("share")
        )
    )


def share(commodity: str, stage: str, country: str, year: int) -> float:
    """Share of a country in the rows results use."""
    row = used().filter(commodity=commodity, stage=stage, country=country, year=year)
    return float(row["share"].sum())


@pytest.mark.parametrize(
    "name", [*PRODUCTION, "reserves", "refining_leaders", "refining_shares", "basket_shares", "salient"]
)
def test_every_row_keeps_its_declaration(name: str) -> None:
    def lookup(reference: str) -> pl.Series:
        other, field = reference.split(".")
        return store.read(other)[field]

    assert complaints(table(name), store.read(name), lookup) == []


def test_one_publisher_a_year() -> None:
    """Within a commodity, stage and year results never mix editions; derived rows only name a source's rest."""
    by = ["commodity", "stage", "year"]
    sources = used().group_by(by).agg(pl.col("source_id").unique().sort().alias("sources"))
    mixed = sources.filter(pl.col("sources").list.len() > 1)
    assert set(mixed["commodity"]) == {"nickel", "cobalt"} and set(mixed["stage"]) == {"refine"}
    assert all(pair[0] == "assumption" and pair[1].startswith("iea") for pair in mixed["sources"])
    world = both().filter(country="WLD").select(*by, "source_id", pl.col("value").alias("world"))
    summed = used().group_by(by).agg(pl.col("value").sum()).join(mixed, on=by)
    joined = summed.with_columns(pl.col("sources").list.last().alias("source_id")).join(
        world, on=[*by, "source_id"]
    )
    assert joined.height == mixed.height == 6
    assert ((joined["value"] / joined["world"] - 1).abs() < 0.02).all()


def test_usgs_rows_add_to_the_world_total_usgs_prints() -> None:
    """USGS Mineral Commodity Summaries 2022-2026: countries add to the rounded total within ten percent."""
    rows = both().filter(pl.col("source_id").str.starts_with("usgs"))
    key = ["commodity", "stage", "year", "source_id"]
    world = rows.filter(country="WLD").select(*key, pl.col("value").alias("world"))
    summed = rows.filter(pl.col("country") != "WLD").group_by(key).agg(pl.col("value").sum())
    ratio = (
        summed.join(world, on=key)
        .drop_nulls()
        .select((pl.col("value") / pl.col("world")).alias("ratio"))["ratio"]
    )
    assert len(ratio) > 250
    assert ((ratio - 1).abs() < 0.10).all()
    assert float(((ratio - 1).abs() < 0.03).mean()) > 0.9  # type: ignore[arg-type]


def test_iea_rows_add_to_the_world_total_the_iea_prints() -> None:
    """IEA, GCMO 2026 annex and Data Explorer 2025: countries and the rest add to the total within 2.5 %."""
    rows = both().filter(pl.col("source_id").str.starts_with("iea") & (pl.col("qualifier") != "derived"))
    key = ["commodity", "stage", "year", "source_id"]
    world = rows.filter(country="WLD").select(*key, pl.col("value").alias("world"))
    summed = rows.filter(pl.col("country") != "WLD").group_by(key).agg(pl.col("value").sum())
    ratio = summed.join(world, on=key).select((pl.col("value") / pl.col("world")).alias("ratio"))["ratio"]
    assert len(ratio) >= 24
    assert ((ratio - 1).abs() < 0.025).all()


def test_sources_of_a_year_agree_within_a_factor() -> None:
    """No unit slip: world sums of two publishers for one year differ by less than a factor of 2.2."""
    sums = (
        both()
        .filter((pl.col("country") != "WLD") & (pl.col("year") >= 2018) & (pl.col("qualifier") != "derived"))
        .filter(pl.col("confidence") != "low")
        .group_by("commodity", "stage", "year", "source_id", "vintage")
        .agg(pl.col("value").sum())
        .filter(pl.col("value") > 0)
        .group_by("commodity", "stage", "year")
        .agg((pl.col("value").max() / pl.col("value").min()).alias("apart"))
    )
    worst = sums.filter(pl.col("apart") > 2.2).sort("apart")
    assert worst.is_empty(), worst.rows()


def test_years_follow_one_another_without_a_jump() -> None:
    """The world's output in the rows used changes by less than a factor of 2.2 in a year since 2018."""
    world = (
        used()
        .filter(pl.col("year") >= 2018)
        .group_by("commodity", "stage", "year")
        .agg(pl.col("value").sum())
    )
    change = world.sort("year").with_columns(
        (pl.col("value") / pl.col("value").shift(1))
        .over("commodity", "stage", order_by="year")
        .alias("change")
    )
    assert change.filter((pl.col("change") > 2.2) | (pl.col("change") < 1 / 2.2)).is_empty()


@pytest.mark.parametrize(
    ("commodity", "stage", "country", "year", "low", "high"),
    [
        ("gallium", "refine", "CHN", 2025, 0.98, 1.0),  # USGS MCS 2026: 99 %
        ("neodymium-praseodymium", "refine", "CHN", 2024, 0.90, 0.92),  # IEA 2025: 91 %
        ("neodymium-praseodymium", "refine", "CHN", 2025, 0.82, 0.86),  # IEA 2026: 84 %, 85 %
        ("graphite-battery", "refine", "CHN", 2025, 0.93, 0.95),  # IEA 2026: 94 %
        ("nickel", "refine", "IDN", 2025, 0.44, 0.46),  # IEA 2026: 45 %
        ("cobalt", "refine", "CHN", 2025, 0.74, 0.77),  # IEA 2026: 75.6 %
        ("lithium", "refine", "CHN", 2025, 0.72, 0.75),  # IEA 2026: 73.7 %
        ("copper", "refine", "CHN", 2025, 0.44, 0.49),  # IEA 2026: 46.7 %
        ("aluminium", "component", "CHN", 2025, 0.59, 0.62),  # IEA 2026: 60 %
        ("titanium-sponge", "refine", "CHN", 2025, 0.69, 0.72),  # IEA 2026: 70 %
        ("indium", "refine", "CHN", 2025, 0.68, 0.72),  # USGS MCS 2026: 70 %
        ("neodymium-praseodymium", "component", "CHN", 2024, 0.93, 0.95),  # IEA: 94 % of sintered magnets
        ("cobalt", "mine", "COD", 2025, 0.73, 0.76),  # USGS MCS 2026: 230 of 310 kt; IEA 2026 draws 75 %
        ("rare-earths-light", "mine", "CHN", 2024, 0.66, 0.72),  # USGS MCS 2026: 270 of 380 kt
    ],
)
def test_leading_shares_are_as_printed(
    commodity: str, stage: str, country: str, year: int, low: float, high: float
) -> None:
    assert low <= share(commodity, stage, country, year) <= high


def test_withheld_is_unknown_not_zero() -> None:
    """USGS prints W for tellurium of the United States; the row stands, empty, and no result uses it."""
    rows = store.read("refinery_production").filter(
        pl.col("source_id") == "usgs-mcs-2026", commodity="tellurium", country="USA"
    )
    assert rows["qualifier"].to_list() == ["withheld"] * rows.height and rows.height > 0
    assert rows["value"].null_count() == rows.height and not rows["preferred"].any()


def test_conversions_to_the_basis_of_the_commodity() -> None:
    """World Mining Data 2024: 601,914 t Li2O, 2,776 t Ta2O5, 123,206 t Nb2O5, 178,929 kg Pt."""
    rows = store.read("mine_production").filter(source_id="wmd-2018-2024", year=2024)
    world = dict(rows.group_by("commodity").agg(pl.col("value").sum()).iter_rows())
    assert world["lithium"] == pytest.approx(601_914 * 0.4645, rel=1e-6)
    assert world["tantalum"] == pytest.approx(2_776 * 0.819, rel=1e-6)
    assert world["niobium"] == pytest.approx(123_206 * 0.699, rel=1e-6)
    assert world["platinum"] == pytest.approx(178.929, rel=1e-6)


def test_derived_rows_are_marked_and_banded() -> None:
    """Whatever was computed here has an assumption's confidence and a band that holds it."""
    rows = both().filter(qualifier="derived")
    assert set(rows["confidence"]) == {"assumption"}
    assert rows.filter(pl.col("low").is_null() | pl.col("high").is_null()).is_empty()
    wide = rows.filter((pl.col("value") > 0) & (pl.col("stage") != "mine")).select(
        (pl.col("high") / pl.col("low")).alias("w")
    )
    assert float(wide["w"].min()) > 1.05  # type: ignore[arg-type]


def test_magnet_rare_earths_part_without_loss() -> None:
    """NdPr and the element part of DyTb add to the IEA's magnet rare earths: 75,099 t mined in 2024."""
    rows = store.read("mine_production").filter("preferred", year=2024)
    light = float(rows.filter(commodity="neodymium-praseodymium")["value"].sum())
    heavy = float(rows.filter(commodity="dysprosium-terbium")["value"].sum())
    assert light + 0.871 * heavy == pytest.approx(75_099, rel=1e-3)


def test_reserves_follow_from_edition_to_edition() -> None:
    """No unit slip: the world's reserves change by less than a factor of two between USGS editions."""
    world = store.read("reserves").filter(country="WLD").drop_nulls("value").sort("commodity", "vintage")
    change = world.with_columns(
        (pl.col("value") / pl.col("value").shift(1)).over("commodity").alias("change")
    )
    assert change["change"].drop_nulls().len() > 50
    assert change.filter((pl.col("change") > 2) | (pl.col("change") < 0.5)).is_empty()


def test_reserves_add_to_the_world_total_usgs_prints() -> None:
    """USGS MCS 2026: countries add to the rounded total within ten percent where the total is no lower bound."""
    rows = store.read("reserves").filter(vintage="2026")
    world = rows.filter(pl.col("qualifier") != "above", country="WLD").select(
        "commodity", pl.col("value").alias("world")
    )
    summed = rows.filter(pl.col("country") != "WLD").group_by("commodity").agg(pl.col("value").sum())
    ratio = summed.join(world.drop_nulls(), on="commodity").select(
        (pl.col("value") / pl.col("world")).alias("r")
    )["r"]
    assert len(ratio) >= 10 and ((ratio - 1).abs() < 0.10).all()


def test_reliance_of_the_united_states_is_as_printed() -> None:
    """USGS MCS 2026, 2024: gallium 100 %, antimony 86 %, cobalt 74 %; tungsten above 50 %; beryllium exported."""
    rows = store.read("salient").filter(measure="net_import_reliance", year=2024)
    printed = {m: (v, q) for m, v, q in rows.select("mineral", "value", "qualifier").iter_rows()}
    assert printed["gallium"][0] == 1.0
    assert printed["antimony"][0] == pytest.approx(0.86) and printed["cobalt"][0] == pytest.approx(0.74)
    assert printed["tungsten"] == (pytest.approx(0.5), "above") and printed["beryllium"] == (0.0, "below")
