"""Panels of a commodity's page: chain, makers, members, years, uses, prices, projects, conflicts."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from oresight.core.answer import Answer, Value
from oresight.face.charts import chain as chain_chart
from oresight.face.charts import flows as flow_chart
from oresight.face.charts import prices as price_chart
from oresight.face.text_tables import digits
from oresight.face.web.blocks import Panel, Picture, Points, Table, panel, table
from oresight.face.web.figures import dependence_field, output_figure, own_figure
from oresight.face.web.state import State
from oresight.studies import names

PROJECT_FIELDS = (
    "name",
    "company",
    "country",
    "stage",
    "status",
    "nameplate",
    "funded",
    "commissioned",
    "actual",
    "start_year",
    "feed",
)
STAGE_WORDS = {"mine": "mined", "refine": "refined", "component": "made into components"}


def chain(answer: Answer, state: State) -> Panel | None:
    """The chain as ribbons, and its routes on the map."""
    links = answer.sheet("chain")
    if not links.rows:
        return None
    stages = answer.parameters["stages"]
    top = [
        f"{r['source']} {float(str(r['source_share'])):.0%}"
        for r in {(r["from_stage"], r["source"]): r for r in links.records()}.values()
        if float(str(r["source_share"])) >= 0.1
    ]
    blocks: list[Picture | Table] = [
        Picture(
            "chain",
            f"{links.title}: each column adds up to the whole world",
            lambda: chain_chart.chain(links),
            f"Ribbons from {' to '.join(stages)} to use. Largest makers: {', '.join(top)}.",
            table(links),
            "A ribbon has the colour of who made what flows in it. Columns are output by country and use by country; "
            "ribbons follow the ore and metal after hubs are seen through. Books are balanced here, so a share can differ "
            "by a few points from the published output below.",
        )
    ]
    routes = answer.sheet("routes")
    if routes.rows:
        first = routes.records()[0]
        blocks.append(
            Picture(
                "routes",
                f"{routes.title} at the {first['stage']} stage",
                lambda: flow_chart.flow_map(
                    routes, frozenset(state.supplier.members), frozenset(state.coalition.members)
                ),
                f"World map of the {len(routes.rows)} largest routes; the widest is {first['exporter_name']} to "
                f"{first['importer_name']}, {float(str(first['share'])):.0%} of trade.",
                table(routes),
                "Balanced flows; a line's width grows with the root of its tonnes. Outlines: Natural Earth.",
            )
        )
    exposure = answer.parameters["exposure"]
    finding = (
        f"{exposure:.0%} of what {state.coalition.label} uses passes through {state.supplier.label} at one stage or more."
        if isinstance(exposure, float)
        else "How much passes through the supplier is unknown."
    )
    return panel(answer, "flow", *blocks, question="Through whose hands does it go?", finding=finding)


def makers(answer: Answer, state: State) -> Panel | None:
    """Makers at every stage."""
    sheet = answer.sheet("makers")
    if not sheet.rows:
        return None
    stages = list(dict.fromkeys(str(s) for s in sheet.column("stage")))
    leads = []
    for stage in stages:
        top = next(r for r in sheet.records() if r["stage"] == stage and r["country"] != "OTH")
        leads.append(f"{STAGE_WORDS[stage]} most in {top['name']} ({float(str(top['share'])):.0%})")
    finding = f"It is {', '.join(leads)}."
    block = table(
        sheet,
        ("name", "stage", "value", "share", "year", "qualifier", "source"),
        {"name": "Country", "value": "t contained", "share": "of world output"},
        {"share": "coalition"},
        leads={"name": lambda r: country_link(r, state)},
        origins={"value": state.origin(own_figure), "share": state.origin(output_of(answer))},
        note="Rest of world only where a source publishes it so.",
        dense=True,
        most=40,
    )
    sides = [str(k) for k in sheet.column("kind")]
    return panel(answer, "makers", toned(block, sides), question="Who makes it?", finding=finding)


def toned(block: Table, kinds: list[str]) -> Table:
    """A table whose shaded cells take the colour of each row's side."""
    rows = []
    for cells, kind in zip(block.rows, kinds, strict=False):
        tone = {"supplier": "supplier", "coalition": "coalition"}.get(kind, "other")
        rows.append(
            tuple(replace(c, classes=c.classes.replace("coalition", tone)) if c.shade else c for c in cells)
        )
    return replace(block, rows=tuple(rows))


