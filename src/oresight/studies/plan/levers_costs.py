"""What a plant costs where its owner has not said: reference classes from the table of costs (plan §1).

Figures on different bases are never mixed: a row counts only where the table says how to bring it to the
commodity's own contained basis. Where a commodity has no such row, the ratio to its value added that the same stage
shows across all other commodities stands in, marked as an assumption.
"""

from dataclasses import dataclass
from functools import lru_cache
from statistics import median

import polars as pl

from oresight.catalog.overlay import laid_over
from oresight.core.errors import DataError
from oresight.studies.chains import input_share, recovery_of
from oresight.studies.markets import baseline_price, prior
from oresight.studies.track.capacity import climbed

DISTANT = ("CHN",)
"""Regions whose costs are not those of a plant elsewhere."""
LEDGER_MIN = 2
"""Fewest projects of the ledger whose stated capital makes a reference class."""


@dataclass(frozen=True)
class ReferenceCost:
    """Cost of a new plant of a kind.

    Args:
        capital: [USD per t/yr of the commodity's own basis], before overrun.
        operating: Without feed [USD/t].
        lead_time: From decision to first output [yr].
        source: Ids of the sources, or `assumption`.
        confidence: Of the weakest figure.
        how: How it was found, in words.
    """

    capital: float
    operating: float
    lead_time: float
    source: str
    confidence: str
    how: str


@lru_cache(maxsize=1)
def cost_rows() -> pl.DataFrame:
    """Rows of costs outside the distant regions, brought to the commodity's own basis."""
    return (
        laid_over("costs")
        .filter(
            pl.col("commodity").is_not_null()
            & pl.col("to_basis").is_not_null()
            & ~pl.col("region").fill_null("").is_in(DISTANT)
            & ~(pl.col("route").str.contains("China") & ~pl.col("route").str.contains("outside|OECD"))
        )
        .with_columns(
            (pl.col("capex_usd_per_tpa") / pl.col("to_basis")).alias("capital"),
            (pl.col("opex_usd_per_t") / pl.col("to_basis")).alias("operating"),
        )
    )


def value_added(commodity: str, stage: str) -> float:
    """Price less the feed a tonne takes at its price [USD/t]; at least a twentieth of the price."""
    price = baseline_price(commodity, stage)[0]
    feed = sum(amount * baseline_price(*product)[0] for product, amount in feed_of(commodity, stage))
    return max(price - feed, 0.05 * price)


@lru_cache(maxsize=256)
def feed_of(commodity: str, stage: str) -> tuple[tuple[tuple[str, str], float], ...]:
    """What a tonne of output takes: ((commodity, stage), t per t), scrap left out; empty where nothing is modelled.

    per tonne = input share / recovery                                                      network §3
    """
    row = (
        laid_over("stages")
        .filter((pl.col("commodity") == commodity) & (pl.col("stage") == stage))
        .row(0, named=True)
    )
    if row["input_commodity"] is None:
        return ()
    amount = input_share(commodity, stage) / recovery_of(commodity, stage)
    return (((str(row["input_commodity"]), str(row["input_stage"])), amount),) if amount > 0 else ()


