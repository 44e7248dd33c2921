"""Parameters that several addresses of the API take, with their limits and examples."""

from typing import Annotated

from fastapi import Path, Query

from oresight.face.web.pages.stress import DRAWS_MOST
from oresight.studies.books import TRADE_FIRST, TRADE_LAST

Coalition = Annotated[
    str,
    Query(
        max_length=2000,
        description="A bloc, a country, or several separated by commas.",
        examples=["g7plus-2026", "JPN", "JPN,KOR"],
    ),
]
Supplier = Annotated[
    str, Query(max_length=2000, description="The dominant supplier: any set of countries.", examples=["CHN"])
]
Year = Annotated[
    int, Query(ge=TRADE_FIRST, le=TRADE_LAST, description="Calendar year.", examples=[TRADE_LAST])
]
Name = Annotated[str, Path(max_length=200)]
Day = Annotated[
    str | None,
    Query(max_length=40, description="The day, ISO; today by default.", examples=["2026-11-22"]),
]
Short = Annotated[str | None, Query(max_length=200)]
Draws = Annotated[int, Query(ge=1, le=DRAWS_MOST, description="Draws of the parameters.", examples=[8])]