def output_of(answer: Answer) -> Callable[[Mapping[str, Value]], str]:
    """Ids of all output rows of a row's stage."""
    return lambda r: output_figure(
        str(answer.parameters["commodity"]), str(r["stage"]), int(answer.parameters["year"])
    )


def country_link(row: Mapping[str, Value], state: State) -> str:
    """Where a country's name leads; nowhere for a remainder."""
    code = str(row.get("country") or "")
    return state.href(f"/country/{code}") if len(code) == 3 and code not in ("OTH", "WLD") else ""


def members(answer: Answer, state: State) -> Panel | None:
    """Each member's dependence, side by side."""
    sheet = answer.sheet("members")
    if not sheet.rows:
        return None
    known = [r for r in sheet.records() if r["exposure"] is not None]
    finding = "No member's supply is known."
    if known:
        top, low = known[0], known[-1]
        finding = (
            f"{top['name']} is the most exposed, with {float(str(top['exposure'])):.0%} of its supply"
            + (
                f"; {low['name']} the least, with {float(str(low['exposure'])):.0%}."
                if len(known) > 1
                else "."
            )
        )
    fields = (
        "import_share",
        "look_through_share",
        "exposure",
        "exposure_mine",
        "exposure_refine",
        "exposure_component",
        "net_import_reliance",
        "supply",
    )
    shown = [f for f in fields if any(v is not None for v in sheet.column(f))]
    block = table(
        sheet,
        ("name", *shown),
        {
            "name": "Member",
            "import_share": "of imports",
            "look_through_share": "hubs seen through",
            "exposure": "at any stage",
            "exposure_mine": "mined there",
            "exposure_refine": "refined there",
            "exposure_component": "components from there",
            "net_import_reliance": "net import reliance",
            "supply": "supply, t",
        },
        dict.fromkeys(("import_share", "look_through_share", "exposure"), "coalition"),
        leads={"name": lambda r: state.href(f"/country/{r['player']}") if r["player"] != "EU" else ""},
        origins={f: state.origin(dependence_field(f)) for f in shown},
        note=f"Shares that come from {state.supplier.label}.",
        notes=True,
    )
    return panel(answer, "members", block, question="Who of us needs it from there?", finding=finding)


def over_years(answer: Answer, state: State) -> Panel | None:
    """Concentration of output over the years."""
    sheet = answer.sheet("concentration")
    usable = [r for r in sheet.records() if int(str(r["year"])) >= 1990]
    if len({r["year"] for r in usable}) < 3:
        return None
    seller = state.supplier.label
    said = []
    for stage in dict.fromkeys(str(r["stage"]) for r in usable):
        part = [r for r in usable if r["stage"] == stage]
        first, last = part[0], part[-1]
        said.append(
            f"{STAGE_WORDS[stage]} {float(str(first['supplier_share'])):.0%} there in {first['year']}, "
            f"{float(str(last['supplier_share'])):.0%} in {last['year']}"
        )
    picture = Picture(
        "concentration",
        f"{seller}'s share of world output, and the largest maker's where that is another",
        lambda: price_chart.concentration_years(sheet, seller),
        f"Line charts. {'; '.join(said)}.",
        table(sheet),
        "Colour: the supplier. Dashed grey: the largest maker. Years in which few makers are named are left out.",
    )
    return panel(
        answer,
        "years",
        picture,
        question=f"Did {seller} always hold so much of it?",
        finding=f"It was {'; '.join(said)}.",
    )


def uses(answer: Answer, state: State) -> Panel | None:
    """End uses and platforms."""
    sheet = answer.sheet("uses")
    platforms = answer.sheet("platforms")
    if not sheet.rows and not platforms.rows:
        return None
    blocks: list[Table] = []
    finding = "No split of its use is published."
    if sheet.rows:
        top = sheet.records()[0]
        share = top["share"]
        finding = f"Most goes into {top['end_use']}" + (
            f" ({float(share):.0%})." if isinstance(share, int | float) else "."
        )
        blocks.append(
            table(
                sheet,
                ("end_use", "share", "priority", "region", "year", "confidence", "source_id"),
                {"end_use": "End use", "share": "of use", "source_id": "source"},
                {"share": "other"},
            )
        )
    weighed = [r for r in platforms.records() if r["kg_best"] is not None]
    if weighed:
        top = weighed[0]
        finding += f" One {top['platform']} holds {float(str(top['kg_best'])):,.0f} kg."
    if platforms.rows:
        blocks.append(
            table(
                platforms,
                (
                    "platform",
                    "domain",
                    "material",
                    "kg_best",
                    "kg_low",
                    "kg_high",
                    "kind",
                    "confidence",
                    "source_id",
                ),
                {
                    "platform": "Platform",
                    "kg_best": "kg",
                    "kg_low": "low",
                    "kg_high": "high",
                    "source_id": "source",
                },
                note="`dependency`: a source says it depends on the material and gives no weight.",
                dense=True,
            )
        )
    return panel(answer, "uses", *blocks, question="What is it for, and what stops first?", finding=finding)


