"""Who depends on whom: direct, seen through transit, and through every stage of the chain.

For a buyer (a country or a coalition), a commodity and a year: the supplier's share of imports by weight and
by value, its share of supply once hubs are seen through, and the share that passes through it at any stage.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.core.answer import Answer, Column, sheet
from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.measure.reliance import net_import_reliance
from oresight.network.exposure import Exposure, exposure
from oresight.network.look_through import origin_share
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.books import TRADE_FIRST, TRADE_LAST, StageBook, books, modelled, position
from oresight.studies.chains import BalancedChain, chain

Floats = NDArray[np.float64]

COLUMNS = (
    Column("commodity", "commodity or group, id"),
    Column("buyer", "country, player or coalition"),
    Column("supplier", "supplier asked about"),
    Column("year", "calendar year", "", "integer"),
    Column("stage", "last stage whose trade customs record; the shares of imports are of this stage"),
    Column("import_share", "supplier's share of the buyer's imports by weight", "1", "share"),
    Column("import_share_value", "supplier's share of the buyer's imports by value", "1", "share"),
    Column(
        "look_through_share",
        "share of supply at the last stage made by the supplier, hubs seen through",
        "1",
        "share",
    ),
    Column("exposure", "share of supply that passes through the supplier at any stage", "1", "share"),
    Column("exposure_mine", "share of supply mined there", "1", "share"),
    Column("exposure_refine", "share of supply refined there", "1", "share"),
    Column("exposure_component", "share of supply made into components there", "1", "share"),
    Column(
        "net_import_reliance",
        "net imports as a share of apparent consumption, last stage; 0 for a net exporter",
        "1",
        "share",
    ),
    Column("supply", "own output and imports at the last stage", "t", "number"),
    Column("imports", "imports at the stage named, from outside the buyer", "t", "number"),
    Column("quality", "grade of the figures: A all counted, D one leader or none"),
    Column("note", "what a reader must know", "", "note"),
    Column("figure", "id for `oresight explain`", "", "id"),
)


@dataclass(frozen=True)
class Case:
    """One buyer of one commodity in one year, as positions on a chain's axis and on the books' axis."""

    label: str
    members: tuple[str, ...]


def dependence(
    who: str = names.DEFAULT_COALITION,
    commodity: Sequence[str] = (),
    supplier: str = names.DEFAULT_SUPPLIER,
    year: int | None = None,
    since: int | None = None,
    reporter: Reporter = silent,
) -> Answer:
    """The dependence of a country or coalition on a supplier, per commodity and year.

    Args:
        who: Country or coalition.
        commodity: Commodities and groups; all that are modelled by default.
        supplier: The supplier, any set of countries.
        year: One year; the latest by default.
        since: All years from this one to `year`, or to the latest.
        reporter: Told of progress; may cancel.

    Raises:
        StudyError: A name or year is unknown.
    """
    buyers = names.coalition(who)
    seller = names.supplier(supplier, buyers)
    wanted = expand(commodity)
    last = names.year(year if year is not None else TRADE_LAST, TRADE_FIRST, TRADE_LAST)
    first = names.year(since, TRADE_FIRST, last) if since is not None else last
    records: list[dict[str, object]] = []
    by_player: list[dict[str, object]] = []
    steps = [(y, c) for y in range(first, last + 1) for c in wanted]
    for done, (at, each) in enumerate(steps):
        report(reporter, done / len(steps), f"{each} {at}")
        records += figures(each, at, [Case(buyers.id, buyers.members)], seller)
        if len(buyers.players) > 1 and at == last:
            cases = [Case(p, m) for p, m in buyers.players.items()]
            by_player += figures(each, at, cases, seller)
    main = sheet("dependence", f"Dependence of {buyers.label} on {seller.label}", COLUMNS, records)
    sheets = [main]
    if by_player:
        sheets.append(sheet("players", f"The same by member, {last}", COLUMNS, by_player))
    return Answer(
        "dependence",
        f"Who depends on {seller.label}: {buyers.label}?",
        finding(records, buyers, seller, last),
        tuple(sheets),
        basis(CHAIN_TABLES, (*CHAIN_RULES, "measure §1"), CHAIN_ASSUMPTIONS),
        {
            "buyer": buyers.id,
            "members": list(buyers.members),
            "supplier": list(seller.members),
            "commodities": wanted,
            "since": first,
            "year": last,
        },
    )


def expand(asked: Sequence[str]) -> list[str]:
    """Commodity ids asked for; a group without trade codes of its own becomes its modelled members.

    Raises:
        StudyError: A commodity is unknown, or known and not modelled; says why.
    """
    known = modelled()
    found: list[str] = []
    for text in asked:
        name = names.commodity(text)
        if name in known:
            found.append(name)
        elif name in names.groups():
            found += [member for member in names.groups()[name] if member in known]
        else:
            raise not_modelled(name)
    return list(dict.fromkeys(found)) or [c for c in known if c in names.commodity_labels()]


def not_modelled(commodity: str) -> StudyError:
    """The error for a commodity the catalogue lists without modelling it, with the reason."""
    from oresight.catalog.store import read

    row = read("commodities").filter(id=commodity).row(0, named=True)
    return StudyError(
        f"{commodity} is listed but not modelled: {row['reason']}",
        "oresight data commodities lists all of them with their reasons",
    )


def figures(commodity: str, year: int, cases: Iterable[Case], supplier: Coalition) -> list[dict[str, object]]:
    """The dependence figures of several buyers for one commodity and year."""
    balanced = chain(commodity, year)
    book = traded_book(commodity, year)
    touched = exposure(balanced.chain, balanced.positions(supplier.members)) if balanced else None
    origins = origin_share(balanced.chain.stages[-1]) if balanced else None
    return [one(commodity, year, case, supplier, balanced, touched, origins, book) for case in cases]


def traded_book(commodity: str, year: int) -> StageBook | None:
    """The last stage of a commodity that customs record in a year; None where none does."""
    held = books(year).stages
    for stage in reversed(modelled().get(commodity, ())):
        book = held.get((commodity, stage))
        if book is not None and book.trade is not None and book.trade.sum() > 0:
            return book
    return None


def one(
    commodity: str,
    year: int,
    case: Case,
    supplier: Coalition,
    balanced: BalancedChain | None,
    touched: Exposure | None,
    origins: Floats | None,
    book: StageBook | None,
) -> dict[str, object]:
    """One row of the answer."""
    row: dict[str, object] = {
        "commodity": commodity,
        "buyer": case.label,
        "supplier": supplier.id,
        "year": year,
        "figure": f"dependence:{case.label}:{commodity}:{year}:{supplier.id}",
    }
    notes: list[str] = []
    if book is not None:
        weight, imports = share_of_imports(book.trade, case.members, supplier.members)
        value, _ = share_of_imports(book.value, case.members, supplier.members)
        row |= {"stage": book.stage, "import_share": weight, "import_share_value": value, "imports": imports}
        if book.corrected_share > 0.2:
            notes.append(f"{book.corrected_share:.0%} of the code's tonnes were re-estimated from values")
    else:
        notes.append("no customs code of the trade table holds it: import shares unknown")
    if balanced is None or touched is None or origins is None:
        return row | {"note": "; ".join([*notes, "no production by country within three years"])}
    here = balanced.positions(case.members)
    last = balanced.chain.stages[-1]
    pool = last.pool[here]
    total = float(pool.sum())
    row["quality"] = balanced.grade
    if balanced.stages[-1] != modelled()[commodity][-1]:
        notes.append(
            f"output at the {modelled()[commodity][-1]} stage unknown in {year}: nothing beyond imports"
        )
    elif total > 0:
        row["supply"] = total
        inside = balanced.positions(supplier.members)
        row["look_through_share"] = weighted(origins[inside][:, here].sum(axis=0), pool)
        row["exposure"] = weighted(touched.total[here], pool)
        for stage, shares in zip(balanced.stages, touched.made, strict=True):
            row[f"exposure_{stage}"] = weighted(shares[here], pool)
        row["net_import_reliance"] = reliance(balanced, here)
    else:
        notes.append("no supply recorded")
    years = {b.production_year for b in balanced.books} - {year}
    if years:
        notes.append(f"production of {', '.join(str(y) for y in sorted(y for y in years if y))}")
    row["note"] = "; ".join([*notes, *balanced.notes])
    return row


def share_of_imports(
    trade: Floats | None, members: Sequence[str], suppliers: Sequence[str]
) -> tuple[float | None, float]:
    """The suppliers' share of what the members import from outside themselves, and those imports [t or kUSD].

    Trade among the members is no import of theirs; the same law as a single country's.       measure §1
    """
    if trade is None:
        return None, 0.0
    at = position()
    buying = [at[m] for m in members if m in at]
    outside = np.ones(len(at), dtype=bool)
    outside[buying] = False
    selling = [at[s] for s in suppliers if s in at and outside[at[s]]]
    bought = trade[:, buying].sum(axis=1)
    imports = float(bought[outside].sum())
    part = float(bought[selling].sum())
    return (part / imports if imports > 0 else None), imports


def weighted(values: Floats, weights: Floats) -> float | None:
    """Mean of values by weight, those unknown left out; None where nothing is known.

    >>> weighted(np.array([1.0, 0.0]), np.array([1.0, 3.0]))
    0.25
    """
    known = np.isfinite(values) & (weights > 0)
    return float(np.average(values[known], weights=weights[known])) if known.any() else None


def reliance(balanced: BalancedChain, here: Sequence[int]) -> float | None:
    """Net import reliance of the members together at the last stage [1].                    measure §1"""
    last = balanced.chain.stages[-1]
    inside = np.zeros(len(balanced.countries), dtype=bool)
    inside[np.asarray(here, dtype=int)] = True
    bought = float(last.trade[np.ix_(~inside, inside)].sum())
    sold = float(last.trade[np.ix_(inside, ~inside)].sum())
    made = float(last.production[inside].sum())
    value = float(net_import_reliance(np.array([made]), np.array([bought]), np.array([sold]))[0])
    return max(value, 0.0) if np.isfinite(value) else None


def finding(records: Sequence[dict[str, object]], buyers: Coalition, seller: Coalition, year: int) -> str:
    """What the figures say, as a sentence."""
    latest = [r for r in records if r["year"] == year]
    known = [r for r in latest if isinstance(r.get("exposure"), float)]
    if not known:
        return f"No output by country is known for what was asked: {buyers.label}'s dependence is unknown."
    labels = names.commodity_labels()
    top = sorted(known, key=lambda r: -float(str(r["exposure"])))
    if len(known) == 1:
        row = top[0]
        share = row.get("import_share")
        direct = (
            f"; {float(share):.0%} of its imports come straight from there"
            if isinstance(share, float)
            else ""
        )
        name = labels.get(str(row["commodity"]), str(row["commodity"]))
        return (
            f"{float(str(row['exposure'])):.0%} of the {name.lower()} that {buyers.label} uses passes "
            f"through {seller.label} ({year}){direct}."
        )
    over = sum(float(str(r["exposure"])) >= 0.5 for r in known)
    worst = ", ".join(
        f"{labels.get(str(r['commodity']), r['commodity'])} {float(str(r['exposure'])):.0%}" for r in top[:3]
    )
    return (
        f"More than half of the supply of {over} of {len(known)} commodities that {buyers.label} uses passes "
        f"through {seller.label} ({year}); most of all {worst}."
    )
