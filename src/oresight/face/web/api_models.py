"""The JSON API of what is computed when asked: stress, withstand, plan, share, back-test; each with progress and cancel."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from oresight.face.web import scenarios
from oresight.face.web.apart import apart, resting
from oresight.face.web.api_answer import answered, ok
from oresight.face.web.api_fields import Coalition, Draws, Supplier
from oresight.face.web.shapes import ERRORS, ScenarioShape
from oresight.studies import names
from oresight.studies.backtest import study as backtest
from oresight.studies.plan import study as plan
from oresight.studies.plan.withstand import withstand
from oresight.studies.stress import study as stress
from oresight.studies.stress.scenario import parse

router = APIRouter(prefix="/api", responses=ERRORS)


@router.get("/stress", summary="What happens if the supplier stops", responses=ok("stress"))
async def get_stress(
    request: Request,
    scenario: Annotated[
        str,
        Query(
            max_length=200,
            description="A preset or an event; several joined with +.",
            examples=["japan-2010"],
        ),
    ] = scenarios.DEFAULT,
    coalition: Coalition = names.DEFAULT_COALITION,
    draws: Draws = stress.DRAWS,
) -> Response:
    """A scenario played on every mineral it touches: prices, shortage, uses, costs, routes, month by month."""
    return await answered(
        request,
        ("stress", scenario, coalition, draws),
        lambda tell: stress.stress(scenarios.named(scenario), coalition, draws=draws, reporter=tell),
        "slow",
    )


@router.post("/stress", summary="A scenario of your own, played", responses=ok("stress"))
async def post_stress(request: Request, asked: ScenarioShape) -> Response:
    """A scenario written as TOML, as docs/scenarios.md describes it, played as the presets are."""
    return await answered(
        request,
        ("stress", asked.toml, asked.coalition, asked.draws),
        lambda tell: stress.stress(
            parse(asked.toml, "scenario"), asked.coalition, draws=asked.draws, reporter=tell
        ),
        "slow",
    )


@router.get("/withstand", summary="A scenario with the plan and without", responses=ok("withstand"))
async def get_withstand(
    request: Request,
    scenario: Annotated[str, Query(max_length=200, examples=["gallium-germanium-2023"])] = scenarios.DEFAULT,
    coalition: Coalition = names.DEFAULT_COALITION,
    year: Annotated[
        int | None, Query(ge=0, le=9999, description="In which it starts; the middle of the plan by default.")
    ] = None,
) -> Response:
    """What the cheapest plan's plants and stocks would leave of a scenario in a later year."""
    return await answered(
        request,
        ("withstand", scenario, coalition, year),
        lambda tell: withstand(scenarios.named(scenario), coalition, year, reporter=tell),
        "slow",
    )


@router.get("/plan", summary="The cheapest way out", responses=ok("plan"))
async def get_plan(
    request: Request,
    coalition: Coalition = names.DEFAULT_COALITION,
    supplier: Supplier = names.DEFAULT_SUPPLIER,
    commodity: Annotated[list[str] | None, Query(max_length=40, examples=[["gallium"]])] = None,
    budget: Annotated[
        float | None, Query(ge=0, le=1e13, description="USD a year; no limit by default.")
    ] = None,
    target: Annotated[list[str] | None, Query(max_length=8, examples=[["cap=65%@2030"]])] = None,
    curves: Annotated[bool, Query(description="Also frontier, cost of delay and supply curves.")] = True,
) -> Response:
    """What is the cheapest way out, how fast, at what price: portfolio, floors, prices of security, second opinion."""
    wanted, targets = tuple(c[:200] for c in commodity or ()), tuple(t[:200] for t in target or ())
    return await answered(
        request,
        ("plan", coalition, supplier, wanted, budget, targets, curves),
        lambda tell: plan.plan(coalition, supplier, wanted, budget, targets, curves, tell),
        "slow",
    )


@router.get("/share", summary="Who pays, who gains, who moves first", responses=ok("share"))
async def get_share(
    request: Request,
    coalition: Coalition = names.DEFAULT_COALITION,
    supplier: Supplier = names.DEFAULT_SUPPLIER,
    commodity: Annotated[list[str] | None, Query(max_length=40, examples=[["gallium"]])] = None,
    quick: Annotated[bool, Query(description="Few sets, in seconds; else every one, a minute.")] = False,
) -> Response:
    """The game of sets of members: splits, core, stability, waiting, who moves first, who joins."""
    wanted = [c[:200] for c in commodity or ()]
    asked = {
        "coalition": coalition,
        "supplier": supplier,
        "commodity": wanted,
        "quick": quick,
        "out": resting().name,
    }
    return await answered(
        request,
        ("share", coalition, supplier, quick, *wanted),
        lambda tell: apart("share", asked, tell),
        "apart",
    )


@router.get("/backtest", summary="The model against what happened", responses=ok("backtest"))
async def get_backtest(request: Request) -> Response:
    """Past export restrictions replayed with data from before each, against the prices seen."""
    return await answered(request, ("backtest",), lambda tell: backtest.backtest(reporter=tell), "slow")
