"""Whose promises and which commodities a look at the ledgers is about, and on which day."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from oresight.catalog.overlay import laid_over
from oresight.studies.events.study import reaches
from oresight.studies.track.deadlines import Deadline
from oresight.studies.track.promises import Promise


@dataclass(frozen=True)
class Scope:
    """Whose promises and which commodities are asked about; empty means all."""

    day: datetime.date
    members: tuple[str, ...]
    commodities: tuple[str, ...]
    union: frozenset[str]

    def holds(self, promise: Promise) -> bool:
        """Whether a promise is by one of the members and for one of the commodities."""
        return self.meets(promise.members) and (
            not self.commodities or bool(set(self.commodities) & set(promise.commodities))
        )

    def meets(self, countries: Sequence[str]) -> bool:
        """Whether countries hold one of the members, in the Union or as themselves."""
        return not self.members or any(reaches(countries, member, self.union) for member in self.members)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Members as countries that can host a plant."""
        whole = set(self.members) | (self.union if "EU27" in self.members else set())
        return tuple(sorted(whole))


def concerns(deadline: Deadline, scope: Scope, everything: Sequence[Promise]) -> bool:
    """Whether a deadline is of the members and commodities asked about."""
    if not scope.meets(deadline.countries):
        return False
    if not scope.commodities:
        return True
    for promise in everything:
        if promise.id == deadline.rests_on:
            return not promise.commodities or scope.holds(promise)
    touched = laid_over("event_codes").filter(event=deadline.rests_on)["commodity"].to_list()
    return bool(set(touched) & set(scope.commodities))
