"""A workbench that really serves, for the tests that ask it over the wire."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import httpx
import pytest
import uvicorn

from oresight.core.progress import Reporter
from oresight.face.web import scenarios
from oresight.face.web.app import create
from oresight.face.web.pages import shock
from oresight.face.web.pages.shock import Shock
from oresight.face.web.settings import Settings, allowed_hosts
from oresight.face.web.state import State
from oresight.studies.plan import study as plan
from oresight.studies.stress import study as stress
from oresight.studies.stress.scenario import parse


@dataclass
class Served:
    """A workbench under test: its address, its log, the settings it runs with."""

    url: str
    settings: Settings
    lines: list[str] = field(default_factory=list)

    def client(self) -> httpx.Client:
        """A reader that follows no redirects of itself and is patient."""
        return httpx.Client(base_url=self.url, timeout=240)


@contextmanager
def served(settings: Settings) -> Iterator[Served]:
    """Serve the workbench on a free port of this machine, in a thread, until the block ends."""
    lines: list[str] = []
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    settings = replace(settings, port=port, hosts=settings.hosts or allowed_hosts("127.0.0.1", False))
    config = uvicorn.Config(
        create(settings, lines.append), log_level="error", access_log=False, server_header=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    limit = time.monotonic() + 20
    while not server.started and time.monotonic() < limit:
        time.sleep(0.01)
    assert server.started, "the workbench did not start"
    try:
        yield Served(f"http://127.0.0.1:{port}", settings, lines)
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


def small(state: State, reporter: Reporter) -> Shock:
    """The shock on one mineral with two draws: the whole one takes half a minute."""
    asked = {"from": "CHN", "to": "all", "what": "gallium"}
    played = parse(scenarios.as_toml(replace(state, more=asked)), "the shock")
    stressed = stress.stress(played, state.coalition.id, draws=2, reporter=reporter)
    return Shock(stressed, plan.plan(state.coalition.id, state.supplier.id, ["gallium"], curves=False))


@pytest.fixture(scope="session")
def workbench() -> Iterator[Served]:
    """The workbench with patience enough that no page shows progress, and a small shock behind the Situation."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shock, "compute", small)
        yield from serving()


def serving() -> Iterator[Served]:
    """The workbench of the session."""
    with served(Settings(warm=False, patience=240, url_max=60_000)) as found:
        yield found


@pytest.fixture(scope="session")
def serve() -> Callable[[Settings], object]:
    """Serves a workbench with other settings, as a context manager."""
    return served
