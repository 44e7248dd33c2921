"""Sections of the brief that play models: what happens if the supplier stops, and whether we are on track."""

from collections.abc import Sequence
from dataclasses import replace

from oresight.core.answer import Answer, Column, Sheet, Value
from oresight.face.brief.blocks import Chart, Grid, Points, Section, grid
from oresight.face.brief.sections import chart
from oresight.face.charts import stress as charts
from oresight.face.text_tables import basis_lines, shown
from oresight.studies import names

WORST = 3
"""How many minerals are told month by month."""


def stress(answer: Answer, record: Answer) -> Section:
    """The reference shock over all minerals, the worst told month by month, the back-test beside it."""
    summary, months, costs = answer.sheet("summary"), answer.sheet("months"), answer.sheet("costs")
    restricting = ", ".join(names.label(c) for c in answer.parameters["restricting"])
    table = grid(
        summary,
        (
            "name",
            "shortage",
            "shortage_low",
            "shortage_high",
            "first_short",
            "price_peak",
            "price_peak_low",
            "price_peak_high",
            "peak_month",
            "loss",
            "worst",
        ),
        {
            "name": "Mineral",
            "shortage": "worst shortage",
            "shortage_low": "P5",
            "shortage_high": "P95",
            "first_short": "short from month",
            "price_peak": "peak price, x",
            "price_peak_low": "P5 ",
            "price_peak_high": "P95 ",
            "peak_month": "in month",
            "loss": "members' loss, m USD",
            "worst": "hardest hit",
        },
        {"shortage": "shortage"},
        title=f"{answer.parameters['title']}: what members go through",
        note=f"{answer.parameters['draws']} draws, seed {answer.parameters['seed']}. Shortage: share of use lost at the "
        "last stage. Price: multiple of the baseline. Loss: consumer surplus over the horizon.",
        dense=True,
    )
    blocks: list[Chart | Grid | Points] = [table]
    for row in summary.records()[:WORST]:
        commodity, name = str(row["commodity"]), str(row["name"])
        said = told(row, summary)
        price = chart(
            charts.prices(months, commodity),
            f"{name}: price outside (blue) and in {restricting} (orange)",
            f"{name}: {said}",
            "Median and P5-P95, log scale.",
        )
        short = chart(
            charts.shortage(months, commodity), f"{name}: share of members' use lost", said, worth(row)
        )
        blocks += [replace(price, half=True), replace(short, half=True)]
    blocks.append(
        chart(
            charts.costs(costs, labels(costs)),
            "Who pays and who gains, over the horizon",
            "Net of consumer loss and producer gain by country.",
            "The magnet that neodymium and dysprosium share is counted once.",
        )
    )
    seen = verified(record.sheet("points"))
    blocks.append(
        chart(
            charts.record(seen),
            "How far to trust it: past restrictions replayed with data from before each",
            record.finding,
            record.finding,
        )
    )
    joined = answer.basis.joined(record.basis)
    return Section(
        "stress",
        "Stress",
        answer.question,
        answer.finding,
        blocks=tuple(blocks),
        basis=tuple(basis_lines(replace(answer, basis=joined))),
    )


def verified(points: Sheet) -> Sheet:
    """Points outside the restricting country whose price is traced to a source."""
    names_ = points.names()
    kind, known = names_.index("kind"), names_.index("verified")
    return replace(points, rows=tuple(r for r in points.rows if r[known] and r[kind] == "outside"))


def told(row: dict[str, Value], sheet: Sheet) -> str:
    """One mineral's worst in words."""
    of = {c.name: c for c in sheet.columns}
    share, times = of["shortage"], of["price_peak"]
    low, high = shown(row["shortage_low"], share), shown(row["shortage_high"], share)
    return (
        f"at worst {shown(row['shortage'], share)} of use is lost (P5 {low}, P95 {high}); the price peaks at "
        f"{shown(row['price_peak'], times)} times the baseline in month {row['peak_month']}."
    )


def worth(row: dict[str, Value]) -> str:
    """What the tonnes lost would have made, where a source gives the mass per unit."""
    lost = Column("t", "", "t", "number")
    said = f"{shown(row['use_lost'], lost)} t lost in its worst twelve months"
    return f"{said}: the material of {row['worth']}." if row["worth"] else f"{said}."


