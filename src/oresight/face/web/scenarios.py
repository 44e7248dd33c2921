"""The scenario a URL asks for: one by name, or one written in the fields of the page.

Names only: what a URL says is never taken for the path of a file.
"""

import json
import re
from collections.abc import Mapping

from oresight.core.errors import StudyError, nearest
from oresight.face.web.state import State
from oresight.studies import names
from oresight.studies.stress.scenario import Scenario, parse
from oresight.studies.stress.scenario_events import playable
from oresight.studies.stress.scenario_named import presets, scenario

FIELDS = ("from", "to", "what", "stage", "kind", "cut", "months", "leak")
DEFAULT = "october-2025"
EVENT = re.compile(r"EV\d{3}[A-Z]?", re.IGNORECASE)
PARTS_MAX = 6
KINDS = ("cut", "licence", "stop")


def asked(state: State) -> Scenario:
    """The scenario of a state.

    Raises:
        StudyError: No scenario has the name, or a field cannot be read.
    """
    if state.more.get("from") or state.more.get("what"):
        return parse(as_toml(state), "your scenario")
    return named(state.more.get("scenario") or DEFAULT)


def named(text: str) -> Scenario:
    """A preset or an event, or several joined with `+`.

    Raises:
        StudyError: One is neither.
    """
    parts = [p.strip() for p in text.split("+")]
    if len(parts) > PARTS_MAX:
        raise StudyError(f"{len(parts)} scenarios at once", f"join at most {PARTS_MAX}")
    known = [*presets(), *playable()]
    for part in parts:
        if part not in known and not EVENT.fullmatch(part):
            near = nearest(part, known)
            raise StudyError(
                f"unknown scenario {part[:60]!r}",
                f"did you mean {', '.join(near)}?" if near else f"presets are {', '.join(sorted(presets()))}",
                {"nearest": near},
            )
    return scenario("+".join(parts))


def number(fields: Mapping[str, str], name: str, default: float) -> float:
    """A field as a number.

    Raises:
        StudyError: It is none.
    """
    written = fields.get(name, "").strip().rstrip("%").strip()
    if not written:
        return default
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", written):
        raise StudyError(f"{name} {written[:40]!r} is no number", "write digits, such as 50")
    return float(written)


def title(sellers: str, buyers: str, goods: str, kind: str, cut: float) -> str:
    """What the fields say, in words."""
    who = names.coalition(sellers).label
    whom = "everyone" if buyers == "all" else names.coalition(buyers).label
    found = names.commodity_labels().get(goods, goods.replace("-", " "))
    what = "every mineral" if goods == "all" else found.split(",")[0].lower()
    if kind == "stop":
        return f"{who} makes {cut:.0%} less of {what}"
    how = f"cuts {cut:.0%} of" if kind == "cut" else "licenses"
    return f"{who} {how} {what} to {whom}"


def as_toml(state: State) -> str:
    """What the fields say, as the file the command line plays.

    Raises:
        StudyError: A field cannot be read.
    """
    fields = state.more
    kind = fields.get("kind", "cut")
    if kind not in KINDS:
        raise StudyError(f"kind {kind[:40]!r}", f"kinds are {', '.join(KINDS)}")

    def listed(text: str) -> str:
        return json.dumps([p.strip() for p in text.split(",") if p.strip()], ensure_ascii=False)

    sellers = fields.get("from") or state.supplier.id
    buyers = fields.get("to") or "all"
    goods = fields.get("what") or "all"
    cut = number(fields, "cut", 100.0) / 100
    months = number(fields, "months", 12.0)
    lines = [
        'name = "your-scenario"',
        f"title = {json.dumps(title(sellers, buyers, goods, kind, cut)[:200], ensure_ascii=False)}",
        f"horizon = {max(int(min(months, 84)) + 24, 36)}",
        "",
        "[[measure]]",
        f"from = {listed(sellers)}",
        f"to = {listed(buyers)}",
        f"commodities = {listed(goods)}",
        f'kind = "{kind}"',
    ]
    stage = fields.get("stage", "")
    if stage:
        lines.append(f"stages = {listed(stage)}")
    if kind == "licence":
        lines.append(f"throughput = [0.0, {1 - min(cut, 1.0):g}]")
    else:
        lines.append(f"cut = {cut:g}")
    if months:
        lines.append(f"months = {months:g}")
    if fields.get("leak", "").strip():
        lines.append(f"leak = [0.0, {number(fields, 'leak', 0.0) / 100:g}]")
    return "\n".join(lines) + "\n"
