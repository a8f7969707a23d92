"""A case's model for use: fitted to all rows, with the steps that predict and no others."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab import datasets
from lab.errors import LabError
from lab.evaluation.cross_validation import pipeline
from lab.evaluation.fitting import fit
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from lab.cases import Case, Protocol
    from lab.datasets.dataset import Dataset

EXAMPLES = 5  # rows
TEXT = "text"  # name of a step


class LeakError(LabError):
    """A case whose model is not to be used."""


@dataclass(frozen=True)
class Refit:
    """What predicts as a case did, after it was fitted to all rows of its dataset.

    Attributes
    ----------
    pipeline : sklearn.pipeline.Pipeline
        Takes a table with the dataset's columns, categories as text, and missing values in any.
    dataset : Dataset
        What it was fitted to.
    threshold : float or None
        From which probability on its ``predict`` says 1, where the strategy has set that.
    """

    pipeline: Any
    dataset: Dataset
    threshold: float | None


def refit(case: Case, protocol: Protocol) -> Refit:
    """Fit a case's pipeline to all rows, by one thread and from the protocol's seed.

    Raises
    ------
    LeakError
        Its strategy is a mistake.
    """
    from threadpoolctl import threadpool_limits

    if STRATEGIES[case.strategy].leaks:
        raise LeakError(f"{case.strategy} is a mistake, and its model is not for use")
    dataset = datasets.load(case.dataset)
    # Made before the threads are limited: that concerns only libraries already loaded.
    steps = pipeline(case, dataset, dataset.y, protocol.seed)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the same are notes of the result
        fit(steps, dataset.X, dataset.y)
    return Refit(inference(steps, dataset), dataset, _threshold(steps[-1]))


def inference(steps: Any, dataset: Dataset) -> Any:
    """Return the steps of a fitted pipeline that act where it predicts: all but its samplers.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Before these steps, text becomes the categories that the first of them was fitted to: with
        the ``None`` that stands for a gap in JSON it would take a level that is not known.
    """
    from sklearn.pipeline import Pipeline

    acting = [(name, step) for name, step in steps.steps if not hasattr(step, "fit_resample")]
    if dataset.categorical:
        acting.insert(0, (TEXT, _categories(dataset)))
    return Pipeline(acting)


def examples(dataset: Dataset) -> pd.DataFrame:
    """Return a few rows as a user would give them: of each class, and with a gap if there is one.

    Returns
    -------
    DataFrame
        Numbers are float64 and categories text; a gap is NaN.
    """
    gaps = np.flatnonzero(dataset.X.isna().any(axis=1))
    classes = [int(np.flatnonzero(dataset.y == label)[0]) for label in (0, 1)]
    first = dict.fromkeys([*classes, *gaps[:1].tolist(), *range(min(EXAMPLES, dataset.rows))])
    X = dataset.X.iloc[sorted(list(first)[:EXAMPLES])].reset_index(drop=True)
    return X.astype(dict.fromkeys(dataset.categorical, object))


def _categories(dataset: Dataset) -> Any:
    """Return a fitted step that makes categories of text, and leaves numbers as they are."""
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import FunctionTransformer

    # One column at a time: pandas makes no categories of several at once in this way. A method
    # of the table would, but skops takes functions and classes only.
    categories = FunctionTransformer(pd.DataFrame, kw_args={"dtype": "category"})
    step = ColumnTransformer(
        [(f"{TEXT}{i}", categories, column) for i, column in enumerate(dataset.categorical)],
        remainder="passthrough",
        verbose_feature_names_out=False,
    )
    return step.set_output(transform="pandas").fit(dataset.X.iloc[:1])


def _threshold(classifier: Any) -> float | None:
    """Return the threshold that a classifier tuned, or was given."""
    value = getattr(classifier, "best_threshold_", getattr(classifier, "threshold", None))
    return float(value) if isinstance(value, float) else None
