"""Episodes as a reader writes them: baseline, measures with dates, observed prices; from the catalogue or a file.

The file is TOML; every complaint names the place in it (`episode 2 "tungsten-2025", price 3 "Dec-25": ...`).
"""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from oresight.core.errors import DataError

MONTHS_MAX = 120
EPISODES_MAX = 200
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class Strict(BaseModel):
    """A row whose unknown keys are refused, so that a misspelt one is never silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def month_of(value: Any) -> Any:
    """A month: a date, or text like 2025-04; other values are left for the type to refuse.

    >>> month_of("2025-04")
    datetime.date(2025, 4, 1)
    """
    if isinstance(value, str) and len(value) == 7 and value[4] == "-":
        return dt.date.fromisoformat(f"{value}-01")
    return value


class ProductRow(Strict):
    """What a product looked like before the episode.

    Args:
        name: Element or metal. commodity: The catalogue's name, where it has one.
        price: Price outside at baseline [USD/t].
        exports: Exports of the actor, mean of three years [t/yr].
        inside_use: The actor's own use [t/yr]; or output, from which exports are taken.
        outside_share: The actor's share of what the outside uses [1]: one figure, or low, best, high.
        basket: Name shared by products under one tonnage quota (months §4).
        feed_share: Cost share of the restricted ore in the metal whose price is observed [1]; None where the
            price is of the restricted good itself.
        by_product: Whether its supply hardly answers to its own price (market §4).
    """

    name: Name
    commodity: str = ""
    price: Positive
    exports: Positive
    inside_use: Positive | None = None
    output: Positive | None = None
    outside_share: tuple[Share, Share, Share] | Share
    basket: str | None = None
    feed_share: Annotated[float, Field(gt=0, lt=1)] | None = None
    by_product: bool = False
    source: str = ""

    @property
    def kept(self) -> float:
        """What the actor uses itself [t/yr]."""
        return self.inside_use if self.inside_use is not None else (self.output or 0.0) - self.exports

    @property
    def shares(self) -> tuple[float, float]:
        """Least and greatest share of the actor in outside supply."""
        if isinstance(self.outside_share, tuple):
            return self.outside_share[0], self.outside_share[2]
        return self.outside_share, self.outside_share

    @model_validator(mode="after")
    def _ordered(self) -> "ProductRow":
        if (self.inside_use is None) == (self.output is None):
            raise ValueError("give either inside_use or output")
        if self.kept <= 0:
            raise ValueError("output must be above exports")
        if isinstance(self.outside_share, tuple) and list(self.outside_share) != sorted(self.outside_share):
            raise ValueError("outside_share must rise: low, best, high")
        if not self.shares[0] > 0 or not self.shares[1] < 1:
            raise ValueError("outside_share must lie between 0 and 1, both excluded")
        return self


class TargetRow(Strict):
    """A part of the outside that a measure may aim at: its share of the actor's exports [1]."""

    name: Name
    export_share: Annotated[float, Field(gt=0, lt=1)]


class MeasureRow(Strict):
    """A measure as announced. Units: cap and capacity t/yr, stock t, ramp months, shares 0..1."""

    name: Name
    kind: Literal["quota", "licence", "ban", "escalation", "notice", "project", "release"]
    announced: dt.date
    effective: dt.date | None = None
    ends: dt.date | None = None
    target: str = "all"
    products: dict[str, NotNegative] | list[str] | None = None
    cap: NotNegative | None = None
    throughput: tuple[Share, Share] | None = None
    leak: tuple[Share, Share] | None = None
    renews: bool = True
    squeeze: Share = 1.0
    capacity: Positive | None = None
    ramp_months: NotNegative = 24.0
    rule: Literal["fixed", "proportional", "priority"] = "fixed"
    rate: NotNegative = 0.0
    stock: NotNegative = 0.0
    source: str = ""

    @model_validator(mode="after")
    def _whole(self) -> "MeasureRow":
        if self.kind == "quota" and self.cap is None:
            raise ValueError("a quota needs its cap in t/yr")
        if self.kind == "project" and self.capacity is None:
            raise ValueError("a project needs its capacity in t/yr")
        if self.kind == "release" and not (self.rate > 0 and self.stock > 0):
            raise ValueError("a release needs a rate and a stock")
        if self.ends is not None and self.ends < self.start:
            raise ValueError("ends before it takes effect")
        return self

    @property
    def start(self) -> dt.date:
        """Day it takes effect; the announcement's where none is given."""
        return self.effective or self.announced


