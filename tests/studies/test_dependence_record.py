"""The record is right: published and recorded figures come out of the dependence study (network §1-§5, measure §1)."""

import numpy as np
import pytest

from oresight.core.errors import StudyError
from oresight.studies.books import corrections, countries, flows_over_years, modelled, nearest_year, position
from oresight.studies.chains import chain
from oresight.studies.dependence import dependence, expand, share_of_imports
from oresight.studies.history import history
from oresight.studies.situation import leaders

JAPAN = {2005: 0.87, 2011: 0.64, 2014: 0.53, 2020: 0.47, 2023: 0.50, 2024: 0.66}
"""China's share of Japan's rare-earth imports by gross tonnes: CEPII BACI HS92, 280530 + 284610 + 284690."""


@pytest.fixture(scope="module")
def japan() -> dict[int, dict[str, object]]:
    rows = dependence("JPN", ["rare-earths"], since=2005).sheets[0].records()
    return {int(str(r["year"])): r for r in rows}


@pytest.mark.parametrize("year", JAPAN)
def test_japan_on_china_by_tonnes(japan: dict[int, dict[str, object]], year: int) -> None:
    assert japan[year]["import_share"] == pytest.approx(JAPAN[year], abs=0.01)


def test_history_tells_the_same_as_dependence(japan: dict[int, dict[str, object]]) -> None:
    told = {r["year"]: r["import_share"] for r in history().sheets[0].records() if r["player"] == "JPN"}
    assert set(told) == set(range(1995, 2025))
    for year in JAPAN:
        assert told[year] == pytest.approx(japan[year]["import_share"], rel=1e-9)


@pytest.mark.parametrize(
    ("commodity", "stage", "year", "leader", "low", "high"),
    [
        ("gallium", "refine", 2025, "CHN", 0.98, 1.0),
        ("neodymium-praseodymium", "refine", 2024, "CHN", 0.84, 0.915),
        ("neodymium-praseodymium", "refine", 2025, "CHN", 0.82, 0.91),
        ("graphite-battery", "refine", 2025, "CHN", 0.93, 0.96),
        ("nickel", "refine", 2025, "IDN", 0.44, 0.46),
        ("neodymium-praseodymium", "component", 2024, "CHN", 0.93, 0.95),
        ("cobalt", "mine", 2024, "COD", 0.65, 0.80),
        ("lithium", "mine", 2024, "AUS", 0.30, 0.45),
    ],
)
def test_leaders_of_refining(
    commodity: str, stage: str, year: int, leader: str, low: float, high: float
) -> None:
    """IEA Global Critical Minerals Outlook 2025 and 2026, USGS MCS 2026."""
    first, share = leaders(commodity, stage, year)[0]
    assert first == leader
    assert low <= share <= high


@pytest.mark.parametrize("commodity", sorted(modelled()))
def test_every_chain_balances(commodity: str) -> None:
    """network §3: supply equals use plus feed plus exports in every country, to 1e-9 of what passes through."""
    balanced = chain(commodity, 2024)
    assert balanced is not None
    for i, network in enumerate(balanced.chain.stages):
        gap = np.abs(network.imbalance(balanced.chain.feed(i)))
        assert (gap <= 1e-9 * np.maximum(network.pool, 1e-6 * network.pool.max())).all()
        assert (network.trade >= 0).all()
        assert (network.consumption >= 0).all()


def test_exposure_is_never_below_the_direct_share_of_supply() -> None:
    """network §5, for every member and commodity."""
    answer = dependence("g7plus-2026")
    for sheet in answer.sheets:
        for row in sheet.records():
            if row["exposure"] is None or row["look_through_share"] is None:
                continue
            assert 0 <= row["look_through_share"] <= row["exposure"] + 1e-9
            assert row["exposure"] <= 1 + 1e-9
            for part in ("exposure_mine", "exposure_refine", "exposure_component"):
                assert row[part] is None or row[part] <= row["exposure"] + 1e-9


def test_any_supplier_and_any_coalition() -> None:
    nickel = dependence("JPN", ["nickel"], "Indonesia").sheets[0].records()[0]
    assert nickel["exposure"] > 0.2
    with_china = dependence("CHN,JPN", ["cobalt"], "COD").sheets[0].records()[0]
    assert with_china["exposure_mine"] > 0.6
    palladium = dependence("g7", ["palladium"], "Russia").sheets[0].records()[0]
    assert palladium["exposure"] > 0.1


def test_germanium_after_2016_is_unknown_not_zero() -> None:
    """The code was merged away in 2017: a share of nothing is not a share of 0."""
    row = dependence("USA", ["germanium"], year=2020).sheets[0].records()[0]
    assert row["import_share"] is None
    assert "unknown" in str(row["note"])
    assert row["exposure"] > 0.5


def test_trade_among_members_is_no_import() -> None:
    count = len(countries())
    at = position()
    trade = np.zeros((count, count))
    trade[at["DEU"], at["FRA"]] = 50.0
    trade[at["CHN"], at["FRA"]] = 10.0
    assert share_of_imports(trade, ("DEU", "FRA"), ("CHN",)) == (1.0, 10.0)


def test_screening_is_recorded_and_catches_the_known_impossible_flow() -> None:
    """network §2: Türkiye to Benin, 40,000 t of rare-earth compounds in 2024."""
    rows = corrections(2024).filter(
        (corrections(2024)["exporter"] == "TUR") & (corrections(2024)["hs92"] == "284690")
    )
    benin = rows.filter(rows["importer"] == "BEN")
    assert benin.height == 1
    assert benin["was_t"][0] > 30_000
    assert benin["now_t"][0] < 0.1 * benin["was_t"][0]
    assert flows_over_years("rare-earths").filter(year=2024)["gross_t"].sum() < 1e6


def test_a_commodity_that_is_not_modelled_says_why() -> None:
    with pytest.raises(StudyError, match=r"not modelled: .+"):
        expand(["scandium"])


@pytest.mark.parametrize(
    ("who", "commodity", "supplier", "year", "said"),
    [
        ("Jpan", [], "CHN", None, "Japan"),
        ("JPN", ["galium"], "CHN", None, "gallium"),
        ("JPN", [], "Chna", None, "China"),
        ("JPN", [], "CHN", 1990, "1995"),
        ("JPN", [], "CHN", 2030, "2024"),
        ("g7plus-2025", [], "CHN", None, "g7plus-2026"),
        ("CHN", [], "CHN", None, "another supplier"),
        ("", [], "CHN", None, "name one"),
        (",".join(["JPN"] * 900), [], "CHN", None, "at most"),
    ],
)
def test_bad_questions_name_the_mend(
    who: str, commodity: list[str], supplier: str, year: int | None, said: str
) -> None:
    with pytest.raises(StudyError) as caught:
        dependence(who, commodity, supplier, year=year)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_production_years_stay_near() -> None:
    assert nearest_year("gallium", "refine", 2024) == 2024
    assert nearest_year("gallium", "refine", 1950) is None
