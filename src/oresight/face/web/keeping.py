"""Kept views over the wire: list, keep, remove, export, import; nothing else of a reader is stored."""

import asyncio
import json
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from oresight.core.errors import StudyError
from oresight.face.web import forms, templates
from oresight.face.web.registry import page
from oresight.studies import saved

FIELDS_MAX = 60
PART_MAX = 2_000_000


def all_routes() -> list[BaseRoute]:
    """Routes of what is kept."""
    return [
        Route("/saved", listed, methods=["GET"]),
        Route("/saved", keep, methods=["POST"]),
        Route("/saved.json", export),
        Route("/saved/remove", remove, methods=["POST"]),
        Route("/saved/import", take, methods=["POST"]),
    ]


def address(name: str, target: str, query: dict[str, str]) -> str | None:
    """Where a kept view stands; None where the workbench has no such page."""
    where = page(name)
    if where is None:
        return None
    return where.at(target) + (f"?{urlencode(query)}" if query else "")


def said(name: str) -> str:
    """What kind of view a page's is, as a reader calls it."""
    where = page(name)
    return where.label if where is not None else name


async def listed(request: Request) -> Response:
    """The page of kept views."""
    answer = await asyncio.to_thread(saved.saved)
    rows = [
        (
            str(r["name"]),
            address(str(r["page"]), str(r["target"]), json.loads(str(r["query"]))),
            str(r["kept"]),
            said(str(r["page"])),
            str(r["finding"] or ""),
        )
        for r in answer.sheets[0].records()
    ]
    text = templates.render(
        "saved.html.j2", title="Kept", state=None, answer=answer, rows=rows, **forms.around(None, "saved")
    )
    return HTMLResponse(text, headers={"cache-control": "no-store"})


async def keep(request: Request) -> Response:
    """Keep the view a form names."""
    async with request.form(max_files=0, max_fields=FIELDS_MAX, max_part_size=PART_MAX) as form:
        fields = {k: v for k, v in form.multi_items() if isinstance(v, str)}
    name, where, target, finding = (fields.pop(k, "") for k in ("_name", "_page", "_target", "_finding"))
    if page(where) is None:
        raise StudyError(f"{where[:40]!r} is no page", "keep a view from its own page")
    await asyncio.to_thread(saved.keep, name, where, target, {k: v for k, v in fields.items() if v}, finding)
    return RedirectResponse("/saved", 303)


async def remove(request: Request) -> Response:
    """Forget the view a form names."""
    async with request.form(max_files=0, max_fields=4, max_part_size=PART_MAX) as form:
        name = str(form.get("name", ""))
    await asyncio.to_thread(saved.remove, name)
    return RedirectResponse("/saved", 303)


async def export(request: Request) -> Response:
    """All kept views as a file."""
    text = await asyncio.to_thread(saved.exported)
    return Response(
        text,
        media_type="application/json",
        headers={
            "cache-control": "no-store",
            "content-disposition": 'attachment; filename="oresight-saved.json"',
        },
    )


async def take(request: Request) -> Response:
    """Keep the views of an exported file."""
    async with request.form(max_files=1, max_fields=4, max_part_size=PART_MAX) as form:
        given = form.get("file")
        content = await given.read() if isinstance(given, UploadFile) else b""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StudyError("the file is no UTF-8 text", "give one that was exported here") from error
    await asyncio.to_thread(saved.imported, text)
    return RedirectResponse("/saved", 303)
