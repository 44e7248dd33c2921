"""A company's own list of purchases, CSV or XLSX, read into lines; a row that cannot be read is set aside and says why.

The list is read where it lies, never kept and never sent. Heads are found by name, in any order; a row needs a
mineral (or a customs code) and a country, and a quantity or a value.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from oresight.catalog.importers.opening import SourceFile, decoded, plain_name
from oresight.catalog.importers.opening_workbooks import workbook
from oresight.catalog.store import read
from oresight.core.errors import DataError, OresightError, StudyError
from oresight.studies import names
from oresight.studies.books import modelled
from oresight.studies.track.promises import rates

BYTES_MAX = 20_000_000
ROWS_MAX = 50_000
COLUMNS_MAX = 60
SHOWN = 60

HEADS: Mapping[str, tuple[str, ...]] = {
    "commodity": ("commodity", "mineral", "material", "metal", "element", "raw material", "rohstoff"),
    "code": ("hs", "hs code", "hs6", "code", "customs code", "cn", "cn code", "tariff code"),
    "country": ("country", "supplier country", "origin", "country of origin", "from", "source country"),
    "tonnes": ("tonnes", "t", "quantity", "amount", "weight", "volume", "tonnes per year", "t/yr"),
    "unit": ("unit", "uom", "quantity unit"),
    "value": ("value", "spend", "cost", "price paid", "usd", "value usd", "annual spend"),
    "currency": ("currency", "ccy"),
    "stage": ("stage", "form", "kind"),
    "company": ("company", "supplier", "vendor", "supplier name", "name"),
    "stock": ("stock", "inventory", "stock tonnes", "held"),
}
"""What a column is called in our terms -> the heads people write."""

ABOUT: Mapping[str, str] = {
    "commodity": "mineral: a name, symbol or id of the catalogue",
    "code": "customs code of six digits or more, instead of the mineral, where it holds one only",
    "country": "country it is bought from; needed",
    "tonnes": "contained tonnes a year; this or a value",
    "unit": "t, kg, g, lb or kt; t by default",
    "value": "a year; this or a quantity",
    "currency": "US dollars by default",
    "stage": "mine, refine or component, or ore, oxide, metal, magnet; the last stage by default",
    "company": "seller, as you call it",
    "stock": "held, in the same unit",
}
EXAMPLE = """commodity,country,tonnes,unit,value,currency,stage,supplier,stock
gallium,Germany,800,kg,,,,a trader,150
neodymium-praseodymium,Japan,30,t,,,magnet,a maker of magnets,4
cobalt,Finland,60,t,1800000,EUR,refine,a refiner,
"""

UNITS = {
    "t": 1.0,
    "tonne": 1.0,
    "tonnes": 1.0,
    "mt": 1.0,
    "kg": 1e-3,
    "g": 1e-6,
    "kt": 1e3,
    "lb": 0.45359237e-3,
}
STAGES = {
    "mine": "mine", "ore": "mine", "concentrate": "mine",
    "refine": "refine", "refined": "refine", "metal": "refine", "oxide": "refine", "compound": "refine",
    "component": "component", "magnet": "component", "magnets": "component", "anode": "component",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the list.

    Args:
        row: As a spreadsheet numbers it.
        commodity, stage, country: Ids of the catalogue.
        company: As written, may be empty.
        tonnes: A year [t contained/yr], None where only a value is given.
        value: A year [USD/yr], None where only a quantity is given.
        stock: Held [t contained], None where not said.
    """

    row: int
    commodity: str
    stage: str
    country: str
    company: str
    tonnes: float | None
    value: float | None
    stock: float | None


@dataclass(frozen=True)
class SetAside:
    """A row that was not read: its number, what stands there, why, and how to mend it."""

    row: int
    text: str
    why: str


