"""Every metric by name: how it scores predictions, and which direction is better.

A new metric is one entry in ``METRICS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.metrics.calibration import (
    calibration_intercept,
    calibration_slope,
    expected_calibration_error,
)
from lab.metrics.predictions import Predictions

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Metric:
    """A scorer of predictions.

    Attributes
    ----------
    name : str
        Its name in runs, mostly scikit-learn's.
    label : str
        What it is called in tables.
    summary : str
        What it says, in a sentence or two.
    function : callable
        ``function(predictions) -> float``, of :class:`lab.metrics.predictions.Predictions`.
    absolute, relative : float
        What counts as unchanged against a baseline: a difference of the means over folds of up
        to ``absolute``, or up to ``relative`` times the baseline if that is more.
    greater_is_better : bool
        Its direction; that of the distance, where there is an ideal.
    ideal : float or None
        What it ought to be, if that lies between others: it is better the nearer it is.
    digits : int
        How many decimals of it say something.
    """

    name: str
    label: str
    summary: str
    function: Callable[[Predictions], float]
    absolute: float = 0.02
    relative: float = 0.02
    greater_is_better: bool = True
    ideal: float | None = None
    digits: int = 3

    @property
    def quantity(self) -> str:
        """What :meth:`comparable` returns, in words."""
        return self.name if self.ideal is None else f"distance of {self.name} from {self.ideal:g}"

    def comparable(self, score: float) -> float:
        """Return a score, or its distance from the ideal, of which less is better."""
        return score if self.ideal is None else abs(score - self.ideal)

    def is_better(self, score: float, than: float) -> bool:
        """Return whether a score is better than another."""
        one, other = self.comparable(score), self.comparable(than)
        return one > other if self.greater_is_better else one < other

    def tolerance(self, baseline: float) -> float:
        """Return the largest difference from a baseline that counts as none."""
        return max(self.absolute, self.relative * abs(baseline))

    def __call__(
        self, y_true: NDArray[np.int8], y_pred: NDArray[np.int8], y_score: NDArray[np.float64]
    ) -> float:
        """Score predictions; all three arrays are of shape (n_rows,)."""
        return float(self.function(Predictions(y_true, y_pred, y_score)))


def score(
    y_true: NDArray[np.int8], y_pred: NDArray[np.int8], y_score: NDArray[np.float64]
) -> dict[str, float]:
    """Return every metric's score of some predictions, by its name."""
    predictions = Predictions(y_true, y_pred, y_score)
    return {name: float(metric.function(predictions)) for name, metric in METRICS.items()}


def _of_decisions(name: str) -> Callable[[Predictions], float]:
    return lambda predictions: float(getattr(predictions.confusion, name))


def _of_scores(function: Callable[[Any, Any], float]) -> Callable[[Predictions], float]:
    return lambda predictions: function(predictions.y_true, predictions.y_score)


def _roc_auc(predictions: Predictions) -> float:
    false_positive_rate, true_positive_rate = predictions.roc
    return float(np.trapezoid(true_positive_rate, false_positive_rate))


def _brier_loss(predictions: Predictions) -> float:
    came, probability = predictions.probabilities
    return 0.5 * float(np.mean(np.sum((came - probability) ** 2, axis=1)))


def _log_loss(predictions: Predictions) -> float:
    came, probability = predictions.probabilities
    least = np.finfo(probability.dtype).eps  # a sure and wrong prediction is not infinitely bad
    logs = np.log(np.clip(probability, least, 1 - least))
    return float(np.mean(-np.sum(came * logs, axis=1)))


def _average_precision(predictions: Predictions) -> float:
    """Return the mean precision, weighted by the recall that each cutoff gains."""
    precision, recall = predictions.precision_recall
    return float(max(0.0, -np.sum(np.diff(recall) * precision[:-1])))


def _recall_at_precision(predictions: Predictions, least: float) -> float:
    """Return the highest recall of any cutoff whose precision is not below the given one.

    The cutoff is chosen on the rows that are scored: it is what the ranking allows, at best.
    """
    precision, recall = predictions.precision_recall
    return float(np.max(recall[:-1], where=precision[:-1] >= least, initial=0.0))


