"""In a notebook: every question answers, tables are typed frames, charts draw, and what is unknown is null."""

import inspect

import polars as pl
import pytest

import oresight
from oresight.core.answer import Answer, Basis, Column, Sheet, TableUse
from oresight.core.errors import StudyError
from oresight.face.notebook.shown import ROWS, Shown

COLUMNS = (
    Column("who", "a <country>"),
    Column("share", "its share", "1", "share"),
    Column("year", "the year", "", "integer"),
    Column("figure", "for machines", "", "id"),
)


def answer(rows: int = 2) -> Shown:
    """A small answer with something unknown and something that looks like markup."""
    table = Sheet(
        "main", "The <main> table", COLUMNS, tuple(("A & B", 0.5, 2024, f"id:{n}") for n in range(rows))
    )
    gaps = Sheet("gaps", "Gaps", COLUMNS, ((None, float("nan"), None, None),))
    basis = Basis((TableUse("trade", "2024", "CEPII", "Etalab 2.0"),), ("measure §1",))
    return Shown(Answer("t", "Who?", "A <b> finding.", (table, gaps), basis))


def test_every_public_name_is_a_question() -> None:
    for name in oresight.__all__:
        asked = getattr(oresight, name)
        assert callable(asked) and inspect.getdoc(asked), name
    assert set(oresight.__all__) <= set(dir(oresight))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = oresight.nonsense


def test_frames_are_typed_and_unknown_is_null() -> None:
    shown = answer()
    frame = shown.frame()
    assert frame.schema == {"who": pl.String, "share": pl.Float64, "year": pl.Int64, "figure": pl.String}
    gaps = shown.frame("gaps")
    assert gaps.null_count().row(0) == (1, 1, 1, 1)
    with pytest.raises(StudyError, match="did you mean main"):
        shown.frame("mian")
    with pytest.raises(StudyError, match="chart of this answer"):
        shown.chart()


def test_it_shows_itself_with_its_sources_and_without_markup_of_others() -> None:
    page = answer(ROWS + 3)._repr_html_()
    assert "A &lt;b&gt; finding." in page and "The &lt;main&gt; table" in page and "A &amp; B" in page
    assert page.count("<tr>") == ROWS + 1 and "3 more rows" in page
    assert "id:0" not in page, "ids are for machines"
    assert "trade (2024), CEPII" in page and "measure §1" in page
    assert "A <b> finding." in repr(answer())


def test_a_real_question_with_its_chart() -> None:
    japan = oresight.dependence("JPN", commodity=["rare-earths"], since=2008)
    years = japan.frame()["year"].to_list()
    assert years[0] == 2008 and len(years) > 10
    assert japan.charts == ("history:rare-earths",)
    drawn = japan.chart().to_dict()
    assert drawn["config"]["background"] == "transparent"
    assert "<svg" in japan._repr_html_()
    single = oresight.dependence("JPN", commodity=["gallium"])
    assert single.charts == ()


def test_a_stress_run_has_charts_of_each_metal() -> None:
    cut = oresight.stress("gallium-germanium-2023", draws=2)
    assert "price:gallium" in cut.charts and "costs" in cut.charts
    for name in cut.charts:
        assert cut.chart(name).to_dict()["config"]


def test_a_table_comes_whole() -> None:
    held = oresight.table("events")
    assert held.frame().height == oresight.sql("select count(*) as n from events").frame()["n"].item()
