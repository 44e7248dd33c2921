"""Where from: every figure of every page leads to what it says, its row, tables, rules and assumptions."""

import html
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from oresight.core.answer import Answer, Column, sheet
from oresight.core.errors import StudyError
from oresight.face.web import trace
from oresight.face.web.blocks import Table, View, panel, table
from oresight.studies.basis import basis
from oresight.studies.explain import explain, rows_about

HTML = {"accept": "text/html"}
PATHS = (
    "/",
    "/commodity",
    "/commodity/gallium",
    "/country/JPN",
    "/country",
    "/stress?scenario=indonesia-nickel&draws=2",
    "/plan?commodity=gallium",
    "/coalition?coalition=JPN,KOR&commodity=gallium",
    "/tracker",
    "/sources",
)
FIGURE = re.compile(r"<t[dh][^>]* data-v=\"[^\"]*\"[^>]*>(.*?)</t[dh]>", re.S)
LINK = re.compile(r'<a href="([^"]+)"([^>]*)>(.*?)</a>', re.S)


@pytest.fixture(scope="module")
def client(workbench: Any) -> Iterator[httpx.Client]:
    with workbench.client() as found:
        yield found


@pytest.mark.parametrize("path", PATHS)
def test_every_figure_says_where_it_comes_from(client: httpx.Client, path: str) -> None:
    text = client.get(path, headers=HTML).text
    figures = FIGURE.findall(text)
    assert figures
    linked = [LINK.search(cell) for cell in figures]
    assert all(linked), [c for c, found in zip(figures, linked, strict=True) if not found][:3]
    asked = [f for f in linked if f is not None and ".from?" in f.group(1)]
    for found in asked[:: max(len(asked) // 6, 1)]:
        answer = client.get(html.unescape(found.group(1)), headers=HTML)
        assert answer.status_code == 200
        shown = html.unescape(found.group(3)).strip()
        assert shown in html.unescape(answer.text), (found.group(1), shown)
        rests = ("<h3>Tables</h3>", "<h3>Rules</h3>", "Read from the catalogue as it is stored")
        assert any(part in answer.text for part in rests)


def test_headline_table_and_part_of_a_page(client: httpx.Client) -> None:
    whole = client.get("/situation.from", headers=HTML).text
    assert "Exposure of each member" in whole and "<!doctype html>" in whole
    part = client.get("/situation.from?sheet=situation&column=exposure&row=0&bare=1", headers=HTML).text
    assert "<!doctype" not in part and "passes through" in part
    assert 'href="/explain?figure=dependence' in part, "the rows behind it are one step away"
    assert "demand_keys" in part and "Its rows on this" in part
    columns = client.get("/situation.from?sheet=situation", headers=HTML).text
    assert "known stocks of members" in columns


@pytest.mark.parametrize(
    "query", ["sheet=nothing", "sheet=situation&column=nothing", "sheet=situation&row=999", "row=x", "row=²"]
)
def test_a_figure_that_is_not_there_says_so(client: httpx.Client, query: str) -> None:
    assert client.get(f"/situation.from?{query}").status_code == 422


def test_rows_keep_their_place_through_sorting_and_filtering() -> None:
    columns = (Column("name", "what"), Column("x", "how much", "t", "number"))
    found = sheet("s", "S", columns, [{"name": n, "x": v} for n, v in (("a", 1.0), ("b", 3.0), ("c", 2.0))])
    answer = Answer("s", "Q?", "F.", (found,), basis(("stocks",)))
    turned = sheet("s", "S", columns, sorted(found.records(), key=lambda r: -float(str(r["x"])))[:2])
    view = View("t", "Q?", "F.", (panel(answer, "p", table(turned)),), (answer,))
    traced = trace.traced(view, lambda form, **pick: "&".join(f"{k}={v}" for k, v in pick.items()))
    block = traced.panels[0].blocks[0]
    assert isinstance(block, Table)
    assert [row[1].href for row in block.rows] == ["sheet=s&column=x&row=1", "sheet=s&column=x&row=2"]
    assert [row[0].href for row in block.rows] == ["", ""]
    assert trace.origin(view, trace.Asked("s", "x", 1)).title == "b: x 3.00 t"


def test_what_is_unknown_has_no_origin_and_picks_survive_the_address() -> None:
    asked = trace.Asked("months", "price", 7)
    assert trace.read(asked.pick) == asked
    assert trace.read(trace.Asked().pick) == trace.Asked()
    with pytest.raises(StudyError):
        trace.asked({"row": "-1"})


def test_rows_of_a_table_about_the_same_are_there() -> None:
    figure = rows_about("mine_production", {"commodity": "lithium", "country": "AUS", "stage": "mine"})
    assert figure == "mine_production:commodity=lithium,country=AUS"
    assert explain(figure).sheets[0].rows
    assert rows_about("stocks", {"commodity": "unobtainium"}) == ""
    assert rows_about("stocks", {"name": "Gallium"}) == ""


@pytest.mark.parametrize("written", ["a\nb", "\n", "\n\n\n", "\r\n", '"', "\\", "[]"])
def test_signs_in_a_name_are_no_structure(client: httpx.Client, written: str) -> None:
    """A name that holds a line break or a quote is an unknown name, whatever its parts are joined with."""
    for query in (
        {"sheet": written},
        {"column": written},
        {"sheet": "situation", "column": written, "row": "0"},
    ):
        answer = client.get("/situation.from", params=query)
        assert answer.status_code in (200, 404, 422), (query, answer.text[:200])
