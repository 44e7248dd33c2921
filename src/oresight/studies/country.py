"""One country whole: what it is most vulnerable to and why, how that came about, what it makes that others need."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from oresight.core.answer import Answer, Assumption, Column, sheet
from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.network.look_through import origin_share
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.books import (
    STAGES,
    TRADE_FIRST,
    TRADE_LAST,
    modelled,
    nearest_year,
    production_rows,
)
from oresight.studies.chains import chain
from oresight.studies.dependence import Case, expand, figures
from oresight.studies.history import history
from oresight.studies.markets import baseline_prices

HALF = 0.5
NEEDED = 0.02
"""A country is named as a maker others need from this share of a stage's output on [1]."""

VULNERABLE_COLUMNS = (
    Column("rank", "place in the list", "", "integer"),
    Column("commodity", "id", "", "id"),
    Column("name", "commodity"),
    Column("exposure", "share of its supply that passes through the supplier at any stage", "1", "share"),
    Column("import_share", "supplier's share of its imports by weight", "1", "share"),
    Column("hidden", "exposure beyond what its imports show", "1", "share"),
    Column("exposure_mine", "share of its supply mined there", "1", "share"),
    Column("exposure_refine", "share of its supply refined there", "1", "share"),
    Column("exposure_component", "share of its supply made into components there", "1", "share"),
    Column("net_import_reliance", "net imports over apparent consumption, last stage", "1", "share"),
    Column("supply", "its own output and imports at the last stage", "t contained", "number"),
    Column("value", "that supply at the baseline price", "million USD", "number"),
    Column("origin", "largest origin of its supply at the last stage, hubs seen through"),
    Column("origin_share", "share of that origin", "1", "share"),
    Column("reason", "why it stands here"),
    Column("quality", "grade of the figures, A to D"),
    Column("note", "what a reader must know", "", "note"),
    Column("figure", "id for `oresight explain`", "", "id"),
)
MAKES_COLUMNS = (
    Column("commodity", "id", "", "id"),
    Column("name", "commodity"),
    Column("stage", "stage of the chain"),
    Column("share", "share of the world's output that is counted", "1", "share"),
    Column("value", "output", "t contained", "number"),
    Column("rank", "place among makers", "", "integer"),
    Column("year", "year of the output", "", "integer"),
    Column("source", "source", kind="source"),
    Column("figure", "id for `oresight explain`", "", "id"),
)


def country(
    name: str,
    supplier: str = names.DEFAULT_SUPPLIER,
    year: int = TRADE_LAST,
    reporter: Reporter = silent,
) -> Answer:
    """What a country is most vulnerable to, how it came about, and what it makes that others need.

    The list is ordered by exposure, a larger supply at the baseline price first among equals.

    Args:
        name: A country; the supplier itself has no dependence on itself and keeps only what it makes.
        supplier: The supplier.
        year: Calendar year.
        reporter: Told of progress; may cancel.

    Raises:
        StudyError: A name or year is unknown, or several countries are named.
    """
    code = names.country(name)
    if code in ("WLD", "EU27", "OTH"):
        raise StudyError(
            f"{names.label(code)} is no country", "name one, or ask the situation of a coalition"
        )
    seller = names.supplier(supplier)
    names.year(year, TRADE_FIRST, TRADE_LAST)
    itself = code in seller.members
    label = names.label(code)
    rows = [] if itself else vulnerable(code, seller, year, reporter)
    made = makes(code, year)
    past = [] if itself else history_rows(code, seller)
    sheets = (
        sheet("vulnerable", f"{label}'s exposure to {seller.label}, {year}", VULNERABLE_COLUMNS, rows),
        sheet("makes", f"What {label} makes that others need, {year} or nearest", MAKES_COLUMNS, made),
        sheet(
            "history",
            f"{seller.label}'s share of {label}'s rare-earth imports, by weight",
            HISTORY_COLUMNS,
            past,
        ),
    )
    return Answer(
        "country",
        f"What is {label} most vulnerable to?" if not itself else f"What do others take from {label}?",
        finding(label, rows, made, seller, itself),
        sheets,
        basis(
            (*CHAIN_TABLES, "demand_keys", "baseline_prices"),
            (*CHAIN_RULES, "measure §1"),
            (
                *CHAIN_ASSUMPTIONS,
                Assumption("country", "the list is ordered by exposure, then by value of supply"),
            ),
        ),
        {
            "country": code,
            "name": label,
            "supplier": list(seller.members),
            "year": year,
            "exposed": sum(1 for r in rows if known(r.get("exposure")) >= HALF),
            "of": sum(1 for r in rows if r.get("exposure") is not None),
            "is_supplier": itself,
        },
    )


HISTORY_COLUMNS = (
    Column("buyer", "country"),
    Column("player", "its code", "", "id"),
    Column("year", "calendar year", "", "integer"),
    Column("import_share", "supplier's share of its imports by weight", "1", "share"),
    Column("import_share_value", "supplier's share of its imports by value", "1", "share"),
    Column("imports", "imports from outside itself", "t gross", "number"),
    Column("figure", "id for `oresight explain`", "", "id"),
)


def known(value: object) -> float:
    """A share, or less than any where it is unknown.

    >>> known(0.5), known(None)
    (0.5, -1.0)
    """
    return float(value) if isinstance(value, int | float) else -1.0


