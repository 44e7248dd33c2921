"""Shares of output, ranks and counts of minerals led, against production by country."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from oresight.catalog.store import read
from oresight.studies.books import PRODUCTION_LAST, YEARS_NEAR, modelled, nearest_year, production_rows
from oresight.studies.check_names import called, members, mineral_called
from oresight.studies.check_rules import (
    HALF,
    ORDER,
    RANK,
    SHARE,
    STAGE,
    YEAR,
    Judgement,
    Tolerance,
    Verdict,
    compared_share,
    percent,
    share_widths,
    unverified,
)
from oresight.studies.concentration import concentration
from oresight.studies.situation import leaders
from oresight.text.statement import Statement

DOES = {"mine": "mines", "refine": "refines", "component": "makes"}
DOING = {"mine": "mining", "refine": "refining", "component": "making"}
GOOD_CALLED = {
    "neodymium-praseodymium": "magnets",
    "dysprosium-terbium": "magnets",
    "graphite-battery": "graphite anodes",
}
KIN = {
    "rare-earths": ("rare-earths-light", "neodymium-praseodymium"),
    "graphite": ("graphite-natural", "graphite-battery"),
    "neodymium-praseodymium": ("neodymium-praseodymium",),
}
"""Names that stand for several commodities, the one meant first."""


@dataclass(frozen=True)
class Figure:
    """A share the catalogue holds.

    Args:
        value: The share [1].
        year: Its year.
        stage: mine, refine or component.
        commodity: Whose.
        sources: Ids.
        first: Whether results use it; others are stored beside it.
    """

    value: float
    year: int
    stage: str
    commodity: str
    sources: tuple[str, ...]
    first: bool = True

    def what(self) -> str:
        """What the share is of, in words."""
        name = GOOD_CALLED.get(self.commodity) if self.stage == "component" else None
        kin = (
            "magnet rare earths"
            if self.commodity == "neodymium-praseodymium"
            else mineral_called(self.commodity)
        )
        return f"{DOING[self.stage]} {name or kin}"


def commodities(mineral: str) -> tuple[str, ...]:
    """Commodities with output that a name may mean, the one meant first."""
    return tuple(c for c in KIN.get(mineral, (mineral,)) if c in modelled())


def stages_of(commodity: str, said: str | None) -> tuple[str, ...]:
    """Stages a statement may mean: the one said, else all, the first first."""
    known = modelled().get(commodity, ())
    if said is None:
        return known
    if said in known:
        return (said,)
    # what is only refined is also said to be mined or produced
    return known[:1] if said == "mine" and known[:1] == ("refine",) else ()


@lru_cache(maxsize=4096)
def sources_of(commodity: str, stage: str, year: int, codes: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Sources of the preferred output of a year, of some countries where named; a publisher's before an assumption."""
    rows = production_rows().filter(
        (pl.col("commodity") == commodity) & (pl.col("stage") == stage) & (pl.col("year") == year)
    )
    if codes:
        rows = rows.filter(pl.col("country").is_in(sorted(codes)))
    found = sorted(set(rows["source_id"]), key=lambda s: (s == "assumption", s))
    return tuple(found)[:3]


@lru_cache(maxsize=2048)
def stored_shares(commodity: str, stage: str, year: int) -> dict[str, dict[str, float]]:
    """Source -> country -> share of that source's world total, for every source of a year."""
    table = read("mine_production" if stage == "mine" else "refinery_production")
    rows = table.filter(
        (pl.col("commodity") == commodity) & (pl.col("year") == year) & pl.col("value").is_not_null()
    )
    if stage != "mine":
        rows = rows.filter(pl.col("stage") == stage)
    found: dict[str, dict[str, float]] = {}
    for (source,), part in rows.group_by("source_id"):
        by_country = {
            c: v for c, v in part.group_by("country").agg(pl.col("value").max()).iter_rows() if c != "EU27"
        }
        world = max(by_country.pop("WLD", 0.0) or 0.0, sum(by_country.values()))
        if world > 0 and len(by_country) >= 2:
            found[str(source)] = {c: v / world for c, v in by_country.items()}
    return found


