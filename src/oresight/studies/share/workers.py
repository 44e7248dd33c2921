"""Where the sets of members are solved: on threads here, or on a Dask cluster."""

import socket
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from oresight.core.errors import StudyError
from oresight.studies.stress.ensemble import CONNECT_SECONDS, RETRIES, answering
from oresight.studies.stress.scenario_text import shown


@contextmanager
def executor(scheduler: str | None) -> Iterator[Executor | None]:
    """Anything with `submit`, on a cluster; None for threads of this machine.

    Args:
        scheduler: Address of a Dask scheduler, such as tcp://10.0.0.5:8786. Pieces whose worker dies are retried.

    Raises:
        StudyError: The cluster extra is missing or the scheduler does not answer.
    """
    if scheduler is None:
        yield None
        return
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
        yield client.get_executor(retries=RETRIES, pure=False)
