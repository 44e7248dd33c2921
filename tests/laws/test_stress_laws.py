"""Laws of the stress study: more cut is never less short, nothing happens without a cause, money does not appear."""

import string
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oresight.core.coalition import Coalition
from oresight.core.errors import StudyError
from oresight.studies import names
from oresight.studies.stress.play import Played, draws_of, play, served
from oresight.studies.stress.scenario import Scenario, parse
from oresight.studies.stress.scenario_named import scenario

G7 = names.coalition()
LIGHT = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
METALS = ("gallium", "germanium", "magnesium", "graphite-battery", "tungsten", "neodymium-praseodymium")


def cut(share: float, commodity: str, to: str = "all", seller: str = "CHN", horizon: int = 15) -> Scenario:
    """China stops a share of one metal for a year, without a squeeze at home."""
    return parse(
        f'name = "law"\nhorizon = {horizon}\n[[measure]]\ncommodities = ["{commodity}"]\nfrom = ["{seller}"]\n'
        f'to = ["{to}"]\ncut = {share:.4f}\nmonths = 12\nleak = [0.2, 0.2]\nsqueeze = 0.0\n'
    )


def lost(run: Played) -> np.ndarray:
    """Use lost by the members over the year of the cut (draw), by baseline use."""
    at = [run.groups.index(p) for p in G7.players]
    use = np.nan_to_num(run.use[at])
    missing = 1.0 - np.nan_to_num(run.kept[:12, at], nan=1.0)
    return np.asarray(np.einsum("g,mgd->d", use, missing) / (12 * use.sum()))


@pytest.mark.parametrize("commodity", METALS)
def test_more_cut_is_never_less_short(commodity: str) -> None:
    """market §6: at the same draws, a larger cut leaves the members at least as short, and losing as much surplus."""
    draws = draws_of(commodity, 8, 11)
    runs = [play(cut(share, commodity), commodity, G7, draws) for share in (0.2, 0.5, 0.8, 0.95)]
    inside = [runs[0].groups.index(p) for p in G7.players]
    for milder, harder in pairwise(runs):
        assert (lost(harder) >= lost(milder) - 2e-3).all()
        more, less = (run.loss[inside].sum(axis=0) for run in (harder, milder))
        assert (more >= less * (1 - 1e-3) - 1e-3).all()


@pytest.mark.parametrize("commodity", METALS)
def test_nothing_moves_before_it_is_announced(commodity: str) -> None:
    """months §3, market §5: until its announcement a cut changes no price, no use, no stock."""
    made = cut(0.9, commodity, horizon=10)
    late = made.measure[0].model_copy(update={"announced": 5.0, "start": 6.0})
    run = play(made.model_copy(update={"measure": [late]}), commodity, G7, draws_of(commodity, 4, 5))
    assert np.nanmax(np.abs(run.price[:5] - 1.0)) < 1e-5
    assert np.nanmax(np.abs(run.kept[:5] - 1.0)) < 1e-5
    assert np.nanmax(np.abs(run.stock[:5] - run.stock[:1])) < 1e-4
    assert np.nanmax(np.abs(run.price[6:] - 1.0)) > 0.01


@pytest.mark.parametrize(
    "name", ["everything-12-months", "russia-palladium", "indonesia-nickel", "drc-cobalt-2025"]
)
def test_a_restriction_makes_the_world_poorer(name: str) -> None:
    """impact §2: gains of makers, licences and stocks fall short of what consumers lose, in every draw."""
    made = scenario(name)
    for commodity in made.commodities[:33:4]:
        run = play(made, commodity, G7, draws_of(commodity, 8, 3))
        world = (run.gain + run.rent + run.trade - run.loss).sum(axis=0)
        scale = np.abs(run.loss).sum(axis=0) + np.abs(run.gain).sum(axis=0)
        assert (world <= 1e-3 * scale).all(), (commodity, world / 1e6)


def test_licences_earn_where_they_are_sold() -> None:
    """months §4: rents go to the country that restricts, and to nobody else."""
    run = play(cut(0.7, "germanium"), "germanium", G7, draws_of("germanium", 8, 3))
    china = run.groups.index("CHN")
    assert (run.rent[china] > 0).all()
    assert not np.delete(run.rent, china, axis=0).any()