class PriceRow(Strict):
    """An observed price: a multiple of the baseline, or a value beside its base value in the same unit.

    Args:
        label: Short name. product: A product, or products with tonnes where the price is of a mix.
        kind: `outside` or `inside` quotation, `ask` (asking price outside) or `deal` (contract, unit value).
        start, end: First and last month of the period, end included.
        multiple: Observed price over base price [1]; or value and base_value in one unit.
        base_start, base_end: Base period where it reaches into the episode.
        where: A target region for prices paid there; None for the rest of the outside.
        verified: Whether both prices can be traced; unverified points are scored apart.
    """

    label: Name
    product: str | dict[str, Positive]
    kind: Literal["outside", "inside", "ask", "deal"]
    start: dt.date
    end: dt.date | None = None
    multiple: Positive | None = None
    value: Positive | None = None
    base_value: Positive | None = None
    base_start: dt.date | None = None
    base_end: dt.date | None = None
    where: str | None = None
    verified: bool = True
    unit: str = ""
    source: str = ""

    _months = field_validator("start", "end", "base_start", "base_end", mode="before")(month_of)

    @model_validator(mode="after")
    def _one_price(self) -> "PriceRow":
        paired = self.value is not None and self.base_value is not None
        if (self.multiple is None) == (not paired):
            raise ValueError("give either multiple, or value and base_value in the same unit")
        if self.last < self.start:
            raise ValueError("end lies before start")
        if (self.base_start is None) != (self.base_end is None):
            raise ValueError("give both base_start and base_end, or neither")
        return self

    @property
    def last(self) -> dt.date:
        """Last month of the period."""
        return self.end or self.start

    @property
    def observed(self) -> float:
        """Observed price as a multiple of the base price."""
        if self.multiple is not None:
            return self.multiple
        assert self.value is not None and self.base_value is not None
        return self.value / self.base_value

    @property
    def annual(self) -> bool:
        """Whether the period is a whole year."""
        return (self.last.year - self.start.year) * 12 + self.last.month - self.start.month == 11

    @property
    def tonnes(self) -> dict[str, float]:
        """Products and their tonnes in the price."""
        return {self.product: 1.0} if isinstance(self.product, str) else dict(self.product)


