"""A company's own list: read as people write it, followed as the country is, set aside where it cannot be read."""

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.core.errors import DataError, StudyError
from oresight.studies import names
from oresight.studies.books import TRADE_LAST
from oresight.studies.dependence import Case, figures
from oresight.studies.purchases.reading import amount, read_list
from oresight.studies.purchases.sheets import money
from oresight.studies.purchases.study import passing, purchases

CHINA = ("CHN",)


def listed(tmp_path: Path, text: str, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("country", ["JPN", "DEU", "USA", "KOR"])
@pytest.mark.parametrize("mineral", ["gallium", "cobalt", "neodymium-praseodymium", "tungsten", "lithium"])
def test_bought_at_home_is_exposed_as_the_country_is(country: str, mineral: str, tmp_path: Path) -> None:
    """The second opinion: the dependence study, which goes another way to the same share."""
    row = figures(mineral, TRADE_LAST, [Case(country, (country,))], names.supplier("CHN"))[0]
    answer = purchases(listed(tmp_path, f"commodity,country,tonnes\n{mineral},{country},3\n"))
    assert answer.sheet("lines").records()[0]["exposure"] == pytest.approx(row["exposure"], abs=1e-12)


def test_what_people_write_is_read(tmp_path: Path) -> None:
    text = (
        "Our purchases 2026;;;;;;;\n"
        "Vendor;Material;Country of Origin;Quantity (a year);Unit;Spend;Currency;Inventory\n"
        "Bear;NdPr magnets;China;45;t;;;12\n"
        "Bear;Neodymium-praseodymium;China;45;t;;;12\n"
        "Acme;antimony;Viet Nam;;;1.500.000;EUR;\n"
        "Dowa;gallium;Japan;1200;kg;;;200\n"
    )
    lines, aside = read_list(listed(tmp_path, text))
    assert [(x.row, x.commodity, x.country) for x in lines] == [
        (4, "neodymium-praseodymium", "CHN"), (5, "antimony", "VNM"), (6, "gallium", "JPN"),
    ]  # fmt: skip
    assert lines[2].tonnes == pytest.approx(1.2) and lines[2].stock == pytest.approx(0.2)
    assert lines[1].value is not None and lines[1].value > 1_500_000
    assert [a.row for a in aside] == [3] and "unknown commodity" in aside[0].why


def test_a_workbook_reads_as_its_text(tmp_path: Path) -> None:
    rows = [
        ("commodity", "country", "tonnes", "value"),
        ("cobalt", "Finland", 60, 1_800_000.5),
        ("tin", "Peru", 5, None),
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    text = "\n".join(",".join("" if c is None else str(c) for c in row) for row in rows)
    assert read_list(tmp_path / "list.xlsx") == read_list(listed(tmp_path, text))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("gallium,Atlantis,1,,", "unknown country"),
        ("gallium,Japan,abc,,", "is no figure"),
        ("gallium,Japan,-1,,", "write 0 or more"),
        ("gallium,Japan,,,", "neither a quantity nor a value"),
        ("gallium,Japan,1,,mine", "gallium has no stage mine; it has refine"),
        ("gallium,Japan,1,,foil", "unknown stage"),
        ("platinum-group,Japan,1,,", "not modelled as one commodity; write one of"),
        (",Japan,1,,", "neither a mineral nor a customs code"),
        (",Japan,1,8112,", "fewer than six digits"),
        (",Japan,1,811291,", "write which mineral it is"),
        (",Japan,1,010121,", "holds none of the minerals"),
    ],
)
def test_a_row_that_cannot_be_read_says_why_and_the_rest_is_answered(
    row: str, why: str, tmp_path: Path
) -> None:
    path = listed(tmp_path, f"commodity,country,tonnes,hs,stage\ncobalt,Finland,1,,\n{row}\n")
    answer = purchases(path)
    (left,) = answer.sheet("left_out").records()
    assert left["row"] == 3 and why in str(left["why"])
    assert "1 row was set aside" in answer.finding and len(answer.sheet("lines").rows) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "no column for a mineral or customs code, a country, a quantity or a value"),
        ("commodity,country,tonnes\n", "head and no rows"),
        ("commodity,country,tonnes\nx,y,z\n", "no row of list.csv can be read"),
        ('commodity,country,tonnes\n"gallium,Japan,1\n', "is no CSV"),
    ],
)
def test_what_is_no_list_is_refused_in_one_line(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises((StudyError, DataError), match=why) as told:
        purchases(listed(tmp_path, text))
    assert "\n" not in str(told.value)


def test_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="neither CSV nor XLSX"):
        purchases(listed(tmp_path, "x", "list.pdf"))
    with pytest.raises(DataError, match="cannot be read"):
        purchases(tmp_path / "missing.csv")
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(DataError):
        purchases(tmp_path / "broken.xlsx")


