"""How an address of the API answers: a study's answer as JSON, through the pool, kept like a page."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from oresight.core.answer import Answer
from oresight.face.web import forms
from oresight.face.web.desk import Desk, sent
from oresight.face.web.shapes import AnswerShape, example


def ok(path: str) -> Any:
    """How a good answer is described, with an example."""
    return {200: {"model": AnswerShape, "content": {"application/json": {"example": example(path)}}}}


async def answered(request: Request, key: tuple[object, ...], make: Any, lane: str = "quick") -> Response:
    """An answer as JSON, through the pool, kept like a page."""
    desk: Desk = request.app.state.desk
    whole = ("api", key, *desk.moment())
    kept = desk.rendered.peek(whole)
    if kept is None:

        def rendered(tell: Any) -> forms.Rendered:
            answer: Answer = make(tell)
            text = json.dumps(answer.as_dict(), ensure_ascii=False, allow_nan=False, default=str)
            found = forms.rendered(text.encode(), forms.MEDIA["json"])
            desk.rendered.put(whole, found)
            return found

        kept = await desk.answer(request, key, rendered, lane)
    return sent(request, kept)
