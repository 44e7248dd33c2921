"""What the claims of January 2026 come to on open data: each recomputed, with its method and how far it holds."""

from collections.abc import Sequence

import numpy as np

from oresight.core.answer import Answer, Assumption, Column, sheet
from oresight.core.coalition import Coalition
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_TABLES, basis
from oresight.studies.books import PRODUCTION_LAST, TRADE_LAST, modelled
from oresight.studies.concentration import concentration
from oresight.studies.dependence import Case, figures
from oresight.studies.markets import baseline_prices
from oresight.studies.situation import leaders, use_by_country


def demand(coalition: str = names.DEFAULT_COALITION, year: int = TRADE_LAST) -> Answer:
    """The coalition's share of world use, per commodity and in value over all."""
    buyers = names.coalition(coalition)
    price = baseline_prices()
    rows: list[dict[str, object]] = []
    for commodity, stages in modelled().items():
        if commodity not in names.commodity_labels():
            continue
        use = use_by_country(commodity, year)
        total = sum(use.values())
        if total <= 0:
            continue
        own = sum(use.get(m, 0.0) for m in buyers.members)
        unit = price.get((commodity, stages[-1]))
        rows.append(
            {
                "commodity": commodity,
                "name": names.commodity_labels()[commodity],
                "stage": stages[-1],
                "share": own / total,
                "use": own,
                "world_use": total,
                "value": own * unit / 1e6 if unit is not None else None,
                "world_value": total * unit / 1e6 if unit is not None else None,
            }
        )
    rows.sort(key=lambda r: -float(str(r["share"])))
    priced = [r for r in rows if r["value"] is not None]
    by_value = sum(float(str(r["value"])) for r in priced) / sum(float(str(r["world_value"])) for r in priced)
    middle = float(np.median([float(str(r["share"])) for r in rows]))
    over = sum(float(str(r["share"])) >= 0.6 for r in rows)
    columns = (
        Column("commodity", "id"),
        Column("name", "commodity"),
        Column("stage", "stage at which use is counted"),
        Column("share", "coalition's share of world use", "1", "share"),
        Column("use", "coalition's use", "t", "number"),
        Column("world_use", "world use", "t", "number"),
        Column("value", "coalition's use at the baseline price", "million USD", "number"),
        Column("world_value", "world use at the baseline price", "million USD", "number"),
    )
    return Answer(
        "demand",
        f"How much of world demand is {buyers.label}?",
        f"{buyers.label[0].upper()}{buyers.label[1:]} uses {by_value:.0%} of world demand by value and {middle:.0%} of the "
        f"median mineral; 60 % or more of {over} of {len(rows)}.",
        (sheet("demand", f"Share of world use, {year}", columns, rows),),
        basis((*CHAIN_TABLES, "demand_keys", "baseline_prices"), ("network §3",), CHAIN_ASSUMPTIONS),
        {"coalition": buyers.id, "year": year, "by_value": by_value, "median": middle},
    )


def claims(coalition: str = names.DEFAULT_COALITION, supplier: str = names.DEFAULT_SUPPLIER) -> Answer:
    """The claims made around the meeting of January 2026 beside what open data give."""
    buyers = names.coalition(coalition)
    seller = names.supplier(supplier, buyers)
    asked = demand(coalition)
    lead = concentration(supplier, PRODUCTION_LAST)
    rows = [
        demand_claim(asked),
        *leading_claims(lead, seller),
        processing_claim(seller),
        *japan_claims(seller),
    ]
    columns = (
        Column("claim", "what was said"),
        Column("said", "the figure said", "1", "share"),
        Column("found", "the figure open data give", "1", "share"),
        Column("year", "year of the figure", "", "integer"),
        Column("method", "how it is computed"),
        Column("holds", "how far the claim holds"),
    )
    good = sum(str(r["holds"]).startswith("holds") for r in rows)
    return Answer(
        "claims",
        "What do the figures in the news come to?",
        f"Of {len(rows)} figures told around the meeting of January 2026, open data bear out {good}; the others need a "
        "narrower wording.",
        (sheet("claims", "Claims and what open data give", columns, rows),),
        asked.basis.joined(lead.basis).joined(
            basis((), (), (Assumption("claims", "a claim holds within five points of the figure said"),))
        ),
        {"coalition": buyers.id, "supplier": list(seller.members)},
    )


