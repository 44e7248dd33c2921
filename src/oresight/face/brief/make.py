"""Making the brief: ask the studies, turn answers into sections, lay out the page, write the folder."""

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from oresight.core.answer import Answer
from oresight.core.errors import OresightError
from oresight.core.progress import Reporter, report
from oresight.face.brief import model_sections as m
from oresight.face.brief import plan_sections as p
from oresight.face.brief import sections as s
from oresight.face.brief.blocks import Section
from oresight.face.brief.files import write_folder
from oresight.face.brief.page import page
from oresight.studies import claims, concentration, history, names, quality, situation
from oresight.studies.backtest import study as backtest
from oresight.studies.plan import study as plan
from oresight.studies.share.study import share as share_out
from oresight.studies.stress import study as stress
from oresight.studies.stress.reference_shock import reference_shock
from oresight.studies.track import study as track


@dataclass(frozen=True)
class Made:
    """A written brief: the lines a terminal shows, and what stands where."""

    summary: str
    answers: tuple[Answer, ...]
    folder: Path


def make(coalition: str, supplier: str, out: Path, reporter: Reporter) -> Made:
    """Write the brief of a coalition and a supplier.

    Raises:
        StudyError: A name is unknown, or the folder cannot be written.
    """
    begun = time.monotonic()
    buyers = names.coalition(coalition)
    seller = names.supplier(supplier, buyers)
    answers, parts = gather(coalition, supplier, reporter)
    report(reporter, 0.93, "laying out the page")
    head = answers[0]
    text = page(
        headline=s.headline(head),
        standfirst=s.standfirst(answers),
        sections=parts,
        coalition_label=buyers.label,
        supplier_label=seller.label,
        year=int(head.parameters["year"]),
        made_on=f"{date.today():%-d %B %Y}",
        command=f"oresight brief --coalition {shlex.quote(buyers.id)} --supplier {shlex.quote(seller.id)}",
    )
    sizes = write_folder(text, answers, out)
    report(reporter, 1.0, "done")
    lines = [s.headline(head), ""]
    lines += [f"{part.short + ':':18} {part.finding}" for part in parts]
    lines += [
        "",
        f"{out / 'index.html'}  {sizes['index.html'] / 1e6:.1f} MB, opens offline and prints on A4",
        f"{out / 'brief.xlsx'}, {out / 'brief.json'}, {out / 'tables'}/*.csv  every table",
        f"made in {time.monotonic() - begun:.0f} s",
    ]
    return Made("\n".join(lines), tuple(answers), out)


def gather(coalition: str, supplier: str, reporter: Reporter) -> tuple[list[Answer], list[Section]]:
    """The answers of every study of the brief and the sections made from them, in reading order."""
    Step = tuple[str, Callable[[], Answer], Callable[[Answer], Section] | None]
    steps: tuple[Step, ...] = (
        ("following every tonne", lambda: situation.situation(coalition, supplier), s.situation),
        ("asking each member", lambda: situation.members(coalition, supplier), s.members),
        ("looking at the world", lambda: situation.world(supplier), s.world),
        ("reading thirty years of trade", lambda: history.history(coalition, supplier), s.history),
        ("counting the makers", lambda: concentration.concentration(supplier), s.concentration),
        ("weighing demand", lambda: claims.demand(coalition), None),
        ("checking the claims", lambda: claims.claims(coalition, supplier), s.claims),
        ("grading the figures", quality.quality, s.sources),
    )
    answers: list[Answer] = []
    parts: list[Section] = []
    for done, (doing, ask, show) in enumerate(steps):
        report(reporter, 0.5 * done / len(steps), doing)
        answer = ask()
        answers.append(answer)
        if show is not None:
            parts.append(show(answer))
    report(reporter, 0.5, "playing the reference shock")
    record = backtest.backtest()
    shown: list[Section] = []
    models: tuple[tuple[float, str, str, str, Callable[[], Answer], Callable[[Answer], Section]], ...] = (
        (
            0.55,
            "playing the reference shock",
            "stress",
            "Stress",
            lambda: stress.stress(reference_shock(supplier), coalition),
            lambda answer: m.stress(answer, record),
        ),
        (
            0.7,
            "looking for the way out",
            "way-out",
            "Way out",
            lambda: plan.plan(coalition, supplier, curves=False),
            p.way_out,
        ),
        (
            0.82,
            "asking who pays",
            "who-pays",
            "Who pays",
            lambda: share_out(coalition, supplier, quick=True),
            p.who_pays,
        ),
        (0.9, "asking the ledgers", "track", "On track", track.track, m.track),
    )
    answers.append(record)
    for share, doing, mark, short, ask, draw in models:
        report(reporter, share, doing)
        try:
            found = ask()
        except OresightError as error:
            shown.append(Section(mark, short, f"{short}?", f"This cannot be answered here: {error}"))
        else:
            answers.append(found)
            shown.append(draw(found))
    last = s.with_sources(parts.pop(), answers)
    return answers, [*parts, *shown, last]
