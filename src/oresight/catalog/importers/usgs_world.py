"""USGS world tables -> mine and refinery production and reserves, on the catalogue's bases."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from oresight.catalog.importers.figures import Figure, figure, tonnes
from oresight.catalog.importers.imported import Known, Rows
from oresight.catalog.importers.opening import at_row, shown
from oresight.catalog.importers.usgs_line import Line
from oresight.core.errors import DataError

CHROMITE = 0.34
"""Cr2O3 in gross chromite, the ratio the catalogue's production table uses and states in its notes."""


@dataclass(frozen=True)
class Rule:
    """Where a published world row goes.

    Args:
        mineral: Pattern of the mineral, lower case, whole.
        detail: Pattern the detail must hold.
        commodity, stage: What it is in the catalogue.
        factor: Tonnes on the catalogue's basis per published tonne.
        note: Conversion, as the table's note says it.
        summed: Whether forms of one country are added (ilmenite and rutile) rather than given twice.
    """

    mineral: str
    detail: str
    commodity: str
    stage: str
    factor: float = 1.0
    note: str | None = None
    summed: bool = False


MINED = r"mine production"
REFINED = r"refinery production"
TITANIA = "ilmenite and rutile as TiO2"
RULES = (
    Rule("rare earths", MINED, "rare-earths-light", "mine"),
    Rule("gallium", "primary production", "gallium", "refine"),
    Rule(r"graphite( \(natural\))?", MINED, "graphite-natural", "mine"),
    Rule("lithium", MINED, "lithium", "mine"),
    Rule("cobalt", MINED, "cobalt", "mine"),
    Rule("nickel", MINED, "nickel", "mine"),
    Rule("copper", MINED, "copper", "mine"),
    Rule("copper", REFINED, "copper", "refine"),
    Rule("manganese", MINED, "manganese-sulphate", "mine"),
    Rule("tungsten", MINED, "tungsten", "mine"),
    Rule("antimony", MINED, "antimony", "mine"),
    Rule("bismuth", REFINED, "bismuth", "refine"),
    Rule("indium", REFINED, "indium", "refine"),
    Rule("tellurium", REFINED, "tellurium", "refine"),
    Rule("titanium mineral concentrates", MINED, "titanium-sponge", "mine", 1.0, TITANIA, True),
    Rule(r"titanium .*", "sponge metal production", "titanium-sponge", "refine"),
    Rule("magnesium metal", "smelter production", "magnesium", "refine"),
    Rule("silicon", "silicon metal", "silicon-metal", "refine"),
    Rule("vanadium", MINED, "vanadium", "mine"),
    Rule("molybdenum", MINED, "molybdenum", "mine"),
    Rule("tantalum", MINED, "tantalum", "mine"),
    Rule(r"niobium( \(columbium\))?", MINED, "niobium", "mine"),
    Rule(r"zirconium( and hafnium)?", MINED, "zirconium", "mine"),
    Rule("chromium", MINED, "chromium", "mine", CHROMITE, "gross chromite at 34 % Cr2O3"),
    Rule("tin", MINED, "tin", "mine"),
    Rule("bauxite", "alumina", "aluminium", "refine"),
    Rule("alumina", "alumina", "aluminium", "refine"),
    Rule("bauxite", MINED, "aluminium", "mine"),
    Rule("aluminum", "smelter production", "aluminium", "component"),
    Rule("zinc", MINED, "zinc", "mine"),
    Rule("lead", MINED, "lead", "mine"),
    Rule("fluorspar", MINED, "fluorspar", "mine"),
    Rule(r"platinum(-group metals)?", r"mine production.*platinum", "platinum", "mine"),
    Rule(r"palladium|platinum-group metals", r"mine production.*palladium", "palladium", "mine"),
    Rule("beryllium", MINED, "beryllium", "mine"),
    Rule("scandium", "global production", "scandium", "mine"),
    Rule("yttrium", MINED, "yttrium", "mine"),
)
RESERVES = {
    "rare earths": "rare-earths-light",
    "graphite": "graphite-natural",
    "graphite (natural)": "graphite-natural",
    "manganese": "manganese-sulphate",
    "titanium mineral concentrates": "titanium-sponge",
    "niobium (columbium)": "niobium",
    "zirconium and hafnium": "zirconium",
    "bauxite": "aluminium",
} | {
    name: name
    for name in (
        "lithium",
        "cobalt",
        "nickel",
        "copper",
        "tungsten",
        "antimony",
        "vanadium",
        "molybdenum",
        "tantalum",
        "niobium",
        "zirconium",
        "tin",
        "zinc",
        "lead",
        "fluorspar",
        "chromium",
        "scandium",
    )
}
"""Minerals whose reserves the catalogue holds; all platinum metals are published together and left out."""

