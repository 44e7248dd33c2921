"""What the draws of a run say: quantiles by month and group, what moves them, who pays - from memory or from disk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from oresight.market.months_parameters import PARAMETERS
from oresight.studies.markets import prior
from oresight.studies.stress.flows import Route
from oresight.studies.stress.play import Played
from oresight.studies.stress.run_folder import Chunk

Floats = NDArray[np.float64]

TAIL = 1.6448536269514722
"""Standard deviations from the median to P5 or P95 of a normal."""
SHORT = 0.05
"""Share of use lost from which a group counts as short [1]."""


class Draws(Protocol):
    """All draws of one commodity, wherever they are kept."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of countries."""

    @property
    def use(self) -> Floats:
        """Baseline use (group) [t/yr]."""

    @property
    def year(self) -> int:
        """Year of the baseline market."""

    def months(self, field: str, group: str) -> Floats:
        """A field of a group (month, draw)."""

    def total(self, field: str, group: str) -> Floats:
        """A total of a group over the horizon (draw)."""

    @property
    def routes(self) -> tuple[Route, ...]:
        """Stage, supplier and buyers of each flow."""

    @property
    def before(self) -> Floats:
        """Baseline flow (route) [t/yr]."""

    def during(self) -> Floats:
        """Flow in the first year of the cut (route, draw) [t/yr]."""

    def parameter(self) -> dict[str, Floats]:
        """What was drawn (draw) by name."""


