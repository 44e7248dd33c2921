"""Where the workbench listens and how much it takes on."""

import ipaddress
import socket
from dataclasses import dataclass, field

from oresight.core.errors import StudyError


@dataclass(frozen=True)
class Settings:
    """How the workbench runs.

    Args:
        host: Address or name it listens on.
        port: Port, 0 for any free one.
        allow_remote: Whether other machines may ask.
        quick: Threads for pages.
        slow: Threads for long runs, which queue behind each other.
        apart: Longest runs at a time, each in a process of its own.
        waiting: Most runs that may wait; more are turned away.
        body_max: Largest request body [bytes].
        url_max: Longest URL [bytes].
        seconds: Longest a request may take, progress streams left out [s].
        body_seconds: Longest pause while a body is sent [s].
        patience: How long a page waits before it shows progress instead [s].
        kept_mb: Memory for rendered views [MB].
        warm: Whether the first views are made in the background at start.
    """

    host: str = "127.0.0.1"
    port: int = 8017
    allow_remote: bool = False
    quick: int = 2
    slow: int = 1
    apart: int = 1
    waiting: int = 64
    body_max: int = 10_000_000
    url_max: int = 8_192
    seconds: float = 300.0
    body_seconds: float = 20.0
    patience: float = 0.9
    kept_mb: float = 96.0
    warm: bool = True
    hosts: frozenset[str] = field(default_factory=frozenset)


LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address.

    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0"), is_loopback("localhost")
    (True, False, True)
    """
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked(host: str, port: int, allow_remote: bool) -> None:
    """Refuse an address other machines reach, unless that is asked for.

    Raises:
        StudyError: The address is public without `--allow-remote`, or the port is none.
    """
    if not 0 <= port <= 65535:
        raise StudyError(f"port {port}", "give 0 to 65535")
    if not is_loopback(host) and not allow_remote:
        raise StudyError(
            f"{host[:60]!r} can be reached from other machines, and the workbench has no log-in",
            "serve on 127.0.0.1, or add --allow-remote if that is meant",
        )


def allowed_hosts(host: str, allow_remote: bool) -> frozenset[str]:
    """Names a Host header may carry: this machine's, and with `--allow-remote` the one it listens on.

    A page of a stranger that makes its own name point here carries that name and is turned away.
    """
    named = set(LOOPBACK_NAMES)
    if allow_remote:
        named |= {host.casefold(), socket.gethostname().casefold(), socket.getfqdn().casefold()}
    elif is_loopback(host):
        named.add(host)
    return frozenset(named)
