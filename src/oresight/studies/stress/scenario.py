"""Scenarios: who cuts what to whom, how much, from when and for how long - read, checked and resolved.

A scenario is a short TOML file, a preset of `scenarios/`, or an event of the ledger by its id. Every message
about a file points at the line. Docs: docs/scenarios.md.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from oresight.core.errors import StudyError, nearest
from oresight.studies import names
from oresight.studies.books import STAGES, TRADE_FIRST, TRADE_LAST, modelled
from oresight.studies.dependence import expand
from oresight.studies.stress.scenario_text import line_of, shown, toml_body

MONTHS_MAX = 240
HORIZON_MAX = 120
"""Longest horizon simulated [months]."""
MONTH_DAYS = 30.4375
Stage = Literal["mine", "refine", "component"]
Priority = Literal["defence", "essential", "normal"]


class Strict(BaseModel):
    """A record that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _no_flags(cls, body: Any) -> Any:
        wrong = [k for k, v in body.items() if isinstance(v, bool)] if isinstance(body, dict) else []
        if wrong:
            raise ValueError(f"{shown(wrong[0])} is true or false: no field of a scenario is")
        return body


class Cut(Strict):
    """One restriction: a share cut, a quota in tonnes, a licence regime, or a stop of output.

    Months are counted from the scenario's start; 0 is the month it begins.
    """

    commodities: list[str] = Field(default_factory=lambda: ["all"], min_length=1)
    stages: list[Stage] = Field(default_factory=list, description="all stages the commodity has, by default")
    sellers: list[str] = Field(alias="from", min_length=1)
    buyers: list[str] = Field(default_factory=lambda: ["all"], alias="to", min_length=1)
    kind: Literal["cut", "quota", "licence", "stop"] = "cut"
    cut: float | None = Field(
        default=None, gt=0, le=1, description="share of the flow, or of output, that stops"
    )
    quota: float | None = Field(default=None, ge=0, description="tonnes a year let through, contained")
    throughput: tuple[float, float] | None = Field(default=None, description="share licensed, low and high")
    announced: float = Field(default=0.0, ge=-120, le=MONTHS_MAX)
    start: float = Field(default=0.0, ge=0, le=MONTHS_MAX)
    months: float | None = Field(default=None, gt=0, le=MONTHS_MAX, description="for good, by default")
    leak: tuple[float, float] | None = Field(
        default=None, description="share of the cut that leaks, low and high"
    )
    squeeze: float = Field(default=1.0, ge=0, le=1, description="how much of the home squeeze comes with it")

    @field_validator("leak", "throughput")
    @classmethod
    def _shares(cls, pair: tuple[float, float] | None) -> tuple[float, float] | None:
        if pair is not None and not 0 <= pair[0] <= pair[1] <= 1:
            raise ValueError("give low and high shares, 0 <= low <= high <= 1")
        return pair

    @model_validator(mode="after")
    def _one_size(self) -> "Cut":
        if self.kind in ("cut", "stop") and self.cut is None:
            raise ValueError("cut is missing: the share that stops, 0 to 1")
        if self.kind == "quota" and self.quota is None:
            raise ValueError("quota is missing: the tonnes a year let through")
        if self.kind not in ("cut", "stop") and self.cut is not None:
            raise ValueError(f"cut does not go with kind = {self.kind!r}")
        if self.kind != "quota" and self.quota is not None:
            raise ValueError(f"quota does not go with kind = {self.kind!r}")
        if self.kind != "licence" and self.throughput is not None:
            raise ValueError(f"throughput does not go with kind = {self.kind!r}")
        if self.kind == "stop" and (self.leak is not None or not is_everyone(self.buyers)):
            raise ValueError("output that stops is lost to every buyer: leave to and leak out")
        if self.announced > self.start:
            raise ValueError(
                f"announced in month {self.announced:g}, after it starts in month {self.start:g}"
            )
        return self


