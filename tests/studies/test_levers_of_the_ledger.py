"""Levers as data: rungs kept apart, supplier's projects left out, missing figures filled and marked (plan §1)."""

from oresight.studies.plan.levers import ledger_levers, rungs
from oresight.studies.plan.levers_costs import reference_cost, value_added

GALLIUM = {("gallium", "refine")}


def test_running_committed_and_candidate_capacity_add_up_to_nameplate() -> None:
    """plan §1: what runs, what is funded and what is only announced never overlap."""
    row = {"nameplate": 100.0, "funded": 60.0, "commissioned": 20.0, "actual": None, "content": 0.5}
    assert rungs(row, {"status": "operating", "start_year": 2020}) == (10.0, 20.0, 20.0)
    assert rungs(row, {"status": "construction", "start_year": 2028}) == (0.0, 30.0, 20.0)


def test_hosts_left_out_have_no_lever() -> None:
    """plan §1: the supplier's own projects are no way out."""
    every = ledger_levers(GALLIUM, set())
    assert {x.country for x in every} >= {"AUS", "USA"}
    assert all(x.country != "AUS" for x in ledger_levers(GALLIUM, {"AUS"}))


def test_a_filled_figure_says_so() -> None:
    """plan §1: capital of a project that states none is its class's, and marked."""
    gramercy = next(x for x in ledger_levers(GALLIUM, set()) if x.id == "gramercy")
    assert "capital" in gramercy.filled
    assert gramercy.confidence == "assumption"
    assert gramercy.capital == reference_cost("gallium", "refine").capital * 50.0 * 1.25


def test_value_added_is_price_less_feed() -> None:
    """plan §1: a tonne of tin metal takes ore at its price."""
    assert 0 < value_added("tin", "refine") < value_added("tin", "mine")
