"""Many draws of a scenario on all cores or a cluster: resumable, cancellable, the same numbers however it is cut.

Work is cut into chunks of one commodity and a block of draws. Each finished chunk is a Parquet file in the run's
folder, written beside and renamed, so a crash loses only what was being computed; a later run with the same
scenario and seed goes on. Draw k of a commodity is the same in any chunking: blocks are slices of one sequence.
"""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from oresight import __version__
from oresight.core.coalition import Coalition
from oresight.core.errors import DataError, StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.studies.cluster import connected
from oresight.studies.stress.play import Played, draws_of, play
from oresight.studies.stress.scenario import Scenario

BLOCK = 64
"""Draws in a chunk: a few seconds of work, a megabyte of result."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
RETRIES = 3
"""How often a chunk is tried again when the worker that had it died."""
GROUP_FIELDS = ("price", "kept", "stock")
TOTAL_FIELDS = ("bill", "loss", "gain", "rent", "trade")


@dataclass(frozen=True)
class Chunk:
    """One commodity and a block of draws."""

    commodity: str
    first: int
    count: int

    @property
    def file(self) -> str:
        """Stem of its files."""
        return f"{self.commodity}-{self.first:06d}-{self.count}"


@dataclass(frozen=True)
class Job:
    """What a worker needs to know: the scenario, who is kept apart, how many draws in all, the seed."""

    scenario: Scenario
    players: Coalition
    draws: int
    seed: int


@lru_cache(maxsize=2)
def _all_draws(commodity: str, draws: int, seed: int) -> dict[str, Any]:
    return draws_of(commodity, draws, seed)


def run_chunk(job: Job, chunk: Chunk) -> Played:
    """Play one chunk."""
    whole = _all_draws(chunk.commodity, job.draws, job.seed)
    part = {n: np.ascontiguousarray(v[chunk.first : chunk.first + chunk.count]) for n, v in whole.items()}
    return play(job.scenario, chunk.commodity, job.players, part)


def chunks(commodities: Sequence[str], draws: int, block: int = BLOCK) -> list[Chunk]:
    """All chunks of a run, commodity by commodity."""
    return [
        Chunk(c, first, min(block, draws - first)) for c in commodities for first in range(0, draws, block)
    ]


def fingerprint(job: Job, commodities: Sequence[str]) -> str:
    """Names a run: the same scenario, coalition, draws, seed and version give the same, nothing else does."""
    body = {
        "scenario": job.scenario.model_dump(mode="json", by_alias=True),
        "players": {k: list(v) for k, v in job.players.players.items()},
        "draws": job.draws,
        "seed": job.seed,
        "commodities": list(commodities),
        "version": __version__,
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]


def monthly(played: Played, chunk: Chunk) -> pl.DataFrame:
    """Months of a chunk: a row per draw and month, a column per field and group."""
    months, _, draws = played.price.shape
    columns: dict[str, Any] = {
        "draw": np.tile(np.arange(chunk.first, chunk.first + draws, dtype=np.int32), months),
        "month": np.repeat(np.arange(months, dtype=np.int16), draws),
    }
    for name in GROUP_FIELDS:
        array = getattr(played, name)
        for i, group in enumerate(played.groups):
            columns[f"{name}:{group}"] = array[:, i, :].reshape(-1).astype(np.float32)
    return pl.DataFrame(columns)


def totals(played: Played, chunk: Chunk) -> pl.DataFrame:
    """Totals of a chunk: a row per draw with costs by group, flows by route, and the parameters drawn."""
    draws = played.bill.shape[1]
    columns: dict[str, Any] = {"draw": np.arange(chunk.first, chunk.first + draws, dtype=np.int32)}
    for name in TOTAL_FIELDS:
        array = getattr(played, name)
        for i, group in enumerate(played.groups):
            columns[f"{name}:{group}"] = array[i].astype(np.float64)
    for i, route in enumerate(played.routes):
        columns[f"route:{':'.join(route)}"] = played.during[i].astype(np.float32)
    for name, values in played.parameters.items():
        columns[f"parameter:{name}"] = np.asarray(values, dtype=np.float64)
    return pl.DataFrame(columns)


def heading(played: Played) -> dict[str, Any]:
    """What all chunks of a commodity share."""
    return {
        "commodity": played.commodity,
        "year": played.year,
        "groups": list(played.groups),
        "use": played.use.tolist(),
        "price_usd": played.price_usd,
        "routes": [list(r) for r in played.routes],
        "before": played.before.tolist(),
    }


def placed(folder: Path, name: str, write: Callable[[Path], object]) -> None:
    """Write a file beside its place and rename it in, so that it is whole or absent."""
    beside = folder / f".{name}.{os.getpid()}"
    try:
        write(beside)
        os.replace(beside, folder / name)
    finally:
        beside.unlink(missing_ok=True)


def store_chunk(folder: Path, chunk: Chunk, played: Played) -> None:
    """Write a chunk's files, the heading last: a chunk is finished when its heading is there.

    Raises:
        DataError: The folder takes no more; what is finished stays.
    """
    try:
        for kind, frame in (("months", monthly(played, chunk)), ("totals", totals(played, chunk))):
            placed(folder, f"{chunk.file}.{kind}.parquet", partial(frame.write_parquet, compression="zstd"))
        text = json.dumps(heading(played))
        placed(folder, f"{chunk.file}.json", lambda at: at.write_text(text, encoding="utf-8"))
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error)[:160]
        raise DataError(
            f"{folder} cannot take more results: {reason}",
            "free space and repeat the command: what is finished stays",
        ) from error


def finished(folder: Path, chunk: Chunk) -> bool:
    """Whether all of a chunk's files are there and hold something; a power cut may leave empty ones."""
    ends = ("json", "months.parquet", "totals.parquet")
    return all((at := folder / f"{chunk.file}.{end}").is_file() and at.stat().st_size > 0 for end in ends)