def labels(sheet: Sheet) -> dict[str, str]:
    """Group -> the name a reader sees."""
    return {
        str(m): "Rest of the world" if m == "others" else names.label(str(m)) for m in sheet.column("member")
    }


def track(answer: Answer) -> Section:
    """On track: money by state, what is due, capacity announced against real."""
    blocks: list[Chart | Grid | Points] = []
    states = answer.sheet("states")
    if states.rows:
        blocks.append(money(states))
    for name, title, rows, columns in (
        (
            "due",
            "Due in the next 90 days",
            12,
            ("date", "days", "title", "kind", "rests_on", "countries", "note"),
        ),
        ("overdue", "Overdue", 8, ("due", "days_late", "title", "state", "heard", "by", "note")),
    ):
        sheet = answer.sheet(name)
        if sheet.rows:
            blocks.append(readable(sheet, title, rows, columns))
    if answer.sheet("ladder").rows:
        blocks.append(ladder(answer.sheet("ladder")))
    return Section(
        "track",
        "On track",
        answer.question,
        answer.finding,
        blocks=tuple(blocks),
        basis=tuple(basis_lines(answer)),
    )


def money(states: Sheet) -> Grid:
    """Money promised by state, in billions."""
    billions = [c.name for c in states.columns if c.unit == "USD"]
    columns = tuple(replace(c, unit="bn USD") if c.name in billions else c for c in states.columns)
    scaled = tuple(
        tuple(
            float(v) / 1e9 if c.name in billions and isinstance(v, int | float) else v
            for v, c in zip(row, states.columns, strict=True)
        )
        for row in states.rows
    )
    heads = {
        "usd": "bn USD",
        "public_usd": "of it public",
        "mixed_usd": "public and private, not told apart",
        "private_usd": "private",
        "firm_usd": "closed, drawn or delivered",
    }
    return grid(
        Sheet(states.name, states.title, columns, scaled),
        titles=heads,
        tones={"share": "coalition"},
        title="Money promised, by how far it has got; each dollar once",
        dense=True,
    )


def ladder(sheet: Sheet) -> Grid:
    """Capacity announced, funded, able to run, made; chains without any usable figure are left out."""
    at = {name: i for i, name in enumerate(sheet.names())}
    labels = names.commodity_labels()
    rows = [list(row) for row in sheet.rows if row[at["nameplate"]] is not None]
    for row in rows:
        row[at["commodity"]] = labels.get(str(row[at["commodity"]]), row[at["commodity"]])
        row[at["unit"]] = str(row[at["unit"]]).partition(" (")[0].removeprefix("t ")
    left = len(sheet.rows) - len(rows)
    return grid(
        replace(sheet, rows=tuple(map(tuple, rows))),
        (
            "commodity",
            "stage",
            "nameplate",
            "funded",
            "commissioned",
            "actual",
            "funded_share",
            "commissioned_share",
            "unit",
        ),
        {
            "commodity": "Mineral",
            "nameplate": "announced",
            "commissioned": "can run",
            "actual": "made",
            "funded_share": "funded of it",
            "commissioned_share": "can run of it",
            "unit": "tonnes of",
        },
        {"funded_share": "coalition", "commissioned_share": "coalition"},
        title="Capacity announced, funded, able to run, made, a year",
        note="All projects of the ledger; – where plants run at a capacity nobody states. "
        f"{left} chains whose projects state no usable capacity: tables/ladder.csv.",
        dense=True,
    )


def readable(sheet: Sheet, title: str, rows: int, columns: Sequence[str] | None = None) -> Grid:
    """The first rows of a sheet without ids, notes or empty columns."""
    kept = columns or [
        c.name
        for c in sheet.columns
        if c.kind not in ("id", "note") and any(v is not None for v in sheet.column(c.name)[:rows])
    ]
    cut = replace(sheet, rows=sheet.rows[:rows])
    left = len(sheet.rows) - len(cut.rows)
    return grid(
        cut,
        kept[:9],
        title=title,
        dense=True,
        note=f"{left} more rows in tables/{sheet.name}.csv" if left else "",
    )
