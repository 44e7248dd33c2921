"""Targets of a plan as a user writes them: `cap=65%@2030`, `served=95%@2030`, with a commodity and `hard` if wanted.

`cap` bounds the supplier's share at every stage (plan §2), `served` the defence and essential uses in a twelve-month
cut-off. `gallium:cap=50%@2032!` is for gallium alone and hard; without the mark missing it costs a shortage price.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from oresight.core.errors import StudyError
from oresight.studies import names

FORM = re.compile(r"^(?:(?P<c>[^:=]+):)?(?P<k>cap|served)=(?P<l>\d+(?:\.\d+)?)%@(?P<y>\d{4})(?P<h>!)?$")


@dataclass(frozen=True)
class Target:
    """One target: `kind` cap or served, level [1], from a year on, for one commodity or all (''), hard or soft."""

    kind: str
    level: float
    year: int
    commodity: str = ""
    hard: bool = False


def read_target(text: str, years: Sequence[int]) -> Target:
    """A target as written.

    Raises:
        StudyError: It cannot be read, or its year lies outside the plan.

    >>> read_target("gallium:cap=65%@2030!", range(2026, 2036))
    Target(kind='cap', level=0.65, year=2030, commodity='gallium', hard=True)
    """
    found = FORM.match(text.strip())
    if found is None:
        raise StudyError(
            f"the target {text!r} cannot be read",
            "write cap=65%@2030, served=95%@2030, gallium:served=90%@2031, with ! at the end for a hard one",
        )
    level, year = float(found["l"]) / 100.0, int(found["y"])
    if not 0.0 <= level <= 1.0 or year not in years:
        raise StudyError(
            f"the target {text!r} is out of range",
            f"give a share of 0 to 100 % and a year from {years[0]} to {years[-1]}",
        )
    commodity = names.commodity(found["c"]) if found["c"] else ""
    if commodity in names.groups():
        raise StudyError(f"the target {text!r} names a group", "name one commodity, or none for all")
    return Target(found["k"], level, year, commodity, found["h"] is not None)
