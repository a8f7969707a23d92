"""Scores of predictions, and keys by which stored scores are known to be up to date."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lab.datasets.content import digest_of
from lab.evaluation.definition import named
from lab.evaluation.source_code import scoring_code
from lab.files import digest
from lab.metrics import METRICS, Metric, score

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from lab.cases import ScoresByFold
    from lab.datasets.dataset import Dataset

PACKAGE = "lab.metrics"


def score_fold(
    y_true: NDArray[np.int8],
    y_pred: NDArray[np.int8],
    y_score: NDArray[np.float64],
    names: Collection[str] | None = None,
    values: Mapping[str, NDArray[np.float64]] | None = None,
) -> dict[str, float]:
    """Return scores of a fold's test rows by metric.

    Parameters
    ----------
    y_true, y_pred, y_score : ndarray of shape (n_rows,)
        Target, predicted class, and probability of class 1.
    names : collection of str, optional
        Metrics to compute. By default all whose columns are given.
    values : mapping of str to ndarray of shape (n_rows,), optional
        Value columns by name.
    """
    from sklearn import config_context

    # scikit-learn's checks of its arguments take longer than the scores.
    with config_context(assume_finite=True, skip_parameter_validation=True):
        if names is None:
            return score(y_true, y_pred, y_score, values)
        return {name: METRICS[name](y_true, y_pred, y_score, values) for name in names}


def row_values(
    values: pd.DataFrame | None, rows: NDArray[np.integer] | slice = slice(None)
) -> dict[str, NDArray[np.float64]]:
    """Return the values of some rows, of the columns that metrics ask for.

    Parameters
    ----------
    values : DataFrame or None
        See :class:`lab.datasets.dataset.Dataset`.
    rows : ndarray of int or slice
        Positions of the rows. By default all.
    """
    if values is None:
        return {}
    names = [name for name in METRICS.columns if name in values]
    return {name: np.ascontiguousarray(values[name].to_numpy()[rows]) for name in names}


def score_predictions(
    predictions: pd.DataFrame, names: Collection[str], dataset: Dataset | None = None
) -> ScoresByFold:
    """Return scores of out-of-fold predictions, the same bits as in the cross-validation.

    Parameters
    ----------
    predictions : DataFrame with columns ``fold row y_true y_score y_pred``
        See :class:`lab.cases.Result`.
    names : collection of str
        Metrics to compute.
    dataset : Dataset, optional
        Dataset of the predictions, for metrics that need its value columns.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        by_fold = predictions.groupby("fold", sort=True)
        folds = [_score_rows(rows, names, dataset) for _, rows in by_fold]
    return {name: [fold[name] for fold in folds] for name in names}


def _score_rows(
    rows: pd.DataFrame, names: Collection[str], dataset: Dataset | None
) -> dict[str, float]:
    columns = ("y_true", "y_pred", "y_score")
    y_true, y_pred, y_score = (np.ascontiguousarray(rows[name]) for name in columns)
    values = None
    if dataset is not None:
        values = row_values(dataset.values, dataset.positions(rows["row"].to_numpy()))
    return score_fold(y_true, y_pred, y_score, names, values)


def metric_keys(values: pd.DataFrame | None = None) -> dict[str, str]:
    """Return a key of each metric's definition: equal keys mean equal scores of equal predictions.

    A key covers the code of the lab's metrics, the parameters that are bound to the metric's
    function, for a metric of a user's own the file that defines it, and the columns that it needs.

    Parameters
    ----------
    values : DataFrame, optional
        Value columns. Metrics that need others have no key.
    """
    known = () if values is None else values.columns
    return {name: _key(metric, values) for name, metric in METRICS.given(known).items()}


def _key(metric: Metric, values: pd.DataFrame | None) -> str:
    parts = [scoring_code(), named(metric.function), *sorted(map(_digest, _own_files(metric)))]
    if values is not None and metric.columns:
        parts.append(digest_of(values, metric.columns))
    return digest("\n".join(parts).encode())[:32]


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
