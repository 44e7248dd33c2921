"""The Stress page and the kept views: scenarios by name and by fields, no file of a URL, what is kept comes back."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from oresight.core.errors import StudyError
from oresight.face.web import scenarios
from oresight.face.web.state import read
from oresight.studies import saved
from oresight.studies.stress.scenario import parse
from oresight.studies.stress.study import stress

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def client(workbench: Any) -> Iterator[httpx.Client]:
    with workbench.client() as found:
        yield found


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ORESIGHT_HOME", str(tmp_path))
    return tmp_path


def test_page_shows_what_the_study_finds(client: httpx.Client) -> None:
    body = client.get("/stress.json?scenario=indonesia-nickel&draws=8").json()
    answer = stress("indonesia-nickel", draws=8)
    assert body["finding"] == answer.finding
    assert body["answers"][0]["sheets"]["summary"]["rows"] == json.loads(
        json.dumps(answer.sheet("summary").records())
    )
    page = client.get("/stress?scenario=indonesia-nickel&draws=8", headers=HTML)
    assert page.status_code == 200
    for part in ("summary", "months", "members", "uses", "costs", "flows"):
        assert f'<section id="{part}"' in page.text
    for chart in ("price", "shortage", "costs"):
        png = client.get(f"/stress.png?scenario=indonesia-nickel&draws=8&chart={chart}")
        assert png.content[:4] == b"\x89PNG"


def test_fields_become_a_scenario_the_command_line_plays(client: httpx.Client) -> None:
    query = "from=CHN&to=JPN&what=rare-earths&stage=refine&cut=80&months=18&leak=20&draws=2"
    state = read(dict(p.split("=") for p in query.split("&")), ("draws", *scenarios.FIELDS))
    text = scenarios.as_toml(state)
    made = parse(text, "made")
    cut = made.measure[0]
    assert (cut.sellers, cut.buyers, cut.cut, cut.months, cut.leak) == (["CHN"], ["JPN"], 0.8, 18, (0.0, 0.2))
    assert tomllib.loads(text)["measure"][0]["stages"] == ["refine"]
    page = client.get(f"/stress?{query}", headers=HTML)
    assert page.status_code == 200
    assert "China cuts 80% of rare earths to Japan" in page.text


@pytest.mark.parametrize("kind", scenarios.KINDS)
def test_every_kind_of_measure_can_be_written(client: httpx.Client, kind: str) -> None:
    query = f"from=CHN&to=all&what=antimony&kind={kind}&cut=60&months=12&draws=1"
    assert client.get(f"/stress.json?{query}").status_code == 200


def test_another_mineral_of_the_scenario_may_be_looked_at(client: httpx.Client) -> None:
    page = client.get("/stress?scenario=october-2025&draws=4&focus=graphite-battery", headers=HTML)
    assert "Battery graphite, month by month" in page.text
    assert client.get("/stress?scenario=october-2025&draws=4&focus=copper", headers=HTML).status_code == 422


def test_two_scenarios_stand_side_by_side(client: httpx.Client) -> None:
    page = client.get("/stress?scenario=japan-2010&compare=japan-2026&draws=2", headers=HTML)
    assert page.status_code == 200
    assert '<section id="compared"' in page.text


def test_it_stands_beside_the_plan_in_a_year(client: httpx.Client) -> None:
    """The panel, its chart and its sheets; the row of another mineral leads back here."""
    query = "scenario=gallium-germanium-2023&draws=2&plan=2032"
    page = client.get(f"/stress?{query}", headers=HTML)
    assert page.status_code == 200
    assert '<section id="with_plan"' in page.text and "And with the plan, in 2032?" in page.text
    assert client.get(f"/stress.png?{query}&chart=with_plan").content[:4] == b"\x89PNG"
    answers = client.get(f"/stress.json?{query}").json()["answers"]
    assert [a["study"] for a in answers] == ["stress", "withstand"]


@pytest.mark.parametrize("year", ["1999", "x", "2032.5", "-1", "99999999999"])
def test_a_year_without_a_plan_is_told(client: httpx.Client, year: str) -> None:
    found = client.get(f"/stress.json?scenario=gallium-germanium-2023&draws=2&plan={year}")
    assert found.status_code == 422
    assert "year of the plan" in found.json()["error"]["what"]


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../x.toml", "x.toml", "japan-2010+/tmp/x.toml", "pyproject.toml", ""]
)
def test_a_name_in_a_url_is_never_a_file(client: httpx.Client, tmp_path: Path, path: str) -> None:
    there = tmp_path / "mine.toml"
    there.write_text(parse_text())
    for name in (path, str(there)):
        if not name:
            continue
        with pytest.raises(StudyError, match="unknown scenario"):
            scenarios.named(name)
        for asked in (f"/stress.json?scenario={quote(name)}", f"/api/stress?scenario={quote(name)}"):
            answer = client.get(asked)
            assert answer.status_code == 422
            assert "unknown scenario" in answer.json()["error"]["what"]


def parse_text() -> str:
    """A scenario that would play, were its file read."""
    return 'name = "mine"\n[[measure]]\nfrom = ["CHN"]\ncommodities = ["gallium"]\ncut = 1.0\n'


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("draws=0", "2048"),
        ("draws=x", "2048"),
        ("from=CHN&cut=abc", "no number"),
        ("from=CHN&kind=magic", "kinds are"),
        ("from=Atlantis", "did you mean"),
        ("from=CHN&what=unobtainium", "unknown commodity"),
        ("from=CHN&to=CHN&what=gallium", "itself"),
        ("from=CHN&cut=0", "cut"),
        ("scenario=EV999", "EV"),
    ],
)
def test_a_scenario_that_cannot_be_says_why(client: httpx.Client, query: str, said: str) -> None:
    answer = client.get(f"/stress.json?{query}")
    assert answer.status_code == 422
    body = answer.json()["error"]
    assert said in f"{body['what']}; {body['mend']}"


def test_the_api_plays_a_scenario_of_ones_own(client: httpx.Client) -> None:
    answer = client.post("/api/stress", json={"toml": parse_text(), "draws": 2})
    assert answer.status_code == 200
    assert answer.json()["sheets"]["summary"]["rows"][0]["commodity"] == "gallium"
    assert client.post("/api/stress", json={"toml": "x ="}).status_code == 422
    assert client.post("/api/stress", json={"toml": "", "draws": 10_000_000}).status_code == 422


def test_if_china_stops_magnets_is_played(client: httpx.Client) -> None:
    moved = client.get("/search", params={"q": "if china stops magnets"})
    assert moved.headers["location"] == "/stress?from=CHN&what=neodymium-praseodymium"


def test_a_kept_view_comes_back_and_can_be_taken_elsewhere(client: httpx.Client, own_folder: Path) -> None:
    fields = {
        "_name": "My worst case",
        "_page": "stress",
        "_target": "",
        "scenario": "japan-2010",
        "draws": "2",
    }
    kept = client.post("/saved", data=fields)
    assert (kept.status_code, kept.headers["location"]) == (303, "/saved")
    page = client.get("/saved", headers=HTML)
    assert "My worst case" in page.text and "/stress?draws=2&amp;scenario=japan-2010" in page.text
    file = client.get("/saved.json").text
    assert client.post("/saved/remove", data={"name": "My worst case"}).status_code == 303
    assert "My worst case" not in client.get("/saved").text
    taken = client.post("/saved/import", files={"file": ("x.json", file.encode())})
    assert taken.status_code == 303
    assert saved.saved().sheets[0].records()[0]["name"] == "My worst case"
    assert [p.name for p in own_folder.iterdir()] == ["saved.duckdb"]


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "{}", '{"format": "oresight saved views 1"}', '{"format": "other", "views": []}',
        '{"format": "oresight saved views 1", "views": [1]}',
        '{"format": "oresight saved views 1", "views": [{"name": "a", "page": "../x", "target": "", "query": {}}]}',
        '{"format": "oresight saved views 1", "views": [{"name": "<b>", "page": "stress", "target": "", "query": {}}]}',
        '{"format": "oresight saved views 1", "views": [{"name": "a", "page": "stress", "target": "", "query": {"x": 1}}]}',
        "[" * 100_000,
    ],
)  # fmt: skip
def test_a_file_that_holds_no_kept_views_changes_nothing(
    client: httpx.Client, own_folder: Path, text: str
) -> None:
    saved.keep("first", "stress", "", {"scenario": "japan-2010"})
    answer = client.post("/saved/import", files={"file": ("x.json", text.encode())})
    assert answer.status_code == 422
    assert [r["name"] for r in saved.saved().sheets[0].records()] == ["first"]


def test_names_and_fields_are_held_to_their_limits(own_folder: Path) -> None:
    for name in ("", " ", "x" * 81, "a\x00b", "<script>", "-x"):
        with pytest.raises(StudyError):
            saved.keep(name, "stress", "", {})
    with pytest.raises(StudyError, match="at most"):
        saved.keep("long", "stress", "", {"scenario": "x" * 5000})
    with pytest.raises(StudyError, match="kept view"):
        saved.remove("nobody")
    saved.keep("  one   name ", "stress", "", {"a": "b"})
    assert saved.saved().sheets[0].column("name") == ["one name"]
