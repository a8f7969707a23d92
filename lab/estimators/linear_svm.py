"""Linear support vector machine with probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FOLDS = 5


class LinearSVM(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """``LinearSVC`` with probabilities from a logistic curve through its distances.

    Decisions are those of ``LinearSVC``, the side of the hyperplane on which a row lies, so that
    class weights move them. The curve is fitted to distances of held-out rows, unweighted. As with
    ``SVC(probability=True)``, a decision may differ from that of a threshold of 0.5.

    Parameters
    ----------
    C : float
        Inverse strength of the regularization.
    class_weight : dict, "balanced" or None
        Class weights of the ``LinearSVC``.
    random_state : int
        Seed of the folds and the solver.
    curve_folds : int
        Number of folds of the held-out rows. With 0 the curve is fitted to the distances of
        the rows that the machine was fitted to: where rows depend on each other, those held out at
        random are no better. Its probabilities are then nearer to 0 and 1.

    References
    ----------
    Platt, "Probabilistic Outputs for Support Vector Machines", Advances in Large Margin
    Classifiers, 1999.
    """

    def __init__(
        self,
        C: float = 1.0,
        class_weight: Any = None,
        random_state: int | None = None,
        curve_folds: int = FOLDS,
    ) -> None:
        self.C = C
        self.class_weight = class_weight
        self.random_state = random_state
        self.curve_folds = curve_folds

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit to rows of shape (n_rows, n_features), at least two of each class, and targets."""
        machine = LinearSVC(
            C=self.C, class_weight=self.class_weight, random_state=self.random_state
        )
        fewest = int(np.unique(y, return_counts=True)[1].min())
        if self.curve_folds:
            number = min(self.curve_folds, fewest)
            folds = StratifiedKFold(number, shuffle=True, random_state=self.random_state)
            curve = CalibratedClassifierCV(machine, method="sigmoid", cv=folds, ensemble=False)
            self.calibrated_ = curve.fit(X, y, sample_weight=sample_weight)
            self.machine_ = curve.calibrated_classifiers_[0].estimator
        else:
            self.machine_ = machine.fit(X, y, sample_weight=sample_weight)
            fitted = FrozenEstimator(machine)
            curve = CalibratedClassifierCV(fitted, method="sigmoid", cv=2, ensemble=False)
            self.calibrated_ = curve.fit(X, y, sample_weight=sample_weight)
        self.classes_ = curve.classes_
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the signed distances from the hyperplane, of shape (n_rows,)."""
        distances: NDArray[np.float64] = self.machine_.decision_function(X)
        return distances

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the class on whose side of the hyperplane a row lies, of shape (n_rows,)."""
        decided: NDArray[Any] = self.machine_.predict(X)
        return decided

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the probabilities from the curve, of shape (n_rows, 2)."""
        probabilities: NDArray[np.float64] = self.calibrated_.predict_proba(X)
        return probabilities
