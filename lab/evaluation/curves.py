"""The curves of a case: precision-recall, ROC, reliability, scores and net benefit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.metrics.calibration import reliability
from lab.metrics.net_benefit import decision_curve
from lab.metrics.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lab.cases import Result

    Floats = NDArray[np.float64]

BINS = 20  # of the scores
# Points at which a stored curve is read. With rare positives, a ROC curve is steep at first.
RECALLS = np.linspace(0, 1, 51)
FALSE_POSITIVE_RATES = np.linspace(0, 1, 51) ** 2
NET_BENEFIT_UNIT = 1e-5


@dataclass(frozen=True)
class Curves:
    """Curves of a result's out-of-fold predictions, pooled over folds.

    Attributes
    ----------
    precision, recall : ndarray of shape (n_thresholds + 1,)
        Precision-recall curve, from the lowest cutoff to the highest.
    false_positive_rate, true_positive_rate : ndarray of shape (n_thresholds,)
        ROC curve, from the highest cutoff to the lowest.
    predicted, observed, share : ndarray of shape (n_used_bins,)
        See :func:`lab.metrics.calibration.reliability`.
    scores : ndarray of shape (2, 20)
        Share of the rows of each class, majority first, by bins of the score.
    confusion : ndarray of shape (2, 2)
        Number of rows by true and predicted class.
    net_benefit : ndarray of shape (50,)
        Decision curve, see :func:`lab.metrics.decision_curve`.
    """

    precision: Floats
    recall: Floats
    false_positive_rate: Floats
    true_positive_rate: Floats
    predicted: Floats
    observed: Floats
    share: Floats
    scores: Floats
    confusion: NDArray[np.int64]
    net_benefit: Floats

    @classmethod
    def of(cls, result: Result) -> Curves:
        """Return the curves of a result."""
        table = result.read_predictions()
        y_true, y_pred, y_score = (
            table[name].to_numpy() for name in ("y_true", "y_pred", "y_score")
        )
        predictions = Predictions(y_true, y_pred, y_score)
        number = np.minimum((y_score * BINS).astype(int), BINS - 1)
        counts = np.bincount(BINS * y_true.astype(int) + number, minlength=2 * BINS)
        by_class = counts.reshape(2, BINS)
        return cls(
            *predictions.precision_recall_corners,
            *predictions.roc,
            *reliability(y_true, y_score),
            scores=by_class / by_class.sum(axis=1, keepdims=True),
            confusion=np.bincount(2 * y_true.astype(int) + y_pred, minlength=4).reshape(2, 2),
            net_benefit=decision_curve(y_true, y_score),
        )

    @property
    def confusion_shares(self) -> Floats:
        """Shares of the rows of each true class; shape (2, 2)."""
        shares: Floats = self.confusion / self.confusion.sum(axis=1, keepdims=True)
        return shares

    def kept(self) -> dict[str, Any]:
        """Return the points that a report draws, as integers ready for JSON.

        ``precision`` is that of the highest cutoff that reaches each of ``RECALLS``, and
        ``true_positive_rate`` is read at ``FALSE_POSITIVE_RATES``. Shares are in thousandths. Net
        benefit is in units of ``NET_BENEFIT_UNIT``, since it is at most the share of positives.
        """
        # The last point, recall 0 at precision 1, belongs to no cutoff.
        recall, precision = self.recall[-2::-1], self.precision[-2::-1]
        reached = np.searchsorted(recall, RECALLS - 1e-9)
        return {
            "precision": _thousandths(precision[reached]),
            "true_positive_rate": _thousandths(
                np.interp(FALSE_POSITIVE_RATES, self.false_positive_rate, self.true_positive_rate)
            ),
            "reliability": [
                _thousandths(values) for values in (self.predicted, self.observed, self.share)
            ],
            "scores": [_thousandths(values) for values in self.scores],
            "confusion": self.confusion.tolist(),
            "net_benefit": _whole(self.net_benefit / NET_BENEFIT_UNIT),
        }


def _thousandths(values: Floats) -> list[int]:
    return _whole(np.asarray(values) * 1000)


def _whole(values: Floats) -> list[int]:
    return [int(value) for value in np.rint(values)]
