"""One shape for everything that goes wrong: JSON for programs, a page for readers, the same words in both."""

import http
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from oresight.core.errors import DataError, ModelError, OresightError, StudyError
from oresight.face.web import templates


@dataclass(frozen=True)
class Problem:
    """What went wrong, as a face tells it.

    Args:
        status: HTTP status.
        what: What is wrong, as one sentence.
        mend: What the reader can do about it.
        facts: The same for machines.
    """

    status: int
    what: str
    mend: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The one JSON shape."""
        return {
            "error": {
                "status": self.status,
                "what": self.what,
                "mend": self.mend,
                "facts": dict(self.facts),
            }
        }


def from_error(error: OresightError, in_path: bool = False) -> Problem:
    """An error of the program as a problem.

    Args:
        error: What was raised.
        in_path: Whether the name that is unknown stands in the path: then the page is not there.
    """
    if isinstance(error, StudyError):
        status = 404 if in_path and error.facts.get("kind") in ("country", "commodity", "table") else 422
    elif isinstance(error, ModelError):
        status = 422
    elif isinstance(error, DataError):
        status = 500
    else:
        status = 500
    return Problem(status, error.what, error.mend, error.facts)


def wants_page(scope: MutableMapping[str, Any]) -> bool:
    """Whether a reader's browser asked for a page, not a program for data."""
    path = str(scope["path"])
    if path.startswith("/api") or path.rsplit("/", 1)[-1].rpartition(".")[2] in (
        "json",
        "csv",
        "xlsx",
        "png",
        "ics",
    ):
        return False
    accept = next((v for n, v in scope["headers"] if n.lower() == b"accept"), b"")
    return b"text/html" in accept


def problem_response(problem: Problem, scope: MutableMapping[str, Any]) -> Response:
    """The answer to a request that went wrong."""
    headers = {"cache-control": "no-store"}
    if problem.status == 503:
        headers["retry-after"] = "5"
    if not wants_page(scope):
        return JSONResponse(problem.as_dict(), problem.status, headers)
    try:
        title = http.HTTPStatus(problem.status).phrase
    except ValueError:
        title = "Error"
    page = templates.render("problem.html.j2", problem=problem, title=title, places=(), state=None)
    return HTMLResponse(page, problem.status, headers)
