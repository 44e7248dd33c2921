"""Years whose sources leave out a large maker: unknown by country, never its share as nought."""

from collections.abc import Callable

from oresight.catalog import overlay
from oresight.studies import books, names
from oresight.studies.commodity.study import by_year
from oresight.studies.dependence import dependence


def test_china_did_not_begin_gallium_in_a_year_it_was_first_counted() -> None:
    """The BGS lists Japan, Kazakhstan and Russia for 2008 and China, with 200 t, only from 2011."""
    assert books.holes()["gallium", "refine", 2008] == ("CHN",)
    assert books.nearest_year("gallium", "refine", 2008) == 2011
    assert books.nearest_year("gallium", "refine", 2006) is None
    row = dependence("JPN", ["gallium"], "CHN", 2008).sheets[0].records()[0]
    assert float(str(row["exposure"])) > 0.5
    unknown = dependence("JPN", ["gallium"], "CHN", 2006).sheets[0].records()[0]
    assert unknown["exposure"] is None
    years = by_year("gallium", names.supplier("CHN"))
    assert min(r["year"] for r in years) >= 2011 and min(r["supplier_share"] for r in years) > 0.5


def test_a_country_that_ended_leaves_no_hole() -> None:
    """Russia is not missing in 1990, nor the Soviet Union in 1993."""
    assert not [k for k, missing in books.holes().items() if "SUN" in missing]
    assert not [k for k, missing in books.holes().items() if "RUS" in missing and k[2] < 1992]


def test_a_figure_of_nought_is_no_hole() -> None:
    rows = books.production_rows()
    zero = rows.filter(rows["value"] == 0).select("commodity", "stage", "year", "country")
    assert zero.height > 100
    assert not [r for r in zero.iter_rows() if r[3] in books.holes().get(r[:3], ())]


def test_every_hole_is_a_maker_of_a_fifth_nearby_without_a_figure() -> None:
    """Second opinion, row by row: no figure that year, and a fifth or more of the nearest year with one."""
    rows = books.production_rows()
    for (commodity, stage, year), missing in books.holes().items():
        part = rows.filter((rows["commodity"] == commodity) & (rows["stage"] == stage))
        for country in missing:
            own = part.filter(part["country"] == country)
            assert year not in own["year"].to_list()
            near = min(own["year"].to_list(), key=lambda y: (abs(y - year), y))
            totals = {
                y: part.filter(part["year"] == y)["value"].sum()
                for y in (near, 2 * year - near)
                if y in own["year"].to_list()
            }
            assert abs(near - year) <= books.YEARS_NEAR
            assert (
                max(own.filter(own["year"] == y)["value"].sum() / t for y, t in totals.items()) >= books.HOLE
            )


def test_who_knows_the_figure_closes_the_hole(notice: Callable[[], None]) -> None:
    row = {"commodity": "gallium", "stage": "refine", "country": "CHN", "year": 2008, "value": 150.0}
    overlay.add({"refinery_production": [row]})
    notice()
    assert ("gallium", "refine", 2008) not in books.holes()
    assert books.nearest_year("gallium", "refine", 2008) == 2008
