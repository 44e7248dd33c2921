"""A user's own rows: checked, laid over on read, whole or not at all, safe under two processes and a kill."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import polars as pl
import pytest

from oresight.catalog import overlay, store
from oresight.core.errors import DataError
from oresight.studies.events.study import events
from oresight.studies.track.study import track


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ORESIGHT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def promise(name: str, **cells: object) -> dict[str, object]:
    return {
        "id": name,
        "title": "A promise of our own",
        "announced": "2026-11-01",
        "members": ["USA", "JPN"],
        "instrument": "loan",
        "state": "closed",
        "materials": "gallium",
        "commodities": "gallium",
        "amount_local": 1_000_000,
        "currency": "USD",
        "rate_year": 2026,
        "amount_of": "public",
        **cells,
    }


TOML = """
[[commitments]]
id = "OWN1"
title = "Loan for a gallium line"
announced = 2026-11-01
members = ["USA", "JPN"]
instrument = "loan"
state = "conditional"
materials = "gallium"
commodities = ["gallium"]
project = "own-line"
amount_local = 40_000_000
currency = "EUR"
rate_year = 2026
amount_of = "public"
due = 2026-12-15
due_for = "first drawing"

[[projects]]
id = "own-line"
name = "Our gallium line"
country = "DEU"
commodity = "gallium"
stage = "refine"
step = "refining"
status = "construction"
feed = "by-product"
start_year = 2028

[[project_outputs]]
project = "own-line"
commodity = "gallium"
stage = "refine"
unit = "t Ga"
content = 1.0
content_quality = "direct"
nameplate = 20.0
funded = 20.0
commissioned = 0.0
"""


def test_nothing_added_changes_nothing_and_makes_no_file(own_home: Path) -> None:
    assert overlay.own("commitments").height == 0
    assert overlay.laid_over("commitments").drop("own").equals(store.read("commitments"))
    assert not own_home.exists()


def test_a_toml_file_reaches_the_tracker_marked_as_own(tmp_path: Path) -> None:
    before = float(track(as_of="2026-11-24").sheet("states").records()[-1]["usd"])
    file = tmp_path / "ours.toml"
    file.write_text(TOML, encoding="utf-8")
    assert overlay.add_file(file) == {"commitments": 1, "projects": 1, "project_outputs": 1}
    answer = track(as_of="2026-11-24")
    mine = [r for r in answer.sheet("promises").records() if r["own"]]
    assert [r["id"] for r in mine] == ["OWN1"]
    assert mine[0]["state"] == "conditional"
    rate = store.read("exchange_rates").filter(currency="EUR", year=2026)["usd_per_unit"].item()
    after = float(answer.sheet("states").records()[-1]["usd"])
    assert after - before == pytest.approx(40e6 * rate)
    assert any(r["rests_on"] == "OWN1" and r["own"] for r in answer.sheet("due").records())
    ladder = {
        r["stage"]: r
        for r in track(as_of="2026-11-24", commodity="gallium", member="DEU").sheet("ladder").records()
    }
    assert ladder["refine"]["nameplate"] == 20.0
    assert store.read("commitments").filter(id="OWN1").height == 0


def test_a_csv_file_with_the_tables_header(tmp_path: Path) -> None:
    file = tmp_path / "commitments.csv"
    file.write_text(
        "id,title,announced,members,instrument,state,materials,amount_of\n"
        "C1,First,2026-10-01,USA;JPN,framework,announced,all,none\n"
        "C2,Second,2026-10-02,FRA,target,announced,all,none\n",
        encoding="utf-8",
    )
    assert overlay.add_file(file) == {"commitments": 2}
    assert overlay.own("commitments")["id"].to_list() == ["C1", "C2"]
    assert set(overlay.own("commitments")["source_id"]) == {"own"}


def test_a_row_with_a_known_id_stands_in_its_place_until_taken_away() -> None:
    """A reader who knows what followed the truce writes it down, and the answer follows."""
    row = store.read("events").filter(id="EV045").row(0, named=True)
    known = {k: v for k, v in row.items() if v is not None} | {"afterwards": "in_force"}
    overlay.add({"events": [known]})
    found = {
        r["event"]: r for r in events(on="2026-11-22", by="CHN", hs="284690").sheet("measures").records()
    }
    assert found["EV045"]["status"] == "in_force" and found["EV045"]["own"]
    assert overlay.laid_over("events").height == store.read("events").height
    assert overlay.remove("events", ["EV045"])
    assert not overlay.remove("events", ["EV045"])
    again = {
        r["event"]: r["status"]
        for r in events(on="2026-11-22", by="CHN", hs="284690").sheet("measures").records()
    }
    assert again["EV045"] == "unknown"


def test_an_own_state_takes_the_place_of_the_told_history() -> None:
    row = store.read("commitments").filter(id="CM106").row(0, named=True)
    overlay.add({"commitments": [{k: v for k, v in row.items() if v is not None} | {"state": "delivered"}]})
    answer = track(as_of="2026-11-24")
    assert "CM106" not in {r["id"] for r in answer.sheet("silent").records()}
    assert next(r for r in answer.sheet("promises").records() if r["id"] == "CM106")["state"] == "delivered"


@pytest.mark.parametrize(
    ("batch", "says"),
    [
        ({"commitments": [promise("A", state="signed")]}, "signed"),
        ({"commitments": [promise("A", members="USB")]}, "USB"),
        ({"commitments": [promise("A", announced="soon")]}, "soon"),
        ({"commitments": [promise("A", titel="x")]}, "titel"),
        ({"commitments": [promise("A", part_of="NONE")]}, "NONE"),
        ({"commitments": [promise("A", part_of="A", part_certainty="sure")]}, "part of itself"),
        ({"commitments": [promise("A", currency=None)]}, "currency"),
        ({"commitments": [promise("A", amount_local=-5)]}, "below 0"),
        ({"commitments": [promise("A"), promise("A")]}, "share a key"),
        ({"commitments": [promise("A", project="no-such-plant")]}, "no-such-plant"),
        ({"commitments": []}, "no row"),
        ({"commitment": [promise("A")]}, "takes no own rows"),
        ({"prices": [{"commodity": "gallium"}]}, "takes no own rows"),
        ({"commitments": [promise(f"A{n}") for n in range(10_001)]}, "10001"),
    ],
)
def test_a_bad_batch_is_refused_whole(batch: dict[str, list[dict[str, object]]], says: str) -> None:
    with pytest.raises(DataError) as caught:
        overlay.add(batch)
    assert says in str(caught.value)
    assert caught.value.mend
    assert overlay.own("commitments").height == 0


def test_one_bad_row_keeps_the_good_ones_out() -> None:
    with pytest.raises(DataError):
        overlay.add({"commitments": [promise("GOOD"), promise("BAD", state="signed")]})
    assert overlay.own("commitments").height == 0


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.toml", b"[[events\n", "no TOML"),
        ("x.toml", b"commitments = 3\n", "[[commitments]]"),
        ("x.toml", b"\xff\xfe\x00", "no TOML"),
        ("commitments.csv", b"id,title\nA,\xff\n", "UTF-8"),
        ("x.toml", b"#" * 5_000_001, "MB"),
    ],
)
def test_a_file_of_noise_is_refused(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        overlay.add_file(tmp_path / name)
    assert says in str(caught.value)


def test_a_missing_file_and_a_broken_store_say_so(tmp_path: Path, own_home: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        overlay.add_file(tmp_path / "nothing.toml")
    own_home.mkdir()
    (own_home / "own.duckdb").write_bytes(b"this is no database" * 1000)
    with pytest.raises(DataError, match="nothing of the open data is lost"):
        overlay.own("events")


def started(code: str, **names: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **names},
    )


ADDER = """
import os
from oresight.catalog import overlay
for n in range(int(os.environ["ROWS"])):
    overlay.add({"commitments": [{
        "id": f"{os.environ['WHO']}{n}", "title": "t", "announced": "2026-01-01", "members": "USA",
        "instrument": "loan", "state": "closed", "materials": "tin", "amount_of": "none"}]}, wait=60)
