"""From announced to actual: the capacity of projects per commodity and stage, and the feed they have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oresight.catalog.lists import parts
from oresight.catalog.overlay import laid_over
from oresight.catalog.own_figures import OWN
from oresight.catalog.store import read
from oresight.studies.markets import baseline_prices

SECURE = ("own mine", "by-product", "contracted")
"""Feeds a plant can count on."""

LADDER = ("nameplate", "funded", "commissioned", "actual")


@dataclass
class Rung:
    """Sums of one commodity and stage, in the commodity's own basis [t/yr]; lower bounds where some are unknown.

    `unknown` projects have no usable capacity; `unstated` ones run, at a capacity nobody states.
    """

    commodity: str
    stage: str
    nameplate: float = 0.0
    funded: float = 0.0
    commissioned: float = 0.0
    actual: float = 0.0
    idle: float = 0.0
    secure: float = 0.0
    partial: float = 0.0
    projects: int = 0
    unknown: int = 0
    unstated: int = 0
    reported: int = 0
    assumed: bool = False
    names: list[str] = field(default_factory=list)


def climbed(row: Mapping[str, Any]) -> dict[str, float | None]:
    """The four capacities, a lower one lifting those above it that are unknown or smaller.

    What was produced was commissioned; what runs was paid for; what is paid for was announced.

    >>> climbed({"nameplate": None, "funded": None, "commissioned": None, "actual": 29.0})["funded"]
    29.0
    """
    found: dict[str, float | None] = {}
    least: float | None = None
    for name in reversed(LADDER):
        known = row[name]
        values = [v for v in (known, least) if v is not None]
        found[name] = max(values) if values else None
        if name == "actual" or found[name] is not None:
            least = found[name]
    return {name: found[name] for name in LADDER}


def chosen(members: Iterable[str], commodities: Iterable[str]) -> list[dict[str, Any]]:
    """Projects of some hosts and commodities, cancelled ones left out; every one for empty sets."""
    hosts, wanted = set(members), set(commodities)
    return [
        row
        for row in laid_over("projects").iter_rows(named=True)
        if row["status"] != "cancelled"
        and (not hosts or row["country"] in hosts)
        and (not wanted or wanted & {row["commodity"], *parts(row["other_commodities"])})
    ]


def ladder(members: Iterable[str] = (), commodities: Iterable[str] = ()) -> list[Rung]:
    """Nameplate, funded, commissioned and actual capacity per commodity and stage, with feed.

    Args:
        members: Host countries; every one where empty.
        commodities: Commodities; every one where empty.
    """
    wanted = set(commodities)
    projects = {row["id"]: row for row in chosen(members, ())}
    rungs: dict[tuple[str, str], Rung] = {}
    with_output = set()
    for row in laid_over("project_outputs").iter_rows(named=True):
        project = projects.get(row["project"])
        if project is None or (wanted and row["commodity"] not in wanted):
            continue
        rung = rungs.setdefault((row["commodity"], row["stage"]), Rung(row["commodity"], row["stage"]))
        heights = climbed(row)
        with_output.add((row["project"], row["commodity"]))
        rung.projects += 1
        rung.names.append(project["name"])
        if row["content"] is None or heights["nameplate"] is None:
            rung.unknown += 1
            continue
        rung.assumed |= row["content_quality"] == "assumption" or project["confidence"] == "assumption"
        tonnes = {name: (value or 0.0) * row["content"] for name, value in heights.items()}
        for name in LADDER:
            setattr(rung, name, getattr(rung, name) + tonnes[name])
        rung.unstated += project["status"] == "operating" and heights["commissioned"] is None
        rung.reported += row["actual"] is not None
        if project["status"] == "suspended":
            rung.idle += tonnes["commissioned"]
        if project["feed"] in SECURE:
            rung.secure += tonnes["nameplate"]
        elif project["feed"] == "partial":
            rung.partial += tonnes["nameplate"]
    for project in projects.values():
        key = (project["commodity"], project["stage"])
        if (project["id"], project["commodity"]) in with_output or (
            wanted and project["commodity"] not in wanted
        ):
            continue
        rung = rungs.setdefault(key, Rung(*key))
        rung.projects += 1
        rung.unknown += 1
        rung.names.append(project["name"])
    order = {name: at for at, name in enumerate(read("commodities")["id"])}
    stages = ("mine", "refine", "component", "recycling")
    return sorted(rungs.values(), key=lambda r: (order.get(r.commodity, 999), stages.index(r.stage)))


def can_run(rung: Rung) -> float | None:
    """Capacity able to run [t/yr], a lower bound; None where plants run of which none states how much.

    >>> can_run(Rung("lithium", "mine", nameplate=9.0, unstated=2)) is None, can_run(Rung("gallium", "refine"))
    (True, 0.0)
    """
    return None if rung.unstated and rung.commissioned == 0.0 else rung.commissioned


def feed_note(rung: Rung) -> str:
    """What is known of the feed, in a sentence made from the sums."""
    if rung.stage in ("mine", "recycling") or not rung.nameplate:
        return ""
    rest = rung.nameplate - rung.secure - rung.partial
    shares = [
        f"{share:.0%} {words}"
        for share, words in (
            (rung.secure / rung.nameplate, "with feed of its own or by contract"),
            (rung.partial / rung.nameplate, "with some"),
            (rest / rung.nameplate, "unknown"),
        )
        if share >= 0.005
    ]
    return "; ".join(shares)


@dataclass(frozen=True)
class Arrival:
    """Capacity that projects add by a year [t/yr], cumulated from the first planned year."""

    commodity: str
    stage: str
    year: int
    nameplate: float
    funded: float
    projects: int


def arrivals(
    members: Iterable[str] = (), commodities: Iterable[str] = (), first: int = 2025
) -> list[Arrival]:
    """What would run by when, if every owner keeps to the year named; undated projects are left out.

    Args:
        members: Host countries; every one where empty.
        commodities: Commodities; every one where empty.
        first: First year shown; what started before is counted in it.
    """
    wanted = set(commodities)
    projects = {row["id"]: row for row in chosen(members, ())}
    starts: dict[tuple[str, str], list[tuple[int, float, float]]] = {}
    for row in laid_over("project_outputs").iter_rows(named=True):
        project = projects.get(row["project"])
        if project is None or project["start_year"] is None or row["content"] is None:
            continue
        if wanted and row["commodity"] not in wanted:
            continue
        heights = climbed(row)
        if heights["nameplate"] is None:
            continue
        starts.setdefault((row["commodity"], row["stage"]), []).append(
            (
                max(project["start_year"], first),
                heights["nameplate"] * row["content"],
                (heights["funded"] or 0.0) * row["content"],
            )
        )
    found = []
    for (commodity, stage), each in sorted(starts.items()):
        for year in sorted({start for start, _, _ in each}):
            here = [s for s in each if s[0] <= year]
            found.append(
                Arrival(commodity, stage, year, sum(s[1] for s in here), sum(s[2] for s in here), len(here))
            )
    return found


def yearly_values(ids: Iterable[str]) -> list[dict[str, Any]]:
    """Value of a year's nameplate output of some projects at baseline prices [USD/yr], None with what is missing.

    output = sum over commodities of nameplate x content x baseline price
    """
    prices = baseline_prices()
    outputs: dict[str, list[dict[str, Any]]] = {}
    for row in laid_over("project_outputs").iter_rows(named=True):
        outputs.setdefault(row["project"], []).append(row)
    projects = {row["id"]: row for row in laid_over("projects").iter_rows(named=True)}
    found = []
    for name in dict.fromkeys(ids):
        project = projects.get(name)
        if project is None:
            continue
        total, missing = 0.0, []
        for row in outputs.get(name, []):
            price = prices.get((row["commodity"], row["stage"]))
            tonnes = climbed(row)["nameplate"]
            if price is None:
                missing.append(f"a price of {row['commodity']}")
            elif tonnes is None or row["content"] is None:
                missing.append(f"tonnes of {row['commodity']}")
            else:
                total += tonnes * row["content"] * price
        if name not in outputs:
            missing.append("a capacity")
        found.append(
            {
                "project": project["name"],
                "commodity": project["commodity"],
                "status": project["status"],
                "usd_per_year": total or None,
                "needs": "recoverable tonnes" + (f", {', '.join(missing)}" if missing else ""),
                OWN: project[OWN],
            }
        )
    return found
