"""Every page of the workbench and its twins: they answer, agree with the studies, and keep the state in their links."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from oresight.face.web.registry import pages
from oresight.studies import names, situation
from oresight.studies.books import modelled

HTML = {"accept": "text/html"}
PATHS = (
    "/",
    "/commodity",
    "/commodity/gallium",
    "/commodity/neodymium-praseodymium",
    "/commodity/rare-earths",
    "/commodity/yttrium",
    "/country",
    "/country/JPN",
    "/country/CHN",
    "/tracker",
    "/sources",
    "/sources/stages",
    "/explain?figure=dependence:JPN:gallium:2024:CHN",
    "/explain?figure=mine_production:commodity=lithium,country=AUS,year=2024",
    "/api",
)


@pytest.fixture(scope="module")
def client(workbench: Any) -> Iterator[httpx.Client]:
    with workbench.client() as found:
        yield found


class Checked(HTMLParser):
    """Collects what a page must and must not hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.heads: list[str] = []
        self.styled = 0
        self.scripts: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        self.styled += "style" in found or tag == "style"
        if tag == "a":
            self.links.append(str(found.get("href")))
        if re.fullmatch("h[1-6]", tag):
            self.heads.append(tag)
        if tag == "script":
            self.scripts.append(found)


@pytest.mark.parametrize("path", PATHS)
def test_page_answers_with_a_question_and_one_headline(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200
    page = Checked(answer.text)
    assert page.heads.count("h1") == 1
    assert 'class="question"' in answer.text
    assert not page.styled, "the policy forbids styles inside a page"
    assert [s for s in page.scripts if not s.get("src")] == []
    assert len(page.ids) == len(set(page.ids)), [i for i in page.ids if page.ids.count(i) > 1]
    assert not re.search(r"\b(nan|None|undefined|Traceback)\b", re.sub(r"<[^>]+>", " ", answer.text))
    for link in page.links:
        assert link.startswith(("/", "#")), f"{path} leads away: {link}"


def test_no_link_of_any_page_is_dead(client: httpx.Client) -> None:
    seen: set[str] = set()
    for path in PATHS:
        page = Checked(client.get(path, headers=HTML).text)
        own = {link[1:] for link in page.links if link.startswith("#")}
        assert own <= set(page.ids), (path, own - set(page.ids))
        seen |= {re.sub(r"#.*", "", link) for link in page.links if link.startswith("/")}
    sample = sorted(seen)[:: max(len(seen) // 150, 1)]
    for link in sample:
        answer = client.get(link, headers=HTML)
        assert answer.status_code == 200, link


@pytest.mark.parametrize("commodity", [*names.commodity_labels(), "rare-earths"])
def test_every_commodity_has_a_page(client: httpx.Client, commodity: str) -> None:
    assert client.get(f"/commodity/{commodity}.json").status_code == 200


def test_every_member_and_the_supplier_have_a_page(client: httpx.Client) -> None:
    for code in (*names.coalition().members, "CHN", "TUV"):
        assert client.get(f"/country/{code}.json").status_code == 200, code


def test_json_twin_carries_the_studys_own_figures(client: httpx.Client) -> None:
    body = client.get("/situation.json").json()
    study = situation.situation()
    assert body["finding"].startswith("China stands behind")
    assert body["answers"][0]["sheets"]["situation"]["rows"] == study.sheets[0].records()
    assert body["state"] == {"coalition": "g7plus-2026", "supplier": ["CHN"], "year": 2024}


def test_csv_twin_is_the_sheet_and_another_may_be_picked(client: httpx.Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/situation.csv").text)))
    assert {r["commodity"] for r in rows} == {c for c in modelled() if c in names.commodity_labels()}
    members = client.get("/situation.csv?sheet=members")
    assert members.headers["content-disposition"] == 'attachment; filename="oresight-situation-members.csv"'
    assert len(list(csv.DictReader(io.StringIO(members.text)))) > 300
    assert client.get("/situation.csv?sheet=membrs").json()["error"]["facts"]["nearest"][0] == "members"


def test_workbook_opens_and_holds_every_sheet(client: httpx.Client) -> None:
    answer = client.get("/commodity/gallium.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        assert sum(n.startswith("xl/worksheets/sheet") for n in book.namelist()) == 12


@pytest.mark.parametrize("chart", ["chain", "concentration", "prices"])
def test_charts_come_as_svg_and_png(client: httpx.Client, chart: str) -> None:
    svg = client.get(f"/commodity/gallium.svg?chart={chart}")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert svg.text.startswith("<svg") and 'role="img"' in svg.text
    spec = client.get(f"/commodity/gallium.vl.json?chart={chart}").json()
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/") and spec["description"]
    png = client.get(f"/commodity/gallium.png?chart={chart}")
    assert png.content[:8] == b"\x89PNG\r\n\x1a\n"


def test_every_picture_has_a_table_an_alternative_and_downloads(client: httpx.Client) -> None:
    for path in ("/", "/commodity/antimony", "/country/DEU", "/country", "/commodity"):
        text = client.get(path, headers=HTML).text
        drawn = text.count('class="drawn"')
        assert drawn >= 1
        assert text.count('<details class="as-table">') == drawn
        assert len(re.findall(r'<svg class="drawn" role="img" aria-label="[^"]{30,}"', text)) == drawn
        for link in re.findall(r'href="([^"]+\.svg[^"]*)"', text):
            if not link.startswith("/static/"):
                assert client.get(link.replace("&amp;", "&")).status_code == 200


def test_state_stays_in_every_link(client: httpx.Client) -> None:
    asked = "coalition=JPN%2CKOR&supplier=RUS&year=2021"
    text = client.get(f"/?{asked}", headers=HTML).text
    assert "Russia" in re.search(r"<h1>(.*?)</h1>", text).group(1)  # type: ignore[union-attr]
    inside = [x.replace("&amp;", "&") for x in re.findall(r'href="(/commodity/[^"]+)"', text)]
    assert inside and all(
        "coalition=JPN%2CKOR" in x and "supplier=RUS" in x and "year=2021" in x for x in inside
    )
    body = client.get(f"/situation.json?{asked}").json()
    assert body["state"] == {"coalition": "JPN,KOR", "supplier": ["RUS"], "year": 2021}


def test_any_spelling_leads_to_the_one_page_of_a_name(client: httpx.Client) -> None:
    moved = client.get("/country/japan?year=2020", headers=HTML, follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, "/country/JPN?year=2020")
    moved = client.get("/commodity/Ga.json", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, "/commodity/gallium.json")


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("japan gallium", "/commodity/gallium?coalition=JPN"),
        ("what is korea most vulnerable to", "/country/KOR"),
        ("if china stops magnets", None),
        ("are we on track", "/tracker"),
        ("indonesia nickel", "/commodity/nickel?supplier=IDN"),
        ("", "/"),
    ],
)
def test_search_goes_to_the_page_that_answers(client: httpx.Client, asked: str, there: str | None) -> None:
    moved = client.get("/search", params={"q": asked}, follow_redirects=False)
    assert moved.status_code == 303
    if there is not None:
        assert moved.headers["location"] == there
    assert client.get(moved.headers["location"], headers=HTML).status_code == 200


def test_search_that_finds_nothing_says_so(client: httpx.Client) -> None:
    answer = client.get("/search", params={"q": "xyzzy plugh"}, headers=HTML)
    assert answer.status_code == 422
    assert "nothing known" in answer.text


def test_explain_answers_beside_a_page(client: httpx.Client) -> None:
    part = client.get("/explain?figure=dependence:JPN:gallium:2024:CHN&bare=1")
    assert part.status_code == 200
    assert "<html" not in part.text and 'id="from-title"' in part.text and "network §5" in part.text


def test_calendar_file_is_a_calendar(client: httpx.Client) -> None:
    answer = client.get("/tracker.ics?on=2026-11-22")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text.startswith("BEGIN:VCALENDAR") and answer.text.count("BEGIN:VEVENT") > 10
    assert client.get("/tracker.ics?days=x").status_code == 422


def test_every_page_of_the_registry_stands_in_the_navigation_or_is_linked(client: httpx.Client) -> None:
    text = client.get("/", headers=HTML).text
    for page in pages():
        if page.label:
            assert f'href="{page.path}"' in text, page.id


TARGETS = {"commodity": "lithium", "country": "FRA", "table": "trade"}
OWN = {
    "plan": "?commodity=gallium",
    "explain": "?figure=dependence:FRA:lithium:2024:CHN",
    "stress": "?scenario=indonesia-nickel&draws=2",
    "coalition": "?coalition=JPN,KOR&commodity=gallium",
}


@pytest.mark.parametrize("page", pages(), ids=lambda p: p.id)
def test_every_registered_page_answers_in_every_form(client: httpx.Client, page: Any) -> None:
    target, query = TARGETS.get(page.id, ""), OWN.get(page.id, "")
    text = client.get(page.at(target) + query, headers=HTML)
    assert text.status_code == 200 and "<h1>" in text.text
    for form in ("json", "csv", "xlsx"):
        assert client.get(page.twin(target, form) + query).status_code == 200, form
    drawn = client.get(page.twin(target, "svg") + query)
    assert drawn.status_code == (200 if 'class="drawn"' in text.text else 422)


def test_a_page_weighs_less_than_its_budget(client: httpx.Client) -> None:
    for path in ("/", "/commodity/copper", "/country/DEU", "/country", "/tracker", "/sources"):
        client.get(path, headers=HTML)
        with client.stream("GET", path, headers={**HTML, "accept-encoding": "gzip"}) as answer:
            weight = len(b"".join(answer.iter_raw()))
        assert weight < 300_000, f"{path} weighs {weight} bytes"


def refused(constant: str) -> None:
    pytest.fail(f"JSON holds {constant}")


def test_json_holds_no_nan(client: httpx.Client) -> None:
    for path in ("/situation.json", "/commodity/copper.json", "/country/DEU.json", "/tracker.json"):
        json.loads(client.get(path).text, parse_constant=refused)