def output_figures(actors: Sequence[str], mineral: str, stage: str | None, year: int) -> list[Figure]:
    """Every share of output the catalogue holds for some countries: the one results use first.

    Years run from the one asked back three; beside the preferred source stand the others.
    """
    codes = {m for a in actors for m in members(a)}
    found: list[Figure] = []
    for commodity in commodities(mineral):
        for each in stages_of(commodity, stage):
            seen: set[int] = set()
            for back in range(YEARS_NEAR + 1):
                near = nearest_year(commodity, each, year - back)
                if near is None or near in seen or near > year + YEARS_NEAR:
                    continue
                seen.add(near)
                shares = dict(leaders(commodity, each, near))
                if shares:
                    value = sum(shares.get(c, 0.0) for c in codes)
                    found.append(
                        Figure(
                            value,
                            near,
                            each,
                            commodity,
                            sources_of(commodity, each, near, frozenset(codes)),
                            not found,
                        )
                    )
                if back <= 1:
                    for source, by_country in stored_shares(commodity, each, near).items():
                        if codes & set(by_country):
                            value = sum(by_country.get(c, 0.0) for c in codes)
                            found.append(Figure(value, near, each, commodity, (source,), False))
            if each == "refine":
                found += published_leaders(commodity, codes, year)
    return cited_first(found)


def cited_first(figures: list[Figure]) -> list[Figure]:
    """The same figures; a first one that rests on an assumed split names the publisher who prints its share."""
    if figures and figures[0].sources[:1] == ("assumption",):
        first = figures[0]
        printed = [
            f.sources[0]
            for f in figures[1:]
            if (f.commodity, f.stage, f.year) == (first.commodity, first.stage, first.year)
            and abs(f.value - first.value) < 0.005
            and f.sources != ("assumption",)
        ]
        return [replace(first, sources=(*dict.fromkeys(printed), *first.sources)), *figures[1:]]
    return figures


def published_leaders(commodity: str, codes: set[str], year: int) -> list[Figure]:
    """Shares of refining as publishers print them, up to three years before."""
    rows = read("refining_leaders").filter(
        (pl.col("commodity") == commodity)
        & pl.col("country").is_in(sorted(codes))
        & (pl.col("year") <= year)
        & (pl.col("year") >= year - YEARS_NEAR)
    )
    return [
        Figure(share, at, "refine", commodity, (source,), False)
        for share, at, source in rows.select("share", "year", "source_id").iter_rows()
    ]


def year_of(statement: Statement, article_year: int, last: int = PRODUCTION_LAST) -> int:
    """The year a figure is of: the one said, else the article's, as far as the tables reach."""
    said = [m.year for m in statement.moments if m.year is not None]
    return min(said[-1] if said else article_year, last)


def judge_share(statement: Statement, article_year: int) -> Judgement:
    """A share of world output: by the figure results use, then by every other the catalogue holds."""
    said = statement.quantity
    assert said is not None
    if any(m.year and m.year > article_year for m in statement.moments) or (
        statement.hedged and said.bound != "at_least"
    ):
        return unverified("told of the future or as a possibility; the record holds what was")
    year = year_of(statement, article_year)
    found = [j for mineral in statement.minerals if (j := judge_one(statement, mineral, year)) is not None]
    if not found:
        return unverified("the catalogue holds no output by country of it")
    worst = max(found, key=lambda j: RANK[j.verdict] if j.verdict != "unverified" else 1.5)
    if len(found) > 1 and worst.verdict != "confirmed":
        rest = "; ".join(j.how for j in found)
        corrected = " ".join(j.corrected for j in found if j.corrected)
        return Judgement(
            worst.verdict, rest, worst.rule, worst.found, "%", worst.year, corrected, worst.sources
        )
    return worst


