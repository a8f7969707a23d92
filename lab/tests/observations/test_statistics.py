"""Tests of intervals and tests, against other implementations and published examples."""

import gc
import math
from itertools import product

import baycomp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from lab.observations.statistics import (
    corrected_t_interval,
    critical_difference,
    holm,
    mean_ranks,
    mean_t_interval,
    prediction_interval,
    signed_rank_interval,
    signed_rank_p,
    walsh_averages,
)

# Hamilton depression scores of nine patients before and after a tranquillizer: Hollander and
# Wolfe, table 3.1; also the example of R's wilcox.test.
BEFORE = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
CHANGE = np.subtract(AFTER, BEFORE)

scores = st.lists(st.floats(0, 1), min_size=2, max_size=30)
effects = st.lists(
    st.floats(-1, 1).filter(lambda x: abs(x) > 1e-3), min_size=5, max_size=12, unique_by=abs
)


@given(st.data(), st.integers(2, 10), st.integers(1, 3), st.floats(0.5, 0.99))
def test_the_interval_agrees_with_baycomp(data, folds, runs, confidence):
    """The probability beyond either end is baycomp's, to 1e-9."""
    n = folds * runs
    values = np.array(data.draw(st.lists(st.floats(0, 1), min_size=n, max_size=n)))
    if np.ptp(values) > 1e-3:  # baycomp has no density of a single point
        low, high = corrected_t_interval(values, 1 / (folds - 1), confidence)
        beyond = (1 - confidence) / 2
        below, _ = baycomp.CorrelatedTTest(np.full(n, low), values, runs=runs).probs()
        _, above = baycomp.CorrelatedTTest(np.full(n, high), values, runs=runs).probs()
        assert (below, above) == pytest.approx((beyond, beyond), abs=1e-9)


@given(scores)
def test_without_a_correction_it_is_the_ordinary_t_interval(values):
    """With a correction of 0 the interval is SciPy's of the ordinary t-test, to 1e-9."""
    low, high = corrected_t_interval(values, 0.0, 0.95)
    if np.ptp(values) > 1e-6:
        plain = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        assert (low, high) == pytest.approx((plain.low, plain.high), abs=1e-9)


@given(scores)
def test_fewer_degrees_of_freedom_widen_the_interval(values):
    """With one degree of freedom the half width at 95 % is 12.706 standard errors."""
    low, high = corrected_t_interval(values, 0.25, 0.95, freedom=1)
    error = math.sqrt(np.var(values, ddof=1) * (1 / len(values) + 0.25))
    assert (high - low) / 2 == pytest.approx(12.7062 * error, rel=1e-4, abs=1e-9)
    assert mean_t_interval([values], [0.25], 0.95, [1]) == pytest.approx((low, high), abs=1e-9)


def test_folds_of_unequal_variance_are_no_evidence():
    """Without any effect, folds that vary very differently differ from 0 in at most 5 % of draws.

    Ibragimov and Mueller, Journal of Business and Economic Statistics 28, 2010.
    """
    rng = np.random.default_rng(0)
    for spread in ([1, 1, 1, 1, 10], [1, 2, 4, 8, 16], [1, 1, 10, 10, 10]):
        draws = rng.normal(size=(1000, 5)) * spread
        intervals = [corrected_t_interval(draw, 0.0, 0.95) for draw in draws]
        assert np.mean([low > 0 or high < 0 for low, high in intervals]) <= 0.05


def test_the_prediction_interval_gives_a_worked_example():
    """With mean 2 and deviation 1 of three values, it is 2 -+ 4.303 times the root of 4/3."""
    half = 4.3027 * math.sqrt(4 / 3)
    assert prediction_interval([1.0, 2.0, 3.0], 0.95) == pytest.approx((2 - half, 2 + half), 1e-4)


@pytest.mark.parametrize("windows", [2, 3, 5, 10])
def test_the_next_value_is_in_the_prediction_interval(windows):
    """A further value of the same distribution is inside in 90 % of draws, up to chance."""
    draws = np.random.default_rng(0).normal(size=(2000, windows + 1))
    intervals = [prediction_interval(past, 0.9) for past in draws[:, :-1]]
    inside = [
        low <= value <= high for (low, high), value in zip(intervals, draws[:, -1], strict=True)
    ]
    assert np.mean(inside) == pytest.approx(0.9, abs=3 * math.sqrt(0.9 * 0.1 / 2000))


@given(scores)
def test_one_dataset_has_the_interval_of_its_folds(values):
    """For a single dataset the interval is the corrected resampled t interval."""
    assert mean_t_interval([values], [0.25], 0.95) == pytest.approx(
        corrected_t_interval(values, 0.25, 0.95), abs=1e-9
    )


@given(scores, scores)
def test_two_datasets_have_the_interval_of_welch(one, other):
    """Without a correction, the interval of a mean of two is half of Welch's in SciPy."""
    if np.ptp(one) > 1e-3 and np.ptp(other) > 1e-3:
        found = mean_t_interval([one, [-value for value in other]], [0.0, 0.0], 0.95)
        welch = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
        assert found == pytest.approx((welch.low / 2, welch.high / 2), abs=1e-9)


@given(scores, scores, st.floats(0, 1), st.floats(0, 1))
def test_each_dataset_counts_with_its_own_ratio(one, other, first, second):
    """If one dataset does not vary, the interval has half the width that the other's has."""
    constant = [0.5, 0.5]
    for samples, ratios, varying, ratio in (
        ([one, constant], [first, second], one, first),
        ([constant, other], [first, second], other, second),
    ):
        low, high = mean_t_interval(samples, ratios, 0.95)
        own_low, own_high = corrected_t_interval(varying, ratio, 0.95)
        assert high - low == pytest.approx((own_high - own_low) / 2, abs=1e-9)


