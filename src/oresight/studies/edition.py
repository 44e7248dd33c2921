"""The edition of everything an answer rests on, as one short text: it changes when any table or own row does."""

import hashlib
import sys
import time

from oresight import __version__
from oresight.catalog import overlay, store
from oresight.catalog.registry import tables


def edition() -> str:
    """Version of the program and stamps of all stored tables and of the reader's own rows.

    >>> edition() == edition()
    True
    """
    parts = [__version__]
    for where in (*(store.path(t.name) for t in tables()), overlay.where()):
        try:
            known = where.stat()
        except OSError:
            continue
        parts.append(f"{where}:{known.st_mtime_ns}:{known.st_size}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


FRESH = 0.25
"""How long an edition that was looked up is believed [s]: looking costs a hundred glances at files."""

_seen: tuple[float, str] = (float("-inf"), "")


def recent_edition() -> str:
    """The edition, looked up anew when the last look is a quarter of a second old.

    >>> recent_edition() == edition()
    True
    """
    global _seen
    now = time.monotonic()
    if now - _seen[0] > FRESH:
        _seen = (now, edition())
    return _seen[1]


_computed_from: str | None = None


def forget_if_changed() -> bool:
    """Forget what the studies have computed where a table or own row has changed since; whether there was anything.

    A program that stays up, a notebook or the workbench, asks before each question.

    >>> _ = forget_if_changed()
    >>> forget_if_changed()
    False
    """
    global _computed_from
    now = recent_edition()
    changed = _computed_from is not None and _computed_from != now
    _computed_from = now
    if changed:
        for name, module in list(sys.modules.items()):
            if name.startswith("oresight.studies"):
                for each in vars(module).values():
                    if callable(clear := getattr(each, "cache_clear", None)):
                        clear()
    return changed
