"""What breaks a publisher's layout ends in a message with file, row and mend; nothing is guessed."""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.importers import baci, iea, pink_sheet, usgs, wgi, wmd
from oresight.catalog.importers.imported import Importer, Known
from oresight.catalog.importers.opening import SourceFile
from oresight.catalog.importers.places import places
from oresight.core.errors import DataError


@pytest.fixture(scope="module")
def known() -> Known:
    return Known(places(pl.read_parquet(store.path("countries", store.PACKAGED))), ("280530", "284690"))


def refused(
    importer: Importer, folder: Path, name: str, content: bytes, known: Known, vintage: str = ""
) -> DataError:
    path = folder / name
    path.write_bytes(content)
    file = SourceFile(path)
    with pytest.raises(DataError) as caught:
        importer.imported(file, vintage or importer.vintage(file) or "2030", known)
    assert name in caught.value.what
    assert caught.value.mend, "a message says how to mend it"
    return caught.value


def of(rows: list[list[str]], **cells: str) -> int:
    """Position of the first row with the given commodity and country."""
    at = {"commodity": 2, "country": 3, "statistic": 4}
    return next(i for i, row in enumerate(rows) if all(row[at[k]] == v for k, v in cells.items()))


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        (3, "Chna", r"row \d+: unknown country 'Chna'; did you mean china"),
        (3, "Atlantis (lost)", r"row \d+: unknown country 'Atlantis \(lost\)'"),
        (3, "", r"row \d+: unknown country ''"),
        (6, "bushels", r"row \d+: unknown unit 'bushels'; known are"),
        (6, "", r"row \d+: unknown unit ''"),
        (7, "203O", r"row \d+: '203O' is no year"),
        (8, "12,34", r"row \d+: '12,34' is no figure"),
        (8, "-5", r"row \d+: '-5' is no figure"),
        (8, "nan", r"row \d+: 'nan' is no figure"),
        (8, "=cmd|' /C calc'!A0", r"row \d+: .* is no figure"),
    ],
)
def test_usgs_names_the_row(
    folder: Path, official: ModuleType, known: Known, column: int, cell: str, message: str
) -> None:
    rows = official.release_rows()
    at = of(rows, commodity="Cobalt", country="China")
    rows[at][column] = cell
    error = refused(usgs, folder, "MCS2030_Commodities_Data.csv", official.usgs_release(rows=rows), known)
    assert re.search(message, str(error)), str(error)
    assert error.facts["row"] == at + 2, "rows are numbered as a spreadsheet does, the header being 1"


def test_usgs_changed_header(folder: Path, official: ModuleType, known: Known) -> None:
    header = [h if h != "Statistics_detail" else "Detail" for h in official.RELEASE_HEADER]
    error = refused(
        usgs,
        folder,
        "MCS2030_Commodities_Data.csv",
        official.csv_bytes(header, official.release_rows()),
        known,
    )
    assert "the header lacks Statistics_detail" in str(error)
    assert "the publisher changed the layout" in error.mend


def test_usgs_header_without_years(folder: Path, official: ModuleType, known: Known) -> None:
    raw = official.usgs_world().replace(b"PROD_2028", b"PROD_LAST")
    assert "no column of a year for production" in str(
        refused(usgs, folder, "MCS2030_World_Data.csv", raw, known)
    )


@pytest.mark.parametrize("chapter", ["ZIRCONIUM AND HAFNIUM", "ANTIMONY"])
def test_usgs_without_a_chapter_was_cut_off(
    folder: Path, official: ModuleType, known: Known, chapter: str
) -> None:
    rows = [r for r in official.release_rows() if r[0] != chapter]
    error = refused(usgs, folder, "MCS2030_Commodities_Data.csv", official.usgs_release(rows=rows), known)
    assert "has no world production of" in str(error)
    assert chapter.split()[0].lower() in str(error)


def test_usgs_cut_in_the_middle_of_a_row(folder: Path, official: ModuleType, known: Known) -> None:
    raw = official.usgs_release()
    error = refused(usgs, folder, "MCS2030_Commodities_Data.csv", raw[: raw.rfind(b",") - 20], known)
    assert "cut off" in error.mend or "is no CSV" in error.what


