"""The situation at a glance: every commodity, the supplier's share of each stage, the coalition's exposure.

The answers the brief and the workbench open with: all commodities, all members, all countries.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import polars as pl

from oresight.catalog.overlay import laid_over
from oresight.core.answer import Answer, Column, sheet
from oresight.core.coalition import Coalition
from oresight.core.progress import Reporter, report, silent
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.books import (
    STAGES,
    TRADE_FIRST,
    TRADE_LAST,
    books,
    modelled,
    nearest_year,
    production_rows,
)
from oresight.studies.chains import chain
from oresight.studies.dependence import Case, expand, figures

DAYS = 365.0
STAGE_COLUMNS = tuple(
    Column(f"{stage}_share", f"supplier's share of world output at the {stage} stage", "1", "share")
    for stage in STAGES
)


def situation(
    coalition: str = names.DEFAULT_COALITION,
    supplier: str = names.DEFAULT_SUPPLIER,
    year: int = TRADE_LAST,
    reporter: Reporter = silent,
) -> Answer:
    """Every modelled commodity: where the supplier stands, how exposed the coalition is, how long stocks last."""
    buyers = names.coalition(coalition)
    seller = names.supplier(supplier, buyers)
    names.year(year, TRADE_FIRST, TRADE_LAST)
    wanted = expand([])
    rows: list[dict[str, object]] = []
    for done, commodity in enumerate(wanted):
        report(reporter, done / len(wanted), f"balancing {commodity}")
        rows.append(one_situation(commodity, year, buyers, seller))
    rows.sort(key=lambda r: -float(str(r["exposure"])) if r["exposure"] is not None else 1.0)
    exposed = [r for r in rows if isinstance(r["exposure"], float) and r["exposure"] >= 0.5]
    leads = [r for r in rows if r["supplier_leads"]]
    worst = (
        ", ".join(f"{str(r['name']).lower()} ({float(str(r['exposure'])):.0%})" for r in exposed[:3])
        or "none"
    )
    columns = (
        Column("commodity", "id"),
        Column("name", "commodity"),
        *STAGE_COLUMNS,
        Column("import_share", "supplier's share of the coalition's imports by weight", "1", "share"),
        Column(
            "look_through_share",
            "share of the coalition's supply made by the supplier, hubs seen through",
            "1",
            "share",
        ),
        Column(
            "exposure",
            "share of the coalition's supply that passes through the supplier at any stage",
            "1",
            "share",
        ),
        Column("demand_share", "coalition's share of world use at the last stage", "1", "share"),
        Column(
            "cover_days",
            "known stocks of members against the coalition's use; a lower bound",
            "days",
            "number",
        ),
        Column("supplier_leads", "whether the supplier is the largest maker at the last stage", "", "flag"),
        Column("quality", "grade of the figures, A to D"),
        Column("note", "what a reader must know", "", "note"),
        Column("figure", "id for `oresight explain`", "", "id"),
    )
    return Answer(
        "situation",
        f"How exposed is {buyers.label} to {seller.label}, and where is it worst?",
        f"More than half of {buyers.label}'s supply of {len(exposed)} of {len(rows)} critical minerals passes through "
        f"{seller.label}; worst are {worst}. {seller.label} is the largest maker of {len(leads)}.",
        (
            sheet(
                "situation",
                f"Commodities by exposure of {buyers.label} to {seller.label}, {year}",
                columns,
                rows,
            ),
        ),
        basis(
            (*CHAIN_TABLES, "demand_keys", "stocks"),
            (*CHAIN_RULES, "measure §2", "measure §6"),
            CHAIN_ASSUMPTIONS,
            ("Cover counts published stocks only; most holdings are secret.",),
        ),
        {
            "coalition": buyers.id,
            "supplier": list(seller.members),
            "year": year,
            "exposed": len(exposed),
            "of": len(rows),
        },
    )


def one_situation(commodity: str, year: int, buyers: Coalition, seller: Coalition) -> dict[str, object]:
    """One commodity's row."""
    row = figures(commodity, year, [Case(buyers.id, buyers.members)], seller)[0]
    shares = {stage: output_share(commodity, stage, year, seller) for stage in modelled()[commodity]}
    last = modelled()[commodity][-1]
    leader = leaders(commodity, last, year)
    use = use_by_country(commodity, year)
    world = sum(use.values())
    own = sum(use.get(m, 0.0) for m in buyers.members)
    held = stocks_held(commodity, buyers.members)
    return {
        "commodity": commodity,
        "name": names.commodity_labels()[commodity],
        **{f"{stage}_share": share for stage, share in shares.items()},
        **{
            k: row.get(k)
            for k in ("import_share", "look_through_share", "exposure", "quality", "note", "figure")
        },
        "demand_share": own / world if world > 0 else None,
        "cover_days": held / own * DAYS if held is not None and own > 0 else None,
        "supplier_leads": bool(leader) and leader[0][0] in seller.members,
    }


def output_share(commodity: str, stage: str, year: int, seller: Coalition) -> float | None:
    """The supplier's share of world output at a stage, as the preferred source counts it [1]."""
    book = books(year).stages.get((commodity, stage))
    if book is None or book.production is None or book.production.sum() <= 0:
        return None
    by_country = dict(leaders(commodity, stage, year))
    return sum(by_country.get(c, 0.0) for c in seller.members)


@lru_cache(maxsize=4096)
def leaders(commodity: str, stage: str, year: int) -> tuple[tuple[str, float], ...]:
    """Makers at a stage by share of world output, largest first; empty where unknown."""
    near = nearest_year(commodity, stage, year)
    if near is None:
        return ()
    rows = production_rows().filter(
        (pl.col("commodity") == commodity) & (pl.col("stage") == stage) & (pl.col("year") == near)
    )
    total = float(rows["value"].sum() or 0.0)
    if total <= 0:
        return ()
    by_country = rows.group_by("country").agg(pl.col("value").sum()).sort("value", "country", descending=True)
    return tuple((c, v / total) for c, v in by_country.iter_rows())


