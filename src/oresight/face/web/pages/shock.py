"""Shock: what would a stop of a year do to every mineral, and what would the plan leave? The Situation's last columns."""

from collections.abc import Mapping
from dataclasses import dataclass

from oresight.core.answer import Answer, Value
from oresight.core.progress import Reporter, report
from oresight.face.web.apart import apart
from oresight.face.web.blocks import View, panel, table
from oresight.face.web.kept import Kept
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import names
from oresight.studies.edition import recent_edition
from oresight.studies.stress.reference_shock import REFERENCE

DRAWS = 32
OF_STRESS = 0.5
"""Part of the work that the stress run is [1]."""


@dataclass(frozen=True)
class Shock:
    """The reference shock and the plan over all minerals."""

    stress: Answer
    plan: Answer

    def columns(self) -> dict[str, dict[str, Value]]:
        """Commodity -> what the Situation's table shows of it."""
        found: dict[str, dict[str, Value]] = {}
        for r in self.stress.sheet("summary").records():
            found[str(r["commodity"])] = {k: r[k] for k in ("shortage", "price_peak")}
        for r in self.plan.sheet("commodities").records():
            found.setdefault(str(r["commodity"]), {}).update(
                {k: r[k] for k in ("missing_pipeline", "missing_plan")}
            )
        return found


PLAYED = Kept[Shock](8)
"""Shocks that were computed, by who buys and who stops."""


def key(state: State) -> tuple[str, ...]:
    """What tells one shock from another."""
    return (state.coalition.id, state.supplier.id, recent_edition())


def played(state: State) -> Shock | None:
    """The shock of a state, if it was computed."""
    return PLAYED.peek(key(state))


def asked(state: State) -> dict[str, str]:
    """The reference shock as the Stress page is asked for it: the supplier stops everything to everyone for a year."""
    if state.supplier.id == names.DEFAULT_SUPPLIER:
        return {"scenario": REFERENCE}
    return {"from": state.supplier.id, "to": "all", "what": "all"}


def compute(state: State, reporter: Reporter) -> Shock:
    """Play the shock and solve the plan, each in a process of its own that gives way to all else."""
    shocked = apart(
        "stress",
        {"supplier": state.supplier.id, "coalition": state.coalition.id, "draws": DRAWS},
        lambda share, doing: reporter(share * OF_STRESS, doing),
        patient=True,
    )
    planned = apart(
        "plan",
        {"coalition": state.coalition.id, "supplier": state.supplier.id, "curves": False},
        lambda share, doing: reporter(OF_STRESS + share * (0.98 - OF_STRESS), doing),
        patient=True,
    )
    return Shock(shocked, planned)


def build(target: str, state: State, reporter: Reporter) -> View:
    """The page of the shock, whose figures the Situation shows too."""
    found = PLAYED.get(key(state), lambda: compute(state, reporter))
    report(reporter, 0.99, "laying out the page")
    last = found.plan.parameters["last"]
    return View(
        "Shock",
        f"What would a stop of {state.supplier.label} do, and what would a plan leave of it?",
        found.stress.finding,
        (
            panel(
                found.stress,
                "stress",
                table(
                    found.stress.sheet("summary"),
                    ("name", "shortage", "price_peak", "loss", "worst"),
                    {
                        "name": "Mineral",
                        "shortage": "worst shortage",
                        "price_peak": "peak price, x",
                        "loss": "members' loss, million USD",
                        "worst": "hardest hit",
                    },
                    {"shortage": "shortage"},
                    leads={"name": lambda r: stress_link(r, state)},
                    relabel=lambda c, v: names.label(str(v)) if c == "worst" and v else v,
                ),
            ),
            panel(
                found.plan,
                "plan",
                table(
                    found.plan.sheet("commodities"),
                    ("name", "missing_nothing", "missing_pipeline", "missing_plan"),
                    {
                        "name": "Mineral",
                        "missing_nothing": "missing, nothing done",
                        "missing_pipeline": "what is announced",
                        "missing_plan": "with the plan",
                    },
                    dict.fromkeys(("missing_nothing", "missing_pipeline", "missing_plan"), "shortage"),
                    leads={"name": lambda r: state.href("/plan", commodity=str(r["commodity"]))},
                    note=f"Share of use missing in a cut-off in {last}.",
                ),
            ),
        ),
        (found.stress, found.plan),
        aside=(("To the situation", state.href("/")),),
    )


def stress_link(row: Mapping[str, Value], state: State) -> str:
    """Where a mineral's months in the shock stand."""
    return state.href("/stress", **asked(state), focus=str(row["commodity"])) + "#months"


PAGES = (Page("shock", "/shock", "", 12, build, lane="back", switches=("coalition", "supplier")),)
