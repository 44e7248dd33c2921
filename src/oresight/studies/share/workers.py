"""Where the sets of members are solved: on threads here, or on a Dask cluster."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from oresight.studies.cluster import connected
from oresight.studies.stress.ensemble import RETRIES


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
    with connected(scheduler) as client:
        yield client.get_executor(retries=RETRIES, pure=False)
