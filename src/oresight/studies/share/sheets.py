"""The sheets of the coalition: splits side by side, core, stability, the order of joining, gains by commodity."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oresight.core.answer import Column, Sheet, sheet
from oresight.plan.core_of_game import core_certificate, core_verdict
from oresight.plan.game import Game, PairCheck, convexity, members, superadditivity
from oresight.plan.movers import Movers
from oresight.plan.stability import Joining, Payoffs, Stability, potential_surplus, stability
from oresight.studies import names

Floats = NDArray[np.float64]
MILLION = 1e6


def listed(bits: int, players: Sequence[str]) -> str:
    """The players of a set as a reader sees them; `nobody` for the empty one."""
    return ", ".join(names.label(p) for p in members(bits, players)) or "nobody"


def splits(
    players: Sequence[str],
    own: Floats,
    parts: dict[str, Floats],
    alone: Floats,
    avoided: Floats,
    rent: Floats,
    demand: Floats,
    leaving: Floats | None = None,
    error: Floats | None = None,
) -> Sheet:
    """Gains of every member under every split, what it pays and what it is spared              coalition §2

    Args:
        players: Names. own: Worth of each alone (member,) [USD].
        parts: Gains by split (member,) [USD]; a split that is not known is left out.
        alone: Loss alone without any plan. avoided: Loss and risk spared. rent: Of hosted projects [USD].
        demand: Share of demand (member,) [1].
        leaving: What each would gain by leaving, under Shapley [USD]; None where not known.
        error: Standard error of a sampled Shapley value [USD].
    """
    columns = (
        Column("member", "member", "", "id"),
        Column("name", "member of the coalition"),
        Column("demand_share", "its share of demand by value", "1", "share"),
        Column("dual", "gain at the plan's dual prices (Owen); always in the core", "million USD", "number"),
        Column("pays", "cash, under the dual split: spared less gained", "million USD", "number"),
        Column("loss_avoided", "loss and risk it is spared by the joint plan", "million USD", "number"),
        Column("worth_alone", "what its own plan alone would save", "million USD", "number"),
        Column("loss_alone", "expected loss and risk alone, without any plan", "million USD", "number"),
        Column("rent", "of the cash, earned by the projects it hosts", "million USD", "number"),
        Column("shapley", "gain by Shapley's value", "million USD", "number"),
        Column("nucleolus", "gain by the nucleolus", "million USD", "number"),
        Column("by_demand", "gain in proportion to demand", "million USD", "number"),
        Column("by_gdp", "gain in proportion to output of the economy", "million USD", "number"),
        Column("leaving", "what it would gain by leaving, under Shapley", "million USD", "number"),
        Column("shapley_error", "standard error of a sampled Shapley value", "million USD", "number"),
    )
    rows = [
        {
            "member": p,
            "name": names.label(p),
            "demand_share": float(demand[i]),
            "loss_alone": alone[i] / MILLION,
            "worth_alone": own[i] / MILLION,
            "loss_avoided": avoided[i] / MILLION,
            "pays": (avoided[i] - parts["dual"][i]) / MILLION,
            "rent": rent[i] / MILLION,
            **{name: split[i] / MILLION for name, split in parts.items()},
            "leaving": None if leaving is None else leaving[i] / MILLION,
            "shapley_error": None if error is None else error[i] / MILLION,
        }
        for i, p in enumerate(players)
    ]
    rows.sort(key=lambda r: -float(str(r["dual"])))
    return sheet("splits", "What each member gains, pays and is spared", columns, rows)


def core(game: Game, parts: dict[str, Floats]) -> Sheet:
    """Which splits no set of members would leave, and who would                                coalition §2"""
    columns = (
        Column("split", "rule"),
        Column("inside", "no set of members can do better on its own", "", "flag"),
        Column("short", "most that a set gets less than it is worth alone", "million USD", "number"),
        Column("leavers", "that set"),
    )
    rows = []
    for name, split in parts.items():
        verdict = core_verdict(game, split)
        rows.append(
            {
                "split": name,
                "inside": verdict.inside,
                "short": max(verdict.excess, 0.0) / MILLION,
                "leavers": "" if verdict.inside else listed(verdict.leavers, game.players),
            }
        )
    return sheet("core", "Which split holds together", columns, rows)


def joining(game: Game, found: Joining) -> Sheet:
    """Who can start, and in which order the others join so that each step pays for those in    coalition §4"""
    columns = (
        Column("step", "0 is the start", "", "integer"),
        Column("joins", "who joins"),
        Column("worth", "what all in it save together", "million USD", "number"),
        Column("insiders", "least gain of a member already in", "million USD", "number"),
        Column("joiner", "gain of who joins over staying out", "million USD", "number"),
    )
    rows: list[dict[str, object]] = []
    if found.start:
        rows.append(
            {"step": 0, "joins": listed(found.start, game.players), "worth": found.worth[0] / MILLION}
        )
    for n, player in enumerate(found.order):
        rows.append(
            {
                "step": n + 1,
                "joins": names.label(game.players[player]),
                "worth": found.worth[n + 1] / MILLION,
                "insiders": found.gain_insiders[n] / MILLION,
                "joiner": found.gain_joiner[n] / MILLION,
            }
        )
    for player in found.waiting:
        rows.append({"joins": f"{names.label(game.players[player])}: no step pays"})
    return sheet(
        "joining", "The order of joining in which each step pays for those already in", columns, rows
    )


def checks(
    game: Game,
    plain: Payoffs,
    payoffs: Payoffs,
    joins_plain: Joining,
    joins: Joining,
    error: float | None,
    whole_projects: float,
) -> Sheet:
    """What was checked of the game itself                                                      coalition §1, §3

    Args:
        plain, payoffs: Without and with what sets do to outsiders. joins_plain, joins: Orders of joining under them.
        error: Of longer periods [1]; None where not known. whole_projects: Extra cost over savings [1].
    """
    columns = (Column("check", "what"), Column("result", "what was found"))
    sums, bent, certificate = superadditivity(game), convexity(game), core_certificate(game)
    everyone = (1 << game.count) - 1
    before, whole = stability(plain, everyone), stability(payoffs, everyone)
    rows: list[dict[str, object]] = [
        {"check": "two sets are worth more together than apart", "result": pairs(sums)},
        {"check": "joining is worth more the larger the set (convex)", "result": pairs(bent)},
        {
            "check": "a split that no set would leave exists",
            "result": "yes, by a certificate" if certificate.nonempty else "no, by balanced weights",
        },
        {"check": "no member gains by leaving, under Shapley", "result": leavers(before, game)},
        {
            "check": "the same, counting what the others' plan spares an outsider",
            "result": leavers(whole, game),
        },
        {
            "check": "transfers could hold everyone in, counting that too",
            "result": "yes" if whole.potential else f"no, {-whole.surplus / MILLION:,.0f} million USD short",
        },
        {
            "check": "the worthiest set that transfers could hold, counting that too",
            "result": holdable(payoffs),
        },
        {
            "check": "order of joining, counting that too",
            "result": "as without it"
            if (joins.start, joins.order) == (joins_plain.start, joins_plain.order)
            else f"without it {listed(joins_plain.start, game.players)} could start",
        },
        {
            "check": "aggregated plan against the yearly plan, median difference of savings",
            "result": "unknown"
            if error is None
            else "none: all plans are yearly"
            if error == 0
            else f"{error:.1%}",
        },
        {
            "check": "whole projects instead of parts, all members: extra cost as a share of savings",
            "result": f"{whole_projects:.2%}",
        },
    ]
    return sheet("checks", "What was checked", columns, rows)


def holdable(payoffs: Payoffs) -> str:
    """The set worth most among those that transfers can hold together, in words                   coalition §3"""
    game = payoffs.game
    fits = potential_surplus(payoffs) >= -100 * game.tolerance
    bits = int(np.argmax(np.where(fits, game.worth, -np.inf)))
    if bits == (1 << game.count) - 1:
        return "all"
    if bits.bit_count() < 2:
        return "none"
    return f"{listed(bits, game.players)}: {game.worth[bits] / game.total:.0%} of all savings"


def leavers(found: Stability, game: Game) -> str:
    """Who gains by leaving, in words."""
    if found.internal:
        return "yes"
    who = [
        names.label(p)
        for p, x in zip(game.players, found.gain_leaving, strict=True)
        if x > 100 * game.tolerance
    ]
    return f"no: {', '.join(who)} would"


def pairs(check: PairCheck) -> str:
    """A check over pairs in words."""
    if check.holds:
        return "yes"
    return f"no, in {check.failing_share:.1%} of pairs, by up to {check.worst_gap / MILLION:,.1f} million USD"


def moving(players: Sequence[str], found: Movers) -> Sheet:
    """Who should move first: the best pair, then whoever adds most, each step shared by side payments     coalition §4"""
    columns = (
        Column("step", "0 is the start", "", "integer"),
        Column("joins", "who joins"),
        Column("worth", "what all in it save together", "million USD", "number"),
        Column("adds", "what the step gains beyond plans alone, to be shared", "million USD", "number"),
        Column("reached", "share of all that pooling gains", "1", "share"),
    )
    whole = found.adds.sum()
    rows: list[dict[str, object]] = []
    for step in range(len(found.sets)):
        first = step == 0
        who = found.order[:2] if first else found.order[step + 1 : step + 2]
        rows.append(
            {
                "step": step,
                "joins": ", ".join(names.label(players[i]) for i in who),
                "worth": found.worth[step] / MILLION,
                "adds": found.adds[step] / MILLION,
                "reached": float(found.adds[: step + 1].sum() / whole) if whole > 0 else None,
            }
        )
    return sheet("movers", "Who should move first, if gains are shared by side payments", columns, rows)


def commodities(blocks: Sequence[tuple[str, ...]], together: Floats, alone_by_block: Floats) -> Sheet:
    """Where acting together saves most: the whole coalition against members each alone, by block of commodities."""
    columns = (
        Column("commodities", "commodities that share feed"),
        Column("separate", "members' own plans, each alone: cost and risk", "million USD", "number"),
        Column("together", "joint plan: cost and risk", "million USD", "number"),
        Column("gain", "what pooling saves", "million USD", "number"),
    )
    labels = names.commodity_labels()
    rows = [
        {
            "commodities": ", ".join(labels[c] for c in block),
            "separate": alone_by_block[b] / MILLION,
            "together": together[b] / MILLION,
            "gain": (alone_by_block[b] - together[b]) / MILLION,
        }
        for b, block in enumerate(blocks)
    ]
    rows.sort(key=lambda r: -float(str(r["gain"])))
    return sheet("commodities", "Where acting together saves most", columns, rows)
