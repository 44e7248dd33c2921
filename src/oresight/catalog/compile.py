"""Compiling the curated tables: reviewable CSV rows in `data/curated` become the package's Parquet.

A curated table is one whose figures were read from documents row by row (chains, ledgers, costs); it has one
CSV named after it. The table `sources` is the sum of the CSVs in `data/curated/sources/`, one per topic.
"""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from oresight.catalog import store
from oresight.catalog.checks import conform, validate
from oresight.catalog.registry import table, tables
from oresight.core.errors import DataError


def read_csv(where: Path) -> pl.DataFrame:
    """All cells of a UTF-8 CSV as text, empty cells as null; a stray byte is named with its position."""
    try:
        raw = where.read_bytes()
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(f"{where.name} line {line}: not UTF-8", "save the file as UTF-8") from error
    except OSError as error:
        raise DataError(f"{where.name} cannot be read: {error.strerror}", "check the path") from error
    try:
        return pl.read_csv(raw, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise DataError(
            f"{where.name} is no rectangular CSV: {first}", "quote cells that hold commas"
        ) from error


def curated_names(curated: Path) -> list[str]:
    """Names of the tables that have a CSV in the folder, `sources` first."""
    names = sorted(p.stem for p in curated.glob("*.csv"))
    return ["sources", *names] if (curated / "sources").is_dir() else names


def curated_frame(name: str, curated: Path) -> pl.DataFrame:
    """The rows of one curated table, conforming to its declaration but not yet checked against others."""
    files = sorted((curated / "sources").glob("*.csv")) if name == "sources" else [curated / f"{name}.csv"]
    if not files:
        raise DataError(f"{name} has no CSV in {curated.name}", "add one, or compile other tables")
    return pl.concat([conform(table(name), read_csv(f), f.name, first=2) for f in files])


def compile_curated(curated: Path, home: Path, names: Iterable[str] = ()) -> dict[str, int]:
    """Compile curated CSVs into a folder of Parquet tables; all or none.

    Args:
        curated: Folder of CSVs.
        home: Folder of Parquet tables to write into; its other tables stay.
        names: Only these tables; all that have a CSV by default.

    Returns:
        Rows per table.

    Raises:
        DataError: A row breaks a declaration; nothing is written.
    """
    frames = {name: curated_frame(name, curated) for name in (list(names) or curated_names(curated))}

    def lookup(reference: str) -> pl.Series:
        other, field = reference.rsplit(".", 1)
        frame = frames[other] if other in frames else pl.read_parquet(store.path(other, home))
        return frame[field]

    good = {name: validate(table(name), f, lookup, f"{name}.csv", first=2) for name, f in frames.items()}
    store.write(good, home)
    return {name: frame.height for name, frame in good.items()}


def main() -> None:
    """Compile `data/curated` of a checkout into the package's own tables."""
    curated = Path(__file__).parents[3] / "data" / "curated"
    for name, rows in compile_curated(curated, store.PACKAGED).items():
        print(f"{name:24} {rows:8,} rows")
    declared = {t.name for t in tables()}
    print(
        "declared without rows:",
        ", ".join(sorted(declared - {p.stem for p in store.PACKAGED.glob("*.parquet")})),
    )


if __name__ == "__main__":
    main()
