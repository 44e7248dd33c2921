"""An article as text: from bytes, HTML, Markdown, PDF or plain text, with what is none of it set aside."""

import io
import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from oresight.core.errors import DataError
from oresight.text.boilerplate import SENTENCE_END, Piece, judged
from oresight.text.characters import plain_text
from oresight.text.dates import dates
from oresight.text.markup import html_pieces, markdown_pieces
from oresight.text.statement import DATELINE

Kind = Literal["auto", "text", "html", "markdown", "pdf"]

BYTES_MAX = 20_000_000
"""Largest file that is read [bytes]."""
CHARACTERS_MAX = 10_000_000
"""Longest text that is read."""
EARLY = 6
"""Blocks from the start among which a date standing alone is the day of publication."""
PAGES_MAX, PDF_SECONDS = 300, 30.0
"""Most pages of a PDF, and the longest it may take [s]."""

HTML_MARK = re.compile(
    r"<(?:!doctype\s+html|html|head|body|article|main|section|div|p|table|h[1-6])\b[^<>]{0,300}>", re.I
)
MARKDOWN_MARK = re.compile(
    r"^(?:#{1,6} \S|\s*[-*+] \S|\|.*\|.*\||>\s)|\[[^\]\n]{1,200}\]\(https?://|\*\*\S", re.M
)
STAMP = re.compile(r"(20\d\d)[-/.](\d\d)[-/.](\d\d)[T ]{1,2}\d\d:\d\d")
PUBLISHED = re.compile(
    r"^\W*(?:published|posted|updated|last updated|date|first published|issued)(?: on| at)?\s*:?\s*(.{0,60})$",
    re.I,
)


