"""The coalition: what each member gains and pays, which split holds, who moves first.

The plan is solved for every set of members; savings against members alone make a game, and the splits, core,
stability and order of joining are read from it.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from oresight.core.answer import Answer, Assumption, Column, Sheet, sheet
from oresight.core.progress import Reporter, report, silent
from oresight.plan.coalition_cost import (
    CoalitionCosts,
    aggregation_error,
    coalition_costs,
    game_blocks,
    member_bounds,
)
from oresight.plan.game import PLAYERS_EXACT, proportional_split, shapley, shapley_of_every_set
from oresight.plan.movers import Movers, movers
from oresight.plan.nucleolus import nucleolus
from oresight.plan.programme import Plan
from oresight.plan.records import Case
from oresight.plan.stability import Payoffs, order_of_joining, stability, without_spillover
from oresight.plan.waiting import Grand, grand_of_block
from oresight.studies import (
    names,
    plan,
    plan_sheets,
    share_blocks,
    share_finding,
    share_members,
    share_sheets,
)
from oresight.studies.basis import basis
from oresight.studies.plan_case import SHOWN, PlanCase
from oresight.studies.plan_replay import replayed
from oresight.studies.plan_solve import baseline_of, loss_by_commodity, nothing_decided, solved
from oresight.studies.share_case import Stake, economies, stake, worth_of_demand
from oresight.studies.share_quick import from_few_sets
from oresight.studies.share_workers import executor

Floats = NDArray[np.float64]

PERIOD = 1
"""Years per period of the plan that is solved for every set; 3 is quicker and coarser."""
REPLAYS = 2
PROBES = 8
SEED = 2026


def share(
    coalition: str = names.DEFAULT_COALITION,
    supplier: str = names.DEFAULT_SUPPLIER,
    commodity: Sequence[str] = (),
    reporter: Reporter = silent,
    workers: int = 2,
    out: Path | None = None,
    period: int = PERIOD,
    scheduler: str | None = None,
    quick: bool = False,
) -> Answer:
    """Who gains, who pays, who should move first?

    Args:
        coalition, supplier: Two players or more; members can be left out or added by naming the rest. Up to
            fourteen every set is solved; beyond, few sets are, and Shapley's value is sampled with its error.
        commodity: Only these; all with something at stake by default.
        reporter: Told of progress; may cancel.
        workers: Threads that solve at once.
        out: Folder for finished parts; a later run resumes there.
        period: Years per period of every set's plan, 1 or 3.
        scheduler: Address of a Dask scheduler that solves instead, such as tcp://127.0.0.1:8786.
        quick: Solve only each alone, all, all but one and the order of joining, and say nothing of the rest.

    Raises:
        StudyError: A name is unknown, there is one member only, or the periods do not divide.
    """
    report(reporter, 0.0, "reading what is at stake")
    game_of = stake(coalition, supplier, tuple(commodity))
    made, case = game_of.made, game_of.case

    few = quick or len(made.players.players) > PLAYERS_EXACT

    def part(done: float, doing: str) -> bool | None:
        return reporter(0.05 + (0.9 if few else 0.75) * done, doing)

    grand = None if period == 1 else yearly(case)
    with executor(scheduler) as cluster:
        if few:
            answer_sheets, order = from_few_sets(game_of, period, part, workers, cluster, not quick, grand)
        else:
            costs = coalition_costs(case, period, part, workers, out, cluster)
    if not few:
        report(reporter, 0.82, "splitting the gains")
        base = baseline_of(made.case)
        best, nothing = solved(made.case, silent, max(workers, 1), base), nothing_decided(made.case, base)
        order = movers(costs.game.count, lambda bits: float(costs.game.worth[bits]))
        answer_sheets = composed(game_of, costs, best, costs.grand if grand is None else grand, order, period)
        report(reporter, 0.95, "asking what it does to others")
        answer_sheets.append(outsiders(made, best, nothing))
    report(reporter, 1.0, "done")
    seller = made.seller
    return Answer(
        "share",
        f"Who gains by moving together away from {seller.label}, who pays, who moves first?",
        share_finding.finding(made.players, answer_sheets, order),
        tuple(answer_sheets),
        basis(
            (*plan.TABLES, "economies"),
            (*plan.RULES, *(f"coalition §{n}" for n in range(1, 5))),
            (*plan.ASSUMPTIONS, *ASSUMPTIONS),
            (periods(period), *((FEW,) if few else ()), *CAUTIONS),
        ),
        {
            "coalition": made.players.id,
            "supplier": list(seller.members),
            "commodities": list(made.case.axes.commodities),
            "members": list(made.players.players),
            "period": period,
            "every_set": not few,
        },
    )


FEW = "Only some sets of members were solved: nothing is said of the nucleolus, of stability and of all sets' claims."
ASSUMPTIONS = (
    Assumption("economies", "output of economies, as recalled and rounded"),
    Assumption("coalition §1", "today's supply and third-country projects are split by use"),
    Assumption("coalition §1 feed", "commodities that share feed are used in the same parts by each member"),
)
CAUTIONS = (
    "A set is compared with members alone, whatever the others do; what it does to outsiders stands apart.",
    "Prices of the plan that split its gains are not the only ones possible where several plans are equally good.",
)


def periods(period: int) -> str:
    """How finely every set is planned."""
    if period == 1:
        return "Every set is planned year by year, parts of projects allowed."
    return f"Every set is planned in periods of {period} years, parts of projects allowed: gains are coarse."


def yearly(case: Case) -> tuple[Grand, ...]:
    """The plan of all members year by year, for what waiting one year costs, whatever the game's periods."""
    return tuple(grand_of_block(block, member_bounds(block)) for block in game_blocks(case, 1))


