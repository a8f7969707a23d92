"""Rows that equal each other in all features and the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray


def copy_codes(X: pd.DataFrame, y: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return a number for each row, the same for rows that equal each other.

    Rows are compared by a 64-bit hash: in a million rows, two that differ get the same number with
    a probability of 3e-8.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_columns)
        Numbers and categories; missing values equal each other.
    y : ndarray of shape (n_rows,)
        The target.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> X = pd.DataFrame({"a": [1.0, np.nan, 1.0, np.nan, 1.0]})
    >>> codes = copy_codes(X, np.array([0, 0, 0, 0, 1], np.int8))
    >>> codes[[0, 1, 4]].tolist() == codes[[2, 3, 0]].tolist(), len(set(codes))
    (False, 3)
    """
    return np.unique(row_hashes(X, y), return_inverse=True)[1].astype(np.int64)


def row_hashes(X: pd.DataFrame, y: NDArray[np.int8]) -> NDArray[np.uint64]:
    """Return a hash of each row, the same in every table.

    :mod:`lab.datasets.reading.duplicates` has a faster one, which holds within one table.
    """
    rows: NDArray[np.uint64] = pd.util.hash_pandas_object(X, index=False).to_numpy()
    multiplier = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it mixes and loses no bit
    return rows ^ (y.astype(np.uint64) + np.uint64(1)) * multiplier
