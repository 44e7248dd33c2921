"""All benchmarks in one run: `python -m benchmarks [market stress plan share workbench ...]`; each prints its own table."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SPECS: dict[str, list[str]] = {
    "market": [str(HERE / "market_solver.py")],
    "stress": ["-m", "benchmarks.stress"],
    "plan": [str(HERE / "plan_programme.py")],
    "share": ["-m", "benchmarks.share"],
    "workbench": ["-m", "benchmarks.workbench"],
    "geopolrisk": ["-m", "benchmarks.geopolrisk_peer", "--venv", str(HERE.parent / ".bench-venv")],
}


def main(asked: list[str]) -> int:
    """Run the benchmarks asked for, all by default; the worst exit code is ours."""
    unknown = [name for name in asked if name not in SPECS]
    if unknown:
        print(f"unknown benchmark {unknown[0]!r}; there are {', '.join(SPECS)}", file=sys.stderr)
        return 2
    codes = []
    for name in asked or SPECS:
        print(f"\n== {name}", flush=True)
        codes.append(subprocess.run([sys.executable, *SPECS[name]], cwd=HERE.parent, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
