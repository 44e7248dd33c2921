"""Laws of checking: wording, units and characters do not change a verdict; offsets always point home."""

import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.core.errors import OresightError
from oresight.face.check_page import page
from oresight.studies.check.rules import MONEY, RANK, compared_share, compared_size
from oresight.studies.check.study import check
from oresight.text.dates import dates
from oresight.text.quantities import Quantity, quantities
from oresight.text.reading import read_text

FEW = settings(max_examples=40, deadline=None)
SPELLED = {
    10: "ten",
    25: "twenty-five",
    40: "forty",
    60: "sixty",
    70: "seventy",
    75: "seventy-five",
    90: "ninety",
    99: "ninety-nine",
}
PERCENTS = ("%", " %", " percent", " per cent", "\u00a0%", " pct", "％")
LEADS = (
    "China refines {} of the world's {}.",
    "China accounts for {} of global {} refining.",
    "{1} refining: China has {0} of the world's output.",
)


def verdicts(text: str) -> list[tuple[str, str]]:
    """Kind and verdict of every statement."""
    return [(str(r["kind"]), str(r["verdict"])) for r in check(text).sheet("statements").records()]


@FEW
@given(
    st.sampled_from(sorted(SPELLED)),
    st.sampled_from(PERCENTS),
    st.sampled_from(LEADS),
    st.sampled_from(("gallium", "cobalt", "lithium")),
)
def test_a_share_may_be_written_in_any_way(value: int, percent: str, lead: str, mineral: str) -> None:
    plain = verdicts(LEADS[0].format(f"{value}%", mineral))
    assert len(plain) == 1
    assert verdicts(lead.format(f"{value}{percent}", mineral)) == plain
    if percent.strip().isalpha():
        assert verdicts(lead.format(f"{SPELLED[value]}{percent}", mineral)) == plain


FULL = str.maketrans("0123456789%", "０１２３４５６７８９％")


@FEW
@given(
    st.integers(1, 99),
    st.booleans(),
    st.sampled_from(("’", "'")),
    st.sampled_from(("\u00a0", "\u2009", " ", "\u3000")),
)
def test_characters_change_nothing(value: int, full: bool, mark: str, space: str) -> None:
    text = f"China refines {value}% of the world's gallium, and the DRC mines {value}% of the world's cobalt."
    other = text.replace("'", mark).replace(" ", space)
    assert verdicts(other.translate(FULL) if full else other) == verdicts(text)


@FEW
@given(st.dates(datetime.date(1995, 1, 1), datetime.date(2035, 12, 31)))
def test_a_date_is_read_back_from_any_spelling(day: datetime.date) -> None:
    long = f"{day:%B} {day.day}, {day.year}"
    for text in (
        f"on {day.day} {day:%B} {day.year}.",
        f"on {long}.",
        f"on {day.isoformat()}.",
        f"the {day.day}th of {day:%B}, {day.year}.",
    ):
        assert [d.date() for d in dates(text)] == [day]


@FEW
@given(st.integers(1, 999), st.sampled_from(("million", "billion")), st.booleans())
def test_money_is_read_back_from_any_spelling(amount: int, scale: str, fraction: bool) -> None:
    value = (amount + (0.5 if fraction else 0)) * (1e6 if scale == "million" else 1e9)
    figure = f"{amount}.5" if fraction else f"{amount}"
    short = "m" if scale == "million" else "bn"
    for text in (
        f"${figure}{short}",
        f"${figure} {scale}",
        f"{figure} {scale} dollars",
        f"US${figure}{short}",
        f"USD {figure} {scale}",
    ):
        (found,) = quantities(f"a loan of {text} was made")
        assert (found.low, found.unit) == (value, "USD")


shares = st.floats(0.01, 1.0)


@FEW
@given(shares, shares, shares)
def test_a_nearer_figure_is_never_judged_worse(said: float, one: float, other: float) -> None:
    """Rule `share`: verdicts grow worse with distance on either side."""
    q = Quantity("share", said, said, "exact", "1", 0, 1)
    near, far = sorted((one, other), key=lambda v: abs(v - said))
    if (near - said) * (far - said) >= 0:
        assert RANK[compared_share(q, near)[0]] <= RANK[compared_share(q, far)[0]]


@FEW
@given(st.floats(1e6, 1e12))
def test_a_figure_confirms_itself(value: float) -> None:
    for bound in ("exact", "about", "at_least", "at_most"):
        assert (
            compared_size(Quantity("money", value, value, bound, "USD", 0, 1), value, MONEY)[0] == "confirmed"
        )


pieces = st.sampled_from(
    [
        "China",
        "Japan",
        "the",
        "DRC",
        "G7",
        "mines",
        "refines",
        "80%",
        "19",
        "out",
        "of",
        "20",
        "of",
        "the",
        "world's",
        "rare",
        "earths",
        "cobalt",
        "minerals",
        "exports",
        "ban",
        "on",
        "9",
        "October",
        "2025",
        "$1",
        "billion",
        "pledged",
        "signed",
        "agreement",
        "<p>",
        "</p>",
        "<td>",
        "|",
        "**",
        "[x](y)",
        "“urgency”",
        "said",
        "Bessent",
        ".",
        ",",
        ";",
        "&",
        "\u202e",
        "\x00",
        "é",
        "中",
        "1,2,3",
        "&amp;",
        "<script>",
        "</script>",
        "\n\n",
    ]
)


@FEW
@given(st.lists(pieces, min_size=1, max_size=80))
def test_any_text_is_checked_or_refused_in_one_line(words: list[str]) -> None:
    text = " ".join(words)
    try:
        answer = check(text)
    except OresightError as error:
        assert "\n" not in str(error)
        return
    whole = str(answer.sheet("text").rows[0][0])
    for row in answer.sheet("statements").records():
        assert whole[int(str(row["start"])) : int(str(row["end"]))] == row["sentence"]
    made = page(answer)
    assert "<script" not in made.casefold()


@FEW
@given(st.text(max_size=400))
def test_any_characters_are_read(text: str) -> None:
    try:
        found = read_text(text)
    except OresightError as error:
        assert "\n" not in str(error)
        return
    for block in found.blocks:
        assert 0 <= block.start < block.end <= len(found.text)
