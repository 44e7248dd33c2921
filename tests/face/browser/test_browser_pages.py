"""Every page in a real browser: wide and narrow, light and dark, without an error, a foreign request or a barrier."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/commodity",
    "/commodity/neodymium-praseodymium",
    "/country",
    "/country/JPN",
    "/stress?scenario=october-2025&draws=4",
    "/stress?from=CHN&to=JPN&what=rare-earths&cut=80&months=18&draws=2",
    "/record",
    "/plan?commodity=gallium&targets=cap=65%25@2030",
    "/coalition?coalition=JPN,KOR&commodity=gallium&sets=all",
    "/coalition?coalition=JPN",
    "/shock",
    "/tracker",
    "/check",
    "/purchases",
    "/saved",
    "/sources",
    "/sources/stages",
    "/explain?figure=dependence:JPN:gallium:2024:CHN",
    "/api",
    "/commodity/galium",
)
NARROW = 360


@pytest.mark.parametrize("path", PAGES)
def test_page_fits_and_has_neither_fault_nor_barrier(
    workbench: Any, browser: Any, hand: Any, path: str
) -> None:
    """Wide and narrow, light and dark; axe looks at everything in light, at contrast again in dark."""
    with hand.opened(browser, workbench.url) as page:
        hand.ready(page, path)
        assert page.locator("h1").count() == 1
        hand.fits(page, path, 1280)
        page.evaluate(hand.axe)
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
        assert not hand.barriers(page, {"type": "tag", "values": tags})
        page.emulate_media(color_scheme="dark")
        assert not hand.barriers(page, {"type": "rule", "values": ["color-contrast", "link-in-text-block"]})
        page.set_viewport_size({"width": NARROW, "height": 800})
        hand.fits(page, path, NARROW)


def test_page_is_whole_without_script(workbench: Any, browser: Any, hand: Any) -> None:
    with hand.opened(browser, workbench.url, java_script_enabled=False) as page:
        page.goto("/commodity/gallium")
        assert page.locator("svg.drawn").count() >= 3
        page.locator(".as-table summary").first.click()
        assert page.locator(".as-table table").first.is_visible()
        page.select_option("select[name=supplier]", "RUS")
        page.get_by_role("button", name="Show").click()
        assert "supplier=RUS" in page.url
        page.locator("td a.from:visible").first.click()
        assert page.locator("h1").count() == 1 and ("/explain?" in page.url or ".from?" in page.url)


def test_back_forward_and_reload_keep_the_view(workbench: Any, browser: Any, hand: Any) -> None:
    with hand.opened(browser, workbench.url) as page:
        hand.ready(page, "/")
        page.select_option("select[name=coalition]", "JPN")
        page.get_by_role("button", name="Show").click()
        page.wait_for_url("**coalition=JPN**")
        first = page.locator("h1").inner_text()
        assert "Japan" in first
        page.locator("tbody th a", has_text="Gallium").first.click()
        page.wait_for_url("**/commodity/gallium?coalition=JPN")
        page.go_back()
        page.wait_for_url("**coalition=JPN**")
        assert page.locator("h1").inner_text() == first
        assert page.locator("select[name=coalition]").input_value() == "JPN"
        page.go_forward()
        assert page.url.endswith("/commodity/gallium?coalition=JPN")
        shared = page.url
    with hand.opened(browser, workbench.url) as other:
        hand.ready(other, shared)
        assert other.locator("select[name=coalition]").input_value() == "JPN"


def test_a_figure_says_where_it_comes_from_beside_the_page(workbench: Any, browser: Any, hand: Any) -> None:
    with hand.opened(browser, workbench.url) as page:
        hand.ready(page, "/country/JPN")
        before = page.url
        link = page.locator("td a.from").first
        link.focus()
        page.keyboard.press("Enter")
        panel = page.locator("dialog#from")
        panel.wait_for(state="visible")
        assert "network §5" in panel.inner_text()
        assert page.url == before
        page.keyboard.press("Escape")
        panel.wait_for(state="hidden")
        assert page.evaluate("document.activeElement.className") == "from"


def test_figures_of_a_run_are_walked_by_arrows_and_asked_by_enter(
    workbench: Any, browser: Any, hand: Any
) -> None:
    with hand.opened(browser, workbench.url) as page:
        hand.ready(page, "/stress?scenario=indonesia-nickel&draws=2")
        table = page.locator("#summary-table table")
        assert table.locator('td a.from:not([tabindex="-1"])').count() == 1
        table.locator("td a.from").first.focus()
        first = page.evaluate("document.activeElement.closest('td').cellIndex")
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.closest('td').cellIndex") > first
        said = page.evaluate("document.activeElement.textContent")
        page.keyboard.press("Enter")
        panel = page.locator("dialog#from")
        panel.wait_for(state="visible")
        text = panel.inner_text()
        assert said in text and "Assumptions" in text and "market §" in text
        page.evaluate(hand.axe)
        assert not hand.barriers(page, {"type": "tag", "values": ["wcag2a", "wcag2aa"]})
        panel.get_by_role("link", name="Its rows on this").first.click()
        page.locator("dialog#from h3", has_text="Sources").wait_for()
        page.keyboard.press("Escape")
        panel.wait_for(state="hidden")
        assert page.evaluate("document.activeElement.textContent") == said


def test_tables_sort_by_keyboard_and_keep_the_unknown_last(workbench: Any, browser: Any, hand: Any) -> None:
    with hand.opened(browser, workbench.url) as page:
        hand.ready(page, "/")
        table = page.locator("table.sortable").first
        head = table.locator("th", has_text="mine").last
        head.locator("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        shares = table.locator("tbody tr td:nth-child(2)").all_inner_texts()
        known = [float(s.rstrip("%")) for s in shares if s != "–"]
        assert known == sorted(known, reverse=True) and len(known) > 10
        assert all(s == "–" for s in shares[len(known) :])
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("japan gallium", "/commodity/gallium?coalition=JPN"),
        ("what is korea most vulnerable to", "/country/KOR"),
        ("are we on track", "/tracker"),
        ("if china stops magnets", "/stress?from=CHN&what=neodymium-praseodymium"),
        ("what is the cheapest way out for gallium", "/plan?commodity=gallium"),
        ("who pays for gallium", "/coalition?commodity=gallium"),
        ("is it true", "/check"),
        ("where do the data come from", "/sources"),
    ],
)
def test_the_questions_are_reached_by_keyboard_alone(
    workbench: Any, browser: Any, hand: Any, asked: str, there: str
) -> None:
    with hand.opened(browser, workbench.url) as page:
        hand.ready(page, "/")
        page.keyboard.press("/")
        page.keyboard.type(asked)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{there}")
        page.wait_for_selector(".head:not(.working)")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")


def test_downloads_open(workbench: Any, browser: Any, hand: Any, tmp_path: Path) -> None:
    starts: dict[str, Callable[[bytes], bool]] = {
        "CSV": lambda b: b.startswith(b"from_stage,"),
        "SVG": lambda b: b.startswith(b"<svg"),
        "PNG": lambda b: b.startswith(b"\x89PNG"),
    }
    with hand.opened(browser, workbench.url, accept_downloads=True) as page:
        hand.ready(page, "/commodity/gallium")
        chart = page.locator("#chain-chart")
        for name, good in starts.items():
            with page.expect_download() as waiting:
                chart.get_by_role("link", name=name, exact=True).click()
            kept = tmp_path / waiting.value.suggested_filename
            waiting.value.save_as(kept)
            assert good(kept.read_bytes()), name


def test_an_article_is_pasted_checked_and_read_by_keyboard(workbench: Any, browser: Any, hand: Any) -> None:
    with hand.opened(browser, workbench.url) as page:
        hand.ready(page, "/check")
        page.locator("textarea").focus()
        page.keyboard.type("China imposed export controls on permanent magnets on 9 October 2021.")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/check?article=*")
        page.wait_for_selector("mark.v-wrong")
        assert "9 October 2025" in page.locator("#note-1").inner_text()
        page.evaluate(hand.axe)
        assert not hand.barriers(page, {"type": "tag", "values": ["wcag2a", "wcag2aa"]})
        page.emulate_media(color_scheme="dark")
        assert not hand.barriers(page, {"type": "rule", "values": ["color-contrast"]})
        page.set_viewport_size({"width": NARROW, "height": 800})
        hand.fits(page, "/check", NARROW)


def test_a_scenario_is_built_played_and_kept(
    workbench: Any, browser: Any, hand: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORESIGHT_HOME", str(tmp_path))
    with hand.opened(browser, workbench.url) as page:
        hand.ready(page, "/stress?draws=2")
        page.get_by_text("Write your own").click()
        own = page.get_by_role("form", name="Your own scenario")
        own.get_by_label("to whom").select_option("JPN")
        own.get_by_label("what").select_option("germanium")
        own.get_by_label("by, %").fill("90")
        own.get_by_role("button", name="Play").click()
        page.wait_for_url("**what=germanium**")
        page.wait_for_selector(".head:not(.working)", timeout=60_000)
        assert "China cuts 90% of germanium to Japan" in page.locator(".question").first.inner_text()
        page.get_by_label("Keep this under a name").fill("germanium to Japan")
        page.get_by_role("button", name="Keep").click()
        page.wait_for_url("**/saved")
        page.get_by_role("link", name="germanium to Japan").click()
        page.wait_for_url("**what=germanium**")
        page.go_back()
        page.get_by_role("button", name="Remove germanium to Japan").click()
        page.wait_for_url("**/saved")
        assert page.get_by_role("link", name="germanium to Japan").count() == 0


def test_members_leave_the_table_by_keyboard_and_what_moves_is_shown(
    workbench: Any, browser: Any, hand: Any
) -> None:
    with hand.opened(browser, workbench.url) as page:
        hand.ready(page, "/coalition?coalition=JPN,KOR,USA&commodity=gallium")
        page.get_by_label("South Korea", exact=True).focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_url("**/coalition?coalition=USA%2CJPN&commodity=gallium")
        page.wait_for_selector(".head:not(.working)", timeout=120_000)
        assert (
            "Japan, United States" in page.locator("h1").inner_text()
            or "United States, Japan" in page.locator("h1").inner_text()
        )
        assert not page.get_by_label("South Korea", exact=True).is_checked()
        page.go_back()
        page.wait_for_url("**JPN,KOR,USA**")
        assert page.get_by_label("South Korea", exact=True).is_checked()


def test_first_paint_of_a_kept_view_is_quick(workbench: Any, browser: Any, hand: Any) -> None:
    with hand.opened(browser, workbench.url) as page:
        hand.ready(page, "/")
        seen = []
        for _ in range(3):
            page.goto("/", wait_until="load")
            hand.until(page, "performance.getEntriesByName('first-contentful-paint').length > 0")
            seen.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        assert min(seen) < 1000, seen
