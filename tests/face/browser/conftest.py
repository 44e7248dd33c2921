"""A Chromium for the browser tests, skipped where the machine has none, and the hands that read pages with it."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium per module: its event loop ends with it, so that other tests may run their own."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


AXE = (Path(__file__).parent / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@contextmanager
def opened(browser: Any, url: str, width: int = 1280, scheme: str = "light", **more: Any) -> Iterator[Any]:
    """A page in a fresh context; what goes wrong in it is gathered in `page.faults`."""
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": 900}, color_scheme=scheme, **more
    )
    page = context.new_page()
    page.faults = []
    expected = "Failed to load resource"
    page.on(
        "console",
        lambda m: (
            page.faults.append(m.text) if m.type in ("error", "warning") and expected not in m.text else None
        ),
    )
    page.on("pageerror", lambda e: page.faults.append(str(e)))

    def watched(request: Any) -> None:
        if urlsplit(request.url).hostname not in ("127.0.0.1", "localhost"):
            page.faults.append(f"asked {request.url}")

    page.on("request", watched)
    try:
        yield page
        assert not page.faults
    finally:
        context.close()


def until(page: Any, true: str) -> None:
    """Wait for an expression to hold; the page's own policy forbids it to evaluate text itself."""
    limit = time.monotonic() + 20
    while not page.evaluate(true):
        assert time.monotonic() < limit, f"never: {true}"
        time.sleep(0.02)


def ready(page: Any, path: str) -> None:
    """Go to a page and wait until it is no longer working."""
    page.goto(path)
    page.wait_for_selector(".head:not(.working)", timeout=60_000)


def fits(page: Any, path: str, width: int) -> None:
    """Nothing is wider than the screen but what scrolls by itself, and every picture has a size."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{path} is {wide} wide on a screen of {width}"
    for drawn in page.locator("svg.drawn").all():
        box = drawn.bounding_box()
        assert box is not None and box["height"] > 30


def barriers(page: Any, only: dict[str, Any]) -> list[tuple[str, ...]]:
    """Serious and critical violations axe finds."""
    found = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
    return [
        (v["id"], v["impact"], v["nodes"][0]["html"][:160], v["nodes"][0]["failureSummary"][:200])
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]


@pytest.fixture(scope="session")
def hand() -> SimpleNamespace:
    """What every browser test does with a page: open it, wait for it, measure it, look for barriers."""
    return SimpleNamespace(opened=opened, ready=ready, until=until, fits=fits, barriers=barriers, axe=AXE)
