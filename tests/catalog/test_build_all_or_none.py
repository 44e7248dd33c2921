"""A build takes all files or none: what stood stands until every table is checked and swapped in."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from oresight.catalog import store
from oresight.catalog.build import Built, build, editions
from oresight.catalog.registry import table
from oresight.core.errors import DataError
from oresight.core.progress import Cancelled

USGS = "USGS_MCS2030_Commodities_Data.csv"
BACI = "BACI_HS92_V203001.zip"
WGI = "wgidataset_with_sourcedata-2030.xlsx"


@pytest.fixture(autouse=True)
def quick_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parquet written with less effort, for speed; nothing else differs."""
    whole = pl.DataFrame.write_parquet

    def quick(frame: pl.DataFrame, where: object, **how: object) -> None:
        whole(frame, where, **(how | {"compression_level": 1}))

    monkeypatch.setattr(pl.DataFrame, "write_parquet", quick)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A built catalogue's folder that does not exist yet."""
    return tmp_path / "home" / "catalogue"


def put(folder: Path, official: ModuleType, *names: str) -> None:
    for name in names or official.OFFICIAL:
        (folder / name).write_bytes(official.OFFICIAL[name]())


def digests(home: Path) -> Mapping[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(home.glob("*.parquet"))} if home.is_dir() else {}


def left_behind(home: Path) -> list[str]:
    """What a failed write left beside the folder."""
    return [p.name for p in home.parent.iterdir() if p != home] if home.parent.is_dir() else []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, official: ModuleType) -> tuple[Built, Path]:
    """One build from a folder with a file of every publisher and a stranger."""
    source = tmp_path_factory.mktemp("official")
    put(source, official)
    (source / "notes.txt").write_text("hello")
    target = tmp_path_factory.mktemp("home") / "catalogue"
    return build(source, home=target, smaller=True), target


def test_a_build_reads_every_publisher(made: tuple[Built, Path]) -> None:
    done, home = made
    assert {f.publisher for f in done.files} == {"usgs", "baci", "wmd", "wgi", "iea", "pink-sheet"}
    assert done.unrecognised == ("notes.txt",)
    assert all(len(f.sha256) == 64 for f in done.files)
    changed = {c.table for c in done.changes}
    assert changed == {p.stem for p in home.glob("*.parquet")}
    assert {
        "trade",
        "mine_production",
        "refinery_production",
        "reserves",
        "governance",
        "prices",
        "sources",
    } <= changed
    assert any("derived rows stand as they were" in c for c in done.cautions)


def test_rows_stand_in_for_those_they_replace_and_for_no_others(made: tuple[Built, Path]) -> None:
    _, home = made
    old = pl.read_parquet(store.path("trade", store.PACKAGED))
    new = pl.read_parquet(home / "trade.parquet")
    assert (
        new.filter(~pl.col("year").is_in([1995, 2024])).height
        == old.filter(~pl.col("year").is_in([1995, 2024])).height
    )
    assert new.filter(pl.col("year").is_in([1995, 2024])).height == 5
    codes = pl.read_parquet(home / "trade_codes.parquet")
    held = set(new["hs92"].unique())
    assert codes.filter(pl.col("in_trade") != pl.col("hs92").is_in(held)).is_empty()
    governance = pl.read_parquet(home / "governance.parquet")
    assert governance.height == 4
    mined = pl.read_parquet(home / "mine_production.parquet")
    was = pl.read_parquet(store.path("mine_production", store.PACKAGED))
    assert (
        mined.filter(
            ~pl.col("source_id").is_in(["usgs-mcs-2030", "wmd-2025-2029", "iea-explorer-2030-05"])
        ).height
        == was.height
    )
    sources = pl.read_parquet(home / "sources.parquet")
    assert {"usgs-mcs-2030", "wmd-2025-2029", "iea-explorer-2030-05", "wb-pink-2031-02"} <= set(sources["id"])


def test_the_edition_is_stored_with_the_table(made: tuple[Built, Path]) -> None:
    _, home = made
    assert store.vintage("governance", home) == "2028-2029"
    assert store.vintage("trade", home) == "1995-2024 (BACI 203001)"
    assert store.vintage("prices", home).endswith("; pink-sheet 2031-02; usgs 2030")
    assert store.vintage("mine_production", home).endswith("iea 2030-05; usgs 2030; wmd 2025-2029")
    assert store.vintage("blocs", home) == table("blocs").vintage


