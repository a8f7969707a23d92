"""Fit a pipeline and predict with it, a step at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lab.datasets.dataset import Dataset


class OneClassError(ValueError):
    """A sampler has left rows of one class only."""


def whole(_steps: Any, dataset: Dataset) -> tuple[pd.DataFrame, NDArray[np.int8]]:
    """Return all rows of a dataset, to be split."""
    return dataset.X, dataset.y


def leaked(steps: Any, dataset: Dataset) -> tuple[pd.DataFrame, NDArray[np.int8]]:
    """Return what the steps before the model make of all rows: what must not be done."""
    X, y = dataset.X, dataset.y
    for _, step in steps.steps[:-1]:
        X, y = _pass(step, X, y)
    return pd.DataFrame(np.asarray(X)), np.asarray(y)


def _pass(step: Any, X: Any, y: NDArray[np.int8]) -> tuple[Any, NDArray[np.int8]]:
    """Fit a step that is not the last; return what it makes of the rows."""
    if hasattr(step, "fit_resample"):
        return step.fit_resample(X, y)  # type: ignore[no-any-return]
    return step.fit_transform(X, y), y


def fit(steps: Any, X: pd.DataFrame, y: NDArray[np.int8]) -> NDArray[np.int8]:
    """Fit a pipeline; return the target that its last step was fitted on.

    The same calls as ``steps.fit(X, y)``, which does not tell what the samplers made of ``y``.
    """
    for _, step in steps.steps[:-1]:
        X, y = _pass(step, X, y)
    if len(np.unique(y)) < 2:
        raise OneClassError
    steps[-1].fit(X, y)
    return np.asarray(y)


def predict(steps: Any, X: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return the probability of class 1 and the decided class, transforming the rows once."""
    for _, step in steps.steps[:-1]:
        if hasattr(step, "transform"):
            X = step.transform(X)
    y_score = steps[-1].predict_proba(X)[:, 1].astype(np.float64)
    return y_score, steps[-1].predict(X).astype(np.int8)
