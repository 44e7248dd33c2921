"""Chains: every commodity has its stages, every stage its figures or its reason (network §1, market §4)."""

from collections.abc import Callable

import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.checks import complaints
from oresight.catalog.registry import table
from oresight.catalog.tables.chains import STAGES, ordered, reasons, stages_named

NAMES = (
    "commodities",
    "commodity_groups",
    "stages",
    "by_product_links",
    "trade_codes",
    "trade_code_exporters",
)


def lookup(reference: str) -> pl.Series:
    """Values of a table.field."""
    other, field = reference.split(".")
    return store.read(other)[field]


@pytest.mark.parametrize("name", NAMES)
def test_every_row_keeps_its_declaration(name: str) -> None:
    assert complaints(table(name), store.read(name), lookup) == []


@pytest.mark.parametrize("name", NAMES)
def test_assumptions_are_called_assumptions(name: str) -> None:
    frame = store.read(name)
    if "source_id" in frame.columns:
        guessed = frame.filter(pl.col("source_id") == "assumption")
        assert set(guessed["confidence"]) <= {"assumption"}


def produced() -> set[tuple[str, str]]:
    """Commodity and stage with output by country in recent years."""
    mine = store.read("mine_production").with_columns(stage=pl.lit("mine"))
    later = store.read("refinery_production")
    recent = [
        f.filter(pl.col("preferred") & (pl.col("year") >= 2021) & (pl.col("value") > 0)).select(
            "commodity", "stage", "country"
        )
        for f in (mine, later)
    ]
    counted = pl.concat(recent).filter(~pl.col("country").is_in(["WLD"]))
    return set(counted.select("commodity", "stage").unique().rows())


def test_stages_modelled_are_those_of_the_stage_table_and_have_output_by_country() -> None:
    stages = store.read("stages").filter("modelled")
    made = produced()
    for row in store.read("commodities").iter_rows(named=True):
        declared = set((row["stages_modelled"] or "").split(";")) - {""}
        assert declared == set(stages.filter(pl.col("commodity") == row["id"])["stage"])
        assert {(row["id"], s) for s in declared} <= made, row["id"]


def test_scope_is_wide_enough() -> None:
    commodities = store.read("commodities")
    assert commodities.filter(pl.col("decision").is_in(["core", "host"])).height >= 33
    usable = store.read("stages").filter("modelled")
    assert {"neodymium-praseodymium", "graphite-battery"} <= set(
        usable.filter(pl.col("stage") == "component")["commodity"]
    )
    assert usable.filter(pl.col("quality") == "A").height >= 25


def test_every_stage_modelled_has_a_trade_code_or_a_demand_key() -> None:
    traded = (
        store.read("trade_codes").filter("in_trade", "usable").select("commodity", "stage").unique().rows()
    )
    keyed = store.read("demand_keys").select("commodity", "stage").unique().rows()
    modelled = store.read("stages").filter("modelled").select("commodity", "stage").rows()
    assert set(modelled) - set(traded) - set(keyed) == set()


def test_every_stage_but_the_first_names_what_feeds_it_or_is_fed_by_a_host() -> None:
    hosted = set(store.read("by_product_links")["commodity"])
    dug_freely = {"magnesium", "silicon-metal"}
    for row in store.read("stages").filter("modelled").iter_rows(named=True):
        if row["stage"] != "mine":
            fed = row["input_stage"] is not None
            assert fed or row["commodity"] in hosted | dug_freely, row
            if fed:
                assert STAGES.index(row["input_stage"]) < STAGES.index(row["stage"])
                assert row["basis_factor"] is not None and row["input_share_best"] is not None


def test_in_trade_says_whether_the_trade_table_holds_the_code() -> None:
    held = set(store.read("trade")["hs92"].unique())
    codes = store.read("trade_codes")
    assert set(codes.filter("in_trade")["hs92"]) <= held
    assert set(codes.filter(~pl.col("in_trade"))["hs92"]) & held == set()


def test_exporters_with_goods_of_their_own_refer_to_known_codes() -> None:
    keys = ["commodity", "stage", "hs92"]
    own = store.read("trade_code_exporters").select(keys).unique()
    assert own.join(store.read("trade_codes"), on=keys, how="anti").height == 0


def test_congolese_cobalt_is_counted_once() -> None:
    own = store.read("trade_code_exporters").filter(
        (pl.col("commodity") == "cobalt") & (pl.col("exporter") == "COD")
    )
    counted = own.filter(pl.col("share") > 0)
    assert counted.select("stage", "hs92").rows() == [("mine", "810510")]


def test_strategic_27_stands_for_27_published_names() -> None:
    rows = store.read("commodity_groups").filter(pl.col("group") == "strategic-27")
    names = {n for text in rows["published_names"] for n in text.split(";")}
    assert len(names) == 27
    flagged = store.read("commodities").filter("strategic_27")["id"]
    assert set(rows["commodity"]) == set(flagged)