def read_list(path: Path) -> tuple[tuple[Line, ...], tuple[SetAside, ...]]:
    """Lines of a list, and the rows set aside.

    Raises:
        StudyError: The file is no list, is too long, or no row of it can be read.
        DataError: The file cannot be opened.
    """
    rows = [r for r in cells_of(path) if any(c.strip() for c in r[1])]
    if not rows:
        raise StudyError(f"{path.name} is empty", "give a list with a head and a row per purchase")
    at, places = head_of(rows, path.name)
    if len(rows) - at - 1 > ROWS_MAX:
        raise StudyError(f"{path.name} has {len(rows):,} rows", f"at most {ROWS_MAX:,} are read")
    lines: list[Line] = []
    aside: list[SetAside] = []
    for number, cells in rows[at + 1 :]:
        said = {k: cells[i].strip() if i < len(cells) else "" for k, i in places.items()}
        try:
            lines.append(line_of(number, said))
        except OresightError as error:
            aside.append(SetAside(number, ", ".join(c for c in cells if c)[:SHOWN], str(error)))
    if not lines:
        why = aside[0].why if aside else "it has a head and no rows"
        raise StudyError(
            f"no row of {path.name} can be read: {why}", "write a mineral, a country and an amount"
        )
    return tuple(lines), tuple(aside)


def read_bytes(content: bytes, name: str) -> tuple[tuple[Line, ...], tuple[SetAside, ...]]:
    """Lines of a list handed over as bytes; they lie in a temporary file while they are read.

    Raises:
        StudyError: As `read_list`; also where what was handed over cannot be opened.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"list{Path(name).suffix.casefold()[:6] or '.csv'}"
        path.write_bytes(content)
        try:
            return read_list(path)
        except DataError as error:
            # what is broken is what was handed over, not the catalogue
            raise StudyError(error.what, error.mend, error.facts) from error


def cells_of(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows of a CSV or of the first sheet of a workbook, as text."""
    file = SourceFile(path)
    if path.suffix.casefold() in (".xlsx", ".xlsm"):
        with workbook(file) as book:
            for number, cells in book.rows(book.sheets[0], COLUMNS_MAX):
                yield number, ["" if c is None else str(c) for c in cells]
        return
    if path.suffix.casefold() in (".xls", ".ods", ".pdf", ".doc", ".docx"):
        raise StudyError(f"{path.name} is neither CSV nor XLSX", "save the list as one of them")
    yield from comma_rows(decoded(file.read(BYTES_MAX), path.name), path.name)


