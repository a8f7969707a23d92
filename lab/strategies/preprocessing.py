"""Preprocessing: a raw table as numbers, fitted on training rows only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lab.datasets.dataset import Dataset

# Levels with fewer training rows than this share one column.
RARE_LEVEL_ROWS = 10
# So do the rarest levels of a column with more levels than this: each level costs a column.
MAX_LEVELS = 100
# Where training rows are nearly equal, a test row may be any number of standard deviations away;
# the forest and XGBoost take 32-bit floats only.
FARTHEST = 1e9

# Names of these steps in a pipeline.
PREPROCESS, IMPUTE = "preprocess", "impute"
STEPS = (PREPROCESS, IMPUTE)


def preprocessor(dataset: Dataset) -> Any:
    """Return the preprocessing step for a dataset's columns.

    Numbers: median imputation, then scaling to zero mean and unit variance, clipped at
    ``FARTHEST``. Categories: most-frequent imputation, then one column per level; rare levels share
    one. A level without training rows counts as rare; if no level is rare, its columns are all
    zero. Columns with many gaps also get an indicator of these, 1 or 0.

    Parameters
    ----------
    dataset : Dataset
        Its lists of columns are used, its rows are not.

    Returns
    -------
    ColumnTransformer
        Unfitted. Transforms to a dense float64 array.
    """
    from sklearn.pipeline import make_pipeline

    numeric = make_pipeline(_numeric_imputer(), *_scaling())
    categorical = make_pipeline(_categorical_imputer(), _encoder())
    return _by_kind(dataset, numeric, categorical, _indicator(), dataset.gaps)


def imputer(dataset: Dataset) -> Any:
    """Return the part of :func:`preprocessor` before encoding, for samplers that need categories.

    Numbers are imputed and scaled, since distances between rows must not depend on their units;
    categories are imputed.

    Returns
    -------
    ColumnTransformer
        Unfitted. Transforms to a DataFrame with the dataset's columns, numbers first, without
        missing values, and the :func:`indicators`.
    """
    from sklearn.pipeline import make_pipeline

    numeric = make_pipeline(_numeric_imputer(), *_scaling())
    steps = _by_kind(dataset, numeric, _categorical_imputer(), _indicator(), dataset.gaps)
    return steps.set_output(transform="pandas")


def encoder(dataset: Dataset) -> Any:
    """Return the part of :func:`preprocessor` after imputation: the encoding of categories."""
    return _by_kind(dataset, "passthrough", _encoder(), "passthrough", indicators(dataset))


def indicators(dataset: Dataset) -> list[str]:
    """Return the names of the columns that :func:`imputer` adds, 1 where a value is missing."""
    return [f"missingindicator_{name}" for name in dataset.gaps]


def _indicator() -> Any:
    from sklearn.impute import MissingIndicator

    return MissingIndicator(features="all")


def _by_kind(dataset: Dataset, numeric: Any, categorical: Any, gaps: Any, names: list[str]) -> Any:
    from sklearn.compose import ColumnTransformer

    kinds = [
        ("numeric", numeric, dataset.numeric),
        ("categorical", categorical, dataset.categorical),
    ]
    # Without gaps it is left out, as is its place in the definition of a case.
    kinds += [("gaps", gaps, names)] if names else []
    return ColumnTransformer(kinds, verbose_feature_names_out=False)


def _numeric_imputer() -> Any:
    from sklearn.impute import SimpleImputer

    # A column that is empty in a training fold becomes zeros, so that the width never changes.
    return SimpleImputer(strategy="median", keep_empty_features=True)


def _categorical_imputer() -> Any:
    from sklearn.impute import SimpleImputer

    return SimpleImputer(strategy="most_frequent", keep_empty_features=True)


def _scaling() -> list[Any]:
    import numpy as np
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    limits = {"a_min": -FARTHEST, "a_max": FARTHEST}
    clip = FunctionTransformer(np.clip, kw_args=limits, feature_names_out="one-to-one")
    return [StandardScaler(), clip]


def _encoder() -> Any:
    from sklearn.preprocessing import OneHotEncoder

    return OneHotEncoder(
        min_frequency=RARE_LEVEL_ROWS,
        max_categories=MAX_LEVELS,
        handle_unknown="infrequent_if_exist",
        sparse_output=False,
    )
