"""The importers on the publishers' real releases give the figures the catalogue holds.

Needs the maintainers' folder of official files; skipped where it is not there.
"""

import json
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.build import build
from oresight.catalog.importers import iea, usgs, wgi, wmd
from oresight.catalog.importers.imported import Imported, Known
from oresight.catalog.importers.opening import SourceFile
from oresight.catalog.importers.places import places
from oresight.catalog.registry import table

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
RAW = SHARED / "raw"
RELEASE, WORLD = "USGS_MCS2026_Commodities_Data.csv", "USGS_MCS2025_World_Data.csv"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not RAW.is_dir(), reason="the maintainers' folder is not there"),
]


@pytest.fixture(scope="module")
def known() -> Known:
    return Known(places(packaged("countries")), tuple(packaged("trade")["hs92"].unique()))


def packaged(name: str) -> pl.DataFrame:
    return pl.read_parquet(store.path(name, store.PACKAGED))


def beside(name: str, got: Imported, value: str = "value") -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Figures in both, only imported, only stored, of the same source."""
    new = got.tables[name].frame
    stored = packaged(name).filter(pl.col("source_id") == new["source_id"][0])
    key = [k for k in table(name).key if k not in ("source_id", "vintage")]
    ints = [k for k in key if k == "year"]
    new, stored = (f.with_columns(pl.col(ints).cast(pl.Int64)) for f in (new, stored))
    both = stored.select(*key, value).join(new.select(*key, pl.col(value).alias("_new")), on=key)
    return both, new.join(stored, on=key, how="anti"), stored.join(new, on=key, how="anti")


def differing(both: pl.DataFrame, value: str = "value", within: float = 1e-9) -> pl.DataFrame:
    """Rows whose figures differ, or of which one is unknown."""
    far = (pl.col(value) - pl.col("_new")).abs() > within * pl.col(value).abs()
    return both.filter(far | (pl.col(value).is_null() != pl.col("_new").is_null()))


@pytest.fixture(scope="module")
def release(known: Known) -> Imported:
    file = SourceFile(RAW / RELEASE)
    assert usgs.recognises(file) and usgs.vintage(file) == "2026"
    return usgs.imported(file, "2026", known)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mine_production", "value"),
        ("refinery_production", "value"),
        ("reserves", "value"),
        ("import_sources", "share"),
        ("salient", "value"),
    ],
)
def test_the_release_of_2026_is_what_the_catalogue_holds(release: Imported, name: str, value: str) -> None:
    both, only_new, only_stored = beside(name, release, value)
    assert both.height > 250
    assert only_new.is_empty(), only_new.head(5).rows()
    # what the release includes in the world total without a figure is no row here
    assert only_stored.filter(pl.col(value).is_not_null()).is_empty(), only_stored.head(5).rows()
    different = differing(both, value)
    # "less than half a unit" is kept as an upper bound here, as unknown there
    assert different.filter(pl.col(value).is_not_null()).is_empty(), different.head(5).rows()
    assert different.height <= 10


def test_prices_of_the_release_of_2026(release: Imported) -> None:
    stored = packaged("prices").filter(pl.col("source_id") == "usgs-mcs-2026-salient")
    new = release.tables["prices"].frame
    both = stored.join(new, on="id", suffix="_new")
    assert both.height == new.height, "every price read is a price held"
    assert both.filter(
        (pl.col("usd_per_t") - pl.col("usd_per_t_new")).abs() > 1e-6 * pl.col("usd_per_t")
    ).is_empty()
    for field in ("commodity", "product", "place", "kind", "date", "unit_published"):
        assert both[field].equals(both[f"{field}_new"].rename(field)), field


def test_world_data_of_2025(known: Known) -> None:
    file = SourceFile(RAW / WORLD)
    assert usgs.vintage(file) == "2025"
    got = usgs.imported(file, "2025", known)
    for name in ("mine_production", "refinery_production"):
        both, only_new, only_stored = beside(name, got)
        assert both.height > 200
        assert only_new.filter(pl.col("value").is_not_null()).is_empty()
        assert only_stored.is_empty()
        different = differing(both)
        # the row of Sierra Leone's rutile lost its unit in the release
        assert set(different["country"]) <= {"SLE"}, different.rows()


def test_a_build_from_the_real_releases_moves_no_figure_results_use(tmp_path: Path) -> None:
    source, home = tmp_path / "official", tmp_path / "home"
    source.mkdir()
    for path in sorted(RAW.iterdir()):
        (source / path.name).symlink_to(path)
    done = build(source, home=home)
    assert {f.name for f in done.files} == {RELEASE, WORLD}
    assert set(done.unrecognised) == {p.name for p in RAW.iterdir()} - {RELEASE, WORLD}
    for name in ("mine_production", "refinery_production"):
        key = [k for k in table(name).key if k not in ("source_id", "vintage")]
        before, after = (
            f.filter("preferred").sort(key)
            for f in (packaged(name), pl.read_parquet(home / f"{name}.parquet"))
        )
        joined = before.join(after, on=key, how="full", suffix="_new")
        far = (pl.col("value") - pl.col("value_new")).abs() > 1e-9 * pl.col("value")
        moved = joined.filter(far.fill_null(True) & pl.col("value").ne_missing(pl.col("value_new")))
        assert moved.is_empty(), moved.head(5).rows()


def test_world_mining_data_made_into_its_workbook_gives_the_stored_rows(
    tmp_path: Path, official: ModuleType, known: Known
) -> None:
    """The Ministry's figures, laid out as its workbook 6.4 is, one mark a country and mineral."""
    extract = pl.read_csv(SHARED / "production" / "wmd_2018_2024.csv")
    years = sorted(extract["year"].unique())
    sheets: dict[str, list[list[object]]] = {}
    for mineral in official.WMD_SHEETS:
        rows = extract.filter(pl.col("mineral") == mineral)
        sheets[mineral] = [[mineral], ["Country", "unit", *years, "data source"]]
        for country in rows["country"].unique(maintain_order=True):
            mine = rows.filter(pl.col("country") == country)
            by_year = dict(zip(mine["year"], mine["value"], strict=True))
            mark = mine.sort("year")["reported_or_estimated"][-1]
            sheets[mineral].append([country, mine["unit"][0], *(by_year.get(y) for y in years), mark])
    path = tmp_path / "World_Mining_Data_6.4.xlsx"
    path.write_bytes(official.workbook(sheets))
    file = SourceFile(path)
    assert wmd.vintage(file) == "2018-2024"
    got = wmd.imported(file, "2018-2024", known)
    for name in ("mine_production", "refinery_production"):
        both, only_new, only_stored = beside(name, got)
        assert both.height > 300
        assert only_new.is_empty() and only_stored.is_empty(), (
            only_new.head(3).rows(),
            only_stored.head(3).rows(),
        )
        assert differing(both).is_empty()


