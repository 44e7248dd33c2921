"""How long the plan and the coalition game take, and how that grows with commodities, projects, years and cut-offs.

    python benchmarks/plan_programme.py [SPEC ...] [--smoke] [--json OUT]

Without names every spec runs. `real` specs plan the catalogue, the others invented cases (`plan_instances`). Times are the
median of the runs, in seconds; what misses its target is said at the end, and then the exit status is 1.
`--smoke` runs the smallest line of each spec, to see that all still works.
"""

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

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


MEMORY_GB = 1.5
SMOKE = {"on": False}
"""Whether only the smallest lines run."""


def few(items: Sequence[Any]) -> list[Any]:
    """All items, or the first where only a smoke run is asked for."""
    return list(items[:1]) if SMOKE["on"] else list(items)


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
    case = made_case(4, 20) if SMOKE["on"] else made_case()
    return [plan_line("full plan", case, 10.0)]


def single() -> list[Measured]:
    one = for_commodities(made_case(), np.array([0]), np.zeros(20))
    return [plan_line("single commodity", one, 0.5, 5)]


def tight() -> list[Measured]:
    size = {"commodities": 4, "projects": 20} if SMOKE["on"] else {}
    return [
        plan_line(f"budget {b:.1%} of all capital a year", made_case(budget=b, **size), 60.0)
        for b in ((0.003,) if SMOKE["on"] else (0.03, 0.01, 0.003))
    ]


def many() -> list[Measured]:
    case = made_case(4, 40) if SMOKE["on"] else made_case(projects=1000)
    return [plan_line("1,000 projects", case, 60.0)]


def real() -> list[Measured]:
    """The catalogue's plan of the default coalition: all commodities, one, budgets, delay and frontier."""
    from oresight.studies import names
    from oresight.studies.plan.case import plan_case
    from oresight.studies.plan.curves import frontier_by_weight
    from oresight.studies.plan.draws import sampled
    from oresight.studies.plan.solve import baseline_of, solved
    from oresight.studies.plan.study import wanted

    players = names.coalition(names.DEFAULT_COALITION)
    seller = names.supplier(names.DEFAULT_SUPPLIER, players)
    plan_case(players, seller, ["gallium"])  # read the catalogue once
    begin = time.perf_counter()
    one = plan_case(players, seller, ["gallium"]).case
    found = [Measured("real: case of one commodity", described(one), time.perf_counter() - begin, None, "")]
    found.append(plan_line("real: one commodity", one, 0.5, 5))
    if SMOKE["on"]:
        return found
    everything = wanted(())
    begin = time.perf_counter()
    made = plan_case(players, seller, everything)
    found.append(Measured("real: case of all", described(made.case), time.perf_counter() - begin, None, ""))
    seconds, plan = timed(lambda: solved(made.case), 1)
    building, _ = timed(lambda: assemble(made.case), 3)
    found.append(
        Measured(
            "real: full plan",
            described(made.case),
            seconds,
            10.0,
            f"gap {plan.gap:.2%}; written in {building:.3f} s",
        )
    )
    found.append(
        Measured(
            "real: writing the programme, share of the whole",
            "",
            building / seconds,
            0.1,
            "a share, not seconds",
        )
    )
    for budget in (1e9, 1e8, 3e7):
        case = plan_case(players, seller, everything, budget).case
        found.append(plan_line(f"real: budget of {budget / 1e6:,.0f} million USD a year", case, 60.0))
    assembly = assemble(made.case, baseline_of(made.case))
    together, _ = timed(lambda: (frontier_by_weight(made.case, assembly), cost_of_delay(made.case, 8)), 1)
    found.append(Measured("real: frontier and delay of 8", described(made.case), together, 60.0, "13 points"))
    draws, _ = timed(lambda: sampled(made, 8, 0), 1)
    found.append(Measured("real: 8 draws", described(made.case), draws, None, f"{draws / 8:.2f} s a draw"))
    return found


