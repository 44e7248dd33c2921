"""Answers into the sections of the brief: each a question, a finding, a chart or a table, and its basis."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from oresight.core.answer import Answer, Column, Sheet, Value
from oresight.face.brief.blocks import Band, Cell, Chart, Grid, Head, Section, cell, grid
from oresight.face.charts import dependence as charts
from oresight.face.charts.theme import svg
from oresight.face.text_tables import basis_lines
from oresight.studies import names
from oresight.studies.basis import own_said

SHARE = Column("share", "", "1", "share")


def chart(drawn: Any, title: str, alternative: str, note: str = "") -> Chart:
    """A drawn chart as a block."""
    return Chart(title, Markup(svg(drawn, alternative)), note)


def headline(answer: Answer) -> str:
    """The first sentence a reader reads: in how many minerals the supplier stands behind most of the supply."""
    seller = names.supplier(",".join(answer.parameters["supplier"])).label
    buyers = names.coalition(str(answer.parameters["coalition"])).label
    count, of = answer.parameters["exposed"], answer.parameters["of"]
    return f"{seller} stands behind most of what {buyers} uses of {count} of {of} critical minerals"


def standfirst(answers: Sequence[Answer]) -> str:
    """The second sentence a reader reads: what concentration and history add to the headline."""
    by_study = {a.study: a for a in answers}
    own = own_said(answers)
    return f"{by_study['concentration'].finding} {by_study['history'].finding}" + (f" {own}" if own else "")


def situation(answer: Answer) -> Section:
    """Situation: the heat table of all commodities."""
    main = answer.sheets[0]
    coalition = names.coalition(str(answer.parameters["coalition"])).label
    supplier = names.supplier(",".join(answer.parameters["supplier"])).label
    columns = (
        "name",
        "mine_share",
        "refine_share",
        "component_share",
        "import_share",
        "look_through_share",
        "exposure",
        "demand_share",
        "cover_days",
        "quality",
    )
    titles = {
        "name": "Mineral",
        "mine_share": "mine",
        "refine_share": "refine",
        "component_share": "component",
        "import_share": "of imports",
        "look_through_share": "hubs seen through",
        "exposure": "at any stage",
        "demand_share": "of world use",
        "cover_days": "cover, days",
        "quality": "grade",
    }
    tones = {
        "mine_share": "supplier",
        "refine_share": "supplier",
        "component_share": "supplier",
        "import_share": "coalition",
        "look_through_share": "coalition",
        "exposure": "coalition",
    }
    table = grid(
        main,
        columns,
        titles,
        tones,
        title=f"{supplier}'s share of world output, and what {coalition} takes from it, {answer.parameters['year']}",
        note="Shares of contained weight. – unknown or no such stage. Cover: published stocks of members against their "
        "use, a lower bound. Grades: A all counted, B small moves, C filled trade or a leader's share, D assumption.",
        bands=(Band("", 1), Band(f"{supplier} makes", 3), Band(f"{coalition} depends", 3), Band("", 3)),
    )
    rows = tuple(
        (marked(row[0], note), *row[1:]) for row, note in zip(table.rows, main.column("note"), strict=True)
    )
    return Section(
        "situation",
        "Situation",
        answer.question,
        answer.finding,
        blocks=(replace(table, rows=rows),),
        basis=tuple(basis_lines(answer)),
    )


def marked(first: Cell, note: Value) -> Cell:
    """A row's head with a small mark that holds its note."""
    return replace(first, mark="note", about=str(note)) if note else first


def members(answer: Answer) -> Section:
    """Who depends: members against commodities."""
    main = answer.sheets[0]
    records = main.records()
    players = list(dict.fromkeys(str(r["player"]) for r in records))
    by_name: dict[str, dict[str, dict[str, Value]]] = {}
    for r in records:
        by_name.setdefault(str(r["name"]), {})[str(r["player"])] = r
    worst = {
        n: max((float(str(r["exposure"])) for r in p.values() if r["exposure"] is not None), default=0.0)
        for n, p in by_name.items()
    }
    rows = []
    for name in sorted(by_name, key=lambda n: -worst[n]):
        cells = [Cell(name)]
        for player in players:
            r = by_name[name].get(player, {})
            direct = r.get("import_share")
            said = (
                f"{names.label(player)}: of imports by weight "
                f"{'unknown' if direct is None else f'{float(str(direct)):.0%}'}"
            )
            cells.append(cell(r.get("exposure"), SHARE, "coalition", said))
        rows.append(tuple(cells))
    head = (Head("Mineral"), *(Head("EU rest" if p == "EU" else p, True, names.label(p)) for p in players))
    supplier = names.supplier(",".join(answer.parameters["supplier"])).label
    table = Grid(
        f"Share of each member's supply that passes through {supplier} at any stage, {answer.parameters['year']}",
        head,
        tuple(rows),
        "Hover for the share of its imports that comes straight from there. EU rest: the members not "
        "listed apart.",
        dense=True,
    )
    return Section(
        "members",
        "Who depends",
        answer.question,
        answer.finding,
        blocks=(table,),
        basis=tuple(basis_lines(answer)),
    )


