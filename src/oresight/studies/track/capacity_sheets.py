"""The tracker's sheets of capacity: from announced to actual, and by the year its owners name."""

from collections.abc import Mapping, Sequence

from oresight.catalog.store import read
from oresight.core.answer import Column, Sheet, sheet
from oresight.studies.track.capacity import Arrival, Rung, arrivals, can_run, feed_note
from oresight.studies.track.scope import Scope


def ladder_sheet(rungs: Sequence[Rung]) -> Sheet:
    """Capacity from announced to actual per commodity and stage."""
    columns = (
        Column("commodity", "commodity"),
        Column("stage", "stage of the chain"),
        Column("unit", "basis of the tonnes"),
        Column("nameplate", "announced, all phases", "t/yr", "number"),
        Column("funded", "of it built or being built", "t/yr", "number"),
        Column("commissioned", "of it able to run; a lower bound where some run unstated", "t/yr", "number"),
        Column("actual", "output where published", "t/yr", "number"),
        Column("funded_share", "funded over announced", "1", "share"),
        Column("commissioned_share", "able to run over announced", "1", "share"),
        Column("idle", "able to run but shut", "t/yr", "number"),
        Column("projects", "projects", kind="integer"),
        Column("unknown", "of them without a usable capacity", kind="integer"),
        Column("unstated", "of them running at a capacity nobody states", kind="integer"),
        Column("reported", "of them with a published output", kind="integer"),
        Column("feed", "whether the nameplate has ore or concentrate"),
        Column("assumed", "whether an assumption enters the sum", kind="flag"),
    )
    bases = dict(read("commodities").select("id", "basis").iter_rows())
    records = []
    for rung in rungs:
        known = rung.nameplate > 0
        runs = can_run(rung) if known else None
        records.append(
            {
                "commodity": rung.commodity,
                "stage": rung.stage,
                "unit": bases.get(rung.commodity, ""),
                "nameplate": rung.nameplate if known else None,
                "funded": rung.funded if known else None,
                "commissioned": runs,
                "actual": rung.actual if rung.reported else None,
                "funded_share": rung.funded / rung.nameplate if known else None,
                "commissioned_share": None if runs is None else runs / rung.nameplate,
                "idle": rung.idle if known else None,
                "projects": rung.projects,
                "unknown": rung.unknown,
                "unstated": rung.unstated,
                "reported": rung.reported,
                "feed": feed_note(rung) or None,
                "assumed": rung.assumed,
            }
        )
    return sheet("ladder", "From announced to actual, projects of the ledger", columns, records)


def arrivals_sheet(scope: Scope, need: Mapping[tuple[str, str, int], float] | None = None) -> Sheet:
    """Capacity by the year its owners name, beside what a plan needs of it.

    Args:
        scope: Whose plants and which commodities.
        need: (commodity, stage, year) -> capacity a plan needs [t/yr, the commodity's own basis].
    """
    columns = (
        Column("commodity", "commodity"),
        Column("stage", "stage of the chain"),
        Column("year", "by this year", kind="integer"),
        Column("nameplate", "announced by then", "t/yr", "number"),
        Column("funded", "of it built or being built", "t/yr", "number"),
        Column("projects", "projects with a year and a capacity", kind="integer"),
        Column("need", "needed by the plan", "t/yr", "number"),
        Column("announced_covers", "announced over needed", "1", "share"),
        Column("funded_covers", "built or being built over needed", "1", "share"),
    )
    wanted = dict(need or {})
    years: dict[tuple[str, str], dict[int, Arrival]] = {}
    for each in arrivals(scope.hosts, scope.commodities, scope.day.year):
        years.setdefault((each.commodity, each.stage), {})[each.year] = each
    asked: dict[tuple[str, str], set[int]] = {}
    for commodity, stage, year in wanted:
        if not scope.commodities or commodity in scope.commodities:
            asked.setdefault((commodity, stage), set()).add(year)
    records = []
    for chain in sorted({*years, *asked}):
        known = years.get(chain, {})
        for year in sorted({*known, *asked.get(chain, ())}):
            before = [at for at in known if at <= year]
            last = known[max(before)] if before else Arrival(*chain, year, 0.0, 0.0, 0)
            amount = wanted.get((*chain, year))
            records.append(
                {
                    "commodity": chain[0],
                    "stage": chain[1],
                    "year": year,
                    "nameplate": last.nameplate,
                    "funded": last.funded,
                    "projects": last.projects,
                    "need": amount,
                    "announced_covers": last.nameplate / amount if amount else None,
                    "funded_covers": last.funded / amount if amount else None,
                }
            )
    return sheet(
        "arrivals", "Capacity by the year its owners name, and what the plan needs", columns, records
    )
