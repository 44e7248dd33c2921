"""What of a company's own purchases passes through a supplier, what is restricted today, what a cut-off would cost it.

Each line is followed from the country it is bought from: what that country sells is the mix of what it makes and what
it imports (network §4), and the share of that mix which passes through the supplier at any stage is the line's exposure
(network §5). The list stays on this machine.
"""

import datetime
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from oresight.core.answer import Answer, Assumption, Column, sheet
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
from oresight.studies.events.study import events
from oresight.studies.markets import baseline_prices
from oresight.studies.purchases.reading import ABOUT, HEADS, Line, SetAside, read_list
from oresight.studies.purchases.sheets import (
    LINES,
    MINERALS,
    Followed,
    as_row,
    called,
    finding,
    set_aside,
    summed,
    weight,
)
from oresight.studies.stress.reference_shock import reference_shock
from oresight.studies.stress.study import stress

DRAWS = 32
SHOCK_MONTHS = 12
OTHERS = 3
"""How many other makers are named."""


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
    report(reporter, 0.0, "reading the list")
    where = Path(path)
    return answered(read_list(where), where.name, home, supplier, on, reporter)


def answered(
    given: tuple[Sequence[Line], Sequence[SetAside]],
    name: str,
    home: str | None = None,
    supplier: str = names.DEFAULT_SUPPLIER,
    on: str | None = None,
    reporter: Reporter = silent,
) -> Answer:
    """As `purchases`, of a list that has been read.

    Raises:
        StudyError: A name is unknown.
    """
    lines, aside = given
    seller = names.supplier(supplier)
    at = names.country(home) if home else None
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
            "file": name,
            "home": at,
            "supplier": list(seller.members),
            "year": TRADE_LAST,
            "on": day,
            "lines": len(lines),
            "left_out": len(aside),
        },
    )


def nothing_given(supplier: str = names.DEFAULT_SUPPLIER) -> Answer:
    """What a list of purchases looks like, where none is given."""
    seller = names.supplier(supplier)
    columns = (
        Column("column", "name of the column"),
        Column("about", "what it holds"),
        Column("read_as", "other heads it is known by"),
    )
    rows = [{"column": h, "about": ABOUT[h], "read_as": ", ".join(HEADS[h][1:5])} for h in HEADS]
    return Answer(
        "purchases",
        f"What of what we buy passes through {seller.label}?",
        "Give a list: a row per purchase, with a mineral, a country, and a quantity or a value a year.",
        (sheet("columns", "What a list holds", columns, rows),),
        basis(CHAIN_TABLES, CHAIN_RULES),
        {"supplier": list(seller.members)},
    )


def follow(line: Line, seller: Coalition, home: str | None, day: str) -> Followed:
    """One line's exposure, value and the measures it meets."""
    price = baseline_prices().get((whole_groups().get(line.commodity, line.commodity), line.stage))
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
