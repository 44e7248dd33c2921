"""How far replays are from prices seen: errors, coverage, what no change would have scored."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oresight.studies.backtest.episodes import EpisodeRow, PriceRow
from oresight.studies.backtest.replay import Replay

BAND = (0.05, 0.5, 0.95)


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
