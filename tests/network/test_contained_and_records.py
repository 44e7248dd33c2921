"""Contained weight (network §1) and the records every rule of the network stands on."""

import numpy as np
import pytest

from oresight.core.errors import DataError
from oresight.network.contained import Band, contained_weight, trade_matrix
from oresight.network.records import Chain, Confidence, StageNetwork


def band(low: float, best: float, high: float, rows: int = 1) -> Band:
    return Band(*(np.full(rows, v) for v in (low, best, high)))


def test_several_codes_add_up_to_contained_tonnes() -> None:
    """network §1: 100 t of ore at 10-20-30 % and 10 t of a basket, half ours, at 90 %."""
    gross = np.array([100.0, 10.0])
    content = Band(np.array([0.1, 0.9]), np.array([0.2, 0.9]), np.array([0.3, 0.9]))
    share = Band(np.array([1.0, 0.4]), np.array([1.0, 0.5]), np.array([1.0, 0.6]))
    weight = contained_weight(gross, content, share)
    np.testing.assert_allclose(weight.low, [10.0, 3.6])
    np.testing.assert_allclose(weight.best, [20.0, 4.5])
    np.testing.assert_allclose(weight.high, [30.0, 5.4])
    one = np.zeros(2, dtype=int)
    assert trade_matrix(one, one + 1, weight.best, 2)[0, 1] == pytest.approx(24.5)


def test_an_unknown_weight_stays_unknown_and_adds_nothing() -> None:
    """network §1"""
    weight = contained_weight(np.array([np.nan]), band(0.1, 0.2, 0.3)).best
    assert np.isnan(weight[0])
    assert trade_matrix(np.array([0]), np.array([1]), weight, 2).sum() == 0


@pytest.mark.parametrize(
    ("content", "share", "what"),
    [
        (band(0.3, 0.2, 0.4), None, "not ordered"),
        (band(-0.1, 0.2, 0.4), None, "missing or negative"),
        (band(np.nan, 0.2, 0.4), None, "missing or negative"),
        (band(0.1, 0.2, 0.4), band(0.1, 0.5, 1.5), "above 1"),
    ],
)
def test_bad_factors_are_refused(content: Band, share: Band | None, what: str) -> None:
    with pytest.raises(DataError, match=what):
        contained_weight(np.ones(1), content, share)


@pytest.mark.parametrize(
    "books",
    [
        ([-1.0, 0.0], np.zeros((2, 2)), [0.0, 0.0]),
        ([np.inf, 0.0], np.zeros((2, 2)), [0.0, 0.0]),
        ([1.0, 0.0], np.full((2, 2), np.nan), [0.0, 0.0]),
        ([1.0, 0.0], np.zeros((3, 3)), [0.0, 0.0]),
        ([1.0, 0.0], np.zeros((2, 2)), [0.0]),
        (1.0, np.zeros((1, 1)), [0.0]),
    ],
)
def test_impossible_books_are_refused(books: tuple[object, object, object]) -> None:
    with pytest.raises(DataError):
        StageNetwork(*books)  # type: ignore[arg-type]


def test_home_use_crosses_no_border() -> None:
    stage = StageNetwork([5.0, 0.0], [[3.0, 2.0], [0.0, 0.0]], [3.0, 2.0])
    assert stage.trade[0, 0] == 0
    np.testing.assert_array_equal(stage.imbalance(), [0.0, 0.0])


def test_a_chain_says_what_its_plants_take() -> None:
    """network §3: 8 t refined, a quarter from scrap, recovery 0.75: 8 t of ore."""
    mine = StageNetwork([8.0], [[0.0]], [0.0])
    refine = StageNetwork([8.0], [[0.0]], [8.0])
    chain = Chain((mine, refine), [0.75], [0.25])
    np.testing.assert_allclose(chain.feed(0), [8.0])
    np.testing.assert_array_equal(chain.feed(1), [0.0])
    assert chain.names == ("mine", "refine")


def test_impossible_chains_are_refused() -> None:
    one, two = StageNetwork([1.0], [[0.0]], [1.0]), StageNetwork([1.0, 1.0], np.zeros((2, 2)), [1.0, 1.0])
    for stages, recovery, scrap in (
        ((), [], []),
        ((one, two), [1.0], [0.0]),
        ((one, one), [0.0], [0.0]),
        ((one, one), [1.0, 1.0], [0.0]),
        ((one, one), [1.0], [1.5]),
    ):
        with pytest.raises(DataError):
            Chain(stages, np.array(recovery), np.array(scrap))


@pytest.mark.parametrize("name", ["production", "unrecorded", "unrecorded_share"])
def test_confidence_of_zero_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="above zero"):
        Confidence(**{name: 0.0})
