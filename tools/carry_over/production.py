"""Carry mine and refinery production over into the catalogue from extracts of the publishers' releases.

    python -m tools.carry_over.production --from FOLDER

FOLDER holds `usgs/production.parquet` (USGS Mineral Commodity Summaries, editions 2022-2026),
`production/wmd_2018_2024.csv` (World Mining Data), `production/bgs_history_1971_2023.parquet` (BGS World
Mineral Statistics) and `refining/refining.csv` (IEA Global Critical Minerals Outlook and Data Explorer).
Sources stand side by side; one is preferred for each commodity, stage and year, in the order of
`published_names.ORDER`.
What nobody publishes by country is made by `derive.py`.
"""

import argparse
from pathlib import Path

import polars as pl
from tools.carry_over.derive import derived_mine, derived_refinery, named_rest, published_mine
from tools.carry_over.published_names import (
    BGS,
    CHROMITE,
    CODES,
    DEFAULT,
    IEA,
    ORDER,
    SLIPS,
    UNITS,
    USGS,
    WMD,
)

from oresight.catalog import store
from oresight.catalog.checks import validate
from oresight.catalog.registry import table

COLUMNS = [
    "commodity",
    "stage",
    "country",
    "year",
    "value",
    "source_id",
    "vintage",
    "qualifier",
    "confidence",
    "note",
]


def usgs_rows(folder: Path) -> pl.DataFrame:
    """Rows of the USGS editions; withheld is null, never zero, and ilmenite and rutile are summed."""
    kept = pl.DataFrame(
        [(m, s, c, st) for (m, s), (c, st) in USGS.items()],
        schema=["mineral", "published", "commodity", "stage"],
        orient="row",
    )
    slips = pl.DataFrame(
        [(m, e, f) for (m, e), f in SLIPS.items()], schema=["mineral", "edition", "slip"], orient="row"
    )
    rows = (
        pl.read_parquet(folder / "usgs" / "production.parquet")
        .filter(pl.col("measure") == "production")
        .with_row_index("place")
        .rename({"stage": "published", "basis": "words"})
        .join(kept, on=["mineral", "published"])
        .join(slips, on=["mineral", "edition"], how="left", maintain_order="left")
        .with_columns(
            pl.col("country_name")
            .replace_strict(
                {"Kazakhstan, concentrate": "KAZ", "Ukraine, concentrate": "UKR"},
                default=pl.col("country_iso3"),
            )
            .alias("country"),
            pl.col("year").cast(pl.Int16),
            (
                pl.col("value").cast(pl.Float64)
                * pl.col("unit").replace_strict(UNITS, return_dtype=pl.Float64)
                * pl.col("slip").fill_null(1.0)
                * pl.when(pl.col("mineral") == "chromium").then(CHROMITE).otherwise(1.0)
            ).alias("value"),
            pl.col("qualifier").fill_null("").alias("mark"),
            pl.col("words").str.contains("estimated").alias("estimated"),
        )
        .filter(~pl.col("mark").str.starts_with("included elsewhere") & ~pl.col("mark").is_in(["s"]))
    )
    by = ["commodity", "stage", "country", "year", "edition"]
    several = pl.col("commodity") == "titanium-sponge"
    return (
        rows.sort("place")
        .group_by(by, maintain_order=True)
        .agg(
            # two forms are summed; of a total that is given for each and for both, the last is both
            pl.when((several & (pl.col("stage") == "mine") & (pl.col("country") != "WLD")).first())
            .then(pl.when(pl.col("value").is_null().all()).then(None).otherwise(pl.col("value").sum()))
            .when((pl.col("country") == "WLD").first())
            .then(pl.col("value").max())
            .otherwise(pl.col("value").drop_nulls().first())
            .alias("value"),
            pl.col("mark").first(),
            pl.col("estimated").any(),
        )
        .with_columns(
            pl.format("usgs-mcs-{}", "edition").alias("source_id"),
            pl.col("edition").alias("vintage"),
            pl.when(pl.col("value").is_null())
            .then(pl.lit("withheld"))
            .when(pl.col("mark").str.contains("<"))
            .then(pl.lit("below"))
            .when(pl.col("mark").str.contains("range"))
            .then(pl.lit("range"))
            .when(pl.col("estimated"))
            .then(pl.lit("estimated"))
            .otherwise(pl.lit("reported"))
            .alias("qualifier"),
            pl.when(pl.col("estimated")).then(pl.lit("medium")).otherwise(pl.lit("high")).alias("confidence"),
            pl.when(pl.col("commodity") == "chromium")
            .then(pl.lit("gross chromite at 34 % Cr2O3"))
            .when((pl.col("commodity") == "titanium-sponge") & (pl.col("stage") == "mine"))
            .then(pl.lit("ilmenite and rutile as TiO2"))
            .otherwise(None)
            .alias("note"),
        )
        .select(COLUMNS)
    )