def test_a_built_table_is_what_the_catalogue_then_reads(
    made: tuple[Built, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, home = made
    monkeypatch.setenv("ORESIGHT_CATALOGUE", str(home))
    assert store.read("governance").height == 4
    assert store.read("blocs").height == pl.read_parquet(store.path("blocs", store.PACKAGED)).height, (
        "tables not built come from the package"
    )


def test_of_a_new_year_one_edition_is_preferred(made: tuple[Built, Path]) -> None:
    _, home = made
    mined = pl.read_parquet(home / "mine_production.parquet")
    used = mined.filter("preferred", pl.col("year") == 2029)
    assert set(used.filter(pl.col("commodity") == "beryllium")["source_id"]) == {"usgs-mcs-2030"}
    assert set(used.filter(pl.col("commodity") == "copper")["source_id"]) == {"wmd-2025-2029"}
    one = used.group_by("commodity").agg(pl.col("source_id").n_unique())
    assert one.filter(pl.col("source_id") != 1).is_empty()
    assert used.filter(pl.col("country") == "WLD").is_empty()
    assert used.filter(pl.col("value").is_null()).is_empty()


def test_building_again_changes_nothing(made: tuple[Built, Path], folder: Path, official: ModuleType) -> None:
    _, home = made
    put(folder, official)
    names = ("trade", "mine_production", "refinery_production", "reserves", "prices", "governance", "sources")
    before = {n: pl.read_parquet(home / f"{n}.parquet") for n in names}
    again = build(folder, home=home, smaller=True)
    for name, frame in before.items():
        key = table(name).key
        assert pl.read_parquet(home / f"{name}.parquet").sort(key).equals(frame.sort(key)), name
    assert all(c.revised == 0 for c in again.changes if c.table in names)
    assert left_behind(home) == []


def test_a_revision_is_told(folder: Path, home: Path, official: ModuleType) -> None:
    (folder / "USGS_MCS2029_Commodities_Data.csv").write_bytes(official.usgs_release(2029))
    build(folder, home=home)
    (folder / "USGS_MCS2029_Commodities_Data.csv").unlink()
    put(folder, official, USGS)
    done = build(folder, home=home)
    change = next(c for c in done.changes if c.table == "mine_production")
    # of 2028 the older edition says 1,000 and the newer 900
    assert change.compared > 20
    assert change.revised >= 20
    assert "2028" in change.largest and "->" in change.largest
    mined = pl.read_parquet(home / "mine_production.parquet")
    used = mined.filter("preferred", pl.col("commodity") == "beryllium", pl.col("year") == 2028)
    assert set(used["source_id"]) == {"usgs-mcs-2030"}, "the new edition goes before the old one"


def test_editions_are_arguments() -> None:
    assert editions("usgs=2027, wmd=2021-2025", ["usgs", "wmd"]) == {"usgs": "2027", "wmd": "2021-2025"}
    assert editions({"baci": "203001"}, ["baci", "usgs"]) == {"baci": "203001"}
    assert editions(None, ["usgs"]) == {}
    for stated, publishers, message in (
        ("2027", ["usgs", "wmd"], "say whose it is"),
        ("ugs=2027", ["usgs"], "did you mean usgs"),
        ("usgs=", ["usgs"], "no edition stated for usgs"),
        ("usgs=2027", ["usgs", "usgs"], "is stated for 2 files"),
        ("wmd=2027", ["usgs"], "is stated for 0 files"),
    ):
        with pytest.raises(DataError, match=message):
            editions(stated, publishers)


def test_a_file_without_its_edition_asks_for_it(folder: Path, home: Path, official: ModuleType) -> None:
    (folder / "CM_Data_Explorer.xlsx").write_bytes(official.iea_book())
    with pytest.raises(DataError, match=r"does not state its edition; say it, such as --vintage iea=2027"):
        build(folder, home=home)
    done = build(folder, "2030-05", home)
    assert done.files[0].vintage == "2030-05"


def test_nothing_recognised_names_what_is_there(folder: Path, home: Path) -> None:
    (folder / "holiday.jpg").write_bytes(b"\xff\xd8")
    (folder / ".hidden").write_bytes(b"x")
    with pytest.raises(DataError, match=r"holds no official file: holiday\.jpg; put there") as caught:
        build(folder, home=home)
    assert caught.value.facts["files"] == ["holiday.jpg"]
    assert not home.exists()
    with pytest.raises(DataError, match="is no folder that can be read: No such file"):
        build(folder / "nowhere", home=home)
    with pytest.raises(DataError, match="is no folder that can be read: Not a directory"):
        build(folder / "holiday.jpg", home=home)


def test_a_fragment_is_refused_unless_it_is_meant(folder: Path, home: Path, official: ModuleType) -> None:
    put(folder, official, WGI)
    with pytest.raises(
        DataError, match=r"brings 4 rows of governance where [\d,]+ stand; the file was cut off"
    ):
        build(folder, home=home)
    assert not home.exists()
    build(folder, home=home, smaller=True)
    assert pl.read_parquet(home / "governance.parquet").height == 4


@pytest.fixture
def standing(folder: Path, home: Path, official: ModuleType) -> Mapping[str, bytes]:
    """A catalogue that was built before, as bytes, and the same files with one of them spoilt."""
    put(folder, official, USGS)
    build(folder, home=home)
    return digests(home)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw, o: raw[: len(raw) // 2],
        lambda raw, o: raw.replace(b"Cobalt,China", b"Cobalt,Chyna"),
        lambda raw, o: raw.replace(b"thousand metric tons", b"bushels"),
        lambda raw, o: raw.replace(b"Statistics_detail", b"Detail"),
        lambda raw, o: raw + b"\0",
        lambda raw, o: raw.decode("cp1252").encode("utf-16"),
        lambda raw, o: b"",
        lambda raw, o: raw.replace(b'"1,000"', b'"1e15"'),
    ],
    ids=["cut", "country", "unit", "header", "nul", "utf-16", "empty", "absurd"],
)
def test_a_spoilt_file_leaves_the_old_tables(
    standing: Mapping[str, bytes],
    folder: Path,
    home: Path,
    official: ModuleType,
    spoil: Callable[[bytes, ModuleType], bytes],
) -> None:
    put(folder, official, WGI)
    (folder / USGS).write_bytes(spoil((folder / USGS).read_bytes(), official))
    with pytest.raises(DataError) as caught:
        build(folder, home=home, smaller=True)
    assert USGS in str(caught.value)
    assert digests(home) == standing
    assert left_behind(home) == []


def test_a_full_disk_leaves_the_old_tables(
    standing: Mapping[str, bytes],
    folder: Path,
    home: Path,
    official: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = pl.DataFrame.write_parquet
    written = iter(range(100))

    def full(frame: pl.DataFrame, where: Path, **how: object) -> None:
        whole(frame, where, **how)
        if next(written) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(
        DataError,
        match=r"No space left on device; free space or choose another folder; the old tables are untouched",
    ):
        build(folder, home=home)
    assert digests(home) == standing
    assert left_behind(home) == []


def test_a_read_only_folder_is_named(
    folder: Path, tmp_path: Path, official: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, official, USGS)

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(store.tempfile, "mkdtemp", refuse)
    with pytest.raises(
        DataError, match=r"cannot write beside .*: Read-only file system; choose a folder you may write"
    ):
        build(folder, home=tmp_path / "home")
    monkeypatch.undo()
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DataError, match="cannot write beside"):
        build(folder, home=tmp_path / "taken" / "catalogue")


def test_killed_between_the_two_steps_the_old_tables_come_back(
    standing: Mapping[str, bytes],
    folder: Path,
    home: Path,
    official: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the system cannot exchange folders in one step, a kill leaves the old one aside; it is put back."""

    class Killed(BaseException):
        pass

    moves = iter(range(100))
    replace = os.replace

    def killed(one: object, other: object) -> None:
        if next(moves) == 1:
            raise Killed
        replace(one, other)

    monkeypatch.setattr(store, "_exchanged", lambda one, other: False)
    monkeypatch.setattr(store.os, "replace", killed)
    with pytest.raises(Killed):
        build(folder, home=home)
    monkeypatch.undo()
    assert not home.exists(), "the moment between the two steps"
    store.recover(home)
    assert digests(home) == standing


def test_killed_before_the_swap_the_old_tables_stand(
    standing: Mapping[str, bytes], folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(home: Path, beside: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_swap", killed)
    with pytest.raises(KeyboardInterrupt):
        build(folder, home=home)
    assert digests(home) == standing
    assert left_behind(home) == []


def test_a_cancelled_build_writes_nothing(folder: Path, home: Path, official: ModuleType) -> None:
    put(folder, official, USGS)
    heard: list[float] = []

    def stop(share: float, doing: str) -> bool:
        heard.append(share)
        return share < 0.9

    with pytest.raises(Cancelled):
        build(folder, home=home, reporter=stop)
    assert not home.exists()
    assert heard == sorted(heard)


def test_a_damaged_built_catalogue_is_named(standing: Mapping[str, bytes], folder: Path, home: Path) -> None:
    (home / "mine_production.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(DataError, match=r"table mine_production: .* cannot be read"):
        build(folder, home=home)


@pytest.fixture(autouse=True)
def tidy(tmp_path: Path) -> Iterator[None]:
    """Catalogues of half a million rows are not kept."""
    yield
    shutil.rmtree(tmp_path, ignore_errors=True)
