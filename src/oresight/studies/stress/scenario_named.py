"""A scenario by its name: a preset, an event of the ledger or of one's own, a file, or several joined."""

import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from oresight.core.errors import StudyError, nearest
from oresight.studies import names
from oresight.studies.stress.scenario import HORIZON_MAX, MONTH_DAYS, Scenario, parse
from oresight.studies.stress.scenario_events import event_scenario, own_events
from oresight.studies.stress.scenario_text import read_text, shown


@lru_cache(maxsize=1)
def presets() -> dict[str, str]:
    """Preset scenarios: name -> TOML text."""
    folder = files("oresight.studies.stress").joinpath("scenarios")
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
    if len(text) > names.LENGTH_MAX:
        raise StudyError(
            f"a scenario named in {len(text):,} characters", f"at most {names.LENGTH_MAX:,} are read"
        )
    parts = [text.strip()] if is_file(text) else [p.strip() for p in text.split("+")]
    return joined([one(p) for p in parts])


def joined(found: list[Scenario]) -> Scenario:
    """Several scenarios as one: month 0 is the earliest date, the others follow at theirs; undated ones begin there.

    Raises:
        StudyError: They lie too far apart to be played as one.
    """
    if len(found) == 1:
        return found[0]
    dates = [f.start for f in found if f.start is not None]
    first = min(dates) if dates else None
    shifts = [
        round((f.start - first).days / MONTH_DAYS, 1) if f.start is not None and first is not None else 0.0
        for f in found
    ]
    moved = [f.later(shift) for f, shift in zip(found, shifts, strict=True)]
    horizon = max(m.horizon for m in moved)
    if horizon > HORIZON_MAX:
        raise StudyError(
            f"{' + '.join(f.name for f in found)} reach over {horizon} months",
            f"at most {HORIZON_MAX} are simulated: combine scenarios nearer to one another",
        )

    return Scenario(
        name="+".join(f.name for f in found)[:80],
        title="; ".join(f.title or f.name for f in found)[:200],
        start=first,
        horizon=horizon,
        measure=[each for m in moved for each in m.measure],
        retaliation=[each for m in moved for each in m.retaliation],
        release=[each for m in moved for each in m.release],
        priority=found[0].priority,
        source="; ".join(f.source for f in found if f.source)[:300],
    )


def is_file(text: str) -> bool:
    """Whether a text is the path of a file that is there."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def one(text: str) -> Scenario:
    """One scenario by preset name, event id or file."""
    known = presets()
    if text in known:
        return parse(known[text], f"{text}.toml")
    if re.fullmatch(r"EV\d{3}[A-Z]?", text.upper()):
        return event_scenario(text.upper())
    if text.endswith(".toml") or is_file(text):
        return parse(read_text(Path(text)), shown(Path(text).name))
    mine = {name.casefold(): name for name in own_events()}
    if text.casefold() in mine:
        return event_scenario(mine[text.casefold()])
    near = nearest(text[:80], [*known, *mine.values()])
    raise StudyError(
        f"unknown scenario {shown(text)!r}",
        (f"did you mean {', '.join(near)}? " if near else "")
        + f"presets are {', '.join(sorted(known))}; or name an event such as EV011, or a .toml file",
        {"nearest": near},
    )
