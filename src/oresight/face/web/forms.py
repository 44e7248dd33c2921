"""A view in each of its forms: page, JSON, CSV, workbook, SVG, PNG; rendered once, compressed once, tagged."""

import gzip
import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oresight.core.answer import Answer
from oresight.core.errors import unknown_name
from oresight.face.brief.files import named_sheets, write_workbook
from oresight.face.text_tables import as_csv
from oresight.face.web import pictures, templates, trace
from oresight.face.web.blocks import Picture, View
from oresight.face.web.registry import Page, page, pages
from oresight.face.web.state import State
from oresight.studies import names
from oresight.studies.books import TRADE_FIRST, TRADE_LAST

MEDIA = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "vl.json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PACKED = ("html", "json", "csv", "svg", "vl.json")
DRAWN = {"svg": pictures.as_svg, "png": pictures.as_png, "vl.json": pictures.as_spec}


@dataclass(frozen=True)
class Rendered:
    """A view in one form, ready to be sent.

    Args:
        body: Its bytes.
        packed: The same compressed; empty where that gains nothing.
        tag: Its entity tag.
        media: Its media type.
        filename: What it is saved as; empty for a page.
    """

    body: bytes
    packed: bytes
    tag: str
    media: str
    filename: str = ""

    @property
    def weight(self) -> float:
        """Memory it takes [MB]."""
        return (len(self.body) + len(self.packed)) / 1e6


def rendered(body: bytes, media: str, filename: str = "", packed: bool = True) -> Rendered:
    """Bytes with their tag, compressed where that gains."""
    small = gzip.compress(body, 6, mtime=0) if packed and len(body) > 500 else b""
    return Rendered(body, small, f'"{hashlib.sha256(body).hexdigest()[:24]}"', media, filename)


def render(view: View, where: Page, target: str, state: State, form: str, pick: str = "") -> Rendered:
    """A view in a form.

    Args:
        view: The view.
        where, target, state: What it is a view of.
        form: html, from, bare, json, csv, xlsx, svg, png or vl.json.
        pick: The sheet of a CSV, the picture of an SVG, PNG or specification; the first by default.

    Raises:
        StudyError: The view has no sheet or picture of that name.
    """
    stem = "-".join(p for p in ("oresight", where.id, target) if p)
    if form == "html":
        return rendered(html(view, where, target, state).encode(), MEDIA["html"])
    if form in ("from", "bare"):
        return rendered(origin(view, where, target, state, form, pick).encode(), MEDIA["html"])
    if form == "json":
        text = json.dumps(as_json(view, where, target, state), ensure_ascii=False, allow_nan=False)
        return rendered(text.encode(), MEDIA["json"])
    if form == "csv":
        sheets = view.sheets()
        name = pick or next(iter(sheets))
        if name not in sheets:
            raise unknown_name("sheet", name, sheets)
        return rendered(as_csv(sheets[name]).encode(), MEDIA["csv"], f"{stem}-{name}.csv")
    if form == "xlsx":
        return rendered(workbook(view.answers), MEDIA["xlsx"], f"{stem}.xlsx", packed=False)
    drawn = view.pictures()
    name = pick or next(iter(drawn), "")
    if name not in drawn:
        raise unknown_name("chart", name, drawn)
    return rendered(DRAWN[form](drawn[name]), MEDIA[form], f"{stem}-{name}.{form}", packed=form in PACKED)


def workbook(answers: tuple[Answer, ...]) -> bytes:
    """All sheets of a view as one workbook."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) / "view.xlsx"
        write_workbook(named_sheets(answers), answers, where)
        return where.read_bytes()


def as_json(view: View, where: Page, target: str, state: State) -> dict[str, Any]:
    """A view as JSON: what was asked, what was found, every answer behind it."""
    return {
        "page": where.id,
        "target": target or None,
        "question": view.question,
        "finding": view.finding,
        "state": {
            "coalition": state.coalition.id,
            "supplier": list(state.supplier.members),
            "year": state.year,
            **state.more,
        },
        "answers": [a.as_dict() for a in view.answers],
    }


def html(view: View, where: Page, target: str, state: State) -> str:
    """A view as a page."""
    path = where.at(target)

    def twin(form: str, **pick: str) -> str:
        return state.here(where.twin(target, form), **pick)

    view = trace.traced(view, twin)

    def drawn(picture: Picture) -> Any:
        return pictures.inline(picture, picture.id)

    return templates.render(
        "view.html.j2",
        view=view,
        title=view.title,
        where=where,
        path=path,
        state=state,
        twin=twin,
        drawn=drawn,
        origin=lambda figure: state.href("/explain", figure=figure),
        **around(state, where.id),
    )


def origin(view: View, where: Page, target: str, state: State, form: str, pick: str) -> str:
    """Where a figure of a view comes from, as a page or, bare, as a part of one.

    Raises:
        StudyError: The view has no such figure.
    """

    def twin(form: str, **picked: str) -> str:
        return state.here(where.twin(target, form), **picked)

    figure = trace.read(pick)
    values = {
        "sheet": figure.sheet,
        "column": figure.column,
        "row": "" if figure.row is None else str(figure.row),
    }
    return templates.render(
        "from.html.j2" if form == "bare" else "from_page.html.j2",
        title="Where from?",
        origin=trace.origin(view, figure),
        state=state,
        twin=twin,
        bare=form == "bare",
        here=twin("from", **values),
        back=state.here(where.at(target)),
        **around(state, where.id),
    )


def around(state: State | None, here: str = "") -> Mapping[str, Any]:
    """What stands around every page: places to go, choices of coalition, supplier and year."""
    return {
        "places": tuple(
            (p.label, state.href(p.path) if state else p.path, p.id == here) for p in pages() if p.label
        ),
        "choices": choices(),
        "years": range(TRADE_LAST, TRADE_FIRST - 1, -1),
        "asked": state,
        "has": page,
    }


def choices() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Coalitions and countries a reader can choose, in groups."""
    own = names.coalition().members
    labels = names.country_labels()
    blocs = tuple((b, capital(names.BLOC_LABELS.get(b, b.replace("-", " ")))) for b in names.blocs())
    members = tuple(sorted(((c, labels[c]) for c in own), key=lambda x: x[1]))
    codes = set(names.country_names().values()) - set(own) - {"WLD", "EU27", "OTH"}
    others = tuple(sorted(((c, labels[c]) for c in codes if c in labels), key=lambda x: x[1]))
    return (("Coalitions", blocs), ("The G7+ coalition's members", members), ("Other countries", others))


def capital(text: str) -> str:
    """A label as it stands alone.

    >>> capital("the G7+ coalition")
    'G7+ coalition'
    """
    bare = text.removeprefix("the ")
    return bare[:1].upper() + bare[1:]
