"""Detection of rows that depend on their neighbours: in the file, or in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lab.datasets.reading.drift import drift

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FEWEST_ROWS = 200
BLOCKS, BLOCK = 20, 1_000  # consecutive rows that are looked at in a larger table
FAR = 20  # rows between two that are compared with neighbours
# Excess of neighbours with one target over rows that are far apart: its least value, and the same
# in standard deviations.
EXCESS, DEVIATIONS = 0.2, 6
FEWEST_CHANGES = 20  # of the target from one row to the next: less is a sorted file
SMOOTH = 0.5  # mean square of steps to the next row, as a share of those to a far row
FEWEST_SMOOTH, SMOOTH_SHARE = 2, 1 / 3  # features
FEWEST_LEVELS = 10  # of a feature that can be smooth
ONE_WAY = 0.75  # steps in one direction in a sorted column
TREND = 0.97  # correlation of a sorted column with the row number


def smooth_features(X: pd.DataFrame, y: NDArray[np.int8]) -> list[str]:
    """Return numeric features that change slowly from row to row, if the target does, too.

    A file that is sorted by the target or by columns has none: there, a feature that is not sorted
    differs as much from the next row as from one some rows on.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"heat": rng.normal(size=1000).cumsum(), "load": rng.normal(size=1000)})
    >>> X["pressure"] = rng.normal(size=1000).cumsum()
    >>> y = (np.arange(1000) % 50 < 10).astype(np.int8)
    >>> smooth_features(X, y), smooth_features(X.sample(frac=1, random_state=0), y)
    (['heat', 'pressure'], [])
    """
    rows = _blocks(np.arange(len(y)))
    if not _depends(y[rows]):
        return []
    smooth, unsorted = [], 0
    for name in X.columns:
        values = X[name]
        if isinstance(values.dtype, pd.CategoricalDtype):
            continue
        cells = values.to_numpy()[rows]
        if len(np.unique(cells)) < FEWEST_LEVELS:
            continue
        ranks = pd.Series(cells.ravel()).rank().fillna(0).to_numpy().reshape(cells.shape)
        if _is_sorted(ranks):
            continue
        unsorted += 1
        if _step(ranks, 1) < SMOOTH * _step(ranks, FAR):
            smooth.append(str(name))
    enough = max(FEWEST_SMOOTH, SMOOTH_SHARE * unsorted)
    return smooth if len(smooth) >= enough else []


def find_time(dates: Mapping[str, pd.Series], y: NDArray[np.int8]) -> str:
    """Return the date column in whose order the target depends on neighbours, or else "".

    In a file that is in the order of a date, a drift of the share of positives suffices.

    Parameters
    ----------
    dates : mapping of str to Series
        Date columns as numbers.
    y : ndarray of shape (n_rows,)
        The target, 0 or 1.

    Examples
    --------
    >>> days = pd.Series(np.arange(1000.0))
    >>> y = (np.arange(1000) % 50 < 10).astype(np.int8)
    >>> shuffled = np.random.default_rng(0).permutation(1000)
    >>> find_time({"day": days[shuffled]}, y[shuffled]), find_time({"born": days}, y[shuffled])
    ('day', '')
    """
    for name, values in dates.items():
        times = values.to_numpy()
        known = np.flatnonzero(~np.isnan(times))
        if len(known) < FEWEST_ROWS or times[known].min() == times[known].max():
            continue
        # Rows of one time are in random order, since the file may be sorted by the target.
        shuffled = np.random.default_rng(0).permutation(known)
        ordered = shuffled[np.argsort(times[shuffled], kind="stable")]
        if _depends(y[_blocks(ordered)]):
            return name
        steps = np.diff(times[known])
        if ((steps >= 0).all() or (steps <= 0).all()) and drift(y, times):
            return name
    return ""


def _blocks(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return rows in order as one block, or evenly spaced blocks of them."""
    if len(rows) <= BLOCKS * BLOCK:
        return rows[None, :]
    starts = np.linspace(0, len(rows) - BLOCK, BLOCKS).astype(np.intp)
    chosen: NDArray[np.intp] = rows[starts[:, None] + np.arange(BLOCK)]
    return chosen


def _step(values: NDArray[np.float64], rows: int) -> float:
    """Return the mean square of the difference to the value some rows on."""
    return float(((values[:, rows:] - values[:, :-rows]) ** 2).mean())


def _depends(y: NDArray[np.int8]) -> bool:
    """Return whether neighbours share the target more often than rows that are far apart."""
    if y.size < FEWEST_ROWS:
        return False
    target = y.astype(np.float64)
    share = target.mean()
    if (np.diff(target) != 0).sum() < FEWEST_CHANGES:
        return False
    excess = (_step(target, FAR) - _step(target, 1)) / (2 * share * (1 - share))
    return bool(excess >= max(EXCESS, DEVIATIONS / np.sqrt(y.size)))


def _is_sorted(ranks: NDArray[np.float64]) -> bool:
    """Return whether a column is sorted: as a whole, or within the levels of another one."""
    steps = np.sign(np.diff(ranks)).ravel()
    ups, downs = int((steps > 0).sum()), int((steps < 0).sum())
    numbers = np.arange(ranks.size)
    trend = np.corrcoef(ranks.ravel(), numbers)[0, 1]
    return max(ups, downs) > ONE_WAY * (ups + downs) or abs(trend) > TREND