UNCOMMON = frozenset({"scandium", "yttrium", "germanium"})
"""Minerals whose world table an edition may leave out."""

MINED_SLIPS = {("titanium-sponge", "2025"): 1e3}
RESERVE_SLIPS = {
    ("titanium-sponge", "2025"): 1e3,
    ("molybdenum", "2025"): 1e3,
    ("vanadium", "2025"): 1e3,
    ("vanadium", "2026"): 1e3,
}
"""Figures whose unit column in an edition is short by this factor; declared in `corrections`."""

SMALL_UNIT = re.compile(r"less than (½|1/2|0\.5)", re.I)


def tables(file: str, vintage: str, lines: Sequence[Line], known: Known) -> tuple[dict[str, Rows], list[str]]:
    """Rows of production and reserves, and what was left out.

    Raises:
        DataError: A mineral of the catalogue is missing from the file, or a row cannot be read.
    """
    notes: list[str] = []
    production: dict[tuple[str, str, str, int], list[tuple[Figure, Rule, bool]]] = {}
    reserves: dict[tuple[str, str, int], list[tuple[Figure, Line]]] = {}
    left: dict[str, int] = {}
    met: set[Rule] = set()
    for line in lines:
        if line.section != "world":
            continue
        if line.statistic == "production":
            rule = rule_of(line)
            if rule is None:
                if any(re.fullmatch(r.mineral, line.mineral) for r in RULES):
                    key = f"{line.mineral}, {line.detail}"
                    left[key] = left.get(key, 0) + 1
                continue
            met.add(rule)
            read = _read(file, vintage, line, known, rule)
            if read is not None:
                country, value = read
                key_ = (rule.commodity, rule.stage, country, _year(file, line))
                production.setdefault(key_, []).append((value, rule, line.estimated))
        elif line.statistic == "reserve" and line.mineral in RESERVES:
            got = _reserve(file, vintage, line, known)
            if got is not None:
                reserves.setdefault(got[0], []).append((got[1], line))
    complete(file, met)
    notes += [
        f"{file}: {count} rows of {what} have no place in the catalogue" for what, count in left.items()
    ]
    return _frames(vintage, production, reserves), notes


def complete(file: str, met: set[Rule]) -> None:
    """Refuse a file without the world table of a mineral that every edition has.

    Raises:
        DataError: Names the minerals.
    """
    found = {(r.commodity, r.stage) for r in met}
    lost = sorted(
        {f"{r.commodity} ({r.stage})" for r in RULES if (r.commodity, r.stage) not in found}
        - {f"{name} (mine)" for name in UNCOMMON}
    )
    if lost:
        raise DataError(
            f"{file} has no world production of {', '.join(lost[:8])}"
            + (" and more" if len(lost) > 8 else ""),
            "the file was cut off, or the publisher renamed chapters or statistics",
            {"file": file, "missing": lost},
        )


def rule_of(line: Line) -> Rule | None:
    """The rule for a published production row, None where it has no place in the catalogue."""
    detail = line.detail.casefold()
    for rule in RULES:
        if re.fullmatch(rule.mineral, line.mineral) and re.search(rule.detail, detail):
            return rule
    return None


def _year(file: str, line: Line) -> int:
    if not re.fullmatch(r"(19|20)\d\d", line.year):
        raise at_row(file, line.row, f"{shown(line.year)} is no year", "restore the published year")
    return int(line.year)


def _figure(file: str, line: Line) -> Figure | None:
    """The figure of a line; None where it is included elsewhere or nothing was printed."""
    if line.cell.strip() == "" or line.cell.casefold() == "xx":
        return None
    if line.cell.casefold() == "s" and not SMALL_UNIT.search(line.note):
        return None
    return figure(line.cell, file, line.row, line.estimated)


