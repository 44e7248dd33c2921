"""Sections of the brief from the plan room: the way out, and who pays."""

from dataclasses import replace

from oresight.core.answer import Answer
from oresight.face.brief.blocks import Chart, Grid, Points, Section
from oresight.face.brief.model_sections import readable
from oresight.face.brief.sections import chart
from oresight.face.charts import coalition
from oresight.face.charts import plan as charts
from oresight.face.text_tables import basis_lines
from oresight.studies import names

MEMBERS, POOLS = 14, 6
CURVES = 2
"""How many supply curves are drawn."""


def way_out(answer: Answer) -> Section:
    """The plan: what is built when, what it protects, what a tonne costs, floors, waiting, the second opinion."""
    supplier = names.supplier(",".join(answer.parameters["supplier"])).label
    last = int(answer.parameters["last"])
    held = {s.name: s for s in answer.sheets}
    blocks: list[Chart | Grid | Points] = []
    portfolio = held["portfolio"]
    if portfolio.rows:
        blocks.append(
            chart(
                charts.gantt(portfolio, last),
                "What is built, bought and when: the dearest levers first",
                answer.finding,
                "Line: building. Bar: output, or stock held. Reference classes are plants nobody has announced.",
            )
        )
    blocks.append(
        readable(
            held["commodities"],
            f"What a cut-off by {supplier} leaves missing, and what the plan changes",
            12,
            (
                "name",
                "missing_nothing",
                "missing_pipeline",
                "missing_plan",
                "loss_nothing",
                "loss_plan",
                "dearer_nothing",
                "capital",
                "projects",
            ),
        )
    )
    for commodity in list(
        dict.fromkeys(held["supply_curve"].column("commodity") if "supply_curve" in held else [])
    )[:CURVES]:
        name = names.commodity_labels()[str(commodity)]
        drawn = chart(
            charts.supply_curve(held["supply_curve"], str(commodity)),
            f"{name}: what one more tonne of security costs",
            f"Security supply curve of {name}.",
            "From the programme's prices, parts of projects allowed.",
        )
        blocks.append(replace(drawn, half=True))
    if "frontier" in held and "delay" in held:
        edge = chart(
            charts.frontier(held["frontier"]),
            "What safety costs",
            "Cost of the plan against the loss it leaves.",
            "Below zero: levers that pay by themselves at today's prices.",
        )
        wait = chart(
            charts.delay(held["delay"]),
            "What waiting costs",
            "Extra cost and risk by the year of the start.",
            "Discounted, over starting at once.",
        )
        blocks += [replace(edge, half=True), replace(wait, half=True)]
    if held["floors"].rows:
        blocks.append(
            chart(
                charts.floors(held["floors"]),
                "Price floors the projects need: the highest of each product over today's price",
                "Floor over price by product.",
                "What they cost a treasury in three markets: tables/floors.csv.",
            )
        )
    if "support" in held and held["support"].rows:
        blocks.append(
            readable(
                held["support"],
                "Support once the plan's own output has moved prices: the dearest for a treasury first",
                8,
                (
                    "product",
                    "name",
                    "host",
                    "price",
                    "price_settled",
                    "floor_settled",
                    "cost",
                    "cost_settled",
                ),
            )
        )
    if "flood" in held and held["flood"].rows:
        blocks.append(
            readable(
                held["flood"],
                f"{held['flood'].title}: who loses most by running on",
                8,
                (
                    "product",
                    "name",
                    "host",
                    "margin",
                    "margin_flood",
                    "running",
                    "floor_cost",
                    "floor_cost_flood",
                ),
            )
        )
    if held["replay"].rows:
        opinion = readable(
            held["replay"],
            "Second opinion: the plan's promise beside the market's delivery",
            6,
            (
                "name",
                "year",
                "promised_nothing",
                "promised",
                "played_nothing",
                "played",
                "price_nothing",
                "price",
            ),
        )
        blocks.append(
            replace(
                opinion,
                note="In the market outsiders bid for the same metal and buyers do without as the price rises; the plan "
                "books the price as a cost. Why each differs: tables/replay.csv.",
            )
        )
    return Section(
        "way-out",
        "Way out",
        answer.question,
        answer.finding,
        blocks=tuple(blocks),
        basis=tuple(basis_lines(answer)),
    )


def who_pays(answer: Answer) -> Section:
    """The coalition: what each member pays and is spared, who moves first, what waiting costs, member by member."""
    held = {s.name: s for s in answer.sheets}
    splits = held["splits"]
    blocks: list[Chart | Grid | Points] = []
    if any(v is not None for v in splits.column("shapley")):
        blocks.append(
            chart(
                coalition.gains(splits),
                "What each member gains by acting together, under four splits",
                answer.finding,
                "Dual prices: always in the core. The others may ask more of some members than these can get alone.",
            )
        )
    pays = chart(
        coalition.contributions(splits),
        "What each pays, what it is spared",
        "Cash paid and loss avoided by member.",
        "At the plan's dual prices. Who receives hosts projects that earn more than it owes.",
    )
    first = chart(
        coalition.joining(held["movers"]),
        "Who should move first, if gains are shared by side payments",
        "What all in it save, step by step.",
        "Light: reached before. Dark: what the step adds.",
    )
    blocks += [replace(pays, half=True), replace(first, half=True)]
    blocks += [
        Points(tuple(str(said) for said in held["members"].column("sentence")[:MEMBERS])),
        readable(
            held["pivots"], "Whom each commodity's pool would miss most", POOLS, ("commodities", "gain", "most", "adds")
        ),
    ]  # fmt: skip
    return Section(
        "who-pays",
        "Who pays",
        answer.question,
        answer.finding,
        blocks=tuple(blocks),
        basis=tuple(basis_lines(answer)),
    )
