"""The sheets of a company's purchases: minerals, lines, rows set aside, and the finding over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oresight.core.answer import Column, Sheet, sheet
from oresight.core.coalition import Coalition
from oresight.studies import names
from oresight.studies.books import whole_groups
from oresight.studies.purchases.reading import Line, SetAside

MINERALS = (
    Column("commodity", "id", "", "id"),
    Column("name", "mineral"),
    Column("stage", "stage it is bought at"),
    Column("tonnes", "bought a year; estimated from value where no quantity is given", "t", "number"),
    Column("value", "bought a year; estimated from quantity where no value is given", "USD", "number"),
    Column("direct", "bought from the supplier itself", "1", "share"),
    Column("exposure", "passes through the supplier at any stage", "1", "share"),
    Column("country_exposure", "the same of all that the home country uses", "1", "share"),
    Column("sources", "countries bought from", kind="integer"),
    Column("concentration", "Herfindahl index of those countries", "1", "number"),
    Column("cover_days", "stock against purchases", "days", "number"),
    Column("price_peak", "highest price in the reference shock, median", "x", "number"),
    Column("price_peak_high", "P95", "x", "number"),
    Column("shortage", "share of the home country's use lost in its worst month, median", "1", "share"),
    Column("first_short", "month in which the country first loses more than 5 %", "month", "number"),
    Column("bill", "paid more in the first year for the same tonnes, median", "USD", "number"),
    Column("bill_high", "P95", "USD", "number"),
    Column("restricted", "measures in force on the day, by the supplier or a country bought from"),
    Column("others", "largest makers outside the supplier and those bought from"),
    Column("quality", "grade of the figures, A to D"),
    Column("note", "what a reader must know", "", "note"),
)
LINES = (
    Column("row", "row of the list", kind="integer"),
    Column("company", "seller, as written"),
    Column("commodity", "id", "", "id"),
    Column("name", "mineral"),
    Column("stage", "stage it is bought at"),
    Column("country", "country it is bought from"),
    Column("tonnes", "a year", "t", "number"),
    Column("value", "a year", "USD", "number"),
    Column("estimated", "tonnes or value estimated at the baseline price", kind="flag"),
    Column("direct", "bought from the supplier itself", kind="flag"),
    Column("exposure", "share of what that country sells that passes through the supplier", "1", "share"),
    Column("measures", "measures in force on the day, by the supplier or that country"),
    Column("note", "what a reader must know", "", "note"),
)
ASIDE = (
    Column("row", "row of the list", kind="integer"),
    Column("text", "what stands there"),
    Column("why", "why it was set aside, and how to mend it"),
)


@dataclass(frozen=True)
class Followed:
    """A line with its figures.

    Args:
        line: As read.
        tonnes, value: A year [t, USD], estimated where `estimated`; None where no price is held.
        direct: Whether it comes from the supplier itself.
        exposure: Share that passes through the supplier [1]; None where the country has no recorded supply.
        measures: Ids of measures in force today.
        note: What a reader must know.
    """

    line: Line
    tonnes: float | None
    value: float | None
    estimated: bool
    direct: bool
    exposure: float | None
    measures: tuple[str, ...]
    note: str


def called(commodity: str) -> str:
    """The name a reader sees, of a commodity or of a group counted whole."""
    return names.commodity_labels()[whole_groups().get(commodity, commodity)]


def weight(one: Followed, among: Sequence[Followed]) -> float:
    """A line's part of its mineral, by tonnes where all lines have them, else by value, else evenly [1]."""
    for pick in ("tonnes", "value"):
        every = [getattr(f, pick) for f in among]
        if None not in every and sum(every) > 0:
            return float(getattr(one, pick) / sum(every))
    return 1.0 / len(among)


def summed(values: Any) -> float | None:
    """A sum; None where a part is unknown."""
    every = list(values)
    return None if None in every else float(sum(every))


def as_row(one: Followed) -> dict[str, Any]:
    """A followed line as a row."""
    line = one.line
    return {
        "row": line.row,
        "company": line.company or None,
        "commodity": line.commodity,
        "name": called(line.commodity),
        "stage": line.stage,
        "country": names.label(line.country),
        "tonnes": one.tonnes,
        "value": one.value,
        "estimated": one.estimated,
        "direct": one.direct,
        "exposure": one.exposure,
        "measures": ", ".join(one.measures) or None,
        "note": one.note or None,
    }


def set_aside(aside: Sequence[SetAside]) -> Sheet:
    """Rows that were not read, and how to mend them."""
    return sheet(
        "left_out", "Rows set aside", ASIDE, [{"row": a.row, "text": a.text, "why": a.why} for a in aside]
    )


def finding(
    rows: Sequence[Mapping[str, Any]],
    followed: Sequence[Followed],
    aside: Sequence[SetAside],
    seller: Coalition,
    home: str | None,
) -> str:
    """The list in sentences made from its numbers."""
    known = [f for f in followed if f.value is not None and f.exposure is not None]
    total = sum(f.value or 0.0 for f in known)
    said = []
    if total > 0:
        direct = sum(f.value or 0.0 for f in known if f.direct) / total
        passes = sum((f.value or 0.0) * (f.exposure or 0.0) for f in known) / total
        said.append(
            f"Of {money(total)} a year, {direct:.0%} is bought from {seller.label} and {passes:.0%} passes through it."
        )
    worst = next((r for r in rows if r["exposure"]), None)
    if worst is not None:
        said.append(
            f"Most exposed is {str(worst['name']).lower()}: {worst['exposure']:.0%} of {money(worst['value'])}."
        )
    bills = [r["bill"] for r in rows if r["bill"] is not None]
    if home and bills:
        short = [r for r in rows if (r["shortage"] or 0.0) > 0.05]
        said.append(
            f"If {seller.label} stopped for a year, the same tonnes would cost {money(sum(bills))} more, and "
            f"{names.label(home)} would go short of {len(short)} of {len(rows)} minerals."
        )
    measures = {m for f in followed for m in f.measures}
    if measures:
        said.append(f"{len(measures)} measures in force today touch these purchases.")
    if aside:
        said.append(f"{len(aside)} {'row was' if len(aside) == 1 else 'rows were'} set aside.")
    return " ".join(said) or "No line has both a value and a recorded origin."


def money(usd: float | None) -> str:
    """Dollars as a reader sees them.

    >>> money(12_340_000.0), money(950.0)
    ('$12.3m', '$950')
    """
    if usd is None:
        return "an unknown sum"
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(usd) >= size:
            return f"${usd / size:.3g}{letter}"
    return f"${usd:.0f}"
