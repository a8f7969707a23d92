"""The metrics of the lab, in the order of the columns of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lab.metrics.calibration import (
    calibration_error_by_chance,
    calibration_intercept,
    calibration_slope,
    expected_calibration_error,
)
from lab.metrics.metric import TABLES, Metric, Metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.metrics.predictions import Predictions


def _of_confusion(name: str) -> Callable[[Predictions], float]:
    return lambda predictions: float(getattr(predictions.confusion, name))


def _of_probabilities(function: Callable[[Any, Any], float]) -> Callable[[Predictions], float]:
    return lambda predictions: function(predictions.y_true, predictions.y_score)


def _roc_auc(predictions: Predictions) -> float:
    false_positive_rate, true_positive_rate = predictions.roc
    return float(np.trapezoid(true_positive_rate, false_positive_rate))


def _brier_loss(predictions: Predictions) -> float:
    outcome, probability = predictions.probabilities
    return 0.5 * float(np.mean(np.sum((outcome - probability) ** 2, axis=1)))


def _log_loss(predictions: Predictions) -> float:
    outcome, probability = predictions.probabilities
    least = np.finfo(probability.dtype).eps  # keeps a certain and wrong prediction finite
    logs = np.log(np.clip(probability, least, 1 - least))
    return float(np.mean(-np.sum(outcome * logs, axis=1)))


def _average_precision(predictions: Predictions) -> float:
    """Return the mean precision, weighted by the recall that each cutoff adds."""
    precision, recall = predictions.precision_recall
    return float(max(0.0, -np.sum(np.diff(recall) * precision[:-1])))


def _calibration_error_by_chance(predictions: Predictions) -> float:
    return calibration_error_by_chance(predictions.y_score)


def _recall_at_precision(least: float) -> Callable[[Predictions], float]:
    """Return a function for the highest recall of any cutoff with at least a given precision.

    The cutoff is chosen on the scored rows: an upper bound on what the ranking allows. Without such
    a cutoff, the score is 0.
    """

    def function(predictions: Predictions) -> float:
        precision, recall = predictions.precision_recall
        return float(np.max(recall[:-1], where=precision[:-1] >= least, initial=0.0))

    return function


def _precision_at_recall(least: float) -> Callable[[Predictions], float]:
    """Return a function for the highest precision of any cutoff with at least a given recall.

    The cutoff is chosen on the scored rows: an upper bound on what the ranking allows.
    """

    def function(predictions: Predictions) -> float:
        precision, recall = predictions.precision_recall
        return float(np.max(precision[:-1], where=recall[:-1] >= least, initial=0.0))

    return function


METRICS = Metrics(
    "metric",
    (
        Metric(
            "recall",
            "recall",
            "Share of the positives that are found.",
            _of_confusion("recall"),
            shown=TABLES,
        ),
        Metric(
            "precision",
            "precision",
            "Share of the alarms that are right; 0 without an alarm, which verdicts leave out.",
            _of_confusion("precision"),
            needs_alarm=True,
            shown={"scores", "strategies", "cases", "note"},
        ),
        Metric(
            "f1_score",
            "F1",
            "Harmonic mean of precision and recall: high only if both are.",
            _of_confusion("f1"),
            shown=TABLES,
        ),
        Metric(
            "average_precision_score",
            "AP",
            "Average precision: precision averaged over recall. Random scores give the share of "
            "positives.",
            _average_precision,
            shown={"strategies", "cases", "ranks", "note"},
        ),
        Metric(
            "roc_auc_score",
            "ROC AUC",
            "Probability that a positive row gets a higher score than a negative one. Random "
            "scores give 0.5.",
            _roc_auc,
            absolute=0.01,
            shown={"scores", "strategies", "cases", "note"},
        ),
        Metric(
            "brier_score_loss",
            "Brier",
            "Mean squared difference between probability and outcome. Lower is better.",
            _brier_loss,
            absolute=2e-4,  # as a constant prediction scores about the share of positives
            relative=0.05,
            greater_is_better=False,
            digits=4,
            shown={"strategies", "cases", "ranks", "note"},
        ),
        Metric(
            "expected_calibration_error",
            "ECE",
            "Expected calibration error: mean difference between predicted and observed share of "
            "positives, over ten bins of about equally many rows. Lower is better, down to the "
            "error by chance.",
            _of_probabilities(expected_calibration_error),
            absolute=0.005,
            relative=0.1,
            greater_is_better=False,
        ),
        Metric(
            "calibration_error_by_chance",
            "ECE by chance",
            "ECE expected from a perfectly calibrated model with these scores: what chance alone "
            "gives. A yardstick for ECE, neither good nor bad.",
            _calibration_error_by_chance,
            absolute=1.0,  # no difference counts
            relative=0.0,
            greater_is_better=False,
            shown=(),
        ),
        Metric(
            "recall_at_precision_50",
            "recall at precision 0.5",
            "Highest recall of a cutoff at which at least half of the alarms are right. The cutoff "
            "is the best one for the tested rows.",
            _recall_at_precision(0.5),
            absolute=0.05,
            shown={"cases"},
        ),
        Metric(
            "precision_at_recall_80",
            "precision at recall 0.8",
            "Highest precision of a cutoff that finds at least 8 of 10 positives. The cutoff is "
            "the best one for the tested rows.",
            _precision_at_recall(0.8),
            shown={"cases"},
        ),
        Metric(
            "accuracy",
            "accuracy",
            "Share of all rows classified correctly. High by itself where positives are rare.",
            _of_confusion("accuracy"),
            absolute=0.005,
            relative=0.0,
            shown={"cases", "note"},
        ),
        Metric(
            "balanced_accuracy_score",
            "balanced accuracy",
            "Mean of the shares of positives and of negatives classified correctly.",
            _of_confusion("balanced_accuracy"),
            shown=(),
        ),
        Metric(
            "matthews_corrcoef",
            "Matthews",
            "Correlation of predicted and true class: 0 for random decisions, 1 for perfect ones.",
            _of_confusion("matthews"),
            shown=(),
        ),
        Metric(
            "geometric_mean_score",
            "G-mean",
            "Geometric mean of the shares of positives and of negatives classified correctly.",
            _of_confusion("geometric_mean"),
            shown=(),
        ),
        Metric(
            "log_loss",
            "log loss",
            "Mean negative log-likelihood of the outcome. Lower is better.",
            _log_loss,
            relative=0.1,  # as one certain and wrong prediction moves it
            greater_is_better=False,
            shown=(),
        ),
        Metric(
            "calibration_intercept",
            "intercept",
            "Calibration intercept: shift of the log-odds that makes the probabilities right on "
            "average. 0 is ideal; below 0, positives are predicted too often.",
            _of_probabilities(calibration_intercept),
            absolute=0.2,
            relative=0.1,
            ideal=0,
            greater_is_better=False,
            shown=(),
        ),
        Metric(
            "calibration_slope",
            "slope",
            "Calibration slope: factor on the log-odds that makes the probabilities right. 1 is "
            "ideal; below 1, they are too extreme.",
            _of_probabilities(calibration_slope),
            absolute=0.1,
            relative=0.1,
            ideal=1,
            greater_is_better=False,
            shown=(),
        ),
    ),
    groups={},
)