def prices(answer: Answer, state: State) -> Panel | None:
    """Prices with the measures that touched them."""
    sheet, measures = answer.sheet("prices"), answer.sheet("measures")
    product = price_chart.leading_product(sheet)
    blocks: list[Picture | Points | Table] = []
    finding = "No price of it is stored."
    if product is not None:
        series = [r for r in sheet.records() if r["product"] == product]
        high = max(series, key=lambda r: float(str(r["usd_per_t"])))
        last = max(series, key=lambda r: str(r["date"]))
        finding = (
            f"{str(product).capitalize()} stood highest at {amount(high)} ({high['place']!s}, {str(high['date'])[:7]}); "
            f"the latest stored price is {amount(last)} ({last['place']!s}, {str(last['date'])[:7]})."
        )
        blocks.append(
            Picture(
                "prices",
                f"Price of {product}, USD per tonne",
                lambda: price_chart.price_line(sheet, measures, product, width=860),
                f"Line chart by place and kind of price. {finding}",
                table(sheet),
                "Spot, annual, asked and trade values are kept apart. Numbers mark the measures listed below, at the "
                "day they became known.",
            )
        )
    if measures.rows:
        blocks.append(
            Points(
                tuple(
                    (
                        f"{r['announced']}: {r['title']} ({str(r['status']).replace('_', ' ')})",
                        state.href("/explain", figure=f"events:id={r['event']}"),
                    )
                    for r in measures.records()
                ),
                numbered=True,
            )
        )
    return (
        panel(answer, "prices", *blocks, question="What does it cost, and what moved it?", finding=finding)
        if blocks
        else None
    )


def amount(row: Mapping[str, Value]) -> str:
    """A price in words."""
    return f"{digits(float(str(row['usd_per_t'])))} USD/t"


def projects(answer: Answer, state: State) -> Panel | None:
    """Projects by their real state."""
    sheet = answer.sheet("projects")
    if not sheet.rows:
        return None
    records = sheet.records()
    running = sum(r["status"] == "operating" for r in records)
    building = sum(r["status"] == "construction" for r in records)
    finding = f"Of {len(records)} projects {running} operate and {building} are being built."
    block = table(
        sheet,
        PROJECT_FIELDS,
        {
            "name": "Project",
            "nameplate": "announced, t/yr",
            "funded": "funded",
            "commissioned": "able to run",
            "actual": "produced",
            "start_year": "start",
        },
        leads={"name": state.origin(own_figure)},
        note="Tonnes contained a year; – not published.",
        dense=True,
        relabel=lambda column, value: names.label(str(value)) if column == "country" and value else value,
    )
    return panel(answer, "projects", block, question="Who is building what, really?", finding=finding)


def conflicts(answer: Answer, state: State) -> Panel | None:
    """Figures on which sources disagree."""
    sheet = answer.sheet("conflicts")
    if not sheet.rows:
        return None
    top = sheet.records()[0]
    finding = (
        f"On {top['name']} ({top['stage']}) sources differ by {float(str(top['gap'])):.0%}; {len(sheet.rows)} figures "
        "are told in more than one way."
    )
    block = table(
        sheet,
        ("name", "stage", "year", "lowest", "highest", "gap", "used", "said"),
        {
            "name": "Country",
            "lowest": "lowest, t",
            "highest": "highest, t",
            "used": "used, t",
            "said": "who says what",
        },
        origins={"used": state.origin(own_figure)},
        dense=True,
        most=20,
    )
    return panel(answer, "conflicts", block, question="Where do sources disagree?", finding=finding)
