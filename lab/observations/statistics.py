"""Intervals and tests: pure functions of numbers, one a fold or one a dataset."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

Alternative = Literal["greater", "less"]

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def corrected_t_interval(
    values: Sequence[float], test_to_train: float, confidence: float, freedom: int | None = None
) -> tuple[float, float]:
    """Return the corrected resampled t interval of a mean over folds.

    The training sets of cross-validation overlap, so folds are not independent and the ordinary t
    interval is too narrow. The variance is multiplied by ``1 / n + test_to_train`` instead of
    ``1 / n``, where n is the number of folds.

    Folds may be random, of whole groups, or windows in time. Values of unequal variance, as of
    groups of unequal size, do not make the interval too narrow at 95 % or more.

    Parameters
    ----------
    values : sequence of float, of length n >= 2
        Values, one a fold, such as paired differences.
    test_to_train : float
        Ratio of the rows of a test fold to those of a training fold: ``1 / (k - 1)`` for k folds.
        It serves for k windows in time as well, where the mean ratio is greater and needlessly
        costs power, as measured by benchmarks/scripts/split_error_rates.py.
    confidence : float
        Coverage of the interval, between 0 and 1.
    freedom : int, optional
        Degrees of freedom, by default ``n - 1``. For repeats of k folds of whole groups it is
        ``k - 1``: repeats test the same groups again.

    References
    ----------
    Nadeau and Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003.
    https://doi.org/10.1023/A:1024068626366

    Ibragimov and Mueller, "t-Statistic Based Correlation and Heterogeneity Robust Inference",
    Journal of Business and Economic Statistics 28, 2010. https://doi.org/10.1198/jbes.2009.08046
    """
    from scipy.special import stdtrit

    mean, error = float(np.mean(values)), math.sqrt(_variance_of_mean(values, test_to_train))
    freedom = len(values) - 1 if freedom is None else freedom
    half = float(stdtrit(freedom, (1 + confidence) / 2)) * error
    return mean - half, mean + half


def _variance_of_mean(values: Sequence[float], test_to_train: float) -> float:
    """Return the variance of a mean over folds, corrected for overlapping training sets."""
    return float(np.var(values, ddof=1) * (1 / len(values) + test_to_train))


def prediction_interval(values: Sequence[float], confidence: float) -> tuple[float, float]:
    """Return the prediction interval of one more value, such as the score of the next window.

    The interval of a mean narrows with more windows, while this one is never narrower than the
    spread of single windows: ``1 + 1 / n`` times the variance. It presumes that the next window is
    like the past ones, and a drift breaks it.

    Parameters
    ----------
    values : sequence of float, of length n >= 2
        Values, one a window: scores or paired differences.
    confidence : float
        Chance that the next value lies in the interval, between 0 and 1.

    References
    ----------
    Meeker, Hahn and Escobar, "Statistical Intervals", 2nd edition, 2017, chapter 4.
    https://doi.org/10.1002/9781118594841

    Examples
    --------
    >>> low, high = prediction_interval([0.80, 0.82, 0.78, 0.81, 0.79], 0.95)
    >>> f"{low:.3f} to {high:.3f}"
    '0.752 to 0.848'
    """
    # The deviation of a new value adds a whole variance, as a ratio of 1 does.
    return corrected_t_interval(values, 1.0, confidence)


def mean_t_interval(
    samples: Sequence[Sequence[float]],
    test_to_train: Sequence[float],
    confidence: float,
    freedom: Sequence[int] | None = None,
) -> tuple[float, float]:
    """Return the interval of a mean over datasets, given the values of each fold.

    It is about these datasets, not about others like them. The mean over the folds of a dataset
    has the variance of :func:`corrected_t_interval`; the degrees of freedom of the sum are
    Satterthwaite's approximation. For one dataset it is the corrected resampled t interval.

    Parameters
    ----------
    samples : sequence of sequence of float
        Values of each dataset, two or more, one a fold.
    test_to_train : sequence of float
        Ratio of the rows of a test fold to those of a training fold, one a dataset: datasets may
        be split differently.
    confidence : float
        Coverage of the interval, between 0 and 1.
    freedom : sequence of int, optional
        Degrees of freedom, one a dataset, see :func:`corrected_t_interval`.

    References
    ----------
    Satterthwaite, "An Approximate Distribution of Estimates of Variance Components", Biometrics
    Bulletin 2, 1946. https://doi.org/10.2307/3002019
    """
    from scipy.special import stdtrit

    mean = float(np.mean([np.mean(values) for values in samples]))
    parts = [
        _variance_of_mean(values, ratio)
        for values, ratio in zip(samples, test_to_train, strict=True)
    ]
    total = sum(parts)
    if total == 0:
        return mean, mean
    shares = [part / total for part in parts]
    of_each = [len(values) - 1 for values in samples] if freedom is None else freedom
    overall = 1 / sum(share**2 / own for share, own in zip(shares, of_each, strict=True))
    half = float(stdtrit(overall, (1 + confidence) / 2)) * math.sqrt(total) / len(samples)
    return mean - half, mean + half


def signed_rank_p(values: Sequence[float], alternative: Alternative) -> float:
    """Return the one-sided p-value of Wilcoxon's signed-rank test against zero.

    Zeros are dropped. It is exact for up to 50 values, or 13 with ties or zeros, and a normal
    approximation for more.

    References
    ----------
    Demsar, "Statistical Comparisons of Classifiers over Multiple Data Sets", Journal of Machine
    Learning Research 7, 2006. https://www.jmlr.org/papers/v7/demsar06a.html
    """
    # Values that differ in the last bits only are ties, or zeros.
    return _signed_rank_p(tuple(np.round(values, 12).tolist()), alternative)


@lru_cache(maxsize=1024)  # each member of a family computes all of it, at 20 ms a test with ties
def _signed_rank_p(values: tuple[float, ...], alternative: Alternative) -> float:
    from scipy.stats import wilcoxon

    return float(wilcoxon(values, alternative=alternative).pvalue) if any(values) else 1.0


def walsh_averages(values: Sequence[float]) -> NDArray[np.float64]:
    """Return the sorted means of all pairs of values, including each value with itself."""
    array = np.asarray(values, dtype=np.float64)
    first, second = np.triu_indices(len(array))
    return np.sort((array[first] + array[second]) / 2)


def signed_rank_interval(values: Sequence[float], confidence: float) -> tuple[float, float]:
    """Return the interval of the centre of the values by Wilcoxon's signed-rank test.

    Its ends are Walsh averages, chosen by the exact distribution of the statistic, so that the
    coverage is at least ``confidence``. With too few values the interval is infinite.

    References
    ----------
    Hollander, Wolfe and Chicken, "Nonparametric Statistical Methods", 3rd edition, 2014,
    section 3.3. https://doi.org/10.1002/9781119196037
    """
    averages = walsh_averages(values)
    probability = np.ones(1)  # of each value of the statistic, with random signs
    for rank in range(1, len(values) + 1):
        probability = (np.pad(probability, (0, rank)) + np.pad(probability, (rank, 0))) / 2
    tail = np.cumsum(probability)
    outside = int(np.sum(tail <= (1 - confidence) / 2 + 1e-12))
    if outside == 0:
        return -math.inf, math.inf
    return float(averages[outside - 1]), float(averages[-outside])


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for testing a family of hypotheses, in the given order.

    References
    ----------
    Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
    Statistics 6, 1979. https://www.jstor.org/stable/4615733
    """
    order = np.argsort(p_values, kind="stable")
    remaining = len(p_values) - np.arange(len(p_values))
    steps = np.maximum.accumulate(np.asarray(p_values, dtype=np.float64)[order] * remaining)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(steps, 1.0)
    return [float(p) for p in adjusted]


