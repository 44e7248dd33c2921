"""The field's indicators for every commodity and buyer in a year: reliance, concentration, GeoPolRisk, N-1, cover.

One pass over all commodities and countries; the question picks rows from it. Measures §1-§6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oresight.catalog.store import folder, read
from oresight.core.answer import Answer, Assumption, Column, sheet
from oresight.core.coalition import Coalition
from oresight.measure.cover import cover
from oresight.measure.geopolrisk import ImportRows, geopolrisk
from oresight.measure.herfindahl import herfindahl
from oresight.measure.n_minus_1 import n_minus_1
from oresight.measure.reliance import net_import_reliance
from oresight.measure.supply_risk import sourcing_concentration, supply_risk
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.books import TRADE_FIRST, TRADE_LAST, countries, modelled, position
from oresight.studies.chains import chain
from oresight.studies.dependence import expand, traded_book
from oresight.studies.situation import stocks_held

Floats = NDArray[np.float64]

COLUMNS = (
    Column("commodity", "commodity, id"),
    Column("buyer", "country or coalition"),
    Column("year", "calendar year", "", "integer"),
    Column("stage", "stage the indicators are of"),
    Column(
        "net_import_reliance", "net imports over apparent consumption; 0 for a net exporter", "1", "share"
    ),
    Column("herfindahl_producers", "sum of squared shares of the world's makers", "1", "number"),
    Column("herfindahl_suppliers", "sum of squared shares of the buyer's suppliers", "1", "number"),
    Column("geopolrisk", "GeoPolRisk score", "1", "number"),
    Column("geopolrisk_factor", "GeoPolRisk characterisation factor", "kg Cu-eq/kg", "number"),
    Column("n_minus_1_gross", "share of world use met without the largest maker", "1", "share"),
    Column("n_minus_1_net", "the same, the largest maker's own use left out", "1", "share"),
    Column("leader", "largest maker"),
    Column("cover_days", "published stocks against use; a lower bound", "days", "number"),
    Column("supply_risk", "EU formula of 2017-2023 on this year's data, for the EU as buyer", "1", "number"),
    Column("supply_risk_2023", "supply risk the EU published in 2023, second-hand", "1", "number"),
    Column("quality", "grade of the figures, A to D"),
)


@dataclass(frozen=True)
class Year:
    """Arrays of one year over commodities and the axis `countries()`, all at the last stage of the chain.

    Args:
        commodity: Ids along the first axis. stage: The stage. grade: Quality.
        made, used: (commodity, country) [t]. trade: (commodity, supplier, buyer) [t].
        rows: Imports of the stage that customs record. covered: Whether they do (commodity).
        counted: Output at that stage (commodity, country) [t].
        risk: Political-stability risk (country) [1], 0..1, nan where none is published.
    """

    commodity: tuple[str, ...]
    stage: tuple[str, ...]
    grade: tuple[str, ...]
    made: Floats
    used: Floats
    trade: Floats
    rows: ImportRows
    covered: NDArray[np.bool_]
    counted: Floats
    risk: Floats


def arrays(year: int) -> Year:
    """All commodities and countries of a year as arrays."""
    return _arrays(year, str(folder()))


@lru_cache(maxsize=8)
def _arrays(year: int, catalogue: str) -> Year:
    at, count = position(), len(countries())
    wanted = [c for c in modelled() if c in names.commodity_labels() and chain(c, year) is not None]
    made, used = np.zeros((len(wanted), count)), np.zeros((len(wanted), count))
    trade = np.zeros((len(wanted), count, count))
    parts: list[tuple[NDArray[np.int_], ...]] = []
    amounts: list[tuple[Floats, Floats]] = []
    stages, grades = [], []
    covered = np.zeros(len(wanted), dtype=bool)
    counted = np.zeros_like(made)
    for k, commodity in enumerate(wanted):
        balanced = chain(commodity, year)
        assert balanced is not None
        here = np.array([at[c] for c in balanced.countries])
        last = balanced.chain.stages[-1]
        made[k, here], used[k, here] = last.production, last.consumption
        trade[k][np.ix_(here, here)] = last.trade
        stages.append(balanced.stages[-1])
        grades.append(balanced.grade)
        book = traded_book(commodity, year)
        if (
            book is not None
            and book.trade is not None
            and book.value is not None
            and book.stage in balanced.stages
        ):
            covered[k] = True
            counted[k, here] = balanced.chain.stages[balanced.stages.index(book.stage)].production
            supplier, buyer = np.nonzero(book.trade)
            parts.append((np.full(supplier.size, k), supplier, buyer))
            amounts.append((book.trade[supplier, buyer], book.value[supplier, buyer]))
    joined = [np.concatenate([p[i] for p in parts]) for i in range(3)]
    rows = ImportRows(*joined, *(np.concatenate([a[i] for a in amounts]) for i in range(2)))
    return Year(
        tuple(wanted),
        tuple(stages),
        tuple(grades),
        made,
        used,
        trade,
        rows,
        covered,
        counted,
        stability(year),
    )


def stability(year: int) -> Floats:
    """Political-stability risk by country, of the nearest published year [1]; nan where none is."""
    rows = read("governance").filter(pl.col("stability_risk").is_not_null())
    near = (
        rows.with_columns((pl.col("year") - year).abs().alias("away"))
        .sort("away", "year")
        .group_by("country")
        .first()
    )
    risk = np.full(len(countries()), np.nan)
    at = position()
    for country, value in near.select("country", "stability_risk").iter_rows():
        if country in at:
            risk[at[country]] = value
    return risk


def indicators(
    who: str = names.DEFAULT_COALITION, commodity: Sequence[str] = (), year: int = TRADE_LAST
) -> Answer:
    """The indicators of a country, or of a coalition as one buyer, per commodity.

    Raises:
        StudyError: A name or year is unknown.
    """
    buyers = names.coalition(who)
    names.year(year, TRADE_FIRST, TRADE_LAST)
    wanted = expand(commodity)
    held = arrays(year)
    records = [r for r in of_buyer(held, buyers, year) if r["commodity"] in wanted]
    risky = max(
        (r for r in records if r["geopolrisk"] is not None),
        key=lambda r: float(str(r["geopolrisk"])),
        default=None,
    )
    left = min(
        (r for r in records if r["n_minus_1_net"] is not None),
        key=lambda r: float(str(r["n_minus_1_net"])),
        default=None,
    )
    labels = names.commodity_labels()
    text = f"{buyers.label[0].upper()}{buyers.label[1:]}, {year}: "
    text += (
        f"the highest GeoPolRisk score is {labels[str(risky['commodity'])].lower()}'s"
        if risky
        else "no score is known"
    )
    if left:
        text += (
            f"; without its largest maker, {left['leader']}, the rest of the world could have "
            f"{float(str(left['n_minus_1_net'])):.0%} of its {labels[str(left['commodity'])].lower()}"
        )
    return Answer(
        "indicators",
        f"What do the field's indicators say of {buyers.label}?",
        text + ".",
        (sheet("indicators", f"Indicators of {buyers.label}, {year}", COLUMNS, records),),
        basis(
            (*CHAIN_TABLES, "governance", "stocks", "eu_criticality"),
            (
                *CHAIN_RULES,
                "measure §1",
                "measure §2",
                "measure §3",
                "measure §4",
                "measure §5",
                "measure §6",
            ),
            (
                *CHAIN_ASSUMPTIONS,
                Assumption(
                    "measure §4",
                    "political stability alone stands for the EU's six dimensions; "
                    "no trade factor beyond 1, no substitution beyond the 2023 index",
                ),
            ),
            (
                "GeoPolRisk is of the last stage customs record and unknown where none does.",
                "Cover counts published stocks only.",
            ),
        ),
        {"buyer": buyers.id, "members": list(buyers.members), "year": year},
    )


def of_buyer(held: Year, buyers: Coalition, year: int) -> list[dict[str, object]]:
    """Records of one buyer, all commodities at once."""
    at = position()
    flags = np.zeros(len(countries()), dtype=bool)
    flags[[at[m] for m in buyers.members if m in at]] = True
    made = held.made[:, flags].sum(axis=1)
    bought = held.trade[:, ~flags][:, :, flags].sum(axis=(1, 2))
    sold = held.trade[:, flags][:, :, ~flags].sum(axis=(1, 2))
    reliance = np.maximum(net_import_reliance(made, bought, sold), 0.0)
    outside = np.where(flags[None, :], 0.0, held.trade[:, :, flags].sum(axis=2))
    score = geopolrisk(held.counted, held.rows, held.risk, regions=flags[None, :], covered=held.covered)
    spare = n_minus_1(held.made, held.used)
    stock = np.array(
        [v if (v := stocks_held(c, buyers.members)) is not None else np.nan for c in held.commodity]
    )
    days = cover(stock, held.used[:, flags].sum(axis=1))
    published = eu_published()
    risk = eu_risk(held, flags) if set(names.coalition("eu27").members) <= set(buyers.members) else None
    makers, suppliers = herfindahl(held.made, axis=1), herfindahl(outside, axis=1)
    return [
        {
            "commodity": c, "buyer": buyers.id, "year": year, "stage": held.stage[k],
            "net_import_reliance": reliance[k], "herfindahl_producers": makers[k], "herfindahl_suppliers": suppliers[k],
            "geopolrisk": score.score[k, -1], "geopolrisk_factor": score.factor[k, -1],
            "n_minus_1_gross": spare.gross[k], "n_minus_1_net": spare.net[k],
            "leader": names.label(countries()[spare.leader[k]]) if spare.leader[k] >= 0 else None,
            "cover_days": days[k], "supply_risk": risk[k] if risk is not None else None,
            "supply_risk_2023": published.get(c, {}).get("supply_risk"), "quality": held.grade[k],
        }
        for k, c in enumerate(held.commodity)
    ]  # fmt: skip


def eu_published() -> dict[str, dict[str, float | None]]:
    """Published EU results of 2023 by commodity."""
    rows = read("eu_criticality").filter(pl.col("commodity").is_not_null())
    return {r["commodity"]: r for r in rows.iter_rows(named=True)}


def eu_risk(held: Year, flags: NDArray[np.bool_]) -> Floats:
    """Supply risk by the EU formula on this year's flows (commodity) [1]; nan where its indices are unknown."""
    published = eu_published()
    sourced = held.trade[:, :, flags].sum(axis=2) + np.where(flags[None, :], held.made, 0.0)
    sourced = np.where(flags[None, :], held.made, sourced)
    risk = np.where(np.isnan(held.risk), 0.5, held.risk) * 10.0
    made, bought = held.made[:, flags].sum(axis=1), held.trade[:, ~flags][:, :, flags].sum(axis=(1, 2))
    sold = held.trade[:, flags][:, :, ~flags].sum(axis=(1, 2))
    recycled, substitute = (
        np.array(
            [
                published.get(c, {}).get(f) if published.get(c, {}).get(f) is not None else np.nan
                for c in held.commodity
            ],
            dtype=float,
        )
        for f in ("recycling_input_rate", "substitution_sr")
    )
    return supply_risk(
        sourcing_concentration(held.made, risk, axis=1),
        sourcing_concentration(sourced, risk, axis=1),
        np.clip(net_import_reliance(made, bought, sold), 0.0, 1.0),
        recycled,
        substitute,
    )
