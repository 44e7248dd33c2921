"""The back-test of the catalogue's episodes: what must be reached, and reported, without tuning (months §8)."""

import numpy as np
import pytest

from oresight.core.answer import Answer
from oresight.studies.backtest.catalogue import catalogue_episodes
from oresight.studies.backtest.replay import STRATA, deal_price, episode_market, partial_rank_correlations
from oresight.studies.backtest.study import backtest


@pytest.fixture(scope="module")
def answer() -> Answer:
    return backtest(draws=128)


def test_targets_are_reached(answer: Answer) -> None:
    """Issue 3: annual prices outside within 0.30 and 80 %, "no change" beaten, null episodes quiet."""
    for row in answer.sheet("targets").records():
        assert row["met"], row


def test_kinds_are_scored_apart_and_misses_are_shown(answer: Answer) -> None:
    """months §8: asks, deals, inside and outside apart; the inside prices the model misses stay on the sheet."""
    rows = answer.sheet("episodes").records()
    whole = {(r["kind"], r["verified"]): r for r in rows if r["episode"] == "all episodes"}
    assert {("outside", True), ("ask", True), ("deal", True), ("inside", False)} <= set(whole)
    apart = [r["count"] for r in rows if r["episode"] == "all episodes" and r["kind"] != "all outside"]
    assert sum(n for n in apart if isinstance(n, int)) == 74
    assert len(answer.sheet("points").rows) == 74


def test_same_seed_same_answer(answer: Answer) -> None:
    again = backtest(draws=128)
    assert again.sheet("points") == answer.sheet("points")
    assert answer.parameters["fitted"] == "nothing"


def test_the_finding_says_what_the_targets_say(answer: Answer) -> None:
    error = answer.sheet("targets").records()[0]["value"]
    assert f"{error:.2f}" in answer.finding


def test_deals_lag_the_spot_price() -> None:
    """months §8: deal = chi x lagged mean + (1 - chi) x spot; before the episode all stands at 1."""
    spot = np.full((6, 2), 4.0)
    deal = deal_price(spot, np.array([1.0, 0.0]), np.array([3.0, 3.0]))
    np.testing.assert_allclose(deal[:, 0], [1, 2, 3, 4, 4, 4])
    np.testing.assert_allclose(deal[:, 1], 4.0)


def test_episode_markets_reproduce_the_baseline() -> None:
    """The outside gets its exports and its own output; the actor keeps its use, at every sampled share."""
    for episode in catalogue_episodes():
        for at in range(STRATA):
            market = episode_market(episode, (at + 0.5) / STRATA, 0.0)
            product = episode.product[0]
            links = market.links_between([0], [episode.actor], ["OUT"])
            tonnes = market.link_baseline[links].sum() / market.products[0].unit_value
            assert tonnes == pytest.approx(product.exports)
            low, high = product.shares
            share = market.link_weight[links].sum()
            assert low - 1e-12 <= share <= high + 1e-12


def test_partial_rank_correlation_finds_the_driver() -> None:
    rng = np.random.default_rng(0)
    draws = {name: rng.random(200) for name in "abc"}
    found = partial_rank_correlations(draws, np.exp(3 * draws["a"] - draws["b"]))
    assert found["a"] > 0.95 and found["b"] < -0.8 and abs(found["c"]) < 0.3
