"""Carry reserves and the United States' balance and import sources over from extracts of the USGS releases.

    python -m tools.carry_over.united_states --from FOLDER

FOLDER holds `usgs/reserves.parquet`, `usgs/us_import_sources.parquet` and `usgs/us_salient.parquet` (Mineral
Commodity Summaries). Prices, employment and minerals outside the catalogue are left out, as are reserves of
platinum-group metals, which the USGS gives only together.
"""

import argparse
from pathlib import Path

import polars as pl

from oresight.catalog import store
from oresight.catalog.checks import validate
from oresight.catalog.registry import table

COMMODITY = {
    "rare earths": "rare-earths-light",
    "graphite (natural)": "graphite-natural",
    "manganese": "manganese-sulphate",
    "titanium mineral concentrates": "titanium-sponge",
    "titanium sponge metal": "titanium-sponge",
    "magnesium metal": "magnesium",
    "silicon": "silicon-metal",
    "bauxite": "aluminium",
    "alumina": "aluminium",
    "aluminum": "aluminium",
} | {
    name: name
    for name in (
        *("gallium", "germanium", "lithium", "cobalt", "nickel", "copper", "tungsten", "antimony", "bismuth"),
        *("indium", "tellurium", "vanadium", "molybdenum", "tantalum", "niobium", "zirconium", "chromium"),
        *("tin", "zinc", "lead", "fluorspar", "platinum", "palladium", "beryllium", "scandium", "yttrium"),
    )
}
UNITS = {
    "metric tons": 1.0,
    "metric tons REO": 1.0,
    "thousand metric tons": 1e3,
    "thousand metric dry tons": 1e3,
    "kilograms": 1e-3,
    "percent": 0.01,
}
SLIPS = {
    ("vanadium", "2023"): 1e3,
    ("vanadium", "2025"): 1e3,
    ("vanadium", "2026"): 1e3,
    ("molybdenum", "2025"): 1e3,
    ("titanium mineral concentrates", "2025"): 1e3,
}
"""Reserves whose unit column is short by this factor; declared in `corrections`."""
NOT_RESERVES = ("platinum", "palladium", "alumina", "magnesium metal")
"""Platinum-group metals are published together; alumina and magnesium metal repeat another mineral's."""
MEASURES = {
    "production": "production",
    "imports": "imports",
    "exports": "exports",
    "consumption": "consumption",
    "stocks": "stocks",
    "net import reliance": "net_import_reliance",
}
MARK = pl.col("qualifier").fill_null("")
QUALIFIER = (
    pl.when(MARK.is_in(["W", "NA", "XX", "s"]) | MARK.str.starts_with("unparsed"))
    .then(pl.lit("withheld"))
    .when(MARK.is_in(["<", "less than half unit", "net exporter"]))
    .then(pl.lit("below"))
    .when(MARK == ">")
    .then(pl.lit("above"))
    .when(MARK.str.starts_with("range"))
    .then(pl.lit("range"))
    .when(MARK.str.starts_with("estimated") | pl.col("basis").str.contains("estimated"))
    .then(pl.lit("estimated"))
    .otherwise(pl.lit("reported"))
)
"""What a row's mark says: W withheld, > a lower bound, < an upper bound, E a net exporter."""


def reserves(folder: Path) -> pl.DataFrame:
    """Reserves of four editions in tonnes contained; ilmenite and rutile summed, chromium as Cr2O3 alone."""
    slips = pl.DataFrame(
        [(m, e, f) for (m, e), f in SLIPS.items()], schema=["mineral", "edition", "slip"], orient="row"
    )
    rows = (
        pl.read_parquet(folder / "usgs" / "reserves.parquet")
        .filter(
            pl.col("mineral").is_in(list(COMMODITY))
            & ~pl.col("mineral").is_in(NOT_RESERVES)
            & pl.col("country_iso3").is_not_null()
            & pl.col("unit").is_in(list(UNITS))
        )
        .filter((pl.col("mineral") != "chromium") | pl.col("basis").str.contains("Cr2O3"))
        .filter((pl.col("mineral") != "yttrium") & ~MARK.str.starts_with("included"))
        .join(slips, on=["mineral", "edition"], how="left", maintain_order="left")
        .with_columns(
            (
                pl.col("value").cast(pl.Float64)
                * pl.col("unit").replace_strict(UNITS, return_dtype=pl.Float64)
                * pl.col("slip").fill_null(1.0)
            ).alias("value"),
            QUALIFIER.alias("qualifier"),
        )
    )
    two = pl.col("mineral").first() == "titanium mineral concentrates"
    world = pl.col("country_iso3").first() == "WLD"
    return (
        rows.group_by("mineral", "country_iso3", "year", "edition", maintain_order=True)
        .agg(
            pl.when(two & ~world)
            .then(pl.when(pl.col("value").is_null().all()).then(None).otherwise(pl.col("value").sum()))
            .when(world)
            .then(pl.col("value").max())
            .otherwise(pl.col("value").drop_nulls().first())
            .alias("value"),
            pl.col("qualifier").first(),
        )
        .select(
            pl.col("mineral").replace_strict(COMMODITY).alias("commodity"),
            pl.col("country_iso3").alias("country"),
            pl.col("year").cast(pl.Int16),
            "value",
            pl.format("usgs-mcs-{}", "edition").alias("source_id"),
            pl.col("edition").alias("vintage"),
            pl.when(pl.col("value").is_null())
            .then(pl.lit("withheld"))
            .otherwise("qualifier")
            .alias("qualifier"),
            pl.lit("high").alias("confidence"),
            pl.when(pl.col("mineral") == "titanium mineral concentrates")
            .then(pl.lit("ilmenite and rutile as TiO2"))
            .otherwise(None)
            .alias("note"),
        )
        .sort("commodity", "vintage", "country")
    )


