"""Turn a raw table into numbers, fitted on training rows only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lab.datasets.dataset import Dataset

# A level seen in fewer training rows than this shares one column with the other rare levels.
RARE_LEVEL_ROWS = 10
# So do the rarest levels of a column that has more than this: each level costs a column.
MAX_LEVELS = 100
# A test row may lie any number of deviations away from training rows that are nearly equal; the
# forest and XGBoost take 32-bit numbers only.
FARTHEST = 1e9


# Names of the steps here, in a pipeline.
PREPROCESS, IMPUTE = "preprocess", "impute"
STEPS = (PREPROCESS, IMPUTE)


def preprocessor(dataset: Dataset) -> Any:
    """Return the preprocessing step for a dataset's columns.

    Numbers: median imputation, then scaling to zero mean and unit variance, within ``FARTHEST``.
    Categories: most-frequent imputation, then one column a level, rare levels sharing one. A level
    that no training row has counts as rare; where no level is rare, its columns are all zero.

    Returns
    -------
    ColumnTransformer
        Unfitted. It gives a dense float64 array.
    """
    from sklearn.pipeline import make_pipeline

    numeric = make_pipeline(_numeric_imputer(), *_scaling())
    return _by_kind(dataset, numeric, make_pipeline(_categorical_imputer(), _encoder()))


def imputer(dataset: Dataset) -> Any:
    """Return what :func:`preprocessor` does before it encodes, for samplers that need categories.

    Numbers are imputed and scaled, since distances between rows must not depend on their units;
    categories are imputed.

    Returns
    -------
    ColumnTransformer
        Unfitted. It gives a table with the dataset's columns, numbers first, without a gap.
    """
    from sklearn.pipeline import make_pipeline

    numeric = make_pipeline(_numeric_imputer(), *_scaling())
    return _by_kind(dataset, numeric, _categorical_imputer()).set_output(transform="pandas")


def encoder(dataset: Dataset) -> Any:
    """Return the rest of :func:`preprocessor`: the encoding of categories."""
    return _by_kind(dataset, "passthrough", _encoder())


def _by_kind(dataset: Dataset, numeric: Any, categorical: Any) -> Any:
    from sklearn.compose import ColumnTransformer

    return ColumnTransformer(
        [("numeric", numeric, dataset.numeric), ("categorical", categorical, dataset.categorical)],
        verbose_feature_names_out=False,
    )


def _numeric_imputer() -> Any:
    from sklearn.impute import SimpleImputer

    # A column without any value in a training fold stays, as zeros: the width never changes.
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
