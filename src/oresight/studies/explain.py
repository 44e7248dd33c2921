"""Where a figure comes from: the rule that made it and the source rows it rests on.

A figure's id is `dependence:BUYER:COMMODITY:YEAR:SUPPLIER`, as the answers carry it, with `.FIELD` after the
study to ask for one field; or `TABLE:field=value,...` for rows of the catalogue themselves.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from oresight.catalog.overlay import OVERLAID, laid_over
from oresight.catalog.own_figures import OWN
from oresight.catalog.registry import table, tables
from oresight.catalog.store import read
from oresight.core.answer import Answer, Column, Kind, Sheet, sheet
from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError, unknown_name
from oresight.studies import names
from oresight.studies.basis import CHAIN_ASSUMPTIONS, CHAIN_RULES, CHAIN_TABLES, basis
from oresight.studies.books import (
    TRADE_FIRST,
    TRADE_LAST,
    modelled,
    nearest_year,
    production_rows,
    screened,
    whole_groups,
)
from oresight.studies.dependence import COLUMNS, Case, expand, figures, traded_book

RULES = {
    "import_share": (
        "measure §1",
        "supplier's tonnes / all tonnes imported from outside the buyer, screened",
    ),
    "import_share_value": (
        "measure §1",
        "supplier's customs value / value of all imports from outside the buyer",
    ),
    "look_through_share": ("network §4", "O = (I - A^T)^-1 diag(q) / pool on the balanced last stage"),
    "exposure": ("network §5", "1 - P(no stage of the path lies in the supplier), balanced chain"),
    "exposure_mine": ("network §5", "share whose ore was mined in the supplier"),
    "exposure_refine": ("network §5", "share refined in the supplier"),
    "exposure_component": ("network §5", "share made into components in the supplier"),
    "net_import_reliance": ("measure §1", "(imports - exports) / apparent consumption, balanced last stage"),
    "supply": ("network §3", "own output + imports of the buyer, balanced last stage"),
    "imports": ("network §1", "gross tonnes x part of the code x content, from outside the buyer"),
    "quality": (
        "network §3",
        "worst of: tonnes moved to balance, grade of the tables, C where trade is filled",
    ),
}
ROWS_SHOWN = 200


def explain(figure: str) -> Answer:
    """The rule and the source rows behind a figure.

    Raises:
        StudyError: The id is not of the form answers give, or names something unknown.
    """
    head, _, rest = figure.strip().partition(":")
    study, _, field = head.partition(".")
    if study == "dependence":
        return dependence_figure(field, rest)
    if study in {t.name for t in tables()}:
        return catalogue_rows(study, rest)
    raise unknown_name("figure or table", study, ["dependence", *(t.name for t in tables())])


def dependence_figure(field: str, rest: str) -> Answer:
    """A figure of the dependence study, recomputed, with the rows it was made from."""
    parts = rest.split(":")
    if len(parts) != 4 or not parts[2].lstrip("-").isdigit():
        raise StudyError(
            f"figure id {rest[:60]!r} is not BUYER:COMMODITY:YEAR:SUPPLIER",
            "ids stand in the column `figure` of oresight dependence --as json",
        )
    buyers = player_or_coalition(parts[0])
    commodity, year = expand([parts[1]])[0], names.year(int(parts[2]), TRADE_FIRST, TRADE_LAST)
    seller = names.supplier(parts[3], buyers)
    if field and field not in RULES:
        raise unknown_name("field", field, RULES)
    row = figures(commodity, year, [Case(buyers.id, buyers.members)], seller)[0]
    units = {c.name: c.unit for c in COLUMNS}
    chosen = [field] if field else [f for f in RULES if row.get(f) is not None]
    made = [
        {
            "field": f,
            "value": str(row.get(f)) if row.get(f) is not None else None,
            "unit": units.get(f, ""),
            "rule": RULES[f][0],
            "equation": RULES[f][1],
        }
        for f in chosen
    ]
    sheets = [
        sheet("figures", "The figures and their rules", FIGURE_COLUMNS, made),
        production_sheet(commodity, year),
        *trade_sheets(commodity, year, buyers),
        code_sheet(commodity),
    ]
    used = {str(s) for each in sheets if "source_id" in each.names() for s in each.column("source_id") if s}
    sheets.append(source_sheet(sorted(used)))
    shown = row.get(field) if field else row.get("exposure")
    what = field.replace("_", " ") if field else "exposure"
    value = f"{shown:.1%}" if isinstance(shown, float) and field not in ("supply", "imports") else str(shown)
    label = names.commodity_labels().get(commodity, commodity)
    return Answer(
        "explain",
        f"Where does {figure_id(buyers, commodity, year, seller)} come from?",
        f"{what.capitalize()} of {buyers.label} to {seller.label}, {label}, {year}: "
        f"{'unknown' if shown is None else value}. {row.get('note') or ''}".strip(),
        tuple(s for s in sheets if s.rows),
        basis(CHAIN_TABLES, (*CHAIN_RULES, "measure §1"), CHAIN_ASSUMPTIONS),
        {"figure": figure_id(buyers, commodity, year, seller)},
    )


def figure_id(buyers: Coalition, commodity: str, year: int, seller: Coalition) -> str:
    """The id of a dependence figure."""
    return f"dependence:{buyers.id}:{commodity}:{year}:{seller.id}"


def player_or_coalition(text: str) -> Coalition:
    """A buyer as answers write it: `EU` is the default coalition's other EU members."""
    default = names.coalition(names.DEFAULT_COALITION)
    if text in default.players and text not in names.country_labels():
        return Coalition(text, names.label(text), {text: default.players[text]})
    return names.coalition(text)


