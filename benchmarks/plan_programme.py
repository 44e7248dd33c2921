"""How long the plan and the coalition game take, and how that grows with commodities, projects, years and cut-offs.

    python benchmarks/plan_programme.py [SPEC ...] [--json OUT]

Without names every spec runs. Cases are invented (`plan_instances`); times are the median of the runs, in seconds.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from oresight.plan.assemble import assemble
from oresight.plan.coalition_cost import aggregation_error, coalition_costs
from oresight.plan.core_of_game import core_verdict
from oresight.plan.curves import cost_of_delay, first_attainable, frontier
from oresight.plan.game import Game, membership, set_sums, shapley, superadditivity
from oresight.plan.nucleolus import nucleolus
from oresight.plan.programme import cheapest_plan, undisturbed_cost
from oresight.plan.sub_case import for_commodities
from plan_instances import made_case


@dataclass(frozen=True)
class Measured:
    """One line of the report."""

    spec: str
    size: str
    seconds: float
    target: float | None
    note: str


def timed(work: Callable[[], object], runs: int) -> tuple[float, object]:
    times, result = [], None
    for _ in range(runs):
        begin = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times), result


def described(case: object) -> str:
    built = assemble(case)
    rows, columns = built.matrix.shape
    layout = built.layout
    whole, cuts = int(built.integer.sum()), layout.nodes.cut_start.size
    return f"{rows:,} rows, {columns:,} columns, {whole:,} whole, {cuts} cut-offs"


def plan_line(spec: str, case: object, target: float | None, runs: int = 1) -> Measured:
    seconds, plan = timed(lambda: cheapest_plan(case), runs)
    building, _ = timed(lambda: assemble(case), 3)
    note = (
        f"gap {plan.gap:.2%} of what the plan saves; written in {building:.3f} s ({building / seconds:.1%})"
    )
    return Measured(spec, described(case), seconds, target, note)


def full() -> list[Measured]:
    return [plan_line("full plan", made_case(), 10.0)]


def single() -> list[Measured]:
    one = for_commodities(made_case(), np.array([0]), np.zeros(20))
    return [plan_line("single commodity", one, 0.5, 5)]


def tight() -> list[Measured]:
    return [
        plan_line(f"budget {b:.1%} of all capital a year", made_case(budget=b), 60.0)
        for b in (0.03, 0.01, 0.003)
    ]


def many() -> list[Measured]:
    return [plan_line("1,000 projects", made_case(projects=1000), 60.0)]


def growth() -> list[Measured]:
    found = []
    for axis, sizes in (
        ("commodities", (5, 10, 20, 40)),
        ("projects", (60, 120, 240, 480)),
        ("shown", (5, 10, 15, 20)),
    ):
        for size in sizes:
            arguments = {"commodities": 15, "projects": 120, axis: size}
            found.append(plan_line(f"growth over {axis}: {size}", made_case(**arguments), None))
    for every in (10, 5, 2, 1):
        case = made_case(15, 120, start_every=every)
        found.append(plan_line(f"growth over cut-offs: a start every {every} years", case, None))
    return found


def curves() -> list[Measured]:
    case = made_case()
    together, _ = timed(lambda: (frontier(case, 12), cost_of_delay(case, 8)), 1)
    years, _ = timed(lambda: first_attainable(case), 1)
    return [
        Measured("frontier of 12 points and delay of 8", described(case), together, 60.0, "relaxation"),
        Measured("first attainable years", "60 targets", years, None, ""),
    ]


def concepts() -> list[Measured]:
    generator = np.random.default_rng(3)
    weights = generator.uniform(1, 50, 12)
    names = tuple("ABCDEFGHIJKL")
    found = []
    for label, worth in (
        ("random", generator.uniform(0, 1, 4096) * membership(12).sum(1) ** 1.5),
        ("convex", set_sums(weights) ** 1.3),
        ("flow", np.min([set_sums(generator.uniform(0, 10, 12)) for _ in range(6)], axis=0)),
    ):
        worth[0] = 0.0
        worth[-1] = max(worth[-1], 1.5 * worth[1 << np.arange(12)].sum())
        game = Game(names, worth)
        quick, _ = timed(lambda game=game: shapley(game), 9)
        slow, result = timed(lambda game=game: nucleolus(game), 3)
        found.append(Measured(f"Shapley, n = 12, {label}", "4,096 sets", quick, 0.1, ""))
        found.append(
            Measured(f"nucleolus, n = 12, {label}", "4,096 sets", slow, 5.0, f"{result.levels} levels")
        )
    return found


def coalition() -> list[Measured]:
    case = made_case()
    seconds, costs = timed(lambda: coalition_costs(case, 2, workers=2), 1)
    game = costs.game
    error = aggregation_error(case, costs, np.array([1, 2, 3, 7, 511, 2047, 4095]))
    note = (
        f"superadditive {superadditivity(game).holds}, dual split in core {core_verdict(game, costs.dual_split).inside}, "
        f"aggregation error {error.relative:.2%}"
    )
    part = for_commodities(case, np.arange(6))
    one, _ = timed(lambda: coalition_costs(part, 2, workers=1), 1)
    two, _ = timed(lambda: coalition_costs(part, 2, workers=2), 1)
    return [
        Measured("game of 2^12 sets, two workers", "30 blocks", seconds, 180.0, note),
        Measured("two workers against one", "6 blocks", two, None, f"{one / two:.2f} x faster than one"),
    ]


SPECS: dict[str, Callable[[], list[Measured]]] = {
    "concepts": concepts,
    "single": single,
    "full": full,
    "curves": curves,
    "tight": tight,
    "many": many,
    "growth": growth,
    "coalition": coalition,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("specs", nargs="*", choices=[*SPECS, []], help="which to run")
    parser.add_argument("--json", type=Path, help="write the lines there as well")
    chosen = parser.parse_args()
    undisturbed_cost(made_case(1, 2, shown=2, extension=1, members=2))  # load everything once
    lines: list[Measured] = []
    for name in chosen.specs or SPECS:
        for line in SPECS[name]():
            against = f" (target {line.target:g})" if line.target else ""
            print(f"{line.spec}: {line.seconds:.3f} s{against}; {line.size}; {line.note}", flush=True)
            lines.append(line)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"memory at most {peak:.2f} GB")
    if chosen.json:
        chosen.json.write_text(json.dumps({"lines": [asdict(x) for x in lines], "memory_gb": peak}, indent=1))


if __name__ == "__main__":
    main()
