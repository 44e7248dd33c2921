"""The policy ledgers: every row carried, resolved, sourced, in its vocabulary, and in our own words."""

import csv
import re
from pathlib import Path

import polars as pl
import pytest

from oresight.catalog.checks import complaints
from oresight.catalog.lists import parts
from oresight.catalog.registry import table
from oresight.catalog.store import read

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "policy"
CURATED = Path(__file__).resolve().parents[2] / "data" / "curated"
LEDGERS = (
    "events",
    "event_codes",
    "commitments",
    "commitment_history",
    "exchange_rates",
    "deadlines",
    "projects",
    "project_outputs",
    "platform_uses",
    "claims",
)
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the maintainers' shared folder is not here")


def shared(name: str) -> list[dict[str, str]]:
    with (SHARED / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def lookup(reference: str) -> pl.Series:
    other, field = reference.rsplit(".", 1)
    return read(other)[field]


@pytest.mark.parametrize("name", LEDGERS)
def test_ledger_keeps_its_declaration(name: str) -> None:
    assert complaints(table(name), read(name), lookup) == []
    assert read(name).height > 0


@pytest.mark.parametrize("name", LEDGERS)
def test_compiled_ledger_has_the_rows_of_its_csv(name: str) -> None:
    with (CURATED / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        assert read(name).height == sum(1 for _ in csv.DictReader(file))


@pytest.mark.parametrize(
    ("name", "field"), [("events", "targets"), ("commitments", "members"), ("deadlines", "countries")]
)
def test_countries_in_lists_are_in_the_catalogue(name: str, field: str) -> None:
    known = {*read("countries")["iso3"], "ALL"}
    assert {code for cell in read(name)[field] for code in parts(cell)} <= known


@pytest.mark.parametrize(
    ("name", "field"), [("commitments", "commodities"), ("projects", "other_commodities")]
)
def test_commodities_in_lists_are_in_the_catalogue(name: str, field: str) -> None:
    known = set(read("commodities")["id"])
    assert {c for cell in read(name)[field] for c in parts(cell)} <= known


def test_a_row_without_stored_source_says_assumption() -> None:
    for name in ("events", "commitments", "projects", "platform_uses", "claims", "commitment_history"):
        rows = read(name).filter(pl.col("source_id") == "assumption")
        assert set(rows["confidence"]) <= {"assumption"}, name
        assert rows.height < read(name).height / 2


def test_every_event_names_its_goods_and_codes_keep_their_edition() -> None:
    codes = read("event_codes")
    assert set(codes["event"]) == set(read("events")["id"])
    editions = codes.filter(pl.col("hs").is_not_null())
    assert editions["hs_vintage"].null_count() == 0
    years = dict(read("events").select("id", pl.col("announced").dt.year()).iter_rows())
    opened = {"HS2007": (2007, 2011), "HS2012": (2012, 2016), "HS2017": (2017, 2021), "HS2022": (2022, 2027)}
    for event, edition in editions.select("event", "hs_vintage").iter_rows():
        first, last = opened[edition]
        assert first <= years[event] <= last, event


def test_the_suspensions_meet_the_measures_they_suspend() -> None:
    events = {row["id"]: row for row in read("events").iter_rows(named=True)}
    for truce in ("EV051", "EV052"):
        for suspended in parts(events[truce]["acts_on"]):
            assert events[suspended]["suspended_from"] == events[truce]["in_force_from"]
            assert events[suspended]["suspended_until"] == events[truce]["in_force_until"]


def test_the_state_of_a_commitment_is_the_last_of_its_history() -> None:
    history = read("commitment_history").sort("commitment", "date")
    last = dict(
        history.group_by("commitment", maintain_order=True).last().select("commitment", "state").iter_rows()
    )
    states = dict(read("commitments").select("id", "state").iter_rows())
    assert last == states
    first = dict(
        history.group_by("commitment", maintain_order=True).first().select("commitment", "date").iter_rows()
    )
    announced = dict(read("commitments").select("id", "announced").iter_rows())
    assert first == announced


def test_every_amount_has_a_rate_and_dollars_are_dollars() -> None:
    rates = {
        (c, y): r for c, y, r in read("exchange_rates").select("currency", "year", "usd_per_unit").iter_rows()
    }
    money = read("commitments").filter(pl.col("amount_local").is_not_null())
    assert money.height > 100
    for currency, year in money.select("currency", "rate_year").iter_rows():
        assert (currency, year) in rates
    assert {rate for (currency, _), rate in rates.items() if currency == "USD"} == {1.0}


def test_published_conversions_lie_near_the_yearly_mean() -> None:
    """Global Trade Alert converts at the day's rate: within a tenth of the year's mean (ECB)."""
    rates = {
        (c, y): r for c, y, r in read("exchange_rates").select("currency", "year", "usd_per_unit").iter_rows()
    }
    for currency, year, published in (
        ("AUD", 2024, 303.2 / 475),  # intervention 141186
        ("CAD", 2025, 363.56 / 500),  # intervention 151366
        ("EUR", 2026, 173.305 / 150.7),  # intervention 154088
        ("JPY", 2024, 86 / 13200),  # intervention 142832
    ):
        assert published == pytest.approx(rates[(currency, year)], rel=0.1)


def test_deadlines_rest_on_rows_of_the_ledgers() -> None:
    known = {*read("events")["id"], *read("commitments")["id"]}
    assert set(read("deadlines")["rests_on"]) <= known


def test_conflicting_figures_stand_side_by_side() -> None:
    """Burke class: 5,200 or 5,700 lb; Virginia class: 9,200 or 10,000 lb; one of each is used."""
    uses = read("platform_uses")
    burke = uses.filter(pl.col("platform").str.contains("Burke"))
    assert sorted(burke["value_published"]) == [5200, 5700]
    assert burke["kg_best"].max() == pytest.approx(5700 * 0.45359237)
    assert burke["preferred"].sum() == 1
    assert uses.filter(pl.col("conflict").is_not_null())["conflict"].n_unique() == 3


def test_outputs_belong_to_projects_and_their_commodities() -> None:
    projects = {row["id"]: row for row in read("projects").iter_rows(named=True)}
    for row in read("project_outputs").iter_rows(named=True):
        project = projects[row["project"]]
        assert row["commodity"] in {project["commodity"], *parts(project["other_commodities"])}


@pytest.mark.shared
@needs_shared
def test_every_shared_event_is_carried() -> None:
    theirs = {row["event_id"]: row for row in shared("events")}
    ours = {row["id"]: row for row in read("events").iter_rows(named=True)}
    assert set(theirs) <= set(ours)
    for name, row in theirs.items():
        assert ours[name]["announced"].isoformat() == row["date_announced"]
        assert ours[name]["actor"] == row["actor_iso3"].replace("EUR", "EU27")
        if row["date_effective"]:
            assert ours[name]["in_force_from"].isoformat() == row["date_effective"]


@pytest.mark.shared
@needs_shared
def test_every_shared_code_of_an_event_is_carried() -> None:
    codes: dict[str, set[str]] = {}
    for event, code in read("event_codes").select("event", "hs").iter_rows():
        codes.setdefault(event, set()).add(code or "")
    for row in shared("events"):
        plain = re.sub(r"\(.*?\)", "", row["hs_codes"])
        if "-" in plain:
            continue
        for code in (c.strip().replace(".", "") for c in plain.split(";")):
            assert not code or code in codes[row["event_id"]], (row["event_id"], code)


@pytest.mark.shared
@needs_shared
def test_every_shared_commitment_is_carried() -> None:
    theirs = {row["id"]: row for row in shared("commitments")}
    ours = {row["id"]: row for row in read("commitments").iter_rows(named=True)}
    assert set(theirs) == set(ours)
    for name, row in theirs.items():
        assert ours[name]["announced"].isoformat() == row["date"]
        try:
            amount = float(row["amount_local"])
        except ValueError:
            continue
        assert ours[name]["amount_local"] == amount
        assert ours[name]["currency"] == row["currency"]


@pytest.mark.shared
@needs_shared
def test_every_shared_project_is_carried_with_its_figures() -> None:
    theirs = shared("projects")
    ours = list(read("projects").iter_rows(named=True))
    assert [r["name"] for r in theirs] == [r["name"] for r in ours]
    for one, other in zip(theirs, ours, strict=True):
        for field, name in (
            ("capacity_tpa", "published_t"),
            ("capex_usd", "capex_usd"),
            ("start_year", "start_year"),
        ):
            assert (float(one[field]) if one[field] else None) == other[name], one["name"]
        assert one["country_iso3"] == other["country"]


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize(("theirs", "ours"), [("military_uses", "platform_uses"), ("claims", "claims")])
def test_every_shared_use_and_claim_is_carried(theirs: str, ours: str) -> None:
    assert read(ours).height == len(shared(theirs))


@pytest.mark.shared
@needs_shared
def test_the_shared_verdicts_are_kept() -> None:
    theirs = [row["verdict"].replace(" ", "_") for row in shared("claims")]
    assert theirs == read("claims")["verdict"].to_list()


@pytest.mark.shared
@needs_shared
def test_notes_are_in_our_own_words() -> None:
    """No long run of a compiler's sentence stands in a note, title or claim of ours."""
    told = [
        re.sub(r"\W+", " ", row[field].lower())
        for name, field in (
            ("events", "description"),
            ("commitments", "note"),
            ("claims", "claim_verbatim"),
            ("claims", "explanation"),
        )
        for row in shared(name)
    ]
    for name, fields in (
        ("events", ("title", "note")),
        ("commitments", ("title", "note")),
        ("claims", ("claim", "note")),
    ):
        for row in read(name).iter_rows(named=True):
            for field in fields:
                words = re.sub(r"\W+", " ", (row[field] or "").lower()).split()
                runs = (" ".join(words[i : i + 12]) for i in range(len(words) - 11))
                assert not any(run in text for run in runs for text in told), (name, row["id"], field)
