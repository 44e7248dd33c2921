"""How good the figures are: grades per commodity, what was corrected, what was assumed, what is left out."""

import polars as pl

from oresight.catalog.store import read
from oresight.core.answer import Answer, Column, sheet
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.books import TRADE_LAST, corrections, modelled
from oresight.studies.chains import chain


def quality(year: int = TRADE_LAST) -> Answer:
    """Grades of every balanced chain, corrections of the year, commodities left out with the reason."""
    rows: list[dict[str, object]] = []
    for commodity, stages in modelled().items():
        if commodity not in names.commodity_labels():
            continue
        balanced = chain(commodity, year)
        for i, stage in enumerate(balanced.stages if balanced else stages):
            book = balanced.books[i] if balanced else None
            rows.append(
                {
                    "commodity": commodity,
                    "name": names.commodity_labels()[commodity],
                    "stage": stage,
                    "grade": balanced.grade if balanced else None,
                    "moved": balanced.result.stages[i].moved_share if balanced else None,
                    "assumed": book.assumed_share if book else None,
                    "corrected": book.corrected_share if book else None,
                    "trade": "filled" if balanced and stage in balanced.filled else "recorded",
                    "production_year": book.production_year if book else None,
                    "sources": ", ".join(book.production_sources[:3]) if book else None,
                    "note": "; ".join(n for n in balanced.notes if n.startswith(stage)) if balanced else None,
                }
            )
    changed = corrections(year).sort("was_t", descending=True, nulls_last=True)
    largest = changed.filter(pl.col("was_t").is_not_null()).with_columns(
        (pl.col("was_t") - pl.col("now_t")).abs().alias("by")
    )
    largest = largest.sort("by", descending=True).head(60).drop("by")
    left = read("commodities").filter(~pl.col("id").is_in(list(modelled())))
    grades = [str(r["grade"]) for r in rows if r["grade"]]
    commodities = {str(r["commodity"]): str(r["grade"]) for r in rows if r["grade"]}
    good = sum(g in "AB" for g in commodities.values())
    return Answer(
        "quality",
        "Where does it come from, and how good is it?",
        f"The figures of {good} of {len(commodities)} minerals are graded A or B; the others rest on a leader's share, "
        f"a filled trade or a wide assumption and say so. {changed.height:,} quantities of {year} were re-estimated."
        if grades
        else "No chain could be graded.",
        (
            sheet("quality", f"Grades and what they rest on, {year}", QUALITY_COLUMNS, rows),
            sheet(
                "corrections",
                f"The largest re-estimated quantities, {year}",
                CORRECTION_COLUMNS,
                largest.to_dicts(),
            ),
            sheet(
                "left_out",
                "Listed, not modelled",
                (
                    Column("id", "id"),
                    Column("name", "commodity"),
                    Column("decision", "watch or excluded"),
                    Column("reason", "why"),
                ),
                left.select("id", "name", "decision", "reason").to_dicts(),
            ),
        ),
        basis((*CHAIN_TABLES, "demand_keys", "commodities"), CHAIN_RULES, CHAIN_ASSUMPTIONS),
        {"year": year},
    )


QUALITY_COLUMNS = (
    Column("commodity", "id"),
    Column("name", "commodity"),
    Column("stage", "stage"),
    Column("grade", "A all counted and balanced with small moves, D one leader or none"),
    Column("moved", "tonnes moved to balance the books, as a share of those recorded", "1", "share"),
    Column("assumed", "share of output that is derived or assumed", "1", "share"),
    Column("corrected", "share of traded tonnes re-estimated from values", "1", "share"),
    Column("trade", "recorded by customs, or filled by maximum entropy"),
    Column("production_year", "year of the output", "", "integer"),
    Column("sources", "sources of the output", kind="source"),
    Column("note", "what a reader must know", "", "note"),
)
CORRECTION_COLUMNS = (
    Column("year", "year", "", "integer"),
    Column("exporter", "exporter"),
    Column("importer", "importer"),
    Column("hs92", "customs code"),
    Column("value_kusd", "customs value", "thousand USD", "number"),
    Column("was_t", "tonnes reported", "t", "number"),
    Column("now_t", "tonnes used", "t", "number"),
    Column("why", "why"),
)
