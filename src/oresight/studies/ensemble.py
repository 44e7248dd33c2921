"""Many draws of a scenario on all cores or a cluster: resumable, cancellable, the same numbers however it is cut.

Work is cut into chunks of one commodity and a block of draws. Each finished chunk is a Parquet file in the run's
folder, written beside and renamed, so a crash loses only what was being computed; a later run with the same
scenario and seed goes on. Draw k of a commodity is the same in any chunking: blocks are slices of one sequence.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from oresight import __version__
from oresight.core.coalition import Coalition
from oresight.core.errors import DataError, StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.studies.scenario import Scenario
from oresight.studies.stress_play import Played, draws_of, play

BLOCK = 64
"""Draws in a chunk: a few seconds of work, a megabyte of result."""
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


def store_chunk(folder: Path, chunk: Chunk, played: Played) -> None:
    """Write a chunk beside its place and rename it in; the heading last, so that a chunk is whole or absent."""
    for kind, frame in (("months", monthly(played, chunk)), ("totals", totals(played, chunk))):
        beside = folder / f".{chunk.file}.{kind}.{os.getpid()}"
        frame.write_parquet(beside, compression="zstd")
        os.replace(beside, folder / f"{chunk.file}.{kind}.parquet")
    beside = folder / f".{chunk.file}.{os.getpid()}.json"
    beside.write_text(json.dumps(heading(played)), encoding="utf-8")
    os.replace(beside, folder / f"{chunk.file}.json")


def finished(folder: Path, chunk: Chunk) -> bool:
    """Whether a chunk's files are all there."""
    return (folder / f"{chunk.file}.json").exists()


def open_run(out: Path, job: Job, commodities: Sequence[str]) -> Path:
    """The folder of a run, made or found again.

    Raises:
        StudyError: The folder holds another run, or cannot be written.
    """
    mark = fingerprint(job, commodities)
    try:
        out.mkdir(parents=True, exist_ok=True)
        manifest = out / "run.json"
        if manifest.exists():
            was = json.loads(manifest.read_text(encoding="utf-8")).get("fingerprint")
            if was != mark:
                raise StudyError(
                    f"{out} holds another run", "name an empty folder with --out, or repeat its question"
                )
        elif any(out.iterdir()):
            raise StudyError(f"{out} is not empty", "name an empty folder with --out")
        else:
            body = {
                "fingerprint": mark,
                "scenario": job.scenario.name,
                "draws": job.draws,
                "seed": job.seed,
                "commodities": list(commodities),
                "version": __version__,
            }
            manifest.write_text(json.dumps(body, indent=1), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise StudyError(
            f"{out} cannot hold a run: {error}", "name a folder you may write with --out"
        ) from error
    return out


Submit = Callable[[Job, Chunk], "Future[Played]"]


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
    if scheduler is not None:
        results = on_cluster(job, open_chunks, scheduler)
    elif workers > 1 and len(open_chunks) > 1:
        results = on_cores(job, open_chunks, min(workers, len(open_chunks)))
    else:
        results = ((c, run_chunk(job, c)) for c in open_chunks)
    for chunk, played in results:
        if folder is not None:
            try:
                store_chunk(folder, chunk, played)
            except OSError as error:
                raise DataError(
                    f"{folder} cannot take more results: {error.strerror}",
                    "free space and repeat the command: what is finished stays",
                ) from error
        done += 1
        report(
            reporter, done / total, f"{chunk.commodity}: draws {chunk.first + 1}-{chunk.first + chunk.count}"
        )
        yield chunk, played


def on_cores(job: Job, todo: Iterable[Chunk], workers: int) -> Iterator[tuple[Chunk, Played]]:
    """Chunks on the cores of this machine; a chunk whose worker dies is tried again in a fresh pool.

    Raises:
        DataError: A chunk killed its worker again and again.
    """
    waiting = list(todo)[::-1]
    tries: dict[Chunk, int] = {}
    while waiting:
        pool = ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn"))
        flying: dict[Future[Played], Chunk] = {}
        try:
            while waiting or flying:
                while waiting and len(flying) < 2 * workers:
                    chunk = waiting.pop()
                    flying[pool.submit(run_chunk, job, chunk)] = chunk
                landed, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in landed:
                    played = future.result()
                    yield flying.pop(future), played
        except BrokenProcessPool:
            for chunk in flying.values():
                tries[chunk] = tries.get(chunk, 0) + 1
                if tries[chunk] > RETRIES:
                    raise DataError(
                        f"draws {chunk.first + 1}-{chunk.first + chunk.count} of {chunk.commodity} killed their worker "
                        f"{RETRIES + 1} times",
                        "lower --workers: memory may be short",
                    ) from None
                waiting.append(chunk)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def on_cluster(job: Job, todo: Sequence[Chunk], scheduler: str) -> Iterator[tuple[Chunk, Played]]:
    """Chunks on a Dask cluster, at most a few per worker in flight; Dask retries those whose worker dies.

    Raises:
        StudyError: The cluster extra is missing or the scheduler does not answer.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise StudyError("--scheduler needs Dask", "pip install 'oresight[cluster]'") from error
    try:
        client = Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise StudyError(
            f"no Dask scheduler answers at {scheduler[:80]}", "start one: dask scheduler"
        ) from error
    with client:
        waiting = list(todo)[::-1]
        room = 3 * max(len(client.scheduler_info()["workers"]), 1)
        of: dict[str, Chunk] = {}

        def submit() -> Any:
            chunk = waiting.pop()
            future = client.submit(run_chunk, job, chunk, retries=RETRIES, pure=False)
            of[future.key] = chunk
            return future

        flying = as_completed([submit() for _ in range(min(room, len(waiting)))], with_results=True)
        for future, played in flying:
            chunk = of.pop(future.key)
            future.release()
            if waiting:
                flying.add(submit())
            yield chunk, played


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
