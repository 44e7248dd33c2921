"""Tonnes: of a quota, a project, a platform, a country's output or reserves, against the catalogue."""

import datetime
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import polars as pl

from oresight.catalog.lists import parts
from oresight.catalog.store import read
from oresight.studies import names
from oresight.studies.books import PRODUCTION_LAST, nearest_year, production_rows
from oresight.studies.check.figures import commodities, sources_of, stages_of, year_of
from oresight.studies.check.goods import USE_PATTERNS, mineral_called
from oresight.studies.check.money import ledger
from oresight.studies.check.names import called, members
from oresight.studies.check.rules import LEDGER, WEIGHT, Judgement, compared_size, unverified
from oresight.text.quantities import Quantity, quantities
from oresight.text.statement import Statement


def judge_weight(statement: Statement, article: datetime.date) -> Judgement:
    """Tonnes: of a quota, a project, a country's output or the world's."""
    said = statement.quantity
    assert said is not None
    told = ledger_weights(statement, article)
    if told is not None and told.verdict == "confirmed":
        return told
    if statement.cues.get("uses"):
        return platform_weight(statement, said)
    flows = statement.cues.get("flow", ())
    basis = statement.cues.get("basis", ())
    if (
        statement.hedged
        or statement.cues.get("quota")
        or statement.cues.get("companies")
        or statement.cues.get("projects")
    ):
        return (
            project_weight(statement, said)
            or told
            or unverified("no quota, project or output of the record fits the tonnes")
        )
    if (
        flows
        or (basis and "REO" not in basis)
        or any(m.year and m.year > article.year for m in statement.moments)
    ):
        return unverified("the record counts output in contained tonnes; this is another flow or basis")
    year = year_of(statement, article.year, PRODUCTION_LAST)
    codes = {m for a in statement.subject for m in members(a)}
    if not codes and not statement.cues.get("world"):
        return unverified("whose tonnes are meant is not clear")
    for mineral in statement.minerals:
        for commodity in commodities(mineral):
            if statement.cues.get("reserves"):
                return reserve_weight(statement, said, commodity, codes)
            found = [
                w
                for stage in stages_of(commodity, statement.stage)
                for back in (0, 1)
                for w in output_weights(
                    commodity,
                    stage,
                    year - back,
                    codes if not statement.cues.get("world") or codes else set(),
                )
            ]
            if not found:
                continue
            first = found[0]
            verdict, how = compared_size(said, first[0], WEIGHT)
            best = first
            if verdict != "confirmed":
                for other in found[1:]:
                    if compared_size(said, other[0], WEIGHT)[0] == "confirmed":
                        verdict, how, best = (
                            "imprecise" if other[1:3] != first[1:3] else "confirmed",
                            "as another row of the record has it",
                            other,
                        )
                        break
            if verdict == "wrong" and not 0.2 < said.value / first[0] < 5:
                return unverified("so far from the record that another basis or flow must be meant")
            value, stage, at, sources = best
            where = called(statement.subject[0]) if codes else "the world"
            shown = f"{value:,.0f} t"
            right = (
                ""
                if verdict == "confirmed"
                else f"{where[0].upper()}{where[1:]} made {shown} of {mineral_called(commodity)} ({stage}, {at})."
            )
            return Judgement(
                verdict, f"{how} ({where}, {stage}, {at}: {shown})", WEIGHT, shown, "t", at, right, sources
            )
    return told or unverified("the catalogue holds no output of it")


def platform_weight(statement: Statement, said: Quantity) -> Judgement:
    """Weight of a mineral in a platform: any stored figure that fits confirms it, none denies it."""
    pattern = re.compile(USE_PATTERNS[statement.cues["uses"][0]], re.I)
    meant = {c for m in statement.minerals for c in (*names.groups().get(m, ()), m, *commodities(m))}
    stored = []
    for row in read("platform_uses").iter_rows(named=True):
        kg = row["kg_best"]
        if kg and row["commodity"] in meant and pattern.search(row["platform"]):
            stored.append(f"{row['platform']} {kg:,.0f} kg")
            if compared_size(said, kg / 1000, WEIGHT)[0] == "confirmed":
                sources = (str(row["source_id"]),)
                return Judgement(
                    "confirmed",
                    f"{row['platform']}: {kg:,.0f} kg of {row['material']}",
                    WEIGHT,
                    f"{kg:,.0f} kg",
                    "kg",
                    None,
                    sources=sources,
                )
    return unverified(
        f"the record holds {'; '.join(stored[:4])}" if stored else "the record holds no weight of it there"
    )


