"""Purchases: what of a company's own list passes through the supplier, line by line; the list stays in memory."""

from oresight.core.answer import Answer
from oresight.core.progress import Reporter, report
from oresight.face.charts import purchases as charts
from oresight.face.web.blocks import Panel, Picture, Points, View, panel, table
from oresight.face.web.handed import held
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import names
from oresight.studies.purchases.reading import read_bytes
from oresight.studies.purchases.study import answered, nothing_given

QUESTION = "What of what we buy passes through the supplier?"


def build(target: str, state: State, reporter: Reporter) -> View:
    """The page of a list where one was handed over; what a list looks like otherwise."""
    digest = state.more.get("list", "")
    if not digest:
        return empty(state)
    given = held(digest)
    home = state.more.get("home") or None
    lines = read_bytes(given.content, given.name)
    answer = answered(
        lines, given.name, home, state.supplier.id, None, lambda share, doing: reporter(0.95 * share, doing)
    )
    report(reporter, 0.97, "laying out the page")
    parts = (exposed(answer, state), shock(answer, state), by_line(answer, state), left_out(answer))
    return View(
        "Purchases",
        answer.question,
        answer.finding,
        tuple(p for p in parts if p is not None),
        (answer,),
        form="purchases_form.html.j2",
        fields={"home": names.label(home) if home else ""},
    )


def empty(state: State) -> View:
    """The form, and what a list needs."""
    answer = nothing_given(state.supplier.id)
    return View(
        "Purchases",
        QUESTION,
        "Hand over your list: every line is followed back through every stage.",
        (
            panel(
                answer,
                "columns",
                table(
                    answer.sheets[0],
                    titles={"column": "Column", "about": "what it holds", "read_as": "also read as"},
                ),
                question="What does a list look like?",
                finding="A row per purchase: a mineral, a country, and a quantity or a value a year.",
            ),
        ),
        (answer,),
        form="purchases_form.html.j2",
        fields={"home": ""},
    )


def exposed(answer: Answer, state: State) -> Panel:
    """What is bought, by how it meets the supplier."""
    sheet = answer.sheet("minerals")
    seller = state.supplier.label
    block = table(
        sheet,
        ("name", "stage", "value", "direct", "exposure", "country_exposure", "sources", "concentration", "cover_days",
         "restricted", "others", "quality"),
        {
            "name": "Mineral",
            "value": "USD a year",
            "direct": f"from {seller}",
            "exposure": "passes through",
            "country_exposure": "home country",
            "cover_days": "cover, days",
            "restricted": "measures in force",
            "others": "other makers, of world output",
            "quality": "grade",
        },
        {"direct": "supplier", "exposure": "supplier"},
        leads={"name": lambda r: state.href(f"/commodity/{r['commodity']}")},
        note="Unknown where a country without recorded supply is among the sources.",
        notes=True,
    )  # fmt: skip
    if not any(r["exposure"] is not None and r["value"] is not None for r in sheet.records()):
        return panel(answer, "minerals", block, question="Which minerals?", finding="No origin is on record.")
    picture = Picture(
        "exposed",
        f"A year's purchases, and how much of each passes through {seller}",
        lambda: charts.exposed(sheet, width=720),
        f"Bar chart. {answer.finding}",
        block,
        "Valued at the catalogue's price where the list states only a quantity.",
    )
    return panel(
        answer,
        "minerals",
        picture,
        question="Which minerals?",
        finding=largest(answer, seller),
    )


def largest(answer: Answer, seller: str) -> str:
    """The largest exposed value in a sentence."""
    top = answer.sheet("minerals").records()[0]
    if top["exposure"] is None:
        return f"{top['name']} comes first; part of its origin is unknown."
    return f"{float(str(top['exposure'])):.0%} of the {str(top['name']).lower()} passes through {seller}."


def shock(answer: Answer, state: State) -> Panel | None:
    """What a year without the supplier would do."""
    sheet = answer.sheet("minerals")
    home = answer.parameters["home"]
    if home is None:
        return None
    rows = [r for r in sheet.records() if r["price_peak"] is not None]
    if not rows:
        return None
    worst = max(rows, key=lambda r: float(str(r["bill"] or 0.0)))
    block = table(
        sheet,
        ("name", "price_peak", "price_peak_high", "shortage", "first_short", "bill", "bill_high"),
        {
            "name": "Mineral",
            "price_peak": "peak price, x",
            "price_peak_high": "P95",
            "shortage": f"{names.label(str(home))} short of",
            "first_short": "from month",
            "bill": "paid more in the first year, USD",
            "bill_high": "P95 ",
        },
        {"shortage": "shortage"},
        note="The same tonnes at the shock's prices, as if no contract bound them.",
    )
    return panel(
        answer,
        "shock",
        block,
        Points((("Play the reference shock month by month", state.href("/stress", coalition=str(home))),)),
        question=f"And if {state.supplier.label} stopped for a year?",
        finding=f"{worst['name']} would cost most.",
    )


def by_line(answer: Answer, state: State) -> Panel:
    """Line by line."""
    sheet = answer.sheet("lines")
    block = table(
        sheet,
        ("row", "company", "name", "stage", "country", "tonnes", "value", "exposure", "measures", "note"),
        {
            "company": "seller",
            "name": "mineral",
            "value": "USD",
            "exposure": "passes through",
            "measures": "in force",
        },
        {"exposure": "supplier"},
        dense=True,
        most=400,
    )
    hidden = [r for r in sheet.records() if not r["direct"] and float(str(r["exposure"] or 0.0)) > 0.5]
    return panel(
        answer,
        "lines",
        block,
        question="Line by line: whom to ask?",
        finding=f"{len(hidden)} lines bought elsewhere pass through {state.supplier.label} for more than half.",
    )


def left_out(answer: Answer) -> Panel | None:
    """Rows set aside."""
    sheet = answer.sheet("left_out")
    if not sheet.rows:
        return None
    count = len(sheet.rows)
    return panel(
        answer,
        "left_out",
        table(sheet, dense=True, most=200),
        question="What was not read?",
        finding=f"{count} row{'' if count == 1 else 's'} could not be read.",
    )


PAGES = (
    Page(
        "purchases",
        "/purchases",
        "Purchases",
        65,
        build,
        own=("list", "home"),
        lane="slow",
        switches=("supplier",),
    ),
)