def judge_one(statement: Statement, mineral: str, year: int) -> Judgement | None:
    """The judgement for one mineral of the statement."""
    if mineral == "critical-minerals":
        return judge_average(statement, year)
    figures = output_figures(statement.subject, mineral, statement.stage, year)
    if not figures:
        return None
    said = statement.quantity
    assert said is not None
    first = figures[0]
    who = " and ".join(called(a) for a in statement.subject)
    verdict, how, rule = compared_share(said, first.value)
    how = f"{how} ({first.what()}, {first.year}: {percent(first.value)})"
    best = first
    if verdict == "wrong" or (verdict == "imprecise" and rule is SHARE):
        for other in figures[1:]:
            if compared_share(said, other.value)[0] != "confirmed":
                continue
            if (other.stage, other.commodity) != (first.stage, first.commodity):
                verdict, rule, best = "imprecise", STAGE, other
                true = f"true of {other.what()} ({percent(other.value)}, {other.year})"
                how = f"{true}, not of {first.what()} ({percent(first.value)})"
            elif other.year != first.year:
                verdict, rule = "imprecise", YEAR
                how = f"true of {other.year} ({percent(other.value)}); {percent(first.value)} in {first.year}"
            elif verdict == "wrong":
                verdict, rule = "imprecise", SHARE
                how = f"another source has {percent(other.value)}; results use {percent(first.value)} ({first.year})"
            break
    corrected = ""
    name = GOOD_CALLED.get(best.commodity) if best.stage == "component" else None
    if verdict in ("imprecise", "wrong"):
        what = name or mineral_called(best.commodity)
        corrected = f"{who} {DOES[best.stage]} {percent(best.value)} of the world's {what} ({best.year})."
    if verdict == "confirmed" and statement.loose:
        verdict, how = "imprecise", f"{how}; the loose name should read {mineral_called(mineral)}"
    return Judgement(
        verdict,
        how,
        rule,
        percent(best.value),
        "%",
        best.year,
        corrected[:1].upper() + corrected[1:],
        best.sources,
    )


def judge_average(statement: Statement, year: int) -> Judgement:
    """A share of critical minerals as a whole: the mean over the strategic ones, each counted once."""
    said = statement.quantity
    assert said is not None
    codes = {m for a in statement.subject for m in members(a)}
    answer = concentration(",".join(sorted(codes)), year)
    shares = [float(str(v)) for v in answer.sheet("concentration").column("supplier_share") if v is not None]
    mean = sum(shares) / len(shares)
    verdict, how, rule = compared_share(said, mean)
    if verdict == "wrong":
        verdict = "unverified"
    who = " and ".join(called(a) for a in statement.subject)
    return Judgement(
        verdict,
        f"{how}: mean over {len(shares)} strategic minerals, each counted once; no one measure adds up all",
        rule,
        percent(mean),
        "%",
        year,
        ""
        if verdict == "confirmed"
        else f"{who[0].upper()}{who[1:]} refines {percent(mean)} of a strategic mineral on average ({year}).",
        ("iea-gcmo-2026",),
    )


def judge_count(statement: Statement, article_year: int) -> Judgement:
    """How many minerals a country leads, with its average; wrong where the sentence mixes the two."""
    said = statement.quantity
    assert said is not None and said.of
    year = year_of(statement, article_year)
    codes = [m for a in statement.subject for m in members(a)]
    answer = concentration(",".join(codes), year)
    rows = [r for r in answer.sheet("concentration").records() if r["share"] is not None]
    led = [r for r in rows if r["supplier_leads"]]
    shares = [float(str(r["supplier_share"])) for r in led]
    mean = sum(shares) / len(shares) if shares else 0.0
    who = called(statement.subject[0])
    named = f"{len(led)} of {len(rows)}"
    leads = f"is the leading refiner of {named} strategic minerals"
    right = f"{who[0].upper()}{who[1:]} {leads}, with {percent(mean)} on average ({year})."
    if statement.cues.get("clash"):
        of = statement.cues["clash"][0].split("/")[0]
        figures = output_figures(statement.subject, of, "refine", year)
        one = f"; of {mineral_called(of)} it refines {percent(figures[0].value)}" if figures else ""
        return Judgement(
            "wrong",
            f"garbled: a share of {mineral_called(of)} cannot hold in many minerals; the record: "
            f"leading refiner of {named}, {percent(mean)} on average{one}",
            SHARE,
            named,
            "",
            year,
            right,
            ("iea-gcmo-2026", *(figures[0].sources if figures else ())),
        )
    gap = abs(said.value / said.of - len(led) / len(rows))
    verdict: Verdict = "confirmed" if gap <= SHARE.near else "imprecise" if gap <= SHARE.wide else "wrong"
    how = f"the leading refiner of {named} strategic minerals that can be counted"
    average = statement.cues.get("average")
    if average:
        near, wide = share_widths(float(average[0]), mean)
        off = abs(float(average[0]) - mean)
        second: Verdict = "confirmed" if off <= near else "imprecise" if off <= wide else "wrong"
        how += f", with {percent(mean)} on average"
        if RANK[second] > RANK[verdict]:
            verdict = second
    return Judgement(
        verdict, how, SHARE, named, "", year, "" if verdict == "confirmed" else right, ("iea-gcmo-2026",)
    )


