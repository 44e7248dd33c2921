"""Ids of figures for `oresight explain`: rows of the catalogue a share or a cover was made from."""

from collections.abc import Callable, Mapping

from oresight.core.answer import Value
from oresight.studies.books import nearest_year, whole_groups


def output_figure(commodity: str, stage: str, year: int) -> str:
    """Id of all output rows of a stage that results use.

    >>> output_figure("gallium", "refine", 2024)
    'refinery_production:commodity=gallium,stage=refine,year=2024,preferred=true'
    """
    counted = whole_groups().get(commodity, commodity)
    table = "mine_production" if stage == "mine" else "refinery_production"
    also = "" if stage == "mine" else f"stage={stage},"
    return (
        f"{table}:commodity={counted},{also}year={nearest_year(counted, stage, year) or year},preferred=true"
    )


def output_field(stage: str, year: int) -> Callable[[Mapping[str, Value]], str]:
    """Ids of the output rows of a stage for the commodity a row is of."""
    return lambda row: output_figure(str(row["commodity"]), stage, year)


def cover_figure(commodity: str) -> str:
    """Id of the known stocks of a commodity."""
    return f"stocks:commodity={commodity}"


def dependence_field(field: str) -> Callable[[Mapping[str, Value]], str]:
    """Id of one field of the dependence figure a row carries.

    >>> dependence_field("exposure")({"figure": "dependence:JPN:gallium:2024:CHN"})
    'dependence.exposure:JPN:gallium:2024:CHN'
    """
    return lambda row: str(row.get("figure") or "").replace("dependence:", f"dependence.{field}:", 1)


def own_figure(row: Mapping[str, Value]) -> str:
    """The id a row carries."""
    return str(row.get("figure") or "")


def ledger_row(row: Mapping[str, Value]) -> str:
    """Id of the ledger row a deadline rests on."""
    name = str(row["rests_on"])
    return f"events:id={name}" if name.startswith("EV") else f"commitments:id={name}"