def composed(
    at_stake: Stake,
    costs: CoalitionCosts,
    best: Plan,
    grand: Sequence[Grand],
    order: Movers,
    period: int,
) -> list[Sheet]:
    """All sheets that follow from the game."""
    game, case = costs.game, at_stake.case
    demand = worth_of_demand(case)
    every = shapley_of_every_set(game)
    payoffs: Payoffs = without_spillover(game, every)
    parts = {
        "dual": costs.dual_split,
        "shapley": shapley(game),
        "nucleolus": nucleolus(game).split,
        "by_demand": proportional_split(game, demand),
    }
    gdp = economies(at_stake.made)
    if np.isfinite(gdp).all():
        parts["by_gdp"] = proportional_split(game, gdp)
    whole = stability(payoffs, (1 << game.count) - 1)
    avoided = costs.alone - costs.left
    table = share_sheets.splits(
        game.players,
        game.alone,
        parts,
        costs.alone,
        avoided,
        costs.rent,
        demand / demand.sum(),
        whole.gain_leaving,
    )
    waits = share_members.waiting(game.players, grand)
    singles = costs.by_block[:, 1 << np.arange(game.count)].sum(1)
    return [
        table,
        share_members.sentences(table, waits),
        share_sheets.core(game, parts),
        share_sheets.moving(game.players, order),
        share_sheets.joining(game, order_of_joining(payoffs)),
        waits,
        share_sheets.commodities(costs.blocks, costs.by_block[:, -1], singles),
        share_blocks.pivots(costs),
        share_members.accounts(game.players, costs.alone, costs.dual_share, costs.left, costs.rent),
        share_blocks.swing(costs),
        share_sheets.checks(game, payoffs, error_of(case, costs, period), whole_projects(costs, best)),
    ]


def error_of(case: Case, costs: CoalitionCosts, period: int) -> float | None:
    """Median difference of savings between the game's periods and yearly plans, over sets of all sizes     coalition §1"""
    if period == 1:
        return 0.0
    count = len(case.axes.members)
    draw = np.random.default_rng(SEED)
    sizes = np.linspace(2, count, PROBES).round().astype(int)
    sets = [sum(1 << int(i) for i in draw.choice(count, size, replace=False)) for size in sizes]
    found = aggregation_error(case, costs, np.unique(np.array(sets, dtype=np.int64))).relative
    return None if np.isnan(found) else found


def whole_projects(costs: CoalitionCosts, best: Plan) -> float:
    """What whole projects cost all members beyond parts of projects, as a share of what the plan saves [1]."""
    return float((best.cost - best.cost_relaxed) / max(costs.game.total, 1.0))


def outsiders(made: PlanCase, best: Plan, nothing: Plan) -> Sheet:
    """What the joint plan does to everyone else, from the market: they gain without paying        coalition §1"""
    order = np.argsort(-(loss_by_commodity(nothing) - loss_by_commodity(best)))
    labels = made.case.axes.commodities
    played = [replayed(made, best, nothing, labels[int(c)], SHOWN // 2) for c in order[:REPLAYS]]
    kept = plan_sheets.replay(played)
    columns = (
        Column("commodity", "id", "", "id"),
        Column("name", "commodity"),
        Column("outsiders", "what everyone else gains in a cut-off by the plan", "million USD", "number"),
        Column("members", "what members gain in it", "million USD", "number"),
    )
    rows = [
        {
            "commodity": r["commodity"],
            "name": r["name"],
            "outsiders": r["outsiders"],
            "members": None if r["loss"] is None else float(str(r["loss_nothing"])) - float(str(r["loss"])),
        }
        for r in kept.records()
    ]
    return sheet("outsiders", "What the joint plan does to those outside", columns, rows)
