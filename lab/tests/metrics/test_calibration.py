"""Tests of the calibration measures, against statsmodels and by hand."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, logit

from lab.metrics.calibration import (
    calibration_intercept,
    calibration_slope,
    expected_calibration_error,
    reliability,
)

RNG = np.random.default_rng(0)
ODDS = RNG.normal(-2, 1.5, 4000)
Y = (RNG.random(4000) < expit(ODDS)).astype(np.int8)
size = st.shared(st.integers(2, 40), key="size")


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


def test_the_error_is_the_mean_difference_over_bins():
    """The error of four rows in two bins is the one computed by hand."""
    y, p = np.array([0, 1, 0, 1], dtype=np.int8), np.array([0.05, 0.05, 0.95, 0.95])
    assert expected_calibration_error(y, p) == pytest.approx(0.45)
    predicted, observed, share = reliability(y, p)
    assert predicted.tolist() == [0.05, 0.95]
    assert observed.tolist() == [0.5, 0.5]
    assert share.tolist() == [0.5, 0.5]


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
