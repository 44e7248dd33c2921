"""A frame is held to its table's declaration: columns, types, keys, ranges, vocabularies, references."""

import datetime

import polars as pl
import pytest

from oresight.catalog.checks import cast_to, complaints, conform, validate
from oresight.catalog.declare import Check, Field, Origin, Table
from oresight.catalog.registry import table, tables
from oresight.core.errors import DataError, StudyError

ORIGIN = Origin("nobody", "a test", "", "2030", "none")
TOY = Table(
    name="toy",
    about="A row.",
    key=("id", "year"),
    fields=(
        Field("id", "name", one_of=("a", "b")),
        Field("year", "year", "integer", low=2000, high=2030, compact=pl.Int16),
        Field("value", "figure", "number", "t", required=False, low=0),
        Field("day", "day", "date", required=False),
        Field("sure", "whether", "flag", required=False),
        Field("country", "country", required=False, refers="countries.iso3"),
    ),
    vintage="2030",
    origins=(ORIGIN,),
    checks=(
        Check(
            "odd", "no odd value", lambda f: [f"{v} is odd" for v in f["value"].drop_nulls() if v % 2 == 1]
        ),
    ),
)
GOOD = {
    "id": ["a", "b"],
    "year": ["2001", "2002"],
    "value": ["2", None],
    "day": ["2001-02-03", None],
    "sure": ["yes", "no"],
    "country": ["NAM", None],
}


def with_(**changed: list[object]) -> pl.DataFrame:
    return pl.DataFrame(GOOD | changed, strict=False)


def known(_: str) -> pl.Series:
    return pl.Series(["NAM", "CHN"])


def test_text_becomes_the_declared_types() -> None:
    frame = validate(TOY, with_(), known)
    assert dict(frame.schema) == TOY.schema
    assert frame.row(0) == ("a", 2001, 2.0, datetime.date(2001, 2, 3), True, "NAM")
    assert frame.row(1) == ("b", 2002, None, None, False, None)


def test_columns_come_in_the_declared_order() -> None:
    assert conform(TOY, with_().select(*reversed(list(GOOD)))).columns == list(GOOD)


@pytest.mark.parametrize(
    ("field", "bad", "message"),
    [
        ("year", "2001.5", r"x row 3: year is '2001\.5'; a whole number is needed"),
        ("year", "soon", r"x row 3: year is 'soon'"),
        ("year", "99999", r"x row 3: year is '99999'"),
        ("value", "1,5", r"x row 3: value is '1,5'; a number is needed in t"),
        ("day", "2001-13-01", r"x row 3: day is '2001-13-01'; a date such as"),
        ("sure", "maybe", r"x row 3: sure is 'maybe'; yes or no is needed"),
    ],
)
def test_a_value_of_another_type_is_named_with_its_row(field: str, bad: str, message: str) -> None:
    column: list[object] = [GOOD[field][0], bad]
    with pytest.raises(DataError, match=message):
        conform(TOY, with_(**{field: column}), "x", first=2)


def test_nothing_is_rounded_or_cut_to_fit() -> None:
    year = TOY.field("year")
    assert cast_to(year, pl.Series([2001.0, 2001.5, None])).to_list() == [2001, None, None]
    assert cast_to(year, pl.Series([True])).to_list() == [None]
    assert cast_to(TOY.field("value"), pl.Series([False])).to_list() == [None]
    assert cast_to(TOY.field("day"), pl.Series([20010203])).to_list() == [None]
    assert cast_to(TOY.field("sure"), pl.Series([1])).to_list() == [None]
    assert cast_to(TOY.field("value"), pl.Series([[1.0]])).to_list() == [None]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"id": ["a", "c"]}, "row 2: id 'c' is none of a, b"),
        ({"id": ["a", None]}, "row 2: id None is missing"),
        ({"year": ["2001", "1999"]}, "row 2: year 1999 is below 2000"),
        ({"year": ["2001", "2031"]}, "row 2: year 2031 is above 2030"),
        ({"value": ["2", "-1"]}, "row 2: value -1.0 is below 0 t"),
        ({"value": ["2", "nan"]}, "row 2: value nan is not a finite number"),
        ({"value": ["2", "inf"]}, "row 2: value inf is not a finite number"),
        ({"value": ["2", "3"]}, "odd: 3.0 is odd"),
        ({"country": ["NAM", "XXX"]}, "row 2: country 'XXX' is not in countries.iso3"),
        ({"id": ["a", "a"], "year": ["2001", "2001"]}, "2 rows share a key, first {'id': 'a', 'year': 2001}"),
    ],
)
def test_a_broken_promise_is_told(changed: dict[str, list[object]], message: str) -> None:
    found = complaints(TOY, conform(TOY, with_(**changed)), known)
    assert any(c.startswith(message) for c in found), found
    with pytest.raises(DataError) as caught:
        validate(TOY, with_(**changed), known)
    assert caught.value.facts["complaints"] == found


def test_all_complaints_are_gathered() -> None:
    broken = conform(TOY, with_(id=["c", "c"], value=["-2", "nan"], country=["X", "Y"]))
    assert len(complaints(TOY, broken, known)) == 4


def test_a_missing_or_unknown_column_is_named() -> None:
    with pytest.raises(
        DataError, match=r"toy: the header lacks year and has unknown yeer; expected columns are id, year"
    ):
        conform(TOY, with_().rename({"year": "yeer"}))


def test_a_huge_cell_is_shown_short() -> None:
    with pytest.raises(DataError) as caught:
        conform(TOY, with_(value=["1", "9" * 5000 + "x"]))
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"key": ("nothing",)}, "is not among its fields"),
        ({"key": ()}, "is not among its fields"),
        ({"origins": ()}, "neither origins nor inputs"),
    ],
)
def test_a_declaration_without_key_or_origin_is_refused(changed: dict[str, object], message: str) -> None:
    base: dict[str, object] = {
        "name": "x",
        "about": "",
        "key": ("id",),
        "fields": (Field("id", ""),),
        "vintage": "",
        "origins": (ORIGIN,),
    }
    with pytest.raises(ValueError, match=message):
        Table(**(base | changed))  # type: ignore[arg-type]


def test_every_declared_table_stands_on_its_own() -> None:
    names = {t.name for t in tables()}
    for each in tables():
        assert each.about.strip() and each.vintage.strip(), each.name
        assert each.name == each.name.lower().replace("-", "_"), each.name
        assert len(each.schema) == len(each.fields), f"{each.name} names a field twice"
        assert set(each.inputs) <= names, f"{each.name} is made from a table nobody declared"
        for field in each.fields:
            assert field.about.strip(), f"{each.name}.{field.name}"
            if field.kind == "number":
                per_row = any(name.startswith("unit") for name in each.schema)
                assert field.unit or per_row, f"{each.name}.{field.name} has no unit"
            if field.refers:
                other, _, column = field.refers.rpartition(".")
                assert column in table(other).schema, f"{each.name}.{field.name} refers to {field.refers}"


def test_an_unknown_table_has_nearest_names() -> None:
    with pytest.raises(StudyError, match=r"unknown table 'traed'; did you mean trade"):
        table("traed")
