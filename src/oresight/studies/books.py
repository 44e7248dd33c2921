"""The books of a year as arrays: who made, shipped and used what, before any of it is balanced.

Trade is gross tonnes per customs code; here it becomes contained tonnes per commodity and stage (network §1)
after implausible quantities are screened (network §2). Production is the row a result prefers.
"""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oresight.catalog.overlay import laid_over
from oresight.catalog.own_figures import OWN
from oresight.catalog.store import read
from oresight.network.screen import screen_quantities

Floats = NDArray[np.float64]

STAGES = ("mine", "refine", "component")
TRADE_FIRST, TRADE_LAST = 1995, 2024
PRODUCTION_LAST = 2025
YEARS_NEAR = 3
"""How far a production year may lie from the year asked for before it counts as unknown."""
HOLE = 0.2
"""Share of world output from which a maker that a year's sources leave out makes that year unknown by country [1]."""


@dataclass(frozen=True)
class StageBook:
    """What is known of one commodity at one stage in one year, on the axis `countries()`.

    Args:
        commodity, stage: Which.
        production: (country) [t contained/yr], None where no publisher counts it by country.
        production_year: The year the production is of.
        production_sources: Ids of its sources.
        assumed_share: Share of the production that is an assumption or derived [1].
        trade: (supplier, buyer) [t contained/yr], None where the trade table holds no code.
        value: (supplier, buyer) [kUSD/yr] customs value of the same flows.
        gross: (supplier, buyer) [t gross/yr] of the same flows.
        corrected_share: Share of the gross tonnes that screening re-estimated [1].
    """

    commodity: str
    stage: str
    production: Floats | None
    production_year: int | None
    production_sources: tuple[str, ...]
    assumed_share: float
    trade: Floats | None
    value: Floats | None
    gross: Floats | None
    corrected_share: float = 0.0


@dataclass(frozen=True)
class YearBooks:
    """All stage books of one year and the corrections screening made."""

    year: int
    stages: dict[tuple[str, str], StageBook]
    corrections: pl.DataFrame = field(repr=False)


@lru_cache(maxsize=1)
def countries() -> tuple[str, ...]:
    """The country axis: every ISO code but the aggregates, the remainder OTH last."""
    rows = read("countries").filter(pl.col("kind") != "aggregate")
    return (*sorted(rows["iso3"].to_list()), "OTH")


@lru_cache(maxsize=1)
def position() -> dict[str, int]:
    """ISO code -> position on the country axis."""
    return {code: i for i, code in enumerate(countries())}


@lru_cache(maxsize=1)
def whole_groups() -> dict[str, str]:
    """Groups asked as a whole through trade codes of their own -> the commodity whose output stands for them.

    Rare earths together: customs tonnes of the three codes, output in oxides of the mined total.
    """
    own = set(read("trade_codes")["commodity"]) - set(read("commodities")["id"])
    return {group: f"{group}-light" for group in sorted(own)}


@lru_cache(maxsize=1)
def stage_rows() -> pl.DataFrame:
    """Modelled stages in chain order."""
    order = pl.col("stage").replace_strict({s: i for i, s in enumerate(STAGES)}, return_dtype=pl.Int64)
    return read("stages").filter("modelled").sort("commodity", order)


@lru_cache(maxsize=1)
def modelled() -> dict[str, tuple[str, ...]]:
    """Commodity -> its modelled stages in chain order; only commodities that take part in results."""
    taking = set(read("commodities").filter(pl.col("decision").is_in(["core", "host"]))["id"])
    found: dict[str, tuple[str, ...]] = {}
    for commodity, stage in stage_rows().select("commodity", "stage").iter_rows():
        if commodity in taking:
            found[commodity] = (*found.get(commodity, ()), stage)
    return found | {group: found[whole] for group, whole in whole_groups().items() if whole in found}


