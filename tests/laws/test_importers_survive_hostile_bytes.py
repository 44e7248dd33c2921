"""Whatever bytes a file holds, an importer gives rows that keep their promises or a `DataError`: never a traceback.

Hypothesis makes the files: bytes from nothing, and official files cut, flipped, shuffled and spliced.
"""

import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oresight.catalog import store
from oresight.catalog.build import IMPORTERS, build
from oresight.catalog.checks import conform
from oresight.catalog.importers.figures import figure
from oresight.catalog.importers.imported import Importer, Known
from oresight.catalog.importers.opening import SourceFile
from oresight.catalog.importers.places import places
from oresight.catalog.registry import table
from oresight.core.errors import DataError

QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
NAMES = {
    "usgs": "USGS_MCS2030_Commodities_Data.csv",
    "baci": "BACI_HS92_V203001.zip",
    "wmd": "World_Mining_Data_6.4.xlsx",
    "wgi": "wgidataset.xlsx",
    "iea": "CM_Data_Explorer_2030-05.xlsx",
    "pink-sheet": "CMO-Historical-Data-Monthly.xlsx",
}
EDITIONS = {
    "usgs": "2030",
    "baci": "203001",
    "wmd": "2025-2029",
    "wgi": "2028-2029",
    "iea": "2030-05",
    "pink-sheet": "2031-02",
}


def makers() -> ModuleType:
    """The module that makes small official files."""
    name = "oresight_tests_official_files"
    if name not in sys.modules:
        where = Path(__file__).parents[1] / "catalog" / "official_files.py"
        spec = importlib.util.spec_from_file_location(name, where)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="module")
def known() -> Known:
    return Known(places(pl.read_parquet(store.path("countries", store.PACKAGED))), ("280530", "284690"))


@pytest.fixture(scope="module")
def whole() -> dict[str, bytes]:
    """One good file per publisher; a WGI and a world file of CSV beside them."""
    made = makers()
    return {
        "usgs": made.usgs_release(),
        "baci": made.baci_zip(),
        "wmd": made.wmd_book(),
        "wgi": made.wgi_book(),
        "iea": made.iea_book(),
        "pink-sheet": made.pink_book(),
    }


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def survives(importer: Importer, path: Path, content: bytes, known: Known) -> bool:
    """Whether rows came out; a `DataError` that names the file is the only other way it may end."""
    path.write_bytes(content)
    file = SourceFile(path)
    importer.recognises(file)
    try:
        importer.vintage(file)
    except DataError as error:
        assert path.name in error.what
    try:
        got = importer.imported(file, EDITIONS[importer.PUBLISHER], known)
    except DataError as error:
        assert path.name in error.what, error.what
        assert error.mend
        assert len(str(error)) < 2000
        return False
    for name, rows in got.tables.items():
        conform(table(name), rows.frame.select(list(table(name).schema)))
        for column in rows.frame.get_columns():
            if column.dtype.is_float():
                assert column.drop_nulls().is_finite().all(), f"{name}.{column.name}"
                if name != "governance":
                    assert (column.drop_nulls() >= 0).all(), f"{name}.{column.name}"
    return True


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda i: i.PUBLISHER)
@given(content=st.binary(max_size=600))
@QUICK
def test_bytes_from_nothing(importer: Importer, content: bytes, known: Known, place: Path) -> None:
    assert not survives(importer, place / NAMES[importer.PUBLISHER], content, known)


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda i: i.PUBLISHER)
@given(data=st.data())
@QUICK
def test_official_files_cut_flipped_and_spliced(
    importer: Importer, data: st.DataObject, known: Known, whole: dict[str, bytes], place: Path
) -> None:
    raw = bytearray(whole[importer.PUBLISHER])
    kind = data.draw(st.sampled_from(["cut", "flip", "splice", "repeat", "drop"]))
    at = data.draw(st.integers(0, len(raw) - 1))
    span = data.draw(st.integers(1, 400))
    if kind == "cut":
        raw = raw[:at]
    elif kind == "flip":
        raw[at] = data.draw(st.integers(0, 255))
    elif kind == "splice":
        raw[at : at + span] = data.draw(st.binary(max_size=400))
    elif kind == "repeat":
        raw[at:at] = raw[at : at + span]
    else:
        del raw[at : at + span]
    survives(importer, place / NAMES[importer.PUBLISHER], bytes(raw), known)


