"""Where the sets of members are solved: on threads here, on processes here, or on a Dask cluster."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from oresight.core.processes import processes
from oresight.studies.cluster import RETRIES, connected


@contextmanager
def executor(scheduler: str | None, apart: int = 0) -> Iterator[Executor | None]:
    """Anything with `submit`, on a cluster or on processes; None for threads of this one.

    Args:
        apart: Processes of this machine, where no scheduler is named; fewer than two are none.
        scheduler: Address of a Dask scheduler, such as tcp://10.0.0.5:8786. Pieces whose worker dies are retried.

    Raises:
        StudyError: The cluster extra is missing or the scheduler does not answer.
    """
    if scheduler is None and apart > 1:
        with processes(apart) as pool:
            yield pool
        return
    if scheduler is None:
        yield None
        return
    with connected(scheduler) as client:
        yield client.get_executor(retries=RETRIES, pure=False)
