"""The progress of a long run in a real browser: shown, cancelled by its button, stopped by leaving, then reloaded."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from oresight.core.progress import Reporter, report
from oresight.face.web import registry
from oresight.face.web.blocks import View
from oresight.face.web.pages import country
from oresight.face.web.settings import Settings
from oresight.face.web.state import State

pytestmark = pytest.mark.browser

SECONDS = 2.0
RUNS: list[str] = []


def slowly(target: str, state: State, reporter: Reporter) -> View:
    """The page of a country, made two seconds later, told step by step."""
    RUNS.append("begun")
    steps = 40
    try:
        for step in range(steps):
            report(reporter, step / steps, f"step {step} of {steps}")
            time.sleep(SECONDS / steps)
    except BaseException:
        RUNS.append("stopped")
        raise
    found = country.build(target, state, reporter)
    RUNS.append("made")
    return found


@pytest.fixture
def slow(serve: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    RUNS.clear()
    usual = registry.pages()
    slowed = tuple(
        p
        if p.id != "country"
        else registry.Page(p.id, p.path, p.label, p.order, slowly, p.own, "slow", p.switches)
        for p in usual
    )
    monkeypatch.setattr("oresight.face.web.routes.pages", lambda: slowed)
    with serve(Settings(warm=False, patience=0.2)) as found:
        yield found


def until(page: Any, true: str) -> None:
    """Wait for an expression to hold; the page's own policy forbids it to evaluate text itself."""
    limit = time.monotonic() + 20
    while not page.evaluate(true):
        assert time.monotonic() < limit, f"never: {true}"
        time.sleep(0.02)


def ended(what: str, seconds: float = 15.0) -> bool:
    """Whether the run came to an end of that kind."""
    limit = time.monotonic() + seconds
    while what not in RUNS and time.monotonic() < limit:
        time.sleep(0.02)
    return what in RUNS


def test_progress_is_shown_and_turns_into_the_result(slow: Any, browser: Any) -> None:
    context = browser.new_context(base_url=slow.url)
    page = context.new_page()
    assert page.goto("/country/JPN").status == 202
    until(page, "document.querySelector('progress').value > 0.1")
    assert "step" in page.locator(".doing").inner_text()
    page.wait_for_selector(".head:not(.working)", timeout=30_000)
    assert "Japan" in page.locator("h1").inner_text()
    assert RUNS == ["begun", "made"]
    context.close()


def test_cancel_stops_the_run(slow: Any, browser: Any) -> None:
    context = browser.new_context(base_url=slow.url)
    page = context.new_page()
    page.goto("/country/DEU")
    until(page, "document.querySelector('progress').value > 0")
    page.get_by_role("button", name="Cancel").click()
    assert ended("stopped")
    assert page.locator(".doing").inner_text() == "Cancelled"
    assert "made" not in RUNS
    context.close()


def test_a_closed_tab_stops_the_run_unless_another_waits(slow: Any, browser: Any) -> None:
    context = browser.new_context(base_url=slow.url)
    one, two = context.new_page(), context.new_page()
    one.goto("/country/FRA")
    two.goto("/country/FRA")
    for page in (one, two):
        until(page, "document.querySelector('progress').value > 0")
    one.close()
    two.wait_for_selector(".head:not(.working)", timeout=30_000)
    assert RUNS == ["begun", "made"], "two tabs share one run, and it outlives one of them"
    context.close()


def test_progress_works_without_script(slow: Any, browser: Any) -> None:
    context = browser.new_context(base_url=slow.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/country/ITA")
    page.wait_for_selector(".head:not(.working)", timeout=30_000)
    assert "Italy" in page.locator("h1").inner_text()
    context.close()


def test_the_situation_completes_itself_while_it_is_read(workbench: Any, browser: Any, hand: Any) -> None:
    with hand.opened(browser, workbench.url) as page:
        page.goto("/?coalition=FRA")
        page.wait_for_selector(".later, th:has-text('use lost')")
        page.wait_for_selector("th:has-text('use lost')", timeout=120_000)
        assert page.locator(".later").count() == 0
        head = page.locator("#situation th", has_text="use lost")
        head.locator("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        assert page.locator("#situation tbody th").first.inner_text().startswith("Gallium")
