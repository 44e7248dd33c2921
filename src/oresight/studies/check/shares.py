"""Shares of output, ranks and counts of minerals led, against production by country."""

from oresight.studies.check.figures import DOES, GOOD_CALLED, output_figures, year_of
from oresight.studies.check.goods import mineral_called
from oresight.studies.check.names import called, members
from oresight.studies.check.rules import (
    RANK,
    SHARE,
    STAGE,
    YEAR,
    Judgement,
    compared_share,
    percent,
    unverified,
)
from oresight.studies.concentration import concentration
from oresight.text.statement import Statement


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
