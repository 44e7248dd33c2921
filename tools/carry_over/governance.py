"""Carry political stability over into the catalogue from extracts of the World Bank's indicators.

    python -m tools.carry_over.governance --from FOLDER

FOLDER holds `governance/wgi_political_stability_estimate.csv` with country code, year and estimate. Risk is
(2.5 - estimate) / 5, cut to 0..1. A missing estimate ("nan") stays unknown: a normalisation that turns it
into zero would make an unknown country the safest of all. The extract files French Guiana under Guyana's
name, first of the two; both are kept under their own codes, unknown where they share one figure.
"""

import argparse
from pathlib import Path

import polars as pl

from oresight.catalog import store
from oresight.catalog.checks import validate
from oresight.catalog.registry import table


def governance(folder: Path) -> pl.DataFrame:
    """Estimate and risk of every country and year."""
    codes = {"S19": "TWN"}
    first_of_two = (
        (pl.col("Code") == "GUY")
        & pl.struct("Code", "year").is_duplicated()
        & pl.struct("Code", "year").is_first_distinct()
    )
    shared = (pl.col("Code") == "GUY") & pl.struct("Code", "year", "value").is_duplicated()
    return (
        pl.read_csv(folder / "governance" / "wgi_political_stability_estimate.csv", infer_schema=False)
        .select(
            pl.when(first_of_two)
            .then(pl.lit("GUF"))
            .otherwise(pl.col("Code").replace(codes))
            .alias("country"),
            pl.col("year").cast(pl.Int16),
            pl.when(shared)
            .then(None)
            .otherwise(pl.col("value").replace("None", None).cast(pl.Float64).fill_nan(None))
            .alias("stability_estimate"),
        )
        .with_columns(((2.5 - pl.col("stability_estimate")) / 5).clip(0, 1).alias("stability_risk"))
        .with_columns(pl.lit("world-bank-wgi").alias("source_id"), pl.lit("high").alias("confidence"))
        .sort("country", "year")
    )


def main() -> None:
    """Write `governance` into the package's tables."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--from", dest="folder", type=Path, required=True)
    folder: Path = arguments.parse_args().folder
    known = {name: pl.read_parquet(store.path(name, store.PACKAGED)) for name in ("countries", "sources")}
    good = validate(
        table("governance"), governance(folder), lambda to: known[to.split(".")[0]][to.split(".")[1]]
    )
    store.write({"governance": good}, store.PACKAGED)
    print(f"governance {good.height:,} rows")


if __name__ == "__main__":
    main()
