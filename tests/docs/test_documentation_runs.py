"""What the documentation shows works: code runs, scenario files are read, every command line is one."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from oresight.face.cli.commands import app
from oresight.studies.stress.scenario import Scenario, parse

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)
SPAN = re.compile(r"`(oresight [^`]+)`")


def fences(kind: str) -> list[tuple[str, list[str]]]:
    """Pages with fences of a kind, and what stands in them."""
    found = [(page, [b for k, b in FENCE.findall(page.read_text()) if k == kind]) for page in PAGES]
    return [(str(page.relative_to(ROOT)), blocks) for page, blocks in found if blocks]


def command_lines() -> Iterator[tuple[str, str]]:
    """Every command line a page shows: in shell fences, and in spans that begin with the command's name."""
    for page in PAGES:
        text, name = page.read_text(), str(page.relative_to(ROOT))
        for kind, block in FENCE.findall(text):
            if kind == "sh":
                yield from ((name, line) for line in block.splitlines() if line.startswith("oresight "))
        yield from ((name, span) for span in SPAN.findall(FENCE.sub("", text)))


@pytest.mark.parametrize(("page", "blocks"), fences("python"), ids=lambda x: x if isinstance(x, str) else "")
def test_code_runs_from_top_to_bottom(
    page: str, blocks: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    held: dict[str, object] = {}
    for at, block in enumerate(blocks, 1):
        exec(compile(block, f"{page}, code {at}", "exec"), held)


@pytest.mark.parametrize("line", sorted(set(command_lines())), ids=lambda x: x[1])
def test_command_lines_are_read(line: tuple[str, str]) -> None:
    page, text = line
    words = shlex.split(text, comments=True)[1:]
    words = words[: words.index(">")] if ">" in words else words
    if not words or words[0].startswith("-"):
        return
    root = typer.main.get_command(app)
    command = root.get_command(typer.Context(root), words[0])  # type: ignore[attr-defined]
    assert command is not None, f"{page}: no command {words[0]}"
    context = command.make_context(words[0], words[1:], resilient_parsing=False)
    assert not context.args, f"{page}: {text}: nobody reads {context.args}"


def test_scenario_files_are_read() -> None:
    blocks = dict(fences("toml"))["docs/scenarios.md"]
    assert len(blocks) >= 3
    for block in blocks:
        assert isinstance(parse(block, "a page"), Scenario)
