"""The levers of a plan as data: every project of the ledger, with what it lacks filled and marked (plan §1).

Nameplate, funded, commissioned and actual capacity are kept apart: what runs is in today's output, what is funded and
not yet running is committed, what is only announced is a candidate.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from oresight.catalog.overlay import laid_over
from oresight.core.coalition import Coalition
from oresight.studies.books import TRADE_LAST
from oresight.studies.markets import baseline_price, prior
from oresight.studies.plan.levers_costs import overrun, reference_cost
from oresight.studies.track.capacity import climbed

Product = tuple[str, str]
"""A commodity at a stage."""

FIRST = 2026
"""First year in which anything can be decided."""
ORDER = ("assumption", "unverified", "low", "medium", "high")


@dataclass(frozen=True)
class Lever:
    """Something that could be built, or is being built.

    Args:
        id, name: Of the project or class.
        kind: `project`, `reference class` or `recycling`.
        state: `committed` (its capital is sunk) or `candidate`.
        product: Main product.
        country: ISO code of the host; a player of the coalition for a reference class.
        capacity: [t/yr] of the commodity's own basis.
        capital: Whole investment, overrun included [USD].
        operating: Without feed [USD/t].
        lead_time: Years from the decision to the first output; for committed ones the years from `FIRST`.
        besides: Other products of the same plant, t per t of the main one.
        whole: Built or not; False where any part can be built.
        announced: Start year as announced, None if unknown.
        source: Of the project; `assumption` for a class.
        confidence: Of the weakest figure used.
        filled: What was filled in and how, empty where nothing was.
    """

    id: str
    name: str
    kind: str
    state: str
    product: Product
    country: str
    capacity: float
    capital: float
    operating: float
    lead_time: int
    besides: tuple[tuple[Product, float], ...]
    whole: bool
    announced: int | None
    source: str
    confidence: str
    filled: str


def ledger_levers(wanted: Collection[Product], away_from: Collection[str]) -> list[Lever]:
    """Committed and candidate levers of the ledger, one per project, stage and state.

    Several products of one plant are one lever: the one that earns most is the main product, the others come with it.

    Args:
        wanted: Products of the plan.
        away_from: Hosts left out: the supplier's own projects are no way out.
    """
    projects = {row["id"]: row for row in laid_over("projects").iter_rows(named=True)}
    outputs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in laid_over("project_outputs").iter_rows(named=True):
        at = projects.get(row["project"])
        if at is None or at["status"] in ("cancelled", "suspended") or at["country"] in away_from:
            continue
        if row["content"] is None or (row["commodity"], row["stage"]) not in wanted:
            continue
        outputs.setdefault((row["project"], row["stage"]), []).append(row)
    stages_of: dict[str, list[tuple[str, float]]] = {}
    for (project, stage), rows in outputs.items():
        worth = sum((nameplate(r) or 0.0) * baseline_price(r["commodity"], stage)[0] for r in rows)
        stages_of.setdefault(project, []).append((stage, worth))
    found = []
    for (project, stage), rows in sorted(outputs.items()):
        worths = dict(stages_of[project])
        part = worths[stage] / sum(worths.values()) if sum(worths.values()) > 0 else 0.0
        found += project_levers(projects[project], stage, rows, part)
    return found


def nameplate(row: dict[str, Any]) -> float | None:
    """Capacity at the end of all announced plans, in the commodity's own basis [t/yr]."""
    height = climbed(row)["nameplate"]
    return None if height is None else height * float(row["content"])


def rungs(row: dict[str, Any], project: dict[str, Any]) -> tuple[float, float, float]:
    """Running, committed and candidate capacity of one output [t/yr].

    What started by the year of the balance is in its output; later starts that are funded are committed.

    >>> r = {"nameplate": 10.0, "funded": 6.0, "commissioned": 4.0, "actual": None, "content": 0.5}
    >>> rungs(r, {"status": "operating", "start_year": 2020})
    (2.0, 1.0, 2.0)
    """
    height = climbed(row)
    content = float(row["content"])
    top = (height["nameplate"] or 0.0) * content
    funded = min((height["funded"] or 0.0) * content, top)
    running = 0.0
    if project["status"] == "operating" and (project["start_year"] or TRADE_LAST) <= TRADE_LAST:
        running = (height["commissioned"] or 0.0) * content
        if height["commissioned"] is None:
            running = funded
    running = min(running, top)
    committed = max(funded - running, 0.0) if project["status"] in ("operating", "construction") else 0.0
    return running, committed, max(top - running - committed, 0.0)


