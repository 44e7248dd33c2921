"""What of a company's own purchases passes through a supplier, what is restricted today, what a cut-off would cost it.

Each line is followed from the country it is bought from: what that country sells is the mix of what it makes and what
it imports (network §4), and the share of that mix which passes through the supplier at any stage is the line's exposure
(network §5). The list stays on this machine.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from oresight.catalog.store import read
from oresight.core.answer import Answer, Assumption, Column, Sheet, sheet
from oresight.core.coalition import Coalition
from oresight.core.progress import Reporter, report, silent
from oresight.measure.herfindahl import herfindahl
from oresight.network.exposure import exposure
from oresight.network.records import Chain
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.books import TRADE_LAST, whole_groups
from oresight.studies.chains import chain
from oresight.studies.dependence import Case, figures
from oresight.studies.events import events
from oresight.studies.purchases_list import Line, SetAside, read_list
from oresight.studies.reference_shock import reference_shock
from oresight.studies.stress import stress

DRAWS = 32
SHOCK_MONTHS = 12
OTHERS = 3
"""How many other makers are named."""

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


def purchases(
    path: str | Path,
    home: str | None = None,
    supplier: str = names.DEFAULT_SUPPLIER,
    on: str | None = None,
    reporter: Reporter = silent,
) -> Answer:
    """What of a company's purchases passes through a supplier, and what a cut-off would do to it?

    Args:
        path: The list, CSV or XLSX: mineral or customs code, country, quantity or value a year.
        home: Country of the company; names what its neighbours depend on, and plays the reference shock.
        supplier: The dominant supplier.
        on: Day on which measures are looked up; today by default.
        reporter: Told of progress; may cancel.

    Raises:
        StudyError: The list cannot be read, or a name is unknown.
        DataError: The file cannot be opened.
    """
    seller = names.supplier(supplier)
    at = names.country(home) if home else None
    where = Path(path)
    report(reporter, 0.0, "reading the list")
    lines, aside = read_list(where)
    day = on or datetime.date.today().isoformat()
    followed: list[Followed] = []
    for n, line in enumerate(lines):
        report(reporter, 0.05 + 0.45 * n / len(lines), f"following {line.commodity} from {line.country}")
        followed.append(follow(line, seller, at, day))
    goods = list(dict.fromkeys((f.line.commodity, f.line.stage) for f in followed))
    report(reporter, 0.5, "playing the reference shock")
    shocks = shocked([c for c, _ in goods], at, supplier, reporter) if at else {}
    rows = [mineral(c, s, followed, seller, at, shocks.get(c, {})) for c, s in goods]
    rows.sort(key=lambda r: -(float(r["exposure"] or 0.0) * float(r["value"] or 0.0)))
    report(reporter, 1.0, "done")
    return Answer(
        "purchases",
        f"What of these purchases passes through {seller.label}, and what if it stops?",
        finding(rows, followed, aside, seller, at),
        (
            sheet("minerals", "What is bought, the largest exposed value first", MINERALS, rows),
            sheet("lines", "Line by line", LINES, [as_row(f) for f in followed]),
            set_aside(aside),
        ),
        basis(
            (
                *CHAIN_TABLES,
                "baseline_prices",
                "events",
                "event_codes",
                "exchange_rates",
                *(("priors",) if at else ()),
            ),
            (*CHAIN_RULES, *(("market §3", "months §1", "months §4") if at else ())),
            (
                *CHAIN_ASSUMPTIONS,
                Assumption("network §4", "what a country sells is the mix of what it makes and imports"),
                Assumption(
                    "baseline_prices", "one price per stage where the list states only tonnes or value"
                ),
            ),
            (
                "A seller's own chain may differ from its country's mix; ask it where its feed comes from.",
                "The bill counts the same tonnes at the shock's prices; a contract may bind the price.",
            ),
        ),
        {
            "file": where.name,
            "home": at,
            "supplier": list(seller.members),
            "year": TRADE_LAST,
            "on": day,
            "lines": len(lines),
            "left_out": len(aside),
        },
    )


def follow(line: Line, seller: Coalition, home: str | None, day: str) -> Followed:
    """One line's exposure, value and the measures it meets."""
    price = prices().get((whole_groups().get(line.commodity, line.commodity), line.stage))
    tonnes, value = line.tonnes, line.value
    if tonnes is None and price is not None and value is not None:
        tonnes = value / price
    if value is None and price is not None and tonnes is not None:
        value = tonnes * price
    direct = line.country in seller.members
    passes, note = (
        (1.0, "") if direct else passing(line.commodity, line.stage, line.country, tuple(seller.members))
    )
    return Followed(
        line,
        tonnes,
        value,
        line.tonnes is None or line.value is None,
        direct,
        passes,
        in_force(line.commodity, tuple(dict.fromkeys((line.country, *seller.members))), home, day),
        note,
    )


@lru_cache(maxsize=4096)
def passing(commodity: str, stage: str, country: str, sellers: tuple[str, ...]) -> tuple[float | None, str]:
    """Share of what a country sells at a stage that passes through the sellers, and a note       network §5

    None where the catalogue has no supply of that stage in the country.
    """
    balanced = chain(commodity, TRADE_LAST)
    if balanced is None or stage not in balanced.stages:
        return None, f"no output of {commodity} at the {stage} stage is held by country"
    if country not in balanced.countries:
        return None, f"no supply of it in {names.label(country)} is on record: ask where it comes from"
    upto = balanced.stages.index(stage) + 1
    whole = balanced.chain
    cut = Chain(
        whole.stages[:upto], whole.recovery[: upto - 1], whole.secondary[: upto - 1], whole.names[:upto]
    )
    share = float(exposure(cut, balanced.positions(sellers)).total[balanced.countries.index(country)])
    if np.isnan(share):
        return None, f"no supply of it in {names.label(country)} is on record: ask where it comes from"
    own = float(np.nan_to_num(cut.stages[-1].production[balanced.countries.index(country)]))
    return share, "" if own > 0 else f"{names.label(country)} makes none of it: it sells on what it imports"


