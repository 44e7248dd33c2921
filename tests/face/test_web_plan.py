"""The Plan page: solved as the study solves it, with a budget and targets, bad ones told."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from oresight.studies.plan.study import plan

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def client(workbench: Any) -> Iterator[httpx.Client]:
    with workbench.client() as found:
        yield found


def test_page_shows_what_the_study_finds(client: httpx.Client) -> None:
    body = client.get("/plan.json?commodity=gallium").json()
    assert body["finding"] == plan(commodity=["gallium"]).finding
    page = client.get("/plan?commodity=gallium", headers=HTML)
    assert page.status_code == 200
    for part in ("portfolio", "commodities", "curve", "frontier", "delay", "members"):
        assert f'<section id="{part}"' in page.text
    for chart in ("gantt", "curve", "frontier", "delay"):
        assert client.get(f"/plan.svg?commodity=gallium&chart={chart}").text.startswith("<svg")


def test_targets_and_budget_reach_the_study(client: httpx.Client) -> None:
    body = client.get(
        "/plan.json", params={"commodity": "gallium", "targets": "cap=65%@2030", "budget": "0.5"}
    ).json()
    asked = body["answers"][0]["parameters"]
    assert asked["targets"] == ["cap=65%@2030"] and asked["budget"] == 0.5e9


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("budget=x", "billion USD"),
        ("targets=magic", "cannot be read"),
        ("targets=" + "%3B".join(["cap=65%25@2030"] * 9), "at most 8"),
        ("commodity=unobtainium", "unknown commodity"),
    ],
)
def test_what_cannot_be_planned_says_why(client: httpx.Client, query: str, said: str) -> None:
    answer = client.get(f"/plan.json?{query}")
    assert answer.status_code == 422
    body = answer.json()["error"]
    assert said in f"{body['what']}; {body['mend']}"
