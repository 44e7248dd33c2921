"""The coalition: what each member gains and pays, which split holds, who moves first.

The plan is solved for every set of members on aggregated years; savings against members alone make a game, and the
splits, core, stability and order of joining are read from it.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from oresight.catalog.store import read
from oresight.core.answer import Answer, Assumption, Column, Sheet, sheet
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.plan.coalition_cost import CoalitionCosts, aggregation_error, coalition_costs
from oresight.plan.game import Game, proportional_split, shapley, shapley_of_every_set, veto_players
from oresight.plan.nucleolus import nucleolus
from oresight.plan.programme import Plan
from oresight.plan.records import OUTSIDE, Case
from oresight.plan.stability import Payoffs, order_of_joining, stability, without_spillover
from oresight.studies import names, plan, plan_sheets, share_sheets
from oresight.studies.basis import basis
from oresight.studies.plan_case import SHOWN, PlanCase, plan_case
from oresight.studies.plan_replay import replayed
from oresight.studies.plan_solve import baseline_of, loss_by_commodity, nothing_decided, solved
from oresight.studies.share_duals import finite_shares

Floats = NDArray[np.float64]

STEP = 3
"""Years per period of the aggregated plan: divides the years and the months of every cut-off."""
STAKE = 0.001
"""Commodities below this share of the expected loss are left out of the game: they change nothing."""
PRESENCE = 1e-6
"""Share of a use that a member without any counts with, so that its programme exists [1]."""
REPLAYS = 2
PROBES = 6


def share(
    coalition: str = names.DEFAULT_COALITION,
    supplier: str = names.DEFAULT_SUPPLIER,
    commodity: Sequence[str] = (),
    reporter: Reporter = silent,
    workers: int = 2,
    out: Path | None = None,
) -> Answer:
    """Who gains, who pays, who should move first?

    Args:
        coalition, supplier: Two to fourteen players; members can be left out or added by naming the rest.
        commodity: Only these; all with something at stake by default.
        reporter: Told of progress; may cancel.
        workers: Processes; 0 solves in this one.
        out: Folder for finished parts; a later run resumes there.

    Raises:
        StudyError: A name is unknown, there is one member only, or more than fourteen.
    """
    buyers = names.coalition(coalition)
    seller = names.supplier(supplier, buyers)
    every = plan_case(buyers, seller, plan.wanted(commodity))
    if len(every.players.players) < 2:
        raise StudyError("a coalition of one", "name two members or more")
    loss = loss_by_commodity(nothing_decided(every.case, baseline_of(every.case)))
    kept = [c for c, x in zip(every.case.axes.commodities, loss, strict=True) if x > STAKE * loss.sum()]
    if not kept:
        raise StudyError(
            f"no cut-off by {seller.label} leaves anything missing",
            "name other commodities or another supplier",
        )
    made = plan_case(buyers, seller, kept)
    case = present(made.case)

    def part(done: float, doing: str) -> bool | None:
        return reporter(0.05 + 0.75 * done, doing)

    costs = coalition_costs(case, STEP, part, workers, out)
    report(reporter, 0.82, "splitting the gains")
    if not np.isfinite(costs.dual_share).all():
        parts = np.zeros_like(costs.dual_parts)
        parts[:, -1] = finite_shares(case, STEP)
        costs = replace(costs, dual_parts=parts)
    base = baseline_of(made.case)
    best, nothing = solved(made.case, silent, max(workers, 1), base), nothing_decided(made.case, base)
    answer_sheets = composed(made, case, costs, best)
    report(reporter, 0.95, "asking what it does to others")
    answer_sheets.append(outsiders(made, best, nothing))
    report(reporter, 1.0, "done")
    return Answer(
        "share",
        f"Who gains by moving together away from {seller.label}, who pays, who moves first?",
        finding(made, costs.game, answer_sheets),
        tuple(answer_sheets),
        basis(
            (*plan.TABLES, "economies"),
            (*plan.RULES, *(f"coalition §{n}" for n in range(1, 5))),
            (
                *plan.ASSUMPTIONS,
                Assumption("economies", "output of economies, as recalled and rounded"),
                Assumption("coalition §1", "today's supply and third-country projects are split by demand"),
            ),
            (
                f"Every set is planned in periods of {STEP} years, parts of projects allowed.",
                "A set is compared with members alone, whatever the others do; what it does to outsiders stands apart.",
            ),
        ),
        {
            "coalition": made.players.id,
            "supplier": list(seller.members),
            "commodities": list(made.case.axes.commodities),
            "members": list(made.players.players),
        },
    )


def present(case: Case) -> Case:
    """The case of the game: every member present, and today's trade going on whoever plans together   coalition §1

    What members' plants make now is sold among them with or without a coalition, so it is split by demand as outside
    supply is: a member alone would otherwise lose its neighbours' goods, and the game would credit the coalition
    with trade that exists. Use of each stage is split as the commodity's use by value, so supply and use fit for each
    member. New plants, stocks and budgets stay with who decides them. A member that uses none of a
    commodity counts with a millionth, so that each set's programme exists.
    """
    b, s = case.buyers, case.supplies
    held = case.demand_share()[b.product] + PRESENCE
    return replace(
        case,
        buyers=replace(b, member_share=held / held.sum(1, keepdims=True)),
        supplies=replace(s, owner=np.where(s.owner >= 0, OUTSIDE, s.owner)),
    )


def composed(made: PlanCase, case: Case, costs: CoalitionCosts, best: Plan) -> list[Sheet]:
    """All sheets that follow from the game."""
    game = costs.game
    demand = worth_of_demand(case)
    every = shapley_of_every_set(game)
    payoffs: Payoffs = without_spillover(game, every)
    parts = {
        "dual": costs.dual_split,
        "shapley": shapley(game),
        "nucleolus": nucleolus(game).split,
        "by_demand": proportional_split(game, demand),
        "by_gdp": proportional_split(game, economies(made)),
    }
    grand = stability(payoffs, (1 << game.count) - 1)
    avoided = costs.alone - left_over(costs, best)
    table = share_sheets.splits(game, parts, costs.alone, avoided, demand / demand.sum(), grand.gain_leaving)
    singles = costs.by_block[:, 1 << np.arange(game.count)].sum(1)
    return [
        table,
        share_sheets.sentences(table),
        share_sheets.core(game, parts),
        share_sheets.joining(game, order_of_joining(payoffs)),
        share_sheets.commodities(costs, singles),
        share_sheets.checks(game, payoffs, error_of(case, costs)),
    ]


def worth_of_demand(case: Case) -> Floats:
    """Each member's demand by value, over all years (member,) [USD]."""
    b = case.buyers
    worth = b.demand.sum(1) * case.products.price[b.product].mean(1)
    value: Floats = worth @ b.member_share
    return value


