"""The brief: one self-contained page and its tables, whole or not at all, readable at any width."""

import csv
import json
import os
import re
import zipfile
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from html.parser import HTMLParser
from pathlib import Path

import pytest

from oresight.core.answer import Answer, Basis
from oresight.core.errors import StudyError
from oresight.face.brief import make as brief
from oresight.face.brief.files import write_folder
from oresight.face.brief.make import Made, make


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make("g7plus-2026", "CHN", tmp_path_factory.mktemp("brief") / "out", lambda share, said: None)


class Outside(HTMLParser):
    """Collects whatever a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if found.get("id") and tag in ("section", "h2"):
            self.ids.append(str(found["id"]))
        if tag in ("script", "link", "iframe", "object", "embed", "video", "audio"):
            self.fetched.append(tag)
        if tag == "img" and not str(found.get("src", "")).startswith("data:"):
            self.fetched.append(str(found.get("src")))
        if tag == "a":
            self.links.append(str(found.get("href")))


def test_page_holds_all_it_needs(made: Made) -> None:
    text = (made.folder / "index.html").read_text(encoding="utf-8")
    assert len(text.encode()) <= 4_000_000
    seen = Outside()
    seen.feed(text)
    assert seen.fetched == []
    assert "url(" not in text.split("</style>")[0]
    for link in seen.links:
        assert link.startswith("#"), link
        assert link[1:] in seen.ids
    assert {
        "situation",
        "members",
        "world",
        "history",
        "concentration",
        "claims",
        "stress",
        "track",
        "sources",
    } <= set(seen.ids)
    assert len(seen.ids) == len(set(seen.ids))


def test_charts_have_a_text_alternative(made: Made) -> None:
    text = (made.folder / "index.html").read_text(encoding="utf-8")
    charts = re.findall(r"<svg [^>]*>", text)
    assert len(charts) >= 8
    assert all('role="img"' in c and re.search(r'aria-label="[^"]{20,}"', c) for c in charts)


def test_every_sheet_lies_beside_the_page(made: Made) -> None:
    body = json.loads((made.folder / "brief.json").read_text(encoding="utf-8"))
    sheets = {n for a in body["answers"] for n in a["sheets"]}
    tables = {p.stem for p in (made.folder / "tables").glob("*.csv")}
    assert sheets <= tables | {t.split("-")[-1] for t in tables}
    for path in (made.folder / "tables").glob("*.csv"):
        with path.open(encoding="utf-8") as file:
            rows = list(csv.reader(file))
        assert all(len(r) == len(rows[0]) for r in rows)
    with zipfile.ZipFile(made.folder / "brief.xlsx") as book:
        assert book.testzip() is None


def test_workbook_opens_with_units(made: Made) -> None:
    import openpyxl

    book = openpyxl.load_workbook(made.folder / "brief.xlsx", read_only=True)
    assert book.sheetnames[0] == "contents"
    head = [c.value for c in next(book["situation"].iter_rows(max_row=1))]
    assert "cover days [days]" in head


def test_no_nan_or_none_reaches_the_reader(made: Made) -> None:
    text = re.sub(r"<svg.*?</svg>", "", (made.folder / "index.html").read_text(encoding="utf-8"), flags=re.S)
    words = re.sub(r"<[^>]+>", " ", text)
    assert not re.search(r"\b(nan|NaN|None|inf|Infinity)\b", words)


def test_foreign_folder_and_file_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(StudyError, match=r"mine\.txt"):
        write_folder("<html>", [], tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "keep"
    with pytest.raises(StudyError, match="is a file"):
        write_folder("<html>", [], tmp_path / "mine.txt")


def test_a_full_disk_leaves_the_old_brief(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "brief"
    write_folder("<html>old</html>", [], out)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("oresight.face.brief.files.write_workbook", full)
    with pytest.raises(StudyError, match="No space left"):
        write_folder("<html>new</html>", [], out)
    assert "old" in (out / "index.html").read_text()
    assert [p.name for p in tmp_path.iterdir()] == ["brief"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_folder_is_one_clear_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StudyError, match="cannot write"):
        write_folder("<html>", [], tmp_path / "brief")


def test_any_coalition_and_supplier(tmp_path: Path) -> None:
    """Nothing in the code knows which country is which: a coalition with China, on the Congo."""
    from oresight.face.brief import sections as s
    from oresight.studies import concentration, history, situation

    glance = situation.situation("CHN,JPN,KOR", "COD")
    assert "Congo" in s.headline(glance)
    assert s.situation(glance).blocks
    assert concentration.concentration("COD").finding
    assert history.history("CHN,JPN,KOR", "COD", "cobalt").finding


def test_a_lost_process_costs_time_but_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was to be played beside is played here; an error of the study comes through either way."""
    asked: list[str] = []

    def past() -> Answer:
        asked.append("past")
        return answer_of("backtest")

    monkeypatch.setattr(brief, "past", past)

    def refused(coalition: str, supplier: str) -> Answer:
        raise StudyError("nobody stops")

    monkeypatch.setattr(brief, "shock", refused)
    lost: Future[Answer] = Future()
    lost.set_exception(BrokenProcessPool("killed"))
    assert brief.or_here(lost, brief.past).study == "backtest" and asked == ["past"]
    monkeypatch.setattr(brief, "cores", lambda: 1)
    with brief.beside("JPN", "CHN") as played:
        monkeypatch.setattr(brief.backtest, "backtest", lambda: answer_of("backtest"))
        record, shock = played()
        assert record.study == "backtest"
        found: list[Answer] = []
        part = brief.drawn("stress", "Stress", shock, lambda a: pytest.fail("drawn"), found)
    assert part.finding == "This cannot be answered here: nobody stops" and not found


def answer_of(study: str) -> Answer:
    """An answer with nothing in it."""
    return Answer(study, "?", "!", (), Basis())
