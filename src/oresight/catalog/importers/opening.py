"""Reading untrusted files within bounds: CSV text, zip archives, workbooks.

Every way a file can be wrong - cut off, mis-encoded, padded with NULs, a bomb, no archive at all - ends in a
`DataError` that names the file and, where there is one, the row.
"""

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from oresight.core.errors import DataError

TEXT_MAX = 256 * 2**20
"""Largest CSV or JSON read whole [bytes]; official releases of this kind are below 10 MB."""
UNPACKED_MAX = 768 * 2**20
"""Most that the parts of a workbook may unpack to [bytes]."""
MEMBER_MAX = 4 * 2**30
"""Most that one member of an archive may unpack to [bytes]; read in pieces, never whole."""
MEMBERS_MAX = 5000
LINE_MAX = 2**20


@dataclass(frozen=True)
class SourceFile:
    """A file a user says a publisher published.

    Args:
        path: Where it lies.
    """

    path: Path

    @property
    def name(self) -> str:
        """Its name without folders, as messages show it."""
        return self.path.name

    def head(self, count: int = 65_536) -> bytes:
        """The first bytes.

        Raises:
            DataError: The file cannot be read.
        """
        try:
            with self.path.open("rb") as stream:
                return stream.read(count)
        except OSError as error:
            raise unreadable(self.name, error) from error

    def read(self, limit: int = TEXT_MAX) -> bytes:
        """All bytes of a file no larger than the limit.

        Raises:
            DataError: The file is too large, empty or cannot be read.
        """
        try:
            with self.path.open("rb") as stream:
                raw = stream.read(limit + 1)
        except OSError as error:
            raise unreadable(self.name, error) from error
        if len(raw) > limit:
            raise DataError(
                f"{self.name} is larger than {limit // 2**20} MB",
                "official releases of this kind are smaller; check the file",
                {"file": self.name},
            )
        if not raw:
            raise DataError(f"{self.name} is empty", "download it again", {"file": self.name})
        return raw

    def sha256(self) -> str:
        """Digest of the file, read in pieces.

        Raises:
            DataError: The file cannot be read.
        """
        digest = hashlib.sha256()
        try:
            with self.path.open("rb") as stream:
                while piece := stream.read(2**20):
                    digest.update(piece)
        except OSError as error:
            raise unreadable(self.name, error) from error
        return digest.hexdigest()


def unreadable(name: str, error: OSError) -> DataError:
    """The error for a file the system does not give out."""
    return DataError(f"{name} cannot be read: {error.strerror or error}", "check the file", {"file": name})


def at_row(file: str, row: int, what: str, mend: str, **facts: Any) -> DataError:
    """The error for one row of a file.

    >>> str(at_row("a.csv", 7, "unit is 'stone'", "known are metric tons, kilograms"))
    "a.csv row 7: unit is 'stone'; known are metric tons, kilograms"
    """
    return DataError(f"{file} row {row}: {what}", mend, {"file": file, "row": row, **facts})


def shown(value: object, most: int = 60) -> str:
    """A cell as a message may show it: quoted, one line, short.

    >>> shown("a" * 100, 5), shown("kt")
    ("'aaaaa…'", "'kt'")
    """
    text = str(value) if value is not None else ""
    return repr(text if len(text) <= most else text[:most] + "…")


