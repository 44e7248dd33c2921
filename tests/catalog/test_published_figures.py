"""Cells and units as publishers write them."""

import pytest

from oresight.catalog.importers.figures import figure, number, tonnes
from oresight.core.errors import DataError


@pytest.mark.parametrize(
    ("cell", "value", "low", "high", "qualifier"),
    [
        ("1,050", 1050.0, None, None, "reported"),
        ("60000", 60000.0, None, None, "reported"),
        ("2.40", 2.4, None, None, "reported"),
        (" 68\xa0", 68.0, None, None, "reported"),
        (17, 17.0, None, None, "reported"),
        ("e3,900", 3900.0, None, None, "estimated"),
        ("—", 0.0, None, None, "reported"),
        ("-", 0.0, None, None, "reported"),
        (">50", 50.0, 50.0, None, "above"),
        (">140,000,000", 140e6, 140e6, None, "above"),
        ("<1,000", 1000.0, 0.0, 1000.0, "below"),
        ("50–300", 175.0, 50.0, 300.0, "range"),
        ("10,000 - 15,000", 12500.0, 10000.0, 15000.0, "range"),
        ("Less than ½ unit.", 0.5, 0.0, 0.5, "below"),
        ("s", 0.5, 0.0, 0.5, "below"),
        ("W", None, None, None, "withheld"),
        ("NA", None, None, None, "unknown"),
        ("XX", None, None, None, "unknown"),
        ("", None, None, None, "unknown"),
        (None, None, None, None, "unknown"),
        ("Moderate to large", None, None, None, "unknown"),
        ("Included with ilmenite", None, None, None, "unknown"),
    ],
)
def test_cells(
    cell: object, value: float | None, low: float | None, high: float | None, qualifier: str
) -> None:
    read = figure(cell, "f.csv", 2)
    assert (read.value, read.low, read.high, read.qualifier) == (value, low, high, qualifier)


@pytest.mark.parametrize(
    "cell", ["1,05", "?10", "=1+1", "1 2", "-5", "1e999", "NaN", "∞", "12abc", "300–50", "<", True]
)
def test_what_is_no_figure_is_refused_with_its_row(cell: object) -> None:
    with pytest.raises(DataError) as caught:
        figure(cell, "f.csv", 7)
    assert caught.value.what.startswith("f.csv row 7: ")
    assert caught.value.mend


@pytest.mark.parametrize("cell", [-1.0, float("nan"), float("inf")])
def test_a_number_below_zero_or_not_finite_is_no_weight(cell: float) -> None:
    with pytest.raises(DataError, match="no weight"):
        figure(cell, "f.xlsx", 3)


def test_an_estimate_is_marked_and_scaled() -> None:
    read = figure("50–300", "f.csv", 2, estimated=True).times(1000)
    assert (read.value, read.low, read.high) == (175e3, 50e3, 300e3)
    assert figure("5", "f.csv", 2, estimated=True).qualifier == "estimated"


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("metric tons", 1.0),
        ("Thousand  metric tons", 1e3),
        ("kilograms", 1e-3),
        ("metr. t", 1.0),
        ("million metric tons", 1e6),
    ],
)
def test_units_of_weight(unit: str, factor: float) -> None:
    assert tonnes(unit, "f.csv", 2) == factor


@pytest.mark.parametrize("unit", ["", None, "stone", "carats", "million liters", "short tons"])
def test_an_unknown_unit_is_refused(unit: object) -> None:
    with pytest.raises(DataError, match=r"f\.csv row 9: unknown unit"):
        tonnes(unit, "f.csv", 9)


def test_thousands_stand_in_threes() -> None:
    assert number("1,234,567.5") == 1234567.5
    assert number("12,34") is None
    assert number("1e3") == 1000.0
