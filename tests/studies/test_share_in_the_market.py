"""What plans do to outsiders and what a targeted ban does to a coalition, played in the market (coalition §1, §3)."""

import numpy as np
import pytest

from oresight.plan.coalition_cost import CoalitionCosts
from oresight.plan.game import membership, shapley_of_every_set
from oresight.plan.stability import stability, without_spillover
from oresight.studies.plan.replay import SETTLED, cut_off
from oresight.studies.share.answers import Answers, answers, bans, best_answer
from oresight.studies.share.case import stake
from oresight.studies.share.market import Board, Played, played
from oresight.studies.share.sheets import holdable
from oresight.studies.share.spillover import outside_alone, spared, spillover, spillovers, with_spillover
from oresight.studies.share.study import share
from oresight.studies.stress.play import draws_of, play

COUNT = 3


@pytest.fixture(scope="module")
def board() -> Board:
    return Board(stake("JPN,USA,KOR", "CHN", ("silicon-metal",)).made, "silicon-metal", 5)


def test_losses_are_those_of_a_stress_run(board: Board) -> None:
    """coalition §1: by another road: surplus lost less gains, as the stress study sums them over all months."""
    scenario = cut_off(board.made, "silicon-metal", SETTLED)
    there = play(scenario, "silicon-metal", board.players, draws_of("silicon-metal", 1, 0))
    net = (there.loss - there.gain - there.rent - there.trade)[:, 0]
    assert board.added(0) == []
    mine = board.loss([])
    assert mine[:COUNT] == pytest.approx(net[:COUNT], rel=1e-3, abs=1e5)
    assert mine.sum() == pytest.approx(net.sum(), rel=1e-3, abs=1e5)


def test_a_ban_on_one_hurts_it_and_the_joint_plan_softens_it(board: Board) -> None:
    """coalition §3: the target loses by a ban on it alone, less than by one on everyone, and less under the plan."""
    everyone, joint = board.loss([]), board.added(7)
    for i in range(COUNT):
        aimed = board.loss([], i)
        assert 0 < aimed[i] < everyone[i]
        assert board.loss(joint, i)[i] < aimed[i]


def test_what_a_member_bears_is_less_than_its_loss_alone(board: Board) -> None:
    """coalition §3: its own plan leaves it some loss, and no more than doing nothing does."""
    nothing = SetLosses(board)
    for i in range(COUNT):
        assert 0 < board.bears(i) <= nothing[i] * (1 + 1e-9)


class SetLosses(list[float]):
    """What each member loses alone without any plan [USD]."""

    def __init__(self, board: Board) -> None:
        from oresight.plan.coalition_cost import walk

        super().__init__(walk(board._bounds, 1 << np.arange(COUNT), without_plan=True))


def made_up() -> tuple[CoalitionCosts, list[Played]]:
    """Three members, two blocks; the second is not played."""
    alone = np.array([[10.0, 8.0, 6.0], [1.0, 1.0, 1.0]])
    worth = np.array([[0.0, 2, 2, 6, 1, 4, 4, 12], [0.0, 0, 0, 1, 0, 1, 1, 2]])
    by_block = np.array([membership(COUNT) @ alone[b] - worth[b] for b in range(2)])
    costs = CoalitionCosts(
        ("A", "B", "C"), by_block.sum(0), alone, np.zeros((COUNT, 4)), by_block, (("x",), ("y",))
    )
    nothing, without_me = np.array([4.0, 4.0, -1.0]), np.array([2.0, 5.0, -3.0])
    aimed = np.array([[3.0, 0, 0, 1, 0], [0, 2, 0, -1, 0], [0, 0, 1, 0.5, 0]])
    joint = np.array([[1.0, 0.5, 0, 2, 0], [0, 1, 0.2, 0.3, 0], [0, 0, 0.5, 1, 0]])
    return costs, [Played("gallium", 0, nothing, without_me, np.array([8.0, 6.0, 5.0]), aimed, joint)]


def test_spillovers_by_hand() -> None:
    """coalition §3: a share of what its own plan leaves the outsider, in proportion to what the set saves."""
    costs, found = made_up()
    assert spared(found[0]).tolist() == [0.5, -0.25, 0.0]
    spill = spillover(costs, found)
    # A outside {B, C}: half of 8; outside {B}: times 2 / 4. B outside {A, C}: a quarter of 6 lost.
    assert spill[0b110, 0] == pytest.approx(4.0) and spill[0b010, 0] == pytest.approx(2.0)
    assert spill[0b101, 1] == pytest.approx(-1.5) and spill[0b001, 1] == pytest.approx(-0.75)
    assert (spill[:, 2] == 0).all() and (spill[0] == 0).all() and (spill[membership(COUNT)] == 0).all()
    assert outside_alone(costs, spill).tolist() == pytest.approx([4.0, -1.5, 0.0])


