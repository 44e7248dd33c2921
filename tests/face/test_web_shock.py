"""The Situation's last columns: computed in the background, told, shown when there, each cell a link."""

import html
import re
from typing import Any

import pytest

from oresight.face.web import scenarios
from oresight.face.web.apart import apart
from oresight.face.web.pages import shock, situation
from oresight.face.web.state import read, with_more
from oresight.studies.plan import study as plan
from oresight.studies.stress.scenario import parse

HTML = {"accept": "text/html"}


def test_columns_appear_once_the_shock_was_computed(workbench: Any) -> None:
    with workbench.client() as client:
        query = "?coalition=KOR"
        before = client.get(f"/{query}", headers=HTML)
        assert 'data-later="/shock?coalition=KOR"' in before.text and "Being computed" in before.text
        page = client.get(f"/shock{query}", headers=HTML)
        assert page.status_code == 200 and '<section id="stress"' in page.text
        after = client.get(f"/{query}", headers={**HTML, "if-none-match": before.headers["etag"]})
        assert after.status_code == 200 and "data-later" not in after.text
        found = shock.played(read({"coalition": "KOR"}))
        assert found is not None
        row = re.search(r"<tr><th scope=\"row\"[^>]*><a href=\"/commodity/gallium[^\n]*", after.text)
        assert row is not None
        cells = re.findall(r'<td[^>]*data-v="([^"]+)"[^>]*><a href="([^"]+)"', row.group(0))[-4:]
        own = found.columns()["gallium"]
        assert [float(v) for v, _ in cells] == [
            own[k] for k in ("shortage", "price_peak", "missing_pipeline", "missing_plan")
        ]
        for href in (cells[0][1], cells[2][1]):
            path = html.unescape(href)
            assert "coalition=KOR" in path and path.startswith(("/stress?", "/plan?"))
        others = re.search(r"<tr><th scope=\"row\"[^>]*><a href=\"/commodity/lithium[^\n]*", after.text)
        assert others is not None and others.group(0).count('title="unknown"') >= 4


def test_the_shock_of_another_supplier_is_a_stop_by_that_supplier() -> None:
    state = read({"supplier": "IDN"})
    assert shock.asked(read({})) == {"scenario": "everything-12-months"}
    own = scenarios.as_toml(with_more(state, **shock.asked(state)))
    assert 'from = ["IDN"]' in own and 'to = ["all"]' in own and parse(own, "t").name == "your-scenario"
    assert situation.stamp(read({"supplier": "IDN", "coalition": "KOR"})) == ""


def test_a_study_apart_answers_as_it_does_here() -> None:
    told: list[float] = []
    found = apart(
        "plan",
        {"coalition": "JPN", "supplier": "CHN", "commodity": ["gallium"], "curves": False},
        lambda share, doing: told.append(share),
        patient=True,
    )
    here = plan.plan("JPN", "CHN", ["gallium"], curves=False)
    assert found.finding == here.finding and found.sheet("commodities") == here.sheet("commodities")
    assert told and max(told) <= 1.0


@pytest.mark.parametrize("field", ["missing_pipeline", "missing_plan"])
def test_the_plan_holds_what_the_columns_need(field: str) -> None:
    assert field in plan.plan("JPN", "CHN", ["gallium"], curves=False).sheet("commodities").names()
