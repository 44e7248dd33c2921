"""Episode files: the documented form is accepted, and every mistake is named with its place."""

import datetime as dt
from pathlib import Path

import pytest

from oresight.core.errors import DataError, StudyError
from oresight.studies.backtest.catalogue import catalogue_episodes
from oresight.studies.backtest.episodes import read_episodes
from oresight.studies.backtest.study import backtest

EXAMPLE = """
[[episode]]
id = "made-up-2020"
actor = "CHN"
announced = 2020-03-10
months = 12

[[episode.product]]
name = "metal"
price = 10_000
exports = 60
inside_use = 100
outside_share = [0.5, 0.6, 0.7]

[[episode.target]]
name = "USA"
export_share = 0.2

[[episode.measure]]
name = "licence"
kind = "licence"
announced = 2020-03-10
effective = 2020-04-01

[[episode.measure]]
name = "ban-usa"
kind = "ban"
announced = 2020-06-01
target = "USA"
ends = 2020-12-01

[[episode.price]]
label = "Sep-20"
product = "metal"
kind = "outside"
start = "2020-09"
value = 18_000
base_value = 10_000

[[episode.price]]
label = "2020, USA"
product = "metal"
kind = "deal"
where = "USA"
start = "2020-03"
end = "2021-02"
multiple = 1.9
verified = false

[[episode.price]]
label = "inside"
product = "metal"
kind = "inside"
start = "2020-06"
multiple = 1.0
"""


def written(folder: Path, text: str = EXAMPLE) -> Path:
    where = folder / "episodes.toml"
    where.write_text(text, encoding="utf-8")
    return where


def test_a_file_runs_through_the_same_code(tmp_path: Path) -> None:
    answer = backtest(written(tmp_path), draws=64, seed=1)
    points = answer.sheet("points").records()
    assert [p["label"] for p in points] == ["Sep-20", "2020, USA", "inside"]
    assert points[0]["observed"] == pytest.approx(1.8)
    assert all(p["p5"] < p["p50"] < p["p95"] for p in points)  # type: ignore[operator]
    assert {r["place"] for r in answer.sheet("path").records()} == {"inside", "outside", "USA"}
    assert answer.parameters["episodes"] == "episodes.toml"
    assert answer.as_dict()["sheets"]["targets"]["rows"]


def test_months_and_values_are_read(tmp_path: Path) -> None:
    episode = read_episodes(written(tmp_path))[0]
    assert episode.price[0].start == dt.date(2020, 9, 1)
    assert episode.price[1].annual and not episode.price[0].annual
    assert episode.measure[1].start == dt.date(2020, 6, 1)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('kind = "licence"', 'kind = "license"', 'episode 1 "made-up-2020", measure 1 "licence", kind'),
        ("months = 12", "months = 1200", 'episode 1 "made-up-2020", months'),
        ("price = 10_000", "price = -1", 'product 1 "metal", price'),
        ("price = 10_000\n", "", 'product 1 "metal", price: is missing'),
        ("exports = 60", "export = 60", "is no known key"),
        ("inside_use = 100", "output = 50", "output must be above exports"),
        ("inside_use = 100", "", "give either inside_use or output"),
        ("[0.5, 0.6, 0.7]", "[0.7, 0.6, 0.5]", "must rise"),
        ("[0.5, 0.6, 0.7]", "1.0", "between 0 and 1"),
        ('product = "metal"', 'product = "gold"', "unknown product gold"),
        ('target = "USA"', 'target = "JPN"', 'aims at "JPN"'),
        ('where = "USA"', 'where = "JPN"', "no target of the episode"),
        ("base_value = 10_000", "", "give either multiple, or value and base_value"),
        ('start = "2020-09"', 'start = "2021-09"', "lies beyond the episode's 12 months"),
        ('start = "2020-09"', 'start = "soon"', 'price 1 "Sep-20", start'),
        ("ends = 2020-12-01", "ends = 2020-05-01", "ends before it takes effect"),
        ('actor = "CHN"', 'actor = "China"', "actor"),
        ("[[episode]]", "[[episode]", "is no TOML"),
        ("export_share = 0.2", "export_share = 1.2", 'target 1 "USA", export_share'),
        ("multiple = 1.9", "multiple = inf", "multiple"),
        ('id = "made-up-2020"', 'id = "made-up-2020"\nseven = 7', "seven: is no known key"),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, was: str, now: str, said: str) -> None:
    assert was in EXAMPLE
    with pytest.raises(DataError) as caught:
        read_episodes(written(tmp_path, EXAMPLE.replace(was, now)))
    assert said in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_quota_without_a_cap_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a quota needs its cap"):
        read_episodes(written(tmp_path, EXAMPLE.replace('kind = "licence"', 'kind = "quota"')))


def test_a_missing_file_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_episodes(tmp_path / "nowhere.toml")
    with pytest.raises(DataError, match="episode: is missing"):
        read_episodes(written(tmp_path, ""))


@pytest.mark.parametrize("draws", [1, 10**9])
def test_draws_are_bounded(draws: int) -> None:
    with pytest.raises(StudyError, match="draws"):
        backtest(draws=draws)


def test_the_catalogue_reads_as_a_file_would() -> None:
    episodes = catalogue_episodes()
    assert next(e.id for e in episodes) == "rare-earths-2010"
    assert sum(len(e.price) for e in episodes) == 74
    assert sum(e.null_case for e in episodes) == 3
