"""Verdicts on counts and ranks: in how many minerals a country leads, who is first or second."""

from oresight.studies.books import nearest_year
from oresight.studies.check.figures import DOING, commodities, output_figures, sources_of, stages_of, year_of
from oresight.studies.check.goods import mineral_called
from oresight.studies.check.names import called, members
from oresight.studies.check.rules import (
    HALF,
    ORDER,
    RANK,
    SHARE,
    STAGE,
    Judgement,
    Tolerance,
    Verdict,
    percent,
    share_widths,
    unverified,
)
from oresight.studies.concentration import concentration
from oresight.studies.situation import leaders
from oresight.text.statement import Statement


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
    from oresight.studies.check.trade import reserve_shares

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
