"""Demand keys: how the world's use of a stage's product is split over countries where no trade shows it.

    python tools/carry_over/demand_keys.py [--to data/curated/demand_keys.csv]

Reads the catalogue's own tables (trade, production, demand) and writes the reviewable CSV. Three proxies:

manufacture   refined copper use of the large users, as published or compiled; within the European Union and
              among all others by the geometric mean of the apparent use of aluminium and of ferroniobium
battery       China's share of battery cells (IEA), the rest half by net imports of lithium chemicals and half
              as manufacture
electronics   manufacture and, in equal part, net imports by value of rare-earth metals and compounds,
              outside China; China as in manufacture

An ore whose refined trade is known goes where it is refined. A consumption that somebody publishes fixes the
country's share; the others keep their proportions.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from oresight.catalog.store import read

YEARS = (2022, 2024)
"""Years averaged, to dampen stock movements."""
LEAST = 0.002
"""Shares below this are pooled as OTH: the proxies say nothing about them."""
BAND = (0.5, 2.0)
"""Band around a proxy share."""
FIXED_BAND = (0.8, 1.25)
"""Band around a published share."""
HUBS = ("NLD", "SGP", "BRA", "CAN")
"""Ports and producers whose ferroniobium balance is no use: left to aluminium."""
NO_STEEL = 0.0005
"""Share of ferroniobium use given to a country that imports none, so that aluminium alone does not make it large."""
CELLS_CHINA = 0.80
"""China's share of battery cells 2025, IEA Global Critical Minerals Outlook 2026, p. 73."""
GERMANIUM_EXPORTS = 18.787 / 9 * 12
"""Chinese germanium metal exports 2024 [t/yr] from nine months, USGS Mineral Commodity Summaries 2026."""

MANUFACTURE = "refined copper use of large users; others by aluminium and ferroniobium use"
BATTERY = "Chinese share of battery cells; others half by lithium chemical imports, half as manufacture"
ELECTRONICS = "as manufacture, outside China half by net import value of rare earths"
REFINED = "use of ore goes where the refined product is made"

PROXY = {
    ("gallium", "refine"): "electronics",
    ("germanium", "refine"): "electronics",
    ("indium", "refine"): "electronics",
    ("nickel", "refine"): "manufacture",
    ("copper", "refine"): "manufacture",
    ("antimony", "refine"): "manufacture",
    ("titanium-sponge", "refine"): "manufacture",
    ("magnesium", "refine"): "manufacture",
    ("silicon-metal", "refine"): "manufacture",
    ("tin", "refine"): "manufacture",
    ("zinc", "refine"): "manufacture",
    ("lead", "refine"): "manufacture",
    ("neodymium-praseodymium", "component"): "magnets",
    ("dysprosium-terbium", "component"): "magnets",
    ("graphite-battery", "component"): "battery",
    ("manganese-sulphate", "refine"): "battery",
    ("aluminium", "refine"): "aluminium component",
    ("lithium", "mine"): "lithium refine",
    ("tantalum", "mine"): "tantalum refine",
    ("rare-earths-light", "mine"): "rare-earths-light refine",
    ("neodymium-praseodymium", "mine"): "neodymium-praseodymium refine",
    ("dysprosium-terbium", "mine"): "dysprosium-terbium refine",
    ("dysprosium-terbium", "refine"): "dysprosium-terbium component",
    ("graphite-battery", "refine"): "graphite-battery component",
}
"""Which proxy splits which stage; COMMODITY STAGE is that stage's production by country."""

MAGNET_VEHICLES = 0.2258
"""Part of magnet rare earths in vehicles and wind, IEA Global Critical Minerals Outlook 2026 annex, 2025."""


@dataclass(frozen=True)
class Fixed:
    """A share that published consumption fixes, not a proxy."""

    country: str
    share: float
    source: str
    method: str
    band: tuple[float, float] = FIXED_BAND


def normalised(frame: pl.DataFrame) -> pl.DataFrame:
    """country, share of a frame of country, value; nothing negative, summing to 1."""
    return (
        frame.with_columns(pl.col("value").clip(0.0))
        .filter(pl.col("value") > 0)
        .with_columns((pl.col("value") / pl.col("value").sum()).alias("share"))
        .select("country", "share")
        .sort("country")
    )


