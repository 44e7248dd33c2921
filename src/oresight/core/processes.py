"""Processes of this machine that work for this one: a thread each, stopped when told, gone when this one is gone."""

import ctypes
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from typing import Any

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
"""What libraries read, when they start, to learn how many threads they may use."""

GRACE = 2.0
"""Seconds a worker that is told to stop has to end of its own accord."""
GLANCE = 0.1
"""How often a worker looks whether it is told to stop [s]."""

_stop: Any = None
"""In a worker: a flag in shared memory, raised by the process it works for. It has no lock, since a worker may be killed
at any moment, and one that is killed while it holds a lock would stop the others for good."""


@contextmanager
def processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Workers that share nothing with this process; where it fails, what is queued is dropped and they are told to stop.

    A program that is a script must start its work under `if __name__ == "__main__":`, since each worker reads it.

    Args:
        workers: How many.
    """
    context = get_context("spawn")
    stop = context.RawValue(ctypes.c_bool, False)
    with one_thread_each():
        pool = ProcessPoolExecutor(workers, context, initializer=begin, initargs=(stop,))
        try:
            yield pool
        except BaseException:
            stop.value = True
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes started meanwhile use one thread each: the cores are shared out by process already."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def begin(stop: Any) -> None:
    """Let a worker hear that it should stop, and end when it does not or when the process that started it is gone."""
    global _stop
    _stop = stop
    parent = parent_process()
    if parent is not None:

        def orphaned() -> None:
            parent.join()
            os._exit(1)

        def unheeding() -> None:
            while not stop.value:
                time.sleep(GLANCE)
            time.sleep(GRACE)
            os._exit(1)

        for watch in (orphaned, unheeding):
            threading.Thread(target=watch, daemon=True).start()


def told_to_stop() -> bool:
    """Whether this process is a worker whose work nobody waits for any more.

    >>> told_to_stop()
    False
    """
    return _stop is not None and bool(_stop.value)


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