def project_levers(
    project: dict[str, Any], stage: str, rows: list[dict[str, Any]], part: float
) -> list[Lever]:
    """The committed and the candidate part of one plant.

    Args:
        project: Its row of the ledger.
        stage: Of the plant.
        rows: Its outputs at that stage.
        part: Of the project's capital that falls on this stage [1], by revenue.
    """
    ranked = sorted(rows, key=lambda r: -(nameplate(r) or 0.0) * baseline_price(r["commodity"], stage)[0])
    found = []
    for state, at in (("committed", 1), ("candidate", 2)):
        sizes = [rungs(r, project)[at] for r in ranked]
        if sizes[0] <= 0:
            continue
        main: Product = (ranked[0]["commodity"], stage)
        besides = tuple(
            ((r["commodity"], stage), s / sizes[0])
            for r, s in zip(ranked[1:], sizes[1:], strict=True)
            if s > 0
        )
        found.append(filled(project, main, sizes[0], besides, state, part, nameplate(ranked[0]) or sizes[0]))
    return found


def filled(
    project: dict[str, Any],
    main: Product,
    size: float,
    besides: tuple[tuple[Product, float], ...],
    state: str,
    part: float,
    top: float,
) -> Lever:
    """A lever with its missing capital, operating cost and lead time from the reference class, marked."""
    reference = reference_cost(*main)
    notes, rank = [], [project["confidence"]]
    if project["capex_usd"]:
        capital = float(project["capex_usd"]) * part * size / top * overrun()
    else:
        worth = baseline_price(*main)[0]
        together = 1.0 + sum(t * baseline_price(*p)[0] / worth for p, t in besides)
        capital = reference.capital * size * together * overrun()
        notes.append(reference.how.split(";")[0])
        rank.append(reference.confidence)
    if project["opex_usd_per_t"]:
        operating = float(project["opex_usd_per_t"])
    else:
        operating = reference.operating
        notes.append("operating cost of its class")
        rank.append(reference.confidence)
    slip = round(prior("project-slip")[1])
    start = project["start_year"]
    lead = round(reference.lead_time)
    if start is None:
        notes.append(f"{lead} years to build, as its class")
    elif state == "committed":
        lead = start + slip - FIRST if start >= FIRST else slip
    else:
        lead = max(start + slip - FIRST, 1)
    return Lever(
        project["id"] if state == "candidate" else f"{project['id']}/committed",
        project["name"],
        "project",
        state,
        main,
        project["country"],
        size,
        capital,
        operating,
        max(lead, 0 if state == "committed" else 1),
        besides,
        True,
        start,
        project["source_id"],
        min(rank, key=ORDER.index),
        "; ".join(notes),
    )


def class_levers(
    product: Product, players: Coalition, need: dict[str, float], weight: dict[str, float]
) -> list[Lever]:
    """New plants of the reference class at the three likeliest hosts, half of the coalition's need together.

    Refining and components only: a mine needs a deposit, and deposits are in the ledger.             plan §1

    Args:
        product: Commodity and stage.
        players: The coalition.
        need: Tonnes each player needs [t/yr].
        weight: How likely each player hosts a plant: its need, or for a by-product the metal it comes with.
    """
    if product[1] == "mine":
        return []
    reference = reference_cost(*product)
    total = sum(need.values())
    hosts = [p for p in sorted(players.players, key=lambda p: -weight.get(p, 0.0)) if weight.get(p, 0.0) > 0][
        :3
    ]
    if total <= 0:
        return []
    found = []
    for host in hosts:
        size = 0.5 * total * weight[host] / sum(weight[p] for p in hosts)
        found.append(
            Lever(
                f"class/{product[0]}/{product[1]}/{host}",
                f"new {product[1]} plant",
                "reference class",
                "candidate",
                product,
                host,
                size,
                reference.capital * size * overrun(),
                reference.operating,
                max(round(reference.lead_time), 1),
                (),
                False,
                None,
                reference.source,
                "assumption",
                reference.how,
            )
        )
    return found


def raised(lever: Lever, operating: float, why: str) -> Lever:
    """The lever at a higher operating cost, and why."""
    notes = "; ".join(n for n in (lever.filled, why) if n)
    return replace(lever, operating=operating, filled=notes)