def test_each_dataset_needs_a_ratio():
    """A number of ratios other than that of datasets is an error."""
    with pytest.raises(ValueError, match="shorter"):
        mean_t_interval([[0.1, 0.2], [0.3, 0.4]], [0.25], 0.95)


def test_values_that_do_not_vary_have_no_width():
    """Equal differences in all folds of each dataset have an interval of a single point."""
    assert mean_t_interval([[0.1, 0.1], [0.3, 0.3]], [0.25, 0.25], 0.95) == pytest.approx(
        (0.2, 0.2)
    )


def test_the_interval_gives_the_published_example():
    """The example in scikit-learn's user guide is reproduced: t 0.750, one-sided p 0.227.

    https://scikit-learn.org/stable/auto_examples/model_selection/plot_grid_search_stats.html
    """
    from sklearn.datasets import make_moons
    from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
    from sklearn.svm import SVC

    X, y = make_moons(noise=0.352, random_state=1, n_samples=100)
    folds = RepeatedStratifiedKFold(n_splits=10, n_repeats=10, random_state=0)
    first, second = (
        cross_val_score(SVC(kernel=kernel, random_state=0), X, y, cv=folds, scoring="roc_auc")
        for kernel in ("rbf", "linear")
    )
    differences = first - second
    # The lower end is 0 at the confidence that leaves p beyond it.
    low, _ = corrected_t_interval(differences, 1 / 9, 1 - 2 * 0.227)
    assert low == pytest.approx(0, abs=2e-5)
    low, high = corrected_t_interval(differences, 1 / 9, 0.95)
    t = np.mean(differences) / ((high - low) / 2 / stats.t.ppf(0.975, 99))
    assert round(t, 3) == 0.750


def test_the_signed_rank_test_gives_the_published_example():
    """Hollander and Wolfe's example is reproduced: p 0.020, the estimate and 96 % interval."""
    assert signed_rank_p(CHANGE, "less") == pytest.approx(0.01953, abs=5e-6)
    assert np.median(walsh_averages(CHANGE)) == pytest.approx(-0.46)
    assert signed_rank_interval(CHANGE, 0.96) == pytest.approx((-0.786, -0.010))


@settings(max_examples=40)
@given(effects, st.sampled_from([0.8, 0.9, 0.95]))
def test_the_interval_inverts_the_signed_rank_test(values, confidence):
    """SciPy's exact test rejects values just outside either end, but not just inside."""
    low, high = signed_rank_interval(values, confidence)
    if math.isinf(low):
        assert 2.0 ** -len(values) > (1 - confidence) / 2
        return
    averages = walsh_averages(values)
    if np.min(np.diff(averages)) < 1e-9:
        return  # a step would pass the next average
    step = np.min(np.diff(averages)) / 4
    level = (1 - confidence) / 2 + 1e-12
    for end, outward, alternative in ((low, -step, "greater"), (high, step, "less")):
        outside = stats.wilcoxon(np.subtract(values, end + outward), alternative=alternative)
        inside = stats.wilcoxon(np.subtract(values, end - outward), alternative=alternative)
        assert outside.pvalue <= level < inside.pvalue


@settings(max_examples=20)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_agrees_with_statsmodels(p_values):
    """Adjusted p-values are those of statsmodels, to 1e-9."""
    gc.freeze()  # statsmodels collects garbage each time, which is slow among all tests
    expected = multipletests(p_values, method="holm")[1]
    gc.unfreeze()
    assert holm(p_values) == pytest.approx(list(expected), abs=1e-9)


def test_holm_gives_a_worked_example():
    """The smallest of 0.01, 0.04, 0.03 counts three times and the next twice, in order."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@settings(max_examples=40)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=8))
def test_the_signed_rank_test_is_exact_with_ties_and_zeros(values):
    """The p-value is the share of sign flips of non-zero values that rank at least as high."""
    kept = [value for value in values if value]
    ranks = stats.rankdata(np.abs(kept))
    sums = [np.dot(ranks, signs) for signs in product((0, 1), repeat=len(kept))]
    expected = np.mean([total >= ranks @ (np.array(kept) > 0) for total in sums])
    assert signed_rank_p(values, "greater") == pytest.approx(expected, abs=1e-9)


def test_equal_values_are_no_evidence():
    """If all values are zero, p is 1 in either direction."""
    assert signed_rank_p([0.0, 0.0], "greater") == signed_rank_p([0.0, 0.0], "less") == 1.0


def test_a_difference_in_the_last_bits_is_a_zero():
    """Rounding errors of equal scores do not count as an effect."""
    assert signed_rank_p([0.1 + 0.2 - 0.3] * 6, "greater") == 1.0


@pytest.mark.parametrize(("methods", "q"), [(2, 1.960), (3, 2.343), (5, 2.728), (10, 3.164)])
def test_the_critical_difference_is_the_published_one(methods, q):
    """Nemenyi's critical values are those in Demsar's table 5."""
    expected = q * (methods * (methods + 1) / (6 * 14)) ** 0.5
    assert critical_difference(methods, 14, 0.05) == pytest.approx(expected, abs=1e-3)


def test_the_greatest_has_rank_1_and_ties_share_a_rank():
    """Ranks within rows are averaged over the rows."""
    assert mean_ranks([[0.3, 0.2, 0.2], [0.1, 0.9, 0.5]]) == [2.0, 1.75, 2.25]
