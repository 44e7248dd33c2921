"""The JSON API under /api: one address per study, described by OpenAPI with examples, the answers pages use."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from oresight.face.web.api_answer import answered, ok
from oresight.face.web.api_fields import Coalition, Name, Short, Supplier, Year
from oresight.face.web.handed import Handed, checked
from oresight.face.web.shapes import ERRORS, NamesShape, TextShape
from oresight.studies import (
    ask,
    claims,
    concentration,
    country,
    dependence,
    explain,
    history,
    names,
    quality,
    situation,
)
from oresight.studies.books import TRADE_LAST
from oresight.studies.catalogue import study as catalogue
from oresight.studies.commodity import study as commodity
from oresight.studies.events import study as events
from oresight.studies.stress import scenario_list as scenario_list
from oresight.studies.track import study as track

router = APIRouter(prefix="/api", responses=ERRORS)


@router.get("/situation", summary="Every mineral: supplier, exposure, cover", responses=ok("situation"))
async def get_situation(
    request: Request,
    coalition: Coalition = names.DEFAULT_COALITION,
    supplier: Supplier = names.DEFAULT_SUPPLIER,
    year: Year = TRADE_LAST,
) -> Response:
    """How exposed is a coalition to a supplier, and where is it worst?"""
    return await answered(
        request,
        ("situation", coalition, supplier, year),
        lambda tell: situation.situation(coalition, supplier, year, tell),
    )


@router.get("/members", summary="Every member and mineral", responses=ok("members"))
async def get_members(
    request: Request,
    coalition: Coalition = names.DEFAULT_COALITION,
    supplier: Supplier = names.DEFAULT_SUPPLIER,
    year: Year = TRADE_LAST,
) -> Response:
    """Which members depend on a supplier, for what?"""
    return await answered(
        request,
        ("members", coalition, supplier, year),
        lambda tell: situation.members(coalition, supplier, year),
    )


@router.get("/world", summary="Every country's mean exposure", responses=ok("world"))
async def get_world(
    request: Request, supplier: Supplier = names.DEFAULT_SUPPLIER, year: Year = TRADE_LAST
) -> Response:
    """Where in the world does supply pass through a supplier?"""
    return await answered(request, ("world", supplier, year), lambda tell: situation.world(supplier, year))


@router.get("/dependence", summary="Direct, hidden and whole-chain dependence", responses=ok("dependence"))
async def get_dependence(
    request: Request,
    who: Coalition = names.DEFAULT_COALITION,
    commodity: Annotated[
        list[str] | None,
        Query(max_length=40, description="Commodities or groups; all by default.", examples=[["gallium"]]),
    ] = None,
    supplier: Supplier = names.DEFAULT_SUPPLIER,
    year: Year = TRADE_LAST,
) -> Response:
    """Who depends on whom: direct, hidden behind hubs, and through every stage of the chain."""
    wanted = tuple(c[:200] for c in commodity or ())
    return await answered(
        request,
        ("dependence", who, wanted, supplier, year),
        lambda tell: dependence.dependence(who, wanted, supplier, year, reporter=tell),
    )


@router.get("/history", summary="The supplier's share of imports since 1995", responses=ok("history"))
async def get_history(
    request: Request,
    coalition: Coalition = names.DEFAULT_COALITION,
    supplier: Supplier = names.DEFAULT_SUPPLIER,
    group: Annotated[str, Query(max_length=200, examples=["rare-earths"])] = history.GROUP,
) -> Response:
    """How did dependence come about, and did anyone escape it?"""
    return await answered(
        request,
        ("history", coalition, supplier, group),
        lambda tell: history.history(coalition, supplier, names.commodity(group)),
    )


@router.get(
    "/concentration", summary="The largest maker of each strategic mineral", responses=ok("concentration")
)
async def get_concentration(request: Request, supplier: Supplier = names.DEFAULT_SUPPLIER) -> Response:
    """Where is production concentrated, and in whose hands?"""
    return await answered(
        request, ("concentration", supplier), lambda tell: concentration.concentration(supplier)
    )


@router.get("/commodity/{name}", summary="One commodity whole", responses=ok("commodity"))
async def get_commodity(
    request: Request,
    name: Name,
    coalition: Coalition = names.DEFAULT_COALITION,
    supplier: Supplier = names.DEFAULT_SUPPLIER,
    year: Year = TRADE_LAST,
) -> Response:
    """Who makes it, who needs it, where is the throat: chain, routes, makers, members, uses, prices, projects."""
    return await answered(
        request,
        ("commodity", name, coalition, supplier, year),
        lambda tell: commodity.commodity(name, coalition, supplier, year, tell),
    )


@router.get("/country/{name}", summary="One country whole", responses=ok("country"))
async def get_country(
    request: Request, name: Name, supplier: Supplier = names.DEFAULT_SUPPLIER, year: Year = TRADE_LAST
) -> Response:
    """What is a country most vulnerable to, why, and what do others need from it?"""
    return await answered(
        request, ("country", name, supplier, year), lambda tell: country.country(name, supplier, year, tell)
    )


@router.get("/claims", summary="Figures of January 2026 beside open data", responses=ok("claims"))
async def get_claims(
    request: Request,
    coalition: Coalition = names.DEFAULT_COALITION,
    supplier: Supplier = names.DEFAULT_SUPPLIER,
) -> Response:
    """What do the figures in the news come to?"""
    return await answered(
        request, ("claims", coalition, supplier), lambda tell: claims.claims(coalition, supplier)
    )


@router.get("/track", summary="Promises, plants, deadlines", responses=ok("track"))
async def get_track(
    request: Request,
    on: Annotated[
        str | None,
        Query(max_length=40, description="The day, ISO; today by default.", examples=["2026-11-22"]),
    ] = None,
    member: Short = None,
    commodity: Short = None,
    days: Annotated[int, Query(ge=1, le=3650)] = track.HORIZON_DAYS,
) -> Response:
    """Where promises, plants and deadlines stand on a day, each dollar counted once."""
    return await answered(
        request,
        ("track", on, member, commodity, days),
        lambda tell: track.track(on, member, commodity, days),
    )


@router.get("/events", summary="Measures that touch a good on its way", responses=ok("events"))
async def get_events(
    request: Request,
    on: Annotated[
        str | None,
        Query(max_length=40, description="The day, ISO; today by default.", examples=["2026-11-22"]),
    ] = None,
    to: Annotated[str | None, Query(max_length=2000, examples=["JPN"])] = None,
    by: Annotated[str | None, Query(max_length=2000, examples=["CHN"])] = None,
    commodity: Annotated[str | None, Query(max_length=200, examples=["gallium"])] = None,
    hs: Annotated[str | None, Query(max_length=20, examples=["811292"])] = None,
) -> Response:
    """Is a good on its way from one country to another restricted on a day, by whom, and is it suspended?"""
    return await answered(
        request, ("events", on, to, by, commodity, hs), lambda tell: events.events(on, to, by, commodity, hs)
    )


@router.get("/quality", summary="Grades, corrections, what is left out", responses=ok("quality"))
async def get_quality(request: Request, year: Year = TRADE_LAST) -> Response:
    """How good are the figures?"""
    return await answered(request, ("quality", year), lambda tell: quality.quality(year))


@router.get("/tables", summary="Tables of the catalogue", responses=ok("data"))
async def get_tables(request: Request) -> Response:
    """What does the catalogue hold, from whom, under which licence?"""
    return await answered(request, ("tables",), lambda tell: catalogue.overview())


@router.get("/tables/{name}", summary="First rows of a table", responses=ok("data"))
async def get_table(
    request: Request, name: Name, rows: Annotated[int, Query(ge=0, le=10_000)] = 200
) -> Response:
    """The first rows of a table, with fields and units."""
    return await answered(request, ("table", name, rows), lambda tell: catalogue.rows(name, rows))


@router.get("/explain", summary="Where a figure comes from", responses=ok("explain"))
async def get_explain(
    request: Request,
    figure: Annotated[
        str,
        Query(
            max_length=2000,
            description="A figure's id, as the column `figure` of answers carries it.",
            examples=["dependence:JPN:gallium:2024:CHN"],
        ),
    ],
) -> Response:
    """The rule that made a figure and the source rows it rests on."""
    return await answered(request, ("explain", figure), lambda tell: explain.explain(figure))


@router.get("/ask", summary="A question in words", responses=ok("ask"))
async def get_ask(
    request: Request,
    q: Annotated[str, Query(max_length=300, examples=["japan gallium", "if china stops magnets"])],
) -> Response:
    """The pages of the workbench that answer a question in a reader's words."""
    return await answered(request, ("ask", q), lambda tell: ask.ask(q))


@router.get("/names", summary="Names that are understood", response_model=NamesShape)
async def get_names() -> Any:
    """Ids and names of coalitions, countries, commodities and groups."""
    return {
        "coalitions": [{"id": b, "name": names.BLOC_LABELS.get(b, b)} for b in names.blocs()],
        "countries": [{"id": c, "name": n} for c, n in sorted(names.country_labels().items())],
        "commodities": [{"id": c, "name": n} for c, n in names.commodity_labels().items()],
        "groups": [{"id": g, "name": ", ".join(m)} for g, m in names.groups().items()],
    }


@router.get("/scenarios", summary="Scenarios that can be played by name", responses=ok("scenarios"))
async def get_scenarios(request: Request) -> Response:
    """Presets and events of the ledger that can be played by name."""
    return await answered(request, ("scenarios",), lambda tell: scenario_list.scenarios())


@router.post("/check", summary="Statements of a text against the record", responses=ok("check"))
async def post_check(request: Request, asked: TextShape) -> Response:
    """Every checkable statement of a text: confirmed, imprecise, wrong or unverified, with source and correction."""
    return await answered(
        request,
        ("check", asked.name, asked.text),
        lambda tell: checked(Handed(asked.text.encode("utf-8", "replace"), asked.name), tell),
    )
