"""A tuned threshold instead of balancing: the F1 of SMOTE without synthetic rows.

"Balancing the Scales" (2024, https://arxiv.org/abs/2409.19751) finds the best mean F1 with a tuned
threshold.
"""

import pytest

from lab.observations import gain

STRATEGIES = ["threshold"]
MARGIN = 0.02  # F1 that may be lost


@pytest.mark.models("random_forest", "xgboost")
def test_f1_is_at_least_that_of_smote(observe, result, under):
    """For strong models, a tuned threshold has at least the F1 of SMOTE."""
    assert observe(gain(result, under("smote"), "f1_score") >= -MARGIN)


@pytest.mark.models("random_forest", "xgboost")
def test_threshold_has_the_f1_of_smote(observe, overall):
    """For strong models, a tuned threshold has at least the F1 of SMOTE on average."""
    assert observe(overall("f1_score", "threshold", "smote") >= -MARGIN)


@pytest.mark.models("logistic_regression", "random_forest", "xgboost")
def test_threshold_raises_f1(observe, overall):
    """A tuned threshold raises F1 on average."""
    assert observe(overall("f1_score", "threshold", "raw") > 0)


@pytest.mark.models("logistic_regression", "random_forest", "xgboost")
def test_threshold_has_the_best_f1(observe, overall):
    """A tuned threshold has a higher F1 than raw data, SMOTE and class weights on average."""
    assert observe(overall("f1_score", "threshold", "raw", "smote", "class_weight") > 0)
