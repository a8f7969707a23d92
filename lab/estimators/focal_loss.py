"""XGBoost with the focal loss."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.special import expit, log_expit
from sklearn.base import BaseEstimator, ClassifierMixin, clone

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

GAMMA = 2.0  # the authors' default
# Lower bound of second derivatives, which are divided by: that of XGBoost's logistic loss.
LEAST_CURVATURE = 1e-16


def focal_loss(margin: Floats, y: Floats, gamma: float = GAMMA) -> Floats:
    """Return the focal loss ``-(1 - q) ** gamma * log(q)``; q is the true class's probability.

    Parameters
    ----------
    margin : ndarray of shape (n_rows,)
        Log-odds of class 1.
    y : ndarray of shape (n_rows,)
        The target, 0 or 1.
    gamma : float
        How much less a row counts the more probable its true class is; 0 is the logistic loss.

    Returns
    -------
    ndarray of shape (n_rows,)
        Loss of each row.

    References
    ----------
    Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017.
    https://arxiv.org/abs/1708.02002
    """
    own = np.where(y == 1, margin, -margin)
    loss: Floats = -(expit(-own) ** gamma) * log_expit(own)
    return loss


def focal_derivatives(margin: Floats, y: Floats, gamma: float = GAMMA) -> tuple[Floats, Floats]:
    """Return the first and second derivative of :func:`focal_loss` with respect to the margin.

    The second is negative where a row is far on the wrong side: the loss is not convex.
    """
    sign = np.where(y == 1, 1.0, -1.0)
    own = sign * margin
    q, rest, log_q = expit(own), expit(-own), log_expit(own)
    inner = gamma * q * log_q - rest
    first = sign * rest**gamma * inner
    second = q * rest**gamma * (rest * (gamma * log_q + gamma + 1) - gamma * inner)
    return first, second


def _objective(y: Floats, margin: Floats, gamma: float) -> tuple[Floats, Floats]:
    first, second = focal_derivatives(margin.astype(np.float64), y, gamma)
    return first, np.maximum(second, LEAST_CURVATURE)


class FocalLossClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """``XGBClassifier`` that minimizes the focal loss, with probabilities from its margins.

    It starts from even odds and sets no minimum leaf weight: XGBoost takes second derivatives for
    weights, and those of this loss are near zero for rows that are right and negative for rows
    that are far off.

    Parameters
    ----------
    estimator : XGBClassifier
        All parameters except the loss.
    gamma : float
        See :func:`focal_loss`.

    References
    ----------
    Wang, Deng and Wang, "Imbalance-XGBoost", Pattern Recognition Letters 136, 2020.
    https://doi.org/10.1016/j.patrec.2020.05.035
    """

    def __init__(self, estimator: Any, gamma: float = GAMMA) -> None:
        self.estimator = estimator
        self.gamma = gamma

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit to rows of shape (n_rows, n_features) and targets 0 and 1."""
        # XGBoost takes the base score as a probability with any objective.
        self.estimator_ = clone(self.estimator).set_params(
            objective=partial(_objective, gamma=self.gamma), base_score=0.5, min_child_weight=0
        )
        self.estimator_.fit(X, y)
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return the probabilities, of shape (n_rows, 2)."""
        margin = self.estimator_.predict(X, output_margin=True).astype(np.float64)
        return np.column_stack([expit(-margin), expit(margin)])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the more probable class, of shape (n_rows,)."""
        return (self.predict_proba(X)[:, 1] > 0.5).astype(np.int8)
