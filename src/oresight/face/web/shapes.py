"""Shapes of the API's answers, for its description, with an example of each kind."""

from typing import Any

from pydantic import BaseModel, Field

Value = str | float | int | bool | None


class ColumnShape(BaseModel):
    """One column of a sheet."""

    name: str = Field(description="Key in the rows.")
    about: str = Field(description="What a value says.")
    unit: str = Field(description="Unit of the values, 1 for shares, empty for text.")
    kind: str = Field(description="text, number, share, integer, date, flag, id or note.")


class SheetShape(BaseModel):
    """A labelled table: columns with units, rows by column name, null where unknown."""

    title: str
    columns: list[ColumnShape]
    rows: list[dict[str, Value]]


class TableShape(BaseModel):
    """A catalogue table an answer rests on."""

    name: str
    vintage: str
    publisher: str
    licence: str


class AssumptionShape(BaseModel):
    """A figure nobody published, and where it stands."""

    id: str
    text: str


class BasisShape(BaseModel):
    """What an answer rests on."""

    tables: list[TableShape]
    rules: list[str]
    assumptions: list[AssumptionShape]
    cautions: list[str]


class AnswerShape(BaseModel):
    """A study's answer."""

    study: str
    question: str
    finding: str
    parameters: dict[str, Any]
    sheets: dict[str, SheetShape]
    basis: BasisShape


class ErrorFacts(BaseModel):
    """What is wrong, how to mend it, the facts."""

    status: int
    what: str
    mend: str
    facts: dict[str, Any]


class ErrorShape(BaseModel):
    """The one shape of everything that goes wrong."""

    error: ErrorFacts


class ScenarioShape(BaseModel):
    """A scenario of one's own."""

    toml: str = Field(
        max_length=200_000,
        examples=[
            'name = "mine"\n[[measure]]\nfrom = ["CHN"]\nto = ["JPN"]\ncommodities = ["gallium"]\ncut = 1.0\n'
        ],
    )
    coalition: str = Field(default="g7plus-2026", max_length=2000, examples=["g7plus-2026"])
    draws: int = Field(default=32, ge=1, le=2048, examples=[8])


class TextShape(BaseModel):
    """A text to be checked."""

    text: str = Field(max_length=2_000_000, examples=["China processes over 80% of the world's rare earths."])
    name: str = Field(default="text", max_length=80, examples=["an article"])


class NamedShape(BaseModel):
    """An id and the name a reader sees."""

    id: str
    name: str


class NamesShape(BaseModel):
    """Names that are understood."""

    coalitions: list[NamedShape]
    countries: list[NamedShape]
    commodities: list[NamedShape]
    groups: list[NamedShape]


def error(status: int, what: str, mend: str, facts: dict[str, Any] | None = None) -> Any:
    """How an error is described, with an example."""
    body = {"error": {"status": status, "what": what, "mend": mend, "facts": facts or {}}}
    return {"model": ErrorShape, "description": what, "content": {"application/json": {"example": body}}}


ERRORS: dict[int | str, dict[str, Any]] = {
    400: error(400, "There was an error parsing the body", "send JSON in UTF-8"),
    404: error(404, "unknown commodity 'galium'", "did you mean gallium?", {"kind": "commodity"}),
    413: error(413, "the request is too large", "at most 10 MB are read"),
    414: error(414, "a URL of 9000 bytes", "at most 8192 are read"),
    422: error(422, "no data for 1890", "years 1995 to 2024 are there", {"first": 1995, "last": 2024}),
    503: error(503, "too many runs wait already", "ask again in a moment"),
}


def example(study: str) -> dict[str, Any]:
    """An answer as it looks, shortened to one row; its values are of the kind the study gives, not its figures."""
    return {
        "study": study,
        "question": "What was asked, in a reader's words?",
        "finding": "What the numbers say, as a sentence made from them.",
        "parameters": {"supplier": ["CHN"], "year": 2024},
        "sheets": {
            study: {
                "title": "What stands in the rows",
                "columns": [
                    {"name": "commodity", "about": "id", "unit": "", "kind": "text"},
                    {"name": "exposure", "about": "share that passes through", "unit": "1", "kind": "share"},
                ],
                "rows": [{"commodity": "gallium", "exposure": None}],
            }
        },
        "basis": {
            "tables": [
                {
                    "name": "trade",
                    "vintage": "CEPII BACI HS92 V202601",
                    "publisher": "CEPII",
                    "licence": "Etalab 2.0",
                }
            ],
            "rules": ["network §5"],
            "assumptions": [],
            "cautions": [],
        },
    }