def use_by_country(commodity: str, year: int) -> dict[str, float]:
    """Use at the last stage by country, from the balanced chain [t contained/yr]; empty where unknown."""
    balanced = chain(commodity, year)
    if balanced is None:
        return {}
    return dict(zip(balanced.countries, balanced.chain.stages[-1].consumption.tolist(), strict=True))


def stocks_held(commodity: str, members: Sequence[str]) -> float | None:
    """Tonnes the members are known to hold, the latest year per holder; None where none is published."""
    rows = laid_over("stocks").filter(
        (pl.col("commodity") == commodity)
        & pl.col("country").is_in(list(members))
        & (pl.col("kind") == "held")
        & (pl.col("measure") == "quantity")
        & (pl.col("unit") == "t")
        & pl.col("quantity").is_not_null()
    )
    if not rows.height:
        return None
    latest = rows.sort("year").group_by("country", "holder", "body").last()
    return float(latest["quantity"].sum())


def members(
    coalition: str = names.DEFAULT_COALITION, supplier: str = names.DEFAULT_SUPPLIER, year: int = TRADE_LAST
) -> Answer:
    """Every member of the coalition against every commodity."""
    buyers = names.coalition(coalition)
    seller = names.supplier(supplier, buyers)
    rows: list[dict[str, object]] = []
    for commodity in expand([]):
        found = figures(commodity, year, [Case(p, m) for p, m in buyers.players.items()], seller)
        for player, row in zip(buyers.players, found, strict=True):
            rows.append(
                {
                    "player": player,
                    "name": names.commodity_labels()[commodity],
                    **{
                        k: row.get(k)
                        for k in (
                            "commodity",
                            "import_share",
                            "look_through_share",
                            "exposure",
                            "supply",
                            "quality",
                            "note",
                            "figure",
                        )
                    },
                }
            )
    counts = {
        p: sum(
            1 for r in rows if r["player"] == p and isinstance(r["exposure"], float) and r["exposure"] >= 0.5
        )
        for p in buyers.players
    }
    ranked = sorted(counts, key=lambda p: -counts[p])
    columns = (
        Column("player", "member of the coalition"),
        Column("commodity", "id"),
        Column("name", "commodity"),
        Column("import_share", "supplier's share of its imports by weight", "1", "share"),
        Column(
            "look_through_share", "share of its supply made by the supplier, hubs seen through", "1", "share"
        ),
        Column("exposure", "share of its supply that passes through the supplier at any stage", "1", "share"),
        Column("supply", "its own output and imports at the last stage", "t", "number"),
        Column("quality", "grade of the figures, A to D"),
        Column("note", "what a reader must know", "", "note"),
        Column("figure", "id for `oresight explain`", "", "id"),
    )
    most = [p for p in ranked if counts[p] == counts[ranked[0]]][:3]
    text = (
        (
            f"{', '.join(names.label(p) for p in most)} {'depends' if len(most) == 1 else 'depend'} on {seller.label} "
            f"for over half the supply of {counts[ranked[0]]} minerals"
            + (f"; least is {names.label(ranked[-1])}, of {counts[ranked[-1]]}." if len(ranked) > 1 else ".")
        )
        if ranked
        else "No member was named."
    )
    return Answer(
        "members",
        f"Which members depend on {seller.label}, for what?",
        text,
        (sheet("members", f"Exposure of each member, {year}", columns, rows),),
        basis((*CHAIN_TABLES, "demand_keys"), CHAIN_RULES, CHAIN_ASSUMPTIONS),
        {"coalition": buyers.id, "supplier": list(seller.members), "year": year},
    )


def world(supplier: str = names.DEFAULT_SUPPLIER, year: int = TRADE_LAST) -> Answer:
    """Every country's mean exposure over the strategic minerals it uses."""
    seller = names.supplier(supplier)
    wanted = [c for c in names.groups()["strategic-27"] if c in modelled()]
    total: dict[str, list[float]] = {}
    for commodity in wanted:
        balanced = chain(commodity, year)
        if balanced is None:
            continue
        rows = figures(commodity, year, [Case(c, (c,)) for c in balanced.countries if c != "OTH"], seller)
        for row in rows:
            if isinstance(row.get("exposure"), float):
                total.setdefault(str(row["buyer"]), []).append(float(str(row["exposure"])))
    enough = max(len(wanted) // 2, 1)
    records = [
        {"country": c, "name": names.label(c), "exposure": float(np.mean(v)), "minerals": len(v)}
        for c, v in sorted(total.items())
        if len(v) >= enough
    ]
    outside = [r for r in records if r["country"] not in seller.members]
    columns = (
        Column("country", "ISO code"),
        Column("name", "country"),
        Column("exposure", "mean over the strategic minerals it uses, each counted once", "1", "share"),
        Column("minerals", "strategic minerals it is known to use", "", "integer"),
    )
    middle = float(np.median([float(str(r["exposure"])) for r in outside])) if outside else float("nan")
    return Answer(
        "world",
        f"Where in the world does supply pass through {seller.label}?",
        f"For the median country {middle:.0%} of its supply of a strategic mineral passes through {seller.label}.",
        (sheet("world", f"Mean exposure to {seller.label} by country, {year}", columns, records),),
        basis((*CHAIN_TABLES, "demand_keys", "commodity_groups"), CHAIN_RULES, CHAIN_ASSUMPTIONS),
        {"supplier": list(seller.members), "year": year},
    )
