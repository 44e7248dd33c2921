"""No parameter and no target breaks a page: good answers, or a clear refusal in the one shape, never a fault."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from oresight.core.answer import Answer
from oresight.face.web import scenarios
from oresight.face.web.pages import coalition as coalition_page
from oresight.face.web.pages import plan as plan_page
from oresight.face.web.pages import shock as shock_page
from oresight.studies.plan.study import plan
from oresight.studies.share.study import share
from oresight.studies.stress.study import stress


@pytest.fixture(scope="module")
def client(workbench: Any) -> Iterator[httpx.Client]:
    with workbench.client() as found:
        yield found


TEXT = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "JPN", "g7", "gallium", "../../etc/passwd", "'; DROP TABLE x; --", "{{7*7}}", "\x00", "nan", "-1", "1e99",
            "𝟐𝟎𝟐𝟒", "²", "CHN,CHN", ",", "%", "a" * 1999, "dependence:JPN:gallium:2024:CHN", "trade:year=2024",
            "dependence:::0:", "mine_production:commodity", "2026-02-30", "9999-12-31", "if china stops magnets",
        ]
    ),
)  # fmt: skip
QUERIES = {
    "/": ("coalition", "supplier", "year"),
    "/situation.csv": ("coalition", "supplier", "year", "sheet"),
    "/commodity/gallium.json": ("coalition", "supplier", "year"),
    "/country/JPN.json": ("supplier", "year"),
    "/country.svg": ("supplier", "year", "chart"),
    "/explain": ("figure", "bare", "coalition"),
    "/tracker.json": ("on", "member", "commodity", "days"),
    "/tracker.ics": ("on", "days"),
    "/sources.json": ("year",),
    "/search": ("q", "coalition", "supplier", "year"),
    "/api/events": ("on", "to", "by", "commodity", "hs"),
    "/api/history": ("coalition", "supplier", "group"),
    "/api/dependence": ("who", "commodity", "supplier", "year"),
    "/situation.from": ("sheet", "column", "row", "bare", "year"),
    "/commodity/gallium.vl.json": ("chart", "coalition", "year"),
    "/coalition/choose": ("member", "commodity", "supplier", "year"),
    "/stress.json": ("coalition", "scenario", "compare", "draws", "focus", "plan"),
    "/stress.csv": scenarios.FIELDS,
    "/plan.json": ("coalition", "supplier", "commodity", "budget", "targets", "focus"),
    "/coalition.json": ("coalition", "supplier", "commodity", "sets"),
    "/shock.json": ("coalition", "supplier"),
    "/purchases.json": ("supplier", "list", "home"),
}
BASE = {
    "/stress.json": {"scenario": "gallium-germanium-2023", "draws": "1"},
    "/stress.csv": {"what": "gallium", "draws": "1", "sheet": "summary"},
    "/plan.json": {"commodity": "gallium"},
}
"""What is asked where the fuzz leaves it out: the quickest question of a page that computes."""


@pytest.fixture(scope="module")
def small() -> dict[str, Answer]:
    """Answers of one metal, for studies that take long over all of them."""
    return {
        "share": share("JPN,KOR", commodity=["gallium"], quick=True),
        "stress": stress("gallium-germanium-2023", commodity=["gallium"], draws=1),
        "plan": plan(commodity=["gallium"], curves=False),
    }


@pytest.mark.parametrize("path", QUERIES)
def test_no_parameter_breaks_a_page(
    client: httpx.Client, path: str, small: dict[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over all minerals some pages compute for a minute: answers of one metal stand for those."""
    for page in (coalition_page, shock_page):
        monkeypatch.setattr(page, "apart", lambda study, asked, tell, patient=False: small[study])
    monkeypatch.setattr(plan_page, "plan", lambda *a, **k: plan(*a[:2], a[2] or ["gallium"], *a[3:], **k))

    @settings(
        max_examples=25,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.fixed_dictionaries({}, optional=dict.fromkeys(QUERIES[path], TEXT)))
    def ask(query: dict[str, str]) -> None:
        answer = client.get(path, params={**BASE.get(path, {}), **query}, follow_redirects=False)
        assert answer.status_code in (200, 303, 308, 404, 414, 422), (
            query,
            answer.status_code,
            answer.text[:300],
        )
        if answer.status_code >= 400:
            assert set(answer.json()) == {"error"}

    ask()


@pytest.mark.parametrize("room", ["/commodity/", "/country/", "/sources/"])
def test_no_target_breaks_a_page(client: httpx.Client, room: str) -> None:
    @settings(
        max_examples=25,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(TEXT)
    def ask(target: str) -> None:
        answer = client.get(room + quote(target, safe=""), follow_redirects=False)
        assert answer.status_code in (200, 308, 404, 414, 422), (
            target,
            answer.status_code,
            answer.text[:300],
        )

    ask()
