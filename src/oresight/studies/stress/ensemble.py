"""Many draws of a scenario on all cores or a cluster: resumable, cancellable, the same numbers however it is cut.

Work is cut into chunks of one commodity and a block of draws, which land in the run's folder as they are finished;
a later run with the same scenario and seed goes on. Draw k of a commodity is the same in any chunking: blocks are
slices of one sequence.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from oresight.core.errors import DataError
from oresight.core.processes import processes
from oresight.core.progress import Reporter, report, silent
from oresight.studies.cluster import RETRIES, connected
from oresight.studies.stress.play import Floats, Played, draws_of, play
from oresight.studies.stress.run_folder import BLOCK, Chunk, Job, chunks, finished, open_run, store_chunk


@dataclass(frozen=True)
class Landed:
    """A chunk that is finished.

    Args:
        chunk: Which. played: Its results; None where they are on disk only.
        found: Whether an earlier run had finished it.
    """

    chunk: Chunk
    played: Played | None
    found: bool = False


@lru_cache(maxsize=2)
def _all_draws(commodity: str, draws: int, seed: int) -> dict[str, Floats]:
    return draws_of(commodity, draws, seed)


def draws_in(job: Job, chunk: Chunk) -> dict[str, Floats]:
    """A chunk's part of the job's draws (draw) by name."""
    whole = _all_draws(chunk.commodity, job.draws, job.seed)
    return {n: np.ascontiguousarray(v[chunk.first : chunk.first + chunk.count]) for n, v in whole.items()}


def run_chunk(
    job: Job, chunk: Chunk, draws: Mapping[str, Floats], folder: Path | None = None
) -> Played | None:
    """Play one chunk; with a folder its results are left there and nothing is handed back."""
    played = play(job.scenario, chunk.commodity, job.players, draws)
    if folder is None:
        return played
    store_chunk(folder, chunk, played)
    return None


def run(
    job: Job,
    commodities: Sequence[str],
    out: Path | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    reporter: Reporter = silent,
    block: int = BLOCK,
) -> Iterator[Landed]:
    """Run all chunks; yields each as it is finished.

    Args:
        job, commodities: What is played.
        out: Folder the chunks land in; None keeps nothing on disk.
        workers: Processes on this machine; 1 plays in this one.
        scheduler: Address of a Dask scheduler to use instead, such as tcp://127.0.0.1:8786.
        reporter: Told of progress; may cancel. What is finished stays.
    """
    todo = chunks(commodities, job.draws, block)
    folder = open_run(out, job, commodities) if out is not None else None
    open_chunks = []
    for chunk in todo:
        if folder is not None and finished(folder, chunk):
            yield Landed(chunk, None, found=True)
        else:
            open_chunks.append(chunk)
    total, done = len(todo), len(todo) - len(open_chunks)
    if done:
        report(reporter, done / total, f"{done:,} of {total:,} blocks of draws found finished")
    if scheduler is not None:
        results = on_cluster(job, open_chunks, scheduler, folder)
    elif workers > 1 and len(open_chunks) > 1:
        results = on_cores(job, open_chunks, min(workers, len(open_chunks)), folder)
    else:
        results = (Landed(c, run_chunk(job, c, draws_in(job, c), folder)) for c in open_chunks)
    for landed in results:
        done += 1
        at = landed.chunk
        report(reporter, done / total, f"{at.commodity}: draws {at.first + 1}-{at.first + at.count}")
        yield landed


def on_cores(job: Job, todo: Sequence[Chunk], workers: int, folder: Path | None) -> Iterator[Landed]:
    """Chunks on the cores of this machine; a chunk whose worker dies is tried again in a fresh pool.

    Raises:
        DataError: A chunk killed its worker again and again.
    """
    waiting = list(todo)[::-1]
    tries: dict[Chunk, int] = {}
    while waiting:
        flying: dict[Future[Played | None], Chunk] = {}
        try:
            with processes(workers) as pool:
                while waiting or flying:
                    while waiting and len(flying) < 2 * workers:
                        chunk = waiting.pop()
                        flying[pool.submit(run_chunk, job, chunk, draws_in(job, chunk), folder)] = chunk
                    landed, _ = wait(flying, return_when=FIRST_COMPLETED)
                    for future in sorted(landed, key=lambda f: f.exception() is not None):
                        played = future.result()
                        yield Landed(flying.pop(future), played)
        except BrokenProcessPool:
            for chunk in flying.values():
                tries[chunk] = tries.get(chunk, 0) + 1
                if tries[chunk] > RETRIES:
                    raise DataError(
                        f"draws {chunk.first + 1}-{chunk.first + chunk.count} of {chunk.commodity} lost their "
                        f"worker {RETRIES + 1} times",
                        "lower --workers: memory may be short",
                    ) from None
                waiting.append(chunk)


def on_cluster(job: Job, todo: Sequence[Chunk], scheduler: str, folder: Path | None) -> Iterator[Landed]:
    """Chunks on a Dask cluster, at most a few per worker in flight; Dask retries those whose worker dies.

    Results come back to this machine and land here: workers elsewhere need not see the folder.

    Raises:
        StudyError: The cluster extra is missing or the scheduler does not answer.
    """
    with connected(scheduler) as client:
        from distributed import as_completed

        waiting = list(todo)[::-1]
        room = 3 * max(len(client.scheduler_info()["workers"]), 1)
        of: dict[str, Chunk] = {}

        def submit() -> Any:
            chunk = waiting.pop()
            future = client.submit(run_chunk, job, chunk, draws_in(job, chunk), retries=RETRIES, pure=False)
            of[future.key] = chunk
            return future

        first = [submit() for _ in range(min(room, len(waiting)))]
        flying = as_completed(first, loop=client.loop, with_results=True)
        for future, played in flying:
            chunk = of.pop(future.key)
            future.release()
            if waiting:
                flying.add(submit())
            if folder is not None:
                store_chunk(folder, chunk, played)
            yield Landed(chunk, played)
