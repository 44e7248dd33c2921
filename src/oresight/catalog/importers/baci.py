"""CEPII BACI: the zip of yearly files `BACI_HS92_Y1995_V202601.csv` with its country and product codes.

Layout: t year, i exporter and j importer as numbers of `country_codes_V….csv`, k product (six digits, leading
zeros may be lost), v thousand current US dollars, q tonnes, blank or NA where nobody reported one. Yearly
files are read in pieces, never unpacked to disk; only the wanted products are kept.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping

import polars as pl

from oresight.catalog.importers.imported import Imported, Known, Rows
from oresight.catalog.importers.opening import (
    SourceFile,
    archive,
    at_row,
    decoded,
    pieces,
    plain_name,
    shown,
    table_rows,
)
from oresight.core.errors import DataError
from oresight.core.progress import report

PUBLISHER = "baci"
YEARLY = re.compile(r"(?:.*/)?BACI_HS(\d{2})_Y(\d{4})_V(\w+)\.csv", re.I)
COUNTRIES = re.compile(r"(?:.*/)?country_codes_V\w+\.csv", re.I)
PRODUCTS = re.compile(r"(?:.*/)?product_codes_HS\d{2}_V\w+\.csv", re.I)
COLUMNS = ("t", "i", "j", "k", "v", "q")
CODES_MAX = 8 * 2**20
MISSING = ("", "NA", "na", ".", "NaN", "nan")
EMPTY = pl.DataFrame(
    schema={
        "year": pl.Int64,
        "exporter": pl.String,
        "importer": pl.String,
        "hs92": pl.String,
        "value_kusd": pl.Float64,
        "gross_t": pl.Float64,
    }
)


def recognises(file: SourceFile) -> bool:
    """Whether the file is a zip with BACI's yearly files, or calls itself one."""
    named = re.match(r"BACI_HS\d{2}_V\w+\.zip", file.name, re.I) is not None
    if not named and not file.head(4).startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(file.path) as packed:
            return named or any(YEARLY.fullmatch(n) for n in packed.namelist()[:2000])
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return named


def vintage(file: SourceFile) -> str | None:
    """The edition in the members' names, such as 202601."""
    with archive(file) as packed:
        editions = {m[3] for n in packed.namelist() if (m := YEARLY.fullmatch(n))}
    if len(editions) > 1:
        raise DataError(
            f"{file.name} mixes editions {', '.join(sorted(editions))}", "use the publisher's zip"
        )
    return next(iter(editions), None)


def imported(file: SourceFile, vintage: str, known: Known) -> Imported:
    """Trade in the wanted products, all years of the zip.

    Raises:
        DataError: The zip is damaged or of another nomenclature, a country is unknown, a figure is none.
    """
    notes: list[str] = []
    with archive(file) as packed:
        members = yearly(file.name, packed)
        numbers = country_numbers(file.name, packed, known)
        wanted = products(file.name, packed, known, notes)
        frames = []
        for at, (year, member) in enumerate(members):
            report(known.report, at / len(members), f"{file.name}: trade of {year}")
            frames.append(one_year(f"{file.name}/{member.filename}", year, packed, member, wanted, numbers))
    frame = pl.concat(frames)
    if frame.is_empty():
        raise DataError(
            f"{file.name} holds no trade in the {len(wanted)} products wanted",
            "check that it is BACI in HS 1992",
        )
    years = frame["year"].unique().sort().to_list()
    silent_years = sorted({y for y, _ in members} - set(years))
    notes += [f"{file.name}: no trade of {y} in the products wanted" for y in silent_years]
    frame = frame.sort("hs92", "year", "exporter", "importer")
    return Imported(file.name, PUBLISHER, vintage, {"trade": Rows(frame, ("year",))}, notes=tuple(notes))


def yearly(file: str, packed: zipfile.ZipFile) -> list[tuple[int, zipfile.ZipInfo]]:
    """Yearly members in order of year.

    Raises:
        DataError: None is there, one year is there twice, or they are of another nomenclature.
    """
    found: dict[int, zipfile.ZipInfo] = {}
    for member in packed.infolist():
        match = YEARLY.fullmatch(member.filename)
        if match is None:
            continue
        if match[1] != "92":
            raise DataError(
                f"{file} is BACI in HS {match[1]}", "the catalogue needs the zip in HS 1992 (BACI_HS92)"
            )
        if int(match[2]) in found:
            raise DataError(f"{file} holds the year {match[2]} twice", "use the publisher's zip")
        found[int(match[2])] = member
    if not found:
        raise DataError(f"{file} holds no file BACI_HS92_Y....csv", "use the publisher's zip")
    return sorted(found.items())


