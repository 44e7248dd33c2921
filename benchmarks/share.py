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
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from benchmarks.stress import Measured, line, measured, repeated

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
from oresight.plan.member_bounds import walk_order
from oresight.plan.nucleolus import nucleolus
from oresight.plan.records import Case
from oresight.plan.some_sets import set_costs
from oresight.studies.share.case import stake
from oresight.studies.share.study import share

SETS_PROBED = 8


def solved(case: Case, period: int, workers: int) -> tuple[Measured, CoalitionCosts]:
    """Every set, and what it took."""
    with measured() as found:
        costs = coalition_costs(case, period, workers=workers)
    return found, costs


def together(case: Case, sets: int) -> tuple[Measured, Measured]:
    """The same pieces of work one after another and two at a time, programmes already written: (one, two)."""
    bounds = [member_bounds(b) for b in game_blocks(case, 1)]
    bounds.sort(key=lambda b: -b.assembly.matrix.nnz)
    pieces = []
    for each in bounds:
        order = walk_order(each)
        pieces += [(each, order[at : at + sets]) for at in (0, order.size // 2)]
    found = []
    for workers in (1, 2):
        with measured() as taken, ThreadPoolExecutor(workers) as pool:
            for future in [pool.submit(costs_of_stretch, *p) for p in pieces]:
                future.result()
        found.append(taken)
    return found[0], found[1]


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
    one, both = together(case, 4 if asked.smoke else 256)
    line("the same pieces on 1 worker", one)
    line("the same pieces on 2 workers", both, hold("two workers", one.wall / both.wall, 1.8, least=True))
    coarse, rough = solved(case, 3, 2)
    line("periods of 3 years, 2 workers", coarse, error_by_size(case, rough))
    line("Shapley", found := repeated(partial(shapley, game), 5), hold("Shapley", found.wall, 0.1))
    line("nucleolus", found := repeated(partial(nucleolus, game), 3), hold("nucleolus", found.wall, 5.0))
    line("the grand plan and each member alone", repeated(partial(quick, case), 1 if asked.smoke else 3))
    line("a quick answer, from the catalogue on", repeated(partial(share, who, "CHN", goods, quick=True), 1))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
