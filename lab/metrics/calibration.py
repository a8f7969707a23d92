"""Measures of calibration: how far predicted probabilities agree with observed shares.

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
    Numbers = NDArray[np.int64]

BINS = 10
# Probabilities of 0 and 1 have no finite odds, and forests, neighbours and trees predict many.
LEAST_PROBABILITY = 1e-6
LARGEST_INTERCEPT = 60.0  # far beyond the log-odds of that
# Standard deviation of a weak prior on intercept and slope, around 0 and 1. It decides where the
# rows do not: if all scores are equal, or separate the classes, the likelihood has no maximum.
PRIOR_SD = 10.0
MAX_STEPS, MIN_STEP = 100, 1e-10  # of Newton's method


def reliability(
    y_true: NDArray[np.int8], y_score: Floats, bins: int = BINS
) -> tuple[Floats, Floats, Floats]:
    """Return predicted and observed shares of positives, by bins of equal width.

    They are for pictures: with rare positives, bins of equally many rows would crowd near 0. The
    expected calibration error has such bins, since nearly all rows share one bin of equal width.

    Parameters
    ----------
    y_true, y_score : ndarray of shape (n_rows,)
        Target and probability of class 1.
    bins : int
        Number of bins between 0 and 1; empty ones are left out.

    Returns
    -------
    predicted, observed, share : ndarray of shape (n_used_bins,)
        Mean probability, share of positives, and share of all rows.
    """
    number = np.minimum((y_score * bins).astype(int), bins - 1)
    rows = np.bincount(number, minlength=bins)
    used = rows > 0
    predicted = np.bincount(number, y_score, bins)[used] / rows[used]
    observed = np.bincount(number, y_true, bins)[used] / rows[used]
    return predicted, observed, rows[used] / len(y_true)


def equal_bins(y_score: Floats) -> tuple[Floats, Numbers, Numbers, Numbers]:
    """Divide rows into at most ten bins of about equally many.

    Rows with equal scores share a bin: the one that the middle of them falls into.

    Returns
    -------
    scores : ndarray of shape (n_scores,)
        Distinct scores, ascending. Sums over them do not depend on the order of rows.
    group : ndarray of shape (n_rows,)
        Position of each row's score among them.
    rows, number : ndarray of shape (n_scores,)
        Number of rows with each score, and number of their bin, from 0.

    Examples
    --------
    >>> import numpy as np
    >>> _, _, rows, number = equal_bins(np.array([0.0] * 16 + [0.1, 0.2, 0.3, 0.4]))
    >>> rows.tolist(), number.tolist()
    ([16, 1, 1, 1, 1], [4, 8, 8, 9, 9])
    """
    scores, group, rows = np.unique(y_score, return_inverse=True, return_counts=True)
    twice_middle = 2 * np.cumsum(rows) - rows
    return scores, group, rows, BINS * twice_middle // (2 * len(y_score))


def expected_calibration_error(y_true: NDArray[np.int8], y_score: Floats) -> float:
    """Return the mean difference between predicted and observed shares of positives.

    The mean is over at most ten bins of about equally many rows, see :func:`equal_bins`.

    References
    ----------
    Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian
    Binning", AAAI 2015. https://doi.org/10.1609/aaai.v29i1.9602

    Nixon et al., "Measuring Calibration in Deep Learning", CVPR workshops 2019, for bins of equally
    many rows. https://arxiv.org/abs/1904.01685
    """
    scores, group, rows, number = equal_bins(y_score)
    positives = np.bincount(group, y_true)
    surplus = np.bincount(number, positives - rows * scores)
    return float(np.sum(np.abs(surplus))) / len(y_score)


def calibration_error_by_chance(y_score: Floats) -> float:
    """Return the expected calibration error that chance alone would give a calibrated model.

    If every score were the true probability of its row, the positives of a bin would still differ
    from their expected number. The mean difference is taken from the binomial distribution with
    the same mean and variance, by de Moivre's formula.

    Notes
    -----
    It is exact for bins of equal scores, and within 1.5 % of the exact distribution on the folds of
    the default session. Where nearly all scores are close to 0 or 1 it is too high, in simulations
    by up to 76 %, of an error that is small then.

    References
    ----------
    Diaconis and Zabell, "Closed Form Summation for Classical Distributions: Variations on a Theme
    of De Moivre", Statistical Science 6, 1991. https://doi.org/10.1214/ss/1177011699
    """
    from scipy.special import gammaln, xlog1py, xlogy

    scores, _, rows, number = equal_bins(y_score)
    mean, squares = (np.bincount(number, rows * value) for value in (scores, scores**2))
    # Chance has no say in bins without rows, or whose scores are all 0 or 1.
    used = (squares > 0) & (squares < mean)
    mean, squares = mean[used], squares[used]
    n, p = mean**2 / squares, squares / mean  # of the binomial distribution; n need not be whole
    k = np.floor(mean) + 1
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    deviation = 2 * k * np.exp(ways + xlogy(k, p) + xlog1py(n - k + 1, -p))
    return float(np.sum(deviation)) / len(y_score)


def calibration_intercept(y_true: NDArray[np.int8], y_score: Floats) -> float:
    """Return the shift of the log-odds that makes the probabilities right on average.

    0 is ideal; below 0, the positive class is predicted too often.
    """
    from scipy.optimize import brentq
    from scipy.special import expit

    score, positives = log_odds(y_score), float(np.sum(y_true))
    # With rows of one class only, no finite shift would do.
    positives = min(max(positives, LEAST_PROBABILITY), len(y_true) - LEAST_PROBABILITY)

    def excess(shift: float) -> float:
        return float(np.sum(expit(score + shift))) - positives

    return float(brentq(excess, -LARGEST_INTERCEPT, LARGEST_INTERCEPT, xtol=1e-10))


def calibration_slope(y_true: NDArray[np.int8], y_score: Floats) -> float:
    """Return the factor on the log-odds that makes the probabilities right.

    1 is ideal; below 1, probabilities are too close to 0 and 1; above, not close enough. It is the
    slope of :func:`recalibration`.
    """
    positives = y_true.astype(np.float64)
    return recalibration(log_odds(y_score), 1 - positives, positives)[1]


def recalibration(score: Floats, negatives: Floats, positives: Floats) -> tuple[float, float]:
    """Return the shift of the log-odds and their factor that make probabilities right.

    They are intercept and slope of a logistic regression of the target on the log-odds. A weak
    prior keeps them finite if scores separate the classes, or are all equal.

    Parameters
    ----------
    score : ndarray of shape (n_scores,)
        Log-odds of class 1.
    negatives, positives : ndarray of shape (n_scores,)
        Number of rows of each class with each log-odds.

    References
    ----------
    Platt, "Probabilistic Outputs for Support Vector Machines", Advances in Large Margin
    Classifiers, 1999.
    """
    from scipy.special import expit, log_expit

    rows = negatives + positives

    def loss(intercept: float, slope: float) -> float:
        prior = (intercept**2 + (slope - 1) ** 2) / (2 * PRIOR_SD**2)
        odds = intercept + slope * score
        # The logarithm of 1 - p is that of p, less the log-odds.
        return float(prior - np.sum(rows * log_expit(odds) - negatives * odds))

    # Newton's method with plain sums: a library's would call OpenBLAS or LAPACK, which round
    # differently on each kind of CPU. The loss is convex, so a step that is too long is halved.
    intercept, slope = 0.0, 1.0
    here = loss(intercept, slope)
    for _ in range(MAX_STEPS):
        p = expit(intercept + slope * score)
        wrong, weight = rows * p - positives, rows * p * (1 - p)
        first = float(np.sum(wrong)) + intercept / PRIOR_SD**2
        second = float(np.sum(wrong * score)) + (slope - 1) / PRIOR_SD**2
        a = float(np.sum(weight)) + 1 / PRIOR_SD**2
        b = float(np.sum(weight * score))
        c = float(np.sum(weight * score**2)) + 1 / PRIOR_SD**2
        determinant = a * c - b * b
        up, steeper = (b * second - c * first) / determinant, (b * first - a * second) / determinant
        there = loss(intercept + up, slope + steeper)
        while there > here and max(abs(up), abs(steeper)) > MIN_STEP:
            up, steeper = up / 2, steeper / 2
            there = loss(intercept + up, slope + steeper)
        intercept, slope, here = intercept + up, slope + steeper, there
        if max(abs(up), abs(steeper)) <= MIN_STEP:
            break
    return intercept, slope


def log_odds(y_score: Floats) -> Floats:
    """Return the log-odds of probabilities, finite for 0 and 1."""
    from scipy.special import logit

    odds: Floats = logit(np.clip(y_score, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY))
    return odds
