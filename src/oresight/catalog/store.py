"""Reading the catalogue: Parquet in the package, or in a folder a user built, by Polars and DuckDB.

A folder named by ORESIGHT_CATALOGUE, else the user's built catalogue, else the package's own tables. A folder
is written beside the old one and takes its place in one step: all tables or none, whenever it is interrupted.
"""

import ctypes
import os
import shutil
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import duckdb
import polars as pl

from oresight.catalog.declare import Table
from oresight.catalog.registry import table, tables
from oresight.core.errors import DataError

PACKAGED = Path(__file__).parent / "store"
VINTAGE = "oresight.vintage"
"""Key of the edition in a file's own metadata, where it differs from the declared one."""


def user_folder() -> Path:
    """Where a user's own rebuilt catalogue and overlay live; never sent anywhere."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(os.environ.get("ORESIGHT_HOME") or Path(base) / "oresight")


def folder() -> Path:
    """The folder the catalogue is read from."""
    named = os.environ.get("ORESIGHT_CATALOGUE")
    if named:
        if not Path(named).is_dir():
            raise DataError(
                f"ORESIGHT_CATALOGUE names {named!r}, which is no folder", "unset it or build one"
            )
        return Path(named)
    built = user_folder() / "catalogue"
    recover(built)
    return built if built.is_dir() else PACKAGED


def path(name: str, home: Path | None = None) -> Path:
    """The Parquet file of a table; the package's own where the user's catalogue has none."""
    here = (home or folder()) / f"{table(name).name}.parquet"
    return here if here.exists() else PACKAGED / here.name


def read(name: str) -> pl.DataFrame:
    """A table of the catalogue as a frame, in its declared columns and types.

    Raises:
        StudyError: No table has that name.
        DataError: The file is missing or unreadable.
    """
    where = path(name)
    try:
        stamp = where.stat().st_mtime_ns
    except OSError as error:
        raise DataError(
            f"table {name} has no file {where.name}", "reinstall oresight or rebuild it"
        ) from error
    return _read(name, where, stamp)


@lru_cache(maxsize=64)
def _read(name: str, where: Path, stamp: int) -> pl.DataFrame:
    try:
        return pl.read_parquet(where).select(list(table(name).schema))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(
            f"table {name}: {where.name} cannot be read ({type(error).__name__})",
            "reinstall oresight or rebuild it",
        ) from error


def vintage(name: str, home: Path | None = None) -> str:
    """Edition of a table's stored figures: of the file where a build wrote it, else the declared one.

    Raises:
        StudyError: No table has that name.
    """
    where = path(name, home)
    try:
        stamp = where.stat().st_mtime_ns
    except OSError:
        return table(name).vintage
    return _vintage(where, stamp) or table(name).vintage


@lru_cache(maxsize=256)
def _vintage(where: Path, stamp: int) -> str | None:
    try:
        return pl.read_parquet_metadata(where).get(VINTAGE)
    except (pl.exceptions.PolarsError, OSError):
        return None


def connect() -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with one view per table, named with underscores."""
    link = duckdb.connect(":memory:")
    for each in tables():
        where = path(each.name)
        if where.exists():
            escaped = str(where).replace("'", "''")
            link.execute(f"CREATE VIEW {each.name.replace('-', '_')} AS FROM read_parquet('{escaped}')")
    return link


def connect_bounded(memory: str = "512MB", threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A connection for questions of strangers: the tables' files may be read, nothing else, and nothing set.

    Args:
        memory: Most memory a question may take.
        threads: Most threads it may take.
    """
    link = connect()
    files = [str(path(each.name)) for each in tables() if path(each.name).exists()]
    link.execute("SET allowed_paths = $1", [files])
    link.execute(f"SET memory_limit = '{memory}'")
    link.execute(f"SET threads = {threads}")
    link.execute("SET max_temp_directory_size = '0B'")
    link.execute("SET enable_external_access = false")
    link.execute("SET lock_configuration = true")
    return link


def write(frames: Mapping[str, pl.DataFrame], home: Path, vintages: Mapping[str, str] | None = None) -> None:
    """Write frames as the tables of a folder: all of them or none, by building beside and swapping.

    Tables of the folder that are not among the frames are kept.

    Args:
        frames: Table -> rows.
        home: Folder of Parquet tables.
        vintages: Table -> edition of its rows, where it differs from the declared one.

    Raises:
        DataError: The folder cannot be written (read-only, disk full); what stood there still stands.
    """
    home = home.resolve()
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        recover(home)
        beside = Path(tempfile.mkdtemp(prefix=f".{home.name}-new-", dir=home.parent))
    except OSError as error:
        raise DataError(
            f"cannot write beside {home}: {error.strerror}", "choose a folder you may write"
        ) from error
    try:
        beside.chmod(0o755)
        if home.is_dir():
            for old in home.glob("*.parquet"):
                if old.stem not in frames:
                    shutil.copy2(old, beside / old.name)
        for name, frame in frames.items():
            _write_one(table(name), frame, beside / f"{name}.parquet", (vintages or {}).get(name))
        _swap(home, beside)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"writing the catalogue to {home} failed: {reason}",
            "free space or choose another folder; the old tables are untouched",
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write_one(declared: Table, frame: pl.DataFrame, where: Path, edition: str | None) -> None:
    frame.select(list(declared.schema)).write_parquet(
        where,
        compression="zstd",
        compression_level=19,
        statistics=True,
        metadata={VINTAGE: edition} if edition and edition != declared.vintage else None,
    )


def _swap(home: Path, beside: Path) -> None:
    """Let a new folder take the place of the old one; the old one ends where the new one was built."""
    if not home.exists():
        os.replace(beside, home)
    elif not _exchanged(home, beside):
        # two steps: killed between them, `recover` puts the old folder back
        away = _aside(home)
        shutil.rmtree(away, ignore_errors=True)
        os.replace(home, away)
        try:
            os.replace(beside, home)
        except OSError:
            os.replace(away, home)
            raise
        shutil.rmtree(away, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders were exchanged in one step; False where the system cannot."""
    try:
        exchange = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    here, both = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(exchange(here, os.fsencode(one), here, os.fsencode(other), both) == 0)


def _aside(home: Path) -> Path:
    return home.parent / f".{home.name}-was"


def recover(home: Path) -> None:
    """Put back the folder that an interrupted write had moved aside."""
    away = _aside(home)
    if not home.exists() and away.is_dir():
        os.replace(away, home)