def wmd_rows(folder: Path) -> pl.DataFrame:
    """Rows of World Mining Data, oxides taken to the element where the commodity counts the element."""
    kept = pl.DataFrame(
        [(m, *to) for m, to in WMD.items()], schema=["mineral", "commodity", "stage", "factor"], orient="row"
    )
    oxide = pl.col("mineral").str.extract(r"\((Li2O|Ta2O5|Nb2O5)\)")
    return (
        pl.read_csv(folder / "production" / "wmd_2018_2024.csv")
        .join(kept, on="mineral")
        .select(
            "commodity",
            "stage",
            pl.col("iso3").replace(CODES).alias("country"),
            pl.col("year").cast(pl.Int16),
            (pl.col("value") * pl.col("factor")).alias("value"),
            pl.lit("wmd-2018-2024").alias("source_id"),
            pl.lit("2018-2024").alias("vintage"),
            pl.when(pl.col("reported_or_estimated") == "r")
            .then(pl.lit("reported"))
            .otherwise(pl.lit("estimated"))
            .alias("qualifier"),
            pl.when(pl.col("commodity").is_in(["bismuth", "cobalt"]))
            .then(pl.lit("low"))
            .when(pl.col("reported_or_estimated") == "r")
            .then(pl.lit("high"))
            .otherwise(pl.lit("medium"))
            .alias("confidence"),
            pl.when(pl.col("commodity").is_in(["bismuth", "cobalt"]))
            .then(pl.lit("mixes mine and refinery output"))
            .when(oxide.is_not_null())
            .then(pl.format("published as {}, times {}", oxide, "factor"))
            .when(pl.col("factor") == 0.001)
            .then(pl.lit("published in kg"))
            .otherwise(None)
            .alias("note"),
        )
    )


def bgs_rows(folder: Path) -> pl.DataFrame:
    """Rows of the BGS back to 1971: those who report, by the states of their time."""
    kept = pl.DataFrame(
        [(m, f, *to) for (m, f), to in BGS.items()],
        schema=["mineral", "form", "commodity", "stage", "factor"],
        orient="row",
    )
    words = pl.col("basis").fill_null("").str.replace(r"(Nil|Quantity).*", "").str.strip_chars("; ")
    return (
        pl.read_parquet(folder / "production" / "bgs_history_1971_2023.parquet")
        .drop("stage")
        .with_columns(words.alias("form"))
        .join(kept, on=["mineral", "form"])
        .with_columns(
            # the extract gives Congo-Brazzaville the code of its neighbour
            pl.when(pl.col("country_name") == "Congo")
            .then(pl.lit("COG"))
            .when(pl.col("country_name") == "Rhodesia")
            .then(pl.lit("ZWE"))
            .otherwise(pl.col("country_iso3").replace(CODES))
            .alias("country"),
            pl.col("year").cast(pl.Int16),
        )
        .group_by("commodity", "stage", "country", "year", maintain_order=True)
        .agg((pl.col("value").cast(pl.Float64).sum() * pl.col("factor").first()).alias("value"))
        .with_columns(
            pl.lit("bgs-wms").alias("source_id"),
            pl.lit("1971-2023").alias("vintage"),
            pl.lit("reported").alias("qualifier"),
            pl.lit("high").alias("confidence"),
            pl.lit(None, dtype=pl.String).alias("note"),
        )
        .select(COLUMNS)
    )