def test_who_is_spared_outside_is_harder_to_hold() -> None:
    """coalition §3: what each gains by leaving rises by exactly its spillover; joining gains fall by it."""
    costs, found = made_up()
    inside = shapley_of_every_set(costs.game)
    spill = spillover(costs, found)
    before, after = without_spillover(costs.game, inside), with_spillover(costs, inside, spill)
    plain, told = stability(before, 7), stability(after, 7)
    assert told.gain_leaving - plain.gain_leaving == pytest.approx(outside_alone(costs, spill))
    assert told.surplus == pytest.approx(plain.surplus - outside_alone(costs, spill).sum())
    pair, other = stability(before, 0b110), stability(after, 0b110)
    assert other.gain_joining[0] == pytest.approx(pair.gain_joining[0] - spill[0b110, 0])
    rows = {r["member"]: r for r in spillovers(costs, found, spill).records()}
    for i, p in enumerate(costs.members):
        left = float(costs.dual_split[i] - costs.game.alone[i] - outside_alone(costs, spill)[i]) / 1e6
        assert rows[p]["leaving_costs"] == pytest.approx(left) and rows[p]["stays"] == (left >= 0)


def test_the_worthiest_set_that_transfers_hold() -> None:
    """coalition §3: by looking at every set; without spillovers it is everyone, for the game is superadditive."""
    costs, found = made_up()
    inside = shapley_of_every_set(costs.game)
    assert holdable(without_spillover(costs.game, inside)) == "all"
    spill = 5.0 * np.abs(spillover(costs, found))
    payoffs = with_spillover(costs, inside, spill)
    fits = {}
    for bits in range(1, 8):
        claims = sum(payoffs.outside[bits & ~(1 << i), i] for i in range(COUNT) if bits >> i & 1)
        if costs.game.worth[bits] >= claims:
            fits[bits] = costs.game.worth[bits]
    best = max(fits, key=lambda b: fits[b])
    assert best not in (7, 1, 2, 4)
    said = holdable(payoffs)
    assert all((p in said) == bool(best >> i & 1) for i, p in enumerate(("A", "B", "C")))


def test_the_best_answer_hurts_most_for_least() -> None:
    """coalition §3: a ban that costs the supplier nothing beats all others; else the most harm per dollar."""
    costs, found = made_up()
    told = bans(found)
    assert told.alone.tolist() == [3.0, 2.0, 1.0] and told.joint.tolist() == [1.0, 1.0, 0.5]
    assert told.others.tolist() == pytest.approx([0.5, 0.2, 0.0]) and told.supplier.tolist() == [
        2.0,
        0.3,
        1.0,
    ]
    assert told.best == 1  # 1.2 / 0.3 beats 1.5 / 2 and 0.5 / 1
    free = Answers(told.alone, told.joint, told.others, np.array([2.0, 0.3, -0.1]))
    assert free.best == 2
    table = answers(costs, told, np.zeros(COUNT), 1.0)
    text = best_answer(("JPN", "USA", "KOR"), told, table, "China")
    assert text.startswith("China's best answer is a ban on United States") and "loses" in text
    rows = {r["member"]: r for r in table.records()}
    assert rows["A"]["per_dollar"] == pytest.approx(0.75)


def test_the_study_counts_outsiders_and_bans() -> None:
    """coalition §3: in the answer of gallium, sheets agree with each other and with what is played."""
    answer = share("JPN,USA,KOR", commodity=["gallium"])
    stays = {r["member"]: r for r in answer.sheet("spillovers").records()}
    for r in answer.sheet("answers").records():
        assert r["leaving_costs"] == pytest.approx(stays[r["member"]]["leaving_costs"])
        assert float(str(r["joint"])) < float(str(r["alone"]))
    for r in answer.sheet("splits").records():
        assert r["dual"] == pytest.approx(stays[r["member"]]["inside"])
    again = played(stake("JPN,USA,KOR", "CHN", ("gallium",)).made, "gallium", 0)
    rows = {r["member"]: r for r in answer.sheet("spillover_markets").records()}
    for i, p in enumerate(("JPN", "USA", "KOR")):
        assert rows[p]["nothing"] == pytest.approx(again.nothing[i] / 1e6)
        assert rows[p]["spared"] == pytest.approx(float(spared(again)[i]))
    assert "China's best answer" in answer.finding
