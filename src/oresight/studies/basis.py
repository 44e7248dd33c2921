"""What an answer rests on, gathered from the declarations of the tables it read."""

from collections.abc import Iterable, Sequence

from oresight.catalog import provenance
from oresight.catalog.declare import Table
from oresight.catalog.overlay import own
from oresight.catalog.own_figures import FIGURES
from oresight.catalog.registry import table
from oresight.catalog.store import vintage
from oresight.core.answer import Answer, Assumption, Basis, TableUse

OWN_SAID = "Your own figures are in it"


def basis(
    tables: Iterable[str],
    rules: Sequence[str] = (),
    assumptions: Sequence[Assumption] = (),
    cautions: Sequence[str] = (),
) -> Basis:
    """The basis of an answer: its tables with vintage and licence, rules, assumptions, cautions.

    The tables' own cautions stay with `oresight data TABLE --describe`; only those named here are repeated.
    """
    named = tuple(dict.fromkeys(tables))
    uses = tuple(used(name) for name in named)
    return Basis(uses, tuple(rules), tuple(assumptions), (*own_words(named), *cautions))


def own_words(tables: Iterable[str]) -> tuple[str, ...]:
    """What a reader must know where figures of the user's own are in an answer."""
    counts = {name: own(name).height for name in tables if name in FIGURES}
    said = [f"{count} of {name}" for name, count in counts.items() if count]
    if not said:
        return ()
    return (f"{OWN_SAID} ({', '.join(said)}): it says what only you may know.",)


def own_said(answers: Iterable[Answer]) -> str:
    """What the first of some answers with own figures says of them; empty where none has any."""
    return next((c for a in answers for c in a.basis.cautions if c.startswith(OWN_SAID)), "")


def publisher(declared: Table) -> str:
    """Publishers of a table and, where it was made from others, of those."""
    return "; ".join(dict.fromkeys(o.publisher for o in provenance.origins(declared.name)))


def licence(declared: Table) -> str:
    """Licences of a table and, where it was made from others, of those."""
    return "; ".join(dict.fromkeys(o.licence for o in provenance.origins(declared.name)))


def used(name: str) -> TableUse:
    """A table as an answer cites it, at the edition that is stored."""
    declared = table(name)
    return TableUse(name, vintage(name), publisher(declared), licence(declared))


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