NASTY = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            "NaN",
            "inf",
            "-1",
            "1e309",
            "=1+1",
            "0x10",
            "1_000",
            "١٢",
            "½",
            "NULL",
            "\t",
            "W",
            "—",
            "🜁",
            "9" * 400,
        ]
    ),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.none(),
)


@pytest.mark.parametrize("publisher", ["wmd", "iea", "pink-sheet", "wgi"])
@given(data=st.data())
@QUICK
def test_one_cell_of_a_workbook_holds_anything(
    publisher: str, data: st.DataObject, known: Known, place: Path
) -> None:
    made = makers()
    sheets = {
        "wmd": made.wmd_sheets,
        "iea": made.iea_sheets,
        "pink-sheet": lambda: {"Monthly Prices": made.pink_rows()},
        "wgi": lambda: {"pv": [list(made.PV_HEADER), *map(list, made.PV_ROWS)]},
    }[publisher]()
    sheet = data.draw(st.sampled_from(sorted(sheets)))
    rows = sheets[sheet]
    row = data.draw(st.integers(0, len(rows) - 1))
    if not rows[row]:
        rows[row] = [None]
    column = data.draw(st.integers(0, len(rows[row]) - 1))
    value = data.draw(NASTY)
    if isinstance(value, str):  # control characters cannot stand in a workbook at all
        value = "".join(c for c in value if c.isprintable())
    rows[row][column] = value
    importer = next(i for i in IMPORTERS if publisher == i.PUBLISHER)
    survives(importer, place / NAMES[publisher], made.workbook(sheets), known)


@pytest.mark.parametrize("layout", ["usgs", "baci"])
@given(data=st.data())
@QUICK
def test_one_cell_of_a_csv_holds_anything(
    layout: str, data: st.DataObject, known: Known, place: Path
) -> None:
    made = makers()
    value = str(data.draw(NASTY))
    if layout == "usgs":
        rows = made.release_rows()
        row = data.draw(st.integers(0, len(rows) - 1))
        rows[row][data.draw(st.integers(0, 11))] = value
        content = made.usgs_release(rows=rows, encoding="utf-8")
    else:
        found = {year: [list(r) for r in rows] for year, rows in made.BACI_ROWS.items()}
        year = data.draw(st.sampled_from(sorted(found)))
        row = data.draw(st.integers(0, len(found[year]) - 1))
        found[year][row][data.draw(st.integers(0, 4))] = value
        content = made.baci_zip(rows=found)
    importer = next(i for i in IMPORTERS if layout == i.PUBLISHER)
    survives(importer, place / NAMES[layout], content, known)


@given(cell=NASTY)
@settings(max_examples=200, deadline=None)
def test_a_cell_is_a_figure_from_zero_up_or_refused(cell: object) -> None:
    try:
        read = figure(cell, "f.csv", 3)
    except DataError as error:
        assert error.what.startswith("f.csv row 3: ")
        return
    for value in (read.value, read.low, read.high):
        assert value is None or 0 <= value < float("inf")
    if read.low is not None and read.high is not None and read.value is not None:
        assert read.low <= read.value <= read.high


@given(content=st.binary(max_size=300), name=st.sampled_from(sorted(NAMES.values())))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_hostile_folder_leaves_no_catalogue(content: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as made:
        source, home = Path(made) / "official", Path(made) / "home"
        source.mkdir()
        (source / name).write_bytes(content)
        with pytest.raises(DataError):
            build(source, home=home)
        assert not home.exists()
        assert [p.name for p in Path(made).iterdir()] == ["official"]
