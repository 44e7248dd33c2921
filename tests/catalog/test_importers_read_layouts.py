"""Each publisher's layout, read whole: figures, countries, units, editions."""

from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.checks import validate
from oresight.catalog.importers import baci, iea, pink_sheet, usgs, wgi, wmd
from oresight.catalog.importers.imported import Imported, Importer, Known
from oresight.catalog.importers.opening import SourceFile
from oresight.catalog.importers.places import places
from oresight.catalog.registry import table

ALL: tuple[Importer, ...] = (usgs, baci, wmd, wgi, iea, pink_sheet)


@pytest.fixture(scope="module")
def known() -> Known:
    countries = pl.read_parquet(store.path("countries", store.PACKAGED))
    return Known(places(countries), ("280530", "284690", "811292", "850511"))


def read(
    importer: Importer, folder: Path, name: str, content: bytes, known: Known, vintage: str = ""
) -> Imported:
    path = folder / name
    path.write_bytes(content)
    file = SourceFile(path)
    assert importer.recognises(file)
    return importer.imported(file, vintage or str(importer.vintage(file)), known)


def one(frame: pl.DataFrame, **key: object) -> dict[str, object]:
    found = frame.filter(*[pl.col(k) == v for k, v in key.items()])
    assert found.height == 1, f"{found.height} rows have {key}"
    return found.row(0, named=True)


def test_every_file_is_recognised_by_one_importer(folder: Path, official: ModuleType) -> None:
    for name, make in official.OFFICIAL.items():
        (folder / name).write_bytes(make())
        assert [i.PUBLISHER for i in ALL if i.recognises(SourceFile(folder / name))].__len__() == 1, name


@pytest.mark.parametrize(
    ("make", "suffix", "publisher"),
    [
        ("usgs_release", ".csv", "usgs"),
        ("usgs_world", ".csv", "usgs"),
        ("baci_zip", ".zip", "baci"),
        ("wmd_book", ".xlsx", "wmd"),
        ("wgi_book", ".xlsx", "wgi"),
        ("wgi_databank", ".csv", "wgi"),
        ("iea_book", ".xlsx", "iea"),
        ("pink_book", ".xlsx", "pink-sheet"),
    ],
)
def test_a_renamed_file_is_recognised_by_what_it_holds(
    folder: Path, official: ModuleType, make: str, suffix: str, publisher: str
) -> None:
    path = folder / f"download{suffix}"
    path.write_bytes(getattr(official, make)())
    assert [i.PUBLISHER for i in ALL if i.recognises(SourceFile(path))] == [publisher]


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\3\4", b"a,b\n1,2\n", b"\xff\xfe\0\0", b"{}"])
@pytest.mark.parametrize("suffix", [".csv", ".zip", ".xlsx", ".txt", ""])
def test_strange_files_are_recognised_by_nobody(folder: Path, content: bytes, suffix: str) -> None:
    path = folder / f"notes{suffix}"
    path.write_bytes(content)
    assert [i.PUBLISHER for i in ALL if i.recognises(SourceFile(path))] == []


