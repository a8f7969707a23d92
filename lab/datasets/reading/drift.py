"""Drift of the share of positives over time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCKS = 10
FEWEST_ROWS = 200
ENDS = 3  # blocks at each end that are compared
CHANCE = 1e-4  # probability of such a trend if rows are independent
CORRELATION = 0.765  # of share and block; among ten blocks by chance in 1 % of cases
RATIO = 1.5  # of the shares at the ends


def drift(y: NDArray[np.int8], time: NDArray[np.float64]) -> str:
    """Return a warning if the share of positives moves over time, or else "".

    The rows are cut into ten blocks in the order of time. Their shares must have a trend that
    chance does not explain, neither among rows nor, since rows may depend on each other, among
    blocks; and the shares in the first and the last three blocks must differ by half.

    Parameters
    ----------
    y : ndarray of shape (n_rows,)
        The target, 0 or 1.
    time : ndarray of shape (n_rows,)
        Time of each row; rows without one are ignored.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> time = np.arange(10_000.0)
    >>> drift((rng.random(10_000) < 0.02 + 0.03 * time / 10_000).astype(np.int8), time)[:67]
    'WARNING: the share of positives moves from 2.3 % to 5.2 % over time'
    >>> drift((rng.random(10_000) < 0.02).astype(np.int8), time)
    ''
    """
    known = ~np.isnan(time)
    time, y = time[known], y[known]
    if len(y) < FEWEST_ROWS or time.min() == time.max():
        return ""
    # Rows of one time are in one block.
    edges = np.unique(np.quantile(time, np.arange(1, BLOCKS) / BLOCKS))
    block = np.searchsorted(edges, time, side="right")
    rows = np.bincount(block, minlength=BLOCKS).astype(np.float64)
    positives = np.bincount(block, weights=y, minlength=BLOCKS).astype(np.float64)
    filled = rows > 0
    rows, positives = rows[filled], positives[filled]
    if len(rows) <= 2 * ENDS - 2:
        return ""
    first = positives[:ENDS].sum() / rows[:ENDS].sum()
    last = positives[-ENDS:].sum() / rows[-ENDS:].sum()
    if max(first, last) < RATIO * min(first, last):
        return ""
    if _trend(rows, positives) > CHANCE:
        return ""
    if abs(np.corrcoef(np.arange(len(rows)), positives / rows)[0, 1]) < CORRELATION:
        return ""
    return (
        f"WARNING: the share of positives moves from {100 * first:.1f} % to {100 * last:.1f} % "
        "over time: scores of earlier rows may not hold for later ones"
    )


def _trend(rows: NDArray[np.float64], positives: NDArray[np.float64]) -> float:
    """Return the p-value of the Cochran-Armitage test for a trend of shares."""
    share = positives.sum() / rows.sum()
    position = np.arange(len(rows)) - np.average(np.arange(len(rows)), weights=rows)
    deviation = (position * (positives - share * rows)).sum()
    spread = np.sqrt(share * (1 - share) * (rows * position**2).sum())
    return math.erfc(abs(deviation) / spread / math.sqrt(2)) if spread else 1.0