def iea_rows(folder: Path) -> pl.DataFrame:
    """Rows of the IEA in tonnes; magnet rare earths stand under a name of their own until they are parted."""
    kept = pl.DataFrame(
        [(*k, *v) for k, v in IEA.items()],
        schema=["mineral", "published", "commodity", "stage"],
        orient="row",
    )
    return (
        pl.read_csv(folder / "refining" / "refining.csv", infer_schema=False)
        .filter(
            (pl.col("unit") == "t")
            & pl.col("source").str.starts_with("IEA")
            & (pl.col("confidence") != "low")
        )
        .rename({"stage": "published"})
        .join(kept, on=["mineral", "published"])
        .with_columns(pl.col("source").str.contains("Explorer").alias("explorer"))
        .select(
            "commodity",
            "stage",
            pl.col("country_iso3").alias("country"),
            pl.col("year").cast(pl.Int16),
            pl.col("value").cast(pl.Float64),
            pl.when("explorer")
            .then(pl.lit("iea-explorer-2025-05"))
            .otherwise(pl.lit("iea-gcmo-2026"))
            .alias("source_id"),
            pl.when("explorer").then(pl.lit("2025-05")).otherwise(pl.lit("2026")).alias("vintage"),
            pl.lit("estimated").alias("qualifier"),
            "confidence",
            pl.lit(None, dtype=pl.String).alias("note"),
        )
    )


def rest_of_the_world(rows: pl.DataFrame) -> pl.DataFrame:
    """The IEA's rows with the remainder that its total leaves, where named and remainder exceed the total.

    The Explorer of 2025 counts Canada's refined and Australia's mined nickel once by name and once in the rest.
    """
    by = ["commodity", "stage", "year", "source_id"]
    named = (
        rows.filter(~pl.col("country").is_in(["OTH", "WLD"]))
        .group_by(by)
        .agg(pl.col("value").sum().alias("named"))
    )
    world = rows.filter(pl.col("country") == "WLD").select(*by, pl.col("value").alias("world"))
    joined = rows.join(named, on=by, how="left", maintain_order="left").join(
        world, on=by, how="left", maintain_order="left"
    )
    left = pl.col("world") - pl.col("named")
    twice = (pl.col("country") == "OTH") & (pl.col("value") > left * 1.15) & (left > 0)
    return joined.with_columns(
        pl.when(twice).then(left).otherwise("value").alias("value"),
        pl.when(twice)
        .then(pl.lit("total less the named; the printed rest repeats one of them"))
        .otherwise("note")
        .alias("note"),
    ).drop("named", "world")


def family(source: str) -> str:
    """The publisher of a source id, as `ORDER` names it."""
    return next((name for name in ("usgs", "iea") if source.startswith(f"{name}-")), source)


