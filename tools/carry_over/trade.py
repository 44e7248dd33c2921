"""Carry bilateral trade over into the catalogue from an extract of CEPII BACI (HS 1992).

    python -m tools.carry_over.trade --from FOLDER

FOLDER holds `trade/trade_baci_hs92.parquet` with year, exporter, importer (ISO alpha-3 as CEPII writes them),
hs92, value_kusd and quantity_t. Kept are the codes under which a modelled commodity, or the ore
of one that hosts a by-product, is traded; fuels, gold, clays and other codes are left out.
"""

import argparse
from pathlib import Path

import polars as pl

from oresight.catalog import store
from oresight.catalog.checks import validate
from oresight.catalog.registry import table

CODES = [
    "250410",
    "250490",
    "252922",
    "260200",
    "260300",
    "260400",
    "260600",
    "260700",
    "260800",
    "260900",
    "261000",
    "261100",
    "261390",
    "261400",
    "261510",
    "261710",
    "280450",
    "280530",
    "282200",
    "282520",
    "282530",
    "283691",
    "284610",
    "284690",
    "711011",
    "711021",
    "711510",
    "720292",
    "720293",
    "760110",
    "810110",
    "810310",
    "810510",
    "810600",
    "811211",
    "811230",
]
"""HS 1992 codes that trade_codes uses and the extract holds, bauxite (260600) as the host of gallium."""

RENAMED = {"S19": "TWN", "ZA1": "ZAF"}
"""Codes of CEPII that stand for a country here: other Asia n.e.s., and the southern customs union."""


def carried(extract: pl.DataFrame) -> pl.DataFrame:
    """The rows of the trade table in an extract, sorted by code, year, exporter, importer to compress."""
    text = extract.with_columns(pl.col("exporter", "importer", "hs92").cast(pl.String))
    return (
        text.filter(pl.col("hs92").is_in(CODES))
        .with_columns(pl.col("exporter", "importer").replace(RENAMED))
        .filter(pl.col("exporter") != pl.col("importer"))
        .group_by("year", "exporter", "importer", "hs92")
        .agg(
            pl.col("value_kusd").sum(),
            # a sum with an unknown part is unknown
            pl.when(pl.col("quantity_t").is_null().any())
            .then(None)
            .otherwise(pl.col("quantity_t").sum())
            .alias("gross_t"),
        )
        .sort("hs92", "year", "exporter", "importer")
        .select("year", "exporter", "importer", "hs92", "value_kusd", "gross_t")
    )


def main() -> None:
    """Write `trade` into the package's tables."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--from", dest="folder", type=Path, required=True)
    folder: Path = arguments.parse_args().folder
    frame = carried(pl.read_parquet(folder / "trade" / "trade_baci_hs92.parquet"))
    known = pl.read_parquet(store.path("countries", store.PACKAGED))["iso3"]
    good = validate(table("trade"), frame, lambda _: known)
    store.write({"trade": good}, store.PACKAGED)
    print(f"trade {good.height:,} rows")


if __name__ == "__main__":
    main()