"""


def test_two_programs_add_at_once_and_no_row_is_lost() -> None:
    rows = 8
    both = [started(ADDER, WHO=who, ROWS=str(rows)) for who in ("A", "B")]
    for each in both:
        _, errors = each.communicate(timeout=120)
        assert each.returncode == 0, errors
    found = overlay.own("commitments")["id"].to_list()
    assert sorted(found) == sorted(f"{who}{n}" for who in "AB" for n in range(rows))


HOLDER = """
import sys, time
from oresight.catalog import overlay
def act(link):
    link.execute("INSERT INTO own_rows (table_name, row_key, cells) VALUES ('commitments', '[\\"HALF\\"]', '{}')")
    print("holding", flush=True)
    time.sleep(300)
overlay._transaction(act, 30)
"""


def test_a_killed_program_leaves_all_or_nothing_and_frees_the_file() -> None:
    """kill -9 in the middle of a transaction: what was there is there, the half is not, the next one works."""
    overlay.add({"commitments": [promise("BEFORE")]})
    holder = started(HOLDER)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "holding"
        with pytest.raises(DataError) as caught:
            overlay.add({"commitments": [promise("BLOCKED")]}, wait=0.3)
        assert "another program" in str(caught.value) and caught.value.mend
        os.kill(holder.pid, signal.SIGKILL)
    finally:
        holder.kill()
        holder.communicate(timeout=30)
    overlay.add({"commitments": [promise("AFTER")]})
    assert overlay.own("commitments")["id"].to_list() == ["BEFORE", "AFTER"]


def test_threads_of_one_program_take_turns() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: overlay.add({"commitments": [promise(f"T{n}")]}), range(12)))
    assert overlay.own("commitments").height == 12


def test_own_rows_survive_a_new_field_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows stored before a field existed read back with it unknown."""
    overlay.add({"commitments": [promise("OLD")]})

    def forget(link: object) -> None:
        link.execute("UPDATE own_rows SET cells = json_merge_patch(cells, '{\"note\": null}')")  # type: ignore[attr-defined]

    overlay._transaction(forget, 5)
    assert overlay.own("commitments").filter(pl.col("id") == "OLD")["note"].to_list() == [None]


OWN_EVENT = """
[[events]]
id = "our-fear"
title = "Exports of gallium to Japan stop"
actor = "CHN"
targets = ["JPN"]
kind = "export_ban"
direction = "export"
scope = "all"
announced = 2026-11-20
in_force_from = 2026-12-01
date_quality = "exact"
cut_best = 0.9

[[event_codes]]
event = "our-fear"
material = "gallium"
commodity = "gallium"
stage = "refine"
code_quality = "none"
"""


def test_an_event_of_our_own_is_listed_and_played(tmp_path: Path) -> None:
    from oresight.studies.stress.scenario_list import scenarios
    from oresight.studies.stress.scenario_named import scenario
    from oresight.studies.stress.study import stress

    with pytest.raises(Exception, match="unknown scenario 'our-fear'"):
        scenario("our-fear")
    (tmp_path / "own.toml").write_text(OWN_EVENT)
    overlay.add_file(tmp_path / "own.toml")
    assert "our-fear" in scenarios().sheets[0].column("id")
    played = stress("our-fear", "JPN", draws=2)
    assert played.sheet("summary").records()[0]["commodity"] == "gallium"
    assert played.parameters["restricting"] == ["CHN"]
