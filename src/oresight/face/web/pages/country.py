"""Country: what is it most vulnerable to, why, since when, and what do others need from it? And the map of all."""

from oresight.core.answer import Answer
from oresight.core.answer import sheet as labelled
from oresight.core.progress import Reporter, report
from oresight.face.charts import dependence as charts
from oresight.face.charts import prices as slope_chart
from oresight.face.web.blocks import Panel, Picture, View, panel, table
from oresight.face.web.figures import dependence_field, own_figure
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import names, situation
from oresight.studies.country import country

STAGE_FIELDS = {
    "exposure_mine": "mined there",
    "exposure_refine": "refined there",
    "exposure_component": "components",
}


def build(target: str, state: State, reporter: Reporter) -> View:
    """The page of a country."""
    answer = country(target, state.supplier.id, state.year, reporter)
    report(reporter, 0.9, "laying out the page")
    found = [part(answer, state) for part in (ranked, hidden, past, makes)]
    aside = [("All countries", state.href("/country"))]
    if target in state.coalition.members:
        aside.append((f"Member of {state.coalition.label}", state.href("/")))
    return View(
        str(answer.parameters["name"]),
        answer.question,
        answer.finding,
        tuple(p for p in found if p is not None),
        (answer,),
        aside=tuple(aside),
    )


def ranked(answer: Answer, state: State) -> Panel | None:
    """The list, the most exposed first, with the reason in words."""
    sheet = answer.sheet("vulnerable")
    if not sheet.rows:
        return None
    p = answer.parameters
    fields = ("exposure", "import_share", "hidden", "value")
    block = table(
        sheet,
        (
            "name",
            "exposure",
            "import_share",
            "hidden",
            "reason",
            "origin",
            "origin_share",
            "value",
            "quality",
        ),
        {
            "name": "Mineral",
            "exposure": "at any stage",
            "import_share": "of imports",
            "hidden": "hidden",
            "reason": "why",
            "origin": "largest origin",
            "origin_share": "its share",
            "value": "supply, million USD",
            "quality": "grade",
        },
        {"exposure": "coalition", "hidden": "coalition"},
        leads={"name": lambda r: state.href(f"/commodity/{r['commodity']}", coalition=str(p["country"]))},
        origins={f: state.origin(dependence_field(f if f != "hidden" else "exposure")) for f in fields[:3]},
        title=sheet.title,
        note="Hidden: passes through the supplier and shows in no import from it. Supply at the baseline price.",
        notes=True,
    )
    return panel(
        answer,
        "list",
        block,
        question="What is it most exposed to, and why?",
        finding=f"{p['exposed']} of {p['of']} minerals pass through {state.supplier.label} for more than half.",
    )


def hidden(answer: Answer, state: State) -> Panel | None:
    """Direct against hidden dependence."""
    sheet = answer.sheet("vulnerable")
    seen = [r for r in sheet.records() if r["hidden"] is not None]
    if len(seen) < 2:
        return None
    top = max(seen, key=lambda r: float(str(r["hidden"])))
    seller = state.supplier.label
    finding = (
        f"Of its {str(top['name']).lower()}, imports show {float(str(top['import_share'])):.0%} from {seller}; "
        f"{float(str(top['exposure'])):.0%} passes through there."
    )
    picture = Picture(
        "hidden",
        f"What its imports show, and what passes through {seller}",
        lambda: slope_chart.slope(sheet, seller),
        f"Slope chart of the ten widest gaps. {finding}",
        table(sheet, ("name", "import_share", "exposure", "hidden")),
        f"The ten widest gaps; drawn in colour where more than ten points are hidden. {answer.parameters['year']}.",
    )
    return panel(answer, "hidden", picture, question="How much of it is hidden?", finding=finding)


def past(answer: Answer, state: State) -> Panel | None:
    """How its dependence on rare earths came about."""
    sheet = answer.sheet("history")
    name = str(answer.parameters["name"])
    own = [r for r in sheet.records() if r["buyer"] == name and r["import_share"] is not None]
    if len(own) < 2:
        return None
    first, last = own[0], own[-1]
    seller = state.supplier.label
    finding = (
        f"{seller} sent {float(str(first['import_share'])):.0%} of its rare-earth imports in {first['year']} and "
        f"{float(str(last['import_share'])):.0%} in {last['year']}."
    )
    episode = "CHN" in answer.parameters["supplier"]
    picture = Picture(
        "history",
        f"{seller}'s share of rare-earth imports by weight, beside Japan's",
        lambda: charts.history(
            sheet,
            name,
            2010 if episode else None,
            "2010: shipments to Japan stop" if episode else "",
            width=800,
        ),
        f"Line chart. {finding}",
        table(sheet),
        "Gross tonnes of codes 280530, 284610 and 284690; transit not seen through. CEPII BACI.",
    )
    return panel(answer, "history", picture, question="How did that come about?", finding=finding)


def makes(answer: Answer, state: State) -> Panel | None:
    """What it makes that others need."""
    sheet = answer.sheet("makes")
    if not sheet.rows:
        return None
    top = sheet.records()[0]
    verbs = {"mine": "mines", "refine": "refines", "component": "makes components of"}
    finding = f"It {verbs[str(top['stage'])]} {float(str(top['share'])):.0%} of the world's {str(top['name']).lower()}."
    block = table(
        sheet,
        ("name", "stage", "share", "rank", "value", "year", "source"),
        {"name": "Mineral", "share": "of world output", "rank": "place", "value": "t contained"},
        {"share": "supplier" if answer.parameters["is_supplier"] else "coalition"},
        leads={"name": lambda r: state.href(f"/commodity/{r['commodity']}")},
        origins={"value": state.origin(own_figure), "share": state.origin(own_figure)},
        note="From two per cent of a stage's output on.",
        dense=True,
    )
    return panel(answer, "makes", block, question="What do others need from it?", finding=finding)


def index(target: str, state: State, reporter: Reporter) -> View:
    """All countries on the map."""
    answer = situation.world(state.supplier.id, state.year)
    main = answer.sheets[0]
    codes = frozenset(state.supplier.members)
    outside = sorted(
        (r for r in main.records() if r["country"] not in codes), key=lambda r: -float(str(r["exposure"]))
    )
    top = ", ".join(f"{r['name']} {float(str(r['exposure'])):.0%}" for r in outside[:5])
    ordered = labelled(main.name, main.title, main.columns, outside)
    blocks = (
        Picture(
            "world",
            main.title,
            lambda: charts.world_map(main, "exposure", codes, width=860),
            f"World map of mean exposure; highest: {top}.",
            table(ordered),
            f"Highest: {top}. Pale: too few minerals known. Outlines: Natural Earth.",
        ),
        table(
            ordered,
            ("name", "exposure", "minerals"),
            {"name": "Country", "exposure": "mean exposure"},
            {"exposure": "coalition"},
            leads={"name": lambda r: state.href(f"/country/{r['country']}")},
            dense=True,
            most=300,
        ),
    )
    return View("Countries", answer.question, answer.finding, (panel(answer, "world", *blocks),), (answer,))


def label(target: str) -> str:
    """The name of a country."""
    return names.label(target)


PAGES = (
    Page("countries", "/country", "Countries", 30, index, switches=("supplier", "year")),
    Page("country", "/country/{target}", "", 31, build, switches=("supplier", "year")),
)
