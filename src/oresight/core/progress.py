"""Progress of long work, as a callback: the models report, the faces draw, anyone may cancel.

A reporter is called with the share done (0..1) and what is being done; returning False asks to stop.
"""

from collections.abc import Callable

Reporter = Callable[[float, str], bool | None]


class Cancelled(Exception):
    """Work that was stopped because nobody waits for it any more."""


def silent(share: float, doing: str) -> None:
    """The reporter that reports to nobody."""


def report(reporter: Reporter, share: float, doing: str) -> None:
    """Tell the reporter and raise `Cancelled` where it answers False.

    >>> report(silent, 0.5, "half way")
    """
    if reporter(min(max(share, 0.0), 1.0), doing) is False:
        raise Cancelled(doing)
