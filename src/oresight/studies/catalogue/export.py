"""A whole table written to a stream, some thousand rows at a time."""

from collections.abc import Callable, Iterator, Mapping
from typing import IO

import polars as pl

from oresight.catalog import store
from oresight.core.errors import DataError, unknown_name

FORMATS = ("csv", "json", "parquet")
BATCH = 20_000


def export(name: str, form: str, stream: IO[bytes]) -> int:
    """Write a whole table to a stream, some thousand rows at a time.

    CSV has a header and empty cells for unknown values; JSON is one array with one object a line; Parquet is
    the stored file.

    Args:
        name: Table.
        form: csv, json or parquet.
        stream: Where to, in bytes, such as standard output's buffer.

    Returns:
        Rows written.

    Raises:
        StudyError: No table or format has that name.
        DataError: The stream cannot take it (disk full); a closed pipe is the face's to notice.
    """
    frame = store.read(name)
    if form not in FORMATS:
        raise unknown_name("format", form, FORMATS)
    writers: Mapping[str, Callable[[pl.DataFrame, IO[bytes]], None]] = {
        "csv": _csv,
        "json": _json,
        "parquet": lambda f, s: f.write_parquet(s, compression="zstd", statistics=True),
    }
    try:
        writers[form](frame, stream)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DataError(
            f"writing {name} as {form} failed: {error.strerror}", "free space or write elsewhere"
        ) from error
    return frame.height


def _batches(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from frame.iter_slices(BATCH)


def _csv(frame: pl.DataFrame, stream: IO[bytes]) -> None:
    stream.write(frame.head(0).write_csv().encode())
    for batch in _batches(frame):
        stream.write(batch.write_csv(include_header=False).encode())


def _json(frame: pl.DataFrame, stream: IO[bytes]) -> None:
    stream.write(b"[")
    first = True
    for batch in _batches(frame):
        lines = batch.write_ndjson().encode().rstrip(b"\n")
        if lines:
            stream.write(b"\n" if first else b",\n")
            stream.write(lines.replace(b"}\n{", b"},\n{"))
            first = False
    stream.write(b"\n]\n")
