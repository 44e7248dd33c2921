"""The catalogue as answers: what it holds, what a table is, its rows whole, and one question in SQL."""

import errno
import io
import json
import os
from pathlib import Path

import polars as pl
import pytest

from oresight.catalog import provenance, store
from oresight.catalog.registry import table, tables
from oresight.core.errors import DataError, StudyError
from oresight.studies.catalogue import export as catalogue_export
from oresight.studies.catalogue import sql as catalogue_sql
from oresight.studies.catalogue import study as catalogue


@pytest.fixture(autouse=True)
def packaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package's own tables, whatever the machine has."""
    monkeypatch.setenv("ORESIGHT_CATALOGUE", str(store.PACKAGED))


def test_the_overview_lists_every_table_and_all_keep_their_promises() -> None:
    answer = catalogue.overview()
    rows = {r["table"]: r for r in answer.sheet("tables").records()}
    assert set(rows) == {t.name for t in tables()}
    for name, row in rows.items():
        assert row["complaints"] in (0, None), f"{name}: {catalogue.broken(name)[:3]}"
        assert row["publisher"] and row["licence"] and row["vintage"] and row["checks"], name
    assert rows["trade"]["rows"] == store.read("trade").height
    assert "CEPII" in str(rows["trade"]["publisher"])
    assert "all keep their promises" in answer.finding


def test_a_broken_promise_is_in_the_overview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = store.read("economies").with_columns(pl.lit("XXX").alias("country"))
    store.write({"economies": frame}, tmp_path / "c", {"economies": "1999"})
    monkeypatch.setenv("ORESIGHT_CATALOGUE", str(tmp_path / "c"))
    answer = catalogue.overview()
    row = next(r for r in answer.sheets[0].records() if r["table"] == "economies")
    assert row["complaints"] == 2, "an unknown country, and two rows of one key"
    assert row["vintage"] == "1999"
    assert "economies break their promises" in answer.finding


def test_a_table_is_described_down_to_its_origins() -> None:
    answer = catalogue.describe("baseline_prices")
    assert answer.parameters["inputs"] == list(table("baseline_prices").inputs)
    fields = {f["field"]: f for f in answer.sheet("fields").records()}
    assert fields["usd_per_t"]["unit"] == "USD/t"
    assert fields["commodity"]["key"] is True
    assert fields["stage"]["limits"] == "mine, refine, component"
    origins = answer.sheet("origins").records()
    assert any(o["table"] == "prices" and o["made_for"] == "baseline_prices" for o in origins)
    assert answer.basis.tables[0].publisher
    with pytest.raises(StudyError, match="did you mean trade"):
        catalogue.describe("trades")


@pytest.mark.parametrize("name", ["blocs", "trade_codes", "prices"])
def test_a_table_is_given_out_the_same_in_three_formats(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_export, "BATCH", 7)
    frame = store.read(name)
    out = {form: io.BytesIO() for form in catalogue_export.FORMATS}
    for form, stream in out.items():
        assert catalogue_export.export(name, form, stream) == frame.height
    assert pl.read_parquet(io.BytesIO(out["parquet"].getvalue())).equals(frame)
    records = json.loads(out["json"].getvalue())
    assert len(records) == frame.height
    assert list(records[0]) == frame.columns
    shown = json.loads(json.dumps(frame.to_dicts(), default=str))
    assert records == shown
    back = pl.read_csv(out["csv"].getvalue(), schema_overrides=dict(frame.schema))
    assert back.equals(frame)


def test_an_empty_table_is_still_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write({"economies": store.read("economies").clear()}, tmp_path / "c")
    monkeypatch.setenv("ORESIGHT_CATALOGUE", str(tmp_path / "c"))
    out = io.BytesIO()
    catalogue_export.export("economies", "json", out)
    assert json.loads(out.getvalue()) == []


def test_an_unknown_format_and_a_full_disk() -> None:
    with pytest.raises(StudyError, match="did you mean parquet"):
        catalogue_export.export("blocs", "parket", io.BytesIO())

    class Full(io.BytesIO):
        def write(self, _: object) -> int:  # type: ignore[override]
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(DataError, match="writing blocs as csv failed: No space left on device"):
        catalogue_export.export("blocs", "csv", Full())

    class Closed(io.BytesIO):
        def write(self, _: object) -> int:  # type: ignore[override]
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        catalogue_export.export("blocs", "csv", Closed())


def test_rows_as_an_answer_say_what_was_left_off_and_assumed() -> None:
    answer = catalogue.rows("trade", limit=3)
    assert len(answer.sheets[0].rows) == 3
    assert "the first 3 here" in answer.finding
    assumed = catalogue.rows("economies").basis.assumptions
    assert assumed and "are assumptions" in assumed[0].text
    catalogue.rows("prices", limit=2).as_dict()


