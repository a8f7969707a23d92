"""Tests of fits."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV

from lab import datasets
from lab.evaluation.fitting import fast_f1
from lab.models import MODELS


@pytest.mark.parametrize("model", ["logistic_regression", "decision_tree", "xgboost"])
def test_the_lab_s_f1_tunes_the_same_threshold_as_scikit_learn_s(model):
    """All 100 thresholds score the same bits, so the same one is chosen."""
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
def test_other_tuned_models_keep_their_scoring(model):
    """Only thresholds that are tuned for F1 get the lab's own."""
    before = model.scoring
    with fast_f1(model):
        assert model.scoring is before
