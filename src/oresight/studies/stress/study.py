"""What happens if the supplier stops? Month by month, for every member, with bands, and who pays.

A scenario (preset, ledger event or file) is played on every commodity it touches; the answer says what prices do
inside and outside, who goes short of how much and when, which uses, what it costs whom, and what moves the result.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from oresight.core.answer import Answer
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, silent
from oresight.studies import names
from oresight.studies.stress.ensemble import run
from oresight.studies.stress.play import Played, shocked
from oresight.studies.stress.results import Draws, InMemory, OnDisk
from oresight.studies.stress.run_folder import BLOCK, Chunk, Job, chunks
from oresight.studies.stress.scenario import Scenario, commodity_ids
from oresight.studies.stress.scenario_named import scenario as read_scenario
from oresight.studies.stress.sheets import compared, composed

DRAWS = 32
DRAWS_MAX = 1_000_000
KEPT_IN_MEMORY = 2048
"""Draws per commodity up to which a run needs no folder."""
SEED = 2026


def stress(
    scenario: str | Scenario,
    coalition: str = names.DEFAULT_COALITION,
    commodity: Sequence[str] = (),
    draws: int = DRAWS,
    seed: int = SEED,
    workers: int = 1,
    scheduler: str | None = None,
    out: Path | None = None,
    compare: str | Scenario | None = None,
    reporter: Reporter = silent,
) -> Answer:
    """Play a scenario and say what it does.

    Args:
        scenario: Preset, event id, file, several joined with `+`, or a scenario itself.
        coalition: Whose members are kept apart.
        commodity: Only these of the scenario's commodities; all by default.
        draws: Draws of the parameters; 1 plays their central values.
        seed: Of the draws; recorded.
        workers: Processes to use; scheduler: a Dask cluster instead.
        out: Folder for the draws as Parquet; the run resumes there.
        compare: A second scenario, set beside the first.
        reporter: Told of progress; may cancel.

    Raises:
        StudyError: The scenario cannot be read, or has no effect.
        NoEquilibrium: A market does not clear; names it.
    """
    played = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    players = names.coalition(coalition)
    if not 1 <= draws <= DRAWS_MAX:
        raise StudyError(f"{draws} draws", f"ask for 1 to {DRAWS_MAX:,}")
    wanted = chosen(played, commodity)
    job = Job(played, players, draws, seed)
    moved = [each for each in wanted if has_effect(job, each)]
    if not moved:
        raise StudyError(
            f"{played.name} has no effect on any of its commodities",
            "its sellers ship none of them to its buyers: name others, or other stages",
        )
    with ExitStack() as stack:
        folder = out
        if out is None and draws > KEPT_IN_MEMORY:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="oresight-stress-"))) / "run"
        found = gathered(job, moved, folder, workers, scheduler, reporter)
        answer = composed(played, players, found, draws, seed)
    if compare is None:
        return answer
    other = stress(compare, coalition, commodity, draws, seed, workers, scheduler, None, None, reporter)
    return Answer(
        answer.study,
        answer.question,
        answer.finding,
        (*answer.sheets, compared(answer, other)),
        answer.basis.joined(other.basis),
        {**answer.parameters, "compared_with": other.parameters["scenario"]},
    )


def chosen(scenario: Scenario, commodity: Sequence[str]) -> list[str]:
    """The scenario's commodities, or those of them that are asked for."""
    every = scenario.commodities
    if not commodity:
        return every
    asked = commodity_ids(list(commodity))
    kept = [c for c in every if c in asked]
    if not kept:
        raise StudyError(
            f"{scenario.name} does not touch {', '.join(commodity)}",
            f"it touches {', '.join(every[:8])}" + (" and more" if len(every) > 8 else ""),
        )
    return kept


def gathered(
    job: Job, moved: Sequence[str], out: Path | None, workers: int, scheduler: str | None, reporter: Reporter
) -> dict[str, Draws]:
    """Draws of every commodity that the scenario moves, in memory or on disk."""
    if out is not None:
        return dict(from_disk(job, moved, out, workers, scheduler, reporter))
    parts: dict[str, list[tuple[int, Played]]] = {}
    for each in run(job, moved, None, workers, scheduler, reporter):
        if each.played is not None:
            parts.setdefault(each.chunk.commodity, []).append((each.chunk.first, each.played))
    return {
        commodity: InMemory(tuple(p for _, p in sorted(parts[commodity], key=lambda item: item[0])))
        for commodity in moved
    }


def from_disk(
    job: Job, moved: Sequence[str], folder: Path, workers: int, scheduler: str | None, reporter: Reporter
) -> Iterator[tuple[str, Draws]]:
    """Run into a folder, then read each commodity back."""
    for _ in run(job, moved, folder, workers, scheduler, reporter):
        pass
    for commodity in moved:
        own: tuple[Chunk, ...] = tuple(chunks([commodity], job.draws, BLOCK))
        head = json.loads((folder / f"{own[0].file}.json").read_text(encoding="utf-8"))
        routes = tuple((stage, supplier, buyers) for stage, supplier, buyers in head["routes"])
        yield (
            commodity,
            OnDisk(
                folder=folder,
                chunks=own,
                groups=tuple(head["groups"]),
                use=np.array(head["use"]),
                price_usd=head["price_usd"],
                year=head["year"],
                routes=routes,
                before=np.array(head["before"]),
            ),
        )


def has_effect(job: Job, commodity: str) -> bool:
    """Whether the scenario restricts any flow of the commodity."""
    return shocked(job.scenario, commodity, job.players).restricts
