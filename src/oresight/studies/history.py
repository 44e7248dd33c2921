"""How dependence came about: the supplier's share of each member's imports of a group, 1995 to today."""

from collections.abc import Sequence

import polars as pl

from oresight.core.answer import Answer, Column, sheet
from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.studies import names
from oresight.studies.basis import basis
from oresight.studies.books import STAGES, TRADE_LAST, flows_over_years

GROUP = "rare-earths"
"""The group whose history is told: the one that was cut off first."""


def history(
    coalition: str = names.DEFAULT_COALITION, supplier: str = names.DEFAULT_SUPPLIER, group: str = GROUP
) -> Answer:
    """The supplier's share of each member's imports of a group, 1995 to the latest year."""
    buyers = names.coalition(coalition)
    seller = names.supplier(supplier, buyers)
    flows = flows_over_years(group)
    if not flows.height:
        raise StudyError(
            f"no customs code of the trade table holds {group}", "ask for another commodity or group"
        )
    stage = [s for s in STAGES if s in set(flows["stage"])][-1]
    flows = flows.filter((pl.col("stage") == stage) & (pl.col("exporter") != pl.col("importer")))
    rows: list[dict[str, object]] = []
    for player, codes in buyers.players.items():
        bought = flows.filter(pl.col("importer").is_in(list(codes)) & ~pl.col("exporter").is_in(list(codes)))
        part = pl.col("exporter").is_in([s for s in seller.members if s not in codes])
        yearly = bought.group_by("year").agg(
            pl.col("contained_t").filter(part).sum().alias("from"),
            pl.col("contained_t").sum().alias("all"),
            pl.col("value_kusd").filter(part).sum().alias("value_from"),
            pl.col("value_kusd").sum().alias("value_all"),
        )
        for year, weight, total, value, value_total in yearly.sort("year").iter_rows():
            rows.append(
                {
                    "buyer": names.label(player),
                    "player": player,
                    "year": year,
                    "import_share": weight / total if total > 0 else None,
                    "import_share_value": value / value_total if value_total > 0 else None,
                    "imports": total,
                    "figure": f"dependence:{player}:{group}:{year}:{seller.id}",
                }
            )
    columns = (
        Column("buyer", "member"),
        Column("player", "its code"),
        Column("year", "calendar year", "", "integer"),
        Column("import_share", "supplier's share of its imports by weight", "1", "share"),
        Column("import_share_value", "supplier's share of its imports by value", "1", "share"),
        Column("imports", "imports from outside itself", "t gross", "number"),
        Column("figure", "id for `oresight explain`", "", "id"),
    )
    return Answer(
        "history",
        f"How did dependence on {seller.label} come about, and did anyone escape it?",
        history_finding(rows, seller),
        (sheet("history", f"{seller.label}'s share of imports of {group}, by weight", columns, rows),),
        basis(
            ("trade", "trade_codes"),
            ("network §1", "network §2", "measure §1"),
            (),
            ("Weight is gross tonnes of three customs codes; transit is not seen through here.",),
        ),
        {"coalition": buyers.id, "supplier": list(seller.members), "group": group},
    )


def history_finding(rows: Sequence[dict[str, object]], seller: Coalition) -> str:
    """The history in a sentence: the member whose share fell most since before 2010, and where it stands."""

    def at(player: str, years: range) -> float | None:
        seen = [
            float(str(r["import_share"]))
            for r in rows
            if r["player"] == player and r["year"] in years and isinstance(r["import_share"], float)
        ]
        return sum(seen) / len(seen) if seen else None

    moved = []
    for player in dict.fromkeys(str(r["player"]) for r in rows):
        before, after = at(player, range(2005, 2010)), at(player, range(TRADE_LAST - 2, TRADE_LAST + 1))
        if before is not None and after is not None:
            moved.append((after - before, player, before, after))
    if not moved:
        return f"No member imported from {seller.label} before 2010."
    focus = next((m for m in moved if m[1] == "JPN"), min(moved))
    _, player, before, after = focus
    latest = at(player, range(TRADE_LAST, TRADE_LAST + 1))
    turned = f" and {latest:.0%} in {TRADE_LAST}" if latest is not None else ""
    return (
        f"{names.label(player)} took {before:.0%} of its rare-earth imports from {seller.label} in 2005-09 and still "
        f"{after:.0%} in {TRADE_LAST - 2}-{TRADE_LAST % 100:02d}{turned}: the shock of 2010 moved it, and wore off."
    )
