"""Whether probabilities mean what they say: measures of calibration.

References
----------
Van Calster et al., "Calibration: the Achilles heel of predictive analytics", BMC Medicine 17, 2019.
https://doi.org/10.1186/s12916-019-1466-7
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BINS = 10
# A probability of 0 or 1 has no finite odds. Some models give many: forests, neighbours, trees.
LEAST = 1e-6
FAR = 60.0  # far beyond the log-odds of that
# Standard deviation of a weak prior on intercept and slope, about 0 and 1. It decides where rows
# do not: where scores are all equal, or separate the classes, the likelihood alone has no maximum.
PRIOR = 10.0
STEPS, CLOSE = 100, 1e-10  # of Newton's method


def reliability(
    y_true: NDArray[np.int8], y_score: Floats, bins: int = BINS
) -> tuple[Floats, Floats, Floats]:
    """Return what was predicted and what was observed, by bins of equal width.

    Parameters
    ----------
    y_true, y_score : ndarray of shape (n_rows,)
        The target, and the probability of class 1.
    bins : int
        Number of bins between 0 and 1; those without a row are left out.

    Returns
    -------
    predicted, observed, share : ndarray of shape (n_used_bins,)
        The mean probability, the share of positives, and the share of all rows.
    """
    number = np.minimum((y_score * bins).astype(int), bins - 1)
    rows = np.bincount(number, minlength=bins)
    used = rows > 0
    predicted = np.bincount(number, y_score, bins)[used] / rows[used]
    observed = np.bincount(number, y_true, bins)[used] / rows[used]
    return predicted, observed, rows[used] / len(y_true)


def expected_calibration_error(y_true: NDArray[np.int8], y_score: Floats) -> float:
    """Return the mean distance between predicted and observed shares, over ten equal bins.

    References
    ----------
    Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian
    Binning", AAAI 2015. https://doi.org/10.1609/aaai.v29i1.9602
    """
    predicted, observed, share = reliability(y_true, y_score)
    return float(np.sum(share * np.abs(predicted - observed)))


def calibration_intercept(y_true: NDArray[np.int8], y_score: Floats) -> float:
    """Return what has to be added to the log-odds for the probabilities to be right on average.

    0 is ideal, and below 0 the positive class is predicted too often.
    """
    from scipy.optimize import brentq
    from scipy.special import expit

    log_odds, positives = _log_odds(y_score), float(np.sum(y_true))
    positives = min(max(positives, LEAST), len(y_true) - LEAST)  # else there is no such number
    return float(brentq(lambda a: np.sum(expit(log_odds + a)) - positives, -FAR, FAR, xtol=1e-10))


def calibration_slope(y_true: NDArray[np.int8], y_score: Floats) -> float:
    """Return what the log-odds have to be multiplied by for the probabilities to be right.

    1 is ideal; below 1 probabilities are too near to 0 and 1, above too far from them. It is the
    slope of a logistic regression of the target on the log-odds, with a prior so weak that it
    counts only where rows settle little: classes that are separated, scores that are all equal.
    """
    from scipy.special import expit, log_expit

    log_odds = _log_odds(y_score)
    sign = np.where(y_true == 1, 1.0, -1.0)

    def loss(intercept: float, slope: float) -> float:
        prior = (intercept**2 + (slope - 1) ** 2) / (2 * PRIOR**2)
        return float(prior - np.sum(log_expit(sign * (intercept + slope * log_odds))))

    # Newton's method in plain sums: those of a library go through OpenBLAS or LAPACK, which round
    # differently on another kind of CPU. The loss is convex, so a step that is too long is halved.
    intercept, slope = 0.0, 1.0
    for _ in range(STEPS):
        p = expit(intercept + slope * log_odds)
        wrong, weight = p - y_true, p * (1 - p)
        first = float(np.sum(wrong)) + intercept / PRIOR**2
        second = float(np.sum(wrong * log_odds)) + (slope - 1) / PRIOR**2
        a = float(np.sum(weight)) + 1 / PRIOR**2
        b = float(np.sum(weight * log_odds))
        c = float(np.sum(weight * log_odds**2)) + 1 / PRIOR**2
        determinant = a * c - b * b
        up, steeper = (b * second - c * first) / determinant, (b * first - a * second) / determinant
        here = loss(intercept, slope)
        while loss(intercept + up, slope + steeper) > here and max(abs(up), abs(steeper)) > CLOSE:
            up, steeper = up / 2, steeper / 2
        intercept, slope = intercept + up, slope + steeper
        if max(abs(up), abs(steeper)) <= CLOSE:
            break
    return slope


def _log_odds(y_score: Floats) -> Floats:
    from scipy.special import logit

    odds: Floats = logit(np.clip(y_score, LEAST, 1 - LEAST))
    return odds
