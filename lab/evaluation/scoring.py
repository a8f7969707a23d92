"""Scores of predictions, and keys by which stored scores are known to be up to date."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lab.evaluation.definition import named
from lab.evaluation.source_code import scoring_code
from lab.files import digest
from lab.metrics import METRICS, Metric, score

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    from numpy.typing import NDArray

    from lab.cases import ScoresByFold

PACKAGE = "lab.metrics"


def score_fold(
    y_true: NDArray[np.int8],
    y_pred: NDArray[np.int8],
    y_score: NDArray[np.float64],
    names: Collection[str] | None = None,
) -> dict[str, float]:
    """Return scores of a fold's test rows by metric.

    Parameters
    ----------
    y_true, y_pred, y_score : ndarray of shape (n_rows,)
        Target, predicted class, and probability of class 1.
    names : collection of str, optional
        Metrics to compute. By default all.
    """
    from sklearn import config_context

    # scikit-learn's checks of its arguments take longer than the scores.
    with config_context(assume_finite=True, skip_parameter_validation=True):
        if names is None:
            return score(y_true, y_pred, y_score)
        return {name: METRICS[name](y_true, y_pred, y_score) for name in names}


def score_predictions(predictions: pd.DataFrame, names: Collection[str]) -> ScoresByFold:
    """Return scores of out-of-fold predictions, the same bits as in the cross-validation.

    Parameters
    ----------
    predictions : DataFrame with columns ``fold row y_true y_score y_pred``
        See :class:`lab.cases.Result`.
    names : collection of str
        Metrics to compute.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        folds = [_score_rows(rows, names) for _, rows in predictions.groupby("fold", sort=True)]
    return {name: [fold[name] for fold in folds] for name in names}


def _score_rows(rows: pd.DataFrame, names: Collection[str]) -> dict[str, float]:
    columns = ("y_true", "y_pred", "y_score")
    y_true, y_pred, y_score = (np.ascontiguousarray(rows[name]) for name in columns)
    return score_fold(y_true, y_pred, y_score, names)


def metric_keys() -> dict[str, str]:
    """Return a key of each metric's definition: equal keys mean equal scores of equal predictions.

    A key covers the code of the lab's metrics, the parameters that are bound to the metric's
    function, and for a metric of a user's own the file that defines it.
    """
    return {name: _key(metric) for name, metric in METRICS.items()}


def _key(metric: Metric) -> str:
    code = [scoring_code(), named(metric.function), *sorted(map(_digest, _own_files(metric)))]
    return digest("\n".join(code).encode())[:32]


def _own_files(metric: Metric) -> set[str]:
    """Return the user's files that register a metric and define its function."""
    function = metric.function
    while isinstance(function, partial):
        function = function.func
    files = [METRICS.file_of(metric.name)]
    name = getattr(function, "__module__", None) or ""
    if not name.startswith(f"{PACKAGE}."):
        files.append(getattr(sys.modules.get(name), "__file__", None) or "")
    return set(filter(None, files))


def _digest(file: str) -> str:
    """Return the digest of a file's content; of nothing for a cell of a notebook."""
    path = Path(file)
    return digest(path.read_bytes()) if path.is_file() else ""
