"""Work behind the pages: a bounded pool with a queue, the same question asked twice is one run, none runs unwanted.

A run is wanted while somebody waits for it: a request, a progress stream, or a page shown a moment ago. When
the last one leaves, its reporter answers False and the study stops.
"""

import asyncio
import math
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from oresight.core.progress import Cancelled, Reporter

State = Literal["waiting", "running", "done", "failed", "cancelled"]
Make = Callable[[Reporter], Any]

GLANCE = 0.25
"""How often a waiting request looks whether its reader is still there [s]."""

FIRST_LEASE = 2.0
"""How long a new run counts as wanted before anybody waits for it [s]."""

BACK_LEASE = 180.0
"""How long a run in the background goes on though nobody waits for it [s]."""

LEASE = 12.0
"""How long a page that was just shown counts as waiting, until its stream opens [s]."""

REMEMBERED = 60.0
"""How long a finished run can be asked how it ended [s]."""


async def never() -> bool:
    """The one who asked stays."""
    return False


class Busy(Exception):
    """More runs wait than the workbench takes on."""


@dataclass
class Run:
    """One run of a study.

    Args:
        token: Its unguessable name.
        key: What is asked; two runs of one key never wait at the same time.
        make: Does it, telling a reporter.
        lane: quick, slow, apart or back.
        doing: What is being done, in words.
        share: How much is done, 0..1.
        state: Where it stands.
        waiters: How many wait for it now.
        lease: Until when a shown page counts as waiting, by the monotonic clock [s].
        future: Its outcome.
    """

    token: str
    key: Hashable
    make: Make
    lane: str
    doing: str = "waiting for its turn"
    share: float = 0.0
    state: State = "waiting"
    waiters: int = 0
    lease: float = 0.0
    ended: float = 0.0
    future: Future[Any] = field(default_factory=Future)

    @property
    def wanted(self) -> bool:
        """Whether anybody waits for it."""
        return self.waiters > 0 or time.monotonic() < self.lease


class Work:
    """The pool.

    Args:
        quick, slow: Threads of each lane.
        waiting: Most runs that may wait over all lanes.
        apart: Threads that watch a process of its own.
    """

    def __init__(self, quick: int = 2, slow: int = 1, waiting: int = 64, apart: int = 1) -> None:
        self.pools = {
            "quick": ThreadPoolExecutor(quick, thread_name_prefix="quick"),
            "slow": ThreadPoolExecutor(slow, thread_name_prefix="slow"),
            "apart": ThreadPoolExecutor(apart, thread_name_prefix="apart"),
            "back": ThreadPoolExecutor(1, thread_name_prefix="back"),
        }
        self.waiting = waiting
        self.gate = threading.RLock()
        self.by_key: dict[Hashable, Run] = {}
        self.by_token: dict[str, Run] = {}
        self.closing = False

    def ask(self, key: Hashable, make: Make, lane: str = "quick") -> Run:
        """The run that answers a question: the one already under way, or a new one at the end of the queue.

        Raises:
            Busy: The queue is full, or the workbench is closing.
        """
        with self.gate:
            self.forget()
            run = self.by_key.get(key)
            if run is not None:
                return run
            if self.closing or sum(r.state == "waiting" for r in self.by_key.values()) >= self.waiting:
                raise Busy
            lease = BACK_LEASE if lane == "back" else FIRST_LEASE
            run = Run(secrets.token_urlsafe(16), key, make, lane, lease=time.monotonic() + lease)
            self.by_key[key] = self.by_token[run.token] = run
            self.pools[lane].submit(self.perform, run)
            return run

    def perform(self, run: Run) -> None:
        """Do a run, unless nobody wants it any more when its turn comes."""
        if not run.wanted or self.closing:
            self.end(run, "cancelled", error=Cancelled("before it began"))
            return
        run.state = "running"

        def tell(share: float, doing: str) -> bool:
            run.share, run.doing = share, doing
            return run.wanted and not self.closing

        try:
            result = run.make(tell)
        except Cancelled as stopped:
            self.end(run, "cancelled", error=stopped)
        except BaseException as error:
            self.end(run, "failed", error=error)
        else:
            run.share = 1.0
            self.end(run, "done", result)

    def end(self, run: Run, state: State, result: Any = None, error: BaseException | None = None) -> None:
        """Close a run and tell those who wait."""
        with self.gate:
            run.state, run.ended = state, time.monotonic()
            run.make = silent_make
            if self.by_key.get(run.key) is run:
                del self.by_key[run.key]
        if error is not None:
            run.future.set_exception(error)
            # an outcome nobody fetches is no fault
            run.future.exception()
        else:
            run.future.set_result(result)

    def forget(self) -> None:
        """Drop finished runs whose end was long ago."""
        now = time.monotonic()
        for token, run in list(self.by_token.items()):
            if run.ended and now - run.ended > REMEMBERED:
                del self.by_token[token]

    def find(self, token: str) -> Run | None:
        """The run of a token."""
        return self.by_token.get(token)

    @contextmanager
    def waited_for(self, run: Run) -> Iterator[None]:
        """Count as waiting for a run."""
        with self.gate:
            run.waiters += 1
        try:
            yield
        finally:
            with self.gate:
                run.waiters -= 1

    def shown(self, run: Run) -> None:
        """A page shows the progress of a run: it counts as waiting until its stream opens."""
        run.lease = max(run.lease, time.monotonic() + LEASE)

    def let_go(self, run: Run) -> None:
        """A page that counted as waiting says it no longer does."""
        run.lease = 0.0

    def counts(self) -> dict[str, int]:
        """How many runs wait and how many are under way."""
        states = [run.state for run in list(self.by_key.values())]
        return {"waiting": states.count("waiting"), "running": states.count("running")}

    async def outcome(
        self, run: Run, gone: Callable[[], Awaitable[bool]] = never, patience: float = math.inf
    ) -> Any:
        """What a run gives.

        Args:
            run: The run.
            gone: Says whether the one who asked has left.
            patience: Longest to wait [s].

        Raises:
            TimeoutError: Patience ended first; the run goes on while its page is shown.
            Cancelled: The one who asked has left, or the run was stopped.
        """
        begun = time.monotonic()
        outcome = asyncio.wrap_future(run.future)
        # whoever leaves early fetches no outcome, and an error of it is no fault of his
        outcome.add_done_callback(lambda done: done.cancelled() or done.exception())
        with self.waited_for(run):
            while True:
                left = patience - (time.monotonic() - begun)
                done, _ = await asyncio.wait({outcome}, timeout=max(min(left, GLANCE), 0.0))
                if done:
                    return outcome.result()
                if left <= 0:
                    self.shown(run)
                    raise TimeoutError
                if await gone():
                    raise Cancelled("nobody waits")

    def close(self) -> None:
        """Stop taking runs, ask those under way to stop, and wait for them."""
        with self.gate:
            self.closing = True
        for pool in self.pools.values():
            pool.shutdown(wait=False, cancel_futures=False)
        limit = time.monotonic() + 5.0
        while self.by_key and time.monotonic() < limit:
            time.sleep(0.02)
        for run in list(self.by_key.values()):
            with suppress(Exception):
                self.end(run, "cancelled", error=Cancelled("the workbench closed"))


def silent_make(reporter: Reporter) -> None:
    """What is left of a run that ended: nothing to hold memory."""
