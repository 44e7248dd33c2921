"""Scenario files: what they say, and one line that points at the line where they say something impossible."""

import os
import re
from datetime import date
from pathlib import Path

import pytest

from oresight.core.errors import StudyError
from oresight.studies.books import modelled
from oresight.studies.stress.scenario import Scenario, is_everyone, parse
from oresight.studies.stress.scenario_list import scenarios
from oresight.studies.stress.scenario_named import joined, presets, scenario
from oresight.studies.stress.scenario_text import SIZE_MAX, read_text
from oresight.studies.stress.study import stress

HEAD = 'name = "x"\nhorizon = 24\n[[measure]]\ncommodities = ["gallium"]\nfrom = ["CHN"]\n'
ROOT = Path(__file__).parents[2]

BAD = {
    "more than everything": (HEAD + "cut = 1.2", 6, "cut more than everything"),
    "nothing": (HEAD + "cut = 0", 6, "greater than 0"),
    "negative": (HEAD + "cut = -0.5", 6, "greater than 0"),
    "nan": (HEAD + "cut = nan", 6, "finite"),
    "infinite quota": (HEAD + 'kind = "quota"\nquota = inf', 7, "finite"),
    "negative quota": (HEAD + 'kind = "quota"\nquota = -1', 7, "greater than or equal to 0"),
    "no size": (HEAD, 3, "cut is missing"),
    "no quota": (HEAD + 'kind = "quota"', 3, "quota is missing"),
    "cut with a licence": (HEAD + 'kind = "licence"\ncut = 0.5', 3, "cut does not go with"),
    "quota with a cut": (HEAD + "cut = 0.5\nquota = 3", 3, "quota does not go with"),
    "throughput with a cut": (HEAD + "cut = 0.5\nthroughput = [0, 1]", 3, "throughput does not go with"),
    "unknown kind": (HEAD + 'kind = "tariff"\ncut = 1', 6, "'cut', 'quota', 'licence' or 'stop'"),
    "leak upside down": (HEAD + "cut = 1\nleak = [0.9, 0.1]", 7, "low <= high"),
    "leak above one": (HEAD + "cut = 1\nleak = [0.1, 1.1]", 7, "low <= high"),
    "true for one": (HEAD + "cut = true", 3, "true or false"),
    "text for a number": (HEAD + 'cut = "half"', 6, "valid number"),
    "unknown country": (HEAD.replace('"CHN"', '"Atlantis"') + "cut = 1", 5, "Atlantis"),
    "unknown buyer": (HEAD + 'to = ["Narnia"]\ncut = 1', 6, "Narnia"),
    "unknown buyer beside all": (HEAD + 'to = ["all", "Narnia"]\ncut = 1', 6, "Narnia"),
    "everyone as seller": (HEAD.replace('"CHN"', '"all"') + "cut = 1", 5, "unknown country"),
    "unknown commodity": (HEAD.replace("gallium", "unobtainium") + "cut = 1", 4, "unobtainium"),
    "not modelled": (HEAD.replace("gallium", "beryllium") + "cut = 1", 4, "not modelled"),
    "a stage it has not": (HEAD + 'stages = ["mine"]\ncut = 1', 6, "no effect"),
    "from itself": (HEAD + 'to = ["China"]\ncut = 1', 6, "banned from itself"),
    "from itself among others": (HEAD + 'to = ["USA", "CHN"]\ncut = 1', 6, "CHN is banned from itself"),
    "before the data": ('start = 1990-01-01\n' + HEAD + "cut = 1", 1, "before or beyond the data"),
    "in the far future": ('start = 2090-01-01\n' + HEAD + "cut = 1", 1, "before or beyond the data"),
    "no horizon": (HEAD.replace("horizon = 24", "horizon = 0") + "cut = 1", 2, "greater than or equal to 1"),
    "endless horizon": (HEAD.replace("horizon = 24", "horizon = 500") + "cut = 1", 2, "120"),
    "after the horizon": (HEAD + "cut = 1\nstart = 30", 7, "after the horizon"),
    "before the start": (HEAD + "cut = 1\nstart = -3", 7, "greater than or equal to 0"),
    "no time at all": (HEAD + "cut = 1\nmonths = 0", 7, "greater than 0"),
    "announced too late": (HEAD + "cut = 1\nannounced = 3", 3, "after it starts"),
    "stopped to some": (HEAD + 'kind = "stop"\nto = ["USA"]\ncut = 1', 3, "lost to every buyer"),
    "a field misspelt": (HEAD + "cut = 1\nmonth = 3", 7, "did you mean months"),
    "a table misspelt": (HEAD + "cut = 1\n[[retaliations]]\ncut = 1", 7, "did you mean retaliation"),
    "nothing to do": ('name = "x"\nmeasure = []', 2, "at least 1"),
    "no measure": ('name = "x"', 1, "required"),
    "no name": (HEAD.replace('name = "x"\n', "") + "cut = 1", 1, "required"),
    "a name of control characters": (HEAD.replace('"x"', '"x\\u001b[31m"') + "cut = 1", 1, "pattern"),
    "twice the same": (HEAD + "cut = 1\n" + HEAD.split("\n", 2)[2] + "cut = 1", 9, "repeats"),
    "a stock of nothing": (
        HEAD + 'cut = 1\n[[release]]\ncommodity = "gallium"\ncountry = "JPN"\nstock = 0', 10, "greater than 0"
    ),
    "a stock nowhere": (
        HEAD + 'cut = 1\n[[release]]\ncommodity = "gallium"\ncountry = "Narnia"\nstock = 5', 9, "Narnia"
    ),
    "a stock of something else": (
        HEAD + 'cut = 1\n[[release]]\ncommodity = "tin"\ncountry = "JPN"\nstock = 5', 8, "no measure touches"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_told_in_one_line_with_its_line(case: str) -> None:
    """Every message is one short line, names the line of the file and the mend."""
    text, line, said = BAD[case]
    with pytest.raises(StudyError) as caught:
        parse(text, "mine.toml")
    message = str(caught.value)
    assert f"mine.toml line {line}:" in message, message
    assert said in message
    assert "\n" not in message and message.isprintable() and len(message) < 500


def test_what_is_no_toml_is_told_with_its_line() -> None:
    """Syntax errors, a key twice, nesting, endless numbers and keys."""
    for text in (HEAD + "cut = 1\ncut = 0.5", HEAD + "cut = ", "\x00\x01", '"', "a = [" * 3):
        with pytest.raises(StudyError, match="is not TOML"):
            parse(text)
    for text, said in (
        ("a = " + "[" * 60_000, "nests too deep|is not TOML"),
        ("a = " + "9" * 5_000, "number"),
        ("a" + ".a" * 50_000 + " = 1", "line 1: more than 80 dots"),
        ("#" * (SIZE_MAX + 1), "characters"),
    ):
        with pytest.raises(StudyError, match=said) as caught:
            parse(text)
        assert len(str(caught.value)) < 400


def test_what_is_no_file_is_refused_unread(tmp_path: Path) -> None:
    """Ten megabytes of noise, no text, a folder, a device without end, nothing."""
    noise = tmp_path / "noise.toml"
    noise.write_bytes(os.urandom(10_000_000))
    with pytest.raises(StudyError, match="10,000,000 bytes"):
        scenario(str(noise))
    latin = tmp_path / "latin.toml"
    latin.write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(StudyError, match="not UTF-8"):
        scenario(str(latin))
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    with pytest.raises(StudyError, match="no file"):
        scenario(str(folder))
    with pytest.raises(StudyError, match="not there"):
        scenario(str(tmp_path / "absent.toml"))
    with pytest.raises(StudyError, match="no file"):
        read_text(Path("/dev/zero"))
    for text in ("x" * 5_000, "a\x00b", "", " + ", "b" * 1_000 + ".toml"):
        with pytest.raises(StudyError):
            scenario(text)


def test_an_unknown_name_gets_the_nearest() -> None:
    """A misspelt preset and an event that is not there."""
    with pytest.raises(StudyError, match="did you mean japan-2010"):
        scenario("japan-2011")
    with pytest.raises(StudyError, match="unknown event"):
        scenario("EV999")


@pytest.mark.parametrize("name", sorted(presets()))
def test_presets_are_read_and_played(name: str) -> None:
    """Each parses from its own text, touches what is modelled, and does something."""
    made = scenario(name)
    assert made.name == name and made.title
    assert set(made.commodities) <= set(modelled())
    first = made.commodities[:1] if name == "everything-12-months" else []
    answer = stress(made, commodity=first, draws=1)
    assert len(answer.sheet("summary").rows) >= 1
    assert made.title in answer.question


def test_the_presets_asked_for_are_there() -> None:
    """The list of the specification, and the same through the listing."""
    needed = {
        "japan-2010", "gallium-germanium-2023", "antimony-2024", "rare-earths-2025-04", "october-2025", "japan-2026",
        "everything-12-months", "drc-cobalt-2025", "indonesia-nickel", "partners-usa-canada",
    }  # fmt: skip
    assert needed <= set(presets())
    listed = scenarios().sheet("scenarios").records()
    assert needed <= {r["id"] for r in listed}
    assert all(r["title"] for r in listed)


def test_october_2025_pauses_with_its_suspension() -> None:
    """In force for a month, suspended for a year, in force again unless prolonged."""
    spans = [(c.start, c.months) for c in scenario("october-2025").measure]
    assert spans == [(0, 1), (13, None)]


def test_scenarios_joined_keep_their_dates() -> None:
    """Month 0 is the earliest date; the later one starts when it did."""
    both = scenario("antimony-2024 + gallium-germanium-2023")
    assert both.start == date(2023, 8, 1)
    antimony = [c for c in both.measure if c.commodities == ["antimony"]]
    assert antimony[0].start == pytest.approx(13.5, abs=0.2)
    assert antimony[0].announced == pytest.approx(antimony[0].start - 1)
    assert both.horizon == 13 + 30
    assert set(both.commodities) == {"antimony", "gallium", "germanium"}
    with pytest.raises(StudyError, match="at most 120"):
        scenario("japan-2010+japan-2026")


def test_undated_scenarios_begin_with_the_others() -> None:
    """A general shock on top of a dated one starts in its month 0."""
    both = joined([scenario("indonesia-nickel"), scenario("drc-cobalt-2025")])
    assert both.start == date(2025, 2, 22)
    assert [c.start for c in both.measure] == [0, 0, 8]


def blocks() -> list[str]:
    """The scenarios written out in the documentation."""
    text = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    return re.findall(r"```toml\n(.*?)```", text, re.S)


@pytest.mark.parametrize("number", range(len(blocks())))
def test_documented_scenarios_are_played(number: int) -> None:
    """Every fenced scenario of docs/scenarios.md does what the page says it can."""
    made = parse(blocks()[number])
    answer = stress(made, draws=1)
    assert answer.sheet("summary").rows


def test_every_field_is_documented() -> None:
    """Each field of the format stands in docs/scenarios.md."""
    text = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert len(blocks()) >= 3
    from oresight.studies.stress.scenario import Cut, Release

    for model in (Scenario, Cut, Release):
        for name, field in model.model_fields.items():
            assert f"`{field.alias or name}`" in text, f"{field.alias or name} of {model.__name__}"


def test_everyone_has_three_names() -> None:
    """`all`, `everyone` and `world` mean every buyer but the sellers."""
    assert is_everyone(["All"]) and is_everyone(["world"]) and not is_everyone(["USA"])