def decoded(raw: bytes, name: str) -> str:
    """Text of bytes that are UTF-8 or, failing that, Windows-1252, the two encodings the USGS uses.

    Raises:
        DataError: The bytes hold NULs (UTF-16, or no text) or bytes neither encoding has; names the line.

    >>> decoded("Côte".encode("cp1252"), "a.csv")
    'Côte'
    """
    at = raw.find(b"\0")
    if at >= 0:
        raise at_row(
            name, raw[:at].count(b"\n") + 1, "holds a NUL byte", "save the file as UTF-8 text, not UTF-16"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise at_row(
            name,
            line,
            "is neither UTF-8 nor Windows-1252",
            "save the file in one of the two",
            byte=error.start,
        ) from error


def table_rows(text: str, name: str, required: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of CSV text by the names in its header, in whatever order the columns stand.

    Args:
        text: The whole file.
        name: Its name, for messages.
        required: Columns that must be there; spelling counts, case and doubled spaces do not.

    Yields:
        Row as a spreadsheet numbers it (the header is 1) and the cells of all columns, stripped.

    Raises:
        DataError: A column is missing or named twice, or a row has too few or too many cells.
    """
    # a dropped quote would swallow the rest of the file as one cell: the reader's own limit names the row
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    row = 1
    try:
        header = [plain_name(c) for c in next(reader, [])]
        wanted = {plain_name(c): c for c in required}
        missing = [c for n, c in wanted.items() if n not in header]
        if missing:
            raise DataError(
                f"{name}: the header lacks {', '.join(missing)}",
                f"it has {', '.join(shown(h, 30) for h in header[:14])}; the publisher changed the layout or "
                "this is another file",
                {"file": name, "row": 1, "missing": missing},
            )
        twice = sorted({h for h in header if header.count(h) > 1 and h in wanted})
        if twice:
            raise at_row(name, 1, f"the header names {', '.join(twice)} twice", "keep one of the columns")
        names = [wanted.get(h, h) for h in header]
        for cells in reader:
            row += 1
            if not any(c.strip() for c in cells):
                continue
            if len(cells) != len(names):
                raise at_row(
                    name,
                    row,
                    f"{len(cells)} cells where the header has {len(names)}",
                    "the file was cut off or a cell with commas lost its quotes; download it again",
                )
            yield row, dict(zip(names, (c.strip() for c in cells), strict=True))
    except csv.Error as error:
        raise at_row(name, row + 1, f"is no CSV: {error}", "download the file again") from error


def plain_name(header: object) -> str:
    """A column's name as it is compared.

    >>> plain_name(" PROD_EST_  2024 ")
    'prod_est_ 2024'
    """
    return " ".join(str(header if header is not None else "").replace("\xa0", " ").split()).casefold()


@contextmanager
def archive(file: SourceFile) -> Iterator[zipfile.ZipFile]:
    """An archive whose members are few, not encrypted and within bounds; unpack only in pieces.

    Raises:
        DataError: It is no zip archive, was cut off, or unpacks to too much.
    """
    try:
        packed = zipfile.ZipFile(file.path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise unreadable(file.name, error) from error
        raise DataError(
            f"{file.name} is no zip archive, or was cut off",
            "download it again",
            {"file": file.name},
        ) from error
    with packed:
        refuse_bombs(file.name, packed.infolist(), MEMBER_MAX)
        yield packed


def refuse_bombs(name: str, members: Sequence[zipfile.ZipInfo], member_max: int, most: int = 0) -> None:
    """Refuse archives with too many, too large, encrypted or absurdly compressed members.

    `zipfile` never unpacks a member beyond its declared size, so the declared sizes bound the work.

    Raises:
        DataError: Names the member.
    """
    if len(members) > MEMBERS_MAX:
        raise DataError(
            f"{name} holds {len(members)} files", f"at most {MEMBERS_MAX} are read", {"file": name}
        )
    for member in members:
        if member.flag_bits & 1:
            raise DataError(f"{name}: {shown(member.filename)} is encrypted", "use the publisher's file")
        if member.file_size > member_max or member.file_size > 2000 * max(member.compress_size, 1) + 2**20:
            raise DataError(
                f"{name}: {shown(member.filename)} would unpack to {member.file_size / 2**20:,.0f} MB "
                f"from {member.compress_size / 2**20:,.1f} MB",
                "this is no official file",
                {"file": name, "member": member.filename[:80]},
            )
    total = sum(m.file_size for m in members)
    if most and total > most:
        raise DataError(
            f"{name} would unpack to {total / 2**20:,.0f} MB", "this is no official file", {"file": name}
        )


def pieces(file: str, member: IO[bytes], size: int = 2**23) -> Iterator[bytes]:
    """Whole lines of an unpacked stream, some megabytes at a time.

    Raises:
        DataError: The archive breaks off, its check sum is wrong, or a line has no end.
    """
    rest = b""
    while True:
        try:
            piece = member.read(size)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise DataError(
                f"{file} breaks off or is damaged ({type(error).__name__})",
                "download the archive again",
                {"file": file},
            ) from error
        if not piece:
            break
        rest += piece
        cut = rest.rfind(b"\n") + 1
        if not cut and len(rest) > LINE_MAX:
            raise DataError(
                f"{file} has a line longer than {LINE_MAX} bytes", "this is no CSV", {"file": file}
            )
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    if rest.strip():
        yield rest + b"\n"


Cell = str | int | float | bool | None
