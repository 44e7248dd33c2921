"""Own figures: laid over production, trade and stocks; they move answers, are told, and leave no trace when taken away."""

from collections.abc import Callable

import polars as pl
import pytest

from oresight.catalog import overlay, store
from oresight.core.errors import DataError, StudyError
from oresight.studies import books
from oresight.studies.catalogue import own_rows
from oresight.studies.commodity.study import conflict_rows
from oresight.studies.dependence import dependence
from oresight.studies.explain import explain
from oresight.studies.situation import stocks_held

REFINED = {"commodity": "gallium", "stage": "refine", "country": "DEU", "year": 2024, "value": 60.0}


@pytest.fixture(autouse=True)
def notice(notice: Callable[[], None]) -> Callable[[], None]:
    """Every test here has a folder of its own."""
    return notice


def gallium_of_japan(notice: Callable[[], None]) -> float:
    notice()
    answer = dependence("JPN", ["gallium"], "CHN", 2024)
    return float(str(answer.sheets[0].records()[0]["exposure"]))


def test_own_output_stands_for_the_published_and_is_told(notice: Callable[[], None]) -> None:
    before = gallium_of_japan(notice)
    world = books.books(2024).stages["gallium", "refine"].production
    assert world is not None
    published = store.read("refinery_production")
    overlay.add({"refinery_production": [REFINED]})
    assert gallium_of_japan(notice) < before - 0.05
    mine = books.books(2024).stages["gallium", "refine"].production
    assert mine is not None
    at = books.position()["DEU"]
    assert mine[at] == 60.0 and mine.sum() == pytest.approx(world.sum() - world[at] + 60.0)
    cautions = dependence("JPN", ["gallium"], "CHN", 2024).basis.cautions
    assert cautions[0].startswith("Your own figures are in it (1 of refinery_production)")
    assert store.read("refinery_production").equals(published)
    rows = explain("refinery_production:commodity=gallium,country=DEU,year=2024").sheets[0].records()
    assert [r["value"] for r in rows if r["source_id"] == "own"] == [60.0]
    assert gallium_of_japan(notice) != before
    own_rows.forgotten("refinery_production", "gallium,refine,DEU,2024,own,own")
    assert gallium_of_japan(notice) == before
    assert not any("Your own" in c for c in dependence("JPN", ["gallium"], "CHN", 2024).basis.cautions)


def test_published_and_own_stand_beside_each_other_where_they_disagree(notice: Callable[[], None]) -> None:
    row = (
        store.read("mine_production")
        .filter(pl.col("preferred") & (pl.col("commodity") == "lithium") & (pl.col("year") == 2024))
        .sort("value", descending=True)
        .row(0, named=True)
    )
    own = {"commodity": "lithium", "country": row["country"], "year": 2024, "value": row["value"] * 2}
    overlay.add({"mine_production": [own]})
    notice()
    laid = overlay.laid_over("mine_production").filter(
        (pl.col("commodity") == "lithium") & (pl.col("country") == row["country"]) & (pl.col("year") == 2024)
    )
    assert laid.filter("preferred")["source_id"].to_list() == ["own"]
    assert row["value"] in laid["value"].to_list()
    (said,) = [r for r in conflict_rows("lithium", 2024) if r["country"] == row["country"]]
    assert said["used"] == own["value"] and "your own" in str(said["said"])


def test_own_trade_is_not_screened_away(notice: Callable[[], None]) -> None:
    """Tonnes no price would excuse stand, because their owner says so; those left out are estimated as any."""
    at = (pl.col("year") == 2024) & (pl.col("exporter") == "CHN") & (pl.col("hs92") == "280530")
    flow = store.read("trade").filter(at & (pl.col("importer") == "JPN")).row(0, named=True)
    odd = {**flow, "gross_t": 900_000.0}
    gap = {**flow, "importer": "KOR", "gross_t": None}
    overlay.add({"trade": [odd, gap]})
    notice()
    rows, corrections = books.screened()
    mine = {r["importer"]: r for r in rows.filter(at & pl.col("own")).iter_rows(named=True)}
    assert mine["JPN"]["gross_t"] == 900_000.0 and not mine["JPN"]["changed"]
    assert mine["KOR"]["gross_t"] > 0 and mine["KOR"]["changed"]
    assert corrections.filter(at & (pl.col("importer") == "JPN")).height == 0
    assert rows.filter(at & (pl.col("importer") == "JPN")).height == 1


def test_a_secret_stock_is_counted() -> None:
    before = stocks_held("gallium", ["DEU"]) or 0.0
    overlay.add({"stocks": [{"commodity": "gallium", "country": "DEU", "quantity": 7.5, "year": 2026}]})
    assert stocks_held("gallium", ["DEU"]) == before + 7.5


@pytest.mark.parametrize(
    ("table", "row", "says"),
    [
        ("mine_production", {"commodity": "galium", "country": "DEU", "year": 2024, "value": 1.0}, "nothing reads"),
        ("mine_production", {"commodity": "lithium", "country": "WLD", "year": 2024, "value": 1.0}, "preferred"),
        ("mine_production", {"commodity": "lithium", "country": "DEU", "year": 2024, "value": -1.0}, "value"),
        ("refinery_production", {**REFINED, "stage": "component"}, "did you mean"),
        ("refinery_production", {**REFINED, "low": 70.0}, "band"),
        ("refinery_production", {**REFINED, "country": "XXX"}, "XXX"),
        ("trade", {"year": 2024, "exporter": "CHN", "importer": "JPN", "hs92": "999999", "value_kusd": 1}, "999999"),
        ("trade", {"year": 2024, "exporter": "CHN", "importer": "CHN", "hs92": "280530", "value_kusd": 1}, "self"),
    ],
)  # fmt: skip
def test_figures_nothing_could_use_are_refused(table: str, row: dict[str, object], says: str) -> None:
    with pytest.raises(DataError, match=says):
        overlay.add({table: [row]})
    assert overlay.own(table).height == 0


def test_forgetting_names_what_is_there() -> None:
    with pytest.raises(StudyError, match="none of yours is there"):
        own_rows.forgotten("trade", "x")
    with pytest.raises(StudyError, match="did you mean"):
        own_rows.forgotten("trades", "x")
    overlay.add({"refinery_production": [REFINED]})
    with pytest.raises(StudyError, match="yours are gallium, refine, DEU, 2024, own, own"):
        own_rows.forgotten("refinery_production", "gallium, DEU")


def test_what_was_computed_is_forgotten_only_when_something_changed(notice: Callable[[], None]) -> None:
    notice()
    kept = books.production_rows()
    notice()
    assert books.production_rows() is kept
    overlay.add({"refinery_production": [REFINED]})
    notice()
    assert books.production_rows() is not kept
