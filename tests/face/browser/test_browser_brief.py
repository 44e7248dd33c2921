"""The brief in a real browser: any width, light and dark, on paper, and nothing fetched."""

from pathlib import Path
from typing import Any

import pytest

from oresight.face.brief.make import make

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return (
        make("g7plus-2026", "CHN", tmp_path_factory.mktemp("brief") / "out", lambda share, said: None).folder
        / "index.html"
    )


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 27)")])
def test_brief_fits_and_fetches_nothing(
    browser: Any, page_file: Path, width: int, scheme: str, paper: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == paper
    assert said == []
    assert [u for u in asked if not u.startswith("file:")] == []
    page.close()


def test_brief_prints_on_a4(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    assert len(page.pdf(format="A4")) > 50_000
    page.close()
