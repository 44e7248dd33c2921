"""Plan: what is the cheapest way out, how fast, at what price? Targets and a budget, solved live."""

import re

from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report
from oresight.face.web.blocks import View, remaining
from oresight.face.web.panels.plan import (
    TOLD,
    curve,
    delay,
    floors,
    frontier,
    missing,
    payers,
    portfolio,
    second_opinion,
    supplier_share,
)
from oresight.face.web.registry import Page
from oresight.face.web.state import State
from oresight.studies import names
from oresight.studies.plan.study import plan

TARGETS_MOST = 8


def build(target: str, state: State, reporter: Reporter) -> View:
    """The Plan page."""
    more = state.more
    wanted = [c.strip() for c in more.get("commodity", "").split(",") if c.strip()]
    answer = plan(
        state.coalition.id,
        state.supplier.id,
        wanted,
        budget(more.get("budget", "")),
        targets(more.get("targets", "")),
        reporter=lambda share, doing: reporter(share * 0.96, doing),
    )
    report(reporter, 0.98, "laying out the page")
    found = [
        part(answer, state)
        for part in (
            portfolio,
            missing,
            curve,
            frontier,
            delay,
            floors,
            supplier_share,
            second_opinion,
            payers,
        )
    ]
    return View(
        "Plan",
        answer.question,
        answer.finding,
        (*(p for p in found if p is not None), *remaining(answer, TOLD)),
        (answer,),
        form="plan_form.html.j2",
        fields={
            "held": {k: more.get(k, "") for k in ("commodity", "budget", "targets")},
            "goods": [("", "every mineral"), *names.commodity_labels().items()],
        },
    )


def budget(written: str) -> float | None:
    """A budget in billion USD a year as USD; None without limit.

    >>> budget("2.5"), budget("")
    (2500000000.0, None)
    """
    text = written.strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise StudyError(f"a budget of {text[:40]!r}", "write billion USD a year, such as 2.5")
    return float(text) * 1e9


def targets(written: str) -> list[str]:
    """Targets as the command line reads them, by semicolons or spaces.

    >>> targets("cap=65%@2030; gallium:cap=50%@2032!")
    ['cap=65%@2030', 'gallium:cap=50%@2032!']
    """
    found = [t for t in re.split(r"[;\s]+", written.strip()) if t]
    if len(found) > TARGETS_MOST:
        raise StudyError(f"{len(found)} targets", f"give at most {TARGETS_MOST}")
    return found


PAGES = (
    Page(
        "plan",
        "/plan",
        "Plan",
        50,
        build,
        own=("commodity", "budget", "targets", "focus"),
        lane="slow",
        switches=("coalition", "supplier"),
        keeps=True,
    ),
)
