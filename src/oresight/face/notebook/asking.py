"""The studies as a notebook asks them: the study's own arguments in, an answer that shows itself out."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from oresight.core.answer import Answer
from oresight.face.notebook import drawings
from oresight.face.notebook.shown import Shown
from oresight.studies import country as countries
from oresight.studies import dependence as dependences
from oresight.studies import explain as origins
from oresight.studies import indicators as measures
from oresight.studies import situation as situations
from oresight.studies.backtest import study as backtests
from oresight.studies.catalogue import sql as catalogue_sql
from oresight.studies.catalogue import study as catalogue
from oresight.studies.check import study as checks
from oresight.studies.commodity import study as commodities
from oresight.studies.edition import forget_if_changed
from oresight.studies.events import study as ledger
from oresight.studies.plan import study as plans
from oresight.studies.plan import withstand as withstanding
from oresight.studies.purchases import study as buying
from oresight.studies.share import study as shares
from oresight.studies.stress import study as stresses
from oresight.studies.track import study as tracks


def plain_tables(answer: Answer) -> drawings.Drawings:
    """No charts."""
    return {}


P = ParamSpec("P")
ROWS_MAX = 10_000_000
"""A notebook takes a table whole."""


def shows_itself(
    ask: Callable[P, Answer], draw: Callable[[Answer], drawings.Drawings] = plain_tables
) -> Callable[P, Shown]:
    """A study whose answer shows itself in a notebook."""

    @wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> Shown:
        forget_if_changed()
        answer = ask(*args, **kwargs)
        return Shown(answer, draw(answer))

    return asked


dependence = shows_itself(dependences.dependence, drawings.of_dependence)
indicators = shows_itself(measures.indicators)
situation = shows_itself(situations.situation)
commodity = shows_itself(commodities.commodity)
country = shows_itself(countries.country)
stress = shows_itself(stresses.stress, drawings.of_stress)
backtest = shows_itself(backtests.backtest, drawings.of_backtest)
events = shows_itself(ledger.events)
track = shows_itself(tracks.track)
check = shows_itself(checks.check)
check_file = shows_itself(checks.check_file)
way_out = shows_itself(plans.plan, drawings.of_plan)
withstand = shows_itself(withstanding.withstand, drawings.of_withstand)
share = shows_itself(shares.share, drawings.of_share)
purchases = shows_itself(buying.purchases)
explain = shows_itself(origins.explain)
tables = shows_itself(catalogue.overview)
sql = shows_itself(catalogue_sql.query)


def table(name: str) -> Shown:
    """A whole table of the catalogue, every row with its source.

    Raises:
        StudyError: No table has that name.
    """
    return Shown(catalogue.rows(name, limit=ROWS_MAX))
