"""Rate of false verdicts where there is no difference: a strategy against itself.

    python benchmarks/scripts/error_rates.py [--seeds 21] [--workers 2]

SMOTE is cross-validated on the core datasets with several seeds of sampler and model, on the same
folds. Two seeds differ by chance alone, so every verdict that they differ is false.
"""

from __future__ import annotations

import argparse
import os
from itertools import combinations

import numpy as np
from bare import FIVE, fit_case
from joblib import Parallel, delayed

from lab.grid import Grid
from lab.observations.effects import Effect, FoldEffect, OverallEffect
from lab.observations.verdict import Verdict

METRICS = ("recall", "f1_score", "roc_auc_score")
TEST_TO_TRAIN = 1 / 4


def main() -> None:
    """Fit, compare all pairs of seeds, and print the rate of false verdicts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=21, help="number of seeds; 21 make 210 pairs")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    os.environ["PYTHONWARNINGS"] = "ignore"  # of the workers: solvers that stop early
    grid = Grid.select(strategy_patterns=["smote"])
    fits = [(case, seed) for case in grid.cases() for seed in range(options.seeds)]
    fits.sort(key=lambda fit: -fit[0].cost())
    loop = Parallel(n_jobs=options.workers, batch_size=1, pre_dispatch="all")
    scores = loop(delayed(fit_case)(case, grid.protocol, seed) for case, seed in fits)
    found = dict(zip(fits, scores, strict=True))
    pairs = list(combinations(range(options.seeds), 2))
    print(f"{len(pairs)} pairs of seeds; verdicts that two of them differ:")
    for metric in METRICS:
        column = FIVE.index(metric)
        # By case and seed, with one value a fold.
        folds = {fit: np.array(columns[column]) for fit, columns in found.items()}
        on_datasets, over_datasets = [], []
        for first, second in pairs:
            gains = {case: folds[case, second] - folds[case, first] for case in grid.cases()}
            on_datasets += [
                FoldEffect(metric, tuple(gain), (), TEST_TO_TRAIN) for gain in gains.values()
            ]
            means = [
                tuple(gain.mean() for case, gain in gains.items() if case.model == model)
                for model in grid.models
            ]
            over_datasets += [
                OverallEffect(
                    metric, own, (), family=tuple((other,) for other in means[:i] + means[i + 1 :])
                )
                for i, own in enumerate(means)
            ]
        for what, effects in (("on a dataset", on_datasets), ("over datasets", over_datasets)):
            false = sum(map(differs, effects))
            print(
                f"  {metric:14} {what:14} {false:4} of {len(effects)}, {false / len(effects):.1%}"
            )


def differs(effect: Effect) -> bool:
    """Return whether the verdict on an effect is that it is not zero."""
    above, below = (effect > 0).verdict, (effect >= 0).verdict
    return above is Verdict.HOLDS or below is Verdict.CONTRADICTED


if __name__ == "__main__":
    main()
