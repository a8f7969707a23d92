"""Tests of the calibration measures, against statsmodels, simulation and plain loops."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, logit
from scipy.stats import binom

from lab.metrics.calibration import (
    BINS,
    calibration_error_by_chance,
    calibration_intercept,
    calibration_slope,
    equal_bins,
    expected_calibration_error,
    reliability,
)

RNG = np.random.default_rng(0)
ODDS = RNG.normal(-2, 1.5, 4000)
Y = (RNG.random(4000) < expit(ODDS)).astype(np.int8)
size = st.shared(st.integers(2, 40), key="size")
targets = arrays(np.int8, size, elements=st.integers(0, 1))
probabilities = arrays(np.float64, size, elements=st.floats(0, 1))
# Several rows share each of these, as rows of a tree do.
ties = arrays(np.float64, size, elements=st.sampled_from([0, 0.125, 0.25, 0.5, 1]))
scores = probabilities | ties


def bins_by_loop(p):
    """Return the rows of each bin, by a plain loop over distinct scores."""
    bins = {}
    for value in sorted(set(p)):
        rows = [row for row in range(len(p)) if p[row] == value]
        middle = sum(p < value) + len(rows) / 2
        bins.setdefault(math.floor(10 * middle / len(p)), []).extend(rows)
    return list(bins.values())


def test_true_probabilities_are_calibrated():
    """Outcomes drawn from the probabilities give an intercept near 0 and a slope near 1."""
    p = expit(ODDS)
    assert calibration_intercept(Y, p) == pytest.approx(0, abs=0.1)
    assert calibration_slope(Y, p) == pytest.approx(1, abs=0.1)
    assert expected_calibration_error(Y, p) < 0.02


@pytest.mark.parametrize(("shift", "stretch"), [(0, 1), (2, 1), (-1, 0.5), (0.5, 2)])
def test_intercept_and_slope_are_those_of_a_regression(shift, stretch):
    """Both equal those of a logistic regression on the log-odds, as an offset for the intercept."""
    p = expit(shift + stretch * ODDS)
    ones = np.ones_like(ODDS)
    offset = sm.GLM(Y, ones, family=sm.families.Binomial(), offset=logit(p)).fit()
    free = sm.GLM(Y, sm.add_constant(logit(p)), family=sm.families.Binomial()).fit()
    assert calibration_intercept(Y, p) == pytest.approx(offset.params[0], abs=1e-6)
    # The prior changes the fourth digit of the slope.
    assert calibration_slope(Y, p) == pytest.approx(free.params[1], abs=1e-3)


def test_the_intercept_is_the_logarithm_of_a_factor_on_the_odds():
    """Odds that are ten times too high lower the intercept by log 10, and leave the slope."""
    p = expit(ODDS)
    high = expit(ODDS + np.log(10))
    moved = calibration_intercept(Y, high) - calibration_intercept(Y, p)
    assert moved == pytest.approx(-np.log(10), abs=1e-6)
    assert calibration_slope(Y, high) == pytest.approx(calibration_slope(Y, p), abs=0.01)


@given(y=targets, p=scores)
def test_the_error_is_that_of_a_plain_loop(y, p):
    """The error is the sum over bins of the difference of positives and scores, a row."""
    differences = [abs(sum(y[rows]) - sum(p[rows])) for rows in bins_by_loop(p)]
    assert expected_calibration_error(y, p) == pytest.approx(sum(differences) / len(y))


@given(y=targets, p=scores, seed=st.integers(0, 9))
def test_the_order_of_rows_does_not_matter(y, p, seed):
    """Both errors are the same, to the last bit, in any order of rows."""
    order = np.random.default_rng(seed).permutation(len(y))
    assert expected_calibration_error(y[order], p[order]) == expected_calibration_error(y, p)
    assert calibration_error_by_chance(p[order]) == calibration_error_by_chance(p)


@given(p=scores)
def test_rows_with_equal_scores_share_a_bin(p):
    """There are at most ten bins in the order of scores, and no bin separates equal scores."""
    distinct, group, rows, number = equal_bins(p)
    assert (distinct[group] == p).all()
    assert rows.sum() == len(p)
    assert len(number) == len(set(p))
    assert number.min() >= 0
    assert number.max() < BINS
    assert (np.diff(number) >= 0).all()


def test_bins_have_equal_numbers_of_rows():
    """Distinct scores are divided evenly, however close to 0 they are."""
    _, _, rows, number = equal_bins(np.arange(1, 1001) * 1e-6)
    assert np.bincount(number, rows).tolist() == [100] * BINS


@given(y=targets)
def test_a_constant_that_matches_has_no_error(y):
    """The share of positives as the score of every row has an error of 0."""
    assert expected_calibration_error(y, np.full(len(y), y.mean())) == pytest.approx(0, abs=1e-12)


def test_the_error_sees_differences_among_low_scores():
    """Scores below 0.1 that are the wrong way round have an error; one wide bin would hide it."""
    y, p = np.repeat([1, 0], [50, 1950]).astype(np.int8), np.repeat([0, 0.05], 1000)
    assert expected_calibration_error(y, p) == pytest.approx(0.05)
    predicted, observed, _ = reliability(y, p)
    assert predicted == pytest.approx([0.025]) == observed


def test_pictures_have_bins_of_equal_width():
    """Four rows in two bins have the shares computed by hand."""
    y, p = np.array([0, 1, 0, 1], dtype=np.int8), np.array([0.05, 0.05, 0.95, 0.95])
    predicted, observed, share = reliability(y, p)
    assert predicted.tolist() == [0.05, 0.95]
    assert observed.tolist() == [0.5, 0.5]
    assert share.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("p", "within"),
    [
        (expit(ODDS), 0.01),
        (np.full(50, 0.02), 0),
        (RNG.beta(0.05, 5, 300), 0.01),  # most scores near 0, a few higher
        (RNG.beta(1, 500, 500), 0.01),  # one positive is expected
        (RNG.beta(1, 5000, 200), 0.01),  # 0.04 positives are expected
        (np.round(RNG.beta(0.3, 3, 1000), 1), 0.01),
        (expit(np.append(RNG.normal(-5, 1.5, 570), RNG.normal(2, 2, 30))), 0.03),
        (np.append(RNG.uniform(0, 0.001, 392), RNG.uniform(0.9, 1, 8)), 0.1),
    ],
    ids=["many", "constant", "skewed", "rare", "very rare", "ties", "separated", "certain"],
)
def test_the_error_by_chance_is_that_of_simulated_targets(p, within):
    """Targets drawn from the scores have it on average, within the error of the simulation."""
    draws = [(RNG.random(len(p)) < p).astype(np.int8) for _ in range(4000)]
    errors = [expected_calibration_error(y, p) for y in draws]
    noise = 4 * np.std(errors) / math.sqrt(len(errors))
    found, expected = calibration_error_by_chance(p), np.mean(errors)
    assert abs(found - expected) <= within * expected + noise


@given(share=st.floats(1e-9, 1 - 1e-9), rows=st.integers(1, 500))
def test_the_error_by_chance_is_exact_for_equal_scores(share, rows):
    """It is the mean absolute deviation of the binomial distribution, a row."""
    positives = np.arange(rows + 1)
    deviation = binom.pmf(positives, rows, share) @ abs(positives - rows * share)
    found = calibration_error_by_chance(np.full(rows, share))
    assert found == pytest.approx(deviation / rows, rel=1e-9)


@given(p=scores)
def test_the_error_by_chance_is_bounded(p):
    """It is finite, and 0 if chance has no say: if every score is 0 or 1."""
    found = calibration_error_by_chance(p)
    assert 0 <= found <= 0.5
    assert calibration_error_by_chance(np.round(p)) == 0


@pytest.mark.parametrize("constant", [0.0, 0.01, 0.5, 1.0])
def test_constant_scores_have_finite_measures(constant):
    """Constant scores have finite measures, ideal ones if they equal the share of positives."""
    p = np.full(len(Y), constant)
    assert np.isfinite(calibration_intercept(Y, p))
    assert np.isfinite(calibration_slope(Y, p))
    share = np.full(len(Y), Y.mean())
    assert calibration_intercept(Y, share) == pytest.approx(0, abs=1e-6)
    assert calibration_slope(Y, share) == pytest.approx(1, abs=0.01)


def test_separated_classes_have_a_finite_slope():
    """Scores that separate the classes have a slope above 1 that is finite."""
    y, p = np.array([0] * 50 + [1] * 5, dtype=np.int8), np.array([0.2] * 50 + [0.8] * 5)
    assert 1 < calibration_slope(y, p) < 50


@given(
    y=arrays(np.int8, size, elements=st.integers(0, 1)),
    p=arrays(np.float64, size, elements=st.floats(0, 1)),
)
def test_any_scores_have_finite_measures(y, p):
    """All three measures are finite for any probabilities of rows of both classes."""
    y[:2] = 0, 1
    for measure in (calibration_intercept, calibration_slope, expected_calibration_error):
        assert np.isfinite(measure(y, p))
