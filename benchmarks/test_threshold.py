"""Not balanced, but decided otherwise: a threshold does what SMOTE and weights are praised for.

"Balancing the Scales" (2024, https://arxiv.org/abs/2409.19751) finds the best mean F1 with a tuned
threshold. Van den Goorbergh et al. 2022 (https://doi.org/10.1093/jamia/ocac093) find the recall and
precision of balanced logistic regression when the threshold of the original one is the prevalence.
"""

import pytest

from lab.observations import gain

STRATEGIES = ["threshold"]
MARGIN = 0.02  # "as well as" allows for so much less


@pytest.mark.models("random_forest", "xgboost")
@pytest.mark.inconclusive(
    {
        "abalone_19-threshold-random_forest": "F1 0.05 to 0.03",
        "abalone_19-threshold-xgboost": "F1 0.09 to 0.05",
        "nursery-threshold-random_forest": "F1 0.99 to 0.98",
        "page_blocks-threshold-random_forest": "F1 0.87 to 0.88",
        "yeast_me2-threshold-random_forest": "F1 0.29 to 0.34",
        "yeast_me2-threshold-xgboost": "F1 0.35 to 0.40",
    }
)
def test_f1_is_at_least_that_of_smote(observe, result, under):
    """For strong models a tuned threshold does as well as synthetic rows, without making any."""
    assert observe(gain(result, under("smote"), "f1_score") >= -MARGIN)


@pytest.mark.models("random_forest", "xgboost")
def test_threshold_has_the_f1_of_smote(observe, overall):
    """For strong models a tuned threshold gives at least the F1 of SMOTE on average."""
    assert observe(overall("f1_score", "threshold", "smote") >= -MARGIN)


@pytest.mark.models("logistic_regression", "random_forest", "xgboost")
@pytest.mark.inconclusive(
    {
        "random_forest": "5 of 6 agree; +0.066 on average",
        "xgboost": "5 of 6 agree; +0.063 on average",
    }
)
def test_threshold_raises_f1(observe, overall):
    """A tuned threshold raises F1 on average."""
    assert observe(overall("f1_score", "threshold", "raw") > 0)


@pytest.mark.models("logistic_regression", "random_forest", "xgboost")
@pytest.mark.inconclusive(
    {
        "logistic_regression": "5 of 6 agree; +0.049 on average",
        "random_forest": "3 of 6 agree; +0.020 on average",
        "xgboost": "3 of 6 agree; +0.012 on average",
    }
)
def test_threshold_has_the_best_f1(observe, overall):
    """A tuned threshold gives a better F1 than raw data, SMOTE and class weights."""
    assert observe(overall("f1_score", "threshold", "raw", "smote", "class_weight") > 0)
