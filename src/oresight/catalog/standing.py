"""Tables as they stand, read when first asked for."""

from pathlib import Path

import polars as pl

from oresight.catalog import store
from oresight.catalog.registry import table
from oresight.core.errors import DataError


class Tables:
    """The tables that stand, read when asked for."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._frames: dict[str, pl.DataFrame] = {}

    def __contains__(self, name: str) -> bool:
        return store.path(name, self.home).exists()

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._frames:
            where = store.path(name, self.home)
            try:
                self._frames[name] = pl.read_parquet(where).select(list(table(name).schema))
            except (OSError, pl.exceptions.PolarsError) as error:
                raise DataError(
                    f"table {name}: {where.name} cannot be read ({type(error).__name__})",
                    "reinstall oresight, or remove the built catalogue and build it anew",
                ) from error
        return self._frames[name]
