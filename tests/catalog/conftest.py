"""The official files the tests make, as a module."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def loaded() -> ModuleType:
    """The module of official files, loaded once by path."""
    name = "oresight_tests_official_files"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("official_files.py"))
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def official() -> ModuleType:
    """Makers of small official files."""
    return loaded()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for a user's official files."""
    made = tmp_path / "official"
    made.mkdir()
    return made
