"""The game of every set of members: splits, core, stability with spillovers, the supplier's answer (coalition §1-§4)."""

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from oresight.core.answer import Column, Sheet, sheet
from oresight.core.progress import Reporter, report, silent
from oresight.plan.coalition_cost import CoalitionCosts, aggregation_error, coalition_costs
from oresight.plan.game import proportional_split, shapley, shapley_of_every_set
from oresight.plan.movers import Movers, movers
from oresight.plan.nucleolus import nucleolus
from oresight.plan.programme import Plan
from oresight.plan.records import Case
from oresight.plan.stability import order_of_joining, stability, without_spillover
from oresight.plan.waiting import Grand
from oresight.studies.plan import sheets as plan_sheets
from oresight.studies.plan.case import SHOWN, PlanCase
from oresight.studies.plan.replay import replayed
from oresight.studies.plan.solve import baseline_of, loss_by_commodity, nothing_decided, solved
from oresight.studies.share import blocks as share_blocks
from oresight.studies.share import members as share_members
from oresight.studies.share import sheets as share_sheets
from oresight.studies.share.answers import answers, bans, best_answer
from oresight.studies.share.case import Stake, economies, worth_of_demand
from oresight.studies.share.market import Played, all_played
from oresight.studies.share.spillover import (
    in_the_market,
    outside_alone,
    spillover,
    spillovers,
    with_spillover,
)

Floats = NDArray[np.float64]

REPLAYS = 2
PROBES = 16
SEED = 2026


def from_every_set(
    at_stake: Stake,
    period: int,
    reporter: Reporter,
    workers: int,
    out: Path | None,
    cluster: Executor | None,
    yearly: Sequence[Grand] | None = None,
) -> tuple[list[Sheet], Movers, str]:
    """Sheets, the order of movers, and the supplier's best answer in words                    coalition §1-§4"""

    def part(first: float, last: float) -> Reporter:
        return lambda share, doing: reporter(first + (last - first) * share, doing)

    made, case = at_stake.made, at_stake.case
    costs = coalition_costs(case, period, part(0.0, 0.75), workers, out, cluster)
    report(reporter, 0.75, "splitting the gains")
    base = baseline_of(made.case)
    best, nothing = solved(made.case, silent, max(workers, 1), base), nothing_decided(made.case, base)
    found = all_played(made, costs, nothing, part(0.78, 0.95))
    order = movers(costs.game.count, lambda bits: float(costs.game.worth[bits]))
    spill = spillover(costs, found)
    sheets = composed(
        at_stake, costs, best, costs.grand if yearly is None else yearly, order, period, spill, found
    )
    said = ""
    if found:
        told = bans(found)
        table = answers(costs, told, outside_alone(costs, spill), float(case.discount[SHOWN // 2]))
        sheets.append(table)
        said = best_answer(costs.members, told, table, made.seller.label)
    report(reporter, 0.95, "asking what it does to others")
    sheets += [
        outsiders(made, best, nothing),
        *([in_the_market(costs, found)] if found else []),
        share_blocks.swing(costs),
    ]
    return sheets, order, said


def composed(
    at_stake: Stake,
    costs: CoalitionCosts,
    best: Plan,
    grand: Sequence[Grand],
    order: Movers,
    period: int,
    spill: Floats,
    found: Sequence[Played],
) -> list[Sheet]:
    """All sheets that follow from the game and from what plans do to outsiders."""
    game, case = costs.game, at_stake.case
    demand = worth_of_demand(case)
    inside = shapley_of_every_set(game)
    plain, payoffs = without_spillover(game, inside), with_spillover(costs, inside, spill)
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
    table = share_sheets.splits(
        game.players,
        game.alone,
        parts,
        costs.alone,
        costs.alone - costs.left,
        costs.rent,
        demand / demand.sum(),
        whole.gain_leaving,
    )
    waits = share_members.waiting(game.players, grand)
    singles = costs.by_block[:, 1 << np.arange(game.count)].sum(1)
    joins = order_of_joining(payoffs)
    return [
        table,
        share_members.sentences(table, waits),
        share_sheets.core(game, parts),
        share_sheets.moving(game.players, order),
        share_sheets.joining(game, joins),
        waits,
        share_sheets.commodities(costs.blocks, costs.by_block[:, -1], singles),
        share_blocks.pivots(costs),
        share_members.accounts(game.players, costs.alone, costs.dual_share, costs.left, costs.rent),
        share_sheets.checks(
            game,
            plain,
            payoffs,
            order_of_joining(plain),
            joins,
            error_of(case, costs, period),
            whole_projects(costs, best),
        ),
        *([spillovers(costs, found, spill)] if found else []),
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
