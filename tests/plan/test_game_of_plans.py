"""The coalition's costs of every set against plans solved one by one (coalition §1, coalition §2)."""

import importlib.util
import pickle
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oresight.core.errors import DataError, ModelError, StudyError
from oresight.core.processes import processes
from oresight.core.progress import Cancelled
from oresight.plan.coalition_cost import (
    DUAL_PARTS,
    aggregation_error,
    coalition_costs,
    costs_of_stretch,
    game_blocks,
    gray_order,
    member_bounds,
    set_cost,
    walk,
)
from oresight.plan.coarser import coarser
from oresight.plan.core_of_game import core_verdict
from oresight.plan.game import superadditivity
from oresight.plan.game_case import present
from oresight.plan.highs import Warm
from oresight.plan.member_bounds import SetProgramme, grand_programme, walk_order
from oresight.plan.nucleolus import nucleolus
from oresight.plan.programme import cheapest_plan, lever_columns, read_plan, undisturbed_cost
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


def test_who_moves_most_comes_and_goes_least(case) -> None:
    """Any rank of members gives an order that visits every set once, one member at a time; the first comes most often."""
    order = gray_order(5, [3, 0, 4, 1, 2])
    assert sorted(order.tolist()) == list(range(1, 32))
    steps = [a ^ b for a, b in zip(order[:-1].tolist(), order[1:].tolist(), strict=True)]
    assert all(s.bit_count() == 1 for s in steps)
    assert [steps.count(1 << i) for i in (3, 0, 4, 1, 2)] == sorted(
        (steps.count(1 << i) for i in range(5)), reverse=True
    )
    bounds = member_bounds(game_blocks(case, 2)[0])
    held = np.where(np.isfinite(bounds.upper).all(0), bounds.upper, 0.0)
    moves = (held / np.maximum(held.sum(0), 1e-300)).sum(1)
    walked = walk_order(bounds)
    often = [int(((walked[1:] ^ walked[:-1]) == 1 << i).sum()) for i in range(4)]
    assert np.argsort(-np.array(often), kind="stable").tolist() == np.argsort(moves).tolist()


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


def test_finished_pieces_are_read_back(case, costs, tmp_path: Path) -> None:
    def once(share: float, doing: str) -> bool:
        return not list(tmp_path.glob("*-of-*.npz"))

    with pytest.raises(Cancelled):
        coalition_costs(case, step=2, workers=0, folder=tmp_path, reporter=once, stretch=8)
    kept = sorted(tmp_path.glob("*-of-*.npz"))
    assert 1 <= len(kept) < 6 and not list(tmp_path.glob("*.part"))
    stamp = kept[0].stat().st_mtime_ns
    again = coalition_costs(case, step=2, workers=0, folder=tmp_path, stretch=8)
    assert kept[0].stat().st_mtime_ns == stamp
    assert again.cost == pytest.approx(costs.cost) and again.alone == pytest.approx(costs.alone)
    assert again.left == pytest.approx(costs.left)
    other = replace(case, terms=replace(case.terms, social_rate=0.05))
    assert coalition_costs(other, step=2, workers=0, folder=tmp_path).cost[-1] != costs.cost[-1]


def test_a_torn_piece_is_solved_again(case, costs, tmp_path: Path) -> None:
    coalition_costs(case, step=2, workers=0, folder=tmp_path)
    for torn in tmp_path.glob("*.npz"):
        torn.write_bytes(torn.read_bytes()[:50])
    assert coalition_costs(case, step=2, workers=0, folder=tmp_path).cost == pytest.approx(costs.cost)


