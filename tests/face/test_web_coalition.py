"""The Coalition page: the game of the study, members toggled by a form, what moved, long runs in their own process."""

import html
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from oresight.core.answer import Answer, Column, sheet
from oresight.core.errors import StudyError
from oresight.core.progress import Cancelled
from oresight.face.charts import coalition as charts
from oresight.face.web import apart as own
from oresight.face.web.apart import apart
from oresight.face.web.blocks import remaining
from oresight.face.web.pages import coalition as page
from oresight.face.web.pages import plan as plan_page
from oresight.face.web.panels import coalition as panels
from oresight.face.web.panels import movement
from oresight.face.web.state import read
from oresight.studies import names
from oresight.studies.basis import basis
from oresight.studies.share.study import share

HTML = {"accept": "text/html"}
ASKED = "coalition=JPN%2CKOR&commodity=gallium"
EVERY = f"{ASKED}&sets=all"


@pytest.fixture(scope="module")
def client(workbench: Any) -> Iterator[httpx.Client]:
    with workbench.client() as found:
        yield found


@pytest.fixture(scope="module")
def answer() -> Answer:
    return share("JPN,KOR", commodity=["gallium"], workers=0)


def test_page_shows_what_the_study_finds(client: httpx.Client, answer: Answer) -> None:
    body = client.get(f"/coalition.json?{EVERY}").json()
    assert body["finding"] == answer.finding
    assert set(body["answers"][0]["sheets"]) == {s.name for s in answer.sheets}
    text = client.get(f"/coalition?{EVERY}", headers=HTML).text
    for part in (
        "gains",
        "cash",
        "movers",
        "waiting",
        "accounts",
        "core",
        "commodities",
        "pivots",
        "outsiders",
        "checks",
    ):
        assert f'<section id="{part}"' in text
    for row in answer.sheet("members").records():
        assert str(row["sentence"]) in html.unescape(text)
    for chart in ("gains", "contributions", "movers"):
        assert client.get(f"/coalition.svg?{EVERY}&chart={chart}").text.startswith("<svg")
    rows = client.get(f"/coalition.csv?{EVERY}&sheet=core").text.splitlines()
    assert len(rows) == 1 + len(answer.sheet("core").rows)


def test_few_sets_answer_first(client: httpx.Client) -> None:
    body = client.get(f"/coalition.json?{ASKED}").json()["answers"][0]["sheets"]
    assert "movers" in body and "joining" not in body
    text = client.get(f"/coalition?{ASKED}", headers=HTML).text
    assert "From few sets of members" in text and '<section id="movers"' in text
    assert client.get(f"/coalition?{ASKED}&sets=some").status_code == 422


def test_members_are_seated_by_a_form_and_stand_in_the_address(client: httpx.Client) -> None:
    text = client.get(f"/coalition?{ASKED}", headers=HTML).text
    ticked = [part for part in text.split('name="member"')[1:] if " checked" in part.partition(">")[0]]
    assert len(ticked) == 2
    seated = client.get("/coalition/choose?member=KOR&member=JPN&member=&commodity=gallium")
    assert (seated.status_code, seated.headers["location"]) == (303, f"/coalition?{ASKED}")
    everyone = "&".join(f"member={p}" for p in names.coalition().players)
    assert client.get(f"/coalition/choose?{everyone}").headers["location"] == "/coalition"
    assert client.get("/coalition/choose").status_code == 422
    assert client.get("/coalition/choose?member=Atlantis").status_code == 422


def test_one_member_alone_is_told_so(client: httpx.Client) -> None:
    text = client.get("/coalition?coalition=JPN", headers=HTML).text
    assert "Japan alone has nobody to share with" in text
    assert client.get("/coalition.csv?coalition=JPN").status_code == 200
    assert client.get("/search?q=who pays&coalition=JPN").headers["location"] == "/coalition"
    assert client.get("/search?q=fair split for japan").headers["location"] == "/coalition"


def test_what_moves_is_shown_once_both_tables_were_solved(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = read({"coalition": "JPN,KOR", "commodity": "gallium"}, ("commodity",))
    monkeypatch.setattr(page, "whole", lambda state: None)
    assert page.stamp(state) == ""
    monkeypatch.setattr(page, "whole", lambda state: answer)
    assert page.stamp(state) == "moved"
    found = movement.movement(answer, answer)
    assert found.sheets[0].column("change") == [0.0, 0.0]
    assert movement.moved(found).id == "moved"


def test_names_of_a_table_survive_the_address() -> None:
    whole = names.coalition()
    less = names.coalition(",".join(p for p in whole.players if p != "MEX"))
    assert less.label == "the G7+ coalition without Mexico"
    assert names.coalition(less.id) == less
    assert less.players["EU"] == whole.players["EU"]
    added = names.coalition("g7plus-2026,BRA")
    assert names.coalition(added.id) == added


def test_every_sheet_is_shown() -> None:
    extra = sheet("dreams", "What waiting costs", (Column("name", "member"),), [{"name": "Japan"}])
    made = Answer("share", "Q?", "F.", (extra,), basis(("blocs",)))
    (more,) = remaining(made, panels.TOLD)
    assert [b.title for b in more.blocks] == ["What waiting costs"]  # type: ignore[union-attr]
    assert remaining(made, ("dreams",)) == ()
    assert "totals" not in plan_page.TOLD


def test_the_ladder_adds_up() -> None:
    columns = (Column("step", "", "", "integer"), Column("joins", ""), Column("worth", "", "", "number"))
    rows = [
        {"step": 0, "joins": "A, B", "worth": 10.0},
        {"step": 1, "joins": "C", "worth": 14.0},
        {"joins": "D: no step pays"},
    ]
    drawn = str(charts.joining(sheet("joining", "T", columns, rows)).to_dict())
    assert '"before": 10000000.0, "worth": 14000000.0' in drawn
    assert "no step pays" not in drawn


def test_an_error_of_a_study_comes_back_whole() -> None:
    with pytest.raises(StudyError, match="did you mean"):
        apart(
            "share",
            {"coalition": "JPN,KOREAA", "supplier": "CHN", "commodity": [], "quick": True, "out": "."},
            lambda s, d: True,
        )


def test_cancelling_ends_the_process_and_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    usual = own.subprocess.Popen

    def watched(*given: Any, **more: Any) -> Any:
        child = usual(*given, **more)
        started.append(child)
        return child

    monkeypatch.setattr(own.subprocess, "Popen", watched)
    asked = {
        "coalition": "g7plus-2026",
        "supplier": "CHN",
        "commodity": [],
        "quick": False,
        "out": str(tmp_path),
    }
    told = threading.Event()

    def tell(share: float, doing: str) -> bool:
        told.set()
        return False

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        apart("share", asked, tell)
    assert told.is_set() and time.monotonic() - begun < 10
    assert started[0].poll() is not None
