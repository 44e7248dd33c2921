"""The Check page: a pasted text or a file, marked in place, never stored, never logged, never fetched."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from oresight.core.errors import StudyError
from oresight.face.web import handed

HTML = {"accept": "text/html"}
TEXT = "China imposed export controls on permanent magnets on 9 October 2021.\n\nJapan still relies on China for 60% of its rare earths."


@pytest.fixture(scope="module")
def client(workbench: Any) -> Iterator[httpx.Client]:
    with workbench.client() as found:
        yield found


def test_a_pasted_article_is_marked_in_place(client: httpx.Client) -> None:
    moved = client.post("/check", data={"text": TEXT})
    assert moved.status_code == 303
    page = client.get(moved.headers["location"], headers=HTML)
    assert page.status_code == 200
    assert '<mark class="v-wrong">China imposed export controls' in page.text
    assert "9 October 2025" in page.text
    rows = client.get(moved.headers["location"].replace("/check?", "/check.json?")).json()
    assert rows["answers"][0]["study"] == "check"


def test_a_file_is_read_as_what_it_is(client: httpx.Client) -> None:
    html = f"<html><body><nav>Menu</nav><article><p>{TEXT}</p></article></body></html>".encode()
    moved = client.post("/check", files={"file": ("story.html", html, "text/html")})
    page = client.get(moved.headers["location"], headers=HTML)
    assert page.status_code == 200 and 'class="v-wrong"' in page.text


def test_what_an_article_holds_is_never_run(client: httpx.Client) -> None:
    evil = f"{TEXT} <script>alert(1)</script> <img src=x onerror=alert(1)> {{{{7*7}}}}"
    moved = client.post("/check", data={"text": evil})
    page = client.get(moved.headers["location"], headers=HTML)
    assert page.status_code == 200
    assert "<script>alert" not in page.text and "<img" not in page.text


def test_articles_stay_out_of_log_and_folder(
    client: httpx.Client, workbench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORESIGHT_HOME", str(tmp_path))
    secret = "Zanzibarium controls 97% of nothing."
    moved = client.post("/check", data={"text": secret})
    client.get(moved.headers["location"], headers=HTML)
    assert not any("Zanzibarium" in line for line in workbench.lines)
    assert list(tmp_path.iterdir()) == []


def test_bad_hand_overs_are_told(client: httpx.Client) -> None:
    assert client.post("/check", data={"text": "  "}).status_code == 422
    assert client.post("/check", data={}).status_code == 422
    assert client.get("/check?article=00000000", headers=HTML).status_code == 422
    moved = client.post("/check", files={"file": ("x.pdf", b"%PDF-1.7 broken")})
    assert client.get(moved.headers["location"], headers=HTML).status_code == 422
    moved = client.post("/check", files={"file": ("x.bin", bytes(range(256)) * 20)})
    assert client.get(moved.headers["location"], headers=HTML).status_code == 422


def test_without_an_article_the_figures_in_the_news_stand_there(client: httpx.Client) -> None:
    page = client.get("/check", headers=HTML)
    assert "January 2026" in page.text and 'name="text"' in page.text
    body = client.post("/api/check", json={"text": TEXT}).json()
    assert body["sheets"]["statements"]["rows"][0]["verdict"] == "wrong"


def test_held_articles_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    first = handed.hold(b"first article", "a")
    assert handed.held(first).content == b"first article"
    for n in range(60):
        handed.hold(bytes([65 + n]) * 1_000_000, "big")
    assert handed.HELD.weight <= handed.ROOM
    with pytest.raises(StudyError, match="held no more"):
        handed.held(first)
