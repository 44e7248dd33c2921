"""Which blocks of a page are the article, and which are menus, tickers, legal text or other stories."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

TAIL = re.compile(
    r"^(?:you (?:may|might) (?:also )?(?:like|enjoy|be interested in)|(?:related|recommended|similar|more|other|latest|top|"
    r"popular|trending|featured|further)\s+"
    r"(?:articles?|stories|story|news|posts?|reading|content|headlines|coverage|topics|"
    r"from .{1,40}|"
    r"on .{1,40}|in .{1,40})|recommended(?: for you)?|trending(?: now)?|most (?:read|popular|viewed|recent)|"
    r"read next|up next|don[’']t miss|"
    r"what to read next|market opportunity|comments?(?: \(\d+\))?|leave a (?:comment|reply)|"
    r"editor[’']?s[’']? picks?|around the web|"
    r"from our partners|more to read|keep reading|also read)\s*:?\s*$",
    re.I,
)
INLINE = re.compile(
    r"^(?:read (?:more|also)|see also|also read|related|watch|listen|photo|image|source|credit)\s*[:|]", re.I
)
LEGAL = (
    r"all rights reserved",
    r"©|\(c\) 20\d\d|copyright",
    r"disclaimer",
    r"terms (?:of|and) (?:use|service|conditions)|privacy (?:policy|notice)",
    r"(?:does|do) not (?:constitute|represent|reflect|necessarily)",
    r"(?:financial|investment|legal)(?:,? (?:or )?\w+){0,3} advice",
    r"\bwarrant(?:y|ies)\b|\bliab(?:ility|le)\b|guarantees? regarding",
    r"informational? purposes|reference only",
    r"applicable laws?|intellectual property|infring",
    r"views? (?:of|expressed)|official (?:stance|position)",
    r"\bcookies?\b",
    r"forward-looking statements?",
    r"republish|reposted|syndicat",
    r"no responsibility|not responsible|reliance on",
    r"original authors?",
)
LEGAL_MARKS = tuple(re.compile(p, re.I) for p in LEGAL)
COOKIE = re.compile(
    r"\bcookies?\b.{0,200}\b(?:accept|consent|preferences|settings|agree|reject|policy)|"
    r"\b(?:accept|reject|manage) (?:all )?cookies?|"
    r"\b(?:we|our partners) (?:use|and our).{0,60}cookies?",
    re.I | re.S,
)
PROMO = re.compile(
    r"\b(?:sign up|subscribe|newsletter|free (?:trial|access)|"
    r"log ?in|sign in|register now|download (?:the|our)|get the .{1,20} app|"
    r"scan to|get started|follow us|join (?:us|our|over)|mentorship|click here|sponsored|advertisement|"
    r"share (?:this|on)|promo code|"
    r"trading program|crypto journey|open an account|contact us|donate|your inbox|paywall|gift this|listen to this article|"
    r"live price chart|unlock this|read the full story)\b",
    re.I,
)
TICKER = re.compile(r"[\s+\-–▲▼$€£%()\d.,]*(?:[A-Z]{2,6})?[\s+\-–▲▼$€£%()\d.,]*")
TICKER_NAME = re.compile(r"\((?:[A-Z]{2,6})\)\s*(?:$|Live|Price|[$€£]|\+|-|\d)|(?:USD|EUR|BTC|USDT)$")
CRUMBS = re.compile(r"\s[/›»|>]\s?")
SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*\s*$")
LETTERS = re.compile(r"[^\W\d_]{2,}")
PARAGRAPH_WORDS = 12
"""A block of so many words that ends like a sentence is running text."""


@dataclass(frozen=True)
class Piece:
    """A block of a page: its text, what it is, and why its markup sets it aside, if it does."""

    text: str
    kind: str = "paragraph"
    reason: str = ""


def running(text: str) -> bool:
    """Whether a block is running text.

    >>> running("Home / News / Metals")
    False
    """
    return len(text.split()) >= PARAGRAPH_WORDS and bool(SENTENCE_END.search(text[-40:]))


def legal(text: str) -> bool:
    """Whether a block is legal text: two of its marks, or one at the very beginning."""
    hits = sum(bool(mark.search(text)) for mark in LEGAL_MARKS)
    start = text[:40].casefold()
    return hits >= 2 or (hits == 1 and (start.startswith(("disclaimer", "©", "copyright")) or len(text) < 90))


def judged(pieces: Sequence[Piece]) -> list[Piece]:
    """The same blocks with the reason each is set aside; empty for the article itself.

    A heading of another section ("You may also like") after the first running text sets aside all that follows;
    before it, only what stands until running text begins.
    """
    found: list[Piece] = []
    seen: dict[str, str] = {}
    often: Counter[str] = Counter()
    begun = tail = False
    lead = False
    for piece in pieces:
        reason = piece.reason
        folded = " ".join(piece.text.casefold().split())
        words = piece.text.split()
        if not reason and tail:
            reason = "other stories"
        elif not reason:
            if len(words) <= 8 and len(piece.text) <= 120 and TAIL.match(piece.text.strip()):
                tail, lead, reason = begun, not begun, "other stories"
            else:
                reason = seen[folded] if folded in seen else sort_of(piece, words)
            if not reason and running(piece.text):
                begun, lead = True, False
            elif not reason and lead and piece.kind != "heading":
                reason = "other stories"
            often[folded] += 1
            if not reason and folded in seen and (len(words) > 2 or often[folded] > 3):
                reason = "repeated"
        seen.setdefault(folded, "" if reason in ("other stories", "repeated") else reason)
        found.append(Piece(piece.text, piece.kind, reason))
    return without_menus(found)


def sort_of(piece: Piece, words: Sequence[str]) -> str:
    """Why one block, seen alone, is none of the article; empty where it is."""
    text = piece.text
    if piece.kind == "row":
        return ""
    if COOKIE.search(text[:600]):
        return "cookie notice"
    if legal(text[:2000]):
        return "legal text"
    short = len(text) <= 120
    if short and any(c.isdigit() for c in text) and TICKER.fullmatch(text):
        return "ticker"
    if short and len(words) <= 8 and TICKER_NAME.search(text):
        return "ticker"
    if not LETTERS.search(text[:2000]):
        return "fragment"
    if len(words) <= 40 and PROMO.search(text[:400]):
        return "promotion"
    if len(words) <= 25 and INLINE.match(text[:200]):
        return "pointer to another page"
    if (
        len(words) <= 12
        and len(text) <= 300
        and len(CRUMBS.findall(text)) >= 2
        and not SENTENCE_END.search(text[-40:])
    ):
        return "menu"
    return ""


def without_menus(pieces: Sequence[Piece]) -> list[Piece]:
    """Runs of four or more tiny blocks set aside as menus."""
    found = list(pieces)
    run: list[int] = []
    for i, piece in enumerate([*pieces, Piece("", "end")]):
        tiny = (
            piece.kind in ("paragraph", "item")
            and len(piece.text.split()) <= 3
            and not SENTENCE_END.search(piece.text[-40:])
            and not any(c.isdigit() for c in piece.text)
        )
        if piece.reason and run and piece.kind != "end":
            continue
        if tiny:
            run.append(i)
            continue
        if len(run) >= 4:
            for j in run:
                found[j] = Piece(pieces[j].text, pieces[j].kind, "menu")
        run = []
    return found