FIGURE_COLUMNS = (
    Column("field", "figure"),
    Column("value", "its value"),
    Column("unit", "unit"),
    Column("rule", "rule"),
    Column("equation", "how it is made"),
)
PRODUCTION_COLUMNS = (
    Column("stage", "stage"),
    Column("country", "country"),
    Column("year", "year", "", "integer"),
    Column("value", "output used", "t contained", "number"),
    Column("low", "band, low", "t contained", "number"),
    Column("high", "band, high", "t contained", "number"),
    Column("qualifier", "what the publisher says of it"),
    Column("confidence", "trust"),
    Column("source_id", "source"),
)
TRADE_COLUMNS = (
    Column("hs92", "customs code"),
    Column("exporter", "exporter"),
    Column("importer", "importer"),
    Column("value_kusd", "customs value", "thousand USD", "number"),
    Column("gross_t", "gross tonnes used", "t gross", "number"),
    Column("changed", "whether screening re-estimated the tonnes", "", "flag"),
)
CODE_COLUMNS = (
    Column("stage", "stage"),
    Column("hs92", "customs code"),
    Column("share_low", "part, low", "1", "number"),
    Column("share_best", "part of the code that is this commodity", "1", "number"),
    Column("share_high", "part, high", "1", "number"),
    Column("content_low", "content, low", "1", "number"),
    Column("content_best", "tonnes contained per gross tonne", "1", "number"),
    Column("content_high", "content, high", "1", "number"),
    Column("in_trade", "whether the trade table holds it", "", "flag"),
    Column("confidence", "trust"),
    Column("source_id", "source"),
    Column("note", "note"),
)
SOURCE_COLUMNS = (
    Column("id", "source"),
    Column("citation", "citation"),
    Column("publisher", "publisher"),
    Column("edition", "edition"),
    Column("url", "where"),
    Column("licence", "licence"),
)


def production_sheet(commodity: str, year: int) -> Sheet:
    """Output rows of every stage in the year used."""
    counted = whole_groups().get(commodity, commodity)
    rows = production_rows().filter(pl.col("commodity") == counted)
    kept = [
        rows.filter((pl.col("stage") == s) & (pl.col("year") == nearest_year(counted, s, year)))
        for s in modelled()[commodity]
        if nearest_year(counted, s, year) is not None
    ]
    found = pl.concat([k.sort("value", descending=True) for k in kept]) if kept else rows.clear()
    return sheet("production", "Output rows", PRODUCTION_COLUMNS, found.head(ROWS_SHOWN).to_dicts())


