"""The desk where views are asked for: kept ones at once, others through the pool, each made and rendered once."""

import asyncio
import datetime
from collections.abc import Callable, Hashable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from oresight.core.errors import OresightError
from oresight.core.progress import Cancelled, Reporter
from oresight.face.web import forms, library
from oresight.face.web.blocks import View
from oresight.face.web.forms import Rendered
from oresight.face.web.kept import Kept
from oresight.face.web.registry import Page, page
from oresight.face.web.settings import Settings
from oresight.face.web.state import State, read
from oresight.face.web.work import Run, Work
from oresight.studies.edition import forget_if_changed, recent_edition

VIEWS_KEPT = 48
WARM = (
    ("situation", ""),
    ("minerals", ""),
    ("countries", ""),
    ("tracker", ""),
    ("sources", ""),
    ("stress", ""),
)
"""Views made in the background at start, the first asked for first."""


class Desk:
    """What is kept and what works behind the pages.

    Args:
        settings: Limits.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.work = Work(settings.quick, settings.slow, settings.waiting, settings.apart)
        self.views = Kept[View](VIEWS_KEPT)
        self.rendered = Kept[Rendered](settings.kept_mb, lambda r: r.weight)
        self.warming = settings.warm

    def moment(self) -> tuple[str, str]:
        """What a kept view may not outlive: the edition of the tables, and the day."""
        forget_if_changed()
        return recent_edition(), datetime.date.today().isoformat()

    async def view(
        self, request: Request, where: Page, target: str, state: State, form: str, pick: str, patience: float
    ) -> Rendered:
        """A view in a form.

        Raises:
            StudyError: The question cannot be asked.
            TimeoutError: It is not ready within the patience; `running` finds its run.
            Busy: Too much waits already.
        """
        key = self.key(where, target, state, form, pick)
        kept = self.rendered.peek(key)
        if kept is not None:
            request.state._state["oresight.from"] = "kept"
            return kept
        run = self.work.ask(
            key, lambda tell: self.make(key, where, target, state, form, pick, tell), where.lane
        )
        found: Rendered = await self.work.outcome(run, request.is_disconnected, patience)
        return found

    def key(self, where: Page, target: str, state: State, form: str, pick: str) -> Hashable:
        """What tells a rendered view from another."""
        return (where.id, target, *state.key, form, pick, where.stamp(state), *self.moment())

    def make(
        self, key: Hashable, where: Page, target: str, state: State, form: str, pick: str, tell: Reporter
    ) -> Rendered:
        """Make a view in a form and keep both."""
        of_view = (where.id, target, *state.key, where.stamp(state), *self.moment())
        view = self.views.get(of_view, lambda: where.build(target, state, tell))
        found = forms.render(view, where, target, state, form, pick)
        self.rendered.put(key, found)
        return found

    def running(self, where: Page, target: str, state: State, form: str, pick: str) -> Run | None:
        """The run that makes a view."""
        return self.work.by_key.get(self.key(where, target, state, form, pick))

    async def answer(self, request: Request, key: Hashable, ask: Callable[[Reporter], Any], lane: str) -> Any:
        """What a study gives to the API, through the same pool."""
        run = self.work.ask(("api", key, *self.moment()), ask, lane)
        return await self.work.outcome(run, request.is_disconnected)

    async def warm(self) -> None:
        """Make the first views in the background, so that the first reader waits less, and the charts' library."""
        try:
            for name, target in WARM:
                where = page(name)
                if where is None:
                    continue
                state = read({})
                key = self.key(where, target, state, "html", "")
                await asyncio.to_thread(
                    self.make, key, where, target, state, "html", "", lambda s, d: not self.work.closing
                )
            await asyncio.to_thread(library.script)
        except (OresightError, Cancelled):
            return
        finally:
            self.warming = False


def sent(request: Request, found: Rendered) -> Response:
    """A rendered view as a response: not modified where the reader has it, compressed where he can take it."""
    headers = {"etag": found.tag, "cache-control": "no-cache", "vary": "accept-encoding"}
    if found.filename:
        headers["content-disposition"] = f'attachment; filename="{found.filename}"'
    held = request.headers.get("if-none-match", "")
    if held == "*" or found.tag in [t.strip().removeprefix("W/") for t in held.split(",")]:
        return Response(status_code=304, headers=headers)
    body = found.body
    if found.packed and takes_gzip(request.headers.get("accept-encoding", "")):
        body = found.packed
        headers["content-encoding"] = "gzip"
    return Response(body, media_type=found.media, headers=headers)


def takes_gzip(header: str) -> bool:
    """Whether a reader takes gzip.

    >>> takes_gzip("br, gzip;q=0.8"), takes_gzip("gzip;q=0"), takes_gzip("")
    (True, False, False)
    """
    for part in header.casefold().split(","):
        name, _, weight = part.strip().partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
