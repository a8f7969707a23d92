"""Scores of predictions by every metric, and the scores that need no model."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from lab.metrics.entries import METRICS
from lab.metrics.predictions import Predictions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lab.metrics.metric import Metric


def score(
    y_true: NDArray[np.int8],
    y_pred: NDArray[np.int8],
    y_score: NDArray[np.float64],
    values: Mapping[str, NDArray[np.float64]] | None = None,
) -> dict[str, float]:
    """Return the score of every metric whose columns are given, by name.

    Parameters
    ----------
    y_true, y_pred : ndarray of int8, shape (n_rows,)
        Target and predicted class, with rows of both classes.
    y_score : ndarray of shape (n_rows,)
        Probability of class 1.
    values : mapping of str to ndarray of shape (n_rows,)
        Value columns by name.

    Examples
    --------
    >>> import numpy as np
    >>> from lab.metrics import score
    >>> y_true, y_pred = np.array([[0, 0, 1, 1], [0, 1, 0, 1]], dtype=np.int8)
    >>> score(y_true, y_pred, y_score=np.array([0.1, 0.7, 0.4, 0.8]))["recall"]
    0.5
    """
    predictions = Predictions(y_true, y_pred, y_score, values or {})
    metrics = METRICS.given(predictions.values)
    return {name: float(metric.function(predictions)) for name, metric in metrics.items()}


# Many cases share a dataset, and most folds of a dataset have the same class counts.
@lru_cache(maxsize=4096)
def floor(
    metrics: tuple[Metric, ...], share: float, negatives: int, positives: int
) -> tuple[float, ...]:
    """Return the score of each metric if every row gets the same probability.

    A metric that is undefined there, or needs more than class counts, scores NaN.

    Parameters
    ----------
    metrics : tuple of Metric
        The metrics.
    share : float
        Probability of class 1, for every row; above 0.5 every row is an alarm.
    negatives, positives : int
        Rows of each class.
    """
    rows = negatives + positives
    y_true = np.zeros(rows, dtype=np.int8)
    # Spread evenly: a metric that breaks ties by position then gets about the share of positives.
    y_true[(np.arange(positives) * rows + rows // 2) // max(1, positives)] = 1
    y_score = np.full(rows, share)
    predictions = Predictions(y_true, (y_score > 0.5).astype(np.int8), y_score)
    return tuple(_defined(metric, predictions) for metric in metrics)


def _defined(metric: Metric, predictions: Predictions) -> float:
    if metric.columns:
        return math.nan
    try:
        return float(metric.function(predictions))
    except (ArithmeticError, ValueError):  # a division by no alarm, a correlation with a constant
        return math.nan
