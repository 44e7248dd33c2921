"""Stress: what if the supplier stops? A scenario played live, month by month; and how far to trust the model."""

from oresight.core.answer import Answer
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report
from oresight.face.brief.model_sections import told, verified, worth
from oresight.face.charts import stress as charts
from oresight.face.web import scenarios
from oresight.face.web.blocks import Picture, View, panel, remaining, table
from oresight.face.web.panels.stress import (
    comparison,
    costs,
    members,
    monthly,
    overview,
    platforms,
    routes,
    uses,
    withstood,
)
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import names
from oresight.studies.backtest import study as backtest
from oresight.studies.plan.case import SHOWN, years_of
from oresight.studies.plan.withstand import withstand
from oresight.studies.stress import study as stress
from oresight.studies.stress.scenario_list import scenarios as listing

DRAWS = (8, 32, 128, 512)
DRAWS_MOST = 2048
YEARS = years_of()[1:SHOWN]
"""Years in which a scenario can be played with the plan; in the first nothing is built yet."""
TOLD = ("summary", "months", "members", "uses", "costs", "flows", "platforms")
"""Sheets that stand in a panel of their own."""


def build(target: str, state: State, reporter: Reporter) -> View:
    """The Stress page."""
    played = scenarios.asked(state)
    compare, year = state.more.get("compare"), planned_year(state)
    against = scenarios.named(compare) if compare else None
    answer = stress.stress(
        played,
        state.coalition.id,
        draws=draws(state),
        compare=against,
        reporter=lambda share, doing: reporter(share * (0.45 if year else 0.95), doing),
    )
    later = None
    if year:
        later = withstand(
            played,
            state.coalition.id,
            year,
            reporter=lambda share, doing: reporter(0.45 + 0.5 * share, doing),
        )
    report(reporter, 0.97, "laying out the page")
    summary = answer.sheet("summary").records()
    known = [str(r["commodity"]) for r in summary]
    focus = state.more.get("focus") or known[0]
    if focus not in known:
        raise StudyError(
            f"{focus[:60]} is not touched by this scenario", f"it touches {', '.join(known[:8])}"
        )
    row = next(r for r in summary if r["commodity"] == focus)
    found = [
        overview(answer, state),
        monthly(answer, state, focus, str(row["name"]), told(row, answer.sheet("summary")), worth(row)),
        members(answer, state, focus),
        uses(answer, focus),
        costs(answer),
        routes(answer, focus),
        platforms(answer, focus),
        comparison(answer),
        withstood(later, state, focus) if later is not None else None,
    ]
    return View(
        "Stress",
        answer.question,
        answer.finding,
        (*(p for p in found if p is not None), *remaining(answer, laid_out(answer))),
        (answer,) if later is None else (answer, later),
        standfirst=f"{answer.parameters['draws']} draws of the parameters; bands are P5 to P95.",
        aside=(("How far to trust it", state.href("/record")),),
        form="stress_form.html.j2",
        fields=form(state, played.name),
    )


def laid_out(answer: Answer) -> tuple[str, ...]:
    """Names of the sheets that have a panel of their own; the comparison is the last sheet where there is one."""
    compared = (answer.sheets[-1].name,) if "compared_with" in answer.parameters else ()
    return (*TOLD, *compared)


def draws(state: State) -> int:
    """How many draws are asked for."""
    written = state.more.get("draws", "")
    if not written:
        return stress.DRAWS
    if not written.isascii() or not written.isdigit() or not 1 <= int(written[:8]) <= DRAWS_MOST:
        raise StudyError(f"{written[:40]!r} draws", f"give 1 to {DRAWS_MOST}; the command line takes more")
    return int(written)


def planned_year(state: State) -> int | None:
    """The year in which the scenario is also played with the plan, if one is asked for."""
    written = state.more.get("plan", "")
    if not written:
        return None
    if written not in {str(year) for year in YEARS}:
        raise StudyError(
            f"{written[:40]!r} is no year of the plan", f"give one from {YEARS[0]} to {YEARS[-1]}"
        )
    return int(written)


def form(state: State, name: str) -> dict[str, object]:
    """What the scenario builder offers and holds."""
    rows = listing().sheets[0].records()
    return {
        "presets": [(r["id"], r["title"]) for r in rows if r["kind"] == "preset"],
        "events": [(r["id"], f"{r['id']}: {r['title']}") for r in rows if r["kind"] == "event"],
        "chosen": name,
        "own": bool(state.more.get("from") or state.more.get("what")),
        "draws": DRAWS,
        "drawn": draws(state),
        "goods": [
            ("all", "every mineral"),
            *((g, f"all of {g.replace('-', ' ')}") for g in names.groups()),
            *names.commodity_labels().items(),
        ],
        "toml": scenarios.as_toml(state),
        "held": {k: state.more.get(k, "") for k in (*scenarios.FIELDS, "compare", "plan")},
        "years": YEARS,
    }


def trust(target: str, state: State, reporter: Reporter) -> View:
    """The back-test: past restrictions replayed with data from before each."""
    answer = backtest.backtest(reporter=lambda share, doing: reporter(share * 0.95, doing))
    points = verified(answer.sheet("points"))
    picture = Picture(
        "record",
        "Past restrictions replayed: price of the model against the price seen",
        lambda: charts.record(points, width=620),
        f"Points with bands about the diagonal. {answer.finding}",
        table(points, most=80),
        "Outside the restricting country; prices traced to a source.",
    )
    more = [
        table(s, dense=True, most=80) for s in answer.sheets if s.name in ("episodes", "targets") and s.rows
    ]
    return View(
        "Record",
        answer.question,
        answer.finding,
        (
            panel(answer, "record", picture, question="Does the model foresee what happened?"),
            panel(
                answer,
                "episodes",
                *more,
                question="Episode by episode",
                finding="Every target and its score.",
            ),
        ),
        (answer,),
        aside=(("To the stress page", state.href("/stress")),),
    )


PAGES = (
    Page(
        "stress",
        "/stress",
        "Stress",
        40,
        build,
        own=("scenario", "draws", "focus", "compare", "plan", *scenarios.FIELDS),
        lane="slow",
        switches=("coalition",),
        keeps=True,
    ),
    Page("record", "/record", "", 41, trust, lane="slow", switches=()),
)
