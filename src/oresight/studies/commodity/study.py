"""One commodity whole: who makes it, who needs it, where the throat is, what it goes into, what it costs.

Sheets for the picture of the chain, routes, makers, members, concentration over the years, end uses,
platforms, prices, measures, projects, and figures on which sources disagree.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from oresight.catalog.overlay import laid_over
from oresight.catalog.own_figures import OWN
from oresight.catalog.store import read
from oresight.core.answer import Answer, Sheet, sheet
from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.books import (
    STAGES,
    TRADE_FIRST,
    TRADE_LAST,
    modelled,
    nearest_year,
    production_rows,
    production_years,
    whole_groups,
)
from oresight.studies.chains import chain
from oresight.studies.commodity.flows import chain_links, routes
from oresight.studies.commodity.grades import grade
from oresight.studies.commodity.sheets import (
    CHAIN_COLUMNS,
    CONFLICT_COLUMNS,
    MAKER_COLUMNS,
    MEMBER_COLUMNS,
    PLATFORM_COLUMNS,
    PRICE_COLUMNS,
    PROJECT_COLUMNS,
    ROUTE_COLUMNS,
    USE_COLUMNS,
    YEAR_COLUMNS,
)
from oresight.studies.dependence import Case, figures
from oresight.studies.events.study import COLUMNS as MEASURE_COLUMNS
from oresight.studies.events.study import events

TABLES = ("end_uses", "platform_uses", "prices", "events", "event_codes", "projects", "project_outputs")
CONFLICT_LEAST = 0.05
"""Sources disagree where the highest figure exceeds the lowest by this much of it [1]."""


def commodity(
    name: str,
    coalition: str = names.DEFAULT_COALITION,
    supplier: str = names.DEFAULT_SUPPLIER,
    year: int = TRADE_LAST,
    reporter: Reporter = silent,
) -> Answer:
    """Everything known of one commodity, for a coalition and a supplier, in a year.

    Args:
        name: A commodity, or rare earths as a whole.
        coalition, supplier: Who asks, and about whom.
        year: Calendar year of trade and output.
        reporter: Told of progress; may cancel.

    Raises:
        StudyError: A name or year is unknown, or a group without trade of its own is named.
    """
    buyers = names.coalition(coalition)
    seller = names.supplier(supplier, buyers)
    names.year(year, TRADE_FIRST, TRADE_LAST)
    asked = names.commodity(name)
    if asked not in modelled() and asked in names.groups():
        members = [m for m in names.groups()[asked] if m in modelled()]
        raise StudyError(f"{asked} is a group of {len(members)}", f"name one of {', '.join(members[:8])}")
    report(reporter, 0.1, f"balancing the chain of {asked}")
    balanced = chain(asked, year)
    counted = whole_groups().get(asked, asked)
    made = makers(counted, year, buyers, seller)
    report(reporter, 0.5, "asking each member")
    members_rows = member_rows(asked, year, buyers, seller)
    report(reporter, 0.7, "reading prices, measures and projects")
    measures = measure_rows(asked)
    label = names.commodity_labels().get(asked, "Rare earths").split(",")[0]
    sheets = (
        sheet("makers", f"Who makes {label.lower()}, {year} or nearest", MAKER_COLUMNS, made),
        sheet(
            "chain",
            f"From mine to use, {year}",
            CHAIN_COLUMNS,
            chain_links(balanced, buyers, seller) if balanced else (),
        ),
        sheet(
            "routes",
            f"The largest routes of trade, {year}",
            ROUTE_COLUMNS,
            routes(balanced, buyers, seller) if balanced else (),
        ),
        sheet("members", f"Exposure of each member to {seller.label}, {year}", MEMBER_COLUMNS, members_rows),
        sheet(
            "concentration", "Concentration of output over the years", YEAR_COLUMNS, by_year(counted, seller)
        ),
        sheet("uses", "What it goes into", USE_COLUMNS, use_rows(counted)),
        sheet("platforms", "Weight in one platform", PLATFORM_COLUMNS, platform_rows(counted)),
        sheet("prices", "Prices", PRICE_COLUMNS, price_rows(counted)),
        Sheet("measures", "Measures and stops that touch it", MEASURE_COLUMNS, measures.rows),
        sheet(
            "projects", "Projects by what they are, not what they say", PROJECT_COLUMNS, project_rows(counted)
        ),
        sheet("conflicts", f"Where sources disagree, {year}", CONFLICT_COLUMNS, conflict_rows(counted, year)),
    )
    whole = figures(asked, year, [Case(buyers.id, buyers.members)], seller)[0] if asked in modelled() else {}
    row = read("commodities").filter(id=counted).row(0, named=True)
    return Answer(
        "commodity",
        f"Who makes {label.lower()}, who needs it, and where is the throat?",
        finding(label, made, whole, buyers, seller, row),
        sheets,
        basis(
            (*CHAIN_TABLES, "demand_keys", *TABLES),
            (*CHAIN_RULES, "measure §1", "measure §2"),
            CHAIN_ASSUMPTIONS,
            ("Prices of different products, places and kinds are kept apart, never averaged.",),
        ),
        {
            "commodity": asked,
            "name": label,
            "coalition": buyers.id,
            "supplier": list(seller.members),
            "year": year,
            "stages": list(balanced.stages) if balanced else [],
            "filled": sorted(balanced.filled) if balanced else [],
            "quality": balanced.grade if balanced else None,
            "exposure": whole.get("exposure"),
            "import_share": whole.get("import_share"),
            "figure": whole.get("figure"),
            "by_product_of": row["by_product_of"],
            "by_product_share": row["by_product_share"],
            "reason": row["reason"],
            "notes": list(balanced.notes) if balanced else [],
        },
    )


def finding(
    label: str,
    made: list[dict[str, Any]],
    whole: Mapping[str, object],
    buyers: Coalition,
    seller: Coalition,
    row: Mapping[str, Any],
) -> str:
    """The throat in a sentence: the stage most in one country's hands, and what the coalition takes from there."""
    if not made:
        return f"No output of {label.lower()} by country is known: {row['reason']}"
    top = max((m for m in made if m["country"] != "OTH"), key=lambda m: m["share"] or 0.0)
    verbs = {"mine": "mines", "refine": "refines", "component": "makes the components of"}
    text = f"{top['name']} {verbs[str(top['stage'])]} {top['share']:.0%} of the world's {label.lower()}"
    exposure = whole.get("exposure")
    if isinstance(exposure, float):
        text += f"; {exposure:.0%} of what {buyers.label} uses passes through {seller.label}"
        direct = whole.get("import_share")
        if isinstance(direct, float) and exposure - direct > 0.1:
            text += f", though only {direct:.0%} of its imports come straight from there"
    return text + "."


