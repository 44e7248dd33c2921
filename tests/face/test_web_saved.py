"""Plans and scenarios kept under a name: their question and what they found, through export, import and older files."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from oresight.core.errors import StudyError
from oresight.studies import saved

HTML = {"accept": "text/html"}


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ORESIGHT_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def client(workbench: Any) -> Iterator[httpx.Client]:
    with workbench.client() as found:
        yield found


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/plan?commodity=gallium&targets=cap%3D65%25%402030&budget=0.5", "Plan"),
        ("/coalition?coalition=JPN%2CKOR&commodity=gallium", "Coalition"),
    ],
)
def test_a_plan_is_kept_with_what_it_found(
    client: httpx.Client, own_folder: Path, path: str, kind: str
) -> None:
    text = client.get(path, headers=HTML).text
    form = text.partition('action="/saved"')[2].partition("</form>")[0]
    fields = {n: html.unescape(v) for n, v in re.findall(r'name="(\w+)" value="([^"]*)"', form)}
    headline = html.unescape(re.findall(r"<h1>(.*?)</h1>", text)[0])
    assert fields["_finding"] == headline
    assert client.post("/saved", data={**fields, "_name": "way out, cheap"}).status_code == 303
    page = client.get("/saved", headers=HTML).text
    assert headline in html.unescape(page) and f"<td>{kind}</td>" in page
    link = html.unescape(re.findall(r'<th scope="row"><a href="([^"]+)">way out, cheap', page)[0])
    assert headline in html.unescape(client.get(link, headers=HTML).text)
    file = client.get("/saved.json").text
    assert json.loads(file)["views"][0]["finding"] == headline
    saved.remove("way out, cheap")
    assert client.post("/saved/import", files={"file": ("x.json", file.encode())}).status_code == 303
    assert saved.saved().sheets[0].column("finding") == [headline]


def test_files_of_before_are_read_and_exports_of_before_imported(own_folder: Path) -> None:
    with duckdb.connect(str(own_folder / "saved.duckdb")) as link:
        link.execute(
            "CREATE TABLE saved (name VARCHAR PRIMARY KEY, page VARCHAR NOT NULL, target VARCHAR NOT NULL, "
            "query VARCHAR NOT NULL, kept TIMESTAMP NOT NULL)"
        )
        link.execute("INSERT INTO saved VALUES ('old', 'stress', '', '{}', '2026-01-01')")
    assert saved.saved().sheets[0].column("finding") == [None]
    view = {"name": "older", "page": "stress", "target": "", "query": {"scenario": "japan-2010"}}
    assert saved.imported(json.dumps({"format": saved.FORMAT, "views": [view]})) == 1
    assert set(saved.saved().sheets[0].column("name")) == {"old", "older"}
    with pytest.raises(StudyError, match="not whole"):
        saved.imported(json.dumps({"format": saved.FORMAT, "views": [{**view, "finding": 3}]}))


def test_a_finding_is_cut_and_shown_as_text(client: httpx.Client, own_folder: Path) -> None:
    saved.keep("long", "stress", "", {}, "<script>alert(1)</script> " + "x" * 5000)
    (finding,) = saved.saved().sheets[0].column("finding")
    assert len(str(finding)) == saved.FINDING_MAX
    page = client.get("/saved", headers=HTML).text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
