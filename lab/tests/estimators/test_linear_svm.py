"""Tests of the linear support vector machine with probabilities."""

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from lab.estimators.linear_svm import LinearSVM
from lab.metrics.calibration import calibration_intercept

RNG = np.random.default_rng(0)
Y = (RNG.random(2000) < 0.1).astype(np.int8)
X = RNG.normal(size=(2000, 3)) + Y[:, None]


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_decisions_are_those_of_linear_svc(class_weight):
    """Classes and distances are those of LinearSVC, with and without class weights."""
    plain = LinearSVC(class_weight=class_weight, random_state=0).fit(X, Y)
    model = LinearSVM(class_weight=class_weight, random_state=0).fit(X, Y)
    assert (model.predict(X) == plain.predict(X)).all()
    assert model.decision_function(X) == pytest.approx(plain.decision_function(X))


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_probabilities_are_graded(class_weight):
    """They rank rows as distances do, take many values, and are calibrated on average."""
    model = LinearSVM(class_weight=class_weight, random_state=0).fit(X, Y)
    p = model.predict_proba(X)[:, 1]
    assert (np.argsort(p) == np.argsort(model.decision_function(X))).all()
    assert len(np.unique(p)) > 1900
    assert calibration_intercept(Y, p) == pytest.approx(0, abs=0.1)


def test_two_rows_of_a_class_are_enough():
    """With two positives, the curve is fitted on two folds."""
    y = np.zeros(30, dtype=np.int8)
    y[:2] = 1
    assert LinearSVM(random_state=0).fit(X[:30], y).predict_proba(X[:30]).shape == (30, 2)
