"""The command line: instant help, four formats, one line and code 2 for a bad question, provenance on the side."""

import csv
import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oresight.face.cli import run

COMMAND = [sys.executable, "-c", "from oresight.face.cli import main; main()"]


def ask(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = run(list(words))
    said = capfd.readouterr()
    return code, said.out, said.err


def test_help_is_instant() -> None:
    """At most half a second; the best of four, since machines are shared."""
    times = []
    for _ in range(4):
        begun = time.perf_counter()
        done = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, timeout=30)
        times.append(time.perf_counter() - begun)
        assert done.returncode == 0
        assert "dependence" in done.stdout
    assert min(times) <= 0.5


def test_help_imports_no_model() -> None:
    script = (
        "import sys; from oresight.face.cli import run; run(['--help']); "
        "sys.exit(any(m in sys.modules for m in ('numpy','polars','duckdb','numba','altair','scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=30).returncode == 0


def test_json_is_one_object_per_commodity_and_year(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = ask(
        capfd, "dependence", "JPN", "-c", "rare-earths,tungsten", "--since", "2022", "--as", "json"
    )
    assert code == 0
    rows = json.loads(out)
    assert [(r["commodity"], r["year"]) for r in rows] == [
        (c, y) for y in (2022, 2023, 2024) for c in ("rare-earths", "tungsten")
    ]
    needed = {
        "import_share",
        "import_share_value",
        "look_through_share",
        "exposure",
        "net_import_reliance",
        "quality",
    }
    assert all(needed <= set(r) for r in rows)
    assert "source: trade" in err
    assert "CEPII" in err


def test_csv_and_markdown_say_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    _, text, _ = ask(capfd, "dependence", "KOR", "-c", "gallium", "--as", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    _, out, _ = ask(capfd, "dependence", "KOR", "-c", "gallium", "--as", "json")
    assert float(rows[0]["exposure"]) == json.loads(out)[0]["exposure"]
    assert rows[0]["import_share"] == ""
    _, said, _ = ask(capfd, "dependence", "KOR", "-c", "gallium", "--as", "md")
    assert "| gallium |" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dependence", "Jpan"), "Japan"),
        (("dependence", "JPN", "-c", "galium"), "gallium"),
        (("dependence", "JPN", "--year", "1990"), "1995"),
        (("dependence", "JPN", "--as", "jsn"), "json"),
        (("dependence", "JPN", "--year", "soon"), "--year"),
        (("dependense",), "dependence"),
        (("explain", "dependance:JPN:tin:2024:CHN"), "dependence"),
        (("explain", "dependence:JPN:tin"), "BUYER:COMMODITY:YEAR:SUPPLIER"),
        (("data", "trad"), "trade"),
        (("data", "build"), "--from"),
        (("data", "build", "--from", "no-such-folder"), "no-such-folder"),
        (("data", "trade", "--as", "xls"), "parquet"),
        (("stress", "japan-2011"), "japan-2010"),
        (("stress", "no-such-file.toml"), "no-such-file.toml"),
        (("stress", "japan-2010", "--draws", "0"), "draws"),
        (("events", "--on", "2026-13-45"), "2026-13-45"),
        (("track", "ad"), "track add"),
        (("backtest", "--episodes", "nowhere.toml"), "nowhere.toml"),
        (("brief", "--coalition", "g8"), "g7"),
    ],
)
def test_bad_question_is_one_line_and_code_2(
    capfd: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    code, out, err = ask(capfd, *words)
    assert code == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert said in err
    assert "Traceback" not in err


def test_a_closed_pipe_ends_quietly() -> None:
    done = subprocess.run(
        " ".join([sys.executable, "-c", "'from oresight.face.cli import main; main()'", "data", "blocs", "--as", "csv", "|", "head", "-1"]),
        shell=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in done.stderr


def test_tables_come_out_whole(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    import polars as pl

    assert run(["data", "blocs", "--as", "parquet"]) == 0
    out = capfdbinary.readouterr().out
    (tmp_path / "blocs.parquet").write_bytes(out)
    frame = pl.read_parquet(tmp_path / "blocs.parquet")
    assert run(["data", "blocs", "--as", "json"]) == 0
    assert len(json.loads(capfdbinary.readouterr().out)) == frame.height > 0


def test_every_table_names_publisher_and_licence(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(capfd, "data", "--as", "json")
    assert code == 0
    rows = json.loads(out)
    assert len(rows) >= 20
    assert all(r["rows"] > 0 and r["publisher"] and r["licence"] and r["vintage"] for r in rows)


@pytest.mark.parametrize("width", [60, 80, 100, 133])
def test_a_narrow_screen_leaves_columns_out_and_cuts_no_figure(
    width: int, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from oresight.core.answer import Answer, Basis, Column, Sheet
    from oresight.face.cli.show import on_terminal

    monkeypatch.setenv("COLUMNS", str(width))
    columns = tuple(Column(f"figure_{n}", "a figure", "USD", "number") for n in range(20))
    rows = tuple(tuple(float(1000 * n + k + 12345) for n in range(20)) for k in range(3))
    on_terminal(
        Answer("t", "?", "Found.", (Sheet("s", "S", columns, rows),), Basis()),
        (Sheet("s", "S", columns, rows),),
    )
    out = capfd.readouterr().out
    drawn = [line for line in out.splitlines() if line.strip()[:2].isdigit()]
    assert len(drawn) == 3 and all(len(line) <= width for line in drawn)
    figures = [cell for line in drawn for cell in line.split()]
    assert figures and all(len(cell.replace(",", "")) == 5 for cell in figures), figures


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc")
def test_a_command_stopped_from_the_keyboard_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    """One line, its own exit code, soon, and no worker goes on alone."""
    command = [*COMMAND, "stress", "--draws", "500", "--workers", "2", "--out", "run"]
    child = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    limit = time.monotonic() + 120
    while time.monotonic() < limit and not list(tmp_path.glob("run/*.totals.parquet")):
        time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    out, said = child.communicate(timeout=60)
    assert child.returncode == 130 and not out
    assert said.splitlines()[-1] == "oresight: stopped" and "Traceback" not in said
    limit = time.monotonic() + 20
    while time.monotonic() < limit and at_work(child.pid):
        time.sleep(0.1)
    assert not at_work(child.pid)


def at_work(session: int) -> list[str]:
    """Processes of a session that have not ended, as the system lists them."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = each.read_text().rsplit(")", 1)
        except OSError:
            continue
        state, _, _, of = rest.split()[:4]
        if int(of) == session and state != "Z":
            found.append(name)
    return found
