"""HTML and Markdown as blocks of text: read in one pass, scripts never run, entities never expanded twice."""

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from oresight.text.boilerplate import Piece
from oresight.text.characters import plain_text

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "object",
        "embed",
        "iframe",
        "canvas",
        "audio",
        "video",
        "map",
        "head",
        "textarea",
    ]
)
ASIDE = {
    "nav": "menu",
    "menu": "menu",
    "footer": "page footer",
    "aside": "beside the article",
    "form": "form",
    "button": "form",
    "select": "form",
    "dialog": "notice",
}
NAMED_ASIDE = (
    (re.compile(r"cookie|consent|gdpr", re.I), "cookie notice"),
    (
        re.compile(
            r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|toolbar|topbar)(?:$|[\s_-])", re.I
        ),
        "menu",
    ),
    (
        re.compile(
            r"related|recommend|also-?like|read-?(?:more|next)|trending|most-?(?:read|popular)|outbrain|taboola",
            re.I,
        ),
        "other stories",
    ),
    (re.compile(r"(?:^|[\s_-])(?:ads?|advert\w*|sponsor\w*|promo\w*|banner)(?:$|[\s_-])", re.I), "promotion"),
    (
        re.compile(r"newsletter|subscri|sign-?up|social|share-?(?:bar|buttons|tools)|paywall", re.I),
        "promotion",
    ),
    (re.compile(r"(?:^|[\s_-])(?:comments?|disqus|respond)(?:$|[\s_-])", re.I), "comments"),
    (re.compile(r"disclaimer|copyright|legal", re.I), "legal text"),
    (re.compile(r"ticker|quote-?bar|price-?widget", re.I), "ticker"),
    (re.compile(r"(?:^|[\s_-])(?:footer|sidebar)(?:$|[\s_-])", re.I), "page footer"),
)
ROLES = {
    "navigation": "menu",
    "contentinfo": "page footer",
    "complementary": "beside the article",
    "search": "form",
}
NEVER_ASIDE = frozenset(("html", "body", "main", "article"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "title"))
PUBLISHED = frozenset(
    (
        "article:published_time",
        "datepublished",
        "date",
        "pubdate",
        "dc.date",
        "dcterms.created",
        "publishdate",
        "parsely-pub-date",
    )
)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


