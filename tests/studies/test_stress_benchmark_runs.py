"""The stress benchmark runs at its smallest size and prints each measurement."""

import importlib.util
import sys
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "benchmarks" / "stress.py"


def test_benchmark_of_stress_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every measurement of the specification is taken; in one process only, the cores are the tests'."""
    spec = importlib.util.spec_from_file_location("stress_benchmark", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    real = module.everything
    monkeypatch.setattr(module, "everything", lambda draws, workers, few: real(draws, 1, few))
    assert module.main(["--smoke"]) == 0
    said = capsys.readouterr().out
    for part in ("one scenario, copper", "reference shock", "2 workers", "memory", "streamed"):
        assert part in said
