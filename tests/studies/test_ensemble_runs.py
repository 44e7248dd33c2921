"""Many draws: the same numbers however they are cut, nothing lost in a crash, foreign folders left alone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from oresight.core.errors import StudyError
from oresight.core.progress import Cancelled
from oresight.studies import names
from oresight.studies.stress.ensemble import run
from oresight.studies.stress.run_folder import Job, chunks, finished
from oresight.studies.stress.scenario_named import scenario
from oresight.studies.stress.study import stress

WANTED = ["gallium"]


@pytest.fixture(scope="module")
def job() -> Job:
    return Job(scenario("gallium-germanium-2023"), names.coalition(), 24, 7)


def prices(job: Job, block: int, workers: int = 1, scheduler: str | None = None) -> np.ndarray:
    landed = run(job, WANTED, None, workers, scheduler, block=block)
    parts = {each.chunk.first: each.played for each in landed if each.played is not None}
    return np.concatenate([parts[k].price for k in sorted(parts)], axis=2)


def test_blocks_and_workers_change_no_number(job: Job) -> None:
    whole = prices(job, 24)
    assert whole.shape[2] == 24
    np.testing.assert_allclose(prices(job, 7), whole, rtol=1e-6)
    np.testing.assert_array_equal(prices(job, 7, workers=2), prices(job, 7))


@pytest.mark.slow
def test_a_cluster_gives_the_same_numbers(job: Job) -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        far = prices(job, 7, scheduler=cluster.scheduler_address)
    np.testing.assert_array_equal(far, prices(job, 7))


def test_a_cancelled_run_keeps_what_is_done_and_goes_on(job: Job, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with pytest.raises(Cancelled):
        for _ in run(job, WANTED, out, reporter=lambda share, said: share < 0.4, block=6):
            pass
    done = [c for c in chunks(WANTED, job.draws, 6) if finished(out, c)]
    assert 0 < len(done) < 4
    came = list(run(job, WANTED, out, block=6))
    assert sum(each.found for each in came) == len(done)
    assert all(finished(out, each.chunk) for each in came)


def test_a_killed_run_resumes_to_the_same_answer(tmp_path: Path) -> None:
    """kill -9 in the middle: what landed stays, the rest is computed, the answer is that of an undisturbed run."""
    out = tmp_path / "run"
    script = (
        "from pathlib import Path; from oresight.studies.stress.study import stress; "
        f"stress('gallium-germanium-2023', commodity=['gallium'], draws=512, out=Path({str(out)!r}))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    limit = time.monotonic() + 120
    while time.monotonic() < limit and child.poll() is None and not list(out.glob("*.json"))[1:]:
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    again = stress("gallium-germanium-2023", commodity=["gallium"], draws=512, out=out)
    fresh = stress("gallium-germanium-2023", commodity=["gallium"], draws=512, out=tmp_path / "other")
    assert again.as_dict()["sheets"] == fresh.as_dict()["sheets"]
    assert not list(out.glob(".*.parquet"))


def test_foreign_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(StudyError, match="not empty"):
        stress("gallium-germanium-2023", draws=4, out=tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "keep"
    other = tmp_path / "run"
    stress("gallium-germanium-2023", commodity=["gallium"], draws=4, out=other)
    with pytest.raises(StudyError, match="another run"):
        stress("gallium-germanium-2023", commodity=["gallium"], draws=8, out=other)


def test_no_scheduler_is_one_clear_line() -> None:
    with pytest.raises(StudyError) as caught:
        stress("gallium-germanium-2023", draws=2, scheduler="tcp://127.0.0.1:9")
    assert "\n" not in str(caught.value)
