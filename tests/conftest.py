"""A folder of the user's own for tests that lay rows over the tables, with what was computed from it forgotten."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oresight.studies import edition


def noticed() -> None:
    """Look at the tables now, as the next question a moment later would."""
    edition._seen = (float("-inf"), "")
    edition.forget_if_changed()


@pytest.fixture
def notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """An empty user folder; call it after laying rows over, so that the next question sees them."""
    monkeypatch.setenv("ORESIGHT_HOME", str(tmp_path / "home"))
    noticed()
    yield noticed
    monkeypatch.undo()
    noticed()
