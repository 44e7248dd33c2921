"""Explain: where does a figure come from? The rule that made it and the rows it rests on."""

from collections.abc import Sequence

from oresight.core.progress import Reporter
from oresight.face.web.blocks import View, panel, table
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies.explain import explain


def build(target: str, state: State, reporter: Reporter) -> View:
    """The page of a figure."""
    answer = explain(state.more.get("figure", ""))
    blocks = [
        table(s, tuple(c.name for c in s.columns if filled(s.column(c.name))), dense=True, most=25)
        for s in answer.sheets
        if s.rows
    ]
    return View("Where from?", answer.question, answer.finding, (panel(answer, "rows", *blocks),), (answer,))


def filled(values: Sequence[object]) -> bool:
    """Whether a column says anything."""
    return any(v is not None for v in values)


PAGES = (Page("explain", "/explain", "", 95, build, own=("figure",), switches=()),)