def open_run(out: Path, job: Job, commodities: Sequence[str]) -> Path:
    """The folder of a run, made or found again.

    Raises:
        StudyError: The folder holds another run or other files, or cannot be written.
    """
    mark = fingerprint(job, commodities)
    manifest = out / "run.json"
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not manifest.exists():
            if any(out.iterdir()):
                raise StudyError(f"{out} is not empty and holds no run", "name an empty folder with --out")
            body = {
                "fingerprint": mark,
                "scenario": job.scenario.name,
                "draws": job.draws,
                "seed": job.seed,
                "commodities": list(commodities),
                "version": __version__,
            }
            text = json.dumps(body, indent=1)
            placed(out, "run.json", lambda at: at.write_text(text, encoding="utf-8"))
            return out
        was = json.loads(manifest.read_text(encoding="utf-8"))
    except OSError as error:
        raise StudyError(
            f"{out} cannot hold a run: {error.strerror}", "name a folder you may write with --out"
        ) from error
    except ValueError as error:
        raise StudyError(
            f"{manifest} is not the record of a run", "name an empty folder with --out"
        ) from error
    if not isinstance(was, dict) or was.get("fingerprint") != mark:
        raise StudyError(
            f"{out} holds another run", "name an empty folder with --out, or repeat its question"
        )
    return out


def run(
    job: Job,
    commodities: Sequence[str],
    out: Path | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    reporter: Reporter = silent,
    block: int = BLOCK,
) -> Iterator[tuple[Chunk, Played | None]]:
    """Run all chunks; yields each as it comes, those found finished in the folder as None.

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
            yield chunk, None
        else:
            open_chunks.append(chunk)
    total, done = len(todo), len(todo) - len(open_chunks)
    if done:
        report(reporter, done / total, f"{done:,} of {total:,} blocks of draws found finished")
    if scheduler is not None:
        results = on_cluster(job, open_chunks, scheduler)
    elif workers > 1 and len(open_chunks) > 1:
        results = on_cores(job, open_chunks, min(workers, len(open_chunks)))
    else:
        results = ((c, run_chunk(job, c)) for c in open_chunks)
    for chunk, played in results:
        if folder is not None:
            store_chunk(folder, chunk, played)
        done += 1
        report(
            reporter, done / total, f"{chunk.commodity}: draws {chunk.first + 1}-{chunk.first + chunk.count}"
        )
        yield chunk, played


def on_cores(job: Job, todo: Sequence[Chunk], workers: int) -> Iterator[tuple[Chunk, Played]]:
    """Chunks on the cores of this machine; a chunk whose worker dies is tried again in a fresh pool.

    Raises:
        DataError: A chunk killed its worker again and again.
    """
    waiting = list(todo)[::-1]
    tries: dict[Chunk, int] = {}
    while waiting:
        flying: dict[Future[Played], Chunk] = {}
        with one_thread_each():
            pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=end_with_parent)
            try:
                while waiting or flying:
                    while waiting and len(flying) < 2 * workers:
                        chunk = waiting.pop()
                        flying[pool.submit(run_chunk, job, chunk)] = chunk
                    landed, _ = wait(flying, return_when=FIRST_COMPLETED)
                    for future in sorted(landed, key=lambda f: f.exception() is not None):
                        played = future.result()
                        yield flying.pop(future), played
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
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes started meanwhile use one thread each: the cores are shared out by process already."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def end_with_parent() -> None:
    """Let a worker end when the process that started it is gone, killed or not."""
    parent = parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


def on_cluster(job: Job, todo: Sequence[Chunk], scheduler: str) -> Iterator[tuple[Chunk, Played]]:
    """Chunks on a Dask cluster, at most a few per worker in flight; Dask retries those whose worker dies.

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
            future = client.submit(run_chunk, job, chunk, retries=RETRIES, pure=False)
            of[future.key] = chunk
            return future

        first = [submit() for _ in range(min(room, len(waiting)))]
        flying = as_completed(first, loop=client.loop, with_results=True)
        for future, played in flying:
            chunk = of.pop(future.key)
            future.release()
            if waiting:
                flying.add(submit())
            yield chunk, played


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