def judge_rank(statement: Statement, article_year: int) -> Judgement:
    """Whether a country is the largest, or second, or only maker."""
    word = statement.cues.get("of", ("producer",))[0]
    if word not in (
        "producer",
        "miner",
        "refiner",
        "processor",
        "smelter",
        "supplier",
        "maker",
        "source",
        "holder",
        "reserves",
    ):
        return unverified(f"the catalogue ranks makers, not {word}s")
    year = year_of(statement, article_year)
    wanted = int(statement.cues["rank"][0])
    held = word in ("holder", "reserves")
    answers = [rank_of(statement, m, year, wanted, held) for m in statement.minerals]
    known = [a for a in answers if a is not None]
    if not known:
        return unverified("the catalogue holds no output by country of it")
    return max(known, key=lambda j: RANK[j.verdict])


def rank_of(statement: Statement, mineral: str, year: int, wanted: int, held: bool) -> Judgement | None:
    """The rank for one mineral: at the stage said, else confirmed at any stage."""
    from oresight.studies.check_trade import reserve_shares

    codes = {m for a in statement.subject for m in members(a)}
    who = called(statement.subject[0])
    tables: list[tuple[str, str, int, tuple[tuple[str, float], ...], tuple[str, ...]]] = []
    for commodity in commodities(mineral):
        if held:
            shares, at, sources = reserve_shares(commodity)
            if shares:
                tables.append(
                    (commodity, "reserves", at, tuple(sorted(shares.items(), key=lambda i: -i[1])), sources)
                )
            continue
        for stage in stages_of(commodity, statement.stage):
            near = nearest_year(commodity, stage, year)
            found = leaders(commodity, stage, year) if near is not None else ()
            named = tuple((c, s) for c, s in found if c != "OTH")
            if named and near is not None:
                tables.append((commodity, stage, near, named, sources_of(commodity, stage, near)))
    best: Judgement | None = None
    for commodity, stage, at, shares_, sources in tables:
        one = rank_in(statement, codes, who, commodity, stage, at, shares_, sources, wanted)
        if best is None:
            best = one
        elif RANK[one.verdict] < RANK[best.verdict]:
            return Judgement(
                "imprecise",
                f"{one.how}; but {best.how}",
                STAGE,
                one.found,
                "",
                at,
                one.corrected,
                one.sources,
            )
    return best


def rank_in(
    statement: Statement,
    codes: set[str],
    who: str,
    commodity: str,
    stage: str,
    year: int,
    shares: tuple[tuple[str, float], ...],
    sources: tuple[str, ...],
    wanted: int,
) -> Judgement:
    """The rank in one table of makers."""
    own = sum(s for c, s in shares if c in codes)
    order = 1 + sum(1 for c, s in shares if c not in codes and s > own)
    top, top_share = (
        next(((c, s) for c, s in shares if c not in codes), ("", 0.0)) if order == 1 else shares[0]
    )
    what = (
        f"{mineral_called(commodity)} reserves"
        if stage == "reserves"
        else f"{DOING[stage]} {mineral_called(commodity)}"
    )
    placed = {1: "first", 2: "second", 3: "third"}.get(order, f"number {order}")
    how = f"{who} is {placed} in {what} with {percent(own)} ({year})"
    rule: Tolerance = ORDER
    verdict: Verdict = "confirmed" if order == wanted else "wrong"
    if own == 0:
        return Judgement(
            "wrong",
            f"{who} is not among the makers in {what} ({year}); {called(shares[0][0])} leads with {percent(shares[0][1])}",
            ORDER,
            "",
            "",
            year,
            f"{called(shares[0][0])} leads in {what} with {percent(shares[0][1])} ({year}).",
            sources,
        )
    if order != wanted:
        rival = shares[min(max(wanted - 1, 0), len(shares) - 1)][1]
        if abs(rival - own) <= ORDER.near:
            verdict = "imprecise"
        how += f"; {called(top)} has {percent(top_share)}"
    if statement.cues.get("sole") and verdict == "confirmed" and own < 0.97:
        verdict, how = "imprecise", f"{how}, not the only one"
    if statement.cues.get("dominates"):
        rule = HALF
        verdict = "confirmed" if order == 1 and own >= HALF.near else "imprecise" if order == 1 else "wrong"
    corrected = "" if verdict == "confirmed" else f"{how[0].upper()}{how[1:]}."
    return Judgement(verdict, how, rule, f"{placed}, {percent(own)}", "", year, corrected, sources)
