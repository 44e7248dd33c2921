"""Dependence, import reliance, demand, reserves and recycling, against trade, balances and published rates."""

from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from oresight.catalog.store import read
from oresight.core.errors import OresightError
from oresight.studies.books import TRADE_FIRST, TRADE_LAST, modelled
from oresight.studies.check.figures import GOOD_CALLED, commodities, year_of
from oresight.studies.check.goods import mineral_called
from oresight.studies.check.names import as_coalition, called, members
from oresight.studies.check.rules import (
    HALF,
    RANK,
    SHARE,
    Judgement,
    Verdict,
    compared_share,
    percent,
    unverified,
)
from oresight.studies.claims import demand
from oresight.studies.dependence import Case, figures
from oresight.studies.situation import use_by_country
from oresight.text.statement import Statement

MEASURES = (
    ("import_share", "of imports by weight"),
    ("import_share_value", "of imports by value"),
    ("look_through_share", "of supply with transit hubs seen through"),
    ("exposure", "of supply that passes through it at any stage"),
)
TRADE_SOURCE = "cepii-baci-hs92"


def dependence_commodities(mineral: str) -> tuple[str, ...]:
    """Commodities whose trade a name may mean: a group with codes of its own as a whole first."""
    own = (mineral,) if mineral in modelled() else ()
    kin = ("neodymium-praseodymium",) if mineral == "rare-earths" else ()
    return tuple(dict.fromkeys((*own, *kin, *(c for c in commodities(mineral) if mineral not in modelled()))))


def dependence_shares(
    statement: Statement, mineral: str, year: int
) -> list[tuple[float, str, int, tuple[str, ...]]]:
    """Every measure of a buyer's dependence on a seller: share, what it is of, year, sources."""
    buyer, seller = as_coalition(statement.subject), as_coalition(statement.object)
    found: list[tuple[float, str, int, tuple[str, ...]]] = []
    for commodity in dependence_commodities(mineral):
        try:
            row = figures(commodity, year, [Case(buyer.id, buyer.members)], seller)[0]
        except OresightError:
            continue
        if statement.stage == "component":
            value = row.get("exposure_component")
            if isinstance(value, float):
                found.append((value, "of magnets or anodes made there", year, (TRADE_SOURCE,)))
            continue
        for field, what in MEASURES:
            value = row.get(field)
            if isinstance(value, float):
                of = (
                    f"{what} of magnet rare earths"
                    if commodity != mineral and mineral == "rare-earths"
                    else what
                )
                found.append((value, of, year, (TRADE_SOURCE,)))
        if buyer.members == ("USA",):
            found += american_sources(commodity, seller.members)
    return found


def american_sources(commodity: str, sellers: Sequence[str]) -> list[tuple[float, str, int, tuple[str, ...]]]:
    """Shares of United States imports as the USGS prints them."""
    meant = "rare-earths-light" if commodity == "rare-earths" else commodity
    rows = read("import_sources").filter(
        (pl.col("commodity") == meant) & pl.col("country").is_in(list(sellers))
    )
    found: dict[str, float] = {}
    for product, share in rows.select("product", "share").iter_rows():
        found[product] = found.get(product, 0.0) + share
    return [(v, f"of imports of {p.lower()}, 2021-24", 2024, ("usgs-mcs-2026",)) for p, v in found.items()]


def judge_dependence(statement: Statement, article_year: int) -> Judgement:
    """One country's dependence on another: by imports, else by the other measures, each named."""
    year = max(min(year_of(statement, article_year), TRADE_LAST), TRADE_FIRST)
    buyer, seller = " and ".join(map(called, statement.subject)), called(statement.object[0])
    known = [judge_one(statement, m, year, buyer, seller) for m in statement.minerals]
    found = [j for j in known if j is not None]
    if not found:
        return unverified("the catalogue holds no trade or supply of it")
    return max(found, key=lambda j: RANK[j.verdict])


