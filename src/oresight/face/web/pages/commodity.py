"""Commodity: who makes it, who needs it, where is the throat? And the list of all of them."""

from oresight.core.answer import Answer
from oresight.core.progress import Reporter, report
from oresight.face.charts import dependence as charts
from oresight.face.web.blocks import Picture, Points, Table, View, panel, table
from oresight.face.web.figures import output_figure
from oresight.face.web.panels.commodity import (
    chain,
    conflicts,
    makers,
    members,
    over_years,
    prices,
    projects,
    uses,
)
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import concentration, names
from oresight.studies.books import modelled
from oresight.studies.commodity.study import commodity

BY_PRODUCT = 0.5
"""Share of output from which a mineral is told to be a by-product [1]."""
GRADES = {
    "A": "grade A: all counted and balanced",
    "B": "grade B: balanced with small moves",
    "C": "grade C: trade filled, or a leader's share split",
    "D": "grade D: one leader or none, the rest assumed",
}


def build(target: str, state: State, reporter: Reporter) -> View:
    """The page of a commodity."""
    answer = commodity(target, state.coalition.id, state.supplier.id, state.year, reporter)
    report(reporter, 0.9, "laying out the page")
    found = [
        part(answer, state)
        for part in (chain, makers, members, over_years, uses, prices, projects, conflicts)
    ]
    name = str(answer.parameters["name"])
    return View(
        name,
        answer.question,
        answer.finding,
        tuple(p for p in found if p is not None),
        (answer,),
        standfirst=standfirst(answer),
        aside=aside(answer, state),
    )


def standfirst(answer: Answer) -> str:
    """What a reader must know before the pictures: by-product, grade, filled trade."""
    p = answer.parameters
    said = []
    share = p["by_product_share"]
    if p["by_product_of"] and isinstance(share, float) and share >= BY_PRODUCT:
        said.append(
            f"{share:.0%} of it is a by-product or co-product ({p['by_product_of']}), so its own price hardly moves "
            "its supply."
        )
    if p["filled"]:
        stages = " and ".join(p["filled"])
        said.append(
            f"No customs code holds its trade at the {stages} stage: flows there are filled, not recorded."
        )
    return " ".join(said)


def aside(answer: Answer, state: State) -> tuple[tuple[str, str], ...]:
    """Where to go from here."""
    p = answer.parameters
    found = []
    if p["quality"]:
        found.append((GRADES.get(p["quality"], f"grade {p['quality']}"), state.href("/sources") + "#quality"))
    found.append(("All minerals", state.href("/commodity")))
    return tuple(found)


def index(target: str, state: State, reporter: Reporter) -> View:
    """All minerals: where output is concentrated."""
    answer = concentration.concentration(state.supplier.id)
    main = answer.sheets[0]
    known = {str(r["commodity"]) for r in main.records()}
    seller = state.supplier.label
    blocks: list[Picture | Table] = [
        Picture(
            "concentration",
            "The largest maker's share of world output, strategic minerals",
            lambda: charts.concentration(main, seller, width=620),
            f"Bars by mineral. {answer.finding}",
            table(main),
            f"Colour: {seller} leads. Grey: another country, named.",
        ),
        table(
            main,
            ("name", "stage", "leader", "share", "supplier_share", "herfindahl", "year", "source"),
            {"name": "Mineral", "leader": "largest maker", "share": "its share", "supplier_share": seller},
            {"supplier_share": "supplier"},
            leads={"name": lambda r: state.href(f"/commodity/{r['commodity']}")},
            origins={
                "share": state.origin(lambda r: output_figure(str(r["commodity"]), str(r["stage"]), 2025)),
                "supplier_share": state.origin(
                    lambda r: output_figure(str(r["commodity"]), str(r["stage"]), 2025)
                ),
            },
            dense=True,
            notes=True,
        ),
    ]
    others = tuple(
        (label, state.href(f"/commodity/{c}"))
        for c, label in names.commodity_labels().items()
        if c not in known
    )
    more = panel(
        answer,
        "others",
        Points((("Rare earths together", state.href("/commodity/rare-earths")), *others)),
        question="And the others?",
        finding=f"{len(others)} further minerals are followed or watched.",
    )
    return View(
        "Minerals",
        answer.question,
        answer.finding,
        (panel(answer, "list", *blocks), more),
        (answer,),
    )


def known_targets() -> tuple[str, ...]:
    """Commodities that have a page."""
    return (*names.commodity_labels(), *(c for c in modelled() if c not in names.commodity_labels()))


PAGES = (
    Page("minerals", "/commodity", "Minerals", 20, index, switches=("supplier",)),
    Page("commodity", "/commodity/{target}", "", 21, build),
)