@lru_cache(maxsize=256)
def reference_cost(commodity: str, stage: str) -> ReferenceCost:
    """The reference class of a commodity and stage                                         plan §1

    Medians over the rows of the commodity and stage. Capital no row has is the median of what projects of the ledger
    state, where at least two do; a figure nobody has is the stage's median ratio to the value added per tonne, and
    then an assumption.
    """
    rows = cost_rows().filter((pl.col("commodity") == commodity) & (pl.col("stage") == stage))
    added = value_added(commodity, stage)
    found: dict[str, float] = {}
    how, sources, ranks = [], [], []
    for name in ("capital", "operating"):
        known = rows.filter(pl.col(name) > 0)
        if known.height:
            found[name] = float(median(known[name].to_list()))
            sources += known["source_id"].to_list()
            ranks += known["confidence"].to_list()
            how.append(f"{name}: median of {known.height} cost row{'' if known.height == 1 else 's'}")
        elif name == "capital" and len(stated := ledger_capital(commodity, stage)) >= LEDGER_MIN:
            found[name] = float(median(each for each, _, _ in stated))
            sources += [source for _, source, _ in stated]
            ranks += [confidence for _, _, confidence in stated]
            how.append(f"{name}: median of {len(stated)} projects of the ledger, joint products by revenue")
        else:
            found[name] = stage_ratio(stage, name) * added
            sources.append("assumption")
            ranks.append("assumption")
            how.append(f"{name}: {stage_ratio(stage, name):.2g} x value added, as other {stage} plants")
    lead = rows.filter(pl.col("lead_time_years").is_not_null())["lead_time_years"].to_list()
    if lead:
        found["lead"] = float(median(lead))
    else:
        found["lead"] = stage_lead(stage)
        how.append(f"lead time: {found['lead']:g} years, as other {stage} plants")
    order = ("assumption", "unverified", "low", "medium", "high")
    return ReferenceCost(
        found["capital"],
        found["operating"],
        found["lead"],
        ";".join(sorted(set(sources))),
        min(ranks, key=order.index),
        "; ".join(how),
    )


@lru_cache(maxsize=256)
def ledger_capital(commodity: str, stage: str) -> tuple[tuple[float, str, str], ...]:
    """What projects of the ledger state as capital for a product: (USD per t/yr, source, confidence)     plan §1

    capital x price / (what the project's whole nameplate earns in a year at baseline prices): joint products and
    stages carry it by revenue. Projects with an output of unknown size, content or price are left out.
    """
    earned: dict[str, float] = {}
    makes: set[str] = set()
    for row in laid_over("project_outputs").iter_rows(named=True):
        size = climbed(row)["nameplate"]
        try:
            price = baseline_price(row["commodity"], row["stage"])[0]
        except DataError:
            price = float("nan")
        worth = (
            float("nan") if size is None or row["content"] is None else size * float(row["content"]) * price
        )
        earned[row["project"]] = earned.get(row["project"], 0.0) + worth
        if (row["commodity"], row["stage"]) == (commodity, stage):
            makes.add(row["project"])
    price = baseline_price(commodity, stage)[0]
    return tuple(
        (float(row["capex_usd"]) * price / earned[row["id"]], str(row["source_id"]), str(row["confidence"]))
        for row in laid_over("projects").iter_rows(named=True)
        if row["id"] in makes and row["capex_usd"] and earned[row["id"]] > 0
        and row["status"] != "cancelled" and row["country"] not in DISTANT
    )  # fmt: skip


@lru_cache(maxsize=16)
def stage_ratio(stage: str, name: str) -> float:
    """Median over commodities of capital or operating cost over value added at a stage [1]."""
    rows = cost_rows().filter((pl.col("stage") == stage) & (pl.col(name) > 0))
    ratios = []
    for commodity in sorted(set(rows["commodity"].to_list())):
        try:
            added = value_added(commodity, stage)
        except (DataError, pl.exceptions.OutOfBoundsError, IndexError):
            continue
        ratios.append(float(median(rows.filter(pl.col("commodity") == commodity)[name].to_list())) / added)
    if not ratios:
        raise DataError(f"no cost of any {stage} plant", "add rows to data/curated/costs.csv")
    return float(median(ratios))


@lru_cache(maxsize=8)
def stage_lead(stage: str) -> float:
    """Median lead time of plants of a stage [yr]."""
    rows = cost_rows().filter((pl.col("stage") == stage) & pl.col("lead_time_years").is_not_null())
    return float(median(rows["lead_time_years"].to_list()))


def overrun() -> float:
    """Capital as spent over capital as estimated [1]."""
    return prior("capital-overrun")[1]
