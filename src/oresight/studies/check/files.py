"""Checking what a reader hands over: one file, several, standard input."""

from collections.abc import Sequence
from pathlib import Path

from oresight.core.answer import Answer
from oresight.core.progress import Reporter, silent
from oresight.studies.check.study import answered, check_file, compared, file_bytes
from oresight.text.reading import read_bytes


def check_paths(paths: Sequence[Path], reporter: Reporter = silent) -> Answer:
    """One file checked, or several checked and compared: reposts of one text are recognised.

    Raises:
        StudyError: A file is not there, or there are too many.
        DataError: One is empty, binary or too large.
    """
    if len(paths) == 1:
        return check_file(paths[0], reporter=reporter)
    names = [str(p) if sum(q.name == p.name for q in paths) > 1 else p.name for p in paths]
    readings = {n: read_bytes(file_bytes(p), n) for n, p in zip(names, paths, strict=True)}
    return compared(readings, reporter)


def check_bytes(content: bytes, name: str, reporter: Reporter = silent) -> Answer:
    """The verdict on an article that came as bytes."""
    return answered(read_bytes(content, name), name, reporter)
