"""Workbooks opened row by row, within bounds."""

import html
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import openpyxl

from oresight.catalog.importers.opening import (
    UNPACKED_MAX,
    Cell,
    SourceFile,
    at_row,
    plain_name,
    refuse_bombs,
    shown,
    unreadable,
)
from oresight.core.errors import DataError

WORKBOOK_MAX = 64 * 2**20
"""Largest workbook [bytes]."""
CELL_MAX = 32_767
ROWS_MAX = 1_048_576
COLUMNS_MAX = 512


@dataclass(frozen=True)
class Workbook:
    """A workbook held in memory, read sheet by sheet.

    Args:
        name: File name, for messages.
        values: The workbook with the stored results of formulas.
        formulas: The same with the formulas themselves, None where it holds none.
    """

    name: str
    values: Any
    formulas: Any

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets in order."""
        return [str(n) for n in self.values.sheetnames]

    def rows(self, sheet: str, columns: int = COLUMNS_MAX) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """Cells of a sheet, row by row: text stripped, dates as ISO text, errors and blanks as None.

        Raises:
            DataError: A formula has no stored result, a cell is too long, the sheet is damaged.
        """
        values = self._cells(self.values, sheet, columns)
        formulas = self._cells(self.formulas, sheet, columns) if self.formulas is not None else None
        for row, cells in values:
            written = next(formulas, (row, ()))[1] if formulas is not None else ()
            for at, cell in enumerate(written):
                if isinstance(cell, str) and cell.startswith("=") and (at >= len(cells) or cells[at] is None):
                    raise at_row(
                        f"{self.name}, sheet {sheet},",
                        row,
                        f"column {at + 1} is a formula without a stored result",
                        "open the workbook in a spreadsheet and save it",
                    )
            yield row, cells

    def _cells(self, book: Any, sheet: str, columns: int) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        with _translated(self.name):
            page = book[sheet]
            if not hasattr(page, "reset_dimensions"):
                return
            page.reset_dimensions()
        stream = page.iter_rows(max_row=ROWS_MAX, max_col=columns, values_only=True)
        row = 0
        while True:
            with _translated(self.name):
                raw = next(stream, None)
            if raw is None:
                return
            row += 1
            cells = tuple(_cell(c) for c in raw)
            if any(isinstance(c, str) and len(c) > CELL_MAX for c in cells):
                raise at_row(
                    f"{self.name}, sheet {sheet},",
                    row,
                    f"a cell is longer than {CELL_MAX}",
                    "this is no table",
                )
            yield row, cells


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        text = " ".join(value.replace("\xa0", " ").split())
        return (
            text if text and not re.fullmatch(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)", text) else None
        )
    if value is None or isinstance(value, bool | int | float):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Whatever the spreadsheet library makes of a damaged file, as a `DataError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except DataError:
        raise
    # the library promises no errors of its own: a damaged part may end in any of the language's
    except Exception as error:
        raise DataError(
            f"{name} is no readable workbook ({type(error).__name__})", "download it again", {"file": name}
        ) from error


def sheet_names(file: SourceFile) -> tuple[str, ...]:
    """Names of a workbook's sheets, read without opening it; none where it is no workbook.

    Raises:
        DataError: The file cannot be read.
    """
    if not file.head(4).startswith(b"PK"):
        return ()
    try:
        with zipfile.ZipFile(file.path) as packed, packed.open("xl/workbook.xml") as part:
            text = part.read(2**20).decode("utf-8", "replace")
    except (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise unreadable(file.name, error) from error
        return ()
    except (zipfile.BadZipFile, zlib.error):
        return ()
    return tuple(html.unescape(n) for n in re.findall(r'<sheet\b[^>]*?\bname="([^"]*)"', text)[:500])


@contextmanager
def workbook(file: SourceFile) -> Iterator[Workbook]:
    """An .xlsx file within bounds.

    Raises:
        DataError: It is no workbook, too large, or declares entities.
    """
    raw = file.read(WORKBOOK_MAX)
    with _translated(file.name), zipfile.ZipFile(io.BytesIO(raw)) as packed:
        refuse_bombs(file.name, packed.infolist(), UNPACKED_MAX, UNPACKED_MAX)
        has_formulas = False
        for member in packed.infolist():
            if member.filename.endswith((".xml", ".rels")):
                with packed.open(member) as stream:
                    has_formulas |= _scanned(file.name, member.filename, stream)
    opened: list[Any] = []
    try:
        with _translated(file.name):
            for results in (True, False) if has_formulas else (True,):
                opened.append(
                    openpyxl.load_workbook(
                        io.BytesIO(raw), read_only=True, data_only=results, keep_links=False
                    )
                )
        yield Workbook(file.name, opened[0], opened[1] if has_formulas else None)
    finally:
        for book in opened:
            book.close()


def _scanned(name: str, member: str, stream: IO[bytes]) -> bool:
    """Whether a part holds formulas; refuses parts that declare entities, in any width of letters."""
    found, tail = False, b""
    while piece := stream.read(2**20):
        joined = (tail + piece).replace(b"\0", b"")
        if b"<!DOCTYPE" in joined or b"<!ENTITY" in joined:
            raise DataError(
                f"{name}: {shown(member)} declares entities", "this is no official workbook", {"file": name}
            )
        found = found or b"<f>" in joined or b"<f " in joined
        tail = piece[-64:]
    return found


def header_at(
    rows: Iterator[tuple[int, tuple[Cell, ...]]], wanted: Mapping[str, tuple[str, ...]], within: int = 20
) -> tuple[int, dict[str, int], tuple[Cell, ...]] | None:
    """The first row that names all wanted columns.

    Args:
        rows: Rows of a sheet; consumed up to and including the header.
        wanted: Key -> accepted names, as `plain_name` writes them.
        within: Rows to look at.

    Returns:
        Row number, position of each key, the whole row; None where no such row is among the first.
    """
    for row, cells in rows:
        names = [plain_name(c) for c in cells]
        places = {key: names.index(n) for key, accepted in wanted.items() for n in accepted if n in names}
        if len(places) == len(wanted):
            return row, places, cells
        if row >= within:
            return None
    return None
