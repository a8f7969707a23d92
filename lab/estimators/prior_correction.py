"""Probabilities of a class-weighted or resampled model, corrected for the weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class PriorCorrectedClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Classifier whose odds are divided by the weight of the positive class.

    A model that counts every positive ``weight`` times learns odds that are ``weight`` times the
    true ones, and so does one that is fitted after all but one in ``weight`` of the negatives were
    dropped at random. If it is calibrated otherwise, the division restores its calibration.

    Parameters
    ----------
    estimator : classifier
        Model that is class-weighted, or fitted to resampled rows.
    weight : float
        Weight of class 1 relative to class 0: for resampled rows, the ratio of the classes' shares
        that were kept.

    References
    ----------
    King and Zeng, "Logistic Regression in Rare Events Data", Political Analysis 9, 2001.
    https://doi.org/10.1093/oxfordjournals.pan.a004868

    Saerens, Latinne and Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori
    Probabilities", Neural Computation 14, 2002. https://doi.org/10.1162/089976602753284446

    Dal Pozzolo, Caelen, Johnson and Bontempi, "Calibrating Probability with Undersampling for
    Unbalanced Classification", IEEE SSCI 2015, for dropped rows.
    https://doi.org/10.1109/SSCI.2015.33
    """

    def __init__(self, estimator: Any, weight: float = 1.0) -> None:
        self.estimator = estimator
        self.weight = weight

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the estimator to rows of shape (n_rows, n_features) and targets 0 and 1."""
        self.estimator_ = clone(self.estimator).fit(X, y)
        self.classes_ = self.estimator_.classes_
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the corrected probabilities, of shape (n_rows, 2)."""
        negative, positive = self.estimator_.predict_proba(X).astype(np.float64).T
        corrected = positive / (positive + negative * self.weight)
        return np.column_stack([1 - corrected, corrected])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the more probable class, of shape (n_rows,)."""
        decided: NDArray[Any] = self.classes_[(self.predict_proba(X)[:, 1] > 0.5).astype(int)]
        return decided
