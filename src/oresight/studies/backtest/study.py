"""Back-test: how well would the months model have foretold the prices of past export restrictions?

Each episode is replayed from what was known before it (months §8): baseline flows, announced measures and the
declared priors, one set for all. Nothing is fitted to an episode.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oresight.catalog import store
from oresight.core.answer import Answer, Assumption, Sheet
from oresight.core.errors import StudyError
from oresight.core.progress import Reporter, report, silent
from oresight.studies.backtest.catalogue import catalogue_episodes
from oresight.studies.backtest.episodes import read_episodes
from oresight.studies.backtest.replay import Replay, replay
from oresight.studies.backtest.scores import Score, coverage, median_error, scored
from oresight.studies.backtest.sheets import (
    driver_sheet,
    episode_sheet,
    path_sheet,
    point_sheet,
    target_sheet,
)
from oresight.studies.basis import basis

DRAWS = 512
DRAWS_MAX = 20_000
SEED = 20100708
RULES = (*(f"months §{n}" for n in range(1, 9)), "market §1", "market §4", "market §6", "market §7")


def backtest(
    episodes: Path | str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    reporter: Reporter = silent,
) -> Answer:
    """Replay past export restrictions and compare with the prices seen.                  months §8

    Args:
        episodes: A TOML file of episodes (docs/backtest.md); the catalogue's own when None.
        draws: Draws of the priors per episode, a power of two keeps them balanced.
        seed: Of the Sobol scrambling.
        reporter: Told the share done; may cancel.

    Returns:
        Sheets `targets`, `episodes`, `points`, `path` and `drivers`.

    Raises:
        DataError: The file is wrong; names the place.
        StudyError: Too few or too many draws, or a measure that cannot be.
    """
    if not 8 <= draws <= DRAWS_MAX:
        raise StudyError(f"{draws} draws", f"choose between 8 and {DRAWS_MAX}", {"draws": draws})
    rows = catalogue_episodes() if episodes is None else read_episodes(Path(episodes))
    ranges = prior_ranges()
    replays: list[Replay] = []
    for at, episode in enumerate(rows):
        report(reporter, at / len(rows), f"replaying {episode.id}")
        replays.append(replay(episode, ranges, draws, seed))
    report(reporter, 1.0, "scoring")
    scores = [score for one in replays for score in scored(one)]
    targets = target_sheet(replays, scores)
    return Answer(
        study="backtest",
        question="Would the model have foretold what export restrictions of the past did to prices?",
        finding=finding(targets, scores),
        sheets=(
            targets,
            episode_sheet(replays, scores),
            point_sheet(scores),
            path_sheet(replays),
            driver_sheet(replays),
        ),
        basis=basis(
            ("episodes", "episode_products", "episode_measures", "episode_points", "prices", "priors")
            if episodes is None
            else ("priors",),
            RULES,
            (
                Assumption("priors", "one set of uniform ranges for all episodes, none fitted to an episode"),
                Assumption("episode_products", "shares outside and use inside, mostly assumed, sampled"),
            ),
            (
                "The discrepancy in the bands (0.3 outside, 0.7 inside, in logs) was read off the visible "
                "episodes; medians do not depend on it.",
                "The rules were designed by people who knew how these episodes ended; only episodes outside "
                "the catalogue test them freshly.",
                "Points without a traceable source are scored apart.",
            ),
        ),
        parameters={
            "episodes": "catalogue" if episodes is None else Path(episodes).name,
            "draws": draws,
            "seed": seed,
            "fitted": "nothing",
        },
    )


def prior_ranges() -> dict[str, tuple[float, float]]:
    """Low and high of the priors that hold for every commodity, by name."""
    table = store.read("priors")
    return {
        row["parameter"]: (float(row["low"]), float(row["high"]))
        for row in table.iter_rows(named=True)
        if not row["commodity"]
    }


def finding(targets: Sheet, scores: Sequence[Score]) -> str:
    """The outcome in one or two sentences, made from the targets."""
    lines: Mapping[str, dict[str, Any]] = {str(r["target"]): dict(r) for r in targets.records()}
    error, cover, beaten, null, _ = lines.values()
    if not scores:
        return "No observed price was given, so nothing can be scored."
    said = []
    if error["value"] is not None:
        said.append(
            f"On {error['count']} annual prices outside the median |log error| is {error['value']:.2f} "
            f"(goal {error['goal']:.2f}) and {cover['value']:.0%} lie inside P5-P95 (goal {cover['goal']:.0%})"
        )
    else:
        said.append(
            f"On {len(scores)} prices the median |log error| is {median_error(scores) or 0:.2f} and "
            f"{coverage(scores) or 0:.0%} lie inside P5-P95"
        )
    if beaten["value"] is not None:
        won = round(beaten["value"] * beaten["count"])
        said.append(f'"no change" is beaten in {won} of {beaten["count"]} real episodes')
    if null["value"] is not None:
        said.append(
            f"the greatest median multiple of a null episode is {null['value']:.2f} (goal {null['goal']:g})"
        )
    return "; ".join(said) + "."