def test_sql_and_frames_agree() -> None:
    answer = catalogue_sql.query(
        "SELECT exporter, sum(value_kusd) AS v FROM trade WHERE year = 2020 GROUP BY 1 ORDER BY 1"
    )
    frame = (
        store.read("trade")
        .filter(pl.col("year") == 2020)
        .group_by("exporter")
        .agg(pl.col("value_kusd").cast(pl.Float64).sum())
        .sort("exporter")
    )
    assert answer.sheets[0].column("exporter") == frame["exporter"].to_list()
    assert answer.sheets[0].column("v") == pytest.approx(frame["value_kusd"].to_list(), rel=1e-9)
    assert [t.name for t in answer.basis.tables] == ["trade"]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("", "one SELECT, not no"),
        ("SELECT 1; SELECT 2", "one SELECT, not SELECT, SELECT"),
        ("DROP VIEW blocs", "one SELECT, not DROP"),
        ("CREATE TABLE x AS SELECT 1", "one SELECT, not CREATE"),
        ("COPY blocs TO 'x.csv'", "one SELECT, not COPY"),
        ("INSERT INTO blocs VALUES (1)", "one SELECT, not INSERT"),
        ("SET threads = 64", "one SELECT, not SET"),
        ("SELEC 1", "is no SQL"),
        ("SELECT * FROM nope", "cannot be answered: Catalog Error"),
        ("SELECT * FROM read_text('/etc/passwd')", "cannot be answered: Permission Error"),
        ("SELECT 'a'::INT", "cannot be answered: Conversion Error"),
        ("SELECT '" + "x" * 30_000 + "'", "a question of"),
    ],
)
def test_a_question_only_asks(sql: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        catalogue_sql.query(sql)


def test_a_question_is_bounded_in_time_and_rows() -> None:
    endless = "WITH RECURSIVE t AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM t) SELECT count(*) FROM t"
    with pytest.raises(StudyError, match=r"took longer than 0\.5 s"):
        catalogue_sql.query(endless, seconds=0.5)
    answer = catalogue_sql.query("SELECT * FROM range(100)", limit=5)
    assert len(answer.sheets[0].rows) == 5
    assert "more were left off" in answer.finding
    twice = catalogue_sql.query("SELECT 1 AS a, 'x' AS a, DATE '2024-01-02' AS d, NULL AS n, 1e999 AS big")
    assert twice.sheets[0].records() == [{"a": 1, "a_2": "x", "d": "2024-01-02", "n": None, "big": None}]


def test_a_figure_is_walked_back_to_its_source_row() -> None:
    row = (
        store.read("reserves")
        .filter(pl.col("commodity") == "lithium", pl.col("value").is_not_null())
        .row(0, named=True)
    )
    text = f"reserves.value:commodity=lithium,country={row['country']},year={row['year']},vintage={row['vintage']}"
    found = provenance.explained(text)
    assert [c.row["value"] for c in found] == [row["value"]]
    assert found[0].source is not None and found[0].source["id"] == row["source_id"]
    assert any(o.publisher == "USGS" for o in found[0].origins)
    trade = provenance.explained("trade:year=2020,exporter=CHN,importer=JPN")
    assert trade and all(c.source is None and c.origins for c in trade)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no figure"),
        ("reserves.value:country", "names no figure"),
        ("reserves..value", "names no figure"),
        ("reservs.value:country=CHL", "unknown table 'reservs'; did you mean reserves"),
        ("reserves.valu:country=CHL", "unknown field of reserves 'valu'; did you mean value"),
        ("reserves.value:land=CHL", "unknown field of reserves 'land'"),
        ("reserves.value:year=soon", "year of reserves is no integer in 'soon'"),
        ("reserves.value:country=XXX", "no row of reserves has country=XXX; a key there is commodity="),
        ("x" * 5000, "names no figure"),
    ],
)
def test_a_figure_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        provenance.explained(text)


def test_every_table_reaches_an_origin_and_every_cited_source_is_there() -> None:
    ids = set(store.read("sources")["id"])
    for each in tables():
        assert provenance.origins(each.name), each.name
        assert provenance.walk(each.name)[0].table is each
        if store.path(each.name).exists() and "source_id" in each.schema:
            assert set(store.read(each.name)["source_id"].drop_nulls()) <= ids, each.name
    assert [s.table.name for s in provenance.walk("baseline_prices")][:2] == ["baseline_prices", "prices"]
