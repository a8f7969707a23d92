"""Fits and predictions of single steps and of whole pipelines, without any sharing."""

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
    """A sampler that leaves rows of one class only."""


def whole(_steps: Any, dataset: Dataset) -> tuple[pd.DataFrame, NDArray[np.int8]]:
    """Return all rows of a dataset, to be split."""
    return dataset.X, dataset.y


def leaked(steps: Any, dataset: Dataset) -> tuple[pd.DataFrame, NDArray[np.int8]]:
    """Return all rows after the steps before the model: the mistake that leaks test rows."""
    X, y = dataset.X, dataset.y
    for _, step in steps.steps[:-1]:
        X, y = fit_transform(step, X, y)
    return pd.DataFrame(np.asarray(X)), np.asarray(y)


def fit_transform(step: Any, X: Any, y: NDArray[np.int8]) -> tuple[Any, NDArray[np.int8]]:
    """Fit a step before the last; return the rows after it."""
    if hasattr(step, "fit_resample"):
        return step.fit_resample(X, y)  # type: ignore[no-any-return]
    return step.fit_transform(X, y), y


def transform(step: Any, X: Any) -> Any:
    """Return test rows after a fitted step; a sampler leaves them unchanged."""
    return step.transform(X) if hasattr(step, "transform") else X


def fit(steps: Any, X: pd.DataFrame, y: NDArray[np.int8]) -> None:
    """Fit a pipeline, with the same calls as ``steps.fit(X, y)``."""
    for _, step in steps.steps[:-1]:
        X, y = fit_transform(step, X, y)
    fit_model(steps[-1], X, y)


def fit_model(model: Any, X: Any, y: NDArray[np.int8]) -> None:
    """Fit the last step.

    Raises
    ------
    OneClassError
        The rows are of one class only.
    """
    if len(np.unique(y)) < 2:
        raise OneClassError
    model.fit(X, y)


def tunes_f1(model: Any) -> bool:
    """Return whether a model tunes a threshold for F1 on classes 0 and 1, as in ``y``."""
    from sklearn.model_selection import TunedThresholdClassifierCV

    # Other searches pass on the classes that their models predict, which may be 0.0 and 1.0.
    return isinstance(model, TunedThresholdClassifierCV) and model.scoring == "f1"


@contextmanager
def fast_f1(model: Any) -> Iterator[None]:
    """Let a threshold be tuned for the lab's own F1, which equals scikit-learn's to the last bit.

    The search asks for it 500 times a fold, and scikit-learn's takes 2 ms: most of such a fit.
    Models for ``--log-models`` are fitted without it, since they would keep the function.
    """
    from sklearn.metrics import make_scorer

    if not tunes_f1(model):
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
    """Return the probability of class 1 and the predicted class of prepared rows."""
    probabilities = model.predict_proba(X)
    y_score = probabilities[:, 1].astype(np.float64)
    return y_score, model.predict(X).astype(np.int8)
