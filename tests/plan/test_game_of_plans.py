"""The coalition's costs of every set against plans solved one by one (coalition §1, coalition §2)."""

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oresight.core.errors import StudyError
from oresight.core.progress import Cancelled
from oresight.plan.coalition_cost import (
    DUAL_PARTS,
    aggregation_error,
    coalition_costs,
    game_blocks,
    gray_order,
    member_bounds,
    set_cost,
    walk,
)
from oresight.plan.coarser import coarser
from oresight.plan.core_of_game import core_verdict
from oresight.plan.game import superadditivity
from oresight.plan.nucleolus import nucleolus
from oresight.plan.programme import cheapest_plan, undisturbed_cost
from oresight.plan.records import for_members

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("plan_instances", ROOT / "benchmarks" / "plan_instances.py")
instances = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instances)


@pytest.fixture(scope="module")
def case():
    return instances.made_case(3, 18, shown=8, extension=2, start_every=3, members=4, seed=11)


@pytest.fixture(scope="module")
def costs(case):
    return coalition_costs(case, step=2, workers=0)


def test_gray_order_visits_every_set_once() -> None:
    order = gray_order(5)
    assert sorted(order.tolist()) == list(range(1, 32))
    assert all((a ^ b).bit_count() == 1 for a, b in zip(order[:-1].tolist(), order[1:].tolist(), strict=True))


def test_each_set_costs_what_its_own_plan_costs(case, costs) -> None:
    """coalition §1: the warm walk agrees with a plan built from nothing for that set."""
    for bits in (0b0001, 0b0110, 0b1011, 0b1111):
        who = np.array([bits >> i & 1 for i in range(4)], dtype=float)
        total = 0.0
        for block in game_blocks(case, 2):
            base = sum(undisturbed_cost(for_members(block, np.eye(4)[i])) for i in range(4) if who[i])
            total += cheapest_plan(for_members(block, who), baseline=base).cost
        assert costs.cost[bits] == pytest.approx(total, rel=1e-6, abs=1e-6 * costs.alone.sum())


def test_game_is_superadditive_and_dual_split_is_in_the_core(costs) -> None:
    """coalition §1: pooling never hurts. coalition §2: Owen's split leaves nobody a reason to go."""
    game = costs.game
    check = superadditivity(game)
    assert check.worst_gap <= 1e-6 * game.total
    assert costs.dual_share.sum() == pytest.approx(costs.cost[-1], rel=1e-9)
    verdict = core_verdict(game, costs.dual_split)
    assert verdict.excess <= 1e-6 * game.total
    assert (game.alone >= -1e-6 * game.total).all()
    found = nucleolus(game)
    assert found.certified and core_verdict(game, found.split).inside


def test_rents_and_blocks_of_the_dual_split(costs) -> None:
    """coalition §2: projects and supply a member brings lower what it pays. coalition §4: games by commodity add up."""
    assert costs.dual_parts.shape == (4, len(DUAL_PARTS))
    assert (costs.rent >= -1e-6 * abs(costs.cost[-1])).all() and costs.rent.sum() > 0
    assert (costs.dual_parts[:, 0] >= 0).all()
    games = [costs.block_game(b).worth for b in range(3)]
    assert np.sum(games, axis=0) == pytest.approx(costs.game.worth)


def test_finished_chunks_are_read_back(case, costs, tmp_path: Path) -> None:
    calls: list[float] = []

    def once(share: float, doing: str) -> bool:
        calls.append(share)
        return len(calls) < 2

    with pytest.raises(Cancelled):
        coalition_costs(case, step=2, workers=0, folder=tmp_path, reporter=once, stretches=2)
    kept = sorted(tmp_path.glob("*.npz"))
    assert 1 <= len(kept) < 6 and not list(tmp_path.glob("*.part"))
    stamp = kept[0].stat().st_mtime_ns
    again = coalition_costs(case, step=2, workers=0, folder=tmp_path, stretches=2)
    assert kept[0].stat().st_mtime_ns == stamp
    assert again.cost == pytest.approx(costs.cost) and again.alone == pytest.approx(costs.alone)
    other = replace(case, terms=replace(case.terms, social_rate=0.05))
    assert coalition_costs(other, step=2, workers=0, folder=tmp_path).cost[-1] != costs.cost[-1]


def test_any_executor_gives_the_same_costs(case, costs) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert coalition_costs(case, step=2, executor=pool).cost == pytest.approx(costs.cost)
    ask = set_cost(case, 2)
    assert [ask(b) for b in (5, 15, 0)] == pytest.approx([costs.cost[5], costs.cost[15], 0.0])


def test_error_of_longer_periods_is_measured(case, costs) -> None:
    """coalition §1: with periods of one year there is no error; with two it is stated."""
    fine = coalition_costs(case, step=1, workers=0)
    sets = np.array([3, 9, 15])
    none = aggregation_error(case, fine, sets)
    assert none.aggregated == pytest.approx(none.full, rel=1e-6)
    some = aggregation_error(case, costs, sets)
    assert 0 < some.relative < 0.5


def test_too_many_members_are_sampled() -> None:
    case = instances.made_case(1, 3, shown=4, extension=2, members=3)
    wide = replace(
        case,
        axes=replace(case.axes, members=tuple(f"m{i}" for i in range(15))),
        buyers=replace(case.buyers, member_share=np.full((4, 15), 1 / 15)),
        kinds=replace(case.kinds, target=np.ones((3, 15), dtype=bool)),
        terms=replace(case.terms, budget=np.full((6, 15), np.inf)),
    )
    with pytest.raises(StudyError, match="sample"):
        coalition_costs(wide)


def test_longer_periods_keep_tonnes_and_refuse_what_does_not_divide(case) -> None:
    two = coarser(case, 2)
    assert two.buyers.demand.sum() == pytest.approx(case.buyers.demand.sum())
    assert two.supplies.capacity.sum() == pytest.approx(case.supplies.capacity.sum())
    assert two.kinds.probability.sum() == pytest.approx(case.kinds.probability.sum())
    with pytest.raises(StudyError):
        coarser(case, 3)


def test_a_set_without_a_plan_pays_more(case) -> None:
    bounds = member_bounds(game_blocks(case, 2)[0])
    sets = np.array([1, 7, 15])
    assert (walk(bounds, sets, without_plan=True) >= walk(bounds, sets) - 1e-3).all()
