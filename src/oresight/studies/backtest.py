"""Back-test: how well would the months model have foretold the prices of past export restrictions?

Each episode is replayed from what was known before it (months §8): baseline flows, announced measures and the
declared priors, one set for all. Nothing is fitted to an episode.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from oresight.catalog import store
from oresight.core.answer import Answer, Assumption, Column, Sheet, sheet
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.studies.backtest_episodes import (
    OUTSIDE,
    EpisodeRow,
    PriceRow,
    catalogue_episodes,
    read_episodes,
)
from oresight.studies.backtest_replay import Replay, partial_rank_correlations, replay
from oresight.studies.basis import basis

DRAWS = 512
DRAWS_MAX = 20_000
SEED = 20100708
BAND = (0.05, 0.5, 0.95)

ERROR_TARGET = 0.30
COVERAGE_TARGET = 0.80
NULL_TARGET = 1.5

RULES = (*(f"months §{n}" for n in range(1, 9)), "market §1", "market §4", "market §6", "market §7")


@dataclass(frozen=True)
class Score:
    """One observed price beside what the model said of it."""

    episode: EpisodeRow
    row: PriceRow
    low: float
    median: float
    high: float

    @property
    def error(self) -> float:
        """Log error of the median [log]."""
        return float(np.log(self.median / self.row.observed))

    @property
    def error_no_change(self) -> float:
        """Log error of saying that nothing happens [log]."""
        return float(-np.log(self.row.observed))

    @property
    def inside_band(self) -> bool:
        """Whether the observed price lies in P5-P95."""
        return self.low <= self.row.observed <= self.high


def backtest(
    episodes: Path | str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    reporter: Reporter = silent,
) -> Answer:
    """Replay past export restrictions and compare with the prices seen.                  months §8

    Args:
        episodes: A TOML file of episodes (docs/backtest.md); the catalogue's own when None.
        draws: Draws of the priors per episode, a power of two keeps them balanced.
        seed: Of the Sobol scrambling.
        reporter: Told the share done; may cancel.

    Returns:
        Sheets `targets`, `episodes`, `points`, `path` and `drivers`.

    Raises:
        DataError: The file is wrong; names the place.
        StudyError: Too few or too many draws, or a measure that cannot be.
    """
    if not 8 <= draws <= DRAWS_MAX:
        raise StudyError(f"{draws} draws", f"choose between 8 and {DRAWS_MAX}", {"draws": draws})
    rows = catalogue_episodes() if episodes is None else read_episodes(Path(episodes))
    ranges = prior_ranges()
    replays: list[Replay] = []
    for at, episode in enumerate(rows):
        report(reporter, at / len(rows), f"replaying {episode.id}")
        replays.append(replay(episode, ranges, draws, seed))
    report(reporter, 1.0, "scoring")
    scores = [score for one in replays for score in scored(one)]
    targets = target_sheet(replays, scores)
    return Answer(
        study="backtest",
        question="Would the model have foretold what export restrictions of the past did to prices?",
        finding=finding(targets, scores),
        sheets=(
            targets,
            episode_sheet(replays, scores),
            point_sheet(scores),
            path_sheet(replays),
            driver_sheet(replays),
        ),
        basis=basis(
            ("episodes", "episode_products", "episode_measures", "episode_points", "prices", "priors")
            if episodes is None
            else ("priors",),
            RULES,
            (
                Assumption("priors", "one set of uniform ranges for all episodes, none fitted to an episode"),
                Assumption("episode_products", "shares outside and use inside, mostly assumed, sampled"),
            ),
            (
                "The discrepancy in the bands (0.3 outside, 0.7 inside, in logs) was read off the visible "
                "episodes; medians do not depend on it.",
                "The rules were designed by people who knew how these episodes ended; only episodes outside "
                "the catalogue test them freshly.",
                "Points without a traceable source are scored apart.",
            ),
        ),
        parameters={
            "episodes": "catalogue" if episodes is None else Path(episodes).name,
            "draws": draws,
            "seed": seed,
            "fitted": "nothing",
        },
    )


def prior_ranges() -> dict[str, tuple[float, float]]:
    """Low and high of the priors that hold for every commodity, by name."""
    table = store.read("priors")
    return {
        row["parameter"]: (float(row["low"]), float(row["high"]))
        for row in table.iter_rows(named=True)
        if not row["commodity"]
    }


def scored(one: Replay) -> list[Score]:
    """Every observed price of an episode with the band the model gives."""
    found = []
    for at, row in enumerate(one.episode.price):
        low, _, high = (float(v) for v in np.quantile(one.point[at], BAND))
        found.append(Score(one.episode, row, low, float(np.median(one.bare[at])), high))
    return found


def median_error(scores: Sequence[Score]) -> float | None:
    """Median |log error| of the medians [log]; None without points."""
    return float(np.median([abs(s.error) for s in scores])) if scores else None


def no_change_error(scores: Sequence[Score]) -> float | None:
    """Median |log error| of "no change" [log]; None without points."""
    return float(np.median([abs(s.error_no_change) for s in scores])) if scores else None


def coverage(scores: Sequence[Score]) -> float | None:
    """Share of points inside P5-P95 [1]; None without points."""
    return float(np.mean([s.inside_band for s in scores])) if scores else None


def outside_verified(scores: Sequence[Score]) -> list[Score]:
    """Verified prices outside the restricting country, of whatever kind."""
    return [s for s in scores if s.row.verified and s.row.kind != "inside"]


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


def finding(targets: Sheet, scores: Sequence[Score]) -> str:
    """The outcome in one or two sentences, made from the targets."""
    lines: Mapping[str, dict[str, Any]] = {str(r["target"]): dict(r) for r in targets.records()}
    error, cover, beaten, null, _ = lines.values()
    if not scores:
        return "No observed price was given, so nothing can be scored."
    said = []
    if error["value"] is not None:
        said.append(
            f"On {error['count']} annual prices outside the median |log error| is {error['value']:.2f} "
            f"(goal {error['goal']:.2f}) and {cover['value']:.0%} lie inside P5-P95 (goal {cover['goal']:.0%})"
        )
    else:
        said.append(
            f"On {len(scores)} prices the median |log error| is {median_error(scores) or 0:.2f} and "
            f"{coverage(scores) or 0:.0%} lie inside P5-P95"
        )
    if beaten["value"] is not None:
        won = round(beaten["value"] * beaten["count"])
        said.append(f'"no change" is beaten in {won} of {beaten["count"]} real episodes')
    if null["value"] is not None:
        said.append(
            f"the greatest median multiple of a null episode is {null['value']:.2f} (goal {null['goal']:g})"
        )
    return "; ".join(said) + "."