def import_sources(folder: Path) -> pl.DataFrame:
    """Shares of countries in United States imports; joint rows join the remainder."""
    return (
        pl.read_parquet(folder / "usgs" / "us_import_sources.parquet")
        .filter(pl.col("mineral").is_in(list(COMMODITY)))
        .with_columns(
            pl.col("basis").str.replace(r"; share of US imports.*$", "").alias("product"),
            pl.col("country_iso3").fill_null("OTH").alias("country"),
            pl.when(pl.col("country_iso3").is_null())
            .then(pl.format("with {}, given together", "country_name"))
            .when(pl.col("note").str.contains("Hong Kong"))
            .then(pl.lit("includes Hong Kong"))
            .when(MARK.is_in([">", "<"]))
            .then(pl.format("published as {} this", "qualifier"))
            .otherwise(None)
            .alias("note"),
        )
        .group_by("mineral", "product", "country", "year", "edition", maintain_order=True)
        .agg(pl.col("value").cast(pl.Float64).sum() / 100, pl.col("note").drop_nulls().first())
        .select(
            "mineral",
            "product",
            pl.col("mineral").replace_strict(COMMODITY).alias("commodity"),
            "country",
            pl.col("year").str.replace("–20|–", "-").alias("years"),
            pl.col("value").alias("share"),
            pl.format("usgs-mcs-{}", "edition").alias("source_id"),
            pl.col("edition").cast(pl.Int64).alias("vintage"),
            pl.lit("high").alias("confidence"),
            "note",
        )
        .sort("mineral", "product", "share", descending=[False, False, True])
    )


def salient(folder: Path) -> pl.DataFrame:
    """The latest edition's balance of the United States, in tonnes and shares."""
    exporter = MARK == "net exporter"
    return (
        pl.read_parquet(folder / "usgs" / "us_salient.parquet")
        .filter(
            (pl.col("edition") == "2026")
            & pl.col("mineral").is_in(list(COMMODITY))
            & pl.col("measure").is_in(list(MEASURES))
            & pl.col("unit").is_in(list(UNITS))
        )
        .select(
            "mineral",
            pl.col("mineral").replace_strict(COMMODITY).alias("commodity"),
            pl.col("measure").replace_strict(MEASURES).alias("measure"),
            pl.col("basis").str.replace("; estimated$", "").alias("detail"),
            pl.col("year").cast(pl.Int16),
            pl.when(exporter)
            .then(0.0)
            .when(QUALIFIER == "withheld")
            .then(None)
            .otherwise(
                pl.col("value").cast(pl.Float64)
                * pl.col("unit").replace_strict(UNITS, return_dtype=pl.Float64)
            )
            .alias("value"),
            pl.when(pl.col("unit") == "percent").then(pl.lit("1")).otherwise(pl.lit("t")).alias("unit"),
            QUALIFIER.alias("qualifier"),
            pl.lit("usgs-mcs-2026").alias("source_id"),
            pl.lit(2026).alias("vintage"),
            pl.lit("high").alias("confidence"),
            pl.when(exporter).then(pl.lit("net exporter")).otherwise(None).alias("note"),
        )
        .with_columns(
            pl.when(pl.col("value").is_null())
            .then(pl.lit("withheld"))
            .otherwise("qualifier")
            .alias("qualifier")
        )
        .sort("mineral", "measure", "detail", "year")
    )


def main() -> None:
    """Write `reserves`, `import_sources` and `salient` into the package's tables."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--from", dest="folder", type=Path, required=True)
    folder: Path = arguments.parse_args().folder
    known = {name: pl.read_parquet(store.path(name, store.PACKAGED)) for name in ("countries", "sources")}
    frames = {
        "reserves": reserves(folder),
        "import_sources": import_sources(folder),
        "salient": salient(folder),
    }
    good = {
        name: validate(table(name), frame, lambda to: known[to.split(".")[0]][to.split(".")[1]])
        for name, frame in frames.items()
    }
    store.write(good, store.PACKAGED)
    for name, frame in good.items():
        print(f"{name} {frame.height:,} rows")


if __name__ == "__main__":
    main()