def makers(counted: str, year: int, buyers: Coalition, seller: Coalition) -> list[dict[str, Any]]:
    """Output by country at every stage, largest first, each with the id of its source row."""
    rows = []
    for stage in STAGES:
        near = nearest_year(counted, stage, year)
        if near is None:
            continue
        part = production_rows().filter(
            (pl.col("commodity") == counted) & (pl.col("stage") == stage) & (pl.col("year") == near)
        )
        total = float(part["value"].sum() or 0.0)
        table = "mine_production" if stage == "mine" else "refinery_production"
        also = "" if stage == "mine" else f"stage={stage},"
        for r in part.sort("value", "country", descending=[True, False]).iter_rows(named=True):
            if not r["value"]:
                continue
            rows.append(
                {
                    "stage": stage,
                    "country": r["country"],
                    "name": names.label(r["country"]),
                    "kind": kind(r["country"], buyers, seller),
                    "value": r["value"],
                    "low": r["low"],
                    "high": r["high"],
                    "share": r["value"] / total if total > 0 else None,
                    "year": near,
                    "qualifier": r["qualifier"],
                    "confidence": r["confidence"],
                    "source": r["source_id"],
                    "figure": f"{table}:commodity={counted},{also}country={r['country']},year={near}",
                }
            )
    return rows


def kind(country: str, buyers: Coalition, seller: Coalition) -> str:
    """Whether a country belongs to the supplier, to the coalition, or to neither."""
    if country in seller.members:
        return "supplier"
    return "coalition" if country in buyers.members else "other"


def member_rows(asked: str, year: int, buyers: Coalition, seller: Coalition) -> list[dict[str, Any]]:
    """Dependence of each member, the most exposed first."""
    if asked not in modelled():
        return []
    cases = [Case(p, m) for p, m in buyers.players.items()]
    found = figures(asked, year, cases, seller)
    rows = [
        {"player": case.label, "name": names.label(case.label), **r}
        for case, r in zip(cases, found, strict=True)
    ]
    return sorted(rows, key=lambda r: -float(str(r["exposure"])) if r.get("exposure") is not None else 1.0)


def by_year(counted: str, seller: Coalition) -> list[dict[str, Any]]:
    """Largest maker, the supplier's share and the Herfindahl index of makers, per stage and year.  measure §2

    A year in which the sources name fewer than half of the usual number of makers, or leave out one that made a fifth
    nearby, is left out.
    """
    rows = production_rows().filter((pl.col("commodity") == counted) & (pl.col("value") > 0))
    found = []
    for stage in STAGES:
        whole = production_years().get((counted, stage), ())
        part = rows.filter((pl.col("stage") == stage) & pl.col("year").is_in(list(whole)))
        usual = part.group_by("year").len()["len"].median()
        for (year,), each in part.sort("year").group_by("year", maintain_order=True):
            total = float(each["value"].sum())
            shares = {
                c: v / total for c, v in each.group_by("country").agg(pl.col("value").sum()).iter_rows()
            }
            named = {c: s for c, s in shares.items() if c != "OTH"}
            if not named or (isinstance(usual, float) and len(shares) < usual / 2):
                continue
            top = max(named, key=lambda c: named[c])
            found.append(
                {
                    "stage": stage,
                    "year": year,
                    "leader": names.label(top),
                    "leader_share": named[top],
                    "supplier_share": sum(named.get(m, 0.0) for m in seller.members),
                    "herfindahl": sum(s * s for s in named.values()),
                    "world": total,
                }
            )
    return found


