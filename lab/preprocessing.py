"""Turn a raw table into numbers, fitted on training rows only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lab.datasets.dataset import Dataset

# A level seen in fewer training rows than this shares one column with the other rare levels.
RARE_LEVEL_ROWS = 10


def preprocessor(dataset: Dataset) -> Any:
    """Return the preprocessing step for a dataset's columns.

    Numbers: median imputation, then scaling to zero mean and unit variance. Categories:
    most-frequent imputation, then one column a level, rare levels sharing one. A level that
    no training row has counts as rare; where no level is rare, its columns are all zero.

    Returns
    -------
    ColumnTransformer
        Unfitted. It gives a dense float64 array.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numeric = make_pipeline(
        # A column without any value in a training fold stays, as zeros: the width never changes.
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
    )
    categorical = make_pipeline(
        SimpleImputer(strategy="most_frequent", keep_empty_features=True),
        OneHotEncoder(
            min_frequency=RARE_LEVEL_ROWS,
            handle_unknown="infrequent_if_exist",
            sparse_output=False,
        ),
    )
    return ColumnTransformer(
        [("numeric", numeric, dataset.numeric), ("categorical", categorical, dataset.categorical)],
        verbose_feature_names_out=False,
    )
