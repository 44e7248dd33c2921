"""What an answer rests on, gathered from the declarations of the tables it read."""

from collections.abc import Iterable, Sequence

from oresight.catalog.registry import table
from oresight.catalog.store import vintage
from oresight.core.answer import Assumption, Basis, TableUse


def basis(
    tables: Iterable[str],
    rules: Sequence[str] = (),
    assumptions: Sequence[Assumption] = (),
    cautions: Sequence[str] = (),
) -> Basis:
    """The basis of an answer: its tables with vintage and licence, rules, assumptions, cautions.

    The tables' own cautions stay with `oresight data TABLE --describe`; only those named here are repeated.
    """
    uses = []
    for name in dict.fromkeys(tables):
        declared = table(name)
        uses.append(TableUse(name, vintage(name), declared.publisher, declared.licence))
    return Basis(tuple(uses), tuple(rules), tuple(assumptions), tuple(cautions))


CHAIN_TABLES = (
    "trade",
    "trade_codes",
    "trade_code_exporters",
    "mine_production",
    "refinery_production",
    "stages",
)
CHAIN_RULES = ("network §1", "network §2", "network §3", "network §4", "network §5")
CHAIN_ASSUMPTIONS = (
    Assumption("trade_codes", "the part of a customs code that is the commodity, and its content"),
    Assumption("stages", "recoveries from one stage to the next"),
    Assumption("demand_keys", "the split of world use over countries where no customs code holds the trade"),
    Assumption("network §4", "within a country, own output and imports are mixed"),
)
