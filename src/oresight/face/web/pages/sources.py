"""Sources: where does it come from, how good is it, what was corrected, what is left out?"""

from oresight.core.answer import Answer, Column, Sheet
from oresight.core.progress import Reporter, report
from oresight.face.web.blocks import Panel, View, panel, table
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import quality
from oresight.studies.catalogue import study as catalogue
from oresight.studies.catalogue.own_rows import listed


def build(target: str, state: State, reporter: Reporter) -> View:
    """The Sources page."""
    report(reporter, 0.1, "reading the catalogue")
    held, mine = catalogue.overview(), listed()
    report(reporter, 0.5, "grading every chain")
    graded = quality.quality(state.year)
    return View(
        "Sources",
        graded.question,
        graded.finding,
        (
            *([own_rows(mine)] if mine.sheets[0].rows else []),
            tables(held, state),
            grades(graded, state),
            corrected(graded, state),
            left_out(graded, state),
        ),
        (graded, held, *([mine] if mine.sheets[0].rows else [])),
        standfirst=held.finding,
    )


def own_rows(answer: Answer) -> Panel:
    """Rows of the user's own, laid over the tables."""
    block = table(
        answer.sheet("own"),
        titles={"table": "Laid over", "key": "row"},
        note="Added and taken away by oresight data add and oresight data forget; kept in your own folder.",
        most=100,
    )
    return panel(answer, "own", block, question="What of it is my own?", finding=answer.finding)


def tables(answer: Answer, state: State) -> Panel:
    """All tables with edition, publisher and licence."""
    block = table(
        answer.sheet("tables"),
        ("table", "rows", "vintage", "publisher", "licence", "about"),
        {"table": "Table", "vintage": "edition", "about": "what a row is"},
        leads={"table": lambda r: state.href(f"/sources/{r['table']}")},
        dense=True,
        most=200,
    )
    return panel(answer, "tables", block, question="Which tables are there, and whose are they?")


def grades(answer: Answer, state: State) -> Panel:
    """Grades of every chain."""
    block = table(
        answer.sheet("quality"),
        ("name", "stage", "grade", "moved", "assumed", "corrected", "trade", "production_year", "sources"),
        {"name": "Mineral", "production_year": "year"},
        {"moved": "other", "assumed": "other", "corrected": "other"},
        leads={"name": lambda r: state.href(f"/commodity/{r['commodity']}")},
        note="moved: tonnes shifted to balance output, trade and use. assumed: share of output no source gives by "
        "country. corrected: share of traded tonnes re-estimated from values.",
        dense=True,
        notes=True,
        most=200,
    )
    return panel(answer, "quality", block, question="How good are the figures?")


def corrected(answer: Answer, state: State) -> Panel:
    """The largest re-estimated quantities."""
    sheet = answer.sheet("corrections")
    block = table(
        sheet,
        ("exporter", "importer", "hs92", "value_kusd", "was_t", "now_t", "why"),
        {"hs92": "code", "value_kusd": "value, kUSD", "was_t": "reported, t", "now_t": "used, t"},
        dense=True,
        most=25,
    )
    finding = f"The largest {len(sheet.rows)} of them are listed; none changes silently."
    return panel(answer, "corrections", block, question="What was corrected?", finding=finding)


def left_out(answer: Answer, state: State) -> Panel:
    """Commodities that are listed and not modelled."""
    sheet = answer.sheet("left_out")
    block = table(
        sheet,
        ("name", "decision", "reason"),
        {"name": "Mineral"},
        leads={"name": lambda r: state.href(f"/commodity/{r['id']}")},
    )
    finding = f"{len(sheet.rows)} minerals are listed and not modelled, each with its reason."
    return panel(answer, "left", block, question="What is left out?", finding=finding)


def one(target: str, state: State, reporter: Reporter) -> View:
    """One table: its fields, origins, checks and first rows."""
    described = catalogue.describe(target)
    rows = catalogue.rows(target, 200)
    main = rows.sheets[0]
    shown = Sheet(
        "rows", main.title, tuple(Column(c.name, c.about, c.unit, c.kind) for c in main.columns), main.rows
    )
    return View(
        target,
        described.question,
        described.finding,
        (
            panel(described, "fields", *(table(s, dense=True) for s in described.sheets if s.rows)),
            panel(
                rows,
                "rows",
                table(
                    main, tuple(c.name for c in shown.columns), title="Its first rows", dense=True, most=50
                ),
                question="What does it hold?",
            ),
        ),
        (described, rows),
        aside=(("All tables", state.href("/sources")),),
    )


PAGES = (
    Page("sources", "/sources", "Sources", 90, build, switches=("year",)),
    Page("table", "/sources/{target}", "", 91, one, switches=()),
)
