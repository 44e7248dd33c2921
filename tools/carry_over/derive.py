"""Production that nobody publishes by country: parted magnet rare earths, years between, and leaders' shares.

Every row made here has qualifier `derived`, a band, and says in its note what it was made from.
"""

import polars as pl

MAGNETS = "magnet-rare-earths"
DYTB_ELEMENT = 0.871
"""Dysprosium in Dy2O3 by weight (terbium in Tb4O7 0.850): oxides of DyTb taken to the IEA's element basis."""
BETWEEN = (2022, 2023)
"""Years between the IEA's 2021 and 2024 that are filled along a straight line."""
SPREAD = 0.15
"""Half-width of the band put on a world output that is itself mine output times recovery."""


def derived(rows: pl.DataFrame, note: str) -> pl.DataFrame:
    """The rows stamped as derived by assumption, from commodity, stage, country, year, value, low, high."""
    return rows.select(
        "commodity",
        "stage",
        "country",
        pl.col("year").cast(pl.Int16),
        "value",
        pl.lit("assumption").alias("source_id"),
        pl.lit("2026-11").alias("vintage"),
        pl.lit("derived").alias("qualifier"),
        pl.lit("assumption").alias("confidence"),
        pl.lit(note).alias("note"),
        pl.min_horizontal("low", "value").alias("low"),
        pl.max_horizontal("high", "value").alias("high"),
    )


def in_years(shares: pl.DataFrame) -> pl.DataFrame:
    """Rows with from_year and to_year as one row per year."""
    return shares.with_columns(
        pl.int_ranges("from_year", pl.col("to_year") + 1).alias("year").cast(pl.List(pl.Int16))
    ).explode("year")


def published_mine(measured: pl.DataFrame, commodity: str) -> pl.DataFrame:
    """Mine output by country: World Mining Data to 2024, then moved on by the USGS's change to 2025.

    The two differ on Myanmar; taking each year from another would show a fall that neither reports.
    """
    rows = measured.filter(
        (pl.col("commodity") == commodity)
        & (pl.col("stage") == "mine")
        & (pl.col("country") != "WLD")
        & pl.col("value").is_not_null()
    )
    mined = rows.filter(pl.col("source_id") == "wmd-2018-2024").select("country", "year", "value")
    usgs = rows.filter(pl.col("source_id") == "usgs-mcs-2026")
    change = (
        usgs.filter(pl.col("year") == 2024, pl.col("value") > 0)
        .select("country", pl.col("value").alias("was"))
        .join(
            usgs.filter(pl.col("year") == 2025).select("country", pl.col("value").alias("now")), on="country"
        )
        .select("country", (pl.col("now") / pl.col("was")).alias("change"))
    )
    after = (
        mined.filter(pl.col("year") == 2024)
        .join(change, on="country", how="left")
        .select(
            "country",
            pl.lit(2025, dtype=pl.Int16).alias("year"),
            (pl.col("value") * pl.col("change").fill_null(1.0)).alias("value"),
        )
    )
    return pl.concat([mined, after])


def dytb_mine(measured: pl.DataFrame, baskets: pl.DataFrame) -> pl.DataFrame:
    """Dysprosium-terbium oxides mined: oxides of the country times their share of its basket."""
    mined = published_mine(measured, "rare-earths-light")
    joined = mined.join(in_years(baskets).drop("source_id", "confidence", "note"), on=["country", "year"])
    rows = joined.select(
        pl.lit("dysprosium-terbium").alias("commodity"),
        pl.lit("mine").alias("stage"),
        "country",
        "year",
        (pl.col("value") * pl.col("share")).alias("value"),
        (pl.col("value") * pl.col("share_low")).alias("low"),
        (pl.col("value") * pl.col("share_high")).alias("high"),
    )
    return derived(rows, "mined oxides (WMD; 2025 moved on by USGS) times an assumed basket share")