def preferred(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `preferred`: of each commodity, stage and year one publisher's latest edition."""
    marked = rows.with_columns(
        pl.col("source_id").map_elements(family, return_dtype=pl.String).alias("publisher"),
        (
            (pl.col("country") != "WLD")
            & pl.col("value").is_not_null()
            & ~pl.col("confidence").is_in(["low", "unverified"])
            & (pl.col("qualifier") != "below")
        ).alias("usable"),
    )
    ranks = pl.DataFrame(
        [
            (commodity, stage, name, place)
            for commodity, stage in rows.select("commodity", "stage").unique().iter_rows()
            for place, name in enumerate((*ORDER.get((commodity, stage), DEFAULT), "derived"))
        ],
        schema=["commodity", "stage", "publisher", "rank"],
        orient="row",
    )
    made = pl.when(pl.col("qualifier") == "derived").then(pl.lit("derived")).otherwise(pl.col("publisher"))
    by = ["commodity", "stage", "year"]
    ranked = marked.with_columns(made.alias("publisher")).join(
        ranks, on=["commodity", "stage", "publisher"], how="left", maintain_order="left"
    )
    choice = (
        ranked.filter("usable", pl.col("rank").is_not_null())
        .sort([*by, "rank", "vintage"], descending=[False, False, False, False, True])
        .group_by(by, maintain_order=True)
        .first()
        .select(*by, pl.col("publisher").alias("chosen"), pl.col("vintage").alias("edition"))
    )
    return (
        ranked.join(choice, on=by, how="left", maintain_order="left")
        .with_columns(
            (
                pl.col("usable")
                & (pl.col("publisher") == pl.col("chosen"))
                & (pl.col("vintage") == pl.col("edition"))
            )
            .fill_null(False)
            .alias("preferred")
        )
        .drop("publisher", "usable", "rank", "chosen", "edition")
    )


def named(rows: pl.DataFrame, commodity: str, outside: pl.DataFrame, whole: bool, note: str) -> pl.DataFrame:
    """The rows with the remainder of one commodity given to countries; see `derive.named_rest`."""
    here = pl.col("commodity") == commodity
    if rows["stage"].n_unique() > 1:
        here &= pl.col("stage") == "refine"
    given = named_rest(rows.filter(here), outside.select("country", "year", "value"), whole, note)
    return pl.concat([rows.filter(~here), given.select(rows.columns)])


def main() -> None:
    """Write `mine_production` and `refinery_production` into the package's tables."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--from", dest="folder", type=Path, required=True)
    folder: Path = arguments.parse_args().folder
    measured = pl.concat(
        [usgs_rows(folder), wmd_rows(folder), bgs_rows(folder), rest_of_the_world(iea_rows(folder))]
    ).with_columns(pl.lit(None, dtype=pl.Float64).alias("low"), pl.lit(None, dtype=pl.Float64).alias("high"))
    packaged = {
        name: pl.read_parquet(store.path(name, store.PACKAGED))
        for name in ("countries", "sources", "stages", "refining_shares", "basket_shares")
    }
    apart = pl.col("commodity") != "magnet-rare-earths"
    mine = pl.col("stage") == "mine"
    parted = derived_mine(measured, packaged["basket_shares"])
    mines = preferred(pl.concat([measured.filter(mine & apart), parted], how="diagonal"))
    refined = derived_refinery(measured, mines, packaged["refining_shares"], packaged["stages"])
    plants = preferred(pl.concat([measured.filter(~mine & apart), refined], how="diagonal"))
    oxides = published_mine(measured, "rare-earths-light")
    mines = named(
        mines, "neodymium-praseodymium", oxides, True, "IEA's rest, by mined oxides of those unnamed"
    )
    for metal in ("nickel", "cobalt"):
        bgs = plants.filter((pl.col("commodity") == metal) & (pl.col("source_id") == "bgs-wms"))
        plants = named(plants, metal, bgs, False, "IEA's rest, by BGS output (to 2023) of those unnamed")
    for name, frame in (("mine_production", mines), ("refinery_production", plants)):
        declared = table(name)
        sortable = frame.sort("commodity", "stage", "source_id", "vintage", "year", "country")
        good = validate(
            declared,
            sortable.select(list(declared.schema)),
            lambda reference: packaged[reference.split(".")[0]][reference.split(".")[1]],
        )
        store.write({name: good}, store.PACKAGED)
        print(f"{name} {good.height:,} rows")


if __name__ == "__main__":
    main()
