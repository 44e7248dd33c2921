"""Pieces of a long computation on threads or on anything with `submit`: progress, cancelling, an end to all of them."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

from oresight.core.progress import Reporter, report

PATIENCE = 0.25
"""How often progress is told while pieces are under way [s]."""

Part = TypeVar("Part")


class Tally:
    """How much of a stretch of work is done, told to a reporter that may cancel."""

    def __init__(
        self, reporter: Reporter, total: float, doing: str, first: float = 0.0, last: float = 1.0
    ) -> None:
        """
        Args:
            reporter: Told. doing: What is being done.
            total: Weight of all pieces. first, last: Share of the whole work before and after this stretch.
        """
        self.reporter, self.total, self.doing = reporter, max(total, 1e-300), doing
        self.first, self.last, self.done = first, last, 0.0

    def tell(self) -> None:
        """Tell; raises `Cancelled` where nobody waits any more."""
        report(self.reporter, self.first + (self.last - self.first) * self.done / self.total, self.doing)

    def add(self, weight: float = 1.0) -> None:
        """Count a piece as done and tell."""
        self.done += weight
        self.tell()


@contextmanager
def pool_of(workers: int, executor: Executor | None, stop: Event | None = None) -> Iterator[Executor]:
    """The executor given, or threads of our own: the solver runs outside Python's lock.

    Args:
        workers: Threads; 0 counts as one.
        executor: Used instead of threads, and left open.
        stop: Set when the work is given up, so that running pieces end.
    """
    if executor is not None:
        yield executor
        return
    own = ThreadPoolExecutor(max_workers=max(1, workers))
    try:
        yield own
    except BaseException:
        if stop is not None:
            stop.set()
        raise
    finally:
        own.shutdown(wait=True, cancel_futures=True)


def as_they_come(futures: Iterable[Future[Part]], tell: Callable[[], None]) -> Iterator[Future[Part]]:
    """Futures as they end; meanwhile `tell` is called now and then, and may raise to give up."""
    left = set(futures)
    try:
        while left:
            ended, left = wait(left, PATIENCE, FIRST_COMPLETED)
            if not ended:
                tell()
            yield from ended
    finally:
        for future in left:
            future.cancel()


def all_of(futures: list[Future[Part]], tally: Tally) -> list[Part]:
    """Results of all futures in their order."""
    tally.tell()
    for future in as_they_come(futures, tally.tell):
        future.result()
        tally.add()
    return [future.result() for future in futures]