@dataclass
class Collector:
    """A target of the streaming parser: gathers blocks as elements begin and end, without a tree.

    `silent` and `aside` count open elements that are skipped or set aside, so depth costs nothing.
    """

    pieces: list[Piece] = field(default_factory=list)
    published: str | None = None
    words: list[str] = field(default_factory=list)
    open: list[tuple[str, bool, str]] = field(default_factory=list)
    silent: int = 0
    reasons: list[str] = field(default_factory=list)
    kind: str = "paragraph"
    caption: str = ""
    head: tuple[str, ...] = ()
    cells: list[str] = field(default_factory=list)
    all_head: bool = True
    in_row: int = 0

    def start(self, tag: str, attributes: Any) -> None:
        """An element begins."""
        name = str(tag).casefold()
        values = {str(k).casefold(): str(v) for k, v in dict(attributes).items()}
        if name == "meta":
            key = (values.get("property") or values.get("name") or values.get("itemprop") or "").casefold()
            if key in PUBLISHED and values.get("content") and self.published is None:
                self.published = values["content"][:40]
            return
        if name == "time" and values.get("datetime") and self.published is None and not self.reasons:
            self.published = values["datetime"][:40]
        quiet = name in SILENT or "hidden" in values or bool(HIDDEN.search(values.get("style", "")[:500]))
        reason = "" if quiet else why_aside(name, values)
        if name in ("td", "th") and self.in_row:
            self.close_cell()
            self.all_head = self.all_head and name == "th"
        elif name in BLOCKS and not (self.in_row and name in ("p", "div", "br", "span")):
            self.flush()
        if name == "table":
            self.caption, self.head = "", ()
        if name == "tr" and not self.reasons:
            self.in_row, self.cells, self.all_head = 1, [], True
        if name in HEADINGS:
            self.kind = "heading"
        elif name == "li":
            self.kind = "item"
        self.silent += quiet
        if reason:
            self.reasons.append(reason)
        self.open.append((name, quiet, reason))

    def end(self, tag: str) -> None:
        """An element ends."""
        name = str(tag).casefold()
        if name == "meta" or not self.open:
            return
        if name in ("td", "th") and self.in_row:
            self.close_cell()
        elif name == "tr" and self.in_row:
            self.close_row()
        elif name == "caption" and not self.silent:
            self.caption = self.text()
            self.flush()
        elif name in BLOCKS and not (self.in_row and name in ("p", "div", "br", "span")):
            self.flush()
        _, quiet, reason = self.open.pop()
        self.silent -= quiet
        if reason:
            self.reasons.pop()
        if name in HEADINGS or name == "li":
            self.kind = "paragraph"

    def data(self, text: str) -> None:
        """Characters between tags."""
        if not self.silent:
            self.words.append(text)

    def comment(self, text: str) -> None:
        """Comments are no text."""

    def close(self) -> "Collector":
        """The end of the document."""
        self.flush()
        return self

    def text(self) -> str:
        """What was gathered since the last block, in one line."""
        return " ".join(plain_text("".join(self.words)).split())

    def flush(self) -> None:
        """What was gathered becomes a block."""
        if self.words:
            text = self.text()
            self.words = []
            if text:
                self.pieces.append(Piece(text, self.kind, self.reasons[-1] if self.reasons else ""))

    def close_cell(self) -> None:
        """What was gathered becomes a cell of the row."""
        text = self.text()
        if text or self.words:
            self.cells.append(text)
        self.words = []

    def close_row(self) -> None:
        """A row becomes the head of the table, or a sentence of its cells under their heads."""
        self.close_cell()
        self.in_row = 0
        if self.all_head and self.cells and not self.head:
            self.head = tuple(self.cells)
        elif self.cells:
            reason = self.reasons[-1] if self.reasons else ""
            self.pieces.append(Piece(row_sentence(self.caption, self.head, tuple(self.cells)), "row", reason))
        self.cells = []


def why_aside(tag: str, values: dict[str, str]) -> str:
    """Why an element is none of the article, from its tag, role, class and id; empty where it may be."""
    if tag in NEVER_ASIDE:
        return ""
    if tag in ASIDE:
        return ASIDE[tag]
    role = ROLES.get(values.get("role", "").casefold(), "")
    if role:
        return role
    named = f"{values.get('class', '')} {values.get('id', '')}"[:300]
    if named.strip():
        for pattern, reason in NAMED_ASIDE:
            if pattern.search(named):
                return reason
    return ""


SHARE_HEAD = re.compile(r"%|per\s?cent|percent|\bshare\b", re.I)
WEIGHT_HEAD = re.compile(
    r"\((t|kt|tonnes|tons|metric tons|thousand tonnes|kg)\)|\b(tonnes|metric tons)\b", re.I
)
BARE = re.compile(r"^[<>~≈]?\s*\d[\d.,]*$")


def row_sentence(caption: str, head: tuple[str, ...], cells: tuple[str, ...]) -> str:
    """A row of a table as a sentence: caption, then each cell under its head, units of the head put to bare figures.

    >>> row_sentence("Cobalt, mined", ("Country", "Share (%)"), ("DR Congo", "73"))
    'Cobalt, mined. Country: DR Congo; Share (%): 73 %.'
    """
    said = []
    for i, text in enumerate(cells):
        over = head[i] if i < len(head) else ""
        if BARE.match(text):
            if SHARE_HEAD.search(over):
                text = f"{text} %"
            elif weight := WEIGHT_HEAD.search(over):
                unit = (weight.group(1) or weight.group(2)).casefold()
                text = f"{text} {'thousand tonnes' if unit == 'thousand tonnes' else unit}"
        if text:
            said.append(f"{over}: {text}" if over else text)
    return (f"{caption.rstrip('.')}. " if caption else "") + "; ".join(said) + "."