def _precision_at_recall(predictions: Predictions, least: float) -> float:
    """Return the highest precision of any cutoff whose recall is not below the given one.

    The cutoff is chosen on the rows that are scored, as above.
    """
    precision, recall = predictions.precision_recall
    return float(np.max(precision[:-1], where=recall[:-1] >= least, initial=0.0))


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        # The mission's five.
        Metric(
            "accuracy",
            "accuracy",
            "Share of all rows decided rightly. High by itself where positives are rare.",
            _of_decisions("accuracy"),
            absolute=0.005,
            relative=0.0,
        ),
        Metric(
            "precision",
            "precision",
            "Share of the alarms that are right. 0 if there is no alarm.",
            _of_decisions("precision"),
        ),
        Metric(
            "recall",
            "recall",
            "Share of the positives that are found.",
            _of_decisions("recall"),
        ),
        Metric(
            "f1_score",
            "F1",
            "Harmonic mean of precision and recall: high only where both are.",
            _of_decisions("f1"),
        ),
        Metric(
            "roc_auc_score",
            "ROC AUC",
            "How often a positive row gets a higher score than a negative one. A coin gives 0.5.",
            _roc_auc,
            absolute=0.01,
        ),
        # What the five leave open.
        Metric(
            "average_precision_score",
            "AP",
            "Average precision: the precision over all recalls. A coin gives the share of "
            "positives.",
            _average_precision,
        ),
        Metric(
            "balanced_accuracy_score",
            "balanced accuracy",
            "Mean of the shares of positives and of negatives that are decided rightly.",
            _of_decisions("balanced_accuracy"),
        ),
        Metric(
            "matthews_corrcoef",
            "Matthews",
            "Correlation of decided and true class. 0 is a coin, 1 is perfect.",
            _of_decisions("matthews"),
        ),
        Metric(
            "geometric_mean_score",
            "G-mean",
            "Geometric mean of the shares of positives and of negatives decided rightly.",
            _of_decisions("geometric_mean"),
        ),
        Metric(
            "brier_score_loss",
            "Brier",
            "Mean squared distance of the probability from what came. Lower is better.",
            _brier_loss,
            absolute=2e-4,  # about the share of positives, so a small number
            relative=0.05,
            greater_is_better=False,
            digits=4,
        ),
        Metric(
            "log_loss",
            "log loss",
            "Mean surprise at what came, given the probability. Lower is better.",
            _log_loss,
            relative=0.1,  # a single sure and wrong prediction moves it
            greater_is_better=False,
        ),
        Metric(
            "recall_at_precision_50",
            "recall at precision 0.5",
            "Share of the positives that the ranking finds while half of the alarms are right, "
            "at the best cutoff for the rows tested.",
            partial(_recall_at_precision, least=0.5),
            absolute=0.05,
        ),
        Metric(
            "precision_at_recall_80",
            "precision at recall 0.8",
            "Share of the alarms that are right while the ranking finds 8 of 10 positives, at the "
            "best cutoff for the rows tested.",
            partial(_precision_at_recall, least=0.8),
        ),
        # Whether probabilities mean what they say.
        Metric(
            "expected_calibration_error",
            "ECE",
            "Expected calibration error: mean distance of predicted and observed shares, over ten "
            "bins. Lower is better.",
            _of_scores(expected_calibration_error),
            absolute=0.005,
            relative=0.1,
            greater_is_better=False,
        ),
        Metric(
            "calibration_intercept",
            "intercept",
            "Calibration intercept: what the log-odds lack to be right on average. 0 is ideal; "
            "below, positives are predicted too often.",
            _of_scores(calibration_intercept),
            absolute=0.2,
            relative=0.1,
            ideal=0,
            greater_is_better=False,
        ),
        Metric(
            "calibration_slope",
            "slope",
            "Calibration slope: 1 is ideal; below, probabilities are too extreme.",
            _of_scores(calibration_slope),
            absolute=0.1,
            relative=0.1,
            ideal=1,
            greater_is_better=False,
        ),
    )
}
