"""Rates of false verdicts and of detection by split: random, group and time.

    python benchmarks/scripts/split_error_rates.py [--draws 1000] [--splits random group time]

Each draw is a new table with two models: the same learner, each fitted to features of its own. By
default both sets of features matter alike, so every verdict that the models differ is false. For
the power, the second set matters half as much. Rows depend on each other: those of a group, or of
near times, share effects in the features and in the target.

A verdict is that the interval of the mean paired difference of fold scores excludes 0. Candidates:

- ``t 0``: the t interval of the folds, without a correction;
- ``t k``: the corrected resampled t interval with the ratio 1 / (k - 1);
- ``t k, k - 1``: the same with k - 1 degrees of freedom, whatever the number of repeats;
- ``t sizes``: the same with the mean ratio of test to training rows, which is greater in time;
- ``groups`` (``--resample``): the variance is that over resampled groups of each test fold;
- ``groups + t`` (``--resample``): to it is added the part for overlapping training sets of ``t k``.

For time it prints how often the next window lies in the prediction interval of the past ones.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from dependent_tables import NAMES, Scenario, Scored, evaluate, scenarios
from scipy.special import stdtrit

from lab.metrics import METRICS
from lab.observations.effects import CONFIDENCE
from lab.observations.statistics import corrected_t_interval, prediction_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int8]
    Rows = NDArray[np.int64]
    Fold = tuple[Rows, Rows]

EQUAL, UNEQUAL = (1.0, 1.0), (1.0, 0.5)  # weights of the features of both models
REPLICATES = 100


def resampled_variance(scenario: Scenario, found: Scored, seed: int) -> Floats:
    """Return by metric the variance of the mean difference over resampled test groups.

    Field and Welsh, "Bootstrapping Clustered Data", Journal of the Royal Statistical Society B 69,
    2007. https://doi.org/10.1111/j.1467-9868.2007.00593.x
    """
    rng = np.random.default_rng([seed, 1])
    total = np.zeros(len(NAMES))
    for (train, test), of_models in zip(found.folds, found.probabilities, strict=True):
        _, inverse = np.unique(found.table.groups[test], return_inverse=True)
        number = int(inverse.max()) + 1
        weights = rng.multinomial(number, np.full(number, 1 / number), REPLICATES)[:, inverse]
        y, cutoff = found.table.y, found.table.y[train].mean()
        first, second = (weighted(y[test], y_score, cutoff, weights) for y_score in of_models)
        total += np.where(np.isnan(first), 0.0, first - second).var(axis=1, ddof=1)
    # Repeats test the same groups again, so they do not reduce this variance.
    return total / (scenario.folds * len(found.folds))


def weighted(y: Labels, y_score: Floats, cutoff: float, weights: NDArray[np.int64]) -> Floats:
    """Return by metric and replicate the scores of weighted rows; NaN without both classes."""
    order = np.argsort(-y_score, kind="stable")
    y, y_score, w = y[order], y_score[order], weights[:, order].astype(float)
    ends = np.append(np.flatnonzero(np.diff(y_score)), len(y) - 1)
    true, both = np.cumsum(w * y, axis=1), np.cumsum(w, axis=1)
    alarms = int(np.sum(y_score > cutoff))
    hits = true[:, alarms - 1] if alarms else np.zeros(len(w))
    flagged = both[:, alarms - 1] if alarms else np.zeros(len(w))
    brier = (w * (y - y_score) ** 2).sum(axis=1) / both[:, -1]
    true, both = true[:, ends], both[:, ends]
    total = true[:, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.diff(true, axis=1, prepend=0)
        false = both - true
        area = np.diff(false, axis=1, prepend=0) * (true - steps / 2)
        auc = area.sum(axis=1) / (total * false[:, -1])
        precision = np.where(both > 0, true / both, 0)
        found = [
            auc,
            (steps * precision).sum(axis=1) / total,
            2 * hits / (total + flagged),
            hits / total,
            np.where(total > 0, brier, np.nan),
        ]
    return np.array(found)


def verdicts(
    scenario: Scenario, found: Scored, seed: int, *, resample: bool
) -> dict[str, list[bool]]:
    """Return by candidate and metric whether the interval excludes 0."""
    past = scenario.folds * scenario.repeats
    gains = found.values[:, :past, 0] - found.values[:, :past, 1]
    shown = {
        name: [_excludes_0(*corrected_t_interval(row, ratio, CONFIDENCE)) for row in gains]
        for name, ratio in scenario.ratios.items()
    }
    if scenario.repeats > 1:
        ratio, freedom = scenario.ratios["t k"], scenario.folds - 1
        ends = [corrected_t_interval(row, ratio, CONFIDENCE, freedom) for row in gains]
        shown["t k, k - 1"] = [_excludes_0(low, high) for low, high in ends]
    if resample and scenario.split == "group":
        variance, freedom = resampled_variance(scenario, found, seed), scenario.groups - 1
        overlap = gains.var(axis=1, ddof=1) / (scenario.folds - 1)
        total = variance + overlap
        # Satterthwaite's approximation, as in the interval over datasets.
        both = total**2 / (variance**2 / freedom + overlap**2 / (past - 1) + 1e-300)
        means = np.abs(gains.mean(axis=1))
        tail = (1 + CONFIDENCE) / 2
        shown["groups"] = list(means > np.sqrt(variance) * stdtrit(freedom, tail))
        shown["groups + t"] = list(means > np.sqrt(total) * stdtrit(both, tail))
    return shown


def _excludes_0(low: float, high: float) -> bool:
    return low > 0 or high < 0


def next_is_inside(found: Scored) -> dict[str, list[bool]]:
    """Return by metric whether the last window is in the prediction interval of the others."""
    first, second = np.moveaxis(found.values, 2, 0)
    inside = {}
    for name, values in (("next score", first), ("next difference", first - second)):
        ends = [prediction_interval(row[:-1], CONFIDENCE) for row in values]
        pairs = zip(ends, values[:, -1], strict=True)
        inside[name] = [low <= value <= high for (low, high), value in pairs]
    return inside


def study_verdicts(scenario: Scenario, draws: int, *, resample: bool) -> None:
    """Print the rate of false verdicts and the power of each candidate, by metric."""
    counts: dict[str, Floats] = defaultdict(lambda: np.zeros(len(NAMES)))
    found_real: dict[str, Floats] = defaultdict(lambda: np.zeros(len(NAMES)))
    inside: dict[str, Floats] = defaultdict(lambda: np.zeros(len(NAMES)))
    for seed in range(draws):
        found = evaluate(scenario, EQUAL, seed)
        for name, shown in verdicts(scenario, found, seed, resample=resample).items():
            counts[name] += shown
        if scenario.split == "time":
            for name, hits in next_is_inside(found).items():
                inside[name] += hits
        found = evaluate(scenario, UNEQUAL, seed)
        for name, shown in verdicts(scenario, found, seed, resample=resample).items():
            found_real[name] += shown
    _print_row("false / power", [f"{METRICS[name].title:>11}" for name in NAMES])
    for name, false in counts.items():
        pairs = zip(false / draws, found_real[name] / draws, strict=True)
        _print_row(name, [f"{rate:5.1%} {power:5.0%}" for rate, power in pairs])
    for name, times in inside.items():
        _print_row(name, [f"{share:11.1%}" for share in np.asarray(times) / draws])


def _print_row(name: str, cells: Sequence[str]) -> None:
    print(f"   {name:16}", *cells, sep=" | ", flush=True)


def main() -> None:
    """Draw, judge, and print the rates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--splits", nargs="+", default=("random", "group", "time"))
    parser.add_argument("--only", nargs="+", default=("",), help="parts of scenarios' names")
    parser.add_argument("--resample", action="store_true", help="resample groups, too; slow")
    options = parser.parse_args()
    for split in options.splits:
        for scenario in scenarios(split):
            if not any(part in f"{scenario} " for part in options.only):
                continue
            start = time.perf_counter()
            print(scenario, flush=True)
            study_verdicts(scenario, options.draws, resample=options.resample)
            print(f"   {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