def member_text(file: str, packed: zipfile.ZipFile, pattern: re.Pattern[str], what: str) -> tuple[str, str]:
    """Name and text of the one small member a pattern names.

    Raises:
        DataError: It is missing, too large or damaged.
    """
    member = next((m for m in packed.infolist() if pattern.fullmatch(m.filename)), None)
    if member is None:
        raise DataError(f"{file} lacks the file of {what}", "use the publisher's zip, whole")
    name = f"{file}/{member.filename}"
    if member.file_size > CODES_MAX:
        raise DataError(f"{name} would unpack to {member.file_size} bytes", "use the publisher's zip")
    try:
        stream = packed.open(member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise DataError(f"{name} is damaged", "download the archive again") from error
    with stream:
        return name, decoded(b"".join(pieces(name, stream)), name)


def country_numbers(file: str, packed: zipfile.ZipFile, known: Known) -> Mapping[int, str]:
    """Number of a country in the file -> its code in the catalogue.

    The catalogue's own numbers go first (490 is Taiwan there, 58 Belgium with Luxembourg); a number it does
    not have is taken by the ISO code beside it. Codes are read as text: NA is Namibia, not missing.

    Raises:
        DataError: The file of countries lacks a column or holds no number.
    """
    name, text = member_text(file, packed, COUNTRIES, "country codes")
    numbers = dict(known.places.numbers)
    for row, cells in table_rows(text, name, ("country_code", "country_name", "country_iso3")):
        if not cells["country_code"].isdigit():
            raise at_row(name, row, f"country_code {shown(cells['country_code'])} is no number", "restore it")
        number = int(cells["country_code"])
        if number not in numbers and cells["country_iso3"] in known.places.codes:
            numbers[number] = cells["country_iso3"]
    return numbers


def products(file: str, packed: zipfile.ZipFile, known: Known, notes: list[str]) -> frozenset[str]:
    """The wanted products; those the file's own list does not have are noted.

    Raises:
        DataError: None of the wanted products is in the file's list.
    """
    name, text = member_text(file, packed, PRODUCTS, "product codes")
    listed = {cells["code"].zfill(6) for _, cells in table_rows(text, name, ("code", "description"))}
    wanted = frozenset(known.hs92)
    absent = sorted(wanted - listed)
    if len(absent) == len(wanted):
        raise DataError(f"{name} lists none of the products wanted", "check that it is BACI in HS 1992")
    notes += [f"{file}: product {code} is not in its list" for code in absent]
    return wanted


def one_year(
    name: str,
    year: int,
    packed: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    wanted: frozenset[str],
    numbers: Mapping[int, str],
) -> pl.DataFrame:
    """One year's trade in the wanted products, by the catalogue's countries.

    Countries that stand for one here are added up; a sum with an unknown weight is unknown; trade of a
    country with itself is left out.

    Raises:
        DataError: The header changed, the member is damaged, or a row holds what is no figure.
    """
    try:
        stream = packed.open(member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise DataError(
            f"{name} is damaged ({type(error).__name__})", "download the archive again"
        ) from error
    kept, row, header = [], 1, None
    with stream:
        for piece in pieces(name, stream):
            body = piece
            if header is None:
                first, _, body = piece.partition(b"\n")
                header = header_names(name, first)
            if body.strip():
                rows, count = wanted_rows(name, row, body, header, wanted)
                row += count
                kept.append(rows)
    if header is None:
        raise DataError(f"{name} is empty", "download the archive again")
    if not kept:
        return EMPTY
    return checked(name, year, pl.concat(kept), numbers)


def header_names(name: str, line: bytes) -> list[str]:
    """Column names of a yearly file.

    Raises:
        DataError: One of t, i, j, k, v, q is missing.
    """
    text = decoded(line, name)
    names = [plain_name(c.strip().strip('"')) for c in text.strip().split(",")]
    missing = [c for c in COLUMNS if c not in names]
    if missing or len(set(names)) < len(names):
        raise at_row(
            name,
            1,
            f"the header is {shown(text.strip())}",
            "expected are t,i,j,k,v,q; the publisher changed the layout",
        )
    return names


def wanted_rows(
    name: str, before: int, body: bytes, header: list[str], wanted: frozenset[str]
) -> tuple[pl.DataFrame, int]:
    """Rows of some lines in the wanted products, all cells as text, and the number of lines."""
    try:
        frame = pl.read_csv(
            body,
            has_header=False,
            new_columns=header,
            infer_schema=False,
            row_index_name="row",
            quote_char='"',
        )
        if frame.width != len(header) + 1:
            raise pl.exceptions.ComputeError("columns")
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise first_bad(name, before, body, len(header)) from error
    code = pl.col("k").str.strip_chars().str.zfill(6)
    lines = body.count(b"\n")
    short = frame.filter(pl.any_horizontal(pl.col("t", "i", "j", "k", "v").is_null()))
    if short.height:
        raise at_row(
            name,
            before + 1 + int(short["row"][0]),
            "a cell is missing",
            "the file was cut off or reordered; download the archive again",
        )
    kept = frame.with_columns(code.alias("k"), (pl.col("row") + before + 1).alias("row"))
    return kept.filter(pl.col("k").is_in(list(wanted))).select("row", *COLUMNS), lines


def first_bad(name: str, before: int, body: bytes, width: int) -> DataError:
    """The error for lines that are no rectangular CSV: names the first bad one."""
    try:
        text = decoded(body, name)
    except DataError as error:
        row = int(error.facts.get("row", 1)) + before
        return at_row(name, row, "is no text", error.mend)
    row = before
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            row += 1
            if len(cells) != width:
                return at_row(
                    name, row, f"{len(cells)} cells, expected {width}", "download the archive again"
                )
    except csv.Error as error:
        return at_row(name, row + 1, f"is no CSV: {error}", "download the archive again")
    return at_row(name, before + 1, "cannot be read as CSV", "download the archive again")


def checked(name: str, year: int, text: pl.DataFrame, numbers: Mapping[int, str]) -> pl.DataFrame:
    """Typed rows of one year.

    Raises:
        DataError: A year, country, value or weight is none; names the row.
    """
    stripped = text.with_columns(pl.col(COLUMNS).str.strip_chars())
    weight = pl.when(pl.col("q").fill_null("").is_in(MISSING)).then(None).otherwise(pl.col("q"))
    typed = stripped.with_columns(weight.alias("q")).with_columns(
        pl.col("t", "i", "j").cast(pl.Int64, strict=False).name.suffix("_"),
        pl.col("v", "q").cast(pl.Float64, strict=False).name.suffix("_"),
    )
    number, known = pl.Series(list(numbers)).cast(pl.Int64), list(numbers.values())
    sides = {"i_": "exporter", "j_": "importer"}
    typed = typed.with_columns(
        pl.col(c).replace_strict(number, known, default=None, return_dtype=pl.String).alias(n)
        for c, n in sides.items()
    )
    for bad, column, what, mend in bad_cells(year):
        rows = typed.filter(bad)
        if rows.height:
            first = rows.row(0, named=True)
            raise at_row(name, first["row"], f"{what} {shown(first[column])}", mend, rows=rows.height)
    return (
        typed.filter(pl.col("exporter") != pl.col("importer"))
        .group_by("t_", "exporter", "importer", "k")
        .agg(
            pl.col("v_").sum().alias("value_kusd"),
            pl.when(pl.col("q_").is_null().any()).then(None).otherwise(pl.col("q_").sum()).alias("gross_t"),
        )
        .rename({"t_": "year", "k": "hs92"})
        .select(EMPTY.columns)
    )


def bad_cells(year: int) -> Iterator[tuple[pl.Expr, str, str, str]]:
    """What a row may not hold: condition, column shown, what is wrong, mend."""
    other = "the file was mis-named or reordered; download the archive again"
    figure = "restore the published figure"
    yield pl.col("t_").is_null() | (pl.col("t_") != year), "t", f"a row of {year} has the year", other
    for side, what in (("i", "exporter"), ("j", "importer")):
        place = {"i": "exporter", "j": "importer"}[side]
        yield (
            pl.col(place).is_null(),
            side,
            f"unknown {what} number",
            "add it to baci_code in the countries table",
        )
    wrong_value = pl.col("v_").is_null() | ~pl.col("v_").is_finite() | (pl.col("v_") < 0)
    yield wrong_value, "v", "no value in thousand dollars:", figure
    wrong_weight = (pl.col("q").is_not_null() & pl.col("q_").is_null()) | (
        pl.col("q_").is_not_null() & (~pl.col("q_").is_finite() | (pl.col("q_") < 0))
    )
    yield wrong_weight, "q", "no weight in tonnes:", figure
    yield pl.col("v_") > 1e9, "v", "an absurd value of", figure
    yield pl.col("q_") > 1e9, "q", "an absurd weight of", figure
