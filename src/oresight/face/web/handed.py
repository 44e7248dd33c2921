"""What is handed over, an article or a list of purchases: held in memory while the workbench runs, and nowhere else."""

import hashlib
from dataclasses import dataclass

from oresight.core.answer import Answer
from oresight.core.errors import DataError, StudyError
from oresight.core.progress import Reporter
from oresight.face.web.kept import Kept
from oresight.studies.check.files import check_bytes

ROOM = 48e6
"""Bytes held; the longest unused are forgotten first."""


@dataclass(frozen=True)
class Handed:
    """A text or file as it was handed over: its bytes and what to call it."""

    content: bytes
    name: str


HELD = Kept[Handed](ROOM, lambda a: float(len(a.content)) + 200)


def hold(content: bytes, name: str) -> str:
    """Hold what is handed over; returns the digest it is found by.

    Raises:
        StudyError: It is empty.
    """
    if not content.strip():
        raise StudyError("nothing was handed over", "paste a text or choose a file")
    given = Handed(content, name[:80] or "text")
    digest = hashlib.sha256(given.name.encode() + b"\0" + content).hexdigest()[:32]
    HELD.put(digest, given)
    return digest


def checked(article: Handed, reporter: Reporter) -> Answer:
    """What the record says of an article.

    Raises:
        StudyError: The article is empty, too large, or no text.
    """
    try:
        return check_bytes(article.content, article.name, reporter)
    except DataError as error:
        # what breaks a promise here is what was handed over, not the catalogue
        raise StudyError(error.what, error.mend, error.facts) from error


def held(digest: str) -> Handed:
    """What was handed over, by its digest.

    Raises:
        StudyError: It is held no more.
    """
    found = HELD.peek(digest)
    if found is None:
        raise StudyError("what was handed over is held no more", "hand it over again: it is never stored")
    return found
