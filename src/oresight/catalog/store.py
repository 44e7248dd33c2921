"""Reading the catalogue: Parquet in the package, or in a folder a user built, by Polars and DuckDB.

A folder named by ORESIGHT_CATALOGUE, else the user's built catalogue, else the package's own tables.
Writing is `swap`, all tables or none.
"""

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


def connect() -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with one view per table, named with underscores."""
    link = duckdb.connect(":memory:")
    for each in tables():
        where = path(each.name)
        if where.exists():
            escaped = str(where).replace("'", "''")
            link.execute(f"CREATE VIEW {each.name.replace('-', '_')} AS FROM read_parquet('{escaped}')")
    return link


def write(frames: Mapping[str, pl.DataFrame], home: Path) -> None:
    """Write frames as the tables of a folder: all of them or none, by building beside and swapping.

    Tables of the folder that are not among the frames are kept.

    Raises:
        DataError: The folder cannot be written (read-only, disk full); what stood there still stands.
    """
    home = home.resolve()
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{home.name}-new-", dir=home.parent))
    except OSError as error:
        raise DataError(
            f"cannot write beside {home}: {error.strerror}", "choose a folder you may write"
        ) from error
    try:
        if home.is_dir():
            for old in home.glob("*.parquet"):
                shutil.copy2(old, beside / old.name)
        for name, frame in frames.items():
            _write_one(table(name), frame, beside / f"{name}.parquet")
        _swap(home, beside)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"writing the catalogue to {home} failed: {reason}",
            "free space or choose another folder; the old tables are untouched",
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write_one(declared: Table, frame: pl.DataFrame, where: Path) -> None:
    frame.select(list(declared.schema)).write_parquet(
        where, compression="zstd", compression_level=19, statistics=True
    )


def _swap(home: Path, beside: Path) -> None:
    if not home.exists():
        os.replace(beside, home)
        return
    away = Path(tempfile.mkdtemp(prefix=f".{home.name}-old-", dir=home.parent))
    os.replace(home, away / "was")
    try:
        os.replace(beside, home)
    except OSError:
        os.replace(away / "was", home)
        raise
    finally:
        shutil.rmtree(away, ignore_errors=True)
