"""Whether an event touches a good: by customs code at any edition, by commodity, or in general terms."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from oresight.catalog.overlay import laid_over
from oresight.catalog.store import read
from oresight.core.errors import StudyError
from oresight.studies import names

DUAL_USE = "all dual-use items"
GENERAL = ("all raw minerals", "base minerals", "other critical minerals", "processed critical minerals")
"""Goods described in general terms: a measure on them may cover a good without naming it."""


def code(text: str) -> str:
    """Digits of a customs code, dots and spaces dropped.

    >>> code("8112.92")
    '811292'

    Raises:
        StudyError: It is no heading, subheading or national code.
    """
    digits = re.sub(r"[.\s]", "", text)
    if not re.fullmatch(r"\d{4}|\d{6}|\d{8}|\d{10}", digits):
        raise StudyError(f"{text[:40]!r} is no customs code", "write four, six, eight or ten digits: 8112.92")
    return digits


def codes_meet(one: str, other: str) -> bool:
    """Whether one code lies within the other: heading 8112 meets 811292, and the other way round."""
    return one.startswith(other) or other.startswith(one)


@dataclass(frozen=True)
class Good:
    """What is asked about: a customs code, commodities, or neither for every good.

    Args:
        hs: Digits of the code, empty for none.
        commodities: Commodity ids that are meant, or that the code holds.
        stages: Stages the code belongs to; empty for all.
    """

    hs: str = ""
    commodities: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()

    @property
    def named(self) -> bool:
        """Whether anything was asked for at all."""
        return bool(self.hs or self.commodities)


def good(hs: str | None, commodity: str | None, goods: Mapping[str, list[dict[str, Any]]]) -> Good:
    """The good a reader names by code, by commodity, or both."""
    wanted: set[str] = set()
    stages: set[str] = set()
    if commodity:
        found = names.commodity(commodity)
        wanted = set(names.groups().get(found, (found,)))
    digits = code(hs) if hs else ""
    if digits:
        held = set()
        for row in read("trade_codes").select("hs92", "commodity", "stage").iter_rows(named=True):
            if codes_meet(digits, row["hs92"]):
                held.add(row["commodity"])
                stages.add(row["stage"])
        for touched in goods.values():
            for row in touched:
                for known in (row["hs"], row["hs92"]):
                    if known and row["commodity"] and codes_meet(digits, known):
                        held.add(row["commodity"])
        wanted = wanted & held if wanted else held
        if commodity and not wanted:
            raise StudyError(
                f"customs code {digits} does not hold {names.commodity(commodity)}",
                "ask by code or by commodity alone",
            )
    return Good(digits, frozenset(wanted), frozenset(stages))


def match(touched: Iterable[Mapping[str, Any]], asked: Good) -> str | None:
    """How an event's goods meet the good asked about: code, commodity, general terms; None for not.

    An event that names codes for a commodity is met by these codes only; one that names none is met by the
    commodity, at the stage it names.
    """
    touched = list(touched)
    if not asked.named:
        return "every good"
    coded = {row["commodity"] for row in touched if row["hs"]}
    best = None
    for row in touched:
        if asked.hs and row["hs"]:
            known = [c for c in (row["hs"], row["hs92"]) if c]
            fits = not asked.commodities or row["commodity"] is None or row["commodity"] in asked.commodities
            if fits and any(codes_meet(asked.hs, c) for c in known):
                return "code"
        elif row["commodity"] in asked.commodities:
            if asked.hs and row["commodity"] in coded:
                continue
            if not row["stage"] or not asked.stages or row["stage"] in asked.stages:
                best = "commodity"
        elif row["material"] in GENERAL and best is None:
            best = "general terms"
        elif row["material"] == DUAL_USE and best is None:
            best = "dual-use list"
    return best


def goods_by_event() -> dict[str, list[dict[str, Any]]]:
    """Event -> the goods it touches."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in laid_over("event_codes").iter_rows(named=True):
        found.setdefault(row["event"], []).append(row)
    return found