def use_rows(counted: str) -> list[dict[str, Any]]:
    """Preferred end uses, the world's before a country's, defence first within equals."""
    rows = read("end_uses").filter((pl.col("commodity") == counted) & pl.col("preferred"))
    world = rows.filter(pl.col("region") == "WLD")
    chosen = world if world.height else rows
    return chosen.sort("share", descending=True, nulls_last=True).to_dicts()


def platform_rows(counted: str) -> list[dict[str, Any]]:
    """Weights per platform that are published, heaviest first, then mere dependences."""
    rows = laid_over("platform_uses").filter((pl.col("commodity") == counted) & pl.col("preferred"))
    return rows.sort("kg_best", descending=True, nulls_last=True).to_dicts()


def price_rows(counted: str) -> list[dict[str, Any]]:
    """Preferred prices in USD per tonne, by product, place and day."""
    rows = laid_over("prices").filter(
        (pl.col("commodity") == counted) & pl.col("preferred") & pl.col("usd_per_t").is_not_null()
    )
    return [
        {**r, "grade": grade(r["form"] or "") or None}
        for r in rows.sort("product", "place", "kind", "date").iter_rows(named=True)
    ]


def measure_rows(asked: str) -> Sheet:
    """Measures that name it, by code or commodity, the earliest first."""
    found = events(commodity=asked).sheet("measures")
    met = found.names().index("met_by")
    day = found.names().index("announced")
    rows = sorted((r for r in found.rows if r[met] in ("code", "commodity")), key=lambda r: str(r[day]))
    return Sheet("measures", found.title, found.columns, tuple(rows))


def project_rows(counted: str) -> list[dict[str, Any]]:
    """Projects of the commodity with their four capacities in contained tonnes a year."""
    heights = {
        r["project"]: r
        for r in laid_over("project_outputs").filter(pl.col("commodity") == counted).iter_rows(named=True)
    }
    order = ("operating", "construction", "suspended", "feasibility", "announced", "cancelled")
    rows = []
    for r in laid_over("projects").iter_rows(named=True):
        output = heights.get(r["id"])
        if r["commodity"] != counted and output is None:
            continue

        def tonnes(name: str, output: Mapping[str, Any] | None = output) -> float | None:
            if output is None or output[name] is None or output["content"] is None:
                return None
            return float(output[name]) * float(output["content"])

        rows.append(
            {
                **{
                    k: r[k] for k in ("id", "name", "company", "country", "status", "start_year", "feed", OWN)
                },
                "stage": output["stage"] if output else r["stage"],
                **{k: tonnes(k) for k in ("nameplate", "funded", "commissioned", "actual")},
                "capex_usd": r["capex_usd"],
                "confidence": r["confidence"],
                "source": r["source_id"],
                "figure": f"projects:id={r['id']}",
            }
        )
    return sorted(rows, key=lambda r: (order.index(r["status"]), -(r["nameplate"] or 0.0)))


def conflict_rows(counted: str, year: int) -> list[dict[str, Any]]:
    """Outputs of the year used on which stored sources disagree, the largest gap in tonnes first."""
    mine = laid_over("mine_production").with_columns(pl.lit("mine").alias("stage"))
    rows = pl.concat([mine, laid_over("refinery_production")], how="diagonal").filter(
        (pl.col("commodity") == counted) & pl.col("value").is_not_null() & (pl.col("country") != "OTH")
    )
    found = []
    for (stage, country), each in rows.group_by("stage", "country"):
        near = nearest_year(counted, str(stage), year)
        same = each.filter(pl.col("year") == near) if near is not None else each.clear()
        if same["source_id"].n_unique() < 2:
            continue
        low, high = float(same["value"].min() or 0.0), float(same["value"].max() or 0.0)  # type: ignore[arg-type]
        if high <= 0 or (high - low) / high < CONFLICT_LEAST:
            continue
        table = "mine_production" if stage == "mine" else "refinery_production"
        also = "" if stage == "mine" else f"stage={stage},"
        used = same.filter("preferred")["value"]
        found.append(
            {
                "stage": stage,
                "country": country,
                "name": names.label(str(country)),
                "year": near,
                "lowest": low,
                "highest": high,
                "gap": (high - low) / high,
                "used": float(used[0]) if used.len() else None,
                "said": "; ".join(
                    f"{names.publishers(s)}: {v:,.0f}"
                    for s, v in same.sort("value").select("source_id", "value").iter_rows()
                ),
                "figure": f"{table}:commodity={counted},{also}country={country},year={near}",
            }
        )
    return sorted(found, key=lambda r: -(float(str(r["highest"])) - float(str(r["lowest"]))))