@lru_cache(maxsize=1024)
def in_force(commodity: str, by: tuple[str, ...], home: str | None, day: str) -> tuple[str, ...]:
    """Ids of the measures of some countries that are in force on a day on a mineral, towards a home country."""
    found = events(on=day, to=home, by=",".join(by), commodity=commodity).sheet("measures").records()
    return tuple(str(r["event"]) for r in found if r["status"] == "in_force")


@lru_cache(maxsize=1)
def prices() -> Mapping[tuple[str, str], float]:
    """(commodity, stage) -> baseline price [USD/t contained]."""
    rows = read("baseline_prices").select("commodity", "stage", "usd_per_t")
    return {(c, s): float(p) for c, s, p in rows.iter_rows() if p}


def shocked(
    commodities: Sequence[str], home: str, supplier: str, reporter: Reporter
) -> dict[str, dict[str, Any]]:
    """Prices and shortage of a country in the reference shock, by commodity; nothing where it is not touched."""
    scenario = reference_shock(supplier)
    touched = [c for c in dict.fromkeys(commodities) if c in scenario.commodities]
    if not touched:
        return {}

    def part(done: float, doing: str) -> bool | None:
        return reporter(0.5 + 0.48 * done, doing)

    played = stress(scenario, home, touched, draws=DRAWS, reporter=part)
    found: dict[str, dict[str, Any]] = {}
    months = played.sheet("months").records()
    for row in played.sheet("summary").records():
        first = [m for m in months if m["commodity"] == row["commodity"]][:SHOCK_MONTHS]
        found[str(row["commodity"])] = row | {
            "dearer": mean_less_one(first, "price_outside"),
            "dearer_high": mean_less_one(first, "price_outside_high"),
        }
    return found


def mean_less_one(months: Sequence[Mapping[str, Any]], column: str) -> float | None:
    """Mean of a price multiple over months, less one [1]; None where a month is unknown."""
    known = [m[column] for m in months]
    return None if not known or None in known else float(np.mean(known)) - 1.0


def mineral(
    commodity: str,
    stage: str,
    followed: Sequence[Followed],
    seller: Coalition,
    home: str | None,
    shock: Mapping[str, Any],
) -> dict[str, Any]:
    """All lines of one mineral and stage as one row."""
    mine = [f for f in followed if (f.line.commodity, f.line.stage) == (commodity, stage)]
    balanced = chain(commodity, TRADE_LAST)
    weights = [weight(f, mine) for f in mine]
    by_country: dict[str, float] = {}
    for f, w in zip(mine, weights, strict=True):
        by_country[f.line.country] = by_country.get(f.line.country, 0.0) + w
    unknown = [f for f in mine if f.exposure is None]
    value, tonnes = summed(f.value for f in mine), summed(f.tonnes for f in mine)
    stocks = [f.line.stock for f in mine if f.line.stock is not None]
    notes = (
        [f"{len(unknown)} of {len(mine)} lines come from countries without recorded supply"]
        if unknown
        else []
    )
    average = (
        figures(commodity, TRADE_LAST, [Case(home, (home,))], seller)[0].get("exposure") if home else None
    )
    dearer, dearer_high = shock.get("dearer"), shock.get("dearer_high")
    return {
        "commodity": commodity,
        "name": called(commodity),
        "stage": stage,
        "tonnes": tonnes,
        "value": value,
        "direct": sum(w for f, w in zip(mine, weights, strict=True) if f.direct),
        "exposure": None
        if unknown
        else sum(w * float(f.exposure or 0.0) for f, w in zip(mine, weights, strict=True)),
        "country_exposure": average,
        "sources": len(by_country),
        "concentration": float(herfindahl(np.array(list(by_country.values())))),
        "cover_days": sum(stocks) / tonnes * 365.0 if stocks and tonnes else None,
        "price_peak": shock.get("price_peak"),
        "price_peak_high": shock.get("price_peak_high"),
        "shortage": shock.get("shortage"),
        "first_short": shock.get("first_short"),
        "bill": value * dearer if value is not None and dearer is not None else None,
        "bill_high": value * dearer_high if value is not None and dearer_high is not None else None,
        "restricted": ", ".join(dict.fromkeys(m for f in mine for m in f.measures)) or None,
        "others": other_makers(commodity, stage, {*seller.members, *by_country}),
        "quality": balanced.grade if balanced else None,
        "note": "; ".join(
            [*notes, *dict.fromkeys(f.note for f in mine if f.note and f.exposure is not None)]
        ),
    }


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


def other_makers(commodity: str, stage: str, known: set[str]) -> str | None:
    """The largest makers at a stage outside a set of countries, with their share of world output."""
    balanced = chain(commodity, TRADE_LAST)
    if balanced is None or stage not in balanced.stages:
        return None
    made = np.nan_to_num(balanced.chain.stages[balanced.stages.index(stage)].production)
    if made.sum() <= 0:
        return None
    ranked = [int(i) for i in np.argsort(-made) if balanced.countries[int(i)] not in known | {"OTH"}]
    told = [
        f"{names.label(balanced.countries[i])} {made[i] / made.sum():.0%}"
        for i in ranked[:OTHERS]
        if made[i] > 0
    ]
    return ", ".join(told) or None


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
