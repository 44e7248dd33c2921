"""The plan of one commodity, end to end on the catalogue (plan §1-§8)."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.core.answer import Answer
from oresight.core.errors import Infeasible, StudyError
from oresight.plan.programme import cheapest_plan
from oresight.studies import names
from oresight.studies.plan.case import plan_case, years_of
from oresight.studies.plan.draws import SHARED, Sampler, value_bands
from oresight.studies.plan.prices import home_market, long_run
from oresight.studies.plan.replay import CLOSE, plant
from oresight.studies.plan.solve import dearer_by_commodity, loss_by_commodity
from oresight.studies.plan.study import plan, planned
from oresight.studies.plan.targets import read_target
from oresight.studies.plan.values import height


@pytest.fixture(scope="module")
def answer() -> Answer:
    return plan(commodity=["gallium"])


def test_every_question_of_the_plan_has_a_sheet(answer: Answer) -> None:
    wanted = {
        "portfolio",
        "commodities",
        "security",
        "floors",
        "supplier_share",
        "members",
        "replay",
        "totals",
    }
    assert wanted | {"frontier", "delay", "supply_curve"} <= {s.name for s in answer.sheets}
    assert answer.basis.tables and "plan §5" in answer.basis.rules and answer.basis.assumptions


def test_the_gap_is_proven(answer: Answer) -> None:
    """plan §2: at most 0.5 % of what the plan saves."""
    assert answer.parameters["gap"] <= 0.005


def test_the_plan_beats_nothing_and_the_pipeline(answer: Answer) -> None:
    """plan §2: doing nothing is one of its choices."""
    total = {r["what"]: r["total"] for r in answer.sheet("totals").records()}
    assert total["the plan"] < total["pipeline alone"] < total["nothing"]


def test_waiting_never_pays(answer: Answer) -> None:
    """plan §6: a later start is a tighter programme."""
    extra = [float(str(r["extra"])) for r in answer.sheet("delay").records()]
    assert all(b >= a - 1e-6 for a, b in pairwise(extra))


def test_the_frontier_is_convex_and_has_twelve_points(answer: Answer) -> None:
    """plan §6: dearer plans leave less risk."""
    rows = answer.sheet("frontier").records()
    cost, risk = (np.array([float(str(r[k])) for r in rows]) for k in ("cost", "risk"))
    assert len(rows) >= 12
    assert (np.diff(cost) >= -1e-3).all() and (np.diff(risk) <= 1e-3).all()


def test_flooding_costs_the_treasury_more(answer: Answer) -> None:
    """plan §4: lower prices draw on the floor."""
    for row in answer.sheet("floors").records():
        assert float(str(row["cost_flood"])) >= float(str(row["cost_base"])) >= 0.0


def test_a_hard_target_out_of_reach_is_told_in_words() -> None:
    """plan §2: the target that fails is named; companies' own stock alone keeps bismuth's urgent uses served."""
    buyers = names.coalition("g7plus-2026")
    seller = names.supplier("CHN", buyers)
    target = read_target("served=100%@2026!", years_of())
    case = plan_case(buyers, seller, ["bismuth"], targets=[target]).case
    bare = replace(
        case, stockpiles=replace(case.stockpiles, private_cover=np.zeros_like(case.stockpiles.private_cover))
    )
    assert cheapest_plan(case).cost < np.inf
    with pytest.raises(Infeasible, match="bismuth"):
        cheapest_plan(bare)


@pytest.mark.parametrize("target", ["cap=65", "cap=65%@1999", "rare-earths:cap=65%@2030"])
def test_a_target_that_cannot_be_read_is_refused(target: str) -> None:
    with pytest.raises(StudyError):
        planned("g7plus-2026", "CHN", ["gallium"], targets=[target])


def test_heights_of_demand_add_up() -> None:
    """plan §3: the mean over halves is the mean over the whole."""
    whole = height(0.0, 1.0, 0.3, 19.0)
    assert np.isclose(whole, (height(0.0, 0.4, 0.3, 19.0) * 0.4) + height(0.4, 1.0, 0.3, 19.0) * 0.6)


def test_the_second_opinion_says_why_it_differs(answer: Answer) -> None:
    """plan §7: both start from the same plants; what the market loses beyond the promise is use given up at its price."""
    row = answer.sheet("replay").records()[0]
    promised, played = float(str(row["promised"])), float(str(row["played"]))
    assert played < float(str(row["played_nothing"])) and float(str(row["price"])) >= 1.0
    assert row["why"] and not row["note"]
    assert played - promised <= float(str(row["forgone"])) + CLOSE


def test_support_follows_the_price(answer: Answer) -> None:
    """plan §7: where new supply lowers the price, floors stay or rise and cost the treasury more."""
    rows = answer.sheet("support").records()
    assert rows and all(r["agreed"] == "yes" for r in rows)
    for r in rows:
        price, settled, floor, after, cost, later = (
            float(str(r[k]))
            for k in ("price", "price_settled", "floor", "floor_settled", "cost", "cost_settled")
        )
        assert settled < price and after >= floor * (1 - 1e-9) and later >= cost


def test_a_flood_is_told_for_every_plant_and_for_the_whole(answer: Answer) -> None:
    """plan §4: cheap supply never hurts who decides nothing; a plant's loss is its margin times two years' output."""
    total = {str(r["what"]): float(str(r["total"])) for r in answer.sheet("totals").records()}
    assert total["nothing, flooded"] <= total["nothing"]
    assert total["the plan, flooded"] < total["nothing, flooded"]
    rows = answer.sheet("flood").records()
    assert {r["lever"] for r in rows} == {r["lever"] for r in answer.sheet("floors").records()}
    for r in rows:
        margin, output, running = (float(str(r[k])) for k in ("margin_flood", "output", "running"))
        assert np.isclose(running, max(-margin, 0.0) * output * 2 / 1e6)
        assert margin <= float(str(r["margin"]))


@given(
    added=st.lists(st.floats(0.0, 100.0), min_size=2, max_size=2), stage=st.sampled_from(["mine", "refine"])
)
@settings(max_examples=10, deadline=None)
def test_more_supply_never_raises_its_own_price(added: list[float], stage: str) -> None:
    """plan §7, market §5: nothing added leaves every price at 1; more of a product never makes it dearer."""
    buyers = names.coalition("g7plus-2026")
    kept = home_market("tungsten", buyers, names.supplier("CHN", buyers))
    each = [plant("x", ("tungsten", stage), "KOR", a) for a in (0.0, min(added), max(added))]
    made = [[m for m in p if kept.node_at(kept.product_at("tungsten", stage), "KOR") >= 0] for p in each]
    found = long_run("tungsten", kept, set(buyers.members), made)
    assert all(np.isclose(p[0], 1.0, atol=1e-6) for p in found.values())
    assert (np.diff(found[stage]) <= 1e-7).all()


def test_draws_say_how_sure_a_lever_is() -> None:
    """plan §3: the same numbers for a seed whatever the workers; bands in order; every chosen lever has a share."""
    found = [plan(commodity=["gallium"], curves=False, draws=6, seed=3, workers=w) for w in (1, 2)]
    for name in ("bands", "chosen", "portfolio"):
        assert found[0].sheet(name).rows == found[1].sheet(name).rows
    for r in found[0].sheet("bands").records():
        assert float(str(r["p5"])) <= float(str(r["p50"])) <= float(str(r["p95"]))
    for r in found[0].sheet("portfolio").records():
        if r["kind"] != "substitution":
            assert 0.0 <= float(str(r["chosen_share"])) <= 1.0
    saved = next(r for r in found[0].sheet("bands").records() if r["what"] == "saved by the plan")
    assert float(str(saved["p5"])) >= 0.0
    with pytest.raises(StudyError, match="draws"):
        plan(commodity=["gallium"], draws=-1)


def test_drawn_values_stay_within_their_bands_and_above_the_crisis_price() -> None:
    """plan §3: a value below the crisis price is refused, so it is drawn above; the middle quantile is the best value."""
    buyers = names.coalition("g7plus-2026")
    made = plan_case(buyers, names.supplier("CHN", buyers), ["gallium"])
    low, high = value_bands(made)
    best = made.case.buyers.value
    assert (low <= best).all() and (best <= high).all()
    size = len(SHARED) + len(made.case.axes.commodities)
    middle = Sampler(made, np.full((1, size), 0.5), 0).case(0)
    assert np.allclose(middle.buyers.value, best)
    assert np.allclose(middle.kinds.probability, made.case.kinds.probability)
    assert middle.terms.social_rate == made.case.terms.social_rate


def test_a_budget_is_shared_with_all_other_commodities() -> None:
    """plan §2: one commodity pays each dollar what it is worth to all; the tighter the budget, the less it takes."""
    found = [planned("g7plus-2026", "CHN", ["gallium"], b) for b in (1e9, 1e7)]
    spent = [float(f.plan.public_spending.sum()) for f in found]
    prices = [f.made.case.terms.budget_price for f in found]
    assert spent[1] < spent[0] and (prices[0] >= 0).all()
    assert prices[1][0] > prices[0][0] > 0
    assert (found[1].plan.public_spending <= 1e7 * (1 + 1e-6)).all()


def test_what_is_dearer_is_paid_to_others_above_todays_price() -> None:
    """plan §4: lithium is not left short by a cut-off, only dearer; plants are built against that."""
    found = planned("g7plus-2026", "CHN", ["lithium"])
    at = found.made.case.axes.commodities.index("lithium")
    dear, after = (dearer_by_commodity(p)[at] for p in (found.nothing, found.plan))
    assert loss_by_commodity(found.nothing)[at] < 1e-3 * dear and dear > after > 0.0


def test_what_stands_is_no_cheap_feed() -> None:
    """plan §2: members' metal sells at the market price, so zinc, of which nothing goes missing, gets no plant."""
    found = planned("g7plus-2026", "CHN", ["zinc"])
    classes = [j for j, x in enumerate(found.made.rows.levers) if x.kind == "reference class"]
    assert found.plan.decided[classes].sum() < 1e-6
