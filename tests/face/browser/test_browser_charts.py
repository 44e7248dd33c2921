"""Charts that are pointed at: the same specification through Vega-Embed, under the strict policy, and never needed."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def enlivened(page: Any, chart: str) -> Any:
    """The chart, pointed at, once Vega-Embed has drawn it."""
    place = page.locator(f"#{chart}-chart [data-spec]")
    place.scroll_into_view_if_needed()
    place.hover()
    place.locator(".live-view svg").wait_for(timeout=60_000)
    return place


def told_of(page: Any, mark: Any, words: str) -> Any:
    """What is told of a mark, once it says the words; a chart still settling is pointed at again."""
    from playwright.sync_api import TimeoutError as Late

    told = page.locator(".told", has_text=words)
    for _ in range(20):
        mark.hover(force=True)
        try:
            told.wait_for(timeout=1_500)
        except Late:
            page.mouse.move(0, 0)
        else:
            return told
    raise AssertionError(f"nothing said {words!r} in half a minute")


def test_a_chart_says_what_its_marks_are_and_fetches_nothing_before(
    workbench: Any, browser: Any, hand: Any
) -> None:
    with hand.opened(browser, workbench.url) as page:
        fetched: list[str] = []
        page.on("request", lambda r: fetched.append(r.url))
        hand.ready(page, "/commodity/gallium")
        page.wait_for_load_state("networkidle")
        assert not [u for u in fetched if "vega" in u or ".vl.json" in u]
        drawn = page.locator("#chain-chart svg.drawn").bounding_box()
        place = enlivened(page, "chain")
        live = place.locator(".live-view svg").bounding_box()
        assert abs(live["width"] - drawn["width"]) < 12 and abs(live["height"] - drawn["height"]) < 12
        assert not place.locator("svg.drawn").is_visible()
        told = told_of(page, place.locator(".live-view g.mark-rect path").first, "China: 99%")
        page.emulate_media(media="print")
        assert place.locator("svg.drawn").is_visible() and not told.is_visible()


def test_a_line_says_its_points_and_a_reader_of_keys_wakes_it_too(
    workbench: Any, browser: Any, hand: Any
) -> None:
    with hand.opened(browser, workbench.url, scheme="dark") as page:
        hand.ready(page, "/")
        place = page.locator("#history-chart [data-spec]")
        place.focus()
        place.locator(".live-view svg").wait_for(timeout=60_000)
        told_of(page, place.locator(".live-view g.mark-symbol path").first, "year 1995")


def test_the_drawn_chart_stays_where_the_library_fails(workbench: Any, browser: Any, hand: Any) -> None:
    with hand.opened(browser, workbench.url) as page:
        page.route("**/vega.js", lambda route: route.abort())
        hand.ready(page, "/commodity/gallium")
        place = page.locator("#chain-chart [data-spec]")
        place.hover()
        hand.until(page, "document.querySelector('#chain-chart [data-spec]').dataset.live === 'failed'")
        assert place.locator("svg.drawn").is_visible() and place.locator(".live-view").count() == 0


def test_page_with_the_library_stays_in_its_budget(workbench: Any) -> None:
    with workbench.client() as client:
        page = client.get("/", headers={"accept": "text/html"})
        address = page.text.partition('data-vega="')[2].partition('"')[0]
        script = client.get(address)
        assert script.status_code == 200 and "immutable" in script.headers["cache-control"]
        parts = [p.partition('"')[0] for p in page.text.split('="/static/')[1:] if "/vega.js" not in p]
        linked = [client.get(f"/static/{p}") for p in dict.fromkeys(parts)]
        assert all(a.status_code == 200 for a in linked)
        assert sum(len(a.content) for a in (page, script, *linked)) < 1_500_000
        with client.stream("GET", address, headers={"accept-encoding": "gzip"}) as answer:
            assert len(b"".join(answer.iter_raw())) < 330_000