@lru_cache(maxsize=1)
def screened() -> tuple[pl.DataFrame, pl.DataFrame]:
    """All trade with implausible and missing tonnes re-estimated, and the corrections made.     network §2

    Tonnes of the user's own rows stand as they are.
    """
    flows = laid_over("trade")
    result = screen_quantities(
        flows["value_kusd"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        flows["gross_t"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        code_number(flows),
        flows["year"].to_numpy(),
        flows["exporter"].cast(pl.Categorical).to_physical().to_numpy(),
    )
    stated = (flows[OWN] & flows["gross_t"].is_not_null()).to_numpy()
    kept = ~stated[result.row]
    changed = np.zeros(flows.height, dtype=bool)
    changed[result.row[kept]] = True
    corrections = flows[result.row[kept]].select(
        "year",
        "exporter",
        "importer",
        "hs92",
        "value_kusd",
        pl.col("gross_t").alias("was_t"),
        pl.Series("now_t", result.now[kept]),
        pl.Series("why", np.asarray(result.why)[kept]),
    )
    quantity = np.where(stated, flows["gross_t"].cast(pl.Float64).to_numpy(), result.quantity)
    screened_flows = flows.with_columns(
        pl.Series("gross_t", quantity).fill_nan(None), pl.Series("changed", changed)
    )
    return screened_flows, corrections


def code_number(flows: pl.DataFrame) -> NDArray[np.int64]:
    """Customs codes as integers, faster to group than text."""
    return flows["hs92"].cast(pl.Int64).to_numpy()


@lru_cache(maxsize=32)
def corrections(year: int) -> pl.DataFrame:
    """What screening changed in one year."""
    return screened()[1].filter(pl.col("year") == year)


@lru_cache(maxsize=1)
def coded() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part and content per commodity, stage and usable code: for all exporters, and for those that differ."""
    general = (
        read("trade_codes")
        .filter(pl.col("in_trade") & pl.col("usable"))
        .select(
            "commodity",
            "stage",
            "hs92",
            pl.col("share_best").alias("share"),
            pl.col("content_best").alias("content"),
        )
    )
    named = read("trade_code_exporters").select("commodity", "stage", "hs92", "exporter", "share", "content")
    return general, named


def contained_flows(year: int) -> pl.DataFrame:
    """Flows of a year per commodity and stage: contained tonnes, gross tonnes, value; network §1."""
    return contained(screened()[0].filter(pl.col("year") == year), coded()[0]).drop("year")


@lru_cache(maxsize=64)
def flows_over_years(commodity: str) -> pl.DataFrame:
    """Flows of one commodity or group in every year, per stage: contained tonnes, gross tonnes, value."""
    codes = coded()[0].filter(pl.col("commodity") == commodity)
    return contained(screened()[0].filter(pl.col("hs92").is_in(codes["hs92"].to_list())), codes)


def contained(flows: pl.DataFrame, general: pl.DataFrame) -> pl.DataFrame:
    """Screened flows as contained tonnes per year, commodity, stage, exporter and importer.

    `contained = gross x share x content`, with the exporter's own share and content where they differ.
    """
    named = coded()[1]
    rest = named.filter(pl.col("exporter") == "OTH").drop("exporter")
    keys = ["commodity", "stage", "hs92"]
    joined = (
        flows.join(general, on="hs92")
        .join(named.filter(pl.col("exporter") != "OTH"), on=[*keys, "exporter"], how="left", suffix="_own")
        .join(rest, on=keys, how="left", suffix="_rest")
        .with_columns(
            pl.coalesce("share_own", "share_rest", "share").alias("part"),
            pl.coalesce("content_own", "content_rest", "content").alias("holds"),
        )
        .filter(pl.col("part") > 0)
    )
    return joined.group_by("year", "commodity", "stage", "exporter", "importer").agg(
        (pl.col("gross_t") * pl.col("part") * pl.col("holds")).sum().alias("contained_t"),
        (pl.col("gross_t") * pl.col("part")).sum().alias("gross_t"),
        (pl.col("value_kusd").cast(pl.Float64) * pl.col("part")).sum().alias("value_kusd"),
        (pl.col("gross_t") * pl.col("part") * pl.col("changed")).sum().alias("changed_t"),
    )


@lru_cache(maxsize=1)
def production_rows() -> pl.DataFrame:
    """Preferred production rows of every commodity and stage, mine and later stages together."""
    mine = laid_over("mine_production").filter("preferred").with_columns(pl.lit("mine").alias("stage"))
    later = laid_over("refinery_production").filter("preferred")
    columns = [
        "commodity",
        "stage",
        "country",
        "year",
        "value",
        "low",
        "high",
        "source_id",
        "qualifier",
        "confidence",
    ]
    return pl.concat([mine.select(columns), later.select(columns)]).filter(
        pl.col("value").is_not_null() & ~pl.col("country").is_in(["WLD", "EU27"])
    )


@lru_cache(maxsize=1)
def holes() -> dict[tuple[str, str, int], tuple[str, ...]]:
    """Commodity, stage and year -> makers that its sources leave out though each made a fifth of output nearby.

    Nearby is the nearest year with a figure of it, at most three away. A figure of nought is no hole; nor is a country
    in a year in which one that it succeeded still stands, nor one that has been succeeded. Output in such a year is
    unknown by country: shares of those who report would be taken for the world's.
    """
    rows = production_rows().group_by("commodity", "stage", "year", "country").agg(pl.col("value").sum())
    shares = rows.with_columns(
        (pl.col("value") / pl.col("value").sum().over("commodity", "stage", "year")).alias("share")
    )
    past = {
        code: set(str(after or "").split(";"))
        for code, after in read("countries")
        .filter(pl.col("kind") == "past")
        .select("iso3", "succeeded_by")
        .iter_rows()
    }
    found: dict[tuple[str, str, int], tuple[str, ...]] = {}
    for (commodity, stage), part in shares.group_by("commodity", "stage"):
        seen: dict[str, dict[int, float]] = {}
        for country, year, share in part.select("country", "year", "share").iter_rows():
            seen.setdefault(country, {})[year] = share
        for year in part["year"].unique():
            there = {c for c, years in seen.items() if year in years}
            formerly = set().union(*(past[c] for c in there if c in past))
            missing = []
            for country in seen.keys() - there - past.keys() - formerly - {"OTH"}:
                away = min(abs(y - year) for y in seen[country])
                nearby = (seen[country].get(year - away, 0.0), seen[country].get(year + away, 0.0))
                if away <= YEARS_NEAR and max(nearby) >= HOLE:
                    missing.append(country)
            if missing:
                found[str(commodity), str(stage), int(year)] = tuple(sorted(missing))
    return found


@lru_cache(maxsize=1)
def production_years() -> dict[tuple[str, str], tuple[int, ...]]:
    """Years with production by country and no large maker left out, per commodity and stage."""
    rows = production_rows().group_by("commodity", "stage").agg(pl.col("year").unique().sort())
    return {(c, s): tuple(y for y in years if (c, s, y) not in holes()) for c, s, years in rows.iter_rows()}


def nearest_year(commodity: str, stage: str, year: int) -> int | None:
    """The production year nearest to the one asked, at most three away, earlier before later; None beyond."""
    years = [y for y in production_years().get((commodity, stage), ()) if abs(y - year) <= YEARS_NEAR]
    return min(years, key=lambda y: (abs(y - year), y > year)) if years else None


@lru_cache(maxsize=32)
def books(year: int) -> YearBooks:
    """All stage books of a year."""
    at = position()
    count = len(at)
    flows = contained_flows(year).filter(
        pl.col("exporter").is_in(list(at))
        & pl.col("importer").is_in(list(at))
        & (pl.col("exporter") != pl.col("importer"))
    )
    matrices: dict[tuple[str, str], tuple[Floats, Floats, Floats, float]] = {}
    for (commodity, stage), part in flows.group_by(["commodity", "stage"]):
        row = np.array([at[c] for c in part["exporter"]])
        column = np.array([at[c] for c in part["importer"]])
        arrays = []
        for name in ("contained_t", "value_kusd", "gross_t"):
            matrix = np.zeros((count, count))
            np.add.at(matrix, (row, column), part[name].fill_null(0.0).to_numpy())
            arrays.append(matrix)
        changed = float(part["changed_t"].fill_null(0.0).sum())
        total = float(part["gross_t"].fill_null(0.0).sum())
        matrices[str(commodity), str(stage)] = (*arrays, changed / total if total else 0.0)  # type: ignore[assignment]
    rows = production_rows()
    wanted = {(c, s) for c, stages in modelled().items() for s in stages} | set(matrices)
    found = {}
    for commodity, stage in sorted(wanted):
        counted = whole_groups().get(commodity, commodity)
        near = nearest_year(counted, stage, year)
        part = (
            rows.filter(
                (pl.col("commodity") == counted) & (pl.col("stage") == stage) & (pl.col("year") == near)
            )
            if near is not None
            else rows.clear()
        )
        made = None
        if part.height:
            made = np.zeros(count)
            np.add.at(made, [at[c] for c in part["country"]], part["value"].to_numpy())
        soft = part.filter((pl.col("qualifier") == "derived") | (pl.col("confidence") == "assumption"))
        total = float(part["value"].sum() or 0.0)
        trade = matrices.get((commodity, stage))
        found[commodity, stage] = StageBook(
            commodity,
            stage,
            made,
            near if made is not None else None,
            tuple(sorted(part["source_id"].unique().to_list())),
            float(soft["value"].sum() or 0.0) / total if total else 0.0,
            trade[0] if trade else None,
            trade[1] if trade else None,
            trade[2] if trade else None,
            trade[3] if trade else 0.0,
        )
    return YearBooks(year, found, corrections(year))
