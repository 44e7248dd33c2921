"""The one tree of errors: what is wrong, how to mend it, and the facts for machines.

Raised everywhere, caught only by the faces: the command line prints one line and ends with code 2,
the web answers with one JSON shape.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from rapidfuzz import fuzz, process


class OresightError(Exception):
    """What went wrong, the mend, and the facts behind both.

    Args:
        what: Names, values and units of what is wrong, as one sentence.
        mend: What the reader can do about it, as one sentence; may be empty.
        facts: The same for machines: small, JSON-able values.

    >>> str(OresightError("no table 'trad'", mend="did you mean trade?"))
    "no table 'trad'; did you mean trade?"
    """

    def __init__(self, what: str, mend: str = "", facts: Mapping[str, Any] | None = None) -> None:
        self.what = what
        self.mend = mend
        self.facts = dict(facts or {})
        super().__init__(f"{what}; {mend}" if mend else what)


class DataError(OresightError):
    """Numbers or files that break the catalogue's promise."""


class StudyError(OresightError):
    """A question that cannot be asked: an unknown name, an impossible scenario."""


class ModelError(OresightError):
    """A fair question without a mathematical answer."""


class NoEquilibrium(ModelError):
    """The market did not clear; names the worst market and its imbalance."""


class Infeasible(ModelError):
    """No plan satisfies the limits; names those that bind and the nearest feasible target."""


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Known names most like the one that was asked for, best first.

    >>> nearest("galium", ["gallium", "germanium", "tin"], count=1)
    ['gallium']
    """
    hits = process.extract(
        name.lower(), {k: k.lower() for k in known}, scorer=fuzz.WRatio, limit=count, score_cutoff=45
    )
    return [key for _, _, key in hits]


def unknown_name(kind: str, name: str, known: Iterable[str]) -> StudyError:
    """The error for a name nobody knows, with the nearest known ones in its mend.

    >>> str(unknown_name("commodity", "galium", ["gallium"]))
    "unknown commodity 'galium'; did you mean gallium?"
    """
    names = list(known)
    near = nearest(name, names)
    shown = name if len(name) <= 60 else name[:57] + "..."
    mend = f"did you mean {', '.join(near)}?" if near else f"known are {', '.join(names[:8])}"
    if not near and len(names) > 8:
        mend += f" and {len(names) - 8} more"
    return StudyError(f"unknown {kind} {shown!r}", mend, {"kind": kind, "name": shown, "nearest": near})
