"""Rows that equal each other in all features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit is lost


def contradictory_rows(X: pd.DataFrame, y: NDArray[np.int8]) -> int:
    """Return the number of rows that equal a row of the other class in all features.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_columns)
        Numbers and categories; missing values equal each other.
    y : ndarray of shape (n_rows,)
        The target, 0 or 1.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> X = pd.DataFrame({"a": [1.0, 1.0, 1.0, 2.0], "b": [np.nan, np.nan, np.nan, 0.0]})
    >>> contradictory_rows(X, np.array([0, 0, 1, 1], np.int8))
    3
    """
    rows = _hashes(X)
    shared = np.intersect1d(rows[y == 0], rows[y == 1])
    return int(np.isin(rows, shared).sum()) if len(shared) else 0


def _hashes(X: pd.DataFrame) -> NDArray[np.uint64]:
    """Return a 64-bit hash of each row."""
    rows = np.zeros(len(X), np.uint64)
    for name in X.columns:
        column = X[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            values = column.cat.codes.to_numpy().astype(np.int64)
        else:
            # Adding zero turns -0.0 into 0.0; all NaNs get one bit pattern.
            values = (column.to_numpy() + 0.0).view(np.int64)
            values[np.isnan(column.to_numpy())] = -1
        rows ^= values.view(np.uint64)
        rows *= MULTIPLIER
        rows ^= rows >> np.uint64(29)
    return rows