def between(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the years between 2021 and 2024 along a straight line; unnamed in either year goes to OTH."""
    early, late = rows.filter(pl.col("year") == 2021), rows.filter(pl.col("year") == 2024)
    by = ["commodity", "stage", "country"]
    both = early.select(*by, pl.col("value").alias("first")).join(
        late.select(*by, pl.col("value").alias("last")), on=by
    )
    named = both.filter(~pl.col("country").is_in(["OTH", "WLD"]))
    worlds = both.filter(pl.col("country") == "WLD")
    rest = worlds.join(
        named.group_by("commodity", "stage").agg(
            pl.col("first").sum().alias("f"), pl.col("last").sum().alias("l")
        ),
        on=["commodity", "stage"],
    ).select(
        "commodity",
        "stage",
        pl.lit("OTH").alias("country"),
        (pl.col("first") - pl.col("f")).clip(lower_bound=0).alias("first"),
        (pl.col("last") - pl.col("l")).clip(lower_bound=0).alias("last"),
    )
    years = []
    for year in BETWEEN:
        weight = (year - 2021) / 3
        years.append(
            pl.concat([named, rest]).select(
                *by,
                pl.lit(year).alias("year"),
                (pl.col("first") * (1 - weight) + pl.col("last") * weight).alias("value"),
                (pl.min_horizontal("first", "last") * 0.85).alias("low"),
                (pl.max_horizontal("first", "last") * 1.15).alias("high"),
            )
        )
    return pl.concat(years)


def parted(magnets: pl.DataFrame, heavy: pl.DataFrame, stage: str) -> pl.DataFrame:
    """NdPr of a stage: the IEA's magnet rare earths of a country less its dysprosium and terbium.

    The heavy pair of countries the IEA does not name is taken from its remainder.
    """
    named = magnets.filter(~pl.col("country").is_in(["WLD", "OTH"])).select("country", "year")
    pair = (
        heavy.join(named.with_columns(pl.lit(True).alias("named")), on=["country", "year"], how="left")
        .with_columns(pl.when("named").then(pl.col("country")).otherwise(pl.lit("OTH")).alias("country"))
        .group_by("country", "year")
        .agg(pl.col("value").sum().alias("pair") * DYTB_ELEMENT)
    )
    joined = magnets.filter(pl.col("country") != "WLD").join(pair, on=["country", "year"], how="left")
    value = (pl.col("value") - pl.col("pair").fill_null(0)).clip(lower_bound=0)
    return joined.select(
        pl.lit("neodymium-praseodymium").alias("commodity"),
        pl.lit(stage).alias("stage"),
        "country",
        "year",
        value.alias("value"),
        (value * 0.9).alias("low"),
        pl.col("value").alias("high"),
    )


def magnets_of(measured: pl.DataFrame, stage: str) -> pl.DataFrame:
    """The IEA's magnet rare earths of a stage, with the years between."""
    rows = measured.filter((pl.col("commodity") == MAGNETS) & (pl.col("stage") == stage))
    return pl.concat(
        [
            rows.select("country", "year", "value"),
            between(rows).select("country", pl.col("year").cast(pl.Int16), "value"),
        ]
    )


def derived_mine(measured: pl.DataFrame, baskets: pl.DataFrame) -> pl.DataFrame:
    """Mine rows of dysprosium-terbium and neodymium-praseodymium."""
    heavy = dytb_mine(measured, baskets)
    light = parted(magnets_of(measured, "mine"), heavy, "mine")
    return pl.concat(
        [heavy, derived(light, "magnet rare earths of the IEA less Dy and Tb; 2022-23 along a line")]
    )


def named_rest(rows: pl.DataFrame, outside: pl.DataFrame, whole: bool, note: str) -> pl.DataFrame:
    """The rows with a preferred remainder (OTH) given to the countries another source names.

    A country the other source names and this one does not takes its output there, scaled down where the sum is
    more than the remainder; what is left stays with OTH.

    Args:
        rows: Rows of one commodity and stage with `preferred`.
        outside: country, year, value of the other source; its last year serves for later years.
        whole: Whether the remainder is given out whole, in proportion, because the other source counts otherwise.
        note: What to say of the rows made.
    """
    used = rows.filter("preferred")
    rests = used.filter((pl.col("country") == "OTH") & (pl.col("value") > 0))
    last = outside["year"].max()
    made, left = [], []
    for rest in rests.iter_rows(named=True):
        year = min(rest["year"], last)
        named = used.filter(pl.col("year") == rest["year"])["country"].implode()
        others = outside.filter(
            (pl.col("year") == year)
            & (pl.col("value") > 0)
            & ~pl.col("country").is_in(named)
            & (pl.col("country") != "WLD")
        )
        total = others["value"].sum()
        if not total:
            continue
        rate = rest["value"] / total if whole else min(1.0, rest["value"] / total)
        value = pl.col("value") * rate
        given = others.select(
            pl.lit(rest["commodity"]).alias("commodity"),
            pl.lit(rest["stage"]).alias("stage"),
            "country",
            pl.lit(rest["year"]).alias("year"),
            value.alias("value"),
            (value * 0.5).alias("low"),
            (value * 1.5).alias("high"),
        )
        made.append(derived(given, note).with_columns(pl.lit(True).alias("preferred")))
        over = rest["value"] - total * rate
        if over > 1e-6 * rest["value"]:
            remainder = given.head(1).with_columns(
                pl.lit("OTH").alias("country"),
                pl.lit(over).alias("value"),
                pl.lit(over * 0.5).alias("low"),
                pl.lit(over * 1.5).alias("high"),
            )
            left.append(derived(remainder, note).with_columns(pl.lit(True).alias("preferred")))
    done = pl.concat(made).select("year").unique().with_columns(pl.lit(True).alias("done")) if made else None
    if done is None:
        return rows
    kept = rows.join(done, on="year", how="left", maintain_order="left").with_columns(
        (pl.col("preferred") & ~((pl.col("country") == "OTH") & pl.col("done").fill_null(False))).alias(
            "preferred"
        )
    )
    # a remainder that was itself derived gives way to the one that is left
    gone = (pl.col("country") == "OTH") & (pl.col("qualifier") == "derived") & pl.col("done").fill_null(False)
    return pl.concat([kept.filter(~gone).drop("done"), *made, *left], how="diagonal")


def split(world: pl.DataFrame, shares: pl.DataFrame, note: str) -> pl.DataFrame:
    """World output of stages over countries: the leader's share, then the rest in proportion.

    Args:
        world: commodity, stage, year, value, low, high of the world.
        shares: refining_shares.
        note: What to say of the rows.
    """
    by = ["commodity", "stage", "year"]
    yearly = in_years(shares.filter(pl.col("role") != "fed"))
    lead = yearly.filter(pl.col("role") == "leader").select(
        *by,
        pl.col("share").alias("lead"),
        pl.col("share_low").alias("lead_low"),
        pl.col("share_high").alias("lead_high"),
    )
    joined = world.join(
        yearly.select(*by, "country", "role", "share", "share_low", "share_high"), on=by
    ).join(lead, on=by)
    leads = pl.col("role") == "leader"
    rows = joined.with_columns(
        (
            pl.col("value")
            * pl.when(leads).then(pl.col("lead")).otherwise((1 - pl.col("lead")) * pl.col("share"))
        ).alias("value"),
        (
            pl.col("low")
            * pl.when(leads)
            .then(pl.col("lead_low"))
            .otherwise((1 - pl.col("lead_high")) * pl.col("share_low"))
        ).alias("low"),
        (
            pl.col("high")
            * pl.when(leads)
            .then(pl.col("lead_high"))
            .otherwise((1 - pl.col("lead_low")) * pl.col("share_high"))
        ).alias("high"),
    )
    return derived(rows, note)


def worlds(rows: pl.DataFrame, stage: str, stages: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """World output of a stage: output of its input stage, times the part that is fed, times recovery.

    Args:
        rows: commodity, country, year, value of the input stage, all countries.
        stage: The stage made.
        stages: stages of the catalogue.
        shares: refining_shares; its `fed` rows say which part of the input is refined at all, else all of it.
    """
    recovery = stages.filter((pl.col("stage") == stage) & (pl.col("input_commodity") == pl.col("commodity")))
    fed = shares.filter((pl.col("role") == "fed") & (pl.col("stage") == stage))
    summed = rows.filter(pl.col("country") != "WLD").group_by("commodity", "year").agg(pl.col("value").sum())
    value = pl.col("value") * pl.col("recovery_best") * pl.col("share").fill_null(1.0)
    return (
        summed.join(recovery.select("commodity", "recovery_best"), on="commodity")
        .join(fed.select("commodity", "share"), on="commodity", how="left")
        .select(
            "commodity",
            pl.lit(stage).alias("stage"),
            "year",
            value.alias("value"),
            (value * (1 - SPREAD)).alias("low"),
            (value * (1 + SPREAD)).alias("high"),
        )
    )


def derived_refinery(
    measured: pl.DataFrame, mines: pl.DataFrame, shares: pl.DataFrame, stages: pl.DataFrame
) -> pl.DataFrame:
    """Refine and component rows of every stage that refining_shares splits, and of the years between."""
    known = mines.filter("preferred").select("commodity", "country", "year", "value")
    refine_shares = shares.filter(pl.col("stage") == "refine")
    refined = split(
        worlds(known, "refine", stages, shares),
        refine_shares,
        "mine output times recovery, split by refining_shares",
    )
    heavy = refined.filter(pl.col("commodity") == "dysprosium-terbium")
    light = derived(
        parted(magnets_of(measured, "refine"), heavy, "refine"),
        "magnet rare earths of the IEA less Dy and Tb; 2022-23 along a line",
    )
    gaps = derived(
        between(
            measured.filter(
                pl.col("commodity").is_in(["lithium", "graphite-battery"]) & (pl.col("stage") == "refine")
            )
        ),
        "along a line between the IEA's 2021 and 2024",
    )
    anode = measured.filter(
        (pl.col("commodity") == "graphite-battery")
        & (pl.col("stage") == "refine")
        & (pl.col("country") != "WLD")
    )
    feed = pl.concat(
        [each.select("commodity", "country", "year", "value") for each in (heavy, light, gaps, anode)]
    )
    components = split(
        worlds(feed, "component", stages, shares),
        shares.filter(pl.col("stage") == "component"),
        "refined output times recovery, split by refining_shares",
    )
    return pl.concat([refined, light, gaps, components])
