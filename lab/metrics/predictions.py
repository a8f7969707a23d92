"""Predictions of a fold, and what several metrics read of them, computed once.

scikit-learn checks and sorts the rows anew for each metric, which takes 15 ms for all metrics of 40
rows; this takes 1. What is scikit-learn's is equal to it, to the last bit, where rows of both
classes are there, as in every fold: the tests see to that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Confusion:
    """Rows by true and decided class.

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
        """Count rows, given their true and their decided class; shape (n_rows,) each."""
        return cls(*np.bincount(2 * y_true.astype(np.int64) + y_pred, minlength=4).tolist())

    @property
    def accuracy(self) -> float:
        """Share of all rows decided rightly."""
        return (self.tn + self.tp) / (self.tn + self.fp + self.fn + self.tp)

    @property
    def precision(self) -> float:
        """Share of the alarms that are right; 0 if there is none."""
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
        """Correlation of decided and true class; 0 if all rows are decided alike."""
        true, decided = self.fn + self.tp, self.fp + self.tp
        rows = self.tn + self.fp + true
        spread = float(decided * (rows - decided) * 2) * float(true * (rows - true) * 2)
        return 2 * (self.tp * rows - true * decided) / math.sqrt(spread) if spread else 0.0


def _share(rows: int, others: int) -> float:
    return rows / (rows + others) if rows else 0.0


@dataclass(frozen=True)
class Predictions:
    """Predictions of some rows.

    Attributes
    ----------
    y_true, y_pred : ndarray of int8, shape (n_rows,)
        The target, and the class decided.
    y_score : ndarray of shape (n_rows,)
        The probability of class 1.
    """

    y_true: NDArray[np.int8]
    y_pred: NDArray[np.int8]
    y_score: NDArray[np.float64]

    @cached_property
    def confusion(self) -> Confusion:
        """Rows by true and decided class."""
        return Confusion.of(self.y_true, self.y_pred)

    @cached_property
    def alarms(self) -> tuple[Floats, Floats]:
        """False and true alarms at each cutoff, the highest first; shape (n_cutoffs,) each."""
        order = np.argsort(self.y_score, kind="stable")[::-1]
        # Rows of equal scores are decided alike.
        last = np.append(np.flatnonzero(np.diff(self.y_score[order])), len(order) - 1)
        true = np.cumsum(self.y_true[order], dtype=np.float64)[last]
        return 1 + last - true, true

    @cached_property
    def precision_recall(self) -> tuple[Floats, Floats]:
        """Precision and recall at each cutoff, the lowest first; of no cutoff, recall 0, last."""
        return self._precision_recall(*self.alarms)

    @cached_property
    def precision_recall_corners(self) -> tuple[Floats, Floats]:
        """The same without cutoffs between two others that find as many positives."""
        false, true = self.alarms
        kept = _where(np.diff(true[:-1]), np.diff(true[1:]), len(true))
        return self._precision_recall(false[kept], true[kept])

    def _precision_recall(self, false: Floats, true: Floats) -> tuple[Floats, Floats]:
        precision = true / (false + true)
        recall = true / true[-1] if true[-1] else np.ones_like(true)
        return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0)

    @cached_property
    def roc(self) -> tuple[Floats, Floats]:
        """False and true positive rates, from no cutoff on, without points on a straight line."""
        false, true = self.alarms
        kept = _where(np.diff(false, n=2), np.diff(true, n=2), len(true))
        false, true = np.append(0.0, false[kept]), np.append(0.0, true[kept])
        return false / false[-1], true / true[-1]

    @cached_property
    def probabilities(self) -> tuple[Floats, Floats]:
        """What came, and the probability of each class; shape (n_rows, 2) each."""
        came = np.column_stack([1 - self.y_true, self.y_true]).astype(np.float64)
        return came, np.column_stack([1 - self.y_score, self.y_score])


def _where(one: Floats, other: Floats, cutoffs: int) -> Any:
    """Return which cutoffs to keep: the ends, and those between where one or the other is not 0."""
    if cutoffs <= 2:
        return slice(None)
    return np.concatenate([[True], (one != 0) | (other != 0), [True]])