def mean_ranks(scores: Sequence[Sequence[float]]) -> list[float]:
    """Return the mean rank of each column over the rows; 1 is best, and ties share a rank.

    Parameters
    ----------
    scores : sequence of shape (n_datasets, n_methods)
        Scores, greater is better.
    """
    from scipy.stats import rankdata

    # Scores that differ in the last bits only are ties.
    ranks = rankdata(-np.round(np.asarray(scores, dtype=np.float64), 12), axis=1)
    return [float(rank) for rank in ranks.mean(axis=0)]


def critical_difference(methods: int, datasets: int, alpha: float) -> float:
    """Return the critical difference of mean ranks by Nemenyi's test.

    References
    ----------
    Demsar, "Statistical Comparisons of Classifiers over Multiple Data Sets", Journal of Machine
    Learning Research 7, 2006, section 3.2.2. https://www.jmlr.org/papers/v7/demsar06a.html
    """
    from scipy.stats import studentized_range

    q = float(studentized_range.ppf(1 - alpha, methods, math.inf)) / math.sqrt(2)
    return q * math.sqrt(methods * (methods + 1) / (6 * datasets))


def values_needed(members: int, alpha: float) -> int:
    """Return the least number of values for a significant signed-rank test in a family."""
    # The smallest p-value of n values is 2 ** -n; Holm's method multiplies it by the members.
    return math.ceil(math.log2(members / alpha))
