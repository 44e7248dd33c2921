"""Where production is concentrated: the largest maker of each strategic mineral, and how many the supplier leads."""

import numpy as np
import polars as pl

from oresight.core.answer import Answer, Assumption, Column, sheet
from oresight.studies import names
from oresight.studies.basis import basis
from oresight.studies.books import PRODUCTION_LAST, modelled, nearest_year, production_rows
from oresight.studies.situation import leaders


def concentration(supplier: str = names.DEFAULT_SUPPLIER, year: int = PRODUCTION_LAST) -> Answer:
    """The largest maker of each strategic mineral at its last stage, and how many the supplier leads."""
    seller = names.supplier(supplier)
    rows: list[dict[str, object]] = []
    for commodity in names.groups()["strategic-27"]:
        stages = [s for s in modelled().get(commodity, ()) if s != "component"]
        stage = stages[-1] if stages else None
        found = leaders(commodity, stage, year) if stage else ()
        named = [(c, s) for c, s in found if c != "OTH"]
        label = names.commodity_labels()[commodity]
        if not named:
            rows.append(
                {"commodity": commodity, "name": label, "stage": stage, "note": "no output by country"}
            )
            continue
        used = production_rows().filter(
            (pl.col("commodity") == commodity)
            & (pl.col("stage") == stage)
            & (pl.col("year") == nearest_year(commodity, str(stage), year))
        )
        rows.append(
            {
                "commodity": commodity,
                "name": label,
                "stage": stage,
                "leader": names.label(named[0][0]),
                "leader_code": named[0][0],
                "share": named[0][1],
                "supplier_share": sum(s for c, s in named if c in seller.members),
                "herfindahl": sum(s * s for _, s in named),
                "supplier_leads": named[0][0] in seller.members,
                "year": nearest_year(commodity, str(stage), year),
                "source": ", ".join(sorted(used["source_id"].unique().to_list())[:3]),
                "assumed": bool((used["confidence"] == "assumption").any()),
            }
        )
    known = [r for r in rows if r.get("share") is not None]
    led = [r for r in known if r["supplier_leads"]]
    mean = float(np.mean([float(str(r["supplier_share"])) for r in known])) if known else float("nan")
    mean_led = float(np.mean([float(str(r["supplier_share"])) for r in led])) if led else float("nan")
    columns = (
        Column("commodity", "id"),
        Column("name", "commodity"),
        Column("stage", "last stage before components"),
        Column("leader", "largest maker"),
        Column("leader_code", "its ISO code"),
        Column("share", "its share of world output", "1", "share"),
        Column("supplier_share", "the supplier's share of world output", "1", "share"),
        Column("herfindahl", "sum of squared shares of the named makers", "1", "number"),
        Column("supplier_leads", "whether the supplier is the largest maker", "", "flag"),
        Column("year", "year of the output", "", "integer"),
        Column("source", "source of the output", kind="source"),
        Column("assumed", "whether part of the split is an assumption", "", "flag"),
        Column("note", "what a reader must know", "", "note"),
    )
    return Answer(
        "concentration",
        "Where is production concentrated, and in whose hands?",
        f"{seller.label} is the largest maker of {len(led)} of {len(known)} strategic minerals, with {mean_led:.0%} on "
        f"average where it leads and {mean:.0%} over all.",
        (
            sheet(
                "concentration",
                f"The largest maker of each strategic mineral, {year} or nearest",
                columns,
                rows,
            ),
        ),
        basis(
            ("mine_production", "refinery_production", "commodity_groups"),
            ("measure §2",),
            (
                Assumption(
                    "refining_shares", "the split of refining where only the leader's share is published"
                ),
            ),
        ),
        {"supplier": list(seller.members), "year": year},
    )
