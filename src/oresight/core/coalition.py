"""A set of countries that acts together, and the players it is made of.

Coalition and supplier are both such sets: nothing in the code knows which country is which.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Coalition:
    """Countries that act together.

    Args:
        id: As the user writes it: a bloc's id, an ISO code, or a comma-separated list.
        label: As the reader sees it.
        players: Player -> ISO alpha-3 codes of its countries; `EU` may stand for many.

    >>> Coalition("x", "X", {"EU": ("AUT", "BEL"), "JPN": ("JPN",)}).members
    ('AUT', 'BEL', 'JPN')
    """

    id: str
    label: str
    players: Mapping[str, tuple[str, ...]]

    @property
    def members(self) -> tuple[str, ...]:
        """ISO codes of all countries, in the players' order, each once."""
        return tuple(dict.fromkeys(code for codes in self.players.values() for code in codes))

    def player_of(self, country: str) -> str | None:
        """The player a country belongs to, None for an outsider."""
        return next((p for p, codes in self.players.items() if country in codes), None)
