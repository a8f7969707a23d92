"""Rate of false recommendations by the number of positives, where no strategy helps.

    python benchmarks/scripts/few_positives.py [--draws 400] [--workers 2]

Each draw is a table of 1,000 rows, and each strategy a linear discriminant that is fitted to its
own random half of the training rows. So all strategies rank equally well, and a recommendation of
one that is called usable is false.

With a signal (AUC 0.8) or without one, cutoffs are chosen on other folds for all of them.
"""

from __future__ import annotations

import argparse
import os
from statistics import NormalDist

import numpy as np
from drawn_results import drawn_result
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from lab.cases import Case, Protocol, Result
from lab.metrics import GOALS
from lab.observations.choice import Standing
from lab.observations.goal_table import goal_tables
from lab.observations.recommendation import RAW, Recommendation, recommend
from lab.strategies import STRATEGIES

Floats = NDArray[np.float64]
Labels = NDArray[np.int8]
Rows = NDArray[np.int64]

ROWS, FEATURES = 1000, 5
POSITIVES, FOLDS = (3, 5, 6, 9, 10, 12, 15, 20, 30, 50), (3, 5)
AREAS = (0.5, 0.8)  # under the ROC curve: without and with a signal
CANDIDATES = (1, 10)
# Registered names, as labels only.
NAMES = [RAW, *(name for name in STRATEGIES if name != RAW)][: 1 + max(CANDIDATES)]
TITLES = [*(goal.key for goal in GOALS.chosen([])), "any goal"]


def main() -> None:
    """Draw, recommend, and print the rates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--positives", type=int, nargs="+", default=POSITIVES)
    parser.add_argument("--folds", type=int, nargs="+", default=FOLDS)
    parser.add_argument("--areas", type=float, nargs="+", default=AREAS, help="0.5: no signal")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    loop = Parallel(n_jobs=options.workers)
    for area in options.areas:
        for folds in options.folds:
            print(f"AUC {area}, {folds} folds", *TITLES, sep="  ")
            for positives in options.positives:
                if positives < folds:
                    continue
                draws = (
                    delayed(draw)(seed, area, folds, positives) for seed in range(options.draws)
                )
                found = np.array(loop(draws))  # by draw, number of candidates, goal
                for i, number in enumerate(CANDIDATES):
                    false = found[:, i]
                    rates = [*false.mean(axis=0), false.any(axis=1).mean()]
                    columns = zip(rates, TITLES, strict=True)
                    cells = [f"{rate:{len(title)}.1%}" for rate, title in columns]
                    print(f"{positives:3} positives, {number:2}", *cells, sep="  ", flush=True)


def draw(seed: int, area: float, folds: int, positives: int) -> list[list[bool]]:
    """Return, by number of candidates, for which goals one of them is recommended and usable."""
    rng = np.random.default_rng([seed, folds, positives])
    y = np.zeros(ROWS, dtype=np.int8)
    y[:positives] = 1
    # The classes' normal distributions are this far apart over all features.
    distance = 2**0.5 * NormalDist().inv_cdf(area)
    X = rng.normal(size=(ROWS, FEATURES)) + distance / FEATURES**0.5 * y[:, None]
    scores: dict[str, list[Floats]] = {name: [] for name in NAMES}
    parts = list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(X, y))
    for train, test in parts:
        for name, of_folds in scores.items():
            half = _half(rng, train, y)
            log_odds, of_training = _discriminant(X[half], y[half], X[test], X[half])
            if area == 0.5:
                log_odds -= 20.0 if name == RAW else np.median(of_training)
            of_folds.append(1 / (1 + np.exp(-log_odds)))
    results = [
        drawn_result(Case("drawn", name, "discriminant"), Protocol(folds), y, parts, of_folds)
        for name, of_folds in scores.items()
    ]
    tables = goal_tables(GOALS.chosen([]), results, Result.read_predictions, {})
    return [
        [_is_recommended(recommend(table, results[: 1 + number])) for table in tables]
        for number in CANDIDATES
    ]


def _is_recommended(found: Recommendation | None) -> bool:
    return found is not None and found.standing is Standing.BETTER and found.usable


def _half(rng: np.random.Generator, train: Rows, y: Labels) -> Rows:
    """Return a random half of the training rows of each class, at least one of each."""
    parts = [rng.permutation(train[y[train] == label]) for label in (0, 1)]
    return np.concatenate([part[: max(1, round(len(part) / 2))] for part in parts])


def _discriminant(X: Floats, y: Labels, *parts: Floats) -> list[Floats]:
    """Return for parts of rows the log-odds of a discriminant that weights both classes alike."""
    means = [X[y == label].mean(axis=0) for label in (0, 1)]
    within = np.cov((X - np.array(means)[y]).T)
    direction = np.linalg.solve(within, means[1] - means[0])
    return [(rows - (means[0] + means[1]) / 2) @ direction for rows in parts]


if __name__ == "__main__":
    main()
