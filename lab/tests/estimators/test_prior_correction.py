"""Tests of the correction for class weights."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from lab.estimators.prior_correction import PriorCorrectedClassifier
from lab.metrics.calibration import calibration_intercept

RNG = np.random.default_rng(0)
Y = (RNG.random(5000) < 0.05).astype(np.int8)
X = RNG.normal(size=(5000, 3)) + 0.8 * Y[:, None]
WEIGHT = float((Y == 0).sum() / (Y == 1).sum())


def test_odds_are_divided_by_the_weight():
    """Corrected odds are the model's odds divided by the weight; decisions change at even odds."""
    model = PriorCorrectedClassifier(LogisticRegression(class_weight="balanced"), WEIGHT).fit(X, Y)
    p, corrected = (one.predict_proba(X)[:, 1] for one in (model.estimator_, model))
    assert corrected / (1 - corrected) == pytest.approx(p / (1 - p) / WEIGHT)
    assert (model.predict(X) == (corrected > 0.5)).all()
    assert np.allclose(model.predict_proba(X).sum(axis=1), 1)


def test_without_a_weight_nothing_changes():
    """A weight of 1 leaves probabilities unchanged."""
    model = PriorCorrectedClassifier(LogisticRegression()).fit(X, Y)
    assert model.predict_proba(X) == pytest.approx(model.estimator_.predict_proba(X))


def test_a_weighted_logistic_regression_is_calibrated_again():
    """The calibration intercept is off by the logarithm of the weight before, and near 0 after."""
    weighted = LogisticRegression(class_weight="balanced").fit(X, Y)
    corrected = PriorCorrectedClassifier(weighted, WEIGHT).fit(X, Y)
    before, after = (
        calibration_intercept(Y, one.predict_proba(X)[:, 1]) for one in (weighted, corrected)
    )
    assert before == pytest.approx(-np.log(WEIGHT), abs=0.2)
    assert after == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_certain_probabilities_are_kept(p):
    """Probabilities of 0 and 1 are unchanged."""

    class Sure(LogisticRegression):
        def predict_proba(self, X):
            return np.column_stack([np.full(len(X), 1 - p), np.full(len(X), p)])

    model = PriorCorrectedClassifier(Sure(), WEIGHT).fit(X, Y)
    assert (model.predict_proba(X)[:, 1] == p).all()
