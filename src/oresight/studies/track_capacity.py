"""The tracker's sheets of capacity: from announced to actual, and by the year its owners name."""

from collections.abc import Sequence

from oresight.catalog.store import read
from oresight.core.answer import Column, Sheet, sheet
from oresight.studies.capacity import Rung, arrivals, feed_note
from oresight.studies.track_scope import Scope


def ladder_sheet(rungs: Sequence[Rung]) -> Sheet:
    """Capacity from announced to actual per commodity and stage."""
    columns = (
        Column("commodity", "commodity"),
        Column("stage", "stage of the chain"),
        Column("unit", "basis of the tonnes"),
        Column("nameplate", "announced, all phases", "t/yr", "number"),
        Column("funded", "of it built or being built", "t/yr", "number"),
        Column("commissioned", "of it able to run", "t/yr", "number"),
        Column("actual", "output where published", "t/yr", "number"),
        Column("funded_share", "funded over announced", "1", "share"),
        Column("commissioned_share", "able to run over announced", "1", "share"),
        Column("idle", "able to run but shut", "t/yr", "number"),
        Column("projects", "projects", kind="integer"),
        Column("unknown", "of them without a usable capacity", kind="integer"),
        Column("reported", "of them with a published output", kind="integer"),
        Column("feed", "whether the nameplate has ore or concentrate"),
        Column("assumed", "whether an assumption enters the sum", kind="flag"),
    )
    bases = dict(read("commodities").select("id", "basis").iter_rows())
    records = []
    for rung in rungs:
        known = rung.nameplate > 0
        records.append(
            {
                "commodity": rung.commodity,
                "stage": rung.stage,
                "unit": bases.get(rung.commodity, ""),
                "nameplate": rung.nameplate if known else None,
                "funded": rung.funded if known else None,
                "commissioned": rung.commissioned if known else None,
                "actual": rung.actual if rung.reported else None,
                "funded_share": rung.funded / rung.nameplate if known else None,
                "commissioned_share": rung.commissioned / rung.nameplate if known else None,
                "idle": rung.idle if known else None,
                "projects": rung.projects,
                "unknown": rung.unknown,
                "reported": rung.reported,
                "feed": feed_note(rung) or None,
                "assumed": rung.assumed,
            }
        )
    return sheet("ladder", "From announced to actual, projects of the ledger", columns, records)


def arrivals_sheet(scope: Scope) -> Sheet:
    """Capacity by the year its owners name."""
    columns = (
        Column("commodity", "commodity"),
        Column("stage", "stage of the chain"),
        Column("year", "by this year", kind="integer"),
        Column("nameplate", "announced by then", "t/yr", "number"),
        Column("funded", "of it built or being built", "t/yr", "number"),
        Column("projects", "projects with a year and a capacity", kind="integer"),
    )
    found = (vars(a) for a in arrivals(scope.hosts, scope.commodities, scope.day.year))
    return sheet("arrivals", "Capacity by the year its owners name", columns, found)
