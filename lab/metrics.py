"""Every metric by name: how it scores predictions, and which direction is better.

A new metric is one entry in ``METRICS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lab.calibration import (
    calibration_intercept,
    calibration_slope,
    expected_calibration_error,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Metric:
    """A scorer of predictions.

    Attributes
    ----------
    reads : {"y_pred", "y_score"}
        What it scores: the decided class, or the probability of class 1.
    greater_is_better : bool
        Its direction; that of the distance, where there is an ideal.
    function : callable
        ``function(y_true, y_pred or y_score) -> float``.
    ideal : float or None
        What it ought to be, if that lies between others: it is better the nearer it is.
    absolute, relative : float
        What counts as unchanged against a baseline: a difference of the means over folds of up
        to ``absolute``, or up to ``relative`` times the baseline if that is more.
    """

    name: str
    reads: Literal["y_pred", "y_score"]
    greater_is_better: bool
    function: Callable[[Any, Any], float]
    absolute: float = 0.02
    relative: float = 0.02
    ideal: float | None = None

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
        return float(self.function(y_true, y_pred if self.reads == "y_pred" else y_score))


def _scikit_learn(name: str, **options: Any) -> Callable[[Any, Any], float]:
    def score(y_true: Any, y: Any) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(y_true, y, **options))

    return score


def _geometric_mean(y_true: Any, y_pred: Any) -> float:
    from imblearn.metrics import geometric_mean_score

    return float(geometric_mean_score(y_true, y_pred))


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        # The mission's five.
        Metric("accuracy", "y_pred", True, _scikit_learn("accuracy_score"), 0.005, 0.0),
        # No row predicted positive: precision is 0, not undefined.
        Metric("precision", "y_pred", True, _scikit_learn("precision_score", zero_division=0)),
        Metric("recall", "y_pred", True, _scikit_learn("recall_score")),
        Metric("f1_score", "y_pred", True, _scikit_learn("f1_score")),
        Metric("roc_auc_score", "y_score", True, _scikit_learn("roc_auc_score"), 0.01),
        # What the five leave open.
        Metric(
            "average_precision_score", "y_score", True, _scikit_learn("average_precision_score")
        ),
        Metric("balanced_accuracy_score", "y_pred", True, _scikit_learn("balanced_accuracy_score")),
        Metric("matthews_corrcoef", "y_pred", True, _scikit_learn("matthews_corrcoef")),
        Metric("geometric_mean_score", "y_pred", True, _geometric_mean),
        # About the share of positives, so a small number.
        Metric("brier_score_loss", "y_score", False, _scikit_learn("brier_score_loss"), 2e-4, 0.05),
        # A single sure and wrong prediction moves it.
        Metric("log_loss", "y_score", False, _scikit_learn("log_loss", labels=[0, 1]), 0.02, 0.1),
        # Whether probabilities mean what they say.
        Metric(
            "expected_calibration_error", "y_score", False, expected_calibration_error, 0.005, 0.1
        ),
        Metric("calibration_intercept", "y_score", False, calibration_intercept, 0.2, 0.1, ideal=0),
        Metric("calibration_slope", "y_score", False, calibration_slope, 0.1, 0.1, ideal=1),
    )
}
