"""The coalition's game: every set of members on real data, two workers against one, splits, quick answers, the error.

`python -m benchmarks.share` measures the targets of the specification at full size; `--smoke` checks that every
measurement works at the smallest size. Times are of the wall; where the machine is shared, the processor time beside
them says what the work itself takes.

    2^12 sets of the default coalition, yearly plans, 2 workers    <= 180 s, <= 2 GB, >= 1.8 times faster than 1 worker
    Shapley value of 12 members                                    <= 0.1 s
    nucleolus of 12 members                                        <= 5 s
"""

import argparse
import os
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import median

import numpy as np
from benchmarks.stress import Measured, line, measured, middle, repeated

from oresight.core.processes import processes
from oresight.plan.coalition_cost import (
    CoalitionCosts,
    aggregation_error,
    coalition_costs,
    costs_of_stretch,
    game_blocks,
    member_bounds,
)
from oresight.plan.core_of_game import core_verdict
from oresight.plan.game import shapley, superadditivity
from oresight.plan.member_bounds import MemberBounds, walk_order
from oresight.plan.nucleolus import nucleolus
from oresight.plan.records import Case, Ints
from oresight.plan.some_sets import set_costs
from oresight.studies.share.case import stake
from oresight.studies.share.study import share

SETS_PROBED = 8


def solved(case: Case, period: int, workers: int) -> tuple[Measured, CoalitionCosts]:
    """Every set, and what it took, the start of the workers included."""
    with measured() as found, processes(workers) as pool:
        costs = coalition_costs(case, period, executor=pool)
    return found, costs


Piece = tuple[MemberBounds, Ints]


def pieces_of(case: Case, sets: int) -> list[Piece]:
    """Two stretches of every block's walk, the largest blocks first, programmes already written."""
    bounds = [member_bounds(b) for b in game_blocks(case, 1)]
    bounds.sort(key=lambda b: -b.assembly.matrix.nnz)
    orders = [(each, walk_order(each)) for each in bounds]
    return [(each, order[at : at + sets]) for each, order in orders for at in (0, order.size // 2)]


def on(pool: Executor, pieces: list[Piece]) -> Measured:
    """The pieces on workers that have started."""
    with measured() as taken:
        for future in [pool.submit(costs_of_stretch, *p) for p in pieces]:
            future.result()
    return taken


def twice(pool: Executor, pieces: list[Piece]) -> Measured:
    """All pieces in each of two processes, as two people would: what the machine itself gives two cores at once."""
    with measured() as taken:
        for future in [pool.submit(all_in_turn, pieces) for _ in range(2)]:
            future.result()
    return taken


def all_in_turn(pieces: list[Piece]) -> None:
    """Every piece, one after another."""
    for piece in pieces:
        costs_of_stretch(*piece)


@dataclass(frozen=True)
class Together:
    """The same pieces on one worker and on two, turn about.

    Args:
        one, two: Processes, medians. threads: Two threads of one process, median.
        ratio, of_threads: How much faster than one worker, medians of the rounds [1].
        machine: What two processes get done that each do all of it, over one doing it once [1].
    """

    one: Measured
    two: Measured
    threads: Measured
    ratio: float
    of_threads: float
    machine: float


def together(case: Case, sets: int, times: int) -> Together:
    """Measure rounds of: one worker, two, two threads, the work done twice at once."""
    pieces = pieces_of(case, sets)
    with processes(1) as single, processes(2) as pair, ThreadPoolExecutor(2) as threads:
        on(single, pieces[-2:])
        twice(pair, pieces[-2:])
        rounds = [
            (on(single, pieces), on(pair, pieces), on(threads, pieces), twice(pair, pieces))
            for _ in range(times)
        ]
    one, two, own = (middle([r[k] for r in rounds]) for k in range(3))
    return Together(
        one,
        two,
        own,
        median(r[0].wall / r[1].wall for r in rounds),
        median(r[0].wall / r[2].wall for r in rounds),
        median(2 * r[0].wall / r[3].wall for r in rounds),
    )


def error_by_size(case: Case, costs: CoalitionCosts) -> str:
    """Median difference of savings between longer periods and yearly plans, over sets of all sizes."""
    count = len(case.axes.members)
    draw = np.random.default_rng(2026)
    sizes = np.linspace(1, count, SETS_PROBED).round().astype(int)
    sets = [sum(1 << int(i) for i in draw.choice(count, size, replace=False)) for size in sizes]
    error = aggregation_error(case, costs, np.unique(np.array(sets, dtype=np.int64)))
    apart = np.abs(error.aggregated - error.full) / np.maximum(error.full, 1.0)
    return f"savings differ by {error.relative:.1%} in the median, {apart.min():.1%} to {apart.max():.1%}"


def quick(case: Case) -> None:
    """The programmes and the grand plan, as a quick answer begins."""
    with set_costs(case, 1) as costs:
        costs.solve([1 << i for i in range(costs.count)])


def main(argv: list[str] | None = None) -> int:
    """Measure; 1 where a target is missed at full size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--smoke", action="store_true", help="smallest sizes: does it run")
    asked = parser.parse_args(argv)
    missed: list[str] = []

    def hold(name: str, value: float, limit: float, least: bool = False) -> str:
        met = value >= limit if least else value <= limit
        if not met and not asked.smoke:
            missed.append(name)
        return f"{'met' if met else 'MISSED'}: {value:.2f} {'>=' if least else '<='} {limit:g}"

    who, goods = ("JPN,USA,KOR", ("gallium",)) if asked.smoke else ("g7plus-2026", ())
    case = stake(who, "CHN", goods).case
    count = len(case.axes.members)
    print(f"{os.cpu_count()} cores, {count} members, {len(case.axes.commodities)} commodities", flush=True)
    two, costs = solved(case, 1, 2)
    game = costs.game
    line(f"{game.worth.size - 1:,} sets, yearly, 2 workers", two, hold("game", two.wall, 180.0))
    print(f"{'':52s} memory {hold('memory', two.peak, 2048.0)} MB")
    print(
        f"{'':52s} superadditive {superadditivity(game).holds}, dual split in the core "
        f"{core_verdict(game, costs.dual_split).inside}"
    )
    seen = together(case, *((4, 1) if asked.smoke else (256, 7)))
    line("the same pieces on 1 worker", seen.one)
    line("the same pieces on 2 workers", seen.two, hold("two workers", seen.ratio, 1.8, least=True))
    line("the same pieces on 2 threads", seen.threads, f"{seen.of_threads:.2f} times one worker")
    print(
        f"{'':52s} this machine does {seen.machine:.2f} times one worker's work in two processes that share nothing"
    )
    coarse, rough = solved(case, 3, 2)
    line("periods of 3 years, 2 workers", coarse, error_by_size(case, rough))
    line("Shapley", found := repeated(partial(shapley, game), 5), hold("Shapley", found.wall, 0.1))
    line("nucleolus", found := repeated(partial(nucleolus, game), 3), hold("nucleolus", found.wall, 5.0))
    line("the grand plan and each member alone", repeated(partial(quick, case), 1 if asked.smoke else 3))
    line("a quick answer, from the catalogue on", repeated(partial(share, who, "CHN", goods, quick=True), 1))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
