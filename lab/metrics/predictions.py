"""Predictions of a fold, and the curves and counts that several metrics share.

scikit-learn checks and sorts the rows again for each metric, which takes 15 ms for all metrics of
40 rows; this takes 1. Metrics that scikit-learn has equal its own to the last bit, given rows of
both classes, as every fold has: the tests check that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Confusion:
    """Number of rows by true and predicted class.

    Attributes
    ----------
    tn, fp, fn, tp : int
        True negatives, false positives, false negatives, true positives.
    """

    tn: int
    fp: int
    fn: int
    tp: int

    @classmethod
    def of(cls, y_true: NDArray[np.int8], y_pred: NDArray[np.int8]) -> Confusion:
        """Count rows by true and predicted class; both arrays have shape (n_rows,)."""
        return cls(*np.bincount(2 * y_true.astype(np.int64) + y_pred, minlength=4).tolist())

    @property
    def accuracy(self) -> float:
        """Share of all rows classified correctly."""
        return (self.tn + self.tp) / (self.tn + self.fp + self.fn + self.tp)

    @property
    def precision(self) -> float:
        """Share of the alarms that are right; 0 without an alarm."""
        return _share(self.tp, self.fp)

    @property
    def recall(self) -> float:
        """Share of the positives that are found."""
        return _share(self.tp, self.fn)

    @property
    def specificity(self) -> float:
        """Share of the negatives that raise no alarm."""
        return _share(self.tn, self.fp)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _share(2 * self.tp, self.fp + self.fn)

    @property
    def balanced_accuracy(self) -> float:
        """Mean of recall and specificity."""
        return (self.specificity + self.recall) / 2

    @property
    def geometric_mean(self) -> float:
        """Geometric mean of recall and specificity."""
        if not (self.tn and self.tp):
            return 0.0
        # As SciPy computes it, to the last bit.
        return float(np.exp((np.log(self.specificity) + np.log(self.recall)) / 2))

    @property
    def matthews(self) -> float:
        """Correlation of predicted and true class; 0 if all rows have the same predicted class."""
        true, alarms = self.fn + self.tp, self.fp + self.tp
        rows = self.tn + self.fp + true
        spread = float(alarms * (rows - alarms) * 2) * float(true * (rows - true) * 2)
        return 2 * (self.tp * rows - true * alarms) / math.sqrt(spread) if spread else 0.0


def _share(rows: int, others: int) -> float:
    return rows / (rows + others) if rows else 0.0


@dataclass(frozen=True)
class Predictions:
    """Predictions of some rows, with the counts and curves that metrics are made of.

    Attributes
    ----------
    y_true, y_pred : ndarray of int8, shape (n_rows,)
        Target and predicted class.
    y_score : ndarray of shape (n_rows,)
        Probability of class 1.
    values : mapping of str to ndarray of shape (n_rows,)
        Value columns of the rows, such as an amount, by name.

    Examples
    --------
    >>> import numpy as np
    >>> y_true, y_pred = np.array([[0, 0, 1, 1], [0, 1, 0, 1]], dtype=np.int8)
    >>> Predictions(y_true, y_pred, y_score=np.array([0.1, 0.7, 0.4, 0.8])).confusion
    Confusion(tn=1, fp=1, fn=1, tp=1)
    """

    y_true: NDArray[np.int8]
    y_pred: NDArray[np.int8]
    y_score: NDArray[np.float64]
    values: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    @cached_property
    def confusion(self) -> Confusion:
        """Number of rows by true and predicted class."""
        return Confusion.of(self.y_true, self.y_pred)

    @cached_property
    def _by_cutoff(self) -> tuple[Floats, Floats, Floats]:
        """Cutoffs, highest first, with the false and true alarms at each."""
        order = np.argsort(self.y_score, kind="stable")[::-1]
        y_score = self.y_score[order]
        # Rows with equal scores are on the same side of every cutoff.
        last = np.append(np.flatnonzero(np.diff(y_score)), len(order) - 1)
        true = np.cumsum(self.y_true[order], dtype=np.float64)[last]
        return y_score[last], 1 + last - true, true

    @property
    def cutoffs(self) -> Floats:
        """Distinct scores, highest first; shape (n_cutoffs,)."""
        return self._by_cutoff[0]

    @property
    def alarms(self) -> tuple[Floats, Floats]:
        """False and true alarms at each cutoff, highest first; both of shape (n_cutoffs,)."""
        return self._by_cutoff[1:]

    @cached_property
    def precision_recall(self) -> tuple[Floats, Floats]:
        """Precision and recall at each cutoff, lowest first, then precision 1 at recall 0."""
        return self._precision_recall(*self.alarms)

    @cached_property
    def precision_recall_corners(self) -> tuple[Floats, Floats]:
        """The same, without cutoffs between two others that find as many positives."""
        false, true = self.alarms
        kept = _bends(np.diff(true[:-1]), np.diff(true[1:]), len(true))
        return self._precision_recall(false[kept], true[kept])

    def _precision_recall(self, false: Floats, true: Floats) -> tuple[Floats, Floats]:
        precision = true / (false + true)
        recall = true / true[-1] if true[-1] else np.ones_like(true)
        return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0)

    @cached_property
    def roc(self) -> tuple[Floats, Floats]:
        """False and true positive rates, from (0, 0) on, without points on a straight line."""
        false, true = self.alarms
        kept = _bends(np.diff(false, n=2), np.diff(true, n=2), len(true))
        false, true = np.append(0.0, false[kept]), np.append(0.0, true[kept])
        return false / false[-1], true / true[-1]

    @cached_property
    def probabilities(self) -> tuple[Floats, Floats]:
        """Outcome and probability of each class; both of shape (n_rows, 2)."""
        outcome = np.column_stack([1 - self.y_true, self.y_true]).astype(np.float64)
        return outcome, np.column_stack([1 - self.y_score, self.y_score])


def _bends(one: Floats, other: Floats, cutoffs: int) -> Any:
    """Return an index of the cutoffs to keep: both ends, and those where either array is not 0."""
    if cutoffs <= 2:
        return slice(None)
    return np.concatenate([[True], (one != 0) | (other != 0), [True]])