@dataclass(frozen=True)
class Block:
    """A block of the article: where it stands in the cleaned text, and what it is."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class SetAside:
    """A block that is none of the article, and why."""

    reason: str
    text: str


@dataclass(frozen=True)
class Reading:
    """A cleaned article.

    Args:
        text: The article, blocks parted by empty lines.
        blocks: Its blocks in order.
        set_aside: What was taken out, in order.
        published: The day it says it was published, as written in it; None where it does not say.
        stamps: Days of the page's time stamps, ISO, in or beside the article.
        published_at: Span of the publication line in the text; None where it stands only in the markup.
    """

    text: str
    blocks: tuple[Block, ...]
    set_aside: tuple[SetAside, ...]
    published: str | None = None
    stamps: tuple[str, ...] = ()
    published_at: tuple[int, int] | None = None


def read_bytes(data: bytes, name: str = "the file", kind: Kind = "auto") -> Reading:
    """An article from the bytes of a file.

    Raises:
        DataError: It is empty, binary, too large, or a PDF without readable text.
    """
    if not data.strip():
        raise DataError(f"{name} is empty", "give an article with text in it")
    if len(data) > BYTES_MAX:
        raise DataError(f"{name} has {len(data):,} bytes", f"at most {BYTES_MAX:,} are read")
    if kind == "pdf" or (kind == "auto" and data[:1024].lstrip()[:5] == b"%PDF-"):
        return read_text(pdf_text(data, name), name, "text")
    return read_text(decoded(data, name), name, kind)


def decoded(data: bytes, name: str) -> str:
    """Text from bytes: UTF-8, UTF-16 with its mark, or Windows-1252.

    Raises:
        DataError: The bytes are no text.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    sample = data[:65536]
    control = sum(byte < 9 or 13 < byte < 32 for byte in sample)
    if b"\x00" in sample or control > len(sample) / 50:
        raise DataError(f"{name} is no text", "give plain text, HTML, Markdown or a PDF with text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_text(text: str, name: str = "the text", kind: Kind = "auto") -> Reading:
    """An article from text of any kind.

    Raises:
        DataError: It is empty, too long, or nothing but boilerplate markup.
    """
    if len(text) > CHARACTERS_MAX:
        raise DataError(f"{name} has {len(text):,} characters", f"at most {CHARACTERS_MAX:,} are read")
    if kind == "auto":
        kind = guessed(text)
    published: str | None = None
    if kind == "html":
        pieces, published = html_pieces(text)
    elif kind == "markdown":
        pieces = markdown_pieces(text)
    else:
        pieces = text_pieces(plain_text(text))
    if not any(p.text.strip() for p in pieces):
        raise DataError(f"{name} holds no words", "give an article with text in it")
    return assembled(judged(pieces), published)


def guessed(text: str) -> Kind:
    """What kind of text it is.

    >>> guessed("<p>A</p><p>B</p>"), guessed("# A\\n\\n- b\\n- c"), guessed("A. B.")
    ('html', 'markdown', 'text')
    """
    head = text[:20000]
    tags = len(HTML_MARK.findall(head))
    if tags >= 2 or (tags and head.lstrip()[:1] == "<"):
        return "html"
    return "markdown" if len(MARKDOWN_MARK.findall(head)) >= 3 else "text"


def text_pieces(text: str) -> list[Piece]:
    """Blocks of plain text: lines, or paragraphs where lines were broken to a width."""
    pieces: list[Piece] = []
    for paragraph in re.split(r"\n[ \t]*\n+", text):
        lines = [" ".join(line.split(" ")).strip() for line in paragraph.split("\n")]
        lines = [re.sub(r"[ \t]+", " ", line) for line in lines if line.strip()]
        if wrapped(lines):
            pieces.append(Piece(unhyphenated(lines)))
        else:
            pieces += [Piece(line) for line in lines]
    return pieces


def wrapped(lines: Sequence[str]) -> bool:
    """Whether the lines of a paragraph are one text broken to a width."""
    if len(lines) < 2:
        return False
    inner = lines[:-1]
    lengths = [len(line) for line in inner]
    broken = sum(not SENTENCE_END.search(line[-40:]) for line in inner)
    return median(lengths) >= 40 and max(lengths) <= 130 and broken >= 0.5 * len(inner)


def unhyphenated(lines: Sequence[str]) -> str:
    """Lines joined; a word parted at a line's end is whole again.

    >>> unhyphenated(["the ger-", "manium"])
    'the germanium'
    """
    return (
        re.sub(r"(?<=[a-z])- (?=[a-z])", "", " ".join(lines))
        if any(line.endswith("-") for line in lines)
        else " ".join(lines)
    )


def assembled(pieces: Sequence[Piece], published: str | None) -> Reading:
    """The reading from judged blocks."""
    kept: list[str] = []
    blocks: list[Block] = []
    aside: list[SetAside] = []
    stamps: list[str] = []
    place: tuple[int, int] | None = None
    at = 0
    awaited = False
    for piece in pieces:
        stamps += ["-".join(m.groups()) for m in STAMP.finditer(piece.text[:5000])]
        if piece.reason and not (awaited and any(c.isdigit() for c in piece.text)):
            aside.append(SetAside(piece.reason, piece.text))
            continue
        said = PUBLISHED.match(piece.text) if len(piece.text) < 120 else None
        if published is None and (awaited or (said and any(c.isdigit() for c in said.group(1)))):
            published, place = (
                (piece.text if awaited or said is None else said.group(1)),
                (at, at + len(piece.text)),
            )
        elif published is None and len(blocks) < EARLY:
            published = day_alone(piece.text)
        awaited = bool(said) and published is None
        kept.append(piece.text)
        blocks.append(Block(at, at + len(piece.text), piece.kind))
        at += len(piece.text) + 2
    return Reading(
        "\n\n".join(kept), tuple(blocks), tuple(aside), published, tuple(sorted(set(stamps))), place
    )


def day_alone(text: str) -> str | None:
    """The date of a dateline, or of a short block that is little else; None where there is none.

    >>> day_alone("LONDON, 29 April 2025 - Prices rose."), day_alone("By A. Writer, 3 May 2025")
    ('LONDON, 29 April 2025 - ', 'By A. Writer, 3 May 2025')
    """
    line = DATELINE.match(text)
    if line and re.search(r"(?:19|20)\d\d", line.group()):
        return line.group()
    found = dates(text) if len(text) <= 60 else []
    if found and found[0].year is not None and found[0].month is not None and len(text.split()) <= 9:
        return text
    return None


def pdf_text(data: bytes, name: str) -> str:
    """The text of a PDF, page by page, within bounds of pages and time.

    Raises:
        DataError: It cannot be read, is locked, or holds no text.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    started = time.monotonic()
    found: list[str] = []
    size = 0
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DataError(f"{name} is locked by a password", "give it unlocked")
        for number, page in enumerate(reader.pages):
            if number >= PAGES_MAX or size > CHARACTERS_MAX or time.monotonic() - started > PDF_SECONDS:
                break
            text = page.extract_text() or ""
            found.append(text)
            size += len(text)
    except DataError:
        raise
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        OSError,
        IndexError,
        NotImplementedError,
    ) as error:
        raise DataError(
            f"{name} is no readable PDF ({type(error).__name__})", "save it again or paste its text"
        ) from error
    text = "\n\n".join(found)[:CHARACTERS_MAX]
    if not text.strip():
        raise DataError(f"{name} holds no text, perhaps only pictures", "paste its text instead")
    return text
