"""Reading and writing the tables: folders, swaps, editions, connections, curated rows."""

import errno
import os
from pathlib import Path

import duckdb
import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.compile import compile_curated, curated_names, read_csv
from oresight.catalog.registry import table, tables
from oresight.core.errors import DataError

HEADER = ",".join(table("economies").schema)
ROW = "JPN,2024,4000000000000,assumption,assumption,"


@pytest.fixture
def blocs() -> pl.DataFrame:
    return pl.read_parquet(store.path("blocs", store.PACKAGED))


def test_the_folder_named_is_the_folder_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocs: pl.DataFrame
) -> None:
    monkeypatch.delenv("ORESIGHT_CATALOGUE", raising=False)
    monkeypatch.setenv("ORESIGHT_HOME", str(tmp_path / "mine"))
    assert store.folder() == store.PACKAGED
    store.write({"blocs": blocs.head(2)}, tmp_path / "mine" / "catalogue")
    assert store.folder() == tmp_path / "mine" / "catalogue"
    assert store.read("blocs").height == 2
    monkeypatch.setenv("ORESIGHT_CATALOGUE", str(tmp_path / "other"))
    with pytest.raises(DataError, match=r"ORESIGHT_CATALOGUE names .* which is no folder"):
        store.folder()
    (tmp_path / "other").mkdir()
    assert store.read("blocs").height == blocs.height, "a table the folder lacks is the package's"


def test_a_rewritten_table_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocs: pl.DataFrame
) -> None:
    monkeypatch.setenv("ORESIGHT_CATALOGUE", str(tmp_path / "c"))
    store.write({"blocs": blocs.head(2)}, tmp_path / "c")
    assert store.read("blocs").height == 2
    store.write({"blocs": blocs.head(3)}, tmp_path / "c")
    assert store.read("blocs").height == 3


@pytest.mark.parametrize("content", [b"", b"no parquet", b"PAR1" + b"\0" * 64 + b"PAR1"])
def test_a_damaged_table_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setenv("ORESIGHT_CATALOGUE", str(tmp_path))
    (tmp_path / "blocs.parquet").write_bytes(content)
    with pytest.raises(
        DataError, match=r"table blocs: blocs\.parquet cannot be read .*; reinstall oresight or rebuild it"
    ):
        store.read("blocs")


def test_writing_keeps_the_other_tables_and_nothing_beside(tmp_path: Path, blocs: pl.DataFrame) -> None:
    home = tmp_path / "c"
    store.write({"blocs": blocs}, home)
    economies = pl.read_parquet(store.path("economies", store.PACKAGED))
    store.write({"economies": economies}, home)
    assert sorted(p.name for p in home.iterdir()) == ["blocs.parquet", "economies.parquet"]
    assert [p.name for p in tmp_path.iterdir()] == ["c"]


@pytest.mark.parametrize("exchange", [True, False], ids=["in one step", "in two"])
def test_a_failed_swap_leaves_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocs: pl.DataFrame, exchange: bool
) -> None:
    home = tmp_path / "c"
    store.write({"blocs": blocs.head(1)}, home)
    if not exchange:
        monkeypatch.setattr(store, "_exchanged", lambda one, other: False)
    calls = iter(range(10))
    replace = os.replace

    def failing(one: object, other: object) -> None:
        if next(calls) == 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        replace(one, other)

    monkeypatch.setattr(store.os, "replace", failing)
    if exchange:
        store.write({"blocs": blocs.head(2)}, home)
    else:
        with pytest.raises(DataError, match="Input/output error"):
            store.write({"blocs": blocs.head(2)}, home)
    assert pl.read_parquet(home / "blocs.parquet").height == (2 if exchange else 1)
    assert [p.name for p in tmp_path.iterdir()] == ["c"]


def test_the_edition_is_the_files_where_it_has_one(tmp_path: Path, blocs: pl.DataFrame) -> None:
    home = tmp_path / "c"
    store.write({"blocs": blocs}, home, {"blocs": "2030-01"})
    assert store.vintage("blocs", home) == "2030-01"
    store.write({"blocs": blocs}, home)
    assert store.vintage("blocs", home) == table("blocs").vintage
    (home / "blocs.parquet").write_bytes(b"nothing")
    assert store.vintage("blocs", home) == table("blocs").vintage


def test_duckdb_sees_every_stored_table() -> None:
    with store.connect() as link:
        views = {
            row[0]
            for row in link.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        }
        assert views == {t.name for t in tables() if store.path(t.name).exists()}
        assert link.execute("SELECT count(*) FROM blocs").fetchall() == [(store.read("blocs").height,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')",
        "ATTACH '/tmp/other.db'",
        "COPY blocs TO '/tmp/blocs.csv'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '8GB'",
        "SET enable_external_access = true",
        "EXPORT DATABASE '/tmp/all'",
    ],
)
def test_a_bounded_connection_reaches_nothing_else(sql: str) -> None:
    with store.connect_bounded() as link, pytest.raises(duckdb.Error):
        link.execute(sql).fetchall()


def curated(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_curated_rows_are_compiled(tmp_path: Path) -> None:
    source = tmp_path / "curated"
    source.mkdir()
    curated(source, economies=f"{HEADER}\n{ROW}\n")
    assert curated_names(source) == ["economies"]
    assert compile_curated(source, tmp_path / "home") == {"economies": 1}
    assert pl.read_parquet(tmp_path / "home" / "economies.parquet")["gdp_usd"].to_list() == [4e12]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HEADER}\n{ROW}\n{ROW.replace('2024', 'MMXXIV')}\n", r"economies\.csv row 3: year is 'MMXXIV'"),
        (
            f"{HEADER}\n{ROW.replace('JPN', 'JPX')}\n",
            r"economies\.csv: row 2: country 'JPX' is not in countries\.iso3",
        ),
        (
            f"{HEADER}\n{ROW.replace('JPN,2024', 'JPN,1066')}\n",
            r"economies\.csv: row 2: year 1066 is below 1990",
        ),
        (f"{HEADER}\n{ROW}\n{ROW}\n", r"economies\.csv: 2 rows share a key"),
        (
            f"{HEADER.replace('gdp_usd', 'gdp')}\n{ROW}\n",
            r"economies\.csv: the header lacks gdp_usd and has unknown gdp",
        ),
        (f"{HEADER}\n{ROW},extra,cells\n", r"economies\.csv is no rectangular CSV"),
    ],
)
def test_a_bad_curated_row_is_named_and_nothing_written(tmp_path: Path, text: str, message: str) -> None:
    source = tmp_path / "curated"
    source.mkdir()
    curated(source, economies=text)
    with pytest.raises(DataError, match=message):
        compile_curated(source, tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_bytes_that_are_no_utf8_are_named_by_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\n1,2\n3,\xe9\n")
    with pytest.raises(DataError, match=r"a\.csv line 3: not UTF-8; save the file as UTF-8"):
        read_csv(tmp_path / "a.csv")
    with pytest.raises(DataError, match=r"b\.csv cannot be read: No such file"):
        read_csv(tmp_path / "b.csv")
