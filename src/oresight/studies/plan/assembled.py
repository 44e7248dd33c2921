"""Rows gathered from the catalogue as one checked case (plan §2)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oresight.core.coalition import Coalition
from oresight.plan.records import Axes, Case, Ceilings, Kinds, Products, ShareCaps, Terms
from oresight.studies.books import STAGES
from oresight.studies.markets import baseline_price, prior
from oresight.studies.plan.books import StageBalance, growth
from oresight.studies.plan.levers import Product
from oresight.studies.plan.limits import stockpiles
from oresight.studies.plan.parts import (
    Rows,
    buyers_of,
    feeds_of,
    limits_of,
    projects_of,
    substitutions_of,
    supplies_of,
)
from oresight.studies.plan.targets import Target

Floats = NDArray[np.float64]

SHOWN = 10
"""Years shown; the model runs on for as many as the priors say."""
SUBSTITUTE_LIFE = 10


def terms_of(players: Coalition, years: int, budget: float | None, price: Floats | float) -> Terms:
    """Rates, risk weight and budget; the budget is split evenly, only its sum binds."""
    count = len(players.players)
    level = np.inf if budget is None else budget / count
    return Terms(
        prior("social-discount-rate")[1],
        prior("cvar-weight")[1],
        prior("cvar-level")[1],
        np.full((years, count), level),
        prior("minimum-utilisation")[1],
        prior("plan-gap")[1],
        np.broadcast_to(np.asarray(price, dtype=float), (years,)).copy(),
    )


def assembled(
    rows: Rows,
    names: tuple[str, ...],
    years: tuple[int, ...],
    players: Coalition,
    kinds: Kinds,
    terms: Terms,
    targets: Sequence[Target],
    held: dict[Product, StageBalance],
    seller: Coalition,
) -> Case:
    """The rows as one checked case."""
    hosts = {c: i for i, codes in enumerate(players.players.values()) for c in codes}
    hosts |= {p: i for i, p in enumerate(players.players)}
    grown = {c: growth(c, years) for c in names}
    feeds, besides = feeds_of(rows)
    price = np.array([np.full(len(years), baseline_price(*p)[0]) for p in rows.products])
    caps = [t for t in targets if t.kind == "cap"]
    served = [t for t in targets if t.kind == "served"]
    cap_at = [(t, p) for t in caps for p in rows.products if t.commodity in ("", p[0])]
    served_at = [(t, c) for t in served for c in names if t.commodity in ("", c)]
    position = {y: i for i, y in enumerate(years)}
    return Case(
        Axes(years, SHOWN, names, STAGES, tuple(players.players)),
        Products(
            tuple(f"{c} {s}" for c, s in rows.products),
            np.array([names.index(c) for c, _ in rows.products], dtype=np.int64),
            np.array([STAGES.index(s) for _, s in rows.products], dtype=np.int64),
            price,
        ),
        supplies_of(rows, len(kinds.name)),
        projects_of(
            rows, hosts, len(kinds.name), max(round(prior("ramp")[1]), 1), round(prior("plant-life")[1]),
            prior("hurdle-rate")[1],
        ),
        feeds,
        besides,
        limits_of(rows, len(years)),
        buyers_of(rows, len(years), len(players.players)),
        substitutions_of(rows, len(years), SUBSTITUTE_LIFE, prior("hurdle-rate")[1]),
        stockpiles(rows, held, grown, players),
        kinds,
        ShareCaps(
            tuple(f"{seller.label} at most {t.level:.0%} of {p[0]} {p[1]} from {t.year}" for t, p in cap_at),
            np.array([rows.at(p) for _, p in cap_at], dtype=np.int64),
            np.array([t.level for t, _ in cap_at]),
            np.array([position[t.year] for t, _ in cap_at], dtype=np.int64),
            np.array([np.nan if t.hard else 1.0 for t, _ in cap_at]),
        ),
        Ceilings(
            tuple(f"{c}: {t.level:.0%} of urgent uses served from {t.year}" for t, c in served_at),
            np.array([names.index(c) for _, c in served_at], dtype=np.int64),
            np.zeros(len(served_at), dtype=np.int64),
            np.ones(len(served_at), dtype=np.int64),
            np.array([1.0 - t.level for t, _ in served_at]),
            np.array([position[t.year] for t, _ in served_at], dtype=np.int64),
            np.array([np.nan if t.hard else 1.0 for t, _ in served_at]),
        ),
        terms,
    )  # fmt: skip