TOLERANCE = 0.05
"""A share holds where it lies within so much of what was said [1]."""


def verdict(said: float, found: float | None, at_least: bool = False) -> str:
    """How far a claimed share holds.

    >>> verdict(0.8, 0.91, at_least=True), verdict(0.6, 0.3)
    ('holds, as a lower bound', 'does not hold: 30 points lower')
    """
    if found is None:
        return "unknown"
    gap = found - said
    if at_least and gap >= 0:
        return "holds, as a lower bound"
    if abs(gap) <= TOLERANCE:
        return "holds"
    return f"does not hold: {abs(gap) * 100:.0f} points {'higher' if gap > 0 else 'lower'}"


def demand_claim(asked: Answer) -> dict[str, object]:
    """The coalition's 60 % of world demand."""
    found = float(asked.parameters["by_value"])
    return {
        "claim": "The countries at the table account for 60 % of world demand for critical minerals",
        "said": 0.6,
        "found": found,
        "year": asked.parameters["year"],
        "method": "use at the last stage with output by country, at baseline prices; goods bought ready-made count "
        "where the mineral was built in",
        "holds": verdict(0.6, found),
    }


def leading_claims(lead: Answer, seller: Coalition) -> Sequence[dict[str, object]]:
    """The supplier leads 19 of 20, with 70 % on average."""
    rows = [r for r in lead.sheets[0].records() if r["share"] is not None]
    led = [r for r in rows if r["supplier_leads"]]
    mean = float(np.mean([float(str(r["supplier_share"])) for r in led])) if led else None
    return (
        {
            "claim": f"{seller.label} leads the refining of 19 of 20 strategic minerals",
            "said": 19 / 20,
            "found": len(led) / len(rows),
            "year": PRODUCTION_LAST,
            "method": f"largest maker at the last stage before components: {len(led)} of {len(rows)}; the IEA's twenty "
            "names are not public, so its 27 of 2026 that can be counted are",
            "holds": verdict(19 / 20, len(led) / len(rows)),
        },
        {
            "claim": f"{seller.label} holds about 70 % of it on average",
            "said": 0.7,
            "found": mean,
            "year": PRODUCTION_LAST,
            "method": "mean share over the minerals it leads, each counted once",
            "holds": verdict(0.7, mean),
        },
    )


def processing_claim(seller: Coalition) -> dict[str, object]:
    """Over 80 % of the world's rare earths are processed by the supplier."""
    commodity = "neodymium-praseodymium"
    shares = dict(leaders(commodity, "refine", PRODUCTION_LAST))
    found = sum(shares.get(m, 0.0) for m in seller.members) if shares else None
    return {
        "claim": f"{seller.label} processes over 80 % of the world's rare earths",
        "said": 0.8,
        "found": found,
        "year": PRODUCTION_LAST,
        "method": "refined magnet rare earths, contained",
        "holds": verdict(0.8, found, at_least=True),
    }


def japan_claims(seller: Coalition) -> Sequence[dict[str, object]]:
    """Japan still relies on the supplier for 60 %: by weight, by value, and with hubs seen through."""
    row = figures("rare-earths", TRADE_LAST, [Case("JPN", ("JPN",))], seller)[0]
    ways = (
        ("import_share", "gross tonnes of 280530, 284610 and 284690, as customs record them"),
        ("import_share_value", "customs value of the same codes"),
        ("look_through_share", "contained supply with transit hubs seen through"),
    )
    found = []
    for field, method in ways:
        value = row.get(field)
        share = float(value) if isinstance(value, float) else None
        found.append(
            {
                "claim": f"Japan relies on {seller.label} for 60 % of its rare earths",
                "said": 0.6,
                "found": share,
                "year": TRADE_LAST,
                "method": method,
                "holds": verdict(0.6, share),
            }
        )
    return found
