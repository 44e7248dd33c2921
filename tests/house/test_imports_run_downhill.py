"""The rooms import downhill only: core <- {catalog | network, measure, market <- plan, text} <- studies <- face."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src" / "oresight"
ROOMS = ("core", "catalog", "network", "measure", "market", "plan", "text", "studies", "face")
MODELS = {"network", "measure", "market", "plan", "text"}
MAY = {
    "core": set(),
    "catalog": {"core"},
    "network": {"core"},
    "measure": {"core"},
    "market": {"core"},
    "text": {"core"},
    "plan": {"core", "market"},
    "studies": {"core", "catalog", *MODELS},
    "face": {"core", "studies"},
}


def imports(path: Path) -> list[tuple[int, str]]:
    """Every module a file imports, type-checking imports included, with its line."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(node.lineno, a.name) for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports relatively"
            found += [(node.lineno, f"{node.module}.{a.name}") for a in node.names]
    return found


def files() -> list[Path]:
    """All modules of the package."""
    return sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_downhill(path: Path) -> None:
    parts = path.relative_to(ROOT).parts
    if len(parts) == 1:
        return
    room = parts[0]
    assert room in ROOMS, f"{room} is no room of the house"
    for line, name in imports(path):
        if not name.startswith("oresight."):
            continue
        other = name.split(".")[1]
        if other not in ROOMS:
            continue
        assert other == room or other in MAY[room], f"{path.name}:{line} {room} imports {other}"


@pytest.mark.parametrize("path", [p for p in files() if p.relative_to(ROOT).parts[0] in MODELS], ids=str)
def test_models_see_arrays_not_tables(path: Path) -> None:
    for line, name in imports(path):
        assert name.split(".")[0] not in {"polars", "duckdb", "pandas"}, f"{path.name}:{line} imports {name}"


def test_faces_and_models_stay_apart() -> None:
    """No face reaches past the studies; core imports nothing of ours."""
    assert MAY["core"] == set()
    assert MAY["face"] == {"core", "studies"}


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_file_says_its_purpose(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_text()))
    assert text and len(text.splitlines()[0]) > 15, f"{path} has no purpose"
    assert path.stem not in {"utils", "util", "helpers", "common", "misc", "manager", "base"}