def test_rare_earths_are_a_group_with_gross_codes() -> None:
    codes = store.read("trade_codes").filter(pl.col("commodity") == "rare-earths")
    assert sorted(codes["hs92"]) == ["280530", "284610", "284690"]
    assert codes["content_best"].to_list() == [1.0, 1.0, 1.0]
    members = store.read("commodity_groups").filter(pl.col("group") == "rare-earths")["commodity"]
    assert {"rare-earths-light", "neodymium-praseodymium", "dysprosium-terbium"} <= set(members)


def test_trade_codes_name_a_commodity_or_a_group() -> None:
    known = set(store.read("commodities")["id"]) | set(store.read("commodity_groups")["group"])
    assert set(store.read("trade_codes")["commodity"]) <= known


def test_parts_of_one_code_do_not_exceed_it() -> None:
    elements = ["neodymium-praseodymium", "dysprosium-terbium", "yttrium", "samarium", "scandium"]
    parts = store.read("trade_codes").filter(pl.col("commodity").is_in([*elements, "gallium", "indium"]))
    sums = parts.group_by("hs92", "stage").agg(pl.col("share_best").sum())
    assert max(sums["share_best"].to_list()) <= 1.0


def test_by_products_share_their_hosts_out() -> None:
    links = store.read("by_product_links")
    sums = links.group_by("commodity").agg(pl.col("share_best").sum())
    assert max(sums["share_best"].to_list()) <= 1.0 + 1e-9
    coupled = links.filter("coupled")
    assert {"gallium", "germanium", "indium", "tellurium", "cobalt", "bismuth", "molybdenum"} == set(
        coupled["commodity"]
    )
    modelled = set(store.read("stages").filter("modelled").select("commodity", "stage").rows())
    assert set(coupled.select("host", "host_stage").rows()) <= modelled
    assert coupled["revenue_share"].is_between(0, 0.1).all(), (
        "market §4: a by-product earns little of the whole"
    )


def test_yields_follow_from_output_of_both() -> None:
    """Yield is the share that comes with the host over the host's output, 2024; tables may differ by a third."""
    mine = store.read("mine_production").with_columns(stage=pl.lit("mine"))
    both = pl.concat([mine, store.read("refinery_production").select(mine.columns)])
    world = (
        both.filter(pl.col("preferred") & (pl.col("year") == 2024))
        .group_by("commodity", "stage")
        .agg(pl.col("value").sum())
    )
    tonnes = {(c, s): v for c, s, v in world.iter_rows()}
    for row in store.read("by_product_links").filter("coupled").iter_rows(named=True):
        own = tonnes.get((row["commodity"], "refine"), 0.0)
        if row["commodity"] in ("cobalt", "molybdenum"):
            own = tonnes[row["commodity"], "mine"]
        stage = "refine" if row["host"] == "aluminium" else "mine"
        made = row["share_best"] * own / tonnes[row["host"], stage]
        assert row["yield_t_per_t"] == pytest.approx(made, rel=0.35), row["commodity"]


def test_basis_factors_are_weights_of_formulas() -> None:
    stages = store.read("stages")
    titanium = stages.filter((pl.col("commodity") == "titanium-sponge") & (pl.col("stage") == "refine"))
    assert titanium["basis_factor"][0] == pytest.approx(47.867 / (47.867 + 2 * 15.999), rel=2e-4)


@pytest.mark.parametrize(
    ("code", "commodity", "content"),
    [
        ("283691", "lithium", 2 * 6.94 / (2 * 6.94 + 12.011 + 3 * 15.999)),
        ("282520", "lithium", 6.94 / (6.94 + 17.007 + 18.015)),
        ("282530", "vanadium", 2 * 50.942 / (2 * 50.942 + 5 * 15.999)),
        ("282580", "antimony", 2 * 121.76 / (2 * 121.76 + 3 * 15.999)),
        ("284180", "tungsten", 12 * 183.84 / (12 * 183.84 + 10 * 18.039 + 42 * 15.999 + 5 * 18.015)),
        ("283324", "nickel", 58.693 / (58.693 + 96.06 + 6 * 18.015)),
    ],
)
def test_content_of_a_pure_compound_is_that_of_its_formula(code: str, commodity: str, content: float) -> None:
    """network §1: carbonate, hydroxide monohydrate, pentoxide, trioxide, paratungstate, sulphate hexahydrate."""
    row = store.read("trade_codes").filter(pl.col("hs92") == code, pl.col("commodity") == commodity)
    assert row["content_best"].to_list() == pytest.approx([content], rel=0.01)
    assert row["source_id"].to_list() == ["atomic-weights-2021"]


@pytest.mark.parametrize(
    ("name", "spoil", "check"),
    [
        ("stages", pl.lit(0.0).alias("recovery_high"), ordered("recovery").complaints),
        ("stages", pl.lit(None, pl.String).alias("reason"), reasons),
        ("commodities", pl.lit("smelt").alias("stages_modelled"), stages_named),
        ("commodities", pl.lit("").alias("reason"), reasons),
    ],
)
def test_a_spoiled_row_is_named(
    name: str, spoil: pl.Expr, check: Callable[[pl.DataFrame], list[str]]
) -> None:
    frame = store.read(name)
    assert check(frame) == []
    assert check(frame.with_columns(spoil)) != []