def judge_one(statement: Statement, mineral: str, year: int, buyer: str, seller: str) -> Judgement | None:
    """The judgement for one mineral."""
    if mineral == "critical-minerals":
        return None
    shares = dependence_shares(statement, mineral, year)
    if not shares:
        return None
    name = (
        GOOD_CALLED.get(mineral, mineral_called(mineral))
        if statement.stage == "component"
        else mineral_called(mineral)
    )
    if statement.quantity is None:
        most, what, at, sources = max(shares)
        direct = shares[0][0]
        bound: Verdict = (
            "confirmed"
            if direct >= HALF.near or most >= 0.6
            else "imprecise"
            if most >= HALF.wide
            else "wrong"
        )
        return Judgement(
            bound,
            f"{percent(direct)} {shares[0][1]}, {percent(most)} {what} ({at})",
            HALF,
            percent(direct),
            "%",
            at,
            ""
            if bound == "confirmed"
            else f"{buyer} gets {percent(direct)} of its {name} from {seller} ({at}).",
            sources,
        )
    said = statement.quantity
    ranked = [(compared_share(said, s[0]), s) for s in shares]
    (verdict, how, rule), (value, what, at, sources) = ranked[0]
    how = f"{percent(value)} {what} ({at}); {how}"
    if verdict != "confirmed":
        fitting = [s for (v, _, _), s in ranked[1:] if v == "confirmed"]
        if fitting:
            # a publisher's own table of import sources is as good as customs
            share, of, when, cited = min(
                fitting, key=lambda s: (s[3] == (TRADE_SOURCE,), abs(s[0] - said.value))
            )
            how = f"{percent(share)} {of} ({when}); {percent(value)} {what} ({at})"
            verdict = "imprecise" if cited == (TRADE_SOURCE,) else "confirmed"
            value, at, sources = share, when, cited
    if verdict == "wrong" and min(abs(s[0] - said.value) for s in shares) <= SHARE.wide:
        verdict = "imprecise"
    if statement.loose:
        how = f"{how}; the loose name should read {name}"
        verdict = "imprecise" if verdict == "confirmed" else verdict
    if verdict == "wrong" and statement.stage != "component" and not any("imports" in s[1] for s in shares):
        return unverified(
            f"no customs code records this trade; by estimate {percent(value)} {what} ({at})", sources
        )
    corrected = ""
    if verdict != "confirmed":
        first, of, when, _ = shares[0]
        part = (
            of.replace("of imports", f"of its imports of {name}", 1) if "imports" in of else f"of its {name}"
        )
        corrected = f"{buyer[0].upper()}{buyer[1:]} gets {percent(first)} {part} from {seller} ({when})."
    return Judgement(verdict, how, rule, percent(value), "%", at, corrected, sources)


def judge_reliance(statement: Statement, article_year: int) -> Judgement:
    """Net import reliance, as the USGS prints it for the United States."""
    said = statement.quantity
    assert said is not None
    year = year_of(statement, article_year)
    meant = {"rare-earths": "rare-earths-light", "graphite": "graphite-natural"}
    for mineral in statement.minerals:
        rows = read("import_reliance").filter(
            (pl.col("commodity") == meant.get(mineral, mineral))
            & pl.col("country").is_in(list(statement.subject))
        )
        if statement.stage and rows.filter(pl.col("stage") == statement.stage).height:
            rows = rows.filter(pl.col("stage") == statement.stage)
        if not rows.height:
            continue
        row = max(
            rows.iter_rows(named=True),
            key=lambda r: (r["stage"] != "mine" or r["value"] == 1, -abs(r["year"] - year)),
        )
        value, at, source = float(row["value"]), int(row["year"]), str(row["source_id"])
        verdict, how, rule = compared_share(said, value)
        if row["bound"] == "above" and said.value >= value:
            verdict, how = (
                "confirmed" if said.bound == "at_least" else "unverified",
                f"the source says only over {percent(value)}",
            )
        if verdict == "wrong":
            others = [
                r
                for r in rows.iter_rows(named=True)
                if compared_share(said, float(r["value"]))[0] == "confirmed"
            ]
            if others:
                verdict, how = (
                    "imprecise",
                    f"true of {others[0]['stage']} in {others[0]['year']}; {percent(value)} in {at}",
                )
        right = (
            ""
            if verdict == "confirmed"
            else f"{called(statement.subject[0])} relied on net imports for {percent(value)} of its "
            f"{mineral_called(mineral)} ({at})."
        )
        return Judgement(verdict, how, rule, percent(value), "%", at, right, (source,))
    return unverified("net import reliance is published for the United States only")


@lru_cache(maxsize=64)
def demand_shares(actors: tuple[str, ...], year: int) -> tuple[float, float]:
    """Share of world demand over all minerals: by value, and of the median mineral."""
    answer = demand(as_coalition(actors).id, year)
    return float(answer.parameters["by_value"]), float(answer.parameters["median"])


