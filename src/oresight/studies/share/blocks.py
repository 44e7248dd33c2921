"""Veto and swing members by commodity: whose plants and orders each pool stands on (coalition §4)."""

import numpy as np
from numpy.typing import NDArray

from oresight.core.answer import Column, Sheet, sheet
from oresight.plan.coalition_cost import CoalitionCosts
from oresight.plan.game import Game, membership, set_sums, swing_share, veto_players
from oresight.plan.some_sets import SetCosts
from oresight.studies import names

Floats = NDArray[np.float64]
MILLION = 1e6
HALF = 0.5
"""A member swings a set that it lifts above this share of what pooling gains [1]."""
SMALL = 1e-4
"""Pools that gain less than this share of the coalition's savings are left out [1]."""


def labels_of(block: tuple[str, ...]) -> str:
    """Names of a block's commodities."""
    known = names.commodity_labels()
    return ", ".join(known[c] for c in block)


def said(players: tuple[str, ...], who: tuple[int, ...]) -> str:
    """Members by position as a reader sees them; `nobody` where there are none."""
    return ", ".join(names.label(players[i]) for i in who) or "nobody"


def adds(game: Game) -> Floats:
    """What each member adds to all others beyond standing alone: v(N) - v(N - i) - v(i) (member,) [unit of v]."""
    everyone = (1 << game.count) - 1
    without = np.array([game.worth[everyone & ~(1 << i)] for i in range(game.count)])
    added: Floats = game.total - without - game.alone
    return added


def smallest(game: Game, target: float) -> int:
    """The smallest set, the best of its size, that gains a share of what pooling all gains."""
    surplus = game.worth - set_sums(game.alone)
    sizes = membership(game.count).sum(1)
    enough = surplus >= target * surplus[-1] - game.tolerance
    least = sizes[enough].min()
    return int(np.argmax(np.where(enough & (sizes == least), surplus, -np.inf)))


def pooled(costs: CoalitionCosts) -> list[tuple[int, Game, float]]:
    """Blocks whose pooling gains something, with their games and gains; the largest gain first."""
    found = []
    for b in range(len(costs.blocks)):
        game = costs.block_game(b)
        gain = game.total - float(game.alone.sum())
        if gain > SMALL * abs(costs.game.total):
            found.append((b, game, gain))
    return sorted(found, key=lambda f: -f[2])


def missed(costs: SetCosts) -> Sheet:
    """Whom each commodity's pool would miss most, where only few sets are solved                   coalition §4"""
    columns = (
        Column("commodities", "commodities that share feed"),
        Column("gain", "what pooling saves beyond plans alone", "million USD", "number"),
        Column("most", "who adds most to the others"),
        Column("adds", "what it adds", "million USD", "number"),
    )
    singles = [1 << i for i in range(costs.count)]
    whole = costs.worth_by_block(costs.everyone)
    alone = np.stack([costs.worth_by_block(s) for s in singles], axis=1)
    without = np.stack([costs.worth_by_block(costs.everyone & ~s) for s in singles], axis=1)
    added, gain = whole[:, None] - without - alone, whole - alone.sum(1)
    rows: list[dict[str, object]] = []
    for b in np.argsort(-gain, kind="stable"):
        if gain[b] > SMALL * abs(whole.sum()):
            most = int(added[b].argmax())
            rows.append(
                {
                    "commodities": labels_of(costs.blocks[b]),
                    "gain": gain[b] / MILLION,
                    "most": names.label(costs.members[most]),
                    "adds": added[b, most] / MILLION,
                }
            )
    return sheet("pivots", "Whom each commodity's pool stands on", columns, rows)


def pivots(costs: CoalitionCosts) -> Sheet:
    """Whom each commodity's pool stands on                                                        coalition §4"""
    columns = (
        Column("commodities", "commodities that share feed"),
        Column("gain", "what pooling saves beyond plans alone", "million USD", "number"),
        Column("veto", "without whom nothing is gained"),
        Column("most", "who adds most to the others"),
        Column("adds", "what it adds", "million USD", "number"),
        Column("swing", "who most often lifts a set above half of the gain"),
        Column("swing_share", "in this share of the sets of the others", "1", "share"),
        Column("half", "the fewest who gain half of it"),
    )
    rows: list[dict[str, object]] = []
    for b, game, gain in pooled(costs):
        added, swings = adds(game), swing_share(game, HALF)
        first, often = int(added.argmax()), int(swings.argmax())
        few = smallest(game, HALF)
        rows.append(
            {
                "commodities": labels_of(costs.blocks[b]),
                "gain": gain / MILLION,
                "veto": said(game.players, veto_players(game)),
                "most": names.label(game.players[first]),
                "adds": added[first] / MILLION,
                "swing": names.label(game.players[often]),
                "swing_share": float(swings[often]),
                "half": said(game.players, tuple(i for i in range(game.count) if few >> i & 1)),
            }
        )
    return sheet("pivots", "Whom each commodity's pool stands on", columns, rows)


def swing(costs: CoalitionCosts) -> Sheet:
    """What every member means to every commodity's pool                                           coalition §4"""
    columns = (
        Column("commodities", "commodities that share feed"),
        Column("member", "member", "", "id"),
        Column("name", "member of the coalition"),
        Column("alone", "what its own plan alone would save", "million USD", "number"),
        Column("adds", "what it adds to all others beyond that", "million USD", "number"),
        Column("swing_share", "sets of the others it lifts above half of the gain", "1", "share"),
        Column("veto", "nothing is gained without it", "", "flag"),
    )
    rows: list[dict[str, object]] = []
    for b, game, _ in pooled(costs):
        added, swings, veto = adds(game), swing_share(game, HALF), veto_players(game)
        rows += [
            {
                "commodities": labels_of(costs.blocks[b]),
                "member": game.players[i],
                "name": names.label(game.players[i]),
                "alone": game.alone[i] / MILLION,
                "adds": added[i] / MILLION,
                "swing_share": float(swings[i]),
                "veto": i in veto,
            }
            for i in np.argsort(-added, kind="stable")
        ]
    return sheet("swing", "What every member means to every commodity's pool", columns, rows)