def html_pieces(text: str) -> tuple[list[Piece], str | None]:
    """Blocks of an HTML page and the day its markup says it was published."""
    target = Collector()
    parser = etree.HTMLParser(target=target, huge_tree=True, recover=True)
    clean = text.replace("\x00", "")
    for at in range(0, len(clean), 1 << 16):
        parser.feed(clean[at : at + (1 << 16)])
    try:
        done = parser.close()
    except etree.XMLSyntaxError:
        done = target.close()
    return done.pieces, done.published


HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
UNDERLINE = re.compile(r"^\s{0,3}(?:=+|-{3,})\s*$")
LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+(.*)$")
FENCE = re.compile(r"^\s*(?:```|~~~)")
IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,500}\)")
LINK = re.compile(r"\[([^\]\n]{1,500})\](?:\([^)\n]{0,500}\)|\[[^\]\n]{0,100}\])")
EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.{1,500}?)(?<=\S)\1")
TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>")
RULE = re.compile(r"^\s*\|?[\s:|-]*-{2,}[\s:|-]*\|?\s*$")


MARKS_MAX = 200
"""Marks in one line beyond which they are dropped one by one rather than read in pairs."""
MARKS = str.maketrans("", "", "[]*_`<>")


def bare_markdown(line: str) -> str:
    """A line without links, images, emphasis and tags.

    >>> bare_markdown("**China** mines [70 %](https://x.org) ![](a.png)of it")
    'China mines 70 % of it'
    """
    if not any(c in line for c in "![*_`<"):
        return line.strip()
    if sum(line.count(c) for c in "[*_`<") > MARKS_MAX:
        return line.translate(MARKS).strip()
    for pattern, kept in ((IMAGE, ""), (LINK, r"\1"), (EMPHASIS, r"\2"), (EMPHASIS, r"\2"), (TAG, "")):
        line = pattern.sub(kept, line)
    return line.strip()


def markdown_pieces(text: str) -> list[Piece]:
    """Blocks of a Markdown text; code is set aside, tables become sentences."""
    pieces: list[Piece] = []
    held: list[str] = []
    code = False
    head: tuple[str, ...] = ()
    caption = ""
    lines = plain_text(text).split("\n")

    def flush(kind: str = "paragraph") -> None:
        joined = " ".join(held)
        held.clear()
        if joined:
            pieces.append(Piece(joined, kind))

    for i, line in enumerate(lines):
        if FENCE.match(line):
            flush()
            code = not code
            continue
        if code:
            if line.strip():
                pieces.append(Piece(line.strip(), "code", "code"))
            continue
        if "|" in line and line.strip().startswith("|"):
            flush()
            cells = tuple(bare_markdown(c) for c in line.strip().strip("|").split("|"))
            if RULE.match(line):
                continue
            if i + 1 < len(lines) and RULE.match(lines[i + 1]) and "|" in lines[i + 1]:
                head = cells
                caption = (
                    pieces[-1].text if pieces and not pieces[-1].reason and len(pieces[-1].text) < 160 else ""
                )
            else:
                pieces.append(Piece(row_sentence(caption, head, cells), "row"))
            continue
        heading = HEADING.match(line)
        item = LIST_ITEM.match(line)
        if heading:
            flush()
            pieces.append(Piece(bare_markdown(heading.group(1)), "heading"))
        elif UNDERLINE.match(line):
            flush("heading" if held else "paragraph")
        elif item:
            flush()
            held.append(bare_markdown(item.group(1)))
        elif not line.strip():
            flush()
        else:
            held.append(bare_markdown(line.lstrip("> ")))
    flush()
    return [p for p in pieces if p.text]
