"""Finished parts of a long computation on disk: whole or absent, and never taken for another's (coalition §1)."""

import hashlib
import os
import pickle
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from oresight.core.errors import DataError
from oresight.plan.records import Case, Floats, Ints


def key_of(block: Case) -> str:
    """Fingerprint of a block's inputs, so that old parts are never taken for new ones."""
    return hashlib.sha256(pickle.dumps(block, protocol=5)).hexdigest()[:24]


def read_part(folder: Path | None, name: str) -> dict[str, Floats] | None:
    """A part by its name; None where it is absent or was torn by a power cut."""
    if folder is None or not (folder / f"{name}.npz").is_file():
        return None
    try:
        with (folder / f"{name}.npz").open("rb") as file, np.load(file) as kept:
            return dict(kept)
    except (OSError, ValueError, EOFError, BadZipFile):
        return None


def write_part(folder: Path | None, name: str, found: Mapping[str, Floats | Ints]) -> None:
    """Write a part whole or not at all.

    Raises:
        DataError: The folder takes no more; what is finished stays.
    """
    if folder is None:
        return
    beside = folder / f"{name}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            np.savez(file, **found)  # type: ignore[arg-type]
        beside.replace(folder / f"{name}.npz")
    except OSError as error:
        raise DataError(
            f"{folder} cannot take more results: {error.strerror or error}",
            "name a folder you may write, with room; what is finished stays",
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
