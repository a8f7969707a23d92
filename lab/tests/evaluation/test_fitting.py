"""Tests of how a model is fitted."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV

from lab import datasets
from lab.evaluation.fitting import fast_f1
from lab.models import MODELS


@pytest.mark.parametrize("model", ["logistic_regression", "decision_tree", "xgboost"])
def test_a_threshold_tuned_with_the_lab_s_f1_is_scikit_learn_s(model):
    """All 100 thresholds that are tried score the same bits, so the same one is taken."""
    data = datasets.load("yeast_me2")
    plain = TunedThresholdClassifierCV(
        MODELS[model].make(0), scoring="f1", cv=3, random_state=0, store_cv_results=True
    )
    fast = clone(plain)
    X = data.X.to_numpy()
    plain.fit(X, data.y)
    with fast_f1(fast):
        fast.fit(X, data.y)
    assert fast.get_params()["scoring"] == "f1"
    assert fast.best_threshold_ == plain.best_threshold_
    assert np.ptp(plain.cv_results_["scores"]) > 0.1
    for name, found in plain.cv_results_.items():
        np.testing.assert_array_equal(fast.cv_results_[name], found)


@pytest.mark.parametrize(
    "model",
    [
        TunedThresholdClassifierCV(LogisticRegression(), scoring="balanced_accuracy"),
        GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, scoring="f1"),
    ],
)
def test_a_model_that_tunes_itself_otherwise_is_left_alone(model):
    """A threshold for another score keeps it, and so does a search: its models may predict 1.0."""
    before = model.scoring
    with fast_f1(model):
        assert model.scoring is before
