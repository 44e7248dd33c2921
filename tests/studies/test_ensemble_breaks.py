"""What breaks under a long run: a worker, its parent, the disk, the folder; nothing finished is lost."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from oresight.core.errors import DataError, StudyError
from oresight.studies import names
from oresight.studies.cluster import answering
from oresight.studies.stress import ensemble as ensemble
from oresight.studies.stress.ensemble import run
from oresight.studies.stress.run_folder import Job, chunks, finished, open_run
from oresight.studies.stress.scenario_named import scenario

WANTED = ["gallium", "germanium"]


@pytest.fixture(scope="module")
def job() -> Job:
    """Two small metals."""
    return Job(scenario("gallium-germanium-2023"), names.coalition(), 24, 7)


def children(of: int) -> list[int]:
    """Processes that another one started, as the system lists them."""
    found = []
    for task in Path(f"/proc/{of}/task").iterdir():
        try:
            found += [int(pid) for pid in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def workers_of(pid: int) -> list[int]:
    """Those of its children that are pool workers."""
    found = []
    for child in children(pid):
        try:
            said = Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            continue
        if b"spawn_main" in said:
            found.append(child)
    return found


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc")


@pytest.mark.slow
@needs_proc
def test_a_killed_worker_is_replaced(job: Job) -> None:
    """One worker gets a kill -9 after the first chunk landed: the run ends whole, with the same numbers."""
    alone = {each.chunk: each.played for each in run(job, WANTED, block=4) if each.played is not None}
    together = {}
    killed = 0
    for each in run(job, WANTED, workers=2, block=4):
        assert each.played is not None
        together[each.chunk] = each.played
        if not killed:
            killed = workers_of(os.getpid())[0]
            os.kill(killed, signal.SIGKILL)
    assert killed
    assert set(together) == set(alone)
    for chunk, played in together.items():
        np.testing.assert_array_equal(played.price, alone[chunk].price)
        np.testing.assert_array_equal(played.loss, alone[chunk].loss)


@needs_proc
def test_a_chunk_that_keeps_killing_is_given_up(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for ever: after a few tries the chunk is named, with what to do."""
    monkeypatch.setattr(ensemble, "RETRIES", 0)
    over = threading.Event()

    def killer() -> None:
        while not over.is_set():
            for pid in workers_of(os.getpid()):
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        with pytest.raises(DataError, match="lost their worker 1 times; lower --workers"):
            list(run(job, WANTED, workers=2, block=4))
    finally:
        over.set()
        thread.join()


@pytest.mark.slow
@needs_proc
def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    """kill -9 of the command leaves no process behind."""
    script = tmp_path / "long.py"
    script.write_text(
        "from oresight.studies.stress.study import stress\n"
        "if __name__ == '__main__':\n"
        "    stress('gallium-germanium-2023', draws=20000, workers=2)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, str(script)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    limit = time.monotonic() + 60
    workers: list[int] = []
    while time.monotonic() < limit and len(workers) < 2:
        workers = workers_of(parent.pid)
        time.sleep(0.05)
    time.sleep(1.0)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert len(workers) == 2
    while time.monotonic() < limit and any(Path(f"/proc/{w}").exists() for w in workers):
        time.sleep(0.05)
    assert not [
        w for w in workers if Path(f"/proc/{w}/cmdline").exists() and Path(f"/proc/{w}/cmdline").read_bytes()
    ]


def test_a_full_disk_keeps_what_is_finished(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third chunk finds the disk full: one line, no torn files, and a repeat goes on from there."""
    out = tmp_path / "run"
    real, written = pl.DataFrame.write_parquet, []

    def full(frame: pl.DataFrame, file: Path, **more: object) -> None:
        written.append(file)
        if len(written) > 4:
            Path(file).write_bytes(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(frame, file, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(pl.DataFrame, "write_parquet", full)
        with pytest.raises(DataError, match="No space left on device; free space and repeat"):
            list(run(job, WANTED, out, block=8))
    done = [c for c in chunks(WANTED, job.draws, 8) if finished(out, c)]
    assert len(done) == 2
    assert not [f for f in out.iterdir() if f.name.startswith(".")]
    assert [each.chunk for each in run(job, WANTED, out, block=8) if each.found] == done


def test_torn_files_count_as_unfinished(job: Job, tmp_path: Path) -> None:
    """An empty file, as a power cut leaves it, is computed again."""
    out = tmp_path / "run"
    came = [each.chunk for each in run(job, WANTED, out, block=12)]
    (out / f"{came[1].file}.totals.parquet").write_bytes(b"")
    again = [each.chunk for each in run(job, WANTED, out, block=12) if not each.found]
    assert again == [came[1]]


def test_folders_that_cannot_hold_a_run(job: Job, tmp_path: Path) -> None:
    """A file in its place, a folder under a file, a broken record, a record of something else."""
    file = tmp_path / "file"
    file.write_text("x")
    for out in (file, file / "below"):
        with pytest.raises(StudyError, match=r"cannot hold a run: .*; name a folder"):
            open_run(out, job, WANTED)
    for body in ("{", "[]", '{"fingerprint": 3}'):
        folder = tmp_path / f"run-{len(body)}"
        folder.mkdir()
        (folder / "run.json").write_text(body)
        with pytest.raises(StudyError, match=r"holds another run|not the record"):
            open_run(folder, job, WANTED)
        assert (folder / "run.json").read_text() == body


def test_the_order_of_a_mapping_is_not_part_of_a_run(job: Job, tmp_path: Path) -> None:
    """The same question finds its folder again; another seed, coalition or scenario does not."""
    open_run(tmp_path / "a", job, WANTED)
    open_run(tmp_path / "a", Job(scenario("gallium-germanium-2023"), names.coalition(), 24, 7), WANTED)
    for other in (
        Job(job.scenario, job.players, 24, 8),
        Job(job.scenario, names.coalition("g7"), 24, 7),
        Job(scenario("japan-2026"), job.players, 24, 7),
    ):
        with pytest.raises(StudyError, match="another run"):
            open_run(tmp_path / "a", other, WANTED)


def test_addresses_of_schedulers() -> None:
    """Host and port, or a refusal without waiting."""
    assert answering("tls://[::1]:8786") == ("::1", 8786)
    for text in ("", "abc", "tcp://", "tcp://host", "http://host:1", "tcp://host:99999", ":::"):
        with pytest.raises(ValueError, match=r"address|range|URL|Port"):
            answering(text)