class Release(Strict):
    """A public stock released by rule: a fixed rate, a share of the loss, or priority uses only."""

    commodity: str
    country: str
    stock: float = Field(gt=0, description="tonnes held")
    rule: Literal["fixed", "proportional", "priority"] = "proportional"
    rate: float = Field(default=1.0, gt=0, description="t/yr for fixed; share of the loss otherwise")
    start: float = Field(default=0.0, ge=0, le=MONTHS_MAX)


class Scenario(Strict):
    """A whole scenario, as written."""

    name: str = Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9 _.:+-]{0,79}$")
    title: str = Field(default="", max_length=200)
    start: date | None = Field(
        default=None, description="date of month 0; the market is that of the year before"
    )
    horizon: int = Field(default=36, ge=1, le=HORIZON_MAX, description="months simulated")
    measure: list[Cut] = Field(min_length=1, max_length=40)
    retaliation: list[Cut] = Field(default_factory=list, max_length=40)
    release: list[Release] = Field(default_factory=list, max_length=60)
    priority: tuple[Priority, ...] = Field(
        default=("defence", "essential"), description="uses served first, in this order"
    )
    source: str = Field(default="", max_length=300)

    @field_validator("priority")
    @classmethod
    def _once(cls, named: tuple[Priority, ...]) -> tuple[Priority, ...]:
        return tuple(dict.fromkeys(named))

    @property
    def cuts(self) -> list[Cut]:
        """Measures and the answers to them."""
        return [*self.measure, *self.retaliation]

    @property
    def baseline_year(self) -> int:
        """Year whose market is shocked: the one before the start, the latest by default."""
        return min(self.start.year - 1, TRADE_LAST) if self.start else TRADE_LAST

    @property
    def commodities(self) -> list[str]:
        """Commodities touched, in the order written."""
        found: list[str] = []
        for each in self.cuts:
            found += commodity_ids(each.commodities)
        return list(dict.fromkeys(found))

    @property
    def restrictors(self) -> tuple[str, ...]:
        """Countries that cut, measures first."""
        return tuple(dict.fromkeys(c for each in self.cuts for c in country_codes(each.sellers)))

    def later(self, months: float) -> "Scenario":
        """The same measures, answers and releases some months later; the horizon grows by as many."""

        def moved(cuts: list[Cut]) -> list[Cut]:
            return [
                c.model_copy(update={"start": c.start + months, "announced": c.announced + months})
                for c in cuts
            ]

        return self.model_copy(
            update={
                "horizon": self.horizon + int(months),
                "measure": moved(self.measure),
                "retaliation": moved(self.retaliation),
                "release": [r.model_copy(update={"start": r.start + months}) for r in self.release],
            }
        )


def commodity_ids(asked: list[str]) -> list[str]:
    """Commodity ids of names, groups, or `all`; group totals are taken as their members."""
    if any(names.folded(a) == "all" for a in asked):
        return expand([])
    found = []
    for each in asked:
        ids = expand([each])
        found += [m for i in ids for m in names.groups().get(i, (i,)) if m in modelled()]
    return list(dict.fromkeys(found))


def country_codes(asked: list[str]) -> tuple[str, ...]:
    """ISO codes of names, codes and coalitions."""
    return names.coalition(",".join(asked)).members


def is_everyone(asked: list[str]) -> bool:
    """Whether the buyers are all countries."""
    return any(names.folded(a) in ("all", "everyone", "world") for a in asked)


def parse(text: str, where: str = "scenario") -> Scenario:
    """A scenario from TOML text, its names resolved.

    Raises:
        StudyError: Points at the line and says how to mend it.
    """
    body = toml_body(text, where)
    try:
        made = Scenario.model_validate(body)
    except ValidationError as error:
        raise _located(error, text, where) from error
    _resolved(made, text, where)
    return made