def in_years(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of the years averaged."""
    return frame.filter(pl.col("year").is_between(*YEARS))


def produced(commodity: str, stage: str) -> pl.DataFrame:
    """country, value: preferred output summed over the years [t]."""
    if stage == "mine":
        rows = read("mine_production").filter(pl.col("commodity") == commodity)
    else:
        rows = read("refinery_production").filter(
            (pl.col("commodity") == commodity) & (pl.col("stage") == stage)
        )
    return in_years(rows.filter("preferred")).group_by("country").agg(pl.col("value").sum())


def net_imports(codes: tuple[str, ...], measure: str) -> pl.DataFrame:
    """country, value: imports less exports over the years, in tonnes gross or thousand dollars."""
    flows = in_years(read("trade")).filter(pl.col("hs92").is_in(codes))
    amount = pl.col(measure).cast(pl.Float64).fill_null(0.0)
    into = flows.select(pl.col("importer").alias("country"), amount.alias("value"))
    out = flows.select(pl.col("exporter").alias("country"), (-amount).alias("value"))
    return pl.concat([into, out]).group_by("country").agg(pl.col("value").sum())


def apparent(codes: tuple[str, ...], content: float, made: pl.DataFrame) -> pl.DataFrame:
    """country, value: output plus contained net imports [t]."""
    net = net_imports(codes, "gross_t").with_columns(pl.col("value") * content)
    return pl.concat([net, made.select("country", "value")]).group_by("country").agg(pl.col("value").sum())


def manufacture() -> pl.DataFrame:
    """country, share of the manufacturing use of metals."""
    aluminium = normalised(apparent(("760110",), 0.997, produced("aluminium", "component")))
    niobium = normalised(net_imports(("720293",), "gross_t").filter(~pl.col("country").is_in(HUBS)))
    mixed = (
        aluminium.join(niobium, on="country", how="left", suffix="_nb")
        .filter(pl.col("country") != "OTH")
        .with_columns(
            pl.when(pl.col("country").is_in(HUBS))
            .then(pl.col("share"))
            .otherwise((pl.col("share") * pl.col("share_nb").fill_null(NO_STEEL)).sqrt())
            .alias("value")
        )
        .select("country", "value")
    )
    use = read("demand").filter(pl.col("commodity") == "copper", pl.col("stage") == "refine")
    compiled = use.filter(pl.col("measure") == "derived", pl.col("year") == 2023)
    tonnes = dict(compiled.select("region", "value").iter_rows())
    usa = use.filter("preferred", pl.col("region") == "USA", pl.col("year") == 2023)["value"][0]
    made = produced("copper", "refine")["value"].sum() / (YEARS[1] - YEARS[0] + 1)
    large = {"CHN": tonnes["CHN"], "JPN": tonnes["JPN"], "IND": tonnes["IND"], "USA": usa}
    members = set(read("blocs").filter(pl.col("bloc") == "eu27")["member"])
    rest = made - sum(large.values()) - tonnes["EU27"]
    if rest <= 0:
        raise ValueError("named copper use exceeds refined output")
    parts = [pl.DataFrame({"country": list(large), "value": list(large.values())})]
    inside = pl.col("country").is_in(list(members))
    for group, total in ((inside, tonnes["EU27"]), (~inside & ~pl.col("country").is_in(list(large)), rest)):
        split = normalised(mixed.filter(group))
        parts.append(split.select("country", (pl.col("share") * total).alias("value")))
    return normalised(pl.concat(parts))


def battery(factories: pl.DataFrame) -> pl.DataFrame:
    """country, share of battery making."""
    chemicals = normalised(net_imports(("282520", "283691"), "gross_t").filter(pl.col("country") != "CHN"))
    general = normalised(factories.filter(pl.col("country") != "CHN").rename({"share": "value"}))
    part = (1 - CELLS_CHINA) / 2
    rest = pl.concat([chemicals, general]).select("country", (pl.col("share") * part).alias("value"))
    made = pl.concat([rest, pl.DataFrame({"country": ["CHN"], "value": [CELLS_CHINA]})])
    return normalised(made.group_by("country").agg(pl.col("value").sum()))


def electronics(factories: pl.DataFrame) -> pl.DataFrame:
    """country, share of electronics making."""
    china = factories.filter(pl.col("country") == "CHN")
    abroad = factories.filter(pl.col("country") != "CHN")
    earths = normalised(
        net_imports(("280530", "284690"), "value_kusd").filter(
            pl.col("country").is_in(abroad["country"].implode())
        )
    )
    half = float(abroad["share"].sum()) / 2
    parts = [
        china.rename({"share": "value"}),
        abroad.select("country", (pl.col("share") / 2).alias("value")),
        earths.select("country", (pl.col("share") * half).alias("value")),
    ]
    return normalised(pl.concat(parts).group_by("country").agg(pl.col("value").sum()))


def magnets(factories: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """country, share of magnet use: vehicles and wind as batteries, the rest as manufacture."""
    parts = [
        cells.select("country", (pl.col("share") * MAGNET_VEHICLES).alias("value")),
        factories.select("country", (pl.col("share") * (1 - MAGNET_VEHICLES)).alias("value")),
    ]
    return normalised(pl.concat(parts).group_by("country").agg(pl.col("value").sum()))


def world_use(commodity: str, stage: str) -> float:
    """Mean yearly output of a stage, scrap-fed part included where output was derived from ore [t]."""
    made = float(produced(commodity, stage)["value"].sum()) / (YEARS[1] - YEARS[0] + 1)
    if commodity != "lead":
        return made
    part = read("stages").filter(pl.col("commodity") == commodity, pl.col("stage") == stage)
    return made / float(part["input_share_best"][0])


def fixed_shares() -> dict[tuple[str, str], list[Fixed]]:
    """Shares that published consumption fixes, by commodity and stage."""
    found: dict[tuple[str, str], list[Fixed]] = {}
    american = in_years(read("demand").filter("preferred", pl.col("region") == "USA"))
    means = american.group_by("commodity", "stage").agg(pl.col("value").mean())
    for commodity, stage, used in means.sort("commodity", "stage").iter_rows():
        proxy = PROXY.get((commodity, stage), "")
        if proxy not in ("", "aluminium component") and commodity not in ("indium", "copper"):
            share = used / world_use(commodity, stage)
            method = f"US consumption of {YEARS[0]}-{YEARS[1]} over world output"
            found.setdefault((commodity, stage), []).append(
                Fixed("USA", share, "usgs-mcs-2026-salient", method)
            )
    indium = float(means.filter(pl.col("commodity") == "indium")["value"][0]) / world_use("indium", "refine")
    found["indium", "refine"] = [
        Fixed("USA", 0.75 * indium, "usgs-mcs-2026-salient",
              "three quarters of US consumption over world primary output: reclaimed metal is used as well",
              (0.67, 1.33))
    ]  # fmt: skip
    world = world_use("germanium", "refine")
    made = produced("germanium", "refine").filter(pl.col("country") == "CHN")
    china = float(made["value"].sum()) / (YEARS[1] - YEARS[0] + 1)
    found["germanium", "refine"] = [
        Fixed("USA", 30.0 / 180.0, "usgs-mcs-2026-salient",
              "US consumption, last published for 2021, over 150-210 t of world output", (0.7, 1.4)),
        Fixed("CHN", (china - GERMANIUM_EXPORTS) / world * (1 - 30.0 / 180.0), "usgs-mcs-2026-text",
              "Chinese output less exports of 2024, over world output, of what the United States leaves",
              (0.6, 1.1)),
    ]  # fmt: skip
    return found


def with_fixed(shares: pl.DataFrame, fixed: list[Fixed]) -> pl.DataFrame:
    """Shares with some fixed and the others scaled to fill what is left, small ones pooled as OTH."""
    named = [f.country for f in fixed]
    left = 1.0 - sum(f.share for f in fixed)
    others = normalised(
        shares.filter(~pl.col("country").is_in(named)).rename({"share": "value"})
    ).with_columns(pl.col("share") * left)
    small = (pl.col("share") < LEAST) | (pl.col("country") == "OTH")
    pooled = others.filter(small)["share"].sum()
    kept = others.filter(~small)
    if pooled > 0:
        kept = pl.concat([kept, pl.DataFrame({"country": ["OTH"], "share": [pooled]})])
    return kept


def keys() -> pl.DataFrame:
    """All demand keys, in the columns of the table."""
    factories = manufacture()
    cells = battery(factories)
    proxies = {
        "manufacture": (factories, MANUFACTURE),
        "battery": (cells, BATTERY),
        "electronics": (electronics(factories), ELECTRONICS),
        "magnets": (
            magnets(factories, cells),
            "vehicles and wind as battery cells, other magnets as manufacture",
        ),
    }
    fixed = fixed_shares()
    rows: list[dict[str, object]] = []
    for (commodity, stage), proxy in sorted(PROXY.items()):
        if proxy in proxies:
            shares, method = proxies[proxy]
        else:
            shares, method = normalised(produced(*proxy.rsplit(" ", 1))), REFINED
        known = fixed.get((commodity, stage), [])
        base = {"commodity": commodity, "stage": stage, "year": YEARS[1], "confidence": "assumption"}
        for country, share in with_fixed(shares, known).sort("share", descending=True).iter_rows():
            rows.append(
                base
                | {"country": country, "share": share, "low": share * BAND[0],
                   "high": min(1.0, share * BAND[1]), "method": method, "fixed": False,
                   "source_id": "assumption", "note": None}
            )  # fmt: skip
        for f in known:
            rows.append(
                base
                | {"country": f.country, "share": f.share, "low": f.share * f.band[0],
                   "high": min(1.0, f.share * f.band[1]), "method": f.method, "fixed": True,
                   "source_id": f.source, "note": None}
            )  # fmt: skip
    columns = ["commodity", "stage", "country", "share", "low", "high", "year", "method", "fixed",
               "source_id", "confidence", "note"]  # fmt: skip
    rounded = (
        pl.DataFrame(rows, infer_schema_length=None)
        .select(columns)
        .with_columns(
            pl.col("share", "low", "high").round(5),
            pl.when("fixed").then(pl.lit("yes")).otherwise(pl.lit("no")).alias("fixed"),
        )
    )
    over = pl.col("share").sum().over("commodity", "stage") - 1.0
    largest = pl.col("share") == pl.col("share").max().over("commodity", "stage")
    return rounded.with_columns(
        pl.when(largest).then(pl.col("share") - over).otherwise(pl.col("share")).round(5).alias("share")
    )


def main() -> None:
    """Write the CSV and say what it holds."""
    home = Path(__file__).parents[2] / "data" / "curated" / "demand_keys.csv"
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, default=home)
    where = parser.parse_args().to
    made = keys()
    made.write_csv(where)
    print(
        f"{made.height} demand keys for {made.select('commodity', 'stage').unique().height} stages: {where.name}"
    )


if __name__ == "__main__":
    main()