def test_usgs_release(folder: Path, official: ModuleType, known: Known) -> None:
    got = read(usgs, folder, "USGS_MCS2030_Commodities_Data.csv", official.usgs_release(), known)
    assert got.vintage == "2030"
    mine = got.tables["mine_production"].frame
    cobalt = one(mine, commodity="cobalt", country="CHN", year=2029)
    assert (cobalt["value"], cobalt["qualifier"], cobalt["confidence"], cobalt["source_id"]) == (
        1000.0,
        "estimated",
        "medium",
        "usgs-mcs-2030",
    )
    assert one(mine, commodity="copper", country="CHN", year=2028)["value"] == 900e3
    assert one(mine, commodity="cobalt", country="CIV", year=2028)["value"] == 0.0
    withheld = one(mine, commodity="cobalt", country="CIV", year=2029)
    assert (withheld["value"], withheld["qualifier"]) == (None, "withheld")
    assert one(mine, commodity="cobalt", country="WLD", year=2029)["value"] == 2000.0
    assert one(mine, commodity="platinum", country="CHN", year=2029)["value"] == pytest.approx(1.0)
    assert one(mine, commodity="chromium", country="CHN", year=2029)["value"] == pytest.approx(340e3)
    # ilmenite and rutile of a country are added; of world totals the larger stands
    assert one(mine, commodity="titanium-sponge", country="CHN", year=2029)["value"] == 2e6
    assert one(mine, commodity="titanium-sponge", country="WLD", year=2029)["value"] == 2e6
    refined = got.tables["refinery_production"].frame
    assert one(refined, commodity="gallium", country="CHN", year=2029)["value"] == pytest.approx(1.0)
    assert one(refined, commodity="aluminium", stage="refine", country="CHN", year=2029)["value"] == 1e6
    assert one(refined, commodity="aluminium", stage="component", country="CHN", year=2029)["value"] == 1e6
    reserves = got.tables["reserves"].frame
    assert one(reserves, country="NAM")["qualifier"] == "above"
    assert one(reserves, country="CHL")["value"] is None


def test_usgs_figures_of_the_united_states(folder: Path, official: ModuleType, known: Known) -> None:
    got = read(usgs, folder, "MCS2030_Commodities_Data.csv", official.usgs_release(), known)
    salient = got.tables["salient"].frame
    small = one(salient, measure="stocks", year=2029)
    assert (small["value"], small["qualifier"]) == (pytest.approx(0.0005), "below")
    reliance = one(salient, measure="net_import_reliance", year=2028)
    assert (reliance["value"], reliance["unit"], reliance["qualifier"]) == (0.5, "1", "above")
    exporter = one(salient, measure="net_import_reliance", year=2029)
    assert (exporter["value"], exporter["qualifier"], exporter["note"]) == (0.0, "below", "net exporter")
    shares = got.tables["import_sources"].frame
    assert one(shares, country="CHN")["years"] == "2025-28"
    rest = one(shares, country="OTH")
    assert rest["share"] == pytest.approx(0.10)
    assert rest["note"] == "with China, Germany, and Russia, given together"
    prices = got.tables["prices"].frame
    gallium = one(prices, commodity="gallium", edition=2030, date=pl.date(2029, 1, 1))
    assert (gallium["usd_per_t"], gallium["kind"], gallium["place"]) == (439e3, "unit_value", "usa")
    ranged = one(prices, commodity="scandium", date=pl.date(2029, 1, 1))
    assert (ranged["value"], ranged["low"], ranged["high"]) == (945.0, 890.0, 1000.0)


def test_usgs_release_in_utf8_or_with_columns_moved_reads_the_same(
    folder: Path, official: ModuleType, known: Known
) -> None:
    plain = read(usgs, folder, "MCS2030_Commodities_Data.csv", official.usgs_release(), known)
    order = [8, 3, 2, 1, 0, 4, 5, 6, 7, 9, 11, 10]
    header = [official.RELEASE_HEADER[i] for i in order]
    rows = [[row[i] for i in order] for row in official.release_rows()]
    moved = read(
        usgs, folder, "MCS2030_Commodities_Data.csv", official.csv_bytes(header, rows, "utf-8"), known
    )
    for name, rows_ in plain.tables.items():
        assert rows_.frame.equals(moved.tables[name].frame), name


def test_usgs_world_data_take_the_years_from_the_header(
    folder: Path, official: ModuleType, known: Known
) -> None:
    got = read(usgs, folder, "USGS_MCS2030_World_Data.csv", official.usgs_world(), known)
    mine = got.tables["mine_production"].frame
    assert sorted(mine["year"].unique()) == [2028, 2029]
    assert one(mine, commodity="lithium", country="CHN", year=2029)["qualifier"] == "estimated"
    assert one(mine, commodity="lithium", country="CHN", year=2028)["qualifier"] == "estimated"
    assert one(mine, commodity="niobium", country="CHN", year=2028)["value"] == 900.0
    assert one(got.tables["reserves"].frame, commodity="lithium", country="CHN")["value"] == 5000.0
    assert got.tables["reserves"].frame["year"].unique().to_list() == [2029]
    assert set(got.tables) == {"mine_production", "refinery_production", "reserves"}


