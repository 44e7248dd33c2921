"""Which charts belong to which study's answer, by name; drawn only when asked for."""

from collections.abc import Callable
from functools import partial
from typing import Any

from oresight.core.answer import Answer, Sheet
from oresight.face.brief.model_sections import labels
from oresight.face.charts import dependence, stress
from oresight.face.charts import plan as plans
from oresight.studies import names

Drawings = dict[str, Callable[[], Any]]
WORST = 3
"""How many minerals of a stress run have charts of their own."""


def of_dependence(answer: Answer) -> Drawings:
    """The supplier's share of imports over the years, where more than one was asked for, per commodity."""
    main = answer.sheets[0]
    found: Drawings = {}
    for commodity in dict.fromkeys(map(str, main.column("commodity"))):
        rows = [r for r in main.records() if r["commodity"] == commodity and r["import_share"] is not None]
        if len({r["year"] for r in rows}) > 1:
            one = names.label(str(rows[0]["buyer"]))
            found[f"history:{commodity}"] = partial(past, main, commodity, one)
    return found


def past(main: Sheet, commodity: str, loud: str) -> Any:
    """One commodity's history, the refined stage before any other, buyers by name."""
    at = {n: i for i, n in enumerate(main.names())}
    rows = [r for r in main.rows if r[at["commodity"]] == commodity]
    stages = [str(r[at["stage"]]) for r in rows]
    stage = "refine" if "refine" in stages else stages[0]
    kept = tuple(
        (*r[: at["buyer"]], names.label(str(r[at["buyer"]])), *r[at["buyer"] + 1 :])
        for r in rows
        if r[at["stage"]] == stage
    )
    return dependence.history(Sheet(main.name, main.title, main.columns, kept), loud)


def of_stress(answer: Answer) -> Drawings:
    """Prices and shortage of the worst minerals month by month, and who pays."""
    months, costs = answer.sheet("months"), answer.sheet("costs")
    found: Drawings = {}
    for commodity in map(str, answer.sheet("summary").column("commodity")[:WORST]):
        found[f"price:{commodity}"] = partial(stress.prices, months, commodity)
        found[f"shortage:{commodity}"] = partial(stress.shortage, months, commodity)
    found["costs"] = partial(stress.costs, costs, labels(costs))
    return found


def of_withstand(answer: Answer) -> Drawings:
    """Shortage with the plan and without, of the minerals the plan spares most."""
    months = answer.sheet("with_plan_months")
    goods = dict.fromkeys(map(str, answer.sheet("with_plan").column("commodity")))
    known = set(map(str, months.column("commodity")))
    return {
        f"shortage:{c}": partial(stress.with_plan, months, c)
        for c in [g for g in goods if g in known][:WORST]
    }


def of_backtest(answer: Answer) -> Drawings:
    """The model against the prices seen."""
    return {"record": partial(stress.record, answer.sheet("points"))}


def of_plan(answer: Answer) -> Drawings:
    """What is built when, what a tonne costs, safety against money, waiting, floors."""
    held = {s.name: s for s in answer.sheets}
    found: Drawings = {}
    if held["portfolio"].rows:
        found["gantt"] = partial(plans.gantt, held["portfolio"], int(answer.parameters["last"]))
    if "supply_curve" in held:
        for commodity in dict.fromkeys(map(str, held["supply_curve"].column("commodity"))):
            found[f"supply_curve:{commodity}"] = partial(plans.supply_curve, held["supply_curve"], commodity)
    for name, draw in (("frontier", plans.frontier), ("delay", plans.delay), ("floors", plans.floors)):
        if name in held and held[name].rows:
            found[name] = partial(draw, held[name])
    return found


def of_share(answer: Answer) -> Drawings:
    """What each member gains, and what it pays."""
    splits = answer.sheet("splits")
    return {"gains": partial(plans.gains, splits), "contributions": partial(plans.contributions, splits)}