def economies(made: PlanCase) -> Floats:
    """Output of each member's economies in the latest year held (member,) [USD].

    Raises:
        StudyError: A member's economy is not in the table.
    """
    rows = read("economies").sort("year").group_by("country").last()
    gdp = dict(zip(rows["country"].to_list(), rows["gdp_usd"].to_list(), strict=True))
    missing = [p for p, codes in made.players.players.items() if not any(c in gdp for c in codes)]
    if missing:
        raise StudyError(
            f"no output of the economy of {', '.join(missing)}", "add it to data/curated/economies.csv"
        )
    return np.array([sum(gdp.get(c, 0.0) for c in codes) for codes in made.players.players.values()])


def left_over(costs: CoalitionCosts, best: Plan) -> Floats:
    """Loss and risk the joint plan leaves each member, by whose use is missing (member,) [USD]."""
    total = float(costs.cost[-1]) * (best.expected_loss + best.risk_cost) / best.cost
    case, nodes = best.case, best.assembly.layout.nodes
    chance = np.where(nodes.cut >= 0, np.append(nodes.cut_probability, 0.0)[nodes.cut], 0.0)
    by_buyer = (best.unserved * chance * case.discount[nodes.year]).sum(1) * case.buyers.value
    mine: Floats = by_buyer @ case.buyers.member_share
    key = mine if mine.sum() > 0 else costs.alone
    result: Floats = total * key / key.sum()
    return result


def error_of(case: Case, costs: CoalitionCosts) -> float | None:
    """Median difference of savings between the aggregated and the yearly plan, over a few sets."""
    whole = (1 << len(case.axes.members)) - 1
    sets = np.unique(np.linspace(max(1, whole // 2), whole, PROBES).astype(np.int64))
    found = aggregation_error(case, costs, sets).relative
    return None if np.isnan(found) else found


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


def finding(made: PlanCase, game: Game, sheets: Sequence[Sheet]) -> str:
    """The coalition in sentences made from its numbers."""
    by = {s.name: s for s in sheets}
    rows = by["splits"].records()
    own = float(game.alone.sum())
    text = [
        f"Together {made.players.label} saves {game.total / 1e9:,.1f} bn USD against doing nothing, "
        f"{(game.total - own) / 1e9:,.1f} bn more than its members each on their own."
    ]
    first = rows[0]
    text.append(f"{first['name']} gains most, {float(str(first['dual'])) / 1e3:,.1f} bn.")
    steps = by["joining"].records()
    if steps and steps[0]["step"] == 0:
        text.append(f"{steps[0]['joins']} can start.")
    inside = [str(r["split"]) for r in by["core"].records() if r["inside"]]
    text.append(f"{len(inside)} of {len(by['core'].rows)} splits hold together, the dual prices among them."
                if "dual" in inside else f"{len(inside)} of {len(by['core'].rows)} splits hold together.")  # fmt: skip
    veto = veto_players(game)
    if veto:
        text.append(f"Without {', '.join(names.label(game.players[i]) for i in veto)} nothing is gained.")
    return " ".join(text)
