"""An experiment of another study asked of ours, its published figures beside our own (plan §1, §7)."""

from collections.abc import Sequence

import polars as pl

from oresight.catalog.overlay import laid_over
from oresight.core.answer import Answer, Assumption, Column, Sheet, sheet
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.plan.self_sufficiency import Experiment, Reached, Setting, settings
from oresight.studies.plan.words import MILLION

EXPERIMENTS = {"self-sufficiency": "imf-2026-072"}
"""Experiments by name and the study that published them."""
STEPS = (0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40)
CURVED = ("class", "ledger")
TABLES = (
    *CHAIN_TABLES,
    "published_findings",
    "projects",
    "project_outputs",
    "costs",
    "baseline_prices",
    "prices",
    "demand_outlook",
    "elasticities",
    "priors",
    "blocs",
)


def experiment(
    name: str,
    coalition: str = names.DEFAULT_COALITION,
    supplier: str = names.DEFAULT_SUPPLIER,
    reporter: Reporter = silent,
) -> Answer:
    """Run an experiment others have published and show both figures.

    Args:
        name: `self-sufficiency`: more refined rare earths made at home, by subsidy or by floor, alone or together.
        coalition, supplier: Who acts, away from whom.
        reporter: Told of progress; may cancel.

    Raises:
        StudyError: No such experiment, or its country is no member.
    """
    if name not in EXPERIMENTS:
        raise StudyError(f"no experiment {name!r}", f"choose {', '.join(EXPERIMENTS)}")
    players = names.coalition(coalition)
    seller = names.supplier(supplier, players)
    said = published(EXPERIMENTS[name])
    start, target, year = (float(str(said[k]["value"])) for k in ("start", "target", "year"))
    member = str(said["target"]["country"])
    found = Experiment(players, seller, member, start, int(year))
    report(reporter, 0.3, "asking what investors lack")
    cases = []
    for each in settings():
        alone, together, every = (
            found.reach(target, each, shared, everyone)
            for shared, everyone in ((False, False), (True, False), (True, True))
        )
        cases.append((each, alone, together, every))
        report(reporter, 0.3 + 0.5 * len(cases) / len(settings()), each.name)
    curve = [
        (each, found.reach(step, each, False), found.reach(step, each, True))
        for each in settings()
        if each.name in CURVED
        for step in STEPS
    ]
    report(reporter, 1.0, "done")
    sheets = (
        settings_sheet(cases),
        curve_sheet(curve),
        published_sheet(said, cases),
        home_sheet(found, member),
    )
    return Answer(
        "plan",
        f"What would it cost {names.label(member)} to make {target:.0%} instead of {start:.0%} of its refined rare earths "
        f"at home by {year:.0f}, alone and together?",
        finding(said, cases, names.label(member), target, start),
        sheets,
        basis(
            TABLES,
            (*CHAIN_RULES, "plan §1", "plan §3", "plan §7"),
            (
                *CHAIN_ASSUMPTIONS,
                Assumption(
                    "plan §7 experiment",
                    "use counts the metal in magnets bought; without a policy the share stays at the paper's start",
                ),
                Assumption(
                    "plan §7 together",
                    "acting together is read as: the same tonnes may be made in any member country",
                ),
                Assumption("costs", "capital of the class is the median of the ledger's projects"),
            ),
            (
                "Only the paper's abstract was read: how it counts fiscal cost and coordination is our reading.",
                "Costs are discounted at the social rate to the year of the decision; parts of plants are allowed.",
            ),
        ),
        {
            "experiment": name,
            "study": EXPERIMENTS[name],
            "coalition": players.id,
            "supplier": list(seller.members),
            "member": member,
            "start": start,
            "target": target,
            "year": int(year),
        },
    )


def published(study: str) -> dict[str, dict[str, object]]:
    """Rows of a study's published figures, by measure."""
    rows = laid_over("published_findings").filter(pl.col("study") == study)
    return {str(r["measure"]): r for r in rows.iter_rows(named=True)}


Cases = Sequence[tuple[Setting, Reached, Reached, Reached]]


def settings_sheet(cases: Cases) -> Sheet:
    """What the treasury pays over the annual market, by what plants there are and how it pays."""
    columns = (
        Column("setting", "what plants there are, how the treasury pays"),
        Column("about", "in words", "", "note"),
        Column("alone", "subsidy on capital over the annual market, acting alone", "1", "share"),
        Column("together", "the same tonnes made anywhere among members", "1", "share"),
        Column("every_member", "every member raises its share as much, over all their markets", "1", "share"),
        Column("floor_alone", "price floor that does as much, acting alone", "1", "share"),
        Column("floor_together", "the same, made anywhere among members", "1", "share"),
        Column("usd", "subsidy acting alone, discounted", "million USD", "number"),
        Column(
            "price", "price of the light magnet metals with so much more made, over today's", "1", "number"
        ),
    )
    rows = [
        {
            "setting": each.name,
            "about": each.about,
            "alone": alone.grant / alone.annual,
            "together": together.grant / together.annual,
            "every_member": every.grant / every.annual,
            "floor_alone": alone.floor / alone.annual if each.pays == "missing" else None,
            "floor_together": together.floor / together.annual if each.pays == "missing" else None,
            "usd": alone.grant / MILLION,
            "price": next(iter(alone.price.values())),
        }
        for each, alone, together, every in cases
    ]
    return sheet("experiment", "What the treasury pays, over the annual market", columns, rows)


