"""Coalition: who pays, who gains, who should move first? The game of every set of members, toggled and seen to move."""

from oresight.core.answer import Answer, Column, sheet
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report
from oresight.face.web.apart import apart, resting
from oresight.face.web.blocks import View, remaining
from oresight.face.web.kept import Kept
from oresight.face.web.panels import coalition as panels
from oresight.face.web.panels.coalition import TOLD
from oresight.face.web.panels.movement import moved, movement
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import names
from oresight.studies.basis import basis
from oresight.studies.edition import recent_edition

PLAYED = Kept[Answer](8)
"""Games that were solved, by who sat at the table."""
QUICK = "From few sets of members; every set adds Shapley's value, the nucleolus, joining without side payments, checks."


def goods(state: State) -> list[str]:
    """The minerals asked about; none for all."""
    return [c.strip() for c in state.more.get("commodity", "").split(",") if c.strip()]


def key(coalition: str, state: State) -> tuple[object, ...]:
    """What tells one game from another."""
    return (coalition, state.supplier.id, tuple(goods(state)), every(state), recent_edition())


def every(state: State) -> bool:
    """Whether the plan of every set of members is asked for, not only those that quick answers need.

    Raises:
        StudyError: The field says neither.
    """
    written = state.more.get("sets", "")
    if written not in ("", "all"):
        raise StudyError(f"{written[:40]!r} sets", "sets=all solves every set; without it few are solved")
    return written == "all"


def whole(state: State) -> Answer | None:
    """The game of the whole default coalition, where it was solved and somebody else sits at the table now."""
    if state.coalition.id == names.DEFAULT_COALITION:
        return None
    return PLAYED.peek(key(names.DEFAULT_COALITION, state))


def stamp(state: State) -> str:
    """Whether the page can show what moved."""
    return "moved" if whole(state) is not None else ""


def build(target: str, state: State, reporter: Reporter) -> View:
    """The Coalition page."""
    every(state)
    if len(state.coalition.players) < 2:
        return lonely(state)

    def solve() -> Answer:
        asked = {
            "coalition": state.coalition.id,
            "supplier": state.supplier.id,
            "commodity": goods(state),
            "quick": not every(state),
            "out": resting().name,
        }
        return apart("share", asked, lambda share, doing: reporter(share * 0.98, doing))

    answer = PLAYED.get(key(state.coalition.id, state), solve)
    report(reporter, 0.99, "laying out the page")
    before = whole(state)
    change = movement(answer, before) if before is not None else None
    found = [
        *([moved(change)] if change is not None else []),
        *(part(answer, state) for part in panels.ALL),
    ]
    return View(
        "Coalition",
        answer.question,
        answer.finding,
        (*(p for p in found if p is not None), *remaining(answer, TOLD)),
        (answer, *([change] if change is not None else [])),
        form="coalition_form.html.j2",
        fields=seats(state),
        standfirst="" if every(state) else QUICK,
    )


def lonely(state: State) -> View:
    """The page where one member sits alone: who could join it."""
    rows = [{"member": p, "name": names.label(p)} for p in names.coalition().players]
    answer = Answer(
        "share",
        "Who gains by moving together, who pays, who moves first?",
        f"{state.coalition.label} alone has nobody to share with: seat a second member.",
        (
            sheet(
                "seats",
                "Members of the default coalition",
                (Column("member", "id", "", "id"), Column("name", "member")),
                rows,
            ),
        ),
        basis(("blocs",)),
        {"coalition": state.coalition.id},
    )
    return View(
        "Coalition",
        answer.question,
        answer.finding,
        (),
        (answer,),
        form="coalition_form.html.j2",
        fields=seats(state),
    )


def seats(state: State) -> dict[str, object]:
    """Who may sit at the table, who does, and whom a reader can add."""
    usual = names.coalition().players
    own = state.coalition.players
    labels = names.country_labels()
    taken = {c for codes in (*usual.values(), *own.values()) for c in codes} | set(state.supplier.members)
    return {
        "players": [(p, names.label(p), p in own) for p in dict.fromkeys((*usual, *own))],
        "others": sorted(
            ((c, labels[c]) for c in names.sized() - taken if c in labels), key=lambda other: other[1]
        ),
        "goods": [("", "every mineral"), *names.commodity_labels().items()],
        "commodity": state.more.get("commodity", ""),
        "every": every(state),
        "usual": state.coalition.id == names.DEFAULT_COALITION,
    }


PAGES = (
    Page(
        "coalition",
        "/coalition",
        "Coalition",
        55,
        build,
        own=("commodity", "sets"),
        lane="apart",
        switches=("supplier",),
        keeps=True,
        stamp=stamp,
    ),
)
