"""The commands that play models: stress, back-test, plan, share; `commands` gives them to the command line."""

from pathlib import Path
from typing import Annotated

import typer

from oresight.face.cli.options import As, Coalition, Commodity, Supplier, commodities


def stress(
    scenario: Annotated[
        str, typer.Argument(help="A preset, an event id, a .toml file, or several joined with +.")
    ] = ("everything-12-months"),
    coalition: Coalition = "g7plus-2026",
    commodity: Commodity = None,
    draws: Annotated[
        int, typer.Option(help="Draws of the uncertain parameters; 1 plays central values.")
    ] = 32,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 2026,
    workers: Annotated[
        int | None, typer.Option(help="Processes; all cores from 65 draws on by default.")
    ] = None,
    scheduler: Annotated[str | None, typer.Option(help="A Dask scheduler, tcp://host:8786.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for every draw as Parquet; resumes there.")] = None,
    compare: Annotated[str | None, typer.Option(help="A second scenario to set beside it.")] = None,
    with_plan: Annotated[
        int | None,
        typer.Option(help="Also play it in this year, with the cheapest plan's plants and without."),
    ] = None,
    known: Annotated[bool, typer.Option("--list", help="List the presets and playable events.")] = False,
    sheet: Annotated[
        str | None,
        typer.Option(help="One sheet: summary, costs, months, members, uses, flows, platforms, with_plan."),
    ] = None,
    form: As = "table",
) -> None:
    """What happens if the supplier stops: month by month, with bands."""
    from oresight.core.processes import cores
    from oresight.face.cli.show import progress, show
    from oresight.face.text_tables import checked_format
    from oresight.studies.stress.scenario_list import scenarios
    from oresight.studies.stress.study import stress as ask

    checked_format(form)
    if known:
        show(scenarios(), form, whole=False)
        return
    if with_plan is not None:
        from oresight.studies.plan.withstand import withstand, year_at

        year_at(with_plan)  # a wrong year is told before anything is played
    hands = workers if workers is not None else cores() if draws > 64 else 1
    with progress("Playing the scenario") as report:
        answer = ask(
            scenario,
            coalition,
            commodities(commodity),
            draws,
            seed,
            hands,
            scheduler,
            out,
            compare,
            reporter=report,
        )
    if with_plan is not None:
        with progress("Playing it with the plan") as report:
            later = withstand(scenario, coalition, with_plan, commodities(commodity), reporter=report)
        answer = answer.followed_by(later)
    show(answer, form, sheet=sheet)


def backtest(
    episodes: Annotated[
        Path | None, typer.Option(help="A TOML file of episodes; the catalogue's own by default.")
    ] = None,
    draws: Annotated[int | None, typer.Option(help="Draws of the priors per episode.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the draws.")] = None,
    sheet: Annotated[str | None, typer.Option(help="One sheet of the answer.")] = None,
    form: As = "table",
) -> None:
    """Past restrictions replayed: the model against the prices seen."""
    from oresight.face.cli.show import progress, show
    from oresight.face.text_tables import checked_format
    from oresight.studies.backtest import study as study

    checked_format(form)
    with progress("Replaying past restrictions") as report:
        answer = study.backtest(
            episodes,
            draws if draws is not None else study.DRAWS,
            seed if seed is not None else study.SEED,
            report,
        )
    show(answer, form, sheet=sheet)


def plan(
    coalition: Coalition = "g7plus-2026",
    supplier: Supplier = "CHN",
    commodity: Commodity = None,
    budget: Annotated[
        float | None, typer.Option(help="Capital and purchases together, USD a year; no limit by default.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option(help="A target, see docs/plan.md; may be repeated.")
    ] = None,
    curves: Annotated[
        bool, typer.Option(help="Walk the frontier, the cost of delay and the supply curves too.")
    ] = True,
    draws: Annotated[
        int, typer.Option(help="Plans more, hazard, values, costs and lead times drawn from their bands.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 2026,
    workers: Annotated[int, typer.Option(help="Blocks or draws solved at once.")] = 2,
    experiment: Annotated[
        str | None, typer.Option(help="An experiment others have published: self-sufficiency.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="One sheet of the answer.")] = None,
    form: As = "table",
) -> None:
    """The cheapest way out: which plants, stocks, floors, when, at what price."""
    from oresight.face.cli.show import progress, show
    from oresight.face.text_tables import checked_format
    from oresight.studies.plan.experiment import experiment as run
    from oresight.studies.plan.study import plan as ask

    checked_format(form)
    if experiment is not None:
        with progress("Running the experiment") as report:
            found = run(experiment, coalition, supplier, reporter=report)
        show(found, form, sheet=sheet)
        return
    with progress("Planning") as report:
        answer = ask(
            coalition,
            supplier,
            commodities(commodity),
            budget,
            target or (),
            curves,
            reporter=report,
            workers=workers,
            draws=draws,
            seed=seed,
        )
    show(answer, form, sheet=sheet)


def share(
    coalition: Coalition = "g7plus-2026",
    supplier: Supplier = "CHN",
    commodity: Commodity = None,
    workers: Annotated[int, typer.Option(help="Sets of members solved at once.")] = 2,
    scheduler: Annotated[
        str | None, typer.Option(help="Dask scheduler to solve on instead, such as tcp://10.0.0.5:8786.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder in which a long run resumes.")] = None,
    period: Annotated[
        int, typer.Option(help="Years per period of every set's plan: 1, or 3 for a quick, coarse answer.")
    ] = 1,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only each alone, all, all but one and the order of joining.")
    ] = False,
    sheet: Annotated[str | None, typer.Option(help="One sheet of the answer.")] = None,
    form: As = "table",
) -> None:
    """Who pays, who gains, who should move first: every set of members."""
    from oresight.face.cli.show import progress, show
    from oresight.face.text_tables import checked_format
    from oresight.studies.share.study import share as ask

    checked_format(form)
    with progress("Solving every set of members") as report:
        answer = ask(
            coalition,
            supplier,
            commodities(commodity),
            reporter=report,
            workers=workers,
            out=out,
            period=period,
            scheduler=scheduler,
            quick=quick,
            apart=True,
        )
    show(answer, form, sheet=sheet)
