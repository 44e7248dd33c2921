"""The benchmark of the game runs at its smallest size and prints each measurement."""

import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_benchmark_of_the_game_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every measurement of the specification is taken."""
    monkeypatch.syspath_prepend(str(ROOT))
    for name in ("benchmarks", "benchmarks.stress", "benchmarks.share"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    module = importlib.import_module("benchmarks.share")
    assert module.main(["--smoke"]) == 0
    said = capsys.readouterr().out
    for part in (
        "sets, yearly",
        "memory",
        "2 workers",
        "periods of 3",
        "Shapley",
        "nucleolus",
        "quick answer",
    ):
        assert part in said, part
