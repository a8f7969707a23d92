"""Fit a pipeline and predict with it, a step at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab.metrics.predictions import Confusion

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        X, y = fit_transform(step, X, y)
    return pd.DataFrame(np.asarray(X)), np.asarray(y)


def fit_transform(step: Any, X: Any, y: NDArray[np.int8]) -> tuple[Any, NDArray[np.int8]]:
    """Fit a step that is not the last; return what it makes of the rows."""
    if hasattr(step, "fit_resample"):
        return step.fit_resample(X, y)  # type: ignore[no-any-return]
    return step.fit_transform(X, y), y


def transform(step: Any, X: Any) -> Any:
    """Return what a fitted step makes of rows to predict: nothing else if it is a sampler."""
    return step.transform(X) if hasattr(step, "transform") else X


def fit(steps: Any, X: pd.DataFrame, y: NDArray[np.int8]) -> None:
    """Fit a pipeline: the same calls as ``steps.fit(X, y)``."""
    for _, step in steps.steps[:-1]:
        X, y = fit_transform(step, X, y)
    fit_model(steps[-1], X, y)


def fit_model(model: Any, X: Any, y: NDArray[np.int8]) -> None:
    """Fit the last step.

    Raises
    ------
    OneClassError
        A sampler has left rows of one class only.
    """
    if len(np.unique(y)) < 2:
        raise OneClassError
    model.fit(X, y)


@contextmanager
def fast_f1(model: Any) -> Iterator[None]:
    """Let a threshold be tuned for the lab's own F1, which is the same to the last bit.

    The search asks for it 500 times a fold, and scikit-learn's takes 2 ms: most of such a fit. A
    model that is to be kept is fitted without: it keeps the function, too.
    """
    from sklearn.metrics import make_scorer
    from sklearn.model_selection import TunedThresholdClassifierCV

    # It alone decides by the classes of y as they are, 0 and 1; any other may predict 1.0.
    if not isinstance(model, TunedThresholdClassifierCV) or model.scoring != "f1":
        yield
        return

    model.scoring = make_scorer(_f1)
    try:
        yield
    finally:
        model.scoring = "f1"


def _f1(y_true: NDArray[np.int8], y_pred: NDArray[np.int8]) -> float:
    return Confusion.of(y_true, y_pred).f1


def predict(model: Any, X: Any) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return the probability of class 1 and the decided class, of rows as the model gets them."""
    probabilities = model.predict_proba(X)
    y_score = probabilities[:, 1].astype(np.float64)
    return y_score, model.predict(X).astype(np.int8)
