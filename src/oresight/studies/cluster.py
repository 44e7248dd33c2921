"""A Dask cluster to work on: found at its address, or told in one line why not."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from oresight.core.errors import StudyError
from oresight.studies.stress.scenario_text import shown

CONNECT_SECONDS = 10
"""How long a scheduler may take to answer [s]."""
RETRIES = 3
"""How often a piece of work is tried again when the worker that had it died."""


@contextmanager
def connected(scheduler: str) -> Iterator[Any]:
    """A client of the scheduler at an address such as tcp://10.0.0.5:8786, closed in the end.

    Raises:
        StudyError: The cluster extra is missing or the scheduler does not answer.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise StudyError("--scheduler needs Dask", "pip install 'oresight[cluster]'") from error
    try:
        host, port = answering(scheduler)
        socket.create_connection((host, port), timeout=CONNECT_SECONDS).close()
        client = Client(scheduler, timeout=f"{CONNECT_SECONDS}s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise StudyError(
            f"no Dask scheduler answers at {shown(scheduler)}",
            "start one with `dask scheduler` and give its address, such as tcp://10.0.0.5:8786",
        ) from error
    with client:
        yield client


def answering(address: str) -> tuple[str, int]:
    """Host and port of a scheduler's address; ValueError where it is none.

    >>> answering("tcp://10.0.0.5:8786")
    ('10.0.0.5', 8786)
    """
    found = urlsplit(address)
    if found.scheme not in ("tcp", "tls") or not found.hostname or not found.port:
        raise ValueError(f"{address!r} is no address")
    return found.hostname, found.port