def _read(file: str, vintage: str, line: Line, known: Known, rule: Rule) -> tuple[str, Figure] | None:
    value = _figure(file, line)
    if value is None:
        return None
    country = known.places.named(line.country, file, line.row)
    slip = MINED_SLIPS.get((rule.commodity, vintage)) if rule.stage == "mine" else None
    # one row of that edition lost its unit altogether; its neighbours have it
    unit = line.unit or ("metric tons" if slip else "")
    scale = tonnes(unit, file, line.row) * rule.factor * (slip or 1.0)
    return country, value.times(scale)


def _reserve(file: str, vintage: str, line: Line, known: Known) -> tuple[tuple[str, str, int], Figure] | None:
    detail = line.detail.casefold()
    repeated = {"bauxite": "alumina", "copper": "refinery"}.get(line.mineral)
    if repeated is not None and repeated in detail:
        return None
    if line.mineral == "chromium" and "cr2o3" not in detail:
        return None
    value = _figure(file, line)
    if value is None:
        return None
    commodity = RESERVES[line.mineral]
    slip = RESERVE_SLIPS.get((commodity, vintage))
    unit = line.unit or ("metric tons" if slip else "")
    country = known.places.named(line.country, file, line.row)
    scale = tonnes(unit, file, line.row) * (slip or 1.0)
    return (commodity, country, _year(file, line)), value.times(scale)


def _frames(
    vintage: str,
    production: dict[tuple[str, str, str, int], list[tuple[Figure, Rule, bool]]],
    reserves: dict[tuple[str, str, int], list[tuple[Figure, Line]]],
) -> dict[str, Rows]:
    mine: list[dict[str, object]] = []
    refined: list[dict[str, object]] = []
    for (commodity, stage, country, year), found in production.items():
        rule, estimated = found[0][1], any(e for _, _, e in found)
        value, qualifier = joined([f for f, _, _ in found], country, rule.summed, estimated)
        ranged = next((f for f, _, _ in found if f.qualifier == "range"), None)
        row = {
            "commodity": commodity,
            "stage": stage,
            "country": country,
            "year": year,
            "value": value,
            "low": ranged.low if ranged else None,
            "high": ranged.high if ranged else None,
            **_cited(vintage, qualifier, estimated),
            "preferred": False,
            "note": rule.note,
        }
        (mine if stage == "mine" else refined).append(row)
    kept = []
    for (commodity, country, year), published in reserves.items():
        value, qualifier = joined([f for f, _ in published], country, True, False)
        kept.append(
            {
                "commodity": commodity,
                "country": country,
                "year": year,
                "value": value,
                **_cited(vintage, qualifier, False),
                "note": "ilmenite and rutile as TiO2" if commodity == "titanium-sponge" else None,
            }
        )
    same = ("source_id", "vintage")
    frames = {
        "mine_production": pl.DataFrame(mine, infer_schema_length=None).drop("stage", strict=False),
        "refinery_production": pl.DataFrame(refined, infer_schema_length=None),
        "reserves": pl.DataFrame(kept, infer_schema_length=None),
    }
    return {name: Rows(frame, same) for name, frame in frames.items()}


def _cited(vintage: str, qualifier: str, estimated: bool) -> dict[str, object]:
    return {
        "source_id": f"usgs-mcs-{vintage}",
        "vintage": vintage,
        "qualifier": qualifier,
        "confidence": "medium" if estimated else "high",
    }


def joined(found: Sequence[Figure], country: str, summed: bool, estimated: bool) -> tuple[float | None, str]:
    """One value for all figures of a country and year.

    Forms are summed where they are parts; of a world total given per form and for all, the largest is all;
    otherwise the first number stands. Withheld or unknown is None, never zero.
    """
    values = [f.value for f in found if f.value is not None]
    if not values:
        return None, "withheld"
    if country == "WLD":
        value = max(values)
    else:
        value = sum(values) if summed else values[0]
    marks = {f.qualifier for f in found if f.value is not None}
    for mark in ("below", "above", "range"):
        if mark in marks and len(values) == 1:
            return value, mark
    return value, "estimated" if estimated or "estimated" in marks else "reported"
