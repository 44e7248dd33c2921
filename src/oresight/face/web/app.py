"""The workbench put together: pages from the registry, their twins, the API, progress, health, behind the guard."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from oresight import __version__
from oresight.core.errors import OresightError
from oresight.core.progress import Cancelled
from oresight.face.web import api, api_models, routes
from oresight.face.web.desk import Desk
from oresight.face.web.guard import Guard
from oresight.face.web.problems import Problem, from_error, problem_response
from oresight.face.web.settings import Settings
from oresight.face.web.work import Busy

ABOUT = """The answers of the workbench as JSON, the ones its own pages use.

Every answer has a question, a finding in words, sheets with columns and units, and its basis: the tables with
edition and licence, the numbered rules, the assumptions. Unknown values are null. A bad question gets status 422
and one shape: what is wrong, how to mend it, and the facts.
"""


def create(settings: Settings, log: Callable[[str], None] | None = None) -> Guard:
    """The workbench as an ASGI application.

    Args:
        settings: Where it listens and how much it takes on.
        log: Takes one line of JSON per request; standard error by default.
    """
    desk = Desk(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        warming = asyncio.create_task(desk.warm()) if settings.warm else None
        yield
        if warming is not None:
            warming.cancel()
        await asyncio.to_thread(desk.work.close)

    app = FastAPI(
        title="oresight",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.desk = desk
    app.include_router(api.router)
    app.include_router(api_models.router)
    for route in routes.all_routes():
        app.router.routes.append(route)
    complaints(app)
    return Guard(app, settings, log)


def complaints(app: FastAPI) -> None:
    """Everything that is raised becomes one shape."""

    async def program(request: Request, error: Exception) -> Response:
        assert isinstance(error, OresightError)
        return problem_response(from_error(error, in_path=bool(request.path_params)), request.scope)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        said = {
            404: (f"there is no page {request.url.path[:80]}", "the situation leads to all pages"),
            405: (f"{request.method} is not answered here", ""),
        }.get(error.status_code, (str(error.detail), ""))
        found = problem_response(Problem(error.status_code, *said), request.scope)
        for name, value in (error.headers or {}).items():
            found.headers[name] = value
        return found

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first: dict[str, Any] = dict(error.errors()[0]) if error.errors() else {}
        where = ".".join(str(part) for part in first.get("loc", ())[1:]) or "the request"
        problem = Problem(
            422,
            f"{where}: {str(first.get('msg', 'is not understood')).lower()}",
            "see /api",
            {"field": where},
        )
        return problem_response(problem, request.scope)

    async def busy(request: Request, error: Exception) -> Response:
        return problem_response(
            Problem(503, "too many runs wait already", "ask again in a moment"), request.scope
        )

    async def stopped(request: Request, error: Exception) -> Response:
        return problem_response(Problem(503, "the run was stopped", "ask again"), request.scope)

    async def fault(request: Request, error: Exception) -> Response:
        return problem_response(
            Problem(500, "the workbench failed on this question", "the log of the terminal says where"),
            request.scope,
        )

    app.add_exception_handler(OresightError, program)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Busy, busy)
    app.add_exception_handler(Cancelled, stopped)
    app.add_exception_handler(Exception, fault)