def test_who_is_asked_about_changes_nothing() -> None:
    """The order of members, and how they are grouped, leave every country's figures alone."""
    draws = draws_of("germanium", 4, 9)
    some = Coalition("a", "a", {"JPN": ("JPN",), "USA": ("USA",), "EU": ("DEU", "FRA")})
    turned = Coalition("b", "b", {"EU": ("FRA", "DEU"), "USA": ("USA",), "JPN": ("JPN",)})
    one, other = (play(cut(1.0, "germanium"), "germanium", who, draws) for who in (some, turned))
    for group in one.groups:
        a, b = one.groups.index(group), other.groups.index(group)
        for field in ("price", "kept", "stock"):
            np.testing.assert_allclose(getattr(one, field)[:, a], getattr(other, field)[:, b], rtol=1e-9)
        for field in ("loss", "gain", "rent", "trade", "bill"):
            np.testing.assert_allclose(getattr(one, field)[a], getattr(other, field)[b], rtol=1e-9, atol=1e-3)


def test_a_ban_by_one_who_ships_nothing_is_refused() -> None:
    """A scenario without effect says so instead of answering with zeros."""
    with pytest.raises(StudyError, match="has no effect on gallium"):
        play(cut(1.0, "gallium", seller="ISL"), "gallium", G7, draws_of("gallium", 1, 1))


@given(
    commodity=st.sampled_from(
        ["gallium", "neodymium-praseodymium", "dysprosium-terbium", "tungsten", "titanium-sponge"]
    ),
    kept=st.floats(0, 1),
    first=st.permutations(["defence", "essential", "normal"]).flatmap(
        lambda order: st.integers(0, 3).map(lambda n: tuple(order[:n]))
    ),
)
@LIGHT
def test_those_served_first_never_lose_more(commodity: str, kept: float, first: tuple[str, ...]) -> None:
    """impact §4: the first priority loses no more than if all lost alike, and the tonnes missing are the same."""
    rows = served(commodity, kept, first)
    assert abs(sum(share * gone for _, _, share, gone in rows) - (1.0 - kept)) < 1e-9
    if first:
        assert all(gone <= 1.0 - kept + 1e-9 for _, priority, _, gone in rows if priority == first[0])


KEYS = ["name", "title", "start", "horizon", "measure", "from", "to", "cut", "kind", "quota", "leak", "months", "stages",
        "commodities", "release", "stock", "country", "commodity", "rule", "priority", "throughput", "squeeze"]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from([
        "1", "0", "-1", "1.5", "nan", "inf", "-inf", "true", '""', '"CHN"', '["CHN"]', '["all"]', "[]", "{}", "[[]]",
        "2024-01-01", "0001-01-01", "9999-12-31", "07:32:00", "1e308", "1e-320", "9" * 30, '"\\u0000"', '["gallium"]',
        '["refine"]', "[0.1, 0.2]", "[2, 1]", '"quota"', '"licence"', '["\\ud7ff"]', "0x7fffffffffffffff", "[1, 'a']",
    ]),
    st.text(string.printable, max_size=12),
)  # fmt: skip
LINES = st.one_of(
    st.tuples(st.sampled_from(KEYS), VALUES).map(lambda p: f"{p[0]} = {p[1]}"),
    st.sampled_from(
        ["[[measure]]", "[[retaliation]]", "[[release]]", "[measure]", "[name]", "[[measure.from]]"]
    ),
    st.text(max_size=30),
)


@given(st.lists(LINES, max_size=14), st.booleans())
@settings(max_examples=150, deadline=None)
def test_hostile_files_give_one_line(lines: list[str], likely: bool) -> None:
    """Whatever stands in a file, it is a scenario or a StudyError of one printable line."""
    head = ['name = "x"', "[[measure]]", 'commodities = ["gallium"]', 'from = ["CHN"]'] if likely else []
    try:
        made = parse("\n".join(head + lines))
    except StudyError as error:
        assert str(error).isprintable() and len(str(error)) < 700, repr(str(error))
    else:
        assert made.commodities and made.restrictors


@given(st.text(max_size=60))
@LIGHT
def test_hostile_names_give_one_line(text: str) -> None:
    """A scenario named anyhow is found or refused in one line."""
    with pytest.raises(StudyError) as caught:
        scenario("-" + text)
    assert "\n" not in str(caught.value)