@dataclass(frozen=True)
class InMemory:
    """Draws kept as played."""

    parts: tuple[Played, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of countries."""
        return self.parts[0].groups

    @property
    def use(self) -> Floats:
        """Baseline use (group) [t/yr]."""
        return self.parts[0].use

    @property
    def price_usd(self) -> float:
        """Baseline price at the last stage [USD/t]."""
        return self.parts[0].price_usd

    @property
    def year(self) -> int:
        """Year of the baseline market."""
        return self.parts[0].year

    def months(self, field: str, group: str) -> Floats:
        """A field of a group (month, draw)."""
        at = self.groups.index(group)
        return np.concatenate([getattr(p, field)[:, at, :] for p in self.parts], axis=1)

    def total(self, field: str, group: str) -> Floats:
        """A total of a group (draw)."""
        at = self.groups.index(group)
        return np.concatenate([getattr(p, field)[at] for p in self.parts])

    @property
    def routes(self) -> tuple[Route, ...]:
        """Stage, supplier and buyers of each flow."""
        return self.parts[0].routes

    @property
    def before(self) -> Floats:
        """Baseline flow (route) [t/yr]."""
        return self.parts[0].before

    def during(self) -> Floats:
        """Flow in the first year of the cut (route, draw) [t/yr]."""
        return np.concatenate([p.during for p in self.parts], axis=1)

    def parameter(self) -> dict[str, Floats]:
        """What was drawn (draw) by name."""
        return {n: np.concatenate([p.parameters[n] for p in self.parts]) for n in self.parts[0].parameters}


HELD_MAX = 64_000_000
"""Largest size of one commodity's chunks on disk that are read whole [bytes]; beyond, a column at a time."""
Stamped = tuple[tuple[Path, int], ...]


def months_read(files: Sequence[Path], names: Sequence[str] | None = None) -> dict[str, Floats]:
    """Columns of every chunk's months (month, draw) by name; all but the keys where none are named."""
    parts: dict[str, list[Floats]] = {}
    for file in files:
        frame = pl.read_parquet(file, columns=None if names is None else ["month", *names])
        months = int(str(frame["month"].max())) + 1
        for name in names or [n for n in frame.columns if n not in ("draw", "month")]:
            parts.setdefault(name, []).append(frame[name].to_numpy().reshape(months, -1))
    return {name: np.concatenate(each, axis=1) for name, each in parts.items()}


def totals_read(files: Sequence[Path], names: Sequence[str] | None = None) -> dict[str, Floats]:
    """Columns of every chunk's totals (draw) by name; all of them where none are named."""
    frame = pl.concat([pl.read_parquet(f, columns=None if names is None else list(names)) for f in files])
    return {name: frame[name].to_numpy() for name in frame.columns}


@lru_cache(maxsize=2)
def _held(read: Callable[[Sequence[Path]], dict[str, Floats]], stamped: Stamped) -> dict[str, Floats]:
    return read([path for path, _ in stamped])


def columns_of(
    read: Callable[..., dict[str, Floats]], files: Sequence[Path], names: Sequence[str]
) -> dict[str, Floats]:
    """Some columns of every chunk, without holding more than memory should.

    Args:
        read: `months_read` or `totals_read`.
        files: Of the chunks, in the order of their draws.
        names: Of the columns.
    """
    stats = [f.stat() for f in files]
    if sum(s.st_size for s in stats) > HELD_MAX:
        return read(files, names)
    held = _held(read, tuple((f, s.st_mtime_ns) for f, s in zip(files, stats, strict=True)))
    return {name: held[name] for name in names}


@dataclass(frozen=True)
class OnDisk:
    """Draws in the chunks of a run's folder; small ones are read once, large ones a column at a time."""

    folder: Path
    chunks: tuple[Chunk, ...]
    groups: tuple[str, ...]
    use: Floats
    price_usd: float
    year: int
    routes: tuple[Route, ...]
    before: Floats

    def _files(self, kind: str) -> list[Path]:
        return [self.folder / f"{c.file}.{kind}.parquet" for c in self.chunks]

    def months(self, field: str, group: str) -> Floats:
        """A field of a group (month, draw)."""
        name = f"{field}:{group}"
        return columns_of(months_read, self._files("months"), [name])[name]

    def total(self, field: str, group: str) -> Floats:
        """A total of a group (draw)."""
        name = f"{field}:{group}"
        return columns_of(totals_read, self._files("totals"), [name])[name]

    def _totals(self, prefix: str) -> dict[str, Floats]:
        files = self._files("totals")
        names = [n for n in pl.read_parquet_schema(files[0]) if n.startswith(prefix)]
        found = columns_of(totals_read, files, names)
        return {n.removeprefix(prefix): found[n] for n in names}

    def during(self) -> Floats:
        """Flow in the first year of the cut (route, draw) [t/yr]."""
        found = self._totals("route:")
        return np.array([found[":".join(route)] for route in self.routes], dtype=np.float64)

    def parameter(self) -> dict[str, Floats]:
        """What was drawn (draw) by name."""
        return self._totals("parameter:")


def quantiles(values: Floats) -> tuple[float | None, float | None, float | None]:
    """P5, P50 and P95 of the draws that are known.

    >>> quantiles(np.arange(101.0))
    (5.0, 50.0, 95.0)
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return None, None, None
    low, middle, high = np.quantile(known, (0.05, 0.5, 0.95))
    return float(low), float(middle), float(high)


def price_band(values: Floats, inside: bool) -> tuple[float | None, float | None, float | None]:
    """P5, P50 and P95 of a price, the model's own discrepancy added to the spread of the draws.

    In logs the two spreads add as those of independent normals do: `sqrt(d^2 + (1.645 s)^2)`, s the spread the
    back-test found for prices outside (0.3) or inside (0.7) the restricting country.            months §8
    """
    low, middle, high = quantiles(values)
    if low is None or middle is None or high is None or min(low, middle) <= 0:
        return low, middle, high
    spread = TAIL * prior("discrepancy-inside" if inside else "discrepancy-outside")[1]
    down = np.hypot(np.log(middle / low), spread)
    up = np.hypot(np.log(high / middle), spread)
    return float(middle * np.exp(-down)), middle, float(middle * np.exp(up))


def together(draws: Draws, field: str, groups: Sequence[str]) -> Floats:
    """A field of several groups as their mean by baseline use (month, draw); groups without use left out."""
    used = [g for g in groups if draws.use[draws.groups.index(g)] > 0]
    weights = np.array([draws.use[draws.groups.index(g)] for g in used])
    if not used:
        return np.full_like(draws.months(field, draws.groups[0]), np.nan)
    total = np.zeros_like(draws.months(field, used[0]), dtype=float)
    for group, weight in zip(used, weights / weights.sum(), strict=True):
        total += weight * np.nan_to_num(draws.months(field, group))
    return total


def total_of(draws: Draws, field: str, groups: Sequence[str]) -> Floats:
    """A total of several groups together (draw)."""
    return np.asarray(np.sum([np.nan_to_num(draws.total(field, g)) for g in groups], axis=0))


def drivers(outcome: Floats, parameters: dict[str, Floats], count: int = 3) -> list[tuple[str, float]]:
    """The parameters that move an outcome most, by partial rank correlation, strongest first.

    Ranks of each parameter and of the outcome are freed of what the other parameters explain linearly, then
    correlated. Fewer than five draws per parameter tell nothing: the list is empty.

    Args:
        outcome: (draw).
        parameters: (draw) by name.
        count: How many.
    """
    moving = {n: v for n, v in parameters.items() if n in PARAMETERS and np.ptp(v) > 0}
    draws = outcome.size
    if draws < 2 * len(moving) + 5 or np.ptp(outcome) <= 0:
        return []
    ranks = np.column_stack([np.ones(draws), *(rankdata(v) for v in moving.values())])
    target = rankdata(outcome)
    inverse = np.linalg.pinv(np.corrcoef(np.column_stack([ranks[:, 1:], target]).T))
    last = inverse.shape[0] - 1
    found = {
        n: float(-inverse[i, last] / np.sqrt(inverse[i, i] * inverse[last, last]))
        for i, n in enumerate(moving)
    }
    return sorted(found.items(), key=lambda item: -abs(item[1]))[:count]


def first_short(share_kept: Floats) -> float | None:
    """Median over draws of the first month in which more than a twentieth of use is lost; None where most never are."""
    short = (1.0 - np.nan_to_num(share_kept, nan=1.0)) > SHORT
    first = np.where(short.any(axis=0), short.argmax(axis=0).astype(float), np.inf)
    middle = float(np.median(first))
    return middle if np.isfinite(middle) else None
