"""The plan's benchmark runs at its smallest size and says which targets are met."""

import importlib.util
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


def test_benchmark_of_the_plan_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real and invented cases, a tight budget, many projects and curves are all measured."""
    monkeypatch.syspath_prepend(str(FOLDER))
    spec = importlib.util.spec_from_file_location("plan_benchmark", FOLDER / "plan_programme.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    assert module.main(["--smoke", "real", "full", "tight", "many", "curves"]) == 0
    said = capsys.readouterr().out
    for part in (
        "real: one commodity",
        "full plan",
        "budget",
        "1,000 projects",
        "frontier",
        "targets met",
        "memory",
    ):
        assert part in said