def test_unknown_origins_stay_unknown(tmp_path: Path) -> None:
    path = listed(tmp_path, "commodity,country,tonnes\nindium,Iceland,2\nindium,Japan,2\n")
    answer = purchases(path)
    first = answer.sheet("lines").records()[0]
    row = answer.sheet("minerals").records()[0]
    assert first["exposure"] is None and "ask where it comes from" in str(first["note"])
    assert row["exposure"] is None and "1 of 2 lines" in str(row["note"])


amounts = st.lists(
    st.tuples(st.sampled_from(["CHN", "JPN", "DEU", "USA", "KOR"]), st.floats(0.01, 1e6)),
    min_size=1,
    max_size=6,
)


@given(amounts, st.floats(0.01, 100.0))
@settings(max_examples=25, deadline=None)
def test_shares_are_means_that_scale_does_not_move(
    tmp_path_factory: pytest.TempPathFactory, bought: list[tuple[str, float]], factor: float
) -> None:
    folder = tmp_path_factory.mktemp("lists")

    def row(scale: float, order: int) -> dict[str, object]:
        lines = [f"cobalt,{c},{t * scale:.12g}" for c, t in bought][::order]
        path = listed(folder, "commodity,country,tonnes\n" + "\n".join(lines))
        return purchases(path).sheet("minerals").records()[0]

    one, other = row(1.0, 1), row(factor, -1)
    each = [1.0 if c == "CHN" else passing("cobalt", "refine", c, CHINA)[0] or 0.0 for c, _ in bought]
    assert min(each) - 1e-9 <= float(str(one["exposure"])) <= max(each) + 1e-9
    assert float(str(one["exposure"])) >= float(str(one["direct"])) - 1e-9
    assert 1.0 / len(bought) - 1e-9 <= float(str(one["concentration"])) <= 1.0 + 1e-9
    for column in ("direct", "exposure", "concentration"):
        assert one[column] == pytest.approx(other[column], rel=1e-9)
    assert float(str(other["tonnes"])) == pytest.approx(float(str(one["tonnes"])) * factor, rel=1e-9)


def test_the_shock_is_the_stress_study_s_own(tmp_path: Path) -> None:
    from oresight.studies.stress.study import stress

    path = listed(tmp_path, "commodity,country,value\ngallium,Germany,1000000\n")
    row = purchases(path, home="DEU").sheet("minerals").records()[0]
    played = stress("everything-12-months", "DEU", ["gallium"], draws=32)
    summary = played.sheet("summary").records()[0]
    months = [float(str(m["price_outside"])) for m in played.sheet("months").records()[:12]]
    assert row["price_peak"] == summary["price_peak"] and row["shortage"] == summary["shortage"]
    assert row["bill"] == pytest.approx(1e6 * (np.mean(months) - 1.0))
    assert "EV015" in str(row["restricted"]), "China's licences on gallium are in force"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,250", 1250.0),
        ("1,25", 1.25),
        ("1.250,5", 1250.5),
        ("$1 000", 1000.0),
        ("1'000", 1000.0),
        ("7", 7.0),
    ],
)
def test_figures_as_written(text: str, value: float) -> None:
    assert amount(text, "value") == value


def test_money_in_words() -> None:
    assert money(None) == "an unknown sum" and money(2.5e9) == "$2.5bn" and money(1500.0) == "$1.5k"
