"""Detection of rows that are nearly equal and of one class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_SIZE = 20_000  # rows that are compared
QUERIES = 400  # positive rows whose neighbours are looked for
FEWEST_POSITIVES = 20
FEWEST_COLUMNS, MOST_COLUMNS = 3, 30  # of continuous numbers
FEWEST_LEVELS = 50  # of a continuous number, in a sample of its values
COMMONEST = 0.3  # share of its most frequent value
LOOK_AT = 5_000  # values of a sample
MOST_NEIGHBOURS = 200
GAP = 2.0  # ratio of the distances to two successive neighbours
SHARE = 0.4  # positive rows in a cluster
FEWEST_CLUSTERS = 5
OUTSIDE = 0.6  # share of positives beyond a cluster, at most
SMALLEST = 1e-3  # distance, in standard deviations of the ranks


def near_copies(X: pd.DataFrame, y: NDArray[np.int8]) -> int:
    """Return the number of positive rows with nearly identical rows of their own class.

    Such a row has some nearest neighbours, all positive, after which the distance to the next one
    doubles at once. Among independent rows of three columns that is so for one in seven. Distances
    are those of the ranks of continuous columns; of equal rows only one counts. A number is
    returned if it is a large share of the positive rows, in several clusters, and the class does
    not simply fill a region of its own; otherwise it is 0. In a large table it is an estimate.

    Parameters
    ----------
    X : DataFrame of shape (n_rows, n_columns)
        Numbers and categories.
    y : ndarray of shape (n_rows,)
        The target, 0 or 1.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> machine = np.repeat(np.arange(200), 5)
    >>> y = (machine < 40).astype(np.int8)
    >>> X = pd.DataFrame(rng.normal(size=(200, 4))[machine], columns=list("abcd"))
    >>> X += rng.normal(size=X.shape) / 50
    >>> near_copies(X, y) > 150, near_copies(X, rng.permutation(y))
    (True, 0)
    """
    positives = int(y.sum())
    if positives < FEWEST_POSITIVES:
        return 0
    names = _continuous(X)
    if len(names) < FEWEST_COLUMNS:
        return 0
    rows = _slab(X[names[0]].to_numpy())
    ranks = np.column_stack(
        [_standardised(X[name].to_numpy()[rows]) for name in names[:MOST_COLUMNS]]
    )
    first = np.sort(np.unique(ranks, axis=0, return_index=True)[1])
    share = _clustered(ranks[first], y[rows][first])
    return round(share * positives)


def _continuous(X: pd.DataFrame) -> list[str]:
    """Return the columns of continuous numbers, those with most distinct values first."""
    rows = np.random.default_rng(0).permutation(len(X))[:LOOK_AT]
    found = []
    for name in X.columns:
        if isinstance(X[name].dtype, pd.CategoricalDtype):
            continue
        values = X[name].to_numpy()[rows]
        values = values[~np.isnan(values)]
        counts = np.unique(values, return_counts=True)[1]
        if len(counts) >= FEWEST_LEVELS and counts.max() < COMMONEST * len(values):
            found.append((-len(counts), name))
    return [name for _, name in sorted(found, key=lambda one: one[0])]


def _slab(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return rows with neighbouring values of a column, so that close rows stay together."""
    rows = np.arange(len(values))
    if len(values) <= SAMPLE_SIZE:
        return rows
    start = (len(values) - SAMPLE_SIZE) // 2
    return np.argpartition(values, [start, start + SAMPLE_SIZE])[start : start + SAMPLE_SIZE]


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float32]:
    ranks = pd.Series(values).rank().fillna(0).to_numpy()
    scaled: NDArray[np.float64] = (ranks - ranks.mean()) / max(ranks.std(), 1.0)
    return scaled.astype(np.float32)


def _clustered(points: NDArray[np.float32], y: NDArray[np.int8]) -> float:
    """Return the share of positive points in a small cluster of positive points, or else 0."""
    positive = np.flatnonzero(y == 1)
    if len(positive) < FEWEST_POSITIVES:
        return 0.0
    queries = np.random.default_rng(0).permutation(positive)[:QUERIES]
    neighbours, distances = _nearest(points, queries)
    ratios = distances[:, 1:] / np.maximum(distances[:, :-1], SMALLEST)
    sizes = ratios.argmax(axis=1) + 1
    same = y[neighbours] == 1
    inside = np.arange(same.shape[1]) < sizes[:, None]
    clustered = (ratios.max(axis=1) >= GAP) & (same | ~inside).all(axis=1)
    if clustered.mean() < SHARE:
        return 0.0
    if len(positive) < FEWEST_CLUSTERS * (np.median(sizes[clustered]) + 1):
        return 0.0
    beyond = ~inside[clustered]
    if same[clustered][beyond].mean() > OUTSIDE:
        return 0.0
    return float(clustered.mean())


def _nearest(
    points: NDArray[np.float32], queries: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the nearest neighbours of some points, closest first, and their distances."""
    squares = (points**2).sum(axis=1)
    distances = squares[queries, None] + squares - 2 * points[queries] @ points.T
    distances[np.arange(len(queries)), queries] = np.inf
    count = max(min(MOST_NEIGHBOURS, len(points) // 10), 2)
    nearest = np.argpartition(distances, count, axis=1)[:, :count]
    distances = np.take_along_axis(distances, nearest, axis=1)
    order = np.argsort(distances, axis=1)
    distances = np.sqrt(np.maximum(np.take_along_axis(distances, order, axis=1), 0))
    return np.take_along_axis(nearest, order, axis=1), distances