def comma_rows(text: str, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows of separated text; the separator is the one that parts its first line most."""
    import csv
    import io

    first = text.split("\n", 1)[0]
    mark = max(",;\t|", key=first.count)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True), 1)
    except csv.Error as error:
        raise StudyError(f"{name} is no CSV: {error}", "save the list anew, text in quotes") from error


def head_of(rows: Sequence[tuple[int, Sequence[str]]], name: str) -> tuple[int, dict[str, int]]:
    """The row that names the columns, within the first twenty, and where each column stands.

    Raises:
        StudyError: No row names a mineral or code, a country and an amount.
    """
    known = {head: column for column, heads in HEADS.items() for head in heads}
    best: dict[str, int] = {}
    for at, (_, cells) in enumerate(rows[:20]):
        places: dict[str, int] = {}
        for i, cell in enumerate(cells):
            column = known.get(re.sub(r"[_\s]+", " ", re.sub(r"[\[(].*?[\])]", "", plain_name(cell))).strip())
            if column:
                places.setdefault(column, i)
        if {"commodity", "code"} & set(places) and "country" in places and {"tonnes", "value"} & set(places):
            return at, places
        best = max(best, places, key=len)
    lacking = [
        words
        for words, any_of in (
            ("a mineral or customs code", {"commodity", "code"}),
            ("a country", {"country"}),
            ("a quantity or a value", {"tonnes", "value"}),
        )
        if not any_of & set(best)
    ]
    raise StudyError(
        f"{name} has no column for {', '.join(lacking)}",
        "name the columns commodity, country, tonnes (or value); also read: "
        "hs, unit, currency, stage, company, stock",
    )


def line_of(row: int, said: Mapping[str, str]) -> Line:
    """One row as a line.

    Raises:
        StudyError: Something in it cannot be read.
    """
    stage_said = said.get("stage", "")
    commodity, stage = good_of(said.get("commodity", ""), said.get("code", ""), stage_said)
    unit = said.get("unit", "").casefold().rstrip(".") or "t"
    if unit not in UNITS:
        raise StudyError(f"unknown unit {unit[:20]!r}", f"write one of {', '.join(UNITS)}")
    tonnes = amount(said.get("tonnes", ""), "quantity")
    value = amount(said.get("value", ""), "value")
    if tonnes is None and value is None:
        raise StudyError("neither a quantity nor a value", "write one of them")
    stock = amount(said.get("stock", ""), "stock")
    return Line(
        row,
        commodity,
        stage,
        names.country(said.get("country", "")),
        said.get("company", ""),
        None if tonnes is None else tonnes * UNITS[unit],
        None if value is None else value * dollars(said.get("currency", "") or "USD"),
        None if stock is None else stock * UNITS[unit],
    )


def good_of(mineral: str, code: str, stage: str) -> tuple[str, str]:
    """Commodity and stage of a row, from its mineral, else from its customs code.

    Raises:
        StudyError: Neither names one modelled commodity, or the commodity has no such stage.
    """
    known = modelled()
    if mineral:
        commodity, coded = names.commodity(mineral), ""
    elif code:
        commodity, coded = coded_good(code)
    else:
        raise StudyError("neither a mineral nor a customs code", "write one of them")
    if commodity not in known:
        members = [m for m in names.groups().get(commodity, ()) if m in known]
        mend = f"write one of {', '.join(members[:6])}" if members else "oresight data commodities says why"
        raise StudyError(f"{commodity} is not modelled as one commodity", mend)
    asked = STAGES.get(stage.casefold().strip(), "") if stage else coded
    if stage and not asked:
        raise StudyError(f"unknown stage {stage[:20]!r}", f"write one of {', '.join(STAGES)}")
    if asked and asked not in known[commodity]:
        raise StudyError(f"{commodity} has no stage {asked}", f"it has {', '.join(known[commodity])}")
    return commodity, asked or known[commodity][-1]


@lru_cache(maxsize=1)
def codes() -> dict[str, tuple[tuple[str, str], ...]]:
    """HS code of six digits -> the goods it holds, as (commodity, stage)."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for code, commodity, stage in read("trade_codes").select("hs92", "commodity", "stage").iter_rows():
        if commodity in modelled():
            found[str(code)] = (*found.get(str(code), ()), (commodity, stage))
    return found


def coded_good(text: str) -> tuple[str, str]:
    """The one good of a customs code.

    Raises:
        StudyError: The code is none, is not held, or holds several minerals.
    """
    digits = re.sub(r"\D", "", text)[:6]
    if len(digits) < 6:
        raise StudyError(f"customs code {text[:20]!r} has fewer than six digits", "write at least six")
    goods = codes().get(digits, ())
    if not goods:
        raise StudyError(f"customs code {digits} holds none of the minerals", "write the mineral")
    if len({c for c, _ in goods}) > 1:
        held = ", ".join(dict.fromkeys(c for c, _ in goods))
        raise StudyError(f"customs code {digits} holds {held} together", "write which mineral it is")
    return goods[0]


def amount(text: str, what: str) -> float | None:
    """A figure as people write it; None where the cell is empty.

    >>> amount("1,250.5", "value"), amount("1.250,5", "value"), amount("12 000", "value"), amount("", "value")
    (1250.5, 1250.5, 12000.0, None)

    Raises:
        StudyError: It is no figure, or negative.
    """
    plain = re.sub(r"[\s'$€£¥]", "", text)
    if not plain:
        return None
    if "," in plain and "." in plain:
        decimal = max(plain.rfind(","), plain.rfind("."))
        plain = re.sub(r"[,.]", "", plain[:decimal]) + "." + plain[decimal + 1 :]
    elif plain.count(".") > 1 and re.fullmatch(r"\d{1,3}(\.\d{3})+", plain):
        plain = plain.replace(".", "")
    elif plain.count(",") == 1 and not re.fullmatch(r"\d{1,3},\d{3}", plain):
        plain = plain.replace(",", ".")
    else:
        plain = plain.replace(",", "")
    try:
        value = float(plain)
    except ValueError:
        raise StudyError(f"{what} {text[:20]!r} is no figure", "write digits, such as 1250.5") from None
    if not 0.0 <= value < 1e15:
        raise StudyError(f"a {what} of {text[:20]}", "write 0 or more")
    return value


def dollars(currency: str) -> float:
    """US dollars per unit of a currency, mean of the latest year held.

    Raises:
        StudyError: No rate of it is held.
    """
    code = currency.strip().upper()
    if code in ("USD", "US$", "$"):
        return 1.0
    held = {(c, y): rate for (c, y), rate in rates().items() if c == code}
    if not held:
        raise StudyError(
            f"no rate of the currency {code[:10]!r}",
            f"known are USD, {', '.join(sorted({c for c, _ in rates()}))}",
        )
    return held[max(held, key=lambda k: k[1])]
