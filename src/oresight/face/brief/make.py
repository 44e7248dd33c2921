"""Making the brief: ask the studies, turn answers into sections, lay out the page, write the folder."""

import shlex
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from oresight.core.answer import Answer
from oresight.core.errors import OresightError
from oresight.core.processes import cores, processes, told_to_stop
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


Shock = Callable[[], Answer]
"""The reference shock's answer; raises what the study raised."""


def make(coalition: str, supplier: str, out: Path, reporter: Reporter) -> Made:
    """Write the brief of a coalition and a supplier.

    Raises:
        StudyError: A name is unknown, or the folder cannot be written.
    """
    begun = time.monotonic()
    buyers = names.coalition(coalition)
    seller = names.supplier(supplier, buyers)
    with beside(coalition, supplier) as played:
        answers, parts = gather(coalition, supplier, played, reporter)
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


def gather(
    coalition: str, supplier: str, played: Callable[[], tuple[Answer, Shock]], reporter: Reporter
) -> tuple[list[Answer], list[Section]]:
    """The answers of every study of the brief and the sections made from them, in reading order.

    Args:
        coalition, supplier: As asked.
        played: Gives the back-test's answer, and what gives the reference shock's.
        reporter: Told of progress; may cancel.
    """
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
        report(reporter, 0.25 * done / len(steps), doing)
        answer = ask()
        answers.append(answer)
        if show is not None:
            parts.append(show(answer))
    shown: list[Section] = []
    models: tuple[tuple[float, str, str, str, Callable[[], Answer], Callable[[Answer], Section]], ...] = (
        (
            0.25,
            "looking for the way out",
            "way-out",
            "Way out",
            lambda: plan.plan(coalition, supplier, curves=False),
            p.way_out,
        ),
        (
            0.55,
            "asking who pays",
            "who-pays",
            "Who pays",
            lambda: share_out(coalition, supplier, quick=True),
            p.who_pays,
        ),
        (0.75, "asking the ledgers", "track", "On track", track.track, m.track),
    )
    found: list[Answer] = []
    for share, doing, mark, short, ask, draw in models:
        report(reporter, share, doing)
        shown.append(drawn(mark, short, ask, draw, found))
    report(reporter, 0.8, "playing the reference shock")
    record, shock = played()
    answers.append(record)
    shown.insert(0, drawn("stress", "Stress", shock, lambda answer: m.stress(answer, record), answers))
    answers += found
    last = s.with_sources(parts.pop(), answers)
    return answers, [*parts, *shown, last]


def drawn(
    mark: str, short: str, ask: Callable[[], Answer], draw: Callable[[Answer], Section], answers: list[Answer]
) -> Section:
    """The section of a model's answer, which is added to the answers; where there is none, the section says why."""
    try:
        answer = ask()
    except OresightError as error:
        return Section(mark, short, f"{short}?", f"This cannot be answered here: {error}")
    answers.append(answer)
    return draw(answer)


@contextmanager
def beside(coalition: str, supplier: str) -> Iterator[Callable[[], tuple[Answer, Shock]]]:
    """The back-test and the reference shock, played in a process of their own while all else is asked.

    Yields:
        What waits for them. With one core, or where the process is lost, they are played here when asked for.
    """
    if cores() < 2:
        yield lambda: (backtest.backtest(), lambda: shock(coalition, supplier))
        return
    with processes(1) as pool:
        record, shocked = pool.submit(past), pool.submit(shock, coalition, supplier)

        yield lambda: (or_here(record, past), lambda: or_here(shocked, lambda: shock(coalition, supplier)))


def or_here(future: Future[Answer], ask: Callable[[], Answer]) -> Answer:
    """What a process answers; where it was lost, the same asked here."""
    try:
        return future.result()
    except BrokenProcessPool:
        return ask()


def waited_for(share: float, doing: str) -> bool:
    """Let a process of its own go on while somebody waits for it."""
    return not told_to_stop()


def past() -> Answer:
    """The back-test."""
    return backtest.backtest(reporter=waited_for)


def shock(coalition: str, supplier: str) -> Answer:
    """The reference shock."""
    return stress.stress(reference_shock(supplier), coalition, reporter=waited_for)
