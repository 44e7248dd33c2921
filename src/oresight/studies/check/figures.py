"""Shares of output on record, by mineral, stage and year, with what they rest on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from oresight.catalog.store import read
from oresight.studies.books import PRODUCTION_LAST, YEARS_NEAR, modelled, nearest_year, production_rows
from oresight.studies.check.goods import mineral_called
from oresight.studies.check.names import members
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
