"""The sheets of a back-test: targets, episodes, points, paths, drivers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from oresight.core.answer import Column, Sheet, sheet
from oresight.studies.backtest.episodes import OUTSIDE
from oresight.studies.backtest.replay import Replay, partial_rank_correlations
from oresight.studies.backtest.scores import (
    BAND,
    Score,
    coverage,
    median_error,
    no_change_error,
    outside_verified,
)

ERROR_TARGET = 0.30
COVERAGE_TARGET = 0.80
NULL_TARGET = 1.5


def target_sheet(replays: Sequence[Replay], scores: Sequence[Score]) -> Sheet:
    """What was to be reached and whether it was."""
    outside = outside_verified(scores)
    annual = [s for s in outside if s.row.annual and s.row.kind != "ask"]
    real = [r.episode.id for r in replays if not r.episode.null_case]
    beaten = []
    for name in real:
        mine = [s for s in outside if s.episode.id == name]
        mine = mine or [s for s in scores if s.episode.id == name]
        if mine:
            ours, still = median_error(mine), no_change_error(mine)
            beaten.append(ours is not None and still is not None and ours < still)
    null_ids = [r.episode.id for r in replays if r.episode.null_case]
    null = [s.median for s in scores if s.episode.null_case and s.row.kind != "inside"]
    records: list[dict[str, Any]] = [
        target("annual prices outside: median |log error|", median_error(annual), ERROR_TARGET, len(annual)),
        target(
            "annual prices outside: share in P5-P95", coverage(annual), COVERAGE_TARGET, len(annual), True
        ),
        target(
            'real episodes in which "no change" is beaten',
            float(np.mean(beaten)) if beaten else None,
            1.0,
            len(beaten),
            True,
        ),
        target(
            "null episodes: greatest median multiple", max(null) if null else None, NULL_TARGET, len(null)
        ),
        target("null episodes: greatest median of any month", quiet(replays), NULL_TARGET, len(null_ids)),
    ]
    return sheet(
        "targets",
        "What the back-test has to reach",
        (
            Column("target", "what is asked"),
            Column("value", "what was reached", "", "number"),
            Column("goal", "what was to be reached", "", "number"),
            Column("count", "points or episodes it rests on", "", "integer"),
            Column("met", "whether it was reached; unknown without points", "", "flag"),
        ),
        records,
    )


def quiet(replays: Sequence[Replay]) -> float | None:
    """Greatest median multiple outside in any month of the null episodes [1]; None without one."""
    found = [
        float(np.median(prices, axis=1).max())
        for one in replays
        if one.episode.null_case
        for (_, region), prices in one.prices.items()
        if region == OUTSIDE
    ]
    return max(found) if found else None


def target(name: str, value: float | None, goal: float, count: int, at_least: bool = False) -> dict[str, Any]:
    """One line of the targets."""
    met = None if value is None else (value >= goal if at_least else value <= goal)
    return {"target": name, "value": value, "goal": goal, "count": count, "met": met}


def episode_sheet(replays: Sequence[Replay], scores: Sequence[Score]) -> Sheet:
    """Errors and coverage by episode and kind of price, verified and not, and over all."""
    records = []
    groups: list[tuple[str, list[Score]]] = [
        (r.episode.id, [s for s in scores if s.episode.id == r.episode.id]) for r in replays
    ]
    groups.append(("all episodes", list(scores)))
    for name, members in groups:
        for verified in (True, False):
            for kind in ("outside", "ask", "deal", "inside"):
                mine = [s for s in members if s.row.kind == kind and s.row.verified == verified]
                if mine:
                    records.append(group_record(name, kind, verified, mine))
        outside = outside_verified(members)
        if outside:
            records.append(group_record(name, "all outside", True, outside))
    return sheet(
        "episodes",
        "Errors and coverage by episode and kind of price",
        (
            Column("episode", "episode"),
            Column("kind", "quotation outside, asking price, deal or quotation inside"),
            Column("verified", "whether prices and base can be traced", "", "flag"),
            Column("count", "observed prices", "", "integer"),
            Column("error", "median |log error| of the model", "log", "number"),
            Column("error_no_change", 'median |log error| of "no change"', "log", "number"),
            Column("bias", "median log error: above 0 the model is too high", "log", "number"),
            Column("coverage", "share of prices in P5-P95", "1", "share"),
            Column("width", "median of P95 over P5: how much the band says", "1", "number"),
        ),
        records,
    )


def group_record(name: str, kind: str, verified: bool, mine: Sequence[Score]) -> dict[str, Any]:
    """One line of the episode sheet."""
    return {
        "episode": name,
        "kind": kind,
        "verified": verified,
        "count": len(mine),
        "error": median_error(mine),
        "error_no_change": no_change_error(mine),
        "bias": float(np.median([s.error for s in mine])),
        "coverage": coverage(mine),
        "width": float(np.median([s.high / s.low for s in mine])),
    }


def point_sheet(scores: Sequence[Score]) -> Sheet:
    """Every observed price beside the model's band."""
    multiple = "multiple of the base price"
    return sheet(
        "points",
        "Every observed price beside the model's band",
        (
            Column("episode", "episode"),
            Column("label", "which price"),
            Column("kind", "quotation outside, asking price, deal or quotation inside"),
            Column("start", "first month", "", "date"),
            Column("end", "last month", "", "date"),
            Column("observed", f"seen, {multiple}", "1", "number"),
            Column("p5", f"5 % of draws lie below, {multiple}", "1", "number"),
            Column("p50", f"median, {multiple}", "1", "number"),
            Column("p95", f"5 % of draws lie above, {multiple}", "1", "number"),
            Column("inside_band", "whether the seen price lies in P5-P95", "", "flag"),
            Column("log_error", "ln of median over seen", "log", "number"),
            Column("log_error_no_change", 'the same for "no change"', "log", "number"),
            Column("verified", "whether price and base can be traced", "", "flag"),
            Column("source", "where the price was read"),
        ),
        [
            {
                "episode": s.episode.id,
                "label": s.row.label,
                "kind": s.row.kind,
                "start": s.row.start.isoformat(),
                "end": s.row.last.isoformat(),
                "observed": s.row.observed,
                "p5": s.low,
                "p50": s.median,
                "p95": s.high,
                "inside_band": s.inside_band,
                "log_error": s.error,
                "log_error_no_change": s.error_no_change,
                "verified": s.row.verified,
                "source": s.row.source,
            }
            for s in scores
        ],
    )


