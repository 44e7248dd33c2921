"""market §7: the benchmark of the solver runs, and its peers agree with us on the sizes of a smoke run."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

PATH = Path(__file__).parents[2] / "benchmarks" / "market_solver.py"


def test_the_quick_benchmark_prints_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    """Same markets, same accuracy: every peer that reached it is slower than one scenario of ours."""
    spec = importlib.util.spec_from_file_location("market_solver_benchmark", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    module.main(["--quick"])
    printed = capsys.readouterr().out
    assert "ratios" in printed and "whole world" in printed
    found = module.by_scipy(module.sample(6, 2, 0), "root")
    assert found.residual <= module.ACCURACY
    timing, own = module.by_clarabel(module.sample(6, 2, 0))
    assert timing.residual <= 1e-4 and 0 < own < timing.seconds
    compiled = module.Compiled(module.sample(6, 2, 0))
    point = np.full(compiled.nodes + compiled.quotas, 0.1)
    assert np.allclose(compiled.plain(point)[1], compiled.gradient(point), atol=1e-12)
