"""The example in docs/backtest.md is a complete, valid file, and the results it quotes are the program's."""

import re
from pathlib import Path

import pytest

from oresight.studies.backtest.episodes import read_episodes
from oresight.studies.backtest.study import backtest

PAGE = (Path(__file__).parents[2] / "docs" / "backtest.md").read_text(encoding="utf-8")


def example(folder: Path) -> Path:
    block = re.search(r"```toml\n(.*?)```", PAGE, re.S)
    assert block is not None
    where = folder / "example.toml"
    where.write_text(block[1], encoding="utf-8")
    return where


def test_the_example_runs(tmp_path: Path) -> None:
    answer = backtest(example(tmp_path), draws=64)
    assert len(answer.sheet("points").rows) == 1


def test_every_commented_key_is_accepted(tmp_path: Path) -> None:
    """Uncommenting the optional keys leaves a valid file."""
    where = example(tmp_path)
    text = where.read_text(encoding="utf-8").replace('# target = "USA"', '# target = "all"')
    where.write_text(re.sub(r"(?m)^# (\w+ = )", r"\1", text), encoding="utf-8")
    episode = read_episodes(where)[0]
    assert episode.measure[0].throughput == (0.2, 0.6)
    assert episode.product[0].feed_share == 0.45


def test_the_quoted_mistake_is_the_programs(tmp_path: Path) -> None:
    where = example(tmp_path)
    text = where.read_text(encoding="utf-8")
    where.write_text(re.sub(r"(?m)^capacity = .*$", "", text), encoding="utf-8")
    quoted = re.search(r"`(episode 1 .*?)`", PAGE.replace("\n", " "))
    assert quoted is not None
    with pytest.raises(Exception, match=re.escape(quoted[1])):
        read_episodes(where)


@pytest.mark.slow
def test_the_quoted_results_are_the_programs() -> None:
    error, covered, beaten, at_point, any_month = (
        row["value"] for row in backtest().sheet("targets").records()
    )
    for shown in (
        f"| {error:.2f} | 0.30 |",
        f"| {covered:.0%} |".replace("%", " %"),
        f"| {at_point:.2f} | 1.5 |",
    ):
        assert shown in PAGE
    assert f"| {any_month:.2f} | 1.5 |" in PAGE
    assert beaten == 1.0
