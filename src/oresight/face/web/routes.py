"""Every address of the workbench that is not the API: pages, twins, search, progress, files, health."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import lru_cache
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from oresight import __version__
from oresight.core.errors import StudyError
from oresight.face.web import forms, keeping, library, templates, trace
from oresight.face.web.desk import Desk, sent
from oresight.face.web.found import address
from oresight.face.web.handed import hold
from oresight.face.web.registry import Page, pages
from oresight.face.web.state import State, read
from oresight.face.web.work import Run
from oresight.studies import names
from oresight.studies.ask import ask
from oresight.studies.purchases.reading import EXAMPLE
from oresight.studies.track.deadlines import calendar_ics

TWINS = ("vl.json", "json", "csv", "xlsx", "svg", "png")
PULSE = 0.1
"""How often a progress stream looks at its run [s]."""


def all_routes() -> list[BaseRoute]:
    """All routes, twins before the pages whose path would swallow them."""
    found: list[BaseRoute] = [
        Route("/health", health),
        Route("/robots.txt", robots),
        Route("/favicon.ico", icon),
        Route("/static/{version}/{name}", static),
        Route("/search", search),
        Route("/api", described),
        Route("/runs/{token}/progress", progress),
        Route("/runs/{token}/leave", leave, methods=["POST"]),
        Route("/tracker.ics", calendar),
        *keeping.all_routes(),
        Route("/check", handed, methods=["POST"]),
        Route("/purchases", listed, methods=["POST"]),
        Route("/purchases/example.csv", example),
        Route("/coalition/choose", choose),
        Route("/situation", lambda request: RedirectResponse(_kept("/", request), 308)),
    ]
    for each in pages():
        found.append(Route(each.twin("{target}", "from"), asked_of(each)))
        for form in TWINS:
            found.append(Route(each.twin("{target}", form), shown(each, form)))
        found.append(Route(each.path, shown(each, "html")))
    return found


def _kept(path: str, request: Request) -> str:
    return f"{path}?{request.url.query}" if request.url.query else path


def desk_of(request: Request) -> Desk:
    """The desk of the workbench."""
    found: Desk = request.app.state.desk
    return found


def shown(where: Page, form: str) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a page in a form."""

    async def endpoint(request: Request) -> Response:
        state = read(request.query_params, where.own)
        target = resolved(where, request.path_params.get("target", ""))
        written = request.path_params.get("target", "")
        if written != target:
            there = where.twin(target, form) if form != "html" else where.at(target)
            return RedirectResponse(_kept(there, request), 308)
        pick = request.query_params.get("sheet" if form == "csv" else "chart", "") if form in TWINS else ""
        desk = desk_of(request)
        if form == "html" and where.id == "explain" and request.query_params.get("bare") == "1":
            return await bare(request, where, state)
        patience = desk.settings.patience if form == "html" else float("inf")
        try:
            return sent(request, await desk.view(request, where, target, state, form, pick[:80], patience))
        except TimeoutError:
            run = desk.running(where, target, state, form, pick[:80])
            if run is None:
                return RedirectResponse(str(request.url.replace(scheme="", netloc="")) or "/", 303)
            return working(run, where, target, state)

    return endpoint


def asked_of(where: Page) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of where a figure of a page comes from."""

    async def endpoint(request: Request) -> Response:
        state = read(request.query_params, where.own)
        target = resolved(where, request.path_params.get("target", ""))
        form = "bare" if request.query_params.get("bare") == "1" else "from"
        pick = trace.asked(request.query_params).pick
        return sent(
            request, await desk_of(request).view(request, where, target, state, form, pick, float("inf"))
        )

    return endpoint


def resolved(where: Page, written: str) -> str:
    """The id a path's target stands for: any spelling of a country or commodity leads to its one page."""
    if where.id == "commodity":
        return names.commodity(written)
    if where.id == "country":
        return names.country(written)
    return written


async def bare(request: Request, where: Page, state: State) -> Response:
    """The rows behind a figure as a part of a page, for the side panel."""
    desk = desk_of(request)
    key = (*desk.key(where, "", state, "html", ""), "bare")  # type: ignore[misc]
    kept = desk.rendered.peek(key)
    if kept is None:
        view = await desk.answer(request, key, lambda tell: where.build("", state, tell), "quick")
        text = templates.render(
            "explain.html.j2",
            view=view,
            state=state,
            path=where.at(),
            twin=lambda form, **pick: state.here(where.twin("", form), **pick),
        )
        kept = forms.rendered(text.encode(), forms.MEDIA["html"])
        desk.rendered.put(key, kept)
    return sent(request, kept)


def working(run: Run, where: Page, target: str, state: State) -> Response:
    """The page that shows the progress of a run, and turns into its result."""
    page = templates.render(
        "working.html.j2",
        title="Working",
        run=run,
        where=where,
        path=where.at(target),
        state=state,
        **forms.around(state, where.id),
    )
    return HTMLResponse(page, 202, {"cache-control": "no-store"})


