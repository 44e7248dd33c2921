"""Scenarios: who cuts what to whom, how much, from when and for how long - read, checked and resolved.

A scenario is a short TOML file, a preset of `scenarios/`, or an event of the ledger by its id. Every message
about a file points at the line. Docs: docs/scenarios.md.
"""

import re
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from oresight.core.errors import StudyError, nearest
from oresight.studies import names
from oresight.studies.books import STAGES, TRADE_FIRST, TRADE_LAST, modelled
from oresight.studies.dependence import expand

SIZE_MAX = 200_000
"""Largest scenario file read [bytes]."""
MONTHS_MAX = 240
Stage = Literal["mine", "refine", "component"]
Priority = Literal["defence", "essential", "normal"]


class Strict(BaseModel):
    """A record that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)


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
    horizon: int = Field(default=36, ge=1, le=120, description="months simulated")
    measure: list[Cut] = Field(min_length=1, max_length=40)
    retaliation: list[Cut] = Field(default_factory=list, max_length=40)
    release: list[Release] = Field(default_factory=list, max_length=60)
    priority: tuple[Priority, ...] = ("defence", "essential")
    source: str = Field(default="", max_length=300)

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


def presets() -> dict[str, str]:
    """Preset scenarios: name -> TOML text."""
    folder = files("oresight.studies").joinpath("scenarios")
    return {
        p.name.removesuffix(".toml"): p.read_text(encoding="utf-8")
        for p in folder.iterdir()
        if p.name.endswith(".toml")
    }


def scenario(text: str) -> Scenario:
    """A scenario by preset name, ledger event, file, or several of these joined with `+`.

    Raises:
        StudyError: Nothing is known by that name, or the file does not say what a scenario must.
    """
    parts = (
        [p.strip() for p in text.split("+")] if "+" in text and not Path(text).exists() else [text.strip()]
    )
    found = [one(p) for p in parts]
    if len(found) == 1:
        return found[0]
    first = found[0]
    return first.model_copy(
        update={
            "name": "+".join(f.name for f in found)[:80],
            "title": "; ".join(f.title or f.name for f in found)[:200],
            "measure": [m for f in found for m in f.measure],
            "retaliation": [m for f in found for m in f.retaliation],
            "release": [m for f in found for m in f.release],
            "horizon": max(f.horizon for f in found),
        }
    )


def one(text: str) -> Scenario:
    """One scenario by preset name, event id or file."""
    known = presets()
    if text in known:
        return parse(known[text], f"{text}.toml")
    if re.fullmatch(r"EV\d{3}[A-Z]?", text.upper()):
        from oresight.studies.scenario_events import event_scenario

        return event_scenario(text.upper())
    where = Path(text)
    if where.suffix == ".toml" or where.exists():
        return parse(read_file(where), where.name)
    near = nearest(text, known)
    raise StudyError(
        f"unknown scenario {text[:60]!r}",
        (f"did you mean {', '.join(near)}? " if near else "")
        + f"presets are {', '.join(sorted(known))}; or name an event such as EV011, or a .toml file",
        {"nearest": near},
    )


def read_file(where: Path) -> str:
    """The text of a scenario file, bounded.

    Raises:
        StudyError: It is not there, too large, or not text.
    """
    try:
        size = where.stat().st_size
        if size > SIZE_MAX:
            raise StudyError(f"{where.name} has {size:,} bytes", f"a scenario has at most {SIZE_MAX:,}")
        return where.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise StudyError(
            f"{where.name} is not UTF-8 text (byte {error.start})", "save it as UTF-8"
        ) from error
    except OSError as error:
        raise StudyError(f"{where} cannot be read: {error.strerror}", "check the path") from error


def parse(text: str, where: str = "scenario") -> Scenario:
    """A scenario from TOML text, its names resolved.

    Raises:
        StudyError: Points at the line and says how to mend it.
    """
    if len(text.encode()) > SIZE_MAX:
        raise StudyError(f"{where} has {len(text):,} characters", f"a scenario has at most {SIZE_MAX:,}")
    try:
        body = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(
            f"{where} is not TOML: {str(error)[:160]}", "see docs/scenarios.md for an example"
        ) from error
    except RecursionError as error:
        raise StudyError(f"{where} nests too deep", "a scenario is flat tables") from error
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
    place = [str(p) for p in first["loc"]]
    line = line_of(text, first["loc"])
    said = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        near = nearest(place[-1], fields_of(place))
        said = "is not a field of a scenario" + (f"; did you mean {near[0]}?" if near else "")
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    return StudyError(
        f"{where} line {line}: {'.'.join(place) or 'scenario'}: {said}{more}",
        "see docs/scenarios.md",
        {
            "line": line,
            "faults": [{"where": ".".join(map(str, f["loc"])), "what": f["msg"]} for f in faults[:20]],
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


def line_of(text: str, place: tuple[Any, ...]) -> int:
    """The line a field of a TOML text stands on, as near as can be told; 1 where it stands nowhere.

    >>> line_of('name = "x"\\n[[measure]]\\ncut = 2', ("measure", 0, "cut"))
    3
    """
    lines = text.splitlines()
    start, key = 0, None
    if place and isinstance(place[0], str):
        key = (
            place[-1]
            if isinstance(place[-1], str)
            else next((p for p in reversed(place) if isinstance(p, str)), None)
        )
        nth = next((p for p in place[1:2] if isinstance(p, int)), None)
        if nth is not None:
            heads = [
                i for i, row in enumerate(lines) if re.match(rf"\s*\[\[\s*{re.escape(place[0])}\s*\]\]", row)
            ]
            start = heads[nth] if nth < len(heads) else 0
    if key is not None:
        for i in range(start, len(lines)):
            if i > start and lines[i].lstrip().startswith("[[") and start:
                break
            if re.match(rf'\s*"?{re.escape(key)}"?\s*=', lines[i]):
                return i + 1
    return start + 1


def _resolved(made: Scenario, text: str, where: str) -> None:
    """Resolve every name once, so that a wrong one is told with its line before anything runs."""
    if made.start and not TRADE_FIRST <= made.start.year - 1 <= TRADE_LAST + 3:
        raise StudyError(
            f"{where} line {line_of(text, ('start',))}: start {made.start} lies before or beyond the data",
            f"give a date from {TRADE_FIRST + 1} to {TRADE_LAST + 4}",
        )
    for part, cuts in (("measure", made.measure), ("retaliation", made.retaliation)):
        for i, each in enumerate(cuts):
            for field, names_asked, ask in (
                ("from", each.sellers, country_codes),
                ("to", [] if is_everyone(each.buyers) else each.buyers, country_codes),
                ("commodities", each.commodities, commodity_ids),
            ):
                try:
                    ask(names_asked) if names_asked else None
                except StudyError as error:
                    line = line_of(text, (part, i, field))
                    raise StudyError(f"{where} line {line}: {error.what}", error.mend, error.facts) from error
            sellers = set(country_codes(each.sellers))
            if not is_everyone(each.buyers) and set(country_codes(each.buyers)) <= sellers:
                line = line_of(text, (part, i, "to"))
                raise StudyError(
                    f"{where} line {line}: {', '.join(each.buyers)} is banned from itself",
                    "name buyers other than the sellers",
                )
            if each.start >= made.horizon:
                line = line_of(text, (part, i, "start"))
                raise StudyError(
                    f"{where} line {line}: starts in month {each.start:g}, after the horizon of "
                    f"{made.horizon} months: no effect",
                    "raise horizon or start earlier",
                )
            missing = [
                s for s in each.stages if not any(s in modelled()[c] for c in commodity_ids(each.commodities))
            ]
            if missing:
                line = line_of(text, (part, i, "stages"))
                raise StudyError(
                    f"{where} line {line}: no commodity named has a {missing[0]} stage: no effect",
                    f"stages are {', '.join(STAGES)}",
                )
    for i, release in enumerate(made.release):
        try:
            names.commodity(release.commodity)
            names.country(release.country)
        except StudyError as error:
            raise StudyError(
                f"{where} line {line_of(text, ('release', i, 'country'))}: {error.what}", error.mend
            ) from error
