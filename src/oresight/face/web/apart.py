"""Studies that take long, each in a process of its own: pages stay quick meanwhile, and cancelling ends it at once.

The child writes one line of JSON per step on its standard output and its answer, pickled, to a file it was given.
"""

import contextlib
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from oresight.core.answer import Answer
from oresight.core.errors import DataError, Infeasible, ModelError, NoEquilibrium, OresightError, StudyError
from oresight.core.progress import Cancelled, Reporter, report

GLANCE = 0.2
"""How often the parent looks whether anybody still waits [s]."""

SILENT = 3.0
"""Seconds without a step after which the time spent is told too [s]."""

ERRORS: tuple[type[OresightError], ...] = (StudyError, DataError, NoEquilibrium, Infeasible, ModelError)


@lru_cache(maxsize=1)
def resting() -> tempfile.TemporaryDirectory[str]:
    """Where finished parts of a run rest until the workbench ends, so that a cancelled run resumes."""
    return tempfile.TemporaryDirectory(prefix="oresight-")


def studies() -> dict[str, Callable[..., Answer]]:
    """Studies that can be asked for apart, by name."""
    from oresight.studies.plan import study as plan
    from oresight.studies.share import study as share
    from oresight.studies.stress import study as stress
    from oresight.studies.stress.reference_shock import reference_shock

    def stopped(supplier: str, coalition: str, draws: int, reporter: Reporter) -> Answer:
        return stress.stress(reference_shock(supplier), coalition, draws=draws, reporter=reporter)

    def shared(
        coalition: str, supplier: str, commodity: list[str], out: str, quick: bool, reporter: Reporter
    ) -> Answer:
        return share.share(coalition, supplier, commodity, reporter, out=Path(out), quick=quick, apart=True)

    return {"share": shared, "stress": stopped, "plan": plan.plan}


def apart(study: str, asked: Mapping[str, Any], reporter: Reporter, patient: bool = False) -> Answer:
    """What a study answers, from a process of its own.

    Args:
        study: Name in `studies`.
        asked: Its arguments, as JSON can hold them.
        reporter: Told of progress; where it answers False the process ends.
        patient: Whether it gives way to everything else on the machine.

    Raises:
        OresightError: As the study raised it.
        Cancelled: Nobody waits any more.
        DataError: The process ended without an answer.
    """
    with tempfile.TemporaryDirectory(prefix="oresight-") as folder:
        kept = Path(folder) / "answer"
        command = [sys.executable, "-m", __name__, study, json.dumps(asked), str(kept), str(int(patient))]
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, start_new_session=True
        )
        try:
            failed = followed(child, reporter)
        finally:
            ended(child)
        if failed is not None:
            raise failed
        if not kept.exists():
            raise DataError(f"the process of {study} ended without an answer", "ask again")
        found: Answer = pickle.loads(kept.read_bytes())
        return found


def followed(child: subprocess.Popen[str], reporter: Reporter) -> OresightError | None:
    """Pass on what a process tells until it ends; the error it tells of, if it does."""
    told: queue.Queue[str | None] = queue.Queue()
    assert child.stdout is not None
    threading.Thread(target=listen, args=(child.stdout, told), daemon=True).start()
    share, doing, since = 0.0, "starting", time.monotonic()
    failed: OresightError | None = None
    while True:
        try:
            line = told.get(timeout=GLANCE)
        except queue.Empty:
            quiet = time.monotonic() - since
            report(reporter, share, f"{doing}, {quiet:.0f} s" if quiet >= SILENT else doing)
            continue
        if line is None:
            return failed
        try:
            step = json.loads(line)
        except ValueError:
            continue
        if "error" in step:
            failed = error_of(step["error"])
        else:
            share, doing, since = float(step["share"]), str(step["doing"]), time.monotonic()
            report(reporter, share, doing)


def listen(stream: IO[str], told: "queue.Queue[str | None]") -> None:
    """Put each line of a stream into a queue, and None at its end."""
    with stream:
        for line in stream:
            told.put(line)
    told.put(None)


def ended(child: subprocess.Popen[str]) -> None:
    """End a process and those it started; nothing where it has ended by itself."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(child.pid, signal.SIGKILL)
            else:
                child.kill()
    child.wait()


def error_of(told: Mapping[str, Any]) -> OresightError:
    """The error a process told of."""
    kinds = {kind.__name__: kind for kind in ERRORS}
    kind = kinds.get(str(told.get("kind")), DataError)
    return kind(str(told["what"]), str(told["mend"]), told["facts"])


def main(study: str, asked: str, kept: str, patient: str) -> None:
    """Run a study, as the process of its own."""
    if patient == "1" and hasattr(os, "nice"):
        os.nice(10)
    # what libraries print is not for the parent
    steps, sys.stdout = sys.stdout, sys.stderr

    def tell(step: Mapping[str, Any]) -> None:
        print(json.dumps(step), file=steps, flush=True)

    try:
        answer = studies()[study](
            **json.loads(asked), reporter=lambda share, doing: tell({"share": share, "doing": doing})
        )
    except OresightError as error:
        kind = next(k.__name__ for k in (*ERRORS, OresightError) if isinstance(error, k))
        tell({"error": {"kind": kind, "what": error.what, "mend": error.mend, "facts": error.facts}})
        return
    except Cancelled:
        return
    half = Path(kept + ".part")
    half.write_bytes(pickle.dumps(answer))
    half.rename(kept)


if __name__ == "__main__":
    main(*sys.argv[1:5])
