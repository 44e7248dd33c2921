"""Plans under drawn inputs: a bound of the whole plan, the same for any number of workers, and cancelled at once."""

import importlib.util
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.core.errors import StudyError
from oresight.core.progress import Cancelled
from oresight.plan.draws import drawn_plans, relaxed_plan
from oresight.plan.programme import cheapest_plan
from oresight.plan.records import Case

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("plan_instances", ROOT / "benchmarks" / "plan_instances.py")
instances = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instances)
made_case = instances.made_case

SMALL = made_case(2, 8, shown=5, extension=2, members=3)


def dearer(draw: int) -> Case:
    factor = np.random.default_rng([1, draw]).uniform(0.8, 1.3, len(SMALL.projects.name))
    return replace(SMALL, projects=replace(SMALL.projects, capital_cost=SMALL.projects.capital_cost * factor))


@given(seed=st.integers(0, 20))
@settings(max_examples=6, deadline=None)
def test_the_relaxation_bounds_the_whole_plan(seed: int) -> None:
    """plan §2: what may be built in parts is never dearer, and doing nothing costs the same in both."""
    case = made_case(2, 8, shown=5, extension=2, members=3, seed=seed)
    part, whole = relaxed_plan(case), cheapest_plan(case)
    assert part.cost <= whole.cost + 1e-6 * abs(whole.cost)
    assert np.isclose(part.cost, whole.cost_relaxed, rtol=1e-7)
    assert np.isclose(part.cost_nothing, whole.cost_nothing, rtol=1e-7)


def test_draws_are_the_same_for_any_workers() -> None:
    """plan §3: a draw depends on its number alone, and they are kept in order."""
    one, three = (drawn_plans(dearer, 7, workers=w) for w in (1, 3))
    for name in ("part", "first", "held", "cost", "nothing", "plan_cost", "loss", "spending"):
        assert np.array_equal(getattr(one, name), getattr(three, name))
    assert np.isclose(one.cost[4], relaxed_plan(dearer(4)).cost)
    assert ((one.chosen >= 0) & (one.chosen <= 1)).all()
    assert np.allclose(one.chosen, (one.part > 0.5).mean(0))


def test_a_cancelled_run_stops_and_drops_what_waits() -> None:
    """A reporter that answers False ends the run before all draws are made."""
    made: list[int] = []
    lock = threading.Lock()

    def make(draw: int) -> Case:
        with lock:
            made.append(draw)
        return dearer(draw)

    with pytest.raises(Cancelled):
        drawn_plans(make, 50, lambda share, _: share < 0.1, workers=2)
    assert len(made) < 20


def test_no_draw_is_refused() -> None:
    with pytest.raises(StudyError):
        drawn_plans(dearer, 0)
