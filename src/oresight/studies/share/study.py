"""The coalition: what each member gains and pays, which split holds, who moves first.

The plan is solved for every set of members; savings against members alone make a game, and the splits, core,
stability and order of joining are read from it.
"""

from collections.abc import Sequence
from pathlib import Path

from oresight.core.answer import Answer, Assumption
from oresight.core.progress import Reporter, report, silent
from oresight.plan.coalition_cost import game_blocks
from oresight.plan.game import PLAYERS_EXACT
from oresight.plan.member_bounds import member_bounds
from oresight.plan.records import Case
from oresight.plan.waiting import Grand, grand_of_block
from oresight.studies import names
from oresight.studies.basis import basis
from oresight.studies.plan import study as plan
from oresight.studies.share.case import stake
from oresight.studies.share.finding import finding
from oresight.studies.share.quick import from_few_sets
from oresight.studies.share.whole import from_every_set
from oresight.studies.share.workers import executor

PERIOD = 1
"""Years per period of the plan that is solved for every set; 3 is quicker and coarser."""


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
    apart: bool = False,
) -> Answer:
    """Who gains, who pays, who should move first?

    Args:
        coalition, supplier: Two players or more; members can be left out or added by naming the rest. Up to
            fourteen every set is solved; beyond, few sets are, and Shapley's value is sampled with its error.
        commodity: Only these; all with something at stake by default.
        reporter: Told of progress; may cancel.
        workers: Threads that solve at once; 0 and 1 are one.
        out: Folder for finished parts; a later run resumes there.
        period: Years per period of every set's plan, 1 or 3.
        scheduler: Address of a Dask scheduler that solves instead, such as tcp://127.0.0.1:8786.
        apart: Solve every set in processes instead of threads: a little faster, each takes a second to start, and a
            script must ask under `if __name__ == "__main__":`.
        quick: Solve only each alone, all, all but one and the order of joining, and say nothing of the rest.

    Raises:
        StudyError: A name is unknown, there is one member only, or the periods do not divide.
    """
    report(reporter, 0.0, "reading what is at stake")
    game_of = stake(coalition, supplier, tuple(commodity))
    made, case = game_of.made, game_of.case

    few = quick or len(made.players.players) > PLAYERS_EXACT

    def part(done: float, doing: str) -> bool | None:
        return reporter(0.05 + 0.95 * done, doing)

    grand = None if period == 1 else yearly(case)
    said = ""
    with executor(scheduler, workers if apart and not few else 0) as cluster:
        if few:
            sheets, order = from_few_sets(game_of, period, part, workers, cluster, not quick, grand)
        else:
            sheets, order, said = from_every_set(game_of, period, part, workers, out, cluster, grand)
    report(reporter, 1.0, "done")
    seller = made.seller
    return Answer(
        "share",
        f"Who gains by moving together away from {seller.label}, who pays, who moves first?",
        finding(game_of.label, list(made.players.players), sheets, order, said),
        tuple(sheets),
        basis(
            (*plan.TABLES, "economies"),
            (*plan.RULES, *(f"coalition §{n}" for n in range(1, 5))),
            (*plan.ASSUMPTIONS, *ASSUMPTIONS, *(() if few else PLAYED)),
            (
                periods(period),
                *(
                    (f"{', '.join(game_of.left_out)} supplies and is left out of the game.",)
                    if game_of.left_out
                    else ()
                ),
                *((FEW,) if few else ()),
                *CAUTIONS,
            ),
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
PLAYED = (
    Assumption(
        "coalition §3 spillover",
        "what a plan spares outsiders: played in the market for all others' plan in a cut-off of everyone, for the four "
        "blocks with most at stake; for smaller sets in proportion to what they save",
    ),
    Assumption(
        "coalition §3 ban", "a ban on one member, twelve months, certain, in the middle of the years shown"
    ),
)
CAUTIONS = (
    "The worth of a set assumes nothing about how the others group themselves; what it does to them stands apart.",
    "Market losses are what buyers forgo at market prices; the plan counts a missing tonne at the worth of its use.",
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
