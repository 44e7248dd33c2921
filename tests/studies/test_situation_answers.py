"""The answers the brief opens with: shape, honesty, agreement with each other."""

import json

import pytest

from oresight.core.answer import Answer
from oresight.studies import claims, concentration, explain, quality, situation
from oresight.studies.dependence import dependence


@pytest.fixture(scope="module")
def glance() -> Answer:
    return situation.situation()


def test_scope(glance: Answer) -> None:
    """At least 24 commodities, magnets and their heavy elements apart."""
    ids = set(glance.sheets[0].column("commodity"))
    assert len(ids) >= 24
    assert {
        "neodymium-praseodymium",
        "dysprosium-terbium",
        "rare-earths-light",
        "gallium",
        "graphite-battery",
    } <= ids


def test_situation_agrees_with_dependence(glance: Answer) -> None:
    direct = {r["commodity"]: r for r in dependence("g7plus-2026").sheets[0].records()}
    for row in glance.sheets[0].records():
        assert row["exposure"] == direct[row["commodity"]]["exposure"]


def test_members_bound_the_coalition(glance: Answer) -> None:
    """A coalition's exposure lies between its members' least and greatest."""
    per = situation.members().sheets[0].records()
    for row in glance.sheets[0].records():
        own = [r["exposure"] for r in per if r["commodity"] == row["commodity"] and r["exposure"] is not None]
        if own and row["exposure"] is not None:
            assert min(own) - 1e-9 <= row["exposure"] <= max(own) + 1e-9


def test_supplier_leads_most_strategic_minerals() -> None:
    """IEA 2025: China leads the refining of 19 of 20, about 70 % on average."""
    rows = [r for r in concentration.concentration().sheets[0].records() if r["share"] is not None]
    led = [r for r in rows if r["supplier_leads"]]
    assert len(led) / len(rows) >= 0.85
    assert 0.6 <= sum(r["supplier_share"] for r in led) / len(led) <= 0.8


def test_claims_compute_every_figure() -> None:
    rows = claims.claims().sheets[0].records()
    assert len(rows) == 7
    assert all(r["found"] is not None and r["method"] and r["holds"] for r in rows)


def test_every_answer_is_json_and_names_its_basis(glance: Answer) -> None:
    for answer in (glance, situation.world(), quality.quality(), claims.demand()):
        assert json.loads(json.dumps(answer.as_dict(), allow_nan=False))["finding"]
        assert answer.basis.tables


def test_explain_walks_back_to_rows(glance: Answer) -> None:
    figure = next(str(r["figure"]) for r in glance.sheets[0].records() if r["commodity"] == "tungsten")
    answer = explain.explain(figure)
    assert {"figures", "production", "trade", "codes", "sources"} <= {s.name for s in answer.sheets}
    shares = {r["field"]: r["value"] for r in answer.sheet("figures").records()}
    assert float(shares["exposure"]) == pytest.approx(
        next(r["exposure"] for r in glance.sheets[0].records() if r["commodity"] == "tungsten")
    )


def test_explained_import_share_is_the_share_of_the_rows_shown() -> None:
    """The rows `explain` shows really make the figure (measure §1)."""
    answer = explain.explain("dependence.import_share:JPN:rare-earths:2023:CHN")
    rows = answer.sheet("trade").records()
    total = sum(r["gross_t"] for r in rows if r["gross_t"])
    part = sum(r["gross_t"] for r in rows if r["exporter"] == "CHN")
    assert float(answer.sheet("figures").records()[0]["value"]) == pytest.approx(part / total, rel=1e-6)