def test_usgs_two_figures_for_one_thing(folder: Path, official: ModuleType, known: Known) -> None:
    rows = official.release_rows()
    twice = next(r for r in rows if r[4] == "Stock")
    rows.append([*twice[:8], "99", *twice[9:]])
    assert "a second figure for gallium stocks" in str(
        refused(usgs, folder, "MCS2030_Commodities_Data.csv", official.usgs_release(rows=rows), known)
    )


@pytest.mark.parametrize("vintage", ["30", "2030b", "latest"])
def test_an_edition_that_is_none(folder: Path, official: ModuleType, known: Known, vintage: str) -> None:
    path = folder / "MCS2030_Commodities_Data.csv"
    path.write_bytes(official.usgs_release())
    with pytest.raises(DataError, match="is no edition of the USGS; write its year"):
        usgs.imported(SourceFile(path), vintage, known)


def baci_with(official: ModuleType, text: str, year: int = 1995) -> bytes:
    members = official.baci_members()
    members[f"BACI_HS92_Y{year}_V203001.csv"] = text.encode()
    return bytes(official.zipped(members))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t,i,j,k,v\n1995,156,392,280530,1\n", "row 1: the header is 't,i,j,k,v'"),
        ("year,exporter,importer,product,value,weight\n", "row 1: the header is"),
        (
            "t,i,j,k,v,q\n1995,156,392,284690,1,1\n1996,156,392,280530,1,1\n",
            "row 3: a row of 1995 has the year '1996'",
        ),
        ("t,i,j,k,v,q\n1995,9999,392,280530,1,1\n", "row 2: unknown exporter number '9999'"),
        ("t,i,j,k,v,q\n1995,156,NA,280530,1,1\n", "row 2: unknown importer number 'NA'"),
        ("t,i,j,k,v,q\n1995,156,392,280530,-1,1\n", "row 2: no value in thousand dollars: '-1'"),
        ("t,i,j,k,v,q\n1995,156,392,280530,NaN,1\n", "row 2: no value in thousand dollars: 'NaN'"),
        ("t,i,j,k,v,q\n1995,156,392,280530,1,-3\n", "row 2: no weight in tonnes: '-3'"),
        ("t,i,j,k,v,q\n1995,156,392,280530,1,inf\n", "row 2: no weight in tonnes: 'inf'"),
        ("t,i,j,k,v,q\n1995,156,392,280530,1,some\n", "row 2: no weight in tonnes: 'some'"),
        ("t,i,j,k,v,q\n1995,156,392,280530,1e12,1\n", "row 2: an absurd value of '1e12'"),
        ("t,i,j,k,v,q\n1995,156,392,280530,1,1e12\n", "row 2: an absurd weight of '1e12'"),
        ("t,i,j,k,v,q\n1995,156,392,280530,1,1\n1995,156,39", "row 3: 3 cells, expected 6"),
        ("t,i,j,k,v,q\n1995,156,392,280530,1,1\n1995,156,392,280530,1,1,7\n", "row 3: 7 cells, expected 6"),
        ("t,i,j,k,v,q\n1995,156,392,280530,1,1\n1995,,392,280530,1,1\n", "row 3: a cell is missing"),
        ("", "is empty"),
    ],
)
def test_baci_names_member_and_row(
    folder: Path, official: ModuleType, known: Known, text: str, message: str
) -> None:
    error = refused(baci, folder, "BACI_HS92_V203001.zip", baci_with(official, text), known)
    assert message in str(error)
    assert "BACI_HS92_Y1995" in str(error)


def test_baci_of_another_nomenclature_or_mixed_editions(
    folder: Path, official: ModuleType, known: Known
) -> None:
    members = {n.replace("HS92", "HS17"): c for n, c in official.baci_members().items()}
    error = refused(baci, folder, "BACI_HS17_V203001.zip", official.zipped(members), known)
    assert "the catalogue needs the zip in HS 1992" in str(error)
    members = official.baci_members() | {"BACI_HS92_Y1996_V203101.csv": b"t,i,j,k,v,q\n"}
    (folder / "BACI_HS92_V203001.zip").write_bytes(official.zipped(members))
    with pytest.raises(DataError, match="mixes editions 203001, 203101"):
        baci.vintage(SourceFile(folder / "BACI_HS92_V203001.zip"))


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("country_codes", "lacks the file of country codes"),
        ("product_codes", "lacks the file of product codes"),
        ("BACI_", "holds no file BACI_HS92_Y"),
    ],
)
def test_baci_without_one_of_its_files(
    folder: Path, official: ModuleType, known: Known, missing: str, message: str
) -> None:
    members = {n: c for n, c in official.baci_members().items() if not n.startswith(missing)}
    error = refused(baci, folder, "BACI_HS92_V203001.zip", official.zipped(members), known, "203001")
    assert message in str(error)


