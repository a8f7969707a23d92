"""The same cases without the lab: in a bare joblib loop, and as MLflow's tutorials log runs.

    python benchmarks/scripts/bare.py loop --workers 2
    python benchmarks/scripts/bare.py tutorial --dataset yeast_me2

Both make the fits and predictions of the lab and compute five metrics. The loop does nothing else,
longest case first. The tutorial opens a run for each case, one after the other, and logs metrics
one by one, a figure of pyplot and the model. `overhead.py` times them from outside.
"""

from __future__ import annotations

import argparse
import json
import time
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from lab.cases import Case, Protocol
    from lab.grid import Grid

FIVE = ("accuracy", "precision", "recall", "f1_score", "roc_auc_score")
WAYS = ("loop", "tutorial")


def fit_folds(
    case: Case, protocol: Protocol, seed: int = 0
) -> Iterator[tuple[Any, NDArray[np.int8], NDArray[np.int8], NDArray[np.float64]]]:
    """Yield each fold's fitted pipeline, and classes, decisions and scores of its test rows."""
    from lab import datasets
    from lab.evaluation.pipelines import pipeline

    dataset = datasets.load(case.dataset)
    protocol = protocol.on(dataset)
    for fold in protocol.folds_of(dataset):
        train, test = fold.training_rows(dataset.rows), fold.test
        inner_folds = protocol.inner_folds(protocol.rows_of(dataset).take(train))
        steps = pipeline(case, dataset, dataset.y[train], seed, inner_folds)
        steps.fit(dataset.X.iloc[train], dataset.y[train])
        X_test = dataset.X.iloc[test]
        y_score = steps.predict_proba(X_test)[:, 1]
        yield steps, dataset.y[test], steps.predict(X_test), y_score


def fit_case(case: Case, protocol: Protocol, seed: int = 0) -> list[tuple[float, ...]]:
    """Cross-validate one case with nothing around the fits; return each metric's scores."""
    from lab.metrics import METRICS

    scores = [
        [METRICS[name](y_test, y_pred, y_score) for name in FIVE]
        for _, y_test, y_pred, y_score in fit_folds(case, protocol, seed)
    ]
    return list(zip(*scores, strict=True))


def loop(grid: Grid, workers: int) -> None:
    """Run the cases in a joblib loop."""
    from joblib import Parallel, delayed

    cases = sorted(grid.cases(), key=lambda case: -case.cost())
    parallel = Parallel(n_jobs=workers, batch_size=1, pre_dispatch="all")
    parallel(delayed(fit_case)(case, grid.protocol) for case in cases)


def tutorial(grid: Grid) -> float:
    """Run the cases one by one, each with an MLflow run; return the seconds of the fits."""
    import mlflow
    import mlflow.sklearn
    from matplotlib import pyplot as plt
    from sklearn.metrics import RocCurveDisplay

    from lab.metrics import METRICS

    mlflow.set_experiment("tutorial")
    seconds = 0.0
    for case in grid.cases():
        with mlflow.start_run(run_name=case.id):
            for name, value in vars(case).items():
                mlflow.log_param(name, value)
            start = time.perf_counter()
            folds = list(fit_folds(case, grid.protocol))
            seconds += time.perf_counter() - start
            for name in FIVE:
                scores = [METRICS[name](*fold[1:]) for fold in folds]
                mlflow.log_metric(name, fmean(scores))
            model, y_test, _, y_score = folds[-1]
            figure, ax = plt.subplots()
            RocCurveDisplay.from_predictions(y_test, y_score, ax=ax)
            mlflow.log_figure(figure, "roc_curve.png")
            plt.close(figure)
            # skops, MLflow's default, refuses types in these pipelines.
            mlflow.sklearn.log_model(model, name="model", serialization_format="cloudpickle")
    return seconds


def main() -> None:
    """Run the cases one way; print the figures as JSON."""
    from lab.grid import Grid

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("--workers", type=int, default=1, help="of the loop")
    for kind in ("dataset", "strategy", "model"):
        parser.add_argument(f"--{kind}", action="append", default=[])
    options = parser.parse_args()
    grid = Grid.select(options.dataset, options.strategy, options.model)
    facts: dict[str, float] = {"cases": len(grid.cases())}
    if options.way == "loop":
        loop(grid, options.workers)
    else:
        facts["fit_seconds"] = tutorial(grid)
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
