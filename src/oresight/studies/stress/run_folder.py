"""A run's folder: each block of draws lands as files beside each other, whole or not at all, and is found again.

A finished block is a pair of Parquet files and a heading, written beside and renamed, so a crash loses only what was
being computed.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from oresight import __version__
from oresight.core.coalition import Coalition
from oresight.core.errors import DataError, StudyError
from oresight.studies.stress.play import Played
from oresight.studies.stress.scenario import Scenario

BLOCK = 64
"""Draws in a chunk: a few seconds of work, a megabyte of result."""
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
