"""What stands before every page: who may ask, how much, how long; the headers every answer carries; the log.

Plain ASGI, so that streams pass through unbuffered.
"""

import asyncio
import ipaddress
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from oresight.face.web.problems import Problem, problem_response
from oresight.face.web.settings import Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing inline, nothing from elsewhere; charts are inline SVG without a style of their own."""

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
ASKING = frozenset({"GET", "HEAD", "OPTIONS"})
STREAM = re.compile(r"^/runs/[^/]+/progress$")


class TooLarge(Exception):
    """A body beyond the limit, found while it was read."""


class Guard:
    """The gate of the workbench.

    Args:
        app: What it guards.
        settings: Limits and the names it answers to.
        log: Takes one line of JSON per request; standard error by default.
    """

    def __init__(self, app: App, settings: Settings, log: Callable[[str], None] | None = None) -> None:
        self.app = app
        self.settings = settings
        self.log = log or (lambda line: print(line, file=sys.stderr, flush=True))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a problem."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        begun = time.perf_counter()
        seen: dict[str, Any] = {"status": 0, "bytes": 0}

        async def reply(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                own = {name for name, _ in message.get("headers", ())}
                message["headers"] = [
                    *message.get("headers", ()),
                    *((name, value) for name, value in HEADERS if name not in own),
                ]
            elif message["type"] == "http.response.body":
                seen["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            refused = self.refusal(scope)
            if refused is not None:
                await problem_response(refused, scope)(scope, receive, reply)
                return
            limit = None if STREAM.match(scope["path"]) else self.settings.seconds
            async with asyncio.timeout(limit):
                await self.app(scope, self.measured(scope, receive), reply)
        except TimeoutError:
            if not seen["status"]:
                late = Problem(504, f"this took longer than {self.settings.seconds:g} s", "ask for less")
                await problem_response(late, scope)(scope, receive, reply)
        except TooLarge:
            if not seen["status"]:
                await problem_response(self.too_large(), scope)(scope, receive, reply)
        finally:
            self.note(scope, seen, begun)

    def refusal(self, scope: Scope) -> Problem | None:
        """Why a request is not passed on; None where it may."""
        headers = {name.lower(): value for name, value in scope["headers"]}
        host = host_name(headers.get(b"host", b"").decode("latin-1"))
        if not self.known(host):
            return Problem(
                421, f"this workbench does not answer to the name {host[:60]!r}", "use its own address"
            )
        length = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
        if length > self.settings.url_max:
            return Problem(414, f"a URL of {length} bytes", f"at most {self.settings.url_max} are read")
        declared = headers.get(b"content-length", b"0").decode("latin-1")
        if declared.isdigit() and int(declared) > self.settings.body_max:
            return self.too_large()
        if scope["method"] not in ASKING and not same_origin(headers):
            return Problem(
                403, "a page of another origin asked for a change", "use the workbench's own pages"
            )
        return None

    def known(self, host: str) -> bool:
        """Whether a Host header names this workbench; addresses of numbers cannot be made to point here."""
        if host in self.settings.hosts:
            return True
        if not self.settings.allow_remote:
            return False
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return True

    def too_large(self) -> Problem:
        """The problem of a body beyond the limit."""
        return Problem(
            413, "the request is too large", f"at most {self.settings.body_max / 1e6:g} MB are read"
        )

    def measured(self, scope: Scope, receive: Receive) -> Receive:
        """Receive a body piece by piece, no more than allowed and no slower."""
        taken = 0
        whole = scope["method"] in ASKING

        async def measure() -> Message:
            nonlocal taken, whole
            if whole:
                return await receive()
            async with asyncio.timeout(self.settings.body_seconds):
                message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                whole = not message.get("more_body", False)
                if taken > self.settings.body_max:
                    raise TooLarge
            return message

        return measure

    def note(self, scope: Scope, seen: dict[str, Any], begun: float) -> None:
        """One line of JSON for the log; what a body held is never in it."""
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "method": scope["method"],
            "path": scope["path"][:300],
            "query": (scope.get("query_string") or b"").decode("latin-1")[:300],
            "status": seen["status"],
            "bytes": seen["bytes"],
            "ms": round((time.perf_counter() - begun) * 1000, 1),
        }
        if "oresight.from" in scope.get("state", {}):
            line["from"] = scope["state"]["oresight.from"]
        self.log(json.dumps(line, ensure_ascii=False))


def host_name(header: str) -> str:
    """The name in a Host header, without port and brackets.

    >>> host_name("LOCALHOST:8017"), host_name("[::1]:8017"), host_name("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    text = header.strip().casefold()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]


def same_origin(headers: MutableMapping[bytes, bytes]) -> bool:
    """Whether a change is asked for by the workbench's own page, or by a program, which sends no header of a browser."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        # the browser says so itself, and no page can make it lie
        return site in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    if origin is None:
        return True
    _, _, named = origin.decode("latin-1").partition("://")
    return named.casefold() == headers.get(b"host", b"").decode("latin-1").casefold()