def trade_sheets(commodity: str, year: int, buyers: Coalition) -> list[Sheet]:
    """Customs rows of the buyer's imports at the stage the import share is of."""
    book = traded_book(commodity, year)
    if book is None:
        return []
    codes = (
        read("trade_codes")
        .filter((pl.col("commodity") == commodity) & (pl.col("stage") == book.stage) & pl.col("in_trade"))[
            "hs92"
        ]
        .to_list()
    )
    rows = (
        screened()[0]
        .filter(
            (pl.col("year") == year)
            & pl.col("hs92").is_in(codes)
            & pl.col("importer").is_in(list(buyers.members))
            & ~pl.col("exporter").is_in(list(buyers.members))
        )
        .sort("gross_t", descending=True, nulls_last=True)
    )
    changed = rows.filter("changed").height
    title = f"Customs rows, {book.stage} stage: {rows.height} rows, {changed} re-estimated (CEPII BACI)"
    return [sheet("trade", title, TRADE_COLUMNS, rows.head(ROWS_SHOWN).to_dicts())]


def code_sheet(commodity: str) -> Sheet:
    """Codes of the commodity, with part and content."""
    rows = read("trade_codes").filter(pl.col("commodity") == commodity)
    return sheet("codes", "Customs codes, parts and contents", CODE_COLUMNS, rows.to_dicts())


def source_sheet(ids: Sequence[str]) -> Sheet:
    """The cited sources."""
    rows = read("sources").filter(pl.col("id").is_in(list(ids)))
    return sheet("sources", "Sources", SOURCE_COLUMNS, rows.to_dicts())


def catalogue_rows(name: str, rest: str) -> Answer:
    """Rows of a table by field values, with the sources they cite."""
    declared = table(name)
    rows = laid_over(name).drop(OWN) if name in OVERLAID else read(name)
    asked: dict[str, str] = {}
    for part in (p for p in rest.split(",") if p.strip()):
        field, sign, value = part.partition("=")
        if not sign:
            raise StudyError(
                f"{part[:40]!r} is not field=value", f"fields of {name} are {', '.join(declared.schema)}"
            )
        if field.strip() not in declared.schema:
            raise unknown_name("field", field.strip(), declared.schema)
        asked[field.strip()] = value.strip()
        rows = rows.filter(pl.col(field.strip()).cast(pl.String) == value.strip())
    kinds: dict[str, Kind] = {"number": "number", "integer": "integer", "flag": "flag"}
    columns = tuple(Column(f.name, f.about, f.unit, kinds.get(f.kind, "text")) for f in declared.fields)
    sheets = [sheet(name, declared.about, columns, rows.head(ROWS_SHOWN).to_dicts())]
    if "source_id" in declared.schema:
        sheets.append(source_sheet(sorted(set(rows["source_id"].drop_nulls().to_list()))))
    return Answer(
        "explain",
        f"Which rows of {name} say so?",
        f"{rows.height} row{'' if rows.height == 1 else 's'} of {name}"
        + (f" with {rest}." if asked else "."),
        tuple(s for s in sheets if s.rows) or (sheets[0],),
        basis((name,), (), (), declared.cautions),
        {"figure": f"{name}:{rest}"},
    )


SAME = ("commodity", "country", "stage")
"""Fields by which rows of a table are about the same as a row of an answer."""


def table_named(name: str) -> bool:
    """Whether the catalogue has a table of that name."""
    return name in {t.name for t in tables()}


def rows_about(name: str, row: Mapping[str, object]) -> str:
    """The id of a table's rows about the commodity, country and stage a row of an answer is of; empty where none are.

    >>> rows_about("stocks", {"commodity": "gallium", "shortage": 0.5})
    'stocks:commodity=gallium'
    >>> rows_about("trade", {"commodity": "gallium"})
    ''
    """
    fields = table(name).schema
    shared = {f: str(row[f]) for f in SAME if f in fields and isinstance(row.get(f), str)}
    if "commodity" not in shared and "country" not in shared:
        return ""
    rows = read(name)
    for field, value in shared.items():
        rows = rows.filter(pl.col(field).cast(pl.String) == value)
    return f"{name}:{','.join(f'{f}={v}' for f, v in shared.items())}" if rows.height else ""