def output_weights(
    commodity: str, stage: str, year: int, codes: set[str]
) -> list[tuple[float, str, int, tuple[str, ...]]]:
    """Output [t] of some countries, or of the world where none is named: preferred first, then other sources."""
    near = nearest_year(commodity, stage, year)
    if near is None:
        return []
    rows = production_rows().filter(
        (pl.col("commodity") == commodity) & (pl.col("stage") == stage) & (pl.col("year") == near)
    )
    if codes:
        rows = rows.filter(pl.col("country").is_in(sorted(codes)))
    total = float(rows["value"].sum() or 0.0)
    found = [(total, stage, near, sources_of(commodity, stage, near))] if total > 0 else []
    table = read("mine_production" if stage == "mine" else "refinery_production")
    others = table.filter(
        (pl.col("commodity") == commodity) & (pl.col("year") == near) & pl.col("value").is_not_null()
    )
    if stage != "mine":
        others = others.filter(pl.col("stage") == stage)
    others = others.filter(pl.col("country").is_in(sorted(codes or {"WLD"})))
    for source, value in (
        others.group_by("source_id").agg(pl.col("value").max()).sort("source_id").iter_rows()
    ):
        found.append((float(value), stage, near, (source,)))
    return found


def reserve_weight(statement: Statement, said: Quantity, commodity: str, codes: set[str]) -> Judgement:
    """Tonnes of reserves."""
    rows = read("reserves").filter(
        (pl.col("commodity") == commodity)
        & pl.col("country").is_in(sorted(codes or {"WLD"}))
        & pl.col("value").is_not_null()
    )
    if not rows.height:
        return unverified("the catalogue holds no reserves of it there")
    row = rows.sort("year").row(-1, named=True)
    value = float(row["value"])
    verdict, how = compared_size(said, value, WEIGHT)
    shown = f"{value:,.0f} t"
    right = (
        "" if verdict == "confirmed" else f"Reserves of {mineral_called(commodity)}: {shown} ({row['year']})."
    )
    return Judgement(
        verdict,
        f"{how} ({shown}, {row['year']})",
        WEIGHT,
        shown,
        "t",
        row["year"],
        right,
        (str(row["source_id"]),),
    )


@lru_cache(maxsize=1024)
def told(text: str) -> tuple[Quantity, ...]:
    """Quantities a ledger's row tells of."""
    return tuple(quantities(text))


def ledger_weights(statement: Statement, article: datetime.date) -> Judgement | None:
    """Tonnes told in an event's or commitment's note for the same actor and mineral."""
    said = statement.quantity
    assert said is not None
    meant = {c for m in statement.minerals for c in (*names.groups().get(m, ()), m, *commodities(m))}
    codes = {m for a in statement.subject for m in members(a)} | set(statement.subject)
    goods: dict[str, set[str]] = {}
    for event, commodity in read("event_codes").select("event", "commodity").drop_nulls().iter_rows():
        goods.setdefault(event, set()).add(commodity)
    rows: list[tuple[Mapping[str, Any], set[str], set[str]]] = [
        (r, goods.get(r["id"], set()), {r["actor"]}) for r in read("events").iter_rows(named=True)
    ]
    rows += [(p.row, set(parts(p.row["commodities"])), set(p.named)) for p in ledger()]
    for row, touched, actors in rows:
        if not (meant & touched and (codes & actors)) or row["announced"] > article:
            continue
        for q in told(f"{row['title']}. {row['note'] or ''}"):
            if q.sort == "weight" and compared_size(said, q.value, WEIGHT)[0] == "confirmed":
                return Judgement(
                    "confirmed",
                    f"{row['title']} ({row['announced']:%d %B %Y})",
                    LEDGER,
                    f"{q.value:,.0f} t",
                    "t",
                    row["announced"].year,
                    sources=(row["id"], str(row["source_id"])),
                )
    return None


def project_weight(statement: Statement, said: Quantity) -> Judgement | None:
    """Tonnes a year of a named company's or project's plants: nameplate, funded, commissioned or actual."""
    wanted = {names.folded(c) for k in ("companies", "projects") for c in statement.cues.get(k, ())}
    if not wanted:
        return None
    for row in read("projects").iter_rows(named=True):
        words = names.folded(f"{row['name']} {row['company'] or ''}")
        if not all(w in words for w in wanted):
            continue
        for field in ("published_t", "nameplate", "funded", "commissioned", "actual"):
            value = row[field]
            if value and compared_size(said, float(value), WEIGHT)[0] == "confirmed":
                return Judgement(
                    "confirmed",
                    f"{row['name']}: {field.replace('published_t', 'published')} {value:,.0f} {row['unit']}",
                    WEIGHT,
                    f"{value:,.0f} t",
                    "t",
                    row["actual_year"],
                    sources=(row["id"], str(row["source_id"])),
                )
    return None