def test_governance_made_into_the_long_layout_gives_the_stored_rows(
    tmp_path: Path, official: ModuleType, known: Known
) -> None:
    extract = pl.read_csv(SHARED / "governance" / "wgi_political_stability_estimate.csv", infer_schema=False)
    header = ("codeindyr", "code", "countryname", "year", "indicator", "estimate")
    rows = [
        (
            f"{r['Code']}pv{r['year']}",
            r["Code"],
            r["Country/Territory"],
            r["year"],
            "pv",
            ".." if r["value"] in (None, "None", "nan") else r["value"],
        )
        for r in extract.iter_rows(named=True)
        if r["Code"] not in ("S19", "GUY")  # the extract gives two countries the code of Guyana
    ]
    path = tmp_path / "wgidataset.csv"
    path.write_bytes(official.csv_bytes(header, rows, "utf-8"))
    file = SourceFile(path)
    assert wgi.vintage(file) == "1996-2024"
    new = wgi.imported(file, "1996-2024", known).tables["governance"].frame
    new = new.filter(pl.col("country") != "TWN")  # in the extract under two codes
    stored = (
        packaged("governance").filter(pl.col("country") != "TWN").with_columns(pl.col("year").cast(pl.Int64))
    )
    both = stored.join(new, on=["country", "year"], suffix="_new")
    assert both.height == new.height
    assert both.filter((pl.col("stability_risk") - pl.col("stability_risk_new")).abs() > 1e-12).is_empty()
    assert both["stability_estimate"].null_count() == both["stability_estimate_new"].null_count()


def test_iea_figures_made_into_the_workbook_give_the_stored_rows(
    tmp_path: Path, official: ModuleType, known: Known
) -> None:
    raw = json.loads((RAW / "iea_cm_data_explorer_2025-05.json").read_text(encoding="utf-8"))
    years = (2024, 2030, 2035, 2040)
    page: list[list[object]] = [
        ["Total supply for key minerals (kt)"],
        ["Base case"],
        [None, *years, None, None, *years],
    ]
    for mineral, sides in raw["supply"].items():
        name = "Magnet rare earth elements" if mineral == "Rare Earth Elements" else mineral
        page.append([f"{name} - Mining", *[None] * 5, f"{name} - Refining"])
        columns = []
        for side in ("mining", "refining"):
            figures = {
                c: v for c, v in sides[side]["countries"].items() if any(x is not None for x in v.values())
            }
            columns.append(
                [
                    [c, *(v[str(y)] for y in years)]
                    for c, v in (*figures.items(), ("Total", sides[side]["total"]))
                ]
            )
        for i in range(max(map(len, columns))):
            left, right = (c[i] if i < len(c) else [None] * 5 for c in columns)
            page.append([*left, None, *right])
    path = tmp_path / "CM_Data_Explorer_2025-05.xlsx"
    path.write_bytes(official.workbook({"1 Total demand": [["kt"]], "2 Total supply for key minerals": page}))
    file = SourceFile(path)
    assert iea.recognises(file) and iea.vintage(file) == "2025-05"
    got = iea.imported(file, "2025-05", known)
    for name in ("mine_production", "refinery_production"):
        both, only_new, only_stored = beside(name, got)
        assert both.height >= 30
        assert only_new.filter(pl.col("value") > 0).is_empty(), only_new.rows()
        assert only_stored.is_empty(), only_stored.rows()
        assert differing(both, within=1e-4).is_empty(), differing(both, within=1e-4).rows()