def _located(error: ValidationError, text: str, where: str) -> StudyError:
    """The first fault, with its line and the mend; the others as facts."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    first = faults[0]
    place = [shown(p) for p in first["loc"]]
    line = line_of(text, first["loc"])
    said = shown(first["msg"].removeprefix("Value error, "), 240)
    if place[-1:] == ["cut"] and first["type"] == "less_than_equal":
        said = "nobody can cut more than everything: give a share up to 1"
    if first["type"] == "extra_forbidden":
        near = nearest(place[-1], fields_of(place))
        said = "is not a field of a scenario" + (f"; did you mean {near[0]}?" if near else "")
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    return StudyError(
        f"{where} line {line}: {'.'.join(place) or 'scenario'}: {said}{more}",
        "see docs/scenarios.md",
        {
            "line": line,
            "faults": [{"where": shown(".".join(map(str, f["loc"]))), "what": f["msg"]} for f in faults[:20]],
        },
    )


def fields_of(place: list[str]) -> list[str]:
    """Names of the fields known where a fault lies."""
    parts: dict[str, type[BaseModel]] = {"measure": Cut, "retaliation": Cut, "release": Release}
    model = parts.get(place[0], Scenario)
    return (
        [f.alias or n for n, f in model.model_fields.items()]
        if len(place) > 1
        else list(Scenario.model_fields)
    )


def _resolved(made: Scenario, text: str, where: str) -> None:
    """Resolve every name once, so that a wrong one is told with its line before anything runs."""

    def fault(place: tuple[Any, ...], what: str, mend: str) -> StudyError:
        return StudyError(f"{where} line {line_of(text, place)}: {what}", mend)

    def resolved(place: tuple[Any, ...], asked: list[str], ask: Callable[[list[str]], object]) -> None:
        try:
            ask(asked)
        except StudyError as error:
            line = line_of(text, place)
            raise StudyError(f"{where} line {line}: {error.what}", error.mend, error.facts) from error

    if made.start and not TRADE_FIRST <= made.start.year - 1 <= TRADE_LAST + 3:
        raise fault(
            ("start",),
            f"start {made.start} lies before or beyond the data",
            f"give a date from {TRADE_FIRST + 1} to {TRADE_LAST + 4}",
        )
    for part, cuts in (("measure", made.measure), ("retaliation", made.retaliation)):
        for i, each in enumerate(cuts):
            resolved((part, i, "from"), each.sellers, country_codes)
            to = [b for b in each.buyers if not is_everyone([b])]
            if to:
                resolved((part, i, "to"), to, country_codes)
            resolved((part, i, "commodities"), each.commodities, commodity_ids)
            if not commodity_ids(each.commodities):
                raise fault(
                    (part, i, "commodities"),
                    f"nothing of {shown(', '.join(each.commodities))} is modelled: no effect",
                    "oresight data commodities lists what is",
                )
            sellers = set(country_codes(each.sellers))
            itself = [] if is_everyone(each.buyers) else [b for b in to if set(country_codes([b])) <= sellers]
            if itself:
                raise fault(
                    (part, i, "to"),
                    f"{shown(itself[0])} is banned from itself",
                    "name buyers other than the sellers",
                )
            if each.start >= made.horizon:
                raise fault(
                    (part, i, "start"),
                    f"starts in month {each.start:g}, after the horizon of {made.horizon} months: no effect",
                    "raise horizon or start earlier",
                )
            missing = [
                s for s in each.stages if not any(s in modelled()[c] for c in commodity_ids(each.commodities))
            ]
            if missing:
                raise fault(
                    (part, i, "stages"),
                    f"no commodity named has a {missing[0]} stage: no effect",
                    f"stages are {', '.join(STAGES)}",
                )
            if each in cuts[:i]:
                raise fault((part, i, "from"), f"{part} {i + 1} repeats an earlier one", "write it once")
    for i, release in enumerate(made.release):
        resolved(("release", i, "commodity"), [release.commodity], commodity_ids)
        resolved(("release", i, "country"), [release.country], lambda asked: names.country(asked[0]))
        if not set(commodity_ids([release.commodity])) & set(made.commodities):
            raise fault(
                ("release", i, "commodity"),
                f"no measure touches {shown(release.commodity)}: its release has no effect",
                "name a commodity that is cut",
            )
