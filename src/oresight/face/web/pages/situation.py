"""Situation: how exposed are we, where is it worst, who of us, how did it come about, what is due?"""

from collections.abc import Mapping
from dataclasses import replace

from oresight.core.answer import Answer, Value
from oresight.core.progress import Reporter, report
from oresight.face.brief import sections
from oresight.face.brief.blocks import Band, Head
from oresight.face.charts import dependence as charts
from oresight.face.text_tables import digits
from oresight.face.web.blocks import Cell, Later, Panel, Picture, Table, View, panel, shade, table
from oresight.face.web.figures import cover_figure, dependence_field, ledger_row, output_field
from oresight.face.web.pages import shock
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import history, names, situation
from oresight.studies.books import STAGES
from oresight.studies.track import study as track

TITLES = {
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
TONES = {
    "mine_share": "supplier",
    "refine_share": "supplier",
    "component_share": "supplier",
    "import_share": "coalition",
    "look_through_share": "coalition",
    "exposure": "coalition",
}
DAYS_DUE = 120


def build(target: str, state: State, reporter: Reporter) -> View:
    """The Situation page."""
    report(reporter, 0.02, "following every tonne")
    asked = state.coalition.id, state.supplier.id
    whole = situation.situation(*asked, year=state.year, reporter=lambda s, d: reporter(s * 0.6, d))
    report(reporter, 0.65, "asking each member")
    members = situation.members(*asked, year=state.year)
    report(reporter, 0.8, "reading thirty years of trade")
    past = history.history(*asked)
    report(reporter, 0.9, "looking at the calendar")
    due = track.track(days=DAYS_DUE)
    return View(
        "Situation",
        whole.question,
        sections.headline(whole),
        (
            panel(whole, "situation", *heat(whole, state), question="Where is it worst?"),
            panel(members, "members", member_table(members, state)),
            panel(past, "history", trend(past)),
            deadlines(due, state),
        ),
        (whole, members, past, due),
        aside=(("A stop of a year, mineral by mineral", state.href("/shock")),),
    )


def heat(answer: Answer, state: State) -> tuple[Table | Later, ...]:
    """All commodities: what the supplier makes, what the coalition takes; with the shock where it was computed."""
    seller, buyers = state.supplier.label, state.coalition.label
    made = {f"{stage}_share": state.origin(output_field(stage, state.year)) for stage in STAGES}
    taken = {f: state.origin(dependence_field(f)) for f in ("import_share", "look_through_share", "exposure")}
    origins = {
        **made,
        **taken,
        "demand_share": state.origin(dependence_field("supply")),
        "cover_days": state.origin(lambda r: cover_figure(str(r["commodity"]))),
    }
    found = shock.played(state)
    block = table(
        answer.sheets[0],
        tuple(TITLES),
        TITLES,
        TONES,
        leads={"name": lambda r: state.href(f"/commodity/{r['commodity']}")},
        origins=origins,
        title=f"{seller}'s share of world output, and what {buyers} takes from it, {state.year}",
        note="Shares of contained weight. – unknown or no such stage. Cover: published stocks of members against "
        "their use, a lower bound. Grades: A all counted, B small moves, C filled trade or a leader's share, D "
        "assumption. Every figure opens where it comes from.",
        bands=(Band("", 1), Band(f"{seller} makes", 3), Band(f"{buyers} depends", 3), Band("", 3)),
        dense=found is not None,
        notes=True,
    )
    if found is None:
        return (
            Later(
                state.href("/shock"),
                f"Being computed in the background: how short and how dear each mineral gets if {seller} stops for a year, "
                "and what the cheapest plan would leave missing.",
                "situation",
            ),
            block,
        )
    return (shocked(block, answer, found, state),)


def shocked(block: Table, answer: Answer, found: shock.Shock, state: State) -> Table:
    """The table with what a stop of a year does and what the plan leaves, each cell a link to its page."""
    known = found.columns()
    last = found.plan.parameters["last"]
    rows = []
    for cells, record in zip(block.rows, answer.sheets[0].records(), strict=False):
        own = known.get(str(record["commodity"]), {})
        there = shock.stress_link(record, state)
        plan = state.href("/plan", commodity=str(record["commodity"]))
        added = (
            measured(own.get("shortage"), "1", there),
            measured(own.get("price_peak"), "x", there),
            measured(own.get("missing_pipeline"), "1", plan),
            measured(own.get("missing_plan"), "1", plan),
        )
        rows.append((*cells, *added))
    heads = (
        Head("use lost", True, "worst shortage at the last stage, median of the draws"),
        Head("price, x", True, "peak price members pay, multiple of the baseline, median of the draws"),
        Head("announced", True, f"share of use still missing in a cut-off in {last} with what is announced"),
        Head("the plan", True, f"share of use still missing in a cut-off in {last} with the cheapest plan"),
    )
    return replace(
        block,
        head=(*block.head, *heads),
        rows=tuple(rows),
        bands=(*block.bands, Band("stops a year", 2), Band(f"missing {last} with", 2)),
        note=f"{block.note} Stops a year: {found.stress.finding.split('. ')[0].rstrip('.')}.",
        fields=(*block.fields, "", "", "", ""),
    )


def measured(value: Value, unit: str, href: str) -> Cell:
    """A figure of the shock or the plan: shares shaded, multiples plain, unknown said so."""
    if not isinstance(value, int | float):
        return Cell("–", "n unknown", about="unknown")
    if unit == "x":
        return Cell(digits(float(value)), "n", href=href, value=float(value))
    text = f"{value:.0%}"
    return Cell(text, "n shortage", shade(min(max(value, 0.0), 1.0)), href=href, value=float(value))


def member_table(answer: Answer, state: State) -> Table:
    """Members against commodities, the most exposed commodity first."""
    records = answer.sheets[0].records()
    players = list(dict.fromkeys(str(r["player"]) for r in records))
    by_name: dict[str, dict[str, dict[str, Value]]] = {}
    for r in records:
        by_name.setdefault(str(r["name"]), {})[str(r["player"])] = r

    def share(r: Mapping[str, Value], field: str) -> float | None:
        value = r.get(field)
        return float(value) if isinstance(value, int | float) else None

    worst = {
        n: max((share(r, "exposure") or 0.0 for r in p.values()), default=0.0) for n, p in by_name.items()
    }
    rows = []
    for name in sorted(by_name, key=lambda n: -worst[n]):
        commodity = str(next(iter(by_name[name].values()))["commodity"])
        cells = [Cell(name, href=state.href(f"/commodity/{commodity}"))]
        for player in players:
            r = by_name[name].get(player, {})
            value, direct = share(r, "exposure"), share(r, "import_share")
            said = f"{names.label(player)}, of imports by weight: {'unknown' if direct is None else f'{direct:.0%}'}"
            figure = str(r.get("figure") or "").replace("dependence:", "dependence.exposure:", 1)
            cells.append(
                Cell("–", "n unknown", about=f"{names.label(player)}: unknown")
                if value is None
                else Cell(
                    f"{value:.0%}",
                    "n coalition",
                    shade(value),
                    said,
                    href=state.href("/explain", figure=figure),
                    origin=True,
                    value=value,
                )
            )
        rows.append(tuple(cells))
    heads = (Head("Mineral"), *(Head("EU rest" if p == "EU" else p, True, names.label(p)) for p in players))
    return Table(
        "members",
        f"Share of each member's supply that passes through {state.supplier.label} at any stage, {state.year}",
        heads,
        tuple(rows),
        "Hover for the share of its imports that comes straight from there. EU rest: members not listed apart.",
        dense=True,
        sheet="members",
    )


def trend(answer: Answer) -> Picture:
    """The supplier's share of imports of rare earths over the years."""
    main = answer.sheets[0]
    buyers = dict.fromkeys(str(b) for b in main.column("buyer"))
    loud = "Japan" if "Japan" in buyers else next(iter(buyers), "")
    episode = "CHN" in answer.parameters["supplier"]
    return Picture(
        "history",
        main.title,
        lambda: charts.history(
            main,
            loud,
            2010 if episode else None,
            "2010: shipments to Japan stop" if episode else "",
            width=860,
        ),
        f"Line chart, 1995 to 2024. {answer.finding}",
        table(main),
        "Gross tonnes of codes 280530, 284610 and 284690. CEPII BACI, HS 1992; implausible tonnes re-estimated.",
    )


def deadlines(answer: Answer, state: State) -> Panel:
    """What is due in the next months."""
    due = answer.sheet("due")
    count = len(due.rows)
    first = due.records()[0] if count else None
    said = (
        f"{count} deadline{'s fall' if count != 1 else ' falls'} within {DAYS_DUE} days; the next is "
        f"{first['title']}, on {first['date']}."
        if first
        else f"No deadline of the ledgers falls within {DAYS_DUE} days."
    )
    found = table(
        due,
        ("date", "days", "title", "kind", "countries"),
        {"date": "Day", "days": "days left", "title": "What", "kind": "sort", "countries": "who"},
        leads={"title": lambda r: state.href("/explain", figure=ledger_row(r))},
        note="From the ledgers of events and commitments.",
    )
    return panel(answer, "due", found, question="What is due?", finding=said)


def stamp(state: State) -> str:
    """Whether the shock was computed."""
    return "" if shock.played(state) is None else "shock"


PAGES = (Page("situation", "/", "Situation", 10, build, stamp=stamp),)
