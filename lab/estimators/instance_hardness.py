"""Instance hardness threshold whose folds keep groups together, or the past before the future."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from imblearn.under_sampling import InstanceHardnessThreshold
from sklearn.base import clone

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SplitInstanceHardness(InstanceHardnessThreshold):  # type: ignore[misc]
    """Keep the majority rows that held-out predictions classify most easily.

    imbalanced-learn's sampler holds rows out at random. Rows that no fold holds out, the earliest
    in time, are kept.

    Parameters
    ----------
    estimator : classifier, optional
        By default a random forest of 100 trees.
    sampling_strategy : float or "auto"
        Minority rows per majority row afterwards.
    random_state : int
        Seed of the forest.
    folds : cross-validation splitter
        Folds of the rows to resample.

    References
    ----------
    Smith, Martinez and Giraud-Carrier, "An Instance Level Analysis of Data Complexity", Machine
    Learning 95, 2014. https://doi.org/10.1007/s10994-013-5422-z
    """

    def __init__(
        self,
        *,
        estimator: Any = None,
        sampling_strategy: float | str = "auto",
        random_state: int | None = None,
        folds: Any = None,
    ) -> None:
        super().__init__(
            estimator=estimator, sampling_strategy=sampling_strategy, random_state=random_state
        )
        self.folds = folds

    def _fit_resample(
        self, X: NDArray[np.float64], y: NDArray[Any]
    ) -> tuple[NDArray[np.float64], NDArray[Any]]:
        self._validate_estimator(np.random.RandomState(self.random_state))
        ease = np.full(len(y), np.inf)
        for train, test in self.folds.split(X, y):
            fitted = clone(self.estimator_).fit(X[train], y[train])
            place = np.searchsorted(fitted.classes_, y[test])
            ease[test] = fitted.predict_proba(X[test])[np.arange(len(test)), place]
        kept = np.ones(len(y), dtype=bool)
        for label, number in self.sampling_strategy_.items():
            rows = np.flatnonzero(y == label)
            least = np.sort(ease[rows])[len(rows) - number]
            kept[rows] = ease[rows] >= least
        self.sample_indices_ = np.flatnonzero(kept)
        return X[kept], y[kept]
