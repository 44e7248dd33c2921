"""The guard of the workbench: who may ask, how much, which headers every answer carries, one shape for errors."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from oresight.catalog import overlay
from oresight.core.errors import StudyError
from oresight.face.web.desk import takes_gzip
from oresight.face.web.guard import host_name
from oresight.face.web.settings import Settings, allowed_hosts, checked, is_loopback
from oresight.studies.edition import FRESH

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def narrow(serve: Any) -> Iterator[Any]:
    with serve(Settings(warm=False, patience=60, body_max=1000)) as found:
        yield found


@pytest.fixture(scope="module")
def client(narrow: Any) -> Iterator[httpx.Client]:
    with narrow.client() as found:
        yield found


@pytest.mark.parametrize(
    "path", ["/", "/situation.json", "/api/names", "/nowhere", "/health", "/country/XYZ", "/tracker.ics"]
)
def test_every_answer_carries_the_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "set-cookie" not in headers
    assert "server" not in headers


@pytest.mark.parametrize(
    "path", ["/", "/commodity/gallium.json", "/situation.csv", "/api/concentration", "/api", "/tracker.ics"]
)
def test_what_a_reader_has_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200 and first.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_two_states_have_two_tags(client: httpx.Client) -> None:
    tags = {client.get(f"/situation.json{q}").headers["etag"] for q in ("", "?year=2023", "?coalition=JPN")}
    assert len(tags) == 3


def test_answers_are_compressed_for_those_who_take_it(client: httpx.Client) -> None:
    packed = client.get("/", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    bare = client.get("/", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in bare.headers
    assert packed.text == bare.text
    assert takes_gzip("deflate, gzip;q=1.0, *;q=0.5") and not takes_gzip("gzip;q=0, identity")


def test_linked_files_are_kept_for_good_under_their_version(client: httpx.Client) -> None:
    text = client.get("/", headers={"accept": "text/html"}).text
    href = text.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in client.get(href).headers["cache-control"]
    stale = client.get("/static/000000000000/workbench.css")
    assert stale.status_code == 200 and stale.headers["cache-control"] == "no-store"
    assert client.get("/static/x/../app.py").status_code == 404
    assert client.get("/static/x/%2e%2e%2fapp.py").status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8017", 200),
        ("localhost", 200),
        ("[::1]:8017", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.168.0.7", 421),
    ],
)
def test_only_its_own_names_are_answered(client: httpx.Client, host: str, status: int) -> None:
    assert client.get("/health", headers={"host": host}).status_code == status


def test_with_remote_allowed_addresses_are_answered_and_foreign_names_are_not(serve: Any) -> None:
    settings = Settings("0.0.0.0", allow_remote=True, hosts=allowed_hosts("0.0.0.0", True), warm=False)
    with serve(settings) as found, found.client() as remote:
        assert remote.get("/health", headers={"host": "192.168.0.7:8017"}).status_code == 200
        assert remote.get("/health", headers={"host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org", "::"])
def test_a_public_address_is_refused_unless_asked_for(host: str) -> None:
    with pytest.raises(StudyError, match="--allow-remote"):
        checked(host, 8017, allow_remote=False)
    checked(host, 8017, allow_remote=True)


def test_loopback_is_told_from_the_rest() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.8.9.1", "::1", "localhost")))
    assert not any(map(is_loopback, ("10.0.0.1", "localhost.example", "")))
    checked("127.0.0.1", 0, allow_remote=False)
    with pytest.raises(StudyError, match="port"):
        checked("127.0.0.1", 70_000, allow_remote=False)
    assert host_name("[fe80::1]:80") == "fe80::1"


def test_long_urls_and_large_bodies_are_turned_away(client: httpx.Client) -> None:
    assert client.get("/?coalition=" + "a" * 9000).status_code == 414
    assert client.get("/?coalition=" + "A," * 1500).status_code == 422
    assert client.post("/runs/x/leave", content=b"x" * 2000).status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    assert client.post("/runs/x/leave", content=pieces()).status_code in (404, 413)


def test_a_change_asked_for_by_another_origin_is_refused(client: httpx.Client) -> None:
    other = {"origin": "http://evil.example"}
    assert client.post("/runs/x/leave", headers=other).status_code == 403
    for site in ("cross-site", "same-site"):
        assert client.post("/runs/x/leave", headers={"sec-fetch-site": site}).status_code == 403
    assert client.post("/runs/x/leave", headers={"origin": "null"}).status_code == 403
    assert (
        client.post("/runs/x/leave", headers={"origin": "null", "sec-fetch-site": "same-origin"}).status_code
        == 404
    )
    assert (
        client.post("/runs/x/leave", headers={"origin": str(client.base_url).rstrip("/")}).status_code == 404
    )
    assert client.post("/", content=b"").status_code == 405


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/commodity/galium", 404, "did you mean gallium"),
        ("/country/Jpan", 404, "Japan"),
        ("/country/Kuwat", 404, "Kuwait"),
        ("/sources/trad", 404, "trade"),
        ("/commodity/battery", 422, "name one of"),
        ("/?coalition=Atlantis", 422, "did you mean"),
        ("/?supplier=g7plus-2026", 422, "dependence on itself"),
        ("/?year=1890", 422, "1995 to 2024"),
        ("/?year=x", 422, "no year"),
        ("/?year=%C2%B2", 422, "no year"),
        ("/explain", 422, "unknown figure"),
        ("/explain?figure=dependence:JPN", 422, "BUYER:COMMODITY"),
        ("/tracker?on=yesterday", 422, "no day"),
        ("/tracker?days=0", 422, "3650"),
        ("/nowhere", 404, "no page"),
        ("/commodity/gallium.svg?chart=nosuch", 422, "chain"),
    ],
)
def test_a_bad_question_has_one_shape_and_a_page(
    client: httpx.Client, path: str, status: int, said: str
) -> None:
    answer = client.get(path, headers={"accept": "application/json"})
    assert answer.status_code == status
    body = answer.json()["error"]
    assert set(body) == {"status", "what", "mend", "facts"} and body["status"] == status
    assert said in f"{body['what']}; {body['mend']}"
    assert answer.headers["cache-control"] == "no-store"
    page = client.get(path, headers={"accept": "text/html"})
    assert page.status_code == status
    if ".svg" not in path:
        assert "<h1>" in page.text and "Traceback" not in page.text


def test_what_a_reader_writes_is_never_run_as_markup(client: httpx.Client) -> None:
    evil = "<script>alert(1)</script>{{7777*7777}}"
    for path in ("/commodity/", "/country/", "/sources/"):
        page = client.get(path + "%3Cscript%3Ealert(1)%3C%2Fscript%3E", headers={"accept": "text/html"})
        assert "<script>alert" not in page.text
    for name in ("coalition", "supplier", "year"):
        page = client.get("/", params={name: evil}, headers={"accept": "text/html"})
        assert page.status_code == 422 and "<script>alert" not in page.text and "60481729" not in page.text
    page = client.get("/search", params={"q": evil}, headers={"accept": "text/html"})
    assert "<script>alert" not in page.text


def test_health_says_how_much_there_is_to_do(client: httpx.Client) -> None:
    body = client.get("/health").json()
    assert body["status"] == "ok" and body["waiting"] == 0


def test_the_log_is_one_json_line_per_request(client: httpx.Client, narrow: Any) -> None:
    narrow.lines.clear()
    client.get("/health?x=1")
    limit = time.monotonic() + 5
    while not narrow.lines and time.monotonic() < limit:
        time.sleep(0.01)
    line = json.loads(narrow.lines[-1])
    assert line["path"] == "/health" and line["status"] == 200 and line["query"] == "x=1" and line["ms"] >= 0


def test_a_page_with_own_figures_says_so_at_its_head(
    client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that could be taken for open data would be a leak; the workbench notices what was added meanwhile."""
    page = "/country/JPN"
    assert "Your own figures" not in client.get(page, headers=HTML).text
    monkeypatch.setenv("ORESIGHT_HOME", str(tmp_path))
    row = {"commodity": "gallium", "stage": "refine", "country": "DEU", "year": 2024, "value": 60.0}
    overlay.add({"refinery_production": [row]})
    time.sleep(2 * FRESH)
    try:
        text = client.get(page, headers=HTML).text
        head = text.split("<header", 2)[-1].split("</header>")[0]
        assert "Your own figures are in it (1 of refinery_production)" in head
        sources = client.get("/sources", headers=HTML).text
        assert "What of it is my own?" in sources and "gallium, refine, DEU, 2024, own, own" in sources
    finally:
        monkeypatch.undo()
        time.sleep(2 * FRESH)
    assert "Your own figures" not in client.get(page, headers=HTML).text