def real_growth() -> list[Measured]:
    """Growth over commodities of the catalogue, over the years shown and over kinds of cut-off."""
    from oresight.studies import names
    from oresight.studies.plan.case import plan_case
    from oresight.studies.plan.study import wanted

    players = names.coalition(names.DEFAULT_COALITION)
    seller = names.supplier(names.DEFAULT_SUPPLIER, players)
    everything = wanted(())
    found = []
    for count in few((4, 8, 16, len(everything))):
        case = plan_case(players, seller, everything[:count]).case
        found.append(plan_line(f"real growth over commodities: {count} asked", case, None))
    if SMOKE["on"]:
        return found
    case = plan_case(players, seller, everything[:8]).case
    for every in (5, 3, 1):
        rare = case.kinds.probability.copy()
        rare[np.arange(len(rare)) % every > 0] = 0.0
        some = replace(case, kinds=replace(case.kinds, probability=rare))
        found.append(plan_line(f"real growth over cut-offs: a start every {every} years", some, None))
    for share in (0.25, 0.5, 1.0):
        j = case.projects
        kept = np.arange(len(j.name)) < share * len(j.name)
        part = replace(case, projects=replace(j, open=np.where(kept, j.open, 0.0)))
        found.append(plan_line(f"real growth over projects: {kept.sum()} open", part, None))
    for shown in (5, 7, 10):
        short = replace(
            case,
            kinds=replace(
                case.kinds,
                probability=np.where(
                    np.arange(len(case.axes.years))[:, None] < shown, case.kinds.probability, 0.0
                ),
            ),
        )
        found.append(plan_line(f"real growth over years with a hazard: {shown}", short, None))
    return found


def growth() -> list[Measured]:
    found = []
    for axis, sizes in (
        ("commodities", (5, 10, 20, 40)),
        ("projects", (60, 120, 240, 480)),
        ("shown", (5, 10, 15, 20)),
    ):
        for size in few(sizes):
            base = {"commodities": 2, "projects": 10} if SMOKE["on"] else {"commodities": 15, "projects": 120}
            arguments = base | ({} if SMOKE["on"] else {axis: size})
            found.append(plan_line(f"growth over {axis}: {size}", made_case(**arguments), None))
    for every in few((10, 5, 2, 1)):
        case = made_case(*((2, 10) if SMOKE["on"] else (15, 120)), start_every=every)
        found.append(plan_line(f"growth over cut-offs: a start every {every} years", case, None))
    return found


def curves() -> list[Measured]:
    case = made_case(4, 20) if SMOKE["on"] else made_case()
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
    if SMOKE["on"]:
        small = made_case(2, 10, members=4)
        seconds, _ = timed(lambda: coalition_costs(small, 2, workers=1), 1)
        return [Measured("game of 2^4 sets", "2 commodities", seconds, None, "")]
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
    "real": real,
    "real-growth": real_growth,
    "single": single,
    "full": full,
    "curves": curves,
    "tight": tight,
    "many": many,
    "growth": growth,
    "coalition": coalition,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the specs asked for; 1 where a target is missed, but in a smoke run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("specs", nargs="*", choices=[*SPECS, []], help="which to run")
    parser.add_argument("--smoke", action="store_true", help="only the smallest line of each")
    parser.add_argument("--json", type=Path, help="write the lines there as well")
    chosen = parser.parse_args(arguments)
    SMOKE["on"] = chosen.smoke
    undisturbed_cost(made_case(1, 2, shown=2, extension=1, members=2))  # load everything once
    lines: list[Measured] = []
    for name in chosen.specs or SPECS:
        for line in SPECS[name]():
            against = f" (target {line.target:g})" if line.target else ""
            print(f"{line.spec}: {line.seconds:.3f} s{against}; {line.size}; {line.note}", flush=True)
            lines.append(line)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"memory at most {peak:.2f} GB (target {MEMORY_GB:g})")
    aimed = [x for x in lines if x.target is not None]
    missed = [x for x in aimed if x.seconds > (x.target or 0.0)]
    late = [f"{x.spec}: {x.seconds:.2f} over {x.target:g}" for x in missed]
    if peak > MEMORY_GB:
        late.append(f"memory: {peak:.2f} over {MEMORY_GB:g} GB")
    print(
        f"{len(aimed) - len(missed)} of {len(aimed)} targets met" + "".join(f"\n  missed: {x}" for x in late)
    )
    if chosen.json:
        chosen.json.write_text(json.dumps({"lines": [asdict(x) for x in lines], "memory_gb": peak}, indent=1))
    return 1 if late and not chosen.smoke else 0


if __name__ == "__main__":
    sys.exit(main())