class EpisodeRow(Strict):
    """An episode: who restricted what, from which baseline, and what prices did."""

    id: Name
    title: str = ""
    actor: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    announced: dt.date
    months: Annotated[int, Field(ge=1, le=MONTHS_MAX)]
    stage: Literal["mine", "refine", "component"] = "refine"
    null_case: bool = False
    product: Annotated[list[ProductRow], Field(min_length=1, max_length=20)]
    target: list[TargetRow] = []
    measure: Annotated[list[MeasureRow], Field(max_length=100)] = []
    price: Annotated[list[PriceRow], Field(max_length=1000)] = []
    source: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> "EpisodeRow":
        faults: list[str] = []
        names = [p.name for p in self.product]
        if len(set(names)) < len(names):
            faults.append("a product appears twice")
        if sum(t.export_share for t in self.target) >= 1:
            faults.append("the targets' export_share must sum to less than 1")
        regions = {t.name for t in self.target}
        if regions & {self.actor, OUTSIDE}:
            faults.append(f"a target may not be called {self.actor} or {OUTSIDE}")
        for at, measure in enumerate(self.measure, 1):
            place = f'measure {at} "{measure.name}"'
            unknown = [n for n in measure.products or () if n not in names]
            if unknown:
                faults.append(f"{place} names unknown product {', '.join(unknown)}")
            allowed = {"outside", "inside"} if measure.kind in ("project", "release") else {"all"}
            if measure.kind != "notice" and measure.target not in allowed | regions:
                faults.append(
                    f'{place} aims at "{measure.target}": give {", ".join(sorted(allowed | regions))}'
                )
        for at, price in enumerate(self.price, 1):
            place = f'price {at} "{price.label}"'
            unknown = [n for n in price.tonnes if n not in names]
            if unknown:
                faults.append(f"{place} names unknown product {', '.join(unknown)}")
            if price.where is not None and price.where not in regions:
                faults.append(f'{place}: where = "{price.where}" is no target of the episode')
            if month_between(self.announced, price.last) >= self.months:
                faults.append(f"{place} lies beyond the episode's {self.months} months")
        if faults:
            raise ValueError("; ".join(faults))
        return self


class EpisodeFile(Strict):
    """A file of episodes."""

    episode: Annotated[list[EpisodeRow], Field(min_length=1, max_length=EPISODES_MAX)]


OUTSIDE = "OUT"
"""The region that stands for all who are not the actor nor a named target."""


def month_between(start: dt.date, day: dt.date) -> int:
    """Whole calendar months from the month of `start` to that of `day`.

    >>> month_between(dt.date(2023, 7, 3), dt.date(2024, 1, 31))
    6
    """
    return (day.year - start.year) * 12 + day.month - start.month


def month_position(start: dt.date, day: dt.date) -> float:
    """Months from the first of the month of `start` to a day, with the part of its month.

    >>> month_position(dt.date(2023, 7, 3), dt.date(2023, 8, 16))
    1.5
    """
    return month_between(start, day) + (day.day - 1) / 30.0


def read_episodes(where: Path) -> tuple[EpisodeRow, ...]:
    """The episodes of a TOML file.

    Raises:
        DataError: The file cannot be read, or a row is wrong; names the place and what is expected.
    """
    try:
        with where.open("rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        raise DataError(f"{where} cannot be read: {error.strerror}", "check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{where.name} is no TOML: {error}", "see the example in docs/backtest.md") from error
    try:
        return tuple(EpisodeFile.model_validate(content).episode)
    except ValidationError as error:
        # A misspelt key is also a missing one: say the misspelling first.
        found = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        faults = [f"{_place(e['loc'], content)}: {_said(e)}" for e in found]
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise DataError(
            f"{where.name}: {faults[0]}{more}", "see the example in docs/backtest.md", {"faults": faults[:50]}
        ) from error


def _said(error: Any) -> str:
    kind, message = error["type"], str(error["msg"])
    if kind == "extra_forbidden":
        return "is no known key"
    if kind == "missing":
        return "is missing"
    return message.removeprefix("Value error, ") + (
        f", not {error['input']!r}" if isinstance(error["input"], str | int | float) else ""
    )


def _place(location: tuple[int | str, ...], content: Any) -> str:
    """A Pydantic location in words: episode 1 "x", price 2 "y", key."""
    words: list[str] = []
    here: Any = content
    for part in location:
        if isinstance(here, dict) and part in here:
            here = here[part]
            words.append(str(part))
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
            label = next(
                (here[k] for k in ("id", "name", "label") if isinstance(here, dict) and k in here), None
            )
            word = words.pop() if words else "row"
            words.append(f"{word} {part + 1}" + (f' "{label}"' if label is not None else ""))
        elif not words or (
            isinstance(part, str) and not part.startswith(("tuple", "dict", "list", "constrained"))
        ):
            words.append(str(part))
    return ", ".join(words) or "the file"