def test_baci_damaged_inside(folder: Path, official: ModuleType, known: Known) -> None:
    raw = bytearray(official.baci_zip())
    raw[70] ^= 0xFF
    error = refused(baci, folder, "BACI_HS92_V203001.zip", bytes(raw), known, "203001")
    assert (
        "damaged" in str(error) or "no CSV" in str(error) or "header is" in str(error) or "row" in str(error)
    )


def test_baci_in_which_nothing_is_wanted(folder: Path, official: ModuleType, known: Known) -> None:
    other = Known(known.places, ("999999",))
    assert "lists none of the products wanted" in str(
        refused(baci, folder, "BACI_HS92_V203001.zip", official.baci_zip(), other)
    )


def cell(sheet: str, row: int, column: int, value: object) -> Callable[[dict[str, list[list[Any]]]], None]:
    def put(sheets: dict[str, list[list[Any]]]) -> None:
        sheets[sheet][row][column] = value

    return put


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (cell("Tin", 2, 0, "Chna"), "sheet Tin, row 3: unknown country 'Chna'"),
        (cell("Tin", 2, 1, "long tons"), "sheet Tin, row 3: unknown unit 'long tons'"),
        (cell("Tin", 2, 1, None), "sheet Tin, row 3: unknown unit ''"),
        (cell("Tin", 2, 3, "some"), "sheet Tin, row 3: 'some' is no figure"),
        (cell("Tin", 2, 3, -4), "sheet Tin, row 3: -4 is no weight"),
        (cell("Tin", 2, 7, "x"), "sheet Tin, row 3: data source 'x'; expected are r, e or p"),
        (cell("Tin", 3, 0, "China"), "sheet Tin, row 4: China is there twice"),
        (cell("Tin", 1, 1, "measure"), "sheet Tin lacks a row Country, unit, years, data source"),
        (lambda sheets: sheets.pop("Tin"), "has no sheet tin"),
    ],
)
def test_world_mining_data_names_sheet_and_row(
    folder: Path, official: ModuleType, known: Known, change: Any, message: str
) -> None:
    sheets = official.wmd_sheets()
    change(sheets)
    assert message in str(refused(wmd, folder, "World_Mining_Data.xlsx", official.workbook(sheets), known))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("Nowhere", "NWH", 2029, 0.1, 0.2), "unknown country code 'NWH'"),
        (("Namibia", "NAM", 2029, 12.0, 0.2), "'12' is no governance estimate"),
        (("Namibia", "NAM", 2029, "high", 0.2), "'high' is no governance estimate"),
        (("Namibia", "NAM", "soon", 0.1, 0.2), "'soon' is no year"),
        (("Namibia", "NAM", 2028, 0.1, 0.2), "a second estimate for NAM 2028"),
        (("Namibia", None, 2028, 0.1, 0.2), "no country code"),
    ],
)
def test_governance_indicators_name_the_row(
    folder: Path, official: ModuleType, known: Known, row: tuple[object, ...], message: str
) -> None:
    raw = official.workbook({"pv": [official.PV_HEADER, *official.PV_ROWS, row]})
    error = refused(wgi, folder, "wgidataset.xlsx", raw, known, "2028-2029")
    assert f"sheet pv, row 6: {message}" in str(error)


def test_governance_indicators_in_another_layout(folder: Path, official: ModuleType, known: Known) -> None:
    raw = official.workbook({"Sheet1": [["Country/Territory", "Code", "Estimate"], ["Namibia", "NAM", 1]]})
    assert "neither a sheet pv nor one with code, year" in str(
        refused(wgi, folder, "wgi.xlsx", raw, known, "1996-2030")
    )
    raw = official.workbook({"pv": [["Economy (code)", "Year", "Score"], ["NAM", 2030, 50]]})
    assert "lacks economy (code), year, governance estimate" in str(
        refused(wgi, folder, "wgi.xlsx", raw, known, "1996-2030")
    )
    raw = official.csv_bytes(("code", "year", "indicator", "estimate"), [("NAM", 2030, "cc", 0.1)], "utf-8")
    assert "holds no estimate of political stability" in str(
        refused(wgi, folder, "wgi.csv", raw, known, "1996-2030")
    )


