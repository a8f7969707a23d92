"""The model of a case fitted to all rows, with the steps that predict and no others."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab import datasets
from lab.errors import LabError
from lab.evaluation.fitting import fit
from lab.evaluation.pipelines import fold_pipeline
from lab.evaluation.raw_input import raw_examples, raw_rows
from lab.splits import InnerFolds
from lab.strategies import STRATEGIES

if TYPE_CHECKING:
    from lab.cases import Case, Protocol
    from lab.datasets.dataset import Dataset

EXAMPLES = 5  # rows
TEXT, RAW = "text", "raw_rows"  # names of steps


class LeakError(LabError):
    """A case whose model must not be used."""


@dataclass(frozen=True)
class Refit:
    """A case's pipeline fitted to all rows of its dataset, ready to predict.

    Attributes
    ----------
    pipeline : sklearn.pipeline.Pipeline
        It takes a table with the dataset's columns: categories as text, any value may be missing.
        Of a user's table it takes rows as they are in the file.
    dataset : Dataset
        Its training data.
    threshold : float or None
        The lowest probability that ``predict`` classifies as 1, if the strategy set one.
    """

    pipeline: Any
    dataset: Dataset
    threshold: float | None


def refit(case: Case, protocol: Protocol) -> Refit:
    """Fit a case's pipeline to all rows, with one thread and the protocol's seed.

    Raises
    ------
    LeakError
        The strategy leaks test rows into fits.
    """
    from threadpoolctl import threadpool_limits

    if STRATEGIES[case.strategy].leaks:
        raise LeakError(f"{case.strategy} is a mistake, and its model is not for use")
    dataset = datasets.load(case.dataset)
    protocol = case.protocol(protocol, dataset)
    # Before the threads are limited, which concerns only the libraries already loaded.
    rows = protocol.rows_of(dataset)
    train = protocol.training_rows(rows)
    steps = fold_pipeline(case, dataset, protocol, rows.take(train))
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are notes of the result
        fit(steps, dataset.X.iloc[train], dataset.y[train])
    if isinstance(getattr(steps[-1], "cv", None), InnerFolds):
        steps[-1].cv = None  # predictions do not need it, and it holds groups and times of rows
    return Refit(inference(steps, dataset), dataset, _threshold(steps[-1]))


def inference(steps: Any, dataset: Dataset) -> Any:
    """Return the steps of a fitted pipeline that act when it predicts: all but the samplers.

    Returns
    -------
    sklearn.pipeline.Pipeline
        A first step turns text into the categories that the next was fitted to. Otherwise the
        ``None`` that stands for a missing value in JSON would be an unknown level. For a user's
        table it turns all columns as they are in the file into those of the dataset.
    """
    from sklearn.pipeline import Pipeline

    acting = [(name, step) for name, step in steps.steps if not hasattr(step, "fit_resample")]
    if dataset.schema:
        acting.insert(0, (RAW, raw_rows(dataset)))
    elif dataset.categorical:
        acting.insert(0, (TEXT, _categories(dataset)))
    return Pipeline(acting)


def examples(dataset: Dataset) -> pd.DataFrame:
    """Return a few rows as a user would give them: of each class, and one with a missing value.

    Returns
    -------
    DataFrame
        Numbers are float64 and categories text; missing values are NaN. Rows of a user's table
        are as in its file; see :func:`lab.evaluation.raw_input.raw_examples`.
    """
    gaps = np.flatnonzero(dataset.X.isna().any(axis=1))
    classes = [int(np.flatnonzero(dataset.y == label)[0]) for label in (0, 1)]
    first = dict.fromkeys([*classes, *gaps[:1].tolist(), *range(min(EXAMPLES, dataset.rows))])
    X = dataset.X.iloc[sorted(list(first)[:EXAMPLES])].reset_index(drop=True)
    if dataset.schema:
        return raw_examples(X, dataset)
    return X.astype(dict.fromkeys(dataset.categorical, object))


def _categories(dataset: Dataset) -> Any:
    """Return a fitted step that turns text into categories and leaves numbers unchanged."""
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import FunctionTransformer

    # One column at a time: pandas does not convert several at once in this way. A method of the
    # table would, but skops accepts only functions and classes.
    categories = FunctionTransformer(pd.DataFrame, kw_args={"dtype": "category"})
    step = ColumnTransformer(
        [(f"{TEXT}{i}", categories, column) for i, column in enumerate(dataset.categorical)],
        remainder="passthrough",
        verbose_feature_names_out=False,
    )
    return step.set_output(transform="pandas").fit(dataset.X.iloc[:1])


def _threshold(classifier: Any) -> float | None:
    """Return the threshold that a classifier has tuned or was given."""
    value = getattr(classifier, "best_threshold_", getattr(classifier, "threshold", None))
    return float(value) if isinstance(value, float) else None
