"""The Purchases page: a list handed over, followed line by line, never kept, never logged."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

HTML = {"accept": "text/html"}
LIST = "vendor;material;country;quantity;unit\nZanzibar Trading;gallium;Germany;800;kg\nY;unobtainium;China;1;t\n"


@pytest.fixture(scope="module")
def client(workbench: Any) -> Iterator[httpx.Client]:
    with workbench.client() as found:
        yield found


def page_of(client: httpx.Client, where: str) -> httpx.Response:
    """The page of a list, once its run is done."""
    for _ in range(240):
        page = client.get(where, headers=HTML)
        if page.status_code != 202:
            return page
    raise AssertionError("never done")


def hand(client: httpx.Client, content: bytes, name: str = "list.csv", **fields: str) -> httpx.Response:
    return client.post("/purchases", files={"file": (name, content)}, data=fields)


def test_a_list_is_followed_and_twins_agree(client: httpx.Client) -> None:
    moved = hand(client, LIST.encode())
    assert moved.status_code == 303
    where = moved.headers["location"]
    page = page_of(client, where)
    assert page.status_code == 200
    assert "Zanzibar Trading" in page.text and "it sells on what it imports" in page.text
    assert "did you mean indium" in page.text
    twin = client.get(where.replace("/purchases?", "/purchases.json?")).json()
    lines = twin["answers"][0]["sheets"]["lines"]
    assert str(lines).count("Zanzibar Trading") == 1
    rows = client.get(where.replace("/purchases?", "/purchases.csv?") + "&sheet=left_out").text
    assert rows.startswith("row,text,why") and "unobtainium" in rows
    picture = client.get(where.replace("/purchases?", "/purchases.svg?") + "&chart=exposed")
    assert picture.status_code == 200 and picture.text.startswith("<svg")


def test_a_workbook_with_a_home_plays_the_shock(client: httpx.Client) -> None:
    book = openpyxl.Workbook()
    for row in (("commodity", "country", "tonnes"), ("gallium", "Japan", 1)):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    moved = hand(client, held.getvalue(), "list.xlsx", home="germany")
    assert "home=DEU" in moved.headers["location"]
    page = page_of(client, moved.headers["location"])
    assert page.status_code == 200 and "Germany short of" in page.text and 'value="Germany"' in page.text


def test_lists_stay_out_of_log_and_folder(
    client: httpx.Client, workbench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORESIGHT_HOME", str(tmp_path))
    page_of(client, hand(client, LIST.encode()).headers["location"])
    assert not any("Zanzibar" in line for line in workbench.lines)
    assert list(tmp_path.iterdir()) == []


def test_what_a_list_holds_is_never_run(client: httpx.Client) -> None:
    evil = 'supplier,mineral,country,tonnes\n"<script>alert(1)</script>{{7*7}}",gallium,Japan,1\n'
    page = page_of(client, hand(client, evil.encode()).headers["location"])
    assert page.status_code == 200 and "<script>alert" not in page.text and "{{7*7}}" in page.text


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"a,b\n1,2\n", "x.csv"),
        (b"PK\x03\x04broken", "x.xlsx"),
        (b"\x00\x01" * 50, "x.csv"),
        (b"%PDF-1.7", "x.pdf"),
        (b"commodity,country,tonnes\n", "x.csv"),
    ],
)
def test_bad_lists_are_told(client: httpx.Client, content: bytes, name: str) -> None:
    page = page_of(client, hand(client, content, name).headers["location"])
    assert page.status_code == 422 and "Traceback" not in page.text


def test_bad_hand_overs_are_told(client: httpx.Client) -> None:
    assert client.post("/purchases", data={"home": "DEU"}).status_code == 422
    assert hand(client, b" ").status_code == 422
    assert hand(client, LIST.encode(), home="Atlantis").status_code == 422
    assert page_of(client, "/purchases?list=00000000").status_code == 422


def test_without_a_list_the_page_says_what_one_holds(client: httpx.Client) -> None:
    page = client.get("/purchases", headers=HTML)
    assert page.status_code == 200 and "customs code of six digits" in page.text
    example = client.get("/purchases/example.csv")
    assert "attachment" in example.headers["content-disposition"]
    page = page_of(client, hand(client, example.content).headers["location"])
    assert page.status_code == 200 and "set aside" not in page.text


def test_the_search_box_finds_it(client: httpx.Client) -> None:
    assert client.get("/search?q=our purchases").headers["location"].startswith("/purchases")
