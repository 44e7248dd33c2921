"""The commands, one per question; each imports its study when it runs, asks it and prints the answer.

Those that play models, with many options, stand in `models`.
"""

from pathlib import Path
from typing import Annotated

import typer

from oresight.face.cli import models
from oresight.face.cli.options import As, Coalition, Commodity, Supplier, commodities

app = typer.Typer(
    name="oresight",
    help="Who depends on whom for critical minerals, what happens if it stops, and the way out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 100},
)


def version(asked: bool) -> None:
    """Print the version and leave."""
    if asked:
        from oresight import __version__

        print(f"oresight {__version__}")
        raise typer.Exit


@app.callback()
def options(
    asked: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    """Open data only; every figure traceable to its source; nothing leaves this machine."""


@app.command()
def dependence(
    who: Annotated[str, typer.Argument(help="A country or a coalition.")] = "g7plus-2026",
    commodity: Commodity = None,
    supplier: Supplier = "CHN",
    year: Annotated[int | None, typer.Option(help="One year; the latest by default.")] = None,
    since: Annotated[int | None, typer.Option(help="Every year from this one on.")] = None,
    form: As = "table",
) -> None:
    """Who depends on whom: direct, behind hubs, through every stage."""
    from oresight.face.cli.show import progress, show
    from oresight.face.text_tables import checked_format
    from oresight.studies.dependence import dependence as ask

    checked_format(form)
    with progress("Following every tonne") as report:
        answer = ask(who, commodities(commodity), supplier, year=year, since=since, reporter=report)
    show(answer, form, whole=False)


@app.command()
def brief(
    coalition: Coalition = "g7plus-2026",
    supplier: Supplier = "CHN",
    out: Annotated[Path, typer.Option(help="The folder to write.")] = Path("brief"),
) -> None:
    """One page a minister can read, and its tables as CSV, XLSX, JSON."""
    from oresight.face.brief.make import make
    from oresight.face.cli.show import progress

    with progress("Writing the brief") as report:
        made = make(coalition, supplier, out, report)
    print(made.summary)


@app.command()
def data(
    table: Annotated[
        str | None,
        typer.Argument(
            help="A table, `build` to rebuild from official files, or `add`, `own`, `forget` for rows of your own."
        ),
    ] = None,
    what: Annotated[
        str | None, typer.Argument(help="The CSV or TOML to add, or the key of the own row to forget.")
    ] = None,
    into: Annotated[
        str | None, typer.Option(help="Table of the own rows; of a CSV, its own name by default.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="Folder of the publishers' official files.")
    ] = None,
    vintage: Annotated[
        str | None, typer.Option(help="Edition of files that do not state it: usgs=2027.")
    ] = None,
    describe: Annotated[
        bool, typer.Option("--describe", help="Fields, units, origins and cautions.")
    ] = False,
    sql: Annotated[str | None, typer.Option("--sql", help="A question in SQL to the tables.")] = None,
    smaller: Annotated[
        bool, typer.Option("--smaller", help="Take files that bring far fewer rows than they replace.")
    ] = False,
    form: Annotated[
        str, typer.Option("--as", help="table, csv, json, parquet or md.", metavar="FORMAT")
    ] = "table",
) -> None:
    """The tables everything rests on: list them, give one out, rebuild them."""
    from oresight.face.cli import catalogue

    catalogue.data(table, source, vintage, describe, form, sql, smaller, what, into)


@app.command()
def explain(
    figure: Annotated[str, typer.Argument(help="A figure's id, as `dependence --as json` gives it.")],
    form: As = "table",
) -> None:
    """Where a figure comes from: its rule and its source rows."""
    from oresight.face.cli.show import show
    from oresight.studies.explain import explain as ask

    show(ask(figure), form)


app.command()(models.stress)
app.command()(models.backtest)


@app.command()
def events(
    on: Annotated[str | None, typer.Option("--on", help="The day, 2026-11-22; today by default.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Importing country or bloc.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Exporting country or bloc.")] = None,
    commodity: Annotated[str | None, typer.Option("--commodity", "-c", help="Commodity or group.")] = None,
    hs: Annotated[str | None, typer.Option("--hs", help="Customs code, four to ten digits.")] = None,
    event: Annotated[str | None, typer.Option(help="One event by its id.")] = None,
    form: As = "table",
) -> None:
    """Export controls on any day: in force, suspended, announced."""
    from oresight.face.cli.show import show
    from oresight.face.text_tables import checked_format
    from oresight.studies.events.study import events as ask

    checked_format(form)
    show(ask(on=on, to=to, by=by, commodity=commodity, hs=hs, event=event), form)


@app.command()
def track(
    action: Annotated[
        str | None, typer.Argument(help="`add FILE`, `own`, or `calendar`; the answer by default.")
    ] = None,
    file: Annotated[Path | None, typer.Argument(help="TOML or CSV of own rows, for `add`.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="The day, 2026-11-22; today by default.")
    ] = None,
    member: Annotated[str | None, typer.Option(help="Country or bloc that promises and hosts.")] = None,
    commodity: Annotated[str | None, typer.Option("--commodity", "-c", help="Commodity or group.")] = None,
    days: Annotated[int, typer.Option(help="How far ahead `due` looks.")] = 90,
    table: Annotated[str | None, typer.Option(help="Table of a CSV, for `add`.")] = None,
    sheet: Annotated[str | None, typer.Option(help="One sheet of the answer.")] = None,
    form: As = "table",
) -> None:
    """Are we on track: money, plants, deadlines, each dollar once."""
    from oresight.face.cli import ledgers

    ledgers.track(action, file, as_of, member, commodity, days, table, sheet, form)


@app.command()
def purchases(
    file: Annotated[
        Path, typer.Argument(help="Your list, CSV or XLSX: mineral, country, quantity or value.")
    ],
    home: Annotated[
        str | None, typer.Option(help="Your country: plays the reference shock, compares with it.")
    ] = None,
    supplier: Supplier = "CHN",
    on: Annotated[str | None, typer.Option(help="Day on which measures are looked up.")] = None,
    sheet: Annotated[str | None, typer.Option(help="One sheet: minerals, lines, left_out.")] = None,
    form: As = "table",
) -> None:
    """What of your own purchases passes through the supplier; the list stays here."""
    from oresight.face.cli.show import progress, show
    from oresight.face.text_tables import checked_format
    from oresight.studies.purchases.study import purchases as ask

    checked_format(form)
    with progress("Following every line") as report:
        answer = ask(file, home, supplier, on, reporter=report)
    show(answer, form, sheet=sheet)


@app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Articles: text, HTML, Markdown or PDF; - for stdin.")
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="The text itself.")] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write the article as an HTML page, statements marked.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="One sheet of the answer.")] = None,
    form: As = "table",
) -> None:
    """Is what I read true: statements found, judged, corrected."""
    from oresight.face.cli import articles

    articles.check(files, text, page, sheet, form)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 for any free one.")] = 8017,
    allow_remote: Annotated[bool, typer.Option("--allow-remote", help="Let other machines ask.")] = False,
) -> None:
    """The workbench in the browser, on this machine only."""
    from oresight.face.web.run import serve as open_workbench

    open_workbench(host, port, allow_remote)


@app.command()
def indicators(
    who: Annotated[str, typer.Argument(help="A country or a coalition, taken as one buyer.")] = "g7plus-2026",
    commodity: Commodity = None,
    year: Annotated[int | None, typer.Option(help="Year; the latest by default.")] = None,
    form: As = "table",
) -> None:
    """Reliance, concentration, GeoPolRisk, EU supply risk, N-1, cover."""
    from oresight.face.cli.show import show
    from oresight.face.text_tables import checked_format
    from oresight.studies.books import TRADE_LAST
    from oresight.studies.indicators import indicators as ask

    checked_format(form)
    show(ask(who, commodities(commodity), year if year is not None else TRADE_LAST), form, whole=False)


app.command()(models.plan)
app.command()(models.share)