def test_a_folder_that_takes_nothing_is_named(case, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    with pytest.raises(DataError, match="taken"):
        coalition_costs(case, step=2, workers=0, folder=tmp_path / "taken")


def test_a_killed_run_goes_on_where_it_was(case, costs, tmp_path: Path) -> None:
    """A process killed in the middle leaves whole pieces only; the next run reads them and solves the rest."""
    with (tmp_path / "case").open("wb") as file:
        pickle.dump(case, file)
    out = tmp_path / "run"
    body = (
        "import pickle, sys, time\nfrom pathlib import Path\nfrom oresight.plan.coalition_cost import coalition_costs\n"
        "case = pickle.load(open(sys.argv[1], 'rb'))\n"
        "coalition_costs(case, 2, lambda s, d: time.sleep(0.2), 1, Path(sys.argv[2]), stretch=4)\n"
    )
    there = subprocess.Popen([sys.executable, "-c", body, str(tmp_path / "case"), str(out)])
    limit = time.monotonic() + 60
    while time.monotonic() < limit and not list(out.glob("*-of-*.npz")) and there.poll() is None:
        time.sleep(0.02)
    there.kill()
    there.wait()
    kept = {p: p.stat().st_mtime_ns for p in out.glob("*.npz")}
    assert 3 < len(kept) < 15  # three grand plans and some of twelve pieces
    again = coalition_costs(case, 2, workers=1, folder=out, stretch=4)
    assert again.cost == pytest.approx(costs.cost) and again.dual_share == pytest.approx(costs.dual_share)
    assert {p: p.stat().st_mtime_ns for p in kept} == kept


def test_a_walk_led_astray_starts_again(case, costs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A solve that fails on the way is done again from nothing; one that fails even then is said."""
    real, calls = Warm.objective, []

    def astray(self: Warm) -> float:
        calls.append(1)
        if len(calls) in (2, 5):
            raise ModelError("a programme of a series did not solve")
        return real(self)

    monkeypatch.setattr(Warm, "objective", astray)
    block = game_blocks(case, 2)[0]
    sets = np.array([3, 7, 15, 8])
    assert walk(member_bounds(block), sets) == pytest.approx(costs.by_block[0, sets])
    assert len(calls) == 6

    def never(self: Warm) -> float:
        raise ModelError("a programme of a series did not solve")

    monkeypatch.setattr(Warm, "objective", never)
    with pytest.raises(ModelError, match="did not solve"):
        walk(member_bounds(block), sets)


def test_cancelling_ends_running_pieces_soon(case) -> None:
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        coalition_costs(case, step=1, workers=2, reporter=lambda share, _: share < 0.1)
    assert threading.active_count() < 20 and time.monotonic() - begun < 30


def test_calm_years_give_nothing_to_pool() -> None:
    """coalition §1: split by one share of use, an undisturbed year costs all together what it costs each alone."""
    made = present(instances.made_case(3, 18, shown=6, extension=2, members=4, seed=5))
    for block in game_blocks(made, 1):
        apart = [undisturbed_cost(for_members(block, np.eye(4)[i])) for i in range(4)]
        bounds = member_bounds(block)
        assert bounds.baseline == pytest.approx(np.sum(apart, axis=0), rel=1e-7, abs=1e-6)
        assert bounds.baseline == pytest.approx(undisturbed_cost(block), rel=1e-7, abs=1e-6)


def test_waiting_never_pays_all_together(case, costs) -> None:
    """coalition §4: what is decided later costs no less; if all wait it costs no less than if one does."""
    for grand in costs.grand:
        today, scale = grand.parts.sum(), 1e-7 * grand.alone.sum()
        one = grand.one_waits.sum(1)
        assert (one >= today - scale).all()
        assert grand.all_wait.sum() >= one.max() - scale
    assert sum(g.all_wait.sum() for g in costs.grand) > 1.0001 * costs.cost[-1]


def test_waiting_costs_what_a_plan_without_first_decisions_costs(case, costs) -> None:
    """coalition §4: by another road: the plan built anew with its first period closed."""
    for block, grand in zip(game_blocks(case, 2), costs.grand, strict=True):
        whole = grand_programme(member_bounds(block))
        upper = whole.upper.copy()
        upper[lever_columns(whole, 1)] = 0.0
        found = Warm(replace(whole, upper=upper), integer=False).solve()
        assert grand.all_wait.sum() == pytest.approx(found.objective * 1e6, rel=1e-6)


def test_what_is_left_is_the_plans_loss_and_risk(case, costs) -> None:
    """coalition §2: cash of all members pays for the levers: cost is what is left plus what the plan costs."""
    for block, grand in zip(game_blocks(case, 2), costs.grand, strict=True):
        bounds = member_bounds(block)
        found = Warm(grand_programme(bounds), integer=False).solve()
        plan = read_plan(block, grand_programme(bounds), found, *3 * (found.objective,))
        assert plan.cost - plan.plan_cost == pytest.approx(plan.expected_loss + plan.risk_cost, rel=1e-9)
        assert plan.risk_cost >= -1e-6 * abs(plan.cost) and plan.expected_loss >= 0
        assert grand.left.sum() == pytest.approx(plan.expected_loss + plan.risk_cost, rel=0.05)


def test_a_set_splits_its_cost_among_its_members(case, costs) -> None:
    """coalition §2: the dual split of a set sums to its cost and is in the core of the set's own game."""
    programmes = [SetProgramme(member_bounds(b)) for b in game_blocks(case, 2)]
    for bits in (0b0111, 0b1010):
        share = sum(p.split(bits)[1].sum(1) for p in programmes)
        assert share.sum() == pytest.approx(costs.cost[bits], rel=1e-7)
        for part in (s for s in range(1, 16) if s & bits == s and s != bits):
            mine = sum(share[i] for i in range(4) if part >> i & 1)
            assert mine <= costs.cost[part] + 1e-6 * costs.alone.sum()


def test_any_executor_gives_the_same_costs(case, costs) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert coalition_costs(case, step=2, executor=pool).cost == pytest.approx(costs.cost)
    ask = set_cost(case, 2)
    assert [ask(b) for b in (5, 15, 0)] == pytest.approx([costs.cost[5], costs.cost[15], 0.0])


@pytest.mark.slow
def test_processes_give_the_same_costs_and_stop_when_told(case, costs) -> None:
    """Long pieces of work end between two sets once nobody waits, not when they would have been finished."""
    with processes(2) as pool:
        assert coalition_costs(case, step=2, executor=pool, stretch=4).cost == pytest.approx(costs.cost)
        block = member_bounds(game_blocks(case, 2)[0])
    with pytest.raises(Cancelled), processes(1) as pool:
        long = pool.submit(costs_of_stretch, block, np.tile(np.arange(1, 16), 20_000))
        while not long.running():
            time.sleep(0.01)
        raise Cancelled("nobody waits")
    begun = time.monotonic()
    assert isinstance(long.exception(timeout=30), Cancelled)
    assert time.monotonic() - begun < 10


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