def curve_sheet(curve: Sequence[tuple[Setting, Reached, Reached]]) -> Sheet:
    """Cost by the share reached."""
    columns = (
        Column("setting", "what plants there are"),
        Column("target", "share of use made at home", "1", "share"),
        Column("added", "tonnes more, all magnet metals", "t/yr", "number"),
        Column("alone", "subsidy over the annual market, alone", "1", "share"),
        Column("together", "the same, together", "1", "share"),
        Column("floor_alone", "floor over the annual market, alone", "1", "share"),
        Column("floor_together", "the same, together", "1", "share"),
    )
    rows = [
        {
            "setting": each.name,
            "target": alone.target,
            "added": sum(alone.added.values()),
            "alone": alone.grant / alone.annual,
            "together": together.grant / together.annual,
            "floor_alone": alone.floor / alone.annual,
            "floor_together": together.floor / together.annual,
        }
        for each, alone, together in curve
    ]
    return sheet("curve", "What more self-sufficiency costs", columns, rows)


def published_sheet(said: dict[str, dict[str, object]], cases: Cases) -> Sheet:
    """Published figures beside ours."""
    _, alone, together, _ = cases[0]
    ours = {
        "capital-subsidy-alone": alone.grant / alone.annual,
        "capital-subsidy-coordinated": together.grant / together.annual,
        "fiscal-cost": alone.grant,
    }
    words = {"floor-against-subsidy": f"the floor costs {alone.floor / alone.grant:.1f} times the subsidy"}
    columns = (
        Column("measure", "what is told"),
        Column("about", "in words", "", "note"),
        Column("published", "figure of the study", "", "number"),
        Column("ours", "the same in our account, plants of the class", "", "number"),
        Column("unit", "unit of both"),
        Column("words", "ours in words", "", "note"),
        Column("source", "source", "", "id"),
    )
    rows = [
        {
            "measure": measure,
            "about": row["about"],
            "published": row["value"],
            "ours": ours.get(measure),
            "unit": row["unit"],
            "words": words.get(measure, ""),
            "source": row["source_id"],
        }
        for measure, row in said.items()
        if measure not in ("start", "target", "year")
    ]
    return sheet("published", "The published figures beside ours", columns, rows)


def home_sheet(found: Experiment, member: str) -> Sheet:
    """What the country uses and makes, today and then."""
    columns = (
        Column("commodity", "commodity", "", "id"),
        Column("use", f"use of {names.label(member)} today, in bought magnets too", "t/yr", "number"),
        Column("made", "refined at home today", "t/yr", "number"),
        Column("share", "made at home over use", "1", "share"),
        Column("later", "use in the year of the target, as world use grows", "t/yr", "number"),
    )
    rows = [
        {
            "commodity": c,
            "use": found.home.use[c],
            "made": found.home.made[c],
            "share": found.home.made[c] / found.home.use[c],
            "later": found.home.later[c],
        }
        for c in found.home.use
    ]
    return sheet("home", "What is used and made at home", columns, rows)


def finding(said: dict[str, dict[str, object]], cases: Cases, who: str, target: float, start: float) -> str:
    """The experiment in sentences made from its numbers."""
    by = {each.name: alone for each, alone, _, _ in cases}
    plain, every = by["class"], next(x for each, _, _, x in cases if each.name == "class")
    together = next(x for each, _, x, _ in cases if each.name == "class")
    theirs = float(str(said["capital-subsidy-alone"]["value"]))
    theirs_together = float(str(said["capital-subsidy-coordinated"]["value"]))
    text = [
        f"In our account it would take {plain.grant / MILLION:,.0f} million USD of subsidy, "
        f"{plain.grant / plain.annual:.0%} of the annual market of {who} of {plain.annual / 1e9:.2f} bn, to make "
        f"{target:.0%} instead of {start:.0%} of its refined rare earths at home; as a price floor "
        f"{plain.floor / plain.annual:.0%}, {plain.floor / plain.grant:.1f} times as much.",
        f"The paper finds {theirs:.0%} alone and {theirs_together:.0%} together, floors dearer too.",
    ]
    capital, most = by["whole capital"], by["whole capital, all output"]
    if capital.grant / capital.annual < theirs:
        text.append(
            f"All capital of such plants is {capital.grant / capital.annual:.0%} of the market; at the dearest announced "
            f"project's cost and for all that is then made at home {most.grant / most.annual:.0%}: the paper's figure is "
            f"of that size, ours counts only what investors lack."
        )
    saved = plain.grant - together.grant
    if saved > 0.005 * plain.annual:
        text.append(f"Together it costs {together.grant / together.annual:.0%}.")
    else:
        text.append(
            f"Making the same tonnes elsewhere among members saves nothing, for the class costs the same everywhere; "
            f"were every member to raise its share as much, prices would fall further and it would cost "
            f"{every.grant / every.annual:.0%} of their markets."
        )
    return " ".join(text)
