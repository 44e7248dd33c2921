"""Files that are cut off, mis-encoded, hostile or no files at all end in a message with file and row."""

import io
import zipfile
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from oresight.catalog.importers import opening
from oresight.catalog.importers.opening import SourceFile, archive, decoded, pieces, table_rows
from oresight.catalog.importers.opening_workbooks import sheet_names, workbook
from oresight.core.errors import DataError


def written(folder: Path, name: str, content: bytes) -> SourceFile:
    path = folder / name
    path.write_bytes(content)
    return SourceFile(path)


def test_text_is_utf8_or_windows_1252() -> None:
    assert decoded("Côte d’Ivoire—½".encode("cp1252"), "a.csv") == "Côte d’Ivoire—½"
    assert decoded("Côte d’Ivoire".encode("utf-8-sig"), "a.csv") == "Côte d’Ivoire"


def test_utf16_is_named_by_its_nuls() -> None:
    with pytest.raises(DataError, match=r"a\.csv row 1: holds a NUL byte; save the file as UTF-8"):
        decoded("a,b\n1,2".encode("utf-16"), "a.csv")


def test_a_byte_of_no_encoding_is_named_by_its_line() -> None:
    with pytest.raises(DataError, match=r"a\.csv row 3: is neither UTF-8 nor Windows-1252"):
        decoded(b"a,b\n1,2\n\x81\x8d,4\n", "a.csv")


def test_columns_are_found_in_any_order_and_case() -> None:
    rows = list(table_rows("B ,extra,a\n2,x,1\n\n4,y,3\n", "a.csv", ("A", "b")))
    assert rows == [(2, {"b": "2", "extra": "x", "A": "1"}), (4, {"b": "4", "extra": "y", "A": "3"})]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,c\n1,2\n", r"a\.csv: the header lacks b; it has 'a', 'c'"),
        ("", r"a\.csv: the header lacks a, b"),
        ("a,b,A\n1,2,3\n", r"a\.csv row 1: the header names a twice"),
        ("a,b\n1,2\n3\n", r"a\.csv row 3: 1 cells where the header has 2"),
        ("a,b\n1,2,3\n", r"a\.csv row 2: 3 cells where the header has 2"),
        ('a,b\n1,"' + "x" * 200_000 + '"\n', r"a\.csv row 2: is no CSV: field larger"),
        ('a,b\n1,"2\n3,4\n', r"a\.csv row 2: is no CSV: unexpected end of data"),
        ('a,b\n1,"2"x\n', r"a\.csv row 2: is no CSV"),
    ],
)
def test_a_changed_header_or_a_cut_row_is_named(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        list(table_rows(text, "a.csv", ("a", "b")))


def test_an_empty_or_missing_or_huge_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match=r"gone\.csv cannot be read: No such file"):
        SourceFile(tmp_path / "gone.csv").read()
    with pytest.raises(DataError, match=r"empty\.csv is empty"):
        written(tmp_path, "empty.csv", b"").read()
    with pytest.raises(DataError, match=r"big\.csv is larger than"):
        written(tmp_path, "big.csv", b"x" * 100).read(limit=10)


def test_what_is_no_archive_or_cut_off_is_named(tmp_path: Path, official: ModuleType) -> None:
    whole = official.baci_zip()
    for content in (b"no archive", whole[: len(whole) // 2], b""):
        with (
            pytest.raises(DataError, match=r"a\.zip is no zip archive, or was cut off"),
            archive(written(tmp_path, "a.zip", content)),
        ):
            pass


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        packed.writestr("a.csv", b"\0" * (2**20 * 64))
        packed.writestr("b.csv", b"x")
    small = out.getvalue()
    with archive(written(tmp_path, "fine.zip", small)) as packed:
        assert packed.namelist() == ["a.csv", "b.csv"]
    huge = zipfile.ZipInfo("a.csv")
    huge.file_size, huge.compress_size = 2**40, 2**20
    with pytest.raises(DataError, match=r"would unpack to 1,048,576 MB"):
        opening.refuse_bombs("a.zip", [huge], opening.MEMBER_MAX)
    dense = zipfile.ZipInfo("a.csv")
    dense.file_size, dense.compress_size = 2**31, 1000
    with pytest.raises(DataError, match="this is no official file"):
        opening.refuse_bombs("a.zip", [dense], opening.MEMBER_MAX)
    with pytest.raises(DataError, match="holds 6000 files"):
        opening.refuse_bombs("a.zip", [huge] * 6000, opening.MEMBER_MAX)
    locked = zipfile.ZipInfo("a.csv")
    locked.flag_bits = 1
    with pytest.raises(DataError, match="is encrypted"):
        opening.refuse_bombs("a.zip", [locked], opening.MEMBER_MAX)


def test_lines_come_whole_and_a_line_without_end_is_refused() -> None:
    found = list(pieces("a.csv", io.BytesIO(b"one\ntwo\nthree"), size=5))
    assert b"".join(found) == b"one\ntwo\nthree\n"
    assert all(p.endswith(b"\n") for p in found)
    with pytest.raises(DataError, match="a line longer than"):
        list(pieces("a.csv", io.BytesIO(b"x" * (3 * 2**20)), size=2**20))


def test_a_workbook_that_is_none_is_named(tmp_path: Path, official: ModuleType) -> None:
    whole = official.pink_book()
    for content in (b"PK\3\4nothing", whole[:500], official.zipped({"a.xml": b"<a/>"}), b"plain text"):
        with (
            pytest.raises(DataError, match=r"a\.xlsx is no readable workbook"),
            workbook(written(tmp_path, "a.xlsx", content)),
        ):
            pass


def test_entities_are_refused_in_any_width(tmp_path: Path, official: ModuleType) -> None:
    lol = '<!DOCTYPE lolz [<!ENTITY lol "lol">]><worksheet>&lol;</worksheet>'
    for content in (lol.encode(), lol.encode("utf-16")):
        raw = official.zipped({"xl/worksheets/sheet1.xml": content})
        with pytest.raises(DataError, match="declares entities"), workbook(written(tmp_path, "a.xlsx", raw)):
            pass


def test_cells_are_stripped_and_errors_are_blank(tmp_path: Path, official: ModuleType) -> None:
    raw = official.workbook({"s": [["  a\xa0 b ", 1, None, "#N/A", "", True, 2.5]]})
    with workbook(written(tmp_path, "a.xlsx", raw)) as book:
        assert list(book.rows("s", columns=7)) == [(1, ("a b", 1, None, None, None, True, 2.5))]


def test_a_formula_without_a_stored_result_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["x", "=1+1"])
    out = io.BytesIO()
    book.save(out)
    with (
        workbook(written(tmp_path, "f.xlsx", out.getvalue())) as read,
        pytest.raises(DataError, match=r"row 1: column 2 is a formula without a stored result"),
    ):
        list(read.rows("Sheet"))


def test_sheet_names_are_read_without_opening(tmp_path: Path, official: ModuleType) -> None:
    raw = official.workbook({"A & B": [[1]], "pv": [[1]]})
    assert sheet_names(written(tmp_path, "a.xlsx", raw)) == ("A & B", "pv")
    assert sheet_names(written(tmp_path, "b.xlsx", raw[:200])) == ()
    assert sheet_names(written(tmp_path, "c.txt", b"hello")) == ()
