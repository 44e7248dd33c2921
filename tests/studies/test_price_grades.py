"""Prices of several grades are several lines: no line jumps between two grades on one day."""

from itertools import pairwise

import pytest

from oresight.catalog.store import read
from oresight.face.charts import prices as chart
from oresight.studies.books import modelled
from oresight.studies.commodity.grades import grade
from oresight.studies.commodity.study import commodity


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ("_High-purity_dkg (most recent year estimated)", "high-purity"),
        ("_Cmpds_Oxide_dg", "oxide"),
        ("_dlb", ""),
        ("average, dollars per pound", ""),
        ("average unit value of imports, dollars per metric ton at foreign ports: Flake", "flake"),
        ("Average, dollars per kilogram: Cerium oxide, 99.5% minimum. Source: Argus", "cerium oxide, 99.5% minimum"),
        ("dollars per metric ton: Rutile, bulk, free on board (f.o.b.) Australia", "rutile, bulk, australia"),
        ("Zircon, dollars per metric ton (gross weight): Imported", "zircon, (gross weight), imported"),
        ("Source: S&amp;P Global", "source, s&p"),
        ("Argus; derived: July level less the rise", "argus"),
        ("ingot, SMM, record high (1,826.48 USD/kg)", "ingot, smm, record high (1,826.48 usd/kg)"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_grade_is_what_is_left_of_a_wording(form: str, found: str) -> None:
    assert grade(form) == found


def test_wordings_of_two_editions_are_one_grade() -> None:
    """Editions add remarks and change capitals; the price is of the same thing."""
    old = "average, dollars per kilogram: Neodymium oxide, 99.5% minimum"
    new = "Average, dollars per kilogram: Neodymium oxide, 99.5% minimum. Source:Argus Media group. Data are estimated for"
    assert grade(old) == grade(new) == "neodymium oxide, 99.5% minimum"


def test_no_stored_wording_is_left_with_its_unit() -> None:
    found = {grade(f) for f in read("prices")["form"].drop_nulls().unique()}
    assert len(found) > 50
    assert not [
        g for g in found if "dollars per" in g or "cents per" in g or "estimated" in g or g != g.strip()
    ]


@pytest.mark.parametrize("name", sorted(set(modelled()) & set(read("prices")["commodity"].drop_nulls())))
def test_a_line_of_the_chart_has_one_price_a_day(name: str) -> None:
    """But for one grade that a source states in two units, rounded, or as a range: those lie within a tenth."""
    sheet = commodity(name).sheet("prices")
    product = chart.leading_product(sheet)
    rows = [{**r, "series": f"{r['place']}, {r['kind']}"} for r in sheet.records() if r["product"] == product]
    lines: dict[str, list[tuple[str, float]]] = {}
    for r in chart.by_grade(rows):
        lines.setdefault(r["line"], []).append((str(r["date"]), float(str(r["usd_per_t"]))))
    for line, points in lines.items():
        for (day, value), (then, other) in pairwise(sorted(points)):
            assert day != then or other <= 1.1 * value, (line, day, value, other)


def test_gallium_of_two_purities_is_two_lines_each_named() -> None:
    sheet = commodity("gallium").sheet("prices")
    rows = [{**r, "series": f"{r['place']}, {r['kind']}"} for r in sheet.records()]
    drawn = chart.unbroken(chart.by_grade(rows))
    lines = {r["line"] for r in drawn}
    assert {"world, annual: high-purity", "world, annual: low-purity"} <= lines
    assert {n["grade"] for n in chart.grade_names(drawn)} >= {"high-purity", "low-purity"}
    assert all(n["at"] >= 0 for n in chart.grade_names(drawn))
    mains = {r["line"] for r in drawn if r["main"] and r["series"] == "world, annual"}
    assert len(mains) == 1