def path_sheet(replays: Sequence[Replay]) -> Sheet:
    """Price bands month by month, the model's own, without the discrepancy."""
    records = []
    for one in replays:
        start = one.episode.announced
        for (product, region), prices in one.prices.items():
            place = {one.episode.actor: "inside", OUTSIDE: "outside"}.get(region, region)
            bands = np.quantile(prices, BAND, axis=1)
            for month in range(one.months):
                year, rest = divmod(start.year * 12 + start.month - 1 + month, 12)
                records.append(
                    {
                        "episode": one.episode.id,
                        "product": product,
                        "place": place,
                        "month": f"{year}-{rest + 1:02d}",
                        "p5": float(bands[0, month]),
                        "p50": float(bands[1, month]),
                        "p95": float(bands[2, month]),
                    }
                )
    return sheet(
        "path",
        "Prices month by month",
        (
            Column("episode", "episode"),
            Column("product", "element or metal"),
            Column("place", "inside the restricting country, outside, or a named target"),
            Column("month", "month", "", "date"),
            Column("p5", "5 % of draws lie below, multiple", "1", "number"),
            Column("p50", "median, multiple", "1", "number"),
            Column("p95", "5 % of draws lie above, multiple", "1", "number"),
        ),
        records,
    )


def driver_sheet(replays: Sequence[Replay]) -> Sheet:
    """Which parameters move the mean price outside: partial rank correlation, by episode and over all."""
    found: dict[str, list[float]] = {}
    for one in replays:
        series = [np.log(p) for (_, region), p in one.prices.items() if region == OUTSIDE]
        if not series:
            continue
        mean = np.mean([s.mean(axis=0) for s in series], axis=0)
        if np.ptp(mean) == 0 or mean.size <= 2 * len(one.draws):
            continue
        own = {n: v for n, v in one.draws.items() if n != "discrepancy"}
        for name, value in partial_rank_correlations(own, mean).items():
            found.setdefault(name, []).append(value)
    order = sorted(found, key=lambda n: -float(np.mean(np.abs(found[n]))))
    return sheet(
        "drivers",
        "Which parameters move the price outside",
        (
            Column("parameter", "name in the table priors"),
            Column("strength", "mean absolute partial rank correlation over episodes", "1", "number"),
            Column("direction", "mean partial rank correlation over episodes", "1", "number"),
        ),
        [
            {
                "parameter": name,
                "strength": float(np.mean(np.abs(found[name]))),
                "direction": float(np.mean(found[name])),
            }
            for name in order
        ],
    )