def vulnerable(code: str, seller: Coalition, year: int, reporter: Reporter) -> list[dict[str, Any]]:
    """Every modelled commodity of a country, the most exposed first, with the reason in words."""
    rows: list[dict[str, Any]] = []
    price_of = baseline_prices()
    wanted = expand([])
    for done, each in enumerate(wanted):
        report(reporter, done / len(wanted), f"following {each}")
        row: dict[str, Any] = dict(figures(each, year, [Case(code, (code,))], seller)[0])
        if not row.get("supply"):
            continue
        price = price_of.get((each, modelled()[each][-1]))
        origin, share = largest_origin(each, year, code)
        exposure, direct = row.get("exposure"), row.get("import_share")
        row |= {
            "name": names.commodity_labels()[each],
            "hidden": max(exposure - direct, 0.0)
            if isinstance(exposure, float) and isinstance(direct, float)
            else None,
            "value": row["supply"] * price / 1e6 if price is not None else None,
            "origin": origin,
            "origin_share": share,
        }
        row["reason"] = reason(row, seller)
        rows.append(row)
    rows.sort(key=lambda r: (-round(known(r.get("exposure")), 2), -known(r.get("value"))))
    return [{**r, "rank": at} for at, r in enumerate(rows, 1)]


def largest_origin(commodity: str, year: int, code: str) -> tuple[str | None, float | None]:
    """Where most of a country's supply at the last stage was made, hubs seen through.         network §4"""
    balanced = chain(commodity, year)
    if balanced is None or code not in balanced.countries:
        return None, None
    shares = np.nan_to_num(origin_share(balanced.chain.stages[-1])[:, balanced.countries.index(code)])
    if shares.sum() <= 0:
        return None, None
    top = int(np.argmax(shares))
    return names.label(balanced.countries[top]), float(shares[top])


def reason(row: Mapping[str, Any], seller: Coalition) -> str:
    """Why a commodity stands where it does, in a sentence made from its figures.

    >>> seller = Coalition("CHN", "China", {"CHN": ("CHN",)})
    >>> reason({"exposure": 0.9, "import_share": 0.2, "exposure_refine": 0.88, "exposure_mine": 0.1}, seller)
    '88% is refined in China; its imports show 20%, the rest is hidden behind others'
    """
    verbs = {
        "exposure_component": "made into components",
        "exposure_refine": "refined",
        "exposure_mine": "mined",
    }
    known_stages = {k: row[k] for k in verbs if isinstance(row.get(k), float)}
    exposure, direct = row.get("exposure"), row.get("import_share")
    if not known_stages or not isinstance(exposure, float):
        return "output at its last stage is unknown"
    if exposure < 0.005:
        origin, share = row.get("origin"), row.get("origin_share")
        return (
            f"{share:.0%} is made in {origin}"
            if origin and isinstance(share, float)
            else "nothing comes from there"
        )
    worst = max(known_stages, key=lambda k: known_stages[k])
    said = f"{known_stages[worst]:.0%} is {verbs[worst]} in {seller.label}"
    if isinstance(direct, float) and exposure - direct > 0.1:
        said += f"; its imports show {direct:.0%}, the rest is hidden behind others"
    elif isinstance(direct, float):
        said += f"; {direct:.0%} of its imports come straight from there"
    return said


def makes(code: str, year: int) -> list[dict[str, Any]]:
    """Stages of which a country makes a share of the world's output that others notice, largest share first."""
    rows = []
    for commodity, label in names.commodity_labels().items():
        for stage in STAGES:
            near = nearest_year(commodity, stage, year)
            if near is None:
                continue
            part = production_rows().filter(
                (pl.col("commodity") == commodity) & (pl.col("stage") == stage) & (pl.col("year") == near)
            )
            total = float(part["value"].sum() or 0.0)
            own = part.filter(pl.col("country") == code)
            value = float(own["value"].sum() or 0.0)
            if total <= 0 or value / total < NEEDED:
                continue
            by_country = part.group_by("country").agg(pl.col("value").sum())
            table = "mine_production" if stage == "mine" else "refinery_production"
            also = "" if stage == "mine" else f"stage={stage},"
            rows.append(
                {
                    "commodity": commodity,
                    "name": label,
                    "stage": stage,
                    "share": value / total,
                    "value": value,
                    "rank": 1
                    + by_country.filter((pl.col("value") > value) & (pl.col("country") != "OTH")).height,
                    "year": near,
                    "source": ", ".join(sorted(own["source_id"].unique().to_list())),
                    "figure": f"{table}:commodity={commodity},{also}country={code},year={near}",
                }
            )
    return sorted(rows, key=lambda r: -float(str(r["share"])))


def history_rows(code: str, seller: Coalition) -> list[dict[str, Any]]:
    """The supplier's share of a country's rare-earth imports over the years, beside Japan's, cut off in 2010."""
    asked = code if code == "JPN" or "JPN" in seller.members else f"{code},JPN"
    return history(asked, seller.id).sheets[0].records()


def finding(
    label: str, rows: list[dict[str, Any]], made: list[dict[str, Any]], seller: Coalition, itself: bool
) -> str:
    """What the list says in a sentence or two."""
    verbs = {"mine": "mines", "refine": "refines", "component": "makes into components"}
    gives = ""
    if made:
        top = made[0]
        gives = f" It {verbs[top['stage']]} {top['share']:.0%} of the world's {top['name'].lower()}."
    if itself:
        lead = sum(1 for m in made if m["rank"] == 1)
        return (
            f"{label} is the supplier: it is the largest maker of {lead} stages of critical minerals.{gives}"
        )
    seen = [r for r in rows if r.get("exposure") is not None]
    if not seen:
        return f"No supply of {label} is recorded.{gives}"
    over = [r for r in seen if r["exposure"] >= HALF]
    worst = ", ".join(f"{r['name'].split(',')[0].lower()} ({r['exposure']:.0%})" for r in seen[:3])
    return (
        f"{label} is most vulnerable to {seller.label} in {worst}; more than half of its supply of {len(over)} of "
        f"{len(seen)} critical minerals passes through there.{gives}"
    )