async def progress(request: Request) -> Response:
    """How far a run is, as a stream of events; who listens counts as waiting."""
    desk = desk_of(request)
    run = desk.work.find(request.path_params["token"])
    if run is None:
        raise HTTPException(404)

    async def events() -> AsyncIterator[str]:
        last = ("", -1.0, "")
        with desk.work.waited_for(run):
            while True:
                now = (run.state, round(run.share, 3), run.doing)
                if now != last:
                    last = now
                    yield f"data: {json.dumps({'state': now[0], 'share': now[1], 'doing': now[2]})}\n\n"
                if run.ended or await request.is_disconnected():
                    return
                await asyncio.sleep(PULSE)

    return StreamingResponse(
        events(),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def leave(request: Request) -> Response:
    """A page no longer waits for its run."""
    desk = desk_of(request)
    run = desk.work.find(request.path_params["token"])
    if run is None:
        raise HTTPException(404)
    desk.work.let_go(run)
    return Response(status_code=204)


async def search(request: Request) -> Response:
    """From a question in words to the page that answers it."""
    text = request.query_params.get("q", "")
    given = {
        k: request.query_params[k] for k in ("coalition", "supplier", "year") if k in request.query_params
    }
    state = read(given)
    if not text.strip():
        return RedirectResponse(state.href("/"), 303)
    rows = ask(text).sheets[0].records()
    places = [(str(r["said"]), where) for r in rows if (where := address(r, state)) is not None]
    if not places:
        raise StudyError("the workbench has no page for that yet", "ask for a country, a mineral, or both")
    return RedirectResponse(places[0][1], 303)


async def handed(request: Request) -> Response:
    """Take an article to be checked and lead to its page; its text stays in memory and out of the log."""
    async with request.form(
        max_files=1, max_fields=4, max_part_size=desk_of(request).settings.body_max
    ) as form:
        given, written = form.get("file"), form.get("text")
        if isinstance(given, UploadFile) and given.filename:
            content, name = await given.read(), given.filename
        else:
            content, name = str(written or "").encode("utf-8", "replace"), "pasted text"
    digest = hold(content, "".join(c for c in name if c.isprintable())[-80:])
    return RedirectResponse(f"/check?article={digest}", 303)


async def listed(request: Request) -> Response:
    """Take a list of purchases and lead to its page; it stays in memory and out of the log."""
    async with request.form(
        max_files=1, max_fields=4, max_part_size=desk_of(request).settings.body_max
    ) as form:
        given, home = form.get("file"), str(form.get("home") or "").strip()
        if not isinstance(given, UploadFile) or not given.filename:
            raise StudyError("no list was handed over", "choose a CSV or XLSX file")
        content, name = await given.read(), given.filename
    digest = hold(content, "".join(c for c in name if c.isprintable())[-80:])
    asked = {"list": digest} | ({"home": names.country(home)} if home else {})
    return RedirectResponse(f"/purchases?{urlencode(asked)}", 303)


async def example(request: Request) -> Response:
    """A list to fill in."""
    return sent(
        request, forms.rendered(EXAMPLE.encode(), "text/csv; charset=utf-8", "oresight-purchases-example.csv")
    )


async def choose(request: Request) -> Response:
    """From the members ticked on the coalition's page to the address of their table."""
    asked = request.query_params
    chosen = list(dict.fromkeys(m.strip() for m in asked.getlist("member") if m.strip()))
    if not chosen:
        raise StudyError("nobody sits at the table", "tick two members or more")
    rest = {k: asked[k] for k in ("supplier", "year", "commodity", "sets") if k in asked}
    state = read({**rest, "coalition": seated(chosen)}, ("commodity", "sets"))
    return RedirectResponse(state.here("/coalition"), 303)


def seated(members: list[str]) -> str:
    """The coalition of members: by its own name where they are those of the default one."""
    usual = list(names.coalition().players)
    ordered = [p for p in usual if p in members] + [m for m in members if m not in usual]
    return names.DEFAULT_COALITION if ordered == usual else ",".join(ordered)


async def described(request: Request) -> Response:
    """The API for readers: every address with its parameters and an example."""
    page = templates.render(
        "api.html.j2",
        title="API",
        state=None,
        api=request.app.openapi(),
        encode=urlencode,
        **forms.around(None, "api"),
    )
    return sent(request, forms.rendered(page.encode(), forms.MEDIA["html"]))


async def calendar(request: Request) -> Response:
    """The calendar of deadlines as a file."""
    written = request.query_params.get("days", "")
    if written and not (written.isascii() and written.isdigit()):
        raise StudyError(f"{written[:40]!r} days ahead", "give a number of days")
    body = await asyncio.to_thread(
        calendar_ics, request.query_params.get("on") or None, int(written[:6]) if written else None
    )
    return sent(request, forms.rendered(body, "text/calendar; charset=utf-8", "oresight-deadlines.ics"))


async def health(request: Request) -> Response:
    """Whether it answers, whether it still makes its first views, and how much it has to do."""
    desk = desk_of(request)
    return JSONResponse(
        {"status": "ok", "version": __version__, "warming": desk.warming, **desk.work.counts()},
        headers={"cache-control": "no-store"},
    )


async def robots(request: Request) -> Response:
    """Nothing here is for search engines."""
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")


async def icon(request: Request) -> Response:
    """The icon, for browsers that ask without being told."""
    return Response(templates.static()["icon.svg"], media_type="image/svg+xml")


@lru_cache(maxsize=32)
def packed(name: str, content: bytes) -> forms.Rendered:
    """A linked file, compressed once."""
    return forms.rendered(content, templates.MEDIA[name.rpartition(".")[2]])


async def static(request: Request) -> Response:
    """A linked file; its address names its version, so it may be kept for good."""
    name = request.path_params["name"]
    if name == library.NAME:
        content, current = await asyncio.to_thread(library.script), library.version()
    else:
        content, current = templates.static().get(name, b""), templates.version()
    if not content:
        raise HTTPException(404)
    fresh = request.path_params["version"] == current
    found = sent(request, packed(name, content))
    found.headers["cache-control"] = "public, max-age=31536000, immutable" if fresh else "no-store"
    return found
