"""The API under /api: described, in the shape it promises, and unbroken by any parameter."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.specs.openapi.checks import positive_data_acceptance

from oresight.face.web import api_models
from oresight.face.web.shapes import AnswerShape, ErrorShape
from oresight.studies import dependence


@pytest.fixture(scope="module")
def client(workbench: Any) -> Iterator[httpx.Client]:
    with workbench.client() as found:
        yield found


def described(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


def test_every_address_is_described_with_an_example(client: httpx.Client) -> None:
    paths = described(client)["paths"]
    assert len(paths) >= 16 and all(p.startswith("/api/") for p in paths)
    for path, methods in paths.items():
        for about in methods.values():
            assert about["summary"] and about["description"], path
            good = about["responses"]["200"]["content"]["application/json"]
            assert "example" in good or "schema" in good, path
            assert "422" in about["responses"], path


def test_the_examples_have_the_promised_shape(client: httpx.Client) -> None:
    for methods in described(client)["paths"].values():
        for about in methods.values():
            for status, response in about["responses"].items():
                example = response.get("content", {}).get("application/json", {}).get("example")
                if example is not None:
                    (AnswerShape if status == "200" else ErrorShape).model_validate(example)


def test_answers_are_the_studies_own(client: httpx.Client) -> None:
    body = client.get("/api/dependence?who=JPN&commodity=gallium").json()
    AnswerShape.model_validate(body)
    assert body == json.loads(json.dumps(dependence.dependence("JPN", ["gallium"]).as_dict()))


@pytest.mark.parametrize(
    "path",
    [
        "/api/situation",
        "/api/members?coalition=g7",
        "/api/world?supplier=COD",
        "/api/history",
        "/api/concentration?supplier=IDN",
        "/api/commodity/nickel?supplier=IDN",
        "/api/country/Korea, South",
        "/api/claims",
        "/api/track?on=2026-11-22&member=AUS",
        "/api/events?commodity=gallium&to=USA",
        "/api/quality",
        "/api/tables",
        "/api/tables/stages?rows=3",
        "/api/explain?figure=dependence.exposure:DEU:lithium:2023:CHN",
        "/api/ask?q=japan gallium",
    ],
)
def test_every_address_answers_in_its_shape(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[:300]
    AnswerShape.model_validate(answer.json())


def test_names_lists_what_is_understood(client: httpx.Client) -> None:
    body = client.get("/api/names").json()
    assert {"id": "JPN", "name": "Japan"} in body["countries"]
    assert "g7plus-2026" in {b["id"] for b in body["coalitions"]}


@pytest.mark.parametrize(
    "path", ["/api/explain", "/api/situation?year=1890", "/api/track?days=x", "/api/ask?q="]
)
def test_a_bad_question_has_the_one_shape(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    ErrorShape.model_validate(answer.json())


def test_answers_keep_the_description(workbench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schemathesis makes good and bad requests of every address and holds each answer to the description.

    What takes long, the game of all members and plans of all minerals, is stood for by answers of the same shape.
    """
    quick = dependence.dependence("JPN", ("gallium",))
    monkeypatch.setattr(api_models, "apart", lambda study, asked, tell: quick)
    monkeypatch.setattr(api_models, "withstand", lambda *asked, **more: quick)
    whole = api_models.plan.plan
    monkeypatch.setattr(api_models.plan, "plan", lambda *a: whole(*a[:2], a[2] or ["gallium"], *a[3:]))
    described_api = schemathesis.openapi.from_url(f"{workbench.url}/api/openapi.json")
    asked = 0
    for found in described_api.get_all_operations():
        operation = found.ok()
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

            @settings(
                max_examples=6,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                nonlocal asked
                asked += 1
                # a name the catalogue does not hold is text as good as any to a description
                case.call_and_validate(timeout=60, excluded_checks=[positive_data_acceptance])

            try:
                ask()
            except Unsatisfiable:
                # an address without parameters cannot be asked wrongly
                assert not list(operation.iter_parameters())
    assert asked > 100
