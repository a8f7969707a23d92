"""Net benefit of decisions at a threshold probability, and the decision curve.

References
----------
Vickers and Elkin, "Decision curve analysis: a novel method for evaluating prediction models",
Medical Decision Making 26, 2006. https://doi.org/10.1177/0272989X06295361
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

THRESHOLDS = np.arange(1, 51) / 100  # of a decision curve


def net_benefit(y_true: ArrayLike, y_score: ArrayLike, threshold: float) -> float:
    """Return the net benefit of raising an alarm where the probability reaches a threshold.

    It is the share of rows that are found positives, less that of false alarms weighted by the odds
    of the threshold: whoever raises an alarm at 10 % accepts nine false alarms for a positive. No
    alarm has a net benefit of 0.

    Parameters
    ----------
    y_true : array-like of shape (n_rows,)
        Target, 0 or 1.
    y_score : array-like of shape (n_rows,)
        Probability of class 1. Ones are alarms on every row.
    threshold : float
        Threshold probability, above 0 and below 1.

    Returns
    -------
    float
        Net benefit, in found positives per row.

    Raises
    ------
    ValueError
        The threshold is not between 0 and 1, there is no row, or the arrays differ in length.

    Examples
    --------
    >>> net_benefit([0, 0, 0, 1], [0.05, 0.2, 0.1, 0.9], threshold=0.2)
    0.1875
    """
    return float(decision_curve(y_true, y_score, [threshold])[0])


def decision_curve(
    y_true: ArrayLike, y_score: ArrayLike, thresholds: ArrayLike = THRESHOLDS
) -> NDArray[np.float64]:
    """Return the net benefit at several thresholds, by default from 1 % to 50 %.

    Parameters
    ----------
    y_true, y_score : array-like of shape (n_rows,)
        See :func:`net_benefit`. Scores of 1 give the curve of flagging every row.
    thresholds : array-like of shape (n_thresholds,)
        Threshold probabilities.

    Returns
    -------
    ndarray of shape (n_thresholds,)
        Net benefit.

    Raises
    ------
    ValueError
        A threshold is not between 0 and 1, there is no row, or the arrays differ in length.
    """
    truth, score = np.asarray(y_true) == 1, np.asarray(y_score, dtype=np.float64)
    threshold = np.asarray(thresholds, dtype=np.float64)
    invalid = threshold[~((threshold > 0) & (threshold < 1))]
    if invalid.size:
        raise ValueError(f"threshold {invalid[0]}: choose a probability above 0 and below 1")
    if truth.shape != score.shape or not truth.size:
        raise ValueError(f"{truth.size} targets and {score.size} scores: give one of each per row")
    rows, positives = np.sort(score), np.sort(score[truth])
    alarms = rows.size - np.searchsorted(rows, threshold)
    found = positives.size - np.searchsorted(positives, threshold)
    benefit = found - threshold / (1 - threshold) * (alarms - found)
    return np.asarray(benefit / rows.size, dtype=np.float64)
