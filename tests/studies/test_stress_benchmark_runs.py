"""The stress benchmark runs at its smallest size and prints each measurement."""

import pytest
from benchmarks.stress import main


def test_benchmark_of_stress_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every measurement of the specification is taken; one process only, the cores are the tests'."""
    import benchmarks.stress as bench

    real = bench.everything
    monkeypatch.setattr(bench, "everything", lambda draws, workers, few: real(draws, 1, few))
    assert main(["--smoke"]) == 0
    said = capsys.readouterr().out
    for part in ("one scenario, copper", "reference shock", "2 workers", "memory", "streamed"):
        assert part in said
