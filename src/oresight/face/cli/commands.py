"""The commands, one per question; each imports its study when it runs, asks it and prints the answer."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="oresight",
    help="Who depends on whom for critical minerals, what happens if it stops, and the way out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

As = Annotated[str, typer.Option("--as", help="table, json, csv or md.", metavar="FORMAT")]
Coalition = Annotated[str, typer.Option("--coalition", help="A bloc, a country, or a comma-separated list.")]
Supplier = Annotated[str, typer.Option("--supplier", help="The dominant supplier: any country or set.")]
Commodity = Annotated[
    list[str] | None, typer.Option("--commodity", "-c", help="A commodity or group; may be repeated.")
]


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
    """Who depends on whom: direct, hidden behind hubs, and through every stage of the chain."""
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
    """The brief: one page a minister can read, and its tables as CSV, XLSX and JSON."""
    from oresight.face.brief.make import make
    from oresight.face.cli.show import progress

    with progress("Writing the brief") as report:
        made = make(coalition, supplier, out, report)
    print(made.summary)


@app.command()
def data(
    table: Annotated[
        str | None, typer.Argument(help="A table, or `build` to rebuild from official files.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="Folder of the publishers' official files.")
    ] = None,
    vintage: Annotated[str | None, typer.Option(help="The edition the files are of, such as 2026.")] = None,
    describe: Annotated[
        bool, typer.Option("--describe", help="Fields, units, origins and cautions.")
    ] = False,
    form: Annotated[
        str, typer.Option("--as", help="table, csv, json or parquet.", metavar="FORMAT")
    ] = "table",
) -> None:
    """The tables everything rests on: list them, give one out, rebuild them from official files."""
    from oresight.face.cli import catalogue

    catalogue.data(table, source, vintage, describe, form)


@app.command()
def explain(
    figure: Annotated[str, typer.Argument(help="A figure's id, as `dependence --as json` gives it.")],
    form: As = "table",
) -> None:
    """Where a figure comes from: the rule that made it and the source rows it rests on."""
    from oresight.face.cli.show import show
    from oresight.studies.explain import explain as ask

    show(ask(figure), form)


def commodities(asked: list[str] | None) -> list[str]:
    """Commodities asked for, commas allowed inside one option."""
    return [part.strip() for each in asked or [] for part in each.split(",") if part.strip()]
