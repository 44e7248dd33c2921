"""Countries as publishers write them -> codes of the catalogue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from oresight.catalog.importers.opening import at_row, shown
from oresight.core.errors import nearest

QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "\xa0": " "})

WGI_CODES = {"ADO": "AND", "ROM": "ROU", "TMP": "TLS", "ZAR": "COD", "WBG": "PSE", "KSV": "XKX", "SDS": "SSD"}
"""Codes of the World Bank that differ from ISO."""


def folded(name: str) -> str:
    """A name as it is compared: no case, one kind of apostrophe, single spaces, no footnote mark at its end.

    >>> folded("Côte d’Ivoire "), folded("World total (rounded)10")
    ("côte d'ivoire", 'world total (rounded)')
    """
    text = " ".join(name.translate(QUOTES).split()).casefold()
    return re.sub(r"(?<=\))\s*\d{1,2}$", "", text)


@dataclass(frozen=True)
class Places:
    """Every spelling and code of the countries.

    Args:
        names: Folded name or alias -> ISO alpha-3.
        numbers: Numeric code of BACI -> ISO alpha-3.
        codes: All ISO alpha-3 codes.
    """

    names: Mapping[str, str]
    numbers: Mapping[int, str]
    codes: frozenset[str]

    def named(self, name: str, file: str, row: int) -> str:
        """The code of a country by its name.

        A name followed by a remark in parentheses (`Brazil (exports)`) is the country before it.

        Raises:
            DataError: Nobody knows the name; the mend names the nearest.
        """
        key = folded(name)
        code = self.names.get(key) or self.names.get(re.sub(r"\s*\([^()]*\)$", "", key))
        if code is None:
            near = nearest(name[:80], self.names, 3)
            mend = (
                f"did you mean {', '.join(near)}?" if near else "add it to the aliases of the countries table"
            )
            raise at_row(file, row, f"unknown country {shown(name)}", mend, country=name[:80])
        return code

    def several(self, name: str) -> tuple[str, ...]:
        """The codes where one cell names more than one country (`China, Germany, and Russia`), else none."""
        parts = [p.strip() for p in re.split(r",\s*and\s+|,|\s+and\s+", folded(name)) if p.strip()]
        codes = tuple(self.names[p] for p in parts if p in self.names)
        return codes if len(codes) == len(parts) > 1 and folded(name) not in self.names else ()


def places(countries: pl.DataFrame) -> Places:
    """Names and codes from the countries table.

    Args:
        countries: Rows of the table `countries`; needs iso3, name, iso2, baci_code, aliases.
    """
    names: dict[str, str] = {}
    numbers: dict[int, str] = {}
    for row in countries.iter_rows(named=True):
        for name in (row["name"], row["iso3"], *(row["aliases"] or "").split(";")):
            if name and name.strip():
                names.setdefault(folded(name), row["iso3"])
        for number in (row["baci_code"] or "").split(";"):
            if number.strip():
                numbers[int(number)] = row["iso3"]
    return Places(names, numbers, frozenset(countries["iso3"].to_list()))
