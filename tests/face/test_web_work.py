"""The pool behind the pages: one run per question, none for nobody, a bounded queue, errors told to all who wait."""

import asyncio
import threading
import time

import pytest

from oresight.core.errors import StudyError
from oresight.core.progress import Cancelled, Reporter, report
from oresight.face.web.kept import Kept
from oresight.face.web.work import Busy, Run, Work


def patiently(tell: Reporter) -> str:
    """Work that goes on until it is stopped, at most five seconds."""
    for step in range(500):
        report(tell, step / 500, f"step {step}")
        time.sleep(0.01)
    return "done"


def settled(run: Run, seconds: float = 6.0) -> str:
    """The state a run ends in."""
    limit = time.monotonic() + seconds
    while not run.ended and time.monotonic() < limit:
        time.sleep(0.01)
    return run.state


def test_two_who_ask_the_same_share_one_run() -> None:
    work = Work(quick=2)
    made = []
    go = threading.Event()

    def make(tell: Reporter) -> int:
        made.append(1)
        go.wait(5)
        return 42

    async def both() -> list[int]:
        one, two = work.ask("k", make), work.ask("k", make)
        assert one is two
        asyncio.get_running_loop().call_later(0.1, go.set)
        return list(await asyncio.gather(work.outcome(one), work.outcome(two)))

    assert asyncio.run(both()) == [42, 42]
    assert made == [1]
    work.close()


def test_a_run_nobody_waits_for_stops() -> None:
    work = Work(quick=1)

    async def ask_and_leave() -> Run:
        run = work.ask("k", patiently)

        async def gone() -> bool:
            return run.share > 0

        with pytest.raises(Cancelled):
            await work.outcome(run, gone)
        return run

    run = asyncio.run(ask_and_leave())
    assert settled(run) == "cancelled"
    assert run.share < 0.9
    work.close()


def test_a_run_goes_on_while_one_of_two_still_waits() -> None:
    work = Work(quick=1)

    async def one_leaves() -> str:
        run = work.ask("k", lambda tell: [report(tell, 0.5, "half"), time.sleep(0.6), "kept"][-1])
        left = iter((False, True))

        async def gone() -> bool:
            return next(left, True)

        stays = asyncio.create_task(work.outcome(run))
        with pytest.raises(Cancelled):
            await work.outcome(run, gone)
        return str(await stays)

    assert asyncio.run(one_leaves()) == "kept"
    work.close()


def test_impatience_leaves_the_run_to_the_page_that_shows_it() -> None:
    work = Work(quick=1)

    async def impatient() -> Run:
        run = work.ask("k", patiently)
        with pytest.raises(TimeoutError):
            await work.outcome(run, patience=0.05)
        return run

    run = asyncio.run(impatient())
    assert run.wanted and not run.ended
    assert work.find(run.token) is run
    work.let_go(run)
    assert settled(run) == "cancelled"
    work.close()


def test_the_queue_is_bounded_and_runs_in_order() -> None:
    work = Work(quick=1, waiting=2)
    go = threading.Event()
    order: list[int] = []

    def hold(tell: Reporter) -> None:
        go.wait(5)

    first = work.ask("first", hold)
    while first.state == "waiting":
        time.sleep(0.005)
    for n in (1, 2):
        work.ask(n, lambda tell, n=n: order.append(n))
    with pytest.raises(Busy):
        work.ask(3, lambda tell: None)
    assert work.counts() == {"waiting": 2, "running": 1}
    go.set()
    limit = time.monotonic() + 5
    while len(order) < 2 and time.monotonic() < limit:
        time.sleep(0.01)
    assert order == [1, 2]
    work.close()


def test_an_error_reaches_everyone_and_is_not_remembered() -> None:
    work = Work(quick=1)

    def fails(tell: Reporter) -> None:
        raise StudyError("no such thing", "name another")

    async def ask() -> None:
        run = work.ask("k", fails)
        with pytest.raises(StudyError, match="no such thing"):
            await work.outcome(run)

    asyncio.run(ask())
    assert "k" not in work.by_key
    assert asyncio.run(again(work)) == "fine"
    work.close()


async def again(work: Work) -> str:
    """Ask the key that failed once more."""
    return str(await work.outcome(work.ask("k", lambda tell: "fine")))


def test_slow_runs_do_not_hold_up_quick_ones() -> None:
    work = Work(quick=1, slow=1)
    go = threading.Event()
    slow = work.ask("slow", lambda tell: go.wait(5), "slow")
    assert asyncio.run(work.outcome(work.ask("quick", lambda tell: "at once"), patience=3)) == "at once"
    assert not slow.ended
    go.set()
    work.close()


def test_closing_stops_what_runs_and_takes_nothing_more() -> None:
    work = Work(quick=1)
    run = work.ask("k", patiently)
    work.shown(run)
    begun = time.monotonic()
    work.close()
    assert time.monotonic() - begun < 5
    assert run.state == "cancelled"
    with pytest.raises(Busy):
        work.ask("other", patiently)


def test_what_is_kept_is_made_once_and_bounded() -> None:
    kept = Kept[bytes](room=10, weigh=lambda b: float(len(b)))
    made = []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"1234"

    threads = [threading.Thread(target=lambda: kept.get("a", make)) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(made) == 1
    for k in range(50):
        kept.put(k, b"12345")
    assert kept.weight <= 10 and len(kept.held) == 2
    with pytest.raises(ZeroDivisionError):
        kept.get("bad", lambda: bytes(1 // 0))
    assert kept.get("bad", lambda: b"ok") == b"ok" and not kept.making