def world(answer: Answer) -> Section:
    """The map."""
    main = answer.sheets[0]
    codes = frozenset(answer.parameters["supplier"])
    drawn = charts.world_map(main, "exposure", codes)
    top = sorted(
        (r for r in main.records() if r["country"] not in codes), key=lambda r: -float(str(r["exposure"]))
    )[:5]
    named = ", ".join(f"{r['name']} {float(str(r['exposure'])):.0%}" for r in top)
    return Section(
        "world",
        "The map",
        answer.question,
        answer.finding,
        blocks=(
            chart(
                drawn,
                main.title,
                f"World map of mean exposure; highest: {named}.",
                f"Highest: {named}. Pale: too few minerals known. Outlines: Natural Earth.",
            ),
        ),
        basis=tuple(basis_lines(answer)),
    )


def history(answer: Answer) -> Section:
    """How it came about."""
    main = answer.sheets[0]
    buyers = set(main.column("buyer"))
    loud = "Japan" if "Japan" in buyers else str(next(iter(buyers), ""))
    episode = "CHN" in answer.parameters["supplier"] and answer.parameters["group"] == "rare-earths"
    drawn = charts.history(
        main, loud, 2010 if episode else None, "2010: shipments to Japan stop" if episode else ""
    )
    return Section(
        "history",
        "How it came about",
        answer.question,
        answer.finding,
        blocks=(
            chart(
                drawn,
                main.title,
                answer.finding,
                "Gross tonnes, codes 280530, 284610, 284690. CEPII BACI, HS 1992; implausible tonnes "
                "re-estimated.",
            ),
        ),
        basis=tuple(basis_lines(answer)),
    )


def concentration(answer: Answer) -> Section:
    """Where it is concentrated."""
    main = answer.sheets[0]
    supplier = names.supplier(",".join(answer.parameters["supplier"])).label
    drawn = charts.concentration(main, supplier)
    table = grid(
        known(main),
        ("name", "stage", "leader", "share", "supplier_share", "year", "source"),
        {"name": "Mineral", "leader": "largest maker", "share": "its share", "supplier_share": supplier},
        {"supplier_share": "supplier"},
        dense=True,
        note="`assumption` among the sources: only the leader's share is published, the rest is split.",
    )
    return Section(
        "concentration",
        "Concentration",
        answer.question,
        answer.finding,
        blocks=(
            chart(
                drawn,
                "The largest maker's share of world output, strategic minerals",
                answer.finding,
                f"Orange: {supplier} leads. Grey: another country, named.",
            ),
            table,
        ),
        basis=tuple(basis_lines(answer)),
    )


def known(sheet: Sheet) -> Sheet:
    """The sheet without rows whose share is unknown."""
    at = sheet.names().index("share")
    return replace(sheet, rows=tuple(r for r in sheet.rows if r[at] is not None))


def claims(answer: Answer) -> Section:
    """What the figures in the news come to."""
    table = grid(
        answer.sheets[0], titles={"claim": "What was said", "found": "open data", "holds": "verdict"}
    )
    return Section(
        "claims",
        "The claims",
        answer.question,
        answer.finding,
        blocks=(table,),
        basis=tuple(basis_lines(answer)),
    )


def sources(answer: Answer) -> Section:
    """Sources, grades, corrections, what is left out."""
    graded = grid(
        answer.sheet("quality"),
        ("name", "stage", "grade", "moved", "assumed", "corrected", "trade", "production_year", "sources"),
        {"name": "Mineral", "production_year": "year"},
        dense=True,
        note="moved: tonnes shifted to balance output, trade and use. assumed: share of output that no source "
        "gives by country. corrected: share of traded tonnes re-estimated from values.",
    )
    changed = grid(
        answer.sheet("corrections"),
        ("exporter", "importer", "hs92", "value_kusd", "was_t", "now_t", "why"),
        {"hs92": "code", "value_kusd": "value, kUSD", "was_t": "reported, t", "now_t": "used, t"},
        dense=True,
    )
    left = grid(answer.sheet("left_out"), ("name", "decision", "reason"), {"name": "Mineral"}, dense=True)
    return Section(
        "sources",
        "Sources",
        answer.question,
        answer.finding,
        blocks=(graded, replace(changed, rows=changed.rows[:15]), left),
        basis=tuple(basis_lines(answer)),
    )


def with_sources(section: Section, answers: Sequence[Answer]) -> Section:
    """The Sources section with every table and assumption any answer rests on."""
    tables = dict.fromkeys(t for a in answers for t in a.basis.tables)
    rows = tuple((Cell(t.name), Cell(t.vintage), Cell(t.publisher), Cell(t.licence)) for t in tables)
    table = Grid(
        "Tables this brief rests on",
        (Head("Table"), Head("vintage"), Head("publisher"), Head("licence")),
        rows,
        dense=True,
    )
    notes = dict.fromkeys(x for a in answers for x in a.basis.assumptions)
    assumed = Grid(
        "Assumptions, each a row of the catalogue",
        (Head("Where"), Head("what is assumed")),
        tuple((Cell(x.id), Cell(x.text)) for x in notes),
        dense=True,
    )
    return replace(section, blocks=(table, assumed, *section.blocks))
