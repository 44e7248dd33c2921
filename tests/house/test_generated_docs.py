"""The generated pages say what the declarations say today: every table and command is documented."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tools.reference import pages  # noqa: E402


@pytest.mark.parametrize("name", ["tables.md", "commands.md"])
def test_page_is_current(name: str) -> None:
    stored = ROOT / "docs" / name
    assert stored.exists(), f"docs/{name} is missing: make docs"
    assert stored.read_text(encoding="utf-8") == pages()[name], f"docs/{name} is stale: make docs"