def test_baci(folder: Path, official: ModuleType, known: Known) -> None:
    got = read(baci, folder, "BACI_HS92_V203001.zip", official.baci_zip(), known)
    trade = got.tables["trade"].frame
    assert got.vintage == "203001"
    assert one(trade, year=1995, exporter="CHN", importer="JPN", hs92="280530")["gross_t"] == 50.25
    # NA is Namibia as a country and unknown as a weight
    namibia = one(trade, year=1995, exporter="NAM", importer="BEL")
    assert (namibia["value_kusd"], namibia["gross_t"]) == (1.0, None)
    # Belgium and Belgium-Luxembourg are one country here, and do not trade with each other
    joined = one(trade, year=1995, exporter="BEL", importer="JPN")
    assert (joined["value_kusd"], joined["gross_t"]) == (6.0, 8.0)
    assert trade.filter(pl.col("exporter") == pl.col("importer")).is_empty()
    assert one(trade, year=2024, exporter="TWN")["gross_t"] is None
    assert one(trade, year=2024, exporter="CHN")["gross_t"] == 20.5
    assert set(trade["hs92"]) == {"280530", "284690"}
    assert "BACI_HS92_V203001.zip: product 850511 is not in its list" in got.notes


def test_baci_does_not_mind_in_what_pieces_it_is_read(
    folder: Path, official: ModuleType, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(baci, folder, "BACI_HS92_V203001.zip", official.baci_zip(), known).tables["trade"].frame
    wide = baci.pieces
    monkeypatch.setattr(baci, "pieces", lambda name, member: wide(name, member, size=7))
    small = read(baci, folder, "BACI_HS92_V203001.zip", official.baci_zip(), known).tables["trade"].frame
    assert small.equals(whole)


def test_baci_reports_its_years(folder: Path, official: ModuleType, known: Known) -> None:
    told: list[tuple[float, str]] = []
    heard = Known(known.places, known.hs92, lambda share, doing: told.append((share, doing)))
    read(baci, folder, "BACI_HS92_V203001.zip", official.baci_zip(), heard)
    assert [share for share, _ in told] == [0.0, 0.5]
    assert told[1][1].endswith("trade of 2024")


def test_world_mining_data(folder: Path, official: ModuleType, known: Known) -> None:
    got = read(wmd, folder, "World_Mining_Data_6.4.xlsx", official.wmd_book(), known)
    assert got.vintage == "2025-2029"
    mine = got.tables["mine_production"].frame
    lithium = one(mine, commodity="lithium", country="CHN", year=2029)
    assert lithium["value"] == pytest.approx(1004 * 0.4645)
    assert (lithium["qualifier"], lithium["note"]) == ("estimated", "published as Li2O, times 0.4645")
    assert one(mine, commodity="platinum", country="CHN", year=2025)["value"] == pytest.approx(1.0)
    assert one(mine, commodity="tin", country="COD")["year"] == 2029
    assert one(mine, commodity="cobalt", country="COD")["confidence"] == "low"
    assert "WLD" not in mine["country"].to_list()
    assert (
        one(got.tables["refinery_production"].frame, commodity="aluminium", country="COD")["stage"]
        == "component"
    )
    assert got.notes == ("World_Mining_Data_6.4.xlsx: 1 sheets of other minerals left out",)


@pytest.mark.parametrize("layout", ["sheets", "long", "csv", "databank"])
def test_governance_indicators_in_their_three_layouts(
    folder: Path, official: ModuleType, known: Known, layout: str
) -> None:
    content, name = {
        "sheets": (official.wgi_book(), "wgidataset.xlsx"),
        "long": (official.workbook({"Sheet1": official.wgi_long_rows()}), "wgidataset.xlsx"),
        "csv": (
            official.csv_bytes(official.wgi_long_rows()[0], official.wgi_long_rows()[1:], "utf-8"),
            "wgidataset.csv",
        ),
        "databank": (official.wgi_databank(), "WGI_databank.csv"),
    }[layout]
    got = read(wgi, folder, name, content, known)
    frame = got.tables["governance"].frame
    assert got.vintage == "2028-2029"
    namibia = one(frame, country="NAM", year=2028)
    assert (namibia["stability_estimate"], namibia["stability_risk"]) == (0.5, pytest.approx(0.4))
    unknown = one(frame, country="NAM", year=2029)
    assert (unknown["stability_estimate"], unknown["stability_risk"]) == (None, None)
    if layout != "databank":
        assert one(frame, country="AND", year=2028)["stability_estimate"] == 1.5
        assert one(frame, country="COD", year=2029)["stability_risk"] == 1.0


def test_iea_explorer_takes_the_base_year_of_supply(folder: Path, official: ModuleType, known: Known) -> None:
    got = read(iea, folder, "CM_Data_Explorer_2030-05.xlsx", official.iea_book(), known)
    mine, refined = got.tables["mine_production"].frame, got.tables["refinery_production"].frame
    assert got.vintage == "2030-05"
    assert mine["year"].unique().to_list() == [2029]
    assert one(mine, commodity="cobalt", country="COD")["value"] == 10500.0
    assert one(mine, commodity="cobalt", country="OTH")["value"] == 1000.0
    assert one(mine, commodity="cobalt", country="WLD")["value"] == 11500.0
    assert one(refined, commodity="graphite-battery", country="CHN")["value"] == 20250.0
    assert set(refined["stage"]) == {"refine"}
    assert "magnet" not in " ".join(mine["commodity"])
    assert any("parted into its elements" in n for n in got.notes)


def test_pink_sheet(folder: Path, official: ModuleType, known: Known) -> None:
    got = read(pink_sheet, folder, "CMO-Historical-Data-Monthly.xlsx", official.pink_book(), known)
    prices = got.tables["prices"].frame
    assert got.vintage == "2031-02"
    assert prices.height == 26, "nine metals in three months, one of them unknown"
    copper = one(prices, product="copper", date=pl.date(2030, 12, 1))
    assert copper["id"] == "wb-pink-2031-02/copper/copper-world-bank-nominal-monthly/world/2030-12"
    assert (copper["value"], copper["usd_per_t"], copper["unit_published"]) == (102.0, 102.0, "USD per mt")
    gold = one(prices, product="gold", date=pl.date(2030, 11, 1))
    assert gold["usd_per_t"] == pytest.approx(106.0 * 32150.7466)
    assert gold["commodity"] is None


def test_what_is_imported_keeps_the_promises_of_its_tables(
    folder: Path, official: ModuleType, known: Known
) -> None:
    for importer, (name, make) in zip(
        (usgs, baci, wmd, wgi, iea, pink_sheet), official.OFFICIAL.items(), strict=True
    ):
        got = read(importer, folder, name, make(), known)
        for table_name, rows in got.tables.items():
            declared = table(table_name)
            validate(declared, rows.frame.select(list(declared.schema)), where=name)
        cited = {
            str(s)
            for r in got.tables.values()
            if "source_id" in r.frame.columns
            for s in r.frame["source_id"]
        }
        assert cited <= {s["id"] for s in got.sources}
        validate(
            table("sources"), pl.DataFrame(got.sources).select(list(table("sources").schema))
        ) if got.sources else None


def test_the_edition_is_an_argument(folder: Path, official: ModuleType, known: Known) -> None:
    got = read(usgs, folder, "download.csv", official.usgs_release(), known, vintage="2031")
    assert got.tables["mine_production"].frame["vintage"].unique().to_list() == ["2031"]
    assert {s["id"] for s in got.sources} == {"usgs-mcs-2031", "usgs-mcs-2031-salient"}