SUPPLY = "2 Total supply for key minerals"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (cell(SUPPLY, 4, 0, "Chna"), "row 5: unknown country 'Chna'"),
        (cell(SUPPLY, 4, 1, "many"), "row 5: 'many' is no weight in kt"),
        (cell(SUPPLY, 4, 1, -1), "row 5: '-1' is no weight in kt"),
        (cell(SUPPLY, 4, 1, 1e9), "row 5: '1000000000' is no weight in kt"),
        (cell(SUPPLY, 4, 1, None), "row 5: '' is no weight in kt"),
        (
            cell(SUPPLY, 5, 0, "Democratic Republic of Congo"),
            "row 6: Democratic Republic of Congo is there twice",
        ),
        (cell(SUPPLY, 3, 0, "Unobtainium - Mining"), "has no supply of copper (mine)"),
        (cell(SUPPLY, 0, 0, "Total supply (Mt)"), "row 1: unknown unit in 'Total supply (Mt)'"),
        (cell(SUPPLY, 2, 3, "x"), "row 3: 3 runs of years"),
        (cell(SUPPLY, 2, 7, None), "row 3: 2 runs of years; expected are the same years"),
        (lambda sheets: sheets.pop(SUPPLY), "has no sheet 2 Total supply"),
        (lambda sheets: sheets.update({SUPPLY: sheets[SUPPLY][:12]}), "has no supply of"),
        (lambda sheets: sheets.update({SUPPLY: [["Total supply (kt)"]]}), "has no row of years"),
    ],
)
def test_iea_explorer_names_the_row(
    folder: Path, official: ModuleType, known: Known, change: Any, message: str
) -> None:
    sheets = official.iea_sheets()
    change(sheets)
    error = refused(iea, folder, "CM_Data_Explorer.xlsx", official.workbook(sheets), known, "2030-05")
    assert message in str(error), str(error)


def test_iea_explorer_that_names_no_unit(folder: Path, official: ModuleType, known: Known) -> None:
    sheets = official.iea_sheets()
    sheets[SUPPLY][0] = sheets["1 Total demand for key minerals"][0] = ["Total"]
    assert "nowhere says that it counts kt" in str(
        refused(iea, folder, "CM_Data_Explorer.xlsx", official.workbook(sheets), known, "2030-05")
    )


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (6, 0, "2030-11", "row 7: '2030-11' is no month; months are written 1960M01"),
        (6, 0, "2030M13", "row 7: '2030M13' is no month"),
        (7, 0, "2030M11", "row 8: 2030M11 is there twice"),
        (6, 3, "dear", "row 7: 'dear' is no price"),
        (6, 3, -2.0, "row 7: '-2' is no price"),
        (6, 3, 0, "row 7: '0' is no price"),
        (5, 3, "($/lb)", "row 6: unknown unit '($/lb)' of copper"),
        (4, 3, "Kupfer", "lacks the columns"),
        (4, 10, "Argentum", "lacks the columns silver"),
    ],
)
def test_pink_sheet_names_the_row(
    folder: Path, official: ModuleType, known: Known, row: int, column: int, value: object, message: str
) -> None:
    rows = official.pink_rows()
    rows[row][column] = value
    raw = official.workbook({"Monthly Prices": rows})
    assert message in str(
        refused(pink_sheet, folder, "CMO-Historical-Data-Monthly.xlsx", raw, known, "2031-02")
    )


def test_pink_sheet_without_its_sheet_or_months(folder: Path, official: ModuleType, known: Known) -> None:
    raw = official.workbook({"Annual Prices": [["x"]]})
    assert "has no sheet Monthly Prices" in str(
        refused(pink_sheet, folder, "CMO-Historical-Data-Monthly.xlsx", raw, known, "2031-02")
    )
    raw = official.workbook({"Monthly Prices": official.pink_rows()[:6]})
    assert "holds no month" in str(
        refused(pink_sheet, folder, "CMO-Historical-Data-Monthly.xlsx", raw, known, "2031-02")
    )
