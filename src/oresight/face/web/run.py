"""Serving the workbench: one process, on this machine only unless asked otherwise."""

import socket
import sys

from oresight.core.errors import StudyError
from oresight.face.web.app import create
from oresight.face.web.settings import Settings, allowed_hosts, checked

CLOSING_SECONDS = 5


def serve(host: str = "127.0.0.1", port: int = 8017, allow_remote: bool = False) -> None:
    """Serve the workbench until it is interrupted.

    Args:
        host: Address or name to listen on.
        port: Port; 0 for any free one.
        allow_remote: Whether other machines may ask; without it a public address is refused.

    Raises:
        StudyError: The address is public and that was not asked for, or the port is taken.
    """
    import uvicorn

    checked(host, port, allow_remote)
    listening = bound(host, port)
    settings = Settings(
        host, listening.getsockname()[1], allow_remote, hosts=allowed_hosts(host, allow_remote)
    )
    shown = f"[{host}]" if ":" in host else host
    print(
        f"oresight: the workbench is at http://{shown}:{settings.port}/  (Ctrl+C ends it)",
        file=sys.stderr,
        flush=True,
    )
    config = uvicorn.Config(
        create(settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CLOSING_SECONDS,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=32_768,
    )
    uvicorn.Server(config).run(sockets=[listening])


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens on an address.

    Raises:
        StudyError: The address cannot be had.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind, proto)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(128)
    except OSError as error:
        raise StudyError(
            f"cannot listen on {host[:60]} port {port}: {error.strerror or error}",
            "give another --port or --host",
        ) from error
    return found