def judge_demand(statement: Statement, article_year: int) -> Judgement:
    """A share of world use, of one mineral or of all by value."""
    said = statement.quantity
    assert said is not None
    year = max(min(year_of(statement, article_year), TRADE_LAST), TRADE_FIRST)
    who = " and ".join(map(called, statement.subject))
    mineral = statement.minerals[0] if statement.minerals else "critical-minerals"
    if mineral == "critical-minerals":
        try:
            value, middle = demand_shares(statement.subject, year)
        except OresightError:
            return unverified("who is meant is not clear")
        verdict, how, rule = compared_share(said, value)
        what = f"of world demand for critical minerals by value, {percent(middle)} of the median mineral"
    else:
        codes = {m for a in statement.subject for m in members(a)}
        shares = [(c, use_by_country(c, year)) for c in commodities(mineral)]
        known = [
            (c, sum(use.get(m, 0.0) for m in codes) / sum(use.values()))
            for c, use in shares
            if sum(use.values()) > 0
        ]
        if not known:
            return unverified("the catalogue holds no use by country of it")
        value = known[0][1]
        verdict, how, rule = compared_share(said, value)
        what = f"of world use of {mineral_called(mineral)}"
    right = (
        "" if verdict == "confirmed" else f"{who[0].upper()}{who[1:]} takes {percent(value)} {what} ({year})."
    )
    return Judgement(
        verdict,
        f"{percent(value)} {what} ({year}); {how}",
        rule,
        percent(value),
        "%",
        year,
        right,
        (TRADE_SOURCE,),
    )


@lru_cache(maxsize=64)
def reserve_shares(commodity: str) -> tuple[dict[str, float], int, tuple[str, ...]]:
    """Country -> share of world reserves, with year and sources; empty where unknown."""
    rows = read("reserves").filter((pl.col("commodity") == commodity) & pl.col("value").is_not_null())
    if not rows.height:
        return {}, 0, ()
    year = int(str(rows["year"].max()))
    rows = rows.filter(pl.col("year") == year)
    by_country = {c: float(v) for c, v in rows.select("country", "value").iter_rows()}
    world = max(by_country.pop("WLD", 0.0), sum(by_country.values()))
    return {c: v / world for c, v in by_country.items()}, year, tuple(sorted(set(rows["source_id"])))[:2]


def judge_reserves(statement: Statement, article_year: int) -> Judgement:
    """A share of world reserves."""
    said = statement.quantity
    assert said is not None
    codes = {m for a in statement.subject for m in members(a)}
    for mineral in statement.minerals:
        for commodity in commodities(mineral):
            shares, year, sources = reserve_shares(commodity)
            if not codes & set(shares):
                continue
            value = sum(shares.get(c, 0.0) for c in codes)
            verdict, how, rule = compared_share(said, value)
            right = (
                ""
                if verdict == "confirmed"
                else f"{called(statement.subject[0])} holds {percent(value)} of known reserves of "
                f"{mineral_called(mineral)} ({year})."
            )
            return Judgement(
                verdict,
                f"{how} ({percent(value)} of reserves, {year})",
                rule,
                percent(value),
                "%",
                year,
                right,
                sources,
            )
    return unverified("the catalogue holds no reserves of it there")


def judge_recycling(statement: Statement, article_year: int) -> Judgement:
    """A share that is recycled: end-of-life rate or recycled input, of the world, the EU or the United States."""
    said = statement.quantity
    assert said is not None
    named = [str(p) for p in ("EU27", "USA") if p in statement.subject]
    places = named or ["WLD", "EU27", "USA"]
    for mineral in statement.minerals:
        wanted = {
            "rare-earths": ["neodymium-praseodymium", "rare-earths-light", "dysprosium-terbium"],
            "graphite": ["graphite-natural"],
        }
        rows = read("recycling").filter(
            pl.col("commodity").is_in(wanted.get(mineral, [mineral]))
            & pl.col("metric").is_in(["end-of-life-rate", "input-rate-old-scrap", "input-rate-all-scrap"])
            & pl.col("region").is_in(places)
            & pl.col("value").is_not_null()
        )
        found = [(compared_share(said, float(r["value"])), r) for r in rows.iter_rows(named=True)]
        if not found:
            continue
        (verdict, how, rule), row = min(found, key=lambda f: RANK[f[0][0]])
        rate = row["metric"].replace("-", " ")
        value = float(row["value"])
        right = (
            ""
            if verdict == "confirmed"
            else f"The {rate} of {mineral_called(mineral)} is {percent(value)} ({called(row['region'])}, {row['year']})."
        )
        return Judgement(
            verdict,
            f"{how} ({rate}, {called(row['region'])}: {percent(value)})",
            rule,
            percent(value),
            "%",
            row["year"],
            right,
            (str(row["source_id"]),),
        )
    return unverified("the catalogue holds no recycling rate of it")
