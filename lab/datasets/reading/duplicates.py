"""Rows that equal each other: with the other class, or as copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit is lost
FEWEST_COPIES, FEWEST_SHARE = 5, 0.005  # copies that matter
MORE_THAN_CHANCE = 10  # pairs of equal rows, as a multiple of those expected
MORE_THAN_SIMILAR = 2  # copies, as a multiple of pairs of rows that differ in one column
REPEATS = 0.5  # pairs of rows with one value of a column that are equal in another one, too
SAMPLE_SIZE = 20_000  # distinct rows that are looked at


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


def unexpected_copies(X: pd.DataFrame, y: NDArray[np.int8]) -> int:
    """Return the number of rows that are copies of an earlier one, 0 if chance explains them.

    Chance makes rows equal in tables of few categories or rounded numbers. Pairs of equal rows must
    be ten times as frequent as in the two columns with most distinct values by chance, and
    copies twice as frequent as pairs of distinct rows that differ in a single column.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_columns)
        Numbers and categories; missing values equal each other.
    y : ndarray of shape (n_rows,)
        The target, 0 or 1. Copies have the same.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.normal(size=(100, 2)), columns=["a", "b"])
    >>> y = (rng.random(100) < 0.2).astype(np.int8)
    >>> copied = np.append(np.arange(100), np.arange(10))
    >>> unexpected_copies(X.iloc[copied].reset_index(drop=True), y[copied])
    10
    >>> unexpected_copies(X.round(), y)
    0
    """
    rows = (_hashes(X) ^ y.astype(np.uint64)) * MULTIPLIER
    ordered = np.sort(rows)
    copies = int((ordered[1:] == ordered[:-1]).sum())
    if copies < max(FEWEST_COPIES, FEWEST_SHARE * len(rows)):
        return 0
    _, first, counts = np.unique(rows, return_index=True, return_counts=True)
    pairs = float((counts * (counts - 1.0)).sum() / 2)
    if len(first) > SAMPLE_SIZE:
        sampled = np.random.default_rng(0).permutation(first)[:SAMPLE_SIZE]
    else:
        sampled = first
    columns = [_hashes(X[[name]].iloc[sampled]) for name in X.columns]
    if pairs < MORE_THAN_CHANCE * len(rows) ** 2 / 2 * _chance(columns):
        return 0
    similar = _similar_pairs(columns) * (len(first) / len(sampled)) ** 2
    return copies if copies > MORE_THAN_SIMILAR * similar else 0


def _chance(columns: list[NDArray[np.uint64]]) -> float:
    """Return the probability that two rows are equal in the columns with most distinct values.

    A column that repeats the first, for example in another unit, does not count as the second.
    """
    first, *others = sorted(columns, key=_ties)
    for other in others:
        if _ties(first * MULTIPLIER + other) <= REPEATS * _ties(first):
            return _share_of_ties(first) * _share_of_ties(other)
    return _share_of_ties(first)


def _share_of_ties(values: NDArray[np.uint64]) -> float:
    """Return the share of pairs with equal values; at least that of one pair."""
    return max(_ties(values), 1.0) / max(len(values) * (len(values) - 1.0) / 2, 1.0)


def _ties(values: NDArray[np.uint64]) -> float:
    """Return the number of pairs with equal values."""
    counts = np.unique(values, return_counts=True)[1]
    return float((counts * (counts - 1.0)).sum() / 2)


def _similar_pairs(columns: list[NDArray[np.uint64]]) -> float:
    """Return the number of pairs of rows that differ in a single column, given its hashes."""
    mixed = [
        (column + np.uint64(position)) * MULTIPLIER ^ column >> np.uint64(31)
        for position, column in enumerate(columns)
    ]
    total = np.zeros(len(columns[0]), np.uint64)
    for column in mixed:
        total += column
    # Distinct rows that are equal in all features differ in the target.
    equal = _ties(total)
    return sum(max(_ties(total - column) - equal, 0.0) for column in mixed)


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
