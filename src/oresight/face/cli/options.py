"""Options that several commands take, and how a list of commodities is read."""

from typing import Annotated

import typer

As = Annotated[str, typer.Option("--as", help="table, json, csv or md.", metavar="FORMAT")]
Coalition = Annotated[str, typer.Option("--coalition", help="A bloc, a country, or a comma-separated list.")]
Supplier = Annotated[str, typer.Option("--supplier", help="The dominant supplier: any country or set.")]
Commodity = Annotated[
    list[str] | None, typer.Option("--commodity", "-c", help="A commodity or group; may be repeated.")
]


def commodities(asked: list[str] | None) -> list[str]:
    """Commodities asked for, commas allowed inside one option."""
    return [part.strip() for each in asked or [] for part in each.split(",") if part.strip()]
